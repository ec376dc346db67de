"""The laws of authorization, over every small world: up to four abstract statements, with and without a boundary."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, NamedTuple

import pytest

from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Decision, Outcome
from keyfit.policy.policy_set import Governing
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Unknown
from tests.policy import worlds
from tests.reference import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROLE = f"arn:aws:iam::{worlds.HERE}:role/R"
ASKED = Asked("role", ROLE, worlds.HERE, ROLE, "kms:Decrypt", worlds.KEY, worlds.HERE, {})
REQUESTS = {
    "kms": worlds.request(ASKED),
    "s3": worlds.request(replace(ASKED, action="s3:GetObject", resource=worlds.OBJECT)),
}
RESOURCE: dict[str, worlds.Json] = {"Resource": "*"}
PLACES: dict[str, dict[str, worlds.Json]] = {  # where a statement stands, and what it says beside its action
    "key": {"Principal": {"AWS": ROLE}, **RESOURCE},
    "account": {"Principal": {"AWS": worlds.HERE}, **RESOURCE},
    "identity": RESOURCE,
    "boundary": RESOURCE,
}
ACTION = {  # of the statements of a service, by whether they apply
    "kms": {Truth.YES: "kms:Decrypt", Truth.NO: "kms:Encrypt"},
    "s3": {Truth.YES: "s3:GetObject", Truth.NO: "s3:PutObject"},
}
KIND = {"kms": PolicyKind.KEY, "s3": PolicyKind.BUCKET}


class Case(NamedTuple):
    """Whose rule is asked, and whether the role has a boundary."""

    service: str
    bounded: bool


CASES = tuple(map(Case._make, product(REQUESTS, (False, True))))
EVERY_CASE = pytest.mark.parametrize("case", CASES, ids=str)


class Abstract(NamedTuple):
    """A statement of which only this counts: where it stands, what it does, whether it applies."""

    place: str
    effect: Effect
    truth: Truth


STATEMENTS = tuple(map(Abstract._make, product(PLACES, Effect, Truth)))
World = tuple[Abstract, ...]


def every_world(most: int, *, case: Case) -> Iterator[World]:
    """Every mix of up to `most` statements; in the boundary only where there is one."""
    able = [each for each in STATEMENTS if case.bounded or each.place != "boundary"]
    for length in range(most + 1):
        yield from combinations_with_replacement(able, length)


# --- the truth table -----------------------------------------------------------------------------------------


def allowed(world: Iterable[Abstract], *, case: Case) -> bool:
    """The rule itself, where everything is known."""

    def given(place: str) -> bool:
        return any((each.place, each.effect, each.truth) == (place, Effect.ALLOW, Truth.YES) for each in world)

    world = tuple(world)
    denied = any(each.effect is Effect.DENY and each.truth is Truth.YES for each in world)
    left = not case.bounded or given("boundary")
    own = given("identity") and (given("account") or case.service == "s3")  # of a bucket its account need not be named
    return not denied and left and (given("key") or own)


def completions(world: World) -> Iterator[World]:
    """Every way of making a YES or a NO of each MAYBE."""
    open_ = [(Truth.YES, Truth.NO) if each.truth is Truth.MAYBE else (each.truth,) for each in world]
    for truths in product(*open_):
        yield tuple(each._replace(truth=truth) for each, truth in zip(world, truths, strict=True))


def expected(world: World, *, case: Case) -> Outcome:
    """ALLOWED or DENIED where every completion is, else UNDETERMINED."""
    answers = {allowed(filled, case=case) for filled in completions(world)}
    if len(answers) > 1:
        return Outcome.UNDETERMINED
    return Outcome.ALLOWED if answers == {True} else Outcome.DENIED


def deciding(world: World, *, case: Case) -> set[str]:
    """The names of the open statements on which the answer hangs in some completion of the others."""

    def hangs(index: int) -> bool:
        others = world[:index] + world[index + 1 :]
        one = world[index]
        return any(
            allowed((*filled, one._replace(truth=Truth.YES)), case=case)
            != allowed((*filled, one._replace(truth=Truth.NO)), case=case)
            for filled in completions(others)
        )

    numbered = enumerate(zip(named(world), world, strict=True))
    return {name for index, ((name, _), each) in numbered if each.truth is Truth.MAYBE and hangs(index)}


# --- the engine ----------------------------------------------------------------------------------------------

Named = tuple[str, Abstract]  # a statement, and the name of its hole if it is an open one


def named(world: World) -> Iterator[Named]:
    """The statements of a world with names: equal ones are numbered."""
    seen = Counter[Abstract]()
    for each in world:
        seen[each] += 1
        yield f"{each.place} {each.effect.value} {seen[each]}", each


@cache
def policy(kind: PolicyKind, members: tuple[Named, ...], service: str) -> Policy:
    """A policy of these statements."""
    statements = [
        {
            "Effect": each.effect.value,
            "Action": ACTION[service].get(each.truth, {"unknown": name}),
            **PLACES[each.place],
        }
        for name, each in members
    ]
    return Policy(kind, worlds.value({"Version": "2012-10-17", "Statement": statements}), kind.value)


def decided(world: World, *, case: Case) -> Decision:
    """The engine's decision."""
    members = tuple(named(world))

    def of(*places: str) -> tuple[Named, ...]:
        return tuple(member for member in members if member[1].place in places)

    return authorize(
        REQUESTS[case.service],
        Governing(
            resource=(policy(KIND[case.service], of("key", "account"), case.service),),
            identity=(policy(PolicyKind.INLINE, of("identity"), case.service),),
            boundary=(policy(PolicyKind.BOUNDARY, of("boundary"), case.service),) if case.bounded else (),
        ),
    )


# --- the laws ------------------------------------------------------------------------------------------------


@EVERY_CASE
def test_truth_table(case: Case) -> None:
    """Every world of up to four statements is decided as the table has it, for its completions and no more."""
    for world in every_world(4, case=case):
        decision = decided(world, case=case)
        assert decision.outcome is expected(world, case=case), world


@EVERY_CASE
def test_evidence(case: Case) -> None:
    """The holes of a decision are the unknowns that decide, and only those; its statements those that make it."""
    for world in every_world(3, case=case):
        decision = decided(world, case=case)
        holes = {hole.subject for hole in decision.holes if isinstance(hole, Unknown)}
        assert holes == deciding(world, case=case), world
        truths = {judgement.answer.truth for judgement in decision.determining}
        if decision.outcome is Outcome.ALLOWED:
            assert truths == {Truth.YES}
            assert all(judgement.statement.effects == {Effect.ALLOW} for judgement in decision.determining)
        if decision.explicit:
            assert truths == {Truth.YES}
            assert all(judgement.statement.effects == {Effect.DENY} for judgement in decision.determining)


@EVERY_CASE
def test_order_and_duplicates(case: Case) -> None:
    """Neither the order of statements nor saying one twice changes anything."""
    for world in every_world(3, case=case):
        outcome = decided(world, case=case).outcome
        assert decided(world[::-1], case=case).outcome is outcome, world
        assert decided(world + world, case=case).outcome is outcome, world


@EVERY_CASE
def test_one_more_statement(case: Case) -> None:
    """One more Allow never takes an ALLOWED away, one more Deny never gives one."""
    able = [each for each in STATEMENTS if case.bounded or each.place != "boundary"]
    for world in every_world(2, case=case):
        before = decided(world, case=case).outcome
        for more in able:
            after = decided((*world, more), case=case).outcome
            if more.effect is Effect.ALLOW:
                assert before is not Outcome.ALLOWED or after is Outcome.ALLOWED, (world, more)
            else:
                assert after is not Outcome.ALLOWED or before is Outcome.ALLOWED, (world, more)


@EVERY_CASE
def test_one_more_fact(case: Case) -> None:
    """Learning whether an open statement applies never flips a definite answer."""
    for world in every_world(3, case=case):
        before = decided(world, case=case).outcome
        if before is Outcome.UNDETERMINED:
            continue
        for index, each in enumerate(world):
            if each.truth is Truth.MAYBE:
                for truth in (Truth.YES, Truth.NO):
                    learnt = (*world[:index], each._replace(truth=truth), *world[index + 1 :])
                    assert decided(learnt, case=case).outcome is before, world


def test_nothing_allows() -> None:
    """Where no statement allows, everything is denied, and implicitly."""
    decision = decided((), case=CASES[0])
    assert decision.outcome is Outcome.DENIED
    assert not decision.explicit
