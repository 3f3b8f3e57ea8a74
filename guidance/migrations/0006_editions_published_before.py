"""Gives each page that was published before there were editions the one that is live."""

from typing import Any

from django.db import migrations


def begin_with_what_is_live(apps: Any, schema_editor: Any) -> None:
    Document = apps.get_model("guidance", "Document")
    published = Document._base_manager.exclude(state="draft").filter(
        last_published_at__isnull=False
    )
    for row in published.prefetch_related("audience", "groups").iterator(chunk_size=500):
        edition = {
            "version": row.version,
            "note": row.change_note,
            "published_at": row.last_published_at.isoformat(),
            "marking": row.marking,
            "audience": sorted(term.pk for term in row.audience.all()),
            "groups": sorted(group.slug for group in row.groups.all()),
            "latest_phase": row.latest_phase,
        }
        Document._base_manager.filter(pk=row.pk).update(editions=[edition])


class Migration(migrations.Migration):
    dependencies = [
        ("guidance", "0005_editions"),
        ("forces", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(begin_with_what_is_live, migrations.RunPython.noop),
    ]
