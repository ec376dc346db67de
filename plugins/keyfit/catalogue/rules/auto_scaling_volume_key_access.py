"""The key of a launch template's volumes allows the service-linked role of Auto Scaling to use it.

## What it checks

Where the launch template of an Auto Scaling group names a customer managed key for a volume, the key policy, or a
grant, allows the service-linked role of the group `kms:Encrypt`, `kms:Decrypt`, `kms:ReEncryptFrom`, `kms:ReEncryptTo`,
`kms:GenerateDataKey`, `kms:GenerateDataKeyWithoutPlaintext` and `kms:DescribeKey`, and `kms:CreateGrant`, which can
have a condition on `kms:GrantIsForAWSResource`. The role is `AWSServiceRoleForAutoScaling`, or the one that the group
names. The nodes of an EKS node group come from such a group, too: of its keys AWS's page says nothing, so that is a
warning.

## Why it matters

Auto Scaling launches instances with its service-linked role. A key policy that delegates to the account does not reach
it: nobody can attach a policy to that role, and AWS's own has no action of KMS. The deployment can succeed; then each
scaling activity fails with "Client.InternalError: Client error on launch", and instances vanish as soon as they come.

## When it is unproven

The key or its policy is not in the source; or a statement requires `kms:ViaService`: AWS documents
`ec2.region.amazonaws.com` for Amazon EBS, and does not say whether the calls of this role have it. Which key the
account encrypts volumes with by default, and those of the snapshots of an image, are not in the source: where the
launch template names no key, the rule is silent.

## How to fix it

Add two statements to the key policy, as AWS's page does: one with the actions for the role, and one that allows
`kms:CreateGrant` with `Bool` `kms:GrantIsForAWSResource` `true`. The condition gives nothing but grants, so that it
must not stand in the first one. The role must exist when a key policy names it: create it with
`aws_iam_service_linked_role` where no group was ever there. For a key of another account, make a grant to the role.

## References

https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import auto_scaling

NUMBER: Final = 801
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("auto-scaling",)
SOURCES: Final = ("D10", "D11", "D12", "D13", "D14", "E6")
NEEDS: Final = auto_scaling.ACCESS
