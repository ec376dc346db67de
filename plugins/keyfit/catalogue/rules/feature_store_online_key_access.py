"""Whoever creates an online store can use the store's key, through SageMaker.

## What it checks

The principal that calls CreateFeatureGroup is allowed on the online store's key, for calls that SageMaker makes for it,
`kms:Encrypt`, `kms:Decrypt`, `kms:DescribeKey`, `kms:CreateGrant`, `kms:ReEncryptFrom`, `kms:ReEncryptTo`,
`kms:GenerateDataKey` and `kms:ListGrants`, all eight, by any route. It is the state machine's role for a Step Functions
task, and the deployer where `--deployer` names one. Otherwise it is not in the source, and the rule checks whether the
key policy makes it possible: it delegates all eight to the account's IAM policies, or some principal that it or a grant
names is allowed all eight.

## Why it matters

SageMaker uses the key on behalf of whoever creates the store, with that principal's own permissions. Without one of the
eight CreateFeatureGroup fails, or the group ends in `CreateFailed`. KMS itself refuses with `AccessDeniedException:
User: … is not authorized to perform: kms:CreateGrant on resource: … because no resource-based policy allows the
kms:CreateGrant action`; AWS does not document how SageMaker reports it.

The AWS documentation lists eleven actions as the minimum. Its example, which is said to allow exactly those, has ten:
`kms:RevokeGrant` is allowed to the administrator there, so its absence is a note here. Two of the ten have no effect in
a key policy and are not required: `kms:ListAliases` does not apply to a key, and the grant itself determines who can
retire it. The condition of the example, `StringLike` `kms:ViaService` `sagemaker.*.amazonaws.com`, is met by these
calls; with `StringEquals` the `*` would be a literal character.

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides.

## How to fix it

Allow all eight actions to the principal that deploys: in one statement of the key policy, as the AWS documentation
does, or with a key policy that delegates to the account and the deployer's own policies. Name the deployer with
`--deployer`, and keyfit checks those policies too.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import feature_store

NUMBER: Final = 201
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F17")
NEEDS: Final = (feature_store.CREATION,)
