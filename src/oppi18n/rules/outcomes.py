"""What an evaluation can yield: a value, or what is missing for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oppi18n.model.schema import Field, Model

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


def record_shape(model: Model, record: str) -> dict[str, Any]:
    """The `fields` of a `Rec`: None where a field may be absent, else true, or the shape of a list's records."""
    fields = model.records[record].fields.values()
    return {each.name: _required(model, each) for each in fields}


def _required(model: Model, field: Field) -> Any:
    if field.type == "list":
        return record_shape(model, field.of)
    return True if field.required else None
