"""Amazon EBS: volumes and instances with a key, which EC2 uses for whoever makes them (D4-D6)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, Page, Via

ACTIONS: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")  # D4
_MAPPED: Final = "BlockDeviceMappings[].Ebs.KmsKeyId"
_ROOT: Final = "root_block_device.kms_key_id"
_FURTHER: Final = "ebs_block_device[].kms_key_id"

VOLUME: Final = Kind(
    "EBS volume",
    {
        "AWS::EC2::Volume": Form({"KmsKeyId": "store"}, given="KmsKeyId"),
        "aws_ebs_volume": Form({"kms_key_id": "store"}, given="kms_key_id"),
    },
)
INSTANCE: Final = Kind(
    "EC2 instance",
    {
        "AWS::EC2::Instance": Form({_MAPPED: "store"}, given=_MAPPED),
        "aws_instance": Form({_ROOT: "store", _FURTHER: "store"}, given=f"{_ROOT},{_FURTHER}"),
    },
)
CREATION: Final = Call(
    By.CREATOR,
    ACTIONS,
    Via(
        "ec2",  # D5
        facts=(
            ("kms:EncryptionContext:aws:ebs:id", "{untold:the ID of the volume}"),
            ("kms:GrantIsForAWSResource", "true"),
        ),
    ),
    failure=Failure.AT_RUN_TIME,
    told="Client.InternalError: Client error on launch",
)

PAGE: Final = Page(
    name="ebs",
    title="EBS",
    words=("::ec2::volume", "::ec2::instance", "aws_ebs_volume", "_ec2_volume", "aws_instance", "_ec2_instance"),
    kinds=(VOLUME, INSTANCE),
    calls=(CREATION,),
    managed=("alias/aws/ebs",),  # D6
    common=True,
)
