from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.answer import maybe
from keyfit.aws import kms_actions, via_services
from keyfit.catalogue import every_rule, policies
from keyfit.catalogue.resources import MOST_VALUES
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Level, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.scan.folding import fold
from keyfit.truth import Truth
from keyfit.value import Own, Unknown, text
from keyfit.verify import check
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.findings import Finding
    from keyfit.model.stack import Stack
    from keyfit.value import Text

Json = dict[str, Any]
NUMBERS = frozenset({405, 406, 407, 501, 502, 503, 504, 505, 506, 507, 508})
RULES = [rule for rule in every_rule() if rule.number in NUMBERS]
ALL = Options(all_keys=True)
ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
KEEP = {"Sid": "Keep", "Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def _stack(resources: Json, account: str | None = None, **sections: Json) -> Stack:
    source = json.dumps({**sections, "Resources": resources})
    return cloudformation.read(source, "template.json", Given(Path(), account=account))


def _key(*statements: Json, **properties: object) -> Json:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy, **properties}}


def _role(*statements: Json, **properties: object) -> Json:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    given = {"Policies": [{"PolicyName": "p", "PolicyDocument": document}]} if statements else {}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **given, **properties}}


def _found(stack: Stack, number: int, options: Options = ALL) -> list[Finding]:
    result = check(stack, [rule for rule in RULES if rule.number == number], options)
    assert result.failures == ()
    return list(result.findings)


def _outcomes(findings: Iterable[Finding]) -> list[str]:
    return [each.verdict.value for each in findings]


# --- what is connected to a consumer -------------------------------------------------------------------------------

GROUP = {
    "Type": "AWS::Personalize::DatasetGroup",
    "Properties": {
        "Name": "films",
        "KmsKeyArn": {"Fn::GetAtt": ["Used", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["Named", "Arn"]},
    },
}
BUCKET = {
    "Type": "AWS::S3::Bucket",
    "Properties": {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": {"Fn::GetAtt": ["OfBucket", "Arn"]},
                    }
                }
            ]
        }
    },
}
IMPORT = {
    "Type": "AWS::Personalize::Dataset",
    "Properties": {
        "Name": "rows",
        "DatasetType": "Interactions",
        "DatasetGroupArn": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]},
        "SchemaArn": "arn:aws:personalize:eu-west-1:111122223333:schema/s",
        "DatasetImportJob": {
            "JobName": "job",
            "DataSource": {"DataLocation": {"Fn::Sub": "s3://${Bucket}/rows"}},
            "RoleArn": {"Fn::GetAtt": ["Importing", "Arn"]},
        },
    },
}
GEOSPATIAL = _role(
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": {"Fn::GetAtt": ["OfRole", "Arn"]}},
    AssumeRolePolicyDocument={
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker-geospatial.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    },
)
CONNECTED = {
    "Used": _key(KEEP),
    "OfBucket": _key(KEEP),
    "OfRole": _key(KEEP),
    "NamesRole": _key({**KEEP, "Principal": {"AWS": {"Fn::GetAtt": ["Mapping", "Arn"]}}}),
    "Other": _key(KEEP),
    "Named": _role(),
    "Importing": _role(),
    "Mapping": GEOSPATIAL,
    "Stranger": _role(),
    "Bucket": BUCKET,
    "Group": GROUP,
    "Dataset": IMPORT,
}


def test_what_a_consumer_names_is_connected() -> None:
    """Its keys, its buckets' keys, its roles; a role for geospatial jobs, and the keys on either side of it."""
    stack = _stack(CONNECTED)
    assert stack.problems == ()
    assert {key.block.address for key in policies.keys(stack, Options())} == {"Used", "OfBucket", "OfRole", "NamesRole"}
    assert {each.block.address for each in policies.identities(stack, Options())} == {"Named", "Importing", "Mapping"}


def test_all_keys_means_all() -> None:
    """With `--all-keys` every key and identity of the source is looked at."""
    stack = _stack(CONNECTED)
    assert len(list(policies.keys(stack, ALL))) == 5
    assert len(list(policies.identities(stack, ALL))) == 4


def test_without_a_consumer_nothing_is_said() -> None:
    """A stack whose keys serve something else is not judged, however wrong its policies are."""
    wrong = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:ReEncrypt"}
    role = _role({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": {"Ref": "Key"}})
    stack = _stack({"Key": _key(wrong), "Role": role})
    assert check(stack, RULES).findings == ()
    assert {each.rule for each in check(stack, RULES, ALL).findings if each.verdict is Verdict.BROKEN} == {
        405, 406, 502, 503,
    }  # fmt: skip


# --- 405: every small policy ---------------------------------------------------------------------------------------

PRINCIPALS: dict[str, Json | str] = {
    "account": {"AWS": {"Ref": "AWS::AccountId"}},
    "everybody": "*",
    "role": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/admin"}},
    "service": {"Service": "personalize.amazonaws.com"},
    "stranger": {"AWS": "arn:aws:iam::444455556666:role/admin"},
}
LINE = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
SMALL = [
    (effect, who, action, conditional)
    for effect in ("Allow", "Deny")
    for who in PRINCIPALS
    for action in ("kms:PutKeyPolicy", "kms:Decrypt")
    for conditional in (False, True)
    if action == "kms:PutKeyPolicy" or who == "account"
]
Small = tuple[str, str, str, bool]
# Whom a statement for the first speaks of, as far as the account is concerned: the account and everybody are both.
REACHES = {"account": {"account", "role"}, "everybody": {"account", "role"}, "role": {"role"}}


def _statement(small: Small) -> Json:
    effect, who, action, conditional = small
    condition = {"Condition": LINE} if conditional else {}
    return {"Effect": effect, "Principal": PRINCIPALS[who], "Action": action, "Resource": "*", **condition}


def _expected(world: tuple[Small, ...]) -> str:
    """Whether somebody of the account keeps the action: asked of the account as a whole, and of the role."""
    truths = []
    for who in ("account", "role"):
        allow = [s for s in world if s[0] == "Allow" and s[2] == "kms:PutKeyPolicy" and _names(s[1], who)]
        deny = [s for s in world if s[0] == "Deny" and s[2] == "kms:PutKeyPolicy" and who in REACHES.get(s[1], ())]
        surely_denied = any(not s[3] for s in deny)
        if surely_denied or not allow:
            truths.append(0)
        else:
            truths.append(2 if any(not s[3] for s in allow) and not deny else 1)
    return ("broken", "unproven", "holds")[max(truths)]


def _names(written: str, who: str) -> bool:
    return written in ({"account", "everybody"} if who == "account" else {"role"})


def test_control_is_kept_in_every_small_policy_that_keeps_it() -> None:
    """Two statements in all combinations: the verdict is that of the table of principals, effects and conditions."""
    for world in itertools.combinations_with_replacement(SMALL, 2):
        stack = _stack({"Key": _key(*map(_statement, world))}, account="111122223333")
        assert _outcomes(_found(stack, 405)) == [_expected(world)], world


# --- 503, 504: every action ----------------------------------------------------------------------------------------

EVERY = [each.name for each in kms_actions.every_action()]


def test_every_action_exists_and_no_other() -> None:
    """503: each action of KMS in either letter case, and none of them with a letter more."""
    for name in EVERY:
        stack = _stack({"Key": _key(KEEP, *({**KEEP, "Sid": s, "Action": a} for s, a in _spellings(name).items()))})
        outcomes = {each.about.parameter: each.verdict.value for each in _found(stack, 503)}
        assert outcomes == {"Keep": "holds", "same": "holds", "upper": "holds", "wild": "holds", "longer": "broken"}


def _spellings(name: str) -> dict[str, str]:
    return {"same": name, "upper": name.upper(), "wild": f"{name[:6]}*", "longer": f"{name}x"}


def test_a_key_policy_gives_the_actions_of_keys() -> None:
    """504: an action by itself is told exactly where a key policy cannot give it; beside another one it is harmless."""
    for action in kms_actions.every_action():
        alone = {**KEEP, "Sid": "Alone", "Action": action.name}
        beside = {**KEEP, "Sid": "Beside", "Action": [action.name, "kms:Decrypt"]}
        denied = {**KEEP, "Sid": "Denied", "Effect": "Deny", "Action": action.name}
        found = _found(_stack({"Key": _key(KEEP, alone, beside, denied)}), 504)
        outcomes = {each.about.parameter: each.verdict.value for each in found}
        assert outcomes == {"Keep": "holds", "Alone": "holds" if action.key_policy else "broken", "Beside": "holds"}
        assert {each.level for each in found} == {Level.WARNING}


# --- 501, 502: what names a key ------------------------------------------------------------------------------------

HERE = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:"
VALUES: list[tuple[object, str, str]] = [
    # value of Resource, 501, 502
    ("*", "holds", "holds"),
    ({"Fn::GetAtt": ["Key", "Arn"]}, "holds", "holds"),
    ({"Fn::Sub": HERE + "key/*"}, "holds", "holds"),
    ("arn:aws:kms:*:111122223333:key/*", "holds", "holds"),
    ({"Ref": "Key"}, "holds", "broken"),
    ({"Fn::GetAtt": ["Key", "KeyId"]}, "holds", "broken"),
    ("mrk-1234abcd12ab34cd56ef1234567890ab", "holds", "broken"),
    ({"Ref": "Alias"}, "broken", "holds"),
    ({"Fn::Sub": HERE + "alias/films"}, "broken", "holds"),
    ({"Fn::Sub": HERE + "${Alias}"}, "broken", "holds"),
    ("arn:aws:kms:eu-west-1:111122223333:alias/aws/s3", "broken", "holds"),
    ("alias/*", "broken", "holds"),
    ({"Fn::Sub": HERE + "alias/${Open}"}, "broken", "holds"),
    ({"Fn::Sub": HERE + "key/${Open}"}, "holds", "holds"),
    ({"Ref": "Open"}, "unproven", "unproven"),
    ({"Fn::Sub": HERE + "${Open}"}, "unproven", "holds"),
    ("arn:aws:s3:::films", "holds", "holds"),
    ([{"Ref": "Alias"}, {"Ref": "Key"}], "broken", "broken"),
    ([{"Ref": "Alias"}, {"Ref": "Key"}, {"Fn::GetAtt": ["Key", "Arn"]}], "holds", "holds"),
    ([{"Ref": "Alias"}, {"Fn::GetAtt": ["Other", "Arn"]}], "broken", "holds"),
    ([{"Ref": "Key"}, "arn:aws:kms:*:*:key/*"], "holds", "holds"),
    ([{"Ref": "Alias"}, {"Ref": "Open"}], "unproven", "unproven"),
]


@pytest.mark.parametrize(("value", "alias", "key_id"), VALUES)
def test_a_resource_is_told_by_what_it_names(value: object, alias: str, key_id: str) -> None:
    """501 and 502 speak of an alias and of a key id that nothing beside it makes up for, and of nothing else."""
    resources = {
        "Key": _key(KEEP),
        "Other": _key(KEEP),
        "Alias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/films", "TargetKeyId": {"Ref": "Key"}}},
        "Role": _role({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": value}),
    }
    stack = _stack(resources, Parameters={"Open": {"Type": "String"}})
    assert (_outcomes(_found(stack, 501)), _outcomes(_found(stack, 502))) == ([alias], [key_id])


def test_a_long_resource_is_bounded() -> None:
    """What is not compared any more is not said to hold."""
    values = [f"arn:aws:kms:*:*:key/{number}" for number in range(MOST_VALUES + 1)]
    stack = _stack({"Role": _role({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": values})})
    assert _outcomes(_found(stack, 501)) == ["unproven"]


# --- 506: what a call can have -------------------------------------------------------------------------------------

OPEN = Unknown(Why.NO_VALUE, "Service")
NEW = Unknown(Why.UNDOCUMENTED, "that `cloudformation` supports `kms:ViaService`")
POSSIBLE: list[tuple[Text | Unknown, str, Truth]] = [
    (text("s3.eu-west-1.amazonaws.com"), "StringEquals", Truth.YES),
    (text("s3.", Own.REGION, ".amazonaws.com"), "StringEquals", Truth.YES),
    (text("S3.eu-west-1.amazonaws.com"), "StringEquals", Truth.NO),
    (text("S3.eu-west-1.amazonaws.com"), "StringEqualsIgnoreCase", Truth.YES),
    (text("s3.*.amazonaws.com"), "StringLike", Truth.YES),
    (text("s3.*.amazonaws.com"), "ForAnyValue:StringLikeIfExists", Truth.YES),
    (text("*"), "StringLike", Truth.YES),
    (text("s3.amazonaws.com"), "StringEquals", Truth.NO),
    (text("s3.amazonaws.com"), "StringLike", Truth.NO),
    (text("s3.cn-north-1.amazonaws.com.cn"), "StringEquals", Truth.NO),
    (text("s3.", Own.REGION, ".", Own.URL_SUFFIX), "StringEquals", Truth.MAYBE),
    (text("personalize.eu-west-1.amazonaws.com"), "StringEquals", Truth.NO),
    (text("personalize.*.amazonaws.com"), "StringLike", Truth.NO),
    (text("sagemaker-geospatial.", Own.REGION, ".amazonaws.com"), "StringEquals", Truth.NO),
    (text("sagemaker*.amazonaws.com"), "StringLike", Truth.YES),
    (text("cloudformation.eu-west-1.amazonaws.com"), "StringEquals", Truth.MAYBE),
    (text(OPEN, ".eu-west-1.amazonaws.com"), "StringEquals", Truth.MAYBE),
    (text("s3.${aws:RequestedRegion}.amazonaws.com"), "StringEquals", Truth.MAYBE),
    (OPEN, "StringEquals", Truth.MAYBE),
    (text("lambda"), "StringEquals", Truth.NO),
]


@pytest.mark.parametrize(("value", "operator", "expected"), POSSIBLE)
def test_a_value_is_possible_where_a_service_can_send_it(value: Text | Unknown, operator: str, expected: Truth) -> None:
    """The services that AWS lists can; those that it is known not to list cannot; of others nobody knows."""
    assert via_services.possible(value, operator).truth is expected


def test_what_leaves_a_value_open_is_named() -> None:
    """An open answer has the holes that decide it."""
    assert via_services.possible(OPEN, "StringEquals") == maybe(OPEN)
    found = via_services.possible(text("cloudformation.eu-west-1.amazonaws.com"), "StringEquals")
    assert [hole.phrase for hole in found.holes if isinstance(hole, Unknown)] == [NEW.phrase]


def test_no_service_is_on_both_lists() -> None:
    """A service supports the key or does not; those of AWS's own contract for Feature Store do."""
    assert not via_services.supported() & via_services.unsupported()
    assert {"sagemaker", "s3"} <= via_services.supported()


ASKS: list[tuple[str, str, object, object, str]] = [
    # effect, operator, value, principal, verdict
    ("Allow", "StringLike", "sagemaker.*.amazonaws.com", {"AWS": ROOT}, "holds"),
    ("Allow", "StringEquals", "sagemaker.*.amazonaws.com", {"AWS": ROOT}, "broken"),
    ("Deny", "StringNotEquals", "sagemaker.*.amazonaws.com", {"AWS": ROOT}, "broken"),
    ("Deny", "StringEquals", "personalize.eu-west-1.amazonaws.com", {"AWS": ROOT}, "holds"),
    ("Allow", "StringNotLike", "personalize.*.amazonaws.com", {"AWS": ROOT}, "holds"),
    ("Allow", "StringEqualsIfExists", "personalize.eu-west-1.amazonaws.com", {"AWS": ROOT}, "holds"),
    ("Allow", "ForAllValues:StringEquals", "personalize.eu-west-1.amazonaws.com", {"AWS": ROOT}, "holds"),
    ("Allow", "Null", "false", {"AWS": ROOT}, "holds"),
    ("Allow", "Null", "false", {"Service": "personalize.amazonaws.com"}, "unproven"),
    ("Allow", "Null", "true", {"Service": "personalize.amazonaws.com"}, "holds"),
    ("Allow", "StringLike", "sagemaker.*.amazonaws.com", {"Service": "personalize.amazonaws.com"}, "broken"),
    ("Allow", "StringLike", "s3.*.amazonaws.com", {"Service": "personalize.amazonaws.com"}, "unproven"),
    ("Allow", "StringLike", "sns.*.amazonaws.com", {"Service": "codestar-notifications.amazonaws.com"}, "unproven"),
    ("Allow", "StringLike", "sns.*.amazonaws.com", {"Service": "sns.amazonaws.com"}, "broken"),
    ("Allow", "StringLike", "sagemaker.*.amazonaws.com", "*", "holds"),
]


@pytest.mark.parametrize(("effect", "operator", "value", "principal", "expected"), ASKS)
def test_a_condition_asks_for_what_a_call_can_have(
    effect: str, operator: str, value: object, principal: object, *, expected: str
) -> None:
    """506 speaks of what an Allow asks for, and of wildcards where they are characters; not of what is ruled out."""
    condition = {operator: {"kms:ViaService": value}}
    asking = {"Sid": "Asks", "Effect": effect, "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    stack = _stack({"Key": _key(KEEP, {**asking, "Condition": condition})})
    assert _outcomes(_found(stack, 506)) == [expected]


# --- alternatives, and one cause -----------------------------------------------------------------------------------

STAGE = {"Stage": {"Type": "String", "Default": "dev", "AllowedValues": ["dev", "prod"]}}
PROD = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
WRONG: dict[int, Json] = {
    406: {"Principal": {"AWS": "arn:aws:iam::<account>:root"}},
    503: {"Action": ["kms:Decrypt", "kms:ReEncrypt"]},
    504: {"Action": "kms:ListAliases"},
    505: {"Resource": {"Fn::Sub": HERE + "alias/films"}},
    506: {"Condition": {"StringEquals": {"kms:ViaService": "s3.amazonaws.com"}}},
}


@pytest.mark.parametrize("number", WRONG)
@pytest.mark.parametrize("where", ["statement", "element"])
def test_a_statement_of_one_scenario_is_judged_in_it(number: int, where: str) -> None:
    """A fault in one branch of a condition is found, and the scenario told, whether statement or element depends."""
    wrong = {**KEEP, "Sid": "InProduction", **WRONG[number]}
    if where == "statement":
        statement: Json = {"Fn::If": ["IsProd", wrong, {"Ref": "AWS::NoValue"}]}
    else:
        right = {
            "Fn::If": ["IsProd", wrong[name := next(iter(WRONG[number]))], KEEP.get(name, {"Ref": "AWS::NoValue"})]
        }
        statement = {**wrong, name: right}
    stack = _stack({"Key": _key(KEEP, statement)}, Parameters=STAGE, Conditions=PROD)
    broken = [each for each in _found(stack, number) if each.verdict is Verdict.BROKEN]
    assert [(each.about.parameter, each.scenario) for each in broken] == [("InProduction", {"IsProd": True})]


def test_a_verdict_about_a_policy_is_part_of_the_need_that_it_breaks() -> None:
    """A role whose only access names the alias: 102 says so, and 501, about the same element, belongs to it."""
    service = {**KEEP, "Sid": "Service", "Principal": {"Service": "personalize.amazonaws.com"}}
    asked = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]
    alias = {"AliasName": "alias/films", "TargetKeyId": {"Ref": "Used"}}
    stack = _stack(
        {
            "Used": _key(KEEP, service),
            "Alias": {"Type": "AWS::KMS::Alias", "Properties": alias},
            "Named": _role({"Effect": "Allow", "Action": asked, "Resource": {"Fn::Sub": HERE + "${Alias}"}}),
            "Group": GROUP,
        }
    )
    broken = [each for each in fold(check(stack).findings) if each.verdict is Verdict.BROKEN]
    assert {(each.rule, each.part_of) for each in broken} == {(102, None), (501, 102)}


# --- whole templates -----------------------------------------------------------------------------------------------


def test_real_templates_have_no_false_alarm(shared: Path) -> None:
    """Of every public template that is at hand one finding is broken, and it is so: `kms:ReEncrypt` is no action."""
    broken = []
    for path in sorted((shared / "corpus").rglob("*")):
        source = path.read_text("utf-8") if path.suffix in {".yaml", ".yml", ".json", ".template"} else ""
        if "kms:" in source.lower() and cloudformation.looks_like_template(source):
            stack = cloudformation.read(source, str(path), Given(path.parent))
            result = check(stack, RULES, ALL)
            assert result.failures == ()
            broken += [
                (path.name, each.rule, each.resource) for each in result.findings if each.verdict is Verdict.BROKEN
            ]
    assert broken == [("ds_env_backing_store.yaml", 503, "KMSCMK")]
