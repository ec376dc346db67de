"""A revision of a git repository as files in a directory of its own, with nothing of the repository executed.

The objects are read as they are: no hooks, no filters, no conversion of line ends, no submodules, no network. The tree
is untrusted, so names and symbolic links that lead out of the directory are left out, and everything is bounded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.scan.files import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FILES: Final = 200_000
MOST_BYTES: Final = 1_000_000_000  # of all files together
_PATIENCE: Final = 120  # seconds; each of these commands takes a moment
_SAFE: Final = (
    "--no-optional-locks",
    "--no-replace-objects",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "protocol.allow=never"),  # objects that are not here are not fetched
)
_ENVIRONMENT: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_LINK: Final = "120000"
_FILES: Final = frozenset({"100644", "100755"})


class RevisionError(Exception):
    """A revision that cannot be read: the message says why, and what to do."""


class Blob(NamedTuple):
    """A file of a tree."""

    mode: str
    name: str
    path: PurePosixPath


def work_tree(where: Path) -> Path:
    """The root of the git work tree that `where` lies in; `RevisionError` where it lies in none."""
    told = _git(where, "rev-parse", "--show-toplevel")
    if told is None:
        message = f"`{where}` is not in a git work tree, so that there are no revisions: give two directories or files"
        raise RevisionError(message)
    return Path(os.fsdecode(told).rstrip("\n"))


def is_revision(word: str, where: Path) -> bool:
    """Whether `word` names a tree of the repository that `where` lies in."""
    return _tree(word, where) is not None


def merge_base(one: str, other: str, where: Path) -> str:
    """The last common ancestor of two revisions."""
    found = _git(where, "merge-base", "--end-of-options", one, other)
    if found is None:
        message = f"`{one}` and `{other}` have no common ancestor here: fetch the whole history (`fetch-depth: 0`)"
        raise RevisionError(message)
    return found.decode().strip()


def check_out(word: str, where: Path, into: Path) -> None:
    """Write the files of a revision into the directory `into`."""
    tree = _tree(word, where)
    if tree is None:
        message = (
            f"`{word}` is not a revision of this repository, nor a path: `git fetch` may bring it "
            "(in GitHub Actions, `fetch-depth: 0`)"
        )
        raise RevisionError(message)
    blobs = [each for each in _listed(tree, where) if _is_inside(each.path)]
    files = [each for each in blobs if each.mode in _FILES]
    for blob, data in _read(files, where):
        path = into / blob.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    links = [each for each in blobs if each.mode == _LINK]
    for blob, data in _read(links, where):  # last, so that no file is written through one
        _link(blob, data, into)


def _link(blob: Blob, data: bytes, into: Path) -> None:
    path, target = into / blob.path, os.fsdecode(data)
    if "\0" in target or path.exists() or not _leads(path.parent / target, into):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if _leads(path.parent, into):
        path.symlink_to(target)


def _leads(path: Path, into: Path) -> bool:
    """Whether it lies inside `into`, symbolic links resolved."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(into))


def _is_inside(path: PurePosixPath) -> bool:
    """Whether a name is one that git itself would check out."""
    return not path.is_absolute() and not any(part in {"..", ""} or part.lower() == ".git" for part in path.parts)


def _tree(word: str, where: Path) -> str | None:
    if "\0" in word:
        return None
    found = _git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{tree}}")
    return found.decode().strip() if found is not None else None


def _listed(tree: str, where: Path) -> Iterator[Blob]:
    told = _git(where, "ls-tree", "-r", "-z", "--full-tree", tree)
    if told is None:
        raise RevisionError(f"git cannot list the files of `{tree}`")
    rows = told.split(b"\0")
    if len(rows) > MOST_FILES:
        raise RevisionError(f"the revision has more than {MOST_FILES:,} files: compare two directories")
    for row in filter(None, rows):
        head, _, path = row.partition(b"\t")
        mode, _, name = head.decode().split(" ")
        yield Blob(mode, name, PurePosixPath(os.fsdecode(path)))


def _read(blobs: list[Blob], where: Path) -> Iterator[tuple[Blob, bytes]]:
    """The contents; a file that is larger than any that keyfit reads is left out."""
    sizes = _sizes(blobs, where)
    wanted = [(blob, size) for blob, size in zip(blobs, sizes, strict=True) if size <= LARGEST]
    if sum(size for _, size in wanted) > MOST_BYTES:
        raise RevisionError(f"the files of the revision have more than {MOST_BYTES:,} bytes: compare two directories")
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        yield from _contents(part, where)


def _sizes(blobs: list[Blob], where: Path) -> list[int]:
    names = "".join(f"{each.name}\n" for each in blobs).encode()
    told = _git(where, "cat-file", "--batch-check=%(objectsize)", given=names) if blobs else b""
    lines = (told or b"").decode().splitlines()
    if len(lines) != len(blobs) or not all(line.isdigit() for line in lines):
        raise RevisionError("objects of the revision are not in this clone: fetch them (`git fetch --refetch`)")
    return list(map(int, lines))


def _contents(part: list[tuple[Blob, int]], where: Path) -> Iterator[tuple[Blob, bytes]]:
    names = "".join(f"{blob.name}\n" for blob, _ in part).encode()
    told = _git(where, "cat-file", "--batch=%(objectsize)", given=names)
    offset = 0
    for blob, size in part:
        head = f"{size}\n".encode()
        if told is None or told[offset : offset + len(head)] != head:
            raise RevisionError(f"git cannot read `{blob.path}`")
        offset += len(head)
        yield blob, told[offset : offset + size]
        offset += size + 1


def _git(where: Path, *words: str, given: bytes = b"") -> bytes | None:
    """What git prints; `None` where it fails."""
    command = shutil.which("git")
    if command is None:
        raise RevisionError("git is not installed: give two directories or files instead of revisions")
    try:
        ran = subprocess.run(  # noqa: S603 - git, with words of ours and hashes
            (command, *_SAFE, *words),
            cwd=where,
            env=os.environ | _ENVIRONMENT,
            input=given,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git gives no answer after {_PATIENCE} seconds") from None
    except OSError as error:
        raise RevisionError(f"git cannot be run: {error.strerror}") from None
    if ran.returncode and b"dubious ownership" in ran.stderr:
        raise RevisionError(
            f"git refuses the repository: it is another user's (`git config --global --add safe.directory {where}`)"
        )
    return ran.stdout if ran.returncode == 0 else None
