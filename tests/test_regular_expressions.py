"""No regular expression of the project tries the same characters twice: what it costs grows with the text, no faster.

Each is taken from the source as it is used, and fed what it repeats, many times over, with an end that does not match.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLUGINS: Final = Path(__file__).resolve().parents[1] / "plugins"
# What reads nothing of a user: what AWS publishes, by hand, and the documentation that ships with keyfit.
OWN: Final = frozenset(PLUGINS / "keyfit" / name for name in ("aws/data/make.py", "catalogue/examples.py"))
METHODS: Final = frozenset({"match", "fullmatch", "search", "finditer", "findall", "sub", "split"})
SIZES: Final = (4, 6, 8, 10, 12, 16, 20, 24, 28, 64, 256, 2_048)
LINEAR, SOON = 4.0, 0.02  # so many times its share, and so many seconds, are noise
PARSER: Any = getattr(re, "_parser", None) or __import__("sre_parse")
COMPILER: Any = getattr(re, "_compiler", None) or __import__("sre_compile")


class Used(NamedTuple):
    """A regular expression, and the ways in which it is used."""

    pattern: re.Pattern[Any]
    methods: frozenset[str]


# --- what there is in the source ---------------------------------------------------------------------------------


@cache
def expressions() -> dict[str, Used]:
    """Every regular expression that the source spells, by where it stands."""
    named: dict[str, re.Pattern[Any]] = {}
    used: defaultdict[str, set[str]] = defaultdict(set)
    found: dict[str, Used] = {}
    for file in sorted(set(PLUGINS.rglob("*.py")) - OWN):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner, method = node.func.value, node.func.attr
                if isinstance(owner, ast.Name) and owner.id != "re" and method in METHODS:
                    used[owner.id].add(method)
                elif isinstance(owner, ast.Name) and method in {*METHODS, "compile"} and (spelled := _spelled(node)):
                    place = f"{file.relative_to(PLUGINS)}:{node.lineno}"
                    found[place] = Used(spelled, frozenset({method}))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and _is_compile(node.value):
                spelled = _spelled(node.value)
                if spelled and isinstance(node.target, ast.Name):
                    named[f"{file.relative_to(PLUGINS)}:{node.value.lineno} {node.target.id}"] = spelled
    for place, pattern in named.items():
        where, _, name = place.partition(" ")
        found[where] = Used(pattern, frozenset(used[name] or METHODS))
    return found


def _is_compile(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "compile"


def _spelled(call: ast.Call) -> re.Pattern[Any] | None:
    """The expression of a call, where the source tells it whole; its flags are those that it names."""
    try:
        written = ast.literal_eval(call.args[0])
    except (ValueError, IndexError):
        return None
    flags = [each.attr for each in ast.walk(call) if isinstance(each, ast.Attribute) and each.attr.isupper()]
    return re.compile(written, sum(getattr(re, flag) for flag in flags))


# --- inputs made to backtrack ------------------------------------------------------------------------------------

ENDS: Final = ("", "\0", "\n", "x", "}")
CHARACTERS: Final = tuple('a 0_/-.:"\\${}*\nAé=\t[')


def pumped(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Texts of any size: what stands before a repetition, what it repeats, and something else at the end."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = PARSER.parse(source, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    for before, body in _repetitions(tree, tree.state, ""):
        for end in ENDS:
            yield lambda size, before=before, body=body, end=end: before + body * size + end  # type: ignore[misc]
            yield lambda size, before=before, body=body, end=end: (before + body) * size + end  # type: ignore[misc]


def _repetitions(tree: Any, state: Any, before: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - Python's own
    """Each repetition in an expression: a text that leads to it, and one that it repeats."""
    for node in tree:
        name, argument = str(node[0]), node[1]
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            _, most, inner = argument
            if most > 8:
                yield from ((before, body) for body in _samples(inner, state))
            yield from _repetitions(inner, state, before)
        elif name == "SUBPATTERN":
            yield from _repetitions(argument[-1], state, before)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _repetitions(branch, state, before)
        before += next(_samples([node], state), "")


def _samples(tree: Any, state: Any) -> Iterator[str]:  # noqa: ANN401 - Python's own
    """Texts that an expression matches: one for each branch that it begins with."""
    made = [""]
    for node in tree:
        made = [one + more for one in made for more in _of(node, state)][:6]
    yield from made


def _of(node: Any, state: Any) -> list[str]:  # noqa: ANN401 - Python's own
    name, argument = str(node[0]), node[1]
    match name:
        case "LITERAL":
            return [chr(argument)]
        case "IN" | "NOT_LITERAL" | "ANY" | "CATEGORY" | "RANGE":
            single = COMPILER.compile(PARSER.SubPattern(state, [node]))
            return [each for each in CHARACTERS if single.fullmatch(each)][:2]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, _, inner = argument
            return [each * max(1, least) for each in _samples(inner, state)]
        case "SUBPATTERN":
            return list(_samples(argument[-1], state))
        case "BRANCH":
            return [each for branch in argument[1] for each in _samples(branch, state)]
        case _:
            return [""]


# --- what they cost ----------------------------------------------------------------------------------------------


def cost(use: Callable[[], object]) -> float:
    """The seconds that it takes; where they are many, the fewer of two times."""
    start = process_time()
    use()
    took = process_time() - start
    if SOON < took < 10 * SOON:
        start = process_time()
        use()
        took = min(took, process_time() - start)
    return took


def grows(used: Used, text: Callable[[int], str]) -> str | None:
    """How it is used where what it costs grows faster than the text; nothing where it does not."""
    encode = (lambda each: each.encode("latin-1", "replace")) if isinstance(used.pattern.pattern, bytes) else str
    for method in sorted(used.methods & METHODS):
        before = (0, 0.0)
        for size in SIZES:
            subject = encode(text(size))
            took = cost(lambda subject=subject, method=method: _use(used.pattern, method, subject))  # type: ignore[misc]
            share = before[1] * len(subject) / before[0] if before[0] else took
            if took > SOON and took > LINEAR * share:
                return f"{method} of {size} times {text(1)!r}: {took:.3f} s"
            before = (len(subject), max(took, SOON / 8))
    return None


def _use(pattern: re.Pattern[Any], method: str, subject: Any) -> object:  # noqa: ANN401 - text or bytes
    if method == "sub":
        return pattern.sub(subject[:0], subject)
    if method == "finditer":
        return sum(1 for _ in pattern.finditer(subject))
    return getattr(pattern, method)(subject)


@pytest.mark.parametrize("place", expressions())
def test_what_it_costs_grows_with_the_text(place: str) -> None:
    """Whatever it repeats, and however that ends."""
    used = expressions()[place]
    assert next((found for text in pumped(used.pattern) if (found := grows(used, text))), None) is None


def test_every_expression_is_found() -> None:
    """Those of the readers and of the engine among them."""
    found = {place.partition(":")[0] for place in expressions()}
    assert {f"keyfit/{name}.py" for name in ("json_text/reading", "policy/judge", "readers/hcl/scanning")} <= found
    assert len(expressions()) > 60


@pytest.mark.parametrize("hostile", ['"(?:[^"\\\\]+|\\\\.)*"', "(a*)*b", "(a|a)*c", r"(?:\s*x?\s*)*;"])
def test_backtracking_is_noticed(hostile: str) -> None:
    """An expression that can cut the same text in many ways does not pass."""
    used = Used(re.compile(hostile), frozenset({"match"}))
    assert next((found for text in pumped(used.pattern) if (found := grows(used, text))), None)
