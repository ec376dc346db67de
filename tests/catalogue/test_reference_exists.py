"""A reference to what a deployment lacks is told of just that deployment, and nothing else is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Finding, Verdict
from keyfit.model.near import MOST
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.readers.terraform.modules.configuration import Piece

if TYPE_CHECKING:
    from pathlib import Path

NUMBER: Final = 604
TEMPLATE: Final = """\
Parameters:
  Stage: {Type: String, AllowedValues: [production, test]}
  Place: {Type: String, AllowedValues: [here, there]}
Conditions:
  InProduction: !Equals [!Ref Stage, production]
  IsHere: !Equals [!Ref Place, here]
Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: IsHere
    Properties: {KeySpec: !If [InProduction, RSA_2048, SYMMETRIC_DEFAULT]}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}
"""
CONFIGURATION: Final = """\
variable "own" { type = bool }
variable "stage" {}
resource "aws_kms_key" "data" {
  count                    = var.own ? 1 : 0
  customer_master_key_spec = var.stage == "production" ? "RSA_2048" : "SYMMETRIC_DEFAULT"
}
resource "awscc_personalize_dataset_group" "films" {
  name        = "films"
  kms_key_arn = aws_kms_key.data[0].arn
  role_arn    = "arn:aws:iam::111122223333:role/r"
}
"""


def judged(folder: Path, source: str, **given: str) -> tuple[Finding, ...]:
    """All that is found in a template, or in a root module of one file."""
    if source.startswith("Parameters"):
        return verify.check(cloudformation.read(source, "stack.yaml", Given(folder, parameters=given))).findings
    (folder / "main.tf").write_text(source, encoding="utf-8")
    return verify.check(terraform.read(folder, Given(folder, variables=given))).findings


def scenarios(found: tuple[Finding, ...], rule: int) -> list[object]:
    """The deployments in which a rule is broken."""
    return [dict(each.scenario or {}) for each in found if (each.rule, each.verdict) == (rule, Verdict.BROKEN)]


@pytest.mark.parametrize(("source", "lacks"), [(TEMPLATE, {"IsHere": False}), (CONFIGURATION, {"var.own": False})])
def test_the_scenario_is_the_choice_that_leaves_the_resource_out(
    source: str, lacks: dict[str, bool], tmp_path: Path
) -> None:
    """And that alone; what is broken for another choice is told of where the resource is there."""
    found = judged(tmp_path, source)
    assert scenarios(found, NUMBER) == [lacks]
    assert len(scenarios(found, 401)) == 1
    assert not any(lacks.items() <= dict(each.scenario or {}).items() for each in found if each.rule != NUMBER)


@pytest.mark.parametrize(("source", "given"), [(TEMPLATE, {"Place": "there"}), (CONFIGURATION, {"own": "false"})])
def test_where_no_deployment_is_possible_nothing_of_it_is_said(
    source: str, given: dict[str, str], tmp_path: Path
) -> None:
    """That something holds, or that a key cannot be told of that is not there; the role outside is still told of."""
    found = judged(tmp_path, source, **given)
    assert [(each.rule, each.verdict) for each in found] == [(105, Verdict.UNPROVEN), (NUMBER, Verdict.BROKEN)]


@pytest.mark.parametrize(("source", "given"), [(TEMPLATE, {"Place": "here"}), (CONFIGURATION, {"own": "true"})])
def test_where_it_is_there_the_others_speak(source: str, given: dict[str, str], tmp_path: Path) -> None:
    """As before."""
    found = judged(tmp_path, source, **given)
    assert scenarios(found, NUMBER) == []
    assert len(scenarios(found, 401)) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "one(aws_kms_key.data[*].arn)",
        'try(aws_kms_key.data[0].arn, "alias/none")',
        "var.own ? aws_kms_key.data[0].arn : null",
        "[for key in aws_kms_key.data : key.arn]",
        '"%{ if var.own }${aws_kms_key.data[0].arn}%{ endif }"',
        "{ for name in [] : name => aws_kms_key.data[0].arn }",
    ],
)
def test_an_expression_that_finds_nothing_without_an_error_is_right(expression: str, tmp_path: Path) -> None:
    """In each deployment."""
    source = CONFIGURATION.partition('resource "awscc')[0] + f'output "key" {{ value = {expression} }}\n'
    assert scenarios(judged(tmp_path, source), NUMBER) == []


@pytest.mark.parametrize(
    "body",
    [
        "value = aws_kms_key.data[0].arn",
        "value = { arns = [upper(aws_kms_key.data[0].arn)] }",
        'value = "%{ if var.own }%{ else }${aws_kms_key.data[0].arn}%{ endif }"',
        "value = !var.own ? aws_kms_key.data[0].arn : null",
        "value = aws_kms_key.data.0.arn",
        "value = 1\n  precondition {\n    condition     = aws_kms_key.data[0].is_enabled\n    error_message = 1\n  }",
    ],
)
def test_a_reference_counts_wherever_terraform_evaluates_it(body: str, tmp_path: Path) -> None:
    """In functions, templates, and checks of its own."""
    source = CONFIGURATION.partition('resource "awscc')[0] + f'output "key" {{\n  {body}\n}}\n'
    assert scenarios(judged(tmp_path, source), NUMBER) == [{"var.own": False}]


# --- what is declared nowhere ------------------------------------------------------------------------------

SAM: Final = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Reader:\n    Type: AWS::Serverless::Function\n"
VAULT: Final = "Resources:\n  Vault: {Type: AWS::Backup::BackupVault, Properties: {EncryptionKeyArn: %s}}\n"
# What is not written out and all the same declared, or can be: by whom.
DECLARED_BY_OTHERS: Final = {
    "a role that SAM makes": SAM + "Outputs: {O: {Value: !GetAtt ReaderRole.Arn}}\n",
    "a version that SAM makes": SAM + "Outputs: {O: {Value: !Ref Reader.Version}}\n",
    "an alias that SAM makes": SAM + "Outputs: {O: {Value: !Ref ReaderAliaslive}}\n",
    "an API that SAM makes": SAM + "Outputs: {O: {Value: !Ref ServerlessRestApi}}\n",
    "a queue that SAM makes": SAM
    + "    Properties:\n      Events:\n"
    + "        E: {Type: Schedule, Properties: {DeadLetterConfig: {QueueLogicalId: Lost}}}\n"
    + "Outputs: {O: {Value: !GetAtt Lost.Arn}}\n",
    "a macro": "Transform: OurMacro\n" + VAULT % "!GetAtt Key.Arn",
    "an include": "Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}\n" + VAULT % "!Ref Key",
    "a resource of a module": VAULT % "!Ref KeysKey" + "  Keys: {Type: Ours::Keys::Key::MODULE}\n",
    "a loop over what is not known": "Transform: AWS::LanguageExtensions\n"
    + VAULT % "!Ref KeyA"
    + "  Fn::ForEach::Keys: [Name, !Ref Names, {'Key${Name}': {Type: AWS::KMS::Key}}]\n",
    "a loop": "Transform: AWS::LanguageExtensions\n"
    + VAULT % "!Ref KeyA"
    + "  Fn::ForEach::Keys: [Name, [A, B], {'Key${Name}': {Type: AWS::KMS::Key}}]\n",
    "a module of a tool": VAULT % "!Ref KeysKey" + "  Keys: {Type: {'Rain::Module': keys.yml}}\n",
    "a pseudo parameter": VAULT
    % "!Sub '${AWS::Region}${!Key}${Own}'".replace("'${", "['${").replace("n}'", "n}', {Own: a}]"),
}


@pytest.mark.parametrize("case", DECLARED_BY_OTHERS)
def test_a_template_may_refer_to_what_others_declare(case: str, tmp_path: Path) -> None:
    """What makes a name is not always in sight: where something can, nothing is said."""
    stack = cloudformation.read(DECLARED_BY_OTHERS[case], "", Given(tmp_path))
    assert stack.graph is not None
    assert not list(stack.graph.undeclared())


def test_resources_that_the_serverless_framework_puts_into_a_template_are_no_template(tmp_path: Path) -> None:
    """They refer to what it makes; without it they are refused."""
    template = VAULT % "!GetAtt IamRoleLambdaExecution.Arn"
    file = tmp_path / "resources" / "vault.yml"

    def missing() -> list[str]:
        stack = cloudformation.read(template, str(file), Given(tmp_path))
        return [] if stack.graph is None else [each.needs for each in stack.graph.undeclared()]

    file.parent.mkdir()
    assert missing() == ["IamRoleLambdaExecution"]
    (tmp_path / "serverless.yml").write_text("service: films\n", encoding="utf-8")
    assert missing() == []


BINDING: Final = """\
variable "names" { default = { a = "b" } }
locals {
  own = [for my_key, my_name in var.names : my_key.arn == my_name.arn]
  text = "%{ for my_key in var.names }${my_key.arn}%{ endfor }"
}
resource "aws_kms_key" "films" {
  for_each = var.names
  tags     = { here = "${path.module}/${terraform.workspace}/${each.value.my_key.arn}" }
  lifecycle { ignore_changes = [my_tags.arn] }
  provisioner "local-exec" { command = self.my_key.arn }
}
data "aws_iam_policy_document" "films" {
  dynamic "statement" {
    for_each = var.names
    content {
      sid = statement.key
      dynamic "my_condition" {
        for_each = statement.value.all
        iterator = my_item
        content { test = "${my_item.value.test} aws_kms_key.gone.arn" } # aws_kms_key.gone.arn
      }
    }
  }
}
output "keys" {
  value = [values(aws_kms_key.films)[*].arn, aws_kms_key.films["a"].arn, { for k, v in aws_kms_key.films : k => v.arn }]
}
output "same" { value = provider::aws::arn_parse(resource.aws_kms_key.films["a"].arn).account_id }
moved {
  from = aws_kms_key.gone
  to   = aws_kms_key.films["a"]
}
removed { from = aws_kms_key.gone }
"""


def undeclared(folder: Path) -> list[str]:
    """What a root module refers to and nothing declares."""
    stack = terraform.read(folder, Given(folder))
    return [] if stack.graph is None else [each.needs for each in stack.graph.undeclared()]


def test_what_a_loop_binds_and_what_terraform_gives_is_declared(tmp_path: Path) -> None:
    """Nor are texts, comments, and addresses of what was there before, references."""
    (tmp_path / "main.tf").write_text(BINDING, encoding="utf-8")
    assert undeclared(tmp_path) == []


ELSEWHERE: Final = 'resource "aws_backup_vault" "films" { kms_key_arn = local.key_arn }\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("root.hcl", "# generates files"),
        (".gitignore", "*.tfvars\n/generated.tf\n"),
        ("broken.tf", 'locals { key_arn = "'),
        ("main.tofu", 'resource "aws_backup_vault" "films" { kms_key_arn = local.other }\n'),
    ],
)
def test_what_is_beside_a_root_module_can_declare_more(name: str, text: str, tmp_path: Path) -> None:
    """Only where all that is declared is in sight, something is not declared."""
    (tmp_path / "main.tf").write_text(ELSEWHERE, encoding="utf-8")
    (tmp_path / ".gitignore").write_text("override.tf\n*_override.tf.json\n# main.tf\n", encoding="utf-8")
    assert undeclared(tmp_path) == ["local.key_arn"]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert undeclared(tmp_path) == []


def test_an_override_changes_what_refers(tmp_path: Path) -> None:
    """What an override replaces is no reference."""
    (tmp_path / "main.tf").write_text(ELSEWHERE, encoding="utf-8")
    (tmp_path / "main_override.tf").write_text('resource "aws_backup_vault" "films" { kms_key_arn = "" }\n', "utf-8")
    assert undeclared(tmp_path) == []


def test_a_block_that_names_nothing_of_the_kind_is_not_parsed(tmp_path: Path) -> None:
    """A text is searched; only a block with a name that leads nowhere is parsed for it."""
    (tmp_path / "main.tf").write_text('resource "aws_sns_topic" "a" { name = var.a }\nvariable "a" {}\n', "utf-8")
    stack = terraform.read(tmp_path, Given(tmp_path))
    assert stack.graph is not None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Piece, "read", lambda _: pytest.fail("a block is parsed"))
        assert not list(stack.graph.undeclared())


# --- a template that a root module deploys -----------------------------------------------------------------

DEPLOYED: Final = """\
variable "own" { type = bool }
resource "aws_cloudformation_stack" "films" {
  name       = "films"
  parameters = { Own = var.own }
  template_body = <<-EOT
    Parameters:
      Own: {Type: String}
    Conditions:
      IsOwn: !Equals [!Ref Own, "true"]
    Resources:
      Key: {Type: AWS::KMS::Key, DependsOn: Alias}
      Copy: {Type: AWS::KMS::Key, Condition: IsOwn}
      Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/films, TargetKeyId: !Ref Key}}
      Second: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/books, TargetKeyId: !Ref Copy}}
      Topic: {Type: AWS::SNS::Topic}
      Topic: {Type: AWS::SNS::Topic}
    Outputs:
      KeyArn: {Value: !GetAtt Kye.Arn}
  EOT
}
"""
WITHIN: Final = "aws_cloudformation_stack.films/"


def test_a_template_in_a_root_module_is_looked_at_as_any_other(tmp_path: Path) -> None:
    """Circles, names that come twice, and references that lead nowhere, each at its line, in CloudFormation's words."""
    (tmp_path / "main.tf").write_text(DEPLOYED, encoding="utf-8")
    stack = terraform.read(tmp_path, Given(tmp_path))
    found = verify.check(stack, options=Options(all_keys=True)).findings
    broken = {(each.rule, each.resource): each for each in found if each.verdict is Verdict.BROKEN}
    assert {key: each.origin.start.line for key, each in broken.items()} == {
        (601, f"{WITHIN}Key"): 11,
        (603, f"{WITHIN}Topic"): 16,
        (604, f"{WITHIN}Second"): 14,
        (604, f"{WITHIN}KeyArn"): 18,
    }
    assert dict(broken[604, f"{WITHIN}Second"].scenario or {}) == {f"{WITHIN}IsOwn": False}
    said = [note.message for each in broken.values() for note in each.notes]
    assert sum(words.startswith("CloudFormation rejects the template") for words in said) == 3
    assert not any("Terraform" in words for words in said)
    assert not any(each.verdict is Verdict.HOLDS for each in found)


MERGED: Final = """\
variable "more" {}
resource "aws_cloudformation_stack" "films" {
  template_body = jsonencode({
    Resources = merge(%s, { Vault = { Type = "AWS::Backup::BackupVault" } })
    Outputs   = { Key = { Value = { Ref = "Key" } } }
  })
}
"""


def test_a_template_of_which_not_all_names_are_known_can_declare_more(tmp_path: Path) -> None:
    """What Terraform makes of it is not known before it is applied."""
    (tmp_path / "main.tf").write_text(MERGED % "{}", encoding="utf-8")
    assert undeclared(tmp_path) == ["Key"]
    (tmp_path / "main.tf").write_text(MERGED % "var.more", encoding="utf-8")
    assert undeclared(tmp_path) == []


def test_what_was_meant_is_looked_for_so_many_times(tmp_path: Path) -> None:
    """Each name is compared with all that is declared: the time stays linear where many lead nowhere."""
    names = "".join(f"  Topic{each}: {{Type: AWS::SNS::Topic, DependsOn: Topics{each}}}\n" for each in range(MOST + 5))
    stack = cloudformation.read(f"Resources:\n{names}", "", Given(tmp_path))
    assert stack.graph is not None
    assert [bool(each.near) for each in stack.graph.undeclared()] == [True] * MOST + [False] * 5


@pytest.mark.parametrize(
    "source",
    [
        TEMPLATE.replace("!GetAtt Key.Arn", "!GetAtt Kye.Arn"),
        CONFIGURATION.replace("aws_kms_key.data[0].arn", "aws_kms_key.dta[0].arn"),
    ],
)
def test_what_is_not_declared_is_told_once(source: str, tmp_path: Path) -> None:
    """No rule about the key says, too, that it cannot tell."""
    found = judged(tmp_path, source)
    assert [each.rule for each in found if each.verdict is Verdict.BROKEN] == [NUMBER]
    assert not any(each.about.parameter.lower().replace("_", "") == "kmskeyarn" for each in found)
