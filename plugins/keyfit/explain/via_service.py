"""How a condition on `kms:ViaService` comes to be met by calls through a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws import via_services
from keyfit.explain.evidence import place
from keyfit.explain.statement import statement_name
from keyfit.model.changes import AddService, Write
from keyfit.model.findings import Note, NoteKind
from keyfit.policy.operators import read_test
from keyfit.value import Text, text
from keyfit.words import shown

if TYPE_CHECKING:
    from keyfit.model.policies import Policy
    from keyfit.policy.statement import Condition, Statement

_LIKE: Final = "StringLike"


def accepting(policy: Policy, statement: Statement, line: Condition, service: str) -> Note | None:
    """A help that lets `line` accept calls through `service`: a value like one of its own, but for the service.

    `None` where the line is about something else, excludes services, or has no value that names one.
    """
    test = read_test(line.operator.literal or "")
    about_services = (line.key.literal or "").lower() == via_services.KEY
    if not about_services or test is None or test.operator is None or test.operator.negated:
        return None
    found = ((value, via_services.service_of(value)) for value in line.values if isinstance(value, Text))
    named = [(value, name) for value, name in found if name]
    if any(name == service for _, name in named):
        return _with_wildcards(policy, statement, line)
    return _with_another(policy, statement, line, *named[0], service) if named else None


def _with_wildcards(policy: Policy, statement: Statement, line: Condition) -> Note | None:
    """A value that names the service, and a `*` that the operator compares as a character."""
    operator = line.operator.literal or ""
    if not via_services.is_literal(operator) or not any(map(via_services.has_wildcard, line.values)):
        return None
    words = f"use `{_LIKE}` for `kms:ViaService` in {statement_name(statement, policy)}"
    return Note(NoteKind.HELP, words, place(statement.origin), Write(line.operator.origin, _LIKE, policy))


def _with_another(  # noqa: PLR0913, PLR0917 - a line, where it stands, and what it is to say
    policy: Policy, statement: Statement, line: Condition, value: Text, old: str, new: str
) -> Note:
    more = shown(_like(value, old, new))
    words = f"add `{more}` to the `kms:ViaService` condition of {statement_name(statement, policy)}"
    change = AddService(policy, statement.index, line.operator.literal or "", line.key.literal or "", old, new)
    return Note(NoteKind.HELP, words, place(statement.origin), change)


def _like(value: Text, old: str, new: str) -> Text:
    """The name of service `new` in the form in which `value` has that of `old`, with which it begins."""
    first, *others = value.parts
    written = f"{new}{first.removeprefix(old)}" if isinstance(first, str) else first
    return text(written, *others)
