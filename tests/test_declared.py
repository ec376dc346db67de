"""What the source cannot say, `keyfit.toml` can; and a verdict that takes something from it says so."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from keyfit.model.findings import Finding, Verdict
from keyfit.scan import Report, Run, scan

ROLE = "arn:aws:iam::111122223333:role/Personalize"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]
TEMPLATE = f"""
Resources:
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: {KEY}
      RoleArn: {ROLE}
"""
SETTINGS = f"""
account = "111122223333"
region = "eu-west-1"

[[keys]]
arn = "{KEY}"
aliases = ["alias/films"]
policy = "key.json"
spec = "SYMMETRIC_DEFAULT"
usage = "ENCRYPT_DECRYPT"
enabled = true

[[roles]]
arn = "{ROLE}"
trust = "trust.json"
policies = ["role.json"]
"""


def allow(principal: object, *actions: str) -> dict[str, object]:
    """A document of one Allow."""
    statement: dict[str, object] = {"Sid": "Use", "Effect": "Allow", "Action": list(actions)}
    if actions != ("sts:AssumeRole",):
        statement["Resource"] = "*"
    if principal is not None:
        statement["Principal"] = principal
    return {"Version": "2012-10-17", "Statement": [statement]}


def report(folder: Path, settings: str = SETTINGS, template: str = TEMPLATE, **documents: object) -> Report:
    """The folder checked, with these files in it."""
    (folder / "keyfit.toml").write_text(settings)
    source = folder / ("stack.yaml" if "Resources:" in template else "main.tf")
    source.write_text(template)
    found: dict[str, object] = {
        "key": allow({"Service": "personalize.amazonaws.com", "AWS": ROLE}, *ACTIONS),
        "trust": allow({"Service": "personalize.amazonaws.com"}, "sts:AssumeRole"),
        "role": allow(None, *ACTIONS),
        **documents,
    }
    for name, document in found.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return scan([source], Run(root=folder))


def outcomes(found: Report) -> dict[int, Verdict]:
    """The outcome of each rule."""
    return {each.rule: each.verdict for each in found.findings}


def of(found: Report, rule: int) -> Finding:
    """The one finding of a rule."""
    (finding,) = [each for each in found.findings if each.rule == rule]
    return finding


def test_what_is_declared_is_judged_as_if_it_were_written(tmp_path: Path) -> None:
    """Key and role lie outside the template, and everything holds, with notes that say what was taken for granted."""
    found = report(tmp_path)
    assert found.failures == ()
    assert {rule: outcome for rule, outcome in outcomes(found).items() if outcome is not Verdict.HOLDS} == {}
    messages = [note.message for note in of(found, 102).notes]
    assert f"`{KEY}` is taken as declared in `keyfit.toml`" in messages
    assert f"`{ROLE}` is taken as declared in `keyfit.toml`" in messages


def test_what_is_declared_can_break(tmp_path: Path) -> None:
    """The finding points at the statement in the declared policy's file."""
    actions = [action for action in ACTIONS if action != "kms:CreateGrant"]
    found = report(tmp_path, key=allow({"Service": "personalize.amazonaws.com"}, *actions))
    finding = of(found, 101)
    assert finding.verdict is Verdict.BROKEN
    assert finding.notes[0].origin is not None
    assert Path(finding.notes[0].origin.file).name == "key.json"


def test_without_a_declaration_nothing_is_claimed(tmp_path: Path) -> None:
    """What lies outside the source is unknown."""
    found = outcomes(report(tmp_path, settings=""))
    assert found[101] is Verdict.UNPROVEN
    assert found[102] is Verdict.UNPROVEN
    assert found[401] is Verdict.UNPROVEN


def test_a_declared_use_is_judged_with_what_the_template_has(tmp_path: Path) -> None:
    """A job that a script starts uses a role of the template, by its logical id, with the declared key."""
    template = f"""
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {json.dumps(allow({"Service": "personalize.amazonaws.com"}, "sts:AssumeRole"))}
"""
    use = f"""
[[uses]]
kind = "personalize-batch-inference-job"
name = "nightly scores"
role = "Worker"
key = "{KEY}"
"""
    found = report(tmp_path, settings=SETTINGS + use, template=template)
    assert found.failures == ()
    finding = of(found, 102)
    assert (finding.resource, finding.verdict) == ("nightly scores", Verdict.BROKEN)
    assert finding.message.startswith("role `Worker` cannot `kms:Decrypt`")
    assert "`nightly scores` is taken as declared in `keyfit.toml`" in [note.message for note in finding.notes]
    assert of(found, 101).verdict is Verdict.HOLDS


EXPORTED = """
Resources:
  Key: {Type: AWS::KMS::Key}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: exporter}}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Role.Arn}
  Dataset:
    Type: AWS::Personalize::Dataset
    Properties: {Name: seen, DatasetType: Interactions, DatasetGroupArn: !Ref Group, SchemaArn: s}
"""
EXPORTED_IN_TERRAFORM = """
resource "aws_kms_key" "key" {}
resource "aws_iam_role" "role" {
  name               = "exporter"
  assume_role_policy = jsonencode({})
}
resource "awscc_personalize_dataset_group" "group" {
  name        = "films"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = aws_iam_role.role.arn
}
resource "awscc_personalize_dataset" "dataset" {
  name              = "seen"
  dataset_type      = "Interactions"
  dataset_group_arn = awscc_personalize_dataset_group.group.dataset_group_arn
  schema_arn        = "s"
}
"""
PERSONALIZE = "arn:aws:personalize:eu-west-1:111122223333:"


@pytest.mark.parametrize(
    ("template", "role", "group"),
    [
        (EXPORTED, "Role", "Group"),
        (EXPORTED, "Role", "Dataset"),
        (EXPORTED, "Role", "films"),
        (EXPORTED, "Role", f"{PERSONALIZE}dataset-group/films"),
        (EXPORTED_IN_TERRAFORM, "aws_iam_role.role", "awscc_personalize_dataset_group.group"),
        (EXPORTED_IN_TERRAFORM, "aws_iam_role.role", "awscc_personalize_dataset.dataset"),
        (EXPORTED_IN_TERRAFORM, "aws_iam_role.role", f"{PERSONALIZE}dataset-group/films"),
    ],
)
def test_a_declared_export_names_its_dataset_or_the_group(template: str, role: str, group: str, tmp_path: Path) -> None:
    """By address, by name or by ARN."""
    uses = f'[[uses]]\nkind = "personalize-dataset-export-job"\nrole = "{role}"\ngroup = "{group}"\n'
    settings = f'account = "111122223333"\nregion = "eu-west-1"\n{uses}'
    found = report(tmp_path, settings, template).findings
    assert {each.verdict for each in found if each.rule == 104} == {Verdict.BROKEN}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('[[keys]]\nalias = "x"', "`alias` is not a setting of a key: did you mean `aliases`?"),
        ('[[keys]]\npolicy = "key.json"', "a key has no `arn`"),
        ('[[keys]]\narn = "alias/films"', "`alias/films` is not a key ARN"),
        (f'[[keys]]\narn = "{KEY}"\npolicy = "../elsewhere.json"', "outside the scanned directory"),
        (f'[[keys]]\narn = "{KEY}"\npolicy = "nothing.json"', "No such file"),
        (f'[[keys]]\narn = "{KEY}"\npolicy = "stack.yaml"', "does not contain a policy"),
        ('[[roles]]\narn = "arn:aws:iam::111122223333:user/u"', "is not a role ARN"),
        ('[[uses]]\nkind = "personalize-batch-inference"', "did you mean `personalize-batch-inference-job`?"),
        ('keys = "all"', "`keys` is not an array of tables"),
    ],
)
def test_a_declaration_that_cannot_be_used_is_an_error(tmp_path: Path, settings: str, reason: str) -> None:
    """Nothing is skipped: the file is named, with the line and the reason."""
    (failure,) = report(tmp_path, settings=dedent(settings)).failures
    assert reason in failure.message
    assert Path(failure.origin.file).name in {"keyfit.toml", "stack.yaml", "nothing.json"}


@pytest.mark.hcl
@pytest.mark.parametrize(
    ("key_id", "expected"),
    [
        ("alias/films", Verdict.HOLDS),
        ("arn:aws:kms:eu-west-1:111122223333:alias/films", Verdict.HOLDS),
        ("arn:aws:kms:eu-west-2:111122223333:alias/films", Verdict.UNPROVEN),
        ("alias/books", Verdict.UNPROVEN),
    ],
)
def test_a_declared_key_is_found_behind_its_alias(key_id: str, expected: Verdict, tmp_path: Path) -> None:
    """By name and by ARN, which is one of an account and Region; roles that are looked up are found as well."""
    source = f"""
data "aws_kms_key" "films" {{
  key_id = "{key_id}"
}}
data "aws_iam_role" "reader" {{
  name = "Personalize"
}}
resource "awscc_personalize_dataset_group" "films" {{
  name        = "films"
  kms_key_arn = data.aws_kms_key.films.arn
  role_arn    = data.aws_iam_role.reader.arn
}}
"""
    found = report(tmp_path, template=source)
    assert (of(found, 101).verdict, of(found, 105).verdict) == (expected, Verdict.HOLDS)


# --- customer managed policies, aliases by their ARNs, patterns of files

ATTACHED = f"""
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {json.dumps(allow({"Service": "personalize.amazonaws.com"}, "sts:AssumeRole"))}
      ManagedPolicyArns: [arn:aws:iam::111122223333:policy/films]
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: {KEY}
      RoleArn: !GetAtt Role.Arn
"""
POLICY = """
[[policies]]
arn = "arn:aws:iam::111122223333:policy/films"
policy = "films.json"
"""


def verdict(found: Report, rule: int) -> set[Verdict]:
    """What a rule says."""
    return {each.verdict for each in found.findings if each.rule == rule}


def test_a_customer_managed_policy_is_what_is_declared(tmp_path: Path) -> None:
    """Without it, it may allow anything; with it, it allows what it says, as a boundary, too."""
    root = allow({"AWS": "111122223333", "Service": "personalize.amazonaws.com"}, "kms:*")
    settings = SETTINGS[: SETTINGS.index("[[roles]]")]
    (tmp_path / "films.json").write_text(json.dumps(allow(None, *ACTIONS)))
    assert verdict(report(tmp_path, settings, ATTACHED, key=root), 102) == {Verdict.UNPROVEN}
    assert verdict(report(tmp_path, settings + POLICY, ATTACHED, key=root), 102) == {Verdict.HOLDS}
    (tmp_path / "films.json").write_text(json.dumps(allow(None, "s3:GetObject")))
    assert verdict(report(tmp_path, settings + POLICY, ATTACHED, key=root), 102) == {Verdict.BROKEN}
    bounded = ATTACHED.replace("ManagedPolicyArns: [", "PermissionsBoundary: ").replace("films]", "films")
    own = "Policies: [{PolicyName: x, PolicyDocument: " + json.dumps(allow(None, "kms:*")) + "}]"
    bounded = bounded.replace("      PermissionsBoundary", f"      {own}\n      PermissionsBoundary")
    assert verdict(report(tmp_path, settings + POLICY, bounded, key=root), 102) == {Verdict.BROKEN}
    assert verdict(report(tmp_path, settings, bounded, key=root), 102) == {Verdict.HOLDS}


def test_a_policy_that_nothing_names_is_told(tmp_path: Path) -> None:
    """Unless the settings say that they declare all that there is."""
    (tmp_path / "films.json").write_text(json.dumps(allow(None, *ACTIONS)))
    for before, told in (("", 1), ("inventory = true\n", 0)):
        report(tmp_path, before + SETTINGS + POLICY)
        seen = [each.message for each in scan([tmp_path], Run()).findings if each.rule == 1]
        assert sum("nothing that was checked uses policy" in each for each in seen) == told


@pytest.mark.parametrize(
    "alias", ["alias/films", "arn:aws:kms:eu-west-1:111122223333:alias/films"], ids=["by name", "by ARN"]
)
def test_a_declared_key_is_known_by_its_aliases(alias: str, tmp_path: Path) -> None:
    """Whichever way the settings and the source name them."""
    settings = SETTINGS.replace('"alias/films"', f'"{alias}"')
    by_alias = TEMPLATE.replace(KEY, KEY.partition("key/")[0] + "alias/films")
    assert verdict(report(tmp_path, settings, by_alias), 401) == {Verdict.HOLDS}


def test_policies_are_all_files_that_a_pattern_names(tmp_path: Path) -> None:
    """In their order; one of them denies."""
    denied = allow(None, "kms:*")
    denied["Statement"][0]["Effect"] = "Deny"  # type: ignore[index]
    settings = SETTINGS.replace("role.json", "role*.json")
    assert verdict(report(tmp_path, settings), 102) == {Verdict.HOLDS}
    assert verdict(report(tmp_path, settings, role2=denied), 102) == {Verdict.BROKEN}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"role.json"', '"none*.json"', "there is no file for `none*.json`"),
        ('"role.json"', '"../*.json"', "is not a pattern of files in one folder below this one"),
        ('"role.json"', '"**/x.json"', "is not a pattern of files in one folder below this one"),
        (
            '"alias/films"',
            '"arn:aws:kms:eu-west-2:111122223333:alias/films"',
            "is not an alias in the account and Region",
        ),
        ('"alias/films"', '"films"', "is not an alias in the account and Region of the key"),
    ],
)
def test_what_cannot_be_declared_so(before: str, after: str, said: str, tmp_path: Path) -> None:
    """Is an error."""
    assert [said in each.message for each in report(tmp_path, SETTINGS.replace(before, after)).failures] == [True]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"\npolicy = {}', "is a policy of AWS, which keyfit knows"),
        (f'arn = "{ROLE}"\npolicy = {{}}', "is not the ARN of a policy"),
        ('arn = "arn:aws:iam::111122223333:policy/x"', "a policy has no `policy`"),
    ],
)
def test_a_policy_that_cannot_be_declared(table: str, said: str, tmp_path: Path) -> None:
    """Is an error."""
    assert [said in each.message for each in report(tmp_path, f"[[policies]]\n{table}\n").failures] == [True]
