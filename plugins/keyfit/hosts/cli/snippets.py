"""What `keyfit init` writes: a settings file, and what runs keyfit in each kind of pipeline."""

from __future__ import annotations

from typing import Final

SETTINGS: Final = """\
# Settings of keyfit, for what lies in this folder and below. Every report says what they ignore and assume.
# https://toml.io; remove the mark before a line to use it.

# Where it is deployed: what the source leaves open then has a value, and fewer verdicts are unproven.
# account = "111122223333"
# region = "eu-west-1"

# The lowest level that fails: "error" (the default), "warning" or "unproven".
# fail-on = "warning"

# Rules that do not matter here: `keyfit rules` lists them, `keyfit explain 103` explains one.
# ignore = ["personalize-role-both-sides"]

# Check keys that nothing in the source uses, too.
# all-keys = true

# Values of CloudFormation parameters and Terraform variables.
# [parameters]
# Environment = "production"
# [variables]
# environment = "production"
"""

INSTALL: Final = "keyfit[terraform]"

GITHUB: Final = f"""\
# What keyfit finds, as annotations; in a pull request also what it changes: who gains and who loses access.
name: keyfit
on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

jobs:
  keyfit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # the last common ancestor, for `keyfit diff`
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install "{INSTALL}" # before there is a release: pip install "{INSTALL} @ git+https://ADDRESS"
      - run: keyfit check .
      - if: always() && github.event_name == 'pull_request'
        env:
          BASE: origin/${{{{ github.base_ref }}}}
        run: |
          status=0
          keyfit diff "$BASE..." --output markdown=keyfit-diff.md || status=$?
          if [ -e keyfit-diff.md ]; then cat keyfit-diff.md >> "$GITHUB_STEP_SUMMARY"; fi
          exit "$status"
"""

GITLAB: Final = f"""\
# What keyfit finds, in the merge request (Code Quality) and in the test report; and a page to look at.
keyfit:
  image: python:3.13-slim
  script:
    - pip install --quiet "{INSTALL}" # before there is a release: pip install "{INSTALL} @ git+https://ADDRESS"
    - keyfit check --output gitlab=keyfit.json --output junit=keyfit.xml --output html=keyfit.html .
  artifacts:
    when: always
    paths: [keyfit.html]
    reports:
      codequality: keyfit.json
      junit: keyfit.xml
"""

PRE_COMMIT: Final = f"""\
  - repo: local # what the changed files are part of
    hooks:
      - id: keyfit
        name: keyfit
        language: python
        additional_dependencies: ["{INSTALL}"]
        entry: keyfit check --changed
        files: '\\.(tf|tofu|tfvars|tftpl|tpl|json|ya?ml|template)$|(^|/)(keyfit|pyproject)\\.toml$'
        require_serial: true
"""
