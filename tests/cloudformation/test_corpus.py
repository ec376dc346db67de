"""Real templates that nobody here wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from keyfit.model.alternatives import EMPTY
from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import load, looks_like_template
from keyfit.value import Object
from tests.cloudformation.making import given, reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Loose(yaml.SafeLoader):
    """Every tag is no tag: only the keys of the file count. It makes nothing but lists, maps and texts."""


_Loose.add_multi_constructor("!", lambda *_: None)


def _sections(source: str) -> dict[str, object]:
    try:
        sections: dict[str, object] = json.loads(source)
    except ValueError:
        sections = yaml.load(source, _Loose)  # noqa: S506 - as its class says
    return sections


def templates(shared: Path) -> Iterator[tuple[Path, str]]:
    """Every template of the corpus, with its text."""
    for path in sorted(shared.glob("corpus/**/*")):
        if path.suffix in {".yaml", ".yml", ".json", ".template"}:
            source = path.read_text(encoding="utf-8")
            if looks_like_template(source):
                yield path, source


def test_every_template_is_recognised(shared: Path) -> None:
    """What has resources of AWS types is a template, and nothing else in the corpus is."""
    found = {path for path, _ in templates(shared)}
    for path in sorted(shared.glob("corpus/**/*")):
        if path.suffix in {".yaml", ".yml", ".json", ".template"}:
            assert ("Resources" in _sections(path.read_text(encoding="utf-8"))) == (path in found), path
    assert len(found) > 50


def test_every_template_is_read(shared: Path) -> None:
    """Without a problem, in every scenario of one choice."""
    for path, source in templates(shared):
        template = reading(source, given())
        assert template.empty.problems == (), path
        for parameter in sorted(template.open):
            choice = template.choice(parameter)
            for alternative in choice.alternatives if choice else ():
                assert template.under(EMPTY.given(parameter, alternative)) is not None, (path, parameter)


def test_every_resource_is_in_the_model(shared: Path) -> None:
    """As many keys, roles and buckets as there are types of them in the text."""
    for path, source in templates(shared):
        loaded = load(source, str(path))
        assert not isinstance(loaded, Problem)
        resources = loaded.find("Resources") if isinstance(loaded, Object) else None
        assert isinstance(resources, Object)
        kinds = [getattr(each.find("Type"), "literal", "") for _, each in resources.entries if isinstance(each, Object)]
        found = reading(source).empty
        assert len(found.keys) == kinds.count("AWS::KMS::Key") + kinds.count("AWS::KMS::ReplicaKey"), path
        assert len(found.buckets) == kinds.count("AWS::S3::Bucket"), path
        assert len(found.aliases) == kinds.count("AWS::KMS::Alias"), path
        assert len(found.identities) == sum(kinds.count(f"AWS::IAM::{each}") for each in ("Role", "User", "Group")), (
            path
        )
