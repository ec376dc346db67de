"""One page to look at, without network: who may use which key, every verdict with its evidence, and the lines of it.

`report.html`, `report.css` and `report.js` beside this file make the page. What it shows is JSON in it, which gets into
the page as text alone. The page's own policy lets nothing run but that script.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit import catalogue
from keyfit.catalogue.examples import documented
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.render.report_json import written
from keyfit.render.summary import summary
from keyfit.scan.files import UnreadableError, read_text
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.findings import Finding, Note
    from keyfit.scan import Report
    from keyfit.value import Origin

_HERE: Final = Path(__file__).parent
_AROUND: Final = 2  # lines before and after
_LONGEST: Final = 12  # lines of one place
_WIDEST: Final = 300  # characters of a line


def render(report: Report) -> str:
    """The page."""
    return page_of(described(report))


def page_of(shown: dict[str, Any]) -> str:
    """The page that shows this data."""
    style, script = (_part(f"report.{kind}") for kind in ("css", "js"))
    data = written(shown).replace("<", "\\u003c").replace("&", "\\u0026")
    parts = {
        "STYLE": style,
        "SCRIPT": script,
        "STYLE-HASH": hash_of(style),
        "SCRIPT-HASH": hash_of(script),
        "DATA": data,
    }
    first, *others = _part("report.html").split("{{")
    page = [first]
    for other in others:
        name, _, rest = other.partition("}}")
        page.extend((parts[name], rest))
    return "".join(page)


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """How the page's policy names a style or script."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def described(report: Report) -> dict[str, Any]:
    """What the page shows, as plain data."""
    used = {found.rule for found in report.findings}
    rules = [rule for rule in catalogue.every_rule() if rule.number in used]
    return {
        "summary": summary(report),
        "rules": [{"number": rule.number, "name": rule.name, "page": documented(rule)} for rule in rules],
        "findings": [_finding(found) for found in report.findings],
        "failures": [_told(sentences.place(each.origin), sentences.failed(each)) for each in report.failures],
        "settings": [sentences.source(each) for each in report.sources],
        "skipped": [_told(printable(each.origin.file), printable(each.message)) for each in report.skipped],
        "notices": [_told(sentences.noticed(each), printable(each.message)) for each in report.notices],
        "lines": _lines(report),
    }


def _told(place: str, said: str) -> dict[str, str]:
    return {"place": place, "said": said}


def _finding(found: Finding) -> dict[str, Any]:
    about = found.about
    return {
        "rule": found.rule,
        "verdict": found.verdict.value,
        "level": found.level.value,
        "subject": printable(found.resource + (f" ({about.state})" if about.state else "")),
        "type": printable(found.type),
        "stack": printable(found.stack),
        "said": sentences.sentence(found),
        "place": sentences.place(found.origin),
        "at": place_of(found.origin),
        "notes": [_note(note, found) for note in every_note(found, COMMAND_LINE)],
        "part_of": found.part_of,
        "key": printable(about.key),
        "principal": printable(about.principal),
        "routes": list(about.routes),
        "suppressed": _reason(found),
    }


def _note(note: Note, found: Finding) -> dict[str, Any]:
    origin = sentences.elsewhere(note, found)
    place = sentences.place(origin, column=False) if origin is not None else ""
    at = place_of(origin) if origin is not None else None
    return {"kind": note.kind.value, "said": printable(note.message), "place": place, "at": at}


def _reason(found: Finding) -> str | None:
    if found.suppressed is None:
        return None
    reason = f": {found.suppressed.reason}" if found.suppressed.reason else ""
    return printable(f"suppressed by the {found.suppressed.by.value}{reason}")


# --- lines of the sources -----------------------------------------------------------------------------------------


def place_of(origin: Origin) -> list[Any] | None:
    """The file, and the first and the last line to show of it."""
    if not origin.file:
        return None
    last = max(origin.start.line, min(origin.end.line, origin.start.line + _LONGEST))
    return [printable(origin.file), origin.start.line, last]


def _lines(report: Report) -> dict[str, dict[int, str]]:
    """The lines that findings and notes are about, and some around them, by file."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for origin in _origins(report):
        place = place_of(origin)
        if place is not None:
            wanted[origin.file].update(around(place))
    return {printable(file): lines_of(file, numbers) for file, numbers in sorted(wanted.items())}


def _origins(report: Report) -> Iterator[Origin]:
    for found in report.findings:
        yield found.origin
        yield from (note.origin for note in found.notes if note.origin is not None)


def around(place: list[Any]) -> range:
    """The lines to have of a place."""
    return range(place[1] - _AROUND, place[2] + _AROUND + 1)


def lines_of(file: str, numbers: set[int]) -> dict[int, str]:
    """These lines of a file, as far as it has them."""
    try:
        lines = read_text(Path(file)).splitlines()
    except (UnreadableError, ValueError):  # a file that is gone, or the name of no file
        return {}
    return {number: _shown(lines[number - 1]) for number in sorted(numbers) if 0 < number <= len(lines)}


def _shown(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())].expandtabs(4)
    return indent + printable(line.strip())[:_WIDEST]
