"""What is wrong in a page, with the pair that it is about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from oppi18n.diagnostics import Diagnostic, Hint, Span
from oppi18n.docs.page import Page, Pair


class Finding(NamedTuple):
    """A diagnostic, and the pair that it is about, if it is about one."""

    diagnostic: Diagnostic
    pair: Pair | None = None


class Report:
    """Makes findings about one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._starts = [pair.start for pair in page.pairs]

    def about(
        self, pair: Pair, code: str, *, severity: str = "warning", related: Span | None = None, **params: object
    ) -> Finding:
        """A finding about a pair as a whole."""
        params = {"mark": pair.mark, **params}
        span = self.span(pair.start, pair.target_start)
        return Finding(Diagnostic(code, span, params, None, severity, related), pair)

    def at(
        self,
        code: str,
        start: int,
        end: int,
        pair: Pair | None = None,
        *,
        severity: str = "error",
        hint: Hint | None = None,
        related: Span | None = None,
        **params: object,
    ) -> Finding:
        """A finding about a stretch of the page."""
        return Finding(Diagnostic(code, self.span(start, end), params, hint, severity, related), pair)

    def span(self, start: int, end: int) -> Span:
        """The place of a stretch."""
        return self.page.lines.span(self.page.path, start, end)

    def pair_over(self, offset: int) -> Pair | None:
        """The pair that an offset lies in."""
        found = bisect_right(self._starts, offset) - 1
        return self.page.pairs[found] if found >= 0 and offset < self.page.pairs[found].end else None

    def pairs_between(self, start: int, end: int) -> tuple[Pair, ...]:
        """The pairs that begin between two offsets."""
        return self.page.pairs[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
