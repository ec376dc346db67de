"""A context key that is asked more than once: what is open of one request is asked of each way that the key can be.

Two lines that ask the same unknown are not independent: whatever it is, `StringEquals` or `StringNotEquals` holds, and
`Null` and `ArnLike` do not both. An answer that is the same in every way is the answer.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.policy.condition import taken_apart
from keyfit.policy.operators import Quantifier
from keyfit.policy.request import ABSENT, Fact, present
from keyfit.policy.variables import OF_SEVERAL_VALUES
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from keyfit.policy.condition import Line
    from keyfit.policy.decision import Decision
    from keyfit.policy.policy_set import Governing
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Statement

MOST: Final = 24  # ways that are tried for one decision


class Retold(NamedTuple):
    """A key, and the request with each way that it can be: absent, each text that it is compared with, any other."""

    name: str
    requests: tuple[Request, ...]


def retold(decision: Decision, request: Request, governing: Governing, but: Collection[str]) -> Retold | None:
    """`request` by a key that keeps `decision` open and is asked more than once; `None` where there is none such.

    None of `but`, nor one that can be in too many ways.
    """
    lines = _lines(each.statement for each in decision.determining)
    asked = Counter(line.name for line in lines if line.name is not None and line.test is not None)
    for name in (name for name, times in asked.items() if times > 1 and name not in but):
        own = [line for line in lines if line.name == name]
        ways = tuple(_ways(request.context.find(name), own, single=_is_single(name, governing)))
        if 1 < len(ways) <= MOST:
            return Retold(name, tuple(_with(request, name, way) for way in ways))
    return None


def _lines(statements: Iterable[Statement]) -> list[Line]:
    return [line for statement in statements for line in taken_apart(statement.conditions)]


def _is_single(name: str, governing: Governing) -> bool:
    """Whether the key has one value: it is none of several, and no set operator asks for it."""
    documents = (governing.memory.of(policy).document for policy in governing.policies)
    every = (line for document in documents for line in _lines(document.statements) if line.name == name)
    return name not in OF_SEVERAL_VALUES and all(line.test and line.test.quantifier is Quantifier.ONE for line in every)


def _ways(fact: Fact, lines: list[Line], *, single: bool) -> Iterator[Fact]:
    """The ways that the key can be; of several values, or of a value that is known, only whether it is there."""
    if fact.present.truth is Truth.MAYBE:
        yield ABSENT
    if not single or not _is_unknown(fact):
        yield replace(fact, present=present().present)
        return
    values = [each.literal for line in lines for each in line.written.values if isinstance(each, Text)]
    literals = dict.fromkeys(each for each in values if each is not None)
    yield from (present(text(each)) for each in literals)
    words = f"another value of `{lines[0].name}`"
    yield present(Unknown(Why.UNDOCUMENTED, words, identity=words, not_in=frozenset(literals)))


def _is_unknown(fact: Fact) -> bool:
    """Whether nothing is known of its value."""
    values = fact.values if isinstance(fact.values, tuple) else (fact.values,)
    return len(values) == 1 and (isinstance(values[0], Unknown) or len(values[0].parts) == len(values[0].holes) == 1)


def _with(request: Request, name: str, fact: Fact) -> Request:
    facts = ChainMap({name: fact}, request.context.facts)  # type: ignore[arg-type]  # it is not written to
    return replace(request, context=replace(request.context, facts=facts))
