"""KMS's safety check: whoever creates a key must be able to change its policy later (K18)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.catalogue.access.question import Question, answer_of, asker
from keyfit.catalogue.key_facts import bool_of
from keyfit.catalogue.principals import identity_of
from keyfit.catalogue.rule import Ruling
from keyfit.explain import notes
from keyfit.explain.access import Access, Asker
from keyfit.explain.advice import helps
from keyfit.model.consumers import Consumer, Use
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Route
from keyfit.policy.request import Context, PrincipalKind, Request, present, unsure
from keyfit.services.need import Need
from keyfit.services.page import DIRECT
from keyfit.truth import Truth
from keyfit.value import text

if TYPE_CHECKING:
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.policy.request import Principal
    from keyfit.value import Text

PUT: Final = "kms:PutKeyPolicy"
REFUSED: Final = Note(
    NoteKind.NOTE, "KMS rejects it: `The new key policy will not allow you to update the key policy in the future.`"
)


def of_deployer(stack: Stack, key: Key, deployer: Text) -> Ruling:
    """Whether the principal that creates the key, and is known, may change the policy later."""
    who = asker(identity_of(stack, deployer))
    about, origin = About(key.block.address), key.policy.origin
    if not isinstance(who, Asker):
        message = f"cannot tell whether the deployer can `{PUT}` on key `{key.block.address}` later"
        return Ruling(key.block, maybe(*who), message, origin, about=about)
    question = Question(stack, Consumer(key.block, "key"), who, key, DIRECT)
    told = _access(question)
    answer = any_of((bypassed(key), told.answer))
    what = f"{who.words}, which deploys, can `{PUT}` on key `{key.block.address}` later"
    if answer.truth is not Truth.NO:
        message = what if answer.truth is Truth.YES else f"cannot tell whether {what}"
        return Ruling(key.block, answer, message, origin, about=about, notes=told.assumptions)
    need = Need((PUT,), who.principal, Use("", key.arn), DIRECT)
    advice = helps([told], need, lambda _action, _routes: told)
    message = f"{who.words}, which deploys, cannot `{PUT}` on key `{key.block.address}` later"
    evidence_ = (REFUSED, *notes.notes([told]), *advice)
    return Ruling(key.block, answer, message, origin, Level.ERROR, about, evidence_, Remedy(advice[0].message))


def _access(question: Question) -> Access:
    """What the key policy, and delegation with its own policies, give a principal: there are no grants yet."""
    asked = request(question.key, question.asker.principal)
    governing = replace(question.governing, grants=())
    decision = authorize(asked, governing, (Route.KEY_POLICY, Route.DELEGATION))
    return Access(question.asker, question.key, asked, answer_of(decision), decision)


def bypassed(key: Key) -> Answer:
    """Whether the safety check of KMS is bypassed on purpose."""
    if key.bypasses_lockout_check is None:
        return NO
    written = bool_of(key.bypasses_lockout_check)
    if isinstance(written, tuple):
        return maybe(*written)
    return YES if written else NO


def request(key: Key, principal: Principal) -> Request:
    """What KMS asks when somebody changes the policy of `key`."""
    facts = {
        "kms:calleraccount": present(key.account),
        "aws:principalaccount": present(key.account),
        "aws:principalisawsservice": present(text("false")),
        "aws:securetransport": unsure("aws:SecureTransport", text("true")),
    }
    if principal.kind is not PrincipalKind.ROOT:
        facts["aws:principalarn"] = present(principal.arn)
    return Request(principal, PUT, key.arn, key.account, Context(facts))
