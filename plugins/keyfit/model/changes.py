"""What a help says, as data: the change that a remedy makes in the author's own text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from keyfit.model.identities import Identity
from keyfit.record import record

if TYPE_CHECKING:
    from keyfit.model.block import Block
    from keyfit.model.policies import Policy
    from keyfit.value import Origin, Own, Text


@record
class AddActions:
    """Add actions to a statement of a policy, which is the `index`-th that is written there."""

    policy: Policy
    index: int
    actions: tuple[str, ...]


@record
class AddStatement:
    """Add a statement to a policy that says whom it is for: a service by its name, an identity, the account itself.

    A key that has the default policy gets one that says what that does, and the statement. A bucket policy says which
    bucket, too, and its objects.
    """

    policy: Policy
    actions: tuple[str, ...]
    to: str | Identity | Own
    bucket: Block | None = None


@record
class Allow:
    """Allow an identity actions on what `arn` stands for, a block of the source, in one of its policies.

    `apart`: not in a policy that is written in the identity's own block. `objects`: of a bucket, on what is in it, too.
    """

    identity: Identity
    actions: tuple[str, ...]
    on: Block
    arn: Text
    apart: bool = False
    objects: bool = False


@record
class MoveApart:
    """Move the inline policies of an identity into blocks of their own."""

    identity: Identity


@record
class Refer:
    """Write a reference to the ARN of a block of the source in place of the value at `origin`."""

    origin: Origin
    to: Block


@record
class Write:
    """Write a text, or true or false, in place of the value at `origin`; `within` a policy, where it is of one."""

    origin: Origin
    value: str | bool
    within: Policy | None = None


@record
class SetElement:
    """Give an element of the `index`-th statement of a policy this text as its value, whether it has one or not."""

    policy: Policy
    index: int
    element: str
    value: str


@record
class AddService:
    """Add a value to a line of a condition: like the one that begins with the service `old`, but for service `new`."""

    policy: Policy
    index: int
    operator: str
    key: str
    old: str
    new: str


@record
class EnableBucketKey:
    """Enable the S3 Bucket Key in the encryption rule of a bucket, in which `rule` is a value."""

    rule: Origin


Change: TypeAlias = (
    "AddActions | AddService | AddStatement | Allow | EnableBucketKey | MoveApart | Refer | SetElement | Write"
)


def covers(whole: Change | None, part: Change | None) -> bool:
    """Whether `whole` does what `part` does, for as many actions or more: the same policy, or the same identity's."""
    if not isinstance(whole, _Giving) or not isinstance(part, _Giving):
        return False
    return _of(whole) == _of(part) and set(part.actions) <= set(whole.actions)


_Giving = (AddActions, AddStatement, Allow)


def _of(change: AddStatement | AddActions | Allow) -> tuple[object, ...]:
    """What is changed, in whichever scenario, by where it stands."""
    match change:
        case AddActions(policy, index):
            return AddActions, policy.origin, index
        case AddStatement(policy, _, to):
            return AddStatement, policy.origin, to.block.address if isinstance(to, Identity) else to
        case Allow(identity, _, on):
            return Allow, identity.block.address, on.address
