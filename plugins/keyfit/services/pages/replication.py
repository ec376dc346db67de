"""S3 replication of objects that are encrypted with KMS keys, by the role of the replication rules (O7-O11)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Via

_SELECTED: Final = "SourceSelectionCriteria.SseKmsEncryptedObjects.Status"  # O10: without it they are left out
_AWS_SELECTED: Final = "source_selection_criteria.sse_kms_encrypted_objects.status"
_REPLICA_KEY: Final = "destination.encryption_configuration.replica_kms_key_id"
_AWS_RULE: Final = Form(
    {_REPLICA_KEY: "output"},
    "/role",
    {"/bucket": "input", "destination.bucket": "output"},
    "id",
    each="rule",
    where={"[].status": "enabled", f"[].{_AWS_SELECTED}": "enabled"},
)

_INLINE: Final = Form(  # of hashicorp/aws before version 5
    {"destination.replica_kms_key_id": "output"},
    "/replication_configuration.role",
    {"/bucket|arn": "input", "destination.bucket": "output"},
    "id",
    each="replication_configuration.rules",
    where={
        "[].status": "enabled",
        "[].source_selection_criteria.sse_kms_encrypted_objects.enabled": "true",
    },
)

RULE: Final = Kind(
    "S3 replication rule",
    {
        "AWS::S3::Bucket": Form(
            {"Destination.EncryptionConfiguration.ReplicaKmsKeyID": "output"},
            "/ReplicationConfiguration.Role",
            {"/BucketName|Arn": "input", "Destination.Bucket": "output"},
            "Id",
            each="ReplicationConfiguration.Rules",
            where={"[].Status": "enabled", f"[].{_SELECTED}": "enabled"},
        ),
        "aws_s3_bucket_replication_configuration": _AWS_RULE,
        "aws_s3_bucket": _INLINE,
    },
    any_region=True,  # O10: the replica key is of the destination's Region
)
_BY_ROLE: Final = Call(
    By.ROLE,
    ("kms:Encrypt",),  # O8
    Via("s3", beside_key=True, facts=(("kms:EncryptionContext:aws:s3:arn", "{object}"),)),  # O9
    kinds=(RULE.words,),
    purposes=("output",),
    failure=Failure.SILENT,
    lost="objects are not replicated: their replication status is FAILED, and nobody is told",  # O11
)
ACCESS: Final = (
    _BY_ROLE._replace(actions=("kms:Decrypt",), on=On.BUCKET, purposes=("input",)),  # O7
    _BY_ROLE,
    _BY_ROLE._replace(actions=("kms:Decrypt",), bucket_key=True),  # O8
)

PAGE: Final = Page(
    name="replication",
    title="S3",
    words=("_s3_bucket", "::s3::bucket"),
    kinds=(RULE,),
    calls=ACCESS,
    common=True,
    managed=("alias/aws/s3",),  # O4
)
