"""Where a finding stands, for programs: paths from the root of the repository, with `/`."""

from __future__ import annotations

import os
from pathlib import Path

from keyfit.record import record
from keyfit.settings.paths import find_root, real_path


@record
class Places:
    """The directory that paths are told from, and the one that what the user typed is relative to."""

    root: Path
    here: Path

    @classmethod
    def around(cls, here: Path) -> Places:
        """The git work tree that `here` lies in, or `here` itself."""
        return cls(find_root(real_path(here)), here)

    def path(self, file: str) -> str:
        """`infrastructure/stack.yaml`; the whole path of a file that lies outside the root; empty for no file."""
        if not file:
            return ""
        typed = Path(os.path.normpath(real_path(self.here) / file))
        for found in (typed, _real(typed)):
            if found.is_relative_to(self.root):
                return found.relative_to(self.root).as_posix()
        return typed.as_posix()

    def uri(self, file: str) -> str:
        """The same as a URI reference: relative to the root, or absolute."""
        from urllib.parse import quote

        path = quote(self.path(file), errors="surrogatepass")
        return f"file://{path}" if path.startswith("/") else path


def _real(path: Path) -> Path:
    """`path` without symbolic links; itself where it is the name of no file, as that of a nested stack can be."""
    try:
        return real_path(path)
    except ValueError:
        return path
