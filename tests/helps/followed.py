"""What a person does who follows a help, written down: the words that are followed, and the change to the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.model.findings import NoteKind
from keyfit.render.advice import COMMAND_LINE, every_note

if TYPE_CHECKING:
    from keyfit.model.findings import Finding
    from tests.literate import Case
    from tests.remedy.worlds import World


@dataclass(frozen=True, slots=True)
class Followed:
    """One help, or several that are needed together, followed to the letter.

    A finding is known by its fixture, rule and resource; its block has each text that is replaced, so that lines can
    move. Every block of which all that is so is changed. `unproven` says that what is written now cannot be known.
    """

    fixture: str  # the number that its file begins with
    rule: int
    resource: str
    helps: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]  # what is replaced, which the block has once, and by what
    unproven: bool = False
    region: str = ""  # where the stack is deployed then, where the help says so
    uncovers: tuple[int, ...] = ()  # rules that have their say only of what is no longer broken

    def __str__(self) -> str:
        return f"{self.fixture}: {self.rule}: {self.resource}: {self.helps[0]}"

    def is_about(self, name: str, case: Case) -> bool:
        """Whether the block, by its file and line, has the text that is changed."""
        text = "\n".join(case.files.values())
        return name.startswith(f"{self.fixture}-") and all(old in text for old, _ in self.changes)

    def answers(self, found: Finding) -> bool:
        """Whether the finding says what is followed."""
        said = {each.message for each in every_note(found, COMMAND_LINE) if each.kind is NoteKind.HELP}
        return (self.rule, self.resource) == (found.rule, found.resource) and said.issuperset(self.helps)

    def follow(self, world: World) -> World:
        """The block with its text changed."""
        for old, new in self.changes:
            files = [(file, data.decode()) for file, data in world.files.items() if old.encode() in data]
            assert [text.count(old) for _, text in files] == [1], f"`{old}` is not in the block once"
            for file, text in files:
                Path(file).write_text(text.replace(old, new), encoding="utf-8")
        flags = replace(world.run.flags, region=self.region or world.run.flags.region)
        return replace(world, run=replace(world.run, flags=flags))
