"""A library of nothing but measured documents, and an officer who reads it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Marking, Role
from forces.models import Organisation
from forces.seeding import seed_organisations
from forces.services import create_person
from forces.viewers import viewer_for
from guidance.seeding import lay_out_library
from guidance.vocabularies import seed_vocabularies
from portal.benchmark.corpus import CorpusDocument, load
from search.engines import current_engine, server_engine
from search.indexing import drain, rebuild


def reader_of_new_library() -> Viewer:
    """Lay out an empty library; somebody of a force who signed in strongly."""
    call_command("migrate", interactive=False, verbosity=0)
    seed_organisations()
    seed_vocabularies()
    lay_out_library()
    officer = create_person(
        email="officer@kent.police.example",
        name="Officer",
        organisation=Organisation.objects.get(slug="kent"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL_SENSITIVE,
    )
    return viewer_for(officer, second_factor=True, at=timezone.now())


def fill_library(documents: Iterable[CorpusDocument]) -> int:
    """Publish the documents, and bring the index level with them."""
    count = load(documents)
    rebuild()
    while drain():
        pass
    return count


@contextmanager
def removed_at_the_end() -> Iterator[None]:
    """Leave nothing on a search server; what lies in the folder goes with it."""
    try:
        yield
    finally:
        if current_engine().name == "elasticsearch":
            server_engine(
                prefix=settings.ELASTICSEARCH_INDEX, folder=settings.SEARCH_INDEX_DIR
            ).remove()
