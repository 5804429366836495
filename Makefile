# Two commands for a newcomer: `make demo` and `make test`. Both create .venv and install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA := $(wildcard ../shared/data)
export ANGELSHARE_DATA ?= $(if $(DATA),$(abspath $(DATA)),)

.PHONY: demo test wheel check format bench mutants calibrate docs-tables clean

demo: $(VENV)/installed
	$(BIN)/angelshare demo --out runs/demo

# a process for every core, four at most, since each needs a gigabyte; whoever is done takes tests from another
test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

# what `pip install angelshare` brings audits files, in an environment of its own
wheel: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m wheel

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/interrogate -q src

# every figure that a script measures, with its peer in the same run; needs a quiet machine and the public sets
bench: $(VENV)/installed-dev
	$(BIN)/python benchmarks/train_mlp.py
	$(BIN)/python benchmarks/score_teacher.py
	$(BIN)/python benchmarks/startup.py

# the tables in docs/ that are made from what the audits state of their metrics
docs-tables: $(VENV)/installed-dev
	$(BIN)/python docs/tables.py

# coverage, wrong verdicts and power on simulated populations: half an hour on two cores; goes on where it was stopped
calibrate: $(VENV)/installed-dev
	$(BIN)/python benchmarks/calibrate.py

# a mutant is a small mistake put into the code; one that no test notices survives. Takes a quarter of an hour on two cores
mutants: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet -c constraints.txt --group mutants
	rm -rf mutants
	HYPOTHESIS_PROFILE=mutants $(BIN)/mutmut run
	$(BIN)/python benchmarks/mutants.py

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "angelshare needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "This Python has no venv. On Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# pip 25.1 is the first that installs dependency groups; torch goes in before anything else could pull another build
$(VENV)/torch: constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet -c constraints.txt torch
	touch $@

$(VENV)/installed: pyproject.toml constraints.txt requirements-demo.txt | $(VENV)/torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[models]'
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-demo.txt
	touch $@

$(VENV)/installed-dev: pyproject.toml $(VENV)/installed
	$(BIN)/python -m pip install --quiet -c constraints.txt --group dev
	touch $@

clean:
	rm -rf $(VENV) runs
