"""KMS keys, replicas and aliases of templates."""

import pytest

from keyfit.model.policies import PolicyKind
from keyfit.value import Position, Unknown, text
from tests.cloudformation.making import made, reading, shown, stack

ROOT_ONLY = (
    "{Version: 2012-10-17, Id: key-default, Statement: [{Sid: Enable IAM User Permissions, Effect: Allow, "
    "Principal: {AWS: arn:${partition}:iam::${account}:root}, Action: kms:*, Resource: *}]}"
)


def test_a_key_without_properties_has_the_defaults_of_cloudformation() -> None:
    """Values that nobody wrote say so, and stand where the key stands."""
    (key,) = stack("Resources:\n  Key:\n    Type: AWS::KMS::Key\n").keys
    assert key.policy.kind is PolicyKind.DEFAULT_KEY
    assert key.policy.document is not None
    assert shown(key.policy.document) == ROOT_ONLY
    facts = (key.spec, key.usage, key.enabled, key.key_origin, key.multi_region, key.material_missing)
    assert [shown(each) for each in facts] == [
        "SYMMETRIC_DEFAULT",
        "ENCRYPT_DECRYPT",
        "true",
        "AWS_KMS",
        "false",
        "false",
    ]
    assert key.bypasses_lockout_check is None
    assert key.spec.origin.note == key.policy.origin.note == "default"
    assert key.spec.origin.start == key.block.origin.start == Position(2, 3)
    assert key.block.origin.path == ("Resources", "Key")


@pytest.mark.parametrize(
    ("properties", "fact", "expected"),
    [
        ("Enabled: false", "enabled", "false"),
        ("Enabled: 'false'", "enabled", "false"),
        ("Enabled: 'True'", "enabled", "true"),
        ("Enabled: !Ref Open", "enabled", "?NO_VALUE(Open)"),
        ("Enabled: !Sub '${Open}'", "enabled", "?NO_VALUE(Open)"),
        ("Enabled: [a]", "enabled", "?INVALID(a value is a list, not true or false)"),
        ("Enabled: perhaps", "enabled", "?INVALID(a value is text, not true or false)"),
        ("Enabled: ", "enabled", "true"),
        ("Enabled: !Ref AWS::NoValue", "enabled", "true"),
        ("KeySpec: RSA_2048", "spec", "RSA_2048"),
        ("KeySpec: !Ref Open", "spec", "?NO_VALUE(Open)"),
        ("KeySpec: {a: b}", "spec", "?INVALID(a value is a map, not text)"),
        ("KeyUsage: SIGN_VERIFY", "usage", "SIGN_VERIFY"),
        ("MultiRegion: true", "multi_region", "true"),
        ("Origin: EXTERNAL", "material_missing", "true"),
        ("Origin: !Ref Open", "material_missing", "?NO_VALUE(Open)"),
        ("BypassPolicyLockoutSafetyCheck: 'true'", "bypasses_lockout_check", "true"),
        ("Tags: [{Key: a, Value: b}]", "tags", "{a: b, … ?AFTER_APPLY(which tags the stack gives to its resources)}"),
        ("Tags: !Ref Open", "tags", "{… ?NO_VALUE(Open)}"),
        ("Tags: [{Key: !Ref Open, Value: b}]", "tags", "{… ?INVALID(a tag has no known key)}"),
        ("KeyPolicy: 5", "policy", "?UNREADABLE(a policy is a number, not a map)"),
        ("KeyPolicy: [a]", "policy", "?UNREADABLE(a policy is a list, not a map)"),
        ("KeyPolicy: true", "policy", "?UNREADABLE(a policy is a boolean, not a map)"),
        ("KeyPolicy: !Ref Open", "policy", "?NO_VALUE(Open)"),
        ("KeyPolicy: '{\"Statement\": []}'", "policy", "{Statement: []}"),
        ('KeyPolicy: !Sub \'{"Id": "${Open}"}\'', "policy", "{Id: ${?NO_VALUE(Open)}}"),
        ("KeyPolicy: {Statement: [!Nonsense x]}", "policy", "{Statement: [?UNSUPPORTED_FUNCTION(Fn::Nonsense)]}"),
        ("KeyPolicy: ", "policy", ROOT_ONLY),
    ],
)
def test_a_property_of_a_key_is_taken_as_cloudformation_takes_it(properties: str, fact: str, expected: str) -> None:
    """Booleans as text count; what cannot be read is unknown, with a reason; null is nothing."""
    head = "Parameters: {Open: {Type: String}}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n"
    (key,) = stack(f"{head}      {properties}\n").keys
    value = key.policy.document if fact == "policy" else getattr(key, fact)
    assert shown(value) == expected


@pytest.mark.parametrize(
    "properties",
    ["!Transform {Name: x}", "[a, b]", "text", "!Nonsense [a]", "5", "{'Fn::Transform': {Name: x}, Description: d}"],
)
def test_properties_that_cannot_be_read_give_unknown_facts(properties: str) -> None:
    """Never a crash, and never the default."""
    (key,) = stack(f"Resources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties: {properties}\n").keys
    for fact in (key.spec, key.enabled, key.usage, key.multi_region, key.policy.document):
        assert isinstance(fact, Unknown)
    assert shown(key.key_id) == "${Key.key_id}"


def test_a_replica_has_its_own_policy_and_the_facts_of_its_primary() -> None:
    """It shares id, spec and material with a primary that is written here; of another nothing is known (K83)."""
    source = """
    Resources:
      Key: {Type: AWS::KMS::Key, Properties: {Origin: EXTERNAL, MultiRegion: true, KeySpec: HMAC_256}}
      Near: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: !GetAtt Key.Arn, KeyPolicy: {Id: n}}}
      Far: {Type: AWS::KMS::ReplicaKey, Properties: {PrimaryKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/mrk-1"}}
    """
    _, near, far = stack(source).keys
    assert [shown(each) for each in (near.spec, near.key_origin, near.material_missing, near.multi_region)] == [
        "HMAC_256",
        "EXTERNAL",
        "true",
        "true",
    ]
    assert shown(near.policy.document) == "{Id: n}"
    assert near.key_id == text(*stack(source).keys[0].key_id.parts)
    assert shown(far.spec) == "?OUTSIDE_SOURCE(the primary of the replica key)"
    assert far.policy.kind is PolicyKind.DEFAULT_KEY


def test_a_key_knows_what_is_created_before_it() -> None:
    """By reference, by `DependsOn`, and through others; not by a branch that is not taken."""
    source = """
    Parameters: {Env: {Type: String, Default: dev}}
    Conditions: {IsProd: !Equals [!Ref Env, prod]}
    Resources:
      Key:
        Type: AWS::KMS::Key
        DependsOn: [Role]
        Properties: {KeyPolicy: {Id: !If [IsProd, !Ref Prod, x], Sid: !Sub "${Other.Arn}-${!Not}"}}
      Role: {Type: AWS::IAM::Role, DependsOn: First}
      Other: {Type: AWS::IAM::Role, Properties: {RoleName: literal}}
      Prod: {Type: AWS::IAM::Role}
      First: {Type: AWS::SNS::Topic, Properties: {Name: !Ref Key}}
      Not: {Type: AWS::IAM::Role}
    """
    template = reading(source)
    before = {"Role", "Other", "First"}
    assert template.empty.keys[0].depends_on == before | {"Prod"}
    found = template.under(made(Env="dev"))
    assert found is not None
    assert found.keys[0].depends_on == before


@pytest.mark.parametrize(
    ("properties", "name", "target"),
    [
        ("{AliasName: alias/a, TargetKeyId: !Ref Key}", "alias/a", "${Key.key_id}"),
        (
            "{AliasName: !Sub 'alias/${AWS::StackName}', TargetKeyId: x}",
            "alias/${?AFTER_APPLY(the name of the stack)}",
            "x",
        ),
        ("{}", "${?MISSING(the `AliasName` of `Alias`)}", "?MISSING(the `TargetKeyId` of `Alias`)"),
        (
            "5",
            "${?INVALID(`AliasName` is in a number, not in a map)}",
            "?INVALID(`TargetKeyId` is in a number, not in a map)",
        ),
    ],
)
def test_an_alias_has_a_name_an_arn_and_a_target(properties: str, name: str, target: str) -> None:
    """As written, or unknown."""
    source = (
        f"Resources:\n  Key: {{Type: AWS::KMS::Key}}\n  Alias: {{Type: AWS::KMS::Alias, Properties: {properties}}}\n"
    )
    (alias,) = stack(source).aliases
    assert shown(alias.name) == name
    assert shown(alias.target) == target
    assert shown(alias.arn) == f"arn:${{partition}}:kms:${{region}}:${{account}}:{name}"
