"""What an English sentence says about states of records: which ones it names, and whether it forbids or allows.

This is a heuristic over words. It reads `can't`, `must`, `only`, `before`, `unless` and their like; it does not parse.
"""

from __future__ import annotations

import re
from typing import Final

from oppi18n.memory.texts import normal
from oppi18n.model.schema import Model

_FORBIDDING: Final = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|mustn't|must not|may not|shouldn't|should not|never|no longer"
    r"|(?:won't|will not|isn't|is not|aren't|are not|not) (?:be )?(?:able|allowed|permitted|possible|supported)"
    r"|won't be able|prevents?|blocks?|prohibits?|not be \w+ed|disallow(?:s|ed)?)\b"
)
_REQUIRING: Final = re.compile(
    r"\b(?:must|only|before|unless|until|required?|requires|mandatory|needs? to|ha(?:s|ve) to|at least|at most"
    r"|no more than|no later than|no earlier than|exactly one)\b"
)
_ALLOWING: Final = re.compile(r"\b(?:can|may|could|allowed|able to|possible)\b")
_EXCEPTING: Final = re.compile(r"\b(?:unless|until|except|without|only|but|other than)\b")


def forbids(text: str) -> bool:
    """Whether a sentence says that something must not be, or cannot.

    >>> forbids("You won't be allowed to close it."), forbids("You can close it.")
    (True, False)
    """
    return _FORBIDDING.search(normal(text)) is not None


def allows(text: str) -> bool:
    """Whether a sentence says that something may be, and forbids nothing.

    >>> allows("You can close all quotes."), allows("You can't close all quotes.")
    (True, False)
    """
    bare = normal(text)
    return _FORBIDDING.search(bare) is None and _ALLOWING.search(bare) is not None


def is_constraint(text: str) -> bool:
    """Whether a sentence states a constraint, going by its modal words.

    >>> [is_constraint(each) for each in ("Close it only once.", "You must name a reason.", "This is a quote.")]
    [True, True, False]
    """
    bare = normal(text)
    return _FORBIDDING.search(bare) is not None or _REQUIRING.search(bare) is not None


def has_exception(text: str) -> bool:
    """Whether a sentence takes something out again, so that a state in it may be meant either way.

    >>> has_exception("You can't close it unless a quote is active.")
    True
    """
    return _EXCEPTING.search(normal(text)) is not None


def values_named(text: str, enumeration: str, model: Model) -> frozenset[str]:
    """The values of an enumeration that a sentence names by their labels, if it names a record that has them.

    >>> from oppi18n import load_rules
    >>> model = load_rules().model
    >>> sorted(values_named("Any active or draft quotes?", "quote_state", model))
    ['active', 'draft']
    >>> values_named("You won't close the active opportunity.", "quote_state", model)
    frozenset()
    """
    bare = normal(text)
    records = (each for each in model.records.values() if any(f.of == enumeration for f in each.fields.values()))
    if not any(re.search(rf"\b{_stem(record.label)}\w{{0,3}}\b", bare) for record in records):
        return frozenset()
    values = model.enumerations[enumeration].values.values()
    return frozenset(
        value.name for value in values if re.search(rf"(?<![\w'-]){re.escape(normal(value.label))}s?(?![\w'-])", bare)
    )


def _stem(label: str) -> str:
    """What the singular and the plural of a label begin with."""
    return re.escape(re.sub(r"[ye]\Z", "", normal(label)))
