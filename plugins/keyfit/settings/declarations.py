"""What the source cannot say and the settings file does: keys and roles outside it, and uses that scripts make of them.

```toml
[[keys]]
arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
aliases = ["alias/films"]
policy = "policies/films-key.json"        # a file inside the scanned directory, or a table

[[roles]]
arn = "arn:aws:iam::111122223333:role/Personalize"
trust = "policies/trust.json"
policies = ["policies/films-*.json"]      # inline policies: files, patterns of files, or tables
managed-policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]

[[policies]]                              # a customer managed policy that the source names by its ARN
arn = "arn:aws:iam::111122223333:policy/use-keys"
policy = "policies/use-keys.json"

[[uses]]
name = "nightly export"
kind = "personalize-dataset-export-job"
role = "Role"                             # an address in the source, or an ARN
key = "arn:aws:kms:…"
```
"""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit import json_text
from keyfit.aws import arn
from keyfit.model.block import Block
from keyfit.model.consumers import Consumer, Purpose, Use
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.keys import Alias, Key
from keyfit.model.policies import Policy, PolicyKind
from keyfit.record import record
from keyfit.services import index
from keyfit.settings import SettingsError
from keyfit.settings.environment import nearest
from keyfit.settings.parameters import read_text
from keyfit.settings.paths import inside
from keyfit.value import Bool, Origin, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.services.page import Kind

AWS_POLICY: Final = ":iam::aws:policy/"
MOST_FILES: Final = 500  # that one pattern names
_PATTERN: Final = re.compile(r"[*?\[]")


@record
class Page:
    """The settings file that declares: where policies may be read from, and the place of a table in it."""

    file: Path
    root: Path
    origin: Origin

    def block(self, address: str) -> Block:
        """Something declared here."""
        return Block(address, "", self.origin, assumed=str(self.file.name))

    def text(self, written: object, name: str) -> Text:
        """A text of the file."""
        if not isinstance(written, str) or not written:
            raise SettingsError(f"`{name}` is not a string", self.origin)
        return text(written, origin=self.origin)

    def document(self, written: object, name: str) -> Value:
        """A policy document: the JSON file that a text names, or a table."""
        if isinstance(written, dict):
            return json_text.read(text(json.dumps(written, default=str), origin=self.origin))
        if not isinstance(written, str):
            raise SettingsError(f"`{name}` is neither a file nor a table", self.origin)
        try:
            path = inside(self.file.parent / written, self.root)
        except SettingsError as error:
            raise SettingsError(error.message, self.origin) from None
        value = json_text.read_file(read_text(path), str(path))
        if isinstance(value, Unknown):
            raise SettingsError(f"`{written}` does not contain a policy: {value.phrase}", value.origin)
        return value

    def files(self, written: object) -> Iterator[object]:
        """The files that a pattern names, relative to this one and sorted; what is no pattern as it is."""
        if not isinstance(written, str) or not _PATTERN.search(written):
            yield written
            return
        if Path(written).is_absolute() or not {"..", "**"}.isdisjoint(Path(written).parts):
            raise SettingsError(f"`{written}` is not a pattern of files in one folder below this one", self.origin)
        found = sorted(islice(self.file.parent.glob(written), MOST_FILES + 1))
        if not found or len(found) > MOST_FILES:
            much = f"more than {MOST_FILES} files" if found else "no file"
            raise SettingsError(f"there is {much} for `{written}`", self.origin)
        yield from (str(each.relative_to(self.file.parent)) for each in found)


def known_names(table: Mapping[str, object], names: tuple[str, ...], what: str, origin: Origin) -> None:
    """Nothing; `SettingsError` for a name that nobody reads, or a first one that is missing."""
    for name in table:
        if name not in names:
            raise SettingsError(f"`{name}` is not a setting of {what}{nearest(name, names)}", origin)
    if names[0] not in table:
        raise SettingsError(f"{what} has no `{names[0]}`", origin)


# --- keys ---------------------------------------------------------------------------------------------------------

_KEY_NAMES: Final = ("arn", "aliases", "policy", "spec", "usage", "enabled", "origin", "multi-region")


def read_key(table: Mapping[str, object], page: Page) -> tuple[Key, tuple[Alias, ...]]:
    """A key outside the source, and its aliases; what is not declared of it is unknown."""
    known_names(table, _KEY_NAMES, "a key", page.origin)
    written = page.text(table["arn"], "arn")
    fields = arn.split(written)
    literal = written.literal or ""
    if fields is None or not (fields.resource.literal or "").startswith("key/"):
        raise SettingsError(f"`{literal}` is not a key ARN", page.origin)
    block = page.block(literal)
    key = Key(
        block,
        written,
        text((fields.resource.literal or "").removeprefix("key/")),
        (_key_policy(table, page, literal),),
        spec=_fact(table, "spec", page),
        usage=_fact(table, "usage", page),
        enabled=_fact(table, "enabled", page),
        key_origin=_fact(table, "origin", page),
        multi_region=_fact(table, "multi-region", page),
        material_missing=Bool(value=False),
        account=fields.account,
        region=fields.region,
    )
    return key, tuple(_alias(name, key, page) for name in _list(table.get("aliases", []), "aliases", page))


def _key_policy(table: Mapping[str, object], page: Page, owner: str) -> Policy:
    if "policy" not in table:
        return Policy(PolicyKind.OUTSIDE, None, owner, origin=page.origin)
    document = page.document(table["policy"], "policy")
    return Policy(PolicyKind.KEY, document, owner, origin=document.origin)


def _fact(table: Mapping[str, object], name: str, page: Page) -> Value:
    value = table.get(name)
    if isinstance(value, bool):
        return Bool(value, page.origin)
    if value is not None:
        return page.text(value, name)
    return Unknown(Why.OUTSIDE_SOURCE, f"the {name} of key `{table['arn']}`", identity=f"{name} of {table['arn']}")


def _alias(name: object, key: Key, page: Page) -> Alias:
    """An alias of the key, by its name, or by its ARN: in the account and Region of the key."""
    written = page.text(name, "aliases")
    fields = arn.split(key.arn)
    before = text("arn:", fields.partition if fields else "aws", ":kms:", key.region, ":", key.account, ":")
    literal = (written.literal or "").removeprefix(before.literal or "")
    if not literal.startswith("alias/"):
        raise SettingsError(f"`{written.literal}` is not an alias in the account and Region of the key", page.origin)
    own = text(literal, origin=written.origin)
    return Alias(page.block(literal), own, text(before, own), key.arn)


# --- roles --------------------------------------------------------------------------------------------------------

_ROLE_NAMES: Final = ("arn", "trust", "policies", "managed-policies", "boundary")


def read_role(table: Mapping[str, object], page: Page) -> Identity:
    """A role outside the source. With `policies` or `managed-policies` these are all it has; else they are unknown."""
    known_names(table, _ROLE_NAMES, "a role", page.origin)
    written = page.text(table["arn"], "arn")
    fields = arn.split(written)
    literal = written.literal or ""
    if fields is None or not (fields.resource.literal or "").startswith("role/"):
        raise SettingsError(f"`{literal}` is not a role ARN", page.origin)
    boundary = table.get("boundary")
    return Identity(
        page.block(literal),
        IdentityKind.ROLE,
        arn.last_segment(fields.resource),
        written,
        policies=tuple(_policies(table, page, literal)),
        boundary=None if boundary is None else _policy(PolicyKind.BOUNDARY, boundary, page, literal),
        trust=_trust(table, page, literal),
        account=fields.account,
        outside=True,
    )


def _trust(table: Mapping[str, object], page: Page, owner: str) -> Policy:
    if "trust" in table:
        return _policy(PolicyKind.TRUST, table["trust"], page, owner)
    unknown = Unknown(Why.OUTSIDE_SOURCE, f"the trust policy of role `{owner}`", identity=f"trust of {owner}")
    return Policy(PolicyKind.TRUST, unknown, owner, origin=page.origin)


def _policies(table: Mapping[str, object], page: Page, owner: str) -> list[Policy]:
    if "policies" not in table and "managed-policies" not in table:
        return [Policy(PolicyKind.OUTSIDE, None, owner, origin=page.origin)]
    own = _list(table.get("policies", []), "policies", page)
    attached = _list(table.get("managed-policies", []), "managed-policies", page)
    inline = [_policy(PolicyKind.INLINE, each, page, owner) for written in own for each in page.files(written)]
    return inline + [_managed(page.text(each, "managed-policies"), page, owner) for each in attached]


_POLICY_NAMES: Final = ("arn", "policy")


def read_policy(table: Mapping[str, object], page: Page) -> Policy:
    """A customer managed policy outside the source."""
    known_names(table, _POLICY_NAMES, "a policy", page.origin)
    written = page.text(table["arn"], "arn")
    fields = arn.split(written)
    literal = written.literal or ""
    if fields is None or not (fields.resource.literal or "").startswith("policy/"):
        raise SettingsError(f"`{literal}` is not the ARN of a policy", page.origin)
    if AWS_POLICY in literal:
        raise SettingsError(f"`{literal}` is a policy of AWS, which keyfit knows", page.origin)
    if "policy" not in table:
        raise SettingsError("a policy has no `policy`", page.origin)
    document = page.document(table["policy"], "policy")
    return Policy(PolicyKind.MANAGED, document, literal, arn=written, origin=document.origin)


def _policy(kind: PolicyKind, written: object, page: Page, owner: str) -> Policy:
    if kind is PolicyKind.BOUNDARY and isinstance(written, str) and written.startswith("arn:"):
        return _managed(page.text(written, "boundary"), page, owner)
    document = page.document(written, kind.value)
    name = written if isinstance(written, str) and kind is PolicyKind.INLINE else ""
    return Policy(kind, document, owner, name, origin=document.origin)


def _managed(written: Text, page: Page, owner: str) -> Policy:
    kind = PolicyKind.AWS_MANAGED if AWS_POLICY in (written.literal or "") else PolicyKind.OUTSIDE
    return Policy(kind, None, owner, arn=written, origin=page.origin)


# --- uses ---------------------------------------------------------------------------------------------------------

KINDS: Final = {words.lower().replace(" ", "-"): kind for words, (_, kind) in index.kinds().items()}
_USE_NAMES: Final = ("kind", "name", "key", "role", "caller", "bucket", "group")


def _purpose(kind: Kind) -> Purpose:
    """What such a consumer does with its keys and buckets, where it does one thing with all of them."""
    found = {each for form in kind.forms.values() for each in (*form.keys.values(), *form.buckets.values())}
    return Purpose(found.pop()) if len(found) == 1 else Purpose.STORE


def read_use(table: Mapping[str, object], page: Page) -> Consumer:
    """A use of a role or key that the source does not show."""
    known_names(table, _USE_NAMES, "a use", page.origin)
    kind = KINDS.get(str(table["kind"]))
    if kind is None:
        raise SettingsError(
            f"`{table['kind']}` is not a kind of use{nearest(str(table['kind']), tuple(KINDS))}", page.origin
        )
    purpose = _purpose(kind)

    def use(name: str) -> Use | None:
        return Use(name, page.text(table[name], name), purpose) if name in table else None

    key, bucket = use("key"), use("bucket")
    return Consumer(
        page.block(str(table.get("name", table["kind"]))),
        kind.words,
        keys=(key,) if key else (),
        role=use("role"),
        buckets=(bucket,) if bucket else (),
        group=use("group"),
        caller=use("caller"),
        store=kind.store,
    )


def _list(written: object, name: str, page: Page) -> list[Any]:
    if not isinstance(written, list):
        raise SettingsError(f"`{name}` is not a list", page.origin)
    return written
