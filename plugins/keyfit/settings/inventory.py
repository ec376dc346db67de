"""What AWS's own commands print, as declarations of keys, roles and policies that a settings file holds.

`aws kms list-aliases`, `describe-key` and `get-key-policy`, and `aws iam get-account-authorization-details`, as JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from keyfit.settings import SettingsError
from keyfit.settings.declarations import AWS_POLICY
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

LARGEST: Final = 100_000_000  # bytes of one file
MOST: Final = 20_000  # keys, roles and policies
_KEY_ID: Final = re.compile(r"mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_AWS: Final = "alias/aws/"
_FACTS: Final = {"spec": "KeySpec", "usage": "KeyUsage", "origin": "Origin", "multi-region": "MultiRegion"}

Table = dict[str, Any]


@dataclass(slots=True)
class Inventory:
    """Keys, roles and policies by ARN, each as its table in the settings file; `left_out` counts what has no table."""

    keys: dict[str, Table] = field(default_factory=dict)
    roles: dict[str, Table] = field(default_factory=dict)
    policies: dict[str, Table] = field(default_factory=dict)
    key_policies: list[tuple[str, str, Any]] = field(default_factory=list)  # file, what names the key, document
    left_out: dict[str, int] = field(default_factory=dict)

    def key(self, arn: str) -> Table:
        """The table of a key."""
        return self.keys.setdefault(arn, {"arn": arn})


def read(files: Iterator[tuple[Path, str]] | list[tuple[Path, str]]) -> Inventory:
    """What the files hold, each with the key that it is of, as far as the user says; `SettingsError` for others."""
    found = Inventory()
    for file, named in files:
        _add(found, file, named, _loaded(file))
        if len(found.keys) + len(found.roles) + len(found.policies) > MOST:
            raise SettingsError(f"there are more than {MOST:,} keys, roles and policies", Origin(str(file)))
    for place, key, document in found.key_policies:
        found.key(_arn_of(found, place, key))["policy"] = document
    return found


def _loaded(file: Path) -> Any:  # noqa: ANN401 - JSON
    here = Origin(str(file))
    try:
        if file.stat().st_size > LARGEST:
            raise SettingsError(f"the file is larger than {LARGEST:,} bytes", here)
        return json.loads(file.read_text(encoding="utf-8-sig"), parse_constant=_refused)
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", here) from None
    except (ValueError, RecursionError):
        raise SettingsError("the file is not JSON: use `--output json`", here) from None


def _refused(name: str) -> None:
    raise ValueError(name)  # NaN and the like, which JSON does not have


def _add(found: Inventory, file: Path, named: str, said: Any) -> None:  # noqa: ANN401 - JSON
    for sign, add in _COMMANDS.items():
        if isinstance(said, dict) and sign in said:
            try:
                return add(found, said, (str(file), named))
            except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
                reason = f"`{sign}` is not as the AWS CLI prints it"
                raise SettingsError(reason, Origin(str(file))) from None
    commands = (
        "`aws kms list-aliases`, `describe-key`, `get-key-policy` and `aws iam get-account-authorization-details`"
    )
    raise SettingsError(f"this is not what {commands} print", Origin(str(file)))


def _aliases(found: Inventory, said: Mapping[str, Any], _file: tuple[str, str]) -> None:
    for each in said["Aliases"]:
        target, name, arn = each.get("TargetKeyId"), each["AliasName"], each["AliasArn"]
        if target and not name.startswith(_OF_AWS):
            key = found.key(f"{arn.rpartition(':alias/')[0]}:key/{target}")
            key["aliases"] = [*key.get("aliases", []), name]


def _key(found: Inventory, said: Mapping[str, Any], _file: tuple[str, str]) -> None:
    metadata = said["KeyMetadata"]
    key = found.key(metadata["Arn"])
    key.update({name: metadata[of] for name, of in _FACTS.items() if of in metadata})
    if "Enabled" in metadata:
        key["enabled"] = metadata["Enabled"]


def _key_policy(found: Inventory, said: Mapping[str, Any], file: tuple[str, str]) -> None:
    found.key_policies.append((*file, _document(said["Policy"])))


def _details(found: Inventory, said: Mapping[str, Any], _file: tuple[str, str]) -> None:
    for each in said.get("Policies", []):
        if AWS_POLICY not in each["Arn"]:
            (version,) = [one["Document"] for one in each["PolicyVersionList"] if one["IsDefaultVersion"]]
            found.policies[each["Arn"]] = {"arn": each["Arn"], "policy": _document(version)}
    for each in said["RoleDetailList"]:
        role = {
            "arn": each["Arn"],
            "trust": _document(each["AssumeRolePolicyDocument"]),
            "policies": [_document(one["PolicyDocument"]) for one in each.get("RolePolicyList", [])],
            "managed-policies": [one["PolicyArn"] for one in each.get("AttachedManagedPolicies", [])],
        }
        boundary = each.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        found.roles[each["Arn"]] = role | ({"boundary": boundary} if boundary else {})
    for noun, of in (("users", "UserDetailList"), ("groups", "GroupDetailList")):
        if said.get(of):
            found.left_out[noun] = found.left_out.get(noun, 0) + len(said[of])


_COMMANDS: Final[Mapping[str, Callable[[Inventory, Mapping[str, Any], tuple[str, str]], None]]] = {
    "Aliases": _aliases,
    "KeyMetadata": _key,
    "Policy": _key_policy,
    "RoleDetailList": _details,
}


def _document(written: Any) -> Any:  # noqa: ANN401 - JSON
    """A policy, which some commands print as a text; `ValueError` where it is none."""
    document = json.loads(written) if isinstance(written, str) else written
    if not isinstance(document, dict):
        raise TypeError
    return document


def _arn_of(found: Inventory, file: str, named: str) -> str:
    """The key that a key policy is of: by what the user says, or by the key's ID in the name of the file."""
    words = named or next(iter(_KEY_ID.findall(file.replace("\\", "/").rpartition("/")[2])), "")
    if words.startswith("arn:") and ":key/" in words:
        return words
    keys = [
        arn
        for arn, key in found.keys.items()
        if words and (arn.endswith(f":key/{words}") or words in key.get("aliases", []))
    ]
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise SettingsError(f"`{words}` is a key of several accounts or Regions: write KEY_ARN={file}", Origin(file))
    raise SettingsError(
        f"this does not say of which key it is the policy: write KEY_ARN={file}; or, beside what `aws kms list-aliases`"
        f" or `describe-key` prints, KEY_ID={file}, or name the file after the key's ID",
        Origin(file),
    )


# --- as TOML ------------------------------------------------------------------------------------------------------


def declarations(found: Inventory, wanted: Callable[[Table], bool]) -> Iterator[str]:
    """The lines of a settings file, of the tables that are wanted."""
    yield "# Made by `keyfit declare` of what the AWS CLI has printed."
    yield "inventory = true"
    for name, tables in (("keys", found.keys), ("roles", found.roles), ("policies", found.policies)):
        for table in filter(wanted, tables.values()):
            yield ""
            yield f"[[{name}]]"
            yield from (f"{setting} = {_toml(value)}" for setting, value in table.items())


def _toml(value: Any) -> str:  # noqa: ANN401 - JSON
    """A value as TOML on one line; `SettingsError` for null, which a policy cannot hold."""
    match value:
        case dict():
            entries = ", ".join(f"{_quoted(name)} = {_toml(each)}" for name, each in value.items())
            return f"{{ {entries} }}" if entries else "{}"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case bool() | int() | float():
            return json.dumps(value)
        case str():
            return _quoted(value)
        case _:
            raise SettingsError("a policy contains null, which is not a value of a policy")


def _quoted(words: str) -> str:
    """A basic string, in which everything that is not plain is escaped."""
    return f'"{"".join(map(_escaped, words))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    if "\ud800" <= character <= "\udfff":
        raise SettingsError("a text contains half a surrogate pair, which is not a character")
    return f"\\U{ord(character):08x}"
