"""DynamoDB tables with a key, used for who creates the table or works on its items (D1, D15, Y1-Y4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Target, Via

CREATE_ACTIONS: Final = (  # D1
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
    "kms:CreateGrant",
)
ITEMS_OF: Final = "table"  # of which callers read and write items
_KEY: Final = "SSESpecification.KMSMasterKeyId"
_AWS_KEY: Final = "server_side_encryption.kms_key_arn"
_BY_KMS: Final = {"SSESpecification.SSEEnabled": "true"}
_AWS_BY_KMS: Final = {"server_side_encryption.enabled": "true"}

TABLE: Final = Kind(
    "DynamoDB table",
    {
        "AWS::DynamoDB::Table": Form({_KEY: "store"}, name="TableName", given=_KEY, where=_BY_KMS),
        "aws_dynamodb_table": Form({_AWS_KEY: "store"}, name="name", given=_AWS_KEY, where=_AWS_BY_KMS),
    },
)
# A replica has a key of its own Region (D15).
_REPLICA_KEY: Final = "SSESpecification.KMSMasterKeyId"
REPLICA: Final = Kind(
    "DynamoDB replica",
    {
        "AWS::DynamoDB::GlobalTable": Form(
            {_REPLICA_KEY: "store"},
            name="TableName",
            each="Replicas",
            given=f"[].{_REPLICA_KEY}",
            where=_BY_KMS,
            region="Region",
        ),
        "aws_dynamodb_table": Form(
            {"kms_key_arn": "store"}, name="name", each="replica", given="[].kms_key_arn", region="region_name"
        ),
        "aws_dynamodb_table_replica": Form({"kms_key_arn": "store"}, given="kms_key_arn"),
    },
)
_THROUGH: Final = Via(  # Y3
    "dynamodb",
    facts=(
        ("kms:EncryptionContext:aws:dynamodb:tableName", "{name}"),
        ("kms:EncryptionContext:aws:dynamodb:subscriberId", "{account}"),
    ),
)
CREATION: Final = Call(
    By.CREATOR,
    CREATE_ACTIONS,
    _THROUGH,
    failure=Failure.AT_DEPLOYMENT,
    told="KMS key access denied error",
    kinds=(TABLE.words,),
)
REPLICATION: Final = CREATION._replace(  # D15: that it takes the same is our reading
    via=Via("dynamodb", beside_key=True), kinds=(REPLICA.words,), level="warning"
)
_ITEM: Final = (
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "UpdateItem",
)
_MANY: Final = ("Query", "Scan", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate")

ITEMS: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # Y2
        _THROUGH,
        on=On.TARGET,
        doing=tuple(f"dynamodb:{each}" for each in (*_ITEM, *_MANY)),
        targets=(ITEMS_OF,),
        lost="no item of the table can be read or written",
        told="KMS key access denied error",
    ),
)

PAGE: Final = Page(
    name="dynamodb",
    title="DynamoDB",
    words=("dynamodb", "::serverless::simpletable"),
    kinds=(TABLE, REPLICA),
    calls=(CREATION, REPLICATION, *ITEMS),
    targets={
        "AWS::DynamoDB::Table": Target(ITEMS_OF, key=_KEY, where=_BY_KMS),
        "aws_dynamodb_table": Target(ITEMS_OF, key=_AWS_KEY, where=_AWS_BY_KMS),
    },
    managed=("alias/aws/dynamodb",),  # Y4
    common=True,
)
