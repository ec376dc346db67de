"""Values that are marked as sensitive, out of every sentence: they decide, and are not repeated."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Remedy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from keyfit.model.findings import About, Failure, Finding, Note

SHOWN: Final = "(sensitive value)"  # as Terraform shows it
_CUT: Final = "…"


class Hush:
    """What takes secrets out of a sentence, and the beginning of one that is cut there."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._longest = sorted(secrets, key=len, reverse=True)
        self._whole = re.compile("|".join(map(re.escape, self._longest)) or r"(?!)")

    def words(self, words: str) -> str:
        """A sentence that repeats none of them."""
        words = self._whole.sub(SHOWN, words)
        return _without_cut(words, self._longest) if _CUT in words else words

    def note(self, note: Note) -> Note:
        """A note that repeats none of them."""
        return replace(note, message=self.words(note.message))

    def failure(self, failure: Failure) -> Failure:
        """A failure that repeats none of them."""
        return replace(failure, message=self.words(failure.message))

    def finding(self, finding: Finding) -> Finding:
        """A finding that repeats none of them; the address of its subject is the source's own."""
        hush = self.words
        return replace(
            finding,
            message=hush(finding.message),
            notes=tuple(map(self.note, finding.notes)),
            remedy=None if finding.remedy is None else _remedy(finding.remedy, hush),
            about=_about(finding.about, hush),
            advice=tuple(each._replace(subject=hush(each.subject)) for each in finding.advice),
            scenario=None if finding.scenario is None else _scenario(finding.scenario, hush),
        )


def _without_cut(words: str, secrets: Iterable[str]) -> str:
    pieces = words.split(_CUT)
    for at, piece in enumerate(pieces[:-1]):
        known = next(filter(None, (_begun(piece, secret) for secret in secrets)), 0)
        pieces[at] = f"{piece[: len(piece) - known]}{SHOWN}" if known else piece
    return _CUT.join(pieces)


def _begun(piece: str, secret: str) -> int:
    """How much of a secret a text ends with; less than its first characters is none."""
    start = secret[:4]
    at = piece.rfind(start)
    return len(piece) - at if at >= 0 and secret.startswith(piece[at:]) else 0


def _scenario(told: Mapping[str, bool | str], hush: Callable[[str], str]) -> Mapping[str, bool | str]:
    return {name: hush(each) if isinstance(each, str) else each for name, each in told.items()}


def _remedy(remedy: Remedy, hush: Callable[[str], str]) -> Remedy:
    """The edits stay as they are: they are the author's own text."""
    return Remedy(hush(remedy.summary), remedy.edits)


def _about(about: About, hush: Callable[[str], str]) -> About:
    return replace(about, key=hush(about.key), principal=hush(about.principal))
