"""Facts: what is known of one opportunity and its quotes, checked against the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from oppi18n.errors import TEXTS, InputError, worded
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import (
    INT_MAX,
    INT_MIN,
    NOT_LOADED,
    PartialList,
    ValueFault,
    is_currency,
    literal,
    shown,
    to_date,
    to_decimal,
    to_local_date,
)
from oppi18n.tuples import Named

_SUGGESTIONS: Final = 50
"""How many problems of one record may be told with the nearest known name."""

MOST_PROBLEMS: Final = 1000
"""So many problems of one record are collected; what comes after them is not even looked at."""


class Problem(Named):
    """One thing wrong with a data file: a code of `errors.TEXTS`, where, and the values."""

    code: str
    pointer: str
    params: Mapping[str, object]
    line: int = 0
    column: int = 0

    @property
    def table(self) -> str:
        """Where its sentence is translated."""
        return "error"

    @property
    def template(self) -> str:
        """The English sentence with its placeholders."""
        return TEXTS[self.code]

    @property
    def message(self) -> str:
        """The English sentence."""
        return worded(self.template, self.params)

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message}"


class DataError(InputError):
    """A data file cannot be used; `problems` has everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...], source: str = "") -> None:
        self.problems = problems
        self.source = source
        super().__init__(problems[0].code, **problems[0].params)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class Facts:
    """The records of one opportunity in the model's shape, with the way back to the file they came from.

    `record` maps `opportunity` (and `close`, when the file asks for a closing) to their fields. A field that is
    `None` is empty, one that is `NOT_LOADED` (or an absent required one) is unknown.
    """

    __slots__ = ("_locate", "record", "source")

    def __init__(self, record: dict[str, Any], *, source: str = "", locate: Callable[[str], str] | None = None) -> None:
        self.record = record
        self.source = source
        self._locate = locate

    def source_pointer(self, pointer: str) -> str:
        """The place in the input file of a pointer of the model's shape."""
        return self._locate(pointer) if self._locate else pointer

    @property
    def is_elsewhere(self) -> bool:
        """Whether pointers of the model's shape lead to other places in the input file."""
        return self._locate is not None

    @property
    def id(self) -> str | None:
        """The opportunity's id, if it is known."""
        root = self.record.get("opportunity")
        found = root.get("id") if isinstance(root, Mapping) else None
        return found if isinstance(found, str) else None

    def __repr__(self) -> str:
        return f"Facts({self.id!r}, source={self.source!r})"


class Conversion:
    """Raw members → a checked record; every problem is collected, up to a thousand."""

    def __init__(self, model: Model, *, zone: str = "UTC") -> None:
        self.model = model
        self.zone = zone
        self.problems: list[Problem] = []

    @property
    def is_full(self) -> bool:
        """Whether enough is wrong."""
        return len(self.problems) >= MOST_PROBLEMS

    def facts(self, raw: object) -> dict[str, Any]:
        """The records of one opportunity from our own JSON or YAML shape."""
        if not isinstance(raw, Mapping):
            self.problem("wrong-type", "", expected="object", found=literal(raw))
            return {}
        model = self.model
        result: dict[str, Any] = {}
        for name, value in raw.items():
            if self.is_full:
                break
            if name in (model.root, model.request):
                if name == model.root or value is not None:
                    result[name] = self.record(model.records[name], value, f"/{name}")
            else:
                self.unknown_member(str(name), "", [model.root, model.request])
        if model.root not in raw:
            self.problem("absent-member", "", name=model.root)
        return result

    def record(self, record: Record, raw: object, pointer: str) -> dict[str, Any]:
        """One record: known members only, each of its type."""
        if not isinstance(raw, Mapping):
            self.problem("wrong-type", pointer, expected="object", found=literal(raw))
            return {}
        result: dict[str, Any] = {}
        fields = record.fields
        for name, value in raw.items():
            field = fields.get(name)
            if field is None:
                if self.is_full:
                    break
                self.unknown_member(str(name), pointer, list(fields))
            elif value is NOT_LOADED or (value is None and not field.required):
                result[name] = value
            else:
                result[name] = self.value(field, value, pointer)
        return result

    def value(self, field: Field, raw: object, pointer: str) -> object:
        """A field's value in its type; a wrong one is reported and counts as not loaded. `pointer` is the record's."""
        if raw is None:
            self.problem("null-required", f"{pointer}/{field.name}", name=field.name)
            return NOT_LOADED
        if field.type == "list":
            return self.records(field, raw, f"{pointer}/{field.name}")
        try:
            return _CONVERT[field.type](self, field, raw)
        except ValueFault as fault:
            self.problem(fault.code, f"{pointer}/{field.name}", **fault.params)
            return NOT_LOADED

    def records(self, field: Field, raw: object, pointer: str) -> object:
        """A list of records; two with one id are a problem."""
        if not isinstance(raw, (list, tuple)):
            self.problem("wrong-type", pointer, expected="list", found=literal(raw))
            return NOT_LOADED
        record = self.model.records[field.of]
        items = []
        for index, item in enumerate(raw):
            if self.is_full:
                break
            items.append(self.record(record, item, f"{pointer}/{index}"))
        self.duplicates(items, pointer)
        return PartialList(items) if isinstance(raw, PartialList) else items

    def duplicates(self, items: list[dict[str, Any]], pointer: str) -> None:
        """Report ids that occur twice; letter case does not count."""
        seen: dict[str, int] = {}
        for index, item in enumerate(items):
            identity = item.get("id")
            if not isinstance(identity, str):
                continue
            first = seen.setdefault(identity.lower(), index)
            if first != index:
                if self.is_full:
                    break
                self.problem("duplicate-id", f"{pointer}/{index}/id", id=identity, first=f"{pointer}/{first}/id")

    def unknown_member(self, name: str, pointer: str, known: list[str]) -> None:
        """Report a member that the model does not have, with the nearest one that it has."""
        from difflib import get_close_matches  # only when something is wrong

        # Looking for the nearest name is slow: a file full of strange members is told quickly all the same.
        near = get_close_matches(name, known, n=1) if len(self.problems) < _SUGGESTIONS else []
        place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if near:
            self.problem("unknown-member-near", place, name=shown(name), near=near[0])
        else:
            self.problem("unknown-member", place, name=shown(name))

    def problem(self, code: str, pointer: str, **params: object) -> None:
        """Collect one problem."""
        if not self.is_full:
            self.problems.append(Problem(code, pointer, params))


def _string(_: Conversion, field: Field, raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueFault("wrong-type", expected="string", found=literal(raw))
    return raw


def _int(_: Conversion, field: Field, raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise ValueFault("wrong-type", expected="int", found=literal(raw))
    if not INT_MIN <= raw <= INT_MAX:
        raise ValueFault("wrong-value", expected="int", found=shown(raw))
    return raw


def _bool(_: Conversion, field: Field, raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueFault("wrong-type", expected="bool", found=literal(raw))
    return raw


def _currency(_: Conversion, field: Field, raw: object) -> str:
    text = _string(_, field, raw)
    if not is_currency(text):
        raise ValueFault("wrong-value", expected="currency", found=shown(raw))
    return text


def _enumeration(conversion: Conversion, field: Field, raw: object) -> str:
    text = _string(conversion, field, raw)
    known = conversion.model.enumerations[field.of].values
    if text not in known:
        raise ValueFault("unknown-value", found=shown(text), known=tuple(known))
    return text


def _date(_: Conversion, field: Field, raw: object) -> date:
    return to_date(raw)


def _timestamp(conversion: Conversion, field: Field, raw: object) -> date:
    return to_local_date(raw, conversion.zone)


_CONVERT: dict[str, Callable[[Conversion, Field, object], object]] = {
    "string": _string,
    "reference": _string,
    "int": _int,
    "bool": _bool,
    "decimal": lambda _, field, raw: to_decimal(raw),
    "date": _date,
    "timestamp": _timestamp,
    "currency": _currency,
    "enumeration": _enumeration,
}


def checked(model: Model, raw: object, *, zone: str = "UTC", source: str = "") -> dict[str, Any]:
    """The records of raw facts, or one `DataError` that carries every problem."""
    conversion = Conversion(model, zone=zone)
    record = conversion.facts(raw)
    if conversion.problems:
        raise DataError(tuple(conversion.problems), source)
    return record
