"""The facts that the code rests on: what AWS and the providers document, each with its page and the day it was read.

One file a family, whose letter begins each id; inside, one table a page, so that a page that is read again has one date
to change. Nothing is read before somebody asks.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from keyfit.record import record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FAMILIES: Final = {
    "A": "terraform",  # hashicorp/awscc
    "B": "secrets",
    "D": "storage",
    "E": "compute",
    "F": "feature_store",
    "G": "geospatial",
    "I": "iam",
    "K": "kms",
    "L": "logs",
    "N": "streams",
    "O": "objects",
    "M": "messaging",
    "P": "personalize",
    "Q": "queues",
    "R": "cloudformation",
    "T": "terraform",  # hashicorp/aws
    "W": "step_functions",
    "Y": "tables",
}
ID: Final = re.compile(rf"[{''.join(FAMILIES)}][0-9]{{1,2}}")


@record
class Fact:
    """One fact: what `page` says, and the day of which the text was that was read."""

    id: str
    statement: str
    page: str
    read: dt.date


def find(id_: str) -> Fact | None:
    """The fact of that id, in either letter case; `None` where there is none."""
    return every_fact().get(id_.upper())


@cache
def every_fact() -> Mapping[str, Fact]:
    """All facts by their ids, in the order of families and numbers."""
    here = resources.files(__package__)
    files = sorted(set(FAMILIES.values()))
    facts = [fact for name in files for fact in _facts(here.joinpath(f"{name}.toml").read_text(encoding="utf-8"))]
    return {fact.id: fact for fact in sorted(facts, key=lambda fact: (fact.id[0], int(fact.id[1:])))}


def _facts(text: str) -> Iterator[Fact]:
    for page, table in tomllib.loads(text).items():
        read = table.pop("read")
        yield from (Fact(id_, statement, page, read) for id_, statement in table.items())
