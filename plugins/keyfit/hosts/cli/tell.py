"""The commands that tell what keyfit knows: its rules, its files, its own health."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from keyfit.hosts.cli.examples import Exemplified

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE: Final = re.compile(r'"date": "([0-9-]+)"')
_HEAD: Final = 4_096  # characters of a data file that hold its date


def version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's own signature
    """Print the version, and the date of each table of facts."""
    if not wanted:
        return
    import keyfit

    click.echo(f"keyfit {keyfit.__version__}, Python {sys.version.split()[0]}")
    for name, date in _dates(Path(keyfit.__file__).parent):
        click.echo(f"  {name} as of {date}")
    ctx.exit()


def _dates(package: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(package.rglob("data/*.json")):
        date = _DATE.search(file.read_text(encoding="utf-8")[:_HEAD])
        if date:
            yield file.stem.replace("_", " "), date[1]


@click.command(
    short_help="List the rules.",
    cls=Exemplified,
    examples=(
        ("keyfit rules", "every rule with its number, level and name, by group"),
        ("keyfit rules --format markdown", "tables of the rules, and of the types that they are about"),
    ),
)
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", help="Default: text.")
def rules(form: str) -> None:
    """List the rules: number, level, name, and what each checks, below the name of their group.

    --select and --ignore take the name of a group, too.
    """
    from keyfit.catalogue.handbook import tables

    click.echo("\n".join(tables() if form == "markdown" else _listed()))


def _listed() -> Iterator[str]:
    from keyfit.catalogue.groups import every_group

    groups = tuple(every_group())
    longest = max(len(rule.name) for _, rules in groups for rule in rules)
    for group, rules in groups:
        yield f"{group.name}: {group.title}"
        for rule in rules:
            yield f"  {rule.number:03}  {rule.level.value:7}  {rule.name:{longest}}  {rule.summary}"


@click.command(
    short_help="Explain a rule, or a fact that rules rest on.",
    cls=Exemplified,
    examples=(
        ("keyfit explain 101", "a rule"),
        ("keyfit explain key-symmetric", "a rule, by its name"),
        ("keyfit explain K13", "what AWS documents, and where"),
    ),
)
@click.argument("what")
def explain(what: str) -> None:
    """Explain WHAT, a rule or a fact.

    Of a rule, by its number or name: what it checks, why it matters, when it cannot tell, examples, and the facts that
    it rests on. Of a fact, such as K13: what AWS or a provider documents, and on which page.
    """
    from keyfit.aws.facts import find
    from keyfit.scan.selection import find_rule

    rule = find_rule(what)
    fact = None if rule else find(what)
    if rule is None and fact is None:
        raise click.UsageError(f"`{what}` is not a rule or a fact{_near(what)}: see `keyfit rules`")
    for line in _rule(rule) if rule else _fact(fact):
        click.echo(line)


def _rule(rule: Any) -> Iterator[str]:  # noqa: ANN401 - a Rule, whose module is not imported yet
    from keyfit.aws.facts import find
    from keyfit.catalogue.examples import documented

    yield f"{rule.number:03} {rule.name} ({rule.level.value})\n\n{documented(rule)}\n"
    yield f"In Checkov: CKV_KEYFIT_{rule.number:03}. In cfn-lint: {', '.join(_lint_ids(rule))}.\n"
    yield from dict.fromkeys(_failure(call) for call in rule.needs if call.noticed)
    yield "It rests on:"
    for source in rule.sources:
        fact = find(source)
        yield from _fact(fact) if fact else (source,)


def _failure(call: Any) -> str:  # noqa: ANN401 - a Call, as above
    """What does not come about where the call fails, and when that is noticed."""
    lost = f": {call.lost}" if call.lost else ""
    return f"Failure: {call.noticed.value}{lost}.{f' AWS then says: {call.told}' if call.told else ''}\n"


def _fact(fact: Any) -> Iterator[str]:  # noqa: ANN401 - a Fact, whose module is not imported yet
    yield click.wrap_text(f"{fact.id}: {fact.statement}", 100, subsequent_indent="  ")
    yield f"  {fact.page} (as of {fact.read.isoformat()})"


def _near(word: str) -> str:
    """The rules and facts whose number, name or id is like `word`, as a part of a sentence."""
    from difflib import get_close_matches

    from keyfit import catalogue
    from keyfit.aws.facts import every_fact

    rules = catalogue.every_rule()
    known = (*(rule.name for rule in rules), *(str(rule.number) for rule in rules), *every_fact())
    near = get_close_matches(word, known) or get_close_matches(word.upper(), known)
    return f" (near it: {', '.join(f'`{each}`' for each in near)})" if near else ""


def _lint_ids(rule: Any) -> Iterator[str]:  # noqa: ANN401 - a Rule, whose module is not imported yet
    if rule.level.value == "error":
        yield f"E9{rule.number:03}"
    yield f"W9{rule.number:03}"
    yield f"I9{rule.number:03} (unproven)"


@click.command(
    short_help="Print where the checks for Checkov or the rules for cfn-lint are.",
    cls=Exemplified,
    examples=(
        ("keyfit path checks", "the folder for `checkov --external-checks-dir`"),
        ("keyfit path rules", "the folder for `cfn-lint --append-rules`"),
    ),
)
@click.argument("what", type=click.Choice(["checks", "rules"]))
def path(what: str) -> None:
    """Print the folder to give to Checkov (--external-checks-dir) or cfn-lint (--append-rules)."""
    from keyfit.shipped import folder

    click.echo(folder(what))


@click.command(
    short_help="Print the JSON schema of `check --format json`, or of `diff`.",
    cls=Exemplified,
    examples=(
        ("keyfit schema > keyfit.schema.json", "the schema of a check, in a file"),
        ("keyfit schema diff", "that of a comparison"),
    ),
)
@click.argument("command", type=click.Choice(["check", "diff"]), default="check")
def schema(command: str) -> None:
    """Print the JSON schema (draft 2020-12) of what `--format json` of a command prints (default: check)."""
    from keyfit.render import difference_json, report_json

    if command == "diff":
        click.echo(report_json.written(difference_json.schema()), nl=False)
    else:
        click.echo(report_json.SCHEMA.read_text(encoding="utf-8"), nl=False)


@click.command(
    short_help="Check that each installed host finds a known fault.",
    cls=Exemplified,
    examples=(("keyfit doctor", "after installing, or when a host is silent"),),
)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Run each installed host on a stack with a known fault, and say whether it finds it.

    Status 0: every installed host works. 1: one does not.
    """
    from keyfit.hosts.cli.diagnosis import diagnose

    healthy = True
    for diagnosis in diagnose():
        healthy = healthy and diagnosis.healthy
        click.echo(f"{diagnosis.subject:13} {'' if diagnosis.healthy else 'BROKEN: '}{diagnosis.message}")
        if diagnosis.advice:
            click.echo(f"{'':13} help: {diagnosis.advice}")
    ctx.exit(0 if healthy else 1)
