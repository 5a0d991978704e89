"""Long work shows how far it is: on the standard error, on a terminal, and nowhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Final, TypeVar

Item = TypeVar("Item")

_PATIENCE: Final = 0.5
"""Seconds before anything is shown, and between two signs."""


def progress(items: Iterable[Item], *, quiet: bool) -> Iterator[Item]:
    """The items, one by one, with a count of them on a terminal; of how many, where that is known."""
    if quiet or not sys.stderr.isatty():
        yield from items
        return
    total = f"/{len(items)}" if isinstance(items, Sized) else ""
    shown, last = "", time.monotonic()
    try:
        for number, item in enumerate(items):
            now = time.monotonic()
            if now - last >= _PATIENCE:
                shown, last = f"{number}{total}", now
                sys.stderr.write(f"\r{shown} ")
                sys.stderr.flush()
            yield item
    finally:
        if shown:
            # The line is left as it was, whatever ends the work.
            sys.stderr.write("\r" + " " * (len(shown) + 1) + "\r")
            sys.stderr.flush()
