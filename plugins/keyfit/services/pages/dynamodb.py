"""DynamoDB tables with a key, which the service uses for whoever creates the table (D1-D3)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, Page, Via

CREATE_ACTIONS: Final = (  # D1
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
    "kms:CreateGrant",
)
_KEY: Final = "SSESpecification.KMSMasterKeyId"
_AWS_KEY: Final = "server_side_encryption.kms_key_arn"

TABLE: Final = Kind(
    "DynamoDB table",
    {
        "AWS::DynamoDB::Table": Form(
            {_KEY: "store"}, name="TableName", given=_KEY, where={"SSESpecification.SSEEnabled": "true"}
        ),
        "aws_dynamodb_table": Form(
            {_AWS_KEY: "store"}, name="name", given=_AWS_KEY, where={"server_side_encryption.enabled": "true"}
        ),
    },
)
CREATION: Final = Call(
    By.CREATOR,
    CREATE_ACTIONS,
    Via(
        "dynamodb",
        facts=(  # D2
            ("kms:EncryptionContext:aws:dynamodb:tableName", "{name}"),
            ("kms:EncryptionContext:aws:dynamodb:subscriberId", "{account}"),
        ),
    ),
    failure=Failure.AT_DEPLOYMENT,
    told="KMS key access denied error",
)

PAGE: Final = Page(
    name="dynamodb",
    title="DynamoDB",
    words=("::dynamodb::table", "_dynamodb_table"),
    kinds=(TABLE,),
    calls=(CREATION,),
    managed=("alias/aws/dynamodb",),  # D3
    common=True,
)
