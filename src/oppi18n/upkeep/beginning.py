"""A new catalog begins with what its translators have to know: plural forms, direction, fonts, how values look."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from babel.core import Locale, UnknownLocaleError, get_global

from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.i18n.entries import FUZZY, NEEDS_REVIEW, Catalog, Entry
from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.plural_header import categories, plural_forms
from oppi18n.packs import Pack
from oppi18n.upkeep import update as upkeep

FONTS: Final = {
    "Arab": "Noto Naskh Arabic, Noto Sans Arabic, Segoe UI, Geeza Pro",
    "Armn": "Noto Sans Armenian, Segoe UI",
    "Beng": "Noto Sans Bengali, Nirmala UI, Kohinoor Bangla",
    "Cyrl": "Noto Sans, Segoe UI, Helvetica Neue",
    "Deva": "Noto Sans Devanagari, Nirmala UI, Kohinoor Devanagari",
    "Ethi": "Noto Sans Ethiopic, Ebrima, Kefa",
    "Geor": "Noto Sans Georgian, Segoe UI",
    "Grek": "Noto Sans, Segoe UI, Helvetica Neue",
    "Gujr": "Noto Sans Gujarati, Nirmala UI",
    "Guru": "Noto Sans Gurmukhi, Nirmala UI",
    "Hans": "Noto Sans SC, PingFang SC, Microsoft YaHei",
    "Hant": "Noto Sans TC, PingFang TC, Microsoft JhengHei",
    "Hant-HK": "Noto Sans HK, PingFang HK, Microsoft JhengHei",
    "Hebr": "Noto Sans Hebrew, Segoe UI, Arial Hebrew",
    "Jpan": "Noto Sans JP, Hiragino Sans, Yu Gothic",
    "Khmr": "Noto Sans Khmer, Leelawadee UI, Khmer Sangam MN",
    "Knda": "Noto Sans Kannada, Nirmala UI",
    "Kore": "Noto Sans KR, Apple SD Gothic Neo, Malgun Gothic",
    "Laoo": "Noto Sans Lao, Leelawadee UI",
    "Latn": "Noto Sans, Segoe UI, Helvetica Neue",
    "Mlym": "Noto Sans Malayalam, Nirmala UI",
    "Mymr": "Noto Sans Myanmar, Myanmar Text",
    "Sinh": "Noto Sans Sinhala, Nirmala UI",
    "Taml": "Noto Sans Tamil, Nirmala UI",
    "Telu": "Noto Sans Telugu, Nirmala UI",
    "Thai": "Noto Sans Thai, Leelawadee UI, Thonburi",
}
"""Script → fonts that have its letters, on Linux, Windows and macOS or the other way round."""

_SHARED: Final = ("Hans", "Hant", "Jpan", "Kore")
_SAMPLES: Final = 4


def begin(pack: Pack, tag: str, extracted: Iterable[Entry], source: Catalog | None = None) -> Catalog:
    """A new catalog for a locale, not yet written; with `source`, it begins with that catalog's translations.

    A translation into the same language in the same script is shown and needs review; any other is a proposal.
    Raises InputError: `unknown-language`, `unknown-language-near`, `pseudo-locale`, `source-locale`, `catalog-exists`.
    """
    locale = known(tag)
    if locale in locales.PSEUDO:
        raise InputError("pseudo-locale", tag=locale)
    if locales.is_same(locale, pack.language):
        raise InputError("source-locale", tag=locale)
    for each in upkeep.locales_of(pack):
        if locales.is_same(locale, each):
            raise InputError("catalog-exists", path=upkeep.path_of(pack, each))
    if os.path.lexists(path := upkeep.path_of(pack, locale)):
        raise InputError("catalog-exists", path=path)
    catalog = upkeep.update(pack, locale, extracted)
    if source is not None:
        catalog = replace(catalog, entries=tuple(_taken_over(catalog, source)))
    return replace(catalog, comments=tuple(notes(locale)))


def known(tag: str) -> str:
    """A locale in its usual spelling, if CLDR has its language, script and territory.

    >>> known("PT_br")
    'pt-BR'
    >>> known("jp")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: CLDR knows no language 'jp'; did you mean ja?
    """
    found = locales.canonical(tag)
    if found is not None and _is_known(found):
        return found
    near = _nearest(tag)
    if near is None:
        raise InputError("unknown-language", tag=tag)
    raise InputError("unknown-language-near", tag=tag, near=near)


def notes(locale: str) -> Iterator[str]:
    """Comment lines about a locale, for the head of its catalog.

    >>> print(*notes("ms"), sep="\\n")
    Malay (Melayu), ms
    Direction: left to right
    Fonts with all its letters: Noto Sans, Segoe UI, Helvetica Neue
    Plural forms: one, for every number
    Values come out as 31 Mac 2026; 1,234.5; A, B dan C
    """
    cldr = _locale(locale)
    script, territory = _script(cldr), cldr.territory
    yield f"{cldr.get_display_name('en')} ({cldr.display_name}), {locale}"
    yield f"Direction: {'right to left' if cldr.text_direction == 'rtl' else 'left to right'}"
    fonts = FONTS.get(f"{script}-{territory}") or FONTS.get(script, f"a Noto font of the script {script}")
    yield f"Fonts with all its letters: {fonts}"
    if script in _SHARED:
        yield f'Without lang="{locale}", readers see the letter forms of another region'
    yield from _plurals(cldr)
    formats = Formats(patterns(locale))
    samples = formats.date(date(2026, 3, 31)), formats.decimal(Decimal("1234.5")), formats.list(["A", "B", "C"])
    yield f"Values come out as {'; '.join(samples)}"


def _is_known(tag: str) -> bool:
    if tag in locales.PSEUDO:
        return True
    language, *rest = tag.split("-")
    names = Locale("en")
    subtags = all(each in (names.scripts if len(each) == 4 else names.territories) for each in rest)
    return subtags and plural_forms(language) is not None


def _nearest(tag: str) -> str | None:
    """The language that somebody may have meant who wrote a country, a name, or nearly a name."""
    typed = tag.strip().lower().replace("_", "-")
    meant = locales.meant(typed)
    country = str(get_global("likely_subtags").get(f"und_{typed.upper()}", "")).partition("_")[0]
    if meant or plural_forms(country or "?") is not None:
        return meant or country
    names = {name.lower(): code for code, name in Locale("en").languages.items() if plural_forms(code)}
    return next((names[name] for name in get_close_matches(typed, names, n=1, cutoff=0.8)), None)


def _locale(tag: str) -> Locale:
    """What CLDR knows of a locale, or else of its language."""
    try:
        return Locale.parse(tag, sep="-")
    except UnknownLocaleError:
        return Locale.parse(tag.partition("-")[0])


def _script(locale: Locale) -> str:
    likely = get_global("likely_subtags")
    found = likely.get(f"{locale.language}_{locale.territory}") or likely.get(locale.language) or "und_Latn"
    return locale.script or str(found).split("_")[1]


def _plurals(locale: Locale) -> Iterator[str]:
    """What each plural form is for, in the order of `msgstr[…]`."""
    rule = locale.plural_form
    if not rule.tags:
        yield "Plural forms: one, for every number"
    for index, category in enumerate(categories(rule) if rule.tags else ()):
        numbers = [str(number) for number in range(1001) if rule(number) == category]
        shown = ", ".join(numbers[:_SAMPLES]) + (", …" if len(numbers) > _SAMPLES else "")
        yield f"msgstr[{index}] is {category}: {shown or 'fractions only'}"


def _taken_over(catalog: Catalog, source: Catalog) -> Iterator[Entry]:
    done = {(each.key, each.msgid_plural): each for each in source.entries if each.is_translated and not each.obsolete}
    is_variant = locales.is_variant(catalog.locale, source.locale)
    mark = f"{NEEDS_REVIEW}: taken over from {source.locale}"
    for entry in catalog.entries:
        found = done.get((entry.key, entry.msgid_plural))
        if found is None:
            yield entry
            continue
        translations = found.translations if entry.msgid_plural is None else tuple(_forms(catalog, source, found))
        if is_variant:
            yield replace(entry, translations=translations, comments=(mark,))
        else:
            yield replace(entry, translations=translations, flags=(FUZZY, *entry.flags))


def _forms(catalog: Catalog, source: Catalog, entry: Entry) -> Iterator[str]:
    """The forms of another language, each where the same category stands; the last one where there is none."""
    wanted, given = (categories(_locale(each.locale).plural_form) for each in (catalog, source))
    yield from (entry.translations[given.index(each) if each in given else -1] for each in wanted)
