"""References to what a module declares nowhere, and to copies without or with a key: Terraform refuses the whole (T33).

It asks neither for `count` nor for `try`, and looks at every block. A text is searched for names that nothing has, and
only blocks that have one are parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES
from keyfit.model.block import Block
from keyfit.model.graph import Absence, Lead
from keyfit.model.near import MOST, nearest
from keyfit.readers.beside import TERRAGRUNT, completed, hides_configuration
from keyfit.readers.hcl.ast import Nested
from keyfit.readers.terraform.modules.copies import ONLY
from keyfit.readers.terraform.modules.expansion import child, copies_of, everything
from keyfit.readers.terraform.modules.file_names import shadowed_files
from keyfit.readers.terraform.modules.module import Module
from keyfit.readers.terraform.modules.named import named_in
from keyfit.services import subjects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.hcl.ast import Body
    from keyfit.readers.hcl.walk import Node
    from keyfit.readers.terraform.modules.configuration import Configuration, Declared
    from keyfit.readers.terraform.modules.named import Named

_CONCERN: Final = frozenset(subjects.terraform(*subjects.EVERY))
_STEP: Final = r"\.([^\W\d][\w-]*)"
# A dotted name, its first four steps, and whether a key follows: each is begun where a name begins, and read once.
_DOTTED: Final = re.compile(rf"(?<![\w.-])([^\W\d][\w-]*){_STEP}(?:{_STEP})?(?:{_STEP})?(\[|\.\d)?")
_AFTER_KEY: Final = re.compile(r"\[[^\[\]\n]{1,100}\]\.([^\W\d][\w-]*)")
_REPEATED: Final = re.compile(r"^[ \t]*(?:count|for_each)[ \t]*=", re.MULTILINE)
_VALUES: Final = ("var", "local", "module")
_READING: Final = ("data", "ephemeral")
# What stands in these names no block, or names one in words of its own.
_NAMING: Final = {
    "resource": frozenset({"provider"}),
    "data": frozenset({"provider"}),
    "ephemeral": frozenset({"provider"}),
    "module": frozenset({"providers", "source", "version"}),
}
_PREFIXES: Final = {"resource": "", "data": "data.", "ephemeral": "ephemeral.", "variable": "var."}


class _Written(NamedTuple):
    """A block of a module, and what it can name others in."""

    block: Block
    nodes: tuple[Node, ...]


def undeclared(root: Module) -> Iterator[Lead]:
    """The first reference to each such thing in each directory, of what is judged before any other."""
    known = root.library.leads
    for module in reversed({each.directory: each for each in reversed(everything(root))}.values()):
        if not module.configuration.planned and module.directory not in known:
            known[module.directory] = tuple(_in_module(module))
        yield from known.get(module.directory, ())


def _in_module(module: Module) -> Iterator[Lead]:
    found = [each for each in _blocks(module.configuration) if _is_suspicious(module, each)]
    if not found or not _is_whole(module):
        return
    written = sorted(_written(module, found), key=lambda each: each.block.type not in _CONCERN)
    told: set[tuple[str, Absence]] = set()
    for here in written:
        for named in named_in(here.nodes):
            absence = _absence(module, named)
            if absence is not None and (named.address, absence) not in told:
                told.add((named.address, absence))
                output = f".{named.attribute}" if absence is Absence.NO_OUTPUT else ""
                needs = f"{module.address}{named.address}{output}"
                compared = len(told) <= MOST or absence is Absence.NO_KEY
                near = _near(module.configuration, named, absence) if compared else ""
                yield Lead(here.block, needs, named.origin, YES, absence=absence, near=near)


def _blocks(configuration: Configuration) -> Iterator[Declared]:
    """Every block in which other blocks can be named."""
    yield from (each for each in configuration.declared.values() if each.kind in {*_PREFIXES, "module", "output"})
    yield from configuration.local_blocks
    yield from configuration.providers


def _is_whole(module: Module) -> bool:
    """Whether all that the module declares is in sight."""
    configuration, root = module.configuration, module.library.root
    return not (
        configuration.broken
        or any(each.problem for each in configuration.local_blocks)
        or shadowed_files(module.directory, root)
        or completed(module.directory, root, TERRAGRUNT)
        or hides_configuration(module.directory, root)
    )


def _is_suspicious(module: Module, declared: Declared) -> bool:
    """Whether its text has a name that leads nowhere, were it a reference."""
    for piece in declared.pieces:
        if piece.span is None:
            return True
        for match in _DOTTED.finditer(piece.source, piece.span.start, piece.span.end):
            if _leads_nowhere(module, match):
                return True
    return False


def _leads_nowhere(module: Module, match: re.Match[str]) -> bool:
    """Whether what a text has there leads nowhere, as far as that can be told without parsing it."""
    configuration = module.configuration
    first, second, third, fourth, key = match.groups()
    if first == "var":
        return configuration.find("variable", second) is None
    if first == "local":
        return second not in configuration.locals()
    if first == "module":
        declared = configuration.find(first, second)
        return declared is None or _can_lack(module, declared, third or _after_key(match))
    reading = first in _READING
    if not reading and "_" not in first:
        return False
    path = (first, second, third or "") if reading else ("resource", first, second)
    declared = configuration.find(*path)
    if declared is None:
        return True
    attribute = fourth if reading else third
    return bool(attribute) if _can_be_repeated(declared) else bool(key and not attribute)


def _after_key(match: re.Match[str]) -> str:
    found = _AFTER_KEY.match(match.string, match.start(5)) if match.group(5) else None
    return found.group(1) if found else ""


def _can_lack(module: Module, declared: Declared, output: str) -> bool:
    """Whether a call of a module that is here has no output of that name."""
    called = child(module, declared, (*copies_of(module, declared).all, ONLY)[0]) if output else None
    return isinstance(called, Module) and called.configuration.find("output", output) is None


def _can_be_repeated(declared: Declared) -> bool:
    return any(
        piece.span is None or _REPEATED.search(piece.source, piece.span.start, piece.span.end)
        for piece in declared.pieces
    )


def _written(module: Module, found: Iterable[Declared]) -> Iterator[_Written]:
    for declared in found:
        if declared.kind == "locals":
            for name, expression in declared.body().attributes.items():
                block = Block(f"{module.address}local.{name}", "local", getattr(expression, "origin", declared.origin))
                yield _Written(block, (expression,))
            continue
        prefix = _PREFIXES.get(declared.kind, f"{declared.kind}.")
        type_ = declared.labels[0] if declared.kind == "resource" else declared.kind
        nodes = _nodes(declared, declared.body())
        yield _Written(Block(f"{module.address}{prefix}{'.'.join(declared.labels)}", type_, declared.origin), nodes)


def _nodes(declared: Declared, body: Body) -> tuple[Node, ...]:
    """What stands in a block and can name another; a variable names others in its validations alone."""
    skipped = _NAMING.get(declared.kind, frozenset())
    names = () if declared.kind == "variable" else (each for each in body.attributes if each not in skipped)
    return (*(body.attributes[each] for each in names), *map(_without_changes, body.blocks))


def _without_changes(block: Nested) -> Nested:
    """A block without `ignore_changes`, which names arguments of its own."""
    if block.type != "lifecycle":
        return block
    kept = {name: each for name, each in block.body.attributes.items() if name != "ignore_changes"}
    return Nested(block.type, block.labels, type(block.body)(kept, block.body.blocks, block.body.origin), block.origin)


def _absence(module: Module, named: Named) -> Absence | None:
    """Why a reference surely leads nowhere; `None` where it does not."""
    configuration, (kind, *labels) = module.configuration, named.path
    if kind == "local":
        return None if labels[0] in configuration.locals() else Absence.UNDECLARED
    declared = configuration.find("variable" if kind == "var" else kind, *labels)
    if declared is None:
        return None if kind == "data" and _is_in_a_check(configuration, labels) else Absence.UNDECLARED
    if kind == "var":
        return None
    body = declared.body()
    is_repeated = "count" in body.attributes or "for_each" in body.attributes
    if declared.problem is not None:
        return None
    if kind == "module":
        return Absence.NO_OUTPUT if named.sure and _lacks_output(module, declared, named) else None
    if is_repeated:
        return Absence.NO_KEY if named.attribute and not named.keyed else None
    return Absence.NOT_REPEATED if named.keyed else None


def _is_in_a_check(configuration: Configuration, labels: list[str]) -> bool:
    """Whether a `check` block has a data source of that name: it is in sight there alone, but who asks is not told."""
    inner = (each for check in configuration.of_kind("check") for each in check.body().blocks)
    return any(each.type == "data" and list(each.labels) == labels for each in inner)


def _lacks_output(module: Module, declared: Declared, named: Named) -> bool:
    """Whether a module that is here, whole, has no output of the name that is asked for."""
    if not named.attribute:
        return False
    copies = copies_of(module, declared)
    called = child(module, declared, (*copies.all, ONLY)[0])
    if not isinstance(called, Module) or called.configuration.planned or not _is_whole(called):
        return False
    if named.keyed == ("count" in declared.body().attributes or "for_each" in declared.body().attributes):
        return called.configuration.find("output", named.attribute) is None
    return False


def _near(configuration: Configuration, named: Named, absence: Absence) -> str:
    """What was probably meant, as it would be written."""
    kind, *labels = named.path
    if absence is Absence.NO_KEY:
        declared = configuration.find(*named.path)
        return "0" if declared is not None and "count" in declared.body().attributes else "each.key"
    if absence is not Absence.UNDECLARED:
        return ""
    if kind == "local":
        found = nearest(labels[0], configuration.locals())
        return found and f"local.{found}"
    wanted = "variable" if kind == "var" else kind
    others = [each.labels for each in configuration.of_kind(wanted) if each.labels[:-1] == tuple(labels[:-1])]
    found = nearest(labels[-1], (each[-1] for each in others))
    return found and named.address.removesuffix(labels[-1]) + found
