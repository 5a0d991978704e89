"""Which operators and functions take which types, and what comes out."""

from __future__ import annotations

from typing import Any, Final

from oppi18n.model.values import ValueFault, to_date, to_decimal
from oppi18n.rules.ast import Call, Literal, Node
from oppi18n.rules.types import BOOL, DATE, DECIMAL, DYN, INT, Type, list_of, unify

ORDERED: Final = ("int", "double", "decimal", "string", "date", "bool")
RELATIONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in")
METHODS: Final = ("size", "startsWith", "endsWith", "contains", "scale", "digits")
FUNCTIONS: Final = ("size", "has", "decimal", "date")
_REFUSED: Final = {"now": "no-clock", "matches": "no-regex"}

Fault = tuple[str, dict[str, object], str | None]
CallFault = tuple[str, dict[str, object], tuple[str, ...]]


def unary(operator: str, kind: Type) -> Type | None:
    """The type of `!x` or `-x`; None if there is none."""
    if kind.kind == "dyn":
        return BOOL if operator == "!" else DYN
    if operator == "!":
        return BOOL if kind == BOOL else None
    return kind if kind.is_number else None


def result_type(operator: str) -> Type:
    """What an operator yields when its operands are not understood."""
    return BOOL if operator in RELATIONS else DYN


def binary(operator: str, left: Type, right: Type) -> Type:
    """The type of `left operator right`; dynamic if it cannot be told."""
    if operator in RELATIONS:
        return BOOL
    kinds = (left.kind, right.kind)
    if "dyn" in kinds:
        return DYN
    if "date" in kinds:
        return INT if kinds == ("date", "date") else DATE
    if kinds == ("list", "list") and DYN in (left.item, right.item):
        return list_of(DYN)
    return unify(left, right) or DYN


def fault(operator: str, left: Node, right: Node) -> Fault | None:
    """Why `left operator right` makes no sense for these types, with the code of a hint."""
    one, other = left.type, right.type
    if "dyn" in (one.kind, other.kind):
        return None
    params: dict[str, object] = {"operator": operator, "left": one, "right": other}
    if "null" in (one.kind, other.kind):
        return "null-operand", params, "use-has"
    if {one.kind, other.kind} == {"double", "decimal"}:
        return "double-with-decimal", params, "write-decimal"
    if {one.kind, other.kind} == {"double", "int"}:
        return "double-with-int", params, "write-double"
    if operator == "in":
        return None if _holds(other, one) else ("no-overload", params, None)
    if operator in ("==", "!="):
        return _equality(one, other, params)
    if operator in RELATIONS:
        return _order(one, other, params)
    return _arithmetic(operator, one, other, params)


def _holds(container: Type, item: Type) -> bool:
    if container.kind != "list" or container.item is None:
        return False
    return container.item == DYN or _comparable(container.item, item)


def _comparable(one: Type, other: Type) -> bool:
    if one.item and other.item:
        return _comparable(one.item, other.item)
    if "enumeration" in (one.kind, other.kind):
        return one == other
    return "record" not in (one.kind, other.kind) and unify(one, other) is not None


def _equality(one: Type, other: Type, params: dict[str, object]) -> Fault | None:
    if _comparable(one, other):
        return None
    hint = "write-date" if {one.kind, other.kind} == {"date", "string"} else None
    return "no-overload", params, hint


def _order(one: Type, other: Type, params: dict[str, object]) -> Fault | None:
    if one.kind in ORDERED and other.kind in ORDERED and unify(one, other) is not None:
        return None
    hint = "write-date" if {one.kind, other.kind} == {"date", "string"} else None
    return "no-overload", params, hint


_ARITHMETIC: Final[dict[str, set[tuple[str, str]]]] = {
    "+": {("int", "int"), ("double", "double"), ("decimal", "decimal"), ("decimal", "int"), ("int", "decimal"),
          ("string", "string"), ("date", "int"), ("int", "date")},
    "-": {("int", "int"), ("double", "double"), ("decimal", "decimal"), ("decimal", "int"), ("int", "decimal"),
          ("date", "int"), ("date", "date")},
    "*": {("int", "int"), ("double", "double"), ("decimal", "int"), ("int", "decimal")},
    "/": {("int", "int"), ("double", "double")},
    "%": {("int", "int")},
}  # fmt: skip


def _arithmetic(operator: str, one: Type, other: Type, params: dict[str, object]) -> Fault | None:
    if (one.kind, other.kind) in _ARITHMETIC[operator]:
        return None
    if operator == "+" and one.kind == other.kind == "list" and unify(one, other):
        return None
    if operator in "*/" and {one.kind, other.kind} <= {"int", "decimal"}:
        return "decimal-rounds", params, None
    return "no-overload", params, None


def constructor(node: Call) -> tuple[Literal | None, CallFault | None]:
    """`decimal('0.5')` and `date('2026-03-31')` are constants; a wrong text is a fault."""
    if node.receiver is not None or node.function not in ("decimal", "date"):
        return None, None
    kind = DECIMAL if node.function == "decimal" else DATE
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(argument, Literal) or argument.type.kind not in ("string", "int"):
        return None, ("constant-wanted", {"function": node.function}, ())
    convert: Any = to_decimal if kind is DECIMAL else to_date
    try:
        return Literal(convert(argument.value), start=node.start, end=node.end, type=kind), None
    except ValueFault:
        return None, ("bad-constant", {"function": node.function, "found": argument.value}, ())


def call(node: Call) -> tuple[Type | None, CallFault | None]:
    """The type of a function or method call, or its fault."""
    if node.receiver is None:
        operands: tuple[Node, ...] = node.arguments
        known = node.function == "size"
    else:
        operands = (node.receiver, *node.arguments)
        known = node.function in METHODS
    if not known:
        refused = _REFUSED.get(node.function)
        names = METHODS if node.receiver is not None else FUNCTIONS
        return None, (refused or "unknown-function", {"name": node.function}, () if refused else names)
    kinds = [each.type.kind for each in operands]
    wanted, result = _SIGNATURES[node.function]
    fits = len(kinds) == len(wanted) and all(k == "dyn" or k in w for k, w in zip(kinds, wanted, strict=True))
    if fits:
        return result, None
    return None, ("wrong-arguments", {"name": node.function, "found": ", ".join(str(e.type) for e in operands)}, ())


_TEXT: Final = ("string", "currency")
_SIGNATURES: Final[dict[str, tuple[tuple[tuple[str, ...], ...], Type]]] = {
    "size": ((("string", "currency", "list"),), INT),
    "startsWith": ((_TEXT, _TEXT), BOOL),
    "endsWith": ((_TEXT, _TEXT), BOOL),
    "contains": ((_TEXT, _TEXT), BOOL),
    "scale": ((("decimal", "int"),), INT),
    "digits": ((("currency",),), INT),
}
