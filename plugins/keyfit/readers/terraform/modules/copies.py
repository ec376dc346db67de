"""`count` and `for_each`: the copies of a block, as far as they are known; and nested and `dynamic` blocks."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, Answer, maybe
from keyfit.readers.hcl.ast import Conditional, Literal, Variable
from keyfit.readers.hcl.json_syntax import nested as nested_blocks
from keyfit.readers.terraform.evaluation.comprehension import ELEMENTS
from keyfit.readers.terraform.evaluation.evaluate import TRUTHS, evaluate, resolve
from keyfit.readers.terraform.evaluation.scope import Elements, settled
from keyfit.readers.terraform.evaluation.traversal import elements
from keyfit.readers.terraform.functions.conversion import surely_apart
from keyfit.readers.terraform.values.convert import placed, to_answer, to_number, to_text
from keyfit.readers.terraform.values.terraform_values import OnlyThese, joined_rest, like
from keyfit.readers.terraform.values.unknowns import because, bound, exists, invalid
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import EACH, NOWHERE, Entry, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.readers.hcl.ast import Body, Expression, Nested
    from keyfit.readers.terraform.evaluation.scope import Resolved, Scope
    from keyfit.value import Origin, Value


class Repeated(Enum):
    """How a block is repeated."""

    NOT = "not"
    COUNT = "count"
    FOR_EACH = "for_each"


@record
class Copy:
    """One copy of a block: its key, what its address ends with, the names bound in it, and whether it exists."""

    suffix: str = ""
    key: Value | None = None
    bound: Mapping[str, Resolved] = field(default_factory=dict)
    present: Answer = YES


@record
class Copies:
    """The copies of a block that surely are there; where nobody knows how many, one that `possible` stands for.

    `single` says that there is no other than `possible`.
    """

    repeated: Repeated
    items: tuple[Copy, ...] = ()
    possible: Copy | None = None
    rest: Unknown | None = None
    single: bool = False

    @property
    def all(self) -> tuple[Copy, ...]:
        """Every copy that is or can be there."""
        return self.items if self.possible is None else (*self.items, self.possible)


ONLY: Final = Copy()
_ONE: Final = Copies(Repeated.NOT, (ONLY,))


def copies(body: Body, scope: Scope) -> Copies:
    """The copies that `count`, `for_each` or `enabled` make of a block; one where none is given."""
    if "count" in body.attributes:
        return _counted(body.attributes["count"], scope)
    if "for_each" in body.attributes:
        return _for_each(body.attributes["for_each"], scope)
    enabled = next((each.body.attributes.get("enabled") for each in nested_blocks(body, "lifecycle")), None)
    return _ONE if enabled is None else _enabled(evaluate(enabled, scope), scope)


def _enabled(value: Value, scope: Scope) -> Copies:
    """The one copy of a block, where OpenTofu's `lifecycle` has it enabled."""
    scope.evaluation.ask(value, TRUTHS, complete=True)
    answer = to_answer(value)
    match answer.truth:
        case Truth.YES:
            return _ONE
        case Truth.NO:
            return Copies(Repeated.NOT)
        case _:
            there = maybe(exists(value, value.identity)) if isinstance(value, Unknown) else answer
            return Copies(Repeated.NOT, (), Copy(present=there), because((value,)), single=True)


def _counted(expression: Expression, scope: Scope) -> Copies:
    number = to_number(evaluate(expression, scope))
    if isinstance(number, Unknown):
        single = _at_most_one(expression)
        index: Value = Number(0) if single else because((number,))
        bound_names = {"count": Object((Entry(text("index"), index),))}
        there = maybe(exists(number, number.identity))
        return Copies(Repeated.COUNT, (), Copy("[0]", Number(0), bound_names, there), number, single)
    if not 0 <= number.value <= ELEMENTS:
        reason = bound(f"`count` is not between 0 and {ELEMENTS}", number.origin)
        return Copies(Repeated.COUNT, rest=reason, possible=Copy("[0]", Number(0), {"count": reason}, maybe(reason)))
    return Copies(Repeated.COUNT, tuple(_nth(at) for at in range(int(number.value))))


def of_keys(keys: tuple[str | int | None, ...]) -> Copies:
    """The copies with these keys; what each has for a value is not known."""
    if any(isinstance(key, int) for key in keys):
        return Copies(Repeated.COUNT, tuple(_nth(key) for key in keys if isinstance(key, int)))
    named = [key for key in keys if isinstance(key, str)]
    if not named:
        return _ONE
    open_ = because(())
    return Copies(Repeated.FOR_EACH, tuple(_each(text(key), open_) for key in named))


def _nth(at: int) -> Copy:
    return Copy(f"[{at}]", Number(at), {"count": Object((Entry(text("index"), Number(at)),))})


def _at_most_one(expression: Expression) -> bool:
    """Whether the count is 0 or 1 as it is written: then `count.index` is 0."""
    match expression:
        case Conditional(_, Literal(then), Literal(otherwise)):
            return then in {0, 1} and otherwise in {0, 1}
        case _:
            return False


def _for_each(expression: Expression, scope: Scope) -> Copies:
    target = resolve(expression, scope)
    if isinstance(target, Null):
        target = invalid("`for_each` is null", target.origin)
    found = elements(target)
    if found.single or len(found.items) > ELEMENTS:
        found = Elements(rest=bound(f"`for_each` is not a collection of at most {ELEMENTS} elements"))
    if not found.keyed:
        found = _surely_apart(found)
    known = tuple(_each(key if found.keyed else settled(value), value) for key, value in found.items)
    if found.rest is None:
        return Copies(Repeated.FOR_EACH, known)
    return Copies(Repeated.FOR_EACH, known, _any_copy(target, found.rest), found.rest)


def _surely_apart(found: Elements) -> Elements:
    """The elements of which each surely makes a copy of its own; what can equal another is among the further ones."""
    kept, left = surely_apart(tuple(settled(value) for _, value in found.items))
    rest = None if isinstance(found.rest, OnlyThese) else found.rest
    return Elements(tuple((value, value) for value in kept), because((rest, *left)) if left else rest)


def _each(key: Value, value: Resolved) -> Copy:
    """The copy of one element: there is one, whatever it is called."""
    name = text(to_text(key))
    escaped = shown(name).replace("\\", r"\\").replace('"', r"\"")
    return Copy(f'["{escaped}"]', name, {"each": Each(name, value)})


def _any_copy(target: Resolved, rest: Unknown) -> Copy:
    """A copy that stands for all that are not known; two blocks over one unknown value have equal keys."""
    identity = target.identity if isinstance(target, Unknown) else ""
    whole = f"{EACH}{identity}" if identity else ""
    key = Unknown(rest.why, rest.subject, whole and f"{whole}.key", rest.choices, origin=rest.origin)
    value = Unknown(rest.why, rest.subject, whole and f"{whole}.value", rest.choices, origin=rest.origin)
    return Copy("[*]", key, {"each": Each(key, value)}, maybe(exists(rest, whole)))


def shown(value: Text) -> str:
    """A text as it is written in an address: a hole as what it is called."""
    return "".join(part if isinstance(part, str) else f"${{{_called(part)}}}" for part in value.parts)


def _called(hole: object) -> str:
    return str(getattr(hole, "identity", "") or getattr(hole, "block", "") or getattr(hole, "value", "") or "?")


@record
class Each:
    """`each`, or the iterator of a dynamic block."""

    key: Value
    current: Resolved

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """`each.key` or `each.value`."""
        match name:
            case "key":
                return self.key
            case "value":
                return self.current
            case _:
                return invalid(f"`each` has no `{name}`", origin)

    def at(self, key: Value, origin: Origin) -> Resolved:
        """`each["key"]`."""
        name = key.literal if isinstance(key, Text) else None
        return self.attribute(name or "", origin)

    def elements(self) -> Elements:
        """Nothing goes through `each`."""
        return Elements(((Number(0), self),), single=True)

    def value(self) -> Value:
        """Both."""
        return Object((Entry(text("key"), self.key), Entry(text("value"), settled(self.current))))


# --- nested blocks -----------------------------------------------------------------------------------------


def nested(body: Body, kind: str, scope: Scope) -> List | None:
    """The nested blocks of one type as a list of objects; `None` where there is none."""
    found = [_expanded(block, scope) for block in nested_blocks(body, kind)]
    if not found:
        return None
    items = tuple(item for each in found for item in each.items)
    return List(items, joined_rest(*(each.rest for each in found)), found[0].origin)


def _expanded(block: Nested, scope: Scope) -> List:
    if block.type != "dynamic":
        return List((whole(block.body, scope, block.origin),), None, block.origin)
    content = next((each for each in block.body.blocks if each.type == "content"), None)
    if content is None or "for_each" not in block.body.attributes:
        return List((), invalid("a dynamic block needs `for_each` and `content`", block.origin), block.origin)
    found = elements(resolve(block.body.attributes["for_each"], scope))
    if len(found.items) > ELEMENTS:
        return List((), bound(f"the dynamic block has more than {ELEMENTS} elements", block.origin), block.origin)
    name = _iterator(block)
    each = [scope.bind({name: Each(key, value)}) for key, value in found.items]
    items = tuple(whole(content.body, inner, content.origin) for inner in each)
    rest = _further(found)
    if rest is None or isinstance(rest, OnlyThese):
        return List(items, rest, block.origin)
    with scope.evaluation.supposing():
        any_ = because((rest,))
        further = whole(content.body, scope.bind({name: Each(any_, any_)}), content.origin)
    return List(items, like((rest,), (further,)), block.origin)


def _further(found: Elements) -> Unknown | None:
    """What is unknown of the blocks: nothing where only their order is, for what blocks say does not depend on it."""
    only = isinstance(found.rest, OnlyThese)
    return None if only and not surely_apart(tuple(settled(value) for _, value in found.items))[1] else found.rest


def _iterator(block: Nested) -> str:
    written = block.body.attributes.get("iterator")
    return written.name if isinstance(written, Variable) else block.labels[0]


def whole(body: Body, scope: Scope, origin: Origin) -> Object:
    """A block as an object: its arguments, each placed where it is given, and its nested blocks as lists."""
    arguments = [Entry(text(name), _here(evaluate(each, scope), each)) for name, each in body.attributes.items()]
    kinds = dict.fromkeys(block.labels[0] if block.type == "dynamic" else block.type for block in body.blocks)
    lists = [(kind, nested(body, kind, scope)) for kind in kinds if kind not in body.attributes]
    return Object((*arguments, *(Entry(text(kind), each) for kind, each in lists if each is not None)), None, origin)


def _here(value: Value, written: Expression) -> Value:
    """A value that comes from elsewhere at the expression that names it; one that stands in it keeps its place."""
    here, own = getattr(written, "origin", NOWHERE), value.origin
    stands_in_it = own.file == here.file and here.start <= own.start and own.end <= here.end
    return value if stands_in_it else placed(value, here)
