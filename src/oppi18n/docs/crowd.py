"""Many pages are linted by several processes at once; what is found, and its order, are the same with one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.docs.linting import Linted, lint
from oppi18n.docs.originals import Original
from oppi18n.docs.page import Page

ENOUGH: Final = 150
"""Pages from which on further processes are worth their start."""

_AHEAD: Final = 8
"""Groups of pages that wait for each process; no more of them are in memory."""

Group = Sequence[tuple[Page, Original | None]]


def processes_for(pages: int) -> int:
    """How many processes that many pages are worth."""
    # Elsewhere, starting a process means to import and to copy everything once more.
    if pages < ENOUGH or sys.platform != "linux":
        return 1
    return len(os.sched_getaffinity(0))


def lint_all(groups: Iterable[Group], background: Background, *, processes: int = 1) -> Iterator[tuple[Group, Linted]]:
    """Each group of pages, with what was found in it."""
    if processes < 2:
        yield from ((group, lint(group, background)) for group in groups)
        return
    global _background
    _background = background
    try:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin) as pool:
            try:
                yield from _ahead(groups, pool, processes * _AHEAD)
            finally:
                pool.shutdown(cancel_futures=True)
    finally:
        _background = None


def _ahead(groups: Iterable[Group], pool: ProcessPoolExecutor, most: int) -> Iterator[tuple[Group, Linted]]:
    waiting: deque[tuple[Group, Future[Linted]]] = deque()
    for group in groups:
        waiting.append((group, pool.submit(_lint, group)))
        if len(waiting) > most:
            done, found = waiting.popleft()
            yield done, found.result()
    for done, found in waiting:
        yield done, found.result()


_background: Background | None = None


def _begin() -> None:
    # The terminal's interrupt reaches all of them; one is enough to say so.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lint(group: Group) -> Linted:
    assert _background is not None
    return lint(group, _background)
