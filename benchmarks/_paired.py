"""Contenders are timed by turns on one processor; what counts is the median of the ratios of the rounds."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import process_time_ns
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST_ROUNDS: Final = 7


class Spread(NamedTuple):
    """Ratios of the rounds: the median counts, the others say how quiet the machine was."""

    median: float
    least: float
    most: float
    rounds: int

    def __str__(self) -> str:
        return f"{self.median:.2f}  ({self.least:.2f}…{self.most:.2f}, {self.rounds} rounds)"


def pin() -> None:
    """Stay on one processor, where the system knows how."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextmanager
def quiet() -> Iterator[None]:
    """No garbage collection in between: whose garbage it takes is chance."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu(run: Callable[[], object], times: int = 1) -> int:
    """Processor time in ns of some calls."""
    with quiet():
        start = process_time_ns()
        for _ in range(times):
            run()
        return process_time_ns() - start


def child_cpu(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """User and system time in ns of a child process; it must succeed or find something (exit status 0 or 1)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.decode()}")
    return round(1e9 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


def spreads(timers: Mapping[str, Callable[[], int]], base: str, rounds: int) -> dict[str, Spread]:
    """Each contender's time over that of `base`. All take their turn in every round, in an order that rotates."""
    names = list(timers)
    for timer in timers.values():
        timer()
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(max(rounds, LEAST_ROUNDS)):
        turn = number % len(names)
        times = {name: timers[name]() for name in names[turn:] + names[:turn]}
        for name in names:
            found[name].append(times[name] / times[base])
    return {name: Spread(median(each), min(each), max(each), len(each)) for name, each in found.items()}


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as text, its columns as wide as they need to be."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [title, *("  ".join(_cells(row, widths)).rstrip() for row in [head, *rows])]
    return "\n".join(lines) + "\n"


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if column == 0 else cell.rjust(width)
