"""What the engine answers about a stack: who may do what on which key, and which service may assume which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.aws import kms_actions
from keyfit.catalogue.access.question import Question, principal_of
from keyfit.catalogue.trust import ASSUME
from keyfit.explain.access import Asker
from keyfit.model.stack import Consumer
from keyfit.policy.authorize import authorize
from keyfit.policy.decide import decide
from keyfit.policy.memo import memory_of
from keyfit.policy.request import Context, Principal, PrincipalKind, Request
from keyfit.remedy.sources import UnpatchableError
from keyfit.services import index
from keyfit.services.page import DIRECT
from keyfit.value import Own, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Outcome

MOST: Final = 100_000  # questions about one stack
_NOT_KNOWN: Final = Context()


class Asked(NamedTuple):
    """A principal by its address or name, an action, and the key or role that it is on."""

    principal: str
    action: str
    on: str


Answers: TypeAlias = "Mapping[Asked, Outcome]"


def answers(stack: Stack, services: frozenset[str]) -> Answers:
    """Every decision about the keys and roles of `stack`, of its identities, of `services`, and of anybody else."""
    askers = [*_askers(stack, services)]
    actions = [each for each in kms_actions.every_action() if "key" in each.resources]
    if len(stack.keys) * len(askers) * len(actions) > MOST:
        raise UnpatchableError("there are too many decisions to compare")
    return {**dict(_on_keys(stack, askers, [each.name for each in actions])), **dict(_on_roles(stack, services))}


def _askers(stack: Stack, services: Iterable[str]) -> Iterator[Asker]:
    for identity in stack.identities:
        yield Asker(principal_of(identity), identity, identity.block.address)
    for name in sorted({*services, *_services()}):
        yield Asker(Principal(PrincipalKind.SERVICE, text(name)), None, name)
    for account in (text(Own.ACCOUNT), text("999988887777")):
        arn = text("arn:", Own.PARTITION, ":iam::", account, ":role/some-other-role")
        yield Asker(Principal(PrincipalKind.ROLE, arn, account, arn), None, f"another role of {account.literal or ''}")


def _services() -> Iterator[str]:
    """The services that the pages speak of, and one of which they do not."""
    yield "another.amazonaws.com"
    for page in index.every_page():
        if page.trust is not None:
            yield page.trust.principal
        yield from (call.principal for call in page.calls if call.principal and "{" not in call.principal)


def _on_keys(stack: Stack, askers: Iterable[Asker], actions: list[str]) -> Iterator[tuple[Asked, Outcome]]:
    for key in stack.keys:
        for asker in askers:
            governing = Question(stack, Consumer(key.block, "key"), asker, key, DIRECT).governing
            for action in actions:
                request = Request(asker.principal, action, key.arn, key.account, _NOT_KNOWN)
                yield Asked(asker.name, action, key.block.address), authorize(request, governing).outcome


def _on_roles(stack: Stack, services: Iterable[str]) -> Iterator[tuple[Asked, Outcome]]:
    names = sorted({*services, *_services()})
    for role in (each for each in stack.identities if each.trust is not None):
        for name in names:
            request = Request(Principal(PrincipalKind.SERVICE, text(name)), ASSUME, role.arn, role.account, _NOT_KNOWN)
            trust = (role.trust,) if role.trust is not None else ()
            yield Asked(name, ASSUME, role.block.address), decide(trust, request, memory_of(stack)).outcome
