"""An old translation is proposed for a new text only where the two cannot say the opposite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

from oppi18n.i18n.locales import SOURCE
from oppi18n.templates import placeholders

# fmt: off
OPPOSITES: Final = frozenset((
    "not", "n't", "no", "none", "never", "neither", "nor", "nothing", "nobody", "without", "cannot", "unless",
    "except", "only", "least", "most", "before", "after", "earlier", "later", "more", "less", "fewer", "larger",
    "smaller", "above", "below", "first", "last", "won", "lost", "open", "opened", "close", "closed", "draft",
    "active", "true", "false", "can", "must", "may", "all", "any", "some", "both", "either", "yes", "on", "off",
    "invalid", "unknown",
))
"""Words that turn a sentence around: each must occur as often in the one text as in the other."""

NUMBERS: Final = frozenset((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "hundred", "thousand", "million", "second", "third", "half", "once", "twice", "single", "several", "every", "each",
    "are", "were", "these", "those", "they", "them", "their",
))
# fmt: on
"""Words that say how many."""

_WORD: Final = re.compile(r"n['’]t\b|(?<![\w{])[a-z]+?(?=n['’]t\b|[^a-z'’]|$)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\w{])\d+(?:[.,]\d+)*")


class Guard:
    """What two texts of a pack must have in common, so that the translation of the one may be proposed for the other.

    `names` are those of the values of enumerations: to a reader, “canceled” and “revised” are as far apart as
    “open” and “closed”. Only English can be looked through like this: texts of other languages must be the same.

    >>> Guard(names=["On hold", "In progress"]).agree("It is put on hold.", "It is in progress.")
    False
    """

    def __init__(self, language: str = SOURCE, names: Iterable[str] = ()) -> None:
        self.is_english = language.partition("-")[0] == SOURCE
        longest = sorted({name.lower() for name in names if name}, key=lambda name: (-len(name), name))
        self._names = re.compile(rf"(?<![\w{{])(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?!\w)", re.IGNORECASE)

    def agree(self, one: str, other: str) -> bool:
        """Whether two texts have the same placeholders, numbers, names and words that turn a sentence around.

        >>> Guard().agree("You can't close this opportunity.", "You can't close the opportunity.")
        True
        >>> Guard().agree("You can close this.", "You can't close this."), Guard().agree("At most {count}.", "At most {limit}.")
        (False, False)
        """
        return one == other or (self.is_english and self._marks(one) == self._marks(other))

    def _marks(self, text: str) -> tuple[frozenset[str], Counter[str], Counter[str], Counter[str]]:
        words = (match[0].lower().replace("’", "'") for match in _WORD.finditer(text))
        return (
            frozenset(placeholders(text)),
            Counter(_NUMBER.findall(text)),
            Counter(word for word in words if word in OPPOSITES or word in NUMBERS),
            Counter(name.lower() for name in self._names.findall(text)),
        )


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
