"""The pages of break-glass: who has them, and that they tell nobody what there is."""

from __future__ import annotations

import re
import time

from access.vocabulary import Role
from forces.models import BreakGlassGrant
from forces.strength import add_second_factor, forget_second_factor
from guidance.models import BreakGlassRequest
from tests.guidance.scene import Cast, person, published
from tests.sign_in import client_of

REASON = "An offender in case 12 is named in it, I am told."


def test_the_whole_way(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    reader, hub, lead = map(client_of, (cast.essex_officer, cast.hub_approver, cast.kent_lead))
    assert reader.get(page.address).status_code == 404
    sent = {"document_ref": page.ref.lower(), "reason": REASON}
    assert reader.post("/break-glass/", sent).status_code == 302
    request = BreakGlassRequest.objects.get()
    assert page.ref in hub.get("/break-glass/requests/").content.decode()
    address = f"/break-glass/requests/{request.ref}/"
    assert REASON in hub.get(address).content.decode()
    assert hub.post(address, {"action": "grant", "hours": "4"}).status_code == 302
    assert reader.get(page.address).status_code == 200
    assert page.title in reader.get(page.address).content.decode()
    given = lead.get("/break-glass/given/").content.decode()
    assert page.ref in given
    assert page.title not in given
    assert lead.post(f"/break-glass/given/{request.ref}/end/").status_code == 302
    assert reader.get(page.address).status_code == 404
    # Other leads see the grants for their own pages only.
    other = client_of(person("essex", Role.APPROVER))
    assert page.ref not in other.get("/break-glass/given/").content.decode()


def test_hidden_and_absent_are_answered_alike(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    client = client_of(cast.essex_officer)
    client.get("/break-glass/")
    bodies = []
    for ref in (page.ref, "GD-22222"):
        answer = client.post("/break-glass/", {"document_ref": ref, "reason": REASON}, follow=True)
        body = answer.content.decode().replace(ref, "")
        bodies.append(re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", body))
        BreakGlassRequest.objects.all().delete()
    assert bodies[0] == bodies[1]


def test_a_grant_needs_a_fresh_proof(cast: Cast) -> None:
    reader, hub = client_of(cast.essex_officer), client_of(cast.hub_approver)
    reader.post("/break-glass/", {"document_ref": "GD-22222", "reason": REASON})
    address = f"/break-glass/requests/{BreakGlassRequest.objects.get().ref}/"
    session = hub.session
    forget_second_factor(session)
    add_second_factor(session, cast.hub_approver, at=time.time() - 16 * 60)
    session.save()
    assert "/reauthenticate/" in hub.get(address).headers["Location"]
    assert hub.post(address, {"action": "grant", "hours": "4"}).status_code == 403
    assert not BreakGlassGrant.objects.exists()


def test_others_meet_no_such_page(cast: Cast) -> None:
    reader = client_of(cast.essex_officer)
    reader.post("/break-glass/", {"document_ref": "GD-22222", "reason": REASON})
    ref = BreakGlassRequest.objects.get().ref
    assert reader.get("/break-glass/requests/").status_code == 404
    assert reader.get(f"/break-glass/requests/{ref}/").status_code == 404
    assert reader.get("/break-glass/given/").status_code == 404
    stranger = client_of(cast.kent_officer)
    for glass in (ref, "ABSENT2345"):
        assert stranger.post(f"/break-glass/given/{glass}/end/").status_code == 404
    assert client_of(person("riverside", Role.PARTNER)).get("/break-glass/").status_code == 404


def test_bad_input_is_told(cast: Cast) -> None:
    client = client_of(cast.essex_officer)
    for sent in ({"document_ref": "GD-7", "reason": REASON}, {"document_ref": "GD-22222"}):
        assert client.post("/break-glass/", sent).status_code == 400
    assert not BreakGlassRequest.objects.exists()
