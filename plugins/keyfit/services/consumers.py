"""What resources make of the pages: consumers, and what consumers name. One way for every language.

A reader knows no service. It gives resources and tasks, each with a type and with what stands at a path, read when
asked for; the pages say which of them are consumers, and where their parameters stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.model.consumers import Consumer, Purpose, Target, Use
from keyfit.model.names_of_targets import find_targets, keyed, own_key
from keyfit.services import index, page
from keyfit.services.page import JSON, KEYED, OUTSIDE
from keyfit.services.templates import UNLESS, filled, unless
from keyfit.truth import Truth
from keyfit.value import Bool, List, Null, Number, Own, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.model.block import Block
    from keyfit.model.stack import Stack
    from keyfit.services.page import Form, Kind
    from keyfit.value import Hole, Value

_ELSE: Final = "|"  # before the attribute of the resource that counts where nothing is written
_EACH: Final = "[]"  # between the path of a list and the path inside each of its elements


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A block of the source, or a task of a state machine, as what services are asked about.

    `type` is the block's, or the action of the task (`personalize:createDatasetGroup`). `at` gives what stands at a
    dotted path in the words of the type's language, `None` for what is absent or null; `within` the same inside a value
    that `at` has given, whose own path is told besides. `attribute` gives what an attribute is for other resources.
    `inside` is the path of the element that the resource is taken for, where its elements are consumers each.
    """

    type: str
    block: Block
    at: Callable[[str], Value | None]
    within: Callable[[Value, str, str], Value | None]
    region: Text
    account: Text
    attribute: Callable[[str], Value] | None = None
    caller: Use | None = None
    state: str = ""
    inside: str = ""
    partition: Text = field(default_factory=lambda: text(Own.PARTITION))


def consumers_of(resource: Resource) -> Iterator[Consumer]:
    """The consumers that the resource is or makes."""
    for kind, form in index.written_as(resource.type):
        there = _exists(resource, form)
        if there.truth is not Truth.NO:
            block = replace(resource.block, present=all_of((resource.block.present, there)))
            name = resource.at(form.name) if form.name else None
            source = filled(form.source, partial(_part, resource)) if form.source else None
            for each in _elements(resource, form):
                counts = _counts(each, form)
                if counts.truth is not Truth.NO:
                    itself = replace(block, present=all_of((block.present, counts)))
                    made = replace(_consumer(each, kind, form), block=itself, name=name, source=source)
                    yield from (replace(made, group=group) for group in _groups(each, form))


def without_idle(stack: Stack) -> Stack:
    """The stack without consumers that use no key: those of what they work on are all that they could, and it has none.

    Alarms, rules and buckets are everywhere; nothing is to be said of those. What a choice decides that they work on
    can have a key, and so can what another stack has: such are idle until that is known.
    """
    work = index.working()
    kept = tuple(each for each in stack.consumers if each.kind not in work or _uses_key(stack, each))
    if len(kept) == len(stack.consumers):
        return stack
    using = set(map(id, kept))
    idle = (each for each in stack.consumers if id(each) not in using) if any(map(own_key, stack.targets)) else ()
    chosen = (use.value for each in idle for use in each.targets if isinstance(use.value, Unknown))
    hiding = dict.fromkeys(hole for hole in chosen if hole.choices)
    away = (each for each in stack.consumers if id(each) not in using and _names_others(stack, each))
    return replace(stack, consumers=kept, idle=tuple(away), hidden=(*stack.hidden, *hiding))


def awake(stack: Stack) -> Stack:
    """The stack with those idle ones as consumers of which is known now that what they name has a key."""
    using = tuple(each for each in stack.idle if _uses_key(stack, each))
    if not using:
        return stack
    left = tuple(each for each in stack.idle if each not in using)
    return replace(stack, consumers=(*stack.consumers, *using), idle=left)


def _names_others(stack: Stack, consumer: Consumer) -> bool:
    """Whether it names something that the stack does not have."""
    uses = (use.value for use in consumer.targets)
    return any(bool(holes_in(each) or isinstance(each, Text)) and not find_targets(stack, each) for each in uses)


def _uses_key(stack: Stack, consumer: Consumer) -> bool:
    return bool(consumer.keys or consumer.buckets) or any(True for _ in keyed(stack, consumer))


def _elements(resource: Resource, form: Form) -> Iterator[Resource]:
    """The resource by itself, or each of the elements that are consumers, as a resource of its own."""
    if not form.each:
        yield resource
        return
    for where, element in _every(resource, f"{form.each}{_EACH}"):

        def at(path: str, element: Value = element, where: str = where) -> Value | None:
            if path.startswith(OUTSIDE):
                return resource.at(path.removeprefix(OUTSIDE))
            return resource.within(element, path, f"{where}.{path}")

        yield replace(resource, at=at, inside=f"{where}.")


def _part(resource: Resource, name: str, words: str) -> Hole | Text | None:
    """What a template has by that name: of the deployment, or an attribute or property of the resource."""
    match name:
        case "partition":
            return resource.partition
        case "region":
            return resource.region
        case "account":
            return resource.account
        case _ if name == UNLESS:
            return unless(words, resource.at)
        case "own":
            found: Value | None = resource.attribute(words) if resource.attribute is not None else None
        case _:
            found = resource.at(name)
    return found if isinstance(found, Text) else None


def _consumer(resource: Resource, kind: Kind, form: Form) -> Consumer:
    return Consumer(
        resource.block,
        kind.words,
        keys=_uses(resource, form.keys),
        role=next(iter(_use(resource, form.role)), None),
        buckets=_uses(resource, form.buckets),
        region=resource.region,
        account=resource.account,
        targets=tuple(map(_whole, (use for path in form.targets for use in _use(resource, path)))),
        caller=resource.caller,
        state=resource.state,
        store=kind.store,
        worker=next(iter(_use(resource, form.worker)), None),
    )


def _whole(use: Use) -> Use:
    """A secret without what stands behind its ARN: a part of its value, and a version (B5)."""
    fields = arn.split(use.value) if isinstance(use.value, Text) else None
    if fields is None or fields.service.literal != "secretsmanager":
        return use
    parts: list[str | Hole] = []
    for part in fields.resource.parts:
        kind, _, rest = part.partition(":") if isinstance(part, str) and not parts else ("", "", part)
        name, colon, _ = rest.partition(":") if isinstance(rest, str) else (rest, "", "")
        parts.extend(each for each in (f"{kind}:" if kind else "", name) if each)
        if colon:
            break
    return replace(use, value=Text(fields._replace(resource=text(*parts)).text.parts, use.value.origin))


def target_of(resource: Resource) -> Target | None:
    """What the resource is for consumers that name it; `None` for what none names."""
    named = index.targets().get(resource.type)
    if named is None or resource.attribute is None:
        return None
    texts = (resource.attribute(name) for name in index.exports().get(resource.type, ()))
    keys = _own_keys(resource, named)
    return Target(
        resource.block,
        named.words,
        names=tuple(dict.fromkeys(each for each in texts if isinstance(each, Text))),
        key=next(iter(keys), None),
        further=keys[1:],
        group=resource.at(named.group) or Null(resource.block.origin) if named.group else None,
        default=named.default,
        role=next(iter(_use(resource, named.role)), None),
    )


def _own_keys(resource: Resource, named: page.Target) -> tuple[Use, ...]:
    """The parameters that name the keys of a target, each key once; unknown where nobody knows whether they count."""
    counts = all_of(_is_word(resource.at(path), word) for path, word in named.where.items())
    if counts == NO:
        return ()
    hole = next((each for each in counts.holes if isinstance(each, Unknown)), None)
    keys = {use.value: use for use in reversed(list(_use(resource, named.key)))}
    return tuple(use if hole is None else replace(use, value=hole) for use in reversed(keys.values()))


def _uses(resource: Resource, paths: Mapping[str, str]) -> tuple[Use, ...]:
    return tuple(use for path, purpose in paths.items() for use in _use(resource, path, Purpose(purpose)))


def _use(resource: Resource, path: str, purpose: Purpose = Purpose.STORE) -> Iterable[Use]:
    written, _, attribute = path.partition(_ELSE)
    found = list(_every(resource, written)) if path else []
    if attribute and not found and resource.attribute is not None:
        found = [(written, replace(resource.attribute(attribute), origin=resource.block.origin))]
    return (Use(_parameter(resource, where), _word(value), purpose) for where, value in found)


def _parameter(resource: Resource, where: str) -> str:
    """The path of a parameter from the block: what stands outside an element has its own."""
    return where.removeprefix(OUTSIDE) if where.startswith(OUTSIDE) else f"{resource.inside}{where}"


def _every(resource: Resource, path: str) -> Iterator[tuple[str, Value]]:
    """Each value that `path` stands for, with its own path: `Entries[].Name` is `Entries[0].Name` and so on."""
    outside, is_json, inside = path.partition(JSON)
    if is_json:
        value = _read(resource.at(outside))
        first, *steps = inside.removeprefix(".").split(_EACH)
        found = value if value is None or not first else resource.within(value, first, f"{outside}{inside}")
        yield from _spread(resource, found, f"{outside}.{first}" if first else outside, steps)
        return
    listed, is_keyed, keyed = path.partition(KEYED)
    if is_keyed:
        yield from _keyed(resource, listed, *keyed.split("]."))
        return
    first, *inner = path.split(_EACH)
    yield from _spread(resource, resource.at(first), first, inner)


def _keyed(resource: Resource, listed: str, wanted: str, step: str) -> Iterator[tuple[str, Value]]:
    """What stands at `step` in the element of a list whose key is the one `wanted`; the hole that can be it else."""
    key = "Key" if step[0].isupper() else "key"
    found = resource.at(listed)
    elements = found.items if isinstance(found, List) else ()
    named = [(n, each, resource.within(each, key, f"{listed}[{n}].{key}")) for n, each in enumerate(elements)]
    for position, element, name in named:
        if isinstance(name, Text) and name.literal == wanted:
            place = f"{listed}[{position}].{step}"
            value = resource.within(element, step, place)
            yield from () if value is None else ((place, value),)
            return
    open_ = [hole for _, each, name in named for hole in holes_in(each if name is None else name)]
    rest = found.rest if isinstance(found, List) else found
    for hole in (*open_, rest):
        if isinstance(hole, Unknown):
            yield f"{listed}[].{step}", hole
            return


def _only(resource: Resource, path: str) -> Value | None:
    """What stands at `path`, the first of it."""
    return next((value for _, value in _every(resource, path)), None)


def _read(value: Value | None) -> Value | None:
    """What a text of JSON holds; anything else as it is."""
    return json_text.read(value) if isinstance(value, Text) else value


def _spread(resource: Resource, found: Value | None, where: str, inner: list[str]) -> Iterator[tuple[str, Value]]:
    """What stands at `where`; with paths `inner`, what stands there inside each of its elements."""
    if found is None or not inner:
        yield from () if found is None else ((where, found),)
        return
    step, *further = inner
    for position, element in enumerate(found.items if isinstance(found, List) else ()):
        place = f"{where}[{position}]{step}"
        yield from _spread(resource, resource.within(element, step.removeprefix("."), place), place, further)
    rest = found.rest if isinstance(found, List) else found
    if rest is not None:
        yield _EACH.join((where, *inner)), rest


def _groups(resource: Resource, form: Form) -> tuple[Use | None, ...]:
    """What the consumer works on: each group once, where its elements name several."""
    found: dict[Value, Use] = {}
    for use in _use(resource, form.group):
        found.setdefault(use.value, use)
    return tuple(found.values()) or (None,)


def _exists(resource: Resource, form: Form) -> Answer:
    """Whether the resource makes this consumer: one store of a feature group, or both."""
    own = {path: word for path, word in form.where.items() if not path.startswith(_EACH)}
    there = all_of(_is_word(_only(resource, path), word) for path, word in own.items())
    if form.enabled:
        return all_of((there, _is_word(_only(resource, form.enabled), "true")))
    given = [path for path in form.given.split(",") if path and not path.startswith(_EACH)]
    return all_of((there, any_of(_is_given(resource, path) for path in given))) if given else there


def _counts(element: Resource, form: Form) -> Answer:
    """Whether an element is one that is meant: by the words inside it, and by what is given there."""
    inside = {path.removeprefix(f"{_EACH}."): word for path, word in form.where.items() if path.startswith(_EACH)}
    words = all_of(_is_word(_only(element, path), word) for path, word in inside.items())
    given = form.given.removeprefix(f"{_EACH}.")
    return words if given == form.given else all_of((words, _is_given(element, given)))


def _is_given(resource: Resource, path: str) -> Answer:
    """Whether something stands at `path`."""
    return any_of(_is_there(value) for _, value in _every(resource, path))


def _is_there(value: Value) -> Answer:
    match value:
        case Unknown() as hole:
            return maybe(hole)
        case List((), rest):  # a dynamic block of which nobody knows whether it is there
            return NO if rest is None else maybe(rest)
        case _:
            return YES


def _is_word(value: Value | None, wanted: str) -> Answer:
    """Whether a value is a word, in whatever case; one that is absent is the default, which an asterisk marks."""
    word = wanted.removesuffix("*")
    match value:
        case None:
            return YES if wanted != word else NO
        case Bool(truth):
            return YES if word == str(truth).lower() else NO
        case Text(literal=str() as written):
            return YES if word == written.lower() else NO
        case _:
            return maybe(*(holes_in(value) or (_not_text(value, "text"),)))


def _word(value: Value) -> Value:
    """A text or an unknown; a number or boolean as its text; what is neither is unknown."""
    match value:
        case Text() | Unknown():
            return value
        case Number(number):
            return text(str(number), origin=value.origin)
        case Bool(truth):
            return text(str(truth).lower(), origin=value.origin)
        case _:
            return _not_text(value, "text")


def _not_text(value: Value, wanted: str) -> Unknown:
    return Unknown(Why.INVALID, f"a value is not {wanted}", origin=value.origin)
