"""The examples of a rule's documentation: marked blocks of its fixture, so that a test has run what is shown."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Rule

_FENCED: Final = re.compile(
    r"^```(?P<language>yaml|hcl)(?P<words> .*)? example=(?P<names>\S+)(?P<more> .*)?\n(?P<text>(?:.*\n)*?)```$",
    re.MULTILINE,
)
# Where a resource of a fixture begins and ends: its blocks are written as a formatter leaves them.
_RESOURCES: Final = {
    "yaml": re.compile(r"^  (?P<name>\w+):.*\n(?:(?:    .*)?\n)*", re.MULTILINE),
    "hcl": re.compile(r'^\w+ "(?P<type>\w+)" "(?P<name>\w+)" \{(?:.*\}|.*\n(?:.*\n)*?\})\n', re.MULTILINE),
}
_VERDICTS: Final = ("Broken", "Holds", "Unproven")
_LAST: Final = "## References"


class Example(NamedTuple):
    """Part of a stack, what the rule says of it, and the settings under which it does."""

    verdict: str
    settings: str
    language: str
    text: str

    def __str__(self) -> str:
        under = f", with `{self.settings}`" if self.settings else ""
        return f"{self.verdict}{under}:\n\n```{self.language}\n{self.text}```\n"


def examples(rule: Rule) -> Iterator[Example]:
    """Those of its fixture, in their order; none where keyfit came without its fixtures."""
    try:
        written = (shipped.folder("fixtures") / f"{rule.number:03}-{rule.name}.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    for block in _FENCED.finditer(written):
        text = _shown(block["language"], block["text"], block["names"].split(","))
        verdict = next(word for word in _VERDICTS if f"# {word.lower()} {rule.number:03}" in text)
        settings = re.sub(r"(?<!\S)(\w+)=", r"--\1 ", f"{block['words'] or ''}{block['more'] or ''}".strip())
        yield Example(verdict, settings, block["language"], text)


def _shown(language: str, text: str, names: list[str]) -> str:
    """The resources of those names, `Key` or `aws_kms_key.data`, as the fixture has them."""
    found = {
        ".".join(part for part in each.groupdict().values() if part): each[0]
        for each in _RESOURCES[language].finditer(text)
    }
    return dedent("\n".join(f"{found[name].rstrip()}\n" for name in names))


def documented(rule: Rule) -> str:
    """The rule's documentation, with its examples before the references."""
    before, mark, references = rule.documentation.strip().partition(_LAST)
    shown = "\n".join(str(each) for each in examples(rule))
    return f"{before}## Example\n\n{shown}\n{mark}{references}" if shown else before + mark + references
