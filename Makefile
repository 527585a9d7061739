PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
TRAIN := .venv-train
EXTRAS := analysis,bayes,postgres,sensitivity,dev
BIN := $(VENV)/bin
KEY_FOR_CHECKS := the-checks-read-the-settings-and-need-some-key

.DEFAULT_GOAL := help
.PHONY: help setup demo test e2e check docs words bench bench-technique bench-encounter bench-coverage bench-growth bench-pooling bench-scenarios bench-same-scene bench-same-scene-calibration bench-web bench-year bench-refreshers bench-plan bench-refit soak coder

help:
	@echo "make demo    evaluate a simulated agency, from raw tables to briefing"
	@echo "make test    run the tests (the site's on SQLite and on PostgreSQL)"
	@echo "make e2e     the tests that use the site in a browser"
	@echo "make check   style, types and the direction of imports"
	@echo "make docs    write the generated pages of the reference again"
	@echo "make words   bring the catalogues of translations up to date"
	@echo "make coder   train the technique coder again from its corpus (CPU, under 40 minutes)"
	@echo "make bench-technique   measure the coder (needs AnnoMI and POL-COM)"
	@echo "make bench-coverage    simulate coverage and size of every interval and test (an hour)"
	@echo "make bench-pooling     simulate coverage of pooled intervals (five minutes)"
	@echo "make bench-scenarios   move every assumed number of the person model (half an hour)"
	@echo "make bench-same-scene  time the same-scene model (needs seattle-same-scene; half an hour)"
	@echo "make bench-same-scene-calibration   simulate its calibration and recovery (an hour)"
	@echo "make soak    2,000 broken files, and 200 kills during turns on each engine (an hour)"
	@echo "make bench-web     the site under load, on SQLite and PostgreSQL (three minutes)"
	@echo "make bench-year    every page of an agency of 1,000 people (five minutes)"
	@echo "make bench-refreshers  spend refresher hours in five ways on simulated people (an hour)"
	@echo "make bench-plan        time a year's plan for 5,000 people (five minutes)"
	@echo "make bench-refit       simulate how often refitted intervals hold (half an hour)"
	@echo "make bench-growth      time and memory as units grow, and what the interval costs"
	@echo "make bench-encounter   measure the encounter: a turn, many persons, a review"
	@echo "make bench   measure speed and memory beside peers (needs chicago-pj)"

setup: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Stepdown needs Python 3.11 or newer; this is %d.%d. Name another: make PYTHON=python3.11" % v[:2])'
	@echo "Setting up $(VENV) (once, about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

demo: setup
	@$(BIN)/stepdown demo --out demo
	@echo "Next: open demo/briefing.html. To practise, in the browser: $(BIN)/stepdown serve --demo"
	@echo "Then: make test. Your own data: docs/how-to/own-data.md"

test: setup
	@$(BIN)/python -m pytest -n auto --dist loadfile
	@echo "The site once more, on PostgreSQL:"
	@STEPDOWN_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n auto --dist loadfile tests/web --ignore tests/web/e2e
	@echo "Next: 'make check' before you commit. How to contribute: CONTRIBUTING.md"

e2e: setup
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| { echo "There is no browser. Install one (Debian: apt-get install chromium), then: make e2e"; exit 1; }
	@$(BIN)/python -m pytest -n auto --dist loadfile tests/web/e2e

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	STEPDOWN_SECRET_KEY=$(KEY_FOR_CHECKS) $(BIN)/mypy
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python docs/generate.py

words: setup
	$(BIN)/python docs/catalogue.py

coder:
	@test -d $(TRAIN) || $(PYTHON) -m venv $(TRAIN)
	@$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[analysis,train]'
	$(TRAIN)/bin/python -m stepdown.technique.train

bench-technique: setup
	$(BIN)/python benchmarks/technique.py

bench-encounter: setup
	$(BIN)/python benchmarks/encounter.py

bench-scenarios: setup
	$(BIN)/python benchmarks/scenarios.py

bench-pooling: setup
	$(BIN)/python benchmarks/pooling.py

bench-same-scene: setup
	$(BIN)/python benchmarks/same_scene.py

bench-same-scene-calibration: setup
	$(BIN)/python benchmarks/same_scene_calibration.py

soak: setup
	$(BIN)/python benchmarks/soak.py

bench-refreshers: setup
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/refreshers.py

bench-plan: setup
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/plan.py

bench-refit: setup
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/refit.py

bench-year: setup
	$(BIN)/python benchmarks/year.py

bench-web: setup
	$(BIN)/python benchmarks/web.py

bench-growth: setup
	$(BIN)/python benchmarks/growth.py

bench-coverage: setup
	$(BIN)/python benchmarks/interval_coverage.py
	$(BIN)/python benchmarks/normal_interval.py
	$(BIN)/python benchmarks/error_rates.py

bench:
	@test -d $(BENCH) || $(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[analysis]' --requirement benchmarks/requirements.txt
	$(BENCH)/bin/python benchmarks/evaluate.py
