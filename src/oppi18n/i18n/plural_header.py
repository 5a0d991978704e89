"""The Plural-Forms header of a catalog follows from CLDR, never from the file."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.plural import PluralRule, to_gettext

from oppi18n.i18n.locales import PSEUDO, SOURCE

_ONE_AND_OTHER: Final = frozenset({"i in 1 and v in 0", "n in 1"})


def categories(rule: PluralRule) -> tuple[str, ...]:
    """The plural categories of a language in the order of its catalogs' forms, which is not that of Babel's tables.

    >>> categories(Locale("pl").plural_form)
    ('one', 'few', 'many', 'other')
    """
    return (*(each for each in ("zero", "one", "two", "few", "many") if each in rule.tags), "other")


def plural_categories(tag: str) -> tuple[str, ...]:
    """What the plural forms of a locale are called, in their order; nothing for a language that CLDR does not have.

    >>> plural_categories("sv"), plural_categories("ko"), plural_categories("xx")
    (('one', 'other'), ('other',), ())
    """
    locale = _locale(tag)
    return () if locale is None else categories(locale.plural_form)


@cache
def plural_forms(tag: str) -> tuple[int, str] | None:
    """The number of plural forms of a locale and the text of the header; None for a language that CLDR does not have.

    A territory that CLDR does not have is passed over; pseudo-locales have the forms of English.

    >>> plural_forms("sv"), plural_forms("ms")
    ((2, 'nplurals=2; plural=(n != 1);'), (1, 'nplurals=1; plural=0;'))
    """
    locale = _locale(tag)
    if locale is None:
        return None
    rules = locale.plural_form.rules
    count = len(rules) + 1
    if count == 1:
        return 1, "nplurals=1; plural=0;"
    if count == 2 and rules.get("one") in _ONE_AND_OTHER:
        return 2, "nplurals=2; plural=(n != 1);"
    # gettext knows no operand for compact notation ("1 million"), which in whole numbers is zero.
    return count, re.sub(r"\b[ce]\b", "0", to_gettext(locale.plural_form))


def _locale(tag: str) -> Locale | None:
    for name in (SOURCE,) if tag in PSEUDO else (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    return None
