"""An old translation is proposed for a new text only where the two cannot say the opposite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from oppi18n.i18n.locales import SOURCE
from oppi18n.templates import placeholders

# fmt: off
OPPOSITES: Final = frozenset((
    "not", "no", "none", "never", "neither", "nor", "nothing", "nobody", "without", "unless",
    "except", "only", "least", "most", "before", "after", "earlier", "later", "more", "less", "fewer", "larger",
    "smaller", "above", "below", "first", "last", "won", "lost", "open", "opened", "close", "closed", "draft",
    "active", "true", "false", "can", "must", "may", "all", "any", "some", "both", "either", "yes", "on", "off",
    "invalid", "unknown", "enable", "disable", "enabled", "disabled", "add", "added", "remove", "removed", "increase",
    "decrease", "minimum", "maximum", "include", "exclude", "included", "excluded", "show", "hide", "start", "stop",
    "accept", "reject", "accepted", "rejected", "lower", "higher", "allowed", "forbidden",
))
"""Words that turn a sentence around: each must occur as often in the one text as in the other."""

NUMBERS: Final = frozenset((
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "hundred", "thousand", "million", "second", "third", "half", "once", "twice", "single", "several", "every", "each",
    "are", "were", "these", "those", "they", "them", "their",
))
# fmt: on
"""Words that say how many."""

PLACEHOLDER: Final = "placeholder"
NUMBER: Final = "number"
POLARITY: Final = "polarity"
NAME: Final = "name"
LANGUAGE: Final = "language"

_ALIKE: Final = {"n't": "not", "n’t": "not", "cannot": "not"}
_PREFIXES: Final = ("un", "dis", "non", "in", "im", "de", "re")
_WORD: Final = re.compile(r"n['’]t\b|(?<![\w{])[a-z]+?(?=n['’]t\b|[^a-z'’]|$)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\w{])[-−]?\d+(?:[.,]\d+)*")


class Clash(NamedTuple):
    """Why two texts do not agree: what only the one of them has, and what only the other one has.

    `kind` is one of placeholder, number, polarity and name, or language where the texts cannot be looked through.
    """

    kind: str
    one: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


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
        self._names = re.compile(
            rf"(?<![\w{{])(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?![\w'’])", re.IGNORECASE
        )

    def agree(self, one: str, other: str) -> bool:
        """Whether two texts have the same placeholders, numbers, names and words that turn a sentence around.

        >>> Guard().agree("You can't close this opportunity.", "You can't close the opportunity.")
        True
        >>> Guard().agree("You can close this.", "You can't close this."), Guard().agree("At most {count}.", "At most {limit}.")
        (False, False)
        """
        return not self.clashes(one, other)

    def clashes(self, one: str, other: str) -> tuple[Clash, ...]:
        """What keeps two texts from agreeing; nothing if they do.

        >>> Guard().clashes("Enable 1 quote.", "Disable 2 quotes.")
        (Clash(kind='number', one=('1',), other=('2',)), Clash(kind='polarity', one=('enable',), other=('disable',)))
        """
        if one == other:
            return ()
        if not self.is_english:
            return (Clash(LANGUAGE),)
        ours, theirs = self._marks(one), self._marks(other)
        found = [_clash(kind, ours[kind], theirs[kind]) for kind in ours if ours[kind] != theirs[kind]]
        return tuple(found) or tuple(_turned(one, other))

    def _marks(self, text: str) -> dict[str, Counter[str]]:
        words = [_ALIKE.get(word, word) for word in (match[0].lower() for match in _WORD.finditer(text))]
        return {
            PLACEHOLDER: Counter(set(placeholders(text))),
            NUMBER: Counter(_NUMBER.findall(text)) + Counter(word for word in words if word in NUMBERS),
            POLARITY: Counter(word for word in words if word in OPPOSITES),
            NAME: Counter(name.lower() for name in self._names.findall(text)),
        }


def _clash(kind: str, ours: Counter[str], theirs: Counter[str]) -> Clash:
    return Clash(kind, tuple(sorted((ours - theirs).elements())), tuple(sorted((theirs - ours).elements())))


def _turned(one: str, other: str) -> Iterator[Clash]:
    """Words that stand in the one text as they are and in the other one with a syllable that turns them around."""
    ours, theirs = (Counter(match[0].lower() for match in _WORD.finditer(text)) for text in (one, other))
    gone, new = set(ours - theirs), set(theirs - ours)
    for prefix in _PREFIXES:
        for word in sorted(gone):
            if prefix + word in new:
                yield Clash(POLARITY, (word,), (prefix + word,))
            if word.startswith(prefix) and word.removeprefix(prefix) in new:
                yield Clash(POLARITY, (word,), (word.removeprefix(prefix),))


def likeness(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
