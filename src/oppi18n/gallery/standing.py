"""How far each translation is that a reader of some packs gets: done, to be read again, or not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from oppi18n.diagnostics import AuthoringError, Diagnostic
from oppi18n.i18n import catalogs, locales, po_reader
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.packs import Pack, path_of, read_bytes
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, TRANSLATED

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The entries of one language that readers get; a pack named later has them before those named earlier."""

    locale: str
    entries: Mapping[Key, Entry]
    catalogs: tuple[tuple[Pack, Catalog], ...] = ()

    def state(self, context: str, msgid: str, said: str) -> str:
        """How far a message is that was said in the language `said`.

        >>> Standing("ko", {}).state("p/cli", "OK", "en")
        'missing'
        """
        if said != self.locale:
            return MISSING
        found = self.entries.get((context, msgid))
        return NEEDS_REVIEW if found is not None and found.needs_review else TRANSLATED


def standing(packs: Iterable[Pack], locale: str) -> Standing:
    """The standing of one language. Raises AuthoringError with all that is wrong in a catalog that has errors.

    >>> standing([], "sv").entries
    {}
    """
    found = [] if locale in locales.PSEUDO else [(pack, each) for pack in packs for each in _catalog(pack, locale)]
    read = [catalog for _, catalog in found]
    wrong: list[Diagnostic] = [each for catalog in read if catalog.failed for each in catalog.diagnostics]
    if wrong:
        raise AuthoringError(wrong, {each.path: (each.content or b"").decode("utf-8", "replace") for each in read})
    entries = {entry.key: entry for catalog in read for entry in catalog.entries if _counts(entry)}
    return Standing(locale, entries, tuple(found))


def _catalog(pack: Pack, locale: str) -> Iterable[Catalog]:
    if pack.locales is None or locale not in catalogs.locales_of(pack):
        return
    relative = catalogs.relative_path(locale)
    content = read_bytes(pack, relative)
    found = po_reader.parse_bytes(content, path_of(pack, relative), locale)
    yield replace(found, content=content)


def _counts(entry: Entry) -> bool:
    return entry.is_translated and not entry.obsolete
