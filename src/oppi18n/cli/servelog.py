"""The log of the service is written by a thread of its own, so that whoever stops reading it stops nothing else."""

from __future__ import annotations

import logging
import os
import select
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Final

MOST: Final = 10_000
"""Lines that wait to be written; what comes on top is dropped, and counted."""

PAUSE: Final = 0.02
"""Seconds in which lines gather: to wake the thread for each would take longer than an answer."""

LAST: Final = 1.0
"""Seconds that the lines still waiting may take in the end."""

PIECE: Final = 4096
"""Bytes that a pipe takes in one go, without lines of another process between them."""

FAULTS: Final = ("oppi18n.server", "uvicorn", "asyncio")
"""The loggers in which faults of ours are told."""


class Log:
    """Takes lines at once, and never waits; a `LogRecord` for each would take longer than the rest of an answer."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._ending = Event()
        self._dropping = Lock()
        self._dropped = 0
        self._thread = Thread(target=self._write, name="oppi18n-log", daemon=True)
        self._thread.start()

    def __call__(self, line: str) -> None:
        """Write a line, soon."""
        if self._waiting.qsize() < MOST:
            self._waiting.put(line)
        else:
            with self._dropping:
                self._dropped += 1

    def close(self) -> None:
        """Write what still waits, if somebody reads it."""
        self._waiting.put(None)
        self._ending.set()
        self._thread.join(LAST)

    def _write(self) -> None:
        is_open = True
        while is_open:
            lines = [self._waiting.get()]
            self._ending.wait(PAUSE)
            while lines[-1] is not None and len(lines) < MOST and not self._waiting.empty():
                lines.append(self._waiting.get())
            is_open = lines[-1] is not None
            for piece in pieces(each for each in lines if each is not None):
                self._put(piece)
            self._tell_dropped()

    def _tell_dropped(self) -> None:
        with self._dropping:
            dropped, self._dropped = self._dropped, 0
        if dropped:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._put(f'{{"at":"{at}","dropped":{dropped}}}\n'.encode())

    def _put(self, piece: bytes) -> None:
        # A log that nobody reads any more stops no answer.
        with suppress(OSError):
            while piece:
                try:
                    piece = piece[os.write(self._descriptor, piece) :]
                except BlockingIOError:
                    # Somebody who shares it does not want to wait; this thread does.
                    select.select([], [self._descriptor], [])


def pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines, as many together as are written in one go.

    >>> [len(each) for each in pieces(["x" * 999] * 6)], list(pieces([]))
    ([4000, 2000], [])
    """
    found = b""
    for line in lines:
        encoded = f"{line}\n".encode(errors="backslashreplace")
        if found and len(found) + len(encoded) > PIECE:
            yield found
            found = b""
        found += encoded
    if found:
        yield found


class _Faults(logging.Handler):
    """Puts faults of ours among the lines."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self.setFormatter(logging.Formatter("%(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a fault, with its traceback."""
        self._log(self.format(record))


@contextmanager
def logged() -> Iterator[Log | None]:
    """A log on the standard error, of faults too; None where that is closed, and its number perhaps somebody else's."""
    log = None if sys.stderr is None else Log(2)
    handler = logging.NullHandler() if log is None else _Faults(log)
    before = {each: logging.getLogger(each).handlers for each in FAULTS}
    for each in FAULTS:
        logging.getLogger(each).handlers = [handler]
    # The access log is not the logger's.
    logging.getLogger("oppi18n.access").setLevel(logging.WARNING)
    logging.getLogger("oppi18n.server").propagate = False
    try:
        yield log
    finally:
        for each, handlers in before.items():
            logging.getLogger(each).handlers = handlers
        if log is not None:
            log.close()
