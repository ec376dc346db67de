"""Stacks of one scan joined: what one imports from another, or names that another makes.

A join needs exactly one candidate. What comes from the other stack is in the source, but not in this stack: its blocks
bear the other's name before their address, and a note of each verdict says where they stand.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyfit.aws import arn
from keyfit.model import names
from keyfit.model.names_of_keys import find_key
from keyfit.model.names_of_roles import find_role
from keyfit.model.rewriting import Rewriting, filled, renamed
from keyfit.model.stack import Alias, Identity, Stack, derived
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.value import Hole, Value

# The parts of a stack that a join fills.
MODEL: Final = ("keys", "aliases", "grants", "identities", "buckets", "consumers", "targets", "outputs", "nested")
_JOINABLE: Final = frozenset({Why.IMPORT, Why.ALIAS, Why.ROLE, Why.STATE})
_FOREIGN: Final = ("keys", "aliases", "grants", "identities", "buckets")


@dataclass(frozen=True, slots=True)
class Joined:
    """What a stack gets from others: values for its holes, and the others' blocks, under their own names."""

    fillings: Mapping[Hole, Value] = field(default_factory=dict)
    others: tuple[Stack, ...] = ()

    def __call__(self, stack: Stack) -> Stack:
        """`stack` with what it gets, in every scenario."""
        fill: Rewriting = filled(self.fillings)
        model: dict[str, Any] = {name: fill.of(getattr(stack, name)) for name in MODEL}
        for other in self.others:
            for name in _FOREIGN:
                model[name] = (*model[name], *getattr(other, name))
        return derived(stack, self, **model)


def abroad(stack: Stack) -> Stack:
    """`stack` as another one sees it: its name before every address, and every block marked as not the other's own.

    Of what a macro can change another one sees nothing.
    """
    if stack.macro is not None:
        return Stack(stack.name, stack.language, account=stack.account, region=stack.region)
    rename = _renamed(stack)
    model: dict[str, Any] = {name: rename.of(getattr(stack, name)) for name in (*_FOREIGN, "outputs", "nested")}
    return replace(stack, **model, reading=None)


def _renamed(stack: Stack) -> Rewriting:
    return renamed(f"{stack.name}:".__add__, lambda block: replace(block, assumed=stack.name))


# --- exports and imports ------------------------------------------------------------------------------------------


def join(stacks: Sequence[Stack], further: Sequence[Stack] = ()) -> tuple[Stack, ...]:
    """The stacks, each with what it imports from the others, and with the keys and roles of others that it names.

    `further` stacks can be imported from, and are not joined themselves.
    """
    everything = (*stacks, *further)
    if len(everything) < 2:  # noqa: PLR2004 - one stack has nobody to be joined with
        return tuple(stacks)
    around = Around(everything, _exports(everything), _makers(everything))
    return tuple(_join(stack, around) for stack in stacks)


def wants(stack: Stack) -> bool:
    """Whether something in the stack looks for what another root module can have."""
    if not stack.consumers:
        return False
    return any(hole.why is not Why.IMPORT for hole in stack.once(_imports)) or any(
        True for _ in _named_elsewhere(stack)
    )


class Links(NamedTuple):
    """What a stack looks for in others, and what it has for them: exports, names of aliases and roles, states."""

    wanted: frozenset[tuple[str, str]] = frozenset()
    offered: frozenset[tuple[str, str]] = frozenset()
    wants: bool = False


def links(stack: Stack) -> Links:
    """Those of a stack: where nothing that it wants is offered by another, it is joined with none."""
    wanted = {("name", name) for name in _named_elsewhere(stack)}
    for hole in stack.once(_imports) if stack.consumers else ():
        kind = _KINDS.get(hole.why, "name")
        wanted.add((kind, hole.subject if kind != "name" else _alias(text(hole.subject)) or hole.subject))
    offered = {("export", name) for name in _exports((stack,))} | {("name", name) for name in _makers((stack,))}
    state = _state(stack)
    if state is not None:
        offered.add(("state", state))
    return Links(frozenset(wanted), frozenset(offered), wants(stack))


_KINDS: Final = {Why.IMPORT: "export", Why.STATE: "state"}


class Around(NamedTuple):
    """All stacks of a scan: which export a name, which make an alias or a role of that name."""

    stacks: tuple[Stack, ...]
    exports: Mapping[str, list[Stack]]
    makers: Mapping[str, list[Stack]]


def _join(stack: Stack, around: Around) -> Stack:
    if not stack.consumers:
        return stack
    fillings: dict[Hole, Value] = {}
    others: dict[str, Stack] = {}
    for hole in stack.once(_imports):
        if hole.why is Why.STATE:
            fillings.update(_remote(hole, stack, around.stacks, others))
            continue
        if hole.why is not Why.IMPORT:
            fillings.update(_looked_up(hole, stack, around.makers, others))
            continue
        sources = [each for each in around.exports.get(hole.subject, ()) if each is not stack]
        if len(sources) == 1:
            other = others.setdefault(sources[0].name, abroad(sources[0]))
            fillings[hole] = _exported(other, hole.subject)
        elif sources:
            fillings[hole] = _ambiguous(hole, sources)
    for name in _named_elsewhere(stack):
        sources = [each for each in around.makers.get(name, ()) if each is not stack and _agree(stack, each)]
        if len(sources) == 1:
            others.setdefault(sources[0].name, abroad(sources[0]))
    return Joined(fillings, tuple(others.values()))(stack) if fillings or others else stack


def _exports(stacks: Iterable[Stack]) -> Mapping[str, list[Stack]]:
    """The stacks that export each name."""
    found: dict[str, list[Stack]] = defaultdict(list)
    for stack in stacks:
        for output in stack.outputs if stack.macro is None else ():
            literal = output.export.literal if output.export is not None else None
            if literal is not None and output.present.truth is not Truth.NO:
                found[literal].append(stack)
    return found


def _exported(stack: Stack, name: str) -> Value:
    values = (each.value for each in stack.outputs if each.export is not None and each.export.literal == name)
    return next(values)


def _imports(stack: Stack) -> tuple[Unknown, ...]:
    """The holes of the stack that another stack can fill, each once: imports, and what is looked up by name."""
    seen: dict[Unknown, None] = {}

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown) and hole.why in _JOINABLE:
            seen[hole] = None
        return hole

    look = Rewriting(note)
    for name in MODEL:
        look.of(getattr(stack, name))
    return tuple(seen)


def _ambiguous(hole: Unknown, sources: list[Stack]) -> Unknown:
    where = " and ".join(f"`{each.name}`" for each in sources)
    verb = "exported by" if hole.why is Why.IMPORT else "made in"
    return replace(hole, why=Why.UNREADABLE, subject=f"`{hole.subject}` is {verb} {where}")


# --- keys and roles by name ---------------------------------------------------------------------------------------


def _makers(stacks: Iterable[Stack]) -> Mapping[str, list[Stack]]:
    """The stacks that make each alias and role, by the alias's name and by the role's."""
    found: dict[str, list[Stack]] = defaultdict(list)
    for stack in (each for each in stacks if each.macro is None):
        for name in {each.text.literal for each in names.everything(stack) if _can_be_joined(each)}:
            if name is not None:
                found[name].append(stack)
    return found


def _can_be_joined(named: names.Named) -> bool:
    match named.thing:
        case Alias():
            return named.way is names.Way.NAME
        case Identity(outside=outside):
            return named.way is names.Way.NAME and not outside
        case _:
            return False


def _named_elsewhere(stack: Stack) -> Iterator[str]:
    """The aliases and roles that consumers name and that the stack does not have."""
    for consumer in stack.consumers:
        for use in consumer.keys:
            alias = _alias(use.value)
            if alias is not None and find_key(stack, use.value).alias is None:
                yield alias
        for role in (consumer.role, consumer.caller):
            name = _role(role.value) if role is not None else None
            found = find_role(stack, role.value).identity if role is not None and name is not None else None
            if name is not None and found is not None and found.outside:
                yield name


def _alias(value: Value) -> str | None:
    """The alias that a value names, in whatever form."""
    if not isinstance(value, Text):
        return None
    if value.literal is not None and value.literal.startswith("alias/"):
        return value.literal
    fields = arn.split(value)
    name = fields.resource.literal if fields is not None else None
    return name if name is not None and name.startswith("alias/") else None


def _role(value: Value) -> str | None:
    """The name in a role's ARN."""
    fields = arn.split(value) if isinstance(value, Text) else None
    return arn.last_segment(fields.resource).literal if fields is not None else None


def _looked_up(
    hole: Unknown, stack: Stack, makers: Mapping[str, list[Stack]], others: dict[str, Stack]
) -> Mapping[Hole, Value]:
    """What fills a hole that an alias or a role of another stack stands behind; `others` gets that stack."""
    name = _alias(text(hole.subject)) or hole.subject
    sources = [each for each in makers.get(name, ()) if each is not stack and _agree(stack, each)]
    if len(sources) != 1:
        return {hole: _ambiguous(hole, sources)} if sources else {}
    other = others.setdefault(sources[0].name, abroad(sources[0]))
    value = _behind(other, hole)
    return {} if value is None else {hole: value}


def found_here(stack: Stack) -> Mapping[Hole, Value]:
    """What fills the holes of a stack behind which an alias or role stands that is in the stack itself."""
    known = ((hole, _behind(stack, hole)) for hole in _imports(stack) if hole.why in {Why.ALIAS, Why.ROLE})
    return {hole: value for hole, value in known if value is not None}


def _behind(stack: Stack, hole: Unknown) -> Text | None:
    """The id of the key, or the path of the role, that the stack has by the name or ARN that a hole tells."""
    return _key_id(stack, hole.subject) if hole.why is Why.ALIAS else _path(stack, hole.subject)


def _remote(hole: Unknown, stack: Stack, stacks: Iterable[Stack], others: dict[str, Stack]) -> Mapping[Hole, Value]:
    """What fills an output of another configuration's state, where exactly one of the scan has that state."""
    sources = [each for each in stacks if each is not stack and _state(each) == hole.subject]
    name = hole.identity.rpartition(".outputs.")[2]
    if len(sources) != 1:
        return {hole: _ambiguous(hole, sources)} if sources else {}
    (source,) = sources
    value = source.configuration.output(name) if source.configuration is not None else None
    if value is None:
        return {}
    others.setdefault(source.name, abroad(source))
    return {hole: _renamed(source).of(value)}


def _state(stack: Stack) -> str | None:
    return stack.configuration.state() if stack.configuration is not None else None


def _key_id(stack: Stack, alias: str) -> Text | None:
    """The id of the key behind an alias: a name is one of the stack's own Region."""
    found = find_key(stack, text(alias))
    if found.key is None or found.alias is None:
        return None
    elsewhere = alias.startswith("alias/") and arn.equal(found.key.region, stack.region).truth is Truth.NO
    return None if elsewhere else found.key.key_id


def _path(stack: Stack, name: str) -> Text | None:
    """The path of a role, without the slash before it: what stands between `role/` and its name in its ARN."""
    role = names.find_identity(stack, text(name), names.Way.NAME)
    fields = arn.split(role.arn) if role is not None else None
    whole = fields.resource.literal if fields is not None else None
    return text(whole.removeprefix("role/").removesuffix(name)) if whole is not None else None


def _agree(one: Stack, other: Stack) -> bool:
    """Whether two stacks do not contradict each other in account and Region."""
    pairs = ((one.account, other.account), (one.region, other.region))
    return all(arn.equal(left, right).truth is not Truth.NO for left, right in pairs)
