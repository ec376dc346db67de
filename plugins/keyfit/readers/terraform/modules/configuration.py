"""A module's directory as declared blocks, by kind and name; each is parsed when something asks for it, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers import files
from keyfit.readers.hcl import blocks
from keyfit.readers.hcl.ast import Body, Map, Nested, Template, Variable
from keyfit.readers.terraform.modules import file_names
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.record import record
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.graph import Lead
    from keyfit.readers.hcl.ast import Expression


@record
class Piece:
    """The text of one block in one file, or the block itself where its file had to be parsed as a whole."""

    file: str
    source: str = ""
    span: blocks.Span | None = None
    block: Nested | None = None

    def read(self) -> Nested | Problem:
        """The block, parsed."""
        if self.block is not None:
            return self.block
        from keyfit.readers.hcl.syntax import read_block

        if self.span is None or self.span.problem:
            return Problem(self.span.problem if self.span else "no block", self.origin)
        return read_block(self.source, self.span, self.file)

    @property
    def origin(self) -> Origin:
        """Where the block begins."""
        if self.block is not None:
            return self.block.origin
        return Origin(
            self.file, Position(self.span.line if self.span else 1), Position(self.span.line if self.span else 1)
        )


@dataclass(slots=True, eq=False)
class Declared:
    """One block of a module, with what override files change in it; `again` are others of the same kind and name."""

    kind: str
    labels: tuple[str, ...]
    pieces: list[Piece]
    library: Library
    again: list[Declared] = field(default_factory=list)
    _body: Body | None = None
    problem: Problem | None = None

    @property
    def origin(self) -> Origin:
        """Where the block is written; its end is known once it is parsed."""
        return self._body.origin if self._body is not None else self.pieces[0].origin

    @property
    def parsed(self) -> bool:
        """Whether something has asked for what stands in the block."""
        return self._body is not None

    def body(self) -> Body:
        """What stands in the block; nothing where it cannot be read, and then `problem` says why."""
        if self._body is None:
            self._body = self._read()
        return self._body

    def _read(self) -> Body:
        read = [piece.read() for piece in self.pieces]
        self.problem = next((each for each in read if isinstance(each, Problem)), None)
        if self.problem is not None:
            self.library.problems.setdefault(self.problem)
        bodies = [replace(each.body, origin=each.origin) for each in read if isinstance(each, Nested)]
        return _merged(bodies) if bodies else Body({}, (), self.pieces[0].origin)


def _merged(bodies: list[Body]) -> Body:
    """A block with its overrides: an argument replaces the one of its name, nested blocks those of their type."""
    first, *overrides = bodies
    for override in overrides:
        types = {_nested_type(block) for block in override.blocks}
        kept = tuple(block for block in first.blocks if _nested_type(block) not in types)
        attributes = {**first.attributes, **override.attributes}
        first = Body(attributes, (*kept, *override.blocks), first.origin)
    return first


def _nested_type(block: Nested) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


@dataclass(slots=True, eq=False)
class Configuration:
    """The blocks of one directory, by kind and labels, in the order they are written.

    `planned` says that a plan repeats them.
    """

    directory: Path
    declared: dict[tuple[str, ...], Declared] = field(default_factory=dict)
    providers: list[Declared] = field(default_factory=list)
    local_blocks: list[Declared] = field(default_factory=list)
    imports: list[Declared] = field(default_factory=list)
    moved: list[Declared] = field(default_factory=list)
    settings: list[Declared] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    broken: list[Problem] = field(default_factory=list)
    planned: bool = False
    _locals: dict[str, Expression] | None = None

    def find(self, *path: str) -> Declared | None:
        """The block of that kind with those labels."""
        return self.declared.get(path)

    def of_kind(self, kind: str) -> Iterator[Declared]:
        """The blocks of that kind (`resource`, `data`, `module`, …)."""
        return (each for each in self.declared.values() if each.kind == kind)

    def locals(self) -> dict[str, Expression]:
        """The expressions of all `locals` blocks by name."""
        if self._locals is None:
            self._locals = {}
            for block in self.local_blocks:
                self._locals.update(block.body().attributes)
        return self._locals

    def provider_sources(self) -> dict[str, str]:
        """The sources of providers by the names that the module gives them, where they are written."""
        return {
            name: source
            for block in self.settings
            for nested in block.body().blocks
            if nested.type == "required_providers"
            for name, written in nested.body.attributes.items()
            if (source := _source(written))
        }


def _source(written: Expression) -> str:
    for key, value in written.entries if isinstance(written, Map) else ():
        match key, value:
            case ((Variable("source") | Template(("source",))), Template((str() as source,))):
                return source
            case _:
                pass
    return ""


@dataclass(slots=True)
class Library:
    """Every directory that was read, once, with the problems met; shared by all scenarios of a root module."""

    root: Path
    configurations: dict[Path, Configuration] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    files: dict[Path, None] = field(default_factory=dict)
    leads: dict[Path, tuple[Lead, ...]] = field(default_factory=dict)  # what leads nowhere, once it was looked for

    def configuration(self, directory: Path) -> Configuration:
        """The blocks of a directory."""
        known = self.configurations.get(directory)
        if known is None:
            known = self.configurations[directory] = _read_directory(directory, self)
        return known

    def text(self, path: Path, root: Path | None = None) -> str | Problem:
        """The text of a file inside the scan root, or inside `root`; a problem is remembered."""
        self.files.setdefault(path)
        read = files.read_text(path, root or self.root)
        if isinstance(read, Problem):
            self.problems.setdefault(read)
        return read


def _read_directory(directory: Path, library: Library) -> Configuration:
    configuration = Configuration(directory)
    for path in file_names.configuration_files(directory, library.root):
        source = library.text(path)
        if isinstance(source, Problem):
            configuration.broken.append(source)
            continue
        configuration.text.append(source)
        for piece, kind, labels in _pieces(path, source, configuration, library):
            _declare(
                configuration, Declared(kind, labels, [piece], library), override=file_names.is_override(path.name)
            )
    return configuration


def _pieces(
    path: Path, source: str, configuration: Configuration, library: Library
) -> Iterable[tuple[Piece, str, tuple[str, ...]]]:
    if path.name.endswith(".json"):
        from keyfit.readers.hcl.json_syntax import read_json

        nested, problems = read_json(source, str(path), TERRAFORM)
        configuration.broken.extend(problems)
        library.problems.update(dict.fromkeys(problems))
        return [(Piece(str(path), block=block), block.type, block.labels) for block in nested]
    spans = blocks.split(source, TERRAFORM)
    for span in spans:
        if span.problem:
            place = Origin(str(path), Position(span.line), Position(span.line))
            problem = Problem(span.problem, place)
            library.problems.setdefault(problem)
            if not TERRAFORM.complete(span.type, span.labels):
                configuration.broken.append(problem)
    return [(Piece(str(path), source, span), span.type, span.labels) for span in spans if span.type]


_GATHERED: Final[Mapping[str, Callable[[Configuration], list[Declared]]]] = {  # what bears no name
    "locals": lambda configuration: configuration.local_blocks,
    "import": lambda configuration: configuration.imports,
    "moved": lambda configuration: configuration.moved,
    "terraform": lambda configuration: configuration.settings,
}


def declare(configuration: Configuration, block: Declared) -> None:
    """Add a block to a configuration."""
    _declare(configuration, block, override=False)


def _declare(configuration: Configuration, block: Declared, *, override: bool) -> None:
    gathered = _GATHERED.get(block.kind)
    if gathered is not None:
        gathered(configuration).append(block)
    elif not TERRAFORM.complete(block.kind, block.labels):
        return
    elif block.kind == "provider":
        _declare_provider(configuration, block, override=override)
    else:
        known = configuration.declared.setdefault((block.kind, *block.labels), block)
        if known is not block:
            _add(known, block, override=override)


def _add(known: Declared, block: Declared, *, override: bool) -> None:
    """A further block of the same name: an override changes the first, and any other declares it again."""
    if override:
        known.pieces.extend(block.pieces)
    else:
        known.again.append(block)


def _declare_provider(configuration: Configuration, block: Declared, *, override: bool) -> None:
    """An override changes the provider of the same name and alias."""
    same = next((each for each in configuration.providers if _provider_key(each) == _provider_key(block)), None)
    if same is None:
        configuration.providers.append(block)
    else:
        _add(same, block, override=override)


def _provider_key(block: Declared) -> tuple[str, object]:
    return block.labels[0], block.body().attributes.get("alias")
