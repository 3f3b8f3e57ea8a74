"""Gives partners' memberships an end, and groups an owner, a reason and an end, where they have none.

A migration of its own: PostgreSQL alters no table that has rows waiting for their foreign keys.
"""

from datetime import timedelta

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F, Q
from django.utils import timezone

# Time for the hub to look at each: a quarter, as for everybody's re-certification.
IN_A_QUARTER = timedelta(days=92)
UNKNOWN = "Made before a reason was asked for: the hub has to say."


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    soon = timezone.now() + IN_A_QUARTER
    memberships = apps.get_model("forces", "Membership").objects
    memberships.filter(roles=["partner"], ends_at=None, starts_at__lte=soon).update(ends_at=soon)
    memberships.filter(roles=["partner"], ends_at=None).update(ends_at=F("starts_at"))
    groups = apps.get_model("forces", "NeedToKnowGroup").objects
    if not groups.filter(Q(owner=None) | Q(reason="") | Q(ends_at=None)).exists():
        return
    organisations = apps.get_model("forces", "Organisation").objects
    hub = organisations.filter(kind="hub").first() or organisations.first()
    if hub is None:
        hub = organisations.create(slug="hub", name="Hub", short_name="Hub", kind="hub")
    groups.filter(owner=None).update(owner=hub)
    groups.filter(reason="").update(reason=UNKNOWN)
    groups.filter(ends_at=None).update(ends_at=soon)


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was filled in stays true when the columns may be empty again."""


class Migration(migrations.Migration):
    dependencies = [
        ("forces", "0007_second_person"),
    ]

    operations = [
        migrations.RunPython(fill, keep),
    ]
