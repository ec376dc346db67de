"""The architecture page is true: each path that it names is there, and each name in the module that it names."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PATH = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|toml|md)|(?:[\w.-]+/)+)`")
NAME = re.compile(r"`(\w+)`")


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """CONTRIBUTING.md."""
    return (root / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def walk(page: str) -> list[tuple[list[str], list[str]]]:
    """The rows of the walk: the modules, and the names that do the step."""
    _, _, rest = page.partition("### A statement's way")
    rows = [line.split("|") for line in rest.partition("### Words")[0].splitlines() if line.startswith("| ")][1:]
    return [(PATH.findall(where), NAME.findall(by)) for _, _, where, by, _ in rows]


def place(root: Path, name: str) -> Path:
    """A path of the page: in the engine, or from the top."""
    inside = root / "plugins/keyfit" / name
    return inside if inside.exists() else root / name


def test_every_path_on_the_page_is_there(root: Path, page: str) -> None:
    """In the text, the tables and the picture; but for what stands for any name."""
    pictured = re.findall(r"^ +(\w+(?:/|\.py))(?:, (\w+/))? ", page, re.MULTILINE)
    named = {*PATH.findall(page), *(each for pair in pictured for each in pair if each)} - {"pages/<name>.py"}
    assert len(named) > 40
    assert sorted(each for each in named if not place(root, each).exists()) == []


def test_each_step_of_the_walk_is_done_where_it_says(root: Path, walk: list[tuple[list[str], list[str]]]) -> None:
    """Each name is defined in one of the modules of its row, and each module has one of the names."""
    assert len(walk) > 10
    for paths, names in walk:
        defined = {path: _defined(place(root, path)) for path in paths}
        assert paths
        assert [name for name in names if not any(name in each for each in defined.values())] == []
        assert [path for path, each in defined.items() if each.isdisjoint(names)] == []


def _defined(module: Path) -> set[str]:
    """The functions, classes and constants at the top of a module."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    targets = [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    named = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return {*named, *(each.id for each in targets if isinstance(each, ast.Name))}


def test_every_room_of_the_engine_is_on_the_page(root: Path, page: str) -> None:
    """A new package or module of the engine has to be given its line."""
    rooms = page.partition("### The rooms")[2].partition("### A statement's way")[0]
    names = {
        f"{each.name}/" if each.is_dir() else each.name
        for each in (root / "plugins/keyfit").iterdir()
        if not each.name.startswith(("_", ".")) and each.suffix in {"", ".py"} and each.name != "py.typed"
    }
    assert sorted(name for name in names if f"`{name}`" not in rooms) == []
