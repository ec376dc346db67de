"""Whoever creates a Firehose stream can make a grant on the stream's own key.

## What it checks

The principal that creates a stream which is encrypted with a customer managed key of its own is allowed
`kms:CreateGrant` and `kms:DescribeKey` on it, for calls that Firehose makes for it, by any route. Who creates it is the
deployer that `--deployer` names, and the role of a state machine whose task does. Otherwise the principal is not in the
source, and the rule checks whether the key policy makes it possible: it delegates all of them to the account's IAM
policies, or some principal that it or a grant names is allowed all of them.

## Why it matters

Firehose makes a grant on the key for itself when the stream is created. Without the permissions the deployment fails,
or the stream ends in `CREATING_FAILED`, with `InvalidKMSResourceException`.

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides;
nor is it documented whether the grant is one for an AWS resource (`kms:GrantIsForAWSResource`).

## How to fix it

Allow all of them to the principal that deploys: in one statement of the key policy, or with a key policy that delegates
to the account and the deployer's own policies. Name the deployer with `--deployer`, and keyfit checks those policies
too.

## References

https://docs.aws.amazon.com/firehose/latest/APIReference/API_DeliveryStreamEncryptionConfigurationInput.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import firehose

NUMBER: Final = 907
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("firehose",)
SOURCES: Final = ("E5",)
NEEDS: Final = (firehose.CREATION,)
