"""Single faults seeded into the rule and into its table form, which the tests must catch."""

import types
from pathlib import Path

import access.policy
import access.rules

# Name of the fault, the text it replaces (which must occur once), the text it puts there.
Fault = tuple[str, str, str]

_EDITORS = "(*restricted, of_own_force))\n    if viewer.review"
_STEP_2 = "or _step_2_marking(viewer, document)"
_STEP_3 = "or _step_3_need_to_know(viewer, document)"
_STEP_5 = "or _step_5_publication(viewer, document, at=at)"

RULE_TABLE_FAULTS: list[Fault] = [
    ("inactive viewers let in", "viewer.active and viewer.admitted", "viewer.admitted"),
    ("forces not admitted let in", "viewer.active and viewer.admitted", "viewer.active"),
    ("second factor ignored", "int(viewer.effective_ceiling)", "int(viewer.ceiling)"),
    ("marking ignored", "int(viewer.effective_ceiling)", "2"),
    ("groups ignored", 'In("groups", viewer.groups | {NO_GROUP})', 'Le("marking", 2)'),
    ("documents without group closed", "viewer.groups | {NO_GROUP}", "viewer.groups"),
    (
        "author bound by need-to-know",
        "(cleared, of_own_force, In",
        "(*restricted, of_own_force, In",
    ),
    ("mover keeps his texts", "cleared, of_own_force, In(", "cleared, In("),
    ("author not bound by marking", "((cleared, of_own_force, In", "((of_own_force, In"),
    (
        "editors of every force",
        _EDITORS,
        _EDITORS.replace("(*restricted, of_own_force)", "restricted"),
    ),
    ("officers read drafts", "if viewer.roles & EDITING_ROLES", "if viewer.roles"),
    ("editors not bound by need-to-know", _EDITORS, _EDITORS.replace("*restricted", "cleared")),
    ("review not bound by need-to-know", '(*restricted, In("review"', '(cleared, In("review"'),
    ("no review tasks", "if viewer.review_keys:", "if False:"),
    ("drafts read as published", "frozenset(OPEN_STATES)", 'frozenset(OPEN_STATES | {"draft"})'),
    ("withdrawn pages closed", "frozenset(OPEN_STATES)", 'frozenset({"published"})'),
    ("embargo one instant early", 'Le("visible_from", at)', 'Le("visible_from", at + _INSTANT)'),
    ("embargo ignored", '        Le("visible_from", at),\n', ""),
    ("expiry one instant late", '"visible_until", at + _INSTANT', '"visible_until", at'),
    ("expiry ignored", '        Ge("visible_until", at + _INSTANT),\n', ""),
    ("phase ignored", '        Ge("latest_phase", viewer.phase),\n', ""),
    ("phase the wrong way round", 'Ge("latest_phase"', 'Le("latest_phase"'),
    ("grant for any document", ', In("ref", viewer.grants)', ""),
    ("grant lifts publication", '(*restricted, *published, In("ref"', '(*restricted, In("ref"'),
    (
        "grant lifts need-to-know",
        '(*restricted, *published, In("ref"',
        '(cleared, *published, In("ref"',
    ),
    ("grants ignored", "if viewer.grants:", "if False:"),
    (
        "audience before publication",
        '(*restricted, *published, In("audience"',
        '(*restricted, In("audience"',
    ),
    ("audience ignored", ', In("audience", viewer.audience_terms)', ""),
    ("own means any force", "*published, own, of_own_force", "*published, own"),
    ("own not matched", "        table.append((*restricted, *published, own, of_own_force))\n", ""),
]

RULE_FAULTS: list[Fault] = [
    ("inactive viewers let in", "if not viewer.active:", "if False:"),
    ("forces not admitted let in", "if not viewer.admitted:", "if False:"),
    (
        "second factor ignored",
        "self.ceiling if self.second_factor else Marking.OFFICIAL",
        "self.ceiling",
    ),
    ("marking off by one", "document.marking > viewer", "document.marking >= viewer"),
    ("groups ignored", "if document.groups and not", "if False and not"),
    ("author bound by need-to-know", "None if _is_author_in_owner(viewer, document) else ", ""),
    (
        "mover keeps his texts",
        "return wrote and viewer.organisation == document.owner",
        "return wrote",
    ),
    ("nameless author", "bool(document.author) and ", ""),
    (
        "editors of every force",
        "if viewer.organisation == document.owner and viewer.roles &",
        "if viewer.roles &",
    ),
    ("officers read drafts", "and viewer.roles & EDITING_ROLES", "and viewer.roles"),
    ("no review tasks", "if document.review & viewer.review_keys:", "if False:"),
    (
        "review role of any force",
        "role_key(role, organisation=self.organisation) for",
        'role_key(role, organisation="moor") for',
    ),
    ("drafts read as published", "if document.state not in OPEN_STATES:", "if False:"),
    (
        "withdrawn pages closed",
        "document.state not in OPEN_STATES",
        "document.state != State.PUBLISHED",
    ),
    ("embargo one instant late", "at < document.visible_from", "at <= document.visible_from"),
    ("expiry one instant late", "at >= document.visible_until", "at > document.visible_until"),
    ("phase ignored", "if viewer.phase > document.latest_phase:", "if False:"),
    ("phase off by one", "viewer.phase > document", "viewer.phase >= document"),
    ("grant for any document", "if document.ref in viewer.grants", "if viewer.grants"),
    ("grant before publication", _STEP_5, f"or _step_6_grant(viewer, document) {_STEP_5}"),
    ("grant before need-to-know", _STEP_3, f"or _step_6_grant(viewer, document) {_STEP_3}"),
    ("review before marking", _STEP_2, f"or _step_4_duty(viewer, document) {_STEP_2}"),
    ("auditor reads by audience", "Role.AUDITOR in self.roles or ", ""),
    ("administrator reads by audience", " or not self.roles & READING_ROLES", ""),
    (
        "partner reads national",
        "{partner_term(self.organisation)}",
        "{partner_term(self.organisation), NATIONAL}",
    ),
    (
        "hub reads forces' own",
        "return frozenset({NATIONAL, HUB})",
        "return frozenset({NATIONAL, HUB, OWN})",
    ),
    (
        "region not matched",
        "frozenset(terms | {region_term(self.region)} if self.region else terms)",
        "frozenset(terms)",
    ),
    ("own for an administrator", "if terms and OWN in", "if OWN in"),
    ("own means any force", "audience and viewer.organisation == document.owner", "audience"),
]

_MODULES = {"rules": access.rules, "policy": access.policy}


def seeded(module: str, fault: Fault) -> types.ModuleType:
    """Load a copy of `access.<module>` with the fault in it; the real module stays as it is."""
    name, sound, faulty = fault
    original = _MODULES[module]
    source = Path(original.__file__ or "").read_text(encoding="utf-8")
    found = source.count(sound)
    if found != 1:
        message = f"fault {name!r}: its text occurs {found} times in access/{module}.py, not once"
        raise ValueError(message)
    copy = types.ModuleType(original.__name__)
    exec(source.replace(sound, faulty), vars(copy))  # noqa: S102 - our own source, one text changed
    return copy
