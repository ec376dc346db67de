"""Condition blocks: all lines must hold, one of a line's values is enough, and absence has rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import assert_never

from keyfit.answer import NO, YES, Answer, all_of, any_of, depending, maybe
from keyfit.aws import arn
from keyfit.aws.partitions import URL_SUFFIXES
from keyfit.model.policies import PolicyKind
from keyfit.policy.operators import Operator, Quantifier, Test, read_test
from keyfit.policy.variables import OF_SEVERAL_VALUES, Scope, has_variables, with_variables
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.policy.request import Fact
    from keyfit.policy.statement import Condition, Statement


MOST_PAIRS: Final = 20_000


class Line(NamedTuple):
    """A line of a condition block, of which every request asks, taken apart.

    `test` is what its operator asks (`None` where that is not known, or no operator has the name), `name` the key in
    lower case, `variable` whether its values can have policy variables.
    """

    written: Condition
    test: Test | None
    name: str | None
    variable: bool


def taken_apart(lines: Iterable[Condition]) -> tuple[Line, ...]:
    """The lines of a condition block as they are judged."""
    return tuple(map(_line, lines))


def _line(line: Condition) -> Line:
    name = line.key.literal
    test = read_test(line.operator.literal or "")
    return Line(line, test, name and name.lower(), any(map(has_variables, line.values)))


def judge_conditions(lines: Iterable[Line], holds_: Callable[[Line], Answer]) -> tuple[Answer, Condition | None]:
    """Whether all `lines` hold (I30), as `holds_` says of each, and the first that does not; a NO beats a MAYBE."""
    open_: list[Answer] = []
    first: Condition | None = None
    for line in lines:
        answer = holds_(line)
        if answer.truth is Truth.NO:
            return NO, line.written
        if answer.truth is Truth.MAYBE:
            open_.append(answer)
            first = first or line.written
    return all_of(open_), first


def asks_for_arn(statement: Statement) -> bool:
    """Whether a condition of `statement` asks for the `aws:PrincipalArn` of who makes the request."""
    for line in taken_apart(statement.conditions):
        if line.name == _PRINCIPAL_ARN and line.test is not None:
            return line.test.operator is not None and not line.test.operator.negated
    return False


_PRINCIPAL_ARN: Final = "aws:principalarn"


def judge_line(line: Condition, scope: Scope) -> Answer:
    """Whether one line of a condition block holds."""
    return holds(_line(line), scope)


def holds(line: Line, scope: Scope) -> Answer:
    """As `judge_line`."""
    test, written = line.test, line.written
    if test is None or line.name is None:
        return _unread(written)
    if line.name in _NOT_FOR_KEY_POLICIES and scope.document.policy.kind is PolicyKind.KEY:
        return maybe(_undocumented_there(written))
    fact = scope.context.find(written.key.literal or "")
    if test.operator is None:
        is_null = _is_null(line.name, fact)
        return any_of([_null(value, is_null) for value in written.values])
    absent = _absent(test, test.operator)
    if fact.present.truth is Truth.NO or fact.values == ():
        return absent
    there = fact.present
    if isinstance(fact.values, Unknown) and (test.quantifier is not Quantifier.ONE or line.name in OF_SEVERAL_VALUES):
        there &= maybe(fact.values)  # a list can be empty
    return depending(there, _tested(line, fact, scope, (test, test.operator)), absent)


def _unread(line: Condition) -> Answer:
    """The answer of a line of which operator or key is not known, or of an operator that there is none of."""
    holes = (*line.operator.holes, *line.key.holes)
    invalid = Unknown(Why.INVALID, f"`{line.operator.literal}` is not a condition operator", origin=line.origin)
    return maybe(*holes or (invalid,))


_NOT_FOR_KEY_POLICIES: Final = frozenset({"kms:resourcealiases"})  # K39


def _undocumented_there(line: Condition) -> Unknown:
    phrase = f"what `{line.key.literal}` does in a key policy"
    return Unknown(Why.UNDOCUMENTED, phrase, identity=phrase, origin=line.origin)


def _tested(line: Line, fact: Fact, scope: Scope, tested: tuple[Test, Operator]) -> Answer:
    """The answer for a key that the request has."""
    test, operator = tested
    values = fact.values if isinstance(fact.values, tuple) else (fact.values,)
    if len(values) * len(line.written.values) > MOST_PAIRS:
        return maybe(Unknown(Why.BOUND, f"a condition compares more than {MOST_PAIRS} pairs of values"))
    each = [_value_matches(line, operator, value, scope) for value in values]
    match test.quantifier:
        case Quantifier.ALL:
            each = [answer | _is_nothing(value, values) for answer, value in zip(each, values, strict=True)]
        case Quantifier.ANY:
            each = [answer & ~_is_nothing(value, values) for answer, value in zip(each, values, strict=True)]
        case Quantifier.ONE:
            pass
    return _quantified(test.quantifier, each)


def _is_nothing(value: Text | Unknown, values: tuple[Text | Unknown, ...]) -> Answer:
    """Whether a value is the empty text, which set operators take for no value (I31); among others that is not said."""
    empty = _is_empty(value)
    return empty if len(values) == 1 else empty & maybe(_ONE_IS_EMPTY)


def _is_empty(value: Text | Unknown) -> Answer:
    return arn.equal(text(), value) if isinstance(value, Text) else maybe(value)


_ONE_IS_EMPTY: Final = Unknown(
    Why.UNDOCUMENTED, "how a set operator treats an empty value among others", identity="an empty value among others"
)


def _is_null(name: str, fact: Fact) -> Answer:
    """Whether a key is absent or has no value; of a key of several values, an empty text is none.

    IAM, reference_policies_condition_examples-multi-valued-context-keys.
    """
    if isinstance(fact.values, Unknown):
        return ~fact.present | maybe(fact.values)
    if fact.values and name not in OF_SEVERAL_VALUES:
        return ~fact.present
    return ~fact.present | all_of([_is_empty(value) for value in fact.values])


def _null(wanted: Text | Unknown, is_null: Answer) -> Answer:
    """Null with one value: "true" wants the key to be absent, "false" wants it there (I27)."""
    if isinstance(wanted, Unknown):
        return maybe(wanted)
    if wanted.literal is None:
        return maybe(*wanted.holes)
    match wanted.literal.lower():
        case "true":
            return is_null
        case "false":
            return ~is_null
        case other:
            return maybe(Unknown(Why.INVALID, f"`{other}` is not a boolean", origin=wanted.origin))


def _absent(test: Test, operator: Operator) -> Answer:
    """The answer for a key that the request does not have (I28, I29, I31)."""
    if test.if_exists or test.quantifier is Quantifier.ALL:
        return YES
    return YES if operator.negated and test.quantifier is Quantifier.ONE else NO


_SEVERAL: Final = Unknown(
    Why.UNDOCUMENTED,
    "how an operator without ForAllValues or ForAnyValue compares a key of several values",
    identity="several values for an operator of one",
)


def _quantified(quantifier: Quantifier, each: list[Answer]) -> Answer:
    """The answers for each value of the request, as one (I31).

    A key whose values are not even known in number comes as one unknown value: what holds for that one, holds for all.
    """
    match quantifier:
        case Quantifier.ALL:
            return all_of(each)
        case Quantifier.ANY:
            return any_of(each)
        case Quantifier.ONE:
            if len(each) == 1:
                return each[0]
            least, most = all_of(each), any_of(each)
            return least if least.truth is most.truth else maybe(*least.holes, *most.holes, _SEVERAL)
    assert_never(quantifier)


def _value_matches(line: Line, operator: Operator, given: Text | Unknown, scope: Scope) -> Answer:
    """Whether a value of the request matches one of the line's, or, negated, none of them (I30)."""
    value = given if isinstance(given, Text) else text(given)

    def matches(wanted: Text) -> Answer:
        if line.name == _VIA_SERVICE and Own.URL_SUFFIX in wanted.parts:
            return _whatever_suffix(operator, wanted, value)
        return operator.matches(wanted, value)

    wanted = line.written.values
    if operator.variables and line.variable:
        matched = any_of([with_variables(each, scope, matches) for each in wanted])
    else:
        matched = any_of([maybe(each) if isinstance(each, Unknown) else matches(each) for each in wanted])
    return ~matched if operator.negated else matched


_VIA_SERVICE: Final = "kms:viaservice"


def _whatever_suffix(operator: Operator, wanted: Text, given: Text) -> Answer:
    """Whether they match in every partition: the name that KMS sees ends alike in all of them, the suffix does not."""
    spelled = (_spelled(wanted, suffix) for suffix in sorted(set(URL_SUFFIXES.values())))
    each = [operator.matches(one, given) for one in spelled]
    some = any_of(each)
    return all_of(each) if some.truth is Truth.NO or some == all_of(each) else maybe(Own.URL_SUFFIX, *some.holes)


def _spelled(wanted: Text, suffix: str) -> Text:
    return text(*(suffix if part is Own.URL_SUFFIX else part for part in wanted.parts), origin=wanted.origin)
