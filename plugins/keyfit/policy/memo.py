"""The engine's memory: what was found out about the documents of one run, for the same few questions come again.

No record knows of it, and it is part of no answer. Who asks for what is told apart by the identity of the objects,
which is cheaper than equality, and exact: equal texts can have holes of different shapes. What is kept keeps those
objects, so that no other object takes over their identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

from keyfit.policy.condition import holds, judge_conditions, taken_apart
from keyfit.policy.document import read
from keyfit.policy.judge import (
    Answers,
    but_for_conditions,
    covers,
    if_there,
    is_settled,
    named,
    presence,
    reaches,
    with_conditions,
)
from keyfit.policy.principal import Names, Naming
from keyfit.policy.statement import Effect
from keyfit.policy.variables import Scope, has_variables
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyfit.answer import Answer
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.condition import Line
    from keyfit.policy.decision import Judgement
    from keyfit.policy.principal import Ways
    from keyfit.policy.request import Fact, Request
    from keyfit.policy.statement import Condition, Document, Statement
    from keyfit.value import Text

About = TypeVar("About")
Found = TypeVar("Found")

_MOST: Final = 64  # answers kept of one kind for one document; then it starts afresh
_MOST_POLICIES: Final = 4_096


class Kept(dict[About, Found], Generic[About, Found]):
    """Answers by what they are about, and not too many of them."""

    __slots__ = ()

    def keep(self, about: About, found: Found) -> Found:
        """Keep `found`, and give it back."""
        if len(self) >= _MOST:
            self.clear()
        self[about] = found
        return found


class _Asked:
    """What is known of all requests that differ in their context alone; a statement is told by its identity, too."""

    __slots__ = ("judged", "names", "reaching", "request", "resources", "ways")

    def __init__(self, request: Request, names: Names, ways: dict[int, Ways], resources: dict[int, Answer]) -> None:
        """Nothing yet but what other requests of this principal, or for this resource, have told."""
        self.request, self.names, self.ways, self.resources = request, names, ways, resources
        self.judged: dict[tuple[int, Naming], Judgement] = {}
        # Those that do not surely miss, and whether one of them has conditions.
        self.reaching: dict[tuple[Effect, Naming], tuple[tuple[Judgement, ...], bool]] = {}


class Memo:
    """One document, and what was found out about it; of the conditions for the last request alone, for no two agree."""

    def __init__(self, document: Document) -> None:
        """Nothing is found out before it is asked."""
        self.document = document
        self._statements = (*document.statements, document.omitted) if document.omitted else document.statements
        self._varies = any(map(_varies, self._statements))
        self._answers: Kept[tuple[int, ...], tuple[Fact, Answer]] = Kept()
        self._lines: dict[int, tuple[Line, ...]] = {}
        self._actions: dict[tuple[str, int], Answer] = {}
        self._acting: dict[tuple[str, Effect], tuple[Statement, ...]] = {}
        self._names: Kept[tuple[int, ...], tuple[Names, dict[int, Ways]]] = Kept()
        self._resources: Kept[int, tuple[Text, dict[int, Answer]]] = Kept()
        self._kept: Kept[tuple[tuple[int, ...], str, int], _Asked] = Kept()
        self._last: _Asked | None = None
        self._request: Request | None = None
        self._held: dict[int, tuple[Answer, Condition | None]] = {}

    def judge(self, statement: Statement, request: Request, naming: Naming) -> Judgement:
        """As `policy.judge.judge` of a statement of the document."""
        return self._with_conditions(self._bare(self._asked(request), statement, naming), request)

    def judgements(self, request: Request, effect: Effect, naming: Naming) -> Sequence[Judgement]:
        """As `judge` of each statement that can have `effect`, without those that surely miss."""
        asked, about = self._asked(request), (effect, naming)
        found = asked.reaching.get(about)
        if found is None:
            reaching = tuple(self._reaching(asked, effect, naming))
            found = asked.reaching[about] = reaching, any(bare.statement.conditions for bare in reaching)
        reaching, conditional = found
        if not conditional:
            return reaching
        judged = [self._with_conditions(bare, request) for bare in reaching]
        return [each for each in judged if each.answer.truth is not Truth.NO]

    def denies(self, request: Request) -> bool:
        """Whether a statement surely denies."""
        return any(each.answer.truth is Truth.YES for each in self.judgements(request, Effect.DENY, Naming.ANYHOW))

    def acting(self, action: str, effect: Effect) -> tuple[Statement, ...]:
        """The statements that can have `effect` and whose Action does not surely miss `action`."""
        found = self._acting.get((action, effect))
        if found is None:
            able = [each for each in self._statements if effect in each.effects]
            found = tuple([each for each in able if self._covers(each, action).truth is not Truth.NO])
            self._acting[action, effect] = found
        return found

    def _asked(self, request: Request) -> _Asked:
        """What is known of such requests."""
        if self._last is None or self._request is not request:
            self._last, self._request, self._held = self._found(request), request, {}
        return self._last

    def _found(self, request: Request) -> _Asked:
        who, resource = request.principal, id(request.resource)
        principal = (id(who.arn), id(who.kind), id(who.account), id(who.role), id(who.bounded))
        about = (principal, request.action, resource)
        asked = self._kept.get(about)
        if asked is None:
            names, ways = self._names.get(principal) or self._names.keep(principal, (Names(who), {}))
            _, resources = self._resources.get(resource) or self._resources.keep(resource, (request.resource, {}))
            asked = _Asked(request, names, ways, {} if self._varies else resources)
            if not self._varies:  # else the answers are of this context alone
                self._kept.keep(about, asked)
        return asked

    def _reaching(self, asked: _Asked, effect: Effect, naming: Naming) -> Iterator[Judgement]:
        """The judgements of the statements that do not surely miss, as if all conditions held."""
        for statement in self.acting(asked.request.action, effect):
            if self._named(asked, statement).by(naming).truth is not Truth.NO:  # asked first, for it misses most
                bare = self._bare(asked, statement, naming)
                if bare.answer.truth is not Truth.NO:
                    yield bare

    def _bare(self, asked: _Asked, statement: Statement, naming: Naming) -> Judgement:
        """As `judge`, as if all conditions held."""
        bare = asked.judged.get((id(statement), naming))
        if bare is None:
            answers = Answers(
                presence(statement),
                self._named(asked, statement).by(naming),
                self._covers(statement, asked.request.action),
                self._reaches(asked, statement),
            )
            bare = asked.judged[id(statement), naming] = but_for_conditions(statement, self.document, answers)
        return bare

    def _named(self, asked: _Asked, statement: Statement) -> Ways:
        found = asked.ways.get(id(statement))
        if found is None:
            found = asked.ways[id(statement)] = named(statement, asked.names)
        return found

    def _covers(self, statement: Statement, action: str) -> Answer:
        found = self._actions.get((action, id(statement)))
        if found is None:
            found = self._actions[action, id(statement)] = covers(statement, action)
        return found

    def _reaches(self, asked: _Asked, statement: Statement) -> Answer:
        found = asked.resources.get(id(statement))
        if found is None:
            found = asked.resources[id(statement)] = reaches(statement, self.document, asked.request)
        return found

    def _with_conditions(self, bare: Judgement, request: Request) -> Judgement:
        return bare if is_settled(bare) else with_conditions(bare, self._conditions(bare.statement, request))

    def _conditions(self, statement: Statement, request: Request) -> tuple[Answer, Condition | None]:
        held = self._held.get(id(statement))
        if held is None:
            lines = self._lines.get(id(statement))
            if lines is None:
                lines = self._lines[id(statement)] = taken_apart(statement.conditions)
            scope = Scope(self.document, request.context)
            held = self._held[id(statement)] = judge_conditions(lines, lambda line: self._holds(line, scope))
        return held

    def _holds(self, line: Line, scope: Scope) -> Answer:
        """As `holds`: who asks about many statements asks with the same values."""
        if line.variable or line.name is None:
            return holds(line, scope)
        fact = scope.context.find(line.written.key.literal or "")
        values = fact.values if isinstance(fact.values, tuple) else (fact.values,)
        about = (id(line), id(fact.present), *map(id, values))
        found = self._answers.get(about)
        if found is None:
            found = self._answers.keep(about, (fact, holds(line, scope)))
        return found[1]


def _varies(statement: Statement) -> bool:
    """Whether its resources depend on the context."""
    return statement.resources is not None and any(map(has_variables, statement.resources.values))


class Memory:
    """The memos of one run: every policy is read once."""

    def __init__(self) -> None:
        """Nothing is read before it is asked."""
        self._memos: dict[int, Memo] = {}

    def of(self, policy: Policy) -> Memo:
        """The memo of `policy`: the same one for the same object."""
        found = self._memos.get(id(policy))
        if found is None:
            if len(self._memos) >= _MOST_POLICIES:
                self._memos.clear()
            found = self._memos[id(policy)] = Memo(read(policy))  # its document keeps the policy
        return found

    def judgements(
        self, policies: Iterable[Policy], request: Request, effect: Effect, naming: Naming = Naming.ANYHOW
    ) -> tuple[Judgement, ...]:
        """The judgements of the statements of `policies` that can have `effect` and do not surely miss.

        What is not sure to be there applies perhaps at best; so does what can have both effects, for it is unreadable.
        What surely denies if it is there allows nothing: it does not help in either case.
        """
        found: list[Judgement] = []
        for policy in policies:
            if policy.present.truth is Truth.NO:
                continue
            memo = self.of(policy)
            if policy.present.truth is Truth.YES:
                found += memo.judgements(request, effect, naming)
            elif effect is Effect.DENY or not memo.denies(request):
                found += (if_there(policy.present, each) for each in memo.judgements(request, effect, naming))
        return tuple(found)


def document_of(stack: Stack, policy: Policy) -> Document:
    """A policy of `stack` as statements."""
    return memory_of(stack).of(policy).document


def memory_of(stack: Stack) -> Memory:
    """What the engine remembers of the policies of `stack`."""
    return stack.once(_memory)


def _memory(_: Stack) -> Memory:
    return Memory()
