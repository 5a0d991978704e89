"""A text keeps the name of the ruleset and the pack that it was written in, wherever it is laid or inherited."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text was written: the pack, the ruleset of it, and the language of the pack.

    >>> Origin("oppi18n", "close-opportunity").context("no-active-quotes/message")
    'oppi18n/close-opportunity/no-active-quotes/message'
    """

    pack: str
    ruleset: str
    language: str = "en"

    def context(self, part: str) -> str:
        """Under which context catalogs translate a text; laid over or extended, it keeps the one it was written in."""
        return f"{self.pack}/{self.ruleset}/{part}"
