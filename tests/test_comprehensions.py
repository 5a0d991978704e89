"""Macros over lists: what can be told although a part of the list is missing."""

from __future__ import annotations

from typing import Any

import pytest

from oppi18n.rules.comprehensions import all_, exists, exists_one, filter_, map_
from oppi18n.rules.kleene import Seq, Steps, Unknown, plain

T, F = True, False
LOST = Unknown(frozenset({"/lost"}))
FAILED = Unknown(error="division-by-zero")
BOTH = Unknown(frozenset({"/lost"}), "division-by-zero")


def whole(*items: Any) -> Seq:
    return Seq(list(items))


def part(*items: Any) -> Seq:
    return Seq(list(items), "/list", frozenset({"/list"}))


def told(value: Any) -> Any:
    """What is unknown as its error and its paths, a partial list as what was seen and what is missing."""
    if isinstance(value, Unknown):
        return [*([value.error] if value.error else []), *sorted(value.paths)]
    if isinstance(value, Seq) and value.missing is not None:
        return (plain(value), sorted(value.missing))
    return plain(value)


@pytest.mark.parametrize(
    ("over", "any_", "every", "one"),
    [
        (whole(), F, T, F),
        (whole(T), T, T, T),
        (whole(F), F, F, F),
        (whole(T, F), T, F, T),
        (whole(T, T), T, T, F),
        (whole(T, LOST), T, ["/lost"], ["/lost"]),
        (whole(F, LOST), ["/lost"], F, ["/lost"]),
        (whole(T, FAILED), T, ["division-by-zero"], ["division-by-zero"]),
        (whole(F, FAILED), ["division-by-zero"], F, ["division-by-zero"]),
        (whole(T, 5), T, ["no-overload"], ["no-overload"]),
        (whole(F, 5), ["no-overload"], F, ["no-overload"]),
        (whole(F, T, 5, LOST), T, F, ["no-overload", "/lost"]),
        (part(), ["/list"], ["/list"], ["/list"]),
        (part(T), T, ["/list"], ["/list"]),
        (part(F), ["/list"], F, ["/list"]),
        (part(T, T), T, ["/list"], F),
        (part(T, LOST), T, ["/list", "/lost"], ["/lost"]),
        (LOST, ["/lost"], ["/lost"], ["/lost"]),
        (5, ["no-overload"], ["no-overload"], ["no-overload"]),
        ("ab", ["no-overload"], ["no-overload"], ["no-overload"]),
    ],
)
def test_quantifiers_tell_what_is_certain(over: Any, any_: object, every: object, one: object):
    """`exists` and `all` absorb as `||` and `&&` do; `exists_one` absorbs nothing."""
    same = [macro(Steps(), over, lambda item: item) for macro in (exists, all_, exists_one)]

    assert [told(each) for each in same] == [any_, every, one]


@pytest.mark.parametrize(
    ("over", "verdicts", "expected"),
    [
        (whole(1, 2, 3), {1: T, 2: F, 3: T}, [1, 3]),
        (whole(), {}, []),
        (part(1, 2), {1: T, 2: F}, ([1], ["/list"])),
        (whole(1, 2), {1: T, 2: LOST}, ([1], ["/lost"])),
        (part(1, 2), {1: T, 2: LOST}, ([1], ["/list", "/lost"])),
        (whole(1, 2), {1: T, 2: FAILED}, ["division-by-zero"]),
        (whole(1, 2), {1: LOST, 2: FAILED}, ["division-by-zero", "/lost"]),
        (whole(1, 2), {1: T, 2: 5}, ["no-overload"]),
        (LOST, {}, ["/lost"]),
        (5, {}, ["no-overload"]),
    ],
)
def test_filter_keeps_what_holds(over: Any, verdicts: dict[int, Any], expected: object):
    """An element that may or may not belong makes the result partial; an error is one of the whole list."""
    assert told(filter_(Steps(), over, lambda item: verdicts[item])) == expected


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        (whole(1, 2), [1, 2]),
        (part(1), ([1], ["/list"])),
        (whole(1, LOST), ([1], ["/lost"])),
        (whole(1, FAILED), ["division-by-zero"]),
        (whole(LOST, FAILED), ["division-by-zero", "/lost"]),
        (LOST, ["/lost"]),
        (None, ["no-overload"]),
    ],
)
def test_map_has_the_values_that_are_there(over: Any, expected: object):
    """A value that is missing makes the result partial; an error is one of the whole list."""
    assert told(map_(Steps(), over, lambda item: item)) == expected


@pytest.mark.parametrize("macro", [exists, all_, exists_one, filter_, map_])
def test_no_macro_runs_for_ever(macro: Any):
    """When the steps are used up, the macro ends with an error and looks at nothing more."""
    looked: list[object] = []
    found = macro(Steps(3), whole(1, 2, 3), looked.append)

    assert (found.error, looked) == ("too-many-steps", [])
