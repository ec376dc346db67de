"""Every hole of a small world, filled with every short text that fits: a definite answer is that of each filling.

The cases are few and each has one hole, but every place is cut out of every text, and what fills it holds all that has
a meaning somewhere: stars, colons, slashes, dollars and braces, the beginnings of ARNs, other partitions, nothing at
all. What is left out: a variable that begins and does not end, of which AWS says nothing.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from keyfit import decide
from tests.policy.test_cases import DELEGATING, GRANT, NOBODY, SESSION, case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = Any
HOLE = {"unknown": "it"}
HERE, ROLE = "arn:aws:kms:eu-west-1:111122223333:", "arn:aws:iam::111122223333:role/R"
UNENDING = re.compile(r"\$\{[^}]*$")
FILLINGS = (
    *("", "*", "?", ":", "/", "a", "R", "1", "kms"),
    *("$", "{", "}", "${", "${aws:username}", "{aws:username}", "aws:username}"),
    *("arn", "arn:", "arn:aws:", "arn:aws:kms:", "aws", "aws-cn", ":aws:kms", "/R", "S/R"),
    *("AROAEXAMPLEEXAMPLE", "EXAMPLEEXAMPLE", "DenyAll"),
)


class World(NamedTuple):
    """A case with one text, whole; `made` puts another in its place."""

    text: str
    made: Callable[[Json], Json]


def of_key(effect: str, **elements: Json) -> Json:
    """A key policy in which a statement allows everything, or denies it beside one that allows."""
    written = {"Effect": effect, "Principal": "*", "Action": "kms:*", "Resource": "*", **elements}
    beside = [] if effect == "Allow" else [{**written, "Effect": "Allow", "Principal": "*", "Condition": {}}]
    return {"Version": "2012-10-17", "Statement": [*beside, written]}


def of_identity(effect: str, **elements: Json) -> Json:
    """The same as an identity policy, of which `None` takes an element away."""
    whole = {"Effect": effect, "Action": "kms:*", "Resource": "*", **elements}
    written = {name: element for name, element in whole.items() if element is not None}
    return {"Version": "2012-10-17", "Statement": [written]}


NAMED = {"aws:username": "R", "x:k": "R"}


def resources() -> Iterator[World]:
    """The Resource of an identity policy or a key policy, and NotResource."""
    tag = {"context": NAMED}
    for text in (
        f"{HERE}key/1",
        "arn:aws:kms:eu-west-1",
        "arn:aws:kms",
        f"{HERE}k*",
        f"{HERE}*",
        HERE + "key/${aws:username}",
    ):
        yield World(text, lambda on: {"key_policy": DELEGATING, "identity": [of_identity("Allow", Resource=on)], **tag})
        yield World(text, lambda on: {"identity": [of_identity("Deny", Resource=on)], **tag})
        yield World(text, lambda on: {"identity": [of_identity("Deny", Resource=None, NotResource=on)], **tag})
        yield World(text, lambda on: {"key_policy": of_key("Allow", Resource=on), **tag})


def conditions() -> Iterator[World]:
    """The value of a condition on a text."""
    for operator in (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnNotLike",
    ):
        for text in ("R", "${aws:username}", "arn:aws:iam::111122223333:role/R", "*"):
            for given in ("R", "r", ROLE):
                context = {"context": {**NAMED, "x:k": given}}

                def made(on: Json, operator: str = operator, context: Json = context) -> Json:
                    return {"key_policy": of_key("Allow", Condition={operator: {"x:k": on}}), **context}

                yield World(text, made)


def principals() -> Iterator[World]:
    """A Principal element, for a role and one of its sessions; and NotPrincipal."""
    texts = (
        ROLE,
        ROLE.replace("role/R", "role/S/R"),
        SESSION,
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "AROAEXAMPLEEXAMPLE",
    )
    whose = ({"principal": ROLE}, {"principal": SESSION, "context": {"aws:PrincipalArn": ROLE}})
    for text in texts:
        for effect in ("Allow", "Deny"):
            for who in whose:

                def made(on: Json, effect: str = effect, who: Json = who) -> Json:
                    return {"key_policy": of_key(effect, Principal={"AWS": on}), **who}

                yield World(text, made)
        yield World(text, lambda on: {"grants": [{**GRANT, "grantee": on}], "key_policy": NOBODY})


def requests() -> Iterator[World]:
    """Who asks, and for what."""
    for text in (ROLE, ROLE.replace("role/R", "role/S/R"), ROLE.replace("role/R", "role/S")):
        for effect in ("Allow", "Deny"):
            for named in (SESSION, ROLE):

                def made(on: Json, effect: str = effect, named: str = named) -> Json:
                    return {"key_policy": of_key(effect, Principal={"AWS": named}), "principal": on}

                yield World(text, made)
    allowing = of_identity("Allow", Resource=[f"{HERE}alias/R", f"{HERE}key/1"])
    for action in ("kms:Decrypt", "kms:CreateAlias", "kms:DeleteAlias", "kms:ListAliases"):
        for text in (f"{HERE}key/1", f"{HERE}alias/R", f"{HERE}alias/aws/R"):

            def asked(on: Json, action: str = action) -> Json:
                return {"action": action, "resource": on, "key_policy": DELEGATING, "identity": [allowing]}

            yield World(text, asked)


def others() -> Iterator[World]:
    """An action, and the ARN of an AWS managed policy."""
    for text in ("kms:Decrypt", "k*:Decrypt", "kms:*"):
        yield World(text, lambda on: {"key_policy": of_key("Allow", Action=on)})
        yield World(text, lambda on: {"key_policy": of_key("Deny", Action=on)})
    for text in ("arn:aws:iam::aws:policy/AWSDenyAll", "arn:aws:iam::aws:policy/AdministratorAccess"):
        yield World(text, lambda on: {"identity": [on]})
        yield World(text, lambda on: {"key_policy": DELEGATING, "identity": [on]})


WORLDS = {each.__name__: tuple(each()) for each in (resources, conditions, principals, requests, others)}


@pytest.mark.parametrize("kind", WORLDS)
def test_every_filling(kind: str) -> None:
    """What is definite with a hole, is so for all that fits it, and the same."""
    definite = 0
    for world in WORLDS[kind]:
        for start, end in combinations_with_replacement(places(world.text), 2):
            first, cut, last = world.text[:start], world.text[start:end], world.text[end:]
            said = answer(world.made({"text": [part for part in (first, HOLE, last) if part]}))
            if said in {"undetermined", None}:
                continue
            definite += 1
            for filled in (f"{first}{filling}{last}" for filling in (cut, *FILLINGS)):
                if not UNENDING.search(filled):
                    assert answer(world.made(filled)) in {said, None}, (world.text, first, last, filled)
    assert definite > 15


def places(text: str) -> list[int]:
    """Where a text is cut: at its ends, and at each mark."""
    return sorted({0, len(text), *(found.start() for found in re.finditer(r"[^A-Za-z0-9-]", text)), len(text) - 1})


def answer(changes: Json) -> str | None:
    """The decision; nothing where what fills a hole makes it no case."""
    return _answer(json.dumps(case(**changes)))


@cache
def _answer(written: str) -> str | None:
    try:
        (found,) = decide.answer(json.loads(written))
    except decide.CaseError:
        return None
    return f"{found['decision']} {found['deny'] or ''}".strip().removesuffix(" implicit")


OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "Null"),
    *(
        f"{all_or_any}:String{how}"
        for all_or_any in ("ForAllValues", "ForAnyValue")
        for how in ("Equals", "NotEquals", "Like")
    ),
)
VALUES: tuple[Json, ...] = ("", [], [""], "a", ["a"], "b", ["a", "b"], ["", "a"], "*")


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("key", ["aws:TagKeys", "kms:EncryptionContext:k"])
def test_every_value_of_the_context(operator: str, key: str) -> None:
    """A value that is not known is any text, and of a key of several values any list, an empty one included."""
    fitting = (
        VALUES if key == "aws:TagKeys" or ":" in operator else tuple(each for each in VALUES if isinstance(each, str))
    )
    for wanted in ("true", "false") if operator == "Null" else ("a", ["a", "b"], "*", ""):
        policy = of_key("Allow", Action="kms:*", Condition={operator: {key: wanted}})
        said = answer({"key_policy": policy, "action": "kms:TagResource", "context": {key: HOLE}})
        every = [
            answer({"key_policy": policy, "action": "kms:TagResource", "context": {key: each}}) for each in fitting
        ]
        assert said == "undetermined" or set(every) == {said}, (wanted, said, every)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_context(operator: str) -> None:
    """Of a context that is not known, a key is absent, or has any value."""
    for effect, wanted in (("Allow", "a"), ("Deny", "a"), ("Allow", "false"), ("Deny", "true")):
        if (operator == "Null") != (wanted in {"true", "false"}):
            continue
        policy = of_key(effect, Condition={operator: {"x:k": wanted}})
        twice = {
            "Version": "2012-10-17",
            "Statement": [
                *policy["Statement"],
                of_key("Allow", Condition={"StringNotLike": {"x:k": "a"}})["Statement"][-1],
            ],
        }
        for written in (policy, twice):
            said = answer({"key_policy": written, "context": HOLE})
            contexts: tuple[Json, ...] = ({}, *({"x:k": each} for each in ("", "a", "b", "A", "aa")))
            every = {answer({"key_policy": written, "context": each}) for each in contexts}
            assert said == "undetermined" or every == {said}, (effect, wanted, said, every)
