"""Whether a resource, or an element of it, is the consumer that a form means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.services.resource import EACH, Resource, every, not_text, only
from keyfit.value import Bool, List, Text, Unknown, holes_in

if TYPE_CHECKING:
    from keyfit.services.page import Form
    from keyfit.value import Value


def exists(resource: Resource, form: Form) -> Answer:
    """Whether the resource makes this consumer: one store of a feature group, or both."""
    own = {path: word for path, word in form.where.items() if not path.startswith(EACH)}
    there = all_of(is_word(only(resource, path), word) for path, word in own.items())
    if form.enabled:
        return all_of((there, is_word(only(resource, form.enabled), "true")))
    given = [path for path in form.given.split(",") if path and not path.startswith(EACH)]
    return all_of((there, any_of(_is_given(resource, path) for path in given))) if given else there


def is_meant(element: Resource, form: Form) -> Answer:
    """Whether an element is one that is meant: by the words inside it, and by what is given there."""
    inside = {path.removeprefix(f"{EACH}."): word for path, word in form.where.items() if path.startswith(EACH)}
    words = all_of(is_word(only(element, path), word) for path, word in inside.items())
    given = form.given.removeprefix(f"{EACH}.")
    return words if given == form.given else all_of((words, _is_given(element, given)))


def _is_given(resource: Resource, path: str) -> Answer:
    """Whether something stands at `path`."""
    return any_of(_is_there(value) for _, value in every(resource, path))


def _is_there(value: Value) -> Answer:
    match value:
        case Unknown() as hole:
            return maybe(hole)
        case List((), rest):  # a dynamic block of which nobody knows whether it is there
            return NO if rest is None else maybe(rest)
        case _:
            return YES


def is_word(value: Value | None, wanted: str) -> Answer:
    """Whether a value is a word, in whatever case; one that is absent is the default, which an asterisk marks."""
    word = wanted.removesuffix("*")
    match value:
        case None:
            return YES if wanted != word else NO
        case Bool(truth):
            return YES if word == str(truth).lower() else NO
        case Text(literal=str() as written):
            return YES if word == written.lower() else NO
        case _:
            return maybe(*(holes_in(value) or (not_text(value),)))
