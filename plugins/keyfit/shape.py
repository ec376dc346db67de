"""What can stand in a hole of a text: which characters, and how many of them."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, digits
from typing import Final

from keyfit.record import record


@record
class Shape:
    """What a hole can be filled with: characters (`None`: any), and how many of them (`None`: no limit)."""

    characters: frozenset[str] | None = None
    shortest: int = 0
    longest: int | None = None

    def admits(self, text: str) -> bool:
        """Whether a hole of this shape can be filled with `text`."""
        return (
            self.shortest <= len(text)
            and (self.longest is None or len(text) <= self.longest)
            and (self.characters is None or self.characters.issuperset(text))
        )

    def can_hold(self, character: str) -> bool:
        """Whether some text of this shape has `character` in it."""
        return self.longest != 0 and (self.characters is None or character in self.characters)


ANY: Final = Shape()
ACCOUNT_ID: Final = Shape(frozenset(digits), 12, 12)
PARTITION_NAME: Final = Shape(frozenset(ascii_lowercase + "-"), 3, 16)
REGION_NAME: Final = Shape(frozenset(ascii_lowercase + digits + "-"), 4, 32)
DOMAIN_NAME: Final = Shape(frozenset(ascii_lowercase + digits + "-."), 4, 64)
NAME: Final = Shape(frozenset(ascii_letters + digits + "+=,.@_-"), 1, 256)  # the characters of an IAM name
KEY_ID: Final = Shape(frozenset(ascii_lowercase + digits + "-"), 1, 64)  # a UUID, or mrk- and 32 hexadecimal digits
