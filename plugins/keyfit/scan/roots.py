"""Terraform root modules: each is one directory with all that it calls, judged once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Failure
from keyfit.model.stack import TERRAFORM
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.readers.terraform.modules.file_names import is_configuration
from keyfit.record import record
from keyfit.scan.calls import Calls, with_calls
from keyfit.scan.ignored import left_out
from keyfit.scan.joins import links
from keyfit.scan.judging import Checked, Run, Settled, check_seen, check_stack, crash, refused, remembered, settle
from keyfit.scan.processes import SENT, apart, judged, processes
from keyfit.scan.progress import JUDGED
from keyfit.settings import SettingsError
from keyfit.settings.paths import find_root, real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from keyfit.model.stack import Seen, Stack
    from keyfit.settings import Settings


SHOWN: Final = 3  # root modules in a message


@record
class Root:
    """A root module's directory, as the user would type it, and what bounds reading where no root is given.

    `consuming` says that something in it can use a key; where nothing can, there is nothing to judge but keys alone, if
    it is `speaking` of any. `seen` are the modules that it calls and that are not here, where nothing can; `tying` says
    that it can attach policies to what others make.
    """

    directory: Path
    bound: Path
    consuming: bool = True
    speaking: bool = True
    seen: tuple[Seen, ...] = ()
    tying: bool = False


def is_terraform(path: Path) -> bool:
    """Whether a file that the user names is a part of a root module: its directory is judged."""
    return is_configuration(path.name) and path.is_file()


def find_roots(paths: Iterable[Path], run: Run) -> Iterator[Root]:
    """The root modules that `paths` name, by one of their files, or hold; each once, sorted within each of `paths`.

    In a directory, what no other module there calls.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _found(path, run):
            real = real_path(found.directory)
            if real not in seen:
                seen.add(real)
                yield found


def _found(path: Path, run: Run) -> Iterator[Root]:
    if path.is_dir():
        bound = real_path(run.root) if run.root else find_root(real_path(path))
        if not real_path(path).is_relative_to(bound):
            yield Root(path, bound)  # to be refused: nothing in it is read
        downloads = run.flags.data_directory or run.environment.get("TF_DATA_DIR") or ".terraform"
        found = terraform.survey(path, Given(bound, data_directory=downloads), left_out(path, run))
        for each in sorted({*found.speaking, *found.quiet}):
            consuming, speaking = found.speaking.get(each, False), each in found.speaking
            consuming = consuming or (
                each in found.reaching and bool(found.speaking)
            )  # what another has can have a key
            yield Root(each, bound, consuming, speaking, found.quiet.get(each, ()), each in found.tying)
    elif is_terraform(path):
        yield Root(path.parent, find_root(real_path(path.parent)))


def check_roots(paths: Iterable[Path], run: Run, beside: Sequence[Stack] = ()) -> Iterator[Checked]:
    """What the root modules that `paths` name or hold are found to be; one failure where no Terraform can be read.

    Those that several processes judge have no stack, unless they are to be joined with each other, or with a stack of
    `beside`.
    """
    paths = tuple(paths)
    found = _known_roots(paths, run)
    roots = [each for each in found if is_judged(each, run)]
    judged = {each.directory for each in roots}
    yield from (_idle(each, run) for each in found if each.directory not in judged)
    run.progress.expect(len(roots))
    found = tuple(each for each in found if each.speaking)
    reason = terraform.unavailable() if roots else None
    if reason is not None:
        yield Checked(str(roots[0].directory), failures=(Failure(reason, _place(roots[0])),), language=TERRAFORM)
        return
    jobs = processes(run.jobs, len(roots))
    if jobs > 1 or (run.cluster and roots):
        yield from _by_workers(roots, found, replace(run, jobs=jobs), lambda: (*beside, *read_others(paths, run)))
        return
    for root in roots:
        yield _sent(root, run) or check_root(root, run, found)
        run.progress.done(JUDGED)


def _known_roots(paths: tuple[Path, ...], run: Run) -> tuple[Root, ...]:
    """Those of `find_roots`, found once."""
    if ("roots", paths) not in run.walks:
        run.walks["roots", paths] = tuple(find_roots(paths, run))
    found: tuple[Root, ...] = run.walks["roots", paths]
    return found


def _sent(root: Root, run: Run) -> Checked | None:
    """What another process found before, where that is all there is to know and no file has changed."""
    known = run.roots.get((SENT, run.deployment, str(root.directory)))
    return known.made if known is not None and known.is_current else None


def _idle(root: Root, run: Run) -> Checked:
    """A root module in which there is nothing to judge, with the modules that it calls and that are not here."""
    path = str(root.directory)
    nothing = Checked(path, language=TERRAFORM)
    if not root.seen:
        return nothing
    try:
        settings = settle(root.directory, replace(run, root=run.root or root.bound)).settings
    except SettingsError as error:
        return replace(nothing, failures=(refused(error, path),))
    return replace(check_seen(path, TERRAFORM, root.seen, settings), stack=None)


def _by_workers(
    roots: Sequence[Root], found: Sequence[Root], run: Run, others: Callable[[], Iterable[Stack]]
) -> Iterator[Checked]:
    """What workers found; what is to be joined is read again here. `others` are stacks that can be joined with."""
    planned = any(_plan_of(each, run) is not None for each in roots)
    sent = list(judged(roots, found if planned else (), run, check_root))  # it is for plans that they are asked about
    further = map(links, others()) if any(each.links.wants or each.links.offered for each in sent) else ()
    for root, each, is_apart in zip(roots, sent, apart(sent, further), strict=True):
        if not is_apart:
            del run.roots[SENT, run.deployment, each.checked.path]
        yield each.checked if is_apart else check_root(root, run, found)


def is_judged(root: Root, run: Run) -> bool:
    """Whether something in it can use a key, or the settings speak of it: keys that nothing uses, a plan, an error."""
    if root.consuming or not root.speaking:
        return root.consuming
    try:
        settings = settle(root.directory, replace(run, root=run.root or root.bound)).settings
    except Exception:  # noqa: BLE001 - judging it says what is the matter
        return True
    return bool(settings.all_keys) or settings.declared is not None or settings.plan is not None


def check_root(root: Root, run: Run, beside: Collection[Root] = ()) -> Checked:
    """What one root module is found to be; what is known is asked for again once a file has changed.

    `beside` are the root modules of the same scan: a plan is of one of them.
    """
    path = str(root.directory)
    try:
        settled = settle(root.directory, replace(run, root=run.root or root.bound))
        shared = _shared_plan(settled.settings.plan, beside, run)
        if not real_path(root.directory).is_relative_to(settled.root):
            outside = Failure(f"the directory is outside the scanned directory `{settled.root}`", _place(root))
            return Checked(path, settled.settings, failures=(outside,), language=TERRAFORM)
        if shared is not None:
            settled = replace(settled, settings=replace(settled.settings, plan=None))
        checked = _remembered(root.directory, settled, run)
        return checked if shared is None else replace(checked, failures=(*checked.failures, shared))
    except SettingsError as error:
        return Checked(path, failures=(refused(error, path),), language=TERRAFORM)
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(path, failures=(crash(error, path),), language=TERRAFORM)


def _shared_plan(plan: Path | None, beside: Collection[Root], run: Run) -> Failure | None:
    """Why a plan is used for none of the root modules: it is given for several."""
    if plan is None:
        return None
    sharing = sorted(str(each.directory) for each in beside if _plan_of(each, run) == plan)
    if len(sharing) < 2:  # noqa: PLR2004 - more than one
        return None
    more = f" and {len(sharing) - SHOWN} more" if len(sharing) > SHOWN else ""
    named = ", ".join(f"`{each}`" for each in sharing[:SHOWN])
    return Failure(
        f"a plan is of one root module, and it is given for {named}{more}: check one alone", Origin(str(plan))
    )


def _plan_of(root: Root, run: Run) -> Path | None:
    try:
        return settle(root.directory, replace(run, root=run.root or root.bound)).settings.plan
    except Exception:  # noqa: BLE001 - as above
        return None


def _remembered(directory: Path, settled: Settled, run: Run) -> Checked:
    key = (directory, real_path(directory), settled.root, settled.settings.fingerprint)
    return remembered(run.roots, key, lambda: _read(directory, settled))


def _read(directory: Path, settled: Settled) -> Checked:
    return _judged(terraform.read(directory, settled.settings.given(settled.root)), directory, settled.settings)


def rejudged(checked: Checked, stack: Stack) -> Checked:
    """What a root module is found to be as `stack`, joined with others."""
    return _judged(stack, Path(checked.path), checked.settings)


def read_others(paths: Iterable[Path], run: Run) -> Iterator[Stack]:
    """The root modules in which nothing uses a key, but which can have what others use, or attach policies to it."""
    for root in _known_roots(tuple(paths), run):
        if (root.speaking or root.tying) and not is_judged(root, run):
            settled = settle(root.directory, replace(run, root=run.root or root.bound))
            yield terraform.read(root.directory, settled.settings.given(settled.root))


def _judged(stack: Stack, directory: Path, settings: Settings) -> Checked:
    checked = check_stack(stack, str(directory), settings)
    sites = {} if stack.configuration is None else stack.configuration.call_sites()
    calls = Calls.of(directory, sites, settings.data_directory or ".terraform")
    return replace(checked, findings=with_calls(checked.findings, calls))


def _place(root: Root) -> Origin:
    return Origin(str(root.directory))
