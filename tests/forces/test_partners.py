"""Partners are let in until a day, by the form, the service and the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.vocabulary import Role
from forces.models import Membership, Organisation, User
from tests.forces.test_second_person import place, second
from tests.guidance.scene import Cast, in_future, person
from tests.sign_in import client_of

__all__ = ("second",)


def test_a_partner_is_let_in_until_a_day_within_a_year(cast: Cast, second: User) -> None:
    client = client_of(cast.hub_approver)
    far = (timezone.localdate() + timedelta(days=400)).isoformat()
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    for last_day in ("", far, "2020-01-01", "9999-12-31"):
        told = place("riverside", "partner", name="P", last_day=last_day)
        refused = client.post("/people/add/", told)
        assert refused.status_code == 400, last_day
    assert (
        client.post(
            "/people/add/", place("riverside", "partner", name="P", last_day=day)
        ).status_code
        == 302
    )
    ends_at = User.objects.get(name="P").memberships.get().ends_at
    assert ends_at is not None
    assert timezone.localtime(ends_at).date().isoformat() > day


def test_an_invited_partner_has_an_end_too(cast: Cast, second: User) -> None:
    client = client_of(cast.hub_approver)
    told: dict[str, Any] = {"email": "p@riverside.example", "organisation": "riverside"}
    told |= {"roles": ["partner"], "ceiling": "1"}
    assert client.post("/people/invitations/", told).status_code == 400
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    assert client.post("/people/invitations/", {**told, "last_day": day}).status_code == 302


def test_the_database_keeps_no_partner_without_an_end(cast: Cast) -> None:
    partner = person("riverside", Role.PARTNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=partner).update(ends_at=None)
    endless = Membership(
        user=cast.kent_officer,
        organisation=Organisation.objects.get(slug="riverside"),
        roles=["partner"],
        starts_at=in_future(days=900),
    )
    with pytest.raises(ValidationError, match="within a year"):
        endless.clean()
