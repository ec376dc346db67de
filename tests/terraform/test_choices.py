"""Laws of choices: an unknown names every choice it depends on, and what is definite stands in every scenario."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from keyfit import catalogue, verify
from keyfit.model.alternatives import EMPTY
from keyfit.model.findings import Verdict
from keyfit.pattern import matches
from keyfit.truth import Truth
from keyfit.value import Bool, List, Object, Text, Unknown, Value, choices_in, text

from .worlds import it, library_for, stack_of, words

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import Stack
    from keyfit.readers.terraform.modules.configuration import Library

pytestmark = pytest.mark.hcl

CONTEXT = """
variable "b" { type = bool }
variable "s" {}
variable "cfg" {}
locals {
  by_env = { dev = "d", prod = "p" }
  list   = var.b ? ["x", "y"] : ["y"]
  object = { a = var.b ? 1 : 2, c = var.s == "prod" }
}
resource "aws_kms_key" "k" {
  count = var.b ? 1 : 0
}
resource "aws_iam_role" "r" {
  for_each = var.b ? { a = "1" } : { a = "1", z = "2" }
  name     = each.value
}
"""

EXPRESSIONS = [
    "var.b",
    "!var.b",
    "var.b ? 1 : 2",
    "var.b ? var.s : 'x'",
    "var.b && var.s == 'prod'",
    "var.b || var.s == 'prod'",
    "var.s == 'prod' ? 'a' : var.s == 'dev' ? 'b' : 'c'",
    "var.s != 'prod' && var.s != 'dev'",
    "local.by_env[var.s == 'prod' ? 'prod' : 'dev']",
    "var.b ? { x = 1, y = 2 } : { x = 1, y = 3 }",
    "var.b ? { x = 1 } : { x = 1, z = 3 }",
    "var.b ? ['a', 'b'] : ['b']",
    "[for x in local.list : x]",
    "[for i, x in local.list : i]",
    "[for x in ['a', 'b'] : x if var.b || x == 'a']",
    "{ for x in local.list : x => var.s == 'prod' }",
    "local.object",
    "local.object.a",
    "local.list[*]",
    "aws_kms_key.k[*].arn",
    "[for k, r in aws_iam_role.r : k]",
    "{ for k, r in aws_iam_role.r : k => r.name }",
    "'x-${var.b}-${var.s == 'prod' ? 'p' : 'n'}'",
    "'%{ if var.b }yes%{ else }no%{ endif }'",
    "'%{ for x in local.list }${x}%{ endfor }'",
    "[var.b, var.s == 'dev']",
    "{ a = var.b, b = [var.s == 'prod'] }",
    "var.cfg.on == true ? var.b : var.s == 'prod'",
    "(var.b ? 1 : 2) + 1 == 2",
]

NAMES = ("var.b", "var.s", "var.cfg.on")
WORLD = [
    (Bool(value=bool(b)), text(s), Bool(value=bool(on)))
    for b, s, on in product((0, 1), ("prod", "dev", "else"), (0, 1))
]


def _library(tmp_path: Path, expression: str) -> Library:
    return library_for(tmp_path, expression.replace("'", '"'), CONTEXT)


def _under(library: Library, world: tuple[Value, ...]) -> Value:
    scenario = EMPTY
    for name, value in zip(NAMES, world, strict=True):
        scenario = scenario.given(name, value)
    return it(library, scenario)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_unknown_names_every_choice_it_depends_on(tmp_path: Path, expression: str) -> None:
    """Where two scenarios that differ in one choice give two values, the open value names that choice."""
    library = _library(tmp_path, expression)
    open_ = choices_in(it(library))
    values = {world: _under(library, world) for world in WORLD}
    for one, other in product(WORLD, WORLD):
        changed = [name for name, left, right in zip(NAMES, one, other, strict=True) if left != right]
        if len(changed) == 1 and values[one] != values[other]:
            assert changed[0] in open_, (words(values[one]), words(values[other]))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_known_stands_in_every_scenario(tmp_path: Path, expression: str) -> None:
    """Making choices fills in what is unknown and never changes what is known."""
    library = _library(tmp_path, expression)
    open_ = it(library)
    for world in WORLD:
        closed = _under(library, world)
        assert allows(open_, closed), (words(open_), words(closed))


def allows(open_: Value, closed: Value) -> bool:
    """Whether `closed` is one way of filling in the unknowns of `open_`."""
    match open_, closed:
        case Unknown(not_in=not_in), _:
            return not (isinstance(closed, Text) and closed.literal in not_in)
        case Text(), Text():
            return matches(open_, closed, wildcards=False) is not Truth.NO
        case List(), List():
            surely = all(any(allows(item, other) for other in closed.items) for item in open_.items)
            return surely and (open_.rest is not None or len(open_.items) == len(closed.items))
        case Object(), Object():
            theirs = dict(closed.entries)
            surely = all(key in theirs and allows(value, theirs[key]) for key, value in open_.entries)
            return surely and (open_.rest is not None or len(open_.entries) == len(closed.entries))
        case _:
            return open_ == closed


def _only(stack: Stack | None) -> Stack:
    assert stack is not None
    return stack


SPLIT = """
variable "env" {
  type = string
  validation {
    condition = contains(["dev", "prod", "test"], var.env)
    error_message = "no"
  }
}
variable "on" { type = bool }
variable "region" {}
variable "unused" {}
variable "given" { default = "x" }
data "aws_region" "here" {}
data "aws_ssm_parameter" "mode" { name = "mode" }
resource "aws_kms_key" "k" {
  count      = var.on ? 1 : 0
  is_enabled = { dev = false, prod = true, test = true }[var.env]
  key_usage  = data.aws_region.here.name == "eu-west-1" ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT"
  multi_region = data.aws_ssm_parameter.mode.value == "multi"
  deletion_window_in_days = data.aws_ssm_parameter.mode.value != null ? 7 : 14
  description = "${var.unused}${var.given}"
}
"""


def test_choices_have_the_values_they_are_compared_with(tmp_path: Path) -> None:
    """A choice offers what it is compared with, and something else unless that is all there is.

    That a data source returns null is nobody's choice: it may never come about.
    """
    reading = stack_of(tmp_path, SPLIT).reading
    assert reading is not None
    alternatives = {
        name: [words(value) for value in choice.alternatives]
        for name in (
            "var.env",
            "var.on",
            "var.unused",
            "var.given",
            "data.aws_region",
            "data.aws_ssm_parameter.mode.value",
        )
        if (choice := reading.choice(name)) is not None
    }
    assert alternatives == {
        "var.env": ['"dev"', '"prod"', '"test"', "?undecided"],
        "var.on": ["true", "false"],
        "data.aws_region": ['"eu-west-1"', "?undecided"],
        "data.aws_ssm_parameter.mode.value": ['"multi"', "?undecided"],
    }


def test_a_scenario_makes_values_known(tmp_path: Path) -> None:
    """Under a scenario what depends on its choices is known."""
    stack = stack_of(tmp_path, SPLIT)
    assert stack.reading is not None
    (key,) = stack.keys
    assert key.block.present.truth is Truth.MAYBE
    scenario = EMPTY.given("var.on", Bool(value=True)).given("var.env", text("prod"))
    under = _only(stack.reading.under(scenario.given("data.aws_region", text("eu-west-1"))))
    (key,) = under.keys
    assert key.block.present.truth is Truth.YES
    assert words(key.enabled) == "true"
    assert words(key.usage) == '"SIGN_VERIFY"'
    assert words(key.region) == '"eu-west-1"'
    assert _only(stack.reading.under(EMPTY.given("var.on", Bool(value=False)))).keys == ()


def test_a_scenario_that_cannot_be_deployed_is_none(tmp_path: Path) -> None:
    """A failed validation, and a key that a map does not have, forbid a scenario."""
    stack = stack_of(tmp_path, SPLIT)
    assert stack.reading is not None
    choice = stack.reading.choice("var.env")
    assert choice is not None
    possible = [stack.reading.under(EMPTY.given("var.env", value)) is not None for value in choice.alternatives]
    assert possible == [True, True, True, False]


def test_a_scenario_is_told_by_variables(tmp_path: Path) -> None:
    """A scenario is told with the values that the user would give."""
    reading = stack_of(tmp_path, SPLIT).reading
    assert reading is not None
    choice = reading.choice("var.env")
    assert choice is not None
    scenario = EMPTY.given("var.on", Bool(value=True)).given("var.env", choice.alternatives[-1])
    assert reading.told(scenario) == {"var.on": True, "var.env": "neither dev nor prod nor test"}


def test_a_default_is_no_choice(tmp_path: Path) -> None:
    """A variable with a default has that value: nothing is split on it."""
    stack = stack_of(
        tmp_path, 'variable "on" { default = false }\nresource "aws_kms_key" "k" { count = var.on ? 1 : 0 }'
    )
    assert stack.keys == ()


def test_a_failed_precondition_forbids_a_scenario(tmp_path: Path) -> None:
    """A scenario in which a resource's precondition fails is none."""
    source = """
variable "on" { type = bool }
resource "aws_kms_key" "k" {
  is_enabled = var.on
  lifecycle {
    precondition {
      condition     = var.on
      error_message = "must be on"
    }
  }
}
"""
    reading = stack_of(tmp_path, source).reading
    assert reading is not None
    assert reading.under(EMPTY.given("var.on", Bool(value=True))) is not None
    assert reading.under(EMPTY.given("var.on", Bool(value=False))) is None


SHARED = {
    "main.tf": """
variable "on" { type = bool }
variable "env" { type = string }
module "keys" {
  source   = "./keys"
  for_each = var.on ? toset(["a", "b"]) : toset(["a"])
  env      = var.env
  reader   = aws_iam_role.r.arn
}
resource "aws_iam_role" "r" {
  name = "r-${var.env}"
}
resource "aws_iam_role_policy" "p" {
  count  = var.env == "prod" ? 1 : 0
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [for k in module.keys : { Resource = k.arn } if var.on] })
}
resource "awscc_personalize_dataset_group" "g" {
  for_each    = module.keys
  name        = each.key
  kms_key_arn = each.value.arn
  role_arn    = var.on ? aws_iam_role.r.arn : null
}
""",
    "keys/main.tf": """
variable "env" {}
variable "reader" {}
data "aws_iam_policy_document" "d" {
  statement {
    actions = var.env == "prod" ? ["kms:Decrypt"] : ["kms:*"]
    principals {
      type        = "AWS"
      identifiers = [var.reader]
    }
  }
  dynamic "statement" {
    for_each = var.env == "dev" ? [1] : []
    content { actions = ["kms:Encrypt"] }
  }
}
resource "aws_kms_key" "k" {
  policy     = data.aws_iam_policy_document.d.json
  is_enabled = var.env != "dev"
}
output "arn" { value = aws_kms_key.k.arn }
""",
}


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("env", ["prod", "dev", "test"])
def test_a_choice_made_is_a_value_given(tmp_path: Path, env: str, on: bool) -> None:  # noqa: FBT001
    """The stack under a scenario is the stack of a user who gives these values."""
    open_ = stack_of(tmp_path, SHARED)
    assert open_.reading is not None
    scenario = EMPTY.given("var.on", Bool(value=on)).given("var.env", text(env))
    under = _only(open_.reading.under(scenario))
    given = stack_of(tmp_path, SHARED, variables={"on": str(on).lower(), "env": env})
    for part in ("keys", "identities", "consumers"):
        assert getattr(under, part) == getattr(given, part)
    assert len(under.consumers) == 1 + on


RULES = [each for each in catalogue.every_rule() if each.number == 406]
HIDDEN_KEYS = {
    "a ternary": 'resource "awscc_personalize_dataset_group" "g" {\n'
    '  name        = "g"\n'
    "  kms_key_arn = var.it ? aws_kms_key.good.arn : aws_kms_key.bad.arn\n"
    '  role_arn    = "arn:aws:iam::111111111111:role/x"\n'
    "}\n",
    "a dynamic block": 'resource "aws_sagemaker_feature_group" "g" {\n'
    '  feature_group_name = "g"\n'
    '  dynamic "online_store_config" {\n'
    "    for_each = var.it ? [] : [1]\n"
    "    content {\n"
    "      enable_online_store = true\n"
    "      security_config {\n"
    "        kms_key_id = aws_kms_key.bad.arn\n"
    "      }\n"
    "    }\n"
    "  }\n"
    "}\n",
}


@pytest.mark.parametrize("consumer", HIDDEN_KEYS.values(), ids=HIDDEN_KEYS)
def test_a_key_that_is_used_under_a_choice_is_judged_under_it(tmp_path: Path, consumer: str) -> None:
    """What is wrong with a key itself is found in the deployments in which something uses the key."""
    policy = '{ Statement = [{ Effect = "Allow", Principal = { AWS = "WHO" }, Action = "kms:*", Resource = "*" }] }'
    source = 'variable "it" {\n  type = bool\n}\n' + consumer
    for name, who in (("good", "*"), ("bad", "arn:aws:iam::<account>:root")):
        source += f'resource "aws_kms_key" "{name}" {{\n  policy = jsonencode({policy.replace("WHO", who)})\n}}\n'
    result = verify.check(stack_of(tmp_path, source), RULES)
    broken = [(each.resource, each.scenario) for each in result.findings if each.verdict is Verdict.BROKEN]
    assert broken == [("aws_kms_key.bad", {"var.it": False})]
