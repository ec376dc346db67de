"""Where a policy's statements and their elements stand in a file, and in which form they are written."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from keyfit.record import record
from keyfit.remedy.brackets import Language, bracketed
from keyfit.remedy.sources import Source, UnpatchableError
from keyfit.remedy.writing import Form, Writer
from keyfit.value import NOWHERE, List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.model.policies import Policy
    from keyfit.remedy.brackets import Bracketed
    from keyfit.value import Origin, Value

TERRAFORM: Final = (".tf", ".tofu")
_QUOTED_KEY: Final = re.compile(r'\{\s*"[^"\\\n]*"\s*:')
_BLOCK: Final = re.compile(r'statement[ \t]*\{|dynamic[ \t]+"statement"')


def language_of(file: str) -> Language:
    """What a file is written in, by its name, as far as brackets go."""
    if file.endswith(TERRAFORM):
        return Language.HCL
    return Language.JSON if PurePath(file).suffix == ".json" else Language.YAML


@record
class Spot:
    """A value in a file: its offsets, and how such values are written there."""

    source: Source
    start: int
    end: int

    @classmethod
    def of(cls, origin: Origin, read: Callable[[str], Source]) -> Spot:
        """The value at `origin`; `read` gives the file."""
        if origin == NOWHERE or not origin.file or origin.note:
            raise UnpatchableError("nobody wrote it")
        source = read(origin.file)
        start, end = source.span(origin)
        if start == end:
            raise UnpatchableError("its place has no end")
        return cls(source, start, end)

    def whole(self) -> Spot:
        """With the quotes around it: an HCL string that has more than text in it is placed inside them."""
        text = self.source.text
        inside = text[self.start - 1 : self.start] == '"' == text[self.end : self.end + 1]
        if self.language is Language.HCL and inside and not self.text.startswith('"'):
            return Spot(self.source, self.start - 1, self.end + 1)
        return self

    @property
    def text(self) -> str:
        """As it is written."""
        return self.source.text[self.start : self.end]

    @property
    def language(self) -> Language:
        """Of the file; text of JSON in a template is read as a template's."""
        return language_of(self.source.file)

    @property
    def terraform(self) -> bool:
        """Whether an expression is one of Terraform's: in its JSON, inside of a string."""
        return self.source.file.endswith((*TERRAFORM, *(f"{suffix}.json" for suffix in TERRAFORM)))

    @property
    def form(self) -> Form:
        """The form of the object that stands here."""
        if self.language is Language.HCL:
            if _BLOCK.match(self.text):
                return Form.BLOCK
            return Form.JSON if _QUOTED_KEY.match(self.text) else Form.HCL
        if self.language is Language.JSON or _QUOTED_KEY.match(self.text):
            return Form.JSON
        return Form.FLOW if self.text.startswith("{") else Form.YAML

    @property
    def writer(self) -> Writer:
        """Writes as is written here."""
        return Writer(self.form, self.terraform, self.source.newline())

    def brackets(self) -> Bracketed:
        """The brackets that it begins with."""
        return bracketed(self.source, self.start, self.language)


def statement_value(policy: Policy, index: int) -> Object:
    """The `index`-th statement of a policy as a value; `UnpatchableError` where it is none that is written out."""
    written = policy.document.find("Statement") if isinstance(policy.document, Object) else None
    items = written.items if isinstance(written, List) else (written,)
    found = items[index] if 0 <= index < len(items) else None
    if not isinstance(found, Object):
        raise UnpatchableError("the statement is not written out")
    return found


def element_value(statement: Object, name: str) -> Value:
    """An element of a statement as a value."""
    found = statement.find(name)
    if not isinstance(found, Text | List):
        raise UnpatchableError(f"its {name} is not written out")
    return found
