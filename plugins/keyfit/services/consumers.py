"""What resources make of the pages: consumers, and what consumers name. One way for every language.

A reader knows no service. It gives resources and tasks, each with a type and with what stands at a path, read when
asked for; the pages say which of them are consumers, and where their parameters stand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from keyfit.answer import NO, all_of
from keyfit.aws import arn
from keyfit.model.consumers import Consumer, Target, Use
from keyfit.services import index, page
from keyfit.services.existence import exists, is_meant, is_word
from keyfit.services.resource import EACH, Resource, every, used, used_at
from keyfit.services.spelling import OUTSIDE
from keyfit.services.templates import UNLESS, filled, unless
from keyfit.truth import Truth
from keyfit.value import Null, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.services.page import Form, Kind
    from keyfit.value import Hole, Value


def consumers_of(resource: Resource) -> Iterator[Consumer]:
    """The consumers that the resource is or makes."""
    for kind, form in index.written_as(resource.type):
        there = exists(resource, form)
        if there.truth is not Truth.NO:
            block = replace(resource.block, present=all_of((resource.block.present, there)))
            name = resource.at(form.name) if form.name else None
            source = filled(form.source, partial(_part, resource)) if form.source else None
            for each in _elements(resource, form):
                counts = is_meant(each, form)
                if counts.truth is not Truth.NO:
                    itself = replace(block, present=all_of((block.present, counts)))
                    made = replace(_consumer(each, kind, form), block=itself, name=name, source=source)
                    yield from (replace(made, group=group) for group in _groups(each, form))


def _elements(resource: Resource, form: Form) -> Iterator[Resource]:
    """The resource by itself, or each of the elements that are consumers, as a resource of its own."""
    if not form.each:
        yield resource
        return
    for where, element in every(resource, f"{form.each}{EACH}"):

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
        keys=used(resource, form.keys),
        role=next(iter(used_at(resource, form.role)), None),
        buckets=used(resource, form.buckets),
        region=_region(resource, form),
        account=resource.account,
        targets=tuple(map(_whole, (use for path in form.targets for use in used_at(resource, path)))),
        caller=resource.caller,
        state=resource.state,
        store=kind.store,
        worker=next(iter(used_at(resource, form.worker)), None),
    )


def _region(resource: Resource, form: Form) -> Text:
    """Where the consumer is: the resource's own Region, unless the form has it written."""
    match resource.at(form.region) if form.region else None:
        case Text() as written:
            return written
        case Unknown() as hole:
            return text(hole)
        case _:
            return resource.region


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
    others = (words for words, path, word in named.unless if is_word(resource.at(path), word) != NO)
    return Target(
        resource.block,
        next(others, named.words),
        names=tuple(dict.fromkeys(each for each in texts if isinstance(each, Text))),
        key=next(iter(keys), None),
        further=keys[1:],
        group=resource.at(named.group) or Null(resource.block.origin) if named.group else None,
        default=named.default,
        role=next(iter(used_at(resource, named.role)), None),
    )


def _own_keys(resource: Resource, named: page.Target) -> tuple[Use, ...]:
    """The parameters that name the keys of a target, each key once; unknown where nobody knows whether they count."""
    counts = all_of(is_word(resource.at(path), word) for path, word in named.where.items())
    if counts == NO:
        return ()
    hole = next((each for each in counts.holes if isinstance(each, Unknown)), None)
    keys = {use.value: use for use in reversed(list(used_at(resource, named.key)))}
    return tuple(use if hole is None else replace(use, value=hole) for use in reversed(keys.values()))


def _groups(resource: Resource, form: Form) -> tuple[Use | None, ...]:
    """What the consumer works on: each group once, where its elements name several."""
    found: dict[Value, Use] = {}
    for use in used_at(resource, form.group):
        found.setdefault(use.value, use)
    return tuple(found.values()) or (None,)
