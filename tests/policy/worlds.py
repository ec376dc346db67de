"""Worlds to ask: documents and requests, put together at random, and the same with holes in them.

A generator takes its decisions from a `Chooser`, which is a seeded random generator or Hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from keyfit.answer import YES, maybe
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Outcome
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Context, Fact, Principal, PrincipalKind, Request, present
from keyfit.value import Unknown, text
from keyfit.why import Why
from tests.reference import ALLOW, EXPLICIT, IMPLICIT, Asked, World

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping, Sequence

    from keyfit.value import Value

T = TypeVar("T")
Json = Any

HERE, THERE = "111122223333", "444455556666"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OBJECT = "arn:aws:s3:::bucket/a/b.csv"
OTHER_KEY = f"arn:aws:kms:us-east-1:{HERE}:key/99999999-12ab-34cd-56ef-1234567890ab"


class Chooser(Protocol):
    """Takes decisions."""

    def of(self, options: Sequence[T]) -> T:
        """One of `options`."""

    def chance(self, percent: int) -> bool:
        """Yes in so many of a hundred cases."""


@dataclass
class Random:
    """Decisions by a seeded random generator."""

    source: random.Random

    def of(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self.source.random() * len(options))]

    def chance(self, percent: int) -> bool:
        """Yes in so many of a hundred cases."""
        return self.source.random() * 100 < percent


# --- what there is to choose from --------------------------------------------------------------------------------

ACTIONS = (
    *("kms:Decrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant"),
    *("kms:ListGrants", "kms:PutKeyPolicy", "kms:ListAliases", "s3:GetObject"),
)
ACTION_PATTERNS = (
    *("kms:*", "kms:*", "*", "kms:Decrypt", "KMS:decrypt", "kms:De*", "kms:?ecrypt", "kms:Generate*"),
    *("kms:List*", "kms:CreateGrant", "s3:*", "s3:GetObject", "kms:*Key"),
)
RESOURCES = (
    *("*", "*", "*", KEY, KEY, OTHER_KEY, f"arn:aws:kms:*:{HERE}:key/*", "arn:aws:kms:us-east-1:*"),
    f"arn:aws:kms:us-east-1:{HERE}:alias/a",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*",
    "arn:aws:kms:*:" + HERE + ":key/${aws:PrincipalTag/owner, '12'}34*",
    "arn:aws:kms:*:" + HERE + ":key/${aws:PrincipalTag/key}*",
    "arn:aws:kms:*:" + HERE + ":${*}/*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::buck*/a/?.csv",
    "arn:aws:kms:us-west-?:*",
)

WHO = (
    ("role", f"arn:aws:iam::{HERE}:role/app/R", HERE, f"arn:aws:iam::{HERE}:role/app/R"),
    ("session", f"arn:aws:sts::{HERE}:assumed-role/R/sess", HERE, f"arn:aws:iam::{HERE}:role/app/R"),
    ("session", f"arn:aws:sts::{HERE}:assumed-role/R/sess", HERE, f"arn:aws:iam::{HERE}:role/app/R"),
    ("user", f"arn:aws:iam::{HERE}:user/U", HERE, ""),
    ("root", f"arn:aws:iam::{HERE}:root", HERE, ""),
    ("service", "personalize.amazonaws.com", "", ""),
    ("session", f"arn:aws:sts::{THERE}:assumed-role/F/sess", THERE, f"arn:aws:iam::{THERE}:role/F"),
    ("user", f"arn:aws:iam::{THERE}:user/U", THERE, ""),
)
NAMED = (
    *sorted({arn for kind, arn, _, _ in WHO if kind != "service"} | {role for *_, role in WHO if role}),
    *(HERE, THERE, f"arn:aws:iam::{HERE}:root", f"arn:aws:iam::{HERE}:role/app/*", "*"),
)
SERVICES = ("personalize.amazonaws.com", "personalize.amazonaws.com", "sagemaker.amazonaws.com")


class KeyOf(NamedTuple):
    """A context key: the operators of its type, values that requests have, and values of policies beside those."""

    name: str
    operators: tuple[str, ...]
    values: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    several: bool = False


STRINGS = tuple(f"String{n}{o}" for n in ("", "Not") for o in ("Equals", "EqualsIgnoreCase", "Like", "Like"))
NUMBERS = (
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
)
DATES = tuple(operator.replace("Numeric", "Date") for operator in NUMBERS)
ARNS = ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
ROLES = (f"arn:aws:iam::{HERE}:role/app/R", f"arn:aws:iam::{THERE}:role/F")
VIA = ("s3.us-east-1.amazonaws.com", "sagemaker.us-east-1.amazonaws.com", "S3.us-east-1.amazonaws.com")
KEYS = (
    KeyOf("kms:ViaService", STRINGS, VIA, ("s3.*.amazonaws.com", "*", "s?.us-*", "sagemaker*")),
    KeyOf(
        "kms:CallerAccount",
        STRINGS,
        (HERE, THERE),
        ("${aws:PrincipalAccount}", "1111*", "${aws:PrincipalTag/no, 'x'}"),
    ),
    KeyOf(
        "kms:EncryptionContext:Dept",
        STRINGS,
        ("ml", "ML", "m*", ""),
        ("m?", "${aws:PrincipalTag/team}*", "${*}", ""),
    ),
    KeyOf("aws:PrincipalTag/team", STRINGS, ("m", "m*", "q"), ("${kms:EncryptionContext:Dept}", "m")),
    KeyOf("aws:PrincipalTag/key", STRINGS, ("1234", "*", "99")),
    KeyOf("aws:PrincipalAccount", STRINGS, (HERE, THERE)),
    KeyOf("aws:PrincipalArn", ("StringEquals", *ARNS), ROLES, ("arn:aws:iam::*:role/*", "arn:aws:iam::*:user/U")),
    KeyOf("kms:EncryptionContextKeys", STRINGS, ("a", "b", "c"), ("*",), several=True),
    KeyOf("kms:GrantOperations", STRINGS, ("Decrypt", "Encrypt", "CreateGrant"), ("*crypt",), several=True),
    KeyOf("kms:RotationPeriodInDays", NUMBERS, ("90", "365", "365.0", "-1")),
    KeyOf("kms:ValidTo", DATES, ("2030-01-01T00:00:00Z", "2031-06-01T12:00:00Z", "1924992000")),
    KeyOf("kms:GrantIsForAWSResource", ("Bool",), ("true", "false"), ("True", "FALSE")),
    KeyOf(
        "aws:SourceIp",
        ("IpAddress", "NotIpAddress"),
        ("10.1.2.3", "10.9.9.9", "2001:db8::1"),
        ("10.1.0.0/16", "2001:db8::/32"),
    ),
    KeyOf(
        "aws:SourceArn",
        ARNS,
        (f"arn:aws:personalize:us-east-1:{HERE}:dataset-group/d", "arn:aws:s3:::bucket"),
        ("arn:aws:personalize:*:*:*", f"arn:aws:*:us-east-?:{HERE}:dataset-group/*", "arn:aws:s3:::*", "arn:aws:s3:*"),
    ),
    KeyOf("kms:Blob", ("BinaryEquals",), ("QQ==", "Qg==")),
)


# --- known worlds ------------------------------------------------------------------------------------------------


def world(choose: Chooser) -> World:
    """Documents around a key."""
    return World(
        key=[document(choose, principals=True)],
        identity=[document(choose) for _ in range(choose.of((0, 1, 1, 2)))],
        boundaries=[document(choose) for _ in range(choose.of((0, 0, 0, 1)))],
        session=[document(choose) for _ in range(choose.of((0, 0, 0, 0, 0, 0, 1, 1, 2)))],
        scps=[document(choose) for _ in range(choose.of((0, 0, 0, 0, 0, 1)))],
        rcps=[document(choose, principals=True) for _ in range(choose.of((0, 0, 0, 0, 0, 1)))],
    )


def document(choose: Chooser, *, principals: bool = False) -> Json:
    """A policy document of one to three statements."""
    statements = [statement(choose, principals=principals) for _ in range(choose.of((1, 2, 2, 3)))]
    if choose.chance(55):
        statements.insert(choose.of((0, 1)), broad(choose, principals=principals))
    made = {"Statement": statements[0] if len(statements) == 1 and choose.chance(50) else statements}
    version = choose.of(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", None))
    return {"Version": version, **made} if version else made


def broad(choose: Chooser, *, principals: bool) -> Json:
    """A statement that allows all actions, to whomever: else most requests would be denied."""
    who = {"Principal": {"AWS": choose.of(NAMED)}} if principals else {}
    return {"Effect": "Allow", **who, "Action": "*", "Resource": "*"}


def statement(choose: Chooser, *, principals: bool) -> Json:
    """A statement."""
    made: dict[str, Json] = {"Effect": "Deny" if choose.chance(20) else "Allow"}
    if principals:
        made["NotPrincipal" if choose.chance(8) else "Principal"] = principal(choose)
    made["NotAction" if choose.chance(12) else "Action"] = some(choose, ACTION_PATTERNS)
    made["NotResource" if choose.chance(12) else "Resource"] = some(choose, RESOURCES)
    lines = choose.of((0, 0, 1, 1, 1, 2))
    if lines:
        made["Condition"] = conditions(choose, lines)
    return made


def some(choose: Chooser, options: Sequence[str]) -> Json:
    """One of `options`, or a list of one or two."""
    chosen = [choose.of(options) for _ in range(choose.of((1, 1, 2)))]
    return chosen[0] if len(chosen) == 1 and choose.chance(60) else chosen


def principal(choose: Chooser) -> Json:
    """A Principal element."""
    if choose.chance(10):
        return "*"
    made = {"AWS": some(choose, NAMED)}
    if choose.chance(25):
        return {"Service": some(choose, SERVICES), **(made if choose.chance(50) else {})}
    return made


def conditions(choose: Chooser, lines: int) -> Json:
    """A condition block of so many lines, or one less where two have the same operator."""
    block: dict[str, Json] = {}
    for _ in range(lines):
        key = choose.of(KEYS)
        if choose.chance(10):
            block["Null"] = {recased(choose, key.name): choose.of(("true", "false", True))}
            continue
        values = some(choose, key.values + key.wanted)
        block.setdefault(operator(choose, key), {})[recased(choose, key.name)] = values
    return block


def operator(choose: Chooser, key: KeyOf) -> str:
    """An operator for a key of this type."""
    name = choose.of(key.operators)
    quantified = key.several or choose.chance(10)
    prefix = choose.of(("ForAllValues:", "ForAnyValue:")) if quantified else ""
    return prefix + name + ("IfExists" if choose.chance(15) else "")


def recased(choose: Chooser, name: str) -> str:
    """A key's name, some day in another letter case (I32)."""
    return name.upper() if choose.chance(10) else name


def asked(choose: Chooser) -> Asked:
    """A request."""
    kind, arn, account, role = choose.of(WHO)
    context = {}
    for key in KEYS:
        if choose.chance(55):
            values = [choose.of(key.values) for _ in range(choose.of((1, 2)) if key.several else 1)]
            empty = key.several and choose.chance(10)
            context[key.name.lower()] = choose.of(([], [""])) if empty else sorted(set(values))
    action = choose.of(ACTIONS)
    resource = OBJECT if action.startswith("s3:") else KEY
    return Asked(kind, arn, account, role, action, resource, HERE, context)


# --- the engine's answer -----------------------------------------------------------------------------------------

SLOTS = {
    "key": PolicyKind.KEY,
    "identity": PolicyKind.MANAGED,
    "boundaries": PolicyKind.BOUNDARY,
    "session": PolicyKind.SESSION,
    "scps": PolicyKind.SERVICE_CONTROL,
    "rcps": PolicyKind.RESOURCE_CONTROL,
}
MAYBE_THERE = "maybe there"  # an entry of a document: its policy may be there


def value(data: Json) -> Value:
    """A document, with holes where `{"unknown": …}` and `{"text": […]}` stand."""
    return plain.value(data, special)


def special(data: Mapping[str, object]) -> Value | None:
    """What `{"unknown": …}` and `{"text": […]}` stand for."""
    match data:
        case {"unknown": str(name)}:
            return Unknown(Why.UNREADABLE, name)
        case {"text": list(parts)}:
            return text(
                *(part if isinstance(part, str) else Unknown(Why.UNREADABLE, part["unknown"]) for part in parts)
            )
        case _:
            return None


def governing(made: World) -> Governing:
    """The policies of a world."""
    key, identity, boundary, session, scps, rcps = (tuple(policies(made, slot)) for slot in SLOTS)
    return Governing(key, identity, boundary, session, scps, rcps)


def policies(made: World, slot: str) -> Iterator[Policy]:
    """The policies of one slot."""
    for index, written in enumerate(getattr(made, slot)):
        there = maybe(Unknown(Why.UNREADABLE, written[MAYBE_THERE])) if MAYBE_THERE in written else YES
        plain_ = {name: entry for name, entry in written.items() if name != MAYBE_THERE}
        yield Policy(SLOTS[slot], value(plain_), f"{slot}[{index}]", present=there)


def request(made: Asked) -> Request:
    """A request as the engine takes it; a value of the context can be a `Fact`."""
    context = {key: fact(values) for key, values in made.context.items()}
    role = text(made.role) if made.role else None
    account = text(made.account) if made.account else None
    who = Principal(PrincipalKind(made.kind), text(made.arn), account, role)
    return Request(who, made.action, text(made.resource), text(made.owner), Context(context, complete=True))


def fact(values: Json) -> Fact:
    """A context key that is there, with these values, unless it is a fact already."""
    return values if isinstance(values, Fact) else present(*map(text, values))


def engine(made: Request, around: Governing) -> str:
    """The engine's answer in the reference's words; empty for UNDETERMINED."""
    decision = authorize(made, around)
    if decision.outcome is Outcome.UNDETERMINED:
        return ""
    if decision.outcome is Outcome.ALLOWED:
        return ALLOW
    return EXPLICIT if decision.explicit else IMPLICIT


def leaves_open(made: Request, around: Governing) -> bool:
    """Whether the engine says that AWS does not document a point that its answer rests on."""
    holes = authorize(made, around).holes
    return any(isinstance(hole, Unknown) and hole.why is Why.UNDOCUMENTED for hole in holes)
