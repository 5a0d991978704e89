"""Starting: the imports, a warm `check` and `--help`, against importing json, click, and what a naive command imports.

Figures are the user and system time of whole processes. Byte code and cache are warm, in a folder of this run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from _paired import (
    LEAST_ROUNDS,
    ROOT,
    Goal,
    Row,
    Times,
    alone,
    at_most,
    by_turns,
    child_cpu,
    child_environment,
    pin,
    spread,
)

RUNS: Final = 3
"""Processes per contender and round: one alone is too short to be measured well."""

IMPORTS: Final = {
    "import json": "import json",
    "import oppi18n": "import oppi18n",
    "load_rules()": "from oppi18n import load_rules; load_rules()",
}
CHECK: Final = ["check", os.fspath(ROOT / "examples" / "blocked.json"), "--as", "won"]
COMMANDS: Final[dict[str, tuple[list[str], Goal | None]]] = {
    "check … --as won --locale ko": ([*CHECK, "--locale", "ko"], at_most(1.25)),
    "check … --as won": (CHECK, at_most(1.25)),
    "--help": (["--help"], at_most(1.25)),
    "--help --locale ko": (["--help", "--locale", "ko"], at_most(1.25)),
    "check --help --locale ko": (["check", "--help", "--locale", "ko"], None),
}
"""Arguments, and what is wanted relative to `import click`."""
NAIVE: Final = {
    "import click, yaml": "import click, yaml",
    "import click, yaml, babel": "import click, yaml, babel.core, babel.numbers, babel.dates, babel.lists",
}
"""What a command would import that reads its rules and asks Babel in every run."""


def python(code: str) -> list[str]:
    """A process that runs some code."""
    return [sys.executable, "-c", code]


def oppi18n() -> list[str]:
    """The command as it is installed; in a checkout without it, as a module."""
    script = Path(sys.executable).with_name("oppi18n")
    return [sys.executable, os.fspath(script)] if script.exists() else [sys.executable, "-m", "oppi18n"]


def timed(commands: Mapping[str, list[str]], rounds: int, folder: str) -> Times:
    """The times of processes that find byte code and cache in `folder`."""
    variables = child_environment(folder)

    def timer(command: list[str]) -> int:
        return sum(child_cpu(command, variables) for _ in range(RUNS))

    return by_turns({name: lambda command=command: timer(command) for name, command in commands.items()}, rounds)  # type: ignore[misc]


def memory(code: str, folder: str) -> float:
    """The most memory in MiB that a process held which ran some code."""
    # Not `ru_maxrss`: what the parent held when it forked counts there.
    told = f"{code}\nprint(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
    found = subprocess.run(python(told), env=child_environment(folder), capture_output=True, text=True, check=True)
    return int(found.stdout) / 1024


def held(rounds: int, folder: str) -> Row:
    """How much more memory a process holds that has imported us."""
    what, against, goal = "import oppi18n, memory", "python -c pass", at_most(5)
    if sys.platform != "linux":
        return Row(what, against, None, goal, note="only Linux says what a process held")
    figures = [memory("import oppi18n", folder) - memory("pass", folder) for _ in range(max(rounds, LEAST_ROUNDS))]
    return Row(what, against, spread(figures), goal, unit="MiB")


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    pin()
    with tempfile.TemporaryDirectory() as folder:
        times = timed({name: python(code) for name, code in IMPORTS.items()}, rounds, folder)
        yield Row("import oppi18n", "import json", times.over("import oppi18n", "import json"), at_most(1.5))
        yield Row("load_rules(), warm", "import json", times.over("load_rules()", "import json"))
        yield held(rounds, folder)
        run = oppi18n()
        commands = {name: [*run, *arguments] for name, (arguments, _) in COMMANDS.items()}
        peers = {"pass": "pass", "import click": "import click", **NAIVE}
        times = timed({**{name: python(code) for name, code in peers.items()}, **commands}, rounds, folder)
        for name, (_, goal) in COMMANDS.items():
            yield Row(f"oppi18n {name}", "import click", times.over(name, "import click"), goal)
        check = "check … --as won --locale ko"
        for name in NAIVE:
            yield Row(f"oppi18n {check}", name, times.over(check, name))
        yield Row("python -c pass", "import click", times.over("pass", "import click"))


if __name__ == "__main__":
    alone(rows)
