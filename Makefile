# make demo   every kind of table and figure, from jets simulated on the spot
# make test   all checks
# make fidelity   simulated jets against real ones and official weights (about 15 minutes)
# make env    only the environment; make lock renews envs/lock.txt from pyproject.toml

PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
BIN := $(CURDIR)/.venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint envs/lock.txt
export PATH := $(BIN):$(PATH)

.PHONY: demo test fidelity lint env lock

demo: env
	snakemake --cores $(CORES) --config scale=demo -- all
	@printf '\nWorth opening:\n'
	@printf '  %s\n' results/demo/report.html results/demo/tables/*.md results/demo/figures/*/*.png

test: lint
	pytest --numprocesses 2 --dist loadgroup --durations 10

fidelity: .venv/tests
	pytest -m fidelity -s tests/fidelity

lint: .venv/tests
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow/rules
	snakemake --lint

env: .venv/demo

.venv/demo: pyproject.toml envs/lock.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"jetbench needs Python 3.11 or newer, {sys.executable} is {v[0]}.{v[1]}: try make PYTHON=python3.11" if v < (3, 11) else 0)'
	@echo "Installing the locked dependencies into .venv (a few minutes)"
	$(PYTHON) -m venv .venv
	$(INSTALL) .
	@touch $@

.venv/tests: .venv/demo
	$(INSTALL) '.[test,peers]'
	@touch $@

lock: .venv/tests
	@sed -n '/^#/p' envs/lock.txt > envs/lock.new
	$(BIN)/python -m pip freeze --exclude jetbench | sed 's/+cpu$$//' >> envs/lock.new
	@mv envs/lock.new envs/lock.txt
