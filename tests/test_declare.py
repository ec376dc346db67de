"""What the AWS CLI prints, as declarations: read back, they say the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.json_text import plain
from keyfit.settings import SettingsError
from keyfit.settings.files import find_settings
from keyfit.settings.inventory import declarations, read
from tests.hosts.commands import keyfit

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.settings import Declared

ACCOUNT: Final = "arn:aws:kms:eu-west-1:111122223333"
KEY_ID: Final = "1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_ID: Final = "mrk-1234abcd12ab34cd56ef1234567890ab"
ROLE: Final = "arn:aws:iam::111122223333:role/service/Personalize"
POLICY: Final = "arn:aws:iam::111122223333:policy/films"


def document(**statement: object) -> dict[str, object]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}


KEY_POLICY: Final = document(Principal={"AWS": "111122223333"}, Action="kms:*", Sid='a "quoted"\n\x7f\\ name é ☃')
TRUST: Final = document(Principal={"Service": "personalize.amazonaws.com"}, Action="sts:AssumeRole")
ALIASES: Final = {
    "Aliases": [
        {"AliasName": "alias/films", "AliasArn": f"{ACCOUNT}:alias/films", "TargetKeyId": KEY_ID},
        {"AliasName": "alias/books", "AliasArn": f"{ACCOUNT}:alias/books", "TargetKeyId": KEY_ID},
        {"AliasName": "alias/far", "AliasArn": f"{ACCOUNT}:alias/far", "TargetKeyId": OTHER_ID},
        {"AliasName": "alias/aws/s3", "AliasArn": f"{ACCOUNT}:alias/aws/s3", "TargetKeyId": "0" * 8},
        {"AliasName": "alias/aws/ebs", "AliasArn": f"{ACCOUNT}:alias/aws/ebs"},
    ]
}
METADATA: Final = {
    "KeyMetadata": {
        "Arn": f"{ACCOUNT}:key/{KEY_ID}",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Enabled": True,
        "Origin": "AWS_KMS",
        "MultiRegion": False,
        "CreationDate": "2026-11-30",
    }
}
DETAILS: Final = {
    "UserDetailList": [{"UserName": "someone"}],
    "GroupDetailList": [],
    "RoleDetailList": [
        {
            "Arn": ROLE,
            "AssumeRolePolicyDocument": TRUST,
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document(Action=["kms:Decrypt"])}],
            "AttachedManagedPolicies": [{"PolicyName": "films", "PolicyArn": POLICY}],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POLICY},
        },
        {"Arn": f"{ROLE}2", "AssumeRolePolicyDocument": json.dumps(TRUST)},
    ],
    "Policies": [
        {
            "Arn": POLICY,
            "PolicyVersionList": [
                {"IsDefaultVersion": False, "Document": document(Action="*")},
                {"IsDefaultVersion": True, "Document": document(Action="kms:*")},
            ],
        },
        {"Arn": "arn:aws:iam::aws:policy/AdministratorAccess", "PolicyVersionList": []},
    ],
}


def files(folder: Path, **said: object) -> list[tuple[Path, str]]:
    """Files of JSON; no key is named."""
    for name, each in said.items():
        (folder / f"{name}.json").write_text(json.dumps(each), encoding="utf-8")
    return [(folder / f"{name}.json", "") for name in said]


def declared(folder: Path, found: list[tuple[Path, str]]) -> Declared:
    """What a settings file declares that was made of the files."""
    (folder / "keyfit.toml").write_text("\n".join(declarations(read(found), lambda _: True)), encoding="utf-8")
    said = find_settings(folder, folder).declared
    assert said is not None
    assert said.inventory
    return said


def test_what_is_printed_is_declared(tmp_path: Path) -> None:
    """Keys by their aliases, with their facts and policy; roles with all that they have; customer managed policies."""
    printed = files(tmp_path, aliases=ALIASES, metadata=METADATA, details=DETAILS)
    policy = files(tmp_path, **{f"policy-{KEY_ID}": {"Policy": json.dumps(KEY_POLICY), "PolicyName": "default"}})
    found = declared(tmp_path, [*policy, *printed])
    assert [key.arn.literal for key in found.keys] == [f"{ACCOUNT}:key/{KEY_ID}", f"{ACCOUNT}:key/{OTHER_ID}"]
    assert [each.arn.literal for each in found.aliases] == [
        f"{ACCOUNT}:alias/{name}" for name in ("films", "books", "far")
    ]
    assert found.keys[0].policy.document == plain.value(KEY_POLICY)
    assert getattr(found.keys[0].spec, "literal", None) == "SYMMETRIC_DEFAULT"
    first, second = found.roles
    own = plain.value(document(Action=["kms:Decrypt"]))
    assert [each.document for each in first.policies if each.document is not None] == [own]
    assert [each.arn.literal for each in first.policies if each.arn is not None] == [POLICY]
    assert first.boundary is not None
    assert first.boundary.arn is not None
    assert first.boundary.arn.literal == POLICY
    assert second.policies == ()
    assert second.trust is not None
    assert second.trust.document == plain.value(TRUST)
    assert [(each.owner, each.document) for each in found.policies] == [(POLICY, plain.value(document(Action="kms:*")))]


@pytest.mark.parametrize("named", [f"{ACCOUNT}:key/{KEY_ID}", KEY_ID, "alias/films"])
def test_a_key_policy_is_of_the_key_that_is_named(named: str, tmp_path: Path) -> None:
    """By its ARN, its ID or an alias."""
    (policy, aliases) = files(tmp_path, policy={"Policy": json.dumps(KEY_POLICY)}, aliases=ALIASES)
    found = declared(tmp_path, [(policy[0], named), aliases])
    assert found.keys[0].policy.document == plain.value(KEY_POLICY)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"Policy": json.dumps(KEY_POLICY)}, "does not say of which key it is"),
        ({"Policy": "{"}, "`Policy` is not as the AWS CLI prints it"),
        ({"Policy": "[1]"}, "`Policy` is not as the AWS CLI prints it"),
        ({"Aliases": 3}, "`Aliases` is not as the AWS CLI prints it"),
        ({"Aliases": [{"AliasName": 1, "AliasArn": 2, "TargetKeyId": 3}]}, "is not as the AWS CLI prints it"),
        ({"RoleDetailList": [{"Arn": []}]}, "is not as the AWS CLI prints it"),
        ([], "this is not what"),
        ({"Keys": []}, "this is not what"),
    ],
)
def test_what_is_something_else_is_an_error(said: object, error: str, tmp_path: Path) -> None:
    """In one line, with the file."""
    with pytest.raises(SettingsError, match=error) as raised:
        read(files(tmp_path, x=said))
    assert raised.value.origin.file == str(tmp_path / "x.json")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"Policy": NaN}', "\ud800".encode("utf-8", "surrogatepass")])
def test_what_is_not_json_is_an_error(text: str | bytes, tmp_path: Path) -> None:
    """However deep."""
    (tmp_path / "x.json").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SettingsError, match="the file is not JSON"):
        read([(tmp_path / "x.json", "")])


def test_the_command(tmp_path: Path) -> None:
    """Prints the settings file; what cannot be declared is told beside it; a part can be selected."""
    files(tmp_path, aliases=ALIASES, details=DETAILS, policy={"Policy": json.dumps(KEY_POLICY)})
    ran = keyfit("declare", "aliases.json", "details.json", "alias/films=policy.json", where=tmp_path)
    assert ran.status == 0
    assert ran.out.startswith("# Made by `keyfit declare`")
    assert ran.err == "left out: 1 users, which cannot be declared\n"
    (tmp_path / "keyfit.toml").write_text(ran.out, encoding="utf-8")
    assert keyfit("check", ".", where=tmp_path).status == 0
    some = keyfit("declare", "aliases.json", "details.json", "--only", "alias/far", where=tmp_path).out
    assert [line for line in some.splitlines() if line.startswith("arn")] == [f'arn = "{ACCOUNT}:key/{OTHER_ID}"']
    failed = keyfit("declare", "policy.json", where=tmp_path)
    assert failed.status == 2
    assert "write KEY_ARN=policy.json" in failed.err
