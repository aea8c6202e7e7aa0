# Two commands are enough: `make demo` and `make test`. Each sets up what is missing first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test lint types contracts bench screenshots setup lock clean

help:
	@echo "make demo         set up, then plan, fly, detect, flag and report on a synthetic port"
	@echo "make test         set up, then lint, types, import contracts and all tests"
	@echo "make lint         ruff, mypy and import-linter"
	@echo "make bench        measure against the peers, write docs/benchmarks.md"
	@echo "make screenshots  draw the pictures of the docs again"

demo: $(READY)
	$(BIN)/quaywatch demo $(DEMO)

test: $(READY) lint
	PYTEST=$(BIN)/pytest .ci/tests $(TESTS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m bench

screenshots: $(READY)
	QT_QPA_PLATFORM=offscreen $(BIN)/python docs/make_screenshots.py

setup: $(READY)

# The system libraries come through apt where they are missing, everything else goes into .venv.
$(READY): pyproject.toml .ci/constraints.txt .ci/peers.txt .ci/system
	bash .ci/system $(PYTHON)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c .ci/constraints.txt -e ".[dev]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r .ci/peers.txt
	touch $(READY)

# After a change of the ranges in pyproject.toml: try the newest that fit, then keep what passed.
lock: $(READY)
	$(BIN)/python -m pip freeze --exclude-editable --exclude quaywatch --exclude MAVProxy | LC_ALL=C sort -f > .ci/constraints.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
