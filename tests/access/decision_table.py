"""The access rule by example: each row is a case a lawyer can check against the numbered rule."""

from dataclasses import replace
from datetime import datetime

from access.policy import ANONYMOUS, Document, Reason, Viewer
from access.vocabulary import Role, State
from tests.access.cast import (
    AGENCY_OFFICER,
    AUDITOR,
    CASTLE_ADMINISTRATOR,
    CASTLE_APPROVER,
    CASTLE_AUTHOR,
    CASTLE_OFFICER,
    CHARITY_PARTNER,
    DRAFT,
    EARLY,
    FOR_CHARITY,
    FOR_HUB,
    FOR_MOOR,
    FOR_RAIL,
    HARBOUR_OFFICER,
    HUB_EDITOR,
    HUB_OWN,
    HUB_READER,
    HUB_REVIEW,
    KIDNAP,
    LATE,
    LONDON_FIRST,
    MICROSECOND,
    MOOR_AUTHOR,
    MOOR_OFFICER,
    MOVER,
    NAMED_REVIEW,
    NATIONAL,
    NOBODY,
    NOON,
    OWN,
    RAIL_OFFICER,
    REGIONAL,
    ROLE_REVIEW,
    SECRETIVE,
    SENSITIVE,
    SUPERSEDED,
    WITHDRAWN,
    acting_as,
    granted,
    in_group,
    inactive,
    official_only,
    one_factor,
    some,
    waiting,
)

# Case, who asks, for what, when, answer. The answer names the clause: its step says yes or no.
Row = tuple[str, Viewer, Document, datetime, Reason]


def row(case: str, viewer: Viewer, document: Document, reason: Reason) -> Row:
    """A case asked at noon."""
    return case, viewer, document, NOON, reason


STEP_1_ADMISSION = [
    row("active officer, national", CASTLE_OFFICER, NATIONAL, Reason.AUDIENCE),
    row("signed out", ANONYMOUS, NATIONAL, Reason.INACTIVE),
    row("inactive officer", inactive(CASTLE_OFFICER), NATIONAL, Reason.INACTIVE),
    row("inactive author, own text", inactive(CASTLE_AUTHOR), OWN, Reason.INACTIVE),
    row("inactive, with a grant", inactive(granted(MOOR_OFFICER)), OWN, Reason.INACTIVE),
    row("force not yet admitted", waiting(CASTLE_OFFICER), NATIONAL, Reason.NOT_ADMITTED),
    row("author, force not admitted", waiting(CASTLE_AUTHOR), OWN, Reason.NOT_ADMITTED),
    row("reviewer, not admitted", waiting(MOOR_OFFICER), NAMED_REVIEW, Reason.NOT_ADMITTED),
    row("inactive and not admitted", inactive(waiting(MOVER)), OWN, Reason.INACTIVE),
]

STEP_2_MARKING = [
    row("sensitive, cleared, second factor", CASTLE_OFFICER, SECRETIVE, Reason.AUDIENCE),
    row("sensitive, cleared, one factor", one_factor(CASTLE_OFFICER), SECRETIVE, Reason.MARKING),
    row("sensitive, not cleared", official_only(CASTLE_OFFICER), SECRETIVE, Reason.MARKING),
    row("official, one factor", one_factor(CASTLE_OFFICER), NATIONAL, Reason.AUDIENCE),
    row("official, cleared for that only", official_only(MOOR_OFFICER), NATIONAL, Reason.AUDIENCE),
    row("sensitive, author, one factor", one_factor(CASTLE_AUTHOR), SECRETIVE, Reason.MARKING),
    row(
        "sensitive, approver not cleared", official_only(CASTLE_APPROVER), SECRETIVE, Reason.MARKING
    ),
    row(
        "a grant lifts no marking",
        official_only(granted(MOOR_OFFICER)),
        replace(SECRETIVE, audience=some("own")),
        Reason.MARKING,
    ),
    row(
        "a review task lifts no marking",
        official_only(MOOR_OFFICER),
        replace(NAMED_REVIEW, marking=SENSITIVE),
        Reason.MARKING,
    ),
]

STEP_3_NEED_TO_KNOW = [
    row("in the group", in_group(CASTLE_OFFICER), KIDNAP, Reason.AUDIENCE),
    row("in no group", CASTLE_OFFICER, KIDNAP, Reason.NEED_TO_KNOW),
    row("in another group", in_group(CASTLE_OFFICER, "fraud"), KIDNAP, Reason.NEED_TO_KNOW),
    row(
        "in one of two groups",
        in_group(CASTLE_OFFICER, "fraud"),
        replace(KIDNAP, groups=some("kidnap", "fraud")),
        Reason.AUDIENCE,
    ),
    row(
        "a group widens no audience",
        in_group(MOOR_OFFICER),
        replace(OWN, groups=some("kidnap")),
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("group member, document without groups", in_group(MOOR_OFFICER), NATIONAL, Reason.AUDIENCE),
    row("author outside need-to-know", CASTLE_AUTHOR, KIDNAP, Reason.AUTHOR),
    row("author outside it, moved away", MOVER, KIDNAP, Reason.NEED_TO_KNOW),
    row("approver of the owner outside it", CASTLE_APPROVER, KIDNAP, Reason.NEED_TO_KNOW),
    row("approver of the owner inside it", in_group(CASTLE_APPROVER), KIDNAP, Reason.EDITOR),
    row("a grant gives no need-to-know", granted(MOOR_OFFICER), KIDNAP, Reason.NEED_TO_KNOW),
    row(
        "a review task gives no need-to-know",
        MOOR_OFFICER,
        replace(NAMED_REVIEW, groups=some("kidnap")),
        Reason.NEED_TO_KNOW,
    ),
]

STEP_4_DUTY = [
    row("author, own draft", CASTLE_AUTHOR, DRAFT, Reason.AUTHOR),
    row(
        "author without editing role any more",
        acting_as(CASTLE_AUTHOR, Role.OFFICER),
        DRAFT,
        Reason.AUTHOR,
    ),
    row("author, audience emptied", CASTLE_AUTHOR, NOBODY, Reason.AUTHOR),
    row("mover, own old text", MOVER, OWN, Reason.OUTSIDE_AUDIENCE),
    row("mover, own old draft", MOVER, DRAFT, Reason.NOT_PUBLISHED),
    row("mover, own old text made national", MOVER, NATIONAL, Reason.AUDIENCE),
    row(
        "another author of the force, draft",
        replace(CASTLE_AUTHOR, person_id="P-NED"),
        DRAFT,
        Reason.EDITOR,
    ),
    row("approver of the force, draft", CASTLE_APPROVER, DRAFT, Reason.EDITOR),
    row(
        "approver of the force, before visible-from",
        CASTLE_APPROVER,
        replace(EARLY, visible_from=NOON + MICROSECOND),
        Reason.EDITOR,
    ),
    row("approver of the force, expired", CASTLE_APPROVER, LATE, Reason.EDITOR),
    row("author role of another force, draft", MOOR_AUTHOR, DRAFT, Reason.NOT_PUBLISHED),
    row("officer of the owner, draft", CASTLE_OFFICER, DRAFT, Reason.NOT_PUBLISHED),
    row(
        "information rights of the owner, draft",
        acting_as(CASTLE_OFFICER, Role.INFORMATION_RIGHTS),
        DRAFT,
        Reason.NOT_PUBLISHED,
    ),
    row("administrator of the owner, draft", CASTLE_ADMINISTRATOR, DRAFT, Reason.NOT_PUBLISHED),
    row("hub editor, a force's draft", HUB_EDITOR, DRAFT, Reason.NOT_PUBLISHED),
    row(
        "hub editor, the hub's draft",
        HUB_EDITOR,
        replace(HUB_OWN, author="P-JIM", state=State.DRAFT),
        Reason.EDITOR,
    ),
    row(
        "hub approver, the hub's draft",
        acting_as(HUB_READER, Role.HUB_APPROVER),
        replace(HUB_OWN, state=State.DRAFT),
        Reason.EDITOR,
    ),
    row(
        "hub reader, the hub's draft",
        HUB_READER,
        replace(HUB_OWN, state=State.DRAFT),
        Reason.NOT_PUBLISHED,
    ),
    row("person named by a review task", MOOR_OFFICER, NAMED_REVIEW, Reason.REVIEWER),
    row("colleague of the person named", MOOR_AUTHOR, NAMED_REVIEW, Reason.NOT_PUBLISHED),
    row(
        "task closed", MOOR_OFFICER, replace(NAMED_REVIEW, review=frozenset()), Reason.NOT_PUBLISHED
    ),
    row(
        "role named by a review task",
        acting_as(MOOR_OFFICER, Role.APPROVER),
        ROLE_REVIEW,
        Reason.REVIEWER,
    ),
    row(
        "same role, other force",
        acting_as(HARBOUR_OFFICER, Role.APPROVER),
        ROLE_REVIEW,
        Reason.NOT_PUBLISHED,
    ),
    row("other role, same force", MOOR_OFFICER, ROLE_REVIEW, Reason.NOT_PUBLISHED),
    row(
        "hub approver named for a force's draft",
        acting_as(HUB_READER, Role.HUB_APPROVER),
        HUB_REVIEW,
        Reason.REVIEWER,
    ),
    row(
        "text without author, viewer without id",
        replace(CASTLE_OFFICER, person_id=""),
        replace(DRAFT, author=""),
        Reason.NOT_PUBLISHED,
    ),
]

STEP_5_PUBLICATION = [
    row("draft, national", MOOR_OFFICER, DRAFT, Reason.NOT_PUBLISHED),
    row("withdrawn stays readable", MOOR_OFFICER, WITHDRAWN, Reason.AUDIENCE),
    row("superseded stays readable", MOOR_OFFICER, SUPERSEDED, Reason.AUDIENCE),
    row(
        "withdrawn, outside its audience",
        MOOR_OFFICER,
        replace(WITHDRAWN, audience=some("own")),
        Reason.OUTSIDE_AUDIENCE,
    ),
    ("a microsecond before visible-from", MOOR_OFFICER, EARLY, NOON - MICROSECOND, Reason.EMBARGO),
    ("at visible-from", MOOR_OFFICER, EARLY, NOON, Reason.AUDIENCE),
    ("a microsecond after visible-from", MOOR_OFFICER, EARLY, NOON + MICROSECOND, Reason.AUDIENCE),
    ("a microsecond before visible-until", MOOR_OFFICER, LATE, NOON - MICROSECOND, Reason.AUDIENCE),
    ("at visible-until", MOOR_OFFICER, LATE, NOON, Reason.EXPIRED),
    ("a microsecond after visible-until", MOOR_OFFICER, LATE, NOON + MICROSECOND, Reason.EXPIRED),
    row("first phase, document of phase 1", CASTLE_OFFICER, LONDON_FIRST, Reason.AUDIENCE),
    row("second phase, document of phase 1", MOOR_OFFICER, LONDON_FIRST, Reason.PHASE),
    row(
        "second phase, document of phase 2",
        MOOR_OFFICER,
        replace(NATIONAL, latest_phase=2),
        Reason.AUDIENCE,
    ),
    row(
        "third phase, document of phase 2",
        HARBOUR_OFFICER,
        replace(NATIONAL, latest_phase=2),
        Reason.PHASE,
    ),
    row("the hub stands before every phase", HUB_READER, LONDON_FIRST, Reason.AUDIENCE),
    row(
        "officer of the owner, before visible-from",
        CASTLE_OFFICER,
        replace(EARLY, visible_from=NOON + MICROSECOND),
        Reason.EMBARGO,
    ),
]

STEP_6_GRANT = [
    row("grant opens an own-force document", granted(MOOR_OFFICER), OWN, Reason.GRANT),
    row(
        "grant for another document",
        replace(MOOR_OFFICER, grants=some("GD-BBBBB")),
        OWN,
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("grant opens no draft", granted(MOOR_OFFICER), DRAFT, Reason.NOT_PUBLISHED),
    ("grant lifts no embargo", granted(MOOR_OFFICER), EARLY, NOON - MICROSECOND, Reason.EMBARGO),
    row("grant outlives no expiry", granted(MOOR_OFFICER), LATE, Reason.EXPIRED),
    row("grant skips no phase", granted(MOOR_OFFICER), LONDON_FIRST, Reason.PHASE),
    row("auditor with grant", granted(AUDITOR), NATIONAL, Reason.GRANT),
    row(
        "auditor with grant, sensitive, one factor",
        one_factor(granted(AUDITOR)),
        SECRETIVE,
        Reason.MARKING,
    ),
    row("partner with grant", granted(CHARITY_PARTNER), NATIONAL, Reason.GRANT),
    row("author with grant reads as author", granted(CASTLE_AUTHOR), OWN, Reason.AUTHOR),
]

STEP_7_AUDIENCE = [
    row("national, other force", HARBOUR_OFFICER, NATIONAL, Reason.AUDIENCE),
    row("national, special force", RAIL_OFFICER, NATIONAL, Reason.AUDIENCE),
    row("national, agency", AGENCY_OFFICER, NATIONAL, Reason.AUDIENCE),
    row("national, hub", HUB_READER, NATIONAL, Reason.AUDIENCE),
    row("national, partner", CHARITY_PARTNER, NATIONAL, Reason.OUTSIDE_AUDIENCE),
    row("national, auditor", AUDITOR, NATIONAL, Reason.OUTSIDE_AUDIENCE),
    row(
        "national, auditor who is an officer too",
        acting_as(AUDITOR, Role.AUDITOR, Role.OFFICER),
        NATIONAL,
        Reason.OUTSIDE_AUDIENCE,
    ),
    row(
        "national, force officer who audits too",
        acting_as(CASTLE_OFFICER, Role.AUDITOR, Role.OFFICER),
        NATIONAL,
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("national, administrator only", CASTLE_ADMINISTRATOR, NATIONAL, Reason.OUTSIDE_AUDIENCE),
    row(
        "national, administrator who is an officer too",
        acting_as(CASTLE_OFFICER, Role.ADMINISTRATOR, Role.OFFICER),
        NATIONAL,
        Reason.AUDIENCE,
    ),
    row("national, no role at all", acting_as(CASTLE_OFFICER), NATIONAL, Reason.OUTSIDE_AUDIENCE),
    row(
        "national, officer of the oversight body",
        acting_as(AUDITOR, Role.OFFICER),
        NATIONAL,
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("region, force of the region", MOOR_OFFICER, REGIONAL, Reason.AUDIENCE),
    row("region, force of another region", HARBOUR_OFFICER, REGIONAL, Reason.OUTSIDE_AUDIENCE),
    row("region, special force", RAIL_OFFICER, REGIONAL, Reason.OUTSIDE_AUDIENCE),
    row("region, hub", HUB_READER, REGIONAL, Reason.OUTSIDE_AUDIENCE),
    row(
        "region, owner outside the region",
        RAIL_OFFICER,
        replace(REGIONAL, owner="rail"),
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("force, that force", MOOR_OFFICER, FOR_MOOR, Reason.AUDIENCE),
    row("force, the owner not named", CASTLE_OFFICER, FOR_MOOR, Reason.OUTSIDE_AUDIENCE),
    row("force, special force named", RAIL_OFFICER, FOR_RAIL, Reason.AUDIENCE),
    row("own, officer of the owner", CASTLE_OFFICER, OWN, Reason.AUDIENCE),
    row("own, other force of the region", MOOR_OFFICER, OWN, Reason.OUTSIDE_AUDIENCE),
    row("own, hub", HUB_EDITOR, OWN, Reason.OUTSIDE_AUDIENCE),
    row("own and hub, hub", HUB_READER, FOR_HUB, Reason.AUDIENCE),
    row("own and hub, other force", MOOR_OFFICER, FOR_HUB, Reason.OUTSIDE_AUDIENCE),
    row("own of the hub, hub", HUB_READER, HUB_OWN, Reason.AUDIENCE),
    row("own of the hub, force", CASTLE_OFFICER, HUB_OWN, Reason.OUTSIDE_AUDIENCE),
    row("own, administrator of the owner", CASTLE_ADMINISTRATOR, OWN, Reason.OUTSIDE_AUDIENCE),
    row("partner, that partner", CHARITY_PARTNER, FOR_CHARITY, Reason.AUDIENCE),
    row(
        "partner, another partner",
        replace(CHARITY_PARTNER, organisation="university"),
        FOR_CHARITY,
        Reason.OUTSIDE_AUDIENCE,
    ),
    row("partner, force", MOOR_OFFICER, FOR_CHARITY, Reason.OUTSIDE_AUDIENCE),
    row("empty audience, officer of the owner", CASTLE_OFFICER, NOBODY, Reason.OUTSIDE_AUDIENCE),
    row(
        "several audiences, one fits",
        HARBOUR_OFFICER,
        replace(NATIONAL, audience=some("own", "force:harbour", "region:north")),
        Reason.AUDIENCE,
    ),
]

TABLE: list[Row] = [
    *STEP_1_ADMISSION,
    *STEP_2_MARKING,
    *STEP_3_NEED_TO_KNOW,
    *STEP_4_DUTY,
    *STEP_5_PUBLICATION,
    *STEP_6_GRANT,
    *STEP_7_AUDIENCE,
]
