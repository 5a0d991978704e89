"""Records that analysis has found, as people read them: short, in the words of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from oppi18n.cli import machine
from oppi18n.cli.session import safe

if TYPE_CHECKING:
    from datetime import date

    from oppi18n.analysis.results import Example
    from oppi18n.cli.session import Session

LONG: Final = 40
"""Characters beyond which a text of one repeated character is written in short."""


def sample_lines(example: Example, current: Session, *, indent: int, today: date) -> Iterator[str]:
    """An example, one line for each part, as it could stand in a file of cases; the day if it is not the usual one."""
    for name, value in example.written().items():
        if (name, value) != ("today", today.isoformat()):
            yield " " * indent + current.style(f"{name}: {safe(flow(value))}", "dim")


def flow(value: Any) -> str:
    """JSON data on one line, as YAML reads it: names and plain words without quotation marks.

    >>> flow({"id": "q1", "state": "active", "name": "x" * 50})
    '{id: q1, state: active, name: {repeat: x, times: 50}}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if not isinstance(value, str):
        return machine.line_of(value)
    if len(value) > LONG and len(set(value)) == 1:
        return flow({"repeat": value[0], "times": len(value)})
    return value if _is_plain(value) else machine.line_of(value)


def _is_plain(text: str) -> bool:
    """Whether YAML takes a text for itself without quotation marks."""
    plain = text.isascii() and text[:1].isalnum() and all(mark.isalnum() or mark in "_-./" for mark in text)
    return plain and text not in ("true", "false", "null")
