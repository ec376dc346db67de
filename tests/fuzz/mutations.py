"""Inputs with something in them that nobody would write: a piece taken away, doubled, or replaced by a hostile one."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

Json = Any

_DEEP: Json = []
for _ in range(120):
    _DEEP = [_DEEP]
_CALLS: Final = (
    *("Ref", "Condition", "Fn::GetAtt", "Fn::If", "Fn::FindInMap", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split"),
    *("Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or", "Fn::Base64", "Fn::ImportValue", "Fn::Transform", "Fn::Length"),
    *("Fn::ToJsonString", "Fn::ForEach::Each", "Fn::Cidr", "Fn::GetAZs"),
)
_SCALARS: Final = (
    *(None, True, 0, -1, 10**400, 1e308, -0.0, float("inf"), float("nan"), "", " ", "\0", "\ud800", "\u2028", "*", "?"),
    *("${", "${}", "${AWS::Region}", "${!x}", "{{resolve:", "arn:", "arn:aws:kms:::key/", "alias/", "s3://", "[", '"'),
    *("x" * 3000, "a:" * 50, "1e400", "true", "null"),
)
_TREES: Final[tuple[Json, ...]] = ([], {}, [[]], [{}], {"": {}}, [None], ["a"] * 4, {"a": "b"}, _DEEP)
_TERMS: Final = (
    *(
        "1e400",
        "-1e400",
        "9" * 400,
        "pow(10, 400)",
        "pow(0, -1)",
        "1e300 * 1e300",
        "1 / 0",
        "1 % 0",
        "0.1",
        "-1",
        "null",
    ),
    *(
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "[null]",
        '""',
        '"\\u0000"',
        '"${"',
        '"$${x}"',
        '"%{ if true }"',
        '"%{ for a in [] }"',
    ),
    *("element([], 0)", "[][0]", "[0][1e400]", "{}.a", "toset([])", "toset([null])", "range(1e9)", "range(0, 1, 0)"),
    *("slice([], 1, 0)", "chunklist([1], 0)", 'substr("a", 1e400, -2)', 'format("%d", 1e400)', 'format("%", [])'),
    *('formatlist("%s", [1], [1, 2])', "zipmap([1], [])", "merge()", "concat()", "coalesce()", "max()", "setproduct()"),
    *('regex("(", "a")', 'regexall("(a*)*b", "aaaa")', 'replace("a", "/(/", "b")', 'jsondecode("[1e400, ")'),
    *(
        'jsondecode("1e400")',
        "jsonencode(1e400)",
        'yamldecode("a: *b")',
        'yamldecode("!!python/x 1")',
        "yamlencode([])",
    ),
    *('base64decode("%")', 'cidrsubnet("x", 1e400, 1)', 'cidrhost("10.0.0.0/8", 1e400)', 'timeadd("x", "1e400h")'),
    *(
        'parseint("z", 99)',
        "log(0, 0)",
        "signum(null)",
        "ceil(1e400)",
        'templatefile("main.tf", {})',
        'file("\\u0000")',
    ),
    *("each.value", "each.key", "count.index", "self.x", "path.module", "module.x.y", "var.x", "local.x", "data.a.b.c"),
    *("[for a in null : a]", "{for a in [1, 1] : a => a}", "{for a in [1, 1] : a => a...}", "null[*].x", "one([1, 2])"),
    *(
        "sum([1e308, 1e308, 1e308])",
        'tonumber("1e999")',
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        '"',
        "<<E\n",
        "<<-E\nx\nE\n",
        "${",
        "/*",
        "#",
        "...",
    ),
)
_SCALARS_OF_YAML: Final = (
    *("[]", "{}", "~", "1e400", ".inf", "!Ref []", "!GetAtt x", "!Sub [a]", "!If [a]", "0x" + "f" * 99, "9" * 5000),
)
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.-]+|[^\s\w]')
_CHARACTERS: Final = (
    "\0",
    "\t",
    "\r",
    "\u2028",
    "\ufeff",
    "\x85",
    "&a ",
    "*a ",
    "!x ",
    "? ",
    ": ",
    "- ",
    "<<: ",
    "---\n",
    "'",
    '"',
)


def mutated_tree(tree: Json, source: random.Random) -> Json:
    """JSON with one or two of its nodes changed."""
    whole = [deepcopy(tree)]
    for _ in range(source.randint(1, 2)):
        holder, place = source.choice(list(_places(whole)))
        _change(holder, place, source, tree)
    return whole[0]


def _places(node: Json) -> Iterator[tuple[Json, Any]]:
    """Every place in a tree, as what holds it and the key or index there."""
    keys: Sequence[Any] = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from _places(node[key])


def _change(holder: Json, place: Any, source: random.Random, tree: Json) -> None:  # noqa: ANN401 - a key or an index
    before = holder[place]
    match source.randint(0, 6):
        case 0:
            holder[place] = source.choice(_SCALARS)
        case 1:
            holder[place] = deepcopy(source.choice(_TREES))
        case 2:
            holder[place] = {source.choice(_CALLS): source.choice((before, [], {}, "", [before], [before] * 3, None))}
        case 3:
            other, there = source.choice(list(_places([tree])))
            holder[place] = deepcopy(other[there])
        case 4:
            holder[place] = [before] if source.random() < 0.5 else {"": before}
        case 5 if isinstance(holder, dict):
            holder[str(source.choice(_SCALARS))[:50]] = holder.pop(place)
        case 5:
            holder.insert(place, before)
        case _:
            holder[place] = [] if holder[place] is None else None


def mutated_text(written: str, source: random.Random, change: Callable[[str, random.Random], str]) -> str:
    """A text with one or two changes."""
    for _ in range(source.randint(1, 2)):
        written = change(written, source)
    return written


def in_hcl(written: str, source: random.Random) -> str:
    """One token replaced by a hostile term, or a line taken away or doubled."""
    if source.random() < 0.2:
        return _in_lines(written, source)
    return _with_token(written, source, source.choice(_TERMS))


def in_yaml(written: str, source: random.Random) -> str:
    """A character put in, a line taken away or doubled, a scalar replaced."""
    match source.randint(0, 3):
        case 0:
            place = source.randint(0, len(written))
            return written[:place] + source.choice(_CHARACTERS) + written[place:]
        case 1:
            return _in_lines(written, source)
        case 2:
            return written[: source.randint(0, len(written))]
        case _:
            return _with_token(written, source, source.choice(_SCALARS_OF_YAML))


def _with_token(written: str, source: random.Random, hostile: str) -> str:
    tokens = list(_TOKEN.finditer(written))
    if not tokens:
        return hostile
    token = source.choice(tokens)
    return written[: token.start()] + hostile + written[token.end() :]


def _in_lines(written: str, source: random.Random) -> str:
    lines = written.splitlines(keepends=True) or [""]
    place = source.randrange(len(lines))
    if source.random() < 0.5:
        del lines[place]
    else:
        lines.insert(source.randint(0, len(lines)), lines[place])
    return "".join(lines)
