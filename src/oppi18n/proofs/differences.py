"""What came out otherwise than expected is laid out so that a reader sees where the two part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.diagnostics import Span
from oppi18n.i18n.visible import visible
from oppi18n.proofs.expectations import Shown
from oppi18n.widths import display_width, pad, pieces

NOTHING: Final = "-"
"""What stands for an empty list and for a value that is not there."""

WIDTH: Final = 100
_LEAST: Final = 24
"""Columns that a text gets however narrow the terminal is."""


class Captions(NamedTuple):
    """The words in front of the lines of a difference, in the reader's language."""

    expected: str = "expected"
    found: str = "found"
    missing: str = "missing"
    unwanted: str = "unwanted"


ENGLISH: Final = Captions()


class Difference(NamedTuple):
    """One expectation that does not hold; `what` names it (`verdict`, `params.count`, `message.ko`), `span` is its place.

    `missing` are the names that should have been found and were not, `unwanted` those that should not have been.
    """

    what: str
    expected: Shown
    found: Shown
    span: Span
    missing: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def lines(difference: Difference, captions: Captions = ENGLISH, width: int = WIDTH) -> Iterator[str]:
    """The difference for people: what was expected, what was found under it, and what makes the two unlike.

    Texts have a caret under the character where they part; sets of names have those that are too few and too many.

    >>> place = Span("own.cases.yaml", 7, 15, 7, 22)
    >>> print(*lines(Difference("verdict", "blocked", "closable", place)), sep="\\n")
    own.cases.yaml:7: verdict
      expected  blocked
      found     closable
                ^
    >>> print(*lines(Difference("violations", ("a", "b"), ("b", "c"), place, ("a",), ("c",))), sep="\\n")
    own.cases.yaml:7: violations
      expected  a, b
      found     b, c
      missing   a
      unwanted  c
    """
    yield f"{visible(difference.span.path)}:{difference.span.line}: {visible(difference.what)}"
    rows = list(_rows(difference, captions))
    left = max(display_width(caption) for caption, _, _ in rows) + 4
    for caption, text, caret in rows:
        yield from _row(pad(f"  {caption}", left), text, max(width - left, _LEAST), caret)


def _rows(difference: Difference, captions: Captions) -> Iterator[tuple[str, str, int | None]]:
    """Caption, text, and the character that the caret stands under."""
    expected, found = written(difference.expected), written(difference.found)
    missing, unwanted = difference.missing, difference.unwanted
    # What is excluded is unwanted by itself: "expected" in front of it would say the opposite.
    if not (unwanted and set(unwanted) <= set(difference.expected or ())):
        yield captions.expected, expected, None
    yield captions.found, found, None if missing or unwanted else _common(expected, found)
    if missing:
        yield captions.missing, written(missing), None
    if unwanted:
        yield captions.unwanted, written(unwanted), None


def _row(caption: str, text: str, width: int, caret: int | None) -> Iterator[str]:
    """The lines of a text beside its caption, and the caret under the character at `caret`."""
    indent, start = " " * display_width(caption), 0
    parts = pieces(text, width) or [""]
    for number, part in enumerate(parts):
        yield f"{indent if number else caption}{part}".rstrip(" ")
        end = start + len(part)
        if caret is not None and start <= caret and (caret < end or number == len(parts) - 1):
            yield f"{indent}{' ' * display_width(part[: caret - start])}^"
            caret = None
        start = end


def written(value: Shown) -> str:
    """A value as a diff shows it, in one line.

    >>> written(("QUO-1", "QUO-2")), written(()), written(None)
    ('QUO-1, QUO-2', '-', '-')
    """
    if value is None:
        return NOTHING
    return visible(value if isinstance(value, str) else ", ".join(value)) or NOTHING


def _common(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))
