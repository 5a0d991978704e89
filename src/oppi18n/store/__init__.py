"""Opportunities, quotes and their closings in a real database, where two people may close at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oppi18n.store.reading import Stored
    from oppi18n.store.store import Closed, Store

__all__ = ["Closed", "Store", "Stored"]


def __getattr__(name: str) -> Any:
    # SQLAlchemy is slow to load, and an extra.
    if name in __all__:
        from oppi18n.store import reading, store

        return getattr(reading if name == "Stored" else store, name)
    raise AttributeError(name)
