"""What a call that fails costs: what is lost then, when that is noticed, and what AWS says of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.model.findings import Note, NoteKind
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Ruling
    from keyfit.services.page import Call


def of(call: Call, verdict: Ruling) -> Ruling:
    """The verdict about a call; of one that is broken, with what is lost."""
    if verdict.answer.truth is not Truth.NO:
        return verdict
    message = f"{verdict.message}: {call.lost}" if call.lost else verdict.message
    about = replace(verdict.about, failure=call.noticed.value if call.noticed is not None else "")
    return replace(verdict, message=message, about=about, notes=(*_notes(call), *verdict.notes))


def _notes(call: Call) -> Iterator[Note]:
    if call.told:
        yield Note(NoteKind.NOTE, f"AWS then says: {call.told}")
