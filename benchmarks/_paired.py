"""Contenders are timed by turns on one processor; what counts is the median of the ratios of the rounds.

A benchmark is a module here with a function `rows(rounds)`; `run.py` finds it by its file name. It checks that all give
the same answers, lets them take turns, and says which ratio is to meet which goal:

    def rows(rounds: int) -> Iterator[Row]:
        agree()
        times = by_turns({"ours": lambda: cpu(ours, 100), "peer": lambda: cpu(peer, 100)}, rounds)
        yield Row("ours, 3 quotes", "peer", times.over("ours", "peer"), at_most(0.5))


    if __name__ == "__main__":
        alone(rows)
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import process_time_ns
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST_ROUNDS: Final = 7
ROUNDS: Final = 15


class Spread(NamedTuple):
    """What the rounds measured: the median counts, the others say how quiet the machine was."""

    median: float
    least: float
    most: float
    rounds: int

    def scaled(self, factor: float) -> Spread:
        """The spread where one contender ran so many times as often as the other."""
        return Spread(self.median * factor, self.least * factor, self.most * factor, self.rounds)


class Goal(NamedTuple):
    """What a figure should be: `≤ limit` or `≥ limit`."""

    sign: str
    limit: float

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"

    def met(self, figure: float) -> bool:
        """Whether a figure is as good as it should be, to the two decimals that are shown."""
        return round(figure, 2) <= self.limit if self.sign == "≤" else round(figure, 2) >= self.limit


class Row(NamedTuple):
    """A line of the table: what was measured, what against, the ratio (or a figure in a unit), the goal if it has one.

    Without a figure the contender could not take part, and `note` says why.
    """

    what: str
    against: str
    found: Spread | None
    goal: Goal | None = None
    unit: str = "×"
    note: str = ""


class Times:
    """Nanoseconds by contender, round by round."""

    def __init__(self, found: Mapping[str, Sequence[int]]) -> None:
        self.found = found

    def over(self, one: str, other: str) -> Spread:
        """The time of one contender in proportion to another's: paired, since a round is noisy as a whole."""
        return spread([a / b for a, b in zip(self.found[one], self.found[other], strict=True)])


def at_most(limit: float) -> Goal:
    """A goal for what should be small."""
    return Goal("≤", limit)


def at_least(limit: float) -> Goal:
    """A goal for what should be large."""
    return Goal("≥", limit)


def spread(figures: Sequence[float]) -> Spread:
    """The spread of some figures."""
    return Spread(median(figures), min(figures), max(figures), len(figures))


def by_turns(timers: Mapping[str, Callable[[], int]], rounds: int = ROUNDS) -> Times:
    """The times of all contenders: each takes its turn in every round, in an order that rotates.

    A timer answers with nanoseconds of processor time: `cpu` and `child_cpu` make one. The first turn is for warming up.
    """
    pin()
    names = list(timers)
    for timer in timers.values():
        timer()
    found: dict[str, list[int]] = {name: [] for name in names}
    for number in range(max(rounds, LEAST_ROUNDS)):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(max(1, timers[name]()))
    return Times(found)


def cpu(run: Callable[[], object], times: int = 1) -> int:
    """Processor time in ns of some calls."""
    with quiet():
        start = process_time_ns()
        for _ in range(times):
            run()
        return process_time_ns() - start


def child_cpu(command: Sequence[str], environment: Mapping[str, str] | None = None, *, statuses: str = "0 1") -> int:
    """User and system time in ns of a child process; it must succeed or find something (exit status 0 or 1)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if str(done.returncode) not in statuses.split() or done.stderr:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.decode()}")
    return round(1e9 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))


def child_environment(folder: str) -> dict[str, str]:
    """The variables of a child process whose byte code and compiled rules are kept in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OPPI18N_"))}
    return {**kept, "PYTHONPYCACHEPREFIX": f"{folder}/code", "OPPI18N_CACHE": f"{folder}/cache"}


def pin() -> None:
    """Stay on one processor, where the system knows how; child processes stay there too."""
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


def alone(rows: Callable[[int], Iterable[Row]]) -> None:
    """Run one benchmark from its own file: `python benchmarks/NAME.py [--quick]`."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{LEAST_ROUNDS} rounds, not {ROUNDS}")
    rounds = LEAST_ROUNDS if parser.parse_args().quick else ROUNDS
    print(table(list(rows(rounds))))


def table(rows: Sequence[Row]) -> str:
    """The rows as text, with every figure beside its goal."""
    head = ("what", "against", "", "goal", "", "least … most", "rounds")
    cells = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    goal = str(row.goal) if row.goal else ""
    if row.found is None:
        return row.what, row.against, "–", goal, "", f"skipped: {row.note}", ""
    figure = f"{_short(row.found.median)} {row.unit}"
    verdict = ("met" if row.goal.met(row.found.median) else "MISSED") if row.goal else ""
    between = f"{_short(row.found.least)} … {_short(row.found.most)}"
    return row.what, row.against, figure, goal, verdict, between, str(row.found.rounds)


def _short(figure: float) -> str:
    return f"{figure:,.2f}" if figure < 10 else f"{figure:,.1f}" if figure < 100 else f"{figure:,.0f}"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.rjust(width) if column in (2, 3, 6) else cell.ljust(width)
