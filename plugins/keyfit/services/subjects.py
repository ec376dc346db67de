"""What rules give verdicts for, as types of resources: hosts ask about these alone. With the standard library only.

A rule names its subjects by words: a page's name for its consumers, `consumer` for those of every page, `key`, `role`,
`identity`, `policy` and `state machine`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from keyfit.services import index
from keyfit.services.spelling import CLOUDFORMATION, TERRAFORM, awscc_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROLE: Final = "AWS::IAM::Role"
_WITH_ROLE: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")  # SAM makes a role of them
# What SAM makes of each of its types, besides roles.
_OF_SAM: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Serverless::Function": (
        "AWS::Events::Rule",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::SNS::Subscription",
        "AWS::Scheduler::Schedule",
    ),
    "AWS::Serverless::StateMachine": ("AWS::Events::Rule", "AWS::Scheduler::Schedule"),
    "AWS::Serverless::SimpleTable": ("AWS::DynamoDB::Table",),
}
# Those of CloudFormation and of hashicorp/aws; hashicorp/awscc's follow by rule.
_BY_WORD: Final[Mapping[str, tuple[str, ...]]] = {
    "template": ("aws_cloudformation_stack",),  # it can hold whatever there is
    "what deploys": (
        "AWS::CloudFormation::Stack",
        "AWS::CloudFormation::StackSet",
        "AWS::Serverless::Application",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "aws_cloudformation_stack_set",
        "aws_serverlessapplicationrepository_cloudformation_stack",
        "aws_servicecatalog_provisioned_product",
    ),
    "state machine": (
        "AWS::Serverless::StateMachine",
        "AWS::StepFunctions::StateMachine",
        "aws_sfn_state_machine",
    ),
    "SDK call": ("Custom::AWS",),  # as the CDK calls what makes one
    "key": (
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_key_policy",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
    ),
    "alias": ("AWS::KMS::Alias", "aws_kms_alias"),
    "role": (_ROLE, *_WITH_ROLE, "aws_iam_role"),
    "identity": (
        _ROLE,
        *_WITH_ROLE,
        "AWS::IAM::Group",
        "AWS::IAM::User",
        "aws_iam_role",
        "aws_iam_group",
        "aws_iam_user",
    ),
    "policy": (
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
        "aws_iam_group_policy",
        "aws_iam_policy",
        "aws_iam_role_policy",
        "aws_iam_user_policy",
    ),
}
_NOT_IN_AWSCC: Final = frozenset({*_WITH_ROLE, "AWS::Serverless::Application", "AWS::IAM::Policy"})
EVERY: Final = ("consumer", "key", "alias", "identity", "policy")


def cloudformation(*subjects: str) -> tuple[str, ...]:
    """The resource types of CloudFormation's that a subject can have, sorted."""
    return tuple(each for each in types(*subjects) if each.startswith((CLOUDFORMATION, "Custom::")))


def terraform(*subjects: str) -> tuple[str, ...]:
    """The resource types of Terraform's that a subject can have, sorted."""
    return tuple(each for each in types(*subjects, "template") if each.startswith(TERRAFORM))


@cache
def types(*subjects: str) -> tuple[str, ...]:
    """The resource types that subjects of these words can have, in every language, sorted."""
    return tuple(sorted({type_ for each in subjects for type_ in _types(each)}))


def _types(word: str) -> Iterator[str]:
    if word in _BY_WORD:
        for type_ in _BY_WORD[word]:
            yield type_
            if type_.startswith(CLOUDFORMATION) and type_ not in _NOT_IN_AWSCC:
                yield awscc_name(type_)
        return
    pages = [each for each in index.every_page() if word in {each.name, "consumer"}]
    if not pages:
        raise KeyError(word)
    for page in pages:
        made = index.consuming(page)
        yield from (each for each in made if each.startswith((CLOUDFORMATION, *TERRAFORM)))
        yield from (type_ for type_, becomes in _OF_SAM.items() if not made.isdisjoint(becomes))
        if any(not each.startswith((CLOUDFORMATION, *TERRAFORM)) for each in made):  # a task's action
            yield from _types("state machine")
            yield from _types("SDK call")
        if page.stand_in:
            yield from _types("role")
