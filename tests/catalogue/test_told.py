"""What findings say: no answer less precise than what is known, no note twice, no help that cannot help."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from keyfit.catalogue.rules.personalize_pass_role import MOST
from keyfit.model.findings import NoteKind, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.verify import check

if TYPE_CHECKING:
    from keyfit.model.findings import Finding

ROOT = '{Sid: Root, Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}'
FIVE = '["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]'
BOTH = "{AWS: !GetAtt Role.Arn, Service: personalize.amazonaws.com}"
USE = f'{{Sid: Use, Effect: Allow, Principal: {BOTH}, Action: {FIVE}, Resource: "*"}}'
TEMPLATE = """
    Parameters:
      KeyArn: {{Type: String, Default: ""}}
      RoleArn: {{Type: String, Default: ""}}
    Conditions:
      OwnKey: !Equals [!Ref KeyArn, ""]
      OwnRole: !Equals [!Ref RoleArn, ""]
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy: {policy}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              - {{Effect: Allow, Principal: {{Service: personalize.amazonaws.com}}, Action: sts:AssumeRole}}
    {properties}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties:
          Name: films
          KmsKeyArn: {key}
          RoleArn: {role}
    {more}
    """


def findings(
    number: int,
    *statements: str,
    key: str = "!GetAtt Key.Arn",
    role: str = "!GetAtt Role.Arn",
    policy: str = "",
    properties: str = "",
    more: str = "",
) -> list[Finding]:
    """What one rule finds in a dataset group with a key and a role."""
    written = policy or f"{{Statement: [{', '.join((ROOT, *statements))}]}}"
    parts = {"properties": indent(dedent(properties), " " * 6), "more": indent(dedent(more), "  ")}
    source = dedent(TEMPLATE).format(policy=written, key=key, role=role, **parts)
    result = check(cloudformation.read(source, "stack.yaml", Given(Path.cwd())))
    assert result.failures == ()
    return [found for found in result.findings if found.rule == number]


def told(finding: Finding, kind: NoteKind) -> list[str]:
    """The notes of one kind."""
    return [note.message for note in every_note(finding, COMMAND_LINE) if note.kind is kind]


def test_a_deny_without_transport_security_takes_no_control_away() -> None:
    """KMS answers on TLS alone."""
    deny = (
        '{Effect: Deny, Principal: "*", Action: "kms:*", Resource: "*", Condition: {Bool: {"aws:SecureTransport": %s}}}'
    )
    assert [each.verdict for each in findings(405, USE, deny % "false")] == [Verdict.HOLDS]
    assert [each.verdict for each in findings(405, USE, deny % "true")] == [Verdict.UNPROVEN]


@pytest.mark.parametrize("key", ["alias/elsewhere", "12345678-1234-1234-1234-123456789012"])
def test_a_name_without_a_region_is_looked_up_where_the_consumer_is(key: str) -> None:
    """An alias name or key id says nothing of a Region, so KMS takes that of the call."""
    assert [each.verdict for each in findings(403, USE, key=key)] == [Verdict.HOLDS]


def test_a_parameter_that_is_not_empty_is_given() -> None:
    """A key of the template with a role that the user names, and the other way round."""
    key, role = "!If [OwnKey, !GetAtt Key.Arn, !Ref KeyArn]", "!If [OwnRole, !GetAtt Role.Arn, !Ref RoleArn]"
    assert [each.verdict for each in findings(106, USE, key=key, role=role)] == [Verdict.HOLDS]
    assert [each.verdict for each in findings(106, USE, key="!Ref KeyArn")] == [Verdict.BROKEN]


def test_what_is_unknown_for_another_value_of_a_parameter_says_how_to_give_one() -> None:
    """The default makes a key, any other value names one outside."""
    (finding,) = findings(101, USE, key="!If [OwnKey, !GetAtt Key.Arn, !Ref KeyArn]")
    assert finding.verdict is Verdict.UNPROVEN
    assert finding.message == "cannot tell whether `personalize.amazonaws.com` can use the key `${KeyArn}`"
    assert told(finding, NoteKind.NOTE) == ["it depends on parameter `KeyArn`"]
    assert told(finding, NoteKind.HELP) == ["pass `--parameter KeyArn=VALUE`"]


def test_a_key_is_shown_as_it_is_referred_to() -> None:
    """`!Ref Key`, and a dynamic reference."""
    (finding,) = findings(107, USE, key="!Ref Key")
    assert finding.message == "`KmsKeyArn` is the key ID `${Key}`, not the key ARN that Personalize expects"
    (finding,) = findings(101, USE, key="'{{resolve:ssm:/key}}'")
    assert finding.message.endswith("can use the key `{{resolve:ssm:/key}}`")


def test_what_aws_does_not_document_no_flag_makes_known() -> None:
    """A condition on the account that Personalize passes on, or does not: `--account` would not tell."""
    condition = '{StringEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}'
    (finding,) = findings(101, f"{USE[:-1]}, Condition: {condition}}}")
    assert finding.verdict is Verdict.UNPROVEN
    unknown = "AWS does not document whether the request has `aws:SourceAccount`, and with which value"
    assert told(finding, NoteKind.NOTE).count(unknown) == 1
    assert told(finding, NoteKind.HELP) == []


@pytest.mark.parametrize(
    "key",
    [
        "aws:CurrentTime",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalTag/team",
        "aws:ResourceOrgID",
    ],
)
def test_what_the_account_or_the_call_decides_the_source_does_not_tell(key: str) -> None:
    """AWS documents when a request has it: an organization, a tag, a moment is what is not known."""
    condition = f'{{StringEquals: {{"{key}": x}}}}'
    (finding,) = findings(102, f"{USE[:-1]}, Condition: {condition}}}")
    assert finding.verdict is Verdict.UNPROVEN
    unknown = f"the source does not say whether the request has `{key}`, and with which value"
    assert told(finding, NoteKind.NOTE).count(unknown) == 1
    assert told(finding, NoteKind.HELP) == []


def test_the_aliases_that_are_made_elsewhere_the_source_does_not_tell() -> None:
    """A key can have an alias that another stack makes; a key policy cannot ask for one."""
    condition = '{"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias/x}}'
    statement = f'{{Effect: Allow, Action: {FIVE}, Resource: "*", Condition: {condition}}}'
    own = f"Policies: [{{PolicyName: own, PolicyDocument: {{Statement: [{statement}]}}}}]"
    (finding,) = findings(102, properties=own)
    words = "the source does not say whether the request has `kms:ResourceAliases`, and with which value"
    assert words in told(finding, NoteKind.NOTE)
    alias = "Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/y, TargetKeyId: !Ref Key}}"
    (finding,) = findings(102, properties=own, more=alias)
    assert "the source does not say which further aliases the key has" in told(finding, NoteKind.NOTE)
    (finding,) = findings(102, f"{USE[:-1]}, Condition: {condition}}}")
    assert "AWS does not document what `kms:ResourceAliases` does in a key policy" in told(finding, NoteKind.NOTE)


@pytest.mark.parametrize(
    ("properties", "more", "missing"),
    [
        ("    Policies: [{PolicyName: p}]", "", "the `PolicyDocument` of policy `p` of `Role`"),
        ("    Policies: [{}]", "", "the `PolicyDocument` of a policy of `Role`"),
        (
            "",
            "Own: {Type: AWS::IAM::RolePolicy, Properties: {PolicyName: p, RoleName: !Ref Role}}",
            "the `PolicyDocument` of `Own`",
        ),
        (
            "",
            "Own: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref Role]}}",
            "the `PolicyDocument` of `Own`",
        ),
        ("", "Own: {Type: AWS::IAM::ManagedPolicy, Properties: {Roles: [!Ref Role]}}", "the `PolicyDocument` of `Own`"),
    ],
)
def test_what_is_missing_is_to_be_added(properties: str, more: str, missing: str) -> None:
    """A policy without a document can be anything."""
    (finding,) = findings(102, USE, properties=properties, more=more)
    assert finding.verdict is Verdict.UNPROVEN
    assert any(each.endswith(f"cannot be read: {missing} is missing") for each in told(finding, NoteKind.NOTE))
    assert told(finding, NoteKind.HELP) == [f"add {missing}"]


def test_a_condition_key_is_spelled_as_aws_spells_it() -> None:
    """`kms:CallerAccount`, whatever the case it is looked up in."""
    condition = '{StringEquals: {"kms:CallerAccount": !Ref AWS::AccountId}}'
    (finding,) = findings(101, f"{USE[:-1]}, Condition: {condition}}}")
    assert any("`kms:CallerAccount`, and with which value" in each for each in told(finding, NoteKind.NOTE))


def test_a_policy_that_cannot_be_read_is_told_once() -> None:
    """As the reason why its statement cannot be read, not beside it."""
    (finding,) = findings(101, policy="7")
    notes = told(finding, NoteKind.NOTE)
    assert [each for each in notes if "a policy is a number" in each] == notes
    assert len(notes) == 1


def test_a_default_key_policy_is_not_there_to_be_added_to() -> None:
    """The key has to be given one."""
    (finding,) = findings(101, policy="!Ref AWS::NoValue")
    (advice,) = told(finding, NoteKind.HELP)
    assert advice.startswith(
        "add a key policy to key `Key`: the default statement, and one that allows `kms:Decrypt`, "
    )


def test_a_boundary_is_called_by_its_own_name() -> None:
    """A policy without a name has its logical id, and is not the boundary of itself."""
    boundary = """
      Limit:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument: {Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}
    """
    (finding,) = findings(102, USE, properties="    PermissionsBoundary: !Ref Limit", more=boundary)
    assert "statement 1 of permissions boundary `Limit` allows only `s3:*`" in told(finding, NoteKind.NOTE)


CREATOR = """
      Creator:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Statement: []}
          Policies:
            - PolicyName: create
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: "personalize:*", Resource: "*"}
                  - {Effect: Allow, Action: "iam:PassRole", Resource: PASSED}
    """
FURTHER = """
      R%d:
        Type: AWS::IAM::Role
        Properties: {AssumeRolePolicyDocument: {Statement: []}}
      G%d:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: g, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt R%d.Arn}
    """


@pytest.mark.parametrize(
    ("passed", "count", "verdict", "message"),
    [
        ("x", 1, Verdict.BROKEN, "role `Creator` cannot pass role `Role` and role `R0`"),
        ("!GetAtt R0.Arn", 1, Verdict.BROKEN, "role `Creator` cannot pass role `Role`"),
        (
            "x",
            9,
            Verdict.BROKEN,
            "role `Creator` cannot pass role `Role`, role `R0`, role `R1` and 7 more",
        ),
        (
            "x",
            MOST,
            Verdict.BROKEN,
            "role `Creator` cannot pass role `Role`, role `R0`, role `R1` and at least 47 more",
        ),
        (
            '"*"',
            MOST - 1,
            Verdict.HOLDS,
            "role `Creator` can pass role `Role`, role `R0`, role `R1` and 47 more",
        ),
        (
            '"*"',
            MOST,
            Verdict.UNPROVEN,
            "cannot tell whether role `Creator` can pass role `R49`",
        ),
    ],
)
def test_all_roles_that_an_identity_passes_are_one_finding(
    passed: str, count: int, verdict: Verdict, message: str
) -> None:
    """What cannot be passed speaks; beyond so many nobody asks, and nothing is claimed."""
    more = CREATOR.replace("PASSED", passed) + "".join(FURTHER % (n, n, n) for n in range(count))
    (finding,) = findings(109, USE, more=more)
    assert (finding.verdict, finding.message) == (verdict, f"{message} to `personalize.amazonaws.com`")


@pytest.mark.parametrize(("count", "told_", "more"), [(8, 8, 0), (12, 8, 4)])
def test_so_many_open_statements_are_told_and_how_many_more(count: int, told_: int, more: int) -> None:
    """Who settles these can ask again."""
    condition = '{StringEquals: {"aws:SourceAccount": "%012d"}}'
    allow = '{Sid: S%d, Effect: Allow, Principal: {Service: personalize.amazonaws.com}, Action: "kms:*", Resource: "*"'
    statements = [f"{allow % n}, Condition: {condition % n}}}" for n in range(count)]
    (finding,) = findings(101, *statements)
    assert finding.verdict is Verdict.UNPROVEN
    notes = told(finding, NoteKind.NOTE)
    assert sum(note.startswith("statement `S") and "requires" in note for note in notes) == told_
    assert [note for note in notes if "more statements" in note] == [
        f"{more} more statements are open for it, too"
    ] * bool(more)


def test_a_role_that_cannot_be_passed_is_told_once_for_all_that_need_it() -> None:
    """One finding for an identity and a role, however many consumers name the role."""
    other = """
      Creator:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: {Statement: []}
          Policies:
            - PolicyName: create
              PolicyDocument: {Statement: {Effect: Allow, Action: "personalize:*", Resource: "*"}}
      Other:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: books, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Role.Arn}
    """
    (finding,) = findings(109, USE, more=other)
    assert finding.message == "role `Creator` cannot pass role `Role` to `personalize.amazonaws.com`"
