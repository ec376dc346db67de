"""Do the tests notice when the engine is wrong? `make mutate` runs them against every mutant of it.

`python tests/mutation/run.py [MODULE…]` mutates `keyfit/truth.py`, `keyfit/pattern/`, `keyfit/policy/` and
`keyfit/decide/`, or the modules given, and prints the mutants that no test notices. `survivors.txt` holds those that
are explained: a mutant in it is not reported, one that is killed after all has to leave it. Status 1 if there is news
of either kind.

`--quick` leaves the laws out, which take most of the time and notice little that the tables do not. `--again FILE`
tries those mutants alone that a run has printed into FILE.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import io
import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "plugins" / "keyfit"
FOLDERS = ("pattern", "policy", "decide")
sys.path[:0] = [str(ROOT), str(ROOT / "plugins")]

from tests.mutation.mutants import mutants, mutate  # noqa: E402 - the path comes first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

EXPLAINED = Path(__file__).with_name("survivors.txt")
SECONDS = 60  # of processor time: a mutant that runs longer hangs, and that is noticed
# Quick ones first: the first test that fails ends the run. Left out: the longest laws, and all seeds but one.
STAGES = (
    ("cases", "no_cases", "authorize"),
    ("judge", "operators", "document", "grants", "explain", "actions", "managed", "bad_input"),
)
LAWS = ("laws", "reference")
# What these get wrong, no law can notice: they read cases, and tell what was decided.
LAWLESS = frozenset({"closed", "explain", "missing", "plain", "ungranted", "words"})
_TESTS = {  # where they do not bear the name of the module
    "truth": ("answer",),
    "operators": ("condition", "variables"),
    "judge": ("principal", "resource", "statement"),
    "document": ("elements", "grammar"),
    "authorize": ("governing",),
    "request": ("decision",),
    "explain": ("closed", "missing", "ungranted"),
}
TESTED_BY = {module: test for test, every in _TESTS.items() for module in every}
LEFT_OUT = "truth_table or order_and or one_more"


UNCHANGED = -1


class Case(NamedTuple):
    """One mutant: of which module, which one, and where: the number of the line, and what it says."""

    module: str
    number: int
    line: int
    what: str
    within: str = ""

    def __str__(self) -> str:
        return f"{self.module}: {self.what} in `{self.within}`"


class Mutating(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module with one mutation."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.path = PACKAGE / case.module
        names = Path("keyfit", case.module).with_suffix("").parts
        self.package = names[-1] == "__init__"
        self.name = ".".join(names[:-1] if self.package else names)

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """The specification of the mutated module; the others are loaded as ever."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname,
            self.path,
            loader=self,
            submodule_search_locations=[str(self.path.parent)] if self.package else None,
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated code."""
        source = self.path.read_text(encoding="utf-8")
        tree = ast.parse(source) if self.case.number == UNCHANGED else mutate(source, self.case.number)
        exec(compile(tree, str(self.path), "exec"), module.__dict__)  # noqa: S102 - that is what it is for


def survives(case: Case, *, quick: bool = False) -> bool:
    """Whether all tests pass although the module is wrong. Runs in a process of its own."""
    import faulthandler
    import signal

    import pytest

    signal.signal(signal.SIGPROF, lambda *_: os._exit(1))
    sys.meta_path.insert(0, Mutating(case))
    os.chdir(ROOT)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    faulthandler.disable()
    # The processes are forked from one that has pytest's plugins loaded already.
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    quiet += [word for name in ("cacheprovider", "cov", "xdist") for word in ("-p", f"no:{name}")]
    options = ["-x", "-q", "--no-header", *quiet, "-m", "not deep", "-k", f"not ({LEFT_OUT})"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return all(pytest.main([*options, *files]) == pytest.ExitCode.OK for files in _stages(case, quick=quick))


def _stages(case: Case, *, quick: bool = False) -> list[list[str]]:
    """The test modules that are run one after the other, beginning with those about the mutated module."""
    path = Path(case.module)
    package = {"pattern": "pattern", "decide": "cases"}.get(path.parent.name, "")
    about = package or TESTED_BY.get(path.stem, path.stem)
    own = [f"tests/test_{about}.py", f"tests/policy/test_{about}.py"]
    first = [name for name in own if (ROOT / name).exists()]
    stages = STAGES if quick or package == "cases" or about in LAWLESS else (*STAGES, LAWS)
    later = [[f"tests/policy/test_{name}.py" for name in stage] for stage in stages]
    return [first, *later] if first else later


def in_child(case: Case, *, quick: bool = False) -> bool:
    """`survives`, forked off: a mutant must leave nothing behind."""
    child = os.fork()
    if child == 0:
        status = 1
        with contextlib.suppress(BaseException):
            status = 0 if survives(case, quick=quick) else 1
        os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def modules() -> list[str]:
    """The modules that are mutated, relative to the package."""
    every = [path.relative_to(PACKAGE) for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py")]
    return ["truth.py", "answer.py", *sorted(map(str, every))]


def cases(module: str) -> list[Case]:
    """All mutants of a module."""
    source = (PACKAGE / module).read_text(encoding="utf-8")
    lines = ["", *(line.strip() for line in source.splitlines())]
    return [Case(module, each.number, each.line, each.what, lines[each.line]) for each in mutants(source)]


def explained() -> set[str]:
    """The survivors that are explained: the lines of the file that are neither empty nor comments."""
    lines = EXPLAINED.read_text(encoding="utf-8").splitlines() if EXPLAINED.exists() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def parser() -> ArgumentParser:
    """What the command takes."""
    made = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    made.add_argument("modules", nargs="*", metavar="MODULE", help="relative to the package: policy/judge.py")
    made.add_argument("--quick", action="store_true", help="without the laws")
    made.add_argument("--again", type=Path, metavar="FILE", help="only the mutants that FILE says survive")
    return made


def main(arguments: Sequence[str]) -> int:
    """Mutate, test, and print what survives."""
    import hypothesis  # noqa: F401 - every mutant's process has them from here
    import pytest  # noqa: F401 - as above

    options = parser().parse_args(arguments)
    every = [case for module in options.modules or modules() for case in cases(module)]
    if options.again:
        again = options.again.read_text(encoding="utf-8")
        every = [case for case in every if f"survives: {case} at line" in again]
    if not in_child(Case("policy/decide.py", UNCHANGED, 0, "unchanged")):
        print("the tests fail without any mutation")  # noqa: T201 - a report
        return 2
    known, alive = explained(), set[str]()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
        running = {pool.submit(in_child, case, quick=options.quick): case for case in every}
        for number, done in enumerate(as_completed(running), start=1):
            case = running[done]
            if done.result():
                alive.add(str(case))
                if str(case) not in known:
                    print(f"survives: {case} at line {case.line}", flush=True)  # noqa: T201 - a report
            if number % 100 == 0:
                print(f"... {number} of {len(every)}", file=sys.stderr, flush=True)  # noqa: T201 - a report
    tried, mutated = set(map(str, every)), {case.module for case in every}
    gone = set() if options.again else {line for line in known - tried if line.partition(":")[0] in mutated}
    killed = (known & tried) - alive | gone
    for line in sorted(killed):
        print(f"killed after all: {line}")  # noqa: T201 - a report
    print(f"{len(every)} mutants, {len(alive)} survive, {len(alive & known)} of them explained")  # noqa: T201 - a report
    return 1 if alive - known or killed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
