"""One loader for template files, YAML or JSON: text in, a value with places out, or one clear problem."""

from __future__ import annotations

import re
from typing import Final

from keyfit import json_text
from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template import yaml_text
from keyfit.value import Entry, List, Null, Number, Object, Origin, Text, Unknown, Value

LONGEST: Final = 2 * 1024 * 1024  # characters; CloudFormation takes 1 MB
_KINDS: Final = {List: "a list", Text: "text", Number: "a number", Null: "empty"}
_RESOURCES: Final = re.compile(r"""^[ \t]*["']?Resources["']?[ \t]*:|[{,][ \t]*"Resources"[ \t]*:""", re.MULTILINE)
_TYPE: Final = re.compile(r"""\bType["']?[ \t]*:[ \t]*["']?(?:AWS|Alexa|Custom|AWSQS|Initech)::""")


def looks_like_template(source: str) -> bool:
    """Whether a file is worth loading: it has the format version, or resources of AWS types. Cheap."""
    if '"AWSTemplateFormatVersion"' in source or "AWSTemplateFormatVersion:" in source:
        return True
    return _RESOURCES.search(source) is not None and _TYPE.search(source) is not None


def is_template(loaded: Value | Problem) -> bool:
    """Whether what `load` gives is a template, or is meant to be one: what cannot be loaded, and what has the version.

    What only looks like one has the words of one elsewhere: a schema or snapshot of templates, a file of another tool.
    """
    if isinstance(loaded, Problem):
        return True
    resources = loaded.find("Resources") if isinstance(loaded, Object) else None
    types = (each.value.find("Type") for each in _entries(resources) if isinstance(each.value, Object))
    typed = any(isinstance(each, Text) and "::" in each.known for each in types)
    return typed or (isinstance(loaded, Object) and loaded.find("AWSTemplateFormatVersion") is not None)


def _entries(value: Value | None) -> tuple[Entry, ...]:
    return value.entries if isinstance(value, Object) else ()


def load(source: str, file: str) -> Value | Problem:
    """The object that a template's text describes, every value with its place and path; or why there is none.

    Duplicate keys are kept. `file` is the path that places name.
    """
    return checked(parse(source, file))


def parse(source: str, file: str) -> Value | Problem:
    """As `load`, whatever it is that the text describes."""
    source = source.removeprefix("\ufeff")
    if len(source) > LONGEST:
        return Problem(f"the template has {len(source)} characters; keyfit reads up to {LONGEST}", Origin(file))
    return _json(source, file) if source.lstrip().startswith("{") else yaml_text.read(source, file)


def checked(loaded: Value | Problem) -> Value | Problem:
    """What was parsed, where it can be a template."""
    if isinstance(loaded, Problem | Object):
        return loaded
    kind = _KINDS.get(type(loaded), "no map")
    return Problem(f"the file is not a template: it is {kind}", _start(loaded.origin))


def too_big(template: Value) -> Problem | None:
    """The problem of a value that nothing here has bounded: nested too deeply, or with too many parts."""
    pending, size = [(template, 1)], 0
    while pending:
        (here, level), size = pending.pop(), size + 1
        inner = here.items if isinstance(here, List) else ()
        inner = tuple(value for _, value in here.entries) if isinstance(here, Object) else inner
        if size > yaml_text.MOST or (inner and level > yaml_text.DEEPEST):
            reason = f"is nested deeper than {yaml_text.DEEPEST} levels, or contains more than {yaml_text.MOST} values"
            return Problem(f"the template {reason}", _start(here.origin))
        pending.extend((each, level + 1) for each in inner)
    return None


def _json(source: str, file: str) -> Value | Problem:
    """JSON; or YAML in braces, which is no JSON and still a template."""
    value = json_text.read_file(source, file)
    if not isinstance(value, Unknown):
        return value
    relaxed = yaml_text.read(source, file)
    if not isinstance(relaxed, Problem):
        return relaxed
    return Problem(value.subject, _start(value.origin))


def _start(origin: Origin) -> Origin:
    return Origin(origin.file, origin.start, origin.start)
