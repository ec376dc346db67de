"""Rule 001: what a run saw and could not look into, and what was given or declared for nothing."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from keyfit.hosts.cli.faults import TERRAFORM
from keyfit.model.findings import SEEN, Verdict
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.render.entries import fails
from keyfit.render.summary import summary
from keyfit.scan import Report, Run, scan
from keyfit.settings import FailOn, Settings
from tests.hosts.stacks import RIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUIET = 'variable "name" {}\nresource "aws_sns_topic" "t" { name = var.name }\n'
CHILD = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n"
PARENT = """
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: {url}
"""


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")


def seen(report: Report, folder: Path) -> list[str]:
    """What rule 001 says, with the place."""
    found = [each for each in report.findings if each.rule == SEEN]
    assert all(each.verdict is Verdict.UNPROVEN and every_note(each, COMMAND_LINE) for each in found)
    return sorted(f"{_place(each.origin.file or each.origin.note, folder)}: {each.message}" for each in found)


def _place(file: str, folder: Path) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file


# --- tools that are not run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("live/terragrunt.hcl", "Terragrunt is not evaluated, so this unit is not checked"),
        ("live/terragrunt.stack.hcl", "Terragrunt is not evaluated, so this unit is not checked"),
        ("serverless.yml", "the Serverless Framework is not evaluated, so this is not checked"),
        ("cdk.json", "an app of the AWS CDK is not run, so its stacks are not checked"),
        ("cdktf.json", "an app of CDK for Terraform is not run, so its stacks are not checked"),
    ],
)
def test_a_file_of_a_tool_that_is_not_run_is_seen(tmp_path: Path, file: str, words: str) -> None:
    """It is no template, whatever it holds; and where the user names it, no error either."""
    write(tmp_path, {"stack.yaml": RIGHT, file: "resources:\n  Resources:\n    Key:\n      Type: AWS::KMS::Key\n"})
    for path in (tmp_path, tmp_path / file):
        report = scan([path], Run())
        assert (seen(report, tmp_path), report.failures) == ([f"{file}: {words}"], ())


UNIT = 'include "root" {\n  path = find_in_parent_folders()\n}\nterraform {\n  source = "../../modules//topic"\n}\n'
CALL = 'module "key" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'


@pytest.mark.hcl
@pytest.mark.parametrize(
    ("files", "is_told"),
    [
        ({}, False),
        ({"live/films/terragrunt.hcl": 'terraform { source = "${get_terragrunt_dir()}/../../modules/topic" }'}, False),
        ({"modules/topic/key.tf": 'resource "aws_kms_key" "key" {}'}, True),
        ({"modules/topic/key.tf": CALL}, True),
        ({"modules/topic/more.tf": 'module "more" { source = "./more" }', "modules/topic/more/x.tf": CALL}, True),
        ({"live/films/terragrunt.hcl": UNIT.replace("topic", "gone")}, True),
        ({"live/films/terragrunt.hcl": UNIT.replace("../../modules", "${local.modules}")}, True),
        ({"live/films/terragrunt.hcl": UNIT.replace("../../modules", "git::https://example.com/modules.git")}, True),
        ({"live/films/terragrunt.hcl": UNIT.replace("find_in_parent_folders()", '"../common/x.hcl"')}, True),
        ({"live/films/terragrunt.hcl": "terraform {}\n"}, True),
        ({"live/films/terragrunt.hcl": UNIT + 'generate "key" { contents = "resource aws_kms_key key {}" }'}, True),
        ({"live/root.hcl": 'generate "key" { contents = file("key.tf") }'}, True),
    ],
    ids=[
        *("quiet", "by its directory", "a key", "a module elsewhere", "a module's module", "missing", "a variable"),
        *("git", "an include elsewhere", "no source", "made by the unit", "made by what it includes"),
    ],
)
def test_a_unit_whose_module_is_here_and_says_nothing_of_keys_is_not_told(
    tmp_path: Path, files: Mapping[str, str], *, is_told: bool
) -> None:
    """Whatever else it can deploy is a reason to tell it."""
    write(tmp_path, {"live/root.hcl": 'remote_state { backend = "s3" }', "live/films/terragrunt.hcl": UNIT})
    write(tmp_path, {"modules/topic/main.tf": QUIET, **files})
    told = seen(scan([tmp_path / "live"], Run(root=tmp_path)), tmp_path)
    assert any(each.startswith("live/films/terragrunt.hcl: Terragrunt") for each in told) == is_told


def test_what_a_tool_has_made_is_not_missed(tmp_path: Path) -> None:
    """Where it is checked."""
    write(tmp_path, {"cdk.json": "{}", "cdk.out/Films.template.json": "{}", "serverless.yml": "service: films"})
    write(tmp_path, {"cdk.out/Films.template.yaml": RIGHT, ".serverless/template.yaml": RIGHT})
    assert seen(scan([tmp_path, tmp_path / ".serverless"], Run()), tmp_path) == []


def test_what_a_tool_makes_twice_is_told_once(tmp_path: Path) -> None:
    """A stack is created with a bucket alone, and updated to all of it; what SAM has built is the source."""

    def checked(path: Path) -> list[str]:
        return [str(Path(each.path).relative_to(tmp_path)) for each in scan([path], Run()).checked if "/" in each.path]

    first, whole = (f"serverless/cloudformation-template-{each}-stack.json" for each in ("create", "update"))
    write(tmp_path, dict.fromkeys((first, whole), '{"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}'))
    assert checked(tmp_path) == [whole]
    assert checked(tmp_path / first) == [first]
    (tmp_path / whole).unlink()
    assert checked(tmp_path) == [first]
    write(tmp_path / "sam", {"template.yaml": RIGHT, ".aws-sam/build/template.yaml": RIGHT})
    assert checked(tmp_path / "sam") == ["sam/template.yaml"]
    assert checked(tmp_path / "sam/.aws-sam") == ["sam/.aws-sam/build/template.yaml"]


# --- modules and templates that are elsewhere ----------------------------------------------------------------------


@pytest.mark.hcl
def test_a_quiet_root_module_names_the_modules_that_are_not_here(tmp_path: Path) -> None:
    """One that says nothing of keys is not read, and still what it calls could hold some."""
    calls = """
    module "key" {
      source = "terraform-aws-modules/kms/aws"
    }
    module "films" { source = "./films" }
    module "here" {
      source = "./here"
    }
    """
    json = '{"module": {"key": {"source": "git::https://example.com/key.git"}}}'
    write(tmp_path, {"a/main.tf": calls, "a/here/main.tf": QUIET, "b/main.tf.json": json, "c/main.tf": QUIET})
    report = scan([tmp_path], Run())
    assert seen(report, tmp_path)[1:] == [
        "a/main.tf: module directory `./films` is not here",
        "a/main.tf: module source `terraform-aws-modules/kms/aws` is not here",
        "b/main.tf.json: module source `git::https://example.com/key.git` is not here",
    ]
    assert (report.roots, report.idle) == (3, 3)


@pytest.mark.hcl
def test_a_quiet_root_module_whose_modules_are_downloaded_names_none(tmp_path: Path) -> None:
    """They were looked at."""
    manifest = '{"Modules": [{"Key": "", "Dir": "."}, {"Key": "key", "Dir": ".terraform/modules/key"}]}'
    call = 'module "key" {\n  source = "terraform-aws-modules/kms/aws"\n}\n'
    files = {"main.tf": call, ".terraform/modules/modules.json": manifest, ".terraform/modules/key/main.tf": QUIET}
    write(tmp_path, files)
    assert [each.partition(": ")[2][:7] for each in seen(scan([tmp_path], Run()), tmp_path)] == ["nothing"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("child.yaml", []),
        ("missing.yaml", ["parent.yaml: the template of nested stack `Child` is not judged with this one"]),
        (
            "https://films.s3.amazonaws.com/child.yaml",
            ["parent.yaml: the template of nested stack `Child` is not judged with this one"],
        ),
    ],
)
def test_a_nested_template_is_seen_unless_it_is_judged_with_its_parent(
    tmp_path: Path, url: str, words: list[str]
) -> None:
    """Which it is where it is scanned too."""
    write(tmp_path, {"parent.yaml": PARENT.format(url=url), "child.yaml": CHILD, "stack.yaml": RIGHT})
    assert seen(scan([tmp_path], Run()), tmp_path) == words


# --- values for nothing -------------------------------------------------------------------------------------------


def test_a_parameter_that_no_template_has_is_seen(tmp_path: Path) -> None:
    """One that some template has is used."""
    write(tmp_path, {"a.yaml": f"Parameters:\n  Stage:\n    Type: String\n{RIGHT}", "b.yaml": RIGHT})
    report = scan([tmp_path], Run(Settings(parameters={"Stage": "x", "Stagge": "x"})))
    assert seen(report, tmp_path) == ["--parameter: no template that was checked has parameter `Stagge`"]


@pytest.mark.hcl
def test_a_variable_that_no_root_module_has_is_seen(tmp_path: Path) -> None:
    """From a flag or from the environment, of which Terraform itself says nothing."""
    write(tmp_path, {"main.tf": 'variable "stage" {}\n' + TERRAFORM.text})
    run = Run(Settings(variables={"stage": "x", "stagge": "x"}), {"TF_VAR_stage": "x", "TF_VAR_films": "x"})
    assert seen(scan([tmp_path], run), tmp_path) == [
        "--var: no root module that was checked has variable `stagge`",
        "TF_VAR: no root module that was checked has variable `films`",
    ]


def test_variables_of_the_environment_are_for_terraform_alone(tmp_path: Path) -> None:
    """Where there is none, they are for another command."""
    write(tmp_path, {"stack.yaml": RIGHT})
    assert seen(scan([tmp_path], Run(environment={"TF_VAR_films": "x"})), tmp_path) == []


@pytest.mark.hcl
def test_a_plan_and_a_file_of_variables_that_no_root_module_reads_are_seen(tmp_path: Path) -> None:
    """The wrong directory was passed."""
    write(tmp_path, {"stack.yaml": RIGHT, "plan.json": "{}", "films.tfvars": ""})
    for settings in (Settings(plan=Path("plan.json")), Settings(variable_files=(Path("films.tfvars"),))):
        (words,) = seen(scan([tmp_path / "stack.yaml"], Run(settings)), tmp_path)
        assert words.endswith(("nothing that was checked uses `plan.json`", "uses `films.tfvars`"))


def test_what_a_settings_file_sets_is_missed_where_all_that_it_is_for_was_scanned(tmp_path: Path) -> None:
    """Not where a single file was."""
    write(tmp_path, {"a.yaml": RIGHT, "keyfit.toml": '[parameters]\nStage = "x"\n'})
    words = "keyfit.toml: no template that was checked has parameter `Stage`"
    assert seen(scan([tmp_path], Run()), tmp_path) == [words]
    assert seen(scan([tmp_path / "a.yaml"], Run()), tmp_path) == []


@pytest.mark.parametrize(("deployer", "told"), [("Role", []), ("Rolle", ["Rolle"]), (f"{ARN[:12]}:role/x", [])])
def test_a_deployer_that_is_nowhere_is_seen(tmp_path: Path, deployer: str, told: list[str]) -> None:
    """By its address; an ARN can be of another account."""
    write(tmp_path, {"stack.yaml": RIGHT})
    words = [f"--deployer: `{name}` is not in what was checked" for name in told]
    assert seen(scan([tmp_path], Run(Settings(deployer=deployer))), tmp_path) == words


@pytest.mark.parametrize(
    ("region", "told"),
    [("eu-west-1", []), ("cn-north-1", []), ("us-isob-east-1", []), ("eu-wst-1", ["`eu-wst-1` is not a Region"])],
)
def test_a_region_that_nobody_knows_is_seen(tmp_path: Path, region: str, told: list[str]) -> None:
    """It can be newer than keyfit, so it is no error."""
    write(tmp_path, {"stack.yaml": RIGHT})
    found = seen(scan([tmp_path], Run(Settings(region=region))), tmp_path)
    assert [each.partition(": ")[2].removesuffix(" that keyfit knows") for each in found] == told


# --- declared for nothing -----------------------------------------------------------------------------------------

USE = """
[[uses]]
kind = "personalize-batch-inference-job"
role = "{role}"
key = "{key}"
"""


@pytest.mark.parametrize(
    ("role", "key", "missing"),
    [
        ("Role", "Key", []),
        ("Role", "alias/films", []),
        ("Role", ARN, []),
        ("Role", "Kee", ["Kee"]),
        ("Rolle", "Kee", ["Kee", "Rolle"]),
        ("arn:aws:iam::111122223333:role/films", ARN, ["arn:aws:iam::111122223333:role/films", ARN]),
    ],
)
def test_a_declared_use_of_what_is_not_there_is_seen(tmp_path: Path, role: str, key: str, missing: list[str]) -> None:
    """A key that was renamed does not turn the gate green."""
    alias = "  Alias:\n    Type: AWS::KMS::Alias\n    Properties:\n      AliasName: alias/films\n"
    template = RIGHT + alias + "      TargetKeyId: !Ref Key\n"
    write(tmp_path, {"stack.yaml": template, "keyfit.toml": USE.format(role=role, key=key)})
    report = scan([tmp_path], Run())
    assert seen(report, tmp_path) == [f"keyfit.toml: `{name}` is not in what was checked" for name in missing]
    judged = any(found.resource == "personalize-batch-inference-job" for found in report.findings)
    assert judged == (len(missing) < 2)


def test_a_declared_key_that_nothing_uses_is_seen(tmp_path: Path) -> None:
    """Its ARN is not the one that the source has."""
    write(tmp_path, {"stack.yaml": RIGHT, "keyfit.toml": f'[[keys]]\narn = "{ARN}"\n'})
    (words,) = seen(scan([tmp_path], Run()), tmp_path)
    assert words == f"keyfit.toml: nothing that was checked uses key `{ARN}`, which is declared"
    write(tmp_path, {"keyfit.toml": f'[[keys]]\narn = "{ARN}"\n{USE.format(role="Role", key=ARN)}'})
    assert seen(scan([tmp_path], Run()), tmp_path) == []


BUCKET = """
  Films:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: films
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}
"""


@pytest.mark.parametrize(
    ("more", "missing"),
    [
        ('bucket = "Films"', []),
        ('bucket = "s3://elsewhere/in"', []),
        ('bucket = "Filns"', ["Filns"]),
        ('group = "Group"', []),
        ('group = "group"', []),
        ('group = "arn:aws:personalize:eu-west-1:111122223333:dataset-group/elsewhere"', []),
        ('group = "Groop"', ["Groop"]),
    ],
)
def test_a_declared_bucket_or_group_that_is_not_there_is_seen(tmp_path: Path, more: str, missing: list[str]) -> None:
    """By its address, or a name; a location and an ARN may be those of another source."""
    write(tmp_path, {"stack.yaml": RIGHT + BUCKET, "keyfit.toml": USE.format(role="Role", key="Key") + more})
    assert seen(scan([tmp_path], Run()), tmp_path) == [
        f"keyfit.toml: `{each}` is not in what was checked" for each in missing
    ]


def test_a_declared_bucket_is_named_by_its_address_or_its_location(tmp_path: Path) -> None:
    """Either way the key that encrypts it is one of the use's own."""
    use = '[[uses]]\nkind = "personalize-batch-inference-job"\nrole = "Role"\n'

    def found(bucket: str) -> list[str]:
        write(tmp_path, {"stack.yaml": RIGHT + BUCKET, "keyfit.toml": use + bucket})
        findings = scan([tmp_path], Run()).findings
        return [f"{each.rule} {each.message}" for each in findings if each.resource.startswith("personalize-")]

    assert found('bucket = "Films"') == found('bucket = "s3://films/in"') != found("")


ROLE = "arn:aws:iam::111122223333:role/jobs/films"
DECLARED = f'[[roles]]\narn = "{ROLE}"\n'
NAMING = """
  Naming:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement: [{Effect: Allow, Principal: {AWS: %s}, Action: "kms:*", Resource: "*"}]
"""


@pytest.mark.parametrize(
    ("source", "settings", "told"),
    [
        ("", "", [ROLE]),
        (NAMING % "arn:aws:iam::111122223333:role/jobs/films2", "", [ROLE]),
        (NAMING % ROLE, "", []),
        (NAMING % '!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/jobs/films"', "", []),
        (NAMING % "arn:aws:sts::111122223333:assumed-role/films/session", "", []),
        ("", USE.format(role=ROLE, key="Key"), []),
    ],
    ids=["nothing", "another", "principal", "holes", "session", "use"],
)
def test_a_declared_role_that_nothing_uses_is_seen(tmp_path: Path, source: str, settings: str, told: list[str]) -> None:
    """A role that was renamed is none of those that the source speaks of."""
    write(tmp_path, {"stack.yaml": RIGHT + source, "keyfit.toml": DECLARED + settings})
    words = "keyfit.toml: nothing that was checked uses role `{}`, which is declared"
    assert seen(scan([tmp_path], Run()), tmp_path) == [words.format(each) for each in told]


def test_a_deployer_that_is_declared_is_not_seen(tmp_path: Path) -> None:
    """It names the role."""
    write(tmp_path, {"stack.yaml": RIGHT, "keyfit.toml": f'deployer = "{ROLE}"\n{DECLARED}'})
    assert seen(scan([tmp_path], Run()), tmp_path) == []


def test_a_rule_that_does_not_exist_is_one_error_at_its_place(tmp_path: Path) -> None:
    """However many files the settings are for."""
    write(tmp_path, {"a.yaml": RIGHT, "b/c.yaml": RIGHT, "keyfit.toml": 'account = "111122223333"\nignore = ["1O1"]\n'})
    (failure,) = scan([tmp_path], Run()).failures
    assert (Path(failure.origin.file).name, failure.origin.start.line) == ("keyfit.toml", 2)
    assert failure.message.startswith("`1O1` is not a rule")


# --- the run as a whole -------------------------------------------------------------------------------------------


def test_a_run_in_which_nothing_was_judged_is_seen(tmp_path: Path) -> None:
    """Of a directory; a file that the user names can have nothing to judge."""
    write(tmp_path, {"topic.yaml": CHILD, "empty/readme.md": ""})
    assert seen(scan([tmp_path], Run()), tmp_path) == [".: nothing was judged: what was looked at has nothing to judge"]
    words = "empty: nothing was judged: no template and no root module was found"
    assert seen(scan([tmp_path / "empty"], Run()), tmp_path) == [words]
    assert seen(scan([tmp_path / "topic.yaml"], Run()), tmp_path) == []


def test_the_last_line_tells_how_much_has_nothing_to_judge_and_how_much_is_not_covered(tmp_path: Path) -> None:
    """Whatever is shown."""
    write(tmp_path, {"a.yaml": RIGHT, "b.yaml": CHILD, "c/main.tf": QUIET, "serverless.yml": ""})
    words = summary(scan([tmp_path], Run(Settings(select=("001",)))))
    assert (
        words == "2 templates and 1 root module (2 with nothing to judge): 0 broken, 0 unproven, 0 hold, 1 not covered"
    )


def test_what_is_seen_fails_only_where_the_unproven_does(tmp_path: Path) -> None:
    """And is left out where it is ignored."""
    write(tmp_path, {"stack.yaml": RIGHT, "cdk.json": "{}"})
    for fail_on in FailOn:
        report = scan([tmp_path], Run(Settings(fail_on=fail_on, select=("001",))))
        failing = [fails(found, each.settings) for each in report.checked for found in each.findings]
        assert failing == [fail_on is FailOn.UNPROVEN]
    assert seen(scan([tmp_path], Run(Settings(ignore=("seen",)))), tmp_path) == []
