"""Consumers and buckets of templates."""

import pytest

from keyfit.model.consumers import Purpose
from keyfit.services.pages import personalize
from keyfit.truth import Truth
from keyfit.value import Position, Text, Unknown, text
from tests.cloudformation.making import FILE, given, shown, stack

SSE = "{BucketEncryption: {ServerSideEncryptionConfiguration: "


@pytest.mark.parametrize(
    ("properties", "algorithm", "key", "bucket_key"),
    [
        ("{}", "nothing", "nothing", "nothing"),
        (
            (
                f"{SSE}[{{ServerSideEncryptionByDefault: {{SSEAlgorithm: 'aws:kms', KMSMasterKeyID: !GetAtt K.Arn}}, "
                "BucketKeyEnabled: true}]}}"
            ),
            "aws:kms",
            "arn:${partition}:kms:${region}:${account}:key/${K.key_id}",
            "true",
        ),
        (f"{SSE}[{{ServerSideEncryptionByDefault: {{SSEAlgorithm: AES256}}}}]}}}}", "AES256", "nothing", "nothing"),
        (f"{SSE}!Ref Open}}}}", "?NO_VALUE(Open)", "?NO_VALUE(Open)", "?NO_VALUE(Open)"),
        ("{BucketEncryption: !Ref Open}", "?NO_VALUE(Open)", "?NO_VALUE(Open)", "?NO_VALUE(Open)"),
        (f"{SSE}[]}}}}", "nothing", "nothing", "nothing"),
        (
            "{BucketEncryption: 5}",
            "?INVALID(`ServerSideEncryptionConfiguration` is in a number, not in a map)",
            "?INVALID(`ServerSideEncryptionConfiguration` is in a number, not in a map)",
            "?INVALID(`ServerSideEncryptionConfiguration` is in a number, not in a map)",
        ),
    ],
)
def test_a_bucket_has_its_default_encryption(properties: str, algorithm: str, key: str, bucket_key: str) -> None:
    """As written, absent, or unknown."""
    head = "Parameters: {Open: {Type: String}}\nResources:\n  K: {Type: AWS::KMS::Key}\n"
    (bucket,) = stack(f"{head}  B: {{Type: AWS::S3::Bucket, Properties: {properties}}}\n").buckets
    assert (shown(bucket.algorithm), shown(bucket.key), shown(bucket.bucket_key)) == (algorithm, key, bucket_key)


# --- consumers ---------------------------------------------------------------------------------------------

CONSUMERS = """\
Parameters: {Open: {Type: String}}
Resources:
  Key: {Type: AWS::KMS::Key}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: r}}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: g
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
  Metrics:
    Type: AWS::Personalize::MetricAttribution
    Properties:
      Name: m
      DatasetGroupArn: !Ref Group
      MetricsOutputConfig:
        RoleArn: !GetAtt Role.Arn
        S3DataDestination: {KmsKeyArn: !Ref Key, Path: "s3://b/p"}
  Data:
    Type: AWS::Personalize::Dataset
    Properties:
      DatasetGroupArn: !GetAtt Group.DatasetGroupArn
      DatasetImportJob:
        JobName: j
        RoleArn: !Ref Open
        DataSource: {DataLocation: "s3://b/i"}
  NoJob: {Type: AWS::Personalize::Dataset, Properties: {Name: n}}
"""
ARN = "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}"
ROLE_ARN = "arn:${partition}:iam::${account}:role/r"
GROUP_ARN = "arn:${partition}:personalize:${region}:${account}:dataset-group/g"


def test_personalize_resources_are_consumers() -> None:
    """Each with the parameters that its type has, and what they are for."""
    group, metrics, job = stack(CONSUMERS).consumers
    assert [each.kind for each in (group, metrics, job)] == [
        personalize.DATASET_GROUP.words,
        personalize.METRIC_ATTRIBUTION.words,
        personalize.IMPORT_JOB.words,
    ]
    assert [(each.parameter, shown(each.value), each.purpose) for each in group.keys] == [
        ("KmsKeyArn", ARN, Purpose.STORE)
    ]
    assert group.role is not None
    assert (group.role.parameter, shown(group.role.value)) == ("RoleArn", ROLE_ARN)
    assert shown(group.name) == "g"
    (output,) = metrics.keys
    assert (output.parameter, shown(output.value), output.purpose) == (
        "MetricsOutputConfig.S3DataDestination.KmsKeyArn",
        "${Key.key_id}",
        Purpose.OUTPUT,
    )
    assert [(each.parameter, shown(each.value)) for each in metrics.buckets] == [
        ("MetricsOutputConfig.S3DataDestination.Path", "s3://b/p")
    ]
    assert metrics.group is not None
    assert shown(metrics.group.value) == GROUP_ARN
    assert job.keys == ()
    assert [(each.parameter, shown(each.value), each.purpose) for each in job.buckets] == [
        ("DatasetImportJob.DataSource.DataLocation", "s3://b/i", Purpose.INPUT)
    ]
    assert job.role is not None
    assert shown(job.role.value) == "?NO_VALUE(Open)"
    assert job.group is not None
    assert shown(job.group.value) == GROUP_ARN


def test_a_parameter_has_its_exact_place_and_path() -> None:
    """The line that a person edits first."""
    group, metrics, _ = stack(CONSUMERS).consumers
    here = group.keys[0].value.origin
    assert (here.file, here.start, here.end) == (FILE, Position(9, 18), Position(9, 33))
    assert here.path == ("Resources", "Group", "Properties", "KmsKeyArn")
    there = metrics.keys[0].value.origin
    assert there.start == Position(18, 40)
    assert there.path == (
        "Resources",
        "Metrics",
        "Properties",
        "MetricsOutputConfig",
        "S3DataDestination",
        "KmsKeyArn",
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("{}", []),
        ("{OnlineStoreConfig: {SecurityConfig: {KmsKeyId: k}}}", []),
        ("{OnlineStoreConfig: {EnableOnlineStore: false}}", []),
        ("{OnlineStoreConfig: {EnableOnlineStore: true}}", [("online", Truth.YES, [])]),
        ("{OnlineStoreConfig: {EnableOnlineStore: 'true'}}", [("online", Truth.YES, [])]),
        (
            "{OnlineStoreConfig: {EnableOnlineStore: true, SecurityConfig: {KmsKeyId: k}}}",
            [("online", Truth.YES, ["OnlineStoreConfig.SecurityConfig.KmsKeyId k"])],
        ),
        ("{OnlineStoreConfig: {EnableOnlineStore: !Ref Open}}", [("online", Truth.MAYBE, [])]),
        (
            "{OnlineStoreConfig: !Ref Open}",
            [("online", Truth.MAYBE, ["OnlineStoreConfig.SecurityConfig.KmsKeyId ?NO_VALUE(Open)"])],
        ),
        ("{OfflineStoreConfig: {S3StorageConfig: {S3Uri: 's3://b'}}}", [("offline", Truth.YES, [])]),
        (
            "{OfflineStoreConfig: {S3StorageConfig: {KmsKeyId: k}}, RoleArn: r}",
            [("offline", Truth.YES, ["OfflineStoreConfig.S3StorageConfig.KmsKeyId k"])],
        ),
        (
            "!If [C, {OnlineStoreConfig: {EnableOnlineStore: true}}, {OfflineStoreConfig: {}}]",
            [
                ("online", Truth.MAYBE, ["OnlineStoreConfig.SecurityConfig.KmsKeyId ?UNDECIDED(condition `C`)[Open]"]),
                (
                    "offline",
                    Truth.MAYBE,
                    ["OfflineStoreConfig.S3StorageConfig.KmsKeyId ?UNDECIDED(condition `C`)[Open]"],
                ),
            ],
        ),
    ],
)
def test_a_feature_group_is_a_consumer_for_each_store(
    properties: str, expected: list[tuple[str, Truth, list[str]]]
) -> None:
    """An online store has to be asked for; both stores stand under one address."""
    conditions = "Conditions: {C: !Equals [!Ref Open, a]}\n" if "!If" in properties else ""
    head = f"Parameters: {{Open: {{Type: String}}}}\n{conditions}Resources:\n"
    found = stack(f"{head}  F: {{Type: AWS::SageMaker::FeatureGroup, Properties: {properties}}}\n").consumers
    assert {each.block.address for each in found} <= {"F"}
    told_stores = [
        (each.store, each.block.present.truth, [f"{use.parameter} {shown(use.value)}" for use in each.keys])
        for each in found
    ]
    assert told_stores == expected


def test_the_role_of_a_feature_group_is_its_offline_stores() -> None:
    """The online store uses no role."""
    properties = "{OnlineStoreConfig: {EnableOnlineStore: true}, OfflineStoreConfig: {a: b}, RoleArn: r}"
    online, offline = stack(
        f"Resources:\n  F: {{Type: AWS::SageMaker::FeatureGroup, Properties: {properties}}}\n"
    ).consumers
    assert online.role is None
    assert offline.role is not None
    assert shown(offline.role.value) == "r"


MACHINE = """
Parameters: {Open: {Type: String}, Env: {Type: String, Default: dev}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Key: {Type: AWS::KMS::Key}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: caller
      DefinitionSubstitutions: {KeyArn: !GetAtt Key.Arn}
      @: |
        {"States": {"Make": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:personalize:createDatasetGroup",
          "Parameters": {"Name": "x", "KmsKeyArn": "${KeyArn}", "RoleArn": "${Other}"}}}}
"""


@pytest.mark.parametrize("written", ["DefinitionString", "Definition"])
def test_the_tasks_of_a_state_machine_are_consumers(written: str) -> None:
    """The definition as text or as a map, its placeholders filled in; the machine's role is the caller."""
    source = MACHINE.replace("@: |", f"{written}:" if written == "Definition" else f"{written}: |")
    (task,) = stack(source).consumers
    assert (task.kind, task.state, task.block.address) == (personalize.DATASET_GROUP.words, "Make", "Machine")
    assert [(use.parameter, shown(use.value)) for use in task.keys] == [("KmsKeyArn", ARN)]
    assert task.role is not None
    assert shown(task.role.value) == "${Other}"
    assert task.caller is not None
    assert (task.caller.parameter, shown(task.caller.value)) == ("RoleArn", "caller")


@pytest.mark.parametrize(
    ("properties", "hidden"),
    [
        ("{DefinitionS3Location: {Bucket: b}}", 0),
        ("{DefinitionString: 5}", 0),
        ("{DefinitionString: '{'}", 0),
        ("{}", 0),
        ("[a]", 0),
        ("{DefinitionString: !Ref Open}", 0),
        ("{DefinitionString: !If [IsProd, '{}', '{}x']}", 1),
    ],
)
def test_a_definition_that_cannot_be_read_has_no_tasks(properties: str, hidden: int) -> None:
    """But one behind an open choice says so: tasks can stand there."""
    head = MACHINE[: MACHINE.index("Resources")]
    found = stack(f"{head}Resources:\n  M: {{Type: AWS::StepFunctions::StateMachine, Properties: {properties}}}\n")
    assert found.consumers == ()
    assert len(found.hidden) == hidden


def test_a_conditional_resource_is_there_or_not_with_its_choice() -> None:
    """A resource whose condition surely does not hold is left out."""
    source = """
    Parameters: {Env: {Type: String, Default: dev}}
    Conditions: {IsProd: !Equals [!Ref Env, prod], Never: !Equals [a, b]}
    Resources:
      G: {Type: AWS::Personalize::DatasetGroup, Condition: IsProd, Properties: {Name: x}}
      H: {Type: AWS::Personalize::DatasetGroup, Condition: Never, Properties: {Name: x}}
    """
    (group,) = stack(source).consumers
    assert group.block.present.truth is Truth.MAYBE
    (hole,) = group.block.present.holes
    assert isinstance(hole, Unknown)
    assert hole.choices == {"Env"}


@pytest.mark.parametrize(
    ("deployer", "expected"),
    [
        (None, None),
        ("Role", text("arn:aws:iam::111122223333:role/r")),
        ("arn:aws:iam::111122223333:role/x", text("arn:aws:iam::111122223333:role/x")),
        ("Key2", text("Key2")),
    ],
)
def test_the_deployer_is_an_arn_or_a_role_of_the_template(deployer: str | None, expected: Text | None) -> None:
    """A logical id stands for the role's ARN."""
    bindings = given("111122223333", "us-east-1")
    bound = stack(CONSUMERS, type(bindings)(bindings.root, bindings.account, bindings.region, deployer=deployer))
    assert bound.deployer == expected
