"""A second evaluator: two-valued, slow, obvious, and without a line of the engine's. Every value must be known.

It reads what `keyfit decide` reads (JSON documents, a request, its context), and follows the manual pages in the
manual's order. What AWS leaves open raises `Undocumented`: then there is nothing to compare.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOW, IMPLICIT, EXPLICIT = "Allow", "ImplicitDeny", "ExplicitDeny"
Json = Any


class Undocumented(Exception):  # noqa: N818 - it is not an error
    """AWS does not say, or nobody can know."""


@dataclass
class Asked:
    """A request. `kind` is role, session, user, root or service; `role` the role of a session."""

    kind: str
    arn: str
    account: str
    role: str
    action: str
    resource: str
    owner: str  # the account of the key
    context: dict[str, list[str]]  # by lower-case key
    bounded: bool = False  # a permissions boundary is attached


@dataclass
class World:
    """The documents around a request."""

    key: list[Json] = field(default_factory=list)
    identity: list[Json] = field(default_factory=list)
    boundaries: list[Json] = field(default_factory=list)
    session: list[Json] = field(default_factory=list)
    scps: list[Json] = field(default_factory=list)
    rcps: list[Json] = field(default_factory=list)


# Of the actions that tests ask for:
ABROAD = {"Decrypt", "GenerateDataKey", "CreateGrant", "DescribeKey", "ListGrants"}  # K8
SEVERAL = {"kms:encryptioncontextkeys", "kms:grantoperations", "aws:tagkeys"}  # keys of several values
KEYLESS = {"ListAliases", "ListKeys", "CreateKey", "GenerateRandom"}  # K43


# --- authorization: design, section 5 ----------------------------------------------------------------------------


def decision(asked: Asked, world: World) -> str:
    """Allow, ImplicitDeny or ExplicitDeny."""
    person = asked.kind != "service"
    if asked.kind in {"root", "service"}:  # these two have no policies of their own
        world = replace(world, identity=[], boundaries=[], session=[])
    if asked.action.split(":")[1] in KEYLESS:
        world = replace(world, key=[])
    asked = replace(asked, bounded=bool(world.boundaries))
    denying = world.key + world.rcps
    if person:
        denying = denying + world.identity + world.boundaries + world.session + world.scps
    if any(applies(s, asked, d, "anyhow") for d in denying for s in statements(d, "Deny")):
        return EXPLICIT
    sessions = {given([document], asked) for document in world.session} or {True}
    answers = {opened(asked, world, session=session) for session in sessions}
    if len(answers) > 1:
        raise Undocumented  # whether one of several session policies is enough
    scp = not person or not world.scps or given(world.scps, asked)
    return ALLOW if answers == {True} and scp else IMPLICIT


def given(documents: list[Json], asked: Asked, how: str = "anyhow") -> bool:
    """Whether a statement of the documents allows it, naming who asks in that way."""
    return any(applies(s, asked, d, how) for d in documents for s in statements(d, "Allow"))


def opened(asked: Asked, world: World, *, session: bool) -> bool:
    """Whether a route is open; `session` says whether the session policies leave the action."""
    name = asked.action.split(":")[1]
    boundary = all(given([document], asked) for document in world.boundaries)
    own = asked.kind == "root" or (given(world.identity, asked) and boundary and session)
    key, home = world.key, asked.account == asked.owner
    exact, general, everybody, account = (
        given(key, asked, w) for w in ("exactly", "generally", "everybody", "account")
    )
    if asked.kind == "service":
        return general or everybody
    if name in KEYLESS:
        return own and home
    on_bucket = asked.action.startswith("s3:")
    if not home:
        return (exact or general or everybody or account) and own and (name in ABROAD or on_bucket)
    of_arn = any(applies(s, asked, d, "everybody") for d in key for s in statements(d, "Allow") if asks_for_arn(s))
    unrestricted = (exact and (session or asked.kind == "session")) or of_arn
    allowed = unrestricted or ((general or everybody) and boundary and session) or ((account or on_bucket) and own)
    if everybody and not allowed:
        raise Undocumented  # whether boundaries and session policies restrict what `*` is allowed
    return allowed


def asks_for_arn(statement: Json) -> bool:
    """Whether a statement has a condition that `aws:PrincipalArn` be something."""
    lines = [(operator, key) for operator, block in statement.get("Condition", {}).items() for key in block]
    operators = [operator for operator, key in lines if key.lower() == "aws:principalarn"]
    return bool(operators) and operators[0] != "Null" and "Not" not in operators[0]


# --- statements --------------------------------------------------------------------------------------------------


def listed(value: Json) -> list[Json]:
    """IAM takes a scalar for a list of it."""
    return value if isinstance(value, list) else [value]


def statements(document: Json, effect: str) -> list[Json]:
    """The statements of a document with that effect."""
    return [statement for statement in listed(document["Statement"]) if statement["Effect"] == effect]


def applies(statement: Json, asked: Asked, document: Json, how: str) -> bool:
    """Whether a statement applies; `how` is the way in which its Principal has to name who asks."""
    variables = document.get("Version") == "2012-10-17"

    def patterns(element: str, *, filled: bool) -> list[str | None]:
        return [fill(p, asked) if filled and variables else p for p in listed(statement[element])]

    def either(element: str, target: str, *, fold: bool, filled: bool) -> bool:
        if element in statement:
            return any(p is not None and like(p, target, fold=fold) for p in patterns(element, filled=filled))
        excluded = patterns("Not" + element, filled=filled)
        if None in excluded:
            raise Undocumented
        return not any(like(str(p), target, fold=fold) for p in excluded)

    keyless = asked.action.split(":")[1] in KEYLESS
    target = "*" if keyless else asked.resource
    written = listed(statement.get("Resource", [])) + listed(statement.get("NotResource", []))
    early, refused = list(filter(is_early, written)), list(filter(is_refused, written))
    if variables and any(like(fill(w, asked) or "", target) for w in early):
        raise Undocumented
    refused = [
        w for w in listed(statement.get("Resource", [])) + listed(statement.get("NotResource", [])) if is_refused(w)
    ]
    if any(like((fill(w, asked) if variables else w) or "", target) for w in refused):
        raise Undocumented
    return (
        names(statement, asked, how)
        and either("Action", asked.action, fold=True, filled=False)
        and either("Resource", target, fold=False, filled=True)
        and all(
            condition(operator, key, listed(values), asked, variables=variables)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def names(statement: Json, asked: Asked, how: str) -> bool:
    """Whether a statement speaks of who asks, naming them in the way of `how`."""
    if "NotPrincipal" in statement:
        found = {way for kind, value in entries(statement["NotPrincipal"]) for way in ways(kind, value, asked)}
        if statement["Effect"] == "Deny" and asked.bounded:
            return how in {"everybody", "anyhow"}  # whatever is listed
        if statement["Effect"] == "Deny":
            found.discard("account")  # a listed root spares the root user alone
        if found and asked.kind not in {"service", "root"}:
            own = {asked.arn if asked.kind == "user" else asked.role, "*"}
            names_of = [value for kind, value in entries(statement["NotPrincipal"]) if kind == "AWS"]
            if statement["Effect"] != "Deny" or not (own & set(names_of)) or not account_listed(names_of, asked):
                raise Undocumented  # IAM recommends to list the role or user, and its account
        return how in {"everybody", "anyhow"} and not found
    if "Principal" not in statement:
        return True
    found = {way for kind, value in entries(statement["Principal"]) for way in ways(kind, value, asked)}
    return bool(found) if how == "anyhow" else how in found


def account_listed(listed_names: list[str], asked: Asked) -> bool:
    """Whether the account of who asks is listed, by id or by its root."""
    root = f"arn:{asked.arn.split(':')[1]}:iam::{asked.account}:root"
    return bool({"*", asked.account, root} & set(listed_names))


def entries(principal: Json) -> list[tuple[str, str]]:
    """A Principal element as pairs of kind and value."""
    if principal == "*":
        return [("AWS", "*")]
    return [(kind, value) for kind, values in principal.items() for value in listed(values)]


def ways(kind: str, value: str, asked: Asked) -> list[str]:
    """In which ways a Principal entry names who asks."""
    if kind == "AWS" and value == "*":
        return ["everybody"]
    if kind == "Service":
        return ["generally"] if asked.kind == "service" and value == asked.arn else []
    if kind != "AWS" or asked.kind == "service":
        return []
    if re.fullmatch("AIDA[A-Z0-9]{12,}" if asked.kind == "user" else "AROA[A-Z0-9]{12,}", value):
        raise Undocumented  # the unique id of a user or role, which no request of these tests tells
    if value == asked.account or re.fullmatch(rf"arn:{asked.arn.split(':')[1]}:iam::{asked.account}:root", value):
        return ["generally", "account"] if asked.kind == "root" else ["account"]
    if asked.kind == "role" and f":{asked.account}:assumed-role/{asked.role.rpartition('/')[2]}/" in value:
        raise Undocumented  # it is one of the role's sessions, and perhaps this one
    if value == asked.arn:
        return ["generally"] if asked.kind == "role" else ["exactly"]
    return ["generally"] if value == asked.role else []


# --- patterns and variables --------------------------------------------------------------------------------------

STAR, MARK = "\0", "\1"  # a star and a question mark that are none


def like(pattern: str, text: str, *, fold: bool = False) -> bool:
    """Whether a pattern with `*` and `?` matches the whole text."""
    return bool(expression(pattern, fold).fullmatch(text))


@cache
def expression(pattern: str, fold: bool) -> re.Pattern[str]:  # noqa: FBT001 - cached
    """The pattern as a regular expression."""
    kinds = {"*": ".*", "?": ".", STAR: r"\*", MARK: r"\?"}
    return re.compile("".join(kinds.get(c) or re.escape(c) for c in pattern), re.IGNORECASE * fold | re.DOTALL)


def fill(pattern: str, asked: Asked) -> str | None:
    """The pattern with its variables filled in; nothing where one of them has no value."""
    filled = ""
    for text, name, default in re.findall(r"((?:(?!\$\{).)+)|\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}", pattern):
        if text:
            filled += text
            continue
        values = asked.context.get(name.lower())
        special = {"*": STAR, "?": MARK, "$": "$"}.get(name)
        if values == [""]:
            raise Undocumented  # whether an empty value is one
        value = special or (values[0] if values else default)
        if not value:
            return None
        filled += value if special else value.replace("*", STAR).replace("?", MARK)
    return filled


# --- conditions --------------------------------------------------------------------------------------------------


def is_early(pattern: str) -> bool:
    """Whether a variable stands before the fifth colon of an ARN, where AWS has none."""
    return pattern.partition("${")[0].count(":") < 5 and bool(re.search(r"\$\{(?![*?$]\})", pattern))


def is_refused(pattern: str) -> bool:
    """Whether an ARN has a wildcard in the type of its resource, where AWS wants none."""
    fields = pattern.split(":", 5)
    kind = re.split("[/:]", fields[-1])[0] if fields[2:3] != ["s3"] else ""  # a bucket has no type before its name
    return len(fields) == 6 and fields[-1].strip("*") != "" and bool(re.search(r"[*?]", kind))


def condition(operator: str, key: str, wanted: list[Json], asked: Asked, *, variables: bool) -> bool:
    """Whether one line of a condition block holds."""
    words = [str(w).lower() if isinstance(w, bool) else str(w) for w in wanted]
    given = asked.context.get(key.lower())
    if operator == "Null":
        missing = not given or (key.lower() in SEVERAL and not any(given))
        return any((word.lower() == "true") == missing for word in words)
    quantifier, _, name = operator.rpartition(":")
    lenient, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated, test = OPERATORS[name]
    if not given:
        return lenient or (negated and quantifier != "ForAnyValue") or quantifier == "ForAllValues"
    texts = [fill(word, asked) if variables and name.startswith(("String", "Arn")) else word for word in words]

    def one(value: str) -> bool:
        if value == "" and quantifier:
            if len(given) > 1:
                raise Undocumented
            return quantifier == "ForAllValues"  # no value at all
        return any(test(text, value) for text in texts if text is not None) != negated

    if quantifier == "ForAllValues":
        return all(one(value) for value in given)
    if quantifier == "ForAnyValue" or len(given) == 1:
        return any(one(value) for value in given)
    raise Undocumented


def plain(text: str) -> str:
    """A filled pattern as the text it stands for."""
    return text.replace(STAR, "*").replace(MARK, "?")


def number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """An operator on numbers."""
    return lambda wanted, given: compare(float(given), float(wanted))


def date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    """An operator on dates."""
    return lambda wanted, given: compare(moment(given), moment(wanted))


def moment(text: str) -> datetime:
    """A date of ISO 8601 or in seconds since 1970."""
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), timezone.utc)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def arn_like(wanted: str, given: str) -> bool:
    """Whether the six fields match one by one."""
    fields, others = wanted.split(":", 5), given.split(":", 5)
    if len(fields) < 6 and wanted.endswith("*"):
        raise Undocumented  # whether that star goes across colons
    return len(fields) == len(others) == 6 and all(map(like, fields, others))


def in_range(wanted: str, given: str) -> bool:
    """Whether an address lies in a range."""
    network = ipaddress.ip_network(wanted, strict=False)
    address = ipaddress.ip_address(given)
    return address.version == network.version and address in network


EQUAL = [
    ("String{}Equals", lambda wanted, given: plain(wanted) == given),
    ("String{}EqualsIgnoreCase", lambda wanted, given: plain(wanted).lower() == given.lower()),
    ("String{}Like", like),
    ("Numeric{}Equals", number(lambda given, wanted: given == wanted)),
    ("Date{}Equals", date(lambda given, wanted: given == wanted)),
    ("Arn{}Equals", arn_like),
    ("Arn{}Like", arn_like),
]
OPERATORS: dict[str, tuple[bool, Callable[[str, str], bool]]] = {
    **{name.format(""): (False, test) for name, test in EQUAL},
    **{name.format("Not"): (True, test) for name, test in EQUAL},
    "IpAddress": (False, in_range),
    "NotIpAddress": (True, in_range),
    "Bool": (False, lambda wanted, given: wanted.lower() == given.lower()),
    "BinaryEquals": (False, lambda wanted, given: base64.b64decode(wanted) == base64.b64decode(given)),
    "NumericLessThan": (False, number(lambda given, wanted: given < wanted)),
    "NumericLessThanEquals": (False, number(lambda given, wanted: given <= wanted)),
    "NumericGreaterThan": (False, number(lambda given, wanted: given > wanted)),
    "NumericGreaterThanEquals": (False, number(lambda given, wanted: given >= wanted)),
    "DateLessThan": (False, date(lambda given, wanted: given < wanted)),
    "DateLessThanEquals": (False, date(lambda given, wanted: given <= wanted)),
    "DateGreaterThan": (False, date(lambda given, wanted: given > wanted)),
    "DateGreaterThanEquals": (False, date(lambda given, wanted: given >= wanted)),
}
