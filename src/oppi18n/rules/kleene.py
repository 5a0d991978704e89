"""Three-valued evaluation: every operation knows what to do when a value is missing or cannot be had."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from oppi18n.model.values import INT_MAX, INT_MIN, NOT_LOADED, PartialList, scale

MAX_STEPS = 5_000_000
"""List elements that one evaluation may look at."""


class Unknown:
    """No value: `paths` are the missing data, `error` names what went wrong if it was not missing data."""

    __slots__ = ("error", "paths")

    def __init__(self, paths: frozenset[str] = frozenset(), error: str = "") -> None:
        self.paths = paths
        self.error = error

    def __repr__(self) -> str:
        return f"Unknown({sorted(self.paths)}, {self.error!r})"


class Rec:
    """A record and where it stands; `fields` says which of its fields are required (None: plain JSON)."""

    __slots__ = ("data", "fields", "pointer")

    def __init__(self, data: Mapping[str, Any], pointer: str, fields: Mapping[str, Any] | None) -> None:
        self.data = data
        self.pointer = pointer
        self.fields = fields


class Seq:
    """A list; `missing` is None when all of it is here, else the paths of what is not."""

    __slots__ = ("items", "missing", "pointer")

    def __init__(self, items: list[Any], pointer: str = "", missing: frozenset[str] | None = None) -> None:
        self.items = items
        self.pointer = pointer
        self.missing = missing


class Steps:
    """Counts the list elements that were looked at, so that no rule runs for ever."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_STEPS) -> None:
        self.left = left

    def take(self, count: int) -> bool:
        """Whether that many more may be looked at."""
        self.left -= count
        return self.left >= 0


def error(code: str) -> Unknown:
    """The result of an operation that has none."""
    return Unknown(error=code)


def missing(path: str) -> Unknown:
    """The result of reading what is not there."""
    return Unknown(frozenset((path,)))


def merge(values: Sequence[object]) -> Unknown | None:
    """All that is unknown among some operands, as one; None if everything is known."""
    found = [value for value in values if type(value) is Unknown]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    paths = frozenset[str]().union(*(each.paths for each in found))
    return Unknown(paths, next((each.error for each in found if each.error), ""))


def wrap(value: Any, pointer: str) -> Any:
    """Plain JSON data, with pointers for what may be missing in it."""
    if isinstance(value, Mapping):
        return Rec(value, pointer, None)
    if isinstance(value, (list, tuple)):
        return Seq([wrap(item, f"{pointer}/{index}") for index, item in enumerate(value)], pointer)
    return value


def plain(value: Any) -> Any:
    """The JSON data of a result."""
    if type(value) is Rec:
        return value.data
    if type(value) is Seq:
        return [plain(item) for item in value.items]
    return value


def escape(name: str) -> str:
    """A member's name inside a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


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
    if type(operand) is Rec and operand.fields is None and isinstance(position, str):
        return select(operand, position)
    if type(operand) is not Seq or type(position) is not int:
        return error("no-overload")
    if operand.missing is not None:
        return Unknown(operand.missing)
    if not 0 <= position < len(operand.items):
        return error("index-out-of-range")
    return operand.items[position]


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
        return bool(left.data == right.data)
    return bool(left == right)


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
    if kind == "number" and {type(left), type(right)} == {float, Decimal}:
        return error("no-overload")
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
        return item in container.data if isinstance(item, str) else error("no-overload")
    if type(container) is not Seq:
        return error("no-overload")
    found = [equal(item, each) for each in container.items]
    if container.missing is not None:
        found.append(Unknown(container.missing))
    return or_(*found) if found else False


def checked(value: Any) -> Any:
    """An int inside 64 bits, or the error."""
    if type(value) is int and not INT_MIN <= value <= INT_MAX:
        return error("int-overflow")
    return value


def add(left: Any, right: Any) -> Any:
    """`left + right`"""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (Seq, Seq):
        gone = [each.missing for each in (left, right) if each.missing is not None]
        return Seq(left.items + right.items, "", frozenset[str]().union(*gone) if gone else None)
    if kinds in ((date, int), (int, date)):
        day, count = (left, right) if kinds[0] is date else (right, left)
        return _shift(day, count)
    if kinds == (str, str) or _countable(kinds):
        return checked(left + right)
    return error("no-overload")


def subtract(left: Any, right: Any) -> Any:
    """`left - right`"""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (date, date):
        return (left - right).days
    if kinds == (date, int):
        return _shift(left, -right)
    return checked(left - right) if _countable(kinds) else error("no-overload")


def _countable(kinds: tuple[type, type]) -> bool:
    return kinds[0] is kinds[1] and kinds[0] in (int, float, Decimal) or set(kinds) == {int, Decimal}


def _shift(day: date, count: int) -> Any:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return error("date-overflow")


def multiply(left: Any, right: Any) -> Any:
    """`left * right`; two decimals are never multiplied, since that would round."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (Decimal, Decimal) or not _countable(kinds):
        return error("no-overload")
    return checked(left * right)


def divide(left: Any, right: Any) -> Any:
    """`left / right`: whole numbers truncate towards zero."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    kinds = (type(left), type(right))
    if kinds == (float, float):
        return _divide_floats(left, right)
    if kinds != (int, int):
        return error("no-overload")
    if right == 0:
        return error("division-by-zero")
    quotient = abs(left) // abs(right)
    return checked(quotient if (left < 0) == (right < 0) else -quotient)


def _divide_floats(left: float, right: float) -> float:
    if right:
        return left / right
    if math.isnan(left) or left == 0:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: Any, right: Any) -> Any:
    """`left % right`: the sign follows the left side."""
    unknown = merge((left, right))
    if unknown:
        return unknown
    if (type(left), type(right)) != (int, int):
        return error("no-overload")
    if right == 0:
        return error("division-by-zero")
    if left == INT_MIN and right == -1:
        return error("int-overflow")
    remainder = abs(left) % abs(right)
    return remainder if left >= 0 else -remainder


def negate(operand: Any) -> Any:
    """`-operand`"""
    if type(operand) is Unknown:
        return operand
    return checked(-operand) if type(operand) in (int, float, Decimal) else error("no-overload")


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
