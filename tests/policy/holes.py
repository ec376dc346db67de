"""Holes in a world: places that can be unknown, and what each could be filled with.

The fillings are few, but among them is one that matches the request and one that does not, wherever there are both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING, Any

from keyfit.answer import maybe
from keyfit.policy.request import Fact, present
from keyfit.value import Unknown, text
from keyfit.why import Why
from tests.policy import worlds
from tests.reference import KEYLESS, Asked, World, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.policy.worlds import Chooser, Json

MISS = "zzz"
ABSENT = object()  # no such context key, no such policy
MOST = 48  # completions of one partial world
CONTEXT = "context"


@dataclass(frozen=True)
class Site:
    """A place, what stands there for the engine, and what for the reference, one after the other.

    `path` begins with a slot of the world, or with "context". `once` says that what is unknown is used once.
    """

    path: tuple[Any, ...]
    hole: Any
    fillings: tuple[Any, ...]
    once: bool = True


@dataclass(frozen=True)
class Partial:
    """A world and a request with holes, and every way of filling them."""

    world: World
    asked: Asked
    sites: tuple[Site, ...]

    @property
    def once(self) -> bool:
        """Whether each unknown is used once, and all fillings are tried: then the engine has to be precise."""
        return all(site.once for site in self.sites) and prod(len(site.fillings) for site in self.sites) <= MOST

    def holed(self) -> tuple[World, Asked]:
        """The world and the request as the engine gets them."""
        return self._with(tuple(site.hole for site in self.sites))

    def completions(self) -> Iterator[tuple[World, Asked]]:
        """The world and the request, filled in."""
        for fillings in islice(product(*(site.fillings for site in self.sites)), MOST):
            yield self._with(fillings)

    def _with(self, values: tuple[Any, ...]) -> tuple[World, Asked]:
        world, context = replace(self.world), self.asked.context
        for site, value in zip(self.sites, values, strict=True):
            slot, *path = site.path
            if slot == CONTEXT:
                context = put(context, path, value)
            else:
                setattr(world, slot, put(getattr(world, slot), path, value))
        for slot in worlds.SLOTS:
            setattr(world, slot, [document for document in getattr(world, slot) if document is not ABSENT])
        return world, replace(self.asked, context=context)


def put(where: Any, path: list[Any], value: Any) -> Any:  # noqa: ANN401 - JSON
    """`where` with `value` at the end of `path`; what does not lie on the path is shared."""
    if not path:
        return value
    step, *further = path
    copied = where.copy()
    if value is ABSENT and not further and isinstance(where, dict):
        del copied[step]
    else:
        copied[step] = put(where.get(step) if isinstance(where, dict) else where[step], further, value)
    return copied


def partials(choose: Chooser, world: World, asked: Asked, count: int = 1) -> Iterator[Partial]:
    """`world` and `asked`, so many times, each with up to three holes that do not lie in each other."""
    for slot in worlds.SLOTS:
        for document in getattr(world, slot):
            document["Statement"] = listed(document["Statement"])
    every = [*document_sites(choose, world, asked), *context_sites(choose, world, asked)]
    for _ in range(count):
        sites: list[Site] = []
        for _ in range(choose.of((1, 1, 1, 2, 2, 3))):
            site = choose.of(every)
            if not any(nested(site.path, other.path) for other in sites):
                sites.append(site)
        yield Partial(world, asked, tuple(sites))


def nested(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one path is the beginning of the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


# --- documents ---------------------------------------------------------------------------------------------------


def unknown() -> Json:
    """A hole."""
    return {"unknown": "it is not known"}


def document_sites(choose: Chooser, world: World, asked: Asked) -> Iterator[Site]:
    """Places in documents."""
    for slot in worlds.SLOTS:
        for index, document in enumerate(getattr(world, slot)):
            yield from whole_sites(slot, index, document, asked)
            for number, statement in enumerate(document["Statement"]):
                path = (slot, index, "Statement", number)
                named = asked.arn if slot in {"key", "rcps"} else ""
                yield Site(path, unknown(), any_statement(named), once=not named or asked.kind != "role")
                yield from statement_sites(choose, path, statement, asked)


def any_statement(named: str) -> tuple[Json, ...]:
    """A statement that denies all, one that says nothing here, and some that allow all, to `named` or to everybody."""
    who: tuple[dict[str, Json], ...] = ({},)
    if named:
        who = tuple({"Principal": each} for each in ("*", {"AWS": worlds.HERE}, {"AWS": named}))
    return (
        {"Effect": "Deny", **who[0], "Action": "*", "Resource": "*"},
        {"Effect": "Deny", **who[0], "Action": MISS, "Resource": "*"},
        *({"Effect": "Allow", **each, "Action": "*", "Resource": "*"} for each in who),
    )


def whole_sites(slot: str, index: int, document: Json, asked: Asked) -> Iterator[Site]:
    """A whole document; whether its policy is there."""
    named = asked.arn if slot in {"key", "rcps"} else ""
    fillings = tuple({"Statement": [statement]} for statement in any_statement(named))
    yield Site((slot, index), {"unknown": "which document"}, fillings, once=not named or asked.kind != "role")
    if slot != "key":
        there = {**document, worlds.MAYBE_THERE: "whether it is attached"}
        yield Site((slot, index), there, (document, ABSENT), once=slot != "scps")  # absent, it restricts nothing
    yield Site((slot, index, "Version"), unknown(), ("2012-10-17", "2008-10-17"), once=False)


def statement_sites(choose: Chooser, path: tuple[Any, ...], statement: Json, asked: Asked) -> Iterator[Site]:
    """Places in a statement."""
    yield Site((*path, "Effect"), unknown(), ("Allow", "Deny"))
    resource = "*" if asked.action.split(":")[1] in KEYLESS else asked.resource
    for name, target in (("Action", asked.action), ("Resource", resource)):
        for element in (name, f"Not{name}"):
            if element in statement:
                yield from pattern_sites(choose, (*path, element), statement[element], target)
    if isinstance(statement.get("Principal"), dict):
        whom = ("*", {"AWS": worlds.HERE}, {"AWS": asked.arn}, {"AWS": f"arn:aws:iam::{worlds.HERE}:role/N"})
        yield Site((*path, "Principal"), unknown(), whom, once=asked.kind != "role")
        for kind, written in statement["Principal"].items():
            yield from principal_sites(choose, (*path, "Principal", kind), written, asked)
    for operator, block in statement.get("Condition", {}).items():
        for key, written in block.items():
            yield from condition_sites(choose, (*path, "Condition", operator, key), written, asked)


def pattern_sites(choose: Chooser, path: tuple[Any, ...], written: Json, target: str) -> Iterator[Site]:
    """A list of patterns, or one of them, known in part or not at all."""
    yield Site(path, unknown(), (["*"], [target], [MISS, f"{MISS}:{MISS}"]))
    for place, pattern in elements(path, written):
        yield Site(place, unknown(), ("*", target, MISS))
        if "${" not in pattern:
            yield cut(choose, place, pattern, (target,), stars=True)


def principal_sites(choose: Chooser, path: tuple[Any, ...], written: Json, asked: Asked) -> Iterator[Site]:
    """An entry of a Principal element, known in part or not at all.

    A role has sessions with names that nobody knows, so that entries can be open that no filling shows to be so.
    """
    once = asked.kind != "role"
    service = path[-1] == "Service"
    arns = (asked.arn, asked.role or asked.arn, f"arn:aws:iam::{asked.account}:root", asked.account, "*")
    targets = (asked.arn if asked.kind == "service" else MISS,) if service else tuple(dict.fromkeys(arns))
    for place, entry in elements(path, written):
        yield Site(place, unknown(), (*targets, MISS), once=once)
        ids = (f"{kind}{'E' * 16}{entry}" for kind in ("AROA", "AIDA") if entry.isdigit())
        yield replace(cut(choose, place, entry, (*targets, *ids), stars=False), once=once)


def elements(path: tuple[Any, ...], written: Json) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The members of a list with their places, or the scalar that stands for one."""
    if isinstance(written, list):
        yield from (((*path, index), str(member)) for index, member in enumerate(written))
    else:
        yield path, str(written)


def cut(choose: Chooser, path: tuple[Any, ...], written: str, targets: tuple[str, ...], *, stars: bool) -> Site:
    """A hole in the middle of a string: what stood there, what makes it a target, nothing, and what matches nothing."""
    bounds = range(len(written) + 1)
    start, end = sorted((choose.of(bounds), choose.of(bounds)))
    first, last = written[:start], written[end:]
    whole = {"text": [first, unknown(), last]}
    fitting = [
        target[len(first) : len(target) - len(last)]
        for target in targets
        if target.startswith(first) and target.endswith(last) and len(target) >= len(first) + len(last)
    ]
    fillings = dict.fromkeys((written[start:end], *fitting, *(("*",) if stars else ()), "", MISS))
    return Site(path, whole, tuple(f"{first}{filling}{last}" for filling in fillings))


# --- conditions and context --------------------------------------------------------------------------------------

KEYS = {key.name.lower(): key for key in worlds.KEYS}
EXTREMES = {
    "Numeric": ("-99999", "99999"),
    "Date": ("2000-01-01T00:00:00Z", "2099-01-01T00:00:00Z"),
    "Bool": ("true", "false"),
    "IpAddress": ("192.0.2.7", "10.0.0.0/8", "2001:db8::/32", "10.1.2.3"),
    "NotIpAddress": ("192.0.2.7", "10.0.0.0/8", "2001:db8::/32", "10.1.2.3"),
    "Arn": ("arn:aws:zzz:::zzz", "arn:*:*:*:*:*"),
    "Binary": ("QQ==", "Qg==", "Qw=="),
    "String": (MISS, "*"),
}


def extremes(key: worlds.KeyOf) -> tuple[str, ...]:
    """Values of the key's type, far apart."""
    return next(values for kind, values in EXTREMES.items() if key.operators[0].startswith(kind))


def condition_sites(choose: Chooser, path: tuple[Any, ...], written: Json, asked: Asked) -> Iterator[Site]:
    """The values of a condition line, or one of them, known in part or not at all."""
    *_, operator, name = path
    if operator == "Null":
        yield Site(path, unknown(), ("true", "false"))
        return
    key = KEYS[name.lower()]
    given = tuple(asked.context.get(name.lower(), ()))
    values = tuple(dict.fromkeys((*given, *extremes(key))))
    several = (list(given),) if len(given) > 1 else ()
    yield Site(path, unknown(), (*([value] for value in values), *several))
    for place, value in elements(path, written):
        yield Site(place, unknown(), values)
        if key.operators is worlds.STRINGS and "${" not in value:
            yield cut(choose, place, value, given, stars=True)


def context_sites(choose: Chooser, world: World, asked: Asked) -> Iterator[Site]:
    """Context keys: the value, or whether it is there."""
    for name, values in asked.context.items():
        wanted = mentioned(world, name)
        once = wanted is not None
        hole = Unknown(Why.UNREADABLE, f"whether there is {name}")
        yield Site((CONTEXT, name), Fact(maybe(hole), tuple(map(text, values))), (values, ABSENT), once=once)
        fillings = dict.fromkeys((*values, *(wanted or ()), *typical(KEYS[name])))
        singles = tuple([filling] for filling in fillings)
        several = KEYS[name].several
        hole = Unknown(Why.UNREADABLE, f"the value of {name}")
        fact = Fact(present().present, hole) if several else present(hole)
        both = (list(fillings), [], [""]) if several else ()
        if choose.chance(70):
            yield Site((CONTEXT, name), fact, (*singles, *both), once=wanted is not None and len(wanted) <= 1)


def typical(key: worlds.KeyOf) -> tuple[str, ...]:
    """Values that a request can have for the key: an address is no range."""
    return tuple(value for value in extremes(key) if "/" not in value or key.name != "aws:SourceIp")


def mentioned(world: World, name: str) -> tuple[str, ...] | None:
    """Values that match what the documents want of a context key; nothing where it is used more than once."""
    lines = [
        (operator, values)
        for slot in worlds.SLOTS
        for document in getattr(world, slot)
        for statement in document["Statement"]
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
        if key.lower() == name or "${" in str(values)
    ]
    used = sum(str(getattr(world, slot)).lower().count("${" + name) for slot in worlds.SLOTS)
    if len(lines) > 1 or used or any("${" in str(values) for _, values in lines):
        return None
    wanted = [str(value) for _, values in lines for value in listed(values)]
    return tuple(instance(value) for value in wanted)


def instance(pattern: str) -> str:
    """A text that the pattern matches; of a range of addresses, its first."""
    return pattern.partition("/")[0] if pattern[:1].isdigit() else pattern.replace("*", "").replace("?", "x")
