"""The summary of a bulk run in the reader's language: counts and bars for a terminal, words for a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from oppi18n.bulk.report import Captions, as_html, as_svg
from oppi18n.widths import display_width, pad

if TYPE_CHECKING:
    from oppi18n.bulk.summary import Summary
    from oppi18n.cli.session import Session

_LONGEST, _SHORTEST = 24, 8
"""Columns of a bar, which takes what the words of a language leave of the line."""


class SummaryText:
    """Says a summary."""

    def __init__(self, summary: Summary, session: Session) -> None:
        self.summary = summary
        self.session = session
        self.words = captions(summary, session)
        self.formats = session.localizer.formats()

    def chart(self, *, alone: bool) -> str:
        """A page with a bar chart, or the chart alone."""
        make = as_svg if alone else as_html
        direction = "rtl" if self.formats.rtl else "ltr"
        return make(self.summary, self.words, self.formats.integer, lang=self.session.locale, direction=direction)

    def lines(self) -> Iterator[str]:
        """Verdicts and rules with bars."""
        yield self.session.style(self.words.title, "strong")
        verdicts = [("closable", "good"), ("blocked", "error"), ("undetermined", "warning")]
        counts = [getattr(self.summary, name) for name, _ in verdicts]
        rows = [(getattr(self.words, name), self.formats.integer(getattr(self.summary, name))) for name, _ in verdicts]
        yield from self.table(rows, counts, [style for _, style in verdicts], right=1)
        yield from self.rules()

    def rules(self) -> Iterator[str]:
        """A row per rule that ever fails or is not known."""
        integer, words = self.formats.integer, self.words
        found = [each for each in self.summary.rules if each.fails or each.unknown]
        if not found:
            return
        rows = [
            (words.severities[each.severity], each.rule, integer(each.fails), integer(each.unknown)) for each in found
        ]
        yield ""
        head = ("", words.rule, words.fails, words.unknown)
        severities = [each.severity for each in found]
        yield from self.table([head, *rows], [0, *(each.fails for each in found)], ["", *severities], right=2)

    def table(
        self, rows: Sequence[Sequence[str]], counts: Sequence[int], styles: Sequence[str], *, right: int
    ) -> Iterator[str]:
        """Cells in columns, from the column `right` on aligned to the right, with a bar at the end of each row."""
        widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
        left = self.session.width - sum(widths) - 2 * (len(widths) + 1)
        for cells, count, style in zip(rows, counts, styles, strict=True):
            padded = [
                pad(cell, width, right=number >= right)
                for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
            ]
            drawn = bar(count, self.summary.total, max(_SHORTEST, min(_LONGEST, left)))
            yield f"  {'  '.join(padded)}  {self.session.style(drawn, style) if drawn else ''}".rstrip()


def captions(summary: Summary, session: Session) -> Captions:
    """The words of a summary."""
    say = session.say
    return Captions(
        title=say.plural("{count} opportunity", "{count} opportunities", count=summary.total),
        closable=say("Can be closed"),
        blocked=say("Can't be closed"),
        undetermined=say("Data is missing"),
        rule=say("Rule"),
        fails=say("Fails"),
        unknown=say("Not known"),
        severities={"error": say("Error"), "warning": say("Warning"), "info": say("Note")},
    )


def bar(count: int, total: int, width: int) -> str:
    """A bar of eighths of a character; what is there at all is seen.

    >>> bar(1, 2, 4), bar(1, 16, 4), bar(1, 1000, 4), bar(0, 2, 4)
    ('██', '▎', '▏', '')
    """
    eighths = max(round(width * 8 * count / total), 1) if count else 0
    return "█" * (eighths // 8) + "\0▏▎▍▌▋▊▉"[eighths % 8].strip("\0")
