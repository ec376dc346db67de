"""The records of the catalogue: a rule, and what it says of one subject in one scenario."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from keyfit.model.findings import About, Level, Note, Remedy
from keyfit.record import record
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.answer import Answer
    from keyfit.model.block import Block
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call
    from keyfit.why import Advice


class Ident(NamedTuple):
    """What a verdict is given for, once: it is the same in every scenario, so the key itself is no part of it."""

    resource: str
    parameter: str
    store: str
    state: str


@record
class Ruling:
    """What a rule says of one subject in one scenario.

    `answer` YES: it holds. NO: it is broken. MAYBE: an unknown decides, and `answer.holes` are the unknowns that do.
    `statement` is the place of the policy statement that is the cause, where one is, and `element` what of it is: an
    element's name, or "Effect" for a deny.
    """

    subject: Block
    answer: Answer
    message: str
    origin: Origin = NOWHERE
    level: Level = Level.ERROR
    about: About = field(default_factory=About)
    notes: tuple[Note, ...] = ()
    remedy: Remedy | None = None
    statement: Origin | None = None
    element: str = ""
    advice: tuple[Advice, ...] = ()

    @property
    def ident(self) -> Ident:
        """What this verdict is given for."""
        about = self.about
        return Ident(self.subject.address, about.parameter, about.store, about.state)

    def with_notes(self, *notes: Note) -> Ruling:
        """This verdict, with more notes after its own."""
        return replace(self, notes=(*self.notes, *notes))


@record
class Options:
    """What the user asked for that changes what rules look at."""

    all_keys: bool = False


class Undermined(Enum):
    """What cannot be said to hold where a rule is broken, because it cannot be deployed."""

    NOTHING = "nothing"
    RESTING = "what rests on its subject"
    EVERYTHING = "everything in the same template or root module"
    EVERY_DEPLOYMENT = "everything there, where no deployment is possible"


@record
class Rule:
    """One rule: data about it, and the function that says a verdict for each of its subjects.

    `subjects` say what it gives verdicts for (`services.subjects`); `needs` are the calls of a page that it is about.
    `yields_to` are the rules whose broken finding about the same subject makes this one silent. `sources` are the
    facts it rests on. `undermines` says what cannot hold where it is broken, `attempts` that it
    is asked about deployments, too, in which references lead nowhere. `documentation` is its module's docstring.
    """

    number: int
    name: str
    level: Level
    documentation: str
    check: Callable[[Stack, Options], Iterable[Ruling]]
    subjects: tuple[str, ...] = ()
    needs: tuple[Call, ...] = ()
    sources: tuple[str, ...] = ()
    yields_to: tuple[int, ...] = ()
    undermines: Undermined = Undermined.NOTHING
    attempts: bool = False

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return self.documentation.strip().partition("\n")[0]
