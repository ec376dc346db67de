"""CloudFormation templates: each is one file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from keyfit.model.findings import Failure
from keyfit.readers import cloudformation
from keyfit.record import record
from keyfit.scan.assemblies.constructs import Constructs, with_constructs
from keyfit.scan.assemblies.deployed import Deployed, deployed_as
from keyfit.scan.environments import in_each
from keyfit.scan.files import UnreadableError, read_text, require_file
from keyfit.scan.judging import Checked, Run, Settled, check_stack, crash, refused, remembered, settle
from keyfit.settings import SettingsError
from keyfit.settings.paths import real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.stack import Problem, Stack
    from keyfit.readers.given import Given
    from keyfit.scan.files import Input
    from keyfit.value import Value

Loaded = TypeVar("Loaded", bound="Value | Problem")


@record(eq=False)
class Read:
    """A template as a stack, and how to read it again with what a parent stack passes to its parameters."""

    stack: Stack
    settled: Settled
    again: Callable[[Mapping[str, Value]], Stack]
    constructs: Constructs
    failures: tuple[Failure, ...] = ()

    def judged(self, stack: Stack | None = None) -> Checked:
        """What the template is found to be; as `stack`, where it was joined with others."""
        return (stack or self.stack).once(_judged, self)


def _judged(stack: Stack, read: Read) -> Checked:
    checked = check_stack(stack, read.stack.name, read.settled.settings)
    return replace(checked, failures=(*checked.failures, *read.failures)) if read.failures else checked


def check_template(file: Input, run: Run) -> Checked | None:
    """What one template is found to be by itself; `None` for a file that nobody named and that is no template."""
    found: Checked | None = remembered(run.files, ("alone", file), lambda: _check_template(file, run))
    return found


def _check_template(file: Input, run: Run) -> Checked | None:
    def judge(run: Run) -> tuple[Checked, ...]:
        found = read_template(file, run)
        if isinstance(found, Read):
            return with_constructs([found.judged()], [found.constructs])
        return () if found is None else (found,)

    return next(iter(in_each(run, judge)), None)


def read_template(file: Input, run: Run) -> Read | Checked | None:
    """One template as a stack; what it is found to be where it cannot be read; `None` as above."""
    found: Read | Checked | None = remembered(run.files, (file, run.root, run.deployment), lambda: _looked(file, run))
    return found


def _looked(file: Input, run: Run) -> Read | Checked | None:
    path = str(file.path)
    try:
        settled = settle(file.path.parent, run)
        require_file(file.path, settled.root)
        source = read_text(file.path)
        if not (file.named or cloudformation.looks_like_template(source)):
            return None
        loaded = cloudformation.parse(source, path)
        if not (file.named or cloudformation.is_template(loaded)):
            return None
        return _read(loaded, _Source(file.path, settled, deployed_as(file.path, run)), cloudformation.read_loaded)
    except SettingsError as error:
        return Checked(path, failures=(refused(error, path),))
    except UnreadableError as error:
        return Checked(path, failures=(Failure(str(error), Origin(path)),))
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(path, failures=(crash(error, path),))


def check_decoded(template: Value, path: str, run: Run) -> Checked:
    """What a template is found to be that a host has decoded."""
    file = Path(path)

    def judge(run: Run) -> tuple[Checked, ...]:
        source = _Source(file, settle(file.parent, run), deployed_as(file, run))
        read = _read(template, source, cloudformation.read_value)
        return with_constructs([read.judged()], [read.constructs])

    return in_each(run, judge)[0]


class _Source(NamedTuple):
    """Where a template lies, the settings that hold there, and what its assembly says of it."""

    path: Path
    settled: Settled
    deployed: Deployed


def _read(loaded: Loaded, source: _Source, reader: Callable[[Loaded, str, Given], Stack]) -> Read:
    path, settled, deployed = source
    given = settled.settings.given(settled.root)
    given = deployed.given(replace(given, stack_name=settled.settings.stack_names.get(str(real_path(path)))))

    def again(passed: Mapping[str, Value]) -> Stack:
        return deployed.nesting(reader(loaded, str(path), replace(given, passed=passed)))

    made_by = Constructs(path, settled.root, loaded, deployed.synthesized.metadata)
    return Read(again({}), settled, again, made_by, deployed.failures)
