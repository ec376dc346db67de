"""What a statement is called, and why it does not apply to a request, or not surely: the element that misses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import DIRECT
from keyfit.policy.decision import Element
from keyfit.policy.document import heading
from keyfit.policy.judge import named, open_elements
from keyfit.policy.principal import Names, Naming
from keyfit.policy.statement import WHOLE, Effect
from keyfit.policy.variables import keys_of
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown, text
from keyfit.why import Why
from keyfit.words import listed, marked, reason, reasons, series, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.policy.request import Context, Request
    from keyfit.policy.statement import Condition, Patterns, Statement
    from keyfit.value import Hole, Value

_MANY: Final = 8  # values that a sentence repeats
_S3_CONTEXT: Final = "kms:encryptioncontext:aws:s3:arn"


def statement_name(statement: Statement, policy: Policy) -> str:
    """A statement by its Sid, or its place in the policy where it has none, and the policy by what it is."""
    if statement.index == WHOLE:
        return policy.called
    return f"statement {marked(statement.sid) if statement.sid else statement.index + 1} of {policy.called}"


def called(judgement: Judgement) -> str:
    """How messages name the statement that was judged."""
    return statement_name(judgement.statement, judgement.policy)


class Miss(NamedTuple):
    """What keeps a statement from surely applying, in words that follow its name, and why that is open, if it is."""

    words: str
    holes: tuple[Hole, ...] = ()

    @property
    def in_full(self) -> str:
        """The words, with the reasons."""
        return ": ".join(filter(None, (self.words, reasons(self.holes))))


def misses(judgement: Judgement, request: Request, naming: Naming = DIRECT) -> Iterator[Miss]:
    """The element that misses, or each that is open; `naming` is how the statement had to name the principal."""
    policy = judgement.policy
    if judgement.answer.truth is Truth.NO and judgement.element is not None:
        missing = _Missing(judgement.element, judgement, request, naming, judgement.condition)
        yield Miss(_WORDS[judgement.element](missing))
    if judgement.answer.truth is not Truth.MAYBE:
        return
    if policy.present.truth is Truth.MAYBE:
        yield Miss("exists only in some deployments", policy.present.holes)
    for element, answer, line in open_elements(judgement.statement, heading(policy), request, naming):
        if all(isinstance(hole, Unknown) and hole.why in {Why.INVALID, Why.REFUSED} for hole in answer.holes):
            yield Miss(f"cannot be read: {reasons(answer.holes)}")
            continue
        words = _WORDS[element](_Missing(element, judgement, request, naming, line))
        yield Miss(words, () if element is Element.PRESENCE else answer.holes)


class _Missing(NamedTuple):
    """One element of a statement, of the conditions one line, that misses a request or is open for it."""

    element: Element
    judgement: Judgement
    request: Request
    naming: Naming
    line: Condition | None

    @property
    def name(self) -> str:
        return self.element.value

    @property
    def is_open(self) -> bool:
        return self.judgement.answer.truth is Truth.MAYBE


def unread(judgement: Judgement) -> str:
    """Why a statement cannot be read; empty where it can."""
    hole = judgement.statement.unreadable
    if judgement.policy.kind is PolicyKind.OUTSIDE:
        return "is not in the source"
    return f"cannot be read: {reason(hole)}" if hole else ""


def _presence(missing: _Missing) -> str:
    return unread(missing.judgement) if missing.is_open else "does not exist in this deployment"


# --- principals, actions and resources ---------------------------------------------------------------------------


def _principal(missing: _Missing) -> str:
    statement, request = missing.judgement.statement, missing.request
    principals, account = statement.principals, request.principal.account
    if principals is None:
        return "has no `Principal`"  # K12
    values = (each if isinstance(each, Unknown) else each.value for each in principals.entries)
    words = _covers(missing, "names{}", _some(values), negated=principals.negated)
    if missing.is_open or account is None:
        return words
    whose, names = in_words(account), named(statement, Names(request.principal))
    if missing.naming is not Naming.ACCOUNT:  # K2, K3, K27: the account or the principal itself, where the other counts
        return f"names {whose}, not the principal itself" if names.account.truth is Truth.YES else words
    if names.by(DIRECT).truth is Truth.YES:
        itself = "covers" if principals.negated else "names"
        return f"{itself} the principal itself, and does not delegate to {whose}"
    return words if principals.negated else f"{words}, and does not delegate to {whose}"


def _action(missing: _Missing) -> str:
    statement = missing.judgement.statement
    return _patterns(missing, "denies{}" if statement.effects == {Effect.DENY} else "allows{}", statement.actions)


def _resource(missing: _Missing) -> str:
    return _patterns(missing, "applies{} to", missing.judgement.statement.resources)


def _patterns(missing: _Missing, verb: str, patterns: Patterns | None) -> str:
    if patterns is None:
        return f"has no `{missing.name}`, so it has no effect"  # K13
    return _covers(missing, verb, _some(patterns.values), negated=patterns.negated)


def _covers(missing: _Missing, verb: str, values: str, *, negated: bool) -> str:
    """`names only …`, or that it excludes them; of an open element, that it is not known whether they match."""
    only = "" if missing.is_open else " only"
    what = f"excludes {values} with `Not{missing.name}`" if negated else f"{verb.format(only)} {values}"
    return f"{what}, and whether that includes the {missing.name.lower()} is not known" if missing.is_open else what


def _some(values: Iterable[Value]) -> str:
    names = [_told(each) for each in values]
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"{', '.join(names[:_MANY])}{more}" if more else series(names) or "nothing"


def in_words(account: Text) -> str:
    """An account by its id; the one that is deployed to, which the source does not tell, in words."""
    return "this account" if account == text(Own.ACCOUNT) else f"account {marked(shown(account))}"


def _told(value: Value) -> str:
    """A value in backticks; the account that is deployed to, and its root, in words."""
    if isinstance(value, Text) and _THIS_ACCOUNT.fullmatch(shown(value)) and Own.ACCOUNT in value.parts:
        return "this account"
    return marked(shown(value))


_THIS_ACCOUNT: Final = re.compile(r"(?:arn:[^:]+:iam::)?\$\{account\}(?::root)?")


# --- conditions --------------------------------------------------------------------------------------------------


def _condition(missing: _Missing) -> str:
    line, request = missing.line, missing.request
    if line is None:
        return "has a condition that the request does not meet"
    if missing.is_open:
        return f"requires {_line(line)}, and whether the request meets that is not known"
    facts = tuple(filter(None, (_fact(line, request), *_variables(line, missing))))
    return "; ".join((f"requires {_line(line)}", *facts)) if facts else f"requires {_line(line)}, which is not met"


def _variables(line: Condition, missing: _Missing) -> Iterator[str]:
    """What stands for the policy variables of a line, or that they are none."""
    keys = tuple(dict.fromkeys(key for value in line.values for key in keys_of(value)))
    if keys and heading(missing.judgement.policy).variables.truth is Truth.NO:  # I22
        yield "`${…}` is not a variable without `Version` `2012-10-17`"
        return
    yield from (fact(key, missing.request.context) for key in keys)


def held(line: Condition, request: Request) -> str:
    """That a line of a condition block is met, and what the request has."""
    return "; ".join(filter(None, (f"{_line(line)} is met", _fact(line, request))))


def _fact(line: Condition, request: Request) -> str:
    return fact(line.key.literal or "", request.context)


def fact(key: str, context: Context) -> str:
    """What a request has under `key`; nothing where that is not known."""
    found = context.find(key)
    if found.present.truth is Truth.NO or found.values == ():
        return f"the request has no {marked(key)}"
    if isinstance(found.values, Unknown):
        return ""
    absent = " or absent" if found.present.truth is Truth.MAYBE else ""
    by = _of_bucket_key(found.values) if key.lower() == _S3_CONTEXT else ""
    return f"the request's {marked(key)} is {listed(found.values)}{absent}{by}"


def _of_bucket_key(values: tuple[Text | Unknown, ...]) -> str:
    """Why the encryption context of S3 names a bucket, or an object of it (O2, O3); nothing where it is either."""
    match values:
        case (Text((*_, str(last), Unknown())),) if last.endswith("/"):
            return ": the bucket has no S3 Bucket Key"
        case (Text((*_, str() | Reference())) as whole,) if "/" not in whole.known:
            return ": the bucket has an S3 Bucket Key"
        case _:
            return ""


def _line(line: Condition) -> str:
    return f"`{shown(line.operator)}` `{shown(line.key)}` {_some(line.values)}".rstrip()


_WORDS: Final[Mapping[Element, Callable[[_Missing], str]]] = {
    Element.PRESENCE: _presence,
    Element.PRINCIPAL: _principal,
    Element.ACTION: _action,
    Element.RESOURCE: _resource,
    Element.CONDITION: _condition,
}
