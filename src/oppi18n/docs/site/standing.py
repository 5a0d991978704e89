"""How each text of a topic is shown in one language: translated, or in English, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from oppi18n.i18n import locales
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.topics import Topic, context_of
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, TRANSLATED

STALE: Final = "stale"
STATES: Final = (TRANSLATED, NEEDS_REVIEW, STALE, MISSING)
"""Done, to be read again, of an English text that has changed since, not there: the last two are shown in English."""


class Shown(NamedTuple):
    """A text as readers of one language get it."""

    text: str
    locale: str
    state: str


@dataclass(frozen=True)
class Speaker:
    """One language's translations of the topics of a pack."""

    pack: str
    locale: str
    entries: Mapping[tuple[str | None, str], Entry]

    def shown(self, topic: Topic, source: str) -> Shown:
        """A text of a topic.

        >>> from oppi18n.i18n.topics import read
        >>> Speaker("p", "ko", {}).shown(read("# Quotes", "quotes.md"), "Quotes")
        Shown(text='Quotes', locale='en', state='missing')
        """
        if self.locale == locales.SOURCE:
            return Shown(source, self.locale, TRANSLATED)
        entry = self.entries.get((context_of(self.pack, topic.name), source))
        if entry is None or not all(entry.translations):
            return Shown(source, locales.SOURCE, MISSING)
        if entry.is_fuzzy:
            return Shown(source, locales.SOURCE, STALE)
        return Shown(entry.translations[0], self.locale, NEEDS_REVIEW if entry.needs_review else TRANSLATED)


def speaker(pack: str, locale: str, catalog: Catalog | None) -> Speaker:
    """The translations in a catalog; none without one."""
    entries = catalog.entries if catalog is not None else ()
    return Speaker(pack, locale, {entry.key: entry for entry in entries if not entry.obsolete})
