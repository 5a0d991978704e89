"""How a run of `bulk` grows with the data, and what memory it needs: whole processes, on one thread."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from _paired import Row, at_most, child_environment, spread
from _pipeline import written


class Run(NamedTuple):
    """What one process took: seconds of processor time, megabytes of memory at the most."""

    seconds: float
    memory: float


def ran(folder: Path, count: int, memory: str = "") -> Run:
    """A run of the command over a pipeline, with all findings written to Parquet."""
    command = [sys.executable, "-m", "oppi18n", "bulk", *written(folder, count), "--threads", "1",
               "--output", str(folder / "findings.parquet"), "--today", "2026-03-31",
               *(["--memory", memory] if memory else [])]  # fmt: skip
    environment = {**child_environment(str(folder)), "TMPDIR": str(folder)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 1:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))


def rows(count: int) -> Iterator[Row]:
    """The rows: a tenth, the whole, ten times as much; the last with and without a limit of 500 MB."""
    with tempfile.TemporaryDirectory(prefix="oppi18n-bench-") as place:
        folder = Path(place)
        found = {each: ran(folder, each) for each in (count // 10, count, count * 10)}
        for one, other in ((count, count // 10), (count * 10, count)):
            ratio = found[one].seconds / found[other].seconds
            yield Row(f"{one:,} opportunities", f"{other:,}", spread([ratio]), at_most(12))
        limited = ran(folder, count * 10, "500MB")
        what = f"{count * 10:,} opportunities within 500 MB"
        yield Row(what, "memory at the most", spread([limited.memory]), at_most(700), "MB")
        yield Row(what, "without a limit", spread([limited.seconds / found[count * 10].seconds]), at_most(2))
        yield Row(what, "processor time", spread([limited.seconds]), unit="s")
