# Every command of the project. `make help` lists them; a clean clone needs python3, make and (for the tests) apt.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
# Two workers keep a two-core machine busy; more only wait for each other.
WORKERS ?= 2
BIN := .venv/bin
STAGE := scripts/stage
SEEDS ?= 1000
SOURCES := app_client app_server shared_models
# e2e and bench are stages of their own.
LINTED := $(SOURCES) tests scripts

# Each module is compiled once, also where the machine says to keep nothing: a run starts dozens of processes that import both sides.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo pwa test lint format types contracts unit py314 e2e torture mutants bench bench-scale bench-client screenshots lock install install-dev clean

help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

demo: .venv/installed ## build the demo bank and serve API and app on PORT (default 8000)
	@$(BIN)/python scripts/pwa.py || echo "The app at / does not need it." >&2
	@PORT=$(PORT) $(BIN)/day2053 demo

pwa: .venv/installed ## build the app that works without network, for /m/
	@$(BIN)/python scripts/pwa.py

test: .venv/installed-dev ## install what is missing and run everything that CI runs
	@scripts/install-chromium
	@$(STAGE) lint $(MAKE) lint
	@$(STAGE) "types, py314" $(MAKE) --jobs 2 --output-sync types contracts py314
	@$(STAGE) tests $(MAKE) unit
	@$(STAGE) e2e $(MAKE) e2e

lint: .venv/installed-dev ## ruff, codespell, deptry
	@$(BIN)/ruff check --quiet $(LINTED)
	@$(BIN)/ruff format --check --quiet $(LINTED)
	@$(BIN)/codespell --quiet-level 2 $(LINTED) $(wildcard *.md docs Makefile pyproject.toml)
	@$(BIN)/deptry --no-ansi $(SOURCES)

format: .venv/installed-dev ## put imports, layout and what ruff can mend in order
	@$(BIN)/ruff check --fix --quiet $(LINTED) || true
	@$(BIN)/ruff format --quiet $(LINTED)

types: .venv/installed-dev ## pyright, strict on both apps and the shared models
	@$(BIN)/pyright --warnings

contracts: .venv/installed-dev ## who may import whom
	@$(BIN)/lint-imports --no-cache --no-logo

unit: .venv/installed-dev ## unit, property, server (SQLite and PostgreSQL) and in-process UI tests
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

py314: .venv/installed-dev ## the shared models' tests in the browser's Python (Pyodide 3.14)
	@$(BIN)/python scripts/py314.py

e2e: .venv/installed-dev ## the day of an advisor and a head, in headless Chromium
	@scripts/install-chromium
	@$(BIN)/python -m pytest -q -p no:randomly -n $(WORKERS) --dist loadfile --timeout 180 tests/e2e

torture: .venv/installed-dev ## SEEDS (default 1000) simulated storms of phones and server, or SEED again with its schedule
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

mutants: .venv/installed-dev ## prove that the torture suite can fail, and write the table in docs/testing.md
	@$(BIN)/python -m tests.simulation.mutants

bench: .venv/installed-dev ## throughput as ratios to floors measured in the same run
	@$(BIN)/python -m tests.bench $(ARGS)

bench-scale: .venv/installed-dev ## a bank of 100,000 advisors, 60 days: its evening beside a GROUP BY over the raw ledger; 20 minutes, 25 GB
	@$(BIN)/python -m tests.bench.scale $(ARGS)

bench-client: .venv/installed-dev ## the offline app in headless Chromium: start, taps, search, first sync; writes docs/performance.md
	@scripts/install-chromium
	@$(BIN)/python -m tests.bench_client $(ARGS)

screenshots: .venv/installed-dev ## take the README's pictures from the real screens
	@scripts/install-chromium
	@$(BIN)/python scripts/screenshots.py

lock: .venv/installed-dev ## choose versions anew and write both lock files
	@$(BIN)/uv pip compile pyproject.toml --extra server --universal --python-version 3.11 \
		--no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra server --group dev --universal --python-version 3.11 \
		--no-emit-index-url --no-header --upgrade --quiet --constraint requirements.lock \
		--no-annotate --output-file requirements-dev.lock

install: .venv/installed ## what the program needs, into .venv
install-dev: .venv/installed-dev ## what its tests need, too

.venv/installed: requirements.lock pyproject.toml scripts/install-python
	@scripts/install-python requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml scripts/install-python
	@scripts/install-python requirements-dev.lock
	@touch $@ .venv/installed

clean: ## remove everything that the commands made, but not your data folder
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	@find $(SOURCES) tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
