"""Every benchmark in this folder, one after the other, or those that are named: `make bench`, `run.py hosts growth`.

All of them take some twelve minutes of a quiet machine: `messaging` 3 and `terraform` 4, each of which runs Checkov on
a thousand root modules; `hosts` 3, and the others a minute or less each.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run each in a process of its own, so that none warms up another; one that fails is said to."""
    failed = []
    every = [file.stem for file in sorted(HERE.glob("[a-z]*.py")) if file.name != Path(__file__).name]
    for name in sys.argv[1:] or every:
        print(f"--- {name}", flush=True)
        began = time.monotonic()
        ran = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=HERE.parents[1], check=False)
        print(f"{name} took {time.monotonic() - began:.0f} s", flush=True)
        failed += [name] if ran.returncode else []
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
