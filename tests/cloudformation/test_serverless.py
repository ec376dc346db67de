"""What SAM makes of functions and state machines; `fixtures/cloudformation/sam.md` tells it by verdicts."""

import pytest

from keyfit.aws import managed_policies, sam_policy_templates
from keyfit.json_text import plain
from keyfit.model.identities import Identity
from keyfit.model.policies import PolicyKind
from keyfit.readers.cloudformation.serverless.merging import MOST, merged
from keyfit.services import search
from keyfit.truth import Truth
from keyfit.value import Object, Own, Unknown, text
from tests.cloudformation.making import given, shown, stack

# What SAM attaches of itself: for logs, durable functions, networks, tracing, and the sources of events.
OF_SAM = (
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaBasicDurableExecutionRolePolicy",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSXrayWriteOnlyAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaMSKExecutionRole",
)


def role(properties: str, more: str = "") -> Identity:
    """The role that SAM makes for a function."""
    source = f"Resources:\n  Read:\n    Type: AWS::Serverless::Function\n{more}    Properties: {properties}\n"
    (found,) = stack(source, given("111122223333", "eu-west-1")).identities
    return found


@pytest.mark.parametrize("name", OF_SAM)
def test_what_sam_attaches_of_itself_is_of_no_concern(name: str) -> None:
    """So it is left out: none of it has a statement about an action that keyfit knows about."""
    arn = managed_policies.named(name, text(Own.PARTITION))
    document = managed_policies.document(arn) if arn is not None else None
    assert isinstance(document, Object)
    assert shown(document.find("Statement")) == "[]"


def test_a_template_that_names_a_policy_template_of_kms_is_looked_at() -> None:
    """The words that are looked for before anything is read take in each of them."""
    for name in sam_policy_templates.names():
        template = sam_policy_templates.named(name)
        assert template is not None
        of_kms = any("kms:" in shown(each) for each in template.statements)
        assert search.may_hold_subject(name.lower().encode()) or not of_kms, name


def test_every_parameter_of_a_policy_template_is_filled_in() -> None:
    """No `Ref` of the template's own is left for CloudFormation to resolve."""
    for name in sam_policy_templates.names():
        template = sam_policy_templates.named(name)
        values = ", ".join(f"{each}: value-of-{each}" for each in template.parameters) if template else ""
        found = role(f"{{Policies: [{{{name}: {{{values}}}}}]}}").policies
        assert "?" not in "".join(shown(each.document) for each in found), name


def test_a_role_has_the_address_that_sam_gives_it_and_is_told_at_the_function() -> None:
    """Its generated name and its path are those of an `AWS::IAM::Role`."""
    found = role("{RolePath: /readers/, FunctionName: other}")
    assert (found.block.address, found.block.type) == ("ReadRole", "AWS::IAM::Role")
    assert found.block.within is not None
    assert (found.block.within.address, found.block.within.type) == ("Read", "AWS::Serverless::Function")
    assert shown(found.arn).startswith("arn:aws:iam::111122223333:role/readers/${?AFTER_APPLY(the name of the stack)}")
    assert "-ReadRole-" in shown(found.name)


POLLER = (
    "INLINE {Statement: [{Action: [sqs:ChangeMessageVisibility, sqs:ChangeMessageVisibilityBatch, sqs:DeleteMessage, "
    "sqs:DeleteMessageBatch, sqs:GetQueueAttributes, sqs:ReceiveMessage], Effect: Allow, "
    "Resource: arn:aws:sqs:eu-west-1:111122223333:q}]}"
)
POLICIES = [
    ("AmazonS3ReadOnlyAccess", ["AWS_MANAGED arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]),
    ("[AWSLambdaRole]", ["AWS_MANAGED arn:aws:iam::aws:policy/service-role/AWSLambdaRole"]),
    ("['arn:aws:iam::111122223333:policy/own']", ["OUTSIDE arn:aws:iam::111122223333:policy/own"]),
    ("[no-such-name]", ["OUTSIDE no-such-name"]),
    ("[!ImportValue policy]", ["OUTSIDE ${?IMPORT(policy)}"]),
    ("{Version: '2012-10-17', Statement: []}", ["INLINE {Version: 2012-10-17, Statement: []}"]),
    ("[{SQSPollerPolicy: {QueueName: q}}]", [POLLER]),
    ("[{NoTemplate: {}}]", ["INLINE ?INVALID"]),
    ("[{Effect: Allow, Action: '*'}]", ["INLINE ?INVALID"]),
    ("[{KMSDecryptPolicy: {}}]", ["INLINE ?MISSING"]),
    ("[{KMSDecryptPolicy: 5}]", ["INLINE ?MISSING"]),
    ("!If [C, [a], [b]]", ["INLINE ?"]),
    ("[5]", ["INLINE ?UNREADABLE"]),
    ("5", ["INLINE ?UNREADABLE"]),
    ("", []),
    ("{Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}}", ["INLINE ?INCLUDE"]),
]


@pytest.mark.parametrize(("policies", "expected"), POLICIES)
def test_an_entry_of_policies_becomes_what_sam_makes_of_it(policies: str, expected: list[str]) -> None:
    """A name or ARN a managed policy, a document or template an inline one; what SAM refuses is not known."""
    told = [
        f"{each.kind.name} {shown(each.arn if each.document is None else each.document)}"
        for each in role(f"{{Policies: {policies}}}").policies
    ]
    assert [one[: len(other)] for one, other in zip(told, expected, strict=True)] == expected


def test_a_policy_template_is_the_statement_of_aws_with_its_parameters() -> None:
    """At the place where the author names it."""
    (policy,) = role("{Policies: [{KMSDecryptPolicy: {KeyId: abc}}]}").policies
    arn = "arn:aws:kms:eu-west-1:111122223333:key/abc"
    assert shown(policy.document) == f"{{Statement: [{{Action: kms:Decrypt, Effect: Allow, Resource: {arn}}}]}}"
    assert (policy.kind, policy.name, policy.origin.start.line) == (PolicyKind.INLINE, "ReadRolePolicy0", 4)


def test_what_an_include_adds_to_the_properties_is_not_known() -> None:
    """It can be policies."""
    (policy,) = role("{Fn::Transform: {Name: AWS::Include}}").policies
    assert isinstance(policy.document, Unknown)


@pytest.mark.parametrize(
    ("properties", "more"),
    [("{Fn::Transform: {Name: Own}, Policies: []}", ""), ("{Policies: []}", "    Fn::Transform: {Name: Own}\n")],
)
def test_of_a_function_that_a_macro_covers_the_role_is_not_known(properties: str, more: str) -> None:
    """Nor whether there is one."""
    found = role(properties, more)
    assert found.block.present.truth is Truth.MAYBE
    assert [shown(each.document) for each in found.policies if each.kind is PolicyKind.INLINE] == ["?MACRO(Own)"]


def test_the_role_is_there_where_its_function_is() -> None:
    """It has the function's condition."""
    source = """\
    Parameters: {Stage: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    Resources:
      Read: {Type: AWS::Serverless::Function, Condition: IsProd}
    """
    (found,) = stack(source, given(Stage="prod")).identities
    assert found.block.present.truth is Truth.YES
    (found,) = stack(source, given()).identities
    assert found.block.present.truth is Truth.MAYBE


def test_globals_that_are_too_many_are_not_merged() -> None:
    """So that a small template does not become a large one; nothing is known of the role then."""
    many = ", ".join(f"K{number}: {number}" for number in range(MOST))
    source = f"Globals: {{Function: {{{many}}}}}\nResources:\n  Read: {{Type: AWS::Serverless::Function}}\n"
    (found,) = stack(source).identities
    assert found.block.present.truth is Truth.MAYBE


@pytest.mark.parametrize(
    ("common", "own", "whole"),
    [
        ("a", "b", "b"),
        ({"x": 1, "y": 2}, {"y": 3, "z": 4}, {"x": 1, "y": 3, "z": 4}),
        ({"x": [1]}, {"x": [2, 1]}, {"x": [1, 2, 1]}),
        ({"x": {"y": 1}}, {"x": {"z": 2}}, {"x": {"y": 1, "z": 2}}),
        ({"x": [1]}, {"x": {"y": 1}}, {"x": {"y": 1}}),
        ({"x": {"Ref": "A"}}, {"x": {"y": 1}}, {"x": {"y": 1}}),
        ({"x": {"y": 1}}, {"x": {"Ref": "A"}}, {"x": {"Ref": "A"}}),
    ],
)
def test_globals_are_merged_as_the_developer_guide_says(common: object, own: object, whole: object) -> None:
    """Maps are merged, lists follow each other, anything else is overridden, and so is a call of a function."""
    assert merged(plain.value(common), plain.value(own)) == plain.value(whole)
