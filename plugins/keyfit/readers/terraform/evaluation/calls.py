"""Function calls: arguments evaluated, choices noted that a function compares, and the table of functions asked."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.readers.hcl.ast import Attribute, Call, Index, Literal, Template, Tuple, Variable
from keyfit.readers.terraform.evaluation import evaluate
from keyfit.readers.terraform.evaluation.constraints import Converter, read_constraint
from keyfit.readers.terraform.evaluation.scope import Scope
from keyfit.readers.terraform.functions import CallContext
from keyfit.readers.terraform.functions import call as call_function
from keyfit.readers.terraform.plan.planned import KNOWN_LATER, LEFT_OPEN
from keyfit.readers.terraform.values.secrets import texts_in
from keyfit.readers.terraform.values.terraform_values import OnlyThese
from keyfit.value import List, Null, Object, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.readers.hcl.ast import Expression
    from keyfit.value import Origin, Value

# Functions for which neither the order of their arguments matters nor how often something is among them.
_UNORDERED: Final = frozenset({"max", "min", "setintersection", "setunion"})
_MOST_SECRETS: Final = 1_000
_TELLING: Final = 6  # characters of a part of a secret that tells something of it
_REGION: Final = re.compile(r"[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}")
_TRYING: Final = frozenset({"try", "can"})
# What is unknown about these is only the value: that they are there is sure.
_CANNOT_FAIL: Final = frozenset({Why.AFTER_APPLY, Why.RUN_TIME, Why.UNBOUND, Why.WORKSPACE})


def call(expression: Call, scope: Scope) -> Value:
    """The value of `name(arguments…)`."""
    if expression.name == KNOWN_LATER:
        return Unknown(Why.AFTER_APPLY, LEFT_OPEN, origin=expression.origin)
    if _own_name(expression.name, scope) == "convert" and len(expression.arguments) == 2:  # noqa: PLR2004 - and a type
        return _converted(expression, scope)
    arguments = _arguments(expression, scope)
    rest: Unknown | None = None
    if expression.expand and arguments:
        arguments, rest = _expanded(expression.name, arguments)
    name = _own_name(expression.name, scope)
    _note(name, arguments, scope)
    context = replace(_context(scope, expression.origin), rest=rest)
    if name in _TRYING:
        context = replace(context, safe=_safe(expression, arguments))
    value = call_function(name, arguments, context)
    if scope.evaluation.secrets or name == "sensitive":
        _hide(name, arguments, value, scope)
    return value


def _hide(name: str, arguments: tuple[Value, ...], value: Value, scope: Scope) -> None:
    """Note that what a function makes of a secret is one, too, where the secret itself is not seen in it."""
    secrets = scope.evaluation.secrets
    if name == "sensitive":
        scope.evaluation.hide(value)
    elif len(secrets) <= _MOST_SECRETS and any(each in secrets for value in arguments for each in texts_in(value)):
        made = (each for each in texts_in(value) if len(each) >= _TELLING and not any(one in each for one in secrets))
        secrets.update([each for each in made if not _REGION.fullmatch(each)])


def _own_name(name: str, scope: Scope) -> str:
    """The name of a function, that of a provider by the provider's own name."""
    match name.split("::"):
        case ["provider", local, function]:
            return f"provider::{scope.module.provider(local)}::{function}"
        case ["core", function]:
            return function
        case _:
            return name


def _converted(expression: Call, scope: Scope) -> Value:
    """`convert(value, type)`: the second argument is no value."""
    value, type_ = expression.arguments
    converter = Converter(lambda default: evaluate.evaluate(default, scope))
    return converter.convert(evaluate.evaluate(value, scope), read_constraint(type_))


def _arguments(expression: Call, scope: Scope) -> tuple[Value, ...]:
    """The arguments; one that fails inside `try` or `can` makes nothing undeployable."""
    with scope.evaluation.supposing() if expression.name in _TRYING else nullcontext():
        return tuple(evaluate.evaluate(each, scope) for each in expression.arguments)


def apply(name: str, arguments: tuple[Value, ...], scope: Scope, origin: Origin) -> Value:
    """The value of function `name` for arguments that are evaluated already."""
    return call_function(name, arguments, _context(scope, origin))


def _context(scope: Scope, origin: Origin) -> CallContext:
    evaluation = scope.evaluation

    def render(template: Expression, names: Mapping[str, Value], context: CallContext) -> Value:
        inner = Scope(evaluation, scope.module, names, isolated=True, call_depth=context.depth)
        return evaluate.evaluate(template, inner)

    return CallContext(evaluation.given, evaluation.root, origin, render, depth=scope.call_depth)


def _expanded(name: str, arguments: tuple[Value, ...]) -> tuple[tuple[Value, ...], Unknown | None]:
    """The arguments with the last one's elements in its place."""
    *first, last = arguments
    match last:
        case List(items, OnlyThese()) if name in _UNORDERED:
            return (*first, *items), None
        case List(items, rest):
            return (*first, *items), rest
        case Unknown():
            return tuple(first), last
        case _:
            return arguments, None


def _safe(expression: Call, arguments: tuple[Value, ...]) -> frozenset[int]:
    """The arguments that cannot fail, whatever their unknowns are."""
    pairs = enumerate(zip(expression.arguments, arguments, strict=False))
    return frozenset(at for at, (written, value) in pairs if _cannot_fail(written, value))


def _cannot_fail(written: Expression, value: Value) -> bool:
    match written, value:
        case (Attribute(target=Variable(name="var" | "local")), _):
            return True
        case (Attribute() | Index() | Template(), Unknown(why=why)):
            return why in _CANNOT_FAIL
        case (Attribute() | Index() | Literal(), _):
            return True
        case (Tuple(items), List(values, None)) if len(items) == len(values):
            return all(map(_cannot_fail, items, values))
        case (Call(name="flatten", arguments=(Tuple(items),)), List(values, None)):  # of lists that are all known
            plain = all(isinstance(each, Attribute | Index) for each in items)
            return plain and not any(isinstance(each, Unknown) for each in values)
        case _:
            return False


def _note(name: str, arguments: tuple[Value, ...], scope: Scope) -> None:
    """Note which literals a function compares a choice with."""
    ask = scope.evaluation.ask
    match name, arguments:
        case ("contains", (List(items), value, *_)):
            ask(value, items)
        case ("lookup", (Object(entries), key, *_)):
            ask(key, [entry.key for entry in entries])
        case ("coalesce" | "try", _):
            for value in arguments:
                ask(value, (Null(),))
        case _:
            pass
