"""Secrets and parameters with a key of their own, and whoever reads or writes them (B1-B7)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Form, Kind, On, Page, Target, Via

SECRET: Final = "secret"  # noqa: S105 - a word for one
PARAMETER: Final = "parameter"
ADVANCED: Final = "advanced parameter"
EITHER: Final = "parameter of either tier"  # Intelligent-Tiering
_THROUGH_SECRETS_MANAGER: Final = Via("secretsmanager", facts=(("kms:EncryptionContext:SecretARN", "{target}"),))  # B3
_THROUGH_PARAMETER_STORE: Final = Via("ssm", facts=(("kms:EncryptionContext:PARAMETER_ARN", "{target}"),))  # B7
# The first that can be: a tier that is not known is either.
_TIERS: Final = ((EITHER, "tier", "intelligent-tiering"), (ADVANCED, "tier", "advanced"))
_REFUSED: Final = "AccessDeniedException: Access to KMS is not allowed"

CONTAINERS: Final = Kind(
    "ECS task definition",
    {
        "AWS::ECS::TaskDefinition": Form(
            targets=("ContainerDefinitions[].Secrets[].ValueFrom",), role="ExecutionRoleArn"
        ),
        "aws_ecs_task_definition": Form(
            targets=("container_definitions{}[].secrets[].valueFrom",), role="execution_role_arn"
        ),
    },
)

READING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # B1
        _THROUGH_SECRETS_MANAGER,
        on=On.TARGET,
        kinds=(CONTAINERS.words,),  # B5
        doing=("secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"),
        targets=(SECRET,),
        lost="the secret cannot be read",
        told=_REFUSED,
    ),
)
WRITING: Final = (
    Call(
        By.CALLER,
        ("kms:GenerateDataKey", "kms:Decrypt"),  # B2
        _THROUGH_SECRETS_MANAGER,
        on=On.TARGET,
        doing=("secretsmanager:PutSecretValue",),
        targets=(SECRET,),
        lost="no new value of the secret can be stored",
        told=_REFUSED,
    ),
)
PARAMETER_READING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # B6
        _THROUGH_PARAMETER_STORE,
        on=On.TARGET,
        kinds=(CONTAINERS.words,),
        doing=("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"),
        targets=(PARAMETER, ADVANCED, EITHER),
        lost="the value of the parameter cannot be read",
    ),
)

_STORING: Final = Call(  # B9
    By.CALLER,
    ("kms:Encrypt",),
    _THROUGH_PARAMETER_STORE,
    on=On.TARGET,
    doing=("ssm:PutParameter",),
    targets=(PARAMETER,),
    lost="no new value of the parameter can be stored",
)
PARAMETER_WRITING: Final = (_STORING, _STORING._replace(actions=("kms:GenerateDataKey",), targets=(ADVANCED,)))

PAGE: Final = Page(
    name="secrets",
    title="Secrets Manager",
    words=("secretsmanager", "_ssm_parameter", "::ecs::taskdefinition", "ecs_task_definition"),
    kinds=(CONTAINERS,),
    calls=(*READING, *WRITING, *PARAMETER_READING, *PARAMETER_WRITING),
    targets={
        "AWS::SecretsManager::Secret": Target(SECRET, key="KmsKeyId"),
        "aws_secretsmanager_secret": Target(SECRET, key="kms_key_id"),
        # CloudFormation cannot make a SecureString.
        "aws_ssm_parameter": Target(PARAMETER, key="key_id", where={"type": "securestring"}, unless=_TIERS),
    },
    common=True,
)
