"""The organisations as the portal brings them: the 48 forces, their regions and phases."""

from forces.models import Organisation
from forces.seeding import seed_organisations


def test_the_seeds_hold_the_48_forces_and_the_traps(db: None) -> None:
    seed_organisations()
    seed_organisations()
    forces = Organisation.objects.filter(kind__in=("force", "special"))
    assert forces.count() == 48
    region = {
        slug: name
        for slug, name in Organisation.objects.values_list("slug", "region__slug")
        if slug in ("north-wales", "kent", "essex", "west-midlands", "btp", "nca")
    }
    assert region == {
        "north-wales": "nwrocu",
        "kent": "ersou",
        "essex": "ersou",
        "west-midlands": "wmrocu",
        "btp": None,
        "nca": None,
    }
    first = Organisation.objects.filter(phase__number=1).values_list("slug", flat=True)
    second = Organisation.objects.filter(phase__number=2).values_list("slug", flat=True)
    assert set(first) == {"metropolitan", "city-of-london"}
    assert set(second) == {"west-midlands", "merseyside"}
