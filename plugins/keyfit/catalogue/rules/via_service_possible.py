"""A condition on `kms:ViaService` is one that a request can meet.

## What it checks

No Allow statement for a service principal requires `kms:ViaService` of a call that the service makes as itself. A value
that a statement requires has the form `service.region.amazonaws.com` and names a service that supports the key;
Personalize and SageMaker geospatial do not. A value with `*` is used with an operator that supports wildcards, such as
`StringLike`.

## Why it matters

The condition key is present only when a service calls KMS on behalf of a principal, with that principal's credentials.
A statement that requires anything else never applies, and the request is denied. With `StringEquals` the `*` in
`sagemaker.*.amazonaws.com` is a literal character, and no request has it.

## When it is unproven

The service is not on AWS's list as keyfit knows it, a value is not known, or a service principal's calls come through
another service that documents nothing about them, such as Amazon S3.

## How to fix it

Remove the condition where a service calls as itself, or with a role. Otherwise use `service.region.amazonaws.com`, with
`StringLike` for a `*` in place of the Region.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.aws import via_services
from keyfit.catalogue import statements
from keyfit.explain import evidence
from keyfit.model.changes import Write
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.policy.operators import Quantifier, read_test
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Text, Unknown
from keyfit.why import Why
from keyfit.words import quoted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.changes import Change
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Condition

NUMBER: Final = 506
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = ("K51", "K52", "P44", "F9")
_OF_CONSUMERS: Final = frozenset({"personalize", "sagemaker", "sagemaker-geospatial"})
_SUFFIX: Final = ".amazonaws.com"


class Fault(NamedTuple):
    """What is wrong with one line of a condition: `answer` NO, or MAYBE for what is not known; and how to mend it."""

    answer: Answer
    message: str
    notes: tuple[str, ...] = ()
    advice: str = ""
    level: Level = LEVEL
    change: Change | None = None


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement with a condition on `kms:ViaService`; of several faults the gravest speaks."""
    for written in statements.everywhere(stack, options, "Condition"):
        if written.unread is not None:
            yield written.verdict(written.unread, _unsure(written))
        for line in written.statement.conditions:
            if line.key.literal is None:
                yield written.verdict(maybe(*line.key.holes), _unsure(written))
        lines = [line for line in written.statement.conditions if (line.key.literal or "").lower() == via_services.KEY]
        if lines:
            yield written.verdict(YES, f"a request can meet the `kms:ViaService` condition of {written.name}")
        for line in lines:
            yield from (_verdict(written, line, fault) for fault in _faults(written, line))


def _verdict(written: WrittenStatement, line: Condition, fault: Fault) -> Ruling:
    place = evidence.place(line.origin)
    notes = [Note(NoteKind.NOTE, words, place) for words in fault.notes]
    notes += [Note(NoteKind.HELP, fault.advice, place, fault.change)] if fault.advice else []
    return written.verdict(fault.answer, fault.message, *notes, level=fault.level)


def _faults(written: WrittenStatement, line: Condition) -> Iterator[Fault]:
    operator = line.operator.literal
    if operator is None:
        yield Fault(maybe(*line.operator.holes), _unsure(written))
        return
    yield from _literal_wildcards(written, line, operator)
    if _requires(line, operator) and Effect.ALLOW in written.statement.effects:
        yield from _impossible_values(written, line, operator)
        yield from _own_calls(written, line, operator)


def _unsure(written: WrittenStatement) -> str:
    return f"cannot tell whether a request can meet the `kms:ViaService` condition of {written.name}"


def _requires(line: Condition, operator: str) -> bool:
    """Whether the line holds only for calls that have the key (I27-I31)."""
    test = read_test(operator)
    if test is None:
        return False
    if test.operator is None:
        return any(isinstance(value, Text) and (value.literal or "").lower() == "false" for value in line.values)
    return not test.operator.negated and not test.if_exists and test.quantifier is not Quantifier.ALL


def _literal_wildcards(written: WrittenStatement, line: Condition, operator: str) -> Iterator[Fault]:
    wild = [shown(value) for value in line.values if via_services.has_wildcard(value)]
    if wild and via_services.is_literal(operator):
        message = (
            f"{written.name} compares `kms:ViaService` with {quoted(wild)} by `{operator}`, which supports no wildcards"
        )
        like = "StringNotLike" if "not" in via_services.bare(operator) else "StringLike"
        why = ("`*` is a literal character there, and no request has it",)
        yield Fault(NO, message, why, f"use `{like}`", change=Write(line.operator.origin, like))


def _impossible_values(written: WrittenStatement, line: Condition, operator: str) -> Iterator[Fault]:
    """Values that no call has; an error where the line has no other, else a warning."""
    if via_services.bare(operator) == "null":
        return
    values = [
        value for value in line.values if not (via_services.is_literal(operator) and via_services.has_wildcard(value))
    ]
    asked = {value: via_services.possible(value, operator) for value in values}
    some = any_of(asked.values())
    for value, answer in asked.items():
        if answer.truth is Truth.NO:
            level = LEVEL if some.truth is Truth.NO else Level.WARNING
            message = f"{written.name} requires `kms:ViaService` `{shown(value)}`, which no request has"
            only = some.truth is Truth.NO and len(values) == len(line.values)
            yield Fault(NO, message, (_reason(value),), _advice(value, only=only), level)
    if some.truth is Truth.MAYBE:
        yield Fault(some, _unsure(written))


def _advice(value: Text | Unknown, *, only: bool) -> str:
    """What to do about a value that no request has: `only` says that the line has no other."""
    if not _is_unsupported(value):
        return "write it as `service.region.amazonaws.com`"
    return "remove the `kms:ViaService` condition" if only else f"remove `{shown(value)}` from the condition"


def _is_unsupported(value: Text | Unknown) -> bool:
    return isinstance(value, Text) and via_services.service_of(value) in via_services.unsupported()


def _reason(value: Text | Unknown) -> str:
    if isinstance(value, Text) and _is_unsupported(value):
        service = via_services.service_of(value)
        return f"`{service}` does not support it: it calls KMS as itself, or with a role that it assumes"
    return "the value is `service.region.amazonaws.com`, in all partitions"


def _own_calls(written: WrittenStatement, line: Condition, operator: str) -> Iterator[Fault]:
    """Service principals that the statement names: their own calls do not have the key (K52)."""
    principals = written.statement.principals
    if principals is None or principals.negated:
        return
    for entry in principals.entries:
        name = entry.value.literal if isinstance(entry, PrincipalEntry) and isinstance(entry.value, Text) else None
        if isinstance(entry, PrincipalEntry) and entry.kind == "Service" and name is not None:
            yield _own_call(written, line, operator, name)


def _own_call(written: WrittenStatement, line: Condition, operator: str, principal: str) -> Fault:
    service = principal.removesuffix(_SUFFIX)
    if _through_another(line, operator, service):
        words = f"whether the calls of `{principal}` come through the service that `kms:ViaService` names"
        return Fault(maybe(Unknown(Why.UNDOCUMENTED, words, identity=words)), _unsure(written))
    message = f"{written.name} requires `kms:ViaService`, which the requests of `{principal}` do not have"
    note = (
        "a service principal calls KMS as itself: only requests on behalf of another principal have the condition key"
    )
    return Fault(NO, message, (note,), f"remove the `kms:ViaService` condition for `{principal}`")


def _through_another(line: Condition, operator: str, service: str) -> bool:
    """Whether a value names another service that can stand between the principal and KMS.

    For the services of consumers that is Amazon S3 alone, whose objects they read and write.
    """
    if via_services.bare(operator) == "null":
        return True
    if service in _OF_CONSUMERS:
        return any(via_services.can_be(value, operator, ("s3",)) for value in line.values)
    return any(
        via_services.possible(value, operator).truth is not Truth.NO
        and not (isinstance(value, Text) and via_services.service_of(value) == service)
        for value in line.values
    )
