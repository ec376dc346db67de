"""Suppressions in a CloudFormation template: in comments, and in `Metadata` of a resource or of the template.

```yaml
Metadata:
  keyfit: {ignore: {"101": the portal is switched off next week}}
  cfn-lint: {config: {ignore_checks: [E9101]}}
  checkov: {skip: [{id: CKV_KEYFIT_101, comment: the same}]}
```
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.catalogue import every_rule
from keyfit.gate.written import Covered, Language, SourceSuppression, in_comments
from keyfit.model.findings import Failure
from keyfit.readers.cloudformation.template.loading import load
from keyfit.scan.selection import find_rule
from keyfit.value import List, Number, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.value import Origin, Value

_EVERYTHING: Final = 1_000_000_000  # lines
_WHOLE: Final = len("E9101")
_IN_CFN_LINT: Final = re.compile(r"[EWI](?:9[0-9]{0,3})?")  # what an id of ours can begin with


def written_in(source: str, file: str) -> Iterator[SourceSuppression | Failure]:
    """The suppressions of a template; none where it cannot be read, which has been told."""
    template = load(source, file)
    if not isinstance(template, Object):
        return
    blocks = tuple(_blocks(template, source, ()))
    language = Language(partial(_begun, blocks), partial(_around, blocks))
    if not source.lstrip().startswith("{"):
        yield from in_comments(source, file, language)
    yield from _metadata(template, Covered.lines(1, _EVERYTHING), of_template=True)
    for name, resource in _resources(template):
        yield from _metadata(resource, _covered(name, resource, source), of_template=False)


def _covered(name: Text, resource: Object, source: str) -> Covered:
    """A resource; in JSON several can stand on one line."""
    if source.lstrip().startswith("{"):
        return Covered(name.origin.start, resource.origin.end, name.literal or "")
    return Covered.lines(*_lines(name.origin, resource.origin, source), name.literal or "")


def _resources(template: Object) -> Iterator[tuple[Text, Object]]:
    found = template.find("Resources")
    for name, resource in found.entries if isinstance(found, Object) else ():
        if isinstance(resource, Object):
            yield name, resource


# --- comments -----------------------------------------------------------------------------------------------------


def _blocks(value: Value, source: str, path: tuple[str, ...]) -> Iterator[Covered]:
    """Every entry and item, the outer ones first: its lines, and the logical id of a resource."""
    match value:
        case Object(entries):
            for name, inner in entries:
                inside = (*path, name.literal or "")
                address = inside[1] if len(inside) == 2 and inside[0] == "Resources" else ""  # noqa: PLR2004 - its depth
                yield Covered.lines(*_lines(name.origin, inner.origin, source), address)
                yield from _blocks(inner, source, inside)
        case List(items):
            for inner in items:
                yield Covered.lines(*_lines(inner.origin, inner.origin, source))
                yield from _blocks(inner, source, (*path, ""))
        case _:
            return


def _lines(start: Origin, end: Origin, source: str) -> tuple[int, int]:
    """The first and the last line; a YAML collection ends where the next thing begins, which is none of it."""
    lines = source.splitlines()
    last = end.end.line
    before = lines[last - 1][: end.end.column - 1] if last <= len(lines) else ""
    while last > start.start.line and not before.strip(" -"):
        last -= 1
        before = lines[last - 1].partition("#")[0] if last <= len(lines) else ""
    return start.start.line, last


def _begun(blocks: Iterable[Covered], line: int) -> Covered:
    return next((each for each in blocks if each.first.line == line), Covered.lines(line, line))


def _around(blocks: Iterable[Covered], line: int) -> Covered | None:
    return next((each for each in blocks if each.address and each.first.line <= line <= each.last.line), None)


# --- metadata -----------------------------------------------------------------------------------------------------


def _metadata(block: Object, covered: Covered, *, of_template: bool) -> Iterator[SourceSuppression | Failure]:
    metadata = block.find("Metadata")
    if isinstance(metadata, Object):
        yield from _own(_inside(metadata, "keyfit", "ignore"), covered)
        yield from _of_cfn_lint(_inside(metadata, "cfn-lint", "config", "ignore_checks"), covered, begun=of_template)
        yield from _of_checkov(_inside(metadata, "checkov", "skip"), covered)


def _own(ignored: Value | None, covered: Covered) -> Iterator[SourceSuppression | Failure]:
    """`{"101": reason}`, `[101]`, or `101`."""
    if ignored is None:
        return
    if isinstance(ignored, Object):
        pairs = [(_text(name), _text(reason), name.origin) for name, reason in ignored.entries]
    else:
        items = ignored.items if isinstance(ignored, List) else (ignored,)
        pairs = [(_text(each), "", each.origin) for each in items]
    for name, reason, origin in pairs:
        rule = find_rule(name)
        if rule is None:
            yield Failure(f"`Metadata` `keyfit` `ignore`: `{name}` is not a rule", origin)
        else:
            yield SourceSuppression(
                frozenset({rule.number}), reason, origin, covered, f"Metadata keyfit ignore {rule.number}"
            )


def _of_cfn_lint(ignored: Value | None, covered: Covered, *, begun: bool) -> Iterator[SourceSuppression]:
    """Of a resource it names rules; of the template what their ids begin with, and then it need not be about ours."""
    for each in ignored.items if isinstance(ignored, List) else ():
        words = _text(each)
        rules = frozenset(rule.number for rule in every_rule() if f"{words[:1]}9{rule.number:03}".startswith(words))
        whole = len(words) == _WHOLE
        if _IN_CFN_LINT.fullmatch(words) and rules and (begun or whole):
            yield SourceSuppression(
                rules, "", each.origin, covered, f"ignore_checks {words}", frozenset(words[0]), whole
            )


def _of_checkov(skipped: Value | None, covered: Covered) -> Iterator[SourceSuppression]:
    for each in skipped.items if isinstance(skipped, List) else ():
        if isinstance(each, Object):
            name = _text(each.find("id"))
            rule = find_rule(name) if name.startswith("CKV_KEYFIT_") else None
            if rule is not None:
                yield SourceSuppression(
                    frozenset({rule.number}), _text(each.find("comment")), each.origin, covered, name
                )


def _inside(value: Value, *path: str) -> Value | None:
    for name in path:
        found = value.find(name) if isinstance(value, Object) else None
        if found is None:
            return None
        value = found
    return value


def _text(value: Value | None) -> str:
    match value:
        case Text():
            return value.literal or ""
        case Number(number):
            return str(int(number))
        case _:
            return ""
