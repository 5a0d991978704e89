"""What broke by a machine is mended by one: only where a single right form exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.docs.page import ESCAPE, Page
from oppi18n.docs.scanner import scan
from oppi18n.docs.spans import MANGLED

_ATTRIBUTE: Final = r"<(?:span\s+(?:data-ttu-id|data-stu-id|class)|a\s+(?:name|id))="
_BROKEN: Final = re.compile(
    rf'(?P<torn>{_ATTRIBUTE}"[^"<>&]*{MANGLED})|{_ATTRIBUTE}{MANGLED}[^"<>&]*(?:"|{MANGLED})\s*>'
)
"""A torn attribute begins with a quotation mark and ends with a mangled one: from there on to the next real mark, all
was taken for one long value, and every mark in it was mangled."""
_SOURCE_MARK: Final = re.compile(r'data-stu-id="([^"]*)"')
_MARK: Final = re.compile(r"[0-9a-f]+-p?[0-9]+\Z")
_END: Final = "</span>"
_ROUNDS: Final = 8
"""What was mended may bring further damage to light, but hardly ever in turn."""
_SWALLOWED: Final = re.compile(r"\r?\n([ \t]*>[ \t>]*)\Z")


class Edit(NamedTuple):
    """A stretch of a page and what stands there once it is mended; `code` is the damage that it mends."""

    code: str
    start: int
    end: int
    text: str


def repaired(page: Page) -> Page:
    """The page with what can be mended without a choice; the page itself if that is nothing.

    >>> from oppi18n.docs.scanner import scan
    >>> torn = b'<span data-ttu-id="a-103&quot;>Offert</span><span class=&quot;sxs-lookup&quot;>' \\
    ...        b'<span data-stu-id=&quot;a-103&quot;>Quote</span></span> ("quote")'
    >>> repaired(scan(torn)).content == torn.replace(b"&quot;", b'"')
    True
    """
    for _ in range(_ROUNDS):
        before = page
        for find in _REPAIRS:
            edits = tuple(find(page))
            if edits:
                page = scan(edited(page.text, edits).encode(errors=ESCAPE), page.path)
        if page is before:
            break
    return page


def edits_of(page: Page) -> Iterator[Edit]:
    """What would be mended in the page as it is; mending one thing may bring another to light."""
    for find in _REPAIRS:
        yield from find(page)


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """A text with some stretches replaced."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda each: each.start):
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*pieces, text[at:]))


def _quotes(page: Page) -> Iterator[Edit]:
    """Quotation marks that were mangled, in tags and in what was taken for a part of them."""
    if MANGLED not in page.text:
        return
    at, text = page.body, page.text
    while match := _BROKEN.search(text, at):
        start, at = match.span()
        if match["torn"]:
            start = text.index('"', start)
            closing = text.find('"', start + 1)
            at = at if closing < 0 else closing
        yield from _unmangled(text, start, at)


def _unmangled(text: str, start: int, end: int) -> Iterator[Edit]:
    while (start := text.find(MANGLED, start, end)) >= 0:
        yield Edit("page-quotes-mangled", start, start + len(MANGLED), '"')
        start += len(MANGLED)


def _prefixes(page: Page) -> Iterator[Edit]:
    """The mark of a quote that an earlier pair swallowed together with a line end, and that its line now lacks."""
    for pair in page.pairs:
        if page.text.find("\n", pair.target_start, pair.target_end) < 0:
            continue
        swallowed = _SWALLOWED.search(page.text, pair.target_start, pair.target_end)
        if swallowed is None or not _SWALLOWED.search(page.text, pair.source_start, pair.source_end):
            continue
        line = page.text.find("\n", pair.end) + 1
        prefix = swallowed[1]
        below = page.text.find("\n", line) + 1
        if line and page.text.startswith("<span data-ttu-id=", line) and page.text.startswith(prefix.rstrip(), below):
            yield Edit("page-prefix-lost", line, line, prefix)


def _marks(page: Page) -> Iterator[Edit]:
    """A mark that differs between target and source, where one of the two is surely right."""
    if not any(each.code == "page-marks-differ" for each in page.damage):
        return
    numbers = Counter(pair.mark for pair in page.pairs)
    differing = []
    for pair in page.pairs:
        found = _SOURCE_MARK.search(page.text, pair.target_end, pair.source_start)
        if found is not None and found[1] != pair.mark:
            differing.append((pair, found))
    marks = [*numbers.elements(), *(found[1] for _, found in differing)]
    fingerprints = Counter(mark.partition("-")[0] for mark in marks if _MARK.match(mark))
    usual = max(fingerprints, key=lambda each: fingerprints[each], default="")
    for pair, found in differing:
        is_right = [
            _MARK.match(mark) is not None and mark.startswith(f"{usual}-") and numbers[mark] == wanted
            for mark, wanted in ((pair.mark, 1), (found[1], 0))
        ]
        if is_right == [True, False]:
            yield Edit("page-marks-differ", *found.span(1), pair.mark)
        elif is_right == [False, True]:
            start = page.text.index(pair.mark, pair.start)
            yield Edit("page-marks-differ", start, start + len(pair.mark), found[1])


def _ends(page: Page) -> Iterator[Edit]:
    """One end too few behind a source, or one too many."""
    places = {(each.code, each.span.line, each.span.column) for each in page.damage}
    for pair in page.pairs if places else ():
        if page.text[pair.source_end : pair.end] == _END and "<span" not in page.source(pair):
            yield Edit("page-source-open", pair.end, pair.end, _END)
        at = pair.end
        while ("page-span-stray", *page.lines.place(at)) in places:
            start, at = at, page.text.index(">", at) + 1
            yield Edit("page-span-stray", start, at, "")


_REPAIRS: Final = (_quotes, _marks, _ends, _prefixes)
