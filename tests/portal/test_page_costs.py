"""What a page costs does not grow with the forces and with what a reader is allowed."""

from __future__ import annotations

from pathlib import Path

from pytest_django import Settings

from forces.models import Organisation, Region, RolloutPhase
from forces.services import join_group
from guidance.models import AudienceTerm, GuidancePage
from guidance.seeding import lay_out_library
from portal.frame import forget_names
from search.indexing import rebuild
from tests.guidance.scene import LONG_AGO, Cast, need_to_know
from tests.portal.publishing import publish
from tests.portal.test_reading_lists import statements
from tests.sign_in import client_of

MORE = 30


def test_pages_and_searches_cost_the_same_with_more_forces_and_rules(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    page = publish(GuidancePage, cast, audience=("national",))
    addresses = ("/", page.address, "/search/?q=page&type=guidance", "/guidance/", "/forces/")
    costs = []
    for more in (0, MORE):
        _add_forces(more)
        for number in range(more):
            group = need_to_know(f"circle-{number}")
            join_group(cast.kent_officer, group, by="system", at=LONG_AGO)
            term = AudienceTerm.objects.get_or_create(pk=f"force:force-{number}")[0]
            page.audience.through._default_manager.create(document=page, audienceterm=term)
        rebuild()
        forget_names()
        client = client_of(cast.kent_officer)
        for address in addresses:
            client.get(address)
        costs.append([statements(client, address) for address in addresses])
    assert costs[0] == costs[1]


def _add_forces(count: int) -> None:
    region, phase = Region.objects.get(slug="ersou"), RolloutPhase.objects.get()
    for number in range(count):
        name = f"force-{number}"
        Organisation.objects.create(
            slug=name, name=name, short_name=name, kind="force", region=region, phase=phase
        )
    lay_out_library()
