"""What `sql-from-parts` finds, and what it leaves alone."""

from django.db.models.expressions import RawSQL

from forces.models import User


def rows(cursor, name, words):
    # ruleid: sql-from-parts
    cursor.execute(f"SELECT * FROM {name}")
    # ruleid: sql-from-parts
    cursor.execute("SELECT * FROM forces_user WHERE email = '%s'" % words)
    # ruleid: sql-from-parts
    cursor.execute("SELECT * FROM " + name)
    # ruleid: sql-from-parts
    User.objects.raw("SELECT * FROM forces_user WHERE email = '{}'".format(words))
    # ruleid: sql-from-parts
    User.objects.extra(where=[words])
    # ruleid: sql-from-parts
    User.objects.annotate(one=RawSQL(words, []))
    # ok: sql-from-parts
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [7])
    # ok: sql-from-parts
    User.objects.filter(email=words)
