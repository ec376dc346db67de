"""Expressions to values, known and unknown ones."""

from pathlib import Path

import pytest

from keyfit.value import Unknown, text
from keyfit.why import Why

from .worlds import local, words

pytestmark = pytest.mark.hcl

CONTEXT = """
variable "u" {}
variable "v" {}
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "name" { default = "n" }
variable "none" { default = null }
locals {
  map   = { b = 2, a = 1 }
  names = ["x", "y"]
  deep  = { a = [{ b = "c" }] }
}
data "aws_region" "here" {}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "k" {}
resource "aws_sqs_queue" "q" {}
resource "aws_ecr_repository" "r" {}
resource "aws_vpc" "v" {}
resource "aws_iam_role" "many" {
  for_each = { one = "1", two = "2" }
  name     = "role-${each.value}"
}
resource "aws_iam_role" "counted" {
  count = 2
  name  = "r${count.index}"
}
resource "aws_iam_role" "none" {
  count = 0
}
resource "aws_iam_role" "perhaps" {
  count = var.flag ? 1 : 0
  name  = "perhaps"
}
resource "aws_iam_role" "each" {
  for_each = toset(var.list)
  name     = each.value
}
"""

KNOWN = [
    ("1 + 2 * 3", "7"),
    ("7 / 2", "3.5"),
    ("6 / 2", "3"),
    ("-7 % 3", "-1"),
    ("1 < 2", "true"),
    ("2 >= 3", "false"),
    ('"3" * 2', "6"),
    ("!true", "false"),
    ("true && false", "false"),
    ("false || true", "true"),
    ('"a" == "a"', "true"),
    ('"a" != "b"', "true"),
    ("null == null", "true"),
    ('"" == null', "false"),
    ('var.name == "n" ? "yes" : "no"', '"yes"'),
    ('"${var.name}-x"', '"n-x"'),
    ('"${1 + 1}"', "2"),
    ('"n${1 + 1}"', '"n2"'),
    ('"${true}!"', '"true!"'),
    ('"%{ if true }a%{ else }b%{ endif }"', '"a"'),
    ('"%{ for n in local.names }${n},%{ endfor }"', '"x,y,"'),
    ("local.map.a", "1"),
    ('local.map["b"]', "2"),
    ("local.names[1]", '"y"'),
    ("local.deep.a[0].b", '"c"'),
    ("[for n in local.names : n]", '["x", "y"]'),
    ("[for i, n in local.names : i]", "[0, 1]"),
    ("[for k, v in local.map : k]", '["a", "b"]'),
    ("{for k, v in local.map : k => v + 1}", "{a: 2, b: 3}"),
    ("{for n in [1, 2, 3] : (n > 1 ? 'x' : 'y') => n...}".replace("'", '"'), "{y: [1], x: [2, 3]}"),
    ("[for n in [1, 2, 3] : n if n > 1]", "[2, 3]"),
    ("local.deep.a[*].b", '["c"]'),
    ("local.deep.a.*.b", '["c"]'),
    ("var.none[*]", "[]"),
    ("var.name[*]", '["n"]'),
    ("{ (var.name) = 1 }", "{n: 1}"),
    ("aws_kms_key.k.key_id", '"${aws_kms_key.k.key_id}"'),
    ("aws_kms_key.k.id", '"${aws_kms_key.k.key_id}"'),
    ("aws_kms_key.k.arn", '"arn:${partition}:kms:${region}:${account}:key/${aws_kms_key.k.key_id}"'),
    ("aws_kms_key.k.key_usage", '"ENCRYPT_DECRYPT"'),
    ('aws_iam_role.many["two"].name', '"role-2"'),
    ("aws_iam_role.many", "{one: {for_each: "),
    ("[for k, r in aws_iam_role.many : r.name]", '["role-1", "role-2"]'),
    ("aws_iam_role.counted[1].id", '"r1"'),
    ("aws_iam_role.counted[*].name", '["r0", "r1"]'),
    ("aws_iam_role.none[*].name", "[]"),
    ('"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"', '"arn:aws:iam::${account}:root"'),
    ("data.aws_region.here.name", '"${region}"'),
    ("data.aws_caller_identity.me.arn", '"arn:${partition}:'),
    ("aws_sqs_queue.q.arn", '"arn:${partition}:sqs:${region}:${account}:${aws_sqs_queue.q.name}"'),
    ("aws_ecr_repository.r.arn", '"arn:${partition}:ecr:${aws_ecr_repository.r.arn}"'),
    ("aws_sqs_queue.q.arn == null", "false"),
    ("aws_vpc.v.id != null", "true"),
    ("path.module", '"."'),
    ("path.root", '"."'),
]


@pytest.mark.parametrize(("expression", "expected"), KNOWN)
def test_known_parts_stay_known(tmp_path: Path, expression: str, expected: str) -> None:
    """What the source says of an expression is its value, whatever else is not known."""
    assert words(local(tmp_path, expression, CONTEXT)).startswith(expected)


UNKNOWN = [
    ("var.u", "?var.u"),
    ('"${var.u}"', "?var.u"),
    ('"a-${var.u}"', '"a-${var.u}"'),
    ("var.u.x.y", "?var.u.x.y"),
    ("var.u[0]", "?var.u[0]"),
    ("var.u + 1", "?no_variable"),
    ("var.flag && false", "false"),
    ("false && var.flag", "false"),
    ("var.flag || true", "true"),
    ("var.flag && true", "?no_variable"),
    ("!var.flag", "?no_variable"),
    ("var.u == var.u", "true"),
    ("var.u == var.v", "?no_variable"),
    ('"a-${var.u}" == "b-x"', "false"),
    ('"a-${var.u}" == "a-x"', "?no_variable"),
    ("aws_kms_key.k.arn == null", "false"),
    ("var.flag ? 1 : 1", "1"),
    ("var.flag ? 1 : 2", "?if(var.flag, 1, 2)"),
    ('var.flag ? ["a", "b"] : ["a"]', '["a", ...no_variable]'),
    ("var.flag ? { a = 1, b = 2 } : { a = 1 }", "{a: 1, ...no_variable}"),
    ("var.flag ? { a = 1, b = 2 } : { a = 1, b = 3 }", "{a: 1, b: ?no_variable}"),
    ("[for x in var.list : x]", "[...no_variable]"),
    ("{for x in var.list : x => 1}", "{...no_variable}"),
    ("[for x in local.names : x if var.flag]", "[...no_variable]"),
    ('[for x in ["a", "b"] : x if x == "a" || var.flag]', '["a", ...no_variable]'),
    ("{ (var.u) = 1, a = 2 }", "{a: 2, ...no_variable}"),
    ('{ "x-${var.u}" = 1 }', "{x-${var.u}: 1}"),
    ("[var.u, 1]", "[?var.u, 1]"),
    ("var.list[*]", "?no_variable"),
    ("local.map[var.u]", "?no_variable"),
    ("aws_iam_role.perhaps[0].name", '"perhaps"'),
    ("aws_iam_role.perhaps[*].name", "[...no_variable]"),
    ("aws_iam_role.perhaps[1].name", "?no_variable"),
    ('aws_iam_role.each["x"].name', "?no_variable"),
    ("terraform.workspace", "?terraform.workspace"),
    ("aws_kms_key.k.creation_date", "?aws_kms_key.k.creation_date"),
]


@pytest.mark.parametrize(("expression", "expected"), UNKNOWN)
def test_unknown_parts_are_kept_apart(tmp_path: Path, expression: str, expected: str) -> None:
    """What is not known makes unknown only what depends on it."""
    assert words(local(tmp_path, expression, CONTEXT)) == expected


INVALID = [
    "local.nothing",
    "aws_kms_key.nothing.arn",
    "module.nothing.x",
    "var.nothing",
    "local.map.c",
    "local.names[2]",
    "local.names[-1]",
    '"x" + 1',
    "var.none.x",
    "each.key",
    "count.index",
    "aws_iam_role.counted.name",
    '"${local.map} is not a string"',
]

GONE = [
    "aws_iam_role.counted[5].name",
    "aws_iam_role.none[0].name",
    'aws_iam_role.many["three"].name',
]


@pytest.mark.parametrize(
    ("expression", "why"), [*((each, Why.INVALID) for each in INVALID), *((each, Why.GONE) for each in GONE)]
)
def test_what_terraform_refuses_is_invalid(tmp_path: Path, expression: str, why: Why) -> None:
    """An expression that Terraform refuses is unknown for that reason, so that `try` can tell."""
    value = local(tmp_path, expression, CONTEXT)
    holes = [value] if isinstance(value, Unknown) else getattr(value, "holes", ())
    assert [hole.why for hole in holes if isinstance(hole, Unknown)] == [why]
    assert local(tmp_path, f'try({expression}, "else")', CONTEXT) == text("else")


SETTINGS_OF = """
variable "name" {}
locals {
  rules = [{ id = "a", name = var.name, key = "k" }]
}
"""

TRIED = [
    ("try([local.rules], [])[0][0].key", '"k"'),
    ("try(flatten([local.rules]), [])[0].key", '"k"'),
    ('flatten(try([local.rules[0]["missing"]], [local.rules]))[0].key', '"k"'),
    ("try([upper(local.rules[0].name)], [])", "?try"),
    ("try(flatten([keys(local.rules[0].name)]), [])", "?"),
]


@pytest.mark.parametrize(("expression", "expected"), TRIED)
def test_a_list_of_what_cannot_fail_cannot_fail(tmp_path: Path, expression: str, expected: str) -> None:
    """`try` takes a list whose elements are surely there, however much inside them is unknown; of calls it cannot."""
    assert words(local(tmp_path, expression, SETTINGS_OF)).startswith(expected)
