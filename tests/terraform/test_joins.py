"""Root modules of one scan: joined by alias, by role name, and by the outputs of remote state."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from keyfit import verify
from keyfit.model.findings import Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.scan.joins import join

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.findings import Finding

pytestmark = pytest.mark.hcl

KEYS = """
    terraform {
      required_version = ">= 1.5"
    }
    terraform {
      backend "s3" {
        bucket = "states"
        key    = "keys/terraform.tfstate"
      }
    }
    resource "aws_kms_key" "films" {}
    resource "aws_kms_alias" "films" {
      name          = "alias/films"
      target_key_id = aws_kms_key.films.key_id
    }
    resource "aws_iam_role" "films" {
      name               = "films"
      path               = "/ml/"
      assume_role_policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "%s" } }]
      })
    }
    output "key_arn" {
      value = aws_kms_key.films.arn
    }
    """
GROUP = """
    data "terraform_remote_state" "keys" {
      backend = "s3"
      config  = { bucket = "states", key = "%s" }
    }
    data "aws_kms_alias" "films" {
      name = "alias/films"
    }
    data "aws_iam_role" "films" {
      name = "films"
    }
    resource "awscc_personalize_dataset_group" "films" {
      name        = "films"
      kms_key_arn = %s
      role_arn    = data.aws_iam_role.films.arn
    }
    """
BY_STATE = "data.terraform_remote_state.keys.outputs.key_arn"
BY_ALIAS = "data.aws_kms_alias.films.target_key_arn"


def outcomes(folder: Path, group: str, **others: str) -> dict[int, Finding]:
    """The findings about `group` by rule, joined with the other root modules; no rule fails inside."""
    stacks = []
    for name, source in {"group": group, **others}.items():
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(dedent(source))
        stacks.append(terraform.read(folder / name, Given(folder)))
    result = verify.check(join(stacks)[0])
    assert result.failures == ()
    return {each.rule: each for each in result.findings}


@pytest.mark.parametrize("key", [BY_STATE, BY_ALIAS])
def test_a_key_of_another_root_is_judged_as_it_is_written_there(tmp_path: Path, key: str) -> None:
    """Its default policy gives the service nothing."""
    found = outcomes(tmp_path, GROUP % ("keys/terraform.tfstate", key), keys=KEYS % "personalize.amazonaws.com")
    assert found[101].verdict is Verdict.BROKEN
    assert found[101].about.key.endswith("keys:aws_kms_key.films")
    assert found[101].origin.file.endswith("group/main.tf")
    assert found[105].verdict is Verdict.HOLDS


@pytest.mark.parametrize("key", [BY_STATE, BY_ALIAS])
def test_without_the_other_root_nothing_is_claimed_and_the_note_says_what_to_check_with(
    tmp_path: Path, key: str
) -> None:
    """Unknown, with a reason."""
    found = outcomes(tmp_path, GROUP % ("keys/terraform.tfstate", key))
    assert found[101].verdict is Verdict.UNPROVEN
    assert any("check it together" in note.message for note in every_note(found[101], COMMAND_LINE))


def test_another_state_is_not_joined(tmp_path: Path) -> None:
    """The key of the state tells."""
    found = outcomes(tmp_path, GROUP % ("network/terraform.tfstate", BY_STATE), keys=KEYS % "personalize.amazonaws.com")
    assert found[101].verdict is Verdict.UNPROVEN


def test_two_roots_with_one_alias_are_no_answer(tmp_path: Path) -> None:
    """Both are named."""
    keys = KEYS % "personalize.amazonaws.com"
    found = outcomes(tmp_path, GROUP % ("keys/terraform.tfstate", BY_ALIAS), first=keys, second=keys)
    assert found[101].verdict is Verdict.UNPROVEN
    assert any("first` and `" in note.message for note in found[101].notes)


def test_a_role_of_another_root_is_found_by_name_whatever_its_path(tmp_path: Path) -> None:
    """Its trust policy is the other root's."""
    found = outcomes(tmp_path, GROUP % ("keys/terraform.tfstate", BY_ALIAS), keys=KEYS % "ec2.amazonaws.com")
    assert found[105].verdict is Verdict.BROKEN


DEPLOYED = """
    resource "aws_kms_key" "films" {}
    resource "aws_sagemaker_feature_group" "films" {
      feature_group_name             = "films"
      record_identifier_feature_name = "id"
      event_time_feature_name        = "at"
      role_arn                       = "arn:aws:iam::111122223333:role/store"
      feature_definition {
        feature_name = "id"
        feature_type = "String"
      }
      online_store_config {
        enable_online_store = true
        security_config {
          kms_key_id = aws_kms_key.films.arn
        }
      }
    }
    """
DEPLOYER = """
    resource "aws_iam_role" "deploy" {
      name = "deploy-films"
      assume_role_policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
      })
      inline_policy {
        name   = "keys"
        policy = jsonencode({
          Version   = "2012-10-17"
          Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }]
        })
      }
    }
    """


@pytest.mark.parametrize("deployer", ["aws_iam_role.deploy", "arn:aws:iam::111122223333:role/deploy-films"])
@pytest.mark.parametrize(("action", "verdict"), [("kms:*", Verdict.HOLDS), ("s3:*", Verdict.BROKEN)])
def test_the_deployer_can_be_a_role_of_another_root(
    tmp_path: Path, deployer: str, action: str, verdict: Verdict
) -> None:
    """By its address or its ARN; where two have one of that address, nobody knows which is meant."""
    stacks = []
    for name, source in {"group": DEPLOYED, "one": DEPLOYER % action, "two": DEPLOYER % action}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(dedent(source))
        given = Given(tmp_path, account="111122223333", deployer=deployer)
        stacks.append(terraform.read(tmp_path / name, given))
    both = {each.rule: each.verdict for each in verify.check(join(stacks)[0]).findings}
    one = {each.rule: each.verdict for each in verify.check(join(stacks[:2])[0]).findings}
    assert (one[201], both[201]) == (verdict, Verdict.UNPROVEN)


STORED = """
    resource "aws_kms_key" "films" {}
    resource "aws_ssm_parameter" "films" {
      name  = "/films/key"
      type  = "%s"
      value = aws_kms_key.films.arn
    }
    """
READ = """
    data "aws_ssm_parameter" "key" {
      name = "/films/key"
    }
    resource "awscc_personalize_dataset_group" "films" {
      name        = "films"
      kms_key_arn = data.aws_ssm_parameter.key.value
      role_arn    = "arn:aws:iam::111122223333:role/films"
    }
    """


@pytest.mark.parametrize(
    ("kind", "verdict"), [("String", Verdict.BROKEN), ("SecureString", Verdict.UNPROVEN), ("", Verdict.UNPROVEN)]
)
def test_a_stored_parameter_is_what_another_root_or_the_same_creates_it_with(
    tmp_path: Path, kind: str, verdict: Verdict
) -> None:
    """A secret is not followed, and what nobody creates is not known."""
    others = {"keys": STORED % kind} if kind else {}
    assert outcomes(tmp_path, READ, **others)[101].verdict is verdict
    (tmp_path / "same").mkdir()
    if kind == "String":
        assert outcomes(tmp_path / "same", READ + STORED % kind)[101].verdict is verdict


def test_a_state_that_gives_on_what_another_one_has_is_followed(tmp_path: Path) -> None:
    """Through an output of a root module that has no key itself."""
    between = """
    terraform {
      backend "s3" {
        bucket = "states"
        key    = "shared/terraform.tfstate"
      }
    }
    data "terraform_remote_state" "keys" {
      backend = "s3"
      config  = { bucket = "states", key = "keys/terraform.tfstate" }
    }
    output "key_arn" {
      value = data.terraform_remote_state.keys.outputs.key_arn
    }
    """
    group = GROUP % ("shared/terraform.tfstate", BY_STATE)
    found = outcomes(tmp_path, group, between=between, keys=KEYS % "personalize.amazonaws.com")
    assert found[101].verdict is Verdict.BROKEN
    assert found[101].about.key.endswith("keys:aws_kms_key.films")


# --- with a plan of the one root ----------------------------------------------------------------------------------

KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
LOOKED_UP = {
    "aws_kms_alias.films": {"target_key_arn": KEY_ARN, "target_key_id": KEY_ARN[-36:], "name": "alias/films"},
    "aws_iam_role.films": {"arn": "arn:aws:iam::111122223333:role/ml/films", "name": "films"},
    "terraform_remote_state.keys": {"backend": "s3", "outputs": {"key_arn": KEY_ARN}},
}


def plan_with(**data: object) -> str:
    """A plan that creates nothing, and has read these data sources."""
    read = [
        {
            "address": f"data.{name}",
            "mode": "data",
            "type": name.split(".")[0],
            "name": name.split(".")[1],
            "values": each,
        }
        for name, each in data.items()
    ]
    values = {"root_module": {"resources": read}}
    where = {"expressions": {"region": {"constant_value": "eu-west-1"}}}
    providers = {name: {"name": name, **where} for name in ("aws", "awscc")}
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "planned_values": {"root_module": {}},
            "resource_changes": [],
            "prior_state": {"format_version": "1.0", "terraform_version": "1.9.0", "values": values},
            "configuration": {"provider_config": providers, "root_module": {}},
        }
    )


@pytest.mark.parametrize("key", [BY_STATE, BY_ALIAS])
@pytest.mark.parametrize("service", ["personalize.amazonaws.com", "ec2.amazonaws.com"])
def test_a_plan_takes_no_verdict_back_that_another_root_gives(tmp_path: Path, key: str, service: str) -> None:
    """What it shows of a look-up is an ARN: the other root's key and role are the ones that bear it."""
    stacks = []
    sources = {"group": GROUP % ("keys/terraform.tfstate", key), "keys": KEYS % service}
    for name, source in sources.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(dedent(source))
        stacks.append(terraform.read(tmp_path / name, Given(tmp_path)))
    (tmp_path / "plan.json").write_text(plan_with(**LOOKED_UP))
    planned = terraform.read(tmp_path / "group", Given(tmp_path, plan=tmp_path / "plan.json"))
    assert not planned.problems
    before = {each.rule: each.verdict for each in verify.check(join(stacks)[0]).findings}
    after = {each.rule: each.verdict for each in verify.check(join([planned, stacks[1]])[0]).findings}
    definite = {rule: verdict for rule, verdict in before.items() if verdict is not Verdict.UNPROVEN}
    assert {101, 105} <= set(definite)
    assert {rule: after.get(rule) for rule in definite} == definite
