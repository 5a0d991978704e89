"""A message template is text with `{name}` placeholders, and nothing else.

Only `{name}`, `{{` and `}}` mean anything. Attribute access, conversions, format specifications and positions are
refused, because templates are written by translators, who are trusted with words and not with code.

Korean double forms (`이(가)`, `을(를)`, …) directly after a placeholder, or after brackets and quotation marks that
close right behind one, are pieces of their own: the renderer chooses the form by sound.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DOUBLE_FORMS = ("이(가)", "을(를)", "은(는)", "과(와)", "(으)로")
"""The customary Korean notation for a particle whose form depends on the word before it."""

CLOSERS = ")]）］】〕\"'”’」』〉》»›"
"""Brackets and quotation marks that may stand between a placeholder and its particle."""

# A nested `{…}` is matched as part of the outer field, so that `{a:{b}}` is one fault with one place.
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|[{}]")


class TemplateFault(ValueError):
    """A place in a template that is not allowed.

    `kind` is one of stray-brace, attribute, conversion, spec, position, empty; `offset` and `end` count characters
    from the start of the template.

    >>> fault = next(faults("Hello {user.name}"))
    >>> fault.kind, fault.offset, fault.end
    ('attribute', 6, 17)
    """

    def __init__(self, kind: str, offset: int, end: int) -> None:
        super().__init__(kind, offset, end)
        self.kind = kind
        self.offset = offset
        self.end = end

    def __str__(self) -> str:
        return f"{self.kind} at {self.offset}"


class Piece:
    """A part of a template; `text` is what it says and `offset` is where it starts, in characters."""

    __slots__ = ("offset", "text")

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Piece)
            and type(other) is type(self)
            and (self.text, self.offset) == (other.text, other.offset)
        )

    def __hash__(self) -> int:
        return hash((type(self), self.text, self.offset))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r}, {self.offset})"


class Literal(Piece):
    """Text that is shown as it is; doubled braces are single here."""

    __slots__ = ()


class Placeholder(Piece):
    """A gap for a value; `text` is its name."""

    __slots__ = ()


class Particle(Piece):
    """A Korean double form that belongs to the placeholder before it; `text` is the double form.

    `closers` are the closing brackets and quotation marks between the two; they are shown.
    """

    __slots__ = ("closers",)

    def __init__(self, text: str, offset: int, closers: str = "") -> None:
        super().__init__(text, offset)
        self.closers = closers

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Particle) and super().__eq__(other) and self.closers == other.closers

    def __hash__(self) -> int:
        return hash((Particle, self.text, self.offset, self.closers))


def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a template, in order.

    Raises the first `TemplateFault`, if there is one.

    >>> parse("{count} left")
    (Placeholder('count', 0), Literal(' left', 7))
    >>> parse("“{name}”을(를) {{열기}}")[1:]
    (Placeholder('name', 1), Particle('을(를)', 7), Literal(' {열기}', 12))
    """
    pieces: list[Piece] = []
    for each in _scan(text):
        if isinstance(each, TemplateFault):
            raise each
        pieces.append(each)
    return tuple(pieces)


def faults(text: str) -> Iterator[TemplateFault]:
    """Everything that is wrong in a template, from left to right.

    >>> [(fault.kind, fault.offset) for fault in faults("{} of {0}, {name!r}}")]
    [('empty', 0), ('position', 6), ('conversion', 11), ('stray-brace', 19)]
    """
    return (each for each in _scan(text) if isinstance(each, TemplateFault))


def placeholders(text: str) -> tuple[str, ...]:
    """The names of the placeholders, each once, in order of first appearance; faults are passed over.

    >>> placeholders("{count} of {total}: {count}, {0}")
    ('count', 'total')
    """
    return tuple(dict.fromkeys(each.text for each in _scan(text) if isinstance(each, Placeholder)))


def _scan(text: str) -> Iterator[Piece | TemplateFault]:
    literal, literal_start, position = "", 0, 0
    korean = not text.isascii() and "(" in text
    while match := _TOKEN.search(text, position):
        start, end = match.span()
        literal += text[position:start]
        if match[0] in ("{{", "}}"):
            literal += match[0][0]
            position = end
            continue
        if literal:
            yield Literal(literal, literal_start)
        yield _field(match)
        position = end
        if korean and match[1] is not None and (particle := _particle(text, end)):
            yield particle
            position += len(particle.closers) + len(particle.text)
        literal, literal_start = "", position
    if literal or position < len(text):
        yield Literal(literal + text[position:], literal_start)


def _particle(text: str, start: int) -> Particle | None:
    """The double form at a place, after any closing brackets and quotation marks."""
    place = start
    while text[place : place + 1] and text[place] in CLOSERS:
        place += 1
    form = next((each for each in DOUBLE_FORMS if text.startswith(each, place)), None)
    return Particle(form, start, text[start:place]) if form else None


def _field(match: re.Match[str]) -> Placeholder | TemplateFault:
    body = match[1]
    if body is not None and body.isidentifier():
        return Placeholder(body, match.start())
    return TemplateFault("stray-brace" if body is None else _kind(body), *match.span())


def _kind(body: str) -> str:
    name = re.split(r"[.\[!:]", body, maxsplit=1)[0]
    mark = body[len(name) : len(name) + 1]
    if name.strip().isdecimal():
        return "position"
    if mark:
        return {".": "attribute", "[": "attribute", "!": "conversion", ":": "spec"}[mark]
    return "stray-brace" if name.strip() else "empty"
