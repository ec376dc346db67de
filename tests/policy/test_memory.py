"""What is kept, is kept for the very objects that it is about, and not without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.policy import memo
from keyfit.policy.memo import Kept, number

if TYPE_CHECKING:
    import pytest


def test_answers_are_kept_up_to_a_number() -> None:
    """Then the memory starts afresh; what is kept is given back."""
    kept: Kept[int, str] = Kept()
    lengths = []
    for about in range(66):
        assert kept.keep(about, str(about)) == str(about)
        lengths.append(len(kept))
    assert lengths == [*range(1, 65), 1, 2]
    assert kept == {64: "64", 65: "65"}


def test_numbers_stand_for_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same objects have the same number, others never; beyond a number of them, they are numbered anew."""
    monkeypatch.setattr(memo, "_MOST_NUMBERED", 2)
    monkeypatch.setattr(memo, "_numbers", {})
    one, other = [1], [1]
    first = number(one)
    assert number(one) == first
    assert number(other) != first
    assert number(one, other) not in {first, number(other)}
    lengths = []
    for each in ([1], [1], [1]):
        number(each)
        lengths.append(len(memo._numbers))  # noqa: SLF001 - the memory itself
    assert max(lengths) == 2
    assert min(lengths) == 1
