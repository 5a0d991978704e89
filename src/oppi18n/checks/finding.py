"""A finding is what a check has to say about a translation: where, what, and what would be better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oppi18n.units.unit import Unit

ERROR: Final = "error"
WARNING: Final = "warning"
INFO: Final = "info"
SEVERITIES: Final = (ERROR, WARNING, INFO)
"""What must be mended, what should be looked at, what is good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about one unit.

    `code` names the sentence among the TEXTS of the check, `params` are its values. `start` and `end` count
    characters in the translation of the plural form `form`, or in the source if `in_source` is true; without a
    place the whole text is meant. `suggestion` is what should stand there instead; `is_safe` says that it may be
    put there unseen. `check` and `severity` are filled in by whoever runs the checks.
    """

    unit: Unit
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    form: int = 0
    start: int | None = None
    end: int | None = None
    in_source: bool = False
    suggestion: str | None = None
    is_safe: bool = False
    check: str = ""
    severity: str = ""

    @property
    def text(self) -> str:
        """The text that the place is in."""
        return (self.unit.source or "") if self.in_source else self.unit.targets[self.form]

    @property
    def quote(self) -> str:
        """The culprit.

        >>> unit = Unit(id="1", source="A quote", targets=("En  offert",), locale="sv")
        >>> Finding(unit=unit, code="double-space", start=2, end=4).quote
        '  '
        """
        return "" if self.start is None else self.text[self.start : self.end]

    @property
    def mended(self) -> str | None:
        """The text with the suggestion in its place; None if there is none.

        >>> unit = Unit(id="1", source="A quote", targets=("En  offert",), locale="sv")
        >>> Finding(unit=unit, code="double-space", start=2, end=4, suggestion=" ").mended
        'En offert'
        """
        if self.suggestion is None or self.in_source or self.start is None:
            return None
        return self.text[: self.start] + self.suggestion + self.text[self.end :]
