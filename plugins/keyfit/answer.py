"""A truth together with the holes that keep it from being definite: evidence travels with the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.record import record
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import Hole


@record
class Answer:
    """A truth, and for MAYBE the holes that decide it: all of them, and only those."""

    truth: Truth
    holes: tuple[Hole, ...] = ()

    def __invert__(self) -> Answer:
        """The opposite, for the same holes."""
        return _NEGATION.get(self.truth, self)

    def __and__(self, other: Answer) -> Answer:
        """Kleene's conjunction of two: as `all_of`."""
        if self.truth is Truth.NO or other.truth is Truth.YES:
            return self
        if other.truth is Truth.NO or self.truth is Truth.YES:
            return other
        return maybe(*self.holes, *other.holes)

    def __or__(self, other: Answer) -> Answer:
        """Kleene's disjunction of two: as `any_of`."""
        if self.truth is Truth.YES or other.truth is Truth.NO:
            return self
        if other.truth is Truth.YES or self.truth is Truth.NO:
            return other
        return maybe(*self.holes, *other.holes)


YES: Final = Answer(Truth.YES)
NO: Final = Answer(Truth.NO)
_NEGATION: Final = {Truth.YES: NO, Truth.NO: YES}


def maybe(*holes: Hole) -> Answer:
    """MAYBE, for these holes."""
    return Answer(Truth.MAYBE, holes if len(holes) < 2 else tuple(dict.fromkeys(holes)))  # noqa: PLR2004


def answer(truth: Truth, holes: Iterable[Hole]) -> Answer:
    """`truth`, with `holes` where it is MAYBE."""
    if truth is Truth.MAYBE:
        return maybe(*holes)
    return YES if truth is Truth.YES else NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's conjunction: NO if one is NO; else MAYBE for the holes of every MAYBE; YES for none at all."""
    return _fold(answers, Truth.NO)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Kleene's disjunction: YES if one is YES; else MAYBE for the holes of every MAYBE; NO for none at all."""
    return _fold(answers, Truth.YES)


def depending(condition: Answer, then: Answer, otherwise: Answer) -> Answer:
    """`then` where `condition` is YES, `otherwise` where it is NO; where it is MAYBE, what both agree on."""
    if condition.truth is Truth.MAYBE:
        agreed = then.truth is otherwise.truth and then.holes == otherwise.holes
        return then if agreed else maybe(*condition.holes, *then.holes, *otherwise.holes)
    return then if condition.truth is Truth.YES else otherwise


def _fold(answers: Iterable[Answer], decisive: Truth) -> Answer:
    open_: list[Answer] = []
    for each in answers:
        if each.truth is decisive:
            return each
        if each.truth is Truth.MAYBE:
            open_.append(each)
    if not open_:
        return NO if decisive is Truth.YES else YES
    return open_[0] if len(open_) == 1 else maybe(*(hole for each in open_ for hole in each.holes))
