"""What an expression is evaluated in: the names it sees, and one evaluation that remembers and bounds everything."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

from keyfit.model.alternatives import EMPTY, Scenario
from keyfit.readers.terraform.plan.planned import NO_PLAN, Plan
from keyfit.readers.terraform.values.secrets import is_telling, texts_in
from keyfit.readers.terraform.values.unknowns import bound, choice_of, choices_of, invalid
from keyfit.record import record
from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.readers.given import Given
    from keyfit.value import Origin, Value

_T = TypeVar("_T")

DEPTH: Final = 250  # expressions inside expressions, through locals and modules
STEPS_OF_ONE: Final = 100_000  # expressions for one local, argument or output
STEPS: Final = 2_000_000  # expressions for one root module
NODES: Final = 100_000  # values inside one value
NESTING: Final = 100  # of a value
CHARACTERS: Final = 2_000_000  # in one value


class Handle(Protocol):
    """What is evaluated piece by piece, as it is asked for: a resource, a module call, a namespace."""

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """`handle.name`."""

    def at(self, key: Value, origin: Origin) -> Resolved:
        """`handle[key]`."""

    def elements(self) -> Elements:
        """What `for` and splats go through."""

    def value(self) -> Value:
        """All of it."""


Resolved: TypeAlias = "Value | Handle"


@record
class Elements:
    """The elements of a collection: keys (or indexes) with what they stand for, and unknown further ones.

    `keyed` tells a map or object from a list. Something that is no collection is `single`: a splat makes a list of it.
    """

    items: tuple[tuple[Value, Resolved], ...] = ()
    rest: Unknown | None = None
    keyed: bool = False
    single: bool = False


@dataclass(slots=True)
class Comparisons:
    """What a choice was compared with; `complete` where these are all the values there are."""

    values: dict[Value, None] = field(default_factory=dict)
    complete: bool = False


@dataclass(slots=True)
class Evaluation:
    """One root module under one scenario: what is known already, what was compared with what, what is left to spend.

    `plan` is what a plan of the root module knows. `secrets` are texts that are not to be shown, by all scenarios.
    """

    given: Given
    root: Path
    scenario: Scenario = EMPTY
    plan: Plan = NO_PLAN
    secrets: set[str] = field(default_factory=set)
    memo: dict[tuple[str, ...], object] = field(default_factory=dict)
    asked: dict[str, Comparisons] = field(default_factory=dict)
    failures: set[Origin] = field(default_factory=set)
    choices: dict[tuple[str, ...], frozenset[str]] | None = None
    modules: int = 0
    manifest: dict[str, str] | None = None
    depth: int = 0
    steps: int = STEPS_OF_ONE
    total: int = STEPS

    def once(self, key: tuple[str, ...], compute: Callable[[], Resolved]) -> Resolved:
        """What `compute` gives, computed once for `key`; a key that needs itself is a cycle."""
        cycle: Resolved = Unknown(Why.CYCLE, "".join(key))
        return self.remember(key, lambda: _kept(compute()), cycle)

    def remember(self, key: tuple[str, ...], compute: Callable[[], _T], cyclic: _T) -> _T:
        """What `compute` gives, computed once for `key`; `cyclic` for a key that needs itself."""
        if key in self.memo:
            return self.memo[key]  # type: ignore[return-value]  # a key is always of one type
        self.memo[key] = cyclic
        outer, self.steps = self.steps, STEPS_OF_ONE
        result = self.memo[key] = compute()
        self.steps = outer
        return result

    def hand_over(self, other: Evaluation) -> None:
        """Give another scenario every value that depends on none of the choices it makes: it stands there too."""
        if self.choices is None:
            self.choices = {key: _choices(value) for key, value in self.memo.items() if isinstance(value, _VALUES)}
        made = {choice for choice, _ in other.scenario}
        for key, choices in self.choices.items():
            if choices.isdisjoint(made):
                other.memo[key] = self.memo[key]
        for name, asked in self.asked.items():
            other.asked[name] = Comparisons(dict(asked.values), asked.complete)
        other.failures |= self.failures

    @contextmanager
    def supposing(self) -> Iterator[None]:
        """What is evaluated inside the `with` need not be there: where it fails, nothing is undeployable."""
        before = set(self.failures)
        try:
            yield
        finally:
            self.failures = before

    def enter(self) -> str:
        """Begin one expression; says what is used up, if anything is."""
        self.depth += 1
        self.steps -= 1
        self.total -= 1
        if self.depth > DEPTH:
            return f"the expression is nested deeper than {DEPTH} levels"
        if self.steps < 0 or self.total < 0:
            return "the expression takes too many steps to evaluate"
        return ""

    def leave(self) -> None:
        """End one expression."""
        self.depth -= 1

    def hide(self, value: Value) -> None:
        """Note that what a value consists of is not to be shown."""
        self.secrets.update(filter(is_telling, texts_in(value)))

    def ask(self, value: Value, others: Iterable[Value], *, complete: bool = False) -> None:
        """Note that the open choice `value` is compared with `others`."""
        choice = choice_of(value)
        if choice:
            self.ask_choice(choice, others, complete=complete)

    def ask_choice(self, choice: str, others: Iterable[Value], *, complete: bool = False) -> None:
        """Note that `choice` is compared with the literals among `others`."""
        asked = self.asked.setdefault(choice, Comparisons())
        asked.complete |= complete
        for other in others:
            literal = isinstance(other, Bool | Number | Null) or (isinstance(other, Text) and other.literal is not None)
            if literal and len(asked.values) < NESTING:
                asked.values.setdefault(other)

    def chosen(self, unknown: Unknown) -> Value:
        """The value chosen for `unknown` in this scenario; else `unknown`, which names itself as a choice."""
        made = self.scenario.find(unknown.identity)
        if made is None:
            return replace(unknown, choices=unknown.choices | {unknown.identity})
        if isinstance(made, Unknown):
            return replace(unknown, not_in=made.not_in)
        return replace(made, origin=unknown.origin)


@record
class Scope:
    """The names that an expression sees: those of its module, and those bound around it (`each`, `for` names).

    `isolated` leaves out those of the module: a template file sees its variables only. `call_depth` counts nested ones.
    """

    evaluation: Evaluation
    module: Names
    bound: Mapping[str, Resolved] = field(default_factory=dict)
    isolated: bool = False
    call_depth: int = 0

    def find(self, name: str, origin: Origin) -> Resolved:
        """What the root name `name` stands for."""
        if name in self.bound:
            return self.bound[name]
        return (
            invalid(f"the template has no variable `{name}`", origin)
            if self.isolated
            else self.module.find(name, origin)
        )

    def bind(self, names: Mapping[str, Resolved]) -> Scope:
        """This scope, with further names."""
        return replace(self, bound={**self.bound, **names})


class Names(Protocol):
    """The root names of a module: `var`, `local`, `data`, resource types."""

    def find(self, name: str, origin: Origin) -> Resolved:
        """What the root name `name` stands for."""

    def provider(self, local: str) -> str:
        """The provider that the module calls `local`, by its own name; empty for one that is not HashiCorp's."""

    @property
    def directory(self) -> Path:
        """Where the module's files lie."""


_VALUES: Final = (Text, Number, Bool, Null, List, Object, Unknown)


def _choices(value: Value) -> frozenset[str]:
    return frozenset[str]().union(*map(choices_of, holes_in(value)))


def _kept(resolved: Resolved) -> Resolved:
    return bounded(resolved) if isinstance(resolved, _VALUES) else resolved


def settled(resolved: Resolved) -> Value:
    """All of what `resolved` stands for."""
    return resolved if isinstance(resolved, _VALUES) else resolved.value()


def bounded(value: Value) -> Value:
    """`value`, or unknown where it is bigger than what keyfit goes through."""
    pending: list[tuple[Value, int]] = [(value, 1)]
    nodes = characters = 0
    while pending:
        inner, depth = pending.pop()
        nodes += 1
        characters += _length(inner)
        if nodes > NODES or depth > NESTING or characters > CHARACTERS:
            return bound("the value is too large to process", value.origin)
        pending.extend((each, depth + 1) for each in _inside(inner))
    return value


def _length(value: Value) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in value.parts) if isinstance(value, Text) else 0


def _inside(value: Value) -> Iterable[Value]:
    match value:
        case List(items):
            return items
        case Object(entries):
            return [each for entry in entries for each in entry]
        case _:
            return ()
