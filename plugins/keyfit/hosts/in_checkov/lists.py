"""Checkov's lists of the checks of a resource type, which skip those of ours that have nothing to say of a resource.

Checkov asks every check of a type about every resource of it, and each costs it more than most of ours take to find out
that there is nothing. So the first of ours that is asked tells which others have something to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SAYING: Final[list[Collection[int]]] = []  # the numbers of those with something to say; empty: not known yet


class _Checks(list[Any]):
    """The checks of one type: those of others, and of ours what has something to say, as soon as that is known."""

    def __iter__(self) -> Iterator[Any]:
        _SAYING.clear()
        for check in super().__iter__():
            number = getattr(check, "keyfit", None)
            if number is None or not _SAYING or number in _SAYING[0]:
                yield check


def is_known() -> bool:
    """Whether it is known which of ours have something to say of the resource that Checkov is at."""
    return bool(_SAYING)


def say(numbers: Collection[int] | None) -> None:
    """These, and no other, have something to say of the resource that Checkov is at; `None` where nobody knows."""
    if numbers is not None:
        _SAYING[:] = [numbers]


def also(number: int) -> None:
    """This one, too, has something to say, whatever was told before: a check that crashed has something to tell."""
    _SAYING[:] = [{*each, number} for each in _SAYING]


def take_over(registry: Any) -> None:  # noqa: ANN401 - Checkov's
    """Make the lists of a registry such lists; another Checkov may keep its checks in another way."""
    checks: Any = getattr(registry, "checks", None)
    for type_, listed in list(checks.items()) if isinstance(checks, dict) else ():
        if type(listed) is list and any(hasattr(check, "keyfit") for check in listed):
            checks[type_] = _Checks(listed)
