"""A CDK assembly's manifest: which of the files beside it are stacks, where each is deployed, and what it nests.

The manifest comes with the source, and is as little trusted: it names files in its own folder, or is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.model.findings import Failure
from keyfit.readers.watching import state
from keyfit.record import record
from keyfit.scan.files import UnreadableError, read_text
from keyfit.settings.paths import real_path
from keyfit.value import Origin
from keyfit.words import marked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.scan.judging import Memo

NAME: Final = "manifest.json"
MOST: Final = 2_000  # stacks of one manifest
_MARK: Final = "cdk.out"  # a file that every assembly has
_HEAD: Final = 65_536  # bytes of a manifest in which one of its words comes
_WORDS: Final = re.compile(rb'"(?:aws:cloudformation:stack|cdk:[a-z-]+)"')
_ASSET: Final = re.compile(r'"aws:asset:path"\s*:\s*"([^"\\]+\.template\.json)"')
_ENVIRONMENT: Final = re.compile(r"aws://([0-9]{12}|unknown-account)/([a-z0-9-]{1,64})")
_STACK: Final = "aws:cloudformation:stack"
_STAGE: Final = "cdk:cloud-assembly"


@record
class Synthesized:
    """What an assembly says of one of its templates: `None` where it does not say.

    `name` is the stack's, which a nested one does not have. `nests` are files of the folder by the object that they are
    uploaded as; `metadata` is the file that tells where in the app its constructs are made, or what it would hold.
    """

    account: str | None = None
    region: str | None = None
    name: str | None = None
    nests: Mapping[str, str] = field(default_factory=dict)
    metadata: Path | Mapping[str, Any] | None = None


@record
class Assembly:
    """What a manifest says of the files in its folder, by their names; and what of it cannot be used.

    `stages` are the folders in it that are assemblies, too.
    """

    templates: Mapping[str, Synthesized] = field(default_factory=dict)
    stages: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()


def assembly_in(folder: Path, known: Memo) -> Assembly | None:
    """The assembly that a folder is; `None` where it is none. Read once, as long as it stays the same."""
    path = folder / NAME
    now = state(path)
    if now is None:
        return None
    key = (str(path), now)
    if key not in known:
        known[key] = _read(path)
    found: Assembly | None = known[key]
    return found


def is_named(path: Path, known: Memo) -> bool:
    """Whether a path is the manifest of an assembly, which stands for all of it."""
    return path.name == NAME and assembly_in(path.parent, known) is not None


def is_deployed(path: Path, within: Path, known: Memo) -> bool:
    """Whether a file is one that an assembly deploys by CloudFormation, or lies in none; `within` bounds where to look.

    Not deployed are what it uploads as it is, such as a function's code, and what an earlier synthesis has left there.
    Of an assembly that is not understood everything is.
    """
    for inner, folder in pairwise((path, *path.parents)):
        if not folder.is_relative_to(within):
            break
        assembly = assembly_in(folder, known)
        if assembly is not None and not assembly.failures and inner.name not in {*assembly.templates, *assembly.stages}:
            return False
    return True


def _read(path: Path) -> Assembly | None:
    shown = Origin(str(path))
    try:
        if not _is_here(path.parent, NAME) or not _is_manifest(path):
            return None
        written = json.loads(read_text(path))
        artifacts = written.get("artifacts") if isinstance(written, dict) else None
        if not isinstance(artifacts, dict):
            return Assembly(failures=(Failure("the manifest of the CDK assembly has no map of `artifacts`", shown),))
        return _assembly(path.parent, {name: each for name, each in artifacts.items() if isinstance(each, dict)})
    except (UnreadableError, OSError) as error:
        return Assembly(failures=(Failure(f"the manifest of the CDK assembly cannot be read: {error}", shown),))
    except (ValueError, RecursionError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "malformed JSON"
        return Assembly(failures=(Failure(f"the manifest of the CDK assembly cannot be read: {reason}", shown),))


def _is_manifest(path: Path) -> bool:
    """Whether a file of that name is the CDK's: many other tools have one."""
    if (path.parent / _MARK).is_file():
        return True
    with path.open("rb") as stream:
        return _WORDS.search(stream.read(_HEAD)) is not None


def _assembly(folder: Path, artifacts: Mapping[str, dict[str, Any]]) -> Assembly:
    stacks = {name: each for name, each in artifacts.items() if each.get("type") == _STACK}
    shown, wrong = Origin(str(folder / NAME)), []
    if len(stacks) > MOST:
        wrong.append(Failure(f"the CDK assembly has {len(stacks):,} stacks; keyfit reads up to {MOST:,}", shown))
        return Assembly(failures=tuple(wrong))
    templates: dict[str, Synthesized] = {}
    uploads: dict[tuple[str, ...], Mapping[str, str]] = {}  # many stacks can name one file of assets
    for name, stack in stacks.items():
        file = _text(_properties(stack), "templateFile")
        if file is None or not _is_here(folder, file):
            words = f"{marked(file)}, which is not a file of its folder" if file else "no template"
            wrong.append(Failure(f"stack {marked(name)} of the CDK assembly has {words}", shown))
            continue
        assets = tuple(_assets(folder, stack, artifacts))
        fresh = assets not in uploads
        if fresh:
            uploads[assets] = {key: path for each in assets for key, path in _uploads(folder, folder / each)}
        made = _synthesized(folder, name, stack, uploads[assets])
        templates[file] = made if file not in templates else Synthesized(nests=made.nests)
        nested = Synthesized(made.account, made.region, None, made.nests, made.metadata)
        for inner in (made.nests.values() if fresh else ()) if made.nests else _by_metadata(folder, file):
            templates.setdefault(inner, nested)
    stages = {_text(_properties(each), "directoryName") for each in artifacts.values() if each.get("type") == _STAGE}
    here = frozenset(stage for stage in stages if stage is not None and _is_here(folder, stage))
    missing = [file for file in templates if not (folder / file).is_file()]
    missing += [f"{stage}/{NAME}" for stage in sorted(here) if not (folder / stage / NAME).is_file()]
    missing += sorted(str(stage) for stage in stages - here)
    if missing:
        more = f" and {len(missing) - 1} more" if missing[1:] else ""
        wrong.append(Failure(f"the CDK assembly names {marked(missing[0])}{more}, which is not in its folder", shown))
    return Assembly(templates, here, tuple(wrong))


def _synthesized(folder: Path, name: str, stack: dict[str, Any], nests: Mapping[str, str]) -> Synthesized:
    found = _ENVIRONMENT.fullmatch(_text(stack, "environment") or "")
    account, region = found.groups() if found is not None else ("", "")
    file, inline = _text(stack, "additionalMetadataFile"), stack.get("metadata")
    here = folder / file if file is not None and _is_here(folder, file) else None
    return Synthesized(
        account if account.isdigit() else None,
        None if region in {"", "unknown-region"} else region,
        _text(_properties(stack), "stackName") or name,
        nests,
        here or (inline if isinstance(inline, dict) else None),
    )


def _assets(folder: Path, stack: dict[str, Any], artifacts: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """The files that say what a stack uploads."""
    needs = stack.get("dependencies")
    for name in needs if isinstance(needs, list) else ():
        artifact = artifacts.get(name, {}) if isinstance(name, str) else {}
        file = _text(_properties(artifact), "file")
        if artifact.get("type") == "cdk:asset-manifest" and file is not None and _is_here(folder, file):
            yield file


def _uploads(folder: Path, manifest: Path) -> Iterator[tuple[str, str]]:
    """The templates that are uploaded: by the key of the object that each is, its file in the folder."""
    try:
        written = json.loads(read_text(manifest))
    except (UnreadableError, ValueError, RecursionError):
        return  # what it would tell of is told as a nested stack whose template is not there
    files = written.get("files") if isinstance(written, dict) else None
    for asset in files.values() if isinstance(files, dict) else ():
        source = asset.get("source") if isinstance(asset, dict) else None
        path = _text(source, "path") if isinstance(source, dict) else None
        to = asset.get("destinations") if isinstance(asset, dict) else None
        if path is None or not path.endswith(".json") or not _is_here(folder, path):
            continue
        for each in to.values() if isinstance(to, dict) else ():
            key = _text(each, "objectKey") if isinstance(each, dict) else None
            if key:
                yield key, path


def _by_metadata(folder: Path, file: str) -> Iterator[str]:
    """The templates that one nests, at any depth, as its own metadata has them: where no manifest of assets does."""
    pending, seen = [file], {file}
    while pending and len(seen) <= MOST:
        try:
            text = read_text(folder / pending.pop())
        except UnreadableError:
            continue  # which is told where it is read as a template
        fresh = dict.fromkeys(name for name in _ASSET.findall(text) if name not in seen and _is_here(folder, name))
        seen |= fresh.keys()
        pending += fresh
        yield from fresh


def _properties(artifact: Mapping[str, Any]) -> Mapping[str, Any]:
    found = artifact.get("properties")
    return found if isinstance(found, dict) else {}


def _text(table: Mapping[str, Any], name: str) -> str | None:
    found = table.get(name)
    return found if isinstance(found, str) and found else None


def _is_here(folder: Path, file: str) -> bool:
    """Whether a file lies in the folder itself, links followed: an assembly is one folder."""
    return "\0" not in file and Path(file).name == file and real_path(folder / file).parent == real_path(folder)
