"""The records of the catalogue: a rule, what it says of one subject in one scenario, and what a consumer needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from keyfit.model.findings import About, Level, Note, Remedy
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.answer import Answer
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Block, Stack, Use
    from keyfit.policy.request import Principal


class Ident(NamedTuple):
    """What a verdict is given for, once: it is the same in every scenario, so the key itself is no part of it."""

    resource: str
    parameter: str
    store: str
    state: str


@dataclass(frozen=True, slots=True)
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

    @property
    def ident(self) -> Ident:
        """What this verdict is given for."""
        about = self.about
        return Ident(self.subject.address, about.parameter, about.store, about.state)

    def with_notes(self, *notes: Note) -> Ruling:
        """This verdict, with more notes after its own."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for that changes what rules look at."""

    all_keys: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: data about it, and the function that says a verdict for each of its subjects.

    `yields_to` are the rules whose broken finding about the same subject makes this one silent. `sources` are the
    facts it rests on. `documentation` is its module's docstring.
    """

    number: int
    name: str
    level: Level
    documentation: str
    check: Callable[[Stack, Options], Iterable[Ruling]]
    sources: tuple[str, ...] = ()
    yields_to: tuple[int, ...] = ()

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return self.documentation.strip().partition("\n")[0]


class Routes(Enum):
    """By which routes a need can be met."""

    KEY_POLICY = "the key policy"
    ANY = "any route"
    BOTH = "the key policy and the identity policies"
    DELEGATED_OR_OWN = "delegation to the account, or the identity policies"


class Via(Enum):
    """How a call reaches KMS: what its request context holds (`calls`)."""

    SERVICE = "service"
    SERVICE_S3 = "service, S3 object key"
    ROLE = "role"
    ROLE_BARE = "role, without encryption context"
    ROLE_S3 = "role, S3 object key"
    THROUGH_S3 = "role through S3"
    THROUGH_SAGEMAKER = "principal through SageMaker"


class Documented(NamedTuple):
    """What AWS's page asks for, be it more than is needed: where the help of a broken need leads.

    `key` are actions that the key policy should give itself, `own` those that the principal's own policies should.
    `either`: its own policies will do where the key policy delegates to the account.
    """

    key: tuple[str, ...]
    own: tuple[str, ...] = ()
    either: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Actions that a principal needs on the key of one parameter.

    `by` is a service principal, or the role that a parameter names. `routes` says by which routes. `documented` is what
    the help leads to, where that is more than the smallest change.
    """

    actions: tuple[str, ...]
    by: Principal | IdentityFound
    key: Use
    via: Via
    routes: Routes = Routes.ANY
    level: Level = Level.ERROR
    documented: Documented | None = None
