"""An old translation is proposed for a new text only where the two cannot say the opposite."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Final

from oppi18n.templates import placeholders

# fmt: off
OPPOSITES: Final = frozenset((
    "not", "n't", "no", "none", "never", "neither", "nor", "nothing", "nobody", "without", "cannot", "unless",
    "except", "only", "least", "most", "before", "after", "earlier", "later", "more", "less", "fewer", "larger",
    "smaller", "above", "below", "first", "last", "won", "lost", "open", "opened", "close", "closed", "draft",
    "active", "true", "false", "can", "must", "may", "all", "any", "some", "both", "either", "yes", "on", "off",
    "invalid", "unknown",
))
# fmt: on
"""Words that turn a sentence around: each must occur as often in the one text as in the other."""

_WORD: Final = re.compile(r"n['’]t\b|(?<![\w{])[a-z]+?(?=n['’]t\b|[^a-z'’]|$)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\w{])\d+(?:[.,]\d+)*")


def agree(one: str, other: str) -> bool:
    """Whether two English texts have the same placeholders, numbers and words that turn a sentence around.

    >>> agree("You can't close this opportunity.", "You can't close the opportunity.")
    True
    >>> agree("You can close this.", "You can't close this."), agree("At most {count}.", "At most {limit}.")
    (False, False)
    """
    return _marks(one) == _marks(other)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _marks(text: str) -> tuple[frozenset[str], Counter[str], Counter[str]]:
    words = (match[0].lower().replace("’", "'") for match in _WORD.finditer(text))
    return (
        frozenset(placeholders(text)),
        Counter(_NUMBER.findall(text)),
        Counter(word for word in words if word in OPPOSITES),
    )
