"""Brings the 48 forces, the NCA, the hub and the oversight body into an empty database."""

import tomllib
from pathlib import Path

from django.db import transaction

from forces.models import Organisation, Region, RolloutPhase

DATA = Path(__file__).parent / "data" / "organisations.toml"


@transaction.atomic
def seed_organisations() -> None:
    """Create what is missing. What the hub has changed since is left as it is."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for slug, name in data["regions"].items():
        Region.objects.get_or_create(slug=slug, defaults={"name": name})
    for phase in data["phases"]:
        RolloutPhase.objects.get_or_create(number=phase.pop("number"), defaults=phase)
    regions = {region.slug: region for region in Region.objects.all()}
    phases = {phase.number: phase for phase in RolloutPhase.objects.all()}
    known = set(Organisation.objects.values_list("slug", flat=True))
    Organisation.objects.bulk_create(
        Organisation(
            **{
                **row,
                "region": regions.get(row.get("region", "")),
                "phase": phases.get(row.get("phase", 0)),
                "home_office_code_unverified": bool(row.get("home_office_code")),
            }
        )
        for row in data["organisations"]
        if row["slug"] not in known
    )
