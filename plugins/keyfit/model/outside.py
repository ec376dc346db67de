"""What the source names and does not hold: a key or role made up for it, of which everything but its ARN is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.block import Block
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.keys import Key
from keyfit.model.policies import Policy, PolicyKind
from keyfit.value import Bool, Own, Text, Unknown, holes_in, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from keyfit.aws.arn import Arn
    from keyfit.value import Hole, Value


def open_reasons(value: Value, kind: str) -> tuple[Hole, ...]:
    """Why it is open which key or role (`kind`) a value names; a value of the wrong kind has a reason too."""
    return holes_in(value) or (
        Unknown(Why.INVALID, f"`{shown(value)}` does not identify a {kind}", origin=value.origin),
    )


def outside_key(value: Text, place: Arn | None) -> Key:
    """The key that `value` names; `place` are the fields of its ARN, where it is named by that."""
    name = shown(value)

    def of(fact: str) -> Unknown:
        return Unknown(Why.OUTSIDE_SOURCE, f"the {fact} of key `{name}`", identity=f"{fact} of {name}")

    made_up = text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", of("id"))
    return Key(
        Block(name, "", value.origin),
        arn=value if place else made_up,
        key_id=text(of("id")),
        policies=(_policy(value, name),),
        spec=of("spec"),
        usage=of("usage"),
        enabled=of("state"),
        key_origin=of("origin"),
        multi_region=of("multi-Region setting"),
        material_missing=Bool(value=False),
        account=place.account if place else text(of("account")),
        region=place.region if place else text(of("Region")),
        tags=of("tags"),
    )


def outside_role(value: Text, account: Text) -> Identity:
    """The role with that ARN: its policies may allow anything, and are assumed not to deny."""
    name = shown(value)
    trust = Unknown(Why.OUTSIDE_SOURCE, f"the trust policy of role `{name}`", identity=f"trust of {name}")
    return Identity(
        Block(name, "", value.origin),
        IdentityKind.ROLE,
        name=text(Unknown(Why.OUTSIDE_SOURCE, f"the name of role `{name}`", identity=f"name of {name}")),
        arn=value,
        policies=(_policy(value, name),),
        trust=Policy(PolicyKind.TRUST, _first_unknown(value) or trust, name, origin=value.origin),
        account=account,
        outside=True,
    )


def _policy(value: Text, name: str) -> Policy:
    return Policy(PolicyKind.OUTSIDE, _first_unknown(value), name, origin=value.origin)


def _first_unknown(value: Text) -> Unknown | None:
    """Why a text that names something is not wholly known, where that can be told: all about it is unknown for that."""
    return next((hole for hole in value.holes if isinstance(hole, Unknown)), None)
