"""Constants are worked out ahead, and nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from oppi18n.rules.ast import Literal, Node
from oppi18n.rules.checker import check
from oppi18n.rules.environment import Environment
from oppi18n.rules.fold import fold
from oppi18n.rules.parser import parse
from oppi18n.rules.types import BOOL, DATE, DECIMAL, INT, STRING, Type, list_of
from oppi18n.targets.python import emit


def folded(text: str, **options: Any) -> Node:
    tree, findings = check(parse(text), Environment())
    assert not findings
    return fold(tree, **options)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("1 + 2 * 3", 7, INT),
        ("-(1 + 2)", -3, INT),
        ("!(1 > 2)", True, BOOL),
        ("'a' + 'b'", "ab", STRING),
        ("1 < 2.5", True, BOOL),
        ("1 == 1.0", True, BOOL),
        ("2 in [1, 2]", True, BOOL),
        ("3 in []", False, BOOL),
        ("decimal('0.1') + 1", Decimal("1.1"), DECIMAL),
        ("date('2026-03-31') + 1 > date('2026-03-31')", True, BOOL),
        ("date('2026-03-31') - date('2026-03-01')", 30, INT),
        ("true && true", True, BOOL),
        ("false || false", False, BOOL),
        ("false && a", False, BOOL),
        ("a.b || 1 < 2", True, BOOL),
        ("true ? 1 : a", 1, INT),
        ("1 > 2 ? a : 'b'", "b", STRING),
        ("(true ? false : a) || 1 == 1", True, BOOL),
    ],
)
def test_constant_is_worked_out(text: str, value: object, kind: Type):
    """An operation on constants is its value."""
    found = folded(text)

    assert isinstance(found, Literal)
    assert (found.value, type(found.value), found.type) == (value, type(value), kind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b && true", "a.b && true"),
        ("a.b > 1 && true", "a.b > 1"),
        ("true && a.b > 1 && 1 == 1 && c.d", "a.b > 1 && c.d"),
        ("false || !a", "!a"),
        ("a.b + (1 + 2)", "a.b + 3"),
        ("a.exists(q, q.b == 1 + 1)", "a.exists(q, q.b == 2)"),
        ("[1 + 1, a]", "[2, a]"),
        ("size('a' + 'b')", "size('ab')"),
        ("1 / 0", "1 / 0"),
        ("9223372036854775807 + 1", "9223372036854775807 + 1"),
        ("-(-9223372036854775808)", "-(-9223372036854775808)"),
        ("1 + 'a'", "1 + 'a'"),
        ("null == null", "null == null"),
        ("1 in [a]", "1 in [a]"),
        ("1 in a", "1 in a"),
        ("has(a.b)", "has(a.b)"),
    ],
)
def test_the_rest_stays(text: str, expected: str):
    """What reads facts stays, and so does what has no value: its error belongs to the evaluation."""
    assert emit(folded(text)) == emit(check(parse(expected), Environment())[0])


def test_non_boolean_operand_stays():
    """`1 ? 2 : 3` and `true && 1` are errors, so they are not worked out."""
    texts = ["1 ? 2 : 3", "true && 1", "'a' || false", "null ? 1 : 2"]

    assert [emit(fold(parse(text))) for text in texts] == [emit(parse(text)) for text in texts]


def settings(values: Mapping[str, Any]) -> Environment:
    kinds = {"flag": BOOL, "limit": DECIMAL, "states": list_of(STRING), "day": DATE}
    return Environment(MODEL, {name: kinds[name] for name in values})


class _Model:
    root, request = "opportunity", "close"


MODEL: Any = _Model()


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("settings.flag", {"flag": True}, "true"),
        ("settings.flag || today == today", {"flag": True}, "true"),
        ("!settings.flag", {"flag": True}, "false"),
        ("settings.limit * 2", {"limit": Decimal("1.5")}, "decimal('3.0')"),
        ("'b' in settings.states", {"states": ("a", "b")}, "true"),
        ("settings.states.size()", {"states": ("a", "b")}, "['a', 'b'].size()"),
    ],
)
def test_settings_take_their_values(text: str, values: dict[str, Any], expected: str):
    """A setting is a constant of the deployment."""
    tree, findings = check(parse(text), settings(values))
    wanted, _ = check(parse(expected), Environment())

    assert findings == []
    assert emit(fold(tree, values)) == emit(wanted)


def test_settings_stay_without_values():
    """A ruleset can be folded before its settings are known."""
    tree, _ = check(parse("settings.flag && 1 == 1"), settings({"flag": True}))

    assert fold(tree) == tree.operands[0]  # type: ignore[attr-defined]


def test_known_fields_take_their_values():
    """A field whose value is given is a constant; a macro's variable is not the record of that name."""
    tree = folded("close.outcome == 'won' && close.date > today", known={("close", "outcome"): "won"})

    assert emit(tree) == emit(parse("close.date > today"))
