"""A process that is asked to end stops as after Ctrl+C: what it has begun is undone, and the exit status is 130."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ASKING: Final = ("SIGTERM", "SIGHUP")


@contextmanager
def stopping() -> Iterator[None]:
    """Take what asks the process to end for Ctrl+C; what somebody else listens to, or has silenced, is left alone."""
    found = [getattr(signal, each) for each in _ASKING if hasattr(signal, each)]
    is_main = threading.current_thread() is threading.main_thread()
    ours = [each for each in found if is_main and signal.getsignal(each) is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)
