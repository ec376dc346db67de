"""What hostile inputs are made from: the stacks of the fixtures, a plan, settings files, authorization cases."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from tests import literate

ROOT: Final = Path(__file__).resolve().parents[2]
CONFIGURATION: Final = """
variable "stage" {}
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "k" {
  policy = jsonencode({ Statement = [{ Principal = data.aws_caller_identity.me.account_id, Sid = var.stage }] })
}
resource "awscc_personalize_dataset_group" "g" {
  name        = "films"
  kms_key_arn = aws_kms_key.k.arn
}
"""
_KEY: Final = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k"}
_ME: Final = {
    "address": "data.aws_caller_identity.me",
    "mode": "data",
    "type": "aws_caller_identity",
    "name": "me",
    "provider_config_key": "aws",
}
PLAN: Final[dict[str, Any]] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "variables": {"stage": {"value": "prod"}},
    "planned_values": {"root_module": {"resources": [{**_KEY, "values": {"description": "x"}}], "child_modules": []}},
    "resource_changes": [{**_KEY, "change": {"actions": ["create"], "before": None, "after": {"description": "x"}}}],
    "prior_state": {
        "values": {
            "root_module": {"resources": [{**_ME, "values": {"account_id": "111122223333"}}], "child_modules": []}
        }
    },
    "configuration": {
        "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
        "root_module": {"resources": [_KEY, _ME], "variables": {"stage": {}}},
    },
}
SETTINGS: Final = """
account = "111122223333"
region = "eu-west-1"
deployer = "Role"
parameters-file = "parameters.json"
var-files = ["a.tfvars"]
all-keys = true
select = ["1", 405]
ignore = "106"
fail-on = "warning"
show = ["holds", "unproven"]
harmless-macros = ["Hardening"]

[parameters]
Stage = "prod"
Count = 3

[variables]
stage = "prod"
names = ["a", "b"]

[[keys]]
arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
aliases = ["alias/films"]
policy = "policy.json"
spec = "SYMMETRIC_DEFAULT"
enabled = true

[[roles]]
arn = "arn:aws:iam::111122223333:role/Personalize"
trust = "policy.json"
policies = ["policy.json", { Version = "2012-10-17" }]
managed-policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]
boundary = "policy.json"

[[uses]]
kind = "personalize-batch-inference-job"
name = "nightly"
role = "Role"
key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
bucket = "b"
"""
POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
PARAMETERS: Final = [{"ParameterKey": "Stage", "ParameterValue": "prod"}, "Count=3"]
VALUES: Final = 'stage = "prod"\nnames = ["a", "b"]\n'


@cache
def written(language: str) -> tuple[str, ...]:
    """The stacks of one file that the fixtures have in a language."""
    folders = ("rules/[0-9]*.md", "cloudformation/[a-z]*.md", "terraform/[a-z]*.md")
    paths = [path for each in folders for path in sorted(ROOT.glob(f"fixtures/{each}"))]
    cases = (case for path in paths for case in literate.read(path.read_text()))
    return tuple(text for case in cases if case.language == language for text in list(case.files.values())[:1])


@cache
def templates() -> tuple[Any, ...]:
    """The templates of the fixtures as JSON, short forms of functions written out."""
    return tuple(yaml.load(text, _Long) for text in written("yaml"))  # noqa: S506 - makes nothing but lists, maps, texts


@cache
def cases() -> tuple[Any, ...]:
    """Authorization cases."""
    return tuple(json.loads((ROOT / "tests/cases/authorization.json").read_text()))


class _Long(yaml.SafeLoader):
    """`!Ref x` is `{"Ref": "x"}`, `!Sub x` is `{"Fn::Sub": "x"}`."""


def _function(loader: _Long, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    match node:
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            value = node.value
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    return {name: value.split(".") if suffix == "GetAtt" and isinstance(value, str) else value}


_Long.add_multi_constructor("!", _function)
_Long.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
