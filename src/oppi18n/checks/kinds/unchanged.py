"""A translation, or a part of it, that is the same as its source.

Mostly a text that was forgotten. Some texts are rightly the same: code, names, numbers, abbreviations, and single words
that two languages share, such as “Status” in Swedish and Malay. So a text is reported if one of its words is written
small, as in names it isn't; a single word, if the glossary or another place in the same run translates it. Within a
longer translation, a stretch of an English sentence is.

>>> from oppi18n.checks.background import Background
>>> texts = {"Close the quote.": "Close the quote.", "Dynamics 365": "Dynamics 365"}
>>> units = [Unit(id=source, source=source, targets=(target,), locale="sv") for source, target in texts.items()]
>>> [finding.unit.id for finding in check_locales(units, Background())]
['Close the quote.']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import WARNING, Finding
from oppi18n.checks.masking import plain
from oppi18n.i18n import locales
from oppi18n.units.unit import CODE, Unit

FAMILY: Final = "presence"
SEVERITY: Final = WARNING
TEXTS: Final = {"unchanged": "This isn't translated."}

_WORD: Final = re.compile(r"(?<![\w./:@%-])[A-Za-z][a-z'’]+(?![\w/:@%-]|\.\w|\()")
_RUN: Final = 4
"""Words of a source in a row that no translation has by chance."""
_SMALL: Final = """
a an and are as be been by can do does from has have if into is isn't it its more must not of only or than that the their
them then there these they this those to was we were when where which will with you your
"""
_OF_SENTENCES: Final = frozenset(_SMALL.split())


def check_locales(units: Sequence[Unit], background: Background) -> Iterator[Finding]:
    """The units with an English text in the place of a translation."""
    translated = {(unit.source, unit.locale) for unit in units if unit.target.strip() != (unit.source or "").strip()}
    for unit in units:
        source = (unit.source or "").strip()
        if not source or unit.is_in(CODE) or _is_variant(unit.locale, unit.source_locale):
            continue
        if unit.target.strip() == source:
            if _is_text(unit, background, is_known=(unit.source, unit.locale) in translated):
                yield Finding(unit=unit, code="unchanged", start=0, end=len(unit.target))
        else:
            yield from _parts(unit, source)


@cache
def _is_variant(locale: str, source: str) -> bool:
    return locales.is_variant(locale, source)


def _is_text(unit: Unit, background: Background, *, is_known: bool) -> bool:
    """Whether it holds words that one would have translated."""
    shown = plain(unit.source or "", unit.markup)
    words = _WORD.findall(shown)
    if len(words) > 1 and (any(word.islower() for word in words) or shown.rstrip().endswith((".", "!", "?"))):
        return True
    if not words or unit.source in background.glossary.names:
        return False
    found = [term.words.get(language(unit.locale)) for term in background.glossary.terms_in(shown)]
    right = [spelling.lower() for word in found if word is not None for spelling in word.right]
    if right:
        return shown.strip().lower() not in right and len(words) < 3
    return is_known


def _parts(unit: Unit, source: str) -> Iterator[Finding]:
    """Stretches of the source that stand in the translation, each of them once."""
    words = source.split(" ")
    if len(words) < _RUN - 1:
        return
    for form, text in enumerate(unit.targets):
        end = 0
        if source in text and sum(map(_is_small, words)) > 1:
            start = text.index(source)
            yield Finding(unit=unit, code="unchanged", form=form, start=start, end=start + len(source))
            continue
        if " " not in text:
            continue
        kept = [word in text for word in words]
        for first in range(len(words) - _RUN + 1):
            if not (kept[first] and kept[first + 1] and kept[first + 2] and kept[first + 3]):
                continue
            start = text.find(" ".join(words[first : first + _RUN]), end)
            if start >= 0 and _is_sentence(words[first : first + _RUN], unit.locale):
                end = start + _common(source, text, start, len(" ".join(words[:first])) + bool(first))
                yield Finding(unit=unit, code="unchanged", form=form, start=start, end=end)


def _common(source: str, text: str, start: int, place: int) -> int:
    """How far the two go on alike."""
    length = 0
    for one, other in zip(source[place:], text[start:], strict=False):
        if one != other:
            break
        length += 1
    return length


def _is_sentence(words: Sequence[str], locale: str) -> bool:
    """Whether a stretch of English is more than a name: by the small words that hold sentences together."""
    bare = [word.strip(",.:;()") for word in words]
    wanted = 2 if locales.script(locale) == "Latn" else 1
    small = sum(word in _OF_SENTENCES for word in bare)
    lower = sum(map(_is_small, bare))
    return lower > 3 or (lower > 2 and small >= wanted)


def _is_small(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.islower()
