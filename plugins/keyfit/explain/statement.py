"""Why a statement does not apply to a request, or not surely: the element that misses, and what the request has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit.policy.decide import DIRECT
from keyfit.policy.decision import Element
from keyfit.policy.document import read
from keyfit.policy.judge import named, open_elements
from keyfit.policy.principal import Names, Naming
from keyfit.policy.statement import WHOLE
from keyfit.policy.variables import keys_of
from keyfit.truth import Truth
from keyfit.value import Unknown, Why
from keyfit.words import listed, marked, reasons, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.model.stack import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.policy.request import Context, Request
    from keyfit.policy.statement import Condition, Patterns, Principals, Statement

_APPLIES: Final = {Truth.YES: "applies", Truth.NO: "does not apply", Truth.MAYBE: "applies perhaps"}
_ANSWERS: Final = {
    (False, Truth.NO): "does not match",
    (False, Truth.MAYBE): "is not sure to match",
    (True, Truth.NO): "lists the {}",
    (True, Truth.MAYBE): "lists the {} perhaps",
}


def statement_name(statement: Statement, policy: Policy) -> str:
    """A statement by its Sid, or its place in the policy where it has none, and the policy by what it is."""
    if statement.index == WHOLE:
        return policy.called
    return f"statement {marked(statement.sid) if statement.sid else statement.index + 1} of {policy.called}"


def applies(judgement: Judgement, request: Request, naming: Naming = DIRECT) -> str:
    """Whether the statement applies to `request`, and if not, why; `naming` is how it had to name the principal."""
    truth = judgement.answer.truth
    return _APPLIES[truth] if truth is Truth.YES else f"{_APPLIES[truth]}: {missing(judgement, request, naming)}"


def missing(judgement: Judgement, request: Request, naming: Naming) -> str:
    """What keeps the statement from surely applying, and why: one element that misses, or each that is open."""
    if judgement.answer.truth is Truth.MAYBE:
        return "; ".join(dict.fromkeys(_open(judgement, request, naming)))
    asked = _Asked(judgement, request, naming, judgement.condition)
    return _TELL[judgement.element](asked) if judgement.element else ""


@dataclass(frozen=True, slots=True)
class _Asked:
    judgement: Judgement
    request: Request
    naming: Naming
    line: Condition | None

    @property
    def truth(self) -> Truth:
        return self.judgement.answer.truth


def _open(judgement: Judgement, request: Request, naming: Naming) -> Iterator[str]:
    """The elements that are open, each with its reasons; for what cannot be read, the reason says it all."""
    statement, policy = judgement.statement, judgement.policy
    if policy.present.truth is Truth.MAYBE:
        yield reasons(policy.present.holes)
    for element, answer, line in open_elements(statement, read(policy), request, naming):
        invalid = all(isinstance(hole, Unknown) and hole.why is Why.INVALID for hole in answer.holes)
        told = "" if invalid else _TELL[element](_Asked(judgement, request, naming, line))
        yield ": ".join(filter(None, (told, reasons(answer.holes))))


# --- principals --------------------------------------------------------------------------------------------------


def _principal(asked: _Asked) -> str:
    principals = asked.judgement.statement.principals
    if principals is None:
        return _unwritten(Element.PRINCIPAL)
    what = _negatable(Element.PRINCIPAL, principals, _entries(principals))
    told = _otherwise_named(asked, principals) if asked.truth is Truth.NO else ""
    return f"{what} {told or _answered(asked, Element.PRINCIPAL, principals)}"


def _otherwise_named(asked: _Asked, principals: Principals) -> str:
    """What it names instead of what counts: the account or the principal itself (K2, K3, K27)."""
    judgement, request = asked.judgement, asked.request
    if request.principal.account is None:
        return ""
    account = f"account {marked(shown(request.principal.account))}"
    names = named(judgement.statement, Names(request.principal))
    if asked.naming != Naming.ACCOUNT:
        return f"names {account}, and not the principal itself" if names.account.truth is Truth.YES else ""
    if names.by(DIRECT).truth is Truth.YES:
        return f"{'covers' if principals.negated else 'names'} the principal itself, and delegates nothing to {account}"
    return "" if principals.negated else f"delegates nothing to {account}"


def _entries(principals: Principals) -> str:
    return listed(each if isinstance(each, Unknown) else each.value for each in principals.entries)


# --- actions and resources ---------------------------------------------------------------------------------------


def _action(asked: _Asked) -> str:
    return _patterns(asked, Element.ACTION, asked.judgement.statement.actions)


def _resource(asked: _Asked) -> str:
    return _patterns(asked, Element.RESOURCE, asked.judgement.statement.resources)


def _patterns(asked: _Asked, element: Element, patterns: Patterns | None) -> str:
    if patterns is None:
        return _unwritten(element)
    return f"{_negatable(element, patterns, listed(patterns.values))} {_answered(asked, element, patterns)}"


def _negatable(element: Element, written: Principals | Patterns, values: str) -> str:
    return f"`{'Not' if written.negated else ''}{element.value}` {values}"


def _answered(asked: _Asked, element: Element, written: Principals | Patterns) -> str:
    return _ANSWERS[written.negated, asked.truth].format(element.value.lower())


def _unwritten(element: Element) -> str:
    return f"it has no `{element.value}`"  # K12, K13


def _presence(_: _Asked) -> str:
    return ""  # the holes say it


# --- conditions --------------------------------------------------------------------------------------------------


def _condition(asked: _Asked) -> str:
    line = asked.line
    if line is None:
        return ""
    if asked.truth is not Truth.NO:
        return f"{_line(line)} is not sure to hold"
    return "; ".join((not_held(line, asked.request), *_variables(line, asked)))


def _variables(line: Condition, asked: _Asked) -> Iterator[str]:
    """What stands for the policy variables of a line, or that they are none."""
    keys = tuple(dict.fromkeys(key for value in line.values for key in keys_of(value)))
    if not keys:
        return
    if read(asked.judgement.policy).variables.truth is Truth.NO:  # I22
        yield "`${…}` is no variable without `Version` `2012-10-17`"
        return
    yield from filter(None, (fact(key, asked.request.context) for key in keys))


def not_held(line: Condition, request: Request) -> str:
    """That a line of a condition block does not hold, and what the request has."""
    return _with_fact(f"{_line(line)} does not hold", line, request)


def held(line: Condition, request: Request) -> str:
    """That a line of a condition block holds, and what the request has."""
    return _with_fact(f"{_line(line)} holds", line, request)


def _with_fact(words: str, line: Condition, request: Request) -> str:
    told = fact(line.key.literal or "", request.context)
    return f"{words}: {told}" if told else words


def fact(key: str, context: Context) -> str:
    """What a request has under `key`; nothing where that is not known."""
    found = context.find(key)
    if found.present.truth is Truth.NO or found.values == ():
        return f"the request has no {marked(key)}"
    if isinstance(found.values, Unknown):
        return ""
    absent = " or absent" if found.present.truth is Truth.MAYBE else ""
    return f"the request's {marked(key)} is {listed(found.values)}{absent}"


def _line(line: Condition) -> str:
    values = ", ".join(map(shown, line.values))
    return f"condition {marked(f'{shown(line.operator)} {shown(line.key)} {values}')}"


_TELL: Final[Mapping[Element, Callable[[_Asked], str]]] = {
    Element.PRESENCE: _presence,
    Element.PRINCIPAL: _principal,
    Element.ACTION: _action,
    Element.RESOURCE: _resource,
    Element.CONDITION: _condition,
}
