"""CodePipeline: the key of an artifact store, for the role of the pipeline and for those of its actions (O12-O14)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Form, Kind, Page, Via

_KEY: Final = "ArtifactStore.EncryptionKey.Id"
_AWS_KEY: Final = "artifact_store.encryption_key.id"
_ACTION: Final = Form({f"/{_KEY}": "store"}, "RoleArn", name="Name", each="Stages[].Actions")
_AWS_ACTION: Final = Form({f"/{_AWS_KEY}": "store"}, "role_arn", name="name", each="stage[].action")


def _action(words: str, given: str, aws_given: str) -> Kind:
    """An action that has artifacts of one kind, and perhaps a role of its own: the pipeline's does the work else."""
    forms = {
        "AWS::CodePipeline::Pipeline": _ACTION._replace(given=f"[].{given}"),
        "aws_codepipeline": _AWS_ACTION._replace(given=f"[].{aws_given}"),
    }
    return Kind(words, forms)


PIPELINE: Final = Kind(
    "CodePipeline pipeline",
    {
        "AWS::CodePipeline::Pipeline": Form({_KEY: "store"}, "RoleArn", name="Name", given=_KEY),
        "aws_codepipeline": Form({_AWS_KEY: "store"}, "role_arn", name="name", given=_AWS_KEY),
    },
)
PIPELINES: Final = Kind(
    "CodePipeline pipeline of several Regions",
    {
        "AWS::CodePipeline::Pipeline": Form(  # O17: each store has a key of its own Region
            {_KEY: "store"}, "/RoleArn", name="Name", each="ArtifactStores", given=f"[].{_KEY}", region="Region"
        )
    },
)
READING: Final = _action("CodePipeline action with input artifacts", "InputArtifacts", "input_artifacts")
WRITING: Final = _action("CodePipeline action with output artifacts", "OutputArtifacts", "output_artifacts")

_BY_ROLE: Final = Call(
    By.ROLE,
    ("kms:GenerateDataKey", "kms:Decrypt"),  # O12
    Via("s3", perhaps=True),  # nobody says whether all calls go through S3
    kinds=(PIPELINE.words,),
    at_role=True,
    lost="the action fails, for it cannot use the artifacts",
    told="AccessDenied",
)
ARTIFACTS: Final = (
    _BY_ROLE,
    _BY_ROLE._replace(kinds=(PIPELINES.words,), level="warning"),  # O17: our reading
    _BY_ROLE._replace(actions=("kms:Decrypt",), kinds=(READING.words,)),  # O13
    _BY_ROLE._replace(actions=("kms:GenerateDataKey",), kinds=(WRITING.words,)),
)

PAGE: Final = Page(
    name="codepipeline",
    title="CodePipeline",
    words=("::codepipeline::", "_codepipeline"),
    kinds=(PIPELINE, PIPELINES, READING, WRITING),
    calls=ARTIFACTS,
    common=True,
    managed=("alias/aws/s3",),  # O14
)
