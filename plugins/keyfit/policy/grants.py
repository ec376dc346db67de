"""What a grant gives: actions on one key, to one grantee, within its constraints (K46, K67-K70)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn, kms_actions
from keyfit.policy.principal import Names, Ways, ways
from keyfit.policy.request import PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry, Principals
from keyfit.truth import Truth
from keyfit.value import List, Null, Object, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.keys import Grant
    from keyfit.policy.request import Context, Fact, Request
    from keyfit.value import Value

_CONTEXT: Final = "kms:encryptioncontext:"
_KEY: Final = "key/"
_ALLOW: Final = frozenset({Effect.ALLOW})
_ACCOUNT_GRANTEE: Final = Unknown(Why.UNDOCUMENTED, "whom a grant to an account reaches", identity="account grantee")


def gives(grant: Grant, request: Request) -> Answer:
    """Whether `grant` lets `request` pass, as far as KMS alone decides."""
    action = kms_actions.find(request.action)
    if action is not None and not action.grantable:
        return NO
    return all_of(
        (
            grant.block.present,
            _is_key(grant.key, request.resource),
            _is_grantee(grant.grantee, request),
            _has_operation(grant.operations, text((action.name if action else request.action).partition(":")[2])),
            _source_matches(grant.source_arn, request.context),
            _encryption_context_matches(grant, request, action),
            _is_no_wider(grant, request.context) if action is not None and action.name == "kms:CreateGrant" else YES,
        )
    )


def _is_no_wider(grant: Grant, context: Context) -> Answer:
    """Whether a grant made by right of `grant` gives no more: no further operation, and no weaker constraint."""
    asked = context.find("kms:GrantOperations")
    if isinstance(asked.values, Unknown):
        return maybe(asked.values)
    if not asked.values:  # every grant has some
        return maybe(_OPERATIONS)
    operations = all_of(
        maybe(each) if isinstance(each, Unknown) else _has_operation(grant.operations, each) for each in asked.values
    )
    constraints = grant.source_arn, grant.encryption_context_equals, grant.encryption_context_subset
    constrained = any(each is not None and not isinstance(each, Null) for each in constraints)
    return operations & (maybe(_NARROWER) if constrained else YES)


_OPERATIONS: Final = Unknown(
    Why.RUN_TIME, "which operations the new grant has", identity="operations of a grant made by right of another"
)
_NARROWER: Final = Unknown(
    Why.RUN_TIME, "what constrains the new grant", identity="constraints of a grant made by right of another"
)


def _is_key(written: Value, key_arn: Text) -> Answer:
    """Whether a key, given by ARN or id, is the one with that ARN."""
    if not isinstance(written, Text):
        return _open(written)
    fields = arn.split(key_arn)
    by_arn = arn.equal(written, key_arn)
    if fields is None or not fields.resource.prefix.startswith(_KEY):
        is_id = key_arn.holes and not written.prefix.startswith("arn:")
        return by_arn | maybe(*key_arn.holes) if is_id else by_arn
    first, *others = fields.resource.parts
    return any_of((by_arn, arn.equal(written, text(str(first).removeprefix(_KEY), *others))))


def _is_grantee(written: Value, request: Request) -> Answer:
    """Whether the grantee is the principal. What a grant to a whole account gives is not documented (K69)."""
    if not isinstance(written, Text):
        return _open(written)
    named = _ways(written, request)
    return named.exact | named.itself | named.account & maybe(_ACCOUNT_GRANTEE)


def names_exactly(grantee: Value, request: Request) -> Answer:
    """Whether the grantee is the session, user or root user that asks, and not its role."""
    return _ways(grantee, request).exact if isinstance(grantee, Text) else _open(grantee)


def _ways(written: Text, request: Request) -> Ways:
    kind = "Service" if request.principal.kind is PrincipalKind.SERVICE else "AWS"
    return ways(Principals((PrincipalEntry(kind, written),)), Names(request.principal), _ALLOW)


def _has_operation(written: Value, name: Text) -> Answer:
    items = _listed(written)
    return any_of(arn.equal(item, name) if isinstance(item, Text) else _open(item) for item in items)


def _source_matches(constraint: Value | None, context: Context) -> Answer:
    """Whether the request is made for the resource that a source constraint names (K68, K69)."""
    if constraint is None or isinstance(constraint, Null):
        return YES
    if isinstance(constraint, Unknown):  # it can be none
        return maybe(constraint)
    return _has_value(context.find("aws:SourceArn"), constraint)


def _encryption_context_matches(grant: Grant, request: Request, action: kms_actions.Action | None) -> Answer:
    """Whether both constraints on the encryption context are met; operations that have none are free of them (K68)."""
    if action is None or not action.has_encryption_context or action.name == "kms:RetireGrant":
        return YES
    context = request.context
    equals, subset = grant.encryption_context_equals, grant.encryption_context_subset
    return all_of((_holds(equals, context), _holds_no_more(equals, context), _holds(subset, context)))


def _holds(pairs: Value | None, context: Context) -> Answer:
    """Whether the encryption context has all of `pairs`: the key in any letter case, the value exactly."""
    match pairs:
        case None | Null():
            return YES
        case Object(entries, rest):
            found = [_has_value(_pair(context, key), value) for key, value in entries]
            return all_of(found if rest is None else (*found, maybe(rest)))
        case _:
            return _open(pairs)


def _pair(context: Context, key: Text) -> Fact | None:
    return None if key.literal is None else context.find(_CONTEXT + key.literal)


def _holds_no_more(pairs: Value | None, context: Context) -> Answer:
    """Whether the encryption context has nothing beside `pairs`."""
    if not isinstance(pairs, Object) or pairs.rest is not None or any(key.holes for key, _ in pairs.entries):
        return YES  # what `_holds` leaves open is open
    constrained = {f"{_CONTEXT}{key.literal}".lower() for key, _ in pairs.entries}
    further = (fact for name, fact in context.facts.items() if name.startswith(_CONTEXT) and name not in constrained)
    unlisted = context.find(_CONTEXT)  # stands for every pair that is not listed
    return all_of(~fact.present for fact in (*further, unlisted))


def _has_value(fact: Fact | None, wanted: Value) -> Answer:
    """Whether a context key is there and has the value `wanted`."""
    if fact is not None and fact.present.truth is Truth.NO and isinstance(wanted, Text | Unknown):
        return NO
    if fact is None or not isinstance(wanted, Text):
        return _open(wanted)
    if isinstance(fact.values, Unknown):
        return all_of((fact.present, maybe(fact.values)))
    return all_of((fact.present, any_of(_equal(wanted, value) for value in fact.values)))


def _equal(wanted: Text, given: Text | Unknown) -> Answer:
    return arn.equal(wanted, given) if isinstance(given, Text) else maybe(given)


def _listed(value: Value) -> Iterable[Value]:
    match value:
        case List(items, rest):
            return items if rest is None else (*items, rest)
        case _:
            return (value,)


def _open(value: Value) -> Answer:
    """MAYBE for a value that is not the text it ought to be."""
    holes = holes_in(value)
    return maybe(*holes or (Unknown(Why.INVALID, "a value of the grant is not a string", origin=value.origin),))
