"""Mails of the workflow name a reference and nothing else."""

from django.core import mail

from guidance import services
from tests.guidance.scene import Cast, approve_all, draft, strengthened


def test_workflow_mails_carry_no_title_and_no_text(cast: Cast) -> None:
    page = draft(cast.kent_author, title="Quillonvane", summary="Bramblewick.")
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    lead = strengthened(cast.kent_lead)
    state.task.specific.on_action(state, lead, "reject", comment="Zephyrstone is named here.")
    page.current_workflow_state.resume(user=cast.kent_author)
    approve_all(page, cast.kent_lead)
    assert mail.outbox, "the author is told what became of the page"
    for message in mail.outbox:
        text = f"{message.subject} {message.body} {message.message()}"
        assert page.ref in text
        for word in ("Quillonvane", "Bramblewick", "Zephyrstone"):
            assert word not in text
