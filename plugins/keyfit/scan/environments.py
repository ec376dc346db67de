"""One source, deployed several times: judged in each environment that its settings name, and told as one."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import SEEN, Verdict
from keyfit.scan.judging import THE_RUN, Checked, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from keyfit.model.findings import Finding
    from keyfit.settings import Settings, Source

# What is seen of a run as a whole, and is not the matter where another environment uses it.
_UNUSED: Final = frozenset({"unused_key", "unused_role", "unused_policy", "unused_name", "nothing"})


def in_each(run: Run, judge: Callable[[Run], tuple[Checked, ...]]) -> tuple[Checked, ...]:
    """What `judge` finds in every environment that the settings of what it looks at name: for each path one.

    What is found in all is told once; what is not names the environments.
    """
    found = environments(run, judge)
    return found[""] if "" in found else tuple(_merged(found))


def environments(run: Run, judge: Callable[[Run], tuple[Checked, ...]]) -> Mapping[str, tuple[Checked, ...]]:
    """What `judge` finds in every environment, by its name; by none where the settings name none."""
    first = judge(run)
    names = tuple(dict.fromkeys(name for each in first for name in each.settings.names))
    if not names:
        return {"": first}
    alike = all(each.settings.environment in {None, names[0]} for each in first)
    found = {name: judge(replace(run, deployment=name)) for name in (names[1:] if alike else names)}
    return {names[0]: first, **found} if alike else found


def _merged(found: Mapping[str, Sequence[Checked]]) -> Iterator[Checked]:
    by_path: defaultdict[tuple[str, str, int], dict[str, Checked]] = defaultdict(dict)
    for name, every in found.items():
        times: Counter[tuple[str, str]] = Counter()
        for each in every:
            key = (each.path, each.language)
            if not each.settings.names or name in each.settings.names:
                by_path[each.path, each.language, times[key]][name] = each
            times[key] += 1  # a template that others nest is there once for each of them
    ordered = sorted(by_path.items(), key=lambda item: item[0][1] == THE_RUN)  # of the run as a whole last, as it was
    yield from (_one(tuple(found) if not language else (), each) for (_, language, _), each in ordered)


def _one(runs: tuple[str, ...], found: Mapping[str, Checked]) -> Checked:
    """What was found at one path as one; `runs` are the environments in which something of the run can be found."""
    first, *others = found.values()
    if not others and not runs:
        return first
    names = runs or tuple(found)
    findings = tuple(each for each in _findings(found, len(names)) if not runs or _matters(each))
    return replace(
        first,
        settings=replace(first.settings, source=_source(each.settings for each in found.values())),
        findings=findings,
        failures=tuple(dict.fromkeys(failure for each in found.values() for failure in each.failures)),
        others=max((each.others for each in found.values()), key=_broken),
        notices=tuple(dict.fromkeys(notice for each in found.values() for notice in each.notices)),
        judged=max(each.judged for each in found.values()),
        deployments={name: replace(each, findings=_of(name, findings)) for name, each in found.items()},
    )


def _broken(findings: Iterable[Finding]) -> int:
    return sum(each.verdict is Verdict.BROKEN for each in findings)


def _of(name: str, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if not each.environments or name in each.environments)


def _matters(found: Finding) -> bool:
    return found.type not in _UNUSED or not found.environments or found.rule != SEEN


def _findings(found: Mapping[str, Checked], every: int) -> Iterator[Finding]:
    """The findings, each once, with the environments that it is about where these are not all."""
    alike: defaultdict[object, list[tuple[Finding, list[str]]]] = defaultdict(list)
    for name, checked in found.items():
        for finding in checked.findings:
            same = alike[finding.rule, finding.resource, finding.about, finding.origin.file]
            known = next((names for other, names in same if _says_the_same(other, finding)), None)
            if known is None:
                same.append((finding, [name]))
            else:
                known.append(name)
    for same in alike.values():
        for finding, names in same:
            unique = tuple(dict.fromkeys(names))
            yield finding if len(unique) == every else replace(finding, environments=unique)


def _says_the_same(one: Finding, other: Finding) -> bool:
    """Whether two findings are one; of what holds, why it does may differ."""
    if one.verdict is Verdict.HOLDS and other.verdict is Verdict.HOLDS:
        return (one.message, one.scenarios) == (other.message, other.scenarios)
    return one == other


def _source(settings: Iterable[Settings]) -> Source | None:
    """The settings file, with what it assumes in any of the environments."""
    sources = [each.source for each in settings if each.source is not None]
    effects = tuple(dict.fromkeys(effect for each in sources for effect in each.effects))
    return replace(sources[0], effects=effects) if sources else None
