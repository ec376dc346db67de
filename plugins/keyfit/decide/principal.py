"""Who makes the request of a case: by the ARN that is given, or anybody where it is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn
from keyfit.decide.fields import PRINTABLE, has_wildcard, part_of, quoted, unknown_in
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import PrincipalEntry
from keyfit.shape import ACCOUNT_ID, NAME, PARTITION_NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.decide.fields import Fields
    from keyfit.model.keys import Grant
    from keyfit.policy.policy_set import Governing
    from keyfit.policy.request import Context
    from keyfit.value import Hole, Value

_FIELD: Final = "request.principal"
_EXPECTED: Final = "the ARN of a role, role session, user or root user, or a service principal"


class _Form(NamedTuple):
    """A kind of principal, and the pattern of its ARNs."""

    kind: PrincipalKind
    pattern: Text


# By what begins the last field of the ARN.
_FORMS: Final = {
    "role": _Form(PrincipalKind.ROLE, text("arn:*:iam::*:role/?*")),
    "assumed-role": _Form(PrincipalKind.SESSION, text("arn:*:sts::*:assumed-role/?*/?*")),
    "user": _Form(PrincipalKind.USER, text("arn:*:iam::*:user/?*")),
    "root": _Form(PrincipalKind.ROOT, text("arn:*:iam::*:root")),
}


def principals(name: Text, context: Context, named: Iterable[arn.Arn], fields: Fields) -> tuple[Principal, ...]:
    """The principal of that name; where it is wholly unknown, one of each kind that there is.

    `named` are the roles that the policies of the resource, and grants on it, name. Raises `CaseError`.
    """
    match name.parts:
        case (Unknown() as hole,):
            return tuple(_anybody(hole))
        case _:
            return (_principal(name, context, named, fields),)


def _principal(name: Text, context: Context, named: Iterable[arn.Arn], fields: Fields) -> Principal:
    parts = arn.split(name)
    if parts is None:
        return _service(name, fields)
    form = _FORMS.get(parts.resource.prefix.partition("/")[0])
    if form is None or has_wildcard(name) or not _fits(form, name):
        raise _refused(name, fields)
    account = fields.account(parts.account, _FIELD, name)
    if form.kind is PrincipalKind.SESSION:
        role = _told_role(name, context, fields) or _named_role(parts, named)
        return Principal(form.kind, name, account, role)
    told = _told(context, fields)
    if told is not None and arn.equal(told, name).truth is Truth.NO:
        raise fields.error(f"`aws:PrincipalArn` of the context is {quoted(told)}, and `{_FIELD}` is {quoted(name)}")
    return Principal(form.kind, name, account, name if form.kind is PrincipalKind.ROLE else None)


def _fits(form: _Form, name: Text) -> bool:
    slashes = name.known.count("/")
    too_many = form.kind is PrincipalKind.SESSION and slashes > _SLASHES
    return not too_many and arn.like(form.pattern, name).truth is not Truth.NO


_SLASHES: Final = 2  # of `assumed-role/ROLE/SESSION`


def _service(name: Text, fields: Fields) -> Principal:
    if "." not in name.prefix or ":" in name.prefix or has_wildcard(name):
        raise _refused(name, fields)
    return Principal(PrincipalKind.SERVICE, name)


def _refused(name: Text, fields: Fields) -> ValueError:
    if name.holes:
        return fields.error(f"`{_FIELD}` is {quoted(name)}: cannot tell whether it is {_EXPECTED}")
    return fields.wrong(_FIELD, name, _EXPECTED)


# --- the role behind a session -----------------------------------------------------------------------------------

_ROLE: Final = "role/"
_SESSION: Final = "assumed-role/"
_SOME_SESSION: Final = text(Unknown(Why.UNREADABLE, "the session", shape=NAME))


def _named_role(session: arn.Arn, named: Iterable[arn.Arn]) -> Text:
    """The role of that name, whose path the session's ARN does not tell (K26)."""
    role = _role_name(session.resource)
    before = text("arn:", session.partition, ":iam::", session.account, ":", _ROLE)
    return text(before, _path(role, session, named), role)


def _told(context: Context, fields: Fields) -> Text | None:
    """The `aws:PrincipalArn` of the context, if that tells it."""
    fact = context.facts.get("aws:principalarn")
    if fact is None or isinstance(fact.values, Unknown):
        return None
    if len(fact.values) != 1:
        raise fields.error(f"`aws:PrincipalArn` of the context must have one value, and has {len(fact.values)}")
    (told,) = fact.values
    return told if isinstance(told, Text) else None


def _told_role(session: Text, context: Context, fields: Fields) -> Text | None:
    """The role of `aws:PrincipalArn` (K29), if the context tells it: one that the session can be of."""
    role = _told(context, fields)
    if role is None:
        return None
    own = arn.session(role, _SOME_SESSION)
    if own is None and role.holes:
        return None
    if own is None or arn.equal(own, session).truth is Truth.NO:
        is_ = f"`aws:PrincipalArn` of the context is {quoted(role)}"
        raise fields.error(f"{is_}, which is not the ARN of the role of session {quoted(session)}")
    return role


def _role_name(resource: Text) -> Text:
    """What stands between the slashes of `assumed-role/ROLE/SESSION`; with a hole for what follows a hole there."""
    hole = unknown_in(resource)
    rest = part_of(hole, "rest of the role's name", _REST) if hole else ""
    if not resource.prefix.startswith(_SESSION):
        return text(rest)
    known: list[str | Hole] = []
    for part in (resource.prefix.removeprefix(_SESSION), *resource.parts[1:]):
        if isinstance(part, str) and "/" in part:
            return text(*known, part.partition("/")[0])
        known.append(part)
    return text(known[0], rest)  # the second slash is somewhere in the holes


_REST: Final = Shape(NAME.characters, 0, NAME.longest)
_PATH: Final = Shape(PRINTABLE, 0, 511)  # from after `role/` up to the name


def _path(name: Text, place: arn.Arn, named: Iterable[arn.Arn]) -> Text:
    """The path of the role `name`, without its first slash.

    Names of roles are unique in an account, whatever their paths, and a principal that a policy names exists (K15): if
    the policies of the resource name one role of that name, it is this one. Else the path is not known.
    """
    before = {
        role.resource.prefix.removeprefix(_ROLE).removesuffix(name.prefix)
        for role in named
        if name.literal and _has_name(role, name.literal) and role[:5] == (*place[:2], _IAM, *place[3:5])
    }
    paths = {each for each in before if not each or each.endswith("/")}
    if len(paths) == 1:
        return text(*paths)
    words = f"the path of role {quoted(name)}, which `aws:PrincipalArn` in the context would give, is not known"
    others = frozenset(before - paths)
    return text(Unknown(Why.UNREADABLE, words, identity=f"path of {name.parts}", not_in=others, shape=_PATH))


_IAM: Final = text("iam")


def _has_name(role: arn.Arn, name: str) -> bool:
    """Whether that name, or one that ends like it, is in the ARN of a role."""
    written = role.resource.literal or ""
    return written.startswith(_ROLE) and written.endswith(name)


def roles_named(governing: Governing) -> Iterator[arn.Arn]:
    """The ARNs without holes that the Principal or NotPrincipal of a statement of the key policy names."""
    statements = (each for policy in governing.resource for each in governing.memory.of(policy).document.statements)
    entries = (entry for each in statements if each.principals for entry in each.principals.entries)
    return _arns(entry.value for entry in entries if isinstance(entry, PrincipalEntry))


def grantees_named(grants: Iterable[Grant]) -> Iterator[arn.Arn]:
    """The ARNs without holes that are grantees: they were there when the grants were made."""
    return _arns(grant.grantee for grant in grants)


def _arns(names: Iterable[Value]) -> Iterator[arn.Arn]:
    split = (arn.split(name) for name in names if isinstance(name, Text) and not name.holes)
    return (parts for parts in split if parts is not None)


# --- anybody -----------------------------------------------------------------------------------------------------


def _anybody(hole: Unknown) -> Iterator[Principal]:
    """A principal of each kind, of which nothing else is known."""

    def part(name: str, shape: Shape) -> Unknown:
        return part_of(hole, f"principal's {name}", shape)

    def named(service: str, *resource: str | Hole) -> Text:
        return text("arn:", part("partition", PARTITION_NAME), f":{service}::", account, ":", *resource)

    account = text(part("account", ACCOUNT_ID))
    name = part("name", NAME)
    role = named("iam", _ROLE, part("path", _PATH), name)
    yield Principal(PrincipalKind.ROLE, role, account, role)
    yield Principal(PrincipalKind.SESSION, named("sts", _SESSION, name, "/", part("session", NAME)), account, role)
    yield Principal(PrincipalKind.USER, named("iam", "user/", part("path", _PATH), name), account)
    yield Principal(PrincipalKind.ROOT, named("iam", "root"), account)
    yield Principal(PrincipalKind.SERVICE, text(hole))
