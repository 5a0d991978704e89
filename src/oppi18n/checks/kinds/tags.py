"""A tag of HTML that the source has and the translation has not, or the other way round.

What a reader reads of a tag, as its `title`, may be translated; all else stays. Tags must close in the order in which
they open.

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="<b>All</b> quotes", targets=("<b>Alla<b> offerter",), locale="sv")
>>> [(finding.code, finding.params, finding.quote) for finding in check(unit, Background())]
[('tag-missing', {'tag': '</b>'}, ''), ('tag-added', {}, '<b>')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from oppi18n.checks.addresses import no_locale
from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.checks.masking import Token, tokens
from oppi18n.checks.sides import Side, sides
from oppi18n.units.unit import Unit

FAMILY: Final = "markup"
SEVERITY: Final = ERROR
TEXTS: Final = {
    "tag-missing": "The tag {tag} of the source is missing.",
    "tag-added": "The source doesn't have this tag.",
    "tag-order": "This tag closes what isn't open.",
}

_NAMES: Final = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "audio",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "embed",
        "fieldset",
        "figcaption",
        "figure",
        "font",
        "footer",
        "form",
        "frame",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "legend",
        "li",
        "link",
        "main",
        "map",
        "mark",
        "meta",
        "nav",
        "object",
        "ol",
        "option",
        "p",
        "param",
        "pre",
        "q",
        "s",
        "samp",
        "script",
        "section",
        "select",
        "small",
        "source",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "track",
        "tt",
        "u",
        "ul",
        "var",
        "video",
        "wbr",
    ]
)
_EMPTY: Final = frozenset(
    ["br", "hr", "img", "input", "link", "meta", "wbr", "col", "source", "track", "param", "embed"]
)
_NAME: Final = re.compile(r"</?([A-Za-z][\w:-]*)")
_SAID: Final = re.compile(
    r"\s(?:title|alt|summary|placeholder|aria-[a-z]+|lang|xml:lang|dir)\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """The tags that the texts do not share, and those that close nothing."""
    for side in sides(unit):
        if side.source and ("<" in side.source or "<" in side.target):
            ours, theirs = _tags(side.source, side.markup), _tags(side.target, side.markup)
            differences = tuple(_differences(unit, side, ours, theirs))
            yield from differences
            if not differences and next(_strays(ours), None) is None:
                for tag in _strays(theirs):
                    yield Finding(unit=unit, code="tag-order", form=side.form, start=tag.start, end=tag.end)


def _tags(text: str, markup: str) -> tuple[Token, ...]:
    return tuple(token for token in tokens(text, markup) if token.kind == "tag" and _name(token) in _NAMES)


def _name(tag: Token) -> str:
    match = _NAME.match(tag.text)
    return match[1].lower() if match else ""


def _same(tag: Token) -> str:
    """How a tag is compared: without what readers read of it, and however it is spaced."""
    text = _SAID.sub("", tag.text).replace("'", '"')
    return no_locale(re.sub(r"\s+|/(?=>)", "", text).lower())


def _differences(unit: Unit, side: Side, ours: tuple[Token, ...], theirs: tuple[Token, ...]) -> Iterator[Finding]:
    left = Counter(map(_same, ours))
    added = []
    for tag in theirs:
        left[_same(tag)] -= 1
        if left[_same(tag)] < 0:
            added.append(tag)
    for tag in ours:
        if left[_same(tag)] > 0:
            left[_same(tag)] -= 1
            yield Finding(unit=unit, code="tag-missing", params={"tag": tag.text}, form=side.form)
    for tag in added:
        yield Finding(unit=unit, code="tag-added", form=side.form, start=tag.start, end=tag.end)


def _strays(tags: tuple[Token, ...]) -> Iterator[Token]:
    """The closing tags that close nothing that is open."""
    waiting: list[str] = []
    for tag in tags:
        name = _name(tag)
        if not tag.text.startswith("</"):
            if name not in _EMPTY and not tag.text.endswith("/>"):
                waiting.append(name)
        elif name in waiting:
            while waiting.pop() != name:
                pass
        elif name not in _EMPTY:
            yield tag
