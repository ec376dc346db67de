"""What the settings take away and assume, in a host's log: no check of it is about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.render import sentences

if TYPE_CHECKING:
    from logging import Logger

    from keyfit.scan import Checked

_SAID: Final[set[str]] = set()  # by this process


def say(checked: Checked, log: Logger) -> None:
    """Say once a settings file what it does, and once a file how much that is broken is left out of it."""
    for words in sentences.settings(checked):
        if words not in _SAID:
            _SAID.add(words)
            log.warning("keyfit: %s", words)
