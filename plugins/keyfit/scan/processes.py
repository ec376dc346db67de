"""Root modules judged in several processes, or by a cluster; what comes of it does not depend on how many.

A worker reads and judges one root module after the other and sends back what it found, with what of the stack is asked
for later: this process has that of all of them. It also says what the stack looks for in others, and what it has for
them. Only where two fit together does this process read them again, to join them.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, product
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

from keyfit.model.findings import Verdict
from keyfit.model.stack import TERRAFORM, Stack
from keyfit.scan.joins import Links, links
from keyfit.scan.joins.ties import can_be
from keyfit.scan.judging import Checked, Remembered, Run, crash
from keyfit.scan.progress import JUDGED, SILENT
from keyfit.settings import SettingsError
from keyfit.truth import Truth
from keyfit.value import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from keyfit.readers.watching import State
    from keyfit.value import Text

SENT: Final = "sent"  # what a worker found is known by this and the path of the root module
MANY: Final = 16  # root modules; a process takes as long to start as some of them to be judged
_CHUNK: Final = 4  # that a worker takes at once


class Directory(Protocol):
    """A root module, as far as it matters here."""

    @property
    def directory(self) -> Path:
        """Where it lies."""


Root = TypeVar("Root", bound=Directory)
Judge: TypeAlias = "Callable[[Root, Run, Sequence[Root]], Checked]"


class Sent(NamedTuple):
    """What a worker found: a root module, what that was read from, and what it has to do with others."""

    checked: Checked
    links: Links = Links()
    states: Mapping[Path, State] = MappingProxyType({})
    alone: bool = True


def processes(wanted: int | None, roots: int) -> int:
    """How many to use: what the user says; else one for each core where there is much to do."""
    if wanted is not None:
        return min(wanted, roots)
    return min(_cores(), roots) if roots >= MANY else 1


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def judged(roots: Sequence[Root], beside: Sequence[Root], run: Run, judge: Judge[Root]) -> Iterator[Sent]:
    """Each of the root modules as a worker finds it by `judge`, in their order; where that fails, a failure."""
    told = replace(run, settled={}, roots={}, files={}, walks={}, assemblies={}, progress=SILENT, jobs=1, cluster="")
    task = Task(judge, told, tuple(beside), Path.cwd())
    chunks = [tuple(roots[at : at + _CHUNK]) for at in range(0, len(roots), _CHUNK)]
    left = list(roots)
    try:
        with _executor(run) as executor:
            for sent in chain.from_iterable(executor.map(partial(_judge, task), chunks)):
                left.pop(0)
                run.roots[SENT, run.deployment, sent.checked.path] = Remembered(sent.checked, sent.states)
                run.progress.done(JUDGED)
                yield sent
    except SettingsError:
        raise  # there is no such cluster
    except Exception as error:  # noqa: BLE001 - a process that is gone is never a pass: it becomes a failure
        for root in left:
            path = str(root.directory)
            yield Sent(Checked(path, failures=(crash(error, path),), language=TERRAFORM))


@contextmanager
def _executor(run: Run) -> Iterator[Executor]:
    """What runs tasks: processes of this machine, or the workers of a cluster."""
    if run.cluster:
        from keyfit.scan.cluster import connected

        with connected(run.cluster) as executor:
            yield executor
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not forked: a copy of a process with threads can wait for ever for what one of them held.
    pool = ProcessPoolExecutor(run.jobs, get_context("spawn"), _start)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for it ends the workers


class Task(NamedTuple):
    """What all root modules are judged by, wherever that is: `here` is the directory that their paths are told from."""

    judge: Judge[Any]
    run: Run
    beside: tuple[Any, ...]
    here: Path


_ALONE: Final = Lock()  # a worker of a cluster can have threads, and a process has one current directory


def _judge(task: Task, roots: Sequence[Directory]) -> list[Sent]:
    with _ALONE:
        if Path.cwd() != task.here:
            os.chdir(task.here)
        return [_one(task, root) for root in roots]


def _one(task: Task, root: Directory) -> Sent:
    run = task.run
    checked = task.judge(root, run, task.beside)
    states = {path: state for each in run.roots.values() for path, state in each.states.items()}
    run.roots.clear()
    stack = checked.stack
    if stack is None:
        return Sent(checked, states=states)
    deploys = stack.configuration is not None and bool(stack.configuration.deployed_templates())
    sent = replace(checked, stack=_in_short(stack, checked), is_apart=True)
    return Sent(sent, links(stack), states, alone=not deploys and not stack.nested)


def _in_short(stack: Stack, checked: Checked) -> Stack:
    """What of a stack is asked for once it is judged, without what is read on demand.

    That is the names of its variables; and its blocks, where the settings speak of some or something is to be mended.
    """
    settings, broken = checked.settings, any(each.verdict is Verdict.BROKEN for each in checked.every)
    if broken or settings.declared is not None or settings.deployer is not None:
        return replace(stack, reading=None, configuration=None, graph=None, ties=(), idle=(), outputs=())
    return Stack(stack.name, stack.language, inputs=stack.inputs, account=stack.account, region=stack.region)


def apart(sent: Sequence[Sent], others: Iterable[Links]) -> Iterator[bool]:
    """For each, whether it has nothing to do with any other: `others` are of what is not judged by workers."""
    everything = [*(each.links for each in sent), *others]
    offering: dict[tuple[str, str], int] = {}
    for each in everything:
        for name in each.offered:
            offering[name] = offering.get(name, 0) + 1
    used = {name for each in everything for name in each.wanted if offering.get(name, 0) > (name in each.offered)}
    tied = _tied(everything)
    for at, one in enumerate(sent):
        yield one.alone and at not in tied and used.isdisjoint(one.links.wanted | one.links.offered)


def _tied(everything: Sequence[Links]) -> frozenset[int]:
    """Those that attach policies to what others make, or whose roles these are, by names that are not wholly known."""
    ties = [(at, name) for at, each in enumerate(everything) for name in (*each.tying, *_literal(each.wanted))]
    made = [(at, name) for at, each in enumerate(everything) for name in (*each.tied, *_literal(each.offered))]
    open_ties, open_made = ([each for each in names if each[1].literal is None] for names in (ties, made))
    pairs = chain(product(open_ties, made), product(ties, open_made))
    met = (pair for pair in pairs if pair[0][0] != pair[1][0] and can_be(pair[0][1], pair[1][1]) is not Truth.NO)
    return frozenset(at for pair in met for at, _ in pair)


def _literal(names: Iterable[tuple[str, str]]) -> Iterator[Text]:
    yield from (text(name) for kind, name in names if kind == "name" and not name.startswith("alias/"))
