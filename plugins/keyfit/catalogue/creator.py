"""Who creates a consumer: a state machine's role, the deployer that the user names, or somebody outside the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit import arn
from keyfit.answer import Answer, all_of, any_of, maybe
from keyfit.catalogue import evidence, feature_store
from keyfit.catalogue.asking import Asker, Question, answer_of, governing_of, request_of
from keyfit.catalogue.lookup import IdentityFound, absent, find_key, find_role, outside_role
from keyfit.catalogue.rule import Verdict, Via
from keyfit.catalogue.words import joined, policy_name
from keyfit.findings import About, Note, NoteKind, Remedy
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Route
from keyfit.policy.document import read
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import NAME, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model import Consumer, Key, Stack, Use

_SOMEBODY: Final = Unknown(Why.OUTSIDE_SOURCE, "the principal that deploys", identity="deployer", shape=NAME)
_DEPLOYER_DECIDES: Final = Note(
    NoteKind.NOTE,
    "the key policy leaves it to IAM policies: those of whoever deploys decide; name it with `--deployer`",
)


def creator(stack: Stack, consumer: Consumer) -> IdentityFound | None:
    """The principal that creates `consumer`; `None` where it is not in the source and the user names none."""
    if consumer.caller is not None:
        return find_role(stack, consumer.caller.value)
    if stack.deployer is None:
        return None
    named = next((each for each in stack.identities if each.block.address == stack.deployer.literal), None)
    if named is not None:
        return IdentityFound(named)
    found = find_role(stack, stack.deployer)
    fields = arn.split(stack.deployer)
    return found if fields is None or found.identity else IdentityFound(outside_role(stack.deployer, fields.account))


def some_way(stack: Stack, consumer: Consumer, use: Use) -> Iterator[Verdict]:
    """Whether the key policy lets anybody create `consumer`: all actions delegated, or one principal named with all."""
    found = find_key(stack, use.value)
    if absent(use.value) or found.managed:
        return
    about = About("", use.parameter, consumer.store, consumer.state, actions=feature_store.CREATE_ACTIONS)
    if found.key is None:
        message = "cannot tell whether anybody can create the online store with its key"
        yield Verdict(consumer.block, maybe(*found.holes), message, use.value.origin, about=about)
        return
    yield _told(consumer, use, found.key, _ways(stack, consumer, found.key))


def _told(consumer: Consumer, use: Use, key: Key, ways: tuple[Answer, ...]) -> Verdict:
    answer = any_of(ways)
    name = key.block.address
    about = About(name, use.parameter, consumer.store, consumer.state, actions=feature_store.CREATE_ACTIONS)
    match answer.truth:
        case Truth.YES:
            said = (_DEPLOYER_DECIDES,) if ways[0].truth is Truth.YES else ()
            message = f"the key policy leaves a way to create the online store with key `{name}`"
            return Verdict(consumer.block, answer, message, use.value.origin, about=about, notes=said)
        case Truth.MAYBE:
            message = f"cannot tell whether anybody can create the online store with key `{name}`"
            return Verdict(consumer.block, answer, message, use.value.origin, about=about)
        case Truth.NO:
            message = f"the key policy of `{name}` lets nobody create the online store"
            actions = joined(feature_store.CREATE_ACTIONS)
            advice = f"add a statement to {policy_name(key.policy)} that allows {actions} to whoever deploys"
            notes = (
                Note(NoteKind.NOTE, f"it takes {actions}, all for one principal", evidence.place(key.policy.origin)),
                Note(NoteKind.HELP, advice),
            )
            return Verdict(
                consumer.block, answer, message, use.value.origin, about=about, notes=notes, remedy=Remedy(advice)
            )


def _ways(stack: Stack, consumer: Consumer, key: Key) -> tuple[Answer, ...]:
    """Delegation first; then each principal that the key policy names, and anybody for whom it names `*`."""
    somebody = text("arn:", stack.partition, ":iam::", key.account, ":role/", _SOMEBODY)
    deployer = Principal(PrincipalKind.ROLE, somebody, key.account, somebody)
    asked = (
        (deployer, Route.DELEGATION),
        (deployer, Route.KEY_POLICY),
        *((principal, Route.KEY_POLICY) for principal in _named(key)),
    )
    question = Question(stack, consumer, Asker(deployer, None, ""), key, Via.THROUGH_SAGEMAKER)
    return tuple(_all(replace(question, asker=Asker(principal, None, "")), route) for principal, route in asked)


def _all(question: Question, route: Route) -> Answer:
    """Whether one principal gets all the actions by one route; its own policies are outside and taken to allow."""
    governing = governing_of(question, assumed=True)
    requests = (request_of(question, action) for action in feature_store.CREATE_ACTIONS)
    return all_of(answer_of(authorize(request, governing, (route,))) for request in requests)


def _named(key: Key) -> Iterator[Principal]:
    """The roles and users that Allow statements of the key policy name by ARN."""
    seen: set[Text] = set()
    for statement in read(key.policy).statements:
        principals = statement.principals if Effect.ALLOW in statement.effects else None
        for entry in principals.entries if principals is not None and not principals.negated else ():
            written = entry.value if isinstance(entry, PrincipalEntry) and entry.kind == "AWS" else None
            if isinstance(written, Text) and written not in seen:
                seen.add(written)
                yield from _principal(written)


_KINDS: Final = {"role/": PrincipalKind.ROLE, "user/": PrincipalKind.USER}


def _principal(written: Text) -> Iterator[Principal]:
    fields = arn.split(written)
    for prefix, kind in _KINDS.items() if fields is not None else ():
        if fields is not None and fields.resource.prefix.startswith(prefix):
            role = written if kind is PrincipalKind.ROLE else None
            yield Principal(kind, written, fields.account, role)
