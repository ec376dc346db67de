"""DynamoDB tables with a key of their own, and whoever reads or writes their items (Y1-Y4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, On, Page, Target, Via

TABLE: Final = "table"
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
        Via(
            "dynamodb",
            facts=(  # Y3
                ("kms:EncryptionContext:aws:dynamodb:tableName", "{name}"),
                ("kms:EncryptionContext:aws:dynamodb:subscriberId", "{account}"),
            ),
        ),
        on=On.TARGET,
        doing=tuple(f"dynamodb:{each}" for each in (*_ITEM, *_MANY)),
        targets=(TABLE,),
        lost="no item of the table can be read or written",
        told="KMS key access denied error",
    ),
)

PAGE: Final = Page(
    name="tables",
    title="DynamoDB",
    words=("dynamodb",),
    kinds=(),
    calls=ITEMS,
    targets={
        "AWS::DynamoDB::Table": Target(
            TABLE, key="SSESpecification.KMSMasterKeyId", where={"SSESpecification.SSEEnabled": "true"}
        ),
        "aws_dynamodb_table": Target(
            TABLE, key="server_side_encryption.kms_key_arn", where={"server_side_encryption.enabled": "true"}
        ),
    },
    common=True,
)
