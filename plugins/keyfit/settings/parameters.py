"""Files that give values to the parameters of a template, in the forms that deployment tools read.

AWS CLI: `[{"ParameterKey": "Name", "ParameterValue": "x"}]` or `["Name=x"]`.
CodePipeline: `{"Parameters": {"Name": "x"}}`. SAM: `samconfig.toml` with `parameter_overrides`.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from typing import TYPE_CHECKING, Final

from keyfit.settings import SettingsError
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LONGEST: Final = 1_000_000  # bytes of a file of settings or parameters
_NAME: Final = re.compile(r"[A-Za-z0-9]{1,255}")  # of a parameter, as CloudFormation has it
_PAIR: Final = re.compile(r"ParameterKey=(?P<name>[^,]+),ParameterValue=(?P<value>.*)", re.DOTALL)
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_text(path: Path) -> str:
    """The text of a small file; `SettingsError` where it is not one."""
    here = Origin(str(path))
    try:
        if path.stat().st_size > LONGEST:
            raise SettingsError(f"the file is larger than {LONGEST:,} bytes", here)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", here) from None
    except UnicodeDecodeError:
        raise SettingsError("the file is not UTF-8", here) from None


def read_toml(path: Path) -> dict[str, object]:
    """The tables of a TOML file."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        where = Position(int(place[1]), int(place[2])) if place else Position(1)
        reason = _PLACE.sub("", str(error)).strip()
        raise SettingsError(f"the file is not TOML: {reason}", Origin(str(path), where, where)) from None


def read_parameters(path: Path) -> dict[str, str]:
    """Parameter values by name, from a file in any of the forms."""
    try:
        pairs = _samconfig(read_toml(path)) if path.suffix == ".toml" else _json(path)
        return {_name(name): plain(value) for name, value in pairs}
    except SettingsError as error:
        raise SettingsError(error.message, error.origin if error.origin.file else Origin(str(path))) from None


def plain(value: object) -> str:
    """A value as CloudFormation takes parameters: text; a list as its items between commas."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return ",".join(plain(item) for item in value)
        case _:
            raise SettingsError(f"parameter value `{value}` is neither text, number, boolean nor a list of them")


def pair(word: str) -> tuple[str, str]:
    """Name and value of `NAME=VALUE`, or of `ParameterKey=NAME,ParameterValue=VALUE`."""
    long = _PAIR.fullmatch(word)
    if long:
        return long["name"], long["value"]
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise SettingsError(f"`{word}` is not of the form `NAME=VALUE`, such as `Stage=production`")
    return name, value


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"parameter name `{name}` is not letters and digits")
    return name


def _json(path: Path) -> Iterator[tuple[str, object]]:
    try:
        written = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        where = Position(error.lineno, error.colno)
        raise SettingsError(f"the file is not JSON: {error.msg}", Origin(str(path), where, where)) from None
    except RecursionError:
        raise SettingsError("the file is nested too deeply") from None
    match written:
        case {"Parameters": dict() as values}:
            yield from values.items()
        case list():
            yield from _cli(written)
        case _:
            raise SettingsError("the file is not a parameters file of the AWS CLI, CodePipeline or SAM")


def _cli(entries: list[object]) -> Iterator[tuple[str, object]]:
    for entry in entries:
        match entry:
            case str():
                yield pair(entry)
            case {"ParameterKey": str() as name, "ParameterValue": value}:
                yield name, value
            case {"ParameterKey": str(), "UsePreviousValue": True}:
                pass  # what the stack has now is not in the file
            case _:
                raise SettingsError(f"`{json.dumps(entry)}` has no `ParameterKey` and `ParameterValue`")


def _samconfig(tables: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The overrides of the environment `default`, or of the only one; `deploy` wins over `global`."""
    environments = {name: table for name, table in tables.items() if isinstance(table, dict)}
    chosen = environments.get("default") or (next(iter(environments.values())) if len(environments) == 1 else None)
    if chosen is None:
        names = ", ".join(f"`{name}`" for name in environments)
        raise SettingsError(f"the file has no environment `default`{f', only {names}' if names else ''}")
    for command in ("global", "deploy"):
        match chosen.get(command):
            case {"parameters": {"parameter_overrides": overrides}}:
                yield from _overrides(overrides)
            case _:
                pass


def _overrides(overrides: object) -> Iterator[tuple[str, object]]:
    match overrides:
        case str():
            yield from (pair(word) for word in _words(overrides))
        case list():
            for entry in overrides:
                yield from _overrides(entry)
        case dict():
            yield from overrides.items()
        case _:
            raise SettingsError(f"parameter_overrides `{overrides}` is neither text, list nor table")


def _words(overrides: str) -> list[str]:
    try:
        return shlex.split(overrides)
    except ValueError as error:
        raise SettingsError(f"parameter_overrides is not quoted correctly: {error}") from None
