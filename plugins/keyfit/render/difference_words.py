"""The sentences about what differs, that every format of `keyfit diff` shows alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from keyfit.aws import kms_actions
from keyfit.compare.difference import Direction
from keyfit.explain.deployments import when
from keyfit.model.findings import Level, Verdict
from keyfit.render import sentences
from keyfit.render.summary import number
from keyfit.truth import Truth
from keyfit.words import joined, printable, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.compare.difference import Answered, Decided, Difference, Judged
    from keyfit.model.findings import Finding

_FEW: Final = 8  # actions that are left out of all of them in so many words
_STATES: Final = {Truth.YES: "allowed", Truth.NO: "denied", Truth.MAYBE: "unknown"}
_SAYS: Final = {
    Direction.GAINED: "{who} can now {actions} on key `{key}`",
    Direction.LOST: "{who} can no longer {actions} on key `{key}`",
    Direction.PERHAPS_GAINED: "{who}: {change} on key `{key}` ({before}, now {after})",
    Direction.PERHAPS_LOST: "{who}: {change} on key `{key}` ({before}, now {after})",
}
_VERDICTS: Final = {Verdict.HOLDS: "held", Verdict.UNPROVEN: "was unproven", Verdict.BROKEN: "was broken"}
_NOW: Final = {Verdict.HOLDS: "holds", Verdict.UNPROVEN: "is unproven", Verdict.BROKEN: "is broken"}
_TELL: Final = {Truth.YES: "could", Truth.NO: "could not", Truth.MAYBE: "not known"}
_TELL_NOW: Final = {Truth.YES: "can", Truth.NO: "cannot", Truth.MAYBE: "not known"}


def state(answered: Answered | None) -> str:
    """An answer for programs; `absent` where there is no such key or principal."""
    return "absent" if answered is None else _STATES[answered.truth]


def decision(each: Decided) -> str:
    """A changed decision in one line."""
    words = _SAYS[each.direction].format(
        who=each.who,
        actions=_actions(each),
        change=_actions(each),
        key=each.key,
        before=_TELL[each.before.truth] if each.before else f"no such {each.absent}",
        after=_TELL_NOW[each.after.truth] if each.after else f"no such {each.absent}",
    )
    new = {True: "gone", False: "new"}[each.after is None]
    extra = (
        f"the {each.absent} is {new}" if each.absent else "",
        series(each.ways),
        when((each.scenario,) if each.scenario else ()),
        sentences.where(each.environments) if each.environments else "",
    )
    more = ", ".join(filter(None, extra))
    return printable(f"{words}: {more}" if more else words)


def _actions(each: Decided) -> str:
    missing = [name for name in kms_actions.on_a_key() if name not in each.actions]
    if len(missing) <= _FEW:
        return f"do every action of KMS{f' but {joined(missing)}' if missing else ''}"
    return joined(each.actions)


def evidence(each: Decided) -> Iterator[str]:
    """Why it was so, and why it is so now."""
    for word, answered in (("before", each.before), ("now", each.after)):
        if answered is not None:
            origin = answered.origin
            where = f" ({sentences.place(origin, column=False)})" if origin.file else ""
            yield printable(f"{word}: {answered.because}{where}")


def verdict(each: Judged) -> str:
    """How a verdict changed, in a word or two: `held, is broken`."""
    if each.before is None:
        return f"new, {_now(each.after)}"
    was = _VERDICTS[each.before.verdict]
    return f"{was}, is no longer judged" if each.after is None else f"{was}, {_now(each.after)}"


def _now(finding: Finding | None) -> str:
    if finding is None:
        return ""
    word = _NOW[finding.verdict]
    if finding.verdict is Verdict.BROKEN and finding.level is Level.WARNING:
        word = "is broken (warning)"
    return f"{word}, suppressed" if finding.suppressed is not None else word


def summary(found: Difference) -> str:
    """The counts, in one line."""
    directions = Counter(each.direction for each in found.decided)
    access = [f"{directions[each]} {each.value}" for each in Direction if directions[each]]
    parts = [
        f"access: {', '.join(access) or 'no change'}",
        f"needs: {_needs(found) or 'no change'}",
        *([f"{number(len(found.altered), 'grant or boundary')} changed"] if found.altered else []),
        *([f"{len(found.failures)} could not be read"] if found.failures else []),
    ]
    return f"{number(found.compared, 'template or root module')} compared: {'; '.join(parts)}"


def _needs(found: Difference) -> str:
    told = [each for each in found.judged if not each.is_quiet]
    starts = sum(each.after is not None and each.after.verdict is Verdict.HOLDS for each in told)
    stops = sum(each.before is not None and each.before.verdict is Verdict.HOLDS for each in told)
    others, quiet = len(told) - starts - stops, len(found.judged) - len(told)
    counts = (
        (starts, "start to hold"),
        (stops, f"stop to hold ({found.broken} broken)"),
        (others, "otherwise"),
        (quiet, "of what is new or gone"),
    )
    return ", ".join(f"{count} {words}" for count, words in counts if count)
