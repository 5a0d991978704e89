"""A plain page falls into segments: what a translator is asked, one text after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.docs import front
from oppi18n.docs.blocks import LITERAL, Outline, Passage, text_of
from oppi18n.docs.images import Image, images_of
from oppi18n.docs.page import Page
from oppi18n.docs.sentences import sentences
from oppi18n.units.unit import ALT, DESCRIPTION, TITLE, Block

FIRST_NUMBER: Final = 101
_ALONE: Final = re.compile(
    r"\[?!\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\](?:\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|\[[^\[\]]*\])(?:\]\([^()]*\))?\Z"
)
"""An image with nothing beside it; one with a title has two texts, so it stays a passage."""
_WORD: Final = re.compile(r"\w")
_ADDRESS: Final = re.compile(r"\]\(\s*([^()\s]+)|\b(?:href|src|source)=\"([^\"]+)\"")


class Segment(NamedTuple):
    """A stretch of a plain page with its sentences; a title or an image text has one."""

    kind: str
    start: int
    end: int
    texts: tuple[str, ...]
    blocks: tuple[Block, ...]
    addresses: tuple[str, ...] = ()
    image: Image | None = None


def segments(page: Page) -> tuple[Segment, ...]:
    """The segments of a plain page, from top to bottom.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan(b"---\\ntitle: Quotes\\n---\\n# Quotes\\n\\nClose one. Close all.\\n")
    >>> [(each.kind, each.texts) for each in segments(page)]
    [('title', ('Quotes',)), ('heading', ('Quotes',)), ('paragraph', ('Close one.', 'Close all.'))]
    """
    outline = Outline(page)
    body = [*_texts(page, outline), *_images(page, outline)]
    return (*_front(page), *sorted(body, key=lambda each: each.start))


def _front(page: Page) -> Iterator[Segment]:
    for field in page.front.fields if page.front is not None else ():
        kind = {front.TITLE: TITLE, front.DESCRIPTION: DESCRIPTION}.get(field.name)
        text = front.read(page.text[field.start : field.end]) if kind else None
        if kind and text:
            yield Segment(kind, field.start, field.end, (text,), (Block(kind),))


def _texts(page: Page, outline: Outline) -> Iterator[Segment]:
    for passage in outline.passages:
        text = text_of(page, passage)
        if passage.is_text and _WORD.search(text) and not _is_image(passage, text):
            addresses = tuple(one or other for one, other in _ADDRESS.findall(text))
            yield Segment(passage.kind, passage.start, passage.end, sentences(text), passage.blocks, addresses)


def _images(page: Page, outline: Outline) -> Iterator[Segment]:
    """The images that stand alone; those inside a sentence are a part of it."""
    alone = {each.start for each in outline.passages if _is_image(each, text_of(page, each))}
    for image in images_of(page, outline):
        passage = outline.at(image.start)
        if passage is not None and passage.start in alone:
            text = page.text[image.start : image.end]
            yield Segment(ALT, image.start, image.end, (text,), (Block(ALT),), (image.address,), image)


def _is_image(passage: Passage, text: str) -> bool:
    return passage.kind == LITERAL or _ALONE.match(text) is not None
