"""The translations that are shown: the catalogs of all named packs, one on top of the other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from oppi18n import packs as places
from oppi18n.cache import source_stamp, user_cache
from oppi18n.errors import InputError
from oppi18n.i18n import locales

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oppi18n.cache import Cache
    from oppi18n.i18n.usable import Table
    from oppi18n.packs import Pack

DOMAIN: Final = "oppi18n"

_HERE: Final = os.path.dirname(os.path.abspath(__file__))
_READERS: Final = (
    *(os.path.join(_HERE, f"{name}.py") for name in ("po_reader", "po_draft", "po_header", "plural_header", "usable")),
    os.path.join(os.path.dirname(_HERE), "templates.py"),
)
"""The source files that decide what a table holds."""


class Texts:
    """The texts of one locale; what is not there, the caller shows in the source language.

    `faulty` names the catalogs that have errors: their sound entries are used, the others are not.

    >>> texts = Texts("ko", {"p/cli\\4OK": "확인", "{count} left": ("{count}개 남음",)})
    >>> texts.get("p/cli", "OK"), texts.get(None, "OK"), texts.plural(None, "{count} left", 0)
    ('확인', None, '{count}개 남음')
    """

    __slots__ = ("_table", "faulty", "locale")

    def __init__(self, locale: str, table: Mapping[str, str | tuple[str | None, ...]], faulty: tuple[str, ...] = ()):
        self.locale = locale
        self.faulty = faulty
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def get(self, context: str | None, msgid: str) -> str | None:
        """The translation of a message without plural."""
        found = self._table.get(msgid if context is None else f"{context}\4{msgid}")
        return found if isinstance(found, str) else None

    def plural(self, context: str | None, msgid: str, index: int) -> str | None:
        """A form of the translation of a message with plural; forms are counted from 0, as CLDR orders them."""
        found = self._table.get(msgid if context is None else f"{context}\4{msgid}")
        return found[index] if isinstance(found, tuple) and 0 <= index < len(found) else None


def load(locale: str, packs: Iterable[Pack], cache: Cache | None = None) -> Texts:
    """The texts of a locale, from the catalogs of the packs in their named order.

    The pack named last lies on top: message by message, its translation is the one that is shown. A pack without
    catalogs, or without one for this locale, adds nothing. An unchanged catalog is not parsed again.

    >>> len(load("tlh", [places.shipped()]))
    0
    """
    kept = user_cache() if cache is None else cache
    stamp = source_stamp(*_READERS)
    merged: Table | None = None
    faulty: list[str] = []
    for pack in packs:
        path = relative_path(locale)
        content = _content(pack, path)
        if content is None:
            continue
        table, errors = _table(content, locale, kept, stamp)
        merged = {**merged, **table} if merged else table
        if errors:
            faulty.append(places.path_of(pack, path))
    return Texts(locale, merged or {}, tuple(faulty))


def locales_of(pack: Pack) -> list[str]:
    """The locales that a pack has catalogs for, sorted.

    >>> "sv" in locales_of(places.shipped())
    True
    """
    ending = f"/LC_MESSAGES/{DOMAIN}.po"
    return sorted({locales.tag(path.split("/")[1]) for path in places.files(pack, "locales", ending)})


def relative_path(locale: str) -> str:
    """Where a pack keeps the catalog of a locale, as `packs.read_bytes` takes it.

    >>> relative_path("zh-HK")
    'locales/zh_HK/LC_MESSAGES/oppi18n.po'
    """
    return f"locales/{locales.folder(locale)}/LC_MESSAGES/{DOMAIN}.po"


def _content(pack: Pack, path: str) -> bytes | None:
    if pack.locales is None:
        return None
    try:
        return places.read_bytes(pack, path)
    except InputError:
        # The pack does not speak this language.
        return None


def _table(content: bytes, locale: str, cache: Cache, stamp: bytes) -> tuple[Table, int]:
    """What may be shown of a catalog, and how many errors it has."""

    def make() -> tuple[Table, int]:
        from oppi18n.i18n import po_reader, usable

        catalog = po_reader.parse_bytes(content, "<catalog>", locale)
        return usable.table(catalog), sum(each.severity == "error" for each in catalog.diagnostics)

    return cache.remember("texts", (stamp, locale.encode(), content), make)
