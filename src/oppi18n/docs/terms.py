"""What labels and terms are called in translations: mined, counted, and what stands out of the usual."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from oppi18n.i18n import locales
from oppi18n.i18n.glossary import NEEDS_REVIEW, STATUSES, Glossary, Term, Word
from oppi18n.units.unit import MARKDOWN, Place, Unit

LABEL: Final = "label"
TERM: Final = "term"

RIGHT: Final = "right"
FORBIDDEN: Final = "forbidden"
ABSENT: Final = "absent"

_BOLD: Final = re.compile(r"\*\*(?=[^\s*])((?:[^*]|\*(?!\*))+?)(?<=[^\s*])\*\*|__(?=[^\s_])([^_]+?)(?<=[^\s_])__")
_AROUND: Final = " \t:：\u3000"
_SENTENCE: Final = re.compile(r"[.!?。！？](?:\s|\Z)")
_LONGEST: Final = 60
"""Letters of a label; what is longer is stressed, not named."""
_ENDING: Final = 5
"""Letters that may follow a term in a language that inflects at the end of words."""
_UNSPACED: Final = ("Hans", "Hant", "Jpan", "Kore")
_UNSPEAKABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Rendering(NamedTuple):
    """One way in which something is called in a locale: how often, where first, and how the glossary stands to it.

    The text of an `absent` one is empty: no known word of the glossary stands in these translations.
    """

    locale: str
    text: str
    times: int
    place: Place
    verdict: str = ""
    is_usual: bool = True
    is_outlier: bool = False


class Mined(NamedTuple):
    """A label or term of the source texts, how often it was translated, and every way in which it was."""

    text: str
    kind: str
    times: int
    renderings: tuple[Rendering, ...]

    @property
    def outliers(self) -> tuple[Rendering, ...]:
        """The renderings that differ from the usual one of their locale, or are forbidden."""
        return tuple(each for each in self.renderings if each.is_outlier)


class _Sighting(NamedTuple):
    source: str
    kind: str
    locale: str
    target: str
    verdict: str
    place: Place


class _Pair(NamedTuple):
    locale: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    place: Place


def mine(units: Iterable[Unit], glossary: Glossary) -> tuple[Mined, ...]:
    """What bold labels and terms of the glossary are called in translated units, the most frequent first.

    >>> units = [Unit(id=str(number), source="Press **OK**.", targets=(target,), locale="sv", markup=MARKDOWN)
    ...          for number, target in enumerate(["Tryck på **OK**.", "Tryck på **OK**.", "Tryck på **Okej**."])]
    >>> [found] = mine(units, Glossary())
    >>> found.text, [(each.text, each.times, each.is_outlier) for each in found.renderings]
    ('OK', [('OK', 2, False), ('Okej', 1, True)])
    """
    found: dict[tuple[str, str], list[_Sighting]] = defaultdict(list)
    pairs: list[_Pair] = []
    for unit in units:
        if unit.is_translated and unit.source and unit.locale:
            for each in (*_label(unit), *_terms(unit, glossary)):
                found[each.kind, each.source].append(each)
            pairs += _pairs(unit)
    for each in _matched(pairs):
        found[each.kind, each.source].append(each)
    mined = (
        Mined(source, kind, len(sightings), tuple(_renderings(sightings)))
        for (kind, source), sightings in found.items()
    )
    return tuple(sorted(mined, key=lambda each: (each.kind, -each.times, each.text)))


# ---- labels ----


def bold(text: str) -> tuple[str, ...]:
    """The short texts that stand in bold in Markdown, as labels do.

    >>> bold("Select **Save:** or **Close opportunity**; **this is important. Really.**")
    ('Save', 'Close opportunity')
    """
    if "**" not in text and "__" not in text:
        return ()
    found = ((match[1] or match[2]).strip(_AROUND) for match in _BOLD.finditer(text))
    return tuple(each for each in found if _is_label(each))


def _is_label(text: str) -> bool:
    is_short = 0 < len(text) <= _LONGEST and not _SENTENCE.search(text)
    return is_short and not _UNSPEAKABLE.search(text) and any(map(str.isalpha, text))


def _label(unit: Unit) -> Iterator[_Sighting]:
    """The label that a unit of a catalog is."""
    if unit.context.endswith("/label") and unit.plural is None and _is_label(unit.source or ""):
        yield _Sighting(unit.source or "", LABEL, _tag(unit), unit.target, "", unit.place)


def _pairs(unit: Unit) -> Iterator[_Pair]:
    """The labels in a unit of a page, where both texts have as many."""
    ours = bold(unit.source or "") if unit.markup == MARKDOWN else ()
    theirs = bold(unit.target) if ours else ()
    if ours and len(ours) == len(theirs):
        yield _Pair(_tag(unit), ours, theirs, unit.place)


def _matched(pairs: list[_Pair]) -> Iterator[_Sighting]:
    together = _Together(pairs)
    for tag, ours, theirs, place in pairs:
        for source, target in together.matched(tag, ours, theirs):
            yield _Sighting(source, LABEL, tag, target, "", place)


class _Together:
    """How often labels stand in the same units: languages order the labels of a sentence in their own way."""

    def __init__(self, pairs: Iterable[_Pair]) -> None:
        self.both: Counter[tuple[str, str, str]] = Counter()
        self.ours: Counter[tuple[str, str]] = Counter()
        self.theirs: Counter[tuple[str, str]] = Counter()
        for tag, ours, theirs, _ in pairs:
            self.ours.update({(tag, each) for each in ours})
            self.theirs.update({(tag, each) for each in theirs})
            self.both.update({(tag, one, other) for one in ours for other in theirs})

    def matched(self, tag: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Each label with its translation: those first that are seen together most, else as they follow one another."""
        ranked = sorted(
            (-self._closeness(tag, one, other), abs(at - to), at, to)
            for at, one in enumerate(ours)
            for to, other in enumerate(theirs)
        )
        left, right = set(range(len(ours))), set(range(len(theirs)))
        for _, _, at, to in ranked:
            if at in left and to in right:
                left.remove(at)
                right.remove(to)
                yield ours[at], theirs[to]

    def _closeness(self, tag: str, one: str, other: str) -> float:
        """Dice's coefficient; a label that stayed as it is belongs to itself."""
        if one == other:
            return 2.0
        return 2 * self.both[tag, one, other] / (self.ours[tag, one] + self.theirs[tag, other])


# ---- terms ----


def _terms(unit: Unit, glossary: Glossary) -> Iterator[_Sighting]:
    tag = _tag(unit)
    for term in glossary.terms_in(unit.source or ""):
        word = term.words.get(tag)
        if word is not None:
            target, verdict = _found(word, " ".join(unit.targets))
            yield _Sighting(term.name, TERM, tag, target, verdict, unit.place)


def _found(word: Word, text: str) -> tuple[str, str]:
    """The spelling of a term that stands in a text: a right one, a forbidden one, or none that is known."""
    for spelling in sorted(word.right, key=len, reverse=True):
        if stands_in(spelling, text, word.locale):
            return spelling.lower() if spelling.lower() == word.text.lower() else spelling, RIGHT
    wrong = word.forbidden_in(text)
    return (wrong[0], FORBIDDEN) if wrong else ("", ABSENT)


def stands_in(term: str, text: str, locale: str) -> bool:
    """Whether a term stands in a text, perhaps inflected: at its end, and in Malay at its beginning.

    >>> stands_in("offert", "Alla Offerter.", "sv"), stands_in("offert", "Kofferten.", "sv"), stands_in("견적", "견적을", "ko")
    (True, False, True)
    """
    if locales.script(locale) in _UNSPACED:
        return term in text
    found = re.escape(term)
    if locale.partition("-")[0] == "ms":
        # After such a prefix, the first letter of some words gives way: tutup, menutup.
        rest = re.escape(term[1:]) if term[:1].lower() in "kpst" else found
        found = rf"(?:(?:di|me[mn]?g?|pe[mn]?g?|ter|ber)?{found}|[mp]e(?:n[gy]?|m){rest})"
    return re.search(rf"(?<!\w){found}\w{{0,{_ENDING}}}(?!\w)", text, re.IGNORECASE) is not None


# ---- counting ----


def _renderings(sightings: list[_Sighting]) -> Iterator[Rendering]:
    counted: dict[tuple[str, str, str], list[_Sighting]] = defaultdict(list)
    for each in sightings:
        counted[each.locale, each.target, each.verdict].append(each)
    by_locale: dict[str, list[Rendering]] = defaultdict(list)
    for (locale, text, verdict), same in counted.items():
        by_locale[locale].append(Rendering(locale, text, len(same), same[0].place, verdict))
    for _, renderings in sorted(by_locale.items()):
        ranked = sorted(renderings, key=lambda each: (each.verdict in (FORBIDDEN, ABSENT), -each.times, each.text))
        yield from (_judged(each, ranked[0]) for each in ranked)


def _judged(each: Rendering, usual: Rendering) -> Rendering:
    """A rendering held against the usual one: other words stand out, other capitals do not."""
    differs = each.text.casefold() != usual.text.casefold()
    is_outlier = each.verdict == FORBIDDEN or (not each.verdict and differs)
    return each._replace(is_usual=each is usual, is_outlier=is_outlier)


def _tag(unit: Unit) -> str:
    """The locale of a unit, as the glossary names it."""
    language = unit.locale.partition("-")[0].lower()
    return language if language in locales.PRODUCT else locales.canonical(unit.locale) or unit.locale


# ---- out of it, a glossary ----


def glossary_of(mined: Iterable[Mined], glossary: Glossary) -> Glossary:
    """The glossary with the labels that it lacks; where a label has several translations, the usual one is doubtful."""
    known = {term.name for term in glossary.terms}
    labels = (each for each in mined if each.kind == LABEL and each.text not in known)
    return Glossary((*glossary.terms, *map(_term, labels)), glossary.names)


def _term(label: Mined) -> Term:
    doubtful = {each.locale for each in label.outliers}
    words = {
        each.locale: Word(each.locale, each.text, NEEDS_REVIEW if each.locale in doubtful else STATUSES[1])
        for each in label.renderings
        if each.is_usual
    }
    return Term(label.text, part="label", words=words)
