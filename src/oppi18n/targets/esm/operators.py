"""Operators and functions in JavaScript: which one the types ask for, and which have none that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from oppi18n.rules.ast import Binary, Call, Node
from oppi18n.rules.types import BOOL, DATE, DECIMAL, DOUBLE, INT, STRING, Type, list_of, unify
from oppi18n.targets.esm.literals import text

SUMS: Final = {"+": "plus", "-": "minus", "*": "times", "/": "over", "%": "rest"}
_TEXT: Final = {"startsWith": "startsWith", "endsWith": "endsWith", "contains": "includes"}


class Refused(Exception):
    """A part of an expression that JavaScript cannot say exactly."""

    def __init__(self, node: Node) -> None:
        super().__init__(type(node).__name__)
        self.node = node


@dataclass(frozen=True, slots=True)
class Code:
    """Source, and the type of its value as it runs; `mixed` marks decimals that may stand for ints."""

    source: str
    type: Type
    mixed: bool = False


def compared(node: Binary, left: Code, right: Code) -> Code:
    """A comparison."""
    kind = unify(left.type, right.type)
    if kind is None or "record" in (left.type.kind, right.type.kind):
        raise Refused(node)
    sides = f"{as_type(left, kind).source}, {as_type(right, kind).source}"
    if node.operator in ("==", "!="):
        found = f"equal({sides})"
        return Code(found if node.operator == "==" else f"not({found})", BOOL)
    function = "compareTexts" if kind.is_text else "compare"
    return Code(f"{function}({text(node.operator)}, {sides})", BOOL)


def arithmetic(node: Binary, left: Code, right: Code) -> Code:
    """What numbers, dates, texts or lists come to."""
    sides, kinds = f"{left.source}, {right.source}", (left.type.kind, right.type.kind)
    if left.mixed or right.mixed:
        raise Refused(node)
    if "date" in kinds:
        return _days(node, sides, kinds)
    if node.operator == "+" and kinds == ("list", "list"):
        return _joined(node, left, right)
    if node.operator == "+" and left.type.is_text and right.type.is_text:
        return Code(f"concatenated({sides})", STRING)
    return _number(node, left, right)


def _joined(node: Binary, left: Code, right: Code) -> Code:
    kind = unify(left.type, right.type)
    if kind is None:
        raise Refused(node)
    mixed = holds_decimals(kind) and left.type != right.type
    return Code(f"joined({as_type(left, kind).source}, {as_type(right, kind).source})", kind, mixed)


def called(node: Call, operands: Sequence[Code]) -> Code:
    """A function of anything but lists."""
    first = operands[0]
    if node.function in _TEXT and len(operands) == 2 and all(each.type.is_text for each in operands):
        return Code(f"{_TEXT[node.function]}({first.source}, {operands[1].source})", BOOL)
    if node.function == "size" and first.type.is_text:
        return Code(f"length({first.source})", INT)
    if node.function == "scale" and first.type in (INT, DECIMAL):
        return Code(f"scale({as_type(first, DECIMAL).source})", INT)
    if node.function == "digits" and first.type.is_text:
        return Code(f"digits({first.source})", INT)
    raise Refused(node)


def as_type(code: Code, kind: Type) -> Code:
    """The code with ints widened to decimals where the type wants them."""
    if code.type == INT and kind == DECIMAL:
        return replace(code, source=f"wide({code.source})", type=kind)
    if code.type.item and kind.item and code.type.item != kind.item and holds_decimals(kind):
        return replace(code, source=f"wideList({code.source})", type=kind)
    return code


def holds_decimals(kind: Type) -> bool:
    """Whether a type is decimal, or a list of such."""
    return kind == DECIMAL if kind.item is None else holds_decimals(kind.item)


def contained(node: Binary, left: Code, right: Code) -> Code:
    """Whether an item is in a list."""
    item = right.type.item
    if item is None or left.type.kind == "record":
        raise Refused(node)
    kind = unify(left.type, item)
    if kind is None:
        raise Refused(node)
    sides = f"{as_type(left, kind).source}, {as_type(right, list_of(kind)).source}"
    return Code(f"contains({sides})", BOOL)


def _days(node: Binary, sides: str, kinds: tuple[str, str]) -> Code:
    if node.operator == "-" and kinds == ("date", "date"):
        return Code(f"between({sides})", INT)
    if node.operator == "-" and kinds == ("date", "int"):
        return Code(f"shifted({sides}, -1n)", DATE)
    if node.operator == "+" and "int" in kinds:
        return Code(f"shifted({sides}, 1n)", DATE)
    raise Refused(node)


def _number(node: Binary, left: Code, right: Code) -> Code:
    kind = unify(left.type, right.type)
    if kind is None or not kind.is_number or not left.type.is_number:
        raise Refused(node)
    if kind == DECIMAL and node.operator in "/%":
        raise Refused(node)
    if node.operator != "*":
        left, right = as_type(left, kind), as_type(right, kind)
    elif left.type == right.type == DECIMAL:
        raise Refused(node)
    function = SUMS[node.operator] if kind != DOUBLE or node.operator != "/" else "ratio"
    return Code(f"{sum_of(kind)}({left.source}, {right.source}, {function})", kind)


def sum_of(kind: Type) -> str:
    """The function that counts with a type and knows its bounds."""
    return {"int": "whole", "decimal": "amount"}.get(kind.kind, "double")


def zero(kind: Type) -> str:
    """What a number is subtracted from to be negated."""
    return "-0" if kind == DOUBLE else "0n"
