"""How wide text is on a terminal, and where a line of it may end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from unicodedata import category, east_asian_width

_NEVER_FIRST: Final = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々〻ー」』）】〕〉》〙〗｝］〟’”»…‥～〜％"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
    ".,:;!?)]}%'\"\u00a0\u202f\u2060"
)
"""Marks that no line begins with: closing brackets, stops, small kana, whatever glues to the word before."""

_EITHER_SIDE: Final = frozenset("'\"’”»")
"""Quotation marks that close in one language and open in another; after a space they open."""

_NEVER_LAST: Final = frozenset("「『（【〔〈《〘〖｛［〝‘“«￥＄£([{<$'\"\u00a0\u202f\u2060")
"""Marks that no line ends with: opening brackets and currency signs."""

# Compared one by one: a pattern of so many characters takes 3 ms to compile, in every process that prints a line.
_IDEOGRAPHS: Final = (
    "\u2e80\u2fdf", "\u3001\u303f", "\u3041\u30ff", "\u3105\u312f", "\u31a0\u31bf", "\u31f0\u31ff", "\u3220\u9fff",
    "\uf900\ufaff", "\uff01\uff9f", "\U00020000\U0003ffff",
)  # fmt: skip
"""Han, Kana, Bopomofo and the full-width marks: a line may end beside any of them. Hangul breaks at spaces."""


def display_width(text: str) -> int:
    """The columns that `text` takes on a terminal: two for wide characters, none for combining and control marks.

    >>> display_width("견적 QUO-1"), display_width("e\\u0301")
    (10, 1)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_columns, text))


def pad(text: str, width: int, *, right: bool = False) -> str:
    """`text` with spaces up to `width` columns, after it or (`right`) before it; wider text stays as it is.

    >>> pad("견적", 6) + "|", pad("견적", 6, right=True)
    ('견적  |', '  견적')
    """
    spaces = " " * (width - display_width(text))
    return spaces + text if right else text + spaces


def wrap(text: str, width: int = 80) -> list[str]:
    """The lines of `text`, each within `width` columns unless a single word is wider.

    Lines end at spaces, and beside Han and Kana characters, but never before 。 or 」 nor after 「. A line feed
    in the text ends a line too.

    >>> wrap("この営業案件をクローズできません。", 16)
    ['この営業案件をク', 'ローズできませ', 'ん。']
    """
    return [line.rstrip(" ") for part in text.split("\n") for line in pieces(part, width) or [""]]


def pieces(text: str, width: int) -> list[str]:
    """`text` cut where `wrap` would, with nothing left out: joined, the pieces are the text again.

    The spaces that end a piece take no part in its width.

    >>> pieces("to be or not", 6)
    ['to be ', 'or not']
    """
    lines: list[list[str]] = []
    used = 0
    for atom in _atoms(text):
        visible = display_width(atom.rstrip(" "))
        if not lines or used + visible > width:
            lines.append([])
            used = 0
        lines[-1].append(atom)
        used += visible + len(atom) - len(atom.rstrip(" "))
    return ["".join(line) for line in lines]


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf", "Cc", "Zl", "Zp"):
        return 0
    # Hangul vowels and final consonants join the syllable before them but are "neutral" in East Asian Width.
    if "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7ff":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _atoms(text: str) -> Iterator[str]:
    """The stretches of text that stay on one line, each with the spaces that follow it."""
    start = 0
    for place in range(1, len(text)):
        if _may_end(text[place - 1], text[place]):
            yield text[start:place]
            start = place
    if text:
        yield text[start:]


def _may_end(before: str, after: str) -> bool:
    """Whether a line may end between two neighbours."""
    if before == " " and after in _EITHER_SIDE:
        return True
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if before == " ":
        return True
    return (_is_ideograph(before) or _is_ideograph(after)) and category(after) not in ("Mn", "Me", "Cf")


@lru_cache(maxsize=4096)
def _is_ideograph(character: str) -> bool:
    if character < "\u2e80" or "\uac00" <= character <= "\ud7a3":  # most text, and all of Hangul
        return False
    return any(first <= character <= last for first, last in _IDEOGRAPHS)
