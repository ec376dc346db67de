"""Policies that one root module or template attaches, by its name, to the role that another one makes."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.model.findings import Verdict
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.terraform.worlds import write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.findings import Finding

pytestmark = pytest.mark.hcl

DELEGATING: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"],
            "Resource": "*",
        },
    ],
}
TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
ALLOW: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
DENY: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}
ENOUGH: Final = {"Policies": [{"PolicyName": "key", "PolicyDocument": ALLOW}]}


def hcl(document: object) -> str:
    """A policy in HCL."""
    return f"jsonencode({json.dumps(document)})"


def role_in_terraform(name: str, more: str = "") -> str:
    """A root module whose dataset group has a role that lacks everything."""
    return f"""
    variable "stage" {{}}
    resource "aws_kms_key" "films" {{
      policy = {hcl(DELEGATING)}
    }}
    resource "aws_iam_role" "films" {{
      name               = {name}
      assume_role_policy = {hcl(TRUST)}
      {more}
    }}
    resource "awscc_personalize_dataset_group" "films" {{
      name        = "films"
      kms_key_arn = aws_kms_key.films.arn
      role_arn    = aws_iam_role.films.arn
    }}
    output "role" {{ value = aws_iam_role.films.name }}
    terraform {{
      backend "s3" {{
        bucket = "states"
        key    = "films"
        region = "eu-west-1"
      }}
    }}
    """


def role_in_a_template(name: object, **more: object) -> str:
    """The same as a template."""
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": DELEGATING}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": name, "AssumeRolePolicyDocument": TRUST, **more},
        },
        "Group": {
            "Type": "AWS::Personalize::DatasetGroup",
            "Properties": {
                "Name": "films",
                "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        },
    }
    exported = {"Role": {"Value": {"Ref": "Role"}, "Export": {"Name": "films-role"}}}
    return json.dumps({"Parameters": {"Stage": {"Type": "String"}}, "Resources": resources, "Outputs": exported})


def template(type_: str, **properties: object) -> str:
    """A template of one resource."""
    resource = {"Type": type_, "Properties": properties}
    return json.dumps({"Parameters": {"Stage": {"Type": "String"}}, "Resources": {"More": resource}})


INLINE: Final = f"""
    variable "stage" {{}}
    resource "aws_iam_role_policy" "more" {{
      role   = NAME
      policy = {hcl(ALLOW)}
    }}
    """
FOUND: Final = f"""
    data "aws_iam_role" "films" {{ name = "films" }}
    {INLINE.replace("NAME", "data.aws_iam_role.films.name")}
    """
MANAGED: Final = f"""
    resource "aws_iam_policy" "more" {{
      name   = "more"
      policy = {hcl(ALLOW)}
    }}
    resource "aws_iam_role_policy_attachment" "more" {{
      role       = "films"
      policy_arn = aws_iam_policy.more.arn
    }}
    """
OF_AWS: Final = """
    resource "aws_iam_policy_attachment" "more" {
      name       = "more"
      roles      = ["films"]
      policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    }
    """
STATE: Final = """
    data "terraform_remote_state" "films" {
      backend = "s3"
      config = {
        bucket = "states"
        key    = "films"
        region = "eu-west-1"
      }
    }
    """
DOCUMENT: Final = {"PolicyName": "more", "PolicyDocument": ALLOW}
LITERALLY: Final = {
    "inline.tf": INLINE.replace("NAME", '"films"'),
    "found.tf": FOUND,
    "managed.tf": MANAGED,
    "of-aws.tf": OF_AWS,
    "policy.json": template("AWS::IAM::Policy", Roles=["films"], **DOCUMENT),
    "managed.json": template("AWS::IAM::ManagedPolicy", Roles=["films"], PolicyDocument=ALLOW),
    "role-policy.json": template("AWS::IAM::RolePolicy", RoleName="films", **DOCUMENT),
}
ROLES: Final = {"a.tf": role_in_terraform('"films"'), "a.json": role_in_a_template("films")}
FLAGS: Final = Settings(account="111122223333", region="eu-west-1")


def found(folder: Path, *sources: tuple[str, str], flags: Settings = FLAGS, rule: int = 102) -> Finding:
    """What is found of the dataset group, all sources checked together, each in a directory of its own."""
    for number, (name, source) in enumerate(sources):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / name).write_text(dedent(source), encoding="utf-8")
    report = scan([folder], Run(flags))
    assert report.failures == ()
    (of_the_group,) = (each for each in report.findings if each.rule == rule and "/0/" in each.origin.file)
    return of_the_group


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("more", LITERALLY)
def test_what_another_attaches_by_name_is_the_role_s(tmp_path: Path, role: str, more: str) -> None:
    """In both languages and across; without it, the role lacks everything."""
    assert found(tmp_path / "alone", (role, ROLES[role])).verdict is Verdict.BROKEN
    both = found(tmp_path / "both", (role, ROLES[role]), (more, LITERALLY[more]))
    assert both.verdict is Verdict.HOLDS
    (told,) = [note for note in both.notes if "is attached in" in note.message]
    assert told.origin is not None
    assert told.origin.file.endswith(f"1/{more}")


@pytest.mark.parametrize(
    ("role", "more"),
    [
        ("a.tf", STATE + INLINE.replace("NAME", "data.terraform_remote_state.films.outputs.role")),
        ("a.json", template("AWS::IAM::Policy", Roles=[{"Fn::ImportValue": "films-role"}], **DOCUMENT)),
    ],
)
def test_a_role_that_another_exports_has_what_is_attached_to_it(tmp_path: Path, role: str, more: str) -> None:
    """Whatever it is called."""
    source = {"a.tf": role_in_terraform('"films-${var.stage}"'), "a.json": role_in_a_template({"Ref": "Stage"})}[role]
    name = "b.tf" if role.endswith("tf") else "b.json"
    assert found(tmp_path, (role, source), (name, more)).verdict is Verdict.HOLDS


def test_what_another_denies_is_denied(tmp_path: Path) -> None:
    """The finding is at the statement of the other."""
    more = template("AWS::IAM::RolePolicy", RoleName="films", PolicyName="more", PolicyDocument=DENY)
    role = role_in_a_template("films", **ENOUGH)
    assert found(tmp_path / "alone", ("a.json", role)).verdict is Verdict.HOLDS
    both = found(tmp_path / "both", ("a.json", role), ("b.json", more))
    assert both.verdict is Verdict.BROKEN
    assert any(note.origin is not None and note.origin.file.endswith("1/b.json") for note in both.notes)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ('"films-${var.stage}"', Verdict.BROKEN),  # never that name
        ('"${var.stage}lms"', Verdict.UNPROVEN),
        ("var.stage", Verdict.BROKEN),  # which says nothing of this role
        ('"others"', Verdict.BROKEN),
    ],
)
def test_a_name_that_is_partly_known_is_perhaps_the_role_s(
    tmp_path: Path, role: str, more: str, verdict: Verdict
) -> None:
    """One that is wholly unknown can be any, as those outside the scan."""
    assert found(tmp_path, (role, ROLES[role]), ("b.tf", INLINE.replace("NAME", more))).verdict is verdict


@pytest.mark.parametrize("more", LITERALLY)
def test_a_role_whose_name_is_partly_known_has_it_perhaps(tmp_path: Path, more: str) -> None:
    """The name of the role is made of a variable."""
    role = role_in_terraform('"fil${var.stage}"')
    assert found(tmp_path, ("a.tf", role), (more, LITERALLY[more])).verdict is Verdict.UNPROVEN


def test_of_two_roles_of_that_name_nobody_can_tell_which(tmp_path: Path) -> None:
    """Both are named; in an account of its own, each is the one."""
    sources = (("a.tf", ROLES["a.tf"]), ("b.json", ROLES["a.json"]), ("c.tf", LITERALLY["inline.tf"]))
    both = found(tmp_path, *sources)
    assert both.verdict is Verdict.UNPROVEN
    assert any("which is made in" in note.message and "1/b.json" in note.message for note in both.notes)


def test_another_account_has_another_role_of_that_name(tmp_path: Path) -> None:
    """Where that is known; a Region is no matter."""
    more = LITERALLY["inline.tf"]
    elsewhere = 'provider "aws" {\n  region = "us-east-1"\n  allowed_account_ids = ["%s"]\n}\n'
    sources = ("a.json", ROLES["a.json"]), ("b.tf", elsewhere % "444455556666" + dedent(more))
    flags = Settings()
    write(tmp_path / "far" / "0", {"keyfit.toml": 'account = "111122223333"\n'})
    (tmp_path / "far" / "0" / "a.json").write_text(sources[0][1])
    write(tmp_path / "far" / "1", {"b.tf": sources[1][1]})
    report = scan([tmp_path / "far"], Run(flags))
    assert [each.verdict for each in report.findings if each.rule == 102] == [Verdict.BROKEN]
    same = ("b.tf", elsewhere % "111122223333" + dedent(more))
    assert found(tmp_path / "near", sources[0], same).verdict is Verdict.HOLDS


def test_a_role_that_removes_what_it_does_not_list_has_it_perhaps(tmp_path: Path) -> None:
    """One apply takes it away, and the next makes it again."""
    role = role_in_terraform('"films"', 'inline_policy {\n name = "own"\n policy = "{}"\n }')
    both = found(tmp_path, ("a.tf", role), ("b.tf", LITERALLY["inline.tf"]))
    assert both.verdict is Verdict.UNPROVEN
    assert any("removes every policy that it does not list" in note.message for note in both.notes)


def test_a_role_of_a_third_has_it_too(tmp_path: Path) -> None:
    """One names the role, another makes it, and a third attaches its policy."""
    group = json.loads(ROLES["a.json"])
    group["Resources"]["Group"]["Properties"]["RoleArn"] = "arn:aws:iam::111122223333:role/films"
    role = {"Resources": {"Role": group["Resources"].pop("Role")}}
    del group["Outputs"]
    sources = (("a.json", json.dumps(group)), ("b.json", json.dumps(role)))
    assert found(tmp_path / "two", *sources).verdict is Verdict.BROKEN
    assert found(tmp_path / "three", *sources, ("c.tf", LITERALLY["inline.tf"])).verdict is Verdict.HOLDS


def test_a_role_of_a_nested_stack_has_it_too(tmp_path: Path) -> None:
    """The parent's dataset group uses the role, which a root module attaches a policy to."""
    parent = json.loads(ROLES["a.json"])
    child = {
        "Resources": {"Role": parent["Resources"].pop("Role")},
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    parent["Resources"]["Child"] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.json"}}
    parent["Resources"]["Group"]["Properties"]["RoleArn"] = {"Fn::GetAtt": ["Child", "Outputs.Arn"]}
    del parent["Outputs"]
    write(tmp_path / "0", {"a.json": json.dumps(parent), "child.json": json.dumps(child)})
    write(tmp_path / "1", {"b.tf": LITERALLY["inline.tf"]})
    report = scan([tmp_path], Run(FLAGS))
    assert [each.verdict for each in report.findings if each.rule == 102] == [Verdict.HOLDS]
    assert len([each for each in report.findings if each.rule == 602 and each.origin.file.endswith("b.tf")]) <= 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_several_processes_find_the_same(tmp_path: Path, jobs: int) -> None:
    """Those that attach to what others make are joined here."""
    for number, (name, source) in enumerate([("a.tf", role_in_terraform('"films"')), ("b.tf", MANAGED)]):
        write(tmp_path / str(number), {name: dedent(source)})
    open_ = role_in_terraform('"actors${var.stage}"')
    write(tmp_path / "2", {"c.tf": dedent(open_)})
    write(tmp_path / "3", {"d.tf": dedent(MANAGED.replace('"films"', '"actors-live"'))})
    report = scan([tmp_path], Run(FLAGS, jobs=jobs))
    verdicts = {each.origin.file[len(str(tmp_path)) :]: each.verdict for each in report.findings if each.rule == 102}
    assert verdicts == {"/0/a.tf": Verdict.HOLDS, "/2/c.tf": Verdict.UNPROVEN}
