"""Data sources: the deployment itself, policy documents, and lookups of what stands in the same source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.value import List, Object, Text, Value

from .worlds import lines, local, stack_of, words

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hcl

OWN = """
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}
data "aws_iam_session_context" "role" { arn = aws_iam_role.r.arn }
data "aws_iam_session_context" "me" { arn = data.aws_caller_identity.me.arn }
data "aws_kms_key" "by_alias" { key_id = "alias/mine" }
data "aws_kms_key" "by_arn" { key_id = aws_kms_key.k.arn }
data "aws_kms_key" "elsewhere" { key_id = "alias/elsewhere" }
data "aws_kms_key" "literal" { key_id = "arn:aws:kms:eu-west-1:111122223333:key/abc" }
data "aws_kms_public_key" "k" { key_id = aws_kms_alias.a.arn }
data "aws_kms_alias" "mine" { name = "alias/mine" }
data "aws_kms_alias" "elsewhere" { name = "alias/elsewhere" }
data "aws_iam_role" "mine" { name = "r" }
data "aws_iam_role" "elsewhere" { name = "other" }
data "aws_iam_policy" "mine" { name = "p" }
data "aws_iam_policy" "elsewhere" { name = "other" }
data "aws_s3_bucket" "b" { bucket = "b" }
data "aws_organizations_organization" "o" {}
data "aws_service_principal" "p" { service_name = "personalize" }
data "template_file" "t" {
  template = "x$${name}-$${arn}"
  vars     = { name = "n", arn = aws_iam_role.r.arn }
}
data "unheard_of" "x" {}
resource "aws_kms_key" "k" { customer_master_key_spec = "RSA_2048" }
resource "aws_kms_alias" "a" {
  name          = "alias/mine"
  target_key_id = aws_kms_key.k.key_id
}
resource "aws_iam_role" "r" {
  name = "r"
  path = "/p/"
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = "{}"
}
"""
K = "${aws_kms_key.k.key_id}"
ARN = f'"arn:${{partition}}:kms:${{region}}:${{account}}:key/{K}"'
EXPORTED = [
    ("aws_caller_identity.me.account_id", '"${account}"'),
    ("aws_caller_identity.me.id", '"${account}"'),
    (
        "aws_caller_identity.me.arn",
        '"arn:${partition}:${data.aws_caller_identity.me.arn service}::${account}:${data.aws_caller_identity.me.arn}"',
    ),
    ("aws_partition.here.partition", '"${partition}"'),
    ("aws_partition.here.dns_suffix", '"${url suffix}"'),
    ("aws_region.here.name", '"${region}"'),
    ("aws_region.here.region", '"${region}"'),
    ("aws_region.here.id", '"${region}"'),
    ("aws_iam_session_context.role.issuer_arn", '"arn:${partition}:iam::${account}:role/p/r"'),
    ("aws_iam_session_context.role.issuer_name", '"r"'),
    ("aws_iam_session_context.me.issuer_arn", "?data.aws_iam_session_context.me.issuer_arn"),
    ("aws_kms_key.by_alias.arn", ARN),
    ("aws_kms_key.by_alias.id", f'"{K}"'),
    ("aws_kms_key.by_alias.key_spec", '"RSA_2048"'),
    ("aws_kms_key.by_arn.arn", ARN),
    ("aws_kms_key.by_arn.key_state", "?data.aws_kms_key.by_arn.key_state"),
    (
        "aws_kms_key.elsewhere.arn",
        '"arn:${partition}:kms:${region}:${account}:key/${data.aws_kms_key.elsewhere.key_id}"',
    ),
    ("aws_kms_key.elsewhere.id", '"${data.aws_kms_key.elsewhere.key_id}"'),
    ("aws_kms_key.literal.arn", '"arn:aws:kms:eu-west-1:111122223333:key/abc"'),
    ("aws_kms_key.literal.id", '"abc"'),
    ("aws_kms_public_key.k.arn", ARN),
    ("aws_kms_alias.mine.target_key_arn", ARN),
    ("aws_kms_alias.mine.target_key_id", f'"{K}"'),
    ("aws_kms_alias.mine.arn", '"arn:${partition}:kms:${region}:${account}:alias/mine"'),
    (
        "aws_kms_alias.elsewhere.target_key_arn",
        '"arn:${partition}:kms:${region}:${account}:key/${data.aws_kms_alias.elsewhere.target_key_id}"',
    ),
    ("aws_iam_role.mine.arn", '"arn:${partition}:iam::${account}:role/p/r"'),
    ("aws_iam_role.mine.id", '"r"'),
    ("aws_iam_role.elsewhere.arn", '"arn:${partition}:iam::${account}:role/${data.aws_iam_role.elsewhere.path}other"'),
    ("aws_iam_policy.mine.arn", '"arn:${partition}:iam::${account}:policy/p"'),
    ("aws_iam_policy.mine.policy", '"{}"'),
    ("aws_iam_policy.elsewhere.arn", '"arn:${partition}:iam:${data.aws_iam_policy.elsewhere.arn}"'),
    ("aws_s3_bucket.b.arn", '"arn:${partition}:s3:::b"'),
    ("aws_organizations_organization.o.id", "?organization.id"),
    ("template_file.t.rendered", '"xn-arn:${partition}:iam::${account}:role/p/r"'),
    ("unheard_of.x.anything", "?data.unheard_of.x.anything"),
]


@pytest.mark.parametrize(("attribute", "expected"), EXPORTED)
def test_what_data_sources_export(tmp_path: Path, attribute: str, expected: str) -> None:
    """A data source finds what stands in the same source; what does not is known by reference only."""
    assert words(local(tmp_path, f"data.{attribute}", OWN)) == expected


DOCUMENTS = [
    ("", "[]"),
    ("statement {}", '[{Effect: "Allow"}]'),
    ("statement { sid = 'S'; effect = 'Deny'; actions = ['a:b'] }", '[{Action: "a:b", Effect: "Deny", Sid: "S"}]'),
    (
        "statement { actions = ['a:b', 'a:c']; resources = ['*'] }",
        '[{Action: ["a:b", "a:c"], Effect: "Allow", Resource: "*"}]',
    ),
    (
        "statement { not_actions = ['a:b']; not_resources = ['x'] }",
        '[{Effect: "Allow", NotAction: "a:b", NotResource: "x"}]',
    ),
    (  # sets to the provider
        (
            "statement { actions = ['a:b', 'a:c', 'a:b']; resources = ['x', 'x']; "
            "not_principals { type = 'AWS'; identifiers = ['y', 'y'] } }"
        ),
        '[{Action: ["a:b", "a:c"], Effect: "Allow", NotPrincipal: {AWS: "y"}, Resource: "x"}]',
    ),
    ("statement { actions = []; resources = [] }", '[{Effect: "Allow"}]'),
    (
        "statement { principals { type = '*'; identifiers = ['*'] } }",
        '[{Effect: "Allow", Principal: "*"}]',
    ),
    (
        "statement { principals { type = 'AWS'; identifiers = ['*'] } }",
        '[{Effect: "Allow", Principal: {AWS: "*"}}]',
    ),
    (
        "statement { not_principals { type = 'AWS'; identifiers = ['x', 'y'] } }",
        '[{Effect: "Allow", NotPrincipal: {AWS: ["x", "y"]}}]',
    ),
    (
        (
            "statement { principals { type = 'AWS'; identifiers = ['x'] }; principals { "
            "type = 'Service'; identifiers = ['s'] }; principals { type = 'AWS'; "
            "identifiers = ['y'] } }"
        ),
        '[{Effect: "Allow", Principal: {AWS: ["x", "y"], Service: "s"}}]',
    ),
    (
        (
            "statement { resources = ['a/&{aws:username}']; condition { test = 'StringLike'; "
            "variable = 'k'; values = ['&{x}'] } }"
        ),
        '[{Condition: {StringLike: {k: "${x}"}}, Effect: "Allow", Resource: "a/${aws:username}"}]',
    ),
    (
        (
            "statement { condition { test = 'A'; variable = 'k'; values = ['1', '2'] }; "
            "condition { test = 'A'; variable = 'l'; values = ['3'] }; condition { test = 'B'; "
            "variable = 'k'; values = ['4'] } }"
        ),
        '[{Condition: {A: {k: ["1", "2"], l: "3"}, B: {k: "4"}}, Effect: "Allow"}]',
    ),
    (
        (
            "statement { dynamic 'principals' { for_each = []; content { type = 'AWS'; identifiers = [] } }; "
            "dynamic 'condition' { for_each = {}; content {} } }"
        ),
        '[{Effect: "Allow"}]',
    ),
    ("statement { resources = [var.u] }", '[{Effect: "Allow", Resource: ?var.u}]'),
    ("statement { resources = ['x', var.u] }", '[{Effect: "Allow", Resource: ["x", ?var.u]}]'),
    ("statement { effect = var.u }", "[{Effect: ?var.u}]"),
    ("statement { sid = var.u }", '[{Effect: "Allow", Sid: ?var.u}]'),
    ("statement { resources = var.list }", '[{Effect: "Allow", Resource: ?var.list}]'),
    ("statement { resources = concat(['x'], var.list) }", '[{Effect: "Allow", Resource: ["x", ...no_variable]}]'),
    (
        "dynamic 'statement' { for_each = ['a', 'b']; iterator = it; content { sid = it.value } }",
        '[{Effect: "Allow", Sid: "a"}, {Effect: "Allow", Sid: "b"}]',
    ),
    (
        "dynamic 'statement' { for_each = { k = 'v' }; content { sid = '${statement.key}${statement.value}' } }",
        '[{Effect: "Allow", Sid: "kv"}]',
    ),
    (
        "dynamic 'statement' { for_each = toset(['s']); content { sid = '${statement.key}${statement.value}' } }",
        '[{Effect: "Allow", Sid: "ss"}]',
    ),
    ("dynamic 'statement' { for_each = var.list; content {} }", "[...no_variable]"),
    (
        "statement {}; dynamic 'statement' { for_each = var.list; content {} }",
        '[{Effect: "Allow"}, ...no_variable]',
    ),
    (
        (
            "statement { dynamic 'principals' { for_each = ['a', 'b']; content { type = 'AWS'; "
            "identifiers = [principals.value] } } }"
        ),
        '[{Effect: "Allow", Principal: {AWS: ["a", "b"]}}]',
    ),
    (
        (
            "dynamic 'statement' { for_each = [{ c = ['x', 'y'] }]; content { "
            "dynamic 'condition' { for_each = statement.value.c; content { test = 'T'; "
            "variable = condition.value; values = ['${condition.key}'] } } } }"
        ),
        '[{Condition: {T: {x: "0", y: "1"}}, Effect: "Allow"}]',
    ),
    (
        (
            "statement { dynamic 'condition' { for_each = var.list; content { test = 'T'; "
            "variable = 'k'; values = [] } } }"
        ),
        '[{Condition: {...no_variable}, Effect: "Allow"}]',
    ),
]


@pytest.mark.parametrize(("body", "expected"), DOCUMENTS)
def test_policy_documents(tmp_path: Path, body: str, expected: str) -> None:
    """A document is rendered as its provider does it, unknown parts in their places (T20, T21, T22)."""
    variables = 'variable "u" {}\nvariable "list" { type = list(string) }\n'
    context = f'{variables}data "aws_iam_policy_document" "d" {{\n{lines(body)}\n}}'
    found = local(tmp_path, "jsondecode(data.aws_iam_policy_document.d.json)", context)
    assert words(found) == f'{{Statement: {expected}, Version: "2012-10-17"}}'


def _statement(sid: str, action: str) -> str:
    return f"statement {{ sid = '{sid}'; actions = ['{action}'] }}; "


def _document(name: str, body: str) -> str:
    return f'data "aws_iam_policy_document" "{name}" {{\n{lines(body)}\n}}\n'


MERGES = [
    (
        "source_policy_documents = [data.aws_iam_policy_document.ab.json]; " + _statement("c", "own"),
        "a=ab b=ab c=own",
    ),
    (
        "source_policy_documents = [data.aws_iam_policy_document.ab.json]; " + _statement("a", "own"),
        "a=own b=ab",
    ),
    (
        "override_policy_documents = [data.aws_iam_policy_document.a.json]; "
        + _statement("a", "own")
        + _statement("b", "own"),
        "a=a b=own",
    ),
    (
        "override_policy_documents = [data.aws_iam_policy_document.nameless.json]; " + _statement("a", "own"),
        "a=own =nameless",
    ),
    (
        (
            "source_policy_documents = [data.aws_iam_policy_document.nameless.json]; "
            "override_policy_documents = [data.aws_iam_policy_document.nameless.json]"
        ),
        "=nameless =nameless",
    ),
    (
        (
            "source_policy_documents = [data.aws_iam_policy_document.a.json]; "
            "override_policy_documents = [data.aws_iam_policy_document.ab.json, "
            "data.aws_iam_policy_document.a.json]"
        ),
        "a=a b=ab",
    ),
    ("source_policy_documents = [var.u]; " + _statement("a", "own"), "a=own ..."),
    ("source_policy_documents = var.u; " + _statement("a", "own"), "a=own ..."),
    ("override_policy_documents = [var.u]; " + _statement("a", "own") + _statement("", "x"), "? =x ..."),
    (
        (
            "source_policy_documents = [data.aws_iam_policy_document.ab.json]; statement { "
            "sid = var.u; actions = ['own'] }"
        ),
        "? ? ?=own",
    ),
    ("source_policy_documents = []; " + _statement("a", "own"), "a=own"),
    ("source_policy_documents = ['']; " + _statement("a", "own"), "a=own"),
    ("source_json = data.aws_iam_policy_document.a.json", "a=a"),
]


@pytest.mark.parametrize(("body", "expected"), MERGES)
def test_merging_documents(tmp_path: Path, body: str, expected: str) -> None:
    """Sources first, then the own statements, then the overrides: the same Sid replaces, no Sid is added."""
    context = 'variable "u" {}\n' + "".join(
        (
            _document("a", _statement("a", "a")),
            _document("ab", _statement("a", "ab") + _statement("b", "ab")),
            _document("nameless", _statement("", "nameless")),
            _document("d", body),
        )
    )
    found = local(tmp_path, "jsondecode(data.aws_iam_policy_document.d.json)", context)
    assert isinstance(found, Object)
    assert _told(found.find("Statement")) == expected


def _told(statements: Value | None) -> str:
    """Statements as `Sid=Action`, `?` for one that is not known and `...` for further ones."""
    assert isinstance(statements, List)
    told = [
        f"{_word(each, 'Sid')}={_word(each, 'Action')}" if isinstance(each, Object) else "?"
        for each in statements.items
    ]
    return " ".join([*told, *(["..."] if statements.rest else [])])


def _word(statement: Object, name: str) -> str:
    value = statement.find(name)
    return "" if value is None else (value.literal or "?") if isinstance(value, Text) else "?"


def test_a_document_keeps_the_places_of_its_statements(tmp_path: Path) -> None:
    """A finding about a statement points at its block, through the data source, `jsonencode` and `jsondecode`."""
    source = """
data "aws_iam_policy_document" "d" {
  statement {
    sid = "First"
  }
  statement {
    sid = "Second"
  }
}
resource "aws_kms_key" "k" {
  policy = jsonencode(jsondecode(data.aws_iam_policy_document.d.json))
}
"""
    (key,) = stack_of(tmp_path, source).keys
    document = key.policy.document
    assert isinstance(document, Object)
    statements = document.find("Statement")
    assert statements is not None
    assert [each.origin.start.line for each in getattr(statements, "items", ())] == [3, 6]
    assert key.policy.origin.start.line == 11


def test_the_region_of_another_provider_is_its_own(tmp_path: Path) -> None:
    """A data source speaks of the provider that it is read with."""
    source = """
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
data "aws_region" "here" {}
data "aws_region" "us" { provider = aws.us }
"""
    assert words(local(tmp_path, "[data.aws_region.here.name, data.aws_region.us.name]", source)) == (
        '["eu-west-1", "us-east-1"]'
    )
