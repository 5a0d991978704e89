"""What comes from data is shown, never obeyed: no value can pose as anything but itself.

Control characters turn into visible signs, and so do bidirectional controls. A value is wrapped in U+2068 … U+2069
(first strong isolate) when it contains right-to-left characters, or always when the locale itself runs right to left;
plain values in a left-to-right message stay as they are, so that text can be copied, compared and searched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_CONTROLS = "\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
_LINE_ENDS = "\n\x85\u2028\u2029"


class Ours(str):
    """A finished text of ours: its marks are there on purpose, and stay when it stands inside another text."""

    __slots__ = ()


class _Search:
    """Looks for marks to be wary of.

    To compile the pattern takes as long as to look at a hundred short texts without it, and most runs of the command
    line have fewer.
    """

    OFTEN: Final = 30
    RANGES: Final = tuple(zip(_RIGHT_TO_LEFT[::3], _RIGHT_TO_LEFT[2::3], strict=True))

    __slots__ = ("_search", "_texts")

    def __init__(self) -> None:
        self._texts = 0
        self._search: Callable[[str], re.Match[str] | None] | None = None

    def __call__(self, text: str) -> bool:
        if self._search is None:
            self._texts += 1
            # Nothing that can be printed is a control character; the spaces inside amounts are not one either.
            if self._texts <= self.OFTEN and len(text) < 100 and text.replace("\xa0", "").isprintable():
                return any(first <= mark <= last for mark in text for first, last in self.RANGES)
            self._search = re.compile(f"[{_CONTROLS}{_RIGHT_TO_LEFT}]").search
        return self._search(text) is not None


_found_in = _Search()


def is_suspect(text: str) -> bool:
    """Whether the text has characters that must not be shown as they are, or that run from right to left.

    >>> is_suspect("견적 1"), is_suspect("a\\x1b[31m"), is_suspect("עסקה")
    (False, True, True)
    """
    return not (text.isascii() and text.isprintable()) and _found_in(text)


def visible(text: str) -> str:
    """The text with every character that could move the cursor, colour or reorder replaced by a sign for it.

    >>> visible("two\\nlines \\x1b[31mred \\u202eback")
    'two⏎lines ␛[31mred \\\\u202eback'
    """
    if (text.isascii() and text.isprintable()) or isinstance(text, Ours):
        return text
    return re.sub(f"[{_CONTROLS}]", _sign, text)


def shown(text: str) -> str:
    """A value from data as it may stand in a message that runs from left to right.

    >>> shown("QUO-1"), shown("עסקה")
    ('QUO-1', '\\u2068עסקה\\u2069')
    """
    if not is_suspect(text):
        return text
    text = visible(text)
    return isolated(text) if re.search(f"[{_RIGHT_TO_LEFT}]", text) else text


def isolated(text: str) -> str:
    """The text between marks that keep its direction from spreading.

    >>> isolated("QUO-1")
    '\\u2068QUO-1\\u2069'
    """
    return f"\u2068{text}\u2069"


def _sign(match: re.Match[str]) -> str:
    character = match[0]
    if character in _LINE_ENDS:
        return "⏎"
    if character < " ":
        return chr(0x2400 + ord(character))
    return "␡" if character == "\x7f" else f"\\u{ord(character):04x}"
