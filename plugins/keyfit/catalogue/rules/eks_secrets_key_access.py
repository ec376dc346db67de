"""Whoever creates an EKS cluster can make a grant on the key of its secrets.

## What it checks

The principal that creates a cluster whose secrets have a key is allowed `kms:DescribeKey` and `kms:CreateGrant` on it,
by any route, and `kms:CreateGrant` without a condition on `kms:GrantIsForAWSResource`. Who creates it is the deployer
that `--deployer` names, and the role of a state machine whose task does. Otherwise the principal is not in the source,
and the rule checks whether the key policy makes it possible: it delegates all of them to the account's IAM policies, or
some principal that it or a grant names is allowed all of them.

## Why it matters

EKS makes a grant on the key for whoever creates the cluster. `kms:GrantIsForAWSResource`, which other services' pages
recommend, is not supported for the creation of a cluster. Without the permissions the deployment fails:
"InvalidRequestException: User not authorized to perform kms:DescribeKey operation", or `kms:CreateGrant`.

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides. So
does a condition on `kms:ViaService`: EKS is no longer in AWS's list of services that support it, which had it in 2023.

## How to fix it

Allow all of them to the principal that deploys: in one statement of the key policy, or with a key policy that delegates
to the account and the deployer's own policies. Name the deployer with `--deployer`, and keyfit checks those policies
too. Do not require `kms:GrantIsForAWSResource` of it.

## References

https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import eks

NUMBER: Final = 905
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("eks",)
SOURCES: Final = ("E1", "E2", "E3", "E4")
NEEDS: Final = (eks.CREATION,)
