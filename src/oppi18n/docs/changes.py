"""Which sentences of a page are not those of its English page any more."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from oppi18n.docs.blocks import passages, text_of
from oppi18n.docs.collapse import sources
from oppi18n.docs.page import Page
from oppi18n.docs.scanner import scan
from oppi18n.docs.sentences import sentences

CHANGED: Final = "changed"
REMOVED: Final = "removed"
ADDED: Final = "added"
AROUND: Final = "around"
"""A sentence reads otherwise now, is gone, is new; or what stands around the sentences changed, such as an address."""

_ALT: Final = re.compile(r'!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\](?=[(\[])|\balt(?:-text)?="[^"]*"')
_IMAGE: Final = re.compile(r"!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\]\(\s*([^()\s]+)[^()]*\)")
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_ANCHOR: Final = re.compile(r"<a\s+(?:name|id)=\"[^\"]*\"\s*>\s*</a>")
_WORDS: Final = re.compile(r"\w+")
_ADDRESS: Final = re.compile(r"\]\([^()]*\)")
_MOST: Final = 4_000_000
"""Comparisons of passages that are made at most; beyond, a page is compared as a whole."""


class Change(NamedTuple):
    """A difference: `unit` is the pair that it is about (empty for new text), `line` is that of the English page."""

    kind: str
    unit: str
    old: str
    new: str
    line: int


class _Text(NamedTuple):
    """A text in its normal form, as it is written, and the unit or the line that it belongs to."""

    normal: str
    raw: str
    unit: str = ""
    line: int = 0


class _Passage(NamedTuple):
    """A passage of either page; `texts` are the units in one of ours, `line` is that of an English text."""

    normal: str
    raw: str
    line: int
    texts: tuple[_Text, ...]


def changes(page: Page, english: Page) -> tuple[Change, ...]:
    r"""What changed in the English page since this page was translated, sentence by sentence.

    Left out are titles, descriptions and texts of images outside of pairs: a page does not keep their sources.

    >>> page = scan(b'<span data-ttu-id="a-103">Offert.</span>'
    ...             b'<span class="sxs-lookup"><span data-stu-id="a-103">A quote.</span></span>\n')
    >>> for change in changes(page, scan(b"A draft quote. New.\n")):
    ...     print(change.kind, change.unit, change.new)
    changed 103 A draft quote.
    added  New.
    """
    ours, theirs = _ours(page), _theirs(english)
    found: list[Change] = []
    for old, new in _differing(ours, theirs):
        found += _compared(ours[old], theirs[new])
    reported = {change.unit for change in found}
    found += (change for change in _images(ours, english) if change.unit not in reported)
    return tuple(found)


def _normal(text: str) -> str:
    """A text without what no translation keeps: blanks, escapes, anchors, texts of images."""
    text = _ANCHOR.sub("", _ALT.sub("![]", text))
    return " ".join(_ESCAPE.sub(r"\1", text).split())


def _images(ours: Sequence[_Passage], english: Page) -> Iterator[Change]:
    """Images inside of pairs whose texts are others now; the rest of the comparison is blind to them."""
    for passage in ours:
        for text in passage.texts:
            for image in _IMAGE.finditer(text.raw):
                if image[0] not in english.text:
                    again = _image_of(image[1], english)
                    if again:
                        yield Change(CHANGED, text.unit, text.raw, again[0], english.lines.place(again.start())[0])


def _image_of(address: str, english: Page) -> re.Match[str] | None:
    return next((each for each in _IMAGE.finditer(english.text) if each[1] == address), None)


def _ours(page: Page) -> tuple[_Passage, ...]:
    collapsed = sources(page)
    plain = scan(collapsed.content, page.path)
    ids, seen = [], Counter[str]()
    for pair in page.pairs:
        seen[pair.number] += 1
        ids.append(pair.number if seen[pair.number] == 1 else f"{pair.number}.{seen[pair.number]}")
    found = []
    for passage in passages(plain):
        first, last = bisect_left(collapsed.offsets, passage.start), bisect_left(collapsed.offsets, passage.end)
        units = [(page.source(page.pairs[each]), ids[each]) for each in range(first, last)]
        texts = tuple(_Text(_normal(raw), raw, unit) for raw, unit in units)
        raw = text_of(plain, passage)
        found.append(_Passage(_normal(raw), raw, 0, texts))
    return tuple(found)


def _theirs(english: Page) -> tuple[_Passage, ...]:
    found = []
    for passage in passages(english):
        raw = text_of(english, passage)
        found.append(_Passage(_normal(raw), raw, english.lines.place(passage.start)[0] if passage.is_text else 0, ()))
    return tuple(found)


def _sentences_of(passage: _Passage) -> Iterator[_Text]:
    """The sentences of a passage of the English page; only where it is a text."""
    if passage.line:
        yield from (_Text(_normal(each), each, "", passage.line) for each in sentences(passage.raw))


def _differing(ours: Sequence[_Passage | _Text], theirs: Sequence[_Passage | _Text]) -> Iterator[tuple[slice, slice]]:
    """The stretches in which two sequences differ."""
    old, new = [each.normal for each in ours], [each.normal for each in theirs]
    start, end = _common(old, new), 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_end, new_end = len(old) - end, len(new) - end
    if (old_end - start) * (new_end - start) > _MOST:
        yield slice(start, old_end), slice(start, new_end)
        return
    matcher = SequenceMatcher(None, old[start:old_end], new[start:new_end], autojunk=False)
    for kind, *bounds in matcher.get_opcodes():
        if kind != "equal":
            a, b, c, d = (start + bound for bound in bounds)
            yield slice(a, b), slice(c, d)


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many texts at the beginning are the same."""
    pairs = zip(old, new, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _compared(ours: Sequence[_Passage], theirs: Sequence[_Passage]) -> Iterator[Change]:
    """What changed between passages that differ."""
    units = [text for passage in ours for text in passage.texts]
    found = [text for passage in theirs for text in _sentences_of(passage)]
    changed = False
    outside = _outside(ours)
    for old, new in _differing(units, found):
        for change in _sentences(units[old], found[new], outside):
            changed = True
            yield change
    if not changed:
        line = theirs[0].line if theirs else 0
        before, after = (" ".join(passage.raw for passage in side) for side in (ours, theirs))
        yield Change(AROUND, units[0].unit if units else "", before, after, line)


def _outside(ours: Sequence[_Passage]) -> frozenset[str]:
    """The words of passages that stand in no unit."""
    words: set[str] = set()
    for passage in ours:
        rest = passage.normal
        for text in passage.texts:
            rest = rest.replace(text.normal, " ", 1)
        words.update(_WORDS.findall(_ADDRESS.sub("", rest)))
    return frozenset(words)


def _sentences(units: Sequence[_Text], found: Sequence[_Text], outside: frozenset[str]) -> Iterator[Change]:
    """What changed between units and the sentences that stand in their place: a unit may be a part of a sentence."""
    joined = " ".join(text.normal for text in found)
    line = found[0].line if found else 0
    at, missing = 0, list[_Text]()
    for unit in units:
        place = joined.find(unit.normal, at)
        if place < 0:
            missing.append(unit)
            continue
        yield from _replaced(missing, joined[at:place], line, outside)
        at, missing = place + len(unit.normal), []
    yield from _replaced(missing, joined[at:], line, outside)


def _replaced(units: Sequence[_Text], text: str, line: int, outside: frozenset[str]) -> Iterator[Change]:
    """What became of units: the sentences of a text, one for one as far as both go."""
    news = [each for each in sentences(text) if set(_WORDS.findall(_ADDRESS.sub("", each))) - outside]
    for number in range(max(len(units), len(news))):
        unit = units[number] if number < len(units) else None
        new = news[number] if number < len(news) else ""
        kind = ADDED if unit is None else CHANGED if new else REMOVED
        yield Change(kind, unit.unit if unit else "", unit.raw if unit else "", new, line if new else 0)
