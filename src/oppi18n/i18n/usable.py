"""Which translations of a catalog a reader may see: no guesses, no gaps, no placeholders that nobody fills."""

from __future__ import annotations

from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.templates import faults, placeholders

Table = dict[str, "str | tuple[str | None, ...]"]
"""Context, U+0004 and message (as in gettext's compiled files) → the translation, or those of a plural message."""


def table(catalog: Catalog) -> Table:
    """The translations that may be shown, in the shape that is kept in the cache.

    A translation with a fault in a placeholder, or with a placeholder that its source has not, is left out: the
    reader gets the source text. One with fewer placeholders stays ("one quote" needs no number).

    >>> from oppi18n.i18n.entries import Catalog, Entry
    >>> good = Entry(context="p/cli", msgid="{count} left", translations=("noch {count}",))
    >>> bad = Entry(context="p/cli", msgid="{count} found", translations=("{kount} gefunden",))
    >>> table(Catalog(locale="de", entries=(good, bad)))
    {'p/cli\\x04{count} left': 'noch {count}'}
    """
    shown: Table = {}
    for entry in catalog.entries:
        if entry.obsolete or entry.is_fuzzy:
            continue
        texts = tuple(_usable(entry))
        if any(texts):
            shown[_key(entry)] = (texts[0] or "") if entry.msgid_plural is None else texts
    return shown


def _key(entry: Entry) -> str:
    return entry.msgid if entry.context is None else f"{entry.context}\4{entry.msgid}"


def _usable(entry: Entry) -> list[str | None]:
    known = {*placeholders(entry.msgid), *placeholders(entry.msgid_plural or "")}
    return [text if _is_usable(text, known) else None for text in entry.translations]


def _is_usable(text: str, known: set[str]) -> bool:
    if "{" not in text and "}" not in text:
        return bool(text)
    return known.issuperset(placeholders(text)) and not any(True for _ in faults(text))
