from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from keyfit.answer import NO, YES
from keyfit.readers import state_machine
from keyfit.readers.state_machine.integrations import action_of
from keyfit.services import index
from keyfit.services.consumers import consumers_of
from keyfit.services.pages import feature_store, geospatial, personalize
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown, text
from keyfit.why import Why

from .making import MACHINE, ROLE, SDK, consumers, machine, only, task, value

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.consumers import Consumer

KEY = "arn:aws:kms:us-west-2:111122223333:key/k"
JOB = {"Path": "s3://out/p", "KmsKeyArn": KEY}
INPUT = {"S3DataSource": {"Path": "s3://in/p", "KmsKeyArn": KEY}}
OUTPUT = {"S3DataDestination": JOB}
BATCH: dict[str, Any] = {"JobName": "n", "JobInput": INPUT, "JobOutput": OUTPUT, "RoleArn": "r"}
BATCH_KEYS = {"JobInput.S3DataSource.KmsKeyArn": "INPUT", "JobOutput.S3DataDestination.KmsKeyArn": "OUTPUT"}
BATCH_BUCKETS = {"JobInput.S3DataSource.Path": "INPUT", "JobOutput.S3DataDestination.Path": "OUTPUT"}
METRICS = {"S3DataDestination": JOB, "RoleArn": "r"}
METRIC_KEYS = {"MetricsOutputConfig.S3DataDestination.KmsKeyArn": "OUTPUT"}
METRIC_BUCKETS = {"MetricsOutputConfig.S3DataDestination.Path": "OUTPUT"}
EXPORT = {"Arn": "a", "ExecutionRoleArn": "r", "OutputConfig": {"S3Data": {"KmsKeyId": KEY, "S3Uri": "s3://out"}}}


class Row(NamedTuple):
    action: str
    given: dict[str, Any]
    kind: str
    keys: dict[str, str]
    role: str
    buckets: dict[str, str]
    name: str
    group: str


TABLE = [
    Row(
        "personalize:createDatasetGroup", {"Name": "n", "KmsKeyArn": KEY, "RoleArn": "r"},
        personalize.DATASET_GROUP.words, {"KmsKeyArn": "STORE"}, "RoleArn", {}, "n", "",
    ),
    Row(
        "personalize:createDatasetImportJob",
        {"JobName": "n", "DatasetArn": "d", "DataSource": {"DataLocation": "s3://in"}, "RoleArn": "r"},
        personalize.IMPORT_JOB.words, {}, "RoleArn", {"DataSource.DataLocation": "INPUT"}, "n", "DatasetArn",
    ),
    Row(
        "personalize:createDatasetExportJob", {"JobName": "n", "DatasetArn": "d", "JobOutput": OUTPUT, "RoleArn": "r"},
        personalize.EXPORT_JOB.words, {"JobOutput.S3DataDestination.KmsKeyArn": "OUTPUT"}, "RoleArn",
        {"JobOutput.S3DataDestination.Path": "OUTPUT"}, "n", "DatasetArn",
    ),
    Row(
        "personalize:createBatchInferenceJob", BATCH,
        personalize.BATCH_INFERENCE_JOB.words, BATCH_KEYS, "RoleArn", BATCH_BUCKETS, "n", "",
    ),
    Row(
        "personalize:createBatchSegmentJob", BATCH,
        personalize.BATCH_SEGMENT_JOB.words, BATCH_KEYS, "RoleArn", BATCH_BUCKETS, "n", "",
    ),
    Row(
        "personalize:createMetricAttribution", {"Name": "n", "DatasetGroupArn": "g", "MetricsOutputConfig": METRICS},
        personalize.METRIC_ATTRIBUTION.words, METRIC_KEYS, "MetricsOutputConfig.RoleArn", METRIC_BUCKETS, "n",
        "DatasetGroupArn",
    ),
    Row(
        "personalize:updateMetricAttribution", {"MetricAttributionArn": "m", "MetricsOutputConfig": METRICS},
        personalize.METRIC_ATTRIBUTION.words, METRIC_KEYS, "MetricsOutputConfig.RoleArn", METRIC_BUCKETS, "", "",
    ),
    Row(
        "sagemakergeospatial:startEarthObservationJob",
        {
            "Name": "n", "ExecutionRoleArn": "r", "KmsKeyId": KEY,
            "JobConfig": {"ZonalStatisticsConfig": {"ZoneS3Path": "s3://z/zones", "ZoneS3PathKmsKeyId": KEY}},
        },
        geospatial.EARTH_OBSERVATION_JOB.words,
        {"KmsKeyId": "STORE", "JobConfig.ZonalStatisticsConfig.ZoneS3PathKmsKeyId": "ZONE"},
        "ExecutionRoleArn", {"JobConfig.ZonalStatisticsConfig.ZoneS3Path": "ZONE"}, "n", "",
    ),
    Row(
        "sagemakergeospatial:startVectorEnrichmentJob",
        {
            "Name": "n", "ExecutionRoleArn": "r", "KmsKeyId": KEY,
            "InputConfig": {"DataSourceConfig": {"S3Data": {"S3Uri": "s3://in/v", "KmsKeyId": KEY}}},
        },
        geospatial.VECTOR_ENRICHMENT_JOB.words,
        {"KmsKeyId": "STORE", "InputConfig.DataSourceConfig.S3Data.KmsKeyId": "INPUT"},
        "ExecutionRoleArn", {"InputConfig.DataSourceConfig.S3Data.S3Uri": "INPUT"}, "n", "",
    ),
    Row(
        "sagemakergeospatial:exportEarthObservationJob", EXPORT,
        geospatial.EARTH_OBSERVATION_EXPORT.words, {"OutputConfig.S3Data.KmsKeyId": "OUTPUT"}, "ExecutionRoleArn",
        {"OutputConfig.S3Data.S3Uri": "OUTPUT"}, "", "",
    ),
    Row(
        "sagemakergeospatial:exportVectorEnrichmentJob", EXPORT,
        geospatial.VECTOR_ENRICHMENT_EXPORT.words, {"OutputConfig.S3Data.KmsKeyId": "OUTPUT"}, "ExecutionRoleArn",
        {"OutputConfig.S3Data.S3Uri": "OUTPUT"}, "", "",
    ),
    *(
        Row(
            f"sagemakerfeaturestoreruntime:{action}", {"FeatureGroupName": "g"},
            feature_store.RECORD_TASK.words, {}, "", {}, "", "FeatureGroupName",
        )
        for action in ("putRecord", "updateRecord", "getRecord", "deleteRecord", "listRecords")
    ),
    Row(
        "sagemakerfeaturestoreruntime:batchGetRecord", {"Identifiers": [{"FeatureGroupName": "g"}]},
        feature_store.RECORD_TASK.words, {}, "", {}, "", "Identifiers[0].FeatureGroupName",
    ),
    Row(
        "sagemakerfeaturestoreruntime:batchWriteRecord", {"Entries": [{"FeatureGroupName": "g"}]},
        feature_store.RECORD_TASK.words, {}, "", {}, "", "Entries[0].FeatureGroupName",
    ),
]  # fmt: skip
each_action = pytest.mark.parametrize("row", TABLE, ids=[row.action for row in TABLE])


@pytest.mark.parametrize("field", ["Parameters", "Arguments"])
@each_action
def test_each_action_makes_its_consumer(field: str, row: Row) -> None:
    """A task gives kind, keys, role, buckets, name and group from the parameters of its action."""
    consumer = only(machine(Task=task(row.action, **{field: row.given})))
    assert consumer.kind is row.kind
    assert {use.parameter: use.purpose.name for use in consumer.keys} == row.keys
    assert {use.value for use in consumer.keys} <= {text(KEY)}
    assert {use.parameter: use.purpose.name for use in consumer.buckets} == row.buckets
    assert all(isinstance(use.value, Text) and use.value.prefix.startswith("s3://") for use in consumer.buckets)
    assert (consumer.role.parameter if consumer.role else "") == row.role
    assert consumer.name == (text(row.name) if row.name else None)
    assert (consumer.group.parameter if consumer.group else "") == row.group
    assert (consumer.block, consumer.caller, consumer.state) == (MACHINE, ROLE, "Task")


@each_action
def test_a_parameter_that_is_not_given_has_no_use(row: Row) -> None:
    """A task without any parameters makes a consumer that uses nothing."""
    consumer = only(machine(Task=task(row.action, Parameters={})))
    assert (consumer.kind, consumer.keys, consumer.buckets, consumer.role) == (row.kind, (), (), None)


@each_action
def test_parameters_that_nobody_knows_are_unknown_each_for_itself(row: Row) -> None:
    """With unknown parameters, every key, bucket and role is unknown, and no two of them are the same value."""
    unknown = Unknown(Why.NO_VALUE, "Given", identity="Given")
    consumer = only(machine(Task=task(row.action, Parameters=unknown)))
    uses = [*consumer.keys, *consumer.buckets, *([consumer.role] if consumer.role else [])]
    assert {use.parameter for use in uses} == {*row.keys, *row.buckets, *([row.role] if row.role else [])}
    identities = [use.value.identity for use in uses if isinstance(use.value, Unknown)]
    assert len(set(identities)) == len(identities) == len(uses)


FEATURE_GROUP: dict[str, Any] = {
    "FeatureGroupName": "fg",
    "RoleArn": "r",
    "OnlineStoreConfig": {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}},
    "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://off", "KmsKeyId": KEY}},
}


def _stores(given: object) -> dict[str, Consumer]:
    made = consumers(machine(Make=task("sagemaker:createFeatureGroup", Parameters=given)))
    return {consumer.store: consumer for consumer in made}


def test_a_feature_group_has_two_stores_and_the_role_is_the_offline_ones() -> None:
    """Each store has its own key; RoleArn serves the offline store only (F31)."""
    stores = _stores(FEATURE_GROUP)
    online, offline = stores["online"], stores["offline"]
    assert online.kind == feature_store.ONLINE_STORE.words
    assert offline.kind == feature_store.OFFLINE_STORE.words
    assert [use.parameter for use in online.keys] == ["OnlineStoreConfig.SecurityConfig.KmsKeyId"]
    assert [use.parameter for use in offline.keys] == ["OfflineStoreConfig.S3StorageConfig.KmsKeyId"]
    assert (online.role, online.buckets) == (None, ())
    assert offline.role
    assert [use.parameter for use in offline.buckets] == ["OfflineStoreConfig.S3StorageConfig.S3Uri"]
    assert {online.caller, offline.caller} == {ROLE}


@pytest.mark.parametrize(
    ("online", "made"),
    [
        ({"EnableOnlineStore": True}, Truth.YES),
        ({"EnableOnlineStore": "true"}, Truth.YES),
        ({"EnableOnlineStore": False}, None),
        ({"EnableOnlineStore": "false"}, None),
        ({"EnableOnlineStore": None}, None),
        ({}, None),
        (None, None),
        ({"EnableOnlineStore.$": "$.online"}, Truth.MAYBE),
        ({"EnableOnlineStore": Unknown(Why.NO_VALUE, "Online")}, Truth.MAYBE),
        ({"EnableOnlineStore": text(Unknown(Why.NO_VALUE, "Online"))}, Truth.MAYBE),
        (Unknown(Why.NO_VALUE, "Config"), Truth.MAYBE),
    ],
)
def test_the_online_store_exists_when_it_is_enabled(online: object, made: Truth | None) -> None:
    """An online store is made only where EnableOnlineStore is true, and nobody knows where that is unknown."""
    stores = _stores({**FEATURE_GROUP, "OnlineStoreConfig": online})
    assert (stores["online"].block.present.truth if "online" in stores else None) is made
    assert stores["offline"].block.present == YES


@pytest.mark.parametrize(
    ("offline", "made"), [({}, Truth.YES), (None, None), (Unknown(Why.NO_VALUE, "Config"), Truth.MAYBE)]
)
def test_the_offline_store_exists_when_it_is_configured(offline: object, made: Truth | None) -> None:
    """An offline store is made only where OfflineStoreConfig is given."""
    stores = _stores({**FEATURE_GROUP, "OfflineStoreConfig": offline})
    assert (stores["offline"].block.present.truth if "offline" in stores else None) is made


def test_two_stores_of_unknown_parameters_do_not_share_a_key() -> None:
    """The keys of two stores whose configuration is one and the same unknown are two unknowns."""
    stores = _stores(Unknown(Why.NO_VALUE, "Given", identity="Given"))
    online, offline = (stores[each].keys[0].value for each in ("online", "offline"))
    assert isinstance(online, Unknown)
    assert isinstance(offline, Unknown)
    assert online.identity != offline.identity


def test_a_batch_of_records_names_each_feature_group_once() -> None:
    """Each feature group of the elements is one consumer; further elements that are not known are one more."""
    entries = [{"FeatureGroupName": name} for name in ("a", "b", "a")]
    unknown = Unknown(Why.NO_VALUE, "More")
    given = value({"Entries": entries})
    made = consumers(machine(Write=task("sagemakerfeaturestoreruntime:batchWriteRecord", Parameters=given)))
    groups = [consumer.group for consumer in made]
    assert [group.parameter for group in groups if group] == [
        "Entries[0].FeatureGroupName",
        "Entries[1].FeatureGroupName",
    ]
    made = consumers(
        machine(Write=task("sagemakerfeaturestoreruntime:batchWriteRecord", Arguments={"Entries": unknown}))
    )
    assert [consumer.group.value for consumer in made if consumer.group] == [unknown]


HOLE = Unknown(Why.NO_VALUE, "P")


@pytest.mark.parametrize(
    ("resource", "ours"),
    [
        (text(SDK, "personalize:createDatasetGroup"), True),
        (text(SDK, "personalize:createDatasetGroup.waitForTaskToken"), True),
        (text("arn:aws-cn:states:::aws-sdk:personalize:createDatasetGroup"), True),
        (text("arn:", Own.PARTITION, ":states:::aws-sdk:personalize:createDatasetGroup"), True),
        (text("arn:", HOLE, ":states:::aws-sdk:personalize:createDatasetGroup"), True),
        (text(SDK, "personalize:createSolution"), False),
        (text(SDK, "personalize:CreateDatasetGroup"), False),
        (text(SDK, "personalize:createDatasetGroup.sync"), False),
        (text(SDK, "personalizeevents:putEvents"), False),
        (text(SDK, "sagemaker:createDatasetGroup"), False),
        (text("arn:aws:states:::sagemaker:createFeatureGroup"), False),
        (text("arn:aws:lambda:us-west-2:111122223333:function:createDatasetGroup"), False),
        (text(SDK, "personalize:", HOLE), False),
        (text(SDK, HOLE, ":createDatasetGroup"), False),
        (text(HOLE, "personalize:createDatasetGroup"), False),
        (text(Reference("Function", "arn")), False),
        (text(""), False),
        (HOLE, False),
        (None, False),
        (value(["personalize:createDatasetGroup"]), False),
    ],
)
def test_a_resource_is_ours_when_service_and_action_are_known(resource: Any, ours: bool) -> None:  # noqa: ANN401, FBT001
    """Any partition will do, and waiting for a token too; a service or action that is not known says nothing."""
    assert bool(index.written_as(action_of(resource))) is ours


def test_credentials_change_who_calls_and_in_which_account() -> None:
    """A task with Credentials calls as that role, and what it makes is made in that role's account."""
    plain = task("personalize:createDatasetGroup", Parameters={"Name": "n"})
    assert only(machine(Task=plain)).account == text(Own.ACCOUNT)
    other = "arn:aws:iam::444455556666:role/other"
    consumer = only(machine(Task={**plain, "Credentials": {"RoleArn": other}}))
    assert consumer.caller
    assert (consumer.caller.parameter, consumer.caller.value) == ("Credentials.RoleArn", text(other))
    assert consumer.account == text("444455556666")
    consumer = only(machine(Task={**plain, "Credentials": {"RoleArn.$": "$.role"}}))
    assert consumer.caller
    assert isinstance(consumer.caller.value, Unknown)
    assert consumer.account.literal is None
    assert consumer.account != text(Own.ACCOUNT)


def test_a_machine_that_is_not_deployed_makes_nothing_that_is() -> None:
    """What a task makes is present at most as its machine is."""
    definition = value(machine(Task=task("personalize:createDatasetGroup", Parameters={})))
    absent = replace(MACHINE, present=NO)
    (made,) = state_machine.tasks(definition, absent, None, region=text(Own.REGION), account=text(Own.ACCOUNT))
    assert [(consumer.block.present, consumer.caller) for consumer in consumers_of(made)] == [(NO, None)]


def test_the_table_has_what_the_services_offer(shared: Path) -> None:
    """Each action that takes a key or a bucket is in the table, with every path that AWS documents for it."""
    facts = json.loads((shared / "facts" / "resources.json").read_text("utf-8"))
    for resource, about in facts["stepfunctions_sdk"].items():
        made = [each.form for each in index.written_as(action_of(text(resource)))]
        if resource.endswith((":createDataDeletionJob", ":getTile")):
            assert not made, "no key is ever asked of it"
            continue
        assert {path for each in made for path in each.keys} == {each["param"] for each in about["kms"]}
        assert {path for each in made for path in each.buckets} == set(about["s3"])
        assert {each.role for each in made if each.role} == {each["param"] for each in about["role"]}
    assert all(
        index.written_as(action_of(text(resource))) for resource in facts["stepfunctions_featurestore_dataplane"]
    )
