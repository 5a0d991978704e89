"""A topic's Markdown becomes HTML block by block, each block in the language in which it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from oppi18n.docs.site.standing import Shown
from oppi18n.i18n import locales
from oppi18n.i18n.topics import ALERT, GENERATED, Topic
from oppi18n.units.slugs import slug

Translate = Callable[[str], Shown]
Generate = Callable[[str, str], Markup]
"""What is generated in the place of a line, by what and which name."""

_PAGE: Final = re.compile(r"([\w-]+)\.md(?:#([\w-]+))?\Z")


class Chunk(NamedTuple):
    """A block of a page, and the same in English; `states` says how its texts are there."""

    html: Markup
    english: Markup
    states: tuple[str, ...] = ()


class Link(NamedTuple):
    """A link from a topic to another one; `anchor` is empty where the page as a whole is meant."""

    topic: str
    anchor: str


@dataclass
class Rendered:
    """A topic as HTML, with what it can be linked by and what it links to."""

    chunks: list[Chunk] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def rendered(topic: Topic, locale: str, translate: Translate, generate: Generate) -> Rendered:
    """A topic in one language.

    >>> from oppi18n.i18n.topics import read
    >>> said = {"Quotes": Shown("견적", "ko", "translated")}
    >>> page = rendered(read("# Quotes", "q.md"), "ko", said.__getitem__, lambda kind, name: Markup(""))
    >>> str(page.chunks[0].html), page.anchors
    ('<h1 id="quotes">견적</h1>\\n', ['quotes'])
    """
    return _Rendering(topic, locale, translate, generate).all()


def inline(text: str) -> Markup:
    """Inline Markdown as HTML.

    >>> inline("a *b* <c>")
    Markup('a <em>b</em> &lt;c&gt;')
    """
    return Markup(_markdown().renderInline(text))


def _markdown() -> MarkdownIt:
    # Translators are trusted with words, not with HTML.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


class _Rendering:
    """One topic on its way to HTML."""

    def __init__(self, topic: Topic, locale: str, translate: Translate, generate: Generate) -> None:
        self.topic = topic
        self.locale = locale
        self.translate = translate
        self.generate = generate
        self.markdown = _markdown()
        self.found = Rendered()

    def all(self) -> Rendered:
        """The topic, block by block."""
        ours, english = (_blocks(self.markdown.parse(self.topic.body)) for _ in range(2))
        for block, same in zip(ours, english, strict=True):
            wanted = GENERATED.match(block[1].content) if len(block) > 1 and block[1].type == "inline" else None
            if wanted:
                html = self.generate(wanted[1], wanted[2] or "")
                self.found.chunks.append(Chunk(html, html))
            else:
                self.found.chunks.append(self._chunk(block, same))
        return self.found

    def _chunk(self, block: list[Token], english: list[Token]) -> Chunk:
        states = tuple(self._texts(block, self.translate, self.locale))
        html = self._html(block)
        for _ in self._texts(english, lambda text: Shown(text, locales.SOURCE, ""), locales.SOURCE):
            pass
        return Chunk(html, self._html(english), states)

    def _html(self, tokens: list[Token]) -> Markup:
        return Markup(self.markdown.renderer.render(tokens, self.markdown.options, {}))

    def _texts(self, block: list[Token], translate: Translate, locale: str) -> Iterator[str]:
        """Put the texts of a block into their places; how they are there."""
        is_ours = translate is self.translate
        for place, token in enumerate(block):
            if token.type != "inline" or not token.content:
                continue
            source = self._source(token, block[place - 2 : place])
            opening = _opening(block, place)
            if opening.type == "heading_open" and is_ours:
                opening.attrSet("id", self._anchor(source))
            shown = translate(source)
            if shown.locale != locale:
                opening.attrSet("lang", shown.locale)
                opening.attrJoin("class", "fallback")
            token.children = self._linked(self.markdown.parseInline(shown.text)[0].children or [], is_ours)
            yield shown.state

    def _source(self, token: Token, before: list[Token]) -> str:
        first, *rest = token.content.split("\n")
        match = ALERT.match(first)
        if match and before and before[0].type == "blockquote_open":
            before[0].attrSet("class", match[1].lower())
            return " ".join(rest)
        return " ".join((first, *rest))

    def _anchor(self, heading: str) -> str:
        name, number = slug(heading), 0
        while (wanted := f"{name}-{number}" if number else name) in self.found.anchors:
            number += 1
        self.found.anchors.append(wanted)
        return wanted

    def _linked(self, tokens: list[Token], is_ours: bool) -> list[Token]:
        for token in tokens:
            match = _PAGE.match(str(token.attrGet("href") or "")) if token.type == "link_open" else None
            if match:
                if is_ours:
                    self.found.links.append(Link(match[1], match[2] or ""))
                token.attrSet("href", f"{match[1]}.html" + (f"#{match[2]}" if match[2] else ""))
        return tokens


def _blocks(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The blocks that stand side by side at the top."""
    block: list[Token] = []
    for token in tokens:
        block.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield block
            block = []


def _opening(block: list[Token], place: int) -> Token:
    """The token that opens what a text stands in; a short item has no paragraph of its own."""
    opening = block[place - 1]
    return block[place - 2] if opening.hidden else opening
