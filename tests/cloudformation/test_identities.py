"""Roles, users and groups of templates, with every policy tied to them."""

import pytest

from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.policies import Policy
from keyfit.value import Object, Position, Unknown
from tests.cloudformation.making import shown, stack

DOCUMENT = "{Statement: [{Effect: Allow, Action: 'kms:Decrypt', Resource: '*'}]}"


def told(policy: Policy) -> str:
    """A policy in a short form: how it is tied, whose it is, whether it is there, what is known of it."""
    what = policy.arn and shown(policy.arn) if policy.document is None else ""
    if isinstance(policy.document, Unknown):
        what = shown(policy.document)
    return " ".join([policy.kind.name, policy.owner, policy.present.truth.name, what or policy.name]).strip()


def identity(source: str, address: str = "Role") -> Identity:
    """An identity of a template that has parameters Open and Env, and the condition IsProd."""
    head = "Parameters: {Open: {Type: String}, Names: {Type: CommaDelimitedList}, Env: {Type: String, Default: dev}}\n"
    conditions = "Conditions: {IsProd: !Equals [!Ref Env, prod]}\nResources:\n"
    found = stack(head + conditions + source).identities
    return next(each for each in found if each.block.address == address)


ROLE = "  Role: {Type: AWS::IAM::Role, Properties: "
AWS = "arn:aws:iam::aws:policy/"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{ROLE}{{}}}}\n", []),
        (f"{ROLE}{{Policies: [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}]}}}}\n", ["INLINE Role YES p"]),
        (f"{ROLE}{{Policies: !Ref Open}}}}\n", ["INLINE Role YES ?NO_VALUE(Open)"]),
        (f"{ROLE}{{Policies: [!Ref Open]}}}}\n", ["INLINE Role YES ?NO_VALUE(Open)"]),
        (
            f"{ROLE}{{Policies: [!If [IsProd, {{PolicyName: p}}, !Ref AWS::NoValue]]}}}}\n",
            ["INLINE Role YES ?UNDECIDED(condition `IsProd`)[Env]"],
        ),
        (
            f"{ROLE}{{Policies: [5]}}}}\n",
            ["INLINE Role YES ?INVALID(`PolicyDocument` is in a number, not in a map)"],
        ),
        (
            f"{ROLE}{{Policies: [{{PolicyName: p}}]}}}}\n",
            ["INLINE Role YES ?MISSING(the `PolicyDocument` of policy `p` of `Role`)"],
        ),
        (f"{ROLE}{{Policies: 5}}}}\n", ["INLINE Role YES ?INVALID(`PolicyDocument` is in a number, not in a map)"]),
        (f"{ROLE}{{ManagedPolicyArns: ['{AWS}ReadOnlyAccess']}}}}\n", [f"AWS_MANAGED Role YES {AWS}ReadOnlyAccess"]),
        (
            f"{ROLE}{{ManagedPolicyArns: [!Sub 'arn:${{AWS::Partition}}:iam::aws:policy/X']}}}}\n",
            ["AWS_MANAGED Role YES arn:${partition}:iam::aws:policy/X"],
        ),
        (
            f"{ROLE}{{ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/mine']}}}}\n",
            ["OUTSIDE Role YES arn:aws:iam::111122223333:policy/mine"],
        ),
        (f"{ROLE}{{ManagedPolicyArns: [!Ref Open]}}}}\n", ["OUTSIDE Role YES ${?NO_VALUE(Open)}"]),
        (f"{ROLE}{{ManagedPolicyArns: !Ref Names}}}}\n", ["MANAGED Role MAYBE ?NO_VALUE(Names)"]),
        (
            f"{ROLE}{{ManagedPolicyArns: [!If [IsProd, a, !Ref AWS::NoValue]]}}}}\n",
            ["MANAGED Role MAYBE ?UNDECIDED(condition `IsProd`)[Env]"],
        ),
        (
            (
                f"{ROLE}{{ManagedPolicyArns: [!Ref P]}}}}\n  P: {{Type: AWS::IAM::ManagedPolicy, Properties: "
                f"{{ManagedPolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["MANAGED P YES n"],
        ),
        (
            (
                f"{ROLE}{{ManagedPolicyArns: [!Sub 'arn:aws:iam::${{AWS::AccountId}}:policy/n']}}}}\n"
                f"  P: {{Type: AWS::IAM::ManagedPolicy, Condition: IsProd, Properties: {{Managed"
                f"PolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["MANAGED P MAYBE n"],
        ),
        (
            (
                f"{ROLE}{{}}}}\n  P: {{Type: AWS::IAM::Policy, Properties: "
                f"{{PolicyName: n, Roles: [!Ref Role], PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["INLINE P YES n"],
        ),
        (
            (
                f"{ROLE}{{}}}}\n  P: {{Type: AWS::IAM::Policy, Condition: IsProd, Properties: "
                f"{{PolicyName: n, Roles: [!Ref Role]}}}}\n"
            ),
            ["INLINE P MAYBE ?MISSING(the `PolicyDocument` of `P`)"],
        ),
        (
            (
                f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [r, s], "
                f"PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["MANAGED P YES P"],
        ),
        (f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::Policy, Properties: {{Roles: [s]}}}}\n", []),
        (f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::Policy, Properties: {{Users: [r]}}}}\n", []),
        (
            (
                f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref Open], "
                f"PolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["INLINE P MAYBE n"],
        ),
        (
            (
                f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::Policy, Properties: {{Roles: !Ref Names, "
                f"PolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["INLINE P MAYBE n"],
        ),
        (
            (
                f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::RolePolicy, Properties: {{RoleName: !Ref Role, "
                f"PolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
            ),
            ["INLINE P YES n"],
        ),
        (f"{ROLE}{{RoleName: r}}}}\n  P: {{Type: AWS::IAM::UserPolicy, Properties: {{UserName: r}}}}\n", []),
    ],
)
def test_a_role_has_the_policies_tied_to_it_from_either_side(source: str, expected: list[str]) -> None:
    """Its own, those it names, and those that name it; what is not known may be there."""
    assert [told(each) for each in identity(source).policies] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref P", "BOUNDARY P YES n"),
        (f"{AWS}PowerUserAccess", f"AWS_MANAGED Role YES {AWS}PowerUserAccess"),
        ("!Ref Open", "OUTSIDE Role YES ${?NO_VALUE(Open)}"),
        ("!If [IsProd, !Ref P, !Ref AWS::NoValue]", "BOUNDARY Role MAYBE ?UNDECIDED(condition `IsProd`)[Env]"),
        ("!Ref AWS::NoValue", None),
        ("[a]", "BOUNDARY Role MAYBE ?INVALID(the ARN of a policy is not a string)"),
    ],
)
def test_a_boundary_is_a_policy_by_its_arn(written: str, expected: str | None) -> None:
    """One of the template, of AWS, or of neither."""
    policy = (
        f"  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: n, PolicyDocument: {DOCUMENT}}}}}\n"
    )
    boundary = identity(f"{ROLE}{{PermissionsBoundary: {written}}}}}\n{policy}").boundary
    assert (None if boundary is None else told(boundary)) == expected


def test_a_users_policies_hold_its_groups() -> None:
    """Groups that it names, and groups that an addition names it for."""
    source = f"""
  User: {{Type: AWS::IAM::User, Properties: {{Groups: [!Ref One]}}}}
  One: {{Type: AWS::IAM::Group, Properties: {{Policies: [{{PolicyName: a, PolicyDocument: {DOCUMENT}}}]}}}}
  Two: {{Type: AWS::IAM::Group, Condition: IsProd, Properties: {{ManagedPolicyArns: ['{AWS}X']}}}}
  Three: {{Type: AWS::IAM::Group, Properties: {{ManagedPolicyArns: ['{AWS}Y']}}}}
  Add: {{Type: AWS::IAM::UserToGroupAddition, Properties: {{GroupName: !Ref Two, Users: [!Ref User]}}}}
"""
    user = identity(source, "User")
    assert user.kind is IdentityKind.USER
    assert [told(each) for each in user.policies] == ["INLINE One YES a", f"AWS_MANAGED Two MAYBE {AWS}X"]
    assert user.trust is None


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{AssumeRolePolicyDocument: {Statement: []}}", "{Statement: []}"),
        ("{AssumeRolePolicyDocument: '{\"Statement\": []}'}", "{Statement: []}"),
        (
            "{AssumeRolePolicyDocument: '{'}",
            "?REFUSED(the JSON text cannot be read: expected a key at line 1, column 2 of it)",
        ),
        ("{}", "?MISSING(the `AssumeRolePolicyDocument` of `Role`)"),
    ],
)
def test_a_trust_policy_is_an_object_or_json(properties: str, expected: str) -> None:
    """Or unknown, and why."""
    trust = identity(f"{ROLE}{properties}}}\n").trust
    assert trust is not None
    assert shown(trust.document) == expected


def test_json_in_a_block_scalar_has_the_lines_of_the_file() -> None:
    """A finding points at the statement, not at the whole text."""
    source = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub |
        {
          "Statement": [
            {"Effect": "Allow",
             "Sid": "${AWS::StackName}"}
          ]
        }
"""
    trust = stack(source).identities[0].trust
    assert trust is not None
    assert isinstance(trust.document, Object)
    statement = trust.document.entries[0]
    assert statement.key.origin.start == Position(7, 11)
    assert shown(statement.value) == "[{Effect: Allow, Sid: ${?AFTER_APPLY(the name of the stack)}}]"
    assert statement.value.origin.start == Position(7, 24)
