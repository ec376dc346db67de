"""Functions of encodings. https://developer.hashicorp.com/terraform/language/functions, "Encoding functions"."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_plus

from keyfit import json_text
from keyfit.readers.terraform.functions.json_encoding import encoded
from keyfit.readers.terraform.functions.pieces import piecewise, whole_unknown
from keyfit.readers.terraform.functions.table import MOST_ELEMENTS, Function, RefusedError, StoppedError, UndecidedError
from keyfit.readers.terraform.functions.yaml_encoding import yaml_decoded, yaml_encoded
from keyfit.readers.terraform.values.terraform_values import Encoded, Lines
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.value import Entry, List, Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Value

# IANA names that Terraform takes and Python reads in the same way.
_ENCODINGS: Final = {
    "UTF-8": "utf-8",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "US-ASCII": "ascii",
    "ISO-8859-1": "latin-1",
    "WINDOWS-1252": "cp1252",
}


def decoded(value: Value) -> Value:
    """The document in a text of JSON: with the places of its parts where `jsonencode` made it; others as they are."""
    match value:
        case Encoded(document=document):
            return document
        case Lines(parts, place=place):
            return json_text.read(Text(parts, place))
        case Text():
            return json_text.read(value)
        case _:
            return value


def _jsondecode(source: Text) -> Value:
    if isinstance(source, Encoded):
        return source.document
    unknown = whole_unknown(source)
    if unknown is not None:
        raise UndecidedError(unknown)
    found = decoded(source)
    if isinstance(found, Unknown) and found.why in {Why.UNREADABLE, Why.REFUSED} and source.literal is not None:
        raise RefusedError(found.subject)
    return found


def _base64decode(source: str) -> str:
    try:
        return base64.b64decode(source, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise RefusedError("the argument is not base64 of UTF-8 text") from error


def _base64encode(source: str) -> str:
    return base64.b64encode(source.encode("utf-8")).decode("ascii")


def _codec(name: str) -> str:
    codec = _ENCODINGS.get(name.upper())
    if codec is None:
        raise StoppedError(Unknown(Why.UNSUPPORTED_FUNCTION, f"encoding {name[:40]}"))
    return codec


def _textencodebase64(source: str, name: str) -> str:
    try:
        return base64.b64encode(source.encode(_codec(name))).decode("ascii")
    except UnicodeEncodeError as error:
        raise RefusedError(f"the text has characters that {name} does not have") from error


def _textdecodebase64(source: str, name: str) -> str:
    try:
        return base64.b64decode(source, validate=True).decode(_codec(name))
    except (binascii.Error, ValueError) as error:
        raise RefusedError(f"the argument is not base64 of {name} text") from error


def _urlencode(source: str) -> str:
    """As Go's url.QueryEscape."""
    return quote(source, safe=" ").replace(" ", "+")


def _urldecode(source: str) -> str:
    try:
        return unquote_plus(source, errors="strict")
    except UnicodeDecodeError as error:
        raise RefusedError("the argument is not an encoded text") from error


def _csvdecode(source: str) -> List:
    try:
        header, *rows = [row for row in csv.reader(io.StringIO(source), strict=True) if row] or [[]]
    except csv.Error as error:
        raise RefusedError(str(error)) from error
    if not header or len(set(header)) < len(header) or any(len(row) != len(header) for row in rows):
        raise RefusedError("the text is not CSV with a header line")
    if len(rows) * len(header) > MOST_ELEMENTS:
        raise StoppedError(bound(f"the CSV has more than {MOST_ELEMENTS} fields"))
    names = [text(name) for name in header]
    return List(tuple(Object(tuple(map(Entry, names, map(text, row)))) for row in rows))


FUNCTIONS: Final[dict[str, Function]] = {
    "base64decode": Function("s", _base64decode),
    "base64encode": Function("s", _base64encode),
    "csvdecode": Function("s", _csvdecode),
    "jsondecode": Function("t", _jsondecode),
    "jsonencode": Function("v", encoded, nulls=True),
    "textdecodebase64": Function("ss", _textdecodebase64),
    "textencodebase64": Function("ss", _textencodebase64),
    "urldecode": Function("s", _urldecode),
    "urlencode": Function("t", piecewise("urlencode", _urlencode)),
    "yamldecode": Function("t", yaml_decoded),
    "yamlencode": Function("v", yaml_encoded, nulls=True),
}
