"""Who creates a consumer: a state machine's role, the deployer that the user names, or somebody outside the source."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, Answer, all_of, any_of, maybe
from keyfit.catalogue.access.question import Question, answer_of, ask, principal_of, request_of
from keyfit.catalogue.principals import identity_of, named_by, session
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence, notes, via_service
from keyfit.explain.access import Access, Asker
from keyfit.explain.advice import helps
from keyfit.model.findings import About, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_key
from keyfit.model.names_of_roles import find_role
from keyfit.policy.authorize import KMS, authorize
from keyfit.policy.decision import Element, Route
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.services import index
from keyfit.services.need import Need
from keyfit.shape import NAME
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Advice, AdviceKind, Why
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.keys import Key
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call

_SOMEBODY: Final = Unknown(Why.OUTSIDE_SOURCE, "the principal that deploys", identity="deployer", shape=NAME)
_DEPLOYER_DECIDES: Final = Note(
    NoteKind.NOTE, "the key policy delegates to IAM policies: those of the principal that deploys decide"
)
_NAME_IT: Final = Advice(AdviceKind.NAME_DEPLOYER, "")


def creator(stack: Stack, consumer: Consumer) -> IdentityFound | None:
    """The principal that creates `consumer`; `None` where it is not in the source and the user names none."""
    if consumer.caller is not None:
        return find_role(stack, consumer.caller.value)
    return None if stack.deployer is None else identity_of(stack, stack.deployer)


class Candidate(NamedTuple):
    """One principal that could create a store, and what it gets of each action."""

    question: Question
    told: tuple[Access, ...]

    @property
    def answer(self) -> Answer:
        """Whether it gets all of them: one principal has to."""
        return all_of(each.answer for each in self.told)

    @property
    def missing(self) -> tuple[Access, ...]:
        """What it surely does not get."""
        return tuple(each for each in self.told if each.answer.truth is Truth.NO)

    @property
    def conditioned(self) -> int:
        """How much of what is missing a statement gives, but for its condition."""
        return sum(each.blamed is not None and each.blamed.element is Element.CONDITION for each in self.missing)

    @property
    def is_delegated(self) -> bool:
        """Whether something comes by delegation alone, so that the principal's own policies decide."""
        opened = [[each.route for each in told.decision.routes if each.answer == YES] for told in self.told]
        return [Route.DELEGATION] in opened


def some_way(stack: Stack, consumer: Consumer, use: Use, call: Call) -> Iterator[Ruling]:
    """Whether the key policy lets anybody create `consumer`: all actions delegated, or one principal gets them all."""
    found = find_key(stack, use.value)
    if absent(use.value) or found.managed:
        return
    if found.key is None:
        about = About("", use.parameter, consumer.store, consumer.state, actions=call.actions)
        message = f"cannot tell whether any principal can create the {_name(consumer)} with its key"
        yield Ruling(consumer.block, maybe(*found.holes), message, use.value.origin, about=about)
        return
    yield _told(use, _candidates(stack, consumer, found.key, call), call)


def _name(consumer: Consumer) -> str:
    """What is created, in words: the "online store" of a "Feature Store online store"."""
    return consumer.kind.removeprefix(index.page_of(consumer.kind).title).strip()


def _told(use: Use, candidates: tuple[Candidate, ...], call: Call) -> Ruling:
    question = candidates[0].question
    consumer, name = question.consumer, question.key.block.address
    about = About(name, use.parameter, consumer.store, consumer.state, actions=call.actions)
    answer = any_of(each.answer for each in candidates)
    match answer.truth:
        case Truth.YES:
            open_ = all(way.is_delegated for way in candidates if way.answer == YES)
            said, advice = ((_DEPLOYER_DECIDES,), (_NAME_IT,)) if open_ else ((), ())
            message = f"the key policy allows the {_name(consumer)} to be created with key `{name}`"
            return Ruling(consumer.block, answer, message, use.value.origin, about=about, notes=said, advice=advice)
        case Truth.MAYBE:
            message = f"cannot tell whether any principal can create the {_name(consumer)} with key `{name}`"
            return Ruling(consumer.block, answer, message, use.value.origin, about=about)
        case Truth.NO:
            return _nobody(use, candidates, call)


def _nobody(use: Use, candidates: tuple[Candidate, ...], call: Call) -> Ruling:
    """No way at all: told by the principal that comes closest, where one gets at least half of the actions."""
    best = min(reversed(candidates), key=lambda way: (len(way.missing), -way.conditioned))
    question, name = best.question, best.question.key.block.address
    consumer = question.consumer
    message = f"the key policy of `{name}` allows no principal to create the {_name(consumer)}"
    actions, principal = call.actions, ""
    if len(best.missing) <= len(best.told) // 2:
        actions, principal = tuple(each.action for each in best.missing), question.asker.name
        message += f": {question.asker.words if principal else 'the account'} lacks {joined(actions)}"
    need = Need(actions, question.asker.principal, use, question.via)
    help_ = _help(best, need) if principal else _accepting(best) or _whoever(question.key, actions)
    needed = f"one principal must have {joined(call.actions)}"
    return Ruling(
        consumer.block, any_of(way.answer for way in candidates), message, use.value.origin,
        about=About(name, use.parameter, consumer.store, consumer.state, principal, actions),
        notes=(
            *notes.notes(best.missing),
            Note(NoteKind.NOTE, needed, evidence.place(question.key.policy.origin)),
            help_,
        ),
        remedy=Remedy(help_.message),
    )  # fmt: skip


def _help(best: Candidate, need: Need) -> Note:
    return helps(best.missing, need, partial(ask, best.question))[0]


def _accepting(best: Candidate) -> Note | None:
    """Let the one condition that keeps the closest principal out accept the service that it calls through."""
    blamed = [each.blamed for each in best.missing]
    first = blamed[0]
    if first is None or first.condition is None or len(first.statement.conditions) > 1:
        return None
    if any(each is None or each.statement != first.statement for each in blamed):
        return None
    service = best.question.via.through
    return via_service.accepting(first.policy, first.statement, first.condition, service) if service else None


def _whoever(key: Key, actions: tuple[str, ...]) -> Note:
    advice = f"add a statement to {key.policy.called} that allows {joined(actions)} to the principal that deploys"
    return Note(NoteKind.HELP, advice)


def _candidates(stack: Stack, consumer: Consumer, key: Key, call: Call) -> tuple[Candidate, ...]:
    """Delegation first; then anybody, and each principal that the key policy or a grant names, by any route."""
    somebody = text("arn:", stack.partition, ":iam::", key.account, ":role/", _SOMEBODY)
    deployer = Asker(Principal(PrincipalKind.ROLE, somebody, key.account, somebody), None, "")
    question = Question(stack, consumer, deployer, key, call.via)
    named = (_asker(stack, each) for each in named_by(stack, key))
    return (
        _candidate(question, (Route.DELEGATION,), call),
        *(
            _candidate(Question(stack, consumer, each, key, question.via), KMS, call)
            for each in (deployer, *named)
            if each is not None
        ),
    )


def _candidate(question: Question, routes: tuple[Route, ...], call: Call) -> Candidate:
    """What one principal gets; its own policies are outside and taken to allow."""
    governing = question.trusting
    told = []
    for action in call.actions:
        request = request_of(question, action)
        decision = authorize(request, governing, routes)
        told.append(Access(question.asker, question.key, request, answer_of(decision), decision))
    return Candidate(question, tuple(told))


def _asker(stack: Stack, written: Text) -> Asker | None:
    """Whoever an ARN names: one session by itself, else a role or user."""
    one_session = session(written)
    if one_session is not None:
        return Asker(one_session, None, written.literal or "a session")
    identity = identity_of(stack, written).identity
    return None if identity is None else Asker(principal_of(identity), identity, identity.block.address)
