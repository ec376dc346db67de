"""SageMaker Feature Store: the stores of feature groups, and what using them takes (F1-F12, F27-F31, F33)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Form, Kind, Page, Trust, Via

SERVICE: Final = "sagemaker.amazonaws.com"
CREATE_ACTIONS: Final = (  # F4 without what no key policy can give (F6, F7) and what the example leaves out (F5)
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:ListGrants",
)
# What the data plane's callers may do on the records of a feature group.
RECORD_ACTIONS: Final = tuple(
    f"sagemaker:{name}"
    for name in ("PutRecord", "GetRecord", "DeleteRecord", "BatchGetRecord", "BatchWriteRecord", "ListRecords")
)
_GROUP_ARN: Final = "arn:{partition}:sagemaker:{region}:{account}:feature-group/"

# --- consumers -----------------------------------------------------------------------------------------------------

_ONLINE: Final = Form(
    {"OnlineStoreConfig.SecurityConfig.KmsKeyId": "store"},
    name="FeatureGroupName",
    enabled="OnlineStoreConfig.EnableOnlineStore",  # it is off by default
)
_OFFLINE: Final = Form(
    {"OfflineStoreConfig.S3StorageConfig.KmsKeyId": "store"},
    "RoleArn",  # F31: for the offline store only
    {"OfflineStoreConfig.S3StorageConfig.S3Uri": "store"},
    "FeatureGroupName",
    given="OfflineStoreConfig",
)
# T16: hashicorp/aws has the same arguments.
_GROUPS: Final = ("AWS::SageMaker::FeatureGroup", "aws_sagemaker_feature_group", "sagemaker:createFeatureGroup")
_RECORD: Final = Form(group="FeatureGroupName")

ONLINE_STORE: Final = Kind("Feature Store online store", dict.fromkeys(_GROUPS, _ONLINE), store="online")
OFFLINE_STORE: Final = Kind("Feature Store offline store", dict.fromkeys(_GROUPS, _OFFLINE), store="offline")
RECORD_TASK: Final = Kind(  # W7; the batch actions name the feature group in each of their elements
    "Feature Store record task",
    {
        "sagemakerfeaturestoreruntime:putRecord": _RECORD,
        "sagemakerfeaturestoreruntime:updateRecord": _RECORD,
        "sagemakerfeaturestoreruntime:getRecord": _RECORD,
        "sagemakerfeaturestoreruntime:deleteRecord": _RECORD,
        "sagemakerfeaturestoreruntime:listRecords": _RECORD,
        "sagemakerfeaturestoreruntime:batchGetRecord": Form(group="Identifiers[].FeatureGroupName"),
        "sagemakerfeaturestoreruntime:batchWriteRecord": Form(group="Entries[].FeatureGroupName"),
    },
)

# --- calls ---------------------------------------------------------------------------------------------------------

THROUGH_SAGEMAKER: Final = Via(  # F9, K54, K63
    "sagemaker",
    facts=(("kms:GrantIsForAWSResource", "true"),),
    absent=("aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"),
)
THROUGH_S3: Final = Via(  # F12, F35
    "s3",
    facts=(("kms:EncryptionContext:aws:s3:arn", "arn:{partition}:s3:::{bucket}{untold:which object is written}"),),
)

CREATION: Final = Call(
    By.CREATOR, CREATE_ACTIONS, THROUGH_SAGEMAKER, kinds=(ONLINE_STORE.words,), listed=("kms:RevokeGrant",)
)
WRITING: Final = Call(By.ROLE, ("kms:GenerateDataKey",), THROUGH_S3, kinds=(OFFLINE_STORE.words,))  # F30
RECORDS: Final = Call(By.CALLER, ("kms:Decrypt",), THROUGH_SAGEMAKER, kinds=(ONLINE_STORE.words,))  # F27

PAGE: Final = Page(
    name="feature-store",
    title="Feature Store",
    words=("sagemaker",),
    kinds=(ONLINE_STORE, OFFLINE_STORE, RECORD_TASK),
    calls=(CREATION, WRITING, RECORDS),
    trust=Trust(SERVICE, kinds=(OFFLINE_STORE.words,)),  # F33; what the request holds is not documented
    exports={
        "AWS::SageMaker::FeatureGroup": {"Ref": "{FeatureGroupName}"},
        "aws_sagemaker_feature_group": {
            "id": "{feature_group_name}",
            "name": "{feature_group_name}",
            "arn": _GROUP_ARN + "{feature_group_name}",
        },
    },
)
