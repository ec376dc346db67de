"""Which key or bucket of the stack a written value names; or that it is none of them, or that nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.aws import arn
from keyfit.model import names
from keyfit.model.keys import Alias, Key
from keyfit.model.names import Way, can_equal
from keyfit.model.outside import open_reasons, outside_key
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Null, Text, Unknown, Value, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from keyfit.model.consumers import Bucket
    from keyfit.model.stack import Stack
    from keyfit.value import Hole

AWS_ALIAS: Final = "alias/aws/"
KEY_IDS: Final = (text("????????-????-????-????-????????????"), text("mrk-*"))
_NAMES: Final = (*KEY_IDS, text("alias/*"), text("arn:*"))


class Form(Enum):
    """How a key is written."""

    ARN = "key ARN"
    KEY_ID = "key ID"
    ALIAS_NAME = "alias name"
    ALIAS_ARN = "alias ARN"
    NONE = "no key"
    OPEN = "unknown"


_KEY_FORMS: Final = {Way.ARN: Form.ARN, Way.ID: Form.KEY_ID}
_ALIAS_FORMS: Final = {Way.ARN: Form.ALIAS_ARN, Way.NAME: Form.ALIAS_NAME}


@record
class KeyFound:
    """What a value says about a key.

    `key` is the key of the source, or one made up for a key outside it, whose facts are all unknown; `None` where the
    value is open or names no key, and then `holes` say why. `form` says how it is written; `managed` is the alias of an
    AWS managed key.
    """

    form: Form
    key: Key | None = None
    alias: Alias | None = None
    managed: str = ""
    holes: tuple[Hole, ...] = ()


def absent(value: Value | None) -> bool:
    """Whether an argument is not given: missing, null, or the empty text that stands for "none" in both languages."""
    return value is None or isinstance(value, Null) or (isinstance(value, Text) and value.literal == "")


def find_key(stack: Stack, value: Value) -> KeyFound:
    """The key that `value` names, by ARN, id, alias name or alias ARN."""
    if not isinstance(value, Text):
        return KeyFound(Form.OPEN, holes=open_reasons(value, "key"))
    for named in names.named(stack, value):
        match named.thing:
            case Key() as key:
                return KeyFound(_KEY_FORMS[named.way], key)
            case Alias() as alias:
                return replace(find_key_behind(stack, alias), form=_ALIAS_FORMS[named.way], alias=alias)
            case _:
                pass
    return _outside_key(stack, value)


def find_key_behind(stack: Stack, alias: Alias) -> KeyFound:
    """The key that an alias of the source points to."""
    if isinstance(alias.target, Text) and _form(alias.target) in {Form.ALIAS_ARN, Form.ALIAS_NAME}:
        return KeyFound(Form.OPEN, holes=(Unknown(Why.INVALID, f"alias `{alias.block.address}` points to an alias"),))
    return find_key(stack, alias.target)


def _outside_key(stack: Stack, value: Text) -> KeyFound:
    form = _form(value)
    name = _alias_name(value, form)
    if name.startswith(AWS_ALIAS):
        return KeyFound(form, managed=name)
    if form is Form.NONE:
        return KeyFound(
            form, holes=(Unknown(Why.INVALID, f"`{shown(value)}` does not identify a key", origin=value.origin),)
        )
    if form is Form.OPEN or _could_be_in_source(stack, value, form):
        return KeyFound(form, holes=open_reasons(value, "key"))
    known = next((key for key in stack.looked_up if names.surely_equal(key.arn, value) or key.key_id == value), None)
    if known is not None:
        return KeyFound(form, known)
    return KeyFound(form, key=outside_key(value, arn.split(value) if form is Form.ARN else None))


def _could_be_in_source(stack: Stack, value: Text, form: Form) -> bool:
    """Whether `value` has holes that could make it an alias or key of the source."""
    if not value.holes:
        return form in {Form.ALIAS_ARN, Form.ALIAS_NAME} and any(
            can_equal(alias.name, value) or can_equal(alias.arn, value) for alias in stack.aliases
        )
    return any(can_equal(each.text, value) for each in names.everything(stack) if isinstance(each.thing, Key | Alias))


def _form(value: Text) -> Form:
    """How a key is written, as far as its known beginning tells."""
    fields = arn.split(value)
    if fields is not None:
        prefix = fields.resource.prefix
        if fields.service.literal not in {None, "kms"}:
            return Form.NONE
        if prefix.startswith("key/"):
            return Form.ARN
        return Form.ALIAS_ARN if prefix.startswith("alias/") else Form.OPEN
    if value.prefix.startswith("alias/"):
        return Form.ALIAS_NAME
    if value.literal is not None and not value.prefix.startswith("arn:"):
        return Form.KEY_ID
    return Form.OPEN if any(pattern.matches(each, value) is not Truth.NO for each in _NAMES) else Form.NONE


def _alias_name(value: Text, form: Form) -> str:
    """The known beginning of the alias name that `value` has; empty for other forms."""
    if form is Form.ALIAS_NAME:
        return value.prefix
    fields = arn.split(value) if form is Form.ALIAS_ARN else None
    return fields.resource.prefix if fields else ""


def find_bucket(stack: Stack, value: Value) -> Bucket | None:
    """The bucket of the source that a location, an ARN or a name surely names; `None` for any other."""
    if not isinstance(value, Text):
        return None
    name = bucket_name(value)
    return None if name is None else names.find_bucket(stack, name)


def bucket_name(location: Text) -> Text | None:
    """The bucket's name in `s3://bucket/prefix` and `arn:aws:s3:::bucket/prefix`, or the whole of what has no slash."""
    return None if (taken := _taken_apart(location)) is None else taken[0]


def object_name(location: Text, *, written: bool) -> Text:
    """The key of an object that an `s3://bucket/prefix` location is about.

    Where objects are `written`, and in a folder, which ends in a slash, it begins with the prefix; nobody knows how it
    goes on.
    """
    taken = _taken_apart(location)
    prefix = text() if taken is None else taken[1]
    last = prefix.parts[-1] if prefix.parts else "/"
    if isinstance(last, str) and not last.endswith("/") and not written:
        return prefix
    name = shown(location)
    below = Unknown(Why.RUN_TIME, f"the name of an object in `{name}`", identity=f"object in {name}")
    return text(*prefix.parts, below)


def _taken_apart(location: Text) -> tuple[Text, Text] | None:
    """The bucket's name, and what stands behind it and a slash; `None` where the location has no such form."""
    scheme, separator, rest = location.prefix.partition("s3://")
    if separator:
        return None if scheme else _at_slash((rest, *location.parts[1:]))
    fields = arn.split(location)
    if fields is not None:
        return _at_slash(fields.resource.parts) if fields.service.literal == "s3" else None
    return None if any("/" in part for part in location.parts if isinstance(part, str)) else (location, text())


def _at_slash(parts: tuple[str | Hole, ...]) -> tuple[Text, Text]:
    """What stands before the first slash, and behind it."""
    for index, part in enumerate(parts):
        if isinstance(part, str) and "/" in part:
            name, _, behind = part.partition("/")
            return text(*parts[:index], name), text(behind, *parts[index + 1 :])
    return text(*parts), text()
