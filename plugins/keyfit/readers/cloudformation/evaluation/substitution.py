"""`Fn::Sub` and dynamic references: texts with `${…}` and `{{resolve:…}}` in them.

The transform `AWS::ServiceCatalog` has references of its own: `[[servicecatalog:product:output]]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.readers.cloudformation.evaluation.unknowns import unknown_from
from keyfit.readers.cloudformation.template.texts import as_text, at, bounded, identity, plain
from keyfit.value import List, Object, Text, Unknown, Value, choices_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Hole, Origin

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_DYNAMIC: Final = re.compile(r"\{\{resolve:[^{}]*\}\}|\[\[servicecatalog:[^\[\]]*\]\]")
_BEGINNINGS: Final = ("{{resolve:", "[[servicecatalog:")


def substitute(scope: Scope, argument: Value, origin: Origin) -> Value:
    """`Fn::Sub`, with or without a map: the text, with a hole for what is not known; `${!x}` stays, as `${x}`.

    A text of one line has the place of the function, one of several lines its own, so that its lines can be told apart.
    """
    template, variables = argument, None
    if isinstance(argument, List) and len(argument.items) == 2:  # noqa: PLR2004 - a text and a map
        template, variables = argument.items
    if not isinstance(template, Text) or not (variables is None or isinstance(variables, Object)):
        return Unknown(Why.INVALID, "`Fn::Sub` takes a string, or a string and a map", origin=origin)
    given = {key.literal: value for key, value in variables.entries} if variables else {}
    parts = [piece for part in template.parts for piece in _pieces(scope, part, given, origin)]
    where = template.origin if template.origin.start.line < template.origin.end.line else origin
    return resolve_dynamic(text(*parts, origin=where))


def _pieces(
    scope: Scope, part: str | Hole, given: Mapping[str | None, Value], origin: Origin
) -> Iterator[str | Hole | Text]:
    if not isinstance(part, str):
        yield part
        return
    end = 0
    for found in _VARIABLE.finditer(part):
        yield part[end : found.start()]
        yield _variable(scope, found.group(1).strip(), given, origin)
        end = found.end()
    yield part[end:]


def _variable(scope: Scope, name: str, given: Mapping[str | None, Value], origin: Origin) -> str | Hole | Text:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in given:
        value = scope.value(given[name])
    elif "." in name:
        address, _, attribute = name.partition(".")
        value = scope.attribute(address, attribute, origin)
    else:
        value = scope.reference(name, origin)
    if isinstance(value, Unknown):
        return value
    return as_text(value) or unknown_from(scope, f"${{{name}}}", origin, value)


def is_dynamic(whole: Text) -> bool:
    """Whether something in `whole` may be a dynamic reference."""
    return any(isinstance(part, str) and start in part for part in whole.parts for start in _BEGINNINGS)


def resolve_dynamic(whole: Text) -> Value:
    """`whole`, each dynamic reference in it a hole."""
    if not is_dynamic(whole):
        return bounded(whole)
    holes, stand_in = whole.holes, "\uffff"
    joined = "".join(part.replace(stand_in, "") if isinstance(part, str) else stand_in for part in whole.parts)
    filled, parts, end = iter(holes), [], 0
    for found in _DYNAMIC.finditer(joined):
        parts.extend(_filled(joined[end : found.start()], filled, stand_in))
        parts.append(_dynamic(text(*_filled(found.group(), filled, stand_in)), whole.origin))
        end = found.end()
    parts.extend(_filled(joined[end:], filled, stand_in))
    value = text(*parts, origin=whole.origin)
    only = value.parts[0] if len(value.parts) == 1 else None
    return at(only, whole.origin) if isinstance(only, Unknown) and not holes else bounded(value)


def _filled(characters: str, holes: Iterator[Hole], stand_in: str) -> list[str | Hole]:
    parts: list[str | Hole] = []
    for index, piece in enumerate(characters.split(stand_in)):
        if index:
            parts.append(next(holes))
        parts.append(piece)
    return parts


def _dynamic(reference: Text, origin: Origin) -> Unknown:
    named = _STORED.fullmatch(reference.literal or "")
    why, subject = (Why.DYNAMIC, plain(reference)) if named is None else (Why.SSM, named[1])
    return Unknown(why, subject, identity("resolve", reference), choices_in(reference), origin=origin)


_STORED: Final = re.compile(r"\{\{resolve:ssm:([A-Za-z0-9/._-]+)\}\}")  # of no version: the newest
