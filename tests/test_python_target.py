"""Expressions become Python source that never raises."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.rules.ast import Let
from oppi18n.rules.checker import check
from oppi18n.rules.environment import Environment
from oppi18n.rules.kleene import Rec, Steps, Unknown
from oppi18n.rules.parser import parse
from oppi18n.targets.python import Emitter, emit, evaluate, literal
from oppi18n.targets.scope import names

FACTS: dict[str, Any] = {"a": {"b": 1, "n": None, "l": [1, 2, 3], "s": "견적"}, "c": [{"d": 1}, {"d": 2}, {}]}


def value(text: str, **options: Any) -> Any:
    return evaluate(check(parse(text), Environment())[0], FACTS, **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b + 1", 2),
        ("a.n == null", True),
        ("a.l[0] + a.l[1.0]", 3),
        ("has(a.b) && !has(a.zz)", True),
        ("a.l.filter(x, x > 1).map(x, x * 2)", [4, 6]),
        ("a.l.map(x, x > 1, x * 2)", [4, 6]),
        ("a.s.startsWith('견') && a.s.endsWith('적') && a.s.contains('')", True),
        ("size(a.s) + a.l.size() + size(a)", 9),
        ("'b' in a && 2 in a.l", True),
        ("a['b'] == a.b", True),
        ("a", FACTS["a"]),
        ("c", FACTS["c"]),
        ("decimal('0.10') + 1", Decimal("1.10")),
        ("date('2026-03-31') + 1", date(2026, 4, 1)),
        ("decimal('1.50').scale()", 1),
        ("a.zz || true", True),
        ("c.exists(x, x.d == 2)", True),
        ("-a.b % 2", -1),
        ("a.b >= 1 ? 'yes' : a.zz", "yes"),
        ("[1, a.b, a.l]", [1, 1, [1, 2, 3]]),
    ],
)
def test_expression_has_its_value(text: str, expected: object):
    """Compiled and run over plain JSON, an expression has the value CEL says."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "paths", "error"),
    [
        ("a.zz + 1", {"/a/zz"}, ""),
        ("nothing", {"/nothing"}, ""),
        ("c.all(x, x.d > 0)", {"/c/2/d"}, ""),
        ("c.map(x, x.d)", {"/c/2/d"}, ""),
        ("[c.map(x, x.d)]", {"/c/2/d"}, ""),
        ("a.zz && nothing", {"/a/zz", "/nothing"}, ""),
        ("[a.zz, nothing]", {"/a/zz", "/nothing"}, ""),
        ("1 / 0", set(), "division-by-zero"),
        ("a.zz > 1 && 1 / 0 > 1", {"/a/zz"}, "division-by-zero"),
        ("a.zz ? nothing : a.b", {"/a/zz"}, ""),
    ],
)
def test_expression_without_a_value_tells_why(text: str, paths: set[str], error: str):
    """What is missing is named by its JSON Pointers, an error by its code."""
    found = value(text)

    assert isinstance(found, Unknown)
    assert (set(found.paths), found.error) == (paths, error)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[1, 2], [3]].map(x, x.map(y, x.size() * 10 + y))", [[21, 22], [13]]),
        ("[1].map(x, [2].map(x, [3].map(y, x * 10 + y)))", [[[23]]]),
        ("[1].map(a, [2].map(b, [3].map(a, [4].map(c, [a, b, c]))))", [[[[[3, 2, 4]]]]]),
        ("[5].map(a, a + 1)[0] + a.b", 7),
    ],
)
def test_variables_keep_apart(text: str, expected: object):
    """A variable hides others of its name inside its macro, and none of another name."""
    assert value(text) == expected


@pytest.mark.parametrize("text", ["foo(1)", "a.foo()", "size()", "a.size(1)", "startsWith('a')", "a.matches('b')"])
def test_unknown_call_is_an_error(text: str):
    """A tree that nobody checked cannot make the source wrong."""
    assert evaluate(parse(text), FACTS).error == "no-overload"


def test_steps_end_an_evaluation():
    """An expression that looks at too many elements ends."""
    assert value("a.l.all(x, a.l.all(y, true))", steps=10).error == "too-many-steps"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.decimals(allow_nan=False)
)


@given(SCALARS)
def test_constant_is_written_exactly(constant: object):
    """The source of a constant is the constant: its type, its digits, its sign."""
    again = eval(literal(constant), names())

    assert (type(again), repr(again)) == (type(constant), repr(constant))


def test_lets_and_roots_are_names():
    """Whoever compiles a ruleset gives roots names of their own; lets are called when they are needed."""
    tree = parse("a.b + c")
    emitter = Emitter()

    assert emitter.emit(tree, {"a": "r_a", "c": "r_c"}) == "K.add(K.select(r_a, 'b'), r_c)"
    assert emitter.emit(Let("blocking"), {}) == "l_blocking()"


def test_trace_notes_every_part():
    """With tracing, the value of every part that is not a constant is noted with its characters."""
    text = "a.b + 1 > 1 && [1].all(x, x == 1)"
    noted: dict[str, Any] = {}

    def note(start: int, end: int, found: Any) -> Any:
        noted[text[start:end]] = found
        return found

    scope = names(T=note, S=Steps(), root=lambda name: Rec(FACTS[name], f"/{name}", None))
    found = eval(emit(parse(text), trace=True), scope)

    assert found is True
    assert {name: noted[name] for name in ("a.b", "a.b + 1", "x == 1", text)} == {
        "a.b": 1, "a.b + 1": 2, "x == 1": True, text: True
    }  # fmt: skip


def test_digits_come_from_the_table():
    """How many digits a currency has is given to the compiled source."""
    scope = names(DIGITS={"JPY": 0}, root=lambda name: "JPY")

    assert eval(emit(parse("c.digits()")), scope) == 0


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_infinite_constant_is_written(number: float):
    """Folding may make a constant infinite; it still has a source."""
    assert eval(literal(number)) == number
