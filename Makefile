# `make run` needs Python 3, make and git; everything else is fetched into ignored folders.
# Both variables may be given on the command line: make run HOST=0.0.0.0 PORT=9000
HOST ?= 127.0.0.1
PORT ?= 8000
# The folder of another record than the one that comes along: make run CONTENT=../cotton
# It has a database and keys of its own, in a folder of its name: two records never meet in one.
CONTENT ?=
ifneq ($(CONTENT),)
CONTENT_DIR := $(CONTENT)
RECORD := $(shell cd '$(CONTENT)' 2>/dev/null && basename "$$PWD" | tr -cs 'A-Za-z0-9._\n-' '-')
$(if $(RECORD),,$(error CONTENT: there is no folder $(CONTENT)))
VAR_DIR ?= var/records/$(RECORD)
export CONTENT_DIR
endif
VAR_DIR ?= var
# A local site: plain http, and keys of its own. Any of these may come from the environment.
HTTPS ?= 0
SECRET_KEY_FILE ?= $(VAR_DIR)/secret_key
ADDRESS_KEYS_FILE ?= $(VAR_DIR)/address_keys
KEYS := $(VAR_DIR)/secret_key $(VAR_DIR)/address_keys
export HOST PORT HTTPS VAR_DIR SECRET_KEY_FILE ADDRESS_KEYS_FILE

# A name alone proves little: pyenv puts an `uv` and a `python3` on the PATH that may not run here.
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .tools/bin/uv)
SYSTEM_PYTHON = $(shell python3 -c "" >/dev/null 2>&1 && echo python3 || echo /usr/bin/python3)
PYTHON = $(or $(wildcard .venv/bin/python),$(SYSTEM_PYTHON))
BIN := .venv/bin
# Arguments for pytest, for example: make test ARGS="-k search -x"
ARGS ?=
# In several processes (tests/conftest.py says how many); one that is done first takes over tests of
# another. ARGS="-n 0": in one process.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
# How much `make bench-pages` makes up.
ISSUES ?= 10000
BODIES ?= 200
ASKS ?= 100000
ENTRIES ?= 1000000
# What a server of the public has, for the checks of `make check`.
PRODUCTION := env DEBUG=0 HTTPS=1 SECRET_KEY=$$($(PYTHON) -c "import secrets; print(secrets.token_hex(40))") MAIL_URL=smtp://localhost
COMPILE := pip compile --quiet --upgrade --universal --generate-hashes --no-header --no-annotate

# What stands in the way of all that installs, each in one sentence.
ifneq ($(filter-out help clean,$(MAKECMDGOALS)),)
$(if $(shell [ -w . ] || echo no),$(error This folder cannot be written to: copy it to one of your own, or ask for the right to write))
NOTE := $(shell sh deploy/check_venv.sh)
$(if $(NOTE),$(info $(NOTE)))
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run install dev test test-quick test-postgres test-thorough check bench bench-fresh bench-pages bench-mailing bench-sign-ups bench-transfer bench-verify bench-bundle bench-backups proof fuzz screenshots format messages manage lock clean port

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: port .venv/installed $(KEYS) ## the site on http://127.0.0.1:8000 (PORT= and HOST= change that; CONTENT= the record)
	@$(BIN)/python manage.py start

install: .venv/installed ## only what the site needs, for a server (deploy/README.md)
	@mkdir -p -m 700 var

dev: port .venv/installed $(KEYS) ## the same with DEBUG and a server that reloads on every change
	@env DEBUG=1 $(BIN)/python manage.py start --dev

test: .venv/installed-dev ## the tests, on SQLite and in three browsers (ARGS= goes to pytest)
	@sh deploy/install_for_tests.sh chromium firefox webkit gettext checker
	@$(PYTEST) -m "not thorough" $(ARGS)

test-quick: .venv/installed-dev ## those that need no browser, start no programs and do not walk everything
	@$(PYTEST) -m "not browser and not programs and not thorough" $(ARGS)

test-postgres: .venv/installed-dev ## those that turn on the database, on PostgreSQL: that of DATABASE_URL, or a throw-away one
	@sh deploy/install_for_tests.sh gettext postgresql
	@sh deploy/with_postgres.sh $(PYTEST) -m "postgres and not thorough" $(ARGS)

test-thorough: .venv/installed-dev ## those that walk all of something, and all others on PostgreSQL; part of `make proof`
	@sh deploy/install_for_tests.sh chromium firefox webkit gettext checker postgresql
	@$(PYTEST) -m thorough $(ARGS)
	@sh deploy/with_postgres.sh $(PYTEST) -m "not browser and not one_database" $(ARGS)

check: .venv/installed-dev $(KEYS) ## lint, format, types, migrations, deployment settings, templates, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python manage.py check_templates
	$(BIN)/python manage.py compile_messages
	@sh deploy/install_for_tests.sh gettext
	$(BIN)/python manage.py makemessages --check

bench: bench-fresh ## what readers get on the day it is in the news, against nginx with the same bytes
	@sh deploy/install_for_tests.sh nginx wrk
	@$(BIN)/python -m bench.news $(ARGS)

bench-fresh: .venv/installed-dev ## CPU of five pages of the dossier that are made anew, against a limit each
	@$(BIN)/python -m bench.fresh

bench-pages: .venv/installed $(KEYS) ## what every page costs with ASKS=100000 and ENTRIES=1000000, on a throw-away PostgreSQL
	@sh deploy/install_for_tests.sh postgresql
	@sh deploy/with_postgres.sh sh -c '$(BIN)/python -m bench.make_load --issues $(ISSUES) --bodies $(BODIES) \
		--actions $(ASKS) --updates $(ENTRIES) && $(BIN)/python -m bench.pages $(ARGS)'

bench-mailing: .venv/installed-dev ## what a mailing takes against a plain loop, and two workers against one
	@sh deploy/install_for_tests.sh postgresql
	@$(BIN)/python -m bench.mailing $(ARGS)

bench-sign-ups: .venv/installed-dev ## 6,000 sign-ups at 300 a second, and readers beside others, on a throw-away PostgreSQL
	@sh deploy/install_for_tests.sh postgresql wrk
	@$(BIN)/python -m bench.sign_ups $(ARGS)

bench-transfer: .venv/installed-dev ## import_rows against a loop that checks and saves each row by itself
	@sh deploy/install_for_tests.sh postgresql
	@$(BIN)/python -m bench.transfer $(ARGS)

bench-verify: .venv/installed-dev ## the check of the chain against a plain loop over model instances
	@$(BIN)/python -m bench.verify $(ARGS)

bench-bundle: .venv/installed-dev ## what record.zip takes, and whether its memory stays flat (ARGS="--asks 100000 --entries 1000000")
	@$(BIN)/python -m bench.bundle $(ARGS)

bench-backups: .venv/installed-dev ## time and memory of a backup and its restore with ASKS=100000 and ENTRIES=1000000, on a throw-away PostgreSQL
	@sh deploy/install_for_tests.sh postgresql
	@sh deploy/with_postgres.sh $(BIN)/python -m bench.backups --asks $(ASKS) --entries $(ENTRIES)

proof: .venv/installed-dev ## kill, lock, fill and refuse what the program stands on, count what is lost; look at every page
	@sh deploy/install_for_tests.sh postgresql faketime chromium gettext spreadsheet debootstrap
	@$(BIN)/python -m bench.proof $(ARGS)

fuzz: .venv/installed-dev ## 20,000 requests that no page sends, on each database; fewer: ARGS="2000 --only sqlite"
	@sh deploy/install_for_tests.sh postgresql
	@$(BIN)/python -m bench.fuzz $(ARGS)

screenshots: .venv/installed-dev ## the pictures of the README, and every page under var/screenshots/
	@sh deploy/install_for_tests.sh chromium
	@$(BIN)/python -m pytest -q tests/browser/screenshots.py $(ARGS)

format: .venv/installed-dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: .venv/installed $(KEYS) ## add new strings to the translations, drop those that are gone
	@sh deploy/install_for_tests.sh gettext
	$(BIN)/python manage.py makemessages

manage: .venv/installed $(KEYS) ## any command of Django, for example: make manage DO="load_content --dry-run"
	@$(BIN)/python manage.py $(DO)

lock: $(UV) ## renew the pinned versions from pyproject.toml
	$(UV) $(COMPILE) --output-file requirements.txt pyproject.toml
	$(UV) $(COMPILE) --output-file requirements-dev.txt --constraint requirements.txt --group dev pyproject.toml
	echo uv | $(UV) $(COMPILE) --output-file deploy/requirements-uv.txt -

clean: ## remove all that these commands made, but not the database in var/
	rm -rf .venv .tools .pytest_cache .ruff_cache .mypy_cache var/static var/*.digest var/records/*/static var/records/*/*.digest

# Asked first, so that a taken port does not show up only after a minute of installing.
port:
	@$(PYTHON) advocacy/management/port.py '$(HOST)' '$(PORT)'

$(KEYS):
	@mkdir -p '$(VAR_DIR)'
	@umask 077 && $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))" > $@

.tools/bin/uv: deploy/requirements-uv.txt
	@sh deploy/install_uv.sh $(SYSTEM_PYTHON)
	@touch $@

.venv/pyvenv.cfg: .python-version | $(UV)
	@echo "Making .venv with Python $$(cat .python-version)…"
	@$(UV) venv --quiet --clear .venv && pwd -P > .venv/made-in || { echo "Install that Python, or let uv reach the internet to fetch it." >&2; exit 1; }

.venv/installed: requirements.txt .venv/pyvenv.cfg
	@echo "Installing what the site needs…"
	@$(UV) pip sync --quiet --require-hashes requirements.txt
	@rm -f .venv/installed-dev
	@touch $@

# It holds all of requirements.txt as well.
.venv/installed-dev: requirements-dev.txt requirements.txt .venv/pyvenv.cfg
	@echo "Installing what the tests need…"
	@$(UV) pip sync --quiet --require-hashes requirements-dev.txt
	@touch .venv/installed $@
