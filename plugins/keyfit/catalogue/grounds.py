"""What cannot be said to hold: what rests on a block that cannot be deployed, or stands in a source that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.catalogue import consumers, every_rule, policies
from keyfit.catalogue.rule import Undermined
from keyfit.model.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.model.findings import Finding
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack


def undermined(findings: Iterable[Finding], stacks: Iterable[Stack]) -> Callable[[Finding], bool]:
    """Whether a finding speaks of what `findings` show to be impossible to deploy; `stacks` are its scenarios."""
    kinds = {rule.number: rule.undermines for rule in every_rule()}
    broken = [each for each in findings if each.verdict is Verdict.BROKEN]
    if any(_undermines_all(kinds.get(each.rule), each) for each in broken):
        return lambda _: True
    refused = {each.resource for each in broken if kinds.get(each.rule) is Undermined.RESTING}
    if not refused:
        return lambda _: False
    resting = {address for stack in stacks for address, grounds in _grounds(stack) if refused.intersection(grounds)}
    return lambda found: not {found.resource, found.about.key}.isdisjoint(resting | refused)


def _undermines_all(kind: Undermined | None, found: Finding) -> bool:
    """Whether nothing in the same source can be deployed."""
    impossible = kind is Undermined.EVERY_DEPLOYMENT and not found.scenarios
    return kind is Undermined.EVERYTHING or impossible


def _grounds(stack: Stack) -> Iterator[tuple[str, set[str]]]:
    """The addresses of keys, identities and consumers, with those of the blocks that each rests on."""
    for key in stack.keys:
        yield key.block.address, _of_key(key)
    for identity in stack.identities:
        yield identity.block.address, _of_identity(identity)
    for consumer in consumers.every(stack):
        used = [_of_key(key) for key in policies.keys_of(stack, consumer)]
        named = [_of_identity(each) for each in policies.identities_of(stack, consumer)]
        yield consumer.block.address, set().union(*used, *named)


def _of_key(key: Key) -> set[str]:
    return {key.block.address, *_owners(key.policies)}


def _of_identity(identity: Identity) -> set[str]:
    others = (each for each in (identity.boundary, identity.trust) if each is not None)
    return {identity.block.address, *_owners(identity.policies), *_owners(others)}


def _owners(written: Iterable[Policy]) -> Iterator[str]:
    return (policy.owner for policy in written)
