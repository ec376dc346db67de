"""`aws_iam_policy_document`, rendered as its provider does (T20 to T22), with every place kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.functions.json_encoding import encoded
from keyfit.readers.terraform.functions.table import RefusedError
from keyfit.readers.terraform.modules.instances import argument, blocks, inside
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.convert import to_text
from keyfit.readers.terraform.values.terraform_values import Like, OnlyThese, joined_rest
from keyfit.readers.terraform.values.unknowns import because, bound, forget
from keyfit.truth import Truth
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Origin, Value

_VERSION: Final = "2012-10-17"
_SOURCES: Final = ("source_json", "source_policy_documents")
_OVERRIDES: Final = ("override_policy_documents", "override_json")
_LISTS: Final = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)
_PRINCIPALS: Final = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def rendered(instance: Instance) -> Value:
    """The document as `json` exports it: text, of which the parts keep the places where they are written."""
    documents = [
        *_documents(instance, _SOURCES),
        _own(instance),
        *_documents(instance, _OVERRIDES),
    ]
    statements: Value = List()
    for document in documents:
        statements = _merged(statements, document)
    version, identifier = _version(documents), _id(documents)
    members = [Entry(text("Version"), version)]
    if identifier is not None:
        members.append(Entry(text("Id"), identifier))
    members.append(Entry(text("Statement"), statements))
    try:
        return encoded(Object(tuple(members), None, instance.origin))
    except RefusedError as refused:
        return bound(str(refused), instance.origin)


def _documents(instance: Instance, names: tuple[str, ...]) -> Iterator[Value]:
    """The documents that these arguments give, in their order; unknown ones as such."""
    for name in names:
        given = argument(instance, name)
        match given:
            case None:
                continue
            case List(items, rest):
                yield from (decoded(item) for item in items if not _empty(item))
                yield from () if rest is None or isinstance(rest, OnlyThese) else (forget(rest),)
            case Unknown():
                yield forget(given)
            case _:
                yield from () if _empty(given) else (decoded(given),)


def _empty(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, Text) and value.literal == "")


def _own(instance: Instance) -> Object:
    members = [Entry(text("Version"), argument(instance, "version") or text(_VERSION, origin=instance.origin))]
    identifier = argument(instance, "policy_id")
    if identifier is not None:
        members.append(Entry(text("Id"), identifier))
    found = blocks(instance, "statement")
    members.append(Entry(text("Statement"), _mapped(found, _statement) if found is not None else List()))
    return Object(tuple(members), None, instance.origin)


def _mapped(value: Value, change: Callable[[Value], Value]) -> Value:
    """A list with each element changed; what is no list, changed."""
    match value:
        case List(items, rest, origin):
            changed = replace(rest, elements=tuple(map(change, rest.elements))) if isinstance(rest, Like) else rest
            return List(tuple(map(change, items)), changed, origin)
        case _:
            return change(value)


# --- merging -----------------------------------------------------------------------------------------------


def _version(documents: list[Value]) -> Value:
    """The highest version, as the provider lets a document upgrade it."""
    found = [each for each in (inside(document, "Version") for document in documents) if each is not None]
    literals = [each.literal for each in found if isinstance(each, Text) and each.literal is not None]
    if len(literals) == len(found):
        highest = max(literals, default=_VERSION)
        return next(each for each in reversed(found) if isinstance(each, Text) and each.literal == highest)
    return because(found)


def _id(documents: list[Value]) -> Value | None:
    found = [each for each in (inside(document, "Id") for document in documents) if each is not None]
    return found[-1] if found else None


def _merged(statements: Value, document: Value) -> Value:
    """`statements` with those of `document`: one with a Sid that is there already takes its place."""
    if not isinstance(statements, List):
        return statements
    added = document if isinstance(document, Unknown) else inside_list(document)
    if isinstance(added, Unknown):
        rest = because((statements.rest, added))
        return List(tuple(_perhaps_replaced(statements.items, added)), rest, statements.origin)
    result = List(statements.items, joined_rest(statements.rest, added.rest), statements.origin)
    if added.rest is not None and not isinstance(added.rest, OnlyThese) and statements.items:
        result = List(tuple(_perhaps_replaced(statements.items, added.rest)), result.rest, statements.origin)
    for statement in added.items:
        result = List(_with(result.items, statement), result.rest, result.origin)
    return result


def inside_list(document: Value) -> List | Unknown:
    """The statements of a document; a single one needs no list."""
    found = inside(document, "Statement")
    match found:
        case List() | Unknown():
            return found
        case None:
            return List() if isinstance(document, Object) else because((document,))
        case _:
            return List((found,))


def _sid(statement: Value) -> Value | None:
    sid = inside(statement, "Sid")
    return None if sid is None or _empty(sid) else sid


def _perhaps_replaced(items: Iterable[Value], by: Unknown) -> Iterator[Value]:
    """Statements that an unknown one can take the place of: those with a Sid."""
    sids = [_sid(each) for each in by.elements] if isinstance(by, Like) else [by]
    for item in items:
        sid = _sid(item)
        same = sid is not None and any(each is not None and equal(sid, each).truth is not Truth.NO for each in sids)
        yield because((item, by)) if same else item


def _with(items: tuple[Value, ...], statement: Value) -> tuple[Value, ...]:
    sid = _sid(statement)
    if sid is None:
        return (*items, statement)
    kept: list[Value] = []
    replaced = False
    for item in items:
        other = _sid(item)
        truth = Truth.NO if other is None or replaced else equal(other, sid).truth
        replaced = replaced or truth is Truth.YES
        kept.append(_outcome(truth, item, statement))
    return tuple(kept) if replaced else (*kept, statement)


def _outcome(truth: Truth, item: Value, statement: Value) -> Value:
    match truth:
        case Truth.YES:
            return statement
        case Truth.NO:
            return item
        case Truth.MAYBE:
            return because((_sid(item), _sid(statement), item))


# --- one statement -----------------------------------------------------------------------------------------


def _statement(block: Value) -> Value:
    if not isinstance(block, Object):
        return block
    members: list[Entry] = []
    sid = inside(block, "sid")
    if sid is not None and not _empty(sid):
        members.append(Entry(text("Sid"), sid))
    members.append(Entry(text("Effect"), inside(block, "effect") or text("Allow", origin=block.origin)))
    for name, member in _LISTS:
        given = _scalar(_distinct(_variables(inside(block, name))))
        if given is not None:
            members.append(Entry(text(member), given))
    for name, member in _PRINCIPALS:
        found = block.find(name)
        if found is not None and found != List():
            members.append(Entry(text(member), _principal(found)))
    conditions = block.find("condition")
    if conditions is not None and conditions != List():
        members.append(Entry(text("Condition"), _conditions(conditions)))
    return Object(tuple(members), None, block.origin)


def _scalar(value: Value | None) -> Value | None:
    """A list as the provider renders it: one element without brackets, none not at all."""
    match value:
        case List((), None) | Null():
            return None
        case List((only,), None):
            return only
        case _:
            return value


def _distinct(value: Value | None) -> Value | None:
    """A list without the texts that it repeats: actions, resources and identifiers are sets to the provider."""
    if not isinstance(value, List):
        return value
    once: dict[Value | int, Value] = {}
    for number, item in enumerate(value.items):
        once.setdefault(item if isinstance(item, Text) else number, item)
    return replace(value, items=tuple(once.values()))


def _variables(value: Value | None) -> Value | None:
    """Strings, with `&{…}` as policies write it: `${…}`."""
    match value:
        case List(items, rest, origin):
            return List(tuple(_spelled(item) for item in items), rest, origin)
        case None:
            return None
        case _:
            return _spelled(value)


def _spelled(value: Value) -> Value:
    string = to_text(value) if isinstance(value, Number | Bool) else value
    if not isinstance(string, Text):
        return string
    parts = (part.replace("&{", "${") if isinstance(part, str) else part for part in string.parts)
    return text(*parts, origin=string.origin)


def _each(value: Value) -> tuple[tuple[Value, ...], Unknown | None]:
    """The nested blocks of a list, or of one object; and unknown further ones."""
    match value:
        case List(items, rest):
            return items, None if isinstance(rest, OnlyThese) else rest
        case Unknown():
            return (), forget(value)
        case _:
            return (value,), None


def _principal(value: Value) -> Value:
    """Identifiers by type; `*` of type `*` is everybody."""
    found, rest = _each(value)
    by_type: dict[str, list[Value]] = {}
    for block in found:
        kind = inside(block, "type")
        name = kind.literal if isinstance(kind, Text) else None
        identifiers = _distinct(_variables(inside(block, "identifiers")))
        if name is None:
            rest = because((rest, kind, identifiers), block.origin)
        else:
            by_type.setdefault(name, []).append(identifiers or List())
    joined = {name: _joined(given) for name, given in by_type.items()}
    if list(joined) == ["*"] and rest is None and joined["*"] == text("*"):
        return joined["*"]
    return Object(tuple(Entry(text(name), each) for name, each in joined.items()), rest, _origin(value))


def _joined(given: list[Value]) -> Value:
    """Several lists as one, one element without brackets."""
    items: list[Value] = []
    rest: Unknown | None = None
    for each in given:
        match each:
            case List(inner, further):
                items.extend(inner)
                rest = joined_rest(rest, further)
            case Unknown():
                rest = joined_rest(rest, forget(each))
            case _:
                items.append(each)
    value = List(tuple(items), rest, given[0].origin)
    return _scalar(value) or value


def _conditions(value: Value) -> Value:
    """Values by operator and key; those of one operator and key are joined."""
    found, rest = _each(value)
    by_test: dict[Text, dict[Text, list[Value]]] = {}
    for block in found:
        test, variable = inside(block, "test"), inside(block, "variable")
        values = _variables(inside(block, "values"))
        if isinstance(test, Text) and isinstance(variable, Text):
            by_test.setdefault(test, {}).setdefault(variable, []).append(values or List())
        else:
            rest = because((rest, test, variable, values), block.origin)
    entries = tuple(
        Entry(test, Object(tuple(Entry(key, _joined(given)) for key, given in keys.items()), None, test.origin))
        for test, keys in by_test.items()
    )
    return Object(entries, rest, _origin(value))


def _origin(value: Value) -> Origin:
    return value.items[0].origin if isinstance(value, List) and value.items else value.origin
