"""What a web worker holds in memory: none of what a child process opens files with."""

import subprocess
import sys

from tests.services.databases import ROOT

# Each takes three to ten megabytes of every worker.
OF_THE_CHILD = ("docx", "pikepdf", "pypdf")
CODE = f"""
import portal.wsgi, sys
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {OF_THE_CHILD!r} if name in sys.modules])
"""


def test_a_web_worker_holds_no_library_that_opens_files() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip().splitlines()[-1] == "[]"
