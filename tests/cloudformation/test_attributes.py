"""What `Ref` and `Fn::GetAtt` return for each type, and the names that CloudFormation makes up."""

import pytest

from keyfit.aws import arn
from keyfit.truth import Truth
from keyfit.value import Text, text
from tests.cloudformation.making import evaluate, given, shown

HEAD = """
Parameters:
  Open: {Type: String}
Conditions:
  C: !Equals [!Ref Open, a]
Resources:
  Key: {Type: AWS::KMS::Key}
  Replica: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: !GetAtt Key.Arn}}
  Far:
    Type: AWS::KMS::ReplicaKey
    Properties: {PrimaryKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/mrk-1"}
  Imported: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: !ImportValue primary}}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/mine, TargetKeyId: !Ref Key}}
  Named: {Type: AWS::IAM::Role, Properties: {RoleName: mine, Path: /a/b/}}
  Unnamed: {Type: AWS::IAM::Role}
  APropertyNameThatIsTooLongForIt: {Type: AWS::IAM::Role}
  Imported2: {Type: AWS::IAM::Role, Properties: {RoleName: !Transform {Name: x}}}
  Chosen: {Type: AWS::IAM::Role, Properties: {RoleName: !If [C, one, two]}}
  Wrong: {Type: AWS::IAM::Role, Properties: {RoleName: [a]}}
  Never: {Type: AWS::IAM::Role, Properties: !Transform {Name: x}}
  User: {Type: AWS::IAM::User, Properties: {UserName: bob}}
  Group: {Type: AWS::IAM::Group}
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: !Ref Open, Path: /p/}}
  Profile: {Type: AWS::IAM::InstanceProfile}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "b-${AWS::AccountId}"}}
  FreeBucket: {Type: AWS::S3::Bucket}
  PrefixedBucket: {Type: AWS::S3::Bucket, Properties: {BucketNamePrefix: pre-}}
  DatasetGroup: {Type: AWS::Personalize::DatasetGroup, Properties: {Name: g}}
  Schema: {Type: AWS::Personalize::Schema, Properties: {Name: s}}
  Features: {Type: AWS::SageMaker::FeatureGroup, Properties: {FeatureGroupName: f}}
  Queue: {Type: AWS::SQS::Queue}
  Images: {Type: AWS::ECR::Repository}
  Machine: {Type: AWS::StepFunctions::StateMachine}
  Stored: {Type: AWS::SSM::Parameter, Properties: {Name: /n, Value: !GetAtt Key.Arn}}
"""
KEY = "arn:${partition}:kms:${region}:${account}:key/"
IAM = "arn:${partition}:iam::${account}:"
STACK = "${?AFTER_APPLY(the name of the stack)}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Key", "${Key.key_id}"),
        ("!GetAtt Key.KeyId", "${Key.key_id}"),
        ("!GetAtt Key.Arn", f"{KEY}${{Key.key_id}}"),
        ("!Ref Replica", "${Key.key_id}"),
        ("!GetAtt Replica.Arn", f"{KEY}${{Key.key_id}}"),
        ("!GetAtt Far.Arn", f"{KEY}mrk-1"),
        ("!GetAtt Imported.Arn", f"{KEY}${{Imported.key_id}}"),
        ("!Ref Alias", "alias/mine"),
        ("!Ref Named", "mine"),
        ("!GetAtt Named.Arn", f"{IAM}role/a/b/mine"),
        ("!GetAtt Named.RoleId", "${Named.unique_id}"),
        ("!Ref Unnamed", f"{STACK}-Unnamed-${{Unnamed.name_suffix}}"),
        ("!GetAtt Unnamed.Arn", f"{IAM}role/{STACK}-Unnamed-${{Unnamed.name_suffix}}"),
        (
            "!Ref APropertyNameThatIsTooLongForIt",
            f"{STACK}-APropertyNameThatIsTooLo${{APropertyNameThatIsTooLongForIt.name_suffix}}",
        ),
        ("!Ref Imported2", "${?MACRO(x)}"),
        ("!Ref Chosen", "${?UNDECIDED(condition `C`)[Open]}"),
        ("!Ref Wrong", "${?INVALID(a value is a list, not text)}"),
        ("!Ref Never", "${?MACRO(x)}"),
        ("!Ref User", "bob"),
        ("!GetAtt User.Arn", f"{IAM}user/bob"),
        ("!GetAtt Group.Arn", f"{IAM}group/{STACK}-Group-${{Group.name_suffix}}"),
        ("!Ref Policy", f"{IAM}policy/p/${{?NO_VALUE(Open)[Open]}}"),
        ("!GetAtt Policy.PolicyArn", f"{IAM}policy/p/${{?NO_VALUE(Open)[Open]}}"),
        ("!GetAtt Profile.Arn", f"{IAM}instance-profile/{STACK}-Profile-${{Profile.name_suffix}}"),
        ("!Ref Bucket", "b-${account}"),
        ("!GetAtt Bucket.Arn", "arn:${partition}:s3:::b-${account}"),
        ("!Ref FreeBucket", f"{STACK}-freebucket-${{FreeBucket.name_suffix}}"),
        ("!Ref PrefixedBucket", "pre-${PrefixedBucket.name_suffix}"),
        ("!Ref DatasetGroup", "arn:${partition}:personalize:${region}:${account}:dataset-group/g"),
        ("!GetAtt DatasetGroup.DatasetGroupArn", "arn:${partition}:personalize:${region}:${account}:dataset-group/g"),
        ("!GetAtt Schema.SchemaArn", "arn:${partition}:personalize:${region}:${account}:schema/s"),
        ("!Ref Features", "f"),
        ("!Ref Machine", "arn:${partition}:states:${region}:${account}:stateMachine:${Machine.name}"),
        ("!GetAtt Queue.Arn", "arn:${partition}:sqs:${region}:${account}:${Queue.name}"),
        ("!GetAtt Images.Arn", "arn:${partition}:ecr:${?NO_SUCH_ATTRIBUTE(Images.Arn)}"),
        ("!GetAtt Stored.Value", f"{KEY}${{Key.key_id}}"),
        ("!Ref Stored", "/n"),
    ],
)
def test_a_reference_returns_what_the_type_says(expression: str, expected: str) -> None:
    """A key's id, a role's name, a policy's ARN: whatever it is, in full."""
    assert shown(evaluate(HEAD, expression)) == expected


def test_bound_account_and_region_stand_in_the_arns() -> None:
    """The partition and the domain follow from the Region."""
    value = evaluate(HEAD, "!GetAtt Key.Arn", bindings=given("111122223333", "cn-north-1", Open="x"))
    assert shown(value) == "arn:aws-cn:kms:cn-north-1:111122223333:key/${Key.key_id}"


@pytest.mark.parametrize("name", ["Unnamed", "Imported2", "Chosen", "Wrong", "Never"])
def test_a_name_that_is_not_known_is_the_same_wherever_it_is_used(name: str) -> None:
    """A role is recognised in a key policy even where nobody can tell what it is called."""
    one, other = evaluate(HEAD, f"!GetAtt {name}.Arn"), evaluate(HEAD, f"!Sub '${{{name}.Arn}}'")
    assert isinstance(one, Text)
    assert isinstance(other, Text)
    assert arn.equal(one, other).truth is Truth.YES


@pytest.mark.parametrize(
    ("literal", "truth"),
    [
        ("prod-Unnamed-1ABCDEFGHIJKL", Truth.MAYBE),
        ("prod-unnamed-1ABCDEFGHIJKL", Truth.NO),
        ("personalize-role", Truth.NO),
        ("Unnamed", Truth.NO),
    ],
)
def test_a_literal_outside_the_shape_of_a_generated_name_is_another_role(literal: str, truth: Truth) -> None:
    """One inside it can be this one."""
    name = evaluate(HEAD, "!Ref Unnamed")
    assert isinstance(name, Text)
    assert arn.equal(text(literal), name).truth is truth


def test_generated_names_of_two_resources_differ() -> None:
    """They begin alike and go on otherwise."""
    one, other = evaluate(HEAD, "!Ref Unnamed"), evaluate(HEAD, "!Ref Group")
    assert isinstance(one, Text)
    assert isinstance(other, Text)
    assert arn.equal(one, other).truth is Truth.NO


def test_the_value_of_a_reference_has_the_place_of_the_reference() -> None:
    """A finding about a key points at the parameter that names it."""
    value = evaluate(HEAD, "!GetAtt Key.Arn")
    assert isinstance(value, Text)
    assert value.origin.path == ("Resources", "Probe", "Properties", "Value")
