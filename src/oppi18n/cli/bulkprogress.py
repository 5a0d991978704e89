"""How far a long run is: one line on a terminal that is written over, and nothing anywhere else."""

from __future__ import annotations

import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Final

import click

from oppi18n.widths import display_width

if TYPE_CHECKING:
    from typing import Self

    from oppi18n.cli.session import Session

_PAUSE: Final = 0.2
"""Seconds between two lines of progress."""
_QUIET: Final = 1.0
"""Seconds without a word, after which something is said even if nothing is heard from the database."""
_SOON: Final = 0.02
"""The part of the work that must be done before anybody can tell how long the rest takes."""


class Progress:
    """What has been done, in stages of so many statements; it never goes back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.wanted = sys.stderr.isatty() and session.verbosity >= 0
        self.began = self.told = monotonic()
        self.width = 0
        self.done = self.start = self.until = 0.0
        self.steps, self.step, self.statement = 1, -1, -1
        self.ended = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)
        self.speaking = threading.Lock()

    def stage(self, until: float, *, steps: int = 1) -> None:
        """What follows brings the work as far as `until`, in some statements."""
        self.start, self.until = self.until, until
        self.steps, self.step = steps, -1
        self.done = max(self.done, self.start)

    def show(self, statement: int, done: float) -> None:
        """Say how far it is, not too often."""
        if statement != self.statement:
            self.statement, self.step = statement, min(self.step + 1, self.steps - 1)
        part = (max(self.step, 0) + min(done, 1.0)) / self.steps
        self.done = max(self.done, self.start + (self.until - self.start) * part)
        self.tell(_PAUSE)

    def tell(self, pause: float) -> None:
        """Say how far it is, if nothing was said for so long."""
        with self.speaking:
            now = monotonic()
            if self.wanted and now - self.told >= pause:
                self.told = now
                self.put(self.sentence(now - self.began))

    def sentence(self, passed: float) -> str:
        """How far it is, and how long it may still take."""
        say, done = self.session.say, self.done
        if not _SOON < done < 1:
            return say.plural("Working for {count} second …", "Working for {count} seconds …", count=round(passed))
        return say.plural(
            "{percent} % done, about {count} second left", "{percent} % done, about {count} seconds left",
            count=round(passed * (1 - done) / done), percent=round(done * 100),
        )  # fmt: skip

    def put(self, text: str) -> None:
        """Write over what stands in the line."""
        width = display_width(text)
        click.echo("\r" + text + " " * max(0, self.width - width), nl=False, err=True)
        self.width = width

    def _tick(self) -> None:
        while not self.ended.wait(_QUIET):
            self.tell(_QUIET)

    def __enter__(self) -> Self:
        if self.wanted:
            self.ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        if self.ticker.ident is not None:
            self.ticker.join()
        if self.width:
            self.put("")
            click.echo("\r", nl=False, err=True)
