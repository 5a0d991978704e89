"""Where the words of the glossary stand in a text, whatever endings and prefixes they have there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

from oppi18n.checks.background import Background, language
from oppi18n.checks.masking import masked
from oppi18n.i18n import locales
from oppi18n.i18n.glossary import Glossary, Term, Word
from oppi18n.units.unit import Unit

LABEL: Final = "label"
NOUN: Final = "noun"
PHRASE: Final = "phrase"
VERB: Final = "verb"

_UNSPACED: Final = ("Hans", "Hant", "Jpan", "Kore")
_VOWELS: Final = "aeiouåäö"
_STEM: Final = 5
_LATEST: Final = 4096
_CODE: Final = re.compile(r"(?<!\w)\w++(?:[.(]\w++)+|--[\w-]+")


class Hit(NamedTuple):
    """A wrong word, where it stands, and what should stand there."""

    text: str
    start: int
    end: int
    better: str | None


def source_of(unit: Unit, form: int = 0) -> str:
    """What a reader reads of the source of a plural form: the singular belongs to the first of several."""
    is_plural = unit.plural is not None and (form > 0 or len(unit.targets) == 1)
    return masked((unit.plural if is_plural else unit.source) or "", unit.markup)


def targets_of(unit: Unit) -> tuple[tuple[int, str], ...]:
    """What a reader reads of the translation, form by form, place for place."""
    return _targets(unit.targets, unit.markup)


@lru_cache(maxsize=1 << 16)
def _targets(targets: tuple[str, ...], markup: str) -> tuple[tuple[int, str], ...]:
    return tuple((form, masked(target, markup)) for form, target in enumerate(targets))


def is_confused(term: Term) -> bool:
    """Whether a term is a noun of the field: one whose words some locale is known to confuse with others.

    >>> is_confused(Term("quote", words={"ja": Word("ja", "見積もり", forbidden=("見積",))})), is_confused(Term("status"))
    (True, False)
    """
    return term.part == NOUN and any(word.forbidden for word in term.words.values())


class _Terms:
    """Finds the terms of a glossary; the texts of the last pages are remembered, for many checks ask about them."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self.found = lru_cache(maxsize=_LATEST)(self._found)
        confused = tuple(term.name for term in glossary.terms if is_confused(term))
        self.records = frozenset(term.name for term in glossary.terms if term.name.endswith(confused))

    def _found(self, source: str) -> tuple[Term, ...]:
        return tuple(self._glossary.terms_in(_CODE.sub(" ", source)))


def terms_in(background: Background, source: str, *, is_ours: bool = False) -> tuple[Term, ...]:
    """The terms that a source text means.

    A verb means what its object makes of it: without a record beside it, `close` may be about a window or a year,
    unless the text is one of the product's own.

    >>> from oppi18n.packs import shipped
    >>> from oppi18n.i18n.glossary import of_packs
    >>> ours = Background(of_packs([shipped()]))
    >>> [term.name for term in terms_in(ours, "Close it.")], [term.name for term in terms_in(ours, "Close the quote.")]
    ([], ['close', 'quote'])
    """
    terms = background.once("terms", background.glossary, lambda: _Terms(background.glossary))
    found = terms.found(source)
    is_sure = is_ours or not found or any(term.name in terms.records for term in found)
    return found if is_sure else tuple(term for term in found if term.part != VERB)


def mentions(term: Term, source: str) -> bool:
    """Whether one of the term's spellings is in a source text, be it as a part of a longer term.

    >>> mentions(Term("close", part="verb"), "Closed as won"), mentions(Term("close", part="verb"), "Not disclosed")
    (True, False)
    """
    small = _small(source)
    if not any(each in small for each in _lowered(term.spellings)):
        return False
    found = _compiled(term.spellings, spaced=True)
    besides = _compiled(term.besides, spaced=True)
    is_else = besides is not None and besides.search(source) is not None
    return found is not None and found.search(source) is not None and not is_else


# One text is asked about by all terms, one after the other.
@lru_cache(maxsize=16)
def _small(text: str) -> str:
    return text.lower()


@lru_cache(maxsize=_LATEST)
def _lowered(spellings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.lower() for each in spellings)


def word_of(term: Term, locale: str) -> Word | None:
    """What the term is called in a locale."""
    return term.words.get(language(locale))


@cache
def is_spaced(locale: str) -> bool:
    """Whether words are set apart in the locale's script.

    >>> is_spaced("sv-SE"), is_spaced("ja-JP")
    (True, False)
    """
    return locales.script(language(locale)) not in _UNSPACED


def has(word: Word, text: str) -> bool:
    """Whether one of the right spellings is in a text, inflected or taken apart.

    >>> has(Word("sv", "faktisk intäkt"), "Den faktiska intäkten"), has(Word("ms", "sebut harga draf"), "sebut harga aktif dan draf")
    (True, True)
    """
    spaced = is_spaced(word.locale)
    return any(all(part.search(text) for part in _parts(each, spaced)) for each in word.right)


def spot(word: Word, text: str) -> tuple[int, int] | None:
    """Where the first of the right spellings stands in a text, whatever ending it has.

    >>> spot(Word("sv", "aktiv"), "En aktiv offert"), spot(Word("sv", "aktiv"), "Inaktiv")
    ((3, 8), None)
    """
    spaced = is_spaced(word.locale)
    for each in word.right:
        first = re.search(
            rf"(?<!\w){_parts(each, spaced)[0].pattern}" if spaced else re.escape(each), text, re.IGNORECASE
        )
        if first:
            return first.span()
    return None


def wrong(word: Word, text: str) -> Iterator[Hit]:
    """The forbidden variants in a text; where a right spelling covers one, it does not count.

    >>> list(wrong(Word("sv", "affärsmöjlighet", forbidden=("möjlighet", "möjligheten")), "Stäng möjligheten."))
    [Hit(text='möjligheten', start=6, end=17, better='affärsmöjligheten')]
    """
    forbidden = _compiled(word.forbidden, spaced=is_spaced(word.locale))
    if forbidden is None or not forbidden.search(text):
        return
    right = _compiled(word.right, spaced=is_spaced(word.locale))
    # A wrong word that holds a right one, as in brackets, is not covered by it.
    covered = [match.span() for match in right.finditer(text)] if right is not None else []
    for match in forbidden.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in covered):
            yield Hit(match[0], *match.span(), _better(word, match[0]))


@cache
def _parts(spelling: str, spaced: bool) -> tuple[re.Pattern[str], ...]:
    if not spaced:
        return (re.compile(r"\s*".join(map(re.escape, spelling.split())), re.IGNORECASE),)
    return tuple(re.compile(re.escape(_stem(part)), re.IGNORECASE) for part in spelling.split())


def _stem(word: str) -> str:
    """A word without the vowel that an ending takes the place of."""
    return word[:-1] if len(word) > _STEM and word[-1] in _VOWELS else word


@lru_cache(maxsize=4096)
def _compiled(spellings: tuple[str, ...], *, spaced: bool) -> re.Pattern[str] | None:
    longest = sorted(spellings, key=len, reverse=True)
    found = "|".join(map(re.escape, longest))
    if not longest:
        return None
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if spaced else found, re.IGNORECASE)


def _better(word: Word, found: str) -> str | None:
    """The right word in the form of the wrong one, where the one ends like the other; None for a mere part of it."""
    for each in word.forbidden:
        if word.text.lower().endswith(each.lower()) and found.lower().startswith(each.lower()):
            start = word.text[: len(word.text) - len(each)]
            return start.capitalize() + found.lower() if found[0].isupper() else start + found
    return word.text if len(word.text.split()) <= len(found.split()) else None
