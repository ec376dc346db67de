"""What KMS's actions are: one table, made from AWS's own listings (`data/make.py`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from keyfit.aws import data
from keyfit.record import record
from keyfit.truth import Truth, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@record
class Action:
    """One action, such as `kms:Decrypt`.

    `resources` are "key", "alias" or nothing: what a policy's Resource can name. `keys` are the kms: condition keys of
    its requests, in lower case; one that ends in a colon stands for all that begin so. `key_policy` says whether a key
    policy can give it (K43, K44), `cross_account` whether it works on a key of another account (K8), `grantable`
    whether a grant can hold it (K46). `types` are the types of key that serve it (K47); `None` where the documentation
    does not say.
    """

    name: str
    resources: frozenset[str]
    keys: frozenset[str]
    key_policy: bool
    cross_account: bool
    grantable: bool
    types: frozenset[str] | None

    @property
    def has_encryption_context(self) -> bool:
        """Whether its requests can carry an encryption context (K56)."""
        return "kms:encryptioncontext:" in self.keys


def find(name: str) -> Action | None:
    """The action of that name, in whatever case it is written (I17); `None` where KMS has none."""
    return _table().get(name.lower())


def condition_keys(name: str) -> frozenset[str]:
    """The kms: condition keys of an action, in lower case; a family ends in a colon. None for other actions."""
    action = find(name)
    return frozenset() if action is None else action.keys


@cache
def spelled(key: str) -> str:
    """A kms: condition key as AWS spells it, by its name in whatever case; as it is where KMS has none of that name."""
    rows = data.load(_FILE)["actions"].values()
    known = (each for row in rows for each in (*row["keys"], *data.load(_FILE)["key_condition_keys"]))
    return next((each for each in known if each.lower() == key.lower()), key)


def every_action() -> Iterable[Action]:
    """All actions of KMS, by name."""
    return _table().values()


@cache
def on_a_key() -> tuple[str, ...]:
    """The names of the actions that work on a key, as far as KMS publishes it."""
    return tuple(each.name for each in every_action() if "key" in each.resources)


def serves(action: Action, spec: str | None, usage: str | None) -> Truth:
    """Whether a key of this spec and usage can do `action` (K47); `None` for what is not known."""
    if action.types is None:
        return Truth.MAYBE
    answers = [known(type_ in action.types) for type_ in _types(spec, usage)]
    return answers[0] if len(set(answers)) == 1 else Truth.MAYBE


_FILE: Final = "kms_actions.json"
# Key usage, and whether the spec is that of a symmetric key, to the type of key.
_TYPES: Final = {
    ("ENCRYPT_DECRYPT", True): "symmetric",
    ("ENCRYPT_DECRYPT", False): "encrypt",
    ("SIGN_VERIFY", False): "sign",
    ("GENERATE_VERIFY_MAC", True): "hmac",
    ("KEY_AGREEMENT", False): "agree",
    ("ENCAPSULATE_DECAPSULATE", False): "encapsulate",
}


def _types(spec: str | None, usage: str | None) -> list[str]:
    symmetric = None if spec is None else spec == "SYMMETRIC_DEFAULT" or spec.startswith("HMAC")
    fitting = [
        type_
        for (its_usage, is_symmetric), type_ in _TYPES.items()
        if usage in (None, its_usage) and symmetric in (None, is_symmetric)
    ]
    return fitting or list(_TYPES.values())  # a contradiction, or newer than the table: any type


@cache
def _table() -> dict[str, Action]:
    rows = data.load(_FILE)["actions"]
    return {f"kms:{name}".lower(): _action(name, row) for name, row in rows.items()}


def _action(name: str, row: Mapping[str, Any]) -> Action:
    keys = row["keys"] + (data.load(_FILE)["key_condition_keys"] if "key" in row["resources"] else [])
    return Action(
        name=f"kms:{name}",
        resources=frozenset(row["resources"]),
        keys=frozenset(key.lower().removesuffix("*") for key in keys),
        key_policy=row["key_policy"],
        cross_account=row["cross_account"],
        grantable=row["grantable"],
        types=None if row["types"] is None else frozenset(row["types"]),
    )
