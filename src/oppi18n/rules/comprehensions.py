"""The macros over lists: what is certain although part of a list, or of its elements, is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oppi18n.rules.outcomes import Seq, Steps, Unknown, error, merge

Body = Callable[[Any], Any]


def _elements(steps: Steps, over: Any) -> Unknown | None:
    if type(over) is Unknown:
        return over
    if type(over) is not Seq:
        return error("no-overload")
    return None if steps.take(len(over.items) + 1) else error("too-many-steps")


def _truth(value: Any) -> Any:
    return value if type(value) is bool or type(value) is Unknown else error("no-overload")


def _found(over: Seq, values: list[Any], decisive: bool) -> Any:
    if any(value is decisive for value in values):
        return decisive
    rest = [_truth(value) for value in values if value is not (not decisive)]
    if over.missing is not None:
        rest.append(Unknown(over.missing))
    return merge(rest) or (not decisive)


def exists(steps: Steps, over: Any, body: Body) -> Any:
    """True if the body holds for an element that was seen; false only if all were seen."""
    unknown = _elements(steps, over)
    return unknown if unknown is not None else _found(over, [body(item) for item in over.items], True)


def all_(steps: Steps, over: Any, body: Body) -> Any:
    """False if the body fails for an element that was seen; true only if all were seen."""
    unknown = _elements(steps, over)
    return unknown if unknown is not None else _found(over, [body(item) for item in over.items], False)


def exists_one(steps: Steps, over: Any, body: Body) -> Any:
    """Whether the body holds for exactly one element; nothing is absorbed here."""
    unknown = _elements(steps, over)
    if unknown is not None:
        return unknown
    values = [body(item) for item in over.items]
    unknown = merge([_truth(value) for value in values])
    if unknown is not None:
        return unknown
    hits = sum(value is True for value in values)
    if over.missing is not None and hits < 2:
        return Unknown(over.missing)
    return hits == 1


def filter_(steps: Steps, over: Any, body: Body) -> Any:
    """The elements for which the body holds; where it is missing data, the result is partial."""
    unknown = _elements(steps, over)
    if unknown is not None:
        return unknown
    values = [body(item) for item in over.items]
    kept = [item for item, value in zip(over.items, values, strict=True) if value is True]
    return _partial(over, kept, [_truth(value) for value in values])


def map_(steps: Steps, over: Any, body: Body) -> Any:
    """The body's values; where one is missing data, the result is partial."""
    unknown = _elements(steps, over)
    if unknown is not None:
        return unknown
    values = [body(item) for item in over.items]
    return _partial(over, [value for value in values if type(value) is not Unknown], values)


def _partial(over: Seq, kept: list[Any], values: list[Any]) -> Any:
    unknown = merge(values)
    if unknown is None:
        return Seq(kept, "", over.missing)
    gone = (over.missing or frozenset()) | unknown.paths
    return Unknown(gone, unknown.error) if unknown.error else Seq(kept, "", gone)
