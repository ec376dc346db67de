"""The table of KMS's actions says what AWS documents of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keyfit.aws import data, kms_actions
from keyfit.aws.kms_actions import Action, condition_keys, every_action, find, serves
from keyfit.policy.request import Context
from keyfit.truth import Truth

YES, NO, MAYBE = Truth.YES, Truth.NO, Truth.MAYBE
NOT_BY_KEY_POLICY = {  # K43, K44
    *("ConnectCustomKeyStore", "CreateCustomKeyStore", "CreateKey", "DeleteCustomKeyStore", "RetireGrant"),
    *("DescribeCustomKeyStores", "DisconnectCustomKeyStore", "GenerateRandom", "ListAliases", "ListKeys"),
    *("ListRetirableGrants", "UpdateCustomKeyStore"),
}
GRANTABLE = {  # K46
    *("CreateGrant", "Decapsulate", "Decrypt", "DeriveSharedSecret", "DescribeKey", "Encapsulate", "Encrypt"),
    *("GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac"),
    *("GenerateDataKeyWithoutPlaintext", "GetPublicKey", "ReEncryptFrom", "ReEncryptTo", "RetireGrant"),
    *("Sign", "Verify", "VerifyMac"),
}
ACROSS = (GRANTABLE | {"GetKeyRotationStatus", "ListGrants", "RevokeGrant"}) - set()  # K8


def action(name: str) -> Action:
    """The action of that name."""
    found = find(f"kms:{name}")
    assert found is not None
    return found


def test_there_are_all_actions() -> None:
    """There are 58, and each is found in any letter case."""
    assert len(list(every_action())) == 58
    assert all(find(each.name.upper()) is each for each in every_action())
    assert find("kms:ReEncrypt") is None  # K45


def test_columns() -> None:
    """What a key policy cannot give, what a grant can hold, what works across accounts."""

    def those(column: str) -> set[str]:
        return {each.name.removeprefix("kms:") for each in every_action() if getattr(each, column)}

    everything = {each.name.removeprefix("kms:") for each in every_action()}
    assert everything - those("key_policy") == NOT_BY_KEY_POLICY
    assert those("grantable") == GRANTABLE
    assert those("cross_account") == ACROSS


@pytest.mark.parametrize(
    ("name", "spec", "usage", "truth"),
    [
        ("GenerateDataKey", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", YES),
        ("GenerateDataKey", "RSA_2048", "ENCRYPT_DECRYPT", NO),
        ("GenerateDataKey", "HMAC_256", "GENERATE_VERIFY_MAC", NO),
        ("GenerateDataKey", None, None, MAYBE),
        ("GenerateDataKey", None, "ENCRYPT_DECRYPT", MAYBE),
        ("GenerateDataKey", "SYMMETRIC_DEFAULT", None, MAYBE),
        ("Decrypt", "RSA_2048", "ENCRYPT_DECRYPT", YES),
        ("Decrypt", None, "ENCRYPT_DECRYPT", YES),
        ("Decrypt", None, "SIGN_VERIFY", NO),
        ("DescribeKey", None, None, YES),
        ("Sign", "ECC_NIST_P256", "SIGN_VERIFY", YES),
        ("Sign", "ECC_NIST_P256", "KEY_AGREEMENT", NO),
        ("DeriveSharedSecret", "ECC_NIST_P256", "KEY_AGREEMENT", YES),
        ("Decapsulate", "ML_KEM_768", "ENCAPSULATE_DECAPSULATE", YES),
        ("Decapsulate", "ML_KEM_768", "NEWER_THAN_THIS", MAYBE),
        ("SynchronizeMultiRegionKey", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", MAYBE),
    ],
)
def test_serves(name: str, spec: str | None, usage: str | None, truth: Truth) -> None:
    """A key serves an action by its spec and usage (K47)."""
    assert serves(action(name), spec, usage) is truth


@pytest.mark.parametrize(
    ("name", "key", "there"),
    [
        ("kms:Decrypt", "kms:EncryptionContext:aws:s3:arn", MAYBE),
        ("kms:Decrypt", "kms:EncryptionContextKeys", MAYBE),
        ("kms:DescribeKey", "kms:EncryptionContext:aws:s3:arn", NO),  # K57
        ("kms:ListGrants", "kms:EncryptionContextKeys", NO),
        ("kms:Decrypt", "kms:GrantIsForAWSResource", NO),  # K54
        ("kms:CreateGrant", "kms:GrantIsForAWSResource", MAYBE),
        ("kms:ListGrants", "KMS:grantisforawsresource", MAYBE),
        ("kms:Decrypt", "kms:KeySpec", MAYBE),
        ("kms:Decrypt", "kms:CustomerMasterKeySpec", MAYBE),  # K58
        ("kms:ListAliases", "kms:KeySpec", NO),
        ("kms:PutKeyPolicy", "kms:PolicyName", MAYBE),  # K10
        ("kms:Decrypt", "aws:SourceIp", MAYBE),
    ],
)
def test_condition_keys(name: str, key: str, there: Truth) -> None:
    """A request lacks the kms: keys that its operation does not have; of others nothing is known."""
    context = Context(absent=("kms:",), open=tuple(condition_keys(name)))
    assert context.find(key).present.truth is there


def test_no_action() -> None:
    """What is no action of KMS has no condition keys of it."""
    assert condition_keys("sts:AssumeRole") == frozenset()


def test_files_say_where_they_come_from() -> None:
    """The first entry of a generated file says so; date and sources follow."""
    for name in ("kms_actions", "managed_policies"):
        folder = Path(data.__file__).parent
        table = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        assert next(iter(table)) == "about"
        assert table["about"].startswith("Generated by `make data`")
        assert table["date"] > "2026"
        assert table["sources"]


def test_encryption_context() -> None:
    """Some operations carry an encryption context, others do not (K56)."""
    carrying = {each.name for each in every_action() if each.has_encryption_context}
    assert {"kms:Decrypt", "kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"} <= carrying
    assert carrying.isdisjoint({"kms:DescribeKey", "kms:ListGrants", "kms:Sign"})
    assert kms_actions.find("kms:Decrypt") is find("kms:decrypt")


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        ("KMS:VIASERVICE", "kms:ViaService"),
        ("kms:grantoperations", "kms:GrantOperations"),
        ("kms:keyspec", "kms:KeySpec"),
        ("kms:NoSuchKey", "kms:NoSuchKey"),
        ("aws:x", "aws:x"),
    ],
)
def test_condition_keys_as_aws_spells_them(key: str, spelled: str) -> None:
    """Whatever their letter case; what is none of KMS's stays as it is."""
    kms_actions.spelled.cache_clear()
    assert kms_actions.spelled(key) == spelled
