"""Stacks of one scan: what one imports or names, and exactly one other makes, is judged as it is written there."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from keyfit import verify
from keyfit.model.findings import Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.scan import Run, scan
from keyfit.scan.joins import join
from keyfit.scan.nesting import nest
from keyfit.settings import Settings
from keyfit.settings.stack_names import stack_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.findings import Finding
    from keyfit.model.stack import Stack
    from keyfit.scan import Report
    from keyfit.value import Value

KEYS = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - Sid: Account
                Effect: Allow
                Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
              - Sid: Personalize
                Effect: Allow
                Principal: {Service: personalize.amazonaws.com}
                Action: [kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey, %s, kms:ListGrants]
                Resource: "*"
      Alias:
        Type: AWS::KMS::Alias
        Properties: {AliasName: alias/films, TargetKeyId: !Ref Key}
    Outputs:
      Key: {Value: !GetAtt Key.Arn, Export: {Name: films-key}}
    """
GROUP = """
    Resources:
      Key: {Type: AWS::KMS::Key}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties:
          Name: films
          KmsKeyArn: %s
          RoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/films"
    """
ROLES = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: films
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Principal: {Service: %s}, Action: sts:AssumeRole}
          Policies:
            - PolicyName: key
              PolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Action: kms:*, Resource: "*"}]
    """


def stack(source: str, name: str, account: str | None = None) -> Stack:
    """One template."""
    return cloudformation.read(dedent(source), name, Given(Path.cwd(), account))


def outcomes(*stacks: Stack) -> dict[int, Finding]:
    """The findings of the first stack by rule, all stacks joined; no rule fails inside."""
    result = verify.check(join(stacks)[0])
    assert result.failures == ()
    return {each.rule: each for each in result.findings}


def test_an_import_is_what_the_one_other_template_exports() -> None:
    """The key's policy is judged as the other template writes it, and a note says which template that is."""
    group = stack(GROUP % "!ImportValue films-key", "group.yaml")
    assert outcomes(group)[101].verdict is Verdict.UNPROVEN
    good = outcomes(group, stack(KEYS % "kms:CreateGrant", "keys.yaml"))
    assert good[101].verdict is Verdict.HOLDS
    assert good[107].verdict is Verdict.HOLDS
    bad = outcomes(group, stack(KEYS % "kms:Encrypt", "keys.yaml"))
    assert bad[101].verdict is Verdict.BROKEN
    assert bad[101].message == "`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `keys.yaml:Key`"
    assert "`keys.yaml:Key` is taken as declared in `keys.yaml`" in [note.message for note in bad[101].notes]
    assert bad[101].notes[0].origin is not None
    assert bad[101].notes[0].origin.file == "keys.yaml"


def test_two_exports_of_one_name_are_no_answer() -> None:
    """Both are named."""
    first, second = (stack(KEYS % "kms:CreateGrant", name) for name in ("a.yaml", "b.yaml"))
    found = outcomes(stack(GROUP % "!ImportValue films-key", "group.yaml"), first, second)
    assert found[101].verdict is Verdict.UNPROVEN
    assert any("`a.yaml` and `b.yaml`" in note.message for note in found[101].notes)


def test_a_block_of_another_template_is_not_one_s_own() -> None:
    """Both templates call their key `Key`; rules about policies as written speak of the other's in its own template."""
    found = outcomes(
        stack(GROUP % "!ImportValue films-key", "group.yaml"), stack(KEYS % "kms:CreateGrant", "keys.yaml")
    )
    assert 405 not in found


def test_a_key_by_alias_is_found_where_one_other_template_makes_it() -> None:
    """The alias is still no key ARN."""
    group = stack(GROUP % "alias/films", "group.yaml")
    found = outcomes(group, stack(KEYS % "kms:Encrypt", "keys.yaml"))
    assert found[101].verdict is Verdict.BROKEN
    assert found[107].verdict is Verdict.BROKEN


def test_a_role_by_name_is_found_where_one_other_template_makes_it() -> None:
    """By its ARN with this account."""
    group = stack(GROUP % "!GetAtt Key.Arn", "group.yaml")
    assert outcomes(group)[105].verdict is Verdict.UNPROVEN
    assert outcomes(group, stack(ROLES % "personalize.amazonaws.com", "r.yaml"))[105].verdict is Verdict.HOLDS
    assert outcomes(group, stack(ROLES % "ec2.amazonaws.com", "r.yaml"))[105].verdict is Verdict.BROKEN


def test_a_role_is_one_of_its_account_and_not_of_a_region() -> None:
    """A key of another Region is no candidate, and a role is."""
    group = cloudformation.read(dedent(GROUP % "alias/films"), "g.yaml", Given(Path.cwd(), "111122223333", "eu-west-1"))
    given = Given(Path.cwd(), "111122223333", "us-east-1")
    others = (
        cloudformation.read(dedent(source), name, given)
        for name, source in (("r.yaml", ROLES % "ec2.amazonaws.com"), ("k.yaml", KEYS % "kms:Encrypt"))
    )
    found = outcomes(group, *others)
    assert found[105].verdict is Verdict.BROKEN
    assert found[101].verdict is Verdict.UNPROVEN


def test_a_stack_of_another_account_is_no_candidate() -> None:
    """Accounts that are known to differ contradict each other."""
    group = stack(GROUP % "alias/films", "group.yaml", "111122223333")
    keys = stack(KEYS % "kms:Encrypt", "keys.yaml", "444455556666")
    assert outcomes(group, keys)[101].verdict is Verdict.UNPROVEN


PARENT = """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties: {KeySpec: %s}
      Child:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: ./children/child.yaml
          Parameters: {KeyArn: !GetAtt Key.Arn, Stage: prod}
      Metrics:
        Type: AWS::Personalize::MetricAttribution
        Properties:
          Name: m
          DatasetGroupArn: arn:aws:personalize:us-east-1:111122223333:dataset-group/films
          Metrics: []
          MetricsOutputConfig:
            RoleArn: !GetAtt Child.Outputs.RoleArn
    """
CHILD = """
    Parameters:
      KeyArn: {Type: String, Default: ""}
      Stage: {Type: String, Default: dev}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties:
          Name: films
          KmsKeyArn: !If [IsProd, !Ref KeyArn, !Ref AWS::NoValue]
          RoleArn: !GetAtt Role.Arn
    Outputs:
      RoleArn: {Value: !GetAtt Role.Arn}
    """


def family(spec: str) -> list[Stack]:
    """The parent and its child, joined."""
    sources = {"parent.yaml": PARENT % spec, "children/child.yaml": CHILD}

    def reread(known: Stack, passed: Mapping[str, Value]) -> Stack:
        return cloudformation.read(dedent(sources[known.name]), known.name, Given(Path.cwd(), passed=passed))

    return list(nest([stack(source, name) for name, source in sources.items()], reread))


def test_a_nested_stack_is_judged_with_its_parent_s_parameters() -> None:
    """Its conditions are decided by what the parent passes, and its key is the parent's."""
    (child,) = [each for each in family("RSA_2048") if each.name == "children/child.yaml"]
    (finding,) = [each for each in verify.check(child).findings if each.rule == 401]
    assert (finding.verdict, finding.scenario) == (Verdict.BROKEN, None)
    assert finding.message == "key `parent.yaml:Key` is not a symmetric encryption key"
    (child,) = [each for each in family("SYMMETRIC_DEFAULT") if each.name == "children/child.yaml"]
    assert [each.verdict for each in verify.check(child).findings if each.rule == 401] == [Verdict.HOLDS]


def test_the_command_joins_what_it_scans(tmp_path: Path) -> None:
    """Templates of one folder, by import and by nesting."""
    (tmp_path / "children").mkdir()
    sources = {
        "parent.yaml": PARENT % "RSA_2048",
        "children/child.yaml": CHILD,
        "group.yaml": GROUP % "!ImportValue films-key",
        "keys.yaml": KEYS % "kms:Encrypt",
    }
    for name, source in sources.items():
        (tmp_path / name).write_text(dedent(source))
    found = {(Path(each.stack).name, each.rule): each.verdict for each in scan([tmp_path], Run(root=tmp_path)).findings}
    assert found["child.yaml", 401] is Verdict.BROKEN
    assert found["parent.yaml", 105] is Verdict.BROKEN
    assert found["group.yaml", 101] is Verdict.BROKEN


def test_a_parent_knows_what_its_nested_stack_gives_back() -> None:
    """The role of the child is judged in the parent, by the child's own trust policy."""
    (parent,) = [each for each in family("SYMMETRIC_DEFAULT") if each.name == "parent.yaml"]
    (finding,) = [each for each in verify.check(parent).findings if each.rule == 105]
    assert finding.verdict is Verdict.BROKEN
    assert finding.message == "`personalize.amazonaws.com` cannot assume role `children/child.yaml:Role`"


ENABLED = """
    Parameters: {Enabled: {Type: String, Default: "true"}}
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {Enabled: !Ref Enabled}}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}
    """


@pytest.mark.parametrize(
    ("parameters", "verdict"),
    [
        ("{}", Verdict.HOLDS),
        ("{Enabled: false}", Verdict.BROKEN),
        ("!If [IsProd, {Enabled: false}, !Ref AWS::NoValue]", Verdict.UNPROVEN),
        ("{Fn::Transform: {Name: AWS::Include}, Other: x}", Verdict.UNPROVEN),
        ("{Fn::Transform: {Name: AWS::Include}, Enabled: true}", Verdict.HOLDS),
    ],
)
def test_a_default_does_not_count_where_the_parent_can_pass_another_value(parameters: str, verdict: Verdict) -> None:
    """What is passed under a name that is not known can be the value of each parameter."""
    parent = f"""
    Parameters: {{Stage: {{Type: String}}}}
    Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
    Resources:
      Child:
        Type: AWS::CloudFormation::Stack
        Properties: {{TemplateURL: child.yaml, Parameters: {parameters}}}
    """
    sources = {"parent.yaml": parent, "child.yaml": ENABLED}

    def reread(known: Stack, passed: Mapping[str, Value]) -> Stack:
        return cloudformation.read(dedent(sources[known.name]), known.name, Given(Path.cwd(), passed=passed))

    stacks = nest([stack(source, name) for name, source in sources.items()], reread)
    (child,) = [each for each in stacks if each.name == "child.yaml"]
    assert [each.verdict for each in verify.check(child).findings if each.rule == 402] == [verdict]


NAMED = """
      Made: {Type: Custom::Name}
      Alias:
        Type: AWS::KMS::Alias
        Properties: {AliasName: %s, TargetKeyId: !Ref KeyArn}
    """


@pytest.mark.parametrize(
    ("role", "alias"),
    [
        ("!Ref Given", "alias/films"),
        ("!If [IsProd, !Ref Given, !Ref AWS::NoValue]", "alias/films"),
        ("!GetAtt Made.Name", "alias/films"),
        ("films", "!Ref Given"),
    ],
)
def test_names_that_nobody_knows_do_not_keep_a_child_from_its_parent(tmp_path: Path, role: str, alias: str) -> None:
    """What the parent passes is used all the same."""
    child = (
        CHILD.replace("Stage: {", "Given: {Type: String}\n      Stage: {")
        .replace("AssumeRole", f"RoleName: {role}\n          AssumeRole", 1)
        .replace("    Outputs:", NAMED.lstrip("\n").rstrip(" ") % alias + "    Outputs:")
    )
    (tmp_path / "children").mkdir()
    for path, source in {"parent.yaml": PARENT % "RSA_2048", "children/child.yaml": child}.items():
        (tmp_path / path).write_text(dedent(source))
    report = scan([tmp_path], Run(root=tmp_path))
    assert report.failures == ()
    found = {(Path(each.stack).name, each.rule): each.verdict for each in report.findings}
    assert found["child.yaml", 401] is Verdict.BROKEN


def nesting(folder: Path, children: Mapping[str, Mapping[str, str]]) -> Report:
    """A parent with these nested stacks, and what each passes to one template."""
    stacks = {
        name: {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": "c.yaml", "Parameters": dict(passed)},
        }
        for name, passed in children.items()
    }
    (folder / "p.json").write_text(json.dumps({"Resources": stacks}))
    (folder / "c.yaml").write_text(dedent(CHILD))
    return scan([folder], Run(root=folder))


def test_nested_stacks_that_are_alike_are_judged_once(tmp_path: Path) -> None:
    """Those that are passed something else are another one."""
    alike = {f"S{n}": {"Stage": "prod"} for n in range(5)}
    report = nesting(tmp_path, {**alike, "Other": {"Stage": "test"}})
    assert report.failures == ()
    assert sorted(Path(each.path).name for each in report.checked) == ["c.yaml", "c.yaml", "p.json"]


@pytest.mark.parametrize(("bound", "copies"), [("MOST", 2), ("MOST_PARTS", 1)])
def test_copies_of_nested_stacks_are_bounded_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, copies: int
) -> None:
    """What is beyond is an error of the template that nests it; the copies are judged. A child here has two parts."""
    monkeypatch.setattr(f"keyfit.scan.nesting.{bound}", 2)
    report = nesting(tmp_path, {f"S{n}": {"Stage": f"s{n}"} for n in range(5)})
    assert sorted(Path(each.path).name for each in report.checked) == ["c.yaml"] * copies + ["p.json"]
    (failure,) = report.failures
    assert failure.origin.file.endswith("p.json")
    told = f"is not judged as this template nests it, nor are {4 - copies} more: there are too many copies"
    assert failure.message.endswith(told)


# --- to a fixed point ---------------------------------------------------------------------------------------------

OWN_KEY = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: films
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Principal: {Service: personalize.amazonaws.com}, Action: sts:AssumeRole}]
          Policies:
            - PolicyName: key
              PolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Action: "kms:*", Resource: !ImportValue %s}]
    Outputs:
      Role: {Value: !GetAtt Role.Arn, Export: {Name: films-role}}
    """
IMPORTING = """
    Resources:
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: films, KmsKeyArn: !ImportValue films-key, RoleArn: !ImportValue films-role}
    """


def test_what_another_stack_imports_itself_is_joined_too() -> None:
    """The role's own policy names the key that a third stack exports: the same key as the group's."""
    group, keys = stack(IMPORTING, "group.yaml"), stack(KEYS % "kms:CreateGrant", "keys.yaml")
    for others in ((keys, stack(OWN_KEY % "films-key", "r.yaml")), (stack(OWN_KEY % "films-key", "r.yaml"), keys)):
        assert outcomes(group, *others)[102].verdict is Verdict.HOLDS
    other = outcomes(group, keys, stack(OWN_KEY % "books-key", "r.yaml"))
    assert other[102].verdict is Verdict.UNPROVEN


def test_a_value_that_comes_by_two_stacks_is_the_first_one_s() -> None:
    """One exports again what it imports."""
    again = """
    Resources: {Topic: {Type: AWS::SNS::Topic}}
    Outputs: {Key: {Value: !ImportValue films-key, Export: {Name: key-of-films}}}
    """
    group = stack(GROUP % "!ImportValue key-of-films", "group.yaml")
    found = outcomes(group, stack(again, "again.yaml"), stack(KEYS % "kms:Encrypt", "keys.yaml"))
    assert found[101].verdict is Verdict.BROKEN
    assert "on key `keys.yaml:Key`" in found[101].message


def test_stacks_that_export_to_each_other_are_no_endless_circle() -> None:
    """Each imports what it exports itself, by way of the other: nobody knows what that is."""
    circle = """
    Resources: {Topic: {Type: AWS::SNS::Topic}}
    Outputs: {Key: {Value: !ImportValue %s, Export: {Name: %s}}}
    """
    stacks = (stack(circle % ("b", "a"), "a.yaml"), stack(circle % ("a", "b"), "b.yaml"))
    assert outcomes(stack(GROUP % "!ImportValue a", "group.yaml"), *stacks)[101].verdict is Verdict.UNPROVEN


@pytest.mark.parametrize("width", [12])
def test_references_that_fan_out_are_followed_once(width: int) -> None:
    """Each stack's export is made of two of the next one's: 2 to the power of 12 if nothing was remembered."""
    fan = """
    Resources: {{Topic: {{Type: AWS::SNS::Topic}}}}
    Outputs:
      One: {{Value: !Sub ["${{A}}${{B}}", {{A: !ImportValue a{0}, B: !ImportValue b{0}}}], Export: {{Name: a{1}}}}}
      Two: {{Value: !Sub ["${{B}}${{A}}", {{A: !ImportValue a{0}, B: !ImportValue b{0}}}], Export: {{Name: b{1}}}}}
    """
    stacks = [stack(fan.format(number + 1, number), f"s{number}.yaml") for number in range(width)]
    assert outcomes(stack(GROUP % "!ImportValue a0", "group.yaml"), *stacks)[101].verdict is Verdict.UNPROVEN


def test_an_export_of_another_region_is_no_candidate() -> None:
    """Exports are of one account and Region."""

    def regional(source: str, name: str, region: str) -> Stack:
        return cloudformation.read(dedent(source), name, Given(Path.cwd(), region=region))

    group = regional(GROUP % "!ImportValue films-key", "group.yaml", "eu-west-1")
    far, near = (regional(KEYS % "kms:CreateGrant", f"{each}.yaml", each) for each in ("us-east-1", "eu-west-1"))
    assert outcomes(group, far)[101].verdict is Verdict.UNPROVEN
    assert outcomes(group, far, near)[101].verdict is Verdict.HOLDS


SIBLINGS = """
    Resources:
      Groups:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: children/child.yaml
          Parameters: {KeyArn: !GetAtt Keys.Outputs.Key, Stage: prod}
      Keys:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: keys.yaml}
    """


@pytest.mark.parametrize(("action", "verdict"), [("CreateGrant", Verdict.HOLDS), ("Encrypt", Verdict.BROKEN)])
def test_a_nested_stack_has_what_its_sibling_gives_back(tmp_path: Path, action: str, verdict: Verdict) -> None:
    """In whatever order the parent has them."""
    (tmp_path / "children").mkdir()
    sources = {"parent.yaml": SIBLINGS, "children/child.yaml": CHILD, "keys.yaml": KEYS % f"kms:{action}"}
    for path, source in sources.items():
        (tmp_path / path).write_text(dedent(source))
    report = scan([tmp_path], Run(root=tmp_path))
    assert report.failures == ()
    (found,) = [each for each in report.findings if each.rule == 101]
    assert (Path(found.stack).name, found.verdict) == ("child.yaml", verdict)
    assert found.about.key == f"{tmp_path / 'keys.yaml'}:Key"


@pytest.mark.parametrize("made", ["sibling", "parent"])
def test_a_role_that_another_stack_makes_is_there_before_the_key(tmp_path: Path, made: str) -> None:
    """A key policy names it by what the stack is passed: no reference of its own could make it first."""
    allow = '{Effect: Allow, Principal: {Service: x.amazonaws.com}, Action: "sts:AssumeRole"}'
    trust = f'{{Version: "2012-10-17", Statement: [{allow}]}}'
    role = f"Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {trust}}}}}"
    roles = f"Resources:\n  {role}\nOutputs:\n  Arn: {{Value: !GetAtt Role.Arn}}\n"
    nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s.yaml%s}}"
    first = f"Roles: {nested % ('roles', '')}" if made == "sibling" else role
    passed = "!GetAtt Roles.Outputs.Arn" if made == "sibling" else "!GetAtt Role.Arn"
    parent = f"Resources:\n  {first}\n  Keys: {nested % ('key', f', Parameters: {{Arn: {passed}}}')}\n"
    key = """
    Parameters: {Arn: {Type: String}}
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}
              - {Effect: Allow, Principal: {AWS: !Ref Arn}, Action: kms:Decrypt, Resource: "*"}
    """
    for name, text in {"parent": parent, "roles": roles, "key": dedent(key)}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    report = scan([tmp_path], Run(Settings(all_keys=True), root=tmp_path))
    assert report.failures == ()
    assert {each.verdict for each in report.findings if each.rule == 406} == {Verdict.HOLDS}


def test_copies_of_one_template_are_not_taken_for_each_other(tmp_path: Path) -> None:
    """The same template nested twice makes two keys: what is passed from the one is not the other's."""
    parent = """
    Resources:
      First: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: key.yaml, Parameters: {Spec: RSA_2048}}}
      Second:
        Type: AWS::CloudFormation::Stack
        Properties: {TemplateURL: key.yaml, Parameters: {Spec: SYMMETRIC_DEFAULT}}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: films, KmsKeyArn: !GetAtt %s.Outputs.Key, RoleArn: 'arn:aws:iam::111122223333:role/r'}
    """
    key = """
    Parameters: {Spec: {Type: String}}
    Resources: {Key: {Type: AWS::KMS::Key, Properties: {KeySpec: !Ref Spec}}}
    Outputs: {Key: {Value: !GetAtt Key.Arn}}
    """
    (tmp_path / "key.yaml").write_text(dedent(key))
    for name, verdict in {"First": Verdict.BROKEN, "Second": Verdict.HOLDS}.items():
        (tmp_path / "parent.yaml").write_text(dedent(parent % name))
        found = {each.rule: each.verdict for each in scan([tmp_path], Run(root=tmp_path)).findings}
        assert found[401] is verdict


APPLICATION = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Keys: {Type: AWS::Serverless::Application, Properties: {Location: %s}}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: films, KmsKeyArn: !GetAtt Keys.Outputs.Key, RoleArn: 'arn:aws:iam::111122223333:role/r'}
    """


@pytest.mark.parametrize(
    ("location", "verdict", "seen"),
    [
        ("./keys/template.yaml", Verdict.BROKEN, []),
        ("lost/template.yaml", Verdict.UNPROVEN, ["the template of nested stack `Keys` is not judged with this one"]),
        (
            "{ApplicationId: 'arn:aws:x', SemanticVersion: 1.0.0}",
            Verdict.UNPROVEN,
            ["what `Keys` deploys is not looked into"],
        ),
    ],
)
def test_an_application_by_a_local_path_is_a_nested_stack(
    tmp_path: Path, location: str, verdict: Verdict, seen: list[str]
) -> None:
    """As SAM has it in the source and in its build folder; one of a repository is elsewhere."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/template.yaml").write_text(dedent(KEYS % "kms:Encrypt"))
    (tmp_path / "template.yaml").write_text(dedent(APPLICATION % location))
    report = scan([tmp_path], Run(root=tmp_path))
    assert report.failures == ()
    assert [each.verdict for each in report.findings if each.rule == 101] == [verdict]
    told = [each.message for each in report.findings if each.rule == 1]
    assert told == seen


# --- exports that are named after something -----------------------------------------------------------------------


def exporting(name: str, before: str = "", called: str | None = None) -> Stack:
    """The key, exported under that name."""
    source = before + KEYS.replace("{Name: films-key}", f"{{Name: !Sub '{name}'}}") % "kms:Encrypt"
    return cloudformation.read(dedent(source), "keys.yaml", Given(Path.cwd(), stack_name=called))


STAGE = "    Parameters: {Stage: {Type: String}}\n"


def test_an_export_that_is_named_after_the_stack_is_found_once_the_stack_has_a_name() -> None:
    """Before that, the help says what to give; a name that the stack cannot have is none."""
    group = stack(GROUP % "!ImportValue films-key", "group.yaml")
    assert outcomes(group, exporting("${AWS::StackName}-key", called="films"))[101].verdict is Verdict.BROKEN
    assert outcomes(group, exporting("${AWS::StackName}-key", called="books"))[101].verdict is Verdict.UNPROVEN
    found = outcomes(group, exporting("${AWS::StackName}-key"))[101]
    assert found.verdict is Verdict.UNPROVEN
    helps = [each.message for each in every_note(found, COMMAND_LINE)]
    assert "pass `--stack-name keys.yaml=NAME`" in helps
    assert not any("together" in each for each in helps)
    other = outcomes(group, exporting("${AWS::StackName}-role"))[101]
    assert any("together" in each.message for each in every_note(other, COMMAND_LINE))


@pytest.mark.parametrize(
    ("imported", "exported", "verdict"),
    [
        ("${Stage}-key", "${Stage}-key", Verdict.BROKEN),
        ("${Stage}-key", "${Stage}-role", Verdict.UNPROVEN),
        ("${Other}-key", "${Stage}-key", Verdict.UNPROVEN),
    ],
)
def test_a_parameter_that_both_have_names_the_same_export(imported: str, exported: str, verdict: Verdict) -> None:
    """Where neither has a value, it is taken to be one; another parameter's can be another."""
    before = STAGE.replace("{Stage", "{Other: {Type: String}, Stage")
    group = stack(before + GROUP % f"!ImportValue {{'Fn::Sub': '{imported}'}}", "group.yaml")
    assert outcomes(group, exporting(exported, STAGE))[101].verdict is verdict


def test_the_settings_name_stacks(tmp_path: Path) -> None:
    """By the paths of their templates, from the settings file on; what is no template, and no name, is an error."""
    (tmp_path / "keys.yaml").write_text(
        dedent(KEYS.replace("films-key", "!Sub '${AWS::StackName}-key'") % "kms:Encrypt")
    )
    (tmp_path / "group.yaml").write_text(dedent(GROUP % "!ImportValue films-key"))
    for name, verdict in {"films": {Verdict.BROKEN}, "books": {Verdict.UNPROVEN}}.items():
        (tmp_path / "keyfit.toml").write_text(f'[stack-names]\n"keys.yaml" = "{name}"\n')
        report = scan([tmp_path], Run(root=tmp_path))
        assert report.failures == ()
        assert {each.verdict for each in report.findings if each.rule == 101} == verdict
        assert report.sources[0].effects == (f"names stacks `{name}`",)
    given = Settings(stack_names=dict([stack_name(f"{tmp_path}/keys.yaml=films", Path())]))
    found = scan([tmp_path], Run(given, root=tmp_path)).findings
    assert {each.verdict for each in found if each.rule == 101} == {Verdict.BROKEN}
    for wrong in ('"lost.yaml" = "films"', '"keys.yaml" = "a b"', '"keys.yaml" = 1'):
        (tmp_path / "keyfit.toml").write_text(f"[stack-names]\n{wrong}\n")
        assert scan([tmp_path], Run(root=tmp_path)).failures


# --- by parameters of Systems Manager -----------------------------------------------------------------------------

STORED = """
    Resources:
      Stored: {Type: AWS::SSM::Parameter, Properties: {Name: %s, Type: %s, Value: !GetAtt Key.Arn}}
    """
READING = """
    Parameters: {KeyArn: {Type: "AWS::SSM::Parameter::Value<String>", Default: /films/key}}
    """


def storing(name: str = "/films/key", kind: str = "String") -> Stack:
    """The key, whose ARN a parameter has."""
    own = STORED % (name, kind)
    return stack(KEYS.replace("    Resources:\n", own[1:].rstrip(" "), 1) % "kms:Encrypt", "keys.yaml")


@pytest.mark.parametrize(
    ("written", "before"),
    [
        ("'{{resolve:ssm:/films/key}}'", ""),
        ("!Sub '{{resolve:ssm:/films/${Last}}}'", "    Parameters: {Last: {Type: String, Default: key}}\n"),
        ("!Ref KeyArn", READING),
    ],
)
def test_a_stored_parameter_is_what_another_template_creates_it_with(written: str, before: str) -> None:
    """Where exactly one does, under that name; a secret is none, nor is a version."""
    group = stack(before + GROUP % written, "group.yaml")
    assert outcomes(group)[101].verdict is Verdict.UNPROVEN
    found = outcomes(group, storing())
    assert (found[101].verdict, found[101].about.key) == (Verdict.BROKEN, "keys.yaml:Key")
    assert outcomes(group, storing("/books/key"))[101].verdict is Verdict.UNPROVEN
    assert outcomes(group, storing(), storing())[101].verdict is Verdict.UNPROVEN
    assert outcomes(group, storing(kind="SecureString"))[101].verdict is Verdict.UNPROVEN


def test_a_version_of_a_stored_parameter_is_not_what_is_created() -> None:
    """It can be an older one."""
    group = stack(GROUP % "'{{resolve:ssm:/films/key:3}}'", "group.yaml")
    assert outcomes(group, storing())[101].verdict is Verdict.UNPROVEN


LISTED = """
    Parameters: {KeyArns: {Type: "AWS::SSM::Parameter::Value<%s>", Default: /films/key}}
    """


@pytest.mark.parametrize("kind", ["List<String>", "CommaDelimitedList"])
@pytest.mark.parametrize(
    ("number", "holds", "verdict"),
    [
        (0, "!Sub '${Key.Arn},other'", Verdict.BROKEN),
        (1, "!Join [',', [other, !GetAtt Key.Arn]]", Verdict.BROKEN),
        (1, "!Sub '${Key.Arn},other'", Verdict.UNPROVEN),  # another key
        (2, "!Sub '${Key.Arn},other'", Verdict.UNPROVEN),  # there is none
    ],
)
def test_an_element_of_a_stored_list_is_what_another_template_creates_it_with(
    kind: str, number: int, holds: str, verdict: Verdict
) -> None:
    """A list parameter takes the text of a `StringList` apart at its commas."""
    group = stack(LISTED % kind + GROUP % f"!Select [{number}, !Ref KeyArns]", "group.yaml")
    assert outcomes(group)[101].verdict is Verdict.UNPROVEN
    own = STORED.replace("!GetAtt Key.Arn", f'"{holds}"').replace('"!', "!").replace('"}}', "}}") % (
        "/films/key",
        "StringList",
    )
    keys = stack(KEYS.replace("    Resources:\n", own[1:].rstrip(" "), 1) % "kms:Encrypt", "keys.yaml")
    assert keys.problems == ()
    assert outcomes(group, keys)[101].verdict is verdict


def test_a_stored_list_as_a_whole_is_the_list() -> None:
    """The principals of a key policy, of whom one is the role."""
    group = stack(
        LISTED % "List<String>"
        + GROUP.replace(
            "Key: {Type: AWS::KMS::Key}",
            'Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, '
            'Principal: {AWS: !Ref KeyArns}, Action: "kms:*", Resource: "*"}]}}}',
        )
        % "!GetAtt Key.Arn",
        "group.yaml",
    )
    assert outcomes(group)[102].verdict is Verdict.UNPROVEN
    stored = """
    Resources:
      Stored:
        Type: AWS::SSM::Parameter
        Properties: {Name: /films/key, Type: StringList, Value: !Sub "%s"}
    """
    named = "arn:aws:iam::${AWS::AccountId}:role/x,arn:aws:iam::${AWS::AccountId}:role/films"
    assert outcomes(group, stack(stored % named, "stored.yaml"))[102].verdict is Verdict.HOLDS
