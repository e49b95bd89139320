# Commands of the project. `make help` lists them; each can be run again at any time.
INVENTORY ?= local
# By name, or as pyenv keeps them: its shims do nothing until a version is selected.
PYTHONS := $(foreach version,14 13 12,python3.$(version) $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.$(version).*/bin/python3.$(version)))
PYTHON := $(firstword $(foreach name,$(PYTHONS),$(shell $(name) -c 'import sys' >/dev/null 2>&1 && echo $(name))))
BIN := .venv/bin
LOCK := .venv/.requirements-$(shell sha256sum requirements.lock | cut -c1-16)

# Of what the unit tests run in pytest's own process; fewer than 90 % of the lines fail. Python's own
# monitoring costs less than a trace of every line.
export COVERAGE_CORE := sysmon
# Processes that run tests side by side load the same files: each is compiled once, whatever the
# environment says.
export PYTHONDONTWRITEBYTECODE :=
COVERAGE := --cov=plugins/module_utils --cov-report=term:skip-covered --cov-fail-under=90

.DEFAULT_GOAL := help
.PHONY: help deploy health test lint unit chart live molecule judges prove bench bench-aws bench-health docs venv down clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

deploy: venv ## Deploy the mesh of INVENTORY (local by itself, which builds its own cluster)
	$(BIN)/ansible-playbook deploy.yml -i inventories/$(INVENTORY)

health: venv ## Judge the mesh of INVENTORY; fails unless it is healthy
	$(BIN)/ansible-playbook playbooks/health.yml -i inventories/$(INVENTORY)

test: venv ## Run every test; the last line is pytest's summary
	@PYTHONPATH=lab $(BIN)/python -m camlab up >/dev/null
	@PYTHONPATH=tests $(BIN)/python -m leftovers
	$(BIN)/pytest -n 4 --dist loadscope --no-loadscope-reorder --durations=25 --timeout=900 $(COVERAGE) tests

lint: venv ## Run the linters alone
	$(BIN)/pytest tests/lint

unit: venv ## Run the tests that need no cluster
	$(BIN)/pytest $(COVERAGE) tests/unit tests/contract

chart: venv ## Test the chart alone
	$(BIN)/pytest tests/chart

live: venv ## Test on the local cluster alone
	$(BIN)/pytest tests/live

molecule: venv ## Run one molecule scenario: SCENARIO=cam_database
	@test -n "$(SCENARIO)" || { echo "Name one: make molecule SCENARIO=$$(ls molecule | grep -vE 'conftest|default|inventory|shared' | paste -sd' ')"; exit 1; }
	PATH="$(CURDIR)/$(BIN):$$PATH" MOLECULE_GLOB='molecule/*/molecule.yml' sh -c 'molecule reset -s $(SCENARIO) && molecule test -s $(SCENARIO)'

judges: venv ## Have chart, roles and images judged by kubeconform, kube-score, checkov and hadolint
	$(BIN)/pytest tests/judges/judges.py

prove: venv ## Prove one piece at length: PIECE=faults, kill, downtime, ... (resumable; the result goes to docs/proof/)
	PYTHONPATH=tests $(BIN)/python -m prove $(PIECE)

bench: venv ## Measure inventories/local, deployed anew, into docs/benchmarks.md; COLD=1 builds everything anew as well
	$(BIN)/python -m benchmarks $(if $(COLD),--cold)

bench-aws: venv ## Measure API calls and seconds at a stand-in of AWS beside stock modules into docs/benchmarks-aws.md
	$(BIN)/python -m benchmarks.aws $(if $(ROUNDS),--rounds $(ROUNDS))

bench-health: venv ## Measure sweeps of endpoints and pods into docs/benchmarks-health.md
	$(BIN)/python -m benchmarks.health

docs: venv ## Write the reference of variables and of the chart's values from their sources
	$(BIN)/python docs/generate.py

venv: $(LOCK) ## Prepare .venv with the locked versions

$(LOCK): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.12 or newer is needed and none of python3.14, python3.13, python3.12 runs here. Install one: apt-get install python3 python3-venv on Debian 13 or newer, else pyenv install 3.13."; exit 1; }
	@echo "Preparing .venv with $(PYTHON)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || { echo "$(PYTHON) cannot make .venv: apt-get install python3-venv, then run this again."; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode requirements.lock
	@rm -f .venv/.requirements-* && touch $(LOCK)

down: venv ## Stop the local cluster and leave nothing of it on the machine
	@PYTHONPATH=lab $(BIN)/python -m camlab down

clean: venv ## Stop the local cluster and drop the caches of its binaries and images
	@PYTHONPATH=lab $(BIN)/python -m camlab clean
