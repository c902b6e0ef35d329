# Everything runs from a bare clone with only Python and make; each target may be repeated.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
SIZES ?= 100k,1M

.PHONY: serve test gates soak mutants locks supply words web check build bench docs methods wheel clean

serve: build ## set up, build the graph, serve it
	$(BIN)/comity serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev build ## set up, run all tests
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not gate and not browser" --durations=25

gates: $(VENV)/.gates build ## run the tests that need Virtuoso, Chromium, Java and R (Debian: virtuoso-opensource-7-bin, chromium, default-jre-headless, r-base-core, r-cran-igraph)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "gate or browser" --durations=15

check: $(VENV)/.dev ## lint, types, tables, shapes and fault queries
	$(BIN)/ruff check src tests benchmarks soak ontology
	$(BIN)/mypy
	$(BIN)/comity check
	$(BIN)/comity check --ontology

build: $(VENV)/.run ## build the graph into build/
	$(BIN)/comity build

bench: $(VENV)/.bench build ## measure against peers, side by side; SIZES=5M,20M adds sizes
	$(BIN)/python -m benchmarks.run --sizes $(SIZES)

soak: $(VENV)/.soak build ## the long forms of the tests that try many cases; some two hours; writes build/soak.txt
	$(BIN)/python -m pytest -q --long tests/test_increments.py tests/test_killed_builds.py tests/test_swapping.py tests/independent tests/properties
	$(BIN)/python -m soak.openapi --examples 200
	$(BIN)/python -m soak.guided --seconds 300
	$(BIN)/python -m soak.fuzz --requests 200000
	$(BIN)/python -m soak.load --minutes 30

mutants: $(VENV)/.dev build ## spoil rules and measures one small thing at a time, and print what no test notices; an hour
	$(BIN)/python -m soak.mutants --rules --measures adjacency balance brokerage similarity structure

LOCK := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 pyproject.toml
locks: $(VENV)/.soak ## lock the newest versions that pyproject.toml admits, with hashes
	for extra in dev scale soak; do \
	  printf 'hatchling>=1.27\neditables>=0.5\n' | $(BIN)/$(LOCK) - --extra $$extra --output-file locks/$$extra.lock > /dev/null; done
	printf 'hatchling>=1.27\neditables>=0.5\n' | $(BIN)/$(LOCK) - --output-file locks/run.lock > /dev/null

supply: $(VENV)/.soak ## write the page of dependencies, and the bill of materials into build/
	$(BIN)/python -m soak.supply --page docs/dependencies.md --bill build/sbom.json

words: $(VENV)/.dev ## gather the words of the interface into the catalogues of translations, and compile them
	$(BIN)/pybabel --quiet extract -F babel.cfg -k _ -k mark --no-location --omit-header --sort-output --project=Comity -o build/comity.pot src/comity
	$(BIN)/pybabel --quiet update -D comity -i build/comity.pot -d src/comity/site/locale --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile -D comity -d src/comity/site/locale

docs: build ## write the pages of the ontology and the figures of the coverage
	$(BIN)/comity docs
	$(BIN)/comity coverage --out docs/coverage.md

methods: build ## write the page of methods anew; IDEAL_POINTS=FILE DESTA=FILE compare with outside data
	$(BIN)/comity methods --out docs/methods.md $(if $(IDEAL_POINTS),--ideal-points $(IDEAL_POINTS)) $(if $(DESTA),--desta $(DESTA))

wheel: $(VENV)/.dev build ## a wheel that carries the built graph
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

web: ## bundle what the pages load; needs Node 20 and npm, and gives the same bytes each time
	cd web && npm ci --silent && npm run --silent build

clean:
	rm -rf $(VENV) build dist

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 14) else "Comity needs Python 3.11 to 3.14; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# By hash, as locked; where an index lacks a locked file, the newest that fit, and it is said.
define installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement locks/$(1).lock \
	  && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
	  || { echo "locks/$(1).lock cannot be installed here; taking what pyproject.toml admits, without hashes"; \
	       $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.$(2)'; }
	touch $@
endef

$(VENV)/.run: $(BIN)/python pyproject.toml locks/run.lock
	$(call installed,run,)

$(VENV)/.dev: $(BIN)/python pyproject.toml locks/dev.lock # all that .run has, and more
	$(call installed,dev,[dev])
	touch $(VENV)/.run

$(VENV)/.gates: $(VENV)/.dev pyproject.toml locks/scale.lock
	$(call installed,scale,[scale])

$(VENV)/.soak: $(VENV)/.dev pyproject.toml locks/soak.lock
	$(call installed,soak,[soak])

$(VENV)/.bench: $(VENV)/.run pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
