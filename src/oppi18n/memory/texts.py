"""What two texts have in common beside markup, case and blanks, and by which pieces of words they find each other."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LINK: Final = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS: Final = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")
_SIGNS: Final = str.maketrans(
    {**dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑–—−", "-")}
)
_WORD: Final = re.compile(r"\w+")
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_STEM: Final = 4
"""Letters of a word that count: enough to tell most words apart, few enough to keep their endings out."""


def normal(text: str) -> str:
    """A text without markup, in one case, with plain quotation marks and single blanks.

    >>> normal("Close the **opportunity**,  “now”"), normal("close the [opportunity](a.md), \\"now\\"")
    ('close the opportunity, "now"', 'close the opportunity, "now"')
    """
    bare = _TAG.sub("", _LINK.sub(r"\1", text))
    plain = unicodedata.normalize("NFKC", _EMPHASIS.sub("", bare)).translate(_SIGNS)
    return " ".join(plain.casefold().split())


def stems(text: str) -> frozenset[str]:
    """The pieces by which a normal text is found: the beginnings of its words, pairs of signs where none are spaced.

    >>> sorted(stems("closing closed quotes")), sorted(stems("영업 기회"))
    (['clos', 'quot'], ['기회', '영업'])
    """
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if _UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.add(word[:_STEM])
    return frozenset(found)
