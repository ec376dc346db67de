"""What differs, on the page of a report: the picture shows the edges that change, the table what changes for whom."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from keyfit import catalogue
from keyfit.catalogue.examples import documented
from keyfit.compare.difference import Direction
from keyfit.compare.side import at_home
from keyfit.model.findings import Verdict
from keyfit.render import difference_words as words
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.render.report_html import around, lines_of, page_of, place_of
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.compare.difference import Altered, Answered, Decided, Difference, Judged
    from keyfit.value import Origin

_ACCESS: Final = "access"
_LIMITS: Final = "limits"
# The page knows five kinds; these are what they stand for here.
_KINDS: Final = {
    Direction.LOST: "broken",
    Direction.GAINED: "warning",
    Direction.PERHAPS_GAINED: "unproven",
    Direction.PERHAPS_LOST: "unproven",
}
_WORDS: Final = {
    "signs": {"broken": "-", "warning": "+", "holds": "✓", "suppressed": "~"},
    "names": {
        "broken": "lost or broken",
        "warning": "gained",
        "unproven": "perhaps",
        "holds": "starts to hold",
        "suppressed": "otherwise",
    },
    "titles": {
        "picture-title": "Who gains or loses access to which key",
        "matrix-title": "What changes",
        "hint": "Each row is a key, a consumer or a role; columns are access, limits and rules. "
        "Choose a cell for its evidence; the arrow keys go from cell to cell.",
        "list-title": "Every change",
    },
}
_COLUMNS: Final = (
    {"number": _ACCESS, "name": "decisions of KMS", "page": "Whether KMS lets a principal do an action on a key."},
    {"number": _LIMITS, "name": "grants and boundaries", "page": "Grants and permissions boundaries that changed."},
)


def render(found: Difference) -> str:
    """The page."""
    return page_of(described(found))


def described(found: Difference) -> dict[str, Any]:
    """What the page shows, as plain data."""
    told = [each for each in found.judged if not each.is_quiet]
    used = {each.finding.rule for each in told}
    rules = [
        {"number": rule.number, "name": rule.name, "page": documented(rule)}
        for rule in catalogue.every_rule()
        if rule.number in used
    ]
    wanted = (bool(found.decided), bool(found.altered))
    columns = [column for column, has in zip(_COLUMNS, wanted, strict=True) if has]
    return {
        "words": _WORDS,
        "summary": words.summary(found),
        "rules": [*columns, *rules],
        "findings": [*map(_decided, found.decided), *map(_altered, found.altered), *map(_judged, told)],
        "failures": [
            {"place": printable(f"{side}: {sentences.place(each.origin)}"), "said": sentences.failed(each)}
            for side, each in found.failures
        ],
        "settings": [printable(f"{side}: {sentences.source(each)}") for side, each in found.settings],
        "skipped": [],
        "notices": [],
        "lines": _lines(found),
    }


def _row(kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """One cell's entry, as the page wants it."""
    verdict, level = ("broken", "warning") if kind == "warning" else (kind, "error")
    row: dict[str, Any] = {
        "verdict": verdict,
        "level": level,
        "type": "",
        "notes": [],
        "part_of": None,
        "suppressed": None,
    }
    return row | {"key": "", "principal": "", "routes": []} | more


def _decided(each: Decided) -> dict[str, Any]:
    answered = each.after or each.before
    return _row(
        _KINDS[each.direction],
        rule=_ACCESS,
        subject=printable(each.key),
        type="key",
        stack=printable(each.stack),
        said=words.decision(each),
        place="",
        at=None,
        notes=[_note("before", each.before), _note("now", each.after)],
        key=printable(each.key),
        principal=printable(each.principal),
        routes=list(answered.routes) if answered is not None else [],
    )


def _note(side: str, answered: Answered | None) -> dict[str, Any]:
    if answered is None:
        return {"kind": side, "said": "there is none", "place": "", "at": None}
    place = sentences.place(answered.origin, column=False) if answered.origin.file else ""
    return {"kind": side, "said": printable(answered.because), "place": place, "at": _at(side, answered.origin)}


def _altered(each: Altered) -> dict[str, Any]:
    return _row(
        "unproven",
        rule=_LIMITS,
        subject=printable(each.subject),
        type=each.kind.value,
        stack=printable(each.stack),
        said=printable(each.said),
        place=sentences.place(each.origin),
        at=_at("now", each.origin),
    )


def _judged(each: Judged) -> dict[str, Any]:
    found, side = each.finding, "before" if each.after is None else "now"
    holds = each.after is not None and each.after.verdict is Verdict.HOLDS
    kind = "holds" if holds else "broken" if found.verdict is Verdict.BROKEN and each.after else "unproven"
    notes = every_note(found, COMMAND_LINE) if each.after is not None and not holds else ()
    return _row(
        kind,
        rule=found.rule,
        subject=printable(found.resource + (f" ({found.about.state})" if found.about.state else "")),
        type=printable(found.type),
        stack=printable(found.stack),
        said=printable(f"{words.verdict(each)}: {sentences.sentence(found)}"),
        place=sentences.place(found.origin),
        at=_at(side, found.origin),
        notes=[{"kind": note.kind.value, "said": printable(note.message), "place": "", "at": None} for note in notes],
        key=printable(found.about.key),
        principal=printable(found.about.principal),
    )


# --- lines of both sides -----------------------------------------------------------------------------------------


def _at(side: str, origin: Origin) -> list[Any] | None:
    """A place, by the name of its file and the side that it is of."""
    place = place_of(origin)
    return None if place is None else [f"{side}: {place[0]}", *place[1:]]


def _lines(found: Difference) -> dict[str, dict[int, str]]:
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for side, origin in _origins(found):
        place = place_of(origin)
        if place is not None:
            wanted[side, origin.file].update(around(place))
    lines = {}
    for (side, file), numbers in sorted(wanted.items()):
        home = found.homes.get(side)
        if home is not None:
            with at_home(home):
                lines[f"{side}: {printable(file)}"] = lines_of(file, numbers)
    return lines


def _origins(found: Difference) -> Iterator[tuple[str, Origin]]:
    for decided in found.decided:
        for side, answered in (("before", decided.before), ("now", decided.after)):
            if answered is not None:
                yield side, answered.origin
    for judged in found.judged:
        yield ("before" if judged.after is None else "now"), judged.finding.origin
    for altered in found.altered:
        yield "now", altered.origin
