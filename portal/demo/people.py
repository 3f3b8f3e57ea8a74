"""Adds the demo library's people: one persona for each role and each awkward case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from access.vocabulary import Marking, OrganisationKind, Role
from audit.events import Event
from audit.record import record
from forces.models import (
    BreakGlassGrant,
    EmailDomain,
    Membership,
    NeedToKnowGroup,
    Organisation,
    RolloutPhase,
    User,
)
from forces.querysets import not_over
from forces.services import SYSTEM, create_person, end_membership, join_group, move_person
from portal.demo.library import moment, read_people

# Known to everybody on purpose: forces.checks refuses DEMO in production.
DEMO_PASSWORD = "harbour-lantern-42"  # noqa: S105
DEMO_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105

_CEILINGS = {"official": Marking.OFFICIAL, "official-sensitive": Marking.OFFICIAL_SENSITIVE}

Row = dict[str, Any]


def add_organisations(*, at: datetime) -> None:
    """The partner organisation, domains, and a paused phase with the force that waits in it."""
    told = read_people()
    for row in told["organisation"]:
        facts = {**row, "kind": OrganisationKind(row["kind"]).value}
        Organisation.objects.get_or_create(slug=facts.pop("slug"), defaults=facts)
    known = set(EmailDomain.objects.values_list("domain", flat=True))
    for organisation in Organisation.objects.all():
        # Real police domains end in another way, a partner's in any.
        police = "" if organisation.kind == OrganisationKind.PARTNER else ".police"
        domain = f"{organisation.slug}{police}.example"
        if domain not in known:
            EmailDomain.objects.create(domain=domain, organisation=organisation)
    for row in told["phase"]:
        phase, is_new = RolloutPhase.objects.get_or_create(
            number=row["number"],
            defaults={"name": row["name"], "opens_at": moment(row["opens"], at=at)},
        )
        if is_new:
            Organisation.objects.filter(slug__in=row["organisations"]).update(phase=phase)


def add_people(*, at: datetime) -> list[User]:
    """Add who is missing, with password and second factor; leave everybody else alone."""
    told = read_people()
    groups = {row["slug"]: _group(row, at=at) for row in told["group"]}
    known = set(User.objects.values_list("email", flat=True))
    organisations = {one.slug: one for one in Organisation.objects.all()}
    new = [
        _add(row, organisations=organisations, groups=groups, at=at)
        for row in told["person"]
        if row["email"] not in known
    ]
    # One hash for all: hashing is slow on purpose, and the password is no secret.
    password = make_password(DEMO_PASSWORD)
    User.objects.filter(pk__in=[user.pk for user in new]).update(password=password)
    # Nobody confirms the personas each quarter: starting the demo does.
    emails = [row["email"] for row in told["person"]]
    Membership.objects.filter(not_over(at=at), user__email__in=emails).update(confirmed_at=at)
    return new


def add_grants(refs: dict[str, str], *, at: datetime) -> None:
    """The break-glass grants for the documents that were loaded now; `refs` by their keys."""
    for row in read_people()["grant"]:
        if row["document"] not in refs:
            continue
        reader, giver = (User.objects.get(email=row[name]) for name in ("person", "by"))
        ref = refs[row["document"]]
        BreakGlassGrant.objects.create(
            user=reader,
            document_ref=ref,
            reason=row["reason"],
            granted_by=giver,
            starts_at=at,
            ends_at=moment(row["ends"], at=at),
        )
        record(Event.GRANT, actor=giver.public_id, action_object=ref, decision="yes")


def _group(row: Row, *, at: datetime) -> NeedToKnowGroup:
    group, _ = NeedToKnowGroup.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "name": row["name"],
            "owner": Organisation.objects.get(slug=row["owner"]),
            "reason": row["reason"],
            "ends_at": moment(row["ends"], at=at),
        },
    )
    return group


def _add(
    row: Row,
    *,
    organisations: dict[str, Organisation],
    groups: dict[str, NeedToKnowGroup],
    at: datetime,
) -> User:
    ceiling = _CEILINGS[row.get("ceiling", "official-sensitive")]
    former: list[Row] = row.get("former", [])
    first, *later = [*former, row]
    user = create_person(
        email=row["email"],
        name=row["name"],
        organisation=organisations[first["organisation"]],
        roles=[Role(role) for role in first["roles"]],
        ceiling=ceiling,
        starts_at=moment(first.get("joined", "-90d"), at=at),
        ends_at=moment(row["until"], at=at) if "until" in row else None,
    )
    for place in later:
        move_person(
            user,
            organisation=organisations[place["organisation"]],
            roles=[Role(role) for role in place["roles"]],
            ceiling=ceiling,
            by=SYSTEM,
            at=moment(place["joined"], at=at),
        )
    for slug in row.get("groups", ()):
        join_group(user, groups[slug], by=SYSTEM, at=at)
    if row.get("second_factor", True):
        secret = get_adapter().encrypt(DEMO_TOTP_SECRET)
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": secret}
        )
    _end(user, row, at=at)
    return user


def _end(user: User, row: Row, *, at: datetime) -> None:
    if "left" in row:
        end_membership(user, by=SYSTEM, at=moment(row["left"], at=at))
