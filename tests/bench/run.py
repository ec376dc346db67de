"""Every benchmark in this folder, one after the other: `make bench`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run each in a process of its own, so that none warms up another; one that fails is said to."""
    failed = []
    for file in sorted(HERE.glob("[a-z]*.py")):
        if file.name != Path(__file__).name:
            print(f"--- {file.stem}", flush=True)
            ran = subprocess.run([sys.executable, "-m", f"tests.bench.{file.stem}"], cwd=HERE.parents[1], check=False)
            failed += [file.stem] if ran.returncode else []
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
