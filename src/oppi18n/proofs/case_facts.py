"""The records of a case: what it writes, laid over what its file says for all cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.model.facts import Conversion
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import (
    INT_MAX,
    INT_MIN,
    NOT_LOADED,
    PartialList,
    ValueFault,
    is_currency,
    to_date,
    to_decimal,
    to_local_date,
)
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar

Values = dict[str, Any]
Records = dict[str, Values]
"""Record type → its fields; the root and the request of a model are such types, and so is what lists hold."""

MAX_TIMES: Final = 100_000


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text) or not INT_MIN <= int(text) <= INT_MAX:
        raise ValueFault("wrong-value", expected="int", found=text)
    return int(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueFault("wrong-value", expected="bool", found=text)
    return text == "true"


def _currency(text: str) -> str:
    if not is_currency(text):
        raise ValueFault("wrong-value", expected="currency", found=text)
    return text


_READ: Final[dict[str, Callable[[str], Any]]] = {
    "string": str,
    "reference": str,
    "int": _whole,
    "bool": _boolean,
    "decimal": to_decimal,
    "date": to_date,
    "timestamp": lambda text: to_local_date(text, "UTC"),
    "currency": _currency,
}


class FactsReader:
    """Reads records in the types of a model; `base` holds what each record of a type has unless it says otherwise."""

    def __init__(self, model: Model, diagnostics: Diagnostics, base: Records) -> None:
        self.model = model
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.base = base

    def record(self, name: str, node: Node | None) -> Values:
        """A record: the base of its type with the fields that are written."""
        values = {key: _copied(value) for key, value in self.base.get(name, {}).items()}
        if node is None:
            return values
        if not isinstance(node, YamlMapping):
            self.shapes.mapping(node)
            return values
        record = self.model.records[name]
        for key, written in node.pairs:
            field = record.fields.get(key.text)
            if field is None:
                self._unknown(key, record)
            else:
                values[key.text] = self._value(field, written)
        return values

    def _unknown(self, key: Scalar, record: Record) -> None:
        hint = suggest(key.text, record.fields)
        self.diagnostics.report("unknown-field", key.span, hint, record=record.name, name=key.text)

    def _value(self, field: Field, node: Node) -> Any:
        if field.type == "list":
            return [self.record(field.of, item) for item in self.shapes.items(node)]
        if isinstance(node, YamlMapping) and field.type == "string":
            return self._repeated(node)
        if isinstance(node, Scalar) and node.plain_null:
            if field.required:
                self.diagnostics.report("required-empty", node.span, name=field.name)
            return None
        scalar = self.shapes.scalar(node)
        if scalar is None:
            return NOT_LOADED
        return self._of_enumeration(field, scalar) if field.type == "enumeration" else self._typed(field, scalar)

    def _repeated(self, node: YamlMapping) -> str:
        """A long text in short: `{repeat: "한", times: 2001}`."""
        body = self.shapes.mapping(node, required=("repeat", "times"))
        times = self.shapes.integer(body.get("times")) if body else 0
        return self.shapes.text(node.get("repeat")) * min(times, MAX_TIMES)

    def _of_enumeration(self, field: Field, scalar: Scalar) -> Any:
        known = self.model.enumerations[field.of].values
        if scalar.text in known:
            return scalar.text
        hint = suggest(scalar.text, known) or Hint("one-of", {"names": ", ".join(known)})
        self.diagnostics.report("unknown-enum-value", scalar.span, hint, name=scalar.text, enumeration=field.of)
        return NOT_LOADED

    def _typed(self, field: Field, scalar: Scalar) -> Any:
        try:
            return _READ[field.type](scalar.text)
        except ValueFault:
            hint = Hint("write-full-date") if field.type in ("date", "timestamp") else None
            self.diagnostics.report("not-a-value", scalar.span, hint, found=scalar.text, expected=field.type)
            return NOT_LOADED

    def change(self, facts: Records, scalar: Scalar, made: Callable[[Any], Any]) -> None:
        """Replace what stands at a JSON Pointer of the model's shape by `made(value)`; None from it is refused."""
        *path, last = scalar.text.split("/")[1:] or [""]
        place: Any = facts
        for part in path:
            place = _below(place, part)
        field = self.model.field_at(scalar.text) if self._leads(path, last) else None
        if not isinstance(place, dict) or field is None:
            self.diagnostics.report("unknown-path", scalar.span, path=scalar.text)
            return
        found = made(place.get(last))
        if found is None:
            self.diagnostics.report("partial-not-a-list", scalar.span, path=scalar.text)
        else:
            place[last] = found

    def _leads(self, path: list[str], last: str) -> bool:
        """Whether a pointer leads to a field: the root or the request, then fields and positions in lists."""
        record: Record | None = self.model.records.get(path[0]) if path else None
        for name, position in zip(path[1::2], path[2::2], strict=False):
            field = record.fields.get(name) if record else None
            record = self.model.records.get(field.of) if field and field.type == "list" and position.isdigit() else None
        return record is not None and len(path) % 2 == 1 and last in record.fields

    def check(self, facts: Mapping[str, Any], name: Scalar) -> None:
        """Report what no single field shows, such as an id that occurs twice."""
        conversion = Conversion(self.model)
        conversion.facts(facts)
        for problem in conversion.problems:
            self.diagnostics.report("bad-facts", name.span, pointer=problem.pointer, problem=problem)


def _copied(value: Any) -> Any:
    return [dict(item) for item in value] if isinstance(value, list) else value


def _below(place: Any, part: str) -> Any:
    if isinstance(place, dict):
        return place.get(part)
    if isinstance(place, list) and part.isascii() and part.isdigit() and int(part) < len(place):
        return place[int(part)]
    return None


def not_loaded(_: Any) -> Any:
    """What `without` makes of a value."""
    return NOT_LOADED


def truncated(value: Any) -> Any:
    """What `partial` makes of a list; None for anything else."""
    return PartialList(value) if isinstance(value, list) else None
