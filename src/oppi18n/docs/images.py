"""The alternative texts of images stand outside of the pairs, translated in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from oppi18n.docs.blocks import Outline
from oppi18n.docs.page import Page

_MARKDOWN: Final = (
    r"!\[(?P<markdown>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]*\])*)\]"
    r"(?:\([ \t]*(?P<address><[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)|\[(?P<name>[^\]\n]*)\])"
)
_DIRECTIVE: Final = r':::image(?=[ \t])(?:(?!:::)[^\n"]|"[^"\n]*")*?\balt-text="(?P<directive>[^"\n]*)"'
_TAG: Final = r'<img(?=\s)[^<>"]*(?:"[^"<>]*"[^<>"]*)*?\balt="(?P<tag>[^"<>]*)"'
_IMAGE: Final = re.compile(f"{_MARKDOWN}|{_DIRECTIVE}|{_TAG}")
_SIGNS: Final = ("![", ":::image", "<img")
_ADDRESS: Final = re.compile(r'\b(?:source|src)="([^"\n]*)"')


class Image(NamedTuple):
    """An image outside of all pairs: where its alternative text lies, how it is written, which file it shows."""

    start: int
    end: int
    syntax: str
    address: str


def images_of(page: Page, outline: Outline) -> Iterator[Image]:
    """The images of a page that have an alternative text, from top to bottom.

    >>> from oppi18n.docs.scanner import scan
    >>> page = scan(b'![Two quotes](media/quotes.png)')
    >>> [(page.text[each.start : each.end], each.address) for each in images_of(page, Outline(page))]
    [('Two quotes', 'media/quotes.png')]
    """
    edges = [page.body, *(edge for pair in page.pairs for edge in (pair.start, pair.end)), len(page.text)]
    for start, end in list(pairwise(edges))[::2]:
        if all(page.text.find(sign, start, end) < 0 for sign in _SIGNS):
            continue
        for match in _IMAGE.finditer(page.text, start, end):
            image = _image(page.text, match)
            passage = outline.at(match.start())
            if image.end > image.start and (passage is None or passage.kind not in ("code", "comment")):
                yield image


def _image(text: str, match: re.Match[str]) -> Image:
    syntax = match.lastgroup if match.lastgroup in ("directive", "tag") else "markdown"
    if syntax == "markdown":
        return Image(*match.span("markdown"), syntax, (match["address"] or match["name"] or "").strip("<>"))
    closing = text.find(":::" if syntax == "directive" else ">", match.end())
    found = _ADDRESS.search(text, match.start(), closing if closing > 0 else match.end())
    return Image(*match.span(syntax), syntax, found[1] if found else "")


def escaped(text: str, syntax: str) -> str:
    """An alternative text as it is written in that syntax.

    >>> escaped('a "b" [c', "markdown"), escaped('a "b"', "tag")
    ('a "b" \\\\[c', 'a &quot;b&quot;')
    """
    if syntax != "markdown":
        return text.replace('"', "&quot;")
    balanced = re.sub(r"\\.|\[[^\[\]]*\]", "", text)
    return re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", text) if "[" in balanced or "]" in balanced else text
