"""What the engine answers about one principal and one key, for actions that a key can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import kms_actions
from keyfit.catalogue.access import request_context
from keyfit.catalogue.access.question import Question, answer_of, request_of
from keyfit.model.consumers import Consumer
from keyfit.policy.authorize import authorize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.catalogue.asking.who import Asked, Way
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Decision
    from keyfit.policy.policy_set import Governing
    from keyfit.policy.request import Request
    from keyfit.truth import Truth
    from keyfit.value import Hole


_RETIRE: Final = "kms:RetireGrant"  # the grants decide it: of an account as such there is nothing to tell


class Told(NamedTuple):
    """One answer of the engine, with all that it came from."""

    request: Request
    governing: Governing
    decision: Decision

    @property
    def truth(self) -> Truth:
        """Whether it is allowed."""
        return answer_of(self.decision).truth

    @property
    def holes(self) -> tuple[Hole, ...]:
        """What keeps it open."""
        return self.decision.holes


def ask(stack: Stack, about: Asked, way: Way, actions: Iterable[str] | None = None) -> Iterator[tuple[str, Told]]:
    """The answer about each of `actions`, which are all that a key has, called for in this way."""
    consumer = about.ways.get(way)
    question = Question(stack, consumer or _nothing(about), about.who.asker, about.key, way.via)
    governing = question.trusting if about.who.trusted else question.governing
    for action in kms_actions.on_a_key() if actions is None else actions:
        if about.who.trusted and action == _RETIRE:
            continue
        request = request_of(question, action) if consumer is not None else _by_itself(question, action)
        yield action, Told(request, governing, authorize(request, governing))


def _nothing(about: Asked) -> Consumer:
    """What stands for a consumer where there is none: a call in the key's own place."""
    return Consumer(about.key.block, "", region=about.key.region, account=about.key.account)


def _by_itself(question: Question, action: str) -> Request:
    call = request_context.Call(
        stack=question.stack,
        consumer=question.consumer,
        principal=question.asker.principal,
        key=question.key,
        via=question.via,
        itself=True,
    )
    return request_context.request(call, action)
