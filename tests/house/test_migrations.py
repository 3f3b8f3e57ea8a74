"""Migrations are complete, and none of them would break the release that still runs beside it."""

import pytest
from django.core.management import call_command
from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from tests.house.tree import ROOMS

# Refuses from the running release what nobody may do any more: a partner without an end, a group
# without owner, reason and end. On SQLite it makes the tables anew, with their unique indexes.
STRICTER_ON_PURPOSE = ("0009_ends_and_reasons",)


@pytest.mark.django_db
def test_the_models_have_all_their_migrations() -> None:
    """`makemigrations` would find nothing to write."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# SQLite's schema editor refuses to work inside the transaction that other tests run in.
@pytest.mark.django_db(transaction=True)
def test_a_migration_locks_out_no_running_release(capsys: pytest.CaptureFixture[str]) -> None:
    """A room's first one creates its tables and can break nobody; later ones are held to it."""
    linter = MigrationLinter(
        include_apps=ROOMS,
        ignore_name=STRICTER_ON_PURPOSE,
        ignore_initial_migrations=True,
        quiet=["ignore", "ok"],
        no_cache=True,
        # SQLite makes a table anew for such a column, with its default or without: asked below.
        exclude_migration_tests=["NOT_NULL"],
    )
    linter.lint_all_migrations()
    assert not linter.has_errors, capsys.readouterr().out


def test_a_column_that_must_be_filled_has_a_default_in_the_database() -> None:
    """The release that still runs knows nothing of it, and writes rows without it."""
    loader = MigrationLoader(None)
    bare = [
        f"{app}.{name}: {operation.name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in ROOMS
        for operation in migration.operations
        if isinstance(operation, AddField)
        and not migration.initial
        and not operation.field.many_to_many
        and not (operation.field.null or operation.field.has_db_default())
    ]
    assert not bare
