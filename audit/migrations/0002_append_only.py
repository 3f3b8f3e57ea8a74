"""Triggers that let a row be written once and sealed once, and never deleted."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """
    CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entry_seal_once BEFORE UPDATE ON audit_entry
    WHEN OLD.sequence IS NOT NULL OR NEW.sequence IS NULL
        OR NEW.id IS NOT OLD.id OR NEW.recorded_at IS NOT OLD.recorded_at
        OR NEW.event IS NOT OLD.event OR NEW.actor IS NOT OLD.actor
        OR NEW.action_object IS NOT OLD.action_object OR NEW.decision IS NOT OLD.decision
        OR NEW.reason IS NOT OLD.reason OR NEW.policy_version IS NOT OLD.policy_version
        OR NEW.request_id IS NOT OLD.request_id OR NEW.detail IS NOT OLD.detail
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP IN ('DELETE', 'TRUNCATE') OR OLD.sequence IS NOT NULL OR NEW.sequence IS NULL
            OR (to_jsonb(NEW) - 'sequence' - 'previous_hash' - 'hash')
               IS DISTINCT FROM (to_jsonb(OLD) - 'sequence' - 'previous_hash' - 'hash') THEN
            RAISE EXCEPTION 'the trail is append-only';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only()
    """,
]
UNDO = {
    "sqlite": [
        "DROP TRIGGER audit_entry_no_delete",
        "DROP TRIGGER audit_entry_seal_once",
    ],
    "postgresql": [
        "DROP TRIGGER audit_entry_append_only ON audit_entry",
        "DROP FUNCTION audit_entry_append_only()",
    ],
}


def protect(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database."""
    vendor = editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them again."""
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Append-only by trigger; production's database user has no right to drop it."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
