"""Functions of hashes, of known texts and of files inside the scan root."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.files import file_bytes
from keyfit.readers.terraform.functions.table import CallContext, Function, RefusedError

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


def _hexadecimal(algorithm: str) -> Callable[[str], str]:
    return lambda source: _digest(algorithm, source.encode("utf-8")).hex()


def _base64(algorithm: str) -> Callable[[str], str]:
    return lambda source: base64.b64encode(_digest(algorithm, source.encode("utf-8"))).decode("ascii")


def _file_hexadecimal(algorithm: str) -> Callable[..., str]:
    def hashed(path: str, *, context: CallContext) -> str:
        return _digest(algorithm, file_bytes(path, context)).hex()

    return hashed


def _file_base64(algorithm: str) -> Callable[..., str]:
    def hashed(path: str, *, context: CallContext) -> str:
        return base64.b64encode(_digest(algorithm, file_bytes(path, context))).decode("ascii")

    return hashed


def _uuidv5(namespace: str, name: str) -> str:
    try:
        space = _NAMESPACES.get(namespace) or uuid.UUID(namespace)
    except ValueError as error:
        raise RefusedError("the namespace is not a UUID") from error
    return str(uuid.uuid5(space, name))


FUNCTIONS: Final[dict[str, Function]] = {
    **{name: Function("s", _hexadecimal(name)) for name in _ALGORITHMS},
    **{f"base64{name}": Function("s", _base64(name)) for name in ("sha256", "sha512")},
    **{f"file{name}": Function("s", _file_hexadecimal(name), context=True) for name in _ALGORITHMS},
    **{f"filebase64{name}": Function("s", _file_base64(name), context=True) for name in ("sha256", "sha512")},
    "uuidv5": Function("ss", _uuidv5),
}
