"""The names that generated Python may use: what running it needs, without what writing it needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from oppi18n.rules import comprehensions, kleene


def listed(items: list[Any]) -> Any:
    """A list of values, unknown as soon as one of them is."""
    return kleene.merge(items) or kleene.Seq(items)


def names(**more: object) -> dict[str, Any]:
    """The names that emitted source may use, to execute it with.

    >>> sorted(names(seen=None))
    ['C', 'Decimal', 'K', 'date', 'listed', 'seen']
    """
    found: dict[str, Any] = {"K": kleene, "C": comprehensions, "Decimal": Decimal, "date": date, "listed": listed}
    return {**found, **more}
