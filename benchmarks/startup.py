"""Starting: the import, a warm `check` and `--help`, in proportion to importing json and click.

Run `python benchmarks/startup.py [rounds]`. Figures are user and system time of child processes; byte code and cache are
warm, in a folder of this run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import Final

from _paired import ROOT, child_cpu, pin, spreads, table

ROUNDS: Final = 21
RUNS: Final = 3
"""Processes per contender and round: one alone is too short to be measured well."""

IMPORTS: Final = {
    "import json": "import json",
    "import oppi18n": "import oppi18n",
    "oppi18n.load_rules": "from oppi18n import load_rules",
}
CHECK: Final = [os.fspath(ROOT / "examples" / "blocked.json"), "--as", "won", "--locale", "ko"]
_MEMORY: Final = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def environment(folder: str) -> dict[str, str]:
    """The variables of the child processes: byte code and compiled rules are kept in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OPPI18N_"))}
    return {**kept, "PYTHONPYCACHEPREFIX": f"{folder}/code", "OPPI18N_CACHE": f"{folder}/cache"}


def measured(commands: dict[str, list[str]], base: str, rounds: int, folder: str) -> list[list[str]]:
    """One row per command: its time over that of `base`."""
    variables = environment(folder)

    def timer(command: list[str]) -> int:
        return sum(child_cpu(command, variables) for _ in range(RUNS))

    timers = {name: lambda command=command: timer(command) for name, command in commands.items()}  # type: ignore[misc]
    return [[name, str(spread)] for name, spread in spreads(timers, base, rounds).items() if name != base]


def memory(code: str, folder: str) -> float:
    """The most memory in MiB that a process held which ran some code."""
    command = [sys.executable, "-c", f"{code}\n{_MEMORY}"]
    found = [
        subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=True) for _ in range(5)
    ]
    return min(int(each.stdout) for each in found) / (1024 if sys.platform == "linux" else 1024 * 1024)


def report(rounds: int = ROUNDS) -> str:
    """The tables."""
    pin()
    head = ["command", "ratio"]
    with tempfile.TemporaryDirectory() as folder:
        imports = {name: [sys.executable, "-c", code] for name, code in IMPORTS.items()}
        run = [sys.executable, "-m", "oppi18n"]
        lines = {
            "import click": [sys.executable, "-c", "import click"],
            "python -c pass": [sys.executable, "-c", "pass"],
            "oppi18n check … --as won --locale ko": [*run, "check", *CHECK],
            "oppi18n --help": [*run, "--help"],
        }
        tables = [
            table("Imports, relative to `import json`", head, measured(imports, "import json", rounds, folder)),
            table("Command line, relative to `import click`", head, measured(lines, "import click", rounds, folder)),
        ]
        rows = [[name, f"{memory(code, folder):.1f} MiB"] for name, code in {"pass": "pass", **IMPORTS}.items()]
    return "\n".join([*tables, table("Memory of a process at its most", ["code", "resident"], rows)])


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
