"""A page is fresh while its English page is, byte for byte, the one that it names."""

from __future__ import annotations

from typing import Final, NamedTuple

from oppi18n.docs import front
from oppi18n.docs.changes import Change, changes
from oppi18n.docs.folders import PageFile
from oppi18n.docs.originals import Originals
from oppi18n.docs.page import Page

FRESH: Final = "fresh"
STALE: Final = "stale"
MOVED: Final = "moved"
BUMPED: Final = "bumped"
ABSENT: Final = "absent"
UNKNOWN: Final = "unknown"
STATES: Final = (FRESH, STALE, MOVED, BUMPED, ABSENT, UNKNOWN)
"""The English page is the same; its sentences changed; it lies elsewhere now; it changed, but none of its sentences did
(a date, a blank); there is none; the page does not say which one it was made from."""


class Freshness(NamedTuple):
    """How a page stands to its English page: the hash it names, the one that was found, and where."""

    state: str
    expected: str = ""
    found: str = ""
    path: str = ""
    changes: tuple[Change, ...] = ()


def freshness(page: Page, file: PageFile, originals: Originals) -> Freshness:
    """Hold a page against the English pages of a folder.

    Raises InputError when the English page cannot be read.
    """
    expected = (front.value(page, front.HASH) or "").lower()
    original = originals.of(file)
    if not expected:
        return Freshness(UNKNOWN, "", original.hash if original else "", original.path if original else "")
    if original is not None and original.hash == expected:
        return Freshness(FRESH, expected, original.hash, original.path)
    moved = originals.with_hash(expected)
    if moved is not None:
        return Freshness(MOVED, expected, moved.hash, moved.path)
    if original is None:
        return Freshness(ABSENT, expected)
    found = changes(page, original.page)
    return Freshness(STALE if found else BUMPED, expected, original.hash, original.path, found)
