"""Closes the ways round the first triggers: rows born sealed, and SQLite's REPLACE."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    # REPLACE deletes the row in its way without firing delete triggers.
    """
    CREATE TRIGGER audit_entry_born_unsealed BEFORE INSERT ON audit_entry
    WHEN NEW.sequence IS NOT NULL OR NEW.previous_hash <> '' OR NEW.hash <> ''
        OR EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entry_seal_whole BEFORE UPDATE ON audit_entry
    WHEN OLD.sequence IS NULL AND (NEW.previous_hash = '' OR NEW.hash = ''
        OR EXISTS (SELECT 1 FROM audit_entry WHERE sequence = NEW.sequence))
    BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END
    """,
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_entry_born_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.sequence IS NOT NULL OR NEW.previous_hash <> '' OR NEW.hash <> '' THEN
            RAISE EXCEPTION 'the trail is append-only';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_born_unsealed BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_born_unsealed()
    """,
    """
    CREATE FUNCTION audit_entry_seal_whole() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.previous_hash = '' OR NEW.hash = '' THEN
            RAISE EXCEPTION 'the trail is append-only';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_entry_seal_whole BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_seal_whole()
    """,
]
UNDO = {
    "sqlite": [
        "DROP TRIGGER audit_entry_born_unsealed",
        "DROP TRIGGER audit_entry_seal_whole",
    ],
    "postgresql": [
        "DROP TRIGGER audit_entry_born_unsealed ON audit_entry",
        "DROP FUNCTION audit_entry_born_unsealed()",
        "DROP TRIGGER audit_entry_seal_whole ON audit_entry",
        "DROP FUNCTION audit_entry_seal_whole()",
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
    """A later migration that rebuilds the table on SQLite must create all triggers again."""

    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunPython(protect, release),
        migrations.AlterField(
            model_name="entry",
            name="event",
            field=models.CharField(
                choices=[
                    ("refusal", "Refused to show a document"),
                    ("sensitive-reading", "Read an OFFICIAL-SENSITIVE document"),
                    ("search", "Searched"),
                    ("submission", "Submitted for review"),
                    ("review", "Approved or sent back a revision"),
                    ("publication", "Published"),
                    ("narrowing", "Let fewer people read"),
                    ("withdrawal", "Withdrew or superseded"),
                    ("file-refused", "Refused an upload"),
                    ("import", "Imported a document as a draft"),
                    ("sign-in", "Signed in"),
                    ("sign-in-failed", "Failed to sign in"),
                    ("sign-out", "Signed out"),
                    ("enrolment", "Enrolled a second factor"),
                    ("second-factor-removed", "Removed a second factor"),
                    ("person-created", "Added a person"),
                    ("membership-changed", "Changed a membership"),
                    ("organisation-changed", "Changed an organisation, region or phase"),
                    ("grant", "Granted access to one document"),
                ],
                max_length=24,
            ),
        ),
    ]
