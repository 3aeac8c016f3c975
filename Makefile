# make demo   every kind of table and figure, from jets simulated on the spot
# make demo_full   masked particle modelling at the same scale, with three seeds: tasks, ladder, sweeps (about 2 hours)
# make test   all checks
# make fidelity   simulated jets against real ones and official weights (about 15 minutes)
# make slurm  the workflow on a real one-node Slurm, which the tests start (about 15 minutes)
# make env    only the environment; make lock renews envs/lock.txt from pyproject.toml

PYTHON ?= python3
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
BIN := $(CURDIR)/.venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint envs/lock.txt
export PATH := $(BIN):$(PATH)
# What the jobs may use together; MB of memory bounds how many trainings run at once.
MEMORY ?= 7500
GPUS ?= $(shell nvidia-smi -L 2>/dev/null | grep -c ^GPU)
LIMITS := mem_mb=$(MEMORY) $(if $(filter-out 0,$(GPUS)),gpu=$(GPUS))

.PHONY: demo demo_full test slurm fidelity lint env lock

demo_full: CHOICE = 'studies=[mpm_tasks,mpm_ablation,mpm_sweeps]' 'seeds=[1,2,3]'

# A killed Snakemake leaves its lock; it is taken away unless one still runs from this folder.
demo demo_full: env
	@pgrep -f '$(BIN)/[s]nakemake' > /dev/null || snakemake --unlock --quiet all
	snakemake --cores $(CORES) --resources $(LIMITS) --config scale=demo $(CHOICE) -- all
	@printf '\nWorth opening:\n'
	@printf '  %s\n' results/demo/report.html results/demo/tables/*.md results/demo/figures/*/*.png

test: lint
	pytest --numprocesses 2 --dist worksteal --durations 10

slurm: .venv/tests
	pytest -m slurm --durations 10 tests/slurm

fidelity: .venv/tests
	pytest -m fidelity -s tests/fidelity

lint: .venv/tests
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow/rules
	snakemake --lint

env: .venv/demo

.venv/demo: pyproject.toml envs/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11, 4) <= sys.version_info < (3, 14) else "jetbench needs Python 3.11.4 to 3.13, " + sys.executable + " is " + sys.version.split()[0] + ": try make PYTHON=python3.11")'
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
