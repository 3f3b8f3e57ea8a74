"""Closes TRUNCATE, which fires no row's trigger; drops an index that another one repeats."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def protect(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse to empty the table; SQLite knows no TRUNCATE."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            """
            CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
            FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()
            """
        )


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it again."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER audit_entry_no_truncate ON audit_entry")


class Migration(migrations.Migration):
    """The sequence is unique, so it has an index already."""

    dependencies = [("audit", "0003_no_way_round_the_triggers")]
    operations = [
        migrations.RunPython(protect, release),
        migrations.RemoveIndex(model_name="entry", name="entry_sequence"),
    ]
