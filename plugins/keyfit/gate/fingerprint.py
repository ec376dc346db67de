"""What a finding is known by in the next run: it outlives shifted lines and changed words, and no renamed file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyfit.gate.places import Places
    from keyfit.model.findings import Finding

VERSION: Final = "keyfit/v1"
_LENGTH: Final = 32  # hexadecimal digits: 128 bits


def fingerprint(found: Finding, places: Places) -> str:
    """A hash of the rule, the template or root module, the subject's address, and what the finding is about.

    Of what is not so in all environments, the names of those in which it is: what is accepted in one is not in another.

    The verdict, the actions and the words are no part of it: a finding that turns from unproven to broken is the same.
    """
    about = found.about
    named = (about.key, about.parameter, about.store, about.state, about.principal, *sorted(found.environments))
    where = places.path(found.stack or found.origin.file)
    parts = (VERSION, str(found.rule), where, found.resource, *named)
    text = "".join(f"{len(part)}:{part}" for part in parts)  # no name can forge where another one begins
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
