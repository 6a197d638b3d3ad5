# A fresh machine has Python 3.11 or newer, make and git; nothing else is needed but for `make interop`
# (npm, and nginx from the distribution).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check interop snapshots bench clean

help:
	@echo "make demo       the app on the built-in demo server"
	@echo "make test       all tests"
	@echo "make check      ruff, strict typing, import contracts"
	@echo "make interop    published servers, mcp 1.x, nginx, the conformance suite (needs npm and nginx)"
	@echo "make snapshots  draw snapshots/ again after a change that was meant"
	@echo "make bench      the tables of benchmarks/"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "mcp-inspect needs Python 3.11 or newer; run make PYTHON=/path/to/python3.11")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)  # also one that was interrupted
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/mcp-inspect demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto $(TESTS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

snapshots: $(STAMP)
	SNAPSHOT_UPDATE=1 $(BIN)/python -m pytest tests/app tests/test_readme.py -k "snapshot or keys_of_the_app"

# One after the other: the conformance suite measures time.
interop: $(STAMP)
	$(BIN)/python -m pytest tests/interop tests/end_to_end --run-interop

bench: $(STAMP)
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/journal.py
	$(BIN)/python benchmarks/burst.py
	$(BIN)/python benchmarks/log_scroll.py
	$(BIN)/python benchmarks/filter.py
	$(BIN)/python benchmarks/timeline.py
	$(BIN)/python benchmarks/then.py
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/replay.py
	$(BIN)/python benchmarks/proxy.py
	$(BIN)/python benchmarks/http_proxy.py

clean:
	rm -rf $(VENV) .venvs dist build .mypy_cache .ruff_cache .hypothesis .interop
