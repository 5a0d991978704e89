"""Messages of one locale, found in the catalogs or told in the source language, with their values put in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n import packs as packing
from oppi18n.cache import source_stamp, user_cache
from oppi18n.errors import TEXTS
from oppi18n.i18n import catalogs, locales, phrases
from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.visible import Ours
from oppi18n.tuples import Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oppi18n.errors import Oppi18nError
    from oppi18n.model.facts import Problem
    from oppi18n.packs import Pack

SHIPPED = "oppi18n"


class Text(Named):
    """A text and the locale it is in: the source language's where there is no translation."""

    text: str
    locale: str


def formats_of(locale: str) -> Formats:
    """The formats of a locale, from the cache if they are there."""
    path = packing.__file__.replace("packs.py", "i18n/cldr.py")
    return Formats(user_cache().remember("formats", (locale.encode(), source_stamp(path)), lambda: patterns(locale)))


def _chosen(locale: str, packs: Iterable[Pack]) -> str:
    """The locale that was asked for: one of the product's, a pseudo-locale, or one that a pack brings along."""
    if locales.negotiate([locale], locales.OFFERED):
        return locales.explicit(locale, locales.OFFERED)
    # Folders are looked through only where nothing else serves.
    return locales.explicit(locale, (*locales.OFFERED, *(tag for pack in packs for tag in catalogs.locales_of(pack))))


class Speech:
    """Says messages by context and source text; what it cannot say in its locale, it says in the source language.

    >>> Speech("sv").text("OK", context="oppi18n/dialog").locale
    'sv'
    """

    def __init__(self, locale: str, *, packs: Iterable[str | Pack] = ()) -> None:
        chosen = [
            packing.shipped(),
            *(each if isinstance(each, packing.Pack) else packing.named(each) for each in packs),
        ]
        self.locale = _chosen(locale, chosen)
        self._is_pseudo = self.locale in locales.PSEUDO
        self._texts = catalogs.load(self.locale, chosen)
        self._formats: dict[str, Formats] = {}
        self._renderers: dict[Any, phrases.Renderer] = {}

    def formats(self, locale: str = "") -> Formats:
        """The formats of a locale: this one's, unless another is asked for."""
        wanted = locale or self.locale
        if wanted not in self._formats:
            self._formats[wanted] = formats_of(wanted)
        return self._formats[wanted]

    def text(
        self,
        msgid: str,
        *,
        context: str,
        plural: str = "",
        count: int | None = None,
        language: str = locales.SOURCE,
        kinds: Mapping[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Text:
        """A message with its values put in; `kinds` says how they are formatted (see `render.KINDS`).

        A message with a plural is chosen by `count`. Where the catalogs have no translation, the source text is
        used, in the formats of its own language.
        """
        found, locale = self._template(msgid, context, plural, count, language)
        if not values:
            text = phrases.unescaped(found)
            return Text(Ours(text) if self._is_pseudo else text, locale)
        text = self._renderer(found, locale, kinds)(values)
        return Text(Ours(text) if self._is_pseudo else text, locale)

    def renderer(
        self,
        msgid: str,
        *,
        context: str,
        plural: str = "",
        count: int | None = None,
        language: str = locales.SOURCE,
        kinds: Mapping[str, str] | None = None,
    ) -> phrases.Renderer | None:
        """What puts values into a message, for whoever says it over and over; None where it is not said as in catalogs."""
        found, locale = self._template(msgid, context, plural, count, language)
        return None if self._is_pseudo or locale != self.locale else self._renderer(found, locale, kinds)

    def _renderer(self, found: str, locale: str, kinds: Mapping[str, str] | None) -> phrases.Renderer:
        key = (found, locale, tuple(kinds.items()) if kinds else ())
        renderer = self._renderers.get(key)
        if renderer is None:
            renderer = self._renderers.setdefault(key, phrases.Renderer(found, kinds or {}, self.formats(locale)))
        return renderer

    def _template(self, msgid: str, context: str, plural: str, count: int | None, language: str) -> tuple[str, str]:
        number = count if count is not None else 2
        if self._is_pseudo:
            from oppi18n.i18n import pseudo

            return pseudo.disguised(self._source(msgid, plural, number, language), self.locale), self.locale
        if not plural:
            return (self._texts.get(context, msgid), self.locale) if self._has(context, msgid) else (msgid, language)  # type: ignore[return-value]
        formats = self.formats()
        found = self._texts.plural(context, msgid, formats.categories.index(formats.plural(number)))
        if found is not None:
            return found, self.locale
        return self._source(msgid, plural, number, language), language

    def _source(self, msgid: str, plural: str, number: int, language: str) -> str:
        return msgid if not plural or self.formats(language).plural(number) == "one" else plural

    def _has(self, context: str, msgid: str) -> bool:
        return self._texts.get(context, msgid) is not None

    def not_given(self, locale: str = "") -> str:
        """What stands in a sentence for a value that is missing."""
        if locale == locales.SOURCE:
            return "(not given)"
        return self.text("(not given)", context=f"{SHIPPED}/value").text

    def error(self, error: Oppi18nError | Problem) -> Text:
        """The sentence of an error or of a problem of a data file."""
        return self.coded("error", error.code, TEXTS[error.code], error.params)

    def coded(self, table: str, code: str, msgid: str, params: Mapping[str, object]) -> Text:
        """A text of one of the tables: error, diagnostic or hint; a tuple among its values is told as a list."""
        values = {name: self._said(value) for name, value in params.items()}
        kinds = {name: "list" for name, value in values.items() if isinstance(value, list)}
        return self.text(msgid, context=f"{SHIPPED}/{table}/{code}", kinds=kinds, values=values or None)

    def _said(self, value: Any) -> str | list[str]:
        """A value of a coded text; one that is bad news itself is said in the same language."""
        if isinstance(value, tuple):
            return [str(each) for each in value]
        table = getattr(value, "table", None)
        return str(value) if table is None else self.coded(table, value.code, value.template, value.params).text
