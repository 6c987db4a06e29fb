# make serve   run the service on http://127.0.0.1:8000 (HOST and PORT override)
# make test    lint, types and all tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test clean

serve: $(VENV)/.ready
	@exec $(BIN)/belvedere serve

test: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt torch
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
