"""The Terraform types that Checkov asks each check about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# The types that a subject of some rule can have; `checks/keyfit_checks.py` repeats them. A template can hold them all.
TEMPLATES: Final = ("aws_cloudformation_stack",)
STATE_MACHINES: Final = ("aws_sfn_state_machine", "awscc_stepfunctions_state_machine")
CONSUMERS: Final = (
    "aws_sagemaker_feature_group",
    "awscc_personalize_dataset",
    "awscc_personalize_dataset_group",
    "awscc_personalize_metric_attribution",
    "awscc_sagemaker_feature_group",
    *STATE_MACHINES,
)
KEYS: Final = (
    "aws_kms_external_key",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_kms_replica_external_key",
    "aws_kms_replica_key",
    "awscc_kms_key",
    "awscc_kms_replica_key",
)
ROLES: Final = ("aws_iam_role", "awscc_iam_role")
IDENTITIES: Final = (*ROLES, "aws_iam_group", "aws_iam_user", "awscc_iam_group", "awscc_iam_user")
POLICIES: Final = (
    "aws_iam_group_policy",
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "awscc_iam_group_policy",
    "awscc_iam_managed_policy",
    "awscc_iam_role_policy",
    "awscc_iam_user_policy",
)
TYPES: Final = (*TEMPLATES, *CONSUMERS, *KEYS, *IDENTITIES, *POLICIES)
# What the subjects of the rules with these numbers are: Checkov takes its time for each check of each resource.
_SUBJECTS: Final[Mapping[range, tuple[str, ...]]] = {
    range(109, 110): (*STATE_MACHINES, *IDENTITIES),
    range(101, 200): CONSUMERS,
    range(204, 205): (*STATE_MACHINES, *IDENTITIES),
    range(201, 300): CONSUMERS,
    range(301, 400): (*STATE_MACHINES, *ROLES),
    range(401, 405): (*CONSUMERS, *ROLES),
    range(405, 408): KEYS,
    range(504, 506): KEYS,
    range(501, 508): (*KEYS, *IDENTITIES, *POLICIES),
    range(508, 509): ROLES,
}


def types(number: int) -> tuple[str, ...]:
    """The types that a subject of the rule with that number can have."""
    found = (subjects for numbers, subjects in _SUBJECTS.items() if number in numbers)
    return (*TEMPLATES, *next(found, TYPES))
