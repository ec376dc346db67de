"""Access to the buckets that a consumer names, and to the objects in them: S3's own rule, asked as KMS's is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import Answer, all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access import request_context
from keyfit.catalogue.access.question import answer_of, asker
from keyfit.catalogue.access.request_context import Caller
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.explain.access import Asker
from keyfit.explain.statement import called
from keyfit.model.changes import AddStatement, Allow
from keyfit.model.consumers import Purpose
from keyfit.model.findings import About, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import find_bucket, object_name
from keyfit.model.names_of_roles import role_of
from keyfit.model.policies import Policy, PolicyKind, in_force
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Outcome, Route
from keyfit.policy.memo import memory_of
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Principal, PrincipalKind, Request
from keyfit.services.page import DIRECT
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import joined, marked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Bucket, Consumer, Use
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Decision, Judgement, RouteAnswer
    from keyfit.services.page import Objects, Page
    from keyfit.value import Hole

ON_BUCKET: Final = frozenset({"s3:ListBucket"})  # the others are about objects
_VPC: Final = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})


class Told(NamedTuple):
    """What S3 answers to one action."""

    request: Request
    decision: Decision

    @property
    def answer(self) -> Answer:
        """The decision as an answer."""
        return answer_of(self.decision)


class Place(NamedTuple):
    """A bucket of the source that a consumer names in one of its parameters, and what is needed there."""

    stack: Stack
    page: Page
    consumer: Consumer
    need: Objects
    use: Use
    bucket: Bucket

    @property
    def name(self) -> str:
        """The bucket, as messages have it."""
        return f"bucket {marked(self.bucket.block.address)}"

    @property
    def policy(self) -> Policy:
        """The bucket policy in force; where the source has none, one of elsewhere."""
        block = self.bucket.block
        if self.bucket.policies:
            return in_force(self.bucket.policies, block, "bucket policies")
        untold = Unknown(Why.UNTOLD, f"which policy {self.name} has", identity=f"policy of {block.address}")
        return Policy(PolicyKind.OUTSIDE, untold, block.address, origin=block.origin)


def check(page: Page, needs: tuple[Objects, ...]) -> Callable[[Stack, Options], Iterator[Ruling]]:
    """A rule's check: whether the page's service, and the role of each consumer, can do what they need on buckets."""

    def checked(stack: Stack, _options: Options) -> Iterator[Ruling]:
        for consumer in consumers.of(stack, page.name):
            for need in needs:
                if consumer.kind in need.kinds:
                    yield from _verdicts(stack, page, consumer, need)

    return checked


def _verdicts(stack: Stack, page: Page, consumer: Consumer, need: Objects) -> Iterator[Ruling]:
    """For each bucket of the source that the need is about: the service, and the role, where one is given."""
    service, role = Principal(PrincipalKind.SERVICE, text(need.principal)), role_of(stack, consumer)
    for use in consumer.buckets:
        bucket = find_bucket(stack, use.value) if use.purpose.value in need.purposes else None
        if bucket is not None:
            place = Place(stack, page, consumer, need, use, bucket)
            yield from (_of(place, asker(by)) for by in (service, role) if by is not None)


def _of(place: Place, who: Asker | tuple[Hole, ...]) -> Ruling:
    use, consumer = place.use, place.consumer
    if isinstance(who, Asker):
        return _verdict(place, who, tuple(_told(place, who, action) for action in place.need.actions))
    message = f"cannot tell whether the role can {joined(place.need.actions)} on {place.name}"
    return Ruling(consumer.block, maybe(*who), message, use.value.origin, about=_about(place, "", place.need.actions))


def _about(place: Place, who: str, actions: tuple[str, ...]) -> About:
    consumer = place.consumer
    return About("", place.use.parameter, consumer.store, consumer.state, who, actions)


def _verdict(place: Place, who: Asker, told: tuple[Told, ...]) -> Ruling:
    answer = all_of(each.answer for each in told)
    decisive = tuple(each for each in told if each.answer.truth is answer.truth)
    actions = tuple(each.request.action for each in decisive)
    what, origin = f"{joined(actions)} on {place.name}", place.use.value.origin
    about = _about(place, who.name, actions)
    ruling = Ruling(place.consumer.block, answer, f"{who.words} can {what}", origin, about=about)
    match answer.truth:
        case Truth.YES:
            return ruling.with_notes(*_taken(place, decisive))
        case Truth.MAYBE:
            message = f"cannot tell whether {ruling.message}"
            return replace(ruling, message=message, notes=tuple(dict.fromkeys(_evidence(place, who, decisive))))
        case Truth.NO:
            return _broken(place, who, replace(ruling, message=f"{who.words} cannot {what}"), decisive)


def _told(place: Place, who: Asker, action: str) -> Told:
    """What S3 answers to an action of `who`, on the bucket or on what the location names in it."""
    identity, bucket = who.identity, place.bucket
    resource = bucket.arn if action in ON_BUCKET else _object(place)
    call = Caller(stack=place.stack, consumer=place.consumer, principal=who.principal, via=DIRECT, identity=identity)
    request = request_context.on_bucket(call, action, resource, bucket)
    governing = Governing(
        (place.policy,),
        identity.policies if identity else (),
        (identity.boundary,) if identity and identity.boundary else (),
        memory=memory_of(place.stack),
    )
    return Told(request, authorize(request, governing))


def _object(place: Place) -> Text:
    location, written = place.use.value, place.use.purpose is Purpose.OUTPUT
    path = object_name(location, written=written) if isinstance(location, Text) else text()
    return text(*place.bucket.arn.parts, "/", *path.parts)


def _taken(place: Place, told: tuple[Told, ...]) -> Iterator[Note]:
    """What is taken for granted where it holds."""
    if place.policy.kind is PolicyKind.OUTSIDE:
        yield Note(NoteKind.NOTE, f"the policy of {place.name} is not in the source, and is assumed not to deny")
    for each in told:
        yield from (Note(NoteKind.NOTE, words) for words in each.decision.assumptions)
    yield from evidence.assumed(place.consumer.block, place.bucket.block)


# --- what is broken, or open -----------------------------------------------------------------------------------------


def _broken(place: Place, who: Asker, ruling: Ruling, told: tuple[Told, ...]) -> Ruling:
    denying = _denying(told)
    helps = tuple(_helps(place, who, denying, ruling.about.actions))
    notes = (*_evidence(place, who, told), *_vpc(place, denying), Note(NoteKind.NOTE, _CAUSE))
    return replace(
        ruling,
        notes=(*dict.fromkeys(notes), *helps),
        remedy=Remedy(helps[0].message),
        statement=next((each.statement.origin for each in denying), None),
        element="Effect" if denying else "",
    )


_CAUSE: Final = (  # P41
    'AWS reports "Insufficient privileges for accessing data in Amazon S3" for this and for a key that cannot be used: '
    "here the bucket is the cause"
)


def _denying(told: tuple[Told, ...]) -> dict[Judgement, list[str]]:
    """The statements that deny, each once, with the actions that it denies."""
    denied: dict[Judgement, list[str]] = {}
    for each in told:
        for judgement in each.decision.determining if each.decision.explicit else ():
            same = replace(judgement, element=None, condition=None, elements=0)  # whatever the action
            denied.setdefault(same, []).append(each.request.action)
    return denied


def _helps(place: Place, who: Asker, denying: Collection[Judgement], actions: tuple[str, ...]) -> Iterator[Note]:
    for each in denying:
        words = f"narrow the Deny of {called(each)} so that it excludes {who.words}"
        yield evidence.told(each, words, NoteKind.HELP)
    if denying:
        return
    on, block = f"{joined(actions)} on {place.name} and its objects", place.bucket.block
    if who.identity is not None:
        allowing = Allow(who.identity, actions, block, place.bucket.arn, objects=True)
        change = None if who.identity.outside else allowing
        yield Note(NoteKind.HELP, f"allow {on} in a policy of {who.words}", change=change)
    else:
        words = f"add a statement to {place.policy.called} that allows {on} to service {who.words}"
        policy = place.policy
        beside = policy.kind is PolicyKind.BUCKET and policy.owner != block.address  # which cannot refer to itself
        added = AddStatement(policy, actions, who.name, block) if beside else None
        yield Note(NoteKind.HELP, words, evidence.place(policy.origin), added)


def _vpc(place: Place, denying: Collection[Judgement]) -> Iterator[Note]:
    """That the service is never in a VPC, where that is what is asked for (P33)."""
    keys = {(line.key.literal or "").lower() for each in denying for line in each.statement.conditions}
    if keys & _VPC:
        title = place.page.title
        yield Note(
            NoteKind.NOTE, f"{title} does not call from a VPC: it cannot use a bucket that only a VPC can access"
        )


def _evidence(place: Place, who: Asker, told: tuple[Told, ...]) -> Iterator[Note]:
    """Why it is not allowed, or not surely: the denials; else each route's nearest statement, or what is open."""
    yield from (evidence.judged(judgement, *actions) for judgement, actions in _denying(told).items())
    for each in told:
        decision, request = each.decision, each.request
        if decision.outcome is Outcome.UNDETERMINED:
            open_ = (one for one in decision.determining if one.answer.truth is Truth.MAYBE)
            yield from (evidence.missed(one, request) for one in open_)
        elif not decision.explicit:
            for route in decision.routes:
                yield from _route(place, who, route, request)
            if decision.restricted_by is not None and decision.restricted_by.nearest is not None:
                yield evidence.missed(decision.restricted_by.nearest, request)


def _route(place: Place, who: Asker, route: RouteAnswer, request: Request) -> Iterator[Note]:
    if route.nearest is not None:
        yield evidence.missed(route.nearest, request)
    elif route.answer.truth is Truth.NO and route.route is Route.BUCKET_POLICY:
        yield evidence.nothing(place.policy)
    elif route.answer.truth is Truth.NO:
        yield Note(NoteKind.NOTE, f"{who.words} has no policy that allows {marked(request.action)}")
