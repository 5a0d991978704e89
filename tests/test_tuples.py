"""Named tuples of ours do what those of the standard library do."""

from __future__ import annotations

import copy
import pickle
from typing import Any, NamedTuple

import pytest

from oppi18n.tuples import Named


class Ours(Named):
    """A place."""

    line: int
    column: int = 1

    @property
    def shown(self) -> str:
        """As people write it."""
        return f"{self.line}:{self.column}"


class Theirs(NamedTuple):
    """A place."""

    line: int
    column: int = 1


CALLS = {
    "in order": ((3, 4), {}),
    "one left out": ((3,), {}),
    "by name": ((), {"column": 4, "line": 3}),
    "mixed": ((3,), {"column": 4}),
    "nothing": ((), {}),
    "too many": ((1, 2, 3), {}),
    "twice": ((3,), {"line": 3}),
    "unknown": ((3,), {"row": 3}),
}


@pytest.mark.parametrize(("values", "named"), CALLS.values(), ids=CALLS.keys())
def test_made_alike(values, named):
    """The same calls make the same tuples, or raise."""
    made = []
    for kind in (Ours, Theirs):
        try:
            made.append(repr(kind(*values, **named)).partition("(")[2])
        except TypeError:
            made.append("TypeError")

    assert made[0] == made[1]


def test_is_a_tuple_with_names():
    """It compares, counts, unpacks and hashes as a tuple; its fields are read by name and by pattern."""
    place = Ours(3)
    line, column = place
    match place:
        case Ours(row, column=2):
            matched = row
        case Ours(row, _):
            matched = -row

    assert (line, column, place.line, place.shown, len(place), matched) == (3, 1, 3, "3:1", 2, -3)
    assert place == (3, 1)
    assert hash(place) == hash((3, 1))
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults
    assert Ours.__doc__ == Theirs.__doc__
    assert place._asdict() == Theirs(3)._asdict()
    assert Ours._make([3, 4]) == place._replace(column=4) == Ours(3, 4)


def test_stands_still():
    """No field can be set, and no other be added."""
    place: Any = Ours(3)

    with pytest.raises(AttributeError):
        place.line = 4
    with pytest.raises(AttributeError):
        place.row = 4
    with pytest.raises(TypeError):
        place._replace(row=4)


@pytest.mark.parametrize("copied", [lambda each: pickle.loads(pickle.dumps(each)), copy.copy, copy.deepcopy])
def test_copies_are_equal_and_of_its_kind(copied):
    """It travels between processes."""
    found = copied(Ours(3, 4))

    assert found == Ours(3, 4)
    assert type(found) is Ours
