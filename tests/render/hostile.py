"""A report whose every name tries to be more than a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from keyfit.model.findings import (
    About,
    Cause,
    Failure,
    Finding,
    Level,
    Note,
    NoteKind,
    SuppressedBy,
    Suppression,
    Verdict,
)
from keyfit.scan import Checked, Report
from keyfit.settings import Settings, Shown
from keyfit.value import Origin, Position

NAMES: Final = {
    "a terminal's escapes": "a\x1b[2J\x1b]0;title\x07\x9b31m\rb",
    "a new line and a workflow command": "a\n::error file=x::forged\n::set-output name=x::y",
    "a workflow command": "::error::forged",
    "an old workflow command": "a ##[error]forged",
    "commands of Azure and TeamCity": "a ##vso[task.setvariable variable=x]y ##VSO[x] ##teamcity[x]",
    "what ends a workflow command's property": "a,title=forged::b%0A::error::c",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href='javascript:x'>",
    "an end of what holds it": "]]></failure><testcase/>--><!-- </code></details>",
    "Markdown": "`` ` [a](javascript:x) ![b](http://x/y.png) **c** | d # e\n# f\n\n- g <b> ~~h~~ $i$",
    "what GitHub makes links of": "` @everyone #1 https://x.y www.x.y a@b.c ` @everyone",
    "placeholders and links": "{0} {{1}} [a](1) \\[b\\] ${{ secrets.X }}",
    "marks that turn the reading direction": "a\u202eb\u2066c\u200bd\ufeff",
    "what is not a character": "a\ufffeb\uffffc\ud800d\x00e",
}


def report(name: str) -> Report:
    """Each verdict and level, a failure and what was skipped, with the name wherever a source can write one."""
    origin = Origin(f"{name}.yaml", Position(3, 5), Position(3, 9))
    elsewhere = Origin(f"{name}/x.yaml", Position(14), Position(15))
    statement = Cause(elsewhere, "Action")
    notes = (Note(NoteKind.NOTE, f"statement `{name}` gives {name}", elsewhere), Note(NoteKind.HELP, f"add `{name}`"))
    about = About(key=name, parameter=name, store="online", state=name, principal=name, actions=(name,))

    def found(rule: int, verdict: Verdict, level: Level = Level.ERROR, part_of: int | None = None) -> Finding:
        message = f"role `{name}` cannot {name} on key `{name}`"
        first = (rule, "personalize-service-key-access", verdict, level, name, "AWS::KMS::Key", message, origin)
        scenario: dict[str, bool | str] = {name: True, "Stage": name}
        return Finding(*first, about, notes, scenario=scenario, part_of=part_of, stack=name, cause=statement)

    findings = (
        found(101, Verdict.BROKEN),
        found(102, Verdict.BROKEN, part_of=101),
        found(103, Verdict.BROKEN, Level.WARNING, part_of=101),
        found(105, Verdict.UNPROVEN),
        found(106, Verdict.HOLDS),
        replace(found(108, Verdict.BROKEN), suppressed=Suppression(SuppressedBy.SOURCE, name, elsewhere)),
    )
    settings = Settings(show=(Shown.HOLDS, Shown.UNPROVEN))
    failures = (Failure(f"`{name}` cannot be read", Origin(f"{name}.yaml", Position(2))),)
    notices = (Note(NoteKind.NOTE, f"`{name}` suppresses nothing", elsewhere),)
    return Report((Checked(name, settings, findings, failures),), (Failure(name, Origin(name)),), notices)
