"""The roles of a CodePipeline pipeline and of its actions can use the key of the artifact store.

## What it checks

Of a pipeline whose artifact store names a key: the role of the pipeline is allowed `kms:GenerateDataKey` and
`kms:Decrypt` on it, by any route; the role of an action is allowed `kms:Decrypt` where the action has input artifacts,
and `kms:GenerateDataKey` where it has output artifacts. AWS's example gives the roles more than that; less does not
work. Of a pipeline with several artifact stores nobody can tell which one an action uses; that the role of the pipeline
lacks the key of one is a warning.

## Why it matters

Actions read and write artifacts in the bucket of the artifact store with their role, or with the pipeline's. Without
the key an action fails at run time, with the "AccessDenied" of S3. A role of another account needs both: a statement of
the key policy that names the role or its account, and a policy of its own. The account's own root, which most key
policies name, does not let it in.

## When it is unproven

The role, one of its policies, or the key is not in the source, or an unknown value decides. Whether a role is one of
another account is known where the account of the deployment is: with `--account`.

## How to fix it

Name the role of the other account in the key policy, and allow it the same in its own account. Give the key by its ARN:
an ID or alias is looked up in the account of the role. Roles of the pipeline's account need a policy on the key alone.

## References

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import codepipeline

NUMBER: Final = 828
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("codepipeline",)
SOURCES: Final = ("O12", "O13", "O14", "O17")
NEEDS: Final = codepipeline.ARTIFACTS
