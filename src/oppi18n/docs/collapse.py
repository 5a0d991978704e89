"""A bilingual page holds two plain ones: that of its readers, and very nearly the one it was translated from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.docs.front import TRANSLATION_FIELDS
from oppi18n.docs.page import ANCHOR, ESCAPE, Page
from oppi18n.docs.repair import repaired

_HEADING_ANCHOR: Final = re.compile(rf"^([ \t>]*#{{1,6}}[ \t]+)(?:{ANCHOR.pattern})+", re.MULTILINE)


class Collapsed(NamedTuple):
    """A plain text with the offset at which each pair's text begins in it."""

    text: str
    offsets: tuple[int, ...]

    @property
    def content(self) -> bytes:
        """The bytes of a file."""
        return self.text.encode(errors=ESCAPE)


def to_target(page: Page) -> bytes:
    """The page as its readers have it; what is mechanically broken is mended on the way.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan(b'# <span data-ttu-id="a-103">Offert</span>'
    ...             b'<span class="sxs-lookup"><span data-stu-id="a-103">Quote</span></span>')
    >>> to_target(page), to_source(page)
    (b'# Offert', b'# Quote')
    """
    mended = repaired(page)
    pieces, at = [], 0
    for pair in mended.pairs:
        pieces += [mended.text[at : pair.start], mended.text[pair.target_start : pair.target_end]]
        at = pair.end
    pieces.append(mended.text[at:])
    return "".join(pieces).encode(errors=ESCAPE)


def to_source(page: Page) -> bytes:
    """The page in the language it was translated from, without what the translation added to its head and headings.

    Not in the page, so not in the answer: soft line breaks, and the sources of title, description and image texts.
    """
    return sources(repaired(page)).content


def sources(page: Page) -> Collapsed:
    """The page with every pair replaced by its source."""
    pieces, offsets, at, length = list(_front(page)), [], page.body, 0
    length = sum(map(len, pieces))
    for pair in page.pairs:
        between = _HEADING_ANCHOR.sub(r"\1", page.text[at : pair.start])
        source = page.text[pair.source_start : pair.source_end]
        offsets.append(length + len(between))
        length += len(between) + len(source)
        pieces += [between, source]
        at = pair.end
    pieces.append(_HEADING_ANCHOR.sub(r"\1", page.text[at:]))
    return Collapsed("".join(pieces), tuple(offsets))


def _front(page: Page) -> Iterator[str]:
    """What stands above the body, without the fields that only translations have."""
    if page.front is None:
        yield page.text[: page.body]
        return
    at = 0
    for number, field in enumerate(page.front.fields):
        if field.name in TRANSLATION_FIELDS:
            yield page.text[at : field.begin]
            following = page.front.fields[number + 1 : number + 2]
            at = following[0].begin if following else page.text.find("\n", field.end) + 1
    yield page.text[at : page.front.end]
