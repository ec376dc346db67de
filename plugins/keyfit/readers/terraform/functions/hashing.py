"""Functions of hashes, of known texts and of files inside the scan root."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.files import file_bytes
from keyfit.readers.terraform.functions.table import Function, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_ALGORITHMS: Final = ("md5", "sha1", "sha256", "sha512")
_NAMESPACES: Final = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content, usedforsecurity=False).digest()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def _of_text(algorithm: str, write: Callable[[bytes], str]) -> Function:
    return Function("s", lambda source: write(_digest(algorithm, source.encode("utf-8"))))


def _of_file(algorithm: str, write: Callable[[bytes], str]) -> Function:
    return Function("s", lambda path, context: write(_digest(algorithm, file_bytes(path, context))), context=True)


def _uuidv5(namespace: str, name: str) -> str:
    try:
        space = _NAMESPACES.get(namespace) or uuid.UUID(namespace)
    except ValueError as error:
        raise RefusedError("the namespace is not a UUID") from error
    return str(uuid.uuid5(space, name))


FUNCTIONS: Final[dict[str, Function]] = {
    **{name: _of_text(name, bytes.hex) for name in _ALGORITHMS},
    **{f"base64{name}": _of_text(name, _base64) for name in ("sha256", "sha512")},
    **{f"file{name}": _of_file(name, bytes.hex) for name in _ALGORITHMS},
    **{f"filebase64{name}": _of_file(name, _base64) for name in ("sha256", "sha512")},
    "uuidv5": Function("ss", _uuidv5),
}
