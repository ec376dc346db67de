"""What a settings file takes away and assumes, in words: it comes with what it is about, from whoever wrote that."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from keyfit.settings import Settings
from keyfit.words import joined, quoted, series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.settings import Declared


def with_effects(said: Settings, stronger: Settings, environment: str | None = None) -> Settings:
    """`stronger` settings over those of a file, which is told with what of it counts, if that is something.

    Of the environments that the file has, one counts, over what the file says beside: that of the name, or the first.
    """
    chosen = said.under(environment)
    whole = stronger.over(said if chosen is None else chosen.settings.over(said))
    if chosen is not None:
        whole = replace(whole, environment=chosen.name)
    if said.source is None:
        return whole
    own = () if chosen is None else (f"in environment `{chosen.name}` {each}" for each in _told(chosen.settings, whole))
    told = (*_told(said, whole), *own)
    return replace(whole, source=replace(said.source, effects=told) if told else None)


def _told(said: Settings, whole: Settings) -> Iterator[str]:
    """What of `said` counts in the whole, in words."""
    counting: dict[str, Any] = {
        each.name: _counting(getattr(said, each.name), getattr(whole, each.name)) for each in fields(said)
    }
    return _effects(replace(Settings(), **{name: value for name, value in counting.items() if value}))


def _counting(said: object, whole: object) -> object:
    if isinstance(said, dict) and isinstance(whole, dict):
        return {name: value for name, value in said.items() if whole.get(name) == value}
    return said if said == whole else None


def _effects(said: Settings) -> Iterator[str]:
    """Each effect on what is found, as it follows the name of the file; parameters are named, their values not told."""
    for verb, named in (("selects only", said.select), ("ignores", said.ignore), ("excludes", said.exclude)):
        if named:
            yield f"{verb} {quoted(named)}"
    if said.fail_on is not None:
        yield f"fails on `{said.fail_on.value}`"
    bound = {"account": said.account, "Region": said.region, "deployer": said.deployer, "workspace": said.workspace}
    known = [f"{name} `{value}`" for name, value in bound.items() if value is not None]
    if known:
        yield f"assumes {series(known)}"
    sets = (("sets parameters", said.parameters), ("names stacks", said.stack_names.values()))
    for verb, given in (*sets, ("sets variables", said.variables)):
        if given:
            yield f"{verb} {joined(given)}"
    files = [*said.variable_files, *((said.plan,) if said.plan is not None else ())]
    if files:
        yield f"reads values from {joined(file.name for file in files)}"
    if said.harmless_macros:
        yield f"takes macros {joined(said.harmless_macros)} to change no key, role, policy or use of a key"
    if said.declared is not None:
        yield f"declares {series(_declared(said.declared))}"


def _declared(declared: Declared) -> Iterator[str]:
    told = (("key", "keys", declared.keys), ("role", "roles", declared.roles))
    for one, several, things in (*told, ("policy", "policies", declared.policies), ("use", "uses", declared.uses)):
        if things:
            yield f"{len(things)} {several if len(things) > 1 else one}"
