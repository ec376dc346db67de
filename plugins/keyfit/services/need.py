"""What a consumer needs on a key: a call of its service's page, with the principal that makes it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from keyfit.model.findings import Level
from keyfit.record import record
from keyfit.services.page import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.consumers import Use
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.policy.request import Principal
    from keyfit.services.page import Documented, Via
    from keyfit.value import Text


@record
class Need:
    """Actions that a principal needs on the key of one parameter.

    `by` is a service principal, or the role that a parameter names. `routes` says by which routes. `documented` is what
    the help leads to, where that is more than the smallest change. `parts` are what the templates of `via` have of it.
    """

    actions: tuple[str, ...]
    by: Principal | IdentityFound
    key: Use
    via: Via
    routes: Routes = Routes.ANY
    level: Level = Level.ERROR
    documented: Documented | None = None
    parts: Mapping[str, Text] = field(default_factory=dict, compare=False)
