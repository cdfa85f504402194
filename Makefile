# SPDX-License-Identifier: Apache-2.0
# `make help` lists the targets. Everything is installed into .venv; nothing else on the machine is changed,
# except that tests install Debian's chromium when it is missing and apt-get can be used.

PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= .shopwright
SCALE ?= 10000
STORE ?= seed
SMALL ?= 1000
GROWTH ?= 1000000
VENV := .venv
BIN := $(VENV)/bin
EDITABLE := $(foreach dir,$(sort $(dir $(wildcard plugins/*/pyproject.toml examples/*/pyproject.toml))),-e ./$(dir))

# Tests start many processes: compiled modules are worth keeping whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench seed docs docs-check lock clean browser

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(BIN)/uv: requirements-bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Shopwright needs Python 3.11 or newer; $$($(PYTHON) --version) is too old. Try: make PYTHON=python3.12" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bootstrap.txt
	@touch $@

$(VENV)/.installed: $(BIN)/uv requirements.txt pyproject.toml $(wildcard plugins/*/pyproject.toml examples/*/pyproject.toml)
	@echo "Installing Shopwright ..."
	@$(BIN)/uv pip install -q -p $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install -q -p $(BIN)/python --no-deps --no-build-isolation -e . $(EDITABLE)
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed requirements-tests.txt
	@echo "Installing what the tests need ..."
	@$(BIN)/uv pip install -q -p $(BIN)/python --require-hashes -r requirements-tests.txt
	@touch $@

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || tools/install-browser

demo: $(VENV)/.installed  ## start two stores with storefront, admin and API (PORT=8000 DATA_DIR=.shopwright)
	@exec $(BIN)/shopwright demo --port $(PORT) --data-dir $(DATA_DIR)

test: $(VENV)/.installed-tests browser  ## run all tests on real PostgreSQL, Valkey and a real browser
	@$(BIN)/pytest -n auto --dist loadgroup $(ARGS)

lint: $(VENV)/.installed-tests  ## check style, types and house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.installed-tests  ## put the code into the house style
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-tests  ## measure requests per second as ratios to a bare hello, and how time grows with products (GROWTH=1000000)
	@$(BIN)/python tests/performance/bench.py
	@if [ "$(GROWTH)" != 0 ]; then $(BIN)/python tests/performance/growth.py --small $(SMALL) --big $(GROWTH); fi

seed: $(VENV)/.installed-tests  ## fill a store with products (SCALE=10000 STORE=seed DATA_DIR=.shopwright)
	@$(BIN)/python tests/performance/seed.py --scale $(SCALE) --store $(STORE) --data-dir $(DATA_DIR)

docs: $(VENV)/.installed-tests  ## write the generated reference pages
	@$(BIN)/python docs/generate.py

lock: $(BIN)/uv  ## pin all dependencies anew, by hash and without hosts
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements.in -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements-tests.in -c requirements.txt -o requirements-tests.txt

clean:  ## remove the virtual environment and the demo's data
	@rm -rf $(VENV) .shopwright
