"""What belongs to one thing alone, as a bucket policy to its bucket: what surely names one is not another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from keyfit.answer import YES
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keyfit.answer import Answer

T = TypeVar("T")
Owner = TypeVar("Owner")


def of_each(
    attached: Sequence[T],
    owners: Sequence[Owner],
    names: Callable[[T, Owner], Answer],
    present: tuple[Callable[[T], Answer], Callable[[Owner], Answer]],
) -> list[list[tuple[T, Answer]]]:
    """For each of `owners` what names it, or may, with how sure that is.

    No two owners have one name, so that what names one which is there whenever it is there itself names no other: an
    open name of the other is not taken for the same.
    """
    found: list[list[tuple[T, Answer]]] = [[] for _ in owners]
    present_of, owner_present = present
    for each in attached:
        answers = [names(each, owner) for owner in owners]
        along = (YES, present_of(each))
        settled = any(
            answer.truth is Truth.YES and owner_present(owner) in along
            for owner, answer in zip(owners, answers, strict=True)
        )
        for place, answer in zip(found, answers, strict=True):
            if answer.truth is Truth.YES or (answer.truth is Truth.MAYBE and not settled):
                place.append((each, answer))
    return found
