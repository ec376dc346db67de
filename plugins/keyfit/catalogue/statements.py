"""The policy statements that the rules about policies speak of, and a verdict about one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import maybe
from keyfit.catalogue import policies
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.explain.statement import statement_name
from keyfit.model.block import Block
from keyfit.model.findings import About, Level, NoteKind, Remedy
from keyfit.model.policies import PolicyKind
from keyfit.policy.memo import memory_of
from keyfit.policy.statement import WHOLE
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options
    from keyfit.model.findings import Note
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Document, Statement
    from keyfit.value import Hole, Origin, Unknown

_WRITTEN: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.BOUNDARY})
_KMS: Final = text("kms:*")
_ADDRESS: Final = re.compile(r"(?:module\.[\w-]+(?:\[[^]]*\])?\.)*(\w+)\.[\w-]+(?:\[[^]]*\])?")


@record
class WrittenStatement:
    """A statement of the source: the block that its policy is written in, and the key or identity that it governs.

    `element` is what a rule looks at, by name: the cause of what it finds broken.
    """

    subject: Block
    document: Document
    statement: Statement
    owner: Key | Identity
    element: str = ""

    @property
    def name(self) -> str:
        """How messages name the statement."""
        return statement_name(self.statement, self.document.policy)

    def verdict(self, answer: Answer, message: str, *notes: Note, level: Level = Level.ERROR) -> Ruling:
        """A verdict about this statement, placed where it begins; the last help among `notes` is the remedy."""
        helps = [note.message for note in notes if note.kind is NoteKind.HELP]
        return Ruling(
            self.subject,
            answer,
            message,
            self.statement.origin,
            level,
            About(parameter=self._label),
            notes,
            Remedy(helps[-1]) if helps else None,
            self.statement.origin,
            self.element,
        )

    @property
    def resources(self) -> tuple[Text | Unknown, ...]:
        """The values of its Resource; none where it has NotResource, or no Resource."""
        patterns = self.statement.resources
        return () if patterns is None or patterns.negated else patterns.values

    @property
    def unread(self) -> Answer | None:
        """MAYBE where an element that a rule asks for cannot be read; `None` where all can."""
        hole = self.statement.unreadable
        missing = self.statement.actions is None or self.statement.resources is None
        return maybe(hole) if hole is not None and missing else None

    @staticmethod
    def place_of(value: Text | Unknown) -> Origin | None:
        """Where one value of an element stands; `None` for what nobody wrote."""
        return evidence.place(value.origin)

    def of_key(self, verdict: Ruling) -> Ruling:
        """`verdict` with the key as its subject, placed at the key's policy."""
        return replace(verdict, subject=self.owner.block, origin=self.document.policy.origin)

    @property
    def _label(self) -> str:
        which = self.statement.sid or ("" if self.statement.index == WHOLE else f"statement {self.statement.index + 1}")
        return "/".join(filter(None, (self.document.policy.name, which)))


def of_keys(stack: Stack, options: Options, element: str = "") -> Iterator[WrittenStatement]:
    """Every statement of the key policies that are written in the source."""
    for key in policies.keys(stack, options):
        one_of_several = key.policy is not key.policies[0]
        for policy in key.policies if one_of_several else (key.policy,):
            if policy.kind is PolicyKind.KEY:
                yield from _of(memory_of(stack).of(policy).document, key, element)


def of_identities(stack: Stack, options: Options, element: str = "") -> Iterator[WrittenStatement]:
    """Every statement of identity policies and boundaries of the source that speaks of KMS; each once."""
    seen: set[int] = set()
    for identity in policies.identities(stack, options):
        for policy in (*identity.policies, *((identity.boundary,) if identity.boundary else ())):
            if policy.kind in _WRITTEN and policy.document is not None and id(policy.document) not in seen:
                seen.add(id(policy.document))
                every = _of(memory_of(stack).of(policy).document, identity, element)
                yield from (each for each in every if speaks_of_kms(each.statement))


def everywhere(stack: Stack, options: Options, element: str) -> Iterator[WrittenStatement]:
    """Every statement of key policies and identity policies."""
    yield from of_keys(stack, options, element)
    yield from of_identities(stack, options, element)


def _of(document: Document, owner: Key | Identity, element: str) -> Iterator[WrittenStatement]:
    if document.policy.present.truth is not Truth.NO:
        subject = block_of(document.policy, owner)
        yield from (WrittenStatement(subject, document, statement, owner, element) for statement in document.statements)


def block_of(policy: Policy, owner: Key | Identity) -> Block:
    """The block that a policy is written in: that of its key or identity, or one of its own."""
    if policy.owner == owner.block.address:
        return owner.block
    return Block(policy.owner, _type(policy.owner), policy.origin, policy.present)


def _type(address: str) -> str:
    """The type in the address of a Terraform resource; empty for a logical id."""
    found = _ADDRESS.fullmatch(address)
    return found[1] if found else ""


def speaks_of_kms(statement: Statement) -> bool:
    """Whether an action that the statement writes is one of KMS, or can be; `*` says nothing about KMS."""
    if statement.actions is None:
        return statement.unreadable is not None
    written = statement.actions.values
    return any(
        not isinstance(each, Text) or pattern.matches(_KMS, each, fold_case=True) is not Truth.NO for each in written
    )


def action_holes(statement: Statement) -> tuple[Hole, ...]:
    """What keeps it from being known of which actions the statement speaks."""
    found: list[Hole] = [statement.unreadable] if statement.unreadable else []
    for value in statement.actions.values if statement.actions else ():
        found.extend(value.holes if isinstance(value, Text) else (value,))
    return tuple(dict.fromkeys(found))
