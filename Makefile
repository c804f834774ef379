# Two commands need nothing but Python 3.11+ and make: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo "$$p"; break; }; done)
UV_VERSION := 0.13.8
BIN := .venv/bin
DEMO ?= .demo
PYTEST_ARGS ?=
UNATTENDED := $(if $(CI),--no-open,)

export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_COMPILE_BYTECODE := 1
# A short-lived `ocb` is five times slower where it must compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve test gates check catalogue bench format lock clean help

help: ## show the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/'

.venv/.uv:
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found: install one, or run make PYTHON=/path/to/python3"; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

.venv/.run: .venv/.uv pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --frozen --inexact --no-default-groups
	@touch $@

.venv/.dev: .venv/.uv pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --frozen --inexact --group dev
	@touch $@ .venv/.run

demo: .venv/.run ## generate, load, resolve and analyse the fictional city; open chart and report
	$(BIN)/ocb --workspace $(DEMO) demo $(UNATTENDED)

serve: .venv/.run ## the workspace page and the API at http://127.0.0.1:8000
	$(BIN)/ocb --workspace $(DEMO) serve

test: .venv/.dev ## every test that this machine can run; says what was skipped and why
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

gates: .venv/.dev ## format, lint, types, dependencies
	$(BIN)/uv lock --check --quiet
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/pyright
	$(BIN)/deptry --no-ansi .

check: gates ## the gates, and the quick tests: import contracts, sizes, units, docs
	$(BIN)/python -m pytest -q -n 2 tests/architecture tests/unit tests/docs

catalogue: .venv/.dev ## which of the 180 numbered faults, bad inputs and leaks have a test, and which have none
	$(BIN)/python -m tests.catalogue

bench: .venv/.dev ## one JSON line a figure, with the peer measured in the same run (ONLY=name for one)
	$(BIN)/python -m tests.perf.bench $(if $(ONLY),--only $(ONLY),)

format: .venv/.dev ## rewrite the format and regenerate what comes from the schema
	$(BIN)/python -m graphcore.schema.generate
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

lock: .venv/.uv ## resolve the dependencies anew
	$(BIN)/uv lock --upgrade

clean: ## remove the environment, the demo and caches
	rm -rf .venv $(DEMO) .pytest_cache .ruff_cache .hypothesis .coverage*
