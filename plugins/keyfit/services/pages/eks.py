"""EKS clusters whose secrets have a key, on which the service makes a grant for whoever creates the cluster (E1-E4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, Page, Via

_KEY: Final = "EncryptionConfig[].Provider.KeyArn"
_AWS_KEY: Final = "encryption_config.provider.key_arn"

CLUSTER: Final = Kind(
    "EKS cluster",
    {
        "AWS::EKS::Cluster": Form({_KEY: "store"}, name="Name", given=_KEY),
        "aws_eks_cluster": Form({_AWS_KEY: "store"}, name="name", given=_AWS_KEY),
    },
)
CREATION: Final = Call(
    By.CREATOR,
    ("kms:DescribeKey", "kms:CreateGrant"),  # E1
    Via("eks", unsaid=True, never=(("kms:GrantIsForAWSResource", "false"),)),  # E2, E4
    failure=Failure.AT_DEPLOYMENT,
    told="InvalidRequestException: User not authorized to perform kms:CreateGrant operation",
)

PAGE: Final = Page(
    name="eks",
    title="EKS",
    words=("::eks::cluster", "_eks_cluster"),
    kinds=(CLUSTER,),
    calls=(CREATION,),
    common=True,
)
