# Every target makes or refreshes .venv first, where it needs it. Written for GNU make 3.81 (macOS) and later.

PYTHON ?= python3
PY := .venv/bin/python

# ARGS goes to pytest: make test ARGS="-k canonical -n0"
ARGS ?=
# One more than there are processors: some tests wait for a server.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# ONLY is for make bench: make bench ONLY="plan help"
ONLY ?=
PYTEST := $(PY) -m pytest -n $(JOBS) --dist loadscope

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-all bench lint format constraints clean
.SUFFIXES:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

venv: ## .venv with everything that demo, lint and test need
	@PYTHON="$(PYTHON)" sh scripts/venv

demo: venv ## the main job on this repository's own assistants, told as a story
	@$(PY) demo/story.py

test: venv ## the tests that need only Python
	@$(PYTEST) $(ARGS)

test-all: venv ## the tests that need more: a browser, node, act (installed where missing), or minutes
	@bash scripts/install-test-all
	@$(PYTEST) -m needs_all $(ARGS)

bench: venv ## how fast it is, beside its peers; a whole run is written to benchmarks/latest.json
	@sh scripts/install-bench
	@$(PY) -m benchmarks $(ONLY)

lint: venv ## ruff, mypy and the layering (import-linter)
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet . || { echo "not formatted: make format"; exit 1; }
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

format: venv ## what ruff can put right by itself
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .

constraints: ## constraints.txt from pyproject.toml (UPGRADE=1: to the newest versions)
	@PYTHON="$(PYTHON)" UPGRADE="$(UPGRADE)" sh scripts/constraints

clean: ## removes .venv and everything that was generated
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .langgraph_api \
	  build dist tests/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
