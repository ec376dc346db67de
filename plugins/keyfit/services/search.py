"""Whether a text can have to do with what keyfit judges: what is looked for before anything is read."""

from __future__ import annotations

from functools import cache
from typing import Final

from keyfit.services import index

_KMS: Final = (b"kms:", b"aws_kms_", b"awscc_kms_", b"kmsdecryptpolicy", b"kmsencryptpolicy", b"secretsmanagerkmskeyid")
_ESCAPES: Final = (b"\\u", b"\\x")  # a word can be written with them, in every language
# What holds consumers that are no resources: tasks, and templates inside a configuration.
_HOLDERS: Final = (b"_sfn_", b"_stepfunctions_", b"::statemachine", b"aws_cloudformation_stack")


def may_hold_subject(text: bytes) -> bool:
    """Whether something in `text`, a source in lower case, can be judged."""
    return may_hold_consumer(text) or any(word in text for word in _KMS)


def may_hold_consumer(text: bytes) -> bool:
    """Whether something in `text`, a source in lower case, can use a key."""
    return any(word in text for word in _words())


@cache
def _words() -> tuple[bytes, ...]:
    written = (word.encode() for page in index.every_page() for word in page.words)
    return tuple(dict.fromkeys((*written, *_HOLDERS, *_ESCAPES)))
