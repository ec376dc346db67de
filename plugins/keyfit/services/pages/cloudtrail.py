"""CloudTrail: trails and event data stores with a key, which the service uses in its own name (L6-L12)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, Page, Routes, Via

SERVICE: Final = "cloudtrail.amazonaws.com"
_ANY_ACCOUNT: Final = "{untold:which account has the organization's trail}"  # L10: the management account's
_FLAG: Final = "IsOrganizationTrail"

# --- consumers -----------------------------------------------------------------------------------------------------

_TRAIL: Final = Form({"KMSKeyId": "store"}, buckets={"S3BucketName": "output"}, name="TrailName", given="KMSKeyId")
_AWS_TRAIL: Final = Form({"kms_key_id": "store"}, buckets={"s3_bucket_name": "output"}, name="name", given="kms_key_id")

TRAIL: Final = Kind(
    "CloudTrail trail",
    {
        "AWS::CloudTrail::Trail": _TRAIL._replace(where={_FLAG: "false*"}),
        "aws_cloudtrail": _AWS_TRAIL._replace(where={"is_organization_trail": "false*"}),
    },
    any_region=True,  # L9
)
ORGANIZATION_TRAIL: Final = Kind(
    "CloudTrail organization trail",
    {
        "AWS::CloudTrail::Trail": _TRAIL._replace(where={_FLAG: "true"}),
        "aws_cloudtrail": _AWS_TRAIL._replace(where={"is_organization_trail": "true"}),
    },
    any_region=True,
)
EVENT_DATA_STORE: Final = Kind(
    "CloudTrail event data store",
    {
        "AWS::CloudTrail::EventDataStore": Form({"KmsKeyId": "store"}, name="Name", given="KmsKeyId"),
        "aws_cloudtrail_event_data_store": Form({"kms_key_id": "store"}, name="name", given="kms_key_id"),
    },
)

# --- calls ---------------------------------------------------------------------------------------------------------


def _of_trail(kind: Kind, account: str) -> tuple[Call, ...]:
    """What CloudTrail needs for the trails of one kind, which lie in that account."""
    arn = f"arn:{{partition}}:cloudtrail:{{region}}:{account}:trail/{{name}}"
    source = (("aws:SourceArn", arn), ("aws:SourceAccount", account))  # L8
    call = Call(
        By.SERVICE,
        ("kms:GenerateDataKey", "kms:DescribeKey"),  # L7: the second has no encryption context
        Via(facts=(*source, ("kms:EncryptionContext:aws:cloudtrail:arn", arn))),  # L6
        principal=SERVICE,
        routes=Routes.KEY_POLICY,
        kinds=(kind.words,),
        failure=Failure.AT_DEPLOYMENT,
        lost="the trail is not created",
        told="Insufficient permissions to access S3 bucket <bucket> or KMS key <key>",
    )
    return call, call._replace(actions=("kms:Decrypt",), level="warning", bucket_key=True)  # L11


TRAIL_ACCESS: Final = (*_of_trail(TRAIL, "{account}"), *_of_trail(ORGANIZATION_TRAIL, _ANY_ACCOUNT))
STORE_ACCESS: Final = (  # L12: which source it asks for when it is created, and which context, is not documented
    Call(
        By.SERVICE,
        ("kms:GenerateDataKey", "kms:Decrypt"),
        principal=SERVICE,
        routes=Routes.KEY_POLICY,
        kinds=(EVENT_DATA_STORE.words,),
        failure=Failure.AT_DEPLOYMENT,
        lost="the event data store is not created",
    ),
)

PAGE: Final = Page(
    name="cloudtrail",
    title="CloudTrail",
    words=("::cloudtrail::", "_cloudtrail"),
    kinds=(TRAIL, ORGANIZATION_TRAIL, EVENT_DATA_STORE),
    calls=(*TRAIL_ACCESS, *STORE_ACCESS),
    common=True,
)
