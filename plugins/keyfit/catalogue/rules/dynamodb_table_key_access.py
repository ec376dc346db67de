"""Whoever creates a DynamoDB table can use the table's key, through DynamoDB.

## What it checks

The principal that creates a table with a customer managed key is allowed on the key, for calls that DynamoDB makes for
it, `kms:Encrypt`, `kms:Decrypt`, `kms:ReEncryptFrom`, `kms:ReEncryptTo`, `kms:GenerateDataKey`, `kms:DescribeKey` and
`kms:CreateGrant`, by any route. Who creates it is the deployer that `--deployer` names, and the role of a state machine
whose task does. Otherwise the principal is not in the source, and the rule checks whether the key policy makes it
possible: it delegates all of them to the account's IAM policies, or some principal that it or a grant names is allowed
all of them. Of a replica of a global table it is a warning: that its key takes the same is our reading.

## Why it matters

DynamoDB uses the key with the permissions of whoever creates the table, and makes grants on it for its own work.
Without them the deployment fails: "KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: The
ciphertext refers to a customer master key that does not exist, …".

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides.

## How to fix it

Allow all of them to the principal that deploys: in one statement of the key policy, or with a key policy that delegates
to the account and the deployer's own policies. Name the deployer with `--deployer`, and keyfit checks those policies
too. A condition on `kms:ViaService` names `dynamodb.region.amazonaws.com`; one with `*` needs `StringLike`.

## References

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import dynamodb

NUMBER: Final = 803
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("dynamodb",)
SOURCES: Final = ("D1", "Y3", "Y4", "D15")
NEEDS: Final = (dynamodb.CREATION, dynamodb.REPLICATION)
