"""Whether a text can have to do with what keyfit judges: what is looked for before anything is read."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.services import index

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICIES: Final = (
    b"kms:",
    b"aws_kms_",
    b"awscc_kms_",
    b"kmsdecryptpolicy",
    b"kmsencryptpolicy",
    b"secretsmanagerkmskeyid",
)
_KMS: Final = b"kms"  # in the name of nearly every property that names a key, and in every policy of one
# In the names of the others, or beside them: a SecureString has a key. Where neither is, a type of encryption is "KMS".
_KEYS: Final = (_KMS, b"keyarn", b"key_arn", b"securestring")
_ESCAPES: Final = (b"\\u", b"\\x")  # a word can be written with them, in every language
# What holds consumers that are no resources: tasks, and templates inside a configuration.
_HOLDERS: Final = (b"_sfn_", b"_stepfunctions_", b"::statemachine", b"aws_cloudformation_stack")


class Words(NamedTuple):
    """Which words are in a text: of keys and their policies; of KMS or keys at all; of consumers; of common ones.

    A common consumer, such as a queue, is everywhere: it is one only where the source speaks of KMS, too. `elsewhere`:
    files are read of which nobody has looked what is in them. `tying`: policies are attached to what is named.
    `reaching`: what others have is named.
    """

    policies: bool = False
    kms: bool = False
    consumers: bool = False
    common: bool = False
    elsewhere: bool = False
    tying: bool = False
    reaching: bool = False

    @property
    def hold_consumer(self) -> bool:
        """Whether something can use a key."""
        return self.consumers or (self.kms and self.common)

    @property
    def hold_subject(self) -> bool:
        """Whether something can be judged."""
        return self.policies or self.hold_consumer


def words(text: bytes) -> Words:
    """The words in `text`, a source in lower case."""
    rare, common = _words()
    return Words(
        _KMS in text and any(word in text for word in _POLICIES),
        any(word in text for word in _KEYS),
        any(word in text for word in rare),
        any(word in text for word in common),
    )


def together(several: Iterable[Words]) -> Words:
    """The words of several texts."""
    return Words(*map(any, zip(Words(), *several, strict=True)))


def may_hold_subject(text: bytes) -> bool:
    """Whether something in `text`, a source in lower case, can be judged."""
    return words(text).hold_subject


@cache
def _words() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """The words of consumers that are always looked at, and those of common ones."""
    rare, common = (
        [word.encode() for page in index.every_page() if page.common is wanted for word in page.words]
        for wanted in (False, True)
    )
    return tuple(dict.fromkeys((*rare, *_HOLDERS, *_ESCAPES))), tuple(dict.fromkeys(common))
