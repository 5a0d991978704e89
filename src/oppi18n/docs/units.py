"""The texts of a page are units: its title, its description, its pairs, what its images show."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from oppi18n.docs import front
from oppi18n.docs.blocks import Outline, anchor_of
from oppi18n.docs.images import Image, images_of
from oppi18n.docs.page import Page, Pair
from oppi18n.units.unit import (
    ALT,
    DESCRIPTION,
    HEADING,
    MARKDOWN,
    NEEDS_REVIEW,
    PAGE,
    TEXT,
    TITLE,
    TRANSLATED,
    Block,
    Place,
    Unit,
)

SOURCE_LOCALE: Final = "en-US"
_MACHINE: Final = "MT"
_FRONT: Final = {front.TITLE: TITLE, front.DESCRIPTION: DESCRIPTION}


@dataclass(frozen=True, slots=True)
class Slot:
    """A unit and the stretch of the page that holds its translation: in a pair, of an image, in the front matter."""

    unit: Unit
    start: int
    end: int
    image: Image | None = None

    @property
    def is_pair(self) -> bool:
        """Whether the translation stands beside its source."""
        return self.image is None and self.unit.markup == MARKDOWN


def units_of(page: Page, english: Page | None = None, *, path: str = "") -> Iterator[Unit]:
    """The units of a page, from top to bottom.

    Title, description and alternative texts have no source of their own: it comes from the English page if that is
    given, and is None otherwise. `path` is how the units name the page, if not by the page's own path.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan('---\\ntitle: 견적\\n---\\n# 견적'.encode())
    >>> [(unit.id, unit.source, unit.target) for unit in units_of(page, scan(b'---\\ntitle: Quotes\\n---\\n'))]
    [('title', 'Quotes', '견적')]
    """
    return (slot.unit for slot in slots(page, english, path=path))


def slots(page: Page, english: Page | None = None, *, path: str = "") -> Iterator[Slot]:
    """The units of a page with their places in its text, from top to bottom."""
    return _Slots(page, english, path or page.path).all()


class _Slots:
    """One page on its way to units."""

    def __init__(self, page: Page, english: Page | None, path: str) -> None:
        self.page = page
        self.english = english
        self.path = path
        self.outline = Outline(page)
        self.locale = front.value(page, front.LOCALE) or ""
        self.state = NEEDS_REVIEW if front.value(page, front.KIND) == _MACHINE else TRANSLATED
        self.section = ""
        self.seen: dict[str, int] = defaultdict(int)

    def all(self) -> Iterator[Slot]:
        """The slots, from top to bottom."""
        yield from self._front()
        images = tuple(images_of(self.page, self.outline))
        sources = _alternatives(self.english) if self.english is not None and images else {}
        numbers = dict(zip(images, _numbers(self.page.pairs, images), strict=True))
        everything: list[Pair | Image] = [*self.page.pairs, *images]
        for each in sorted(everything, key=lambda each: each.start):
            if isinstance(each, Pair):
                yield self._pair(each)
            else:
                known = sources.get(each.address)
                source = known.pop(0) if known else None
                yield self._slot(numbers[each], source, each.start, each.end, (Block(ALT),), image=each)

    def _front(self) -> Iterator[Slot]:
        for field in self.page.front.fields if self.page.front is not None else ():
            kind = _FRONT.get(field.name)
            target = front.read(self.page.text[field.start : field.end]) if kind and not self.seen[kind] else None
            if kind and target:
                source = front.value(self.english, field.name) if self.english is not None else None
                yield self._slot(kind, source, field.start, field.end, (Block(kind),), target=target)

    def _pair(self, pair: Pair) -> Slot:
        passage = self.outline.at(pair.start)
        if passage is not None and passage.kind == HEADING:
            self.section = anchor_of(self.page, passage) or self.section
        blocks = passage.blocks if passage is not None else ()
        return self._slot(pair.number, self.page.source(pair), pair.target_start, pair.target_end, blocks)

    def _slot(
        self,
        name: str,
        source: str | None,
        start: int,
        end: int,
        blocks: tuple[Block, ...],
        *,
        target: str | None = None,
        image: Image | None = None,
    ) -> Slot:
        self.seen[name] += 1
        unit = Unit(
            id=name if self.seen[name] == 1 else f"{name}.{self.seen[name]}",
            source=source,
            targets=(self.page.text[start:end] if target is None else target,),
            locale=self.locale,
            source_locale=SOURCE_LOCALE,
            context=self.section,
            place=Place(self.path, *self.page.lines.place(start)),
            markup=TEXT if target is not None else MARKDOWN,
            blocks=blocks,
            origin=PAGE,
            state=self.state,
        )
        return Slot(unit, start, end, image)


def _alternatives(english: Page) -> dict[str, list[str]]:
    """The alternative texts of the English page, by the file that they describe."""
    found: dict[str, list[str]] = defaultdict(list)
    for image in images_of(english, Outline(english)):
        found[image.address].append(english.text[image.start : image.end])
    return found


def _numbers(pairs: tuple[Pair, ...], images: Iterable[Image]) -> Iterator[str]:
    """The numbers that the marks leave free for images; an image without one is counted instead."""
    ends = [pair.end for pair in pairs]
    count = 0
    for place, group in groupby(images, key=lambda image: bisect_right(ends, image.start)):
        here = tuple(group)
        before = pairs[place - 1].rank if place else None
        after = pairs[place].rank if place < len(pairs) else None
        is_gap = before is not None and (place == len(pairs) or (after is not None and after - before == len(here) + 1))
        for offset in range(1, len(here) + 1):
            count += 1
            yield str((before or 0) + offset) if is_gap else f"image-{count}"
