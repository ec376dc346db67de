"""A stack together with what the settings file declares beside it, in every scenario."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from keyfit.model import names
from keyfit.model.rewriting import filled
from keyfit.model.stack import derived
from keyfit.scan.joins import MODEL, found_here
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Consumer, Stack, Use
    from keyfit.settings import Declared


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
    fill = filled(found_here(whole))
    whole = replace(whole, **{name: fill.of(getattr(whole, name)) for name in MODEL})
    return replace(whole, consumers=(*whole.consumers, *_uses(whole, stack, declared)))


def _uses(whole: Stack, own: Stack, declared: Declared) -> Iterator[Consumer]:
    """The declared uses that name a block of the source, their addresses replaced by what they stand for."""
    addresses: dict[str, Text] = {
        **{key.block.address: key.arn for key in own.keys},
        **{each.block.address: each.arn for each in own.identities},
    }
    works_on = {each.block.address: each.name for each in own.consumers if isinstance(each.name, Text)}
    works_on.update({each.block.address: each.names[0] for each in own.targets if each.names})
    for consumer in declared.uses:
        found = replace(
            consumer,
            keys=tuple(_placed(use, addresses) for use in consumer.keys),
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
