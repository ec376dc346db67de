"""How much asking about other deployments of a stack has cost, in a unit that is the same on every machine.

Each ruling in a scenario costs as many units as it may have to read statements. A stack that people wrote takes some
thousand; one in which everything hangs on conditions would take hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack

MOST: Final = 20_000  # units of one template or root module, which all rules share


@dataclass(slots=True)
class Effort:
    """What is left of it; `skipped` says that a deployment was not looked at for want of it."""

    left: int = MOST
    skipped: bool = False

    def spend(self, stack: Stack, rulings: int) -> None:
        """Take what a rule's rulings about a stack cost."""
        self.left -= (1 + rulings) * stack.once(_statements)


def _statements(stack: Stack) -> int:
    """The statements of the longest key policy, and of the identity that has most of them."""
    keys = (_of(key.policies) for key in stack.keys)
    identities = (_of(each.policies) for each in stack.identities)
    return max(keys, default=0) + max(identities, default=0) + 1


def _of(policies: Iterable[Policy]) -> int:
    return sum(_written(policy) for policy in policies)


def _written(policy: Policy) -> int:
    found = policy.document.find("Statement") if isinstance(policy.document, Object) else None
    return len(found.items) if isinstance(found, List) else 1
