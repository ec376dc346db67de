"""The resources that say which policies an identity has, and take every other away at the next apply (T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, Answer, any_of, maybe
from keyfit.model.identities import IdentityKind
from keyfit.model.policies import PolicyKind
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.resources.names import is_named
from keyfit.readers.terraform.values.terraform_values import unordered
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import List, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Origin, Text, Value

_INLINE: Final = frozenset({PolicyKind.INLINE})
_MANAGED: Final = frozenset({PolicyKind.MANAGED, PolicyKind.AWS_MANAGED})
_KINDS: Final = {IdentityKind.ROLE: "role", IdentityKind.USER: "user", IdentityKind.GROUP: "group"}
# By type: the kind of identity, its argument, the argument for the policies, and what sort of policies these are.
_TYPES: Final[Mapping[str, tuple[IdentityKind, str, str, frozenset[PolicyKind]]]] = {
    f"aws_iam_{word}_{suffix}_exclusive": (kind, f"{word}_name", listed, sort)
    for kind, word in _KINDS.items()
    for suffix, listed, sort in (
        ("policies", "policy_names", _INLINE),
        ("policy_attachments", "policy_arns", _MANAGED),
    )
}


@record
class Exclusive:
    """One of them: the identity it is about, and the names or ARNs of all policies of a sort that are to be there."""

    address: str
    kind: IdentityKind
    identity: Value
    listed: Value
    sort: frozenset[PolicyKind]
    origin: Origin

    def keeps(self, policy: Text) -> Answer:
        """Whether a policy of that name or ARN stays.

        One that is not listed is taken away by one apply and made again by the next, so nobody can tell.
        """
        listed = unordered(self.listed)
        items, rest = (listed.items, listed.rest) if isinstance(listed, List) else ((), listed)
        named = any_of(is_named(value, policy) for value in items)
        if named.truth is Truth.YES:
            return YES
        if isinstance(rest, Unknown) or named.truth is Truth.MAYBE:
            return any_of((named, maybe(rest))) if isinstance(rest, Unknown) else named
        return maybe(removing(self.address, self.origin))

    def strict(self) -> Iterator[tuple[PolicyKind, Unknown]]:
        """The kinds of policies that it removes where it does not list them."""
        yield from ((kind, removing(self.address, self.origin)) for kind in sorted(self.sort, key=str))


def removing(address: str, origin: Origin) -> Unknown:
    """Why nobody can tell whether a policy is there that a block does not list which removes such."""
    return Unknown(
        Why.UNDECIDED, f"`{address}`, which removes every policy that it does not list", address, origin=origin
    )


def exclusives(root: Module) -> tuple[Exclusive, ...]:
    """Every one of the configuration."""
    return tuple(_exclusives(root))


def _exclusives(root: Module) -> Iterator[Exclusive]:
    for instance in resources(root, *_TYPES):
        kind, identity, listed, sort = _TYPES[instance.type]
        whose, policies = argument(instance, identity), argument(instance, listed)
        if whose is not None and policies is not None:
            yield Exclusive(instance.address, kind, whose, policies, sort, policies.origin)
