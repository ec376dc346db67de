"""Amazon Personalize: dataset groups with a key, and jobs whose objects in S3 have one (P1-P9, P16, P17, P24, P27)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Documented, Form, Kind, Objects, On, Page, Routes, Target, Trust, Via

SERVICE: Final = "personalize.amazonaws.com"
CREATE_GRANT: Final = "kms:CreateGrant"  # P5: in the key policy only
ROLE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")  # P5
SERVICE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", CREATE_GRANT, "kms:ListGrants")
EXPORT_ACTIONS: Final = ("kms:GenerateDataKeyWithoutPlaintext",)  # P8

# --- consumers -----------------------------------------------------------------------------------------------------

_SOURCE: Final = "JobInput.S3DataSource"
_DESTINATION: Final = "JobOutput.S3DataDestination"
_METRICS: Final = "MetricsOutputConfig"
_ARN: Final = "arn:{partition}:personalize:{region}:{account}:"

_GROUP: Final = Form({"KmsKeyArn": "store"}, "RoleArn", name="Name")
_ATTRIBUTION: Final = Form(
    {f"{_METRICS}.S3DataDestination.KmsKeyArn": "output"},
    f"{_METRICS}.RoleArn",
    {f"{_METRICS}.S3DataDestination.Path": "output"},
    "Name",
    "DatasetGroupArn",
)
_BATCH: Final = Form(
    {f"{_SOURCE}.KmsKeyArn": "input", f"{_DESTINATION}.KmsKeyArn": "output"},
    "RoleArn",
    {f"{_SOURCE}.Path": "input", f"{_DESTINATION}.Path": "output"},
    "JobName",
)

DATASET_GROUP: Final = Kind(
    "Personalize dataset group",
    {"AWS::Personalize::DatasetGroup": _GROUP, "personalize:createDatasetGroup": _GROUP},
    created_by="personalize:CreateDatasetGroup",
)
IMPORT_JOB: Final = Kind(
    "Personalize dataset import job",
    {
        "AWS::Personalize::Dataset": Form(
            role="DatasetImportJob.RoleArn",
            buckets={"DatasetImportJob.DataSource.DataLocation": "input"},
            name="DatasetImportJob.JobName",
            group="DatasetGroupArn",
            given="DatasetImportJob",
        ),
        "personalize:createDatasetImportJob": Form(
            role="RoleArn", buckets={"DataSource.DataLocation": "input"}, name="JobName", group="DatasetArn"
        ),
    },
    created_by="personalize:CreateDatasetImportJob",
)
EXPORT_JOB: Final = Kind(
    "Personalize dataset export job",
    {
        "personalize:createDatasetExportJob": Form(
            {f"{_DESTINATION}.KmsKeyArn": "output"},
            "RoleArn",
            {f"{_DESTINATION}.Path": "output"},
            "JobName",
            "DatasetArn",
        )
    },
    created_by="personalize:CreateDatasetExportJob",
)
BATCH_INFERENCE_JOB: Final = Kind(
    "Personalize batch inference job",
    {"personalize:createBatchInferenceJob": _BATCH},
    created_by="personalize:CreateBatchInferenceJob",
)
BATCH_SEGMENT_JOB: Final = Kind(
    "Personalize batch segment job",
    {"personalize:createBatchSegmentJob": _BATCH},
    created_by="personalize:CreateBatchSegmentJob",
)
METRIC_ATTRIBUTION: Final = Kind(
    "Personalize metric attribution",
    {
        "AWS::Personalize::MetricAttribution": _ATTRIBUTION,
        "personalize:createMetricAttribution": _ATTRIBUTION,
        "personalize:updateMetricAttribution": _ATTRIBUTION._replace(name="", group=""),
    },
    created_by="personalize:CreateMetricAttribution",
)
_KINDS: Final = (DATASET_GROUP, IMPORT_JOB, EXPORT_JOB, BATCH_INFERENCE_JOB, BATCH_SEGMENT_JOB, METRIC_ATTRIBUTION)
_OF_OBJECTS: Final = tuple(each.words for each in _KINDS[1:])  # their keys are those of objects in S3

# --- calls ---------------------------------------------------------------------------------------------------------

_MAYBE_S3: Final = Via("s3", perhaps=True)  # K63a
_BOTH_SIDES: Final = Documented(SERVICE_ACTIONS, ROLE_ACTIONS)  # P2, P4, P5
_BY_SERVICE: Final = Call(By.SERVICE, SERVICE_ACTIONS, principal=SERVICE, routes=Routes.KEY_POLICY)
_BY_ROLE: Final = Call(By.ROLE, (*ROLE_ACTIONS, CREATE_GRANT), documented=_BOTH_SIDES)
_WITH_KEY: Final = _BY_ROLE._replace(in_key_policy=(CREATE_GRANT,))

SERVICE_ACCESS: Final = (_BY_SERVICE._replace(contested=(CREATE_GRANT, "kms:ListGrants"), instead=_BY_ROLE),)  # P48
ROLE_ACCESS: Final = (  # a dataset group's key is used directly, every other consumer's for S3 objects
    _WITH_KEY._replace(kinds=(DATASET_GROUP.words,)),
    _WITH_KEY._replace(kinds=_OF_OBJECTS, via=_MAYBE_S3),
)
ROLE_ON_BOTH_SIDES: Final = tuple(
    each._replace(actions=ROLE_ACTIONS, routes=Routes.BOTH, level="warning", beyond=each) for each in ROLE_ACCESS
)
BUCKET_ACCESS: Final = (  # P16, P17: of import jobs AWS's page asks nothing of the role's own policies
    _BY_SERVICE._replace(on=On.BUCKET, via=_MAYBE_S3),
    _BY_ROLE._replace(
        on=On.BUCKET,
        via=_MAYBE_S3,
        kinds=tuple(each.words for each in _KINDS if each is not IMPORT_JOB),
    ),
    _BY_ROLE._replace(on=On.BUCKET, via=_MAYBE_S3, kinds=(IMPORT_JOB.words,), documented=Documented(SERVICE_ACTIONS)),
)
EXPORT_ACCESS: Final = (
    Call(By.SERVICE, EXPORT_ACTIONS, principal=SERVICE, routes=Routes.KEY_POLICY),
    Call(By.ROLE, EXPORT_ACTIONS, routes=Routes.KEY_POLICY),
)  # P18, P20: an older text asks it of every creator, and names no action; the handler of one type asks for four.
_BY_CREATOR: Final = Call(By.CREATOR, ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"), level="warning")
CREATION: Final = (
    _BY_CREATOR._replace(kinds=tuple(each.words for each in _KINDS if each is not METRIC_ATTRIBUTION)),
    _BY_CREATOR._replace(kinds=(METRIC_ATTRIBUTION.words,), actions=(*_BY_CREATOR.actions, CREATE_GRANT)),
)

_BATCHES: Final = (BATCH_INFERENCE_JOB.words, BATCH_SEGMENT_JOB.words)
OBJECTS: Final = (  # P30-P32: what AWS's page asks for of the role and of the service alike
    Objects(SERVICE, ("s3:GetObject", "s3:ListBucket"), (IMPORT_JOB.words, *_BATCHES), ("input",)),
    Objects(SERVICE, ("s3:PutObject",), (*_BATCHES, METRIC_ATTRIBUTION.words), ("output",)),
    Objects(SERVICE, ("s3:PutObject", "s3:ListBucket"), (EXPORT_JOB.words,), ("output",)),
)

PAGE: Final = Page(
    name="personalize",
    title="Personalize",
    words=("personalize",),
    kinds=_KINDS,
    calls=(*SERVICE_ACCESS, *ROLE_ACCESS, *BUCKET_ACCESS),
    trust=Trust(  # P24
        SERVICE,
        facts=(
            ("aws:SourceAccount", "{account}"),
            ("aws:SourceArn", _ARN + "{undocumented:for which resource Personalize asks}"),
        ),
    ),
    targets={"AWS::Personalize::Dataset": Target("dataset", group="DatasetGroupArn")},
    exports={
        # `Ref` is documented both as the ARN and as the name; the schema says the ARN (R19).
        "AWS::Personalize::DatasetGroup": dict.fromkeys(("Ref", "DatasetGroupArn"), _ARN + "dataset-group/{Name}"),
        # Its end names the dataset group and the type, and is kept as one name.
        "AWS::Personalize::Dataset": dict.fromkeys(("Ref", "DatasetArn"), _ARN + "dataset/{made:dataset}"),
        "AWS::Personalize::Schema": dict.fromkeys(("Ref", "SchemaArn"), _ARN + "schema/{Name}"),
        "AWS::Personalize::MetricAttribution": dict.fromkeys(
            ("Ref", "MetricAttributionArn"), _ARN + "metric-attribution/{Name}"
        ),
    },
    only_arn=True,  # P27
)
