"""Operations over three values: what is certain stays certain, whatever is missing."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.model.values import INT_MAX, INT_MIN, NOT_LOADED, PartialList
from oppi18n.rules import kleene
from oppi18n.rules.arithmetic import MAX_SIZE
from oppi18n.rules.kleene import Rec, Seq, Steps, Unknown

LOST = Unknown(frozenset({"/lost"}))
FAILED = Unknown(error="division-by-zero")
SHAPE = {"id": True, "name": None, "quotes": {"id": True, "name": None}}


def told(value: Any) -> Any:
    """An unknown as its paths, or as its error; else the value."""
    if isinstance(value, Unknown):
        return value.error or sorted(value.paths)
    return kleene.plain(value)


@pytest.mark.parametrize(
    ("operands", "conjunction", "disjunction"),
    [
        ((True, True), True, True),
        ((True, False), False, True),
        ((False, False), False, False),
        ((True, LOST), ["/lost"], True),
        ((False, LOST), False, ["/lost"]),
        ((True, FAILED), "division-by-zero", True),
        ((False, FAILED), False, "division-by-zero"),
        ((True, 5), "no-overload", True),
        ((False, None), False, "no-overload"),
        ((True, LOST, False), False, True),
    ],
)
def test_and_or_absorb_what_does_not_matter(operands: tuple[Any, ...], conjunction: object, disjunction: object):
    """`&&` is false if anything is, `||` is true if anything is, in any order."""
    for ordered in permutations(operands):
        assert told(kleene.and_(*ordered)) == conjunction
        assert told(kleene.or_(*ordered)) == disjunction


def test_all_that_is_missing_is_named():
    """What is unknown through several operands names the paths of all, and the first error."""
    both = kleene.and_(LOST, Unknown(frozenset({"/other"})), FAILED, True)

    assert (both.paths, both.error) == ({"/lost", "/other"}, "division-by-zero")


@pytest.mark.parametrize("unknown", [LOST, FAILED])
def test_every_operation_hands_on_what_is_unknown(unknown: Unknown):
    """An operand that is unknown makes the result unknown, with the same reason."""
    two: list[Callable[[Any, Any], Any]] = [
        kleene.equal, kleene.unequal, kleene.add, kleene.subtract, kleene.multiply, kleene.divide, kleene.modulo,
        kleene.index, lambda left, right: kleene.compare("<", left, right),
        lambda left, right: kleene.text("contains", left, right),
    ]  # fmt: skip
    one: list[Callable[[Any], Any]] = [kleene.not_, kleene.negate, kleene.size, kleene.places, lambda each: kleene.select(each, "a"),
           lambda each: kleene.has(each, "a"), lambda each: kleene.digits(each, {}),
           lambda each: kleene.cond(each, lambda: 1, lambda: 2)]  # fmt: skip

    assert [operation(unknown, 1) for operation in two] == [unknown] * len(two)
    assert [operation(1, unknown) for operation in two] == [unknown] * len(two)
    assert [operation(unknown) for operation in one] == [unknown] * len(one)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (0.0, -0.0, True),
        (math.nan, math.nan, False),
        (2**53 + 1, 2.0**53, True),
        (Decimal("1.50"), Decimal("1.5"), True),
        (1, Decimal(1), True),
        (0.5, Decimal("0.5"), "no-overload"),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
        (date(2026, 1, 1), date(2026, 1, 1), True),
        (Seq([1, 2]), Seq([1.0, 2]), True),
        (Seq([1, 2]), Seq([1]), False),
        (Seq([1], "", frozenset({"/lost"})), Seq([1]), ["/lost"]),
        (Rec({"a": 1}, "", None), Rec({"a": 1.0}, "", None), True),
        (Rec({"a": 1}, "", None), Rec({"a": True}, "", None), False),
        (Rec({"a": 1}, "", None), Rec({"a": 1, "b": 2}, "", None), False),
        (Rec({"a": 1}, "", SHAPE), Rec({"a": 1}, "", SHAPE), "no-overload"),
    ],
)
def test_equality_is_by_value_and_kind(left: Any, right: Any, expected: object):
    """Numbers are equal across their types, all other kinds differ; what is partial cannot be told."""
    opposite = not expected if isinstance(expected, bool) else expected

    assert told(kleene.equal(left, right)) == told(kleene.equal(right, left)) == expected
    assert told(kleene.unequal(left, right)) == opposite


@pytest.mark.parametrize(
    ("left", "right", "less"),
    [
        (1, 2, True),
        (1, 1.5, True),
        (2**53 + 1, 2.0**53, False),
        (1, Decimal("1.5"), True),
        ("a", "b", True),
        ("\uffff", "😀", True),
        (False, True, True),
        (date(2026, 1, 1), date(2026, 1, 2), True),
        (math.nan, 1.0, False),
        (0.5, Decimal(1), "no-overload"),
        (1, "a", "no-overload"),
        (1, True, "no-overload"),
        (None, None, "no-overload"),
        (Seq([]), Seq([]), "no-overload"),
    ],
)
def test_order_needs_one_kind(left: Any, right: Any, less: object):
    """Numbers, texts, dates and truth values have an order among themselves."""
    assert told(kleene.compare("<", left, right)) == less
    assert told(kleene.compare(">", right, left)) == less


@pytest.mark.parametrize(
    ("operator", "expected"), [("<", False), ("<=", True), (">", False), (">=", True)], ids=["<", "<=", ">", ">="]
)
def test_relations_of_equals(operator: str, expected: bool):
    """Of two equal values each is at most and at least the other."""
    assert kleene.compare(operator, 3, 3) is expected


@pytest.mark.parametrize(
    ("operation", "left", "right", "expected"),
    [
        (kleene.add, INT_MAX, 1, "int-overflow"),
        (kleene.add, 1, 2, 3),
        (kleene.add, 1, 2.0, "no-overload"),
        (kleene.add, "a", "b", "ab"),
        (kleene.add, True, True, "no-overload"),
        (kleene.add, Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
        (kleene.add, Decimal("0.1"), 1, Decimal("1.1")),
        (kleene.add, Decimal("999999999999999.9999"), Decimal("0.0001"), "decimal-overflow"),
        (kleene.add, date(2026, 2, 28), 1, date(2026, 3, 1)),
        (kleene.add, 1, date(2026, 2, 28), date(2026, 3, 1)),
        (kleene.add, date(9999, 12, 31), 1, "date-overflow"),
        (kleene.add, date(2026, 1, 1), INT_MAX, "date-overflow"),
        (kleene.add, Seq([1]), Seq(["a"]), [1, "a"]),
        (kleene.add, Seq([1]), 1, "no-overload"),
        (kleene.add, None, None, "no-overload"),
        (kleene.add, "a" * MAX_SIZE, "a", "too-large"),
        (kleene.add, Seq([1] * MAX_SIZE), Seq([1]), "too-large"),
        (kleene.subtract, INT_MIN, 1, "int-overflow"),
        (kleene.subtract, date(2026, 3, 1), date(2026, 2, 1), 28),
        (kleene.subtract, date(1, 1, 1), 1, "date-overflow"),
        (kleene.subtract, date(2026, 1, 1), INT_MIN, "date-overflow"),
        (kleene.subtract, 1, date(2026, 1, 1), "no-overload"),
        (kleene.subtract, Decimal("0.3"), Decimal("0.1"), Decimal("0.2")),
        (kleene.subtract, "a", "a", "no-overload"),
        (kleene.multiply, INT_MAX, 2, "int-overflow"),
        (kleene.multiply, Decimal("1.25"), 3, Decimal("3.75")),
        (kleene.multiply, Decimal("123456789012345.6789"), 7, Decimal("864197523086419.7523")),
        (kleene.multiply, Decimal("123456789012345.6789"), INT_MAX, "decimal-overflow"),
        (kleene.multiply, Decimal("0.5"), Decimal("0.5"), "no-overload"),
        (kleene.multiply, 1e308, 10.0, math.inf),
        (kleene.divide, -7, 2, -3),
        (kleene.divide, 7, -2, -3),
        (kleene.divide, 1, 0, "division-by-zero"),
        (kleene.divide, INT_MIN, -1, "int-overflow"),
        (kleene.divide, 1.0, 0.0, math.inf),
        (kleene.divide, 1.0, -0.0, -math.inf),
        (kleene.divide, Decimal(1), 2, "no-overload"),
        (kleene.modulo, -7, 2, -1),
        (kleene.modulo, 7, -2, 1),
        (kleene.modulo, 1, 0, "division-by-zero"),
        (kleene.modulo, INT_MIN, -1, "int-overflow"),
        (kleene.modulo, 1.0, 1.0, "no-overload"),
    ],
)
def test_arithmetic_is_exact_or_an_error(operation: Any, left: Any, right: Any, expected: object):
    """Results are exact and inside their bounds; there is no rounding and no wrapping around."""
    found = told(operation(left, right))

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, -5), (INT_MIN, "int-overflow"), (1.5, -1.5), (Decimal("1.5"), Decimal("-1.5")), (True, "no-overload")],
)
def test_negation(value: Any, expected: object):
    """Numbers have an opposite, but for the least int."""
    assert told(kleene.negate(value)) == expected


@pytest.mark.parametrize(
    ("left", "right"), [(0.0, 0.0), (math.nan, 0.0), (math.inf, math.inf)], ids=["zero", "nan", "inf"]
)
def test_undefined_quotient_of_doubles_is_no_number(left: float, right: float):
    """Doubles divide as IEEE 754 says."""
    assert math.isnan(kleene.divide(left, right))


def test_decimals_do_not_depend_on_the_thread():
    """An application that rounds its decimals does not round ours; zero has no sign."""
    with decimal.localcontext(decimal.Context(prec=3)):
        total = kleene.add(Decimal("123456.7890"), Decimal("0.0001"))
        opposite = kleene.negate(Decimal("123456.7890"))
        nothing = [kleene.multiply(Decimal("0.00"), -1), kleene.negate(Decimal(0))]

    assert (total, opposite) == (Decimal("123456.7891"), Decimal("-123456.7890"))
    assert not any(each.is_signed() for each in nothing)


@pytest.mark.parametrize(
    ("record", "name", "selected", "present"),
    [
        ({"name": "A"}, "name", "A", True),
        ({"name": None}, "name", ["/r/name"], False),
        ({}, "name", ["/r/name"], False),
        ({"name": NOT_LOADED}, "name", ["/r/name"], ["/r/name"]),
        ({}, "id", ["/r/id"], ["/r/id"]),
        ({}, "quotes", ["/r/quotes"], ["/r/quotes"]),
    ],
)
def test_field_is_there_empty_or_not_loaded(record: dict[str, Any], name: str, selected: object, present: object):
    """Empty and not loaded differ for `has()`; as operands both are missing data."""
    wrapped = Rec(record, "/r", SHAPE)

    assert told(kleene.select(wrapped, name)) == selected
    assert told(kleene.has(wrapped, name)) == present


def test_plain_json_keeps_its_null():
    """Without a model null is a value, and only an absent member is missing."""
    record = Rec({"a": None, "x/y~": {}}, "", None)

    assert kleene.select(record, "a") is None
    assert kleene.has(record, "a") is True
    assert told(kleene.select(record, "b")) == ["/b"]
    assert kleene.has(record, "b") is False
    assert told(kleene.select(kleene.select(record, "x/y~"), "z")) == ["/x~1y~0/z"]


def test_records_of_a_list_know_their_place():
    """The pointer of a record in a list names its position; a truncated list names itself."""
    whole = kleene.select(Rec({"quotes": [{"id": "1"}, {}]}, "/r", SHAPE), "quotes")
    part = kleene.select(Rec({"quotes": PartialList([{"id": "1"}])}, "/r", SHAPE), "quotes")

    assert told(kleene.select(whole.items[1], "id")) == ["/r/quotes/1/id"]
    assert (whole.missing, part.missing) == (None, {"/r/quotes"})


@pytest.mark.parametrize(
    ("operand", "position", "expected"),
    [
        (Seq([1, 2]), 1, 2),
        (Seq([1, 2]), 1.0, 2),
        (Seq([1, 2]), 0.5, "no-overload"),
        (Seq([1, 2]), True, "no-overload"),
        (Seq([1, 2]), 2, "index-out-of-range"),
        (Seq([1, 2]), -1, "index-out-of-range"),
        (Seq([1], "", frozenset({"/lost"})), 0, ["/lost"]),
        (Rec({"a": 1}, "/r", None), "a", 1),
        (Rec({"a": 1}, "/r", None), "b", ["/r/b"]),
        (Rec({"a": 1}, "/r", None), 0, ["/r/0"]),
        (Rec({"a": 1}, "/r", None), None, "no-overload"),
        (Rec({"id": 1}, "/r", SHAPE), "id", "no-overload"),
        ("abc", 0, "no-overload"),
    ],
)
def test_index_of_lists_and_objects(operand: Any, position: Any, expected: object):
    """Lists are counted from zero; which element of a partial list it is cannot be told."""
    assert told(kleene.index(operand, position)) == expected


@pytest.mark.parametrize(
    ("item", "container", "expected"),
    [
        (1, Seq([1.0]), True),
        (3, Seq([1, 2]), False),
        (3, Seq([]), False),
        (1, Seq([1], "", frozenset({"/lost"})), True),
        (3, Seq([1], "", frozenset({"/lost"})), ["/lost"]),
        ("a", Rec({"a": 1}, "", None), True),
        (1, Rec({"a": 1}, "", None), False),
        (None, Rec({"a": 1}, "", None), "no-overload"),
        ("id", Rec({"id": 1}, "", SHAPE), "no-overload"),
        ("a", "abc", "no-overload"),
    ],
)
def test_membership(item: Any, container: Any, expected: object):
    """What was seen in a partial list is in it; what was not seen may be."""
    assert told(kleene.contains(item, container)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a😀", 2),
        (Seq([1, 2]), 2),
        (Seq([1], "", frozenset({"/lost"})), ["/lost"]),
        (Rec({"a": 1}, "", None), 1),
        (Rec({"id": 1}, "", SHAPE), "no-overload"),
        (5, "no-overload"),
    ],
)
def test_size(value: Any, expected: object):
    """Characters, elements, members; of a partial list nobody knows."""
    assert told(kleene.size(value)) == expected


@pytest.mark.parametrize(
    ("method", "part", "expected"),
    [("startsWith", "견", True), ("endsWith", "견", False), ("contains", "", True), ("contains", 1, "no-overload")],
)
def test_parts_of_texts(method: str, part: Any, expected: object):
    """A text may start with, end with, or contain another one."""
    assert told(kleene.text(method, "견적", part)) == expected


def test_digits_and_places():
    """A currency has digits after the point, an amount uses some of them."""
    assert [kleene.digits(each, {"JPY": 0}) for each in ("JPY", "EUR")] == [0, 2]
    assert [kleene.places(each) for each in (Decimal("1.50"), Decimal(7), 3)] == [1, 0, 0]
    assert [told(kleene.digits(1, {})), told(kleene.places("1"))] == ["no-overload", "no-overload"]


@pytest.mark.parametrize(
    ("condition", "expected"), [(True, "yes"), (False, "no"), (LOST, ["/lost"]), (1, "no-overload")]
)
def test_only_the_chosen_branch_is_evaluated(condition: Any, expected: object):
    """The other branch is never run; a condition that is unknown leaves both alone."""
    runs: list[str] = []

    def branch(name: str) -> Callable[[], str]:
        return lambda: (runs.append(name), name)[1]  # type: ignore[func-returns-value]

    assert told(kleene.cond(condition, branch("yes"), branch("no"))) == expected
    assert runs == [each for each in ("yes", "no") if each == expected]


def test_negation_of_truth():
    """Only truth values can be negated."""
    assert [told(kleene.not_(each)) for each in (True, False, 1)] == [False, True, "no-overload"]


def test_steps_are_counted():
    """The allowance ends when it is used up."""
    steps = Steps(3)

    assert [steps.take(2), steps.take(1), steps.take(1)] == [True, True, False]


def test_unknown_shows_its_reasons():
    """In a debugger one sees why something is unknown."""
    assert repr(Unknown(frozenset({"/b", "/a"}), "no-overload")) == "Unknown(['/a', '/b'], 'no-overload')"


TRUTH = st.sampled_from([True, False, LOST, FAILED])


@given(st.lists(TRUTH, min_size=1, max_size=5))
def test_conjunction_is_certain_exactly_when_all_completions_agree(operands: list[Any]):
    """`&&` over missing values is known exactly if every way to fill them in gives the same."""
    ways = [[True, False] if isinstance(each, Unknown) else [each] for each in operands]
    outcomes = {all(way) for way in product(*ways)}
    found = kleene.and_(*operands)

    assert found is outcomes.pop() if len(outcomes) == 1 else isinstance(found, Unknown)
