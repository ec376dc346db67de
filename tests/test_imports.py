"""No import circles: annotations and imports inside functions are counted."""

import ast
from collections.abc import Iterator
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[1] / "plugins"
# Expressions stand in templates, templates in expressions, and both in `for`: one recursion, in four files.
EVALUATION = frozenset(
    f"keyfit.readers.terraform.evaluation.{name}" for name in ("calls", "comprehension", "evaluate", "templating")
)


def modules(top: Path) -> dict[str, Path]:
    """Every module below a folder, by its dotted name."""
    found = {}
    for path in sorted(top.rglob("*.py")):
        *packages, last = path.relative_to(top).with_suffix("").parts
        found[".".join(packages if last == "__init__" else (*packages, last))] = path
    return found


def imported(path: Path) -> Iterator[str]:
    """What a file imports, wherever in it that stands; `a.b` for `from a import b`, which may be a name in `a`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def graph_of(files: dict[str, Path]) -> dict[str, frozenset[str]]:
    """The modules that each module imports."""

    def module(name: str) -> str:
        return name if name in files else name.rpartition(".")[0]

    return {
        name: frozenset(map(module, imported(path))) & files.keys() - {name}  # Python binds `-` first
        for name, path in files.items()
    }


def circles(graph: dict[str, frozenset[str]]) -> set[frozenset[str]]:
    """The sets of modules of which each reaches all others."""
    reached = {name: _reached(graph, name) for name in graph}
    found = (frozenset(other for other in reached[name] if name in reached[other]) for name in graph)
    return {circle for circle in found if circle}


def _reached(graph: dict[str, frozenset[str]], start: str) -> set[str]:
    """What a module imports, directly or not; itself where it stands in a circle."""
    pending, seen = [start], set[str]()
    while pending:
        fresh = graph[pending.pop()] - seen
        seen |= fresh
        pending.extend(fresh)
    return seen


def test_circles_are_found() -> None:
    """The walk finds each circle once, and nothing in what only leads to one."""
    graph = {"a": "b", "b": "ac", "c": "d", "d": "e", "e": "c", "f": "a", "g": ""}
    assert circles({name: frozenset(others) for name, others in graph.items()}) == {frozenset("ab"), frozenset("cde")}


def test_only_the_recursion_of_expressions_is_a_circle() -> None:
    """No module of the project needs itself through others, but for the evaluator of expressions."""
    assert circles(graph_of(modules(PLUGINS))) == {EVALUATION}
