"""Kleene's tables, and answers that carry their evidence."""

from __future__ import annotations

from itertools import product

import pytest

from keyfit.answer import NO, YES, Answer, all_of, answer, any_of, depending, maybe
from keyfit.truth import Truth, every, known, some
from keyfit.value import Own

TRUTHS = tuple(Truth)
COMPLETIONS = {Truth.NO: {False}, Truth.MAYBE: {False, True}, Truth.YES: {True}}
ONE, OTHER = maybe(Own.ACCOUNT), maybe(Own.REGION)


def _truth(outcomes: set[bool]) -> Truth:
    return next(truth for truth, completions in COMPLETIONS.items() if completions == outcomes)


def test_a_truth_is_no_bool() -> None:
    """Asking a truth for a bool is an error, whichever truth it is."""
    for truth in Truth:
        with pytest.raises(TypeError, match="three values"):
            bool(truth)


def test_a_bool_becomes_a_truth() -> None:
    """True is YES, false is NO."""
    assert (known(True), known(False)) == (Truth.YES, Truth.NO)  # noqa: FBT003 - what is asked


def test_negation() -> None:
    """A negation is what the completions give, and undoes itself."""
    for truth in Truth:
        assert ~truth is _truth({not completion for completion in COMPLETIONS[truth]})
        assert ~~truth is truth


@pytest.mark.parametrize("length", range(4))
def test_every_and_some_are_what_completions_give(length: int) -> None:
    """For independent truths, the answer is definite if and only if all completions agree."""
    for truths in product(TRUTHS, repeat=length):
        worlds = list(product(*(COMPLETIONS[truth] for truth in truths)))
        assert every(truths) is _truth({all(world) for world in worlds})
        assert some(truths) is _truth({any(world) for world in worlds})


def test_the_laws_of_de_morgan() -> None:
    """Negation turns one fold into the other, for truths and for answers, with the same holes."""
    for truths in product(TRUTHS, repeat=3):
        assert ~every(truths) is some(~truth for truth in truths)
    for answers in product((NO, ONE, OTHER, YES), repeat=3):
        assert ~all_of(answers) == any_of(~each for each in answers)


def test_folds_of_answers_fold_their_truths() -> None:
    """An answer's truth is folded as truths are."""
    for answers in product((NO, ONE, OTHER, YES), repeat=3):
        assert all_of(answers).truth is every(each.truth for each in answers)
        assert any_of(answers).truth is some(each.truth for each in answers)


def test_holes_are_those_that_decide() -> None:
    """A fold names the holes of every MAYBE, once, and none where the answer is definite."""
    assert all_of((YES, ONE, OTHER, ONE)).holes == (Own.ACCOUNT, Own.REGION)
    assert any_of((NO, ONE)).holes == (Own.ACCOUNT,)
    assert all_of((ONE, NO)) is NO
    assert any_of((ONE, YES)) is YES
    assert all_of(()) is YES
    assert any_of(()) is NO


def test_an_answer_has_holes_only_where_it_is_maybe() -> None:
    """What is definite hangs on nothing."""
    assert answer(Truth.YES, [Own.ACCOUNT]) is YES
    assert answer(Truth.NO, [Own.ACCOUNT]) is NO
    assert answer(Truth.MAYBE, [Own.ACCOUNT]) == ONE


def test_the_negation_of_an_answer_keeps_its_holes() -> None:
    """What decides a question decides its negation."""
    assert ~YES is NO
    assert ~NO is YES
    assert ~ONE == ONE


@pytest.mark.parametrize("condition", [NO, ONE, YES])
def test_depending_is_what_completions_give(condition: Answer) -> None:
    """The answer is definite if and only if it is so whatever the condition turns out to be."""
    for then, otherwise in product((NO, OTHER, YES), repeat=2):
        found = depending(condition, then, otherwise)
        outcomes = set()
        for chosen in COMPLETIONS[condition.truth]:
            outcomes |= COMPLETIONS[(then if chosen else otherwise).truth]
        assert found.truth is _truth(outcomes)
        assert (Own.ACCOUNT in found.holes) is (condition is ONE and then != otherwise)
