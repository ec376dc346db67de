"""Advice in the words of each host: what its user can do there. `{0}` is what it is about, `{1}` that in capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import catalogue
from keyfit.model.findings import Note, NoteKind
from keyfit.why import AdviceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    from keyfit.model.findings import Finding

    Phrases: TypeAlias = Mapping[AdviceKind, str]

_EVERYWHERE: Final = {
    AdviceKind.FIX: "fix what is written there",
    AdviceKind.COMPLY: "fix what is written there",
    AdviceKind.ADD: "add {0}",
    AdviceKind.SHRINK: "make it smaller",
    AdviceKind.BREAK_CYCLE: "break the cycle",
    AdviceKind.DECLARE: "declare it in `keyfit.toml`",
    AdviceKind.INITIALIZE: "run `terraform init` before the check",
    AdviceKind.CHECK_OUT: "correct the path, or check out the directory that it names",
    AdviceKind.PROCESSED: "check the processed template, which `aws cloudformation get-template` prints",
    AdviceKind.SEPARATELY: "check the template that it deploys by itself",
    AdviceKind.EXPAND: "list the elements of the collection, or write out what it creates",
    AdviceKind.CORRECT: "correct it, or remove it if it is not needed any more",
    AdviceKind.OTHER_PATH: "check the directory of what it is meant for",
    AdviceKind.RENDER_TERRAGRUNT: "check the module that it deploys, with its inputs as variables or with a plan",
    AdviceKind.PACKAGE_SERVERLESS: "run `serverless package`, and check the template in `.serverless`",
    AdviceKind.SYNTHESIZE_CDK: "run `cdk synth`, and check `cdk.out`",
    AdviceKind.SYNTHESIZE_CDKTF: "run `cdktf synth`, and check each directory in `cdktf.out/stacks`",
}
COMMAND_LINE: Final[Phrases] = {
    **_EVERYWHERE,
    AdviceKind.GIVE_PARAMETER: "pass `--parameter {0}=VALUE`",
    AdviceKind.GIVE_VARIABLE: "pass `--var {0}=VALUE`",
    AdviceKind.BIND: "pass `--{0}`",
    AdviceKind.NAME_DEPLOYER: "name the principal that deploys with `--deployer`",
    AdviceKind.NAME_WORKSPACE: "pass `--workspace NAME`",
    AdviceKind.WITH_EXPORT: "scan the template that exports it together with this one",
    AdviceKind.NAME_STACK: "pass `--stack-name {0}=NAME`",
    AdviceKind.WITH_ALIAS: "check it together with the one that makes the alias",
    AdviceKind.WITH_ROLE: "check it together with the one that makes the role",
    AdviceKind.WITH_STATE: "check it together with the configuration that has this state",
    AdviceKind.WITH_STORED: "check it together with the template or root module that creates the parameter",
    AdviceKind.WITH_NESTED: "check this template together with the one that it nests, by a local path",
    AdviceKind.WIDEN_ROOT: "pass `--root` with a directory that holds it",
}
_SETTINGS: Final[Phrases] = {  # what Checkov and cfn-lint read, which show one template or root module at a time
    **_EVERYWHERE,
    AdviceKind.GIVE_PARAMETER: "set `{0}` in `[parameters]` of `keyfit.toml`",
    AdviceKind.GIVE_VARIABLE: "set `{0}` in `terraform.tfvars`, or in `[variables]` of `keyfit.toml`",
    AdviceKind.BIND: "set `KEYFIT_{1}`, or `{0}` in `keyfit.toml`",
    AdviceKind.NAME_DEPLOYER: "name the principal that deploys as `deployer` in `keyfit.toml`",
    AdviceKind.NAME_WORKSPACE: "set `TF_WORKSPACE`, or `workspace` in `keyfit.toml`",
    AdviceKind.WITH_EXPORT: "run `keyfit check` on this template and the one that exports it",
    AdviceKind.NAME_STACK: "name the stack of `{0}` in `[stack-names]` of `keyfit.toml`",
    AdviceKind.WITH_ALIAS: "declare the key with its alias in `keyfit.toml`, or run `keyfit check` on both",
    AdviceKind.WITH_ROLE: "declare the role in `keyfit.toml`, or run `keyfit check` on both",
    AdviceKind.WITH_STATE: "run `keyfit check` on this configuration and the one that has this state",
    AdviceKind.WITH_STORED: "run `keyfit check` on it and what creates the parameter",
    AdviceKind.WITH_NESTED: "run `keyfit check` on this template and the one that it nests",
    AdviceKind.WIDEN_ROOT: "move it into the git work tree that is scanned",
}
CHECKOV: Final = _SETTINGS
CFN_LINT: Final = _SETTINGS


def every_note(finding: Finding, phrases: Phrases) -> tuple[Note, ...]:
    """The notes of a finding, what it has its cause in common with, and its advice as helps."""
    told = dict.fromkeys(phrases[kind].format(subject, subject.upper()) for kind, subject in finding.advice)
    return (*finding.notes, *_leader(finding), *(Note(NoteKind.HELP, each) for each in told))


def _leader(finding: Finding) -> Iterator[Note]:
    """The rule of the finding that a fix of this one fixes, too."""
    if finding.part_of is not None:
        name = next(rule.name for rule in catalogue.every_rule() if rule.number == finding.part_of)
        yield Note(NoteKind.NOTE, f"it has the same cause as what rule {finding.part_of} ({name}) finds")
