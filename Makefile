# What a person does with this project, one word each; `make` lists them.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
# package:command, where the two differ.
SYSTEM_PACKAGES := strace chromium nginx-light:nginx libpango-1.0-0:- libpangoft2-1.0-0:- libharfbuzz-subset0:- fonts-dejavu-core:-
WORKERS ?= 2

.PHONY: help setup system demo test check lint bench reference format clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) system ## make .venv with everything in it; quick when it is there

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[server,dev]'
	@# An independent reader of the log's formats, used by tests alone; it asks for 3.12 but runs on 3.11.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --ignore-requires-python aics-tlog
	@touch $@

# Tools that tests drive from outside. Without them those tests are skipped, each with a line saying so.
system:
	@for one in $(SYSTEM_PACKAGES); do \
		package=$${one%%:*}; tool=$${one##*:}; \
		if [ "$$tool" = - ]; then dpkg -s $$package >/dev/null 2>&1 && continue; \
		else command -v $$tool >/dev/null && continue; fi; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get install --yes --quiet $$package || { apt-get update --quiet && apt-get install --yes --quiet $$package; } \
				|| echo "could not install $$package: its tests will be skipped"; \
		else \
			echo "$$package is missing: its tests will be skipped; install it as root"; \
		fi; \
	done

demo: setup ## ten weeks of an invented company, its findings, and what was left alone
	$(BIN)/viewtrail demo

test: setup ## all tests
	$(BIN)/python -m pytest -n $(WORKERS)

check: lint ## format, types, imports and fast tests, in about two minutes
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

lint: setup ## format, types and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## the measurements, one after the other
	@for file in bench/*.py; do \
		test -e "$$file" || continue; \
		echo "== $$file"; $(BIN)/python "$$file" || exit 1; \
	done

reference: setup ## the generated pages of docs/reference
	$(BIN)/python -m viewtrail.event.schema docs/reference
	$(BIN)/python -m viewtrail.cli.reference docs/reference
	$(BIN)/python -m viewtrail.cli.settings_page docs/reference
	$(BIN)/python -m viewtrail.cli.connectors_page docs/reference
	$(BIN)/python tests/docs/refresh.py

format: setup ## put every file into the project's format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

clean: ## remove what tools left behind; never data, never .venv
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache src/*.egg-info
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
