"""The pages, looked up by type of resource and by kind of consumer; with the standard library only, as the pages.

Forms, targets and exports are given in the words of a type's language: those of hashicorp/awscc follow from
CloudFormation's by rule, where a page has none of its own for that type.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from keyfit.services import pages
from keyfit.services.page import Form, Kind, Page, Target
from keyfit.services.spelling import CLOUDFORMATION, TERRAFORM, awscc_name, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")


class KindForm(NamedTuple):
    """A kind of consumer as one type has it."""

    kind: Kind
    form: Form


@cache
def every_page() -> tuple[Page, ...]:
    """The pages, by the name of their module."""
    names = sorted(module.name for module in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}."))
    return tuple(importlib.import_module(name).PAGE for name in names)


def page_of(kind: str) -> Page:
    """The page of the consumers of that kind, by its words; `KeyError` where there is none."""
    return kinds()[kind][0]


@cache
def kinds() -> Mapping[str, tuple[Page, Kind]]:
    """Every kind of consumer by its words, with the page that it stands on."""
    return {each.words: (page, each) for page in every_page() for each in page.kinds}


@cache
def working() -> frozenset[str]:
    """The kinds, by their words, that work on what has a key of its own."""
    return frozenset(name for name, (_, kind) in kinds().items() if any(form.targets for form in kind.forms.values()))


def written_as(type_: str) -> tuple[KindForm, ...]:
    """The consumers that a resource, or a task, of this type makes."""
    return _forms().get(type_, ())


@cache
def _forms() -> Mapping[str, tuple[KindForm, ...]]:
    found: dict[str, tuple[KindForm, ...]] = {}
    for page in every_page():
        for kind in page.kinds:
            for type_, form in _by_type(kind.forms):
                made = _in_snake_case(form) if type_.startswith(TERRAFORM) else form
                found[type_] = (*found.get(type_, ()), KindForm(kind, made))
    return found


@cache
def targets() -> Mapping[str, Target]:
    """What the types are that consumers name."""
    found = {type_: each for page in every_page() for type_, each in _by_type(page.targets)}
    return {type_: _with_arguments(each) if type_.startswith(TERRAFORM) else each for type_, each in found.items()}


@cache
def target_services() -> frozenset[str]:
    """The services, as types name them in lower case, of what consumers name that has a key of its own."""
    keyed = (type_.split("::") for type_, each in targets().items() if each.key)
    return frozenset(parts[1].lower() for parts in keyed if len(parts) == 3)  # noqa: PLR2004 - a type of CloudFormation


@cache
def exports() -> Mapping[str, Mapping[str, str]]:
    """The attributes of each type that AWS's listing of ARNs and the pages tell, as templates."""
    from keyfit.aws import arn_shapes  # where nothing is judged, nothing reads the listing

    found: dict[str, Mapping[str, str]] = {}
    for table in (arn_shapes.attributes(), *(page.exports for page in every_page())):
        found.update({type_: {**found.get(type_, {}), **each} for type_, each in _by_type(table)})
    return {type_: _in_awscc(each) if type_.startswith("awscc_") else each for type_, each in found.items()}


@cache
def identifying(type_: str) -> frozenset[str]:
    """The properties that a type's ids and ARNs are made of: a resource with another one is another resource."""
    templates = (Formatter().parse(each) for each in exports().get(type_, {}).values())
    return frozenset(name for parts in templates for _, name, *_ in parts if name)


@cache
def types() -> tuple[str, ...]:
    """The types that make consumers or are named by them, in every language."""
    named = (type_ for page in every_page() for type_, _ in _by_type(page.targets))
    return tuple(sorted({*named, *(type_ for page in every_page() for type_ in consuming(page))}))


@cache
def hiding() -> frozenset[str]:
    """The types of which it is asked whether a choice hides some: not those that are in most sources."""
    return frozenset(type_ for page in every_page() if not page.common for type_ in consuming(page))


def consuming(page: Page) -> frozenset[str]:
    """The types that make consumers of a page, in every language."""
    return frozenset(type_ for kind in page.kinds for type_, _ in _by_type(kind.forms))


def spellings(kind: Kind) -> tuple[str, ...]:
    """The types that one kind of consumer is written as, in every language."""
    return tuple(type_ for type_, _ in _by_type(kind.forms))


def _by_type(table: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """What a page has for each type, and the same for hashicorp/awscc's types that follow."""
    for type_, each in table.items():
        yield type_, each
        derived = awscc_name(type_) if type_.startswith(CLOUDFORMATION) else type_
        if derived not in table:
            yield derived, each


def _in_snake_case(form: Form) -> Form:
    return Form(
        {snake_case(path): purpose for path, purpose in form.keys.items()},
        snake_case(form.role),
        {snake_case(path): purpose for path, purpose in form.buckets.items()},
        snake_case(form.name),
        snake_case(form.group),
        tuple(map(snake_case, form.targets)),
        snake_case(form.given),
        snake_case(form.enabled),
        {snake_case(path): word for path, word in form.where.items()},
        snake_case(form.each),
        _in_its_words(form.source),
        snake_case(form.worker),
        snake_case(form.region),
    )


def _with_arguments(target: Target) -> Target:
    where = {snake_case(path): word for path, word in target.where.items()}
    made = target._replace(key=snake_case(target.key), group=snake_case(target.group), where=where)
    unless = tuple((words, snake_case(path), word) for words, path, word in target.unless)
    return made._replace(role=snake_case(target.role), unless=unless)


def _in_awscc(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """`Ref` is `id` there."""
    return {"id" if name == "Ref" else snake_case(name): _in_its_words(each) for name, each in attributes.items()}


def _in_its_words(template: str) -> str:
    return _PROPERTY.sub(lambda found: snake_case(found[0]), template)


_PROPERTY: Final = re.compile(r"(?<=[{:])[A-Z]\w*(?=[:=}])")
