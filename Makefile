# The workflow as words. `make demo` and `make test` are all a newcomer needs.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

# Where Python may not keep what it compiled, each of the many processes that tests begin compiles Readout anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo serve test test-server check gate bench bench-cluster soak fuzz sbom audit lock clean

help:
	@echo "make demo    install into .venv and watch a miniature web: two crawls, alert mails, what was found and why"
	@echo "make serve   the same, and leave the web page on what was found open to look at"
	@echo "make test    install what tests need and run them"
	@echo "make test-server  the tests that open a store, all of them on a PostgreSQL server of their own"
	@echo "make check   ruff, mypy --strict, import-linter"
	@echo "make gate    score reading and identity on the labelled sets; fails under the floors (floors: bench/gate.py --help)"
	@echo "make bench   measure reading, identity, sending, pace, the scheduler at 10,000 sources, pages over 100,000 meetings, and the crawl beside its peers (forty minutes)"
	@echo "make bench-cluster  kill workers and PostgreSQL under them, measure two against one, queueing, and a store of a million articles (an hour, 20 GB)"
	@echo "make soak    kill those who crawl, send and import, two hundred times and more each, with stores in files and on a server, and see that nothing is lost (an hour)"
	@echo "make fuzz    properties of what reads strange input, at random, for ten minutes (longer: MINUTES=60); prints the seed that found something"
	@echo "make sbom    what is installed, as CycloneDX JSON with hashes: build/readout.cdx.json"
	@echo "make audit   compare the locks with known vulnerabilities, offline (OSV=all.zip)"
	@echo "make setup   install only"
	@echo "make lock    write the three locks anew (needs uv)"

setup: $(STAMP)

# The project is installed from its lock alone, hashes checked; the build backend is in the lock too.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Readout needs Python 3.11 or newer; say make PYTHON=python3.x"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "could not make .venv: on Debian, apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP)-dev: $(STAMP) requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(STAMP)
	@$(BIN)/readout demo

serve: $(STAMP)
	@$(BIN)/readout demo --keep

test: $(STAMP)-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --postgres tests/storage tests/exports

test-server: $(STAMP)-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --postgres @tests/not_on_server.txt tests

check: $(STAMP)-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

gate: $(STAMP)
	@$(BIN)/python bench/gate.py

bench: $(STAMP)
	@$(BIN)/python bench/reading_speed.py
	@$(BIN)/python bench/near_duplicates.py --size 20000 --rows 100000
	@$(BIN)/python bench/clusters.py
	@$(BIN)/python bench/clusters.py --gold tests/gold/meetings.jsonl
	@$(BIN)/python bench/identity_lookup.py
	@$(BIN)/python bench/outbox.py --profile
	@$(BIN)/python bench/page_dates.py
	@$(BIN)/python bench/delay.py
	@$(BIN)/python bench/tick.py
	@$(BIN)/python bench/trouble.py
	@$(BIN)/python bench/hostile.py
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && $(BIN)/python bench/web_store.py "$$folder" && $(BIN)/python bench/web_pages.py "$$folder"
	@$(BIN)/python bench/peers.py

bench-cluster: $(STAMP)-dev
	@$(BIN)/python bench/cluster.py
	@$(BIN)/python bench/cluster_store.py

soak: $(STAMP)-dev
	@$(BIN)/python bench/soak.py
	@$(BIN)/python bench/soak.py --postgres

fuzz: $(STAMP)-dev
	@$(BIN)/python bench/fuzz.py --minutes $(or $(MINUTES),10)

sbom: $(STAMP)-dev
	@mkdir -p build
	$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --short-PURLs --output-reproducible -o build/readout.cdx.json

audit: $(STAMP)-dev
	@$(BIN)/python bench/audit.py $(if $(OSV),--osv $(OSV))

LOCK := uv pip compile pyproject.toml build.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock:
	@echo 'hatchling>=1.27' > build.in
	$(LOCK) -o requirements.lock
	$(LOCK) --extra cluster --extra notify -o requirements-deploy.lock
	$(LOCK) --extra cluster --extra notify --extra browser --extra dev -o requirements-dev.lock
	@rm build.in

clean:
	rm -rf .venv build dist
