"""Root modules: directories with configuration that no other calls; and whether a tree speaks of keys at all."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.readers import files
from keyfit.readers.terraform.modules import file_names
from keyfit.record import record
from keyfit.services import index, search
from keyfit.services.search import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.model.stack import Seen
    from keyfit.readers.given import Given

    Left = Callable[[str], bool]  # whether a file, or a directory (with a slash), is left out

# A local module source as HCL or JSON has it. What is commented out stands for nothing, or a root would be missed.
_SOURCE: Final = re.compile(
    rb'(?:^[ \t]*(?:module[ \t]*(?:"[^"\n]*"|[\w-]+)[ \t]*\{[ \t]*)?source[ \t]*=|"source"\s*:)'
    rb'\s*"(\.\.?(?:/[^"$%]*)?)"',
    re.MULTILINE,
)
# What names a role, user or group that it does not make: literally, by a look-up, or by another state.
_NAMED: Final = re.compile(
    rb'\b(?:role|user|group)(?:s|_name)?"?\s*[=:]\s*\[?\s*"(?!"|\$\{[^}"]*\}")|\bdata"?[\s:{]+"aws_iam_(?:role|user|group)"'
    rb"|terraform_remote_state"
)
# What a consumer names that is another's, such as a topic: by another state, or by its ARN.
_STATE: Final = b"terraform_remote_state"
_ELSEWHERE: Final = b"file("  # what is in a file that is not looked at can use a key
_HIDDEN: Final = frozenset({"node_modules", "__pycache__"})
MOST: Final = 100_000  # directories of one tree


@record
class Directory:
    """What a quick look at a directory's files tells: the local modules it calls, and which words are there.

    `calling` are the files in which modules can be called.
    """

    calls: frozenset[str]
    words: Words
    calling: tuple[Path, ...] = ()


@record
class Survey:
    """The root modules of a tree: which speak of what keyfit judges, and whether something in each can use a key.

    `quiet` are those in which nothing can, with the modules that they call and that are not here. Of them, `tying` can
    attach policies to what others make, and in `reaching` something can use what others have, which can have a key.
    """

    speaking: Mapping[Path, bool]
    quiet: Mapping[Path, tuple[Seen, ...]]
    tying: frozenset[Path] = frozenset()
    reaching: frozenset[Path] = frozenset()


@dataclass(slots=True)
class Tree:
    """Directories looked at, each once, by path without links."""

    root: Path
    data_directory: str
    known: dict[str, Directory] = field(default_factory=dict)

    def look(self, directory: str) -> Directory:
        """What a quick look at one directory tells."""
        found = self.known.get(directory)
        if found is None:
            found = self.known[directory] = self._read(directory)
        return found

    def _read(self, directory: str) -> Directory:
        calls = {os.path.normpath(each) for each in _downloaded(directory, self.data_directory)}
        texts: list[bytes] = []
        calling: list[Path] = []
        where = Path(directory)
        for path in (*file_names.configuration_files(where, self.root), *file_names.variable_files(where, self.root)):
            source = files.glance(path, self.root)
            if source is None:
                return Directory(frozenset(calls), Words(policies=True, consumers=True))  # to be reported
            if b"source" in source:
                calling.append(path)
                written = (each.decode(errors="replace") for each in _SOURCE.findall(source))
                calls.update(os.path.normpath(f"{directory}/{each}") for each in written)
            texts.append(source.lower())
        words = search.together(map(search.words, texts))
        if any(_ELSEWHERE in each for each in texts):
            words = words._replace(elsewhere=True)
        if words.common and any(word in each for each in texts for word in _reaching()):
            words = words._replace(reaching=True)
        if any(b"_policy" in each and _NAMED.search(each) for each in texts):
            words = words._replace(tying=True)
        return Directory(frozenset(calls), words, tuple(calling))

    def concerns(self, directory: str) -> bool:
        """Whether a directory, or a module that it calls, speaks of what keyfit judges."""
        return self._words(directory).hold_subject

    def consumes(self, directory: str) -> bool:
        """Whether something in a directory, or in a module that it calls, can use a key."""
        words = self._words(directory)
        return words.hold_consumer or words.elsewhere

    def ties(self, directory: str) -> bool:
        """Whether policies can be attached in a directory, or in a module that it calls, to what others make."""
        return self._words(directory).tying

    def reaches(self, directory: str) -> bool:
        """Whether something in a directory, or in a module that it calls, can use what others have."""
        words = self._words(directory)
        return words.common and words.reaching

    def _words(self, directory: str) -> Words:
        return search.together(each.words for each in self._whole(directory))

    def concerned(self, directories: Iterable[Path]) -> Mapping[Path, bool]:
        """Those of the directories that concern keyfit, and whether something in each can use a key."""
        named = ((path, os.path.normpath(path)) for path in directories)
        return {path: self.consumes(name) for path, name in named if self.concerns(name)}

    def elsewhere(self, directory: str) -> Iterator[Seen]:
        """The calls in a root module, and in what it calls, of modules that are not here, at a quick look."""
        from keyfit.readers.terraform.modules import module_calls  # it evaluates, which most trees do not need

        if not any(_downloaded(directory, self.data_directory)):
            for each in self._whole(directory):
                for file in each.calling:
                    yield from module_calls.elsewhere(file, self.root)

    def _whole(self, directory: str) -> Iterator[Directory]:
        """The directory and those of the modules that it calls, at any depth."""
        pending, seen = [directory], {directory}
        while pending:
            found = self.look(pending.pop())
            yield found
            fresh = found.calls - seen
            seen |= fresh
            pending.extend(fresh)


@cache
def _reaching() -> tuple[bytes, ...]:
    return (_STATE, *(f":{name}:".encode() for name in sorted(index.target_services())))


def _downloaded(directory: str, data: str) -> Iterator[str]:
    """The modules that `terraform init` has put there for a root module."""
    manifest = Path(directory, data, "modules", "modules.json")
    try:
        if manifest.stat().st_size <= files.LARGEST:
            modules = json.loads(manifest.read_bytes())["Modules"]
            yield from (f"{directory}/{each['Dir']}" for each in modules if each["Key"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return


def roots(directory: Path, given: Given) -> tuple[Path, ...]:
    """The root modules in a tree that speak of what keyfit judges: those that no other module calls."""
    return tuple(survey(directory, given).speaking)


def _nothing(_path: str) -> bool:
    return False


def survey(directory: Path, given: Given, left: Left = _nothing) -> Survey:
    """The root modules in a tree; what is `left` out is none, though another can call it."""
    tree = Tree(given.root, given.data_directory)
    found = list(_directories(directory, given.root, left))
    called = {each for path in found for each in tree.look(str(path)).calls if each != str(path)}
    uncalled = [path for path in found if str(path) not in called]
    speaking = tree.concerned(uncalled)
    quiet = [path for path in uncalled if not speaking.get(path)]
    elsewhere = {path: tuple(tree.elsewhere(os.path.normpath(path))) for path in quiet}
    tying = frozenset(path for path in quiet if tree.ties(os.path.normpath(path)))
    return Survey(speaking, elsewhere, tying, frozenset(path for path in quiet if tree.reaches(os.path.normpath(path))))


def concerned(directories: Iterable[Path], given: Given) -> Mapping[Path, bool]:
    """Those of the directories that speak of what keyfit judges, with their modules; as `survey`."""
    return Tree(given.root, given.data_directory).concerned(directories)


def is_quiet(directory: Path, given: Given) -> bool:
    """Whether a directory has configuration, all of it is here, and none of it speaks of what keyfit judges."""
    tree, name = Tree(given.root, given.data_directory), os.path.normpath(directory)
    if not file_names.configuration_files(Path(name), given.root) or tree.concerns(name) or tree.consumes(name):
        return False
    return not any(True for _ in tree.elsewhere(name))


def _directories(top: Path, root: Path, left: Left) -> Iterator[Path]:
    """The directories with configuration in a tree, sorted; hidden ones are left out."""
    if not files.inside(top, root):
        return
    for count, (where, inner, names) in enumerate(os.walk(top)):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in _HIDDEN)
        inner[:] = [name for name in inner if not left(f"{where}/{name}/")]
        if count > MOST:
            return
        if any(file_names.is_configuration(name) and not left(f"{where}/{name}") for name in names):
            yield Path(os.path.normpath(where))
