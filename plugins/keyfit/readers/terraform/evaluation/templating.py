"""Quoted strings and heredocs to texts: an unknown part is a hole between the known ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.hcl.ast import Directive, Interpolation, Template
from keyfit.readers.terraform.evaluation import comprehension, evaluate
from keyfit.readers.terraform.values.convert import located, to_answer, to_text
from keyfit.readers.terraform.values.terraform_values import Lines
from keyfit.readers.terraform.values.unknowns import because, bound
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.evaluation.scope import Resolved, Scope
    from keyfit.value import Hole, Value

LONGEST: Final = 1_000_000  # characters of one text


def template(expression: Template, scope: Scope) -> Resolved:
    """The text of a template; what `"${x}"` wraps is `x` itself, whatever its type."""
    match expression.parts:
        case (Interpolation(only),):
            wrapped = evaluate.evaluate(only, scope)
            return located(wrapped, expression.origin)
        case _:
            return _text(expression, scope)


def _text(expression: Template, scope: Scope) -> Value:
    parts: list[str | Hole | Text] = []
    length = 0
    for part in _parts(expression, scope):
        parts.append(part)
        length += sum(len(each) if isinstance(each, str) else 1 for each in text(part).parts)
        if length > LONGEST:
            return bound(f"the text is longer than {LONGEST} characters", expression.origin)
    whole, place = text(*parts, origin=expression.origin), expression.origin
    return Lines(whole.parts, place, place) if place.end.line > place.start.line else whole


def _parts(expression: Template, scope: Scope) -> Iterator[str | Text | Unknown]:
    for part in expression.parts:
        match part:
            case str():
                yield part
            case Interpolation(inner):
                yield to_text(evaluate.evaluate(inner, scope))
            case Directive(kind="if"):
                yield _chosen(part, scope)
            case Directive():
                yield from _repeated(part, scope)


def _chosen(directive: Directive, scope: Scope) -> Text | Unknown:
    condition = evaluate.evaluate(directive.expression, scope)
    scope.evaluation.ask(condition, evaluate.TRUTHS, complete=True)
    decided = to_answer(condition)
    otherwise = directive.otherwise or Template(())
    if decided.truth is not Truth.MAYBE:
        return to_text(evaluate.evaluate(directive.body if decided.truth is Truth.YES else otherwise, scope))
    then, other = evaluate.evaluate(directive.body, scope), evaluate.evaluate(otherwise, scope)
    return to_text(evaluate.either(then, other, (decided, directive.body.origin)))


def _repeated(directive: Directive, scope: Scope) -> Iterator[Text | Unknown]:
    found = comprehension.bindings(directive.names, directive.expression, scope)
    texts = [to_text(evaluate.evaluate(directive.body, inner)) for inner in found.scopes]
    if found.rest is None:
        yield from texts
    else:  # what is not known can stand before, between and after them
        yield because((found.rest, *texts), directive.body.origin)
