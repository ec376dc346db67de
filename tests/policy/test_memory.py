"""What is kept, is kept for the very objects that it is about, and not without end; and it changes no answer."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.answer import maybe
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy import memo
from keyfit.policy.authorize import authorize
from keyfit.policy.document import read
from keyfit.policy.judge import judge
from keyfit.policy.memo import Kept, Memo, Memory
from keyfit.policy.principal import Naming
from keyfit.policy.request import Context, present
from keyfit.policy.statement import Effect
from keyfit.shape import Shape
from keyfit.truth import Truth
from keyfit.value import Unknown, text
from keyfit.why import Why
from tests.policy import holes, worlds

if TYPE_CHECKING:
    import pytest

    from keyfit.policy.request import Request

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}


def policy(*statements: worlds.Json) -> Policy:
    """A key policy of these statements."""
    return Policy(PolicyKind.KEY, worlds.value({"Version": "2012-10-17", "Statement": list(statements)}), "Key")


def asked(seed: int = 1) -> Request:
    """A request."""
    return worlds.request(worlds.asked(worlds.Random(random.Random(seed))))  # noqa: S311 - nothing is kept secret


def test_answers_are_kept_up_to_a_number() -> None:
    """Then the memory starts afresh; what is kept is given back."""
    kept: Kept[int, str] = Kept()
    lengths = []
    for about in range(66):
        assert kept.keep(about, str(about)) == str(about)
        lengths.append(len(kept))
    assert lengths == [*range(1, 65), 1, 2]
    assert kept == {64: "64", 65: "65"}


def test_a_policy_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same object has the same memo, an equal one its own; beyond a number of them, they are read anew."""
    memory, one, other = Memory(), policy(ALLOW), policy(ALLOW)
    assert memory.of(one) is memory.of(one)
    assert memory.of(one) is not memory.of(other)
    assert memory.of(one).document == memory.of(other).document
    monkeypatch.setattr(memo, "_MOST_POLICIES", 2)
    before = memory.of(one)
    memory.of(policy(ALLOW))
    assert memory.of(one) is not before
    assert memory.of(one).document == before.document


def test_what_was_judged_is_kept() -> None:
    """Without conditions, a request of the same parts has the same judgement, and one of others its own."""
    kept, first = Memo(read(policy(ALLOW))), asked()
    again = replace(first, context=Context())
    (only,) = kept.document.statements
    assert kept.judge(only, first, Naming.ANYHOW) is kept.judge(only, again, Naming.ANYHOW)
    assert kept.judge(only, first, Naming.ANYHOW) is not kept.judge(only, first, Naming.ACCOUNT)
    assert kept.judge(only, replace(first, action="s3:x"), Naming.ANYHOW).answer.truth is Truth.NO
    (found,) = kept.judgements(first, Effect.ALLOW, Naming.ANYHOW)
    (same,) = kept.judgements(again, Effect.ALLOW, Naming.ANYHOW)
    assert found is same


def test_equal_texts_with_holes_of_other_shapes_are_others() -> None:
    """The ARN of a key whose id can hold anything is answered otherwise than one whose id is digits."""
    kept = Memo(read(policy({**ALLOW, "Resource": "arn:aws:kms:us-east-1:111122223333:key/a*"})))
    truths = []
    for characters in (None, frozenset("0123456789"), None):
        hole = Unknown(Why.RUN_TIME, "the id", identity="id", shape=Shape(characters, 1))
        about = replace(asked(), resource=text("arn:aws:kms:us-east-1:111122223333:key/", hole))
        truths.append([each.answer.truth for each in kept.judgements(about, Effect.ALLOW, Naming.ANYHOW)])
    assert truths == [[Truth.MAYBE], [], [Truth.MAYBE]]


def test_what_hangs_on_the_context_is_found_anew() -> None:
    """A resource with a policy variable is compared for each request."""
    tagged = {**ALLOW, "Resource": ["arn:aws:s3:::b", "arn:aws:kms:*:*:${aws:PrincipalTag/kind}/*"]}
    kept = Memo(read(policy(ALLOW, tagged)))
    for kind, number in (("key", 2), ("alias", 1), ("key", 2)):
        about = replace(asked(), context=Context({"aws:principaltag/kind": present(text(kind))}, complete=True))
        assert len(kept.judgements(about, Effect.ALLOW, Naming.ANYHOW)) == number


def test_memory_changes_no_answer() -> None:
    """One memory for requests of all kinds, with holes and without, answers as one that knows nothing yet."""
    choose = worlds.Random(random.Random(5))  # noqa: S311 - nothing is kept secret
    for _ in range(60):
        made = worlds.world(choose)
        (partial,) = holes.partials(choose, made, worlds.asked(choose))
        around = worlds.governing(partial.holed()[0])
        for _ in range(6):
            about = worlds.request(worlds.asked(choose))
            for request in (about, replace(about, principal=replace(about.principal, bounded=maybe()))):
                assert authorize(request, around) == authorize(request, replace(around, memory=Memory()))
                for each in around.policies:
                    kept = around.memory.of(each)
                    for statement in kept.document.statements:
                        own = kept.judge(statement, request, Naming.DIRECT)
                        assert own == judge(statement, kept.document, request, Naming.DIRECT)
