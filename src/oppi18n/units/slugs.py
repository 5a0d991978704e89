"""The anchor of a heading follows from its English words, in every language the same."""

from __future__ import annotations

import re
from typing import Final

_NO_LETTERS: Final = re.compile(r"[\W_]+")
_SUFFIX: Final = re.compile(r"-\d+\Z")
_MARKUP: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)|<[^<>]*>|[*`]")
_STRANGE: Final = re.compile(r"[^\w\- ]")


def slug(heading: str) -> str:
    """The anchor that an English heading makes.

    >>> slug("Close *all* [quotes](quotes.md), or some")
    'close-all-quotes-or-some'
    """
    text = _MARKUP.sub(lambda match: match[1] or "", heading).lower()
    return _STRANGE.sub("", text).strip().replace(" ", "-")


def is_slug(anchor: str, heading: str) -> bool:
    """Whether an anchor may be that of a heading: rules about marks and blanks have changed over the years.

    >>> is_slug("quotes-1", "Quotes"), is_slug("known-limitations", "Quotes")
    (True, False)
    """
    expected = _letters(slug(heading))
    # The second of two equal headings is numbered.
    return expected in (_letters(anchor), _letters(_SUFFIX.sub("", anchor)))


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)
