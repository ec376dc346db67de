"""Feature Store: the page's example policies hold as it says them, and what is taken out of them is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from keyfit.model.findings import Finding, Level, Verdict
from keyfit.why import Advice, AdviceKind
from tests.catalogue.examples import Template, verdicts

CREATE = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:ListGrants",
)
INEFFECTIVE = ("kms:RetireGrant", "kms:ListAliases")
THROUGH_SAGEMAKER = {"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"}}
ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def group(online: str | None = "Online", offline: str | None = "Offline") -> Template:
    """A feature group with a key for each store; the deployer is a user outside the source, as on the page."""
    properties: Template = {
        "FeatureGroupName": "trips",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": [{"FeatureName": "id", "FeatureType": "String"}],
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    if online:
        key = {"Fn::GetAtt": [online, "Arn"]}
        properties["OnlineStoreConfig"] = {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": key}}
    if offline:
        key = {"Fn::GetAtt": [offline, "Arn"]}
        properties["OfflineStoreConfig"] = {"S3StorageConfig": {"S3Uri": "s3://features/x", "KmsKeyId": key}}
    use = {"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "*"}
    policies = [{"PolicyName": "k", "PolicyDocument": {"Version": "2012-10-17", "Statement": [use]}}]
    return {
        "Resources": {
            "Online": key_with(user_statement(), administration()),
            "Offline": key_with(root_statement()),
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": deepcopy(TRUST), "Policies": policies},
            },
            "Group": {"Type": "AWS::SageMaker::FeatureGroup", "Properties": properties},
        }
    }


def key_with(*statements: Template) -> Template:
    """A key with these statements."""
    return {
        "Type": "AWS::KMS::Key",
        "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": list(statements)}},
    }


def user_statement() -> Template:
    """The page's statement for whoever creates the store."""
    return {
        "Sid": "Allow access through Feature Store",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/featurestore-user"},
        "Action": [*CREATE, *INEFFECTIVE],
        "Resource": "*",
        "Condition": deepcopy(THROUGH_SAGEMAKER),
    }


def administration() -> Template:
    """A statement that keeps control of the key and delegates nothing that a store needs."""
    return {"Effect": "Allow", "Principal": ROOT, "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"], "Resource": "*"}


def root_statement(action: Any = "kms:*") -> Template:  # noqa: ANN401 - as a policy has it
    """Delegation to the account."""
    return {"Sid": "Root", "Effect": "Allow", "Principal": ROOT, "Action": action, "Resource": "*"}


def broken(template: Template) -> dict[int, Finding]:
    """The broken findings by rule; no rule fails inside."""
    result = verdicts(template, account="111122223333", region="us-east-1")
    assert result.failures == ()
    return {each.rule: each for each in result.findings if each.verdict is Verdict.BROKEN}


def statements(template: Template, key: str) -> list[Template]:
    """The statements of a key's policy."""
    found: list[Template] = template["Resources"][key]["Properties"]["KeyPolicy"]["Statement"]
    return found


def test_the_page_s_policies_hold() -> None:
    """The user of the page's statement can create the store, and the role can write the offline one."""
    found = broken(group())
    assert found.keys() & {201, 202, 203, 204, 205} == set()


@pytest.mark.parametrize("action", CREATE)
def test_without_one_of_the_eight_nobody_can_create_the_store(action: str) -> None:
    """One principal has to get all eight."""
    template = group()
    statements(template, "Online")[0]["Action"].remove(action)
    assert broken(template).keys() & {201, 202} == {201}


def test_two_principals_with_four_actions_each_are_not_one_with_eight() -> None:
    """Together is not enough."""
    template = group()
    first = statements(template, "Online")[0]
    second = deepcopy(first)
    second["Principal"]["AWS"] = "arn:aws:iam::111122223333:user/other"
    first["Action"], second["Action"] = list(CREATE[:4]), list(CREATE[4:])
    statements(template, "Online").append(second)
    assert 201 in broken(template)


@pytest.mark.parametrize("gone", INEFFECTIVE)
def test_what_has_no_effect_in_a_key_policy_is_not_missed(gone: str) -> None:
    """ListAliases and RetireGrant stand in the page's example and do nothing there."""
    template = group()
    statements(template, "Online")[0]["Action"].remove(gone)
    assert 201 not in broken(template)


def test_delegation_leaves_it_to_the_deployer_and_says_so() -> None:
    """Root delegation of all eight holds, with a note."""
    template = group()
    template["Resources"]["Online"] = key_with(root_statement())
    result = verdicts(template, account="111122223333")
    (finding,) = [each for each in result.findings if each.rule == 201]
    assert finding.verdict is Verdict.HOLDS
    assert finding.advice == (Advice(AdviceKind.NAME_DEPLOYER, ""),)


def test_delegation_that_sagemaker_s_calls_do_not_meet_leaves_no_way() -> None:
    """Delegation counts only under its own conditions."""
    template = group()
    statement = root_statement()
    statement["Condition"] = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    template["Resources"]["Online"] = key_with(statement, administration())
    assert 201 in broken(template)


def test_the_offline_role_needs_a_statement_that_s3_s_calls_meet() -> None:
    """A statement with `kms:ViaService` `sagemaker.*` does not cover the offline store."""
    template = group()
    named = {"Sid": "W", "Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}}
    shut = {**named, "Action": "kms:GenerateDataKey", "Resource": "*", "Condition": THROUGH_SAGEMAKER}
    template["Resources"]["Offline"] = key_with(shut, administration())
    found = broken(template)
    assert 202 in found
    assert "kms:ViaService" in " ".join(note.message for note in found[202].notes)
    through_s3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    template["Resources"]["Offline"] = key_with({**shut, "Condition": through_s3}, administration())
    assert 202 not in broken(template)


def test_one_key_for_both_stores_and_a_condition_that_shuts_s3_out_is_one_error() -> None:
    """The page says that CreateFeatureGroup fails; 202 is not said again."""
    template = group(offline="Online")
    found = broken(template)
    assert found.keys() & {202, 203} == {203}
    assert found[203].level is Level.ERROR


def test_another_statement_that_lets_the_role_in_makes_it_a_warning() -> None:
    """By KMS's rules the shared key then works; the page says it does not."""
    template = group(offline="Online")
    statements(template, "Online").append(root_statement())
    found = broken(template)
    assert found[203].level is Level.WARNING


def test_two_keys_and_a_condition_on_the_online_one_are_no_news() -> None:
    """The condition is what the page recommends."""
    assert 203 not in broken(group())


def test_a_caller_of_records_needs_decrypt() -> None:
    """A policy that names a record action on the group, and no right to decrypt."""
    template = group()
    reader = {"Effect": "Allow", "Action": ["sagemaker:GetRecord"], "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [reader]}
    template["Resources"]["Reader"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": TRUST,
            "Policies": [{"PolicyName": "r", "PolicyDocument": document}],
        },
    }
    found = broken(template)
    assert found[204].resource == "Reader"
    assert found[204].message == "role `Reader` cannot `kms:Decrypt` on key `Online`"
    for harmless in ("sagemaker:*", "*", "s3:GetObject", "sagemaker:CreateFeatureGroup"):
        reader["Action"] = [harmless]
        assert 204 not in broken(template), harmless


def test_the_role_trusts_sagemaker() -> None:
    """Another service's trust is not enough."""
    template = group()
    trust = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Principal"]["Service"] = "personalize.amazonaws.com"
    assert 205 in broken(template)


def test_a_store_without_a_key_is_not_judged() -> None:
    """AWS owned keys need nothing."""
    template = group()
    del template["Resources"]["Group"]["Properties"]["OnlineStoreConfig"]["SecurityConfig"]
    del template["Resources"]["Group"]["Properties"]["OfflineStoreConfig"]["S3StorageConfig"]["KmsKeyId"]
    assert broken(template).keys() & {201, 202, 203, 204} == set()


def test_a_bucket_without_a_bucket_key_is_a_warning() -> None:
    """Only where KMS encrypts the bucket of the offline store."""
    template = group()
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    template["Resources"]["Bucket"] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "features", "BucketEncryption": encryption},
    }
    assert broken(template)[206].level is Level.WARNING
    rule["BucketKeyEnabled"] = True  # type: ignore[assignment]
    assert 206 not in broken(template)
    rule["ServerSideEncryptionByDefault"] = {"SSEAlgorithm": "AES256"}
    del rule["BucketKeyEnabled"]
    assert 206 not in broken(template)


BY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def outcomes(template: Template) -> dict[int, Verdict]:
    """The outcome of each rule; where it speaks of several things, one of them."""
    result = verdicts(template, account="111122223333", region="us-east-1")
    assert result.failures == ()
    return {each.rule: each.verdict for each in result.findings}


@pytest.mark.parametrize("policy", [{"Ref": "Policy"}, None])
def test_a_key_policy_that_cannot_be_read_may_have_the_condition(policy: object) -> None:
    """Nothing is said to hold of what is a parameter, or is not in the source at all."""
    template = group(offline="Online")
    template["Parameters"] = {"Policy": {"Type": "String"}}
    template["Resources"]["Online"]["Properties"]["KeyPolicy"] = policy
    if policy is None:
        stores = template["Resources"]["Group"]["Properties"]
        stores["OnlineStoreConfig"]["SecurityConfig"]["KmsKeyId"] = BY_ARN
        stores["OfflineStoreConfig"]["S3StorageConfig"]["KmsKeyId"] = BY_ARN
    assert outcomes(template)[203] is Verdict.UNPROVEN


def test_a_condition_in_one_branch_shuts_s3_out_there() -> None:
    """The branch that is not the default counts as much."""
    template = group(offline="Online")
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "development"}}
    template["Conditions"] = {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}}
    branch = {"Fn::If": ["IsProduction", user_statement(), {"Ref": "AWS::NoValue"}]}
    template["Resources"]["Online"] = key_with(root_statement(), branch)
    found = broken(template)[203]
    assert found.scenario == {"IsProduction": True}
    assert found.level is Level.WARNING


def test_the_finding_about_a_shared_key_tells_what_else_keeps_the_role_out() -> None:
    """Without the condition the role would still not be named: the notes of the other rule stand beside, not its help.

    Who followed that help alone would keep the warning about the condition.
    """
    found = broken(group(offline="Online"))[203]
    said = [note.message for note in found.notes]
    assert "statement 2 of the key policy of `Online` allows only `kms:PutKeyPolicy` and `kms:GetKeyPolicy`" in said
    condition = (
        "the `kms:ViaService` condition of statement `Allow access through Feature Store` of the key policy of `Online`"
    )
    apart = "use a separate key for the offline store"
    assert said[-1] == f"add `s3.*.amazonaws.com` to {condition}, or {apart}"
    assert len(set(said)) == len(said)


def test_double_encryption_has_no_bucket_keys() -> None:
    """DSSE-KMS does not support them, so that none is missed."""
    template = group()
    encryption = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}}
    template["Resources"]["Bucket"] = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "features",
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        },
    }
    assert 206 not in outcomes(template)


def test_a_note_does_not_deny_a_statement_that_may_apply() -> None:
    """Where a condition is open the note tells the condition, not that nothing gives the action."""
    template = group()
    named = {"Sid": "W", "Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}}
    address = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    open_ = {**named, "Action": "kms:GenerateDataKey", "Resource": "*", "Condition": address}
    template["Resources"]["Offline"] = key_with(open_, administration())
    result = verdicts(template, account="111122223333", region="us-east-1")
    (finding,) = [each for each in result.findings if each.rule == 202]
    assert finding.verdict is Verdict.UNPROVEN
    assert finding.notes[0].message.endswith(
        "`aws:SourceIp` `10.0.0.0/8`, and whether the request meets that is not known"
    )
    assert not any("has no statement that allows it" in note.message for note in finding.notes)


@pytest.mark.parametrize(
    ("location", "pattern", "expected"),
    [
        ("s3://features/x", "arn:aws:s3:::features*", Verdict.HOLDS),
        ("s3://features", "arn:aws:s3:::features*", Verdict.HOLDS),
        ("s3://features/x", "arn:aws:s3:::others*", Verdict.BROKEN),
        ("s3://features/x", "arn:aws:s3:::features/x/*", Verdict.UNPROVEN),
        ({"Fn::Sub": "s3://${Where}/x"}, "arn:aws:s3:::features*", Verdict.UNPROVEN),
    ],
)
def test_a_bucket_outside_the_source_is_known_where_its_name_is_written(
    location: object, pattern: str, expected: Verdict
) -> None:
    """The encryption context begins with the bucket's ARN, whether or not the source makes the bucket."""
    template = {**group(), "Parameters": {"Where": {"Type": "String"}}}
    template["Resources"]["Group"]["Properties"]["OfflineStoreConfig"]["S3StorageConfig"]["S3Uri"] = location
    statement = root_statement()
    statement["Condition"] = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": pattern}}
    template["Resources"]["Offline"] = key_with(statement, administration())
    assert outcomes(template)[202] is expected
