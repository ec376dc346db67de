"""AWS managed policies are known by ARN, path included, in any partition; by the statements that keyfit looks at."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from keyfit.aws import managed_policies
from keyfit.aws.data import make
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.document import read
from keyfit.policy.judge import judge
from keyfit.policy.memo import Memo
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import List, Object, Own, Text, Unknown, text
from keyfit.why import Why
from tests.policy.test_authorize import ask

if TYPE_CHECKING:
    from pathlib import Path

BASE = "arn:aws:iam::aws:policy"


def actions(arn: Text) -> set[str]:
    """The action patterns of the policy's kept statements."""
    document = managed_policies.document(arn)
    assert isinstance(document, Object)
    statements = document.find("Statement")
    assert isinstance(statements, List)
    lists = [each.find("Action") for each in statements.items if isinstance(each, Object)]
    return {
        str(item.literal) for each in lists if isinstance(each, List) for item in each.items if isinstance(item, Text)
    }


@pytest.mark.parametrize(
    ("name", "kms"),
    [
        ("/AmazonSageMakerFullAccess", {"kms:DescribeKey", "kms:ListAliases"}),  # I8
        ("/service-role/AmazonPersonalizeFullAccess", set()),  # I9
        ("/AmazonSageMakerFeatureStoreAccess", set()),  # I10
        ("/service-role/AmazonSageMakerGeospatialFullAccess", set()),  # I11
        ("/AdministratorAccess", {"*"}),  # I14
        ("/ReadOnlyAccess", {"kms:Describe*", "kms:Get*", "kms:List*"}),
    ],
)
def test_kms_actions(name: str, kms: set[str]) -> None:
    """What a policy says of KMS, and no more."""
    found = actions(text(BASE + name))
    assert {each for each in found if each == "*" or each.startswith("kms:")} == kms


def test_other_kept_actions() -> None:
    """Beside kms, the file has iam:PassRole, Personalize and the records of Feature Store."""
    assert "iam:PassRole" in actions(text(BASE + "/AmazonSageMakerFullAccess"))
    assert "personalize:*" in actions(text(BASE + "/service-role/AmazonPersonalizeFullAccess"))
    assert any("sagemaker:" in each for each in actions(text(BASE + "/AmazonSageMakerFullAccess")))


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", Own.PARTITION])
def test_partitions(partition: str | Own) -> None:
    """The partition does not count (I16)."""
    assert actions(text("arn:", partition, ":iam::aws:policy/AdministratorAccess")) == {"*"}


@pytest.mark.parametrize(
    "arn",
    [
        f"{BASE}/AmazonPersonalizeFullAccess",  # without its path
        f"{BASE}/NoSuchPolicy",
        "arn:aws:iam::111122223333:policy/AdministratorAccess",
        "AdministratorAccess",
        "arn:moon:iam::aws:policy/AdministratorAccess",
    ],
)
def test_not_known(arn: str) -> None:
    """A name that the file does not have is not known, whatever it looks like."""
    assert managed_policies.document(text(arn)) is None


def test_unknown_arn() -> None:
    """An ARN with a hole is unknown for its reason."""
    hole = Unknown(Why.NO_VARIABLE, "policy")
    assert managed_policies.document(text(f"{BASE}/", hole)) is hole
    assert managed_policies.document(text("arn:aws:iam::", Own.ACCOUNT, ":policy/Mine")) is None


def test_an_arn_of_the_deployments_own_account() -> None:
    """It is that of no policy of AWS."""
    assert managed_policies.document(text("arn:aws:iam::", Own.ACCOUNT, ":policy/AdministratorAccess")) is None
    hole = Unknown(Why.NO_VARIABLE, "x")
    assert managed_policies.document(text("arn:aws:iam::", Own.ACCOUNT, ":policy/", hole)) is hole


def test_about() -> None:
    """The file says what it knows about."""
    about = managed_policies.about()
    assert about["keeps"] == sorted(["kms:*", "personalize:*", *make.KEPT_ACTIONS, *make.OBJECTS])
    assert "policies" not in about


# --- the script --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "touches"),
    [
        ("*", True),
        ("kms:Decrypt", True),
        ("KMS:*", True),
        ("personalize:Get*", True),
        ("iam:Pass*", True),
        ("iam:Get*", False),
        ("sagemaker:*", True),
        ("sagemaker:*Record", True),
        ("sagemaker:Create*", False),
        ("kmsx:*", False),
    ],
)
def test_touches(pattern: str, touches: bool) -> None:  # noqa: FBT001 - a column of the table
    """A pattern is kept if it can match a kept action."""
    assert make.touches(pattern) is touches


def wheel(folder: Path, name: str, **files: str | bytes) -> str:
    """A wheel with some files, by their names with `/` as `__`."""
    path = folder / f"{name}-1.0.20261231-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-1.0.20261231.dist-info/METADATA", f"Name: {name}\nVersion: 1.0.20261231\n")
        for file, content in files.items():
            archive.writestr(file.replace("__", "/").replace("_DOT_", "."), content)
    return str(path)


def test_managed_policies_are_trimmed(tmp_path: Path) -> None:
    """Statements keep what they say of the kept actions: effect, conditions, NotAction, resources."""
    statements: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": ["ec2:*", "kms:Decrypt"], "Resource": "*", "Condition": {"Bool": {"a": "b"}}},
        {"Effect": "Deny", "NotAction": ["iam:*", "ec2:*"], "NotResource": "x"},
        {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    policy = {"Path": "/p/", "UpdateDate": "2026-12-31T00:00:00Z", "Document": document}
    source = f"data = '''{json.dumps({'N': policy})}'''"
    ast.parse(source)
    made = make.managed_policies(ZipFile(wheel(tmp_path, "moto", moto__iam__aws_managed_policies_DOT_py=source)))
    assert made["policies"] == {"/p/N": [{**statements[0], "Action": ["kms:Decrypt"]}, statements[1]]}
    assert (made["date"], made["sources"]) == ("2026-12-31", ["moto 1.0.20261231 moto/iam/aws_managed_policies.py"])


def test_sam_policy_templates_are_whole(tmp_path: Path) -> None:
    """Their names, parameters and statements: what a function reads and writes says which keys it needs."""
    kept = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": {"Ref": "KeyId"}}
    other = {"Effect": "Allow", "Action": ["ec2:Get*"], "Resource": "*"}
    templates = {
        "B": {"Parameters": {"KeyId": {}}, "Definition": {"Statement": [kept, other]}},
        "A": {"Parameters": {}, "Definition": {"Statement": [other]}},
    }
    name = "samtranslator__policy_templates_data__policy_templates_DOT_json"
    path = wheel(tmp_path, "aws_sam_translator", **{name: json.dumps({"Templates": templates})})
    assert make.sam_policy_templates(ZipFile(path))["templates"] == {
        "A": {"parameters": [], "statements": [other]},
        "B": {"parameters": ["KeyId"], "statements": [kept, other]},
    }


def test_one_statement_is_a_list_of_one() -> None:
    """A policy with a single statement, and a version that the reader does not expect."""
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": statement}
    assert list(make.kept_statements(document)) == [{**statement, "Action": ["kms:*"]}]
    with pytest.raises(ValueError, match="2008-10-17"):
        list(make.kept_statements({**document, "Version": "2008-10-17"}))


def test_the_file_is_as_the_script_writes_it(root: Path) -> None:
    """The files were not edited by hand, but for the columns that say so."""
    files = {"kms_actions": "actions", "managed_policies": "policies", "sam_policy_templates": "templates"}
    for name, inner in files.items():
        path = root / "plugins" / "keyfit" / "aws" / "data" / f"{name}.json"
        written = path.read_text(encoding="utf-8")
        assert "\n".join(make.lines(json.loads(written), inner)) == written


def test_full_access() -> None:
    """The one service control policy of AWS allows everything, and nothing of it is left out."""
    arn = text("arn:aws-cn:organizations::aws:policy/service_control_policy/p-FullAWSAccess")
    document = read(Policy(PolicyKind.AWS_MANAGED, None, "scp", arn=arn))
    for action in ("kms:Decrypt", "sts:AssumeRole"):
        assert len(Memo(document).acting(action, Effect.ALLOW)) == 1
        assert Memo(document).acting(action, Effect.DENY) == ()
    other = text("arn:aws:organizations::111122223333:policy/o-a/service_control_policy/p-FullAWSAccess")
    assert managed_policies.document(other) is None


def test_what_is_left_out_is_open() -> None:
    """Of actions that the list does not keep it says nothing: they may be allowed, and denied."""
    arn = text("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    document = read(Policy(PolicyKind.AWS_MANAGED, None, "Role", arn=arn))
    for effect in Effect:
        perhaps = judge(document.omitted, document, ask(action="sts:AssumeRole")) if document.omitted else None
        assert perhaps is not None
        assert perhaps.answer.truth is Truth.MAYBE
        (omitted,) = Memo(document).acting("sts:AssumeRole", effect)
        assert omitted.unreadable is not None
        assert omitted.unreadable.phrase == (
            "what AWS managed policy `arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess` says of other actions"
        )
        assert all(Memo(document).acting(action, effect) == () for action in ("kms:Decrypt", "iam:PassRole", "KMS:x"))
