"""What is made before what, told alike of both languages: edges with their places, and the ways along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.model.order import way
from keyfit.readers.cloudformation.stack import read as read_template
from keyfit.readers.given import Given
from keyfit.readers.terraform.reading import read as read_root
from keyfit.truth import Truth

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.order import Way
    from keyfit.model.stack import Stack

TEMPLATE = """\
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Vault:
    Type: AWS::KMS::Key
    Properties: {KeyPolicy: {Statement: [{Principal: {AWS: !GetAtt Shelf.Arn}}]}}
  Shelf:
    Type: AWS::IAM::Role
    Properties: {Description: !If [IsProd, !Sub "${Store}", "-"], AssumeRolePolicyDocument: {}}
  Store: {Type: AWS::S3::Bucket, DependsOn: [Topic, Missing]}
  Topic: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Vault}}
  Itself: {Type: AWS::KMS::Key, Properties: {Description: !Sub "${Itself}"}}
  Alone: {Type: AWS::KMS::Key, Properties: {Description: !Sub "${!Alone} ${AWS::Region}"}}
"""


def template(tmp_path: Path, **parameters: str) -> Stack:
    """The template, with these parameters."""
    return read_template(TEMPLATE, "stack.yaml", Given(tmp_path, parameters=parameters))


def root(tmp_path: Path, **files: str) -> Stack:
    """A root module of these files, by their names without `.tf`, `__` for a slash."""
    for name, source in files.items():
        path = tmp_path / f"{name.replace('__', '/')}.tf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return read_root(tmp_path, Given(tmp_path))


def found(stack: Stack, start: str, goal: str) -> Way | None:
    """The way from one block to another."""
    assert stack.graph is not None
    return way(stack.graph, start, goal)


def names(stack: Stack, start: str, goal: str) -> str:
    """The names along the way; empty where there is none."""
    along = found(stack, start, goal)
    return " ".join((start, *(step.edge.needs for step in along.steps))) if along else ""


def test_a_circle_of_a_template_stands_under_the_conditions_that_close_it(tmp_path: Path) -> None:
    """It is there, it is not, or the parameter decides."""
    whole = found(template(tmp_path, Stage="prod"), "Vault", "Vault")
    assert whole is not None
    assert [step.node for step in whole.steps] == ["Vault", "Shelf", "Store", "Topic"]
    assert [step.edge.origin.start.line for step in whole.steps] == [6, 9, 10, 11]
    assert whole.answer.truth is Truth.YES
    assert found(template(tmp_path, Stage="test"), "Vault", "Vault") is None
    unsure = found(template(tmp_path), "Vault", "Vault")
    assert unsure is not None
    assert unsure.answer.truth is Truth.MAYBE


@pytest.mark.parametrize(("start", "goal", "along"), [("Itself", "Itself", "Itself Itself"), ("Alone", "Alone", "")])
def test_a_block_can_need_itself(tmp_path: Path, start: str, goal: str, along: str) -> None:
    """And text that only looks like a reference is none."""
    assert names(template(tmp_path, Stage="prod"), start, goal) == along


def test_what_is_no_block_of_the_source_needs_nothing(tmp_path: Path) -> None:
    """Another stack's block, or one that nobody wrote."""
    assert names(template(tmp_path), "elsewhere.yaml:Vault", "Vault") == ""
    assert names(root(tmp_path, main=""), "module.m.aws_kms_key.k", "aws_kms_key.k") == ""


@pytest.mark.hcl
def test_a_circle_of_a_root_goes_through_whatever_stands_between(tmp_path: Path) -> None:
    """Locals, documents, variables and outputs of modules."""
    stack = root(
        tmp_path,
        main="""
            module "key" {
              count  = 1
              source = "./key"
              reader = local.reader
            }
            locals { reader = aws_iam_role.reader[0].arn }
            resource "aws_iam_role" "reader" {
              count = 1
              inline_policy { policy = module.key[0].policy }
            }
        """,
        key__main="""
            variable "reader" {}
            data "aws_iam_policy_document" "of" {
              statement {
                resources = [var.reader]
              }
            }
            resource "aws_kms_key" "vault" { policy = data.aws_iam_policy_document.of.json }
            output "policy" { value = jsonencode({ Statement = [{ Resource = aws_kms_key.vault.arn }] }) }
        """,
    )
    assert names(stack, "aws_iam_role.reader[0]", "aws_iam_role.reader[0]").split() == [
        "aws_iam_role.reader[0]",
        "module.key.policy",
        "module.key.aws_kms_key.vault",
        "module.key.data.aws_iam_policy_document.of",
        "module.key.var.reader",
        "local.reader",
        "aws_iam_role.reader",
    ]


@pytest.mark.hcl
def test_all_copies_of_a_block_are_one(tmp_path: Path) -> None:
    """Terraform refuses a resource that names another copy of itself."""
    stack = root(
        tmp_path, main='resource "aws_kms_key" "k" {\n  for_each = toset(["a"])\n  policy = aws_kms_key.k["b"].arn\n}\n'
    )
    assert names(stack, 'aws_kms_key.k["a"]', 'aws_kms_key.k["a"]') == 'aws_kms_key.k["a"] aws_kms_key.k'


@pytest.mark.hcl
def test_everything_in_a_module_waits_for_what_its_call_waits_for(tmp_path: Path) -> None:
    """By `depends_on`, `count` and `for_each`, at any depth."""
    stack = root(
        tmp_path,
        main="""
            resource "aws_iam_role" "reader" { description = module.key.id }
            module "key" {
              source     = "./key"
              depends_on = [aws_iam_role.reader]
            }
        """,
        key__main="""
            module "inner" { source = "./inner" }
            output "id" { value = module.inner.id }
        """,
        key__inner__main="""
            resource "aws_kms_key" "vault" {}
            output "id" { value = aws_kms_key.vault.id }
        """,
    )
    assert names(stack, "aws_iam_role.reader", "aws_iam_role.reader").split() == [
        "aws_iam_role.reader",
        "module.key.id",
        "module.key.module.inner.id",
        "module.key.module.inner.aws_kms_key.vault",
        "aws_iam_role.reader",
    ]
