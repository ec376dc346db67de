"""What every rule is called, read off its module's text: a host loads keyfit in many processes that judge nothing.

Checkov loads the checks in up to 17 processes in one run; each would take the time that the engine takes to import.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import keyfit

_FOLDER: Final = Path(keyfit.__file__).parent / "catalogue" / "rules"
_WRITTEN: Final = re.compile(
    r'"""(?P<summary>[^\n"]+)\n(?P<page>.*?)^"""$.*?^NUMBER: Final = (?P<number>\d+)\n'
    r"LEVEL: Final = Level\.(?P<level>[A-Z]+)\n"
    r"SUBJECTS: Final = \((?P<subjects>[^)]+)\)\n",
    re.DOTALL | re.MULTILINE,
)
_WORD: Final = re.compile(r'"([^"]+)"')
_LINK: Final = re.compile(r"https://[^\s)>`]+")


class Card(NamedTuple):
    """A rule, without what it does; `level` is its level's name, `subjects` as the rule has them.

    `link` is the page that its documentation names first; empty where it names none.
    """

    number: int
    name: str
    summary: str
    level: str
    subjects: tuple[str, ...]
    link: str = ""


@cache
def every_card() -> tuple[Card, ...]:
    """A card for every rule, by number; the engine itself is asked where one is not written as they are wont to be."""
    files = sorted(_FOLDER.glob("[!_]*.py"))
    cards = tuple(sorted(card for card in map(_read, files) if card is not None))
    return cards if files and len(cards) == len(files) else _imported()


def _read(file: Path) -> Card | None:
    found = _WRITTEN.match(file.read_text(encoding="utf-8"))
    if found is None:
        return None
    subjects = tuple(_WORD.findall(found["subjects"]))
    name, summary = file.stem.replace("_", "-"), found["summary"]
    return Card(int(found["number"]), name, summary, found["level"], subjects, _link(found["page"]))


def _link(page: str) -> str:
    found = _LINK.search(page)
    return found[0] if found else ""


def _imported() -> tuple[Card, ...]:
    from keyfit import catalogue

    return tuple(
        Card(rule.number, rule.name, rule.summary, rule.level.name, rule.subjects, _link(rule.documentation))
        for rule in catalogue.every_rule()
    )
