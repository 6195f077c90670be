# placeplan: `make run` shows it, `make test` proves it.

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: run test lint docs bench deep clean
.DEFAULT_GOAL := run

# Exit code 3 says "done, but some children have no place": a finding of the plan, not a failure of the program.
run: .venv/ready
	@$(BIN)/placeplan run scenarios/demo --out out/demo --replace || { code=$$?; \
		if [ $$code -eq 3 ]; then echo "Done. Some children have no place: that is a finding, listed in out/demo/plan/shortfall.csv."; \
		else exit $$code; fi; }

test: .venv/ready
	$(PYTEST)

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The same tests with many times the generated cases: for a night.
deep: .venv/ready
	PLACEPLAN_DEEP=1 $(PYTEST) --timeout=28800

docs: .venv/ready
	$(BIN)/python docs/reference.py

bench: .venv/ready
	@if [ -d benchmarks ]; then for subject in benchmarks/[a-z]*.py; do $(BIN)/python $$subject || exit 1; done; \
		else echo "There is no benchmark yet."; fi

clean:
	rm -rf .venv out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Every package at the version and hash of requirements.lock; by uv where it can be had, else by pip.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "placeplan needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv || { \
		echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }
	@awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.lock > .venv/uv.lock
	@if [ -x $(BIN)/uv ] || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock; then \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock && \
		$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@touch $@
