"""Two pseudo-locales show, before anybody has translated, what a translation will do to a program.

`en-XA` is English with accents, in brackets and about a third longer: what stays plain was never in a catalog, a
missing bracket was cut off, and what breaks will break in Swedish too. `ar-XB` is English set from right to left, word
by word, as an Arabic reader's screen would have it. Placeholders stay as they are. Numbers, dates, money, lists and
plurals are those of English in both, as in CLDR's own pseudo-locales of these names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oppi18n.templates import Literal, Particle, Placeholder, TemplateFault, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from oppi18n.templates import Piece

LONGER: Final = 0.35
"""How much longer a text of en-XA is than its source, brackets included; short texts grow more."""

_ACCENTED: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž"
)
_FILLER: Final = " öñé ţŵö ţĥŕéé ƒöûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ"
_WORD: Final = r"\w+(?:['’-]\w+)*"
_RIGHT_TO_LEFT: Final = "\u200f\u202e{}\u202c\u200f"


@lru_cache(maxsize=1024)
def disguised(text: str, locale: str) -> str:
    """A message of a pseudo-locale; one with a fault in a placeholder stays as it is.

    >>> disguised("Close {count} quotes?", "en-XA")
    '[Çļöšé {count} ǫûöţéš? öñé]'
    >>> disguised("Close {count} quotes?", "ar-XB").count("\\u202e")
    2
    """
    try:
        pieces = parse(text)
    except TemplateFault:
        return text
    return _WAYS[locale](pieces) if pieces else text


def _accented(pieces: tuple[Piece, ...]) -> str:
    said = "".join(_written(piece, lambda text: text.translate(_ACCENTED)) for piece in pieces)
    length = sum(len(piece.text) for piece in pieces)
    room = max(1, round(length * LONGER) - 2)
    filler = (_FILLER * (room // len(_FILLER) + 1))[:room].rstrip() or "~"
    return f"[{said}{filler}]"


def _mirrored(pieces: tuple[Piece, ...]) -> str:
    return "".join(_written(piece, lambda text: re.sub(_WORD, _turned, text)) for piece in pieces)


def _turned(word: re.Match[str]) -> str:
    return _RIGHT_TO_LEFT.format(word[0])


def _written(piece: Piece, change: Callable[[str], str]) -> str:
    """A piece as a template has it, its own words changed."""
    if isinstance(piece, Placeholder):
        return f"{{{piece.text}}}"
    if isinstance(piece, Particle):
        return piece.closers + piece.text
    assert isinstance(piece, Literal)
    return change(piece.text).replace("{", "{{").replace("}", "}}")


_WAYS: Final = {"en-XA": _accented, "ar-XB": _mirrored}
