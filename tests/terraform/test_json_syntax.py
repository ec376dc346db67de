"""Terraform's JSON syntax gives the trees that HCL gives."""

import json

import pytest

from keyfit.model.stack import Problem
from keyfit.readers.hcl.ast import Body, Nested
from keyfit.readers.hcl.blocks import split
from keyfit.readers.hcl.json_syntax import nested, read_json, read_json_variables
from keyfit.readers.hcl.syntax import read_block
from keyfit.readers.terraform.modules.block_types import TERRAFORM

from .notation import block, body

pytestmark = pytest.mark.hcl


def from_json(document: object) -> list[str]:
    """The blocks of a JSON file, in one line each."""
    blocks, problems = read_json(json.dumps(document, indent=2), "main.tf.json", TERRAFORM)
    assert problems == ()
    return [block(each) for each in blocks]


def from_hcl(source: str) -> list[str]:
    """The blocks of an HCL file, in one line each."""
    found = [read_block(source, span, "main.tf") for span in split(source, TERRAFORM)]
    return [block(each) for each in found if isinstance(each, Nested)]


SAME: list[tuple[object, str]] = [
    ({"locals": {"a": 1, "b": "x"}}, 'locals {\n  a = 1\n  b = "x"\n}'),
    ({"locals": [{"a": 1}, {"b": None}]}, "locals {\n  a = 1\n}\nlocals {\n  b = null\n}"),
    (
        {"resource": {"aws_kms_key": {"k": {"policy": '${jsonencode({a = "b"})}', "tags": {"a": "x${var.y}"}}}}},
        'resource "aws_kms_key" "k" {\n  policy = "${jsonencode({a = "b"})}"\n  tags = { "a" = "x${var.y}" }\n}',
    ),
    (
        {"resource": [{"a": {"b": {}}}, {"a": [{"c": {}}]}]},
        'resource "a" "b" {\n}\nresource "a" "c" {\n}',
    ),
    (
        {"data": {"aws_region": {"here": {}}}, "output": {"o": {"value": [1, 2.5, True, False]}}},
        'data "aws_region" "here" {\n}\noutput "o" {\n  value = [1, 2.5, true, false]\n}',
    ),
    (
        {"variable": {"v": {"type": "list(string)", "default": []}}},
        'variable "v" {\n  type = list(string)\n  default = []\n}',
    ),
    (
        {"module": {"m": {"source": "./m", "providers": {"aws": "aws.west"}}}},
        'module "m" {\n  source = "./m"\n  providers = { "aws" = aws.west }\n}',
    ),
    (
        {"resource": {"a": {"b": {"provider": "aws.west", "count": "${var.n}"}}}},
        'resource "a" "b" {\n  provider = aws.west\n  count = "${var.n}"\n}',
    ),
    (
        {"provider": {"aws": [{"region": "a"}, {"alias": "b"}]}},
        'provider "aws" {\n  region = "a"\n}\nprovider "aws" {\n  alias = "b"\n}',
    ),
    ({"terraform": {"required_version": "1"}}, 'terraform {\n  required_version = "1"\n}'),
    ({"//": "a comment", "locals": {"//": "another", "a": "$${x}"}}, 'locals {\n  a = "$${x}"\n}'),
]


@pytest.mark.parametrize(("document", "source"), SAME)
def test_json_is_read_as_hcl(document: object, source: str) -> None:
    """Labels, lists of blocks, templates, comments: as the same configuration in HCL."""
    assert from_json(document) == from_hcl(source)


def test_keys_of_objects_are_templates() -> None:
    """The key of an object below an argument can hold an interpolation."""
    assert from_json({"locals": {"a": {"${var.y}": 2}}}) == ['locals {a = {"${var.y}": 2}}']


NESTED = [
    ({"statement": {"sid": "a"}}, ['statement {sid = "a"}']),
    ({"statement": [{"sid": "a"}, {"sid": "b"}]}, ['statement {sid = "a"}', 'statement {sid = "b"}']),
    ({"other": 1}, []),
    ({"statement": "x"}, []),
    (
        {"dynamic": {"statement": {"for_each": "${var.x}", "iterator": "s", "content": {"sid": "${s.value}"}}}},
        ['dynamic statement {for_each = "${var.x}"; iterator = s; content {sid = "${s.value}"}}'],
    ),
    (
        {"dynamic": [{"statement": [{"for_each": [1], "content": [{"//": "why", "sid": "a"}]}]}], "//": "x"},
        ['dynamic statement {for_each = [1]; content {sid = "a"}}'],
    ),
]


@pytest.mark.parametrize(("document", "expected"), NESTED)
def test_nested_blocks(document: object, expected: list[str]) -> None:
    """Who knows that an argument is a block gets blocks, dynamic ones included."""
    (outer,), _ = read_json(json.dumps({"resource": {"a": {"b": document}}}), "main.tf.json", TERRAFORM)
    assert [block(each) for each in nested(outer.body, "statement")] == expected


def test_nested_blocks_of_hcl() -> None:
    """In HCL the blocks themselves come back."""
    source = 'r "a" {\n  s {\n    x = 1\n  }\n  dynamic "s" {\n    for_each = y\n    content {}\n  }\n  t {\n  }\n}'
    outer = read_block(source, split(source, TERRAFORM)[0], "main.tf")
    assert isinstance(outer, Nested)
    assert [block(each) for each in nested(outer.body, "s")] == ["s {x = 1}", "dynamic s {for_each = y; content {}}"]


def test_variable_files_hold_no_templates() -> None:
    """The strings of a variable file are what they are."""
    found = read_json_variables('\ufeff{"a": "${x}", "b": [1, {"c": null}]}', "x.tfvars.json")
    assert isinstance(found, Body)
    assert body(found) == '{a = "${x}"; b = [1, {"c": null}]}'


def test_places() -> None:
    """A block and an argument stand where they are written; what is in a string stands where the string does."""
    source = '{\n  "locals": {\n    "a": "x ${1 + var.b}"\n  }\n}\n'
    (outer,), _ = read_json(source, "main.tf.json", TERRAFORM)
    assert outer.origin.file == "main.tf.json"
    assert outer.origin.start.line == 2
    assert outer.body.attributes["a"].origin.start.line == 3


BROKEN = [
    ("{", 1),
    ('{\n  "locals": {,}\n}', 2),
    ('{"resource": {"a": {"b": 1}}}', 1),
    ('{"locals": {\n"a": "${"}}', 2),
    ('{"locals": {\n"a": "${b c}"}}', 2),
    ('{"variable": {"v": {\n"type": "list("}}}', 2),
    ("[" * 5000, 1),
]


@pytest.mark.parametrize(("source", "line"), BROKEN)
def test_what_cannot_be_read(source: str, line: int) -> None:
    """It is a problem with file and line."""
    _, problems = read_json(source, "main.tf.json", TERRAFORM)
    assert problems
    assert problems[0].origin.file == "main.tf.json"
    assert problems[0].origin.start.line == line


def test_broken_variable_files() -> None:
    """So it is in a file of variables."""
    for source in ("{", "[]", "1"):
        assert isinstance(read_json_variables(source, "x.tfvars.json"), Problem)
