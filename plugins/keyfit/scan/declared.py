"""A stack together with what the settings file declares beside it, in every scenario."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.model import names
from keyfit.model.policies import PolicyKind
from keyfit.model.rewriting import filled
from keyfit.model.stack import derived
from keyfit.pattern import matches
from keyfit.scan.joins import MODEL, found_here
from keyfit.truth import Truth
from keyfit.value import Origin, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.settings import Declared


_ELSEWHERE: Final = ("arn:", "s3://")  # what is named so can be outside the source, and is none of its addresses


def with_declared(stack: Stack, declared: Declared) -> Stack:
    """`stack` with the declared keys and roles, and with the uses that speak of something in it."""
    written = {key.arn for key in stack.keys} | {each.arn for each in stack.identities}
    whole = derived(
        stack,
        partial(with_declared, declared=declared),
        keys=(*stack.keys, *(each for each in declared.keys if each.arn not in written)),
        aliases=(*stack.aliases, *declared.aliases),
        identities=(*stack.identities, *(each for each in declared.roles if each.arn not in written)),
    )
    if declared.policies:
        documents = {each.arn: each for each in declared.policies}
        whole = replace(whole, identities=tuple(_with_policies(each, documents) for each in whole.identities))
    fill = filled(found_here(whole))
    whole = replace(whole, **{name: fill.of(getattr(whole, name)) for name in MODEL})
    return replace(whole, consumers=(*whole.consumers, *_uses(whole, stack, declared)))


def _with_policies(identity: Identity, documents: Mapping[Text | None, Policy]) -> Identity:
    """An identity, with the documents of its policies that are declared."""
    boundary = identity.boundary
    return replace(
        identity,
        policies=tuple(_known(each, documents, PolicyKind.MANAGED) for each in identity.policies),
        boundary=None if boundary is None else _known(boundary, documents, PolicyKind.BOUNDARY),
    )


def _known(policy: Policy, documents: Mapping[Text | None, Policy], kind: PolicyKind) -> Policy:
    found = documents.get(policy.arn) if policy.kind is PolicyKind.OUTSIDE and policy.arn is not None else None
    if found is None:
        return policy
    return replace(policy, kind=kind, document=found.document, owner=found.owner, origin=found.origin)


def _uses(whole: Stack, own: Stack, declared: Declared) -> Iterator[Consumer]:
    """The declared uses that name a block of the source, their addresses replaced by what they stand for."""
    addresses: dict[str, Text] = {
        **{key.block.address: key.arn for key in own.keys},
        **{each.block.address: each.arn for each in own.identities},
    }
    works_on = {each.block.address: each.name for each in own.consumers if isinstance(each.name, Text)}
    works_on.update({each.block.address: each.names[0] for each in own.targets if each.names})
    locations = {each.block.address: text("s3://", *each.name.parts) for each in own.buckets}
    for consumer in declared.uses:
        found = replace(
            consumer,
            keys=tuple(_placed(use, addresses) for use in consumer.keys),
            buckets=tuple(_placed(use, locations) for use in consumer.buckets),
            role=_placed(consumer.role, addresses) if consumer.role else None,
            caller=_placed(consumer.caller, addresses) if consumer.caller else None,
            group=_placed(consumer.group, works_on) if consumer.group else None,
            account=whole.account,
            region=whole.region,
        )
        if any(is_named(own, use) for use in named_by(found)):
            yield found


def named_by(consumer: Consumer) -> tuple[Use, ...]:
    """What a declared use names: keys, and who uses them."""
    return (*consumer.keys, *filter(None, (consumer.role, consumer.caller)))


def is_named(stack: Stack, use: Use) -> bool:
    """Whether a stack has what the use names: by its address, its ARN, or as an alias does."""
    written = use.value.literal if isinstance(use.value, Text) else None
    blocks = (*(each.block for each in stack.keys), *(each.block for each in stack.identities))
    return any(block.address == written for block in blocks) or (
        isinstance(use.value, Text) and any(True for _ in names.named(stack, use.value))
    )


def _placed(use: Use, addresses: Mapping[str, Text]) -> Use:
    """A use whose address is replaced by the ARN of the block that it names."""
    written = use.value.literal if isinstance(use.value, Text) else None
    meant = addresses.get(written or "")
    return use if meant is None else replace(use, value=Text(meant.parts, use.value.origin))


# --- what is declared for nothing ---------------------------------------------------------------------------------


def misses(stack: Stack, use: Consumer) -> Iterator[str]:
    """The bucket and the group that a declared use gives by an address or name which nothing of the stack can have."""
    works_on = [each.name for each in stack.consumers if isinstance(each.name, Text)]
    works_on += [name for each in stack.targets for name in each.names]
    addresses = {each.block.address for each in stack.consumers} | {each.block.address for each in stack.targets}
    yield from _missing((use.group,) if use.group else (), addresses, works_on)
    yield from _missing(use.buckets, {each.block.address for each in stack.buckets}, ())


def _missing(uses: tuple[Use, ...], addresses: set[str], called: Sequence[Text]) -> Iterator[str]:
    for value in (use.value for use in uses):
        written = value.literal if isinstance(value, Text) else None
        if written is None or written.startswith(_ELSEWHERE) or written in addresses:
            continue
        if not any(names.can_equal(each, text(written)) for each in called):
            yield written


def speaks_of(thing: object, role: Identity) -> bool:
    """Whether a part of a model names a role that is declared: by its ARN, a pattern of it, or its name."""
    name, arn = role.name.literal or "", role.arn
    return any(_speaks_of(each, name, arn) for each in _texts(thing))


def _speaks_of(value: Text, name: str, arn: Text) -> bool:
    last = value.parts[-1] if value.parts else ""
    if value.literal == name or (isinstance(last, str) and f"assumed-role/{name}/" in last):
        return True
    return isinstance(last, str) and last.endswith(f"/{name}") and matches(value, arn) is not Truth.NO


def _texts(thing: object) -> Iterator[Text]:
    """Every text in a record of the model, or in several."""
    if isinstance(thing, Text):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from _texts(each)
    elif is_dataclass(thing) and not isinstance(thing, Origin):
        for field in fields(thing):
            yield from _texts(getattr(thing, field.name))
