"""A rule asked about one stack: its rulings by what they are given for, of two for one the graver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.model.findings import Note, NoteKind, Verdict
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.catalogue.rule import Ident, Options, Rule, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = re.compile(r"(?<=\bstatement )[0-9]+")  # of a statement without a name: other choices change it
VERDICTS: Final = {Truth.YES: Verdict.HOLDS, Truth.NO: Verdict.BROKEN, Truth.MAYBE: Verdict.UNPROVEN}
GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}
Rulings: TypeAlias = "Mapping[Ident, Ruling]"


def rulings_of(stack: Stack, rule: Rule, options: Options) -> Rulings:
    """The rule's verdicts about one stack by what they are given for; of two for one, the graver."""
    verdicts: dict[Ident, Ruling] = {}
    for ruling in rule.check(stack, options):
        ident = _ident(ruling)
        before = verdicts.get(ident)
        if before is not None and before.about.parameter != ruling.about.parameter:
            ident, before = ruling.ident, verdicts.get(ruling.ident)  # a loop makes several of one place
        verdicts[ident] = ruling if before is None else _graver(before, ruling)
    return verdicts


def weight(ruling: Ruling) -> int:
    """How grave a ruling is: 0 where it holds, 1 where it is open, 2 where it is broken."""
    return GRAVITY[VERDICTS[ruling.answer.truth]]


def _ident(ruling: Ruling) -> Ident:
    """What a ruling is given for: of a statement without a name its place, since other choices change its number."""
    numbered, place = NUMBER.search(ruling.about.parameter), ruling.statement
    if numbered is None or place is None or not place.file:
        return ruling.ident
    return ruling.ident._replace(parameter=f"{place.file}:{place.start.line}:{place.start.column}")


def _graver(one: Ruling, other: Ruling) -> Ruling:
    """Of two verdicts for one subject the graver; of two broken ones the first, which tells of the other."""
    first, second = (one, other) if weight(one) >= weight(other) else (other, one)
    if second.answer.truth is not Truth.NO or first.message == second.message:
        return first
    notes = (Note(NoteKind.NOTE, f"also: {second.message}", second.origin), *second.notes)
    return first.with_notes(*(note for note in notes if note not in first.notes))
