"""Many units are checked by several processes at once; what they find does not depend on how many there are."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final, NamedTuple, TypeVar

from oppi18n.checks import checks, run
from oppi18n.checks.background import Background
from oppi18n.checks.finding import Finding
from oppi18n.units.unit import Unit

ENOUGH: Final = 6_000
"""Units from which on further processes are worth their start."""

_PORTION: Final = 2_000

Item = TypeVar("Item")
Watch = Callable[[Collection[Item]], Iterable[Item]]
"""Passes on what it is given, one by one, and may tell somebody how far it is."""


class _Task(NamedTuple):
    """Some checks on a stretch of the units."""

    names: tuple[str, ...]
    start: int
    end: int


class _Work(NamedTuple):
    """What the tasks of a run have in common."""

    units: Sequence[Unit]
    background: Background

    def do(self, task: _Task) -> list[Finding]:
        """What the checks of a task find."""
        return list(run(self.units[task.start : task.end], self.background, only=task.names))


def run_all(
    units: Iterable[Unit],
    background: Background | None = None,
    *,
    processes: int | None = None,
    watch: Watch[_Task] = iter,
) -> list[Finding]:
    """What all checks find in units, as `run` tells it: check by check, in the order of the units.

    Without a number of processes, there are as many as processors, and one for few units, or where they cannot be had.

    >>> unit = Unit(id="1", source="A quote", targets=("En  offert",), locale="sv")
    >>> [finding.check for finding in run_all([unit])]
    ['double-space']
    """
    work = _Work(tuple(units), background or Background())
    tasks = _tasks(len(work.units))
    count = _processes(len(work.units)) if processes is None else processes
    found = _shared(work, tasks, count, watch) if count > 1 else (work.do(task) for task in watch(tasks))
    order = {each.name: number for number, each in enumerate(checks())}
    return sorted((finding for each in found for finding in each), key=lambda finding: order[finding.check])


def _tasks(count: int) -> list[_Task]:
    """Checks that look at one unit alone take a portion each; the others must see all of them."""
    alone = tuple(each.name for each in checks() if hasattr(each.module, "check"))
    whole = [_Task((each.name,), 0, count) for each in checks() if each.name not in alone]
    return [*whole, *(_Task(alone, start, min(start + _PORTION, count)) for start in range(0, count, _PORTION))]


def _processes(count: int) -> int:
    # Elsewhere, starting a process means to import and to copy everything once more.
    if count < ENOUGH or sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


_work: _Work | None = None


def _shared(work: _Work, tasks: Sequence[_Task], processes: int, watch: Watch[_Task]) -> Iterator[list[Finding]]:
    """What the tasks find, in their order. The units are there when the processes begin; only findings travel."""
    global _work
    _work = work
    try:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin) as pool:
            waiting = {task: pool.submit(_do, task) for task in tasks}
            try:
                for task in watch(tasks):
                    yield waiting[task].result()
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        _work = None


def _begin() -> None:
    # The terminal's interrupt reaches all of them; one is enough to say so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do(task: _Task) -> list[Finding]:
    assert _work is not None
    return _work.do(task)
