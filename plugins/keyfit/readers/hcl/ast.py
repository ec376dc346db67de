"""HCL as a tree: what `syntax` makes of either `hcl2` distribution and `evaluate` walks. Records only."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from keyfit.record import record
from keyfit.value import NOWHERE, Origin


@record
class Literal:
    """A number, boolean or null (`None`); strings are templates."""

    value: int | float | bool | None
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Template:
    """A quoted string or heredoc: text, interpolations and directives, in order. All text: a string literal."""

    parts: tuple[str | Interpolation | Directive, ...]
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Interpolation:
    """`${…}` in a template."""

    expression: Expression


@record
class Directive:
    """`%{ if }` or `%{ for }` in a template.

    `kind` is "if" (condition, then, otherwise) or "for" (names, collection, body).
    """

    kind: str
    expression: Expression
    body: Template
    otherwise: Template | None = None
    names: tuple[str, ...] = ()


@record
class Variable:
    """A root name: `var`, `local`, `each`, a resource type, a `for` name."""

    name: str
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Attribute:
    """`target.name`."""

    target: Expression
    name: str
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Index:
    """`target[key]`, and the legacy `target.0`."""

    target: Expression
    key: Expression
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Splat:
    """`target[*]…` (`full`) or `target.*…`.

    `each` is what follows, applied to every element, with `SplatItem` its root.
    """

    target: Expression
    each: Expression
    full: bool = True
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class SplatItem:
    """The element that a splat's `each` is applied to."""

    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Call:
    """`name(arguments…)`; `expand` for a last argument with `...`. `name` holds `provider::aws::arn_build` whole."""

    name: str
    arguments: tuple[Expression, ...]
    expand: bool = False
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Unary:
    """`-x` or `!x`."""

    operator: str
    operand: Expression
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Binary:
    """An arithmetic, comparison or logical operator, precedence already applied."""

    operator: str
    left: Expression
    right: Expression
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Tuple:
    """`[a, b]`."""

    items: tuple[Expression, ...]
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Map:
    """`{ key = value }`. A bare name as key is a string; `(name)` an expression."""

    entries: tuple[tuple[Expression, Expression], ...]
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class For:
    """`[for k, v in collection : result if condition]`, or `{for … : key => result…}` with `key`.

    `grouping` is `...`.
    """

    names: tuple[str, ...]
    collection: Expression
    result: Expression
    key: Expression | None = None
    condition: Expression | None = None
    grouping: bool = False
    origin: Origin = field(default=NOWHERE, compare=False)


Expression: TypeAlias = (
    "Literal | Template | Variable | Attribute | Index | Splat | SplatItem | Call | Unary | Binary | Conditional"
    " | Tuple | Map | For"
)


@record
class Body:
    """The inside of a block: attributes by name, and nested blocks in order."""

    attributes: dict[str, Expression]
    blocks: tuple[Nested, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Nested:
    """A block inside a block: `dynamic` keeps its label and is expanded by `evaluate`."""

    type: str
    labels: tuple[str, ...]
    body: Body
    origin: Origin = field(default=NOWHERE, compare=False)
