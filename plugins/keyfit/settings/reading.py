"""What a settings file says, under the names of the flags; what cannot be used is an error with its place.

It lies in the scanned tree, so it cannot widen what is read: it has no `root`, the files it names lie inside.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from keyfit.settings import Declared, Environment, Settings, SettingsError, Source, account, fail_on, region, shown
from keyfit.settings.declarations import Page, known_names, read_key, read_policy, read_role, read_use
from keyfit.settings.environment import nearest
from keyfit.settings.parameters import plain, read_parameters, read_text, read_toml
from keyfit.settings.paths import inside
from keyfit.settings.stack_names import stack_names
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


def read_settings(file: Path, root: Path) -> Settings:
    """What a `keyfit.toml` says."""
    return _settings(file, read_toml(file), root)


def read_shared_settings(file: Path, root: Path) -> Settings | None:
    """What `[tool.keyfit]` of a `pyproject.toml` says; `None` where it has no such table."""
    match read_toml(file):
        case {"tool": {"keyfit": dict() as table}}:
            return _settings(file, table, root)
        case _:
            return None


def _settings(file: Path, table: Mapping[str, object], root: Path) -> Settings:
    for name in table:
        if name not in _NAMES:
            raise SettingsError(f"`{name}` is not a setting{nearest(name, tuple(_NAMES))}", place_of(file, name))
    said = _said(table, lambda name: Page(file, root, place_of(file, name)))
    declared = _declared(table, file, root)
    environments = tuple(_environments(table, file, root))
    return replace(
        said,
        declared=None if declared == Declared() else declared,
        environments=environments,
        source=Source(str(file)),
    )


def _said(table: Mapping[str, object], page: Callable[[str], Page]) -> Settings:
    """What a table says of all but what is declared; `page` gives the place of a name in it."""
    said: dict[str, Any] = {}
    for name in (each for each in _NAMES if each in table):  # in this order: what a file of values says comes first
        if name in _TABLES:
            continue
        field, read = _NAMES[name]
        here = page(name)
        try:
            value = _paths(table[name], here.file, here.root) if name in _FILES else table[name]
            value = stack_names(value, here.file.parent) if name == "stack-names" else value
            said[field] = said[field] | read(value) if field in said else read(value)
        except SettingsError as error:
            raise SettingsError(error.message, error.origin if error.origin.file else here.origin) from None
    try:
        return Settings(**said)
    except SettingsError as error:
        raise SettingsError(error.message, page("plan").origin) from None


def _environments(table: Mapping[str, object], file: Path, root: Path) -> Iterator[Environment]:
    """The deployments of the source that the file names."""
    before: set[str] = set()
    for each, page in _tables(table, "environments", file, root):
        known_names(each, ("name", *_OF_ENVIRONMENTS), "an environment", page.origin)
        name = page.text(each["name"], "name").literal or ""
        if name in before:
            raise SettingsError(f"there are two environments `{name}`", page.origin)
        before.add(name)
        said = {of: value for of, value in each.items() if of != "name"}
        yield Environment(name, _said(said, partial(_same, page)))


def _same(page: Page, _name: str) -> Page:
    return page


def _declared(table: Mapping[str, object], file: Path, root: Path) -> Declared:
    """What the file declares of keys, roles and uses outside the source."""
    keys = [read_key(each, page) for each, page in _tables(table, "keys", file, root)]
    return Declared(
        tuple(key for key, _ in keys),
        tuple(alias for _, aliases in keys for alias in aliases),
        tuple(read_role(each, page) for each, page in _tables(table, "roles", file, root)),
        tuple(read_use(each, page) for each, page in _tables(table, "uses", file, root)),
        tuple(read_policy(each, page) for each, page in _tables(table, "policies", file, root)),
        inventory=_inventory(table, file),
    )


def _inventory(table: Mapping[str, object], file: Path) -> bool:
    try:
        return _bool(table.get("inventory", False))
    except SettingsError as error:
        raise SettingsError(error.message, place_of(file, "inventory")) from None


def _tables(table: Mapping[str, object], name: str, file: Path, root: Path) -> Iterator[tuple[dict[str, Any], Page]]:
    """Each `[[name]]` of the file, with its place."""
    written = table.get(name, [])
    if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
        raise SettingsError(f"`{name}` is not an array of tables: write `[[{name}]]`", place_of(file, name))
    heading = re.compile(rf"""\s*\[\[\s*(?:tool\.keyfit\.)?{name}\s*\]\]""")
    lines = [line for line, words in enumerate(read_text(file).splitlines(), 1) if heading.match(words)]
    for number, each in enumerate(written):
        place = Position(lines[number]) if number < len(lines) else Position(1)
        yield each, Page(file, root, Origin(str(file), place, place, note=file.name))


def _paths(value: object, file: Path, root: Path) -> list[Path]:
    """Files as the settings file names them: relative to it, inside `root`."""
    return [inside(file.parent / each, root) for each in _texts(value)]


def place_of(file: Path, name: str) -> Origin:
    """Where the file writes `name`: the first line that begins with it as a key or a table."""
    written = re.compile(rf"""\s*\[?\s*(?:tool\.keyfit\.)?["']?{re.escape(name)}["']?\s*[\]=.]""")
    lines = read_text(file).splitlines()
    line = next((number for number, words in enumerate(lines, 1) if written.match(words)), 1)
    return Origin(str(file), Position(line), Position(line))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"`{value}` is not a string")
    return value


def _texts(value: object) -> tuple[str, ...]:
    """One text, or a list of texts."""
    return tuple(_text(item) for item in value) if isinstance(value, list) else (_text(value),)


def _rules(value: object) -> tuple[str, ...]:
    """Rules by number or name, one or a list."""
    return tuple(str(item) for item in (value if isinstance(value, list) else [value]))


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"`{value}` is neither true nor false")
    return value


def _values(read: Callable[[object], str]) -> Callable[[object], dict[str, str]]:
    def table(value: object) -> dict[str, str]:
        if not isinstance(value, dict):
            raise SettingsError(f"`{value}` is not a table of values by name")
        return {name: read(each) for name, each in value.items()}

    return table


def _hcl(value: object) -> str:
    """A variable's value as readers take it: plain text, or HCL, which JSON is."""
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except TypeError:
        raise SettingsError(f"variable value `{value}` is neither text, number, boolean, list nor table") from None


def _parameter_files(paths: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths if isinstance(paths, list) else []:
        found |= read_parameters(path)
    return found


def _only(paths: list[Path]) -> Path:
    """The file, where one is named."""
    if len(paths) != 1:
        raise SettingsError(f"{len(paths)} plans are named, and a root module has one")
    return paths[0]


def _shown(value: object) -> tuple[Any, ...]:
    return tuple(shown(item) for item in (value if isinstance(value, list) else [value]))


_TABLES: Final = frozenset({"keys", "roles", "policies", "uses", "inventory", "environments"})
_OF_ENVIRONMENTS: Final = (
    "account",
    "region",
    "deployer",
    "parameters-file",
    "parameters",
    "variables",
    "var-files",
    "plan",
    "workspace",
    "stack-names",
)
_FILES: Final = frozenset({"parameters-file", "var-files", "plan"})
_NAMES: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "account": ("account", account),
    "region": ("region", region),
    "deployer": ("deployer", _text),
    "parameters-file": ("parameters", _parameter_files),
    "parameters": ("parameters", _values(plain)),
    "variables": ("variables", _values(_hcl)),
    "var-files": ("variable_files", tuple),
    "plan": ("plan", _only),
    "workspace": ("workspace", _text),
    "stack-names": ("stack_names", dict),
    "all-keys": ("all_keys", _bool),
    "require-reasons": ("require_reasons", _bool),
    "select": ("select", _rules),
    "ignore": ("ignore", _rules),
    "exclude": ("exclude", _texts),
    "fail-on": ("fail_on", fail_on),
    "show": ("show", _shown),
    "harmless-macros": ("harmless_macros", _texts),
    **dict.fromkeys(("keys", "roles", "policies", "uses", "inventory"), ("declared", tuple)),
    "environments": ("environments", tuple),
}
