"""How many decisions a second the policy engine makes, and how it grows: `python tests/bench/engine.py`."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from itertools import islice, product
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from keyfit.aws.kms_actions import find
from keyfit.decide.reading import read_cases
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.memo import Memory
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Context, Principal, PrincipalKind, Request, present, unsure
from keyfit.value import Reference, Unknown, text
from keyfit.why import Why
from tests.policy import worlds
from tests.reference import Asked, Undocumented, World, decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.value import Text

ACCOUNT = "111122223333"
ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants")
SECONDS = 2.0  # each measurement takes about so long
Json = Any


def allow(actions: Json, **others: Json) -> Json:
    """A statement that allows `actions`."""
    return {"Effect": "Allow", "Action": actions, "Resource": "*", **others}


def key_policy(number: int, *, known: bool) -> Policy:
    """A key policy of ten statements, as people write them; not `known`: two of them have holes."""
    role = f"arn:aws:iam::{ACCOUNT}:role/Data{number}"
    through = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    statements = [
        allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        allow(["kms:Create*", "kms:Put*", "kms:Tag*"], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/Admin"}),
        allow(["kms:Decrypt", "kms:GenerateDataKey*"], Principal={"AWS": [role, f"{role}-reader"]}, Condition=through),
        allow(
            ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*"], Principal={"Service": "logs.eu-west-1.amazonaws.com"}
        ),
        allow(["kms:Decrypt", "kms:CreateGrant"], Principal={"Service": "personalize.amazonaws.com"}),
        allow("kms:CreateGrant", Principal={"AWS": role}, Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}}),
        allow(
            ["kms:Describe*", "kms:List*"],
            Principal={"AWS": "*"},
            Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}},
        ),
        {**allow("kms:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}), "Effect": "Deny"},
        {**allow("kms:ScheduleKeyDeletion", Principal="*"), "Effect": "Deny"},
        allow("kms:Sign", Principal={"AWS": f"arn:aws:iam::444455556666:role/Other{number}"}),
    ]
    if not known:
        statements[2]["Principal"] = {"AWS": {"hole": "var.reader"}}
        statements[5]["Condition"] = {"Bool": {"kms:GrantIsForAWSResource": {"hole": "var.grants"}}}
    return Policy(PolicyKind.KEY, value({"Version": "2012-10-17", "Statement": statements}), f"key{number}")


def identity_policies(number: int, arns: Iterable[Text], *, known: bool) -> tuple[Policy, ...]:
    """Two identity policies of five statements each; not `known`: one resource is a hole."""
    keys = [{"arn": arn} for arn in arns]
    mine = [
        {**allow(["kms:Decrypt", "kms:GenerateDataKey"]), "Resource": keys},
        {**allow(["kms:CreateGrant", "kms:ListGrants"]), "Resource": keys if known else [{"hole": "var.key"}]},
        {**allow("kms:DescribeKey"), "Resource": f"arn:aws:kms:*:{ACCOUNT}:key/*"},
        {**allow(["s3:GetObject", "s3:PutObject"]), "Resource": [f"arn:aws:s3:::data{number}/*"]},
        {**allow("kms:Decrypt"), "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}},
    ]
    common = [
        allow(["logs:CreateLogGroup", "logs:PutLogEvents"]),
        allow(["cloudwatch:PutMetricData"]),
        allow(["kms:ListAliases"]),
        allow("personalize:*"),
        {**allow("iam:*"), "Effect": "Deny"},
    ]
    documents = ({"Version": "2012-10-17", "Statement": statements} for statements in (mine, common))
    return tuple(Policy(PolicyKind.INLINE, value(each), f"role{number}") for each in documents)


def value(data: Json) -> Any:  # noqa: ANN401 - a value
    """A document with its holes and ARNs."""

    def special(entry: Any) -> Any:  # noqa: ANN401 - as above
        if "hole" in entry:
            return text(Unknown(Why.NO_VARIABLE, entry["hole"], identity=entry["hole"]))
        return entry.get("arn")

    return plain.value(data, special)


def key_arn(number: int) -> Text:
    """The ARN of a key of the source."""
    return text(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/", Reference(f"aws_kms_key.k{number}", "key_id"))


OWN_ACCOUNT, TRUE = text(ACCOUNT), text("true")


def request(own: Text, arn: Text, action: str, *, known: bool) -> Request:
    """A role's call of `action`; not `known`: as the catalogue asks, with what is not documented left open."""
    facts = {
        "kms:calleraccount": present(OWN_ACCOUNT),
        "aws:principalaccount": present(OWN_ACCOUNT),
        "aws:principalarn": present(own),
        "aws:securetransport": present(TRUE) if known else unsure("aws:SecureTransport", TRUE),
    }
    listed = find(action)
    context = Context(facts, complete=known, absent=("kms:",), open=tuple(listed.keys) if listed else ())
    return Request(Principal(PrincipalKind.ROLE, own, OWN_ACCOUNT, own), action, arn, OWN_ACCOUNT, context)


class Stack:
    """Roles and keys; each role may use the keys next to its own number."""

    def __init__(self, size: int, *, known: bool, near: int = 3) -> None:
        self.known, self.arns = known, [key_arn(number) for number in range(size)]
        self.names = [text(f"arn:aws:iam::{ACCOUNT}:role/Data{number}") for number in range(size)]
        self.keys = [key_policy(number, known=known) for number in range(size)]
        self.memory = Memory()
        self.near = [[(number + step) % size for step in range(near)] for number in range(size)]
        self.roles = [
            identity_policies(number, [self.arns[key] for key in keys], known=known)
            for number, keys in enumerate(self.near)
        ]

    def decide(self, role: int, key: int, action: str) -> str:
        """The outcome for one role, key and action."""
        governing = Governing(resource=(self.keys[key],), identity=self.roles[role], memory=self.memory)
        return authorize(request(self.names[role], self.arns[key], action, known=self.known), governing).outcome.value


def measure(name: str, work: Callable[[], int]) -> None:
    """Print how many decisions a second `work` makes, which says how many it has made."""
    start, made = process_time(), work()
    tell(name, (process_time() - start) / made)


def measure_rounds(name: str, work: Callable[[], int]) -> None:
    """The same of the middle and the fastest of as many rounds as there is time for: no machine is always as fast."""
    each, start = list[float](), process_time()
    while (began := process_time()) - start < SECONDS:
        made = work()
        each.append((process_time() - began) / made)
    tell(f"{name}, middle round", median(each))
    tell(f"{name}, fastest round", min(each))


def tell(name: str, took: float) -> None:
    """Print it; `took` is in seconds a decision."""
    print(f"{name:58} {1 / took:>9,.0f} decisions/s  {took * 1e6:>7.1f} us each")


def near(stack: Stack) -> int:
    """Every relation that exists: each role with each of its keys."""
    relations = [(role, key) for role, keys in enumerate(stack.near) for key in keys]
    for (role, key), action in product(relations, ACTIONS):
        stack.decide(role, key, action)
    return len(relations) * len(ACTIONS)


def crossed(stack: Stack, most: int) -> int:
    """Every role with every key, up to `most` decisions."""
    size = len(stack.keys)
    pairs = islice(product(range(size), range(size), ACTIONS), most)
    return sum(bool(stack.decide(*pair)) for pair in pairs)


# --- policies never seen before -----------------------------------------------------------------------------------

CASES = 1_500


class Case(NamedTuple):
    """A world of its own: for the reference, for the engine, and as the text that `keyfit decide` reads."""

    world: World
    asked: Asked
    text: str


def cases(number: int) -> Iterator[Case]:
    """So many, of some eight statements; none has a key, a role or an account of another."""
    choose = worlds.Random(random.Random(7))  # noqa: S311 - nothing is kept secret
    asked_of_keys = (pair for pair in _pairs(choose) if pair[1]["action"].startswith("kms:"))  # as `keyfit decide` is
    for at, pair in enumerate(islice(asked_of_keys, number)):
        names = {
            worlds.HERE: f"{111100000000 + at}",
            worlds.THERE: f"{444400000000 + at}",
            "1234abcd-": f"{at:08x}-",
            "role/app/R": f"role/app/R{at}",
            "assumed-role/R/": f"assumed-role/R{at}/",
        }
        data = json.dumps(pair)
        for name, own in names.items():
            data = data.replace(name, own)
        world, asked = json.loads(data)
        yield Case(World(**world), Asked(**asked), json.dumps(case(World(**world), Asked(**asked))))


def _pairs(choose: worlds.Chooser) -> Iterator[tuple[dict[str, Json], dict[str, Json]]]:
    while True:
        yield vars(worlds.world(choose)), vars(worlds.asked(choose))


def case(world: World, asked: Asked) -> Json:
    """The same, as `keyfit decide` reads it."""
    who = {"aws:principalarn": [asked.role]} if asked.role else {}
    told = {name: values for name, values in asked.context.items() if not name.startswith("aws:principala")}
    context = {name: values[0] if len(values) == 1 else values for name, values in {**told, **who}.items()}
    slots = ("resource", "identity", "permission_boundaries", "session", "scps", "rcps")
    policies = dict(zip(slots, vars(world).values(), strict=True))
    request = {"principal": asked.arn, "action": asked.action, "resource": asked.resource, "context": context}
    return {"policies": policies, "request": request}


def cold() -> None:
    """Measure both, and the reference in the same run: what it takes is what a machine is worth."""
    warm = 100  # of the first, modules are still to be loaded
    each = [_spent(each) for each in cases(warm + CASES)][warm:]
    first, *others = (sum(seconds) / CASES for seconds in zip(*each, strict=True))
    tell("policies never seen, two-valued reference", first)
    for name, took in zip(("engine", "engine, with reading the case"), others, strict=True):
        tell(f"policies never seen, {name}: {took / first:.2f} times it", took)


def _spent(each: Case) -> tuple[float, float, float]:
    """The seconds of the reference, of the engine, and of the engine with reading the case."""
    around, asked = worlds.governing(each.world), worlds.request(each.asked)
    return (
        _seconds(lambda: _documented(each)),
        _seconds(lambda: authorize(asked, around)),
        _seconds(lambda: _read(each.text)),
    )


def _seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _documented(each: Case) -> None:
    with suppress(Undocumented):
        decision(each.asked, each.world)


def _read(data: str) -> None:
    for each in read_cases(json.loads(data)):
        for governing, asked in product(each.levels, each.requests):
            authorize(asked, governing)


def main() -> None:
    """Measure and print."""
    cold()
    for known in (True, False):
        told = "known" if known else "partly unknown"
        small = Stack(8, known=known)
        near(small)
        measure_rounds(f"10 + 10 statements, {told}, warm", lambda small=small: near(small))  # type: ignore[misc]
    for size in (100, 300, 1_000):
        stack = Stack(size, known=True)
        measure(f"{size} roles and keys, every relation of {3 * size}", lambda stack=stack: near(stack))  # type: ignore[misc]
    for size in (30, 100, 1_000):
        stack = Stack(size, known=True)
        measure(f"{size} roles x {size} keys, crossed", lambda stack=stack: crossed(stack, 60_000))  # type: ignore[misc]


if __name__ == "__main__":
    main()
