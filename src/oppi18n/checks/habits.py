"""What a language does with marks, quotation and spaces, as its published pages do it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

STOP: Final = "stop"
QUESTION: Final = "question"
EXCLAMATION: Final = "exclamation"
COLON: Final = "colon"
COMMA: Final = "comma"
SEMICOLON: Final = "semicolon"
ELLIPSIS: Final = "ellipsis"

MARKS: Final = {
    mark: kind
    for kind, marks in {
        STOP: ".。．｡",
        QUESTION: "?？",
        EXCLAMATION: "!！",
        COLON: ":：",
        COMMA: ",，、､",
        SEMICOLON: ";；",
        ELLIPSIS: "…⋯",
    }.items()
    for mark in marks
}
"""mark → what it is, in whatever width."""

HAN: Final = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KANA: Final = "\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe"
HANGUL: Final = "\uac00-\ud7a3"
"""For the brackets of patterns."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a language writes.

    `width` says what to write in place of a mark of the other width. `ends` are the ends that may stand for one of
    the source, besides the same one. `quotes` may quote in it, `first_quotes` are those of its product texts. A
    language that `is_spaced` puts a space between its own script and Latin letters. `letters` are those of its script,
    where that is not the Latin one. `ratio` is how wide a translation is, compared with its English source.
    """

    width: dict[str, str]
    ends: frozenset[tuple[str, str]] = frozenset()
    quotes: str = ""
    first_quotes: str = ""
    is_spaced: bool = False
    letters: str = ""
    ratio: float = 1.0

    def has_letters(self, text: str) -> bool:
        """Whether a text has letters of the language's own script."""
        return bool(self.letters) and re.search(f"[{self.letters}]", text) is not None


_FULL: Final = dict(zip("（）：，。；？！％／", "():,.;?!%/", strict=True))
_NARROW: Final = {**_FULL, "、": ",", "［": "[", "］": "]"}

HABITS: Final[dict[str, Habits]] = {
    "ko": Habits(
        width=_NARROW,
        # A noun phrase stands for many a sentence, and a sentence for many a heading.
        ends=frozenset({(COLON, STOP), (STOP, ""), ("", STOP)}),
        quotes="\"'“”‘’",
        first_quotes="\"'“”‘’",
        letters=HANGUL,
        ratio=0.83,
    ),
    "zh-HK": Habits(
        width={"（": "(", "）": ")", ",": "，", ".": "。", ":": "：", ";": "；", "?": "？", "!": "！"},
        quotes="\"'“”‘’「」『』《》",
        first_quotes="「」『』",
        is_spaced=True,
        letters=HAN,
        ratio=0.61,
    ),
    "ja": Habits(
        width={"（": "(", "）": ")", "：": ":", "，": "、", ",": "、", ".": "。", "；": ";"},
        ends=frozenset({(COLON, STOP)}),
        quotes="\"'「」『』",
        first_quotes="「」『』",
        is_spaced=True,
        letters=HAN + KANA,
        ratio=0.95,
    ),
    "ms": Habits(width=_NARROW, quotes="\"'“”‘’", first_quotes="\"'“”‘’", ratio=1.07),
    "sv": Habits(width=_NARROW, quotes="\"'”’»", first_quotes="”’", ratio=1.02),
}
"""language → its habits; in a language that is not here, only what holds everywhere is checked."""
