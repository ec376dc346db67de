"""What is no proper template: a clear problem or an unknown with its reason, never a crash and never absence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.model.alternatives import EMPTY
from keyfit.model.stack import Stack
from keyfit.readers.cloudformation import read, read_value
from keyfit.value import Entry, List, Null, Object, Unknown, Value, text
from keyfit.why import Why
from tests.cloudformation.making import FILE, given, reading, stack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("", ["the file is empty"]),
        ("[]", ["the file is not a template: it is a list"]),
        ("AWSTemplateFormatVersion: '2010-09-09'", ["the file is not a template: it has no `Resources`"]),
        ("Resources: []", ["`Resources` is a list, not a map"]),
        ("Resources: text", ["`Resources` is text, not a map"]),
        ("Resources:", ["`Resources` is empty, not a map"]),
        ("Resources: {}", []),
        ("Resources: {A: []}", ["resource `A` is a list, not a map"]),
        ("Resources: {A: text}", ["resource `A` is text, not a map"]),
        ("Resources: {A: }", ["resource `A` is empty, not a map"]),
        ("Resources: {A: {}}", ["resource `A` has no type"]),
        ("Resources: {A: {Type: 5}}", ["resource `A` has a type that is a number"]),
        ("Resources: {A: {Type: !Ref B}}", ["resource `A` has a type that is a map"]),
        ("Resources: {A: {Type: ''}}", ["resource `A` has a type that is text"]),
        ("Parameters: []\nResources: {}", ["`Parameters` is a list, not a map"]),
        (
            "Conditions: 5\nMappings: text\nResources: {}",
            ["`Mappings` is text, not a map", "`Conditions` is a number, not a map"],
        ),
        ("Outputs: [a]\nRules: [a]\nResources: {}", ["`Rules` is a list, not a map", "`Outputs` is a list, not a map"]),
        ("Resources: {A: {Type: T}, A: {Type: T}}", []),  # rule 603
        ("Resources: {A: {Type: T, Type: T}}", ["`Type` is defined twice"]),
        ("Resources: {}\nResources: {}", ["`Resources` is defined twice"]),
        ("Resources: {A: {Type: T, Properties: {P: 1, P: 2}}}", ["`P` is defined twice"]),
        ("Resources: {A: {Type: T, Properties: {P: {Q: 1, Q: 2}}}}", []),
        (
            "Resources: {'Fn::ForEach::K': [N, !Ref X, {'K${N}': {Kind: AWS::IAM::Policy}}]}",
            ["`Fn::ForEach::K` makes resources that cannot be read: its collection is not known, or too large"],
        ),
        ("Resources: {'Fn::Transform': {Name: AWS::Include}}", []),
    ],
)
def test_a_problem_says_what_is_wrong(source: str, messages: list[str]) -> None:
    """Each with its place; what else there is, is read all the same."""
    found = stack(source)
    assert [each.message for each in found.problems] == messages
    assert all(each.origin.file == FILE for each in found.problems)


def test_names_that_come_again_are_told_with_their_places() -> None:
    """In each section, first by first; the last one stands for all."""
    found = stack(
        "Parameters: {P: {Type: String}, P: {Type: Number}}\nResources:\n  A: {Type: T}\n  A: {Type: U}\n  A: {Type: V}"
    )
    told = [(each.kind, each.block.address, each.block.type) for each in found.duplicates]
    assert told == [("parameter", "P", "Parameters"), ("resource", "A", "V")]
    assert [each.block.origin.start.line for each in found.duplicates] == [1, 3]
    assert [[place.start.line for place in each.further] for each in found.duplicates] == [[1], [4, 5]]


def test_what_can_be_read_is_read_beside_what_cannot() -> None:
    """One bad resource does not hide the others."""
    found = stack("Resources:\n  A: text\n  K: {Type: AWS::KMS::Key}\n")
    assert len(found.keys) == 1
    assert found.problems[0].origin.start.line == 2


KINDS = (
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::KMS::Alias",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserToGroupAddition",
    "AWS::S3::Bucket",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::MetricAttribution",
    "AWS::SageMaker::FeatureGroup",
    "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::StateMachine",
    "AWS::CloudFormation::Stack",
    "Custom::Thing",
)
SHAPES = (
    "5",
    "text",
    "true",
    "[]",
    "[a, [b]]",
    "{}",
    "{a: [b]}",
    "!Ref Open",
    "!Ref Names",
    "!Ref Nowhere",
    "!Ref X",
    "!GetAtt X.Arn",
    "!Nonsense [a]",
    "!If [C, a, !Ref AWS::NoValue]",
    "!If [C, [a], {b: c}]",
    "!If [Nowhere, a, b]",
    "!Transform {Name: x}",
    "!Sub '${X}${X.Arn}${Nowhere.Arn}'",
    "{Ref: }",
    "{'Fn::GetAtt': }",
    "{'Fn::Sub': }",
    "{'Fn::Join': [1]}",
    "{'Fn::If': []}",
    "{'Fn::Select': [a, b, c]}",
    "{'Fn::FindInMap': [a]}",
    "{'Fn::FindInMap': []}",
    "{'Fn::Sub': []}",
    "{'Fn::GetAtt': []}",
    "{'Fn::Not': []}",
    "[!If [C, a, !Ref AWS::NoValue], !Ref Open]",
)
PROPERTIES = (
    "KeyPolicy",
    "Enabled",
    "Tags",
    "PrimaryKeyArn",
    "AliasName",
    "TargetKeyId",
    "RoleName",
    "UserName",
    "GroupName",
    "Path",
    "Policies",
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "AssumeRolePolicyDocument",
    "Groups",
    "Users",
    "Roles",
    "PolicyDocument",
    "PolicyName",
    "BucketName",
    "BucketEncryption",
    "KmsKeyArn",
    "RoleArn",
    "Name",
    "DatasetGroupArn",
    "DatasetImportJob",
    "MetricsOutputConfig",
    "OnlineStoreConfig",
    "OfflineStoreConfig",
    "Definition",
    "DefinitionString",
    "DefinitionSubstitutions",
)
HEAD = """\
Parameters: {Open: {Type: String}, Names: {Type: CommaDelimitedList}, P: {Type: String, Default: a}}
Conditions: {C: !Equals [!Ref P, a]}
Resources:
  Other: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref X], PermissionsBoundary: !Ref X}}
"""


def complete(found: Stack) -> bool:
    """Whether every key has a policy that can be asked, and every identity a name and an ARN."""
    policies = [each.policy.document for each in found.keys]
    names = [text_ for each in found.identities for text_ in (each.arn, each.name)]
    return all(isinstance(each, Object | Unknown) for each in policies) and all(each.parts for each in names)


def modelled(found: Stack) -> set[str]:
    """The addresses of all blocks of a stack."""
    blocks = [
        *(each.block for each in found.keys),
        *(each.block for each in found.aliases),
        *(each.block for each in found.buckets),
        *(each.block for each in found.identities),
    ]
    return {each.address for each in blocks}


@pytest.mark.parametrize("shape", SHAPES)
def test_properties_of_any_shape_give_a_model(shape: str) -> None:
    """Whatever stands where a type's properties, or one of them, should: nothing is lost and nothing crashes."""
    for kind in KINDS:
        whole = f"{HEAD}  X: {{Type: '{kind}', Properties: {shape}}}\n"
        each = "".join(f"\n      {name}: {shape}" for name in PROPERTIES)
        every = f"{HEAD}  X:\n    Type: {kind}\n    Properties:{each}\n"
        for source in (whole, every):
            template = reading(source)
            choice = template.choice("P")
            scenarios = [EMPTY, *(EMPTY.given("P", value) for value in (choice.alternatives if choice else ()))]
            for scenario in scenarios:
                found = template.under(scenario)
                assert found is not None
                assert complete(found), (kind, shape)
                expected = kind.startswith(("AWS::KMS", "AWS::S3")) or kind in {"AWS::IAM::Role", "AWS::IAM::User"}
                assert not expected or "X" in modelled(found), (kind, shape)


@pytest.mark.parametrize(
    "section", ["Parameters", "Mappings", "Conditions", "Rules", "Outputs", "Metadata", "Transform"]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_sections_of_any_shape_give_a_stack(section: str, shape: str) -> None:
    """A section, and an entry of it, can be anything."""
    for written in (shape, f"{{Entry: {shape}}}"):
        found = stack(f"{section}: {written}\nResources: {{K: {{Type: AWS::KMS::Key, Condition: Entry}}}}\n")
        assert [each.block.address for each in found.keys] == ["K"]


@pytest.mark.parametrize(
    ("attribute", "shape"),
    [
        (name, shape)
        for name in ("Condition", "DependsOn", "Metadata")
        for shape in ("5", "[a]", "{a: b}", "!Ref X", "")
    ],
)
def test_attributes_of_a_resource_can_be_anything(attribute: str, shape: str) -> None:
    """A condition that is no name is none."""
    found = stack(f"Resources:\n  K:\n    Type: AWS::KMS::Key\n    {attribute}: {shape}\n")
    assert [each.block.address for each in found.keys] == ["K"]


def test_a_condition_that_is_not_there_leaves_it_open() -> None:
    """Whether the key exists cannot be told."""
    (key,) = stack("Resources: {K: {Type: AWS::KMS::Key, Condition: Nowhere}}").keys
    (hole,) = key.block.present.holes
    assert isinstance(hole, Unknown)
    assert hole.why is Why.NO_SUCH_BLOCK


def test_a_template_nested_too_deeply_by_a_host_is_a_problem() -> None:
    """The host's decoder has its own bounds."""
    deep: Value = Null()
    for _ in range(1000):
        deep = List((deep,))
    found = read_value(Object((Entry(text("Resources"), deep),)), FILE, given())
    assert "nested deeper" in found.problems[0].message
    assert found.keys == ()


@pytest.mark.parametrize(
    "source",
    [
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: @}}}".replace("@", "[" * 90 + "]" * 90),
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: '@'}}}".replace("@", "[" * 5000),
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: @}}}".replace(
            "@", "{'Fn::Join': ['', [" * 30 + "a" + "]]}" * 30
        ),
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: @}}}".replace(
            "@", "{'Fn::If': [C, " * 45 + "a" + ", b]}" * 45
        ),
        "Resources: {K: {Type: AWS::KMS::Key, Properties: {KeyPolicy: @}}}".replace(
            "@", "{'Fn::Sub': ['${x}', {x: " * 30 + "a" + "}]}" * 30
        ),
        "Conditions: {C: @}\nResources: {K: {Type: AWS::KMS::Key, Condition: C}}".replace(
            "@", "{'Fn::Not': [" * 44 + "{'Fn::Equals': [a, a]}" + "]}" * 44
        ),
    ],
    ids=range(6),
)
def test_nesting_up_to_the_bound_is_read(source: str) -> None:
    """What the loader lets through, nothing behind it chokes on."""
    (key,) = read(source, FILE, given()).keys
    assert isinstance(key.policy.document, Unknown | Object)


def test_every_bit_of_a_broken_file_is_a_problem_or_a_stack(shared: Path) -> None:
    """A real template cut off anywhere is no crash."""
    files = sorted(shared.glob("corpus/aws-samples__amazon-personalize-samples/**/*.yaml"))
    source = files[0].read_text(encoding="utf-8")
    for end in range(0, len(source), 997):
        assert isinstance(read(source[:end], FILE, given()), Stack)
