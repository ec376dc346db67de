"""The last line of a report: how much was checked, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Level, SuppressedBy, Verdict
from keyfit.settings import Shown

if TYPE_CHECKING:
    from keyfit.scan import Report

_BY: Final = {SuppressedBy.SOURCE: "in the source", SuppressedBy.BASELINE: "by the baseline"}


def summary(report: Report) -> str:
    """`2 templates: 1 broken (1 warning), 3 unproven, 5 hold`."""
    return f"{checked(report)}: {counted(report)}"


def counted(report: Report) -> str:
    """`1 broken (1 warning), 3 unproven, 5 hold`, and how much is left out or could not be checked."""
    counts = report.counts
    counting = (found for found in report.findings if found.suppressed is None and found.verdict is Verdict.BROKEN)
    warnings = sum(found.level is Level.WARNING for found in counting)
    broken = f"{counts[Verdict.BROKEN]} broken"
    parts = [
        f"{broken} ({number(warnings, 'warning')})" if warnings else broken,
        f"{counts[Verdict.UNPROVEN]} unproven",
        f"{counts[Verdict.HOLDS]} {'holds' if counts[Verdict.HOLDS] == 1 else 'hold'}",
    ]
    if report.seen:
        parts.append(f"{report.seen} not covered")
    if report.left_out:
        parts.append(f"{report.left_out} broken left out")
    if report.failures:
        parts.append(f"{len(report.failures)} could not be checked")
    return ", ".join((*parts, *hidden(report)))


def hidden(report: Report) -> tuple[str, ...]:
    """What does not count, and why: `3 suppressed (1 in the source, 2 by the baseline)`."""
    by = [f"{count} {_BY[each]}" for each, count in report.hidden.items() if count]
    return (f"{sum(report.hidden.values())} suppressed ({', '.join(by)})",) if by else ()


def checked(report: Report) -> str:
    """How much was looked at, and how much of it has nothing to judge; what there is none of is not told."""
    templates, roots = number(report.templates, "template"), number(report.roots, "root module")
    both = f"{templates} and {roots}" if report.templates and report.roots else roots if report.roots else templates
    return f"{both} ({report.idle} with nothing to judge)" if report.idle else both


def hint(report: Report) -> str:
    """How to see the unproven, and what was not looked into, where there is some that is not shown."""
    hidden = any(
        found.verdict is Verdict.UNPROVEN and found.suppressed is None and Shown.UNPROVEN not in each.settings.show
        for each in report.checked
        for found in each.findings
    )
    return " (see the unproven with `--show unproven`)" if hidden else ""


def number(count: int, noun: str) -> str:
    """`1 template`, `2 templates`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
