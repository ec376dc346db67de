"""What a user reads: a verdict about one rule and one subject, the evidence for it, and how to mend it."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.record import record
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.changes import Change
    from keyfit.why import Advice


SEEN: Final = 1  # the rule that names what was seen and not looked into: its findings are counted apart


class Verdict(Enum):
    """A rule's verdict about a subject. What a rule does not apply to has no verdict."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNPROVEN = "unproven"


class Level(Enum):
    """How bad a broken finding is."""

    ERROR = "error"
    WARNING = "warning"


class NoteKind(Enum):
    """A note is evidence; a help is what to do."""

    NOTE = "note"
    HELP = "help"


@record
class Note:
    """A sentence that belongs to a finding, with its own place (`None`: the finding's).

    `change` is what a help says, as data, where it can be made in the source as it is said.
    """

    kind: NoteKind
    message: str
    origin: Origin | None = None
    change: Change | None = field(default=None, compare=False)


@record
class Edit:
    """One replacement in a file: the text between two places; `end` is exclusive, equal places insert."""

    origin: Origin
    replacement: str


@record
class Remedy:
    """The smallest change that mends a finding, in words and, where it can be said exactly, as edits."""

    summary: str
    edits: tuple[Edit, ...] = ()


class SuppressedBy(Enum):
    """What keeps a finding from counting."""

    SOURCE = "source"
    BASELINE = "baseline"


@record
class Suppression:
    """Why a finding does not count: `origin` is where that is written, `reason` the author's own, or empty."""

    by: SuppressedBy
    reason: str = ""
    origin: Origin = NOWHERE


@record
class About:
    """What tells apart the verdicts of one rule about one subject; empty where there is nothing to tell apart.

    `actions`, `routes` and `failure` do not: they say which actions decide, by which routes the principal has them, and
    when it is noticed that it has not (a `services.page.Failure`).
    """

    key: str = ""
    parameter: str = ""
    store: str = ""
    state: str = ""
    principal: str = ""
    actions: tuple[str, ...] = field(default=(), compare=False)
    routes: tuple[str, ...] = field(default=(), compare=False)
    failure: str = field(default="", compare=False)


class Cause(NamedTuple):
    """A policy statement, by its place, and the element of it, by name, that is why something is broken."""

    statement: Origin
    element: str


@record
class Finding:
    """One verdict: given once for each rule, subject, and what it is about; the worst scenario decides.

    `resource` is the subject's address and `type` its resource type; `consumer` what of a consumer it is about, in
    words, where it is about one; `origin` the place a person would edit first.
    `scenario` are the fewest choices under which it is so, in the source's words; `None` where it is so in all
    deployments. `scenarios` has each such set of choices, the smallest first.
    `part_of` is the rule that this finding belongs to, where one `cause` has several findings. `advice` is what would
    make known what is not; each host has its own words for it. What is `suppressed` is counted
    apart, and fails nothing. `construct` is the path of the CDK's construct that made the subject. `environments` are
    those of the settings in which it is so, by name; empty where that is all.
    """

    rule: int
    name: str
    verdict: Verdict
    level: Level
    resource: str
    type: str
    message: str
    origin: Origin = NOWHERE
    about: About = field(default_factory=About)
    notes: tuple[Note, ...] = ()
    remedy: Remedy | None = None
    scenario: Mapping[str, bool | str] | None = None
    scenarios: tuple[Mapping[str, bool | str], ...] = ()
    part_of: int | None = None
    stack: str = ""
    advice: tuple[Advice, ...] = ()
    cause: Cause | None = None
    suppressed: Suppression | None = None
    consumer: str = ""
    construct: str = ""
    environments: tuple[str, ...] = ()


@record
class Failure:
    """What keyfit could not do: a file that cannot be read, or keyfit itself that failed; never a pass.

    `internal` is true where the fault is keyfit's own.
    """

    message: str
    origin: Origin = NOWHERE
    internal: bool = False
