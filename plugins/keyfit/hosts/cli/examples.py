"""A command with examples: below its help, and the first of them where it is called with wrong arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class Exemplified(click.Command):
    """A command of which `examples` are whole lines, each with what it does."""

    def __init__(self, *words: Any, examples: Sequence[tuple[str, str]] = (), **more: Any) -> None:  # noqa: ANN401
        """As any command, which takes what `click.command` gives it."""
        super().__init__(*words, **more)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, after the options."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for line, words in self.examples:
                    formatter.write(f"  {line}\n      {words}\n")


def example(error: click.UsageError) -> str:
    """What a right call looks like, in a line; empty where there is nothing to tell."""
    command = error.ctx.command if error.ctx is not None else None
    return f"For example: {command.examples[0][0]}" if isinstance(command, Exemplified) and command.examples else ""
