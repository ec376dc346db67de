"""Lark's tree to `ast`, for both distributions of `hcl2`: one table, a function for each rule of either grammar.

The tree is that of a skeleton, so names, numbers and strings are taken from the source, by their offset. Inner nodes
come first: there is no recursion. A rule that is not in the table adds nothing to the one thing in it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from keyfit.readers.hcl import ast
from keyfit.readers.hcl.notation import Chain, Group, Step, extended, finished, joined, splatted
from keyfit.readers.hcl.scanning import RefusedError
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.readers.hcl.grammar import Tree
    from keyfit.readers.hcl.skeleton import Skeleton
    from keyfit.value import Origin


@record
class Place:
    """Where a tree comes from: skeleton and source, and what reads a string by its offset in the skeleton."""

    skeleton: Skeleton
    source: str
    template: Callable[[int], ast.Template]
    origin: Callable[[int, int], Origin]


@record
class Word:
    """A name, number, or reserved word, as the source has it."""

    text: str
    start: int
    origin: Origin


@record
class Node:
    """One node of the tree, with what has been made of the nodes in it. Offsets are those in the skeleton."""

    rule: str
    parts: list[Any]
    tokens: list[str]
    start: int
    end: int
    place: Place

    @property
    def origin(self) -> Origin:
        """Where it is written."""
        return self.place.origin(self.start, self.end)

    @property
    def text(self) -> str:
        """As the source has it."""
        base = self.place.skeleton.base
        return self.place.source[self.start + base : self.end + base]


_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
MOST_DIGITS: Final = 300  # a float holds no number of more


def converted(tree: Tree, place: Place) -> Any:  # noqa: ANN401 - a Body for a whole text; what it is, the rule decides
    """What the table makes of the root of `tree`."""
    made: dict[int, Any] = {}
    for subtree in tree.iter_subtrees():
        made[id(subtree)] = _one(subtree, made, place)
    return made[id(tree)]


def _one(tree: Tree, made: dict[int, Any], place: Place) -> Any:  # noqa: ANN401 - see `converted`
    make = _RULES.get(tree.data)
    parts = list(_parts(tree, made, place))
    if make is None:
        return parts[0] if len(parts) == 1 else None
    start, end = (0, 0) if tree.meta.empty else (tree.meta.start_pos, tree.meta.end_pos)
    text = place.skeleton.text[start:end]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    tokens = [str(child).strip() for child in tree.children if isinstance(child, str)]
    return make(Node(tree.data, parts, tokens, start, end, place))


def _parts(tree: Tree, made: dict[int, Any], place: Place) -> Iterator[Any]:
    for child in tree.children:
        if not isinstance(child, str):
            part = made[id(child)]
            if part is not None:
                yield part
        elif getattr(child, "type", "") == "STRING_LIT":
            yield place.template(child.start_pos)  # type: ignore[attr-defined]


def _word(node: Node) -> Word:
    return Word(node.text, node.start + node.place.skeleton.base, node.origin)


def _string(node: Node) -> ast.Template:
    return node.place.template(node.start)


_CONSTANTS: Final = {"true": True, "false": False, "null": None}


def _term(part: Any) -> Any:  # noqa: ANN401 - a Word becomes an expression, all else stays
    if not isinstance(part, Word):
        return part
    if part.text[0].isdigit():
        return _number(part)
    if part.text in _CONSTANTS:
        return ast.Literal(_CONSTANTS[part.text], part.origin)
    return ast.Variable(part.text, part.origin)


def _number(word: Word) -> ast.Literal:
    if not _NUMBER.fullmatch(word.text):
        raise RefusedError(f"`{word.text[:20]}` is not a number", word.start)
    if len(word.text) > MOST_DIGITS:
        raise RefusedError(f"`{word.text[:20]}…` is too long for a number", word.start)
    return ast.Literal(int(word.text) if word.text.isdigit() else _float(word), word.origin)


def _float(word: Word) -> int | float:
    value = Decimal(word.text)
    if not -MOST_DIGITS < value.adjusted() < MOST_DIGITS:
        raise RefusedError(f"`{word.text[:20]}` is too long for a number", word.start)
    return int(value) if value == value.to_integral_value() else float(value)


def _expression(part: Any) -> ast.Expression:  # noqa: ANN401 - see `_term`
    return finished(_term(part))


def _expr_term(node: Node) -> Any:  # noqa: ANN401 - see `_term`
    if node.place.skeleton.text[node.start] == "(":
        return Group(_expression(node.parts[0]))
    return _term(node.parts[0])


def _unary(node: Node) -> ast.Expression:
    operator = node.place.skeleton.text[node.start]
    expression: ast.Expression = ast.Unary(operator, _expression(node.parts[-1]), node.origin)
    for _ in range(min(node.place.skeleton.nots.get(node.start, 0), MOST_DIGITS)):
        expression = ast.Unary("!", expression, node.origin)
    return expression


def _binary(node: Node) -> Chain:
    left, (operator, right) = node.parts
    return joined(_term(left), operator, _term(right))


def _conditional(node: Node) -> ast.Expression:
    condition, then, otherwise = map(_expression, node.parts)
    # The grammars disagree whether the node holds the parentheses and blanks at its ends.
    whole = replace(condition.origin, end=otherwise.origin.end)
    return ast.Conditional(condition, then, otherwise, whole)


def _tuple(node: Node) -> ast.Expression:
    return ast.Tuple(tuple(map(_expression, node.parts)), node.origin)


def _object(node: Node) -> ast.Expression:
    return ast.Map(tuple(node.parts), node.origin)


def _object_element(node: Node) -> tuple[ast.Expression, ast.Expression]:
    key, value = node.parts
    return _key(key), _expression(value)


def _key(part: Any) -> ast.Expression:  # noqa: ANN401 - see `_term`
    """A bare name, `true`, `false` and `null` are strings as keys; in parentheses they are what they are elsewhere."""
    match _term(part):
        case ast.Variable(name, origin):
            return ast.Template((name,), origin)
        case ast.Literal(bool() | None as value, origin):
            name = next(word for word, constant in _CONSTANTS.items() if constant is value)
            return ast.Template((name,), origin)
        case other:
            return finished(other)


@record
class _Arguments:
    items: tuple[ast.Expression, ...] = ()
    expand: bool = False


def _arguments(node: Node) -> _Arguments:
    expand = node.place.skeleton.text[: node.end].rstrip().endswith("...")
    return _Arguments(tuple(map(_expression, node.parts)), expand)


def _call(node: Node) -> ast.Expression:
    name = "::".join(part.text for part in node.parts if isinstance(part, Word))
    last = node.parts[-1]
    arguments = last if isinstance(last, _Arguments) else _Arguments()
    return ast.Call(name, arguments.items, arguments.expand, node.origin)


def _index(node: Node) -> Step:
    if node.parts:
        return Step("", _expression(node.parts[-1]), short=False, origin=node.origin)
    digits = Word(node.text.lstrip("."), node.start + node.place.skeleton.base, node.origin)
    return Step("", _number(digits), short=True, origin=node.origin)


def _attribute_step(node: Node) -> Step:
    return Step(node.parts[0].text, None, short=True, origin=node.origin)


def _stepped(node: Node) -> Any:  # noqa: ANN401 - see `_term`
    return extended(_term(node.parts[0]), node.parts[1:])


def _splat(node: Node) -> Any:  # noqa: ANN401 - see `_term`
    target, steps = node.parts
    splat = splatted(_term(target), node.origin, full=node.rule == "full_splat_expr_term")
    return extended(splat, steps)


@record
class _Intro:
    names: tuple[str, ...]
    collection: ast.Expression


@record
class _Filter:
    condition: ast.Expression


def _for_intro(node: Node) -> _Intro:
    *names, collection = node.parts
    return _Intro(tuple(name.text for name in names), _expression(collection))


def _for_filter(node: Node) -> _Filter:
    return _Filter(_expression(node.parts[-1]))


def _for(node: Node) -> ast.Expression:
    intro, *rest = node.parts
    condition = rest.pop().condition if isinstance(rest[-1], _Filter) else None
    *key, result = map(_expression, rest)
    grouping = "..." in node.tokens
    return ast.For(intro.names, intro.collection, result, key[0] if key else None, condition, grouping, node.origin)


def _attribute(node: Node) -> tuple[Word, ast.Expression]:
    return node.parts[0], _expression(node.parts[1])


def _block(node: Node) -> ast.Nested:
    kind, *labels, body = node.parts
    body = replace(body, origin=node.origin)
    return ast.Nested(kind.text, tuple(map(_label, labels)), body, node.origin)


def _label(part: Any) -> str:  # noqa: ANN401 - a Word or a Template
    return part.text if isinstance(part, Word) else "".join(part for part in part.parts if isinstance(part, str))


def _body(node: Node) -> ast.Body:
    attributes: dict[str, ast.Expression] = {}
    for name, expression in (part for part in node.parts if isinstance(part, tuple)):
        if name.text[:1].isdigit() and name.start >= node.place.skeleton.start:  # the skeleton has masked it
            raise RefusedError(f"`{name.text[:20]}` is not a name", name.start)
        if name.text in attributes:
            raise RefusedError(f"argument `{name.text}` is set twice", name.start)
        attributes[name.text] = expression
    blocks = tuple(part for part in node.parts if isinstance(part, ast.Nested))
    return ast.Body(attributes, blocks, node.origin)


Rule: TypeAlias = "Callable[[Node], Any]"

_RULES: Final[dict[str, Rule]] = {
    "body": _body,
    "block": _block,
    "attribute": _attribute,
    **dict.fromkeys(("identifier", "keyword", "literal_value", "int_lit", "float_lit"), _word),
    "string": _string,
    "expr_term": _expr_term,
    "unary_op": _unary,
    "binary_op": _binary,
    "binary_term": lambda node: node.parts[:2],
    "binary_operator": lambda node: node.text.strip(),
    "conditional": _conditional,
    "tuple": _tuple,
    "object": _object,
    "object_elem": _object_element,
    "arguments": _arguments,
    **dict.fromkeys(("function_call", "provider_function_call"), _call),
    **dict.fromkeys(("index", "braces_index", "short_index"), _index),
    "get_attr": _attribute_step,
    **dict.fromkeys(("index_expr_term", "get_attr_expr_term"), _stepped),
    **dict.fromkeys(("attr_splat", "full_splat"), lambda node: node.parts),
    **dict.fromkeys(("attr_splat_expr_term", "full_splat_expr_term"), _splat),
    "for_intro": _for_intro,
    "for_cond": _for_filter,
    **dict.fromkeys(("for_tuple_expr", "for_object_expr"), _for),
    **dict.fromkeys(("new_line_or_comment", "colons"), lambda _: None),
}
