"""The CloudFormation types that Checkov asks each check about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# The types that a subject of some rule can have; `checks/keyfit_checks.py` repeats them.
TYPES: Final = (
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::MetricAttribution",
    "AWS::SageMaker::FeatureGroup",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
)
_STATE_MACHINES: Final = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
_IDENTITIES: Final = ("AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User")
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_PERSONALIZE: Final = tuple(name for name in TYPES if name.startswith("AWS::Personalize::"))
_POLICIES: Final = tuple(name for name in TYPES if name.startswith("AWS::IAM::"))
# What the subjects of the rules with these numbers are, the first that fits: Checkov takes its time for each check.
_SUBJECTS: Final[Mapping[range, tuple[str, ...]]] = {
    range(109, 110): (*_STATE_MACHINES, *_IDENTITIES),
    range(101, 200): (*_PERSONALIZE, *_STATE_MACHINES),
    range(204, 205): (*_STATE_MACHINES, *_IDENTITIES),
    range(201, 300): ("AWS::SageMaker::FeatureGroup", *_STATE_MACHINES),
    range(301, 400): (*_STATE_MACHINES, "AWS::IAM::Role"),
    range(401, 405): (*_PERSONALIZE, "AWS::SageMaker::FeatureGroup", *_STATE_MACHINES, "AWS::IAM::Role"),
    range(405, 408): _KEYS,
    range(504, 506): _KEYS,
    range(501, 508): (*_KEYS, *_POLICIES),
    range(508, 509): ("AWS::IAM::Role",),
}


def types(number: int) -> tuple[str, ...]:
    """The types that a subject of the rule with that number can have."""
    return next((subjects for numbers, subjects in _SUBJECTS.items() if number in numbers), TYPES)
