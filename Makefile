# `make run` shows the portal, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
export PORT

# Another project's settings in the shell must not reach this one.
unexport DJANGO_SETTINGS_MODULE PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
MANAGE := $(PY) manage.py
PYTEST := $(PY) -m pytest -n auto --maxprocesses 8
ELASTICSEARCH := $(PY) -m tests.services.elasticsearch
MIGRATED := $(PY) -m tests.services.databases

# A stamp carries the checksum of what was installed, because a clone gives files new dates.
checksum = $(shell cat $(1) | cksum | tr -cd '0-9')
RUNNING := .venv/.running-$(call checksum,requirements.txt)
CHECKING := .venv/.checking-$(call checksum,requirements.txt requirements-dev.txt)
SCANNING := .venv-scan/.scanning-$(call checksum,requirements-scan.txt)

# Sweeps take turns: the commit says which quarter of them runs (tests/turns.py).
TEST_TURN ?= $(shell git rev-parse --short=8 HEAD 2>/dev/null || echo 0)
export TEST_TURN

test tested soak: export TMPDIR := $(shell .ci/scratch)

.PHONY: help setup run test tested soak lint format types scan sbom arrows migrations \
	elasticsearch ready services kit clean

help:  ## list these words
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

setup: $(RUNNING)  ## environment, UI kit, database, demo library, index
	@$(MANAGE) prepare

run: setup  ## set up, then serve on 127.0.0.1:$PORT until Ctrl-C
	@exec $(MANAGE) serve --port $(PORT)

# Databases are migrated while Elasticsearch starts and while tests are collected: either leaves a
# processor idle.
test:  ## everything it needs, then all tests, on SQLite and on PostgreSQL
	@$(MAKE) --no-print-directory --jobs=2 --output-sync ready
	@$(MIGRATED) & $(ELASTICSEARCH) --brief $(MAKE) tested

ready: $(CHECKING) services kit

# The tests alone; with ELASTICSEARCH_URL they use the server that it names. What needs it and a
# database runs on PostgreSQL only: who has one server has both.
tested:
	$(PYTEST) -m "not soak and not two_servers" --ignore=tests/scans
	$(PY) -m tests.services.postgresql sh -c \
		'$(MIGRATED) & exec $(PYTEST) --database-only -m "not soak and not journey"'

soak: TEST_TURN = all
soak: ready  ## every sweep whole, and the large counts: kills, races, crawl
	$(ELASTICSEARCH) --brief $(MAKE) tested
	$(ELASTICSEARCH) --brief $(PY) -m pytest -m soak

elasticsearch: $(CHECKING) services  ## a real Elasticsearch on loopback, until Ctrl-C
	@exec $(ELASTICSEARCH) $(OPTIONS)

lint: $(CHECKING)  ## Python, templates, formatting, Django's own checks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint --lint --quiet portal search guidance forces
	$(MANAGE) check --fail-level WARNING

format: $(CHECKING)  ## put Python into the agreed form
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

types: $(CHECKING)  ## mypy, strict
	$(PY) -m mypy .

scan: $(CHECKING) $(SCANNING)  ## dangerous calls, our own rules, committed secrets; and what scans
	@.ci/scan
	$(PY) -m pytest -q tests/scans

sbom: $(RUNNING) $(SCANNING)  ## reports/sbom: what the portal and its UI kit are made of, in CycloneDX
	@.ci/sbom reports/sbom

arrows: $(CHECKING)  ## imports and foreign keys point down the line of rooms
	.venv/bin/lint-imports
	$(PY) -m pytest -q tests/house/test_rooms.py

migrations: $(CHECKING)  ## none is missing, none breaks the release that still runs
	$(MANAGE) makemigrations --check --dry-run
	$(PY) -m pytest -q tests/house/test_migrations.py

services:
	@.ci/packages postgresql chromium-headless-shell maven

kit: $(RUNNING)
	@$(MANAGE) build_ui

clean:  ## remove what runs and tests made, but not what people wrote (that is var/)
	rm -rf .venv .venv-scan .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Packages are compiled when they are first used: most of their files never are.
$(RUNNING):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
		{ echo "Python cannot make an environment. On Debian: apt-get install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.txt
	@rm -f .venv/.running-* && touch $@

$(CHECKING): | $(RUNNING)
	$(PY) -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	@rm -f .venv/.checking-* && touch $@

$(SCANNING): | $(RUNNING)
	@.venv-scan/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv-scan
	.venv-scan/bin/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-scan.txt
	@rm -f .venv-scan/.scanning-* && touch $@
