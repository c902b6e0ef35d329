# Everything runs from a bare clone with only Python and make; each target may be repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
SIZES ?= 100k,1M

.PHONY: serve test check build bench docs wheel clean

serve: build ## set up, build the graph, serve it
	$(BIN)/comity serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev build ## set up, run all tests
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.dev ## lint, types, tables, shapes and fault queries
	$(BIN)/ruff check src tests benchmarks ontology
	$(BIN)/mypy
	$(BIN)/comity check
	$(BIN)/comity check --ontology

build: $(VENV)/.run ## build the graph into build/
	$(BIN)/comity build

bench: $(VENV)/.bench build ## measure against peers, side by side; SIZES=5M,20M adds sizes
	$(BIN)/python -m benchmarks.run --sizes $(SIZES)

docs: build ## write the pages of the ontology and the figures of the coverage
	$(BIN)/comity docs
	$(BIN)/comity coverage --out docs/coverage.md

wheel: $(VENV)/.dev build ## a wheel that carries the built graph
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) build dist

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 14) else "Comity needs Python 3.11 to 3.14; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

$(VENV)/.bench: $(VENV)/.run pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
