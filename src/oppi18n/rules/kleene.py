"""Three-valued evaluation: every operation knows what to do when a value is missing or cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from oppi18n.model.values import NOT_LOADED, PartialList, scale, shown
from oppi18n.rules.arithmetic import add, checked, divide, modulo, multiply, negate, subtract
from oppi18n.rules.outcomes import MAX_STEPS, Rec, Seq, Steps, Unknown, error, escape, merge, missing, plain, wrap

__all__ = [
    "MAX_STEPS",
    "Rec",
    "Seq",
    "Steps",
    "Unknown",
    "add",
    "and_",
    "checked",
    "compare",
    "cond",
    "contains",
    "digits",
    "divide",
    "equal",
    "error",
    "escape",
    "has",
    "index",
    "merge",
    "missing",
    "modulo",
    "multiply",
    "negate",
    "not_",
    "or_",
    "places",
    "plain",
    "select",
    "size",
    "subtract",
    "text",
    "unequal",
    "wrap",
]


def select(record: Any, name: str) -> Any:
    """`record.name`: an empty or absent field is missing data; plain JSON keeps its null."""
    if type(record) is Unknown:
        return record
    if type(record) is not Rec:
        return error("no-overload")
    path = f"{record.pointer}/{escape(name)}"
    if record.fields is None:
        return wrap(record.data[name], path) if name in record.data else missing(path)
    value = record.data.get(name)
    if value is None or value is NOT_LOADED:
        return missing(path)
    if isinstance(value, (list, tuple)):
        return _records(value, record.fields[name], path)
    return value


def _records(value: Sequence[Any], field: Any, path: str) -> Seq:
    items = [Rec(item, f"{path}/{index}", field) for index, item in enumerate(value)]
    return Seq(items, path, frozenset((path,)) if isinstance(value, PartialList) else None)


def has(record: Any, name: str) -> Any:
    """`has(record.name)`: empty is false, not loaded is missing data."""
    if type(record) is Unknown:
        return record
    if type(record) is not Rec:
        return error("no-overload")
    if record.fields is None:
        return name in record.data
    value = record.data.get(name, NOT_LOADED if record.fields[name] is not None else None)
    if value is NOT_LOADED:
        return missing(f"{record.pointer}/{escape(name)}")
    return value is not None


def index(operand: Any, position: Any) -> Any:
    """`operand[position]`"""
    unknown = merge((operand, position))
    if unknown:
        return unknown
    if type(operand) is Rec and operand.fields is None:
        return _member(operand, position)
    if type(position) is float and position.is_integer():
        position = int(position)
    if type(operand) is not Seq or type(position) is not int:
        return error("no-overload")
    if operand.missing is not None:
        return Unknown(operand.missing)
    if not 0 <= position < len(operand.items):
        return error("index-out-of-range")
    return operand.items[position]


def _member(record: Rec, key: Any) -> Any:
    if isinstance(key, str):
        return select(record, key)
    # The members of a JSON object have texts for names, so no other key is ever found.
    return missing(f"{record.pointer}/{shown(key)}") if isinstance(key, (bool, int, float)) else error("no-overload")


def and_(*operands: Any) -> Any:
    """`a && b && …`: false if any is, whatever the others are."""
    return _logical(operands, False)


def or_(*operands: Any) -> Any:
    """`a || b || …`: true if any is, whatever the others are."""
    return _logical(operands, True)


def _logical(operands: tuple[Any, ...], decisive: bool) -> Any:
    rest = []
    for each in operands:
        if each is decisive:
            return decisive
        if each is not (not decisive):
            rest.append(each if type(each) is Unknown else error("no-overload"))
    return merge(rest) or (not decisive)


def not_(operand: Any) -> Any:
    """`!operand`"""
    if type(operand) is Unknown:
        return operand
    return not operand if isinstance(operand, bool) else error("no-overload")


def cond(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """`condition ? yes : no`"""
    if type(condition) is Unknown:
        return condition
    if not isinstance(condition, bool):
        return error("no-overload")
    return yes() if condition else no()


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    return type(value).__name__


def equal(left: Any, right: Any) -> Any:
    """`left == right`: values of different kinds are never equal; a partial list is not comparable."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    if _kind(left) != _kind(right):
        return False
    if type(left) is Seq:
        return _equal_lists(left, right)
    if type(left) is Rec:
        return _equal_records(left, right)
    if type(left) is type(right):
        return bool(left == right)
    pair = _numbers(left, right)
    return pair[0] == pair[1] if pair else error("no-overload")


def _numbers(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Two numbers as they can be compared; a double is no decimal."""
    kinds = {type(left), type(right)}
    if kinds == {int, float}:
        return float(left), float(right)  # as the implementations of CEL do it, not exactly
    return None if kinds == {float, Decimal} else (left, right)


def _equal_records(left: Rec, right: Rec) -> Any:
    if left.fields is not None or right.fields is not None:
        return error("no-overload")
    if left.data.keys() != right.data.keys():
        return False
    return and_(*(equal(select(left, name), select(right, name)) for name in left.data))


def _equal_lists(left: Seq, right: Seq) -> Any:
    if left.missing is not None or right.missing is not None:
        return Unknown((left.missing or frozenset()) | (right.missing or frozenset()))
    if len(left.items) != len(right.items):
        return False
    return and_(*(equal(one, other) for one, other in zip(left.items, right.items, strict=True)))


def unequal(left: Any, right: Any) -> Any:
    """`left != right`"""
    return not_(equal(left, right))


def compare(operator: str, left: Any, right: Any) -> Any:
    """`<`, `<=`, `>` or `>=`"""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kind = _kind(left)
    if kind != _kind(right) or kind not in ("number", "bool", "str", "date"):
        return error("no-overload")
    if kind == "number":
        pair = _numbers(left, right)
        if pair is None:
            return error("no-overload")
        left, right = pair
    if operator == "<":
        return left < right
    if operator == "<=":
        return left <= right
    return left > right if operator == ">" else left >= right


def contains(item: Any, container: Any) -> Any:
    """`item in container`: a list, or the names of a JSON object."""
    unknown = merge((item, container))
    if unknown:
        return unknown
    if type(container) is Rec and container.fields is None:
        if isinstance(item, str):
            return item in container.data
        return False if isinstance(item, (bool, int, float)) else error("no-overload")
    if type(container) is not Seq:
        return error("no-overload")
    found = [equal(item, each) for each in container.items]
    if container.missing is not None:
        found.append(Unknown(container.missing))
    return or_(*found) if found else False


def size(operand: Any) -> Any:
    """`size(x)`: characters of a string, elements of a list, members of a JSON object."""
    if type(operand) is Unknown:
        return operand
    if type(operand) is Seq:
        return len(operand.items) if operand.missing is None else Unknown(operand.missing)
    if type(operand) is Rec and operand.fields is None:
        return len(operand.data)
    return len(operand) if isinstance(operand, str) else error("no-overload")


def text(method: str, operand: Any, part: Any) -> Any:
    """`startsWith`, `endsWith` and `contains` of strings."""
    unknown = merge((operand, part))
    if unknown:
        return unknown
    if not (isinstance(operand, str) and isinstance(part, str)):
        return error("no-overload")
    if method == "startsWith":
        return operand.startswith(part)
    return operand.endswith(part) if method == "endsWith" else part in operand


def places(operand: Any) -> Any:
    """`x.scale()`: how many digits after the point matter."""
    if type(operand) is Unknown:
        return operand
    if type(operand) is int:
        return 0
    return scale(operand) if type(operand) is Decimal else error("no-overload")


def digits(operand: Any, table: Mapping[str, int]) -> Any:
    """`currency.digits()`: how many digits after the point the currency has."""
    if type(operand) is Unknown:
        return operand
    return table.get(operand, 2) if isinstance(operand, str) else error("no-overload")
