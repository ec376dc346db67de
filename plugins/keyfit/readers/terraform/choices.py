"""The choices of a root module: what each is compared with, and how that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.alternatives import Choice
from keyfit.readers.terraform.evaluation.scope import Comparisons, Evaluation
from keyfit.value import Bool, Null, Number, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Value


def choice(name: str, evaluation: Evaluation) -> Choice | None:
    """The choice of that name, with what it is compared with; `None` where it is compared with nothing."""
    asked = evaluation.asked.get(name)
    asked = _returned(asked) if asked and _is_data(name) else asked
    return None if asked is None or not asked.values else Choice(name, _alternatives(asked))


def _is_data(choice: str) -> bool:
    """Whether a choice is an attribute of a data source, rather than a variable."""
    return "data" in choice.split(".")[:-2]


def _returned(asked: Comparisons) -> Comparisons:
    """What a data source was compared with: that it returns nothing is nobody's choice, and may never come about."""
    values: dict[Value, None] = {value: None for value in asked.values if not isinstance(value, Null)}
    return Comparisons(values, complete=asked.complete and len(values) == len(asked.values))


def _alternatives(asked: Comparisons) -> tuple[Value, ...]:
    """What the choice was compared with, and something else, unless that is all there is."""
    if asked.complete and all(isinstance(value, Bool | Null) for value in asked.values):
        return tuple(asked.values)
    literals = frozenset(
        value.literal for value in asked.values if isinstance(value, Text) and value.literal is not None
    )
    return (*asked.values, Unknown(Why.UNDECIDED, "another value", not_in=literals))


def told(value: Value) -> bool | str:
    """An alternative of a choice, as it would be given."""
    match value:
        case Bool(truth):
            return truth
        case Text(literal=str() as literal):
            return literal
        case Number(number):
            return str(number)
        case Unknown(not_in=others) if others:
            return "neither " + " nor ".join(sorted(others)) if len(others) > 1 else f"not {next(iter(others))}"
        case Null():
            return "null"
        case _:
            return "another value"
