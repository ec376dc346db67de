"""The request of a case: one action of KMS or STS, on one resource, in a context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import maybe
from keyfit.aws import arn, kms_actions
from keyfit.decide.fields import close, has_wildcard, part_of, quoted, told, unknown, unknown_in, without_further_colons
from keyfit.decide.principal import principals
from keyfit.json_text import plain
from keyfit.policy.request import Context, Fact, Request, present
from keyfit.shape import ANY, PARTITION_NAME, REGION_NAME
from keyfit.truth import Truth
from keyfit.value import List, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.decide.fields import Fields
    from keyfit.policy.request import Principal
    from keyfit.shape import Shape
    from keyfit.value import Value

REQUEST: Final = ("principal", "action", "resource", "resource_account", "context")
_PRINCIPAL_ARN: Final = "aws:principalarn"
ASSUME_ROLE: Final = "sts:AssumeRole"


class Operation(NamedTuple):
    """What is asked for, before who asks: the action as AWS spells it, the resource, its account, the context.

    `kinds` is the resource; where it can be a key or an alias, one of each.
    """

    principal: Text
    action: str
    resource: Text
    account: Text
    context: Context
    kinds: tuple[Text, ...]

    def requests(self, named: Iterable[arn.Arn], fields: Fields) -> tuple[Request, ...]:
        """The request; where principal or resource is unknown, one for each kind that it can be of."""
        # What an unknown `aws:PrincipalArn` can be, is not told by what else there is.
        tells = self.context.complete and _PRINCIPAL_ARN not in self.context.facts
        who = principals(self.principal, self.context, named if tells else (), fields)
        for each in who:
            _check_partitions(each.arn, self.resource, fields)
        asked = product(who, self.kinds)
        return tuple(Request(each, self.action, kind, self.account, self._context_of(each)) for each, kind in asked)

    def _context_of(self, principal: Principal) -> Context:
        """The context; of an unknown one is known what every signed request says of who makes it (K29)."""
        facts = self.context.facts
        if not isinstance(facts, _Anything) or principal.account is None:
            return self.context
        who = {_PRINCIPAL_ARN: principal.role or principal.arn, "aws:principalaccount": principal.account}
        return Context(_Anything(facts.hole, {key: present(value) for key, value in who.items()}))


def read_request(data: object, fields: Fields) -> Operation:
    """The request in `data`. Raises `CaseError`."""
    given = fields.of(data, "request", REQUEST, required=("principal", "action", "resource"))
    action = _action(given["action"], fields)
    resource = _resource(fields.text(given["resource"], "request.resource"), action, fields)
    account = _account(given.get("resource_account"), resource, fields)
    return Operation(
        principal=without_further_colons(fields.text(given["principal"], "request.principal")),
        action=action,
        resource=resource,
        account=account,
        context=_context(given.get("context", {}), fields),
        kinds=tuple(_kinds(resource, account, action)),
    )


# --- what is asked for -------------------------------------------------------------------------------------------


def _action(data: object, fields: Fields) -> str:
    """The action as AWS spells it (I17)."""
    name = data if isinstance(data, str) else ""
    if name.lower() == ASSUME_ROLE.lower():
        return ASSUME_ROLE
    found = kms_actions.find(name)
    if found is None:
        expected = f"a KMS action or `{ASSUME_ROLE}`"
        names = (*(each.name for each in kms_actions.every_action()), ASSUME_ROLE)
        raise fields.error(f"`request.action` is {told(data)}, but must be {expected}{close(name, names)}")
    return found.name


def _check_partitions(principal: Text, resource: Text, fields: Fields) -> None:
    """No principal reaches what lies in another partition."""
    one, other = arn.split(principal), arn.split(resource)
    if one is not None and other is not None and arn.equal(one.partition, other.partition).truth is Truth.NO:
        both = f"{quoted(one.partition)}, and `request.resource` in {quoted(other.partition)}"
        raise fields.error(f"`request.principal` is in partition {both}")


class _Form(NamedTuple):
    """A kind of resource: its ARNs as a pattern, and in words."""

    pattern: Text
    words: str


_KEY: Final = _Form(text("arn:*:kms:?*:*:key/?*"), "the ARN of a key, `arn:aws:kms:REGION:ACCOUNT:key/ID`")
_ALIAS: Final = _Form(text("arn:*:kms:?*:*:alias/?*"), "the ARN of an alias, `arn:aws:kms:REGION:ACCOUNT:alias/NAME`")
_ROLE: Final = _Form(text("arn:*:iam::*:role/?*"), "the ARN of a role, `arn:aws:iam::ACCOUNT:role/NAME`")
_FORMS: Final = {"key": _KEY, "alias": _ALIAS}
_BEGINNINGS: Final = tuple(f"{name}/" for name in _FORMS)
_NOTHING: Final = "*"  # the resource of an action that has none (K43)


def _resource(written: Text, action: str, fields: Fields) -> Text:
    """What the request is about: of a kind that the action works on."""
    row = kms_actions.find(action)
    names = sorted(row.resources) if row else []
    forms = [_ROLE] if row is None else [_FORMS[name] for name in names] or [_ALIAS, _KEY]
    if written.literal == _NOTHING and row is not None and not names:
        return written
    if has_wildcard(written) or all(arn.like(form.pattern, written).truth is Truth.NO for form in forms):
        expected = " or ".join(form.words for form in forms) + ("" if row is None or names else f" or `{_NOTHING}`")
        raise fields.error(f"`request.resource` of `{action}` is {quoted(written)}, but must be {expected}")
    return written


def _kinds(resource: Text, account: Text, action: str) -> Iterator[Text]:
    """`resource`; where nothing tells of which kind it is, or nothing at all, something of each kind that it can be."""
    row = kms_actions.find(action)
    names = sorted(row.resources) if row else ()
    told, hole = without_further_colons(resource), unknown_in(resource)
    if hole is None or not names or _is_told(told, len(names)):
        yield told
        return

    def part(name: str, shape: Shape) -> Unknown:
        return part_of(hole, f"resource's {name}", shape)

    partition, region = part("partition", PARTITION_NAME), part("region", REGION_NAME)
    for name in names:
        if arn.like(_FORMS[name].pattern, resource).truth is not Truth.NO:
            yield text("arn:", partition, ":kms:", region, ":", account, f":{name}/", part(name, ANY))


def _is_told(resource: Text, kinds: int) -> bool:
    """Whether something is known of a resource, and that is enough to tell of which of so many kinds it is."""
    if resource.holes == resource.parts:
        return False
    fields = arn.split(resource)
    return kinds == 1 or (fields is not None and fields.resource.prefix.startswith(_BEGINNINGS))


def _account(data: object, resource: Text, fields: Fields) -> Text:
    """The account that owns the resource: as it is given, or as the ARN of the resource has it."""
    name = "request.resource_account"
    in_arn = arn.account_of(resource)
    if in_arn is not None:
        fields.account(in_arn, "request.resource", resource)
    if data is None:
        if in_arn is not None:
            return in_arn
        raise fields.error(f"`{name}` is missing, and `request.resource` does not include it")
    written = fields.text(data, name)
    given = fields.account(written, name, written)
    if in_arn is None:
        return given
    if arn.equal(given, in_arn).truth is Truth.NO:
        raise fields.error(f"`{name}` is {quoted(given)}, but the account of `request.resource` is {quoted(in_arn)}")
    return in_arn if given.holes else given


# --- the context -------------------------------------------------------------------------------------------------


def _context(data: object, fields: Fields) -> Context:
    """The context keys, all others absent; `{"unknown": "why"}` is a context of which nothing is known."""
    hole = unknown(data)
    if hole:
        return Context(_Anything(hole))
    if not isinstance(data, dict):
        raise fields.wrong("request.context", data, "an object")
    spelled: dict[str, str] = {}
    for key in data:
        if key.lower() in spelled:
            both = f"{quoted(spelled[key.lower()])} and {quoted(key)}"
            raise fields.error(f"`request.context` has {both}, which are the same key: keys are not case-sensitive")
        spelled[key.lower()] = key
    return Context({key.lower(): _fact(key, value, fields) for key, value in data.items()}, complete=True)


class _Anything(Mapping[str, Fact]):
    """The facts of a context that is unknown: those that are `known`; any other may be there, with any value."""

    def __init__(self, hole: Unknown, known: Mapping[str, Fact] = MappingProxyType({})) -> None:
        self.hole, self.known = hole, known

    def __getitem__(self, name: str) -> Fact:
        value, there = (replace(self.hole, identity=f"{what} {name}") for what in ("context", "present"))
        return self.known.get(name) or Fact(maybe(there), value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def _fact(key: str, data: object, fields: Fields) -> Fact:
    match fields.value(data):
        case Unknown() as hole:
            return Fact(present().present, hole)
        case List(items, None):
            return present(*(_scalar(item, key, data, fields) for item in items))
        case value:
            return present(_scalar(value, key, data, fields))


def _scalar(value: Value, key: str, data: object, fields: Fields) -> Text | Unknown:
    known = plain.scalar(value)
    if known is None:
        is_ = f"{told(data)} with something else in it" if isinstance(data, list) else told(data)
        raise fields.error(f"{quoted(key)} of the context is {is_}, but must be a string or a list of strings")
    return known
