"""Pointers that a case expects must lead somewhere in its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.model.schema import Model, Record
from oppi18n.source import Scalar


def check_pointer(scalar: Scalar, model: Model, facts: Mapping[str, Any], diagnostics: Diagnostics) -> None:
    """Report a JSON Pointer of the model's shape that leads nowhere, with the nearest one that leads somewhere.

    `facts` are the records of the case: a record in a list must be among them. A field need not have a value.
    """
    start, *path = scalar.text.split("/")
    place, known, found = "", tuple(facts), bool(path) and start == ""
    record: Record | None = None
    within: Record | None = None
    values: Any = facts
    for part in path if found else ():
        if within is not None and _is_position(part, values):
            record, within, values = within, None, values[int(part)]
        elif not place and part in facts:
            record, values = model.records[part], facts[part]
        elif record is not None and part in record.fields:
            field, values = record.fields[part], values.get(part)
            record, within = None, model.records[field.of] if field.type == "list" else None
        else:
            _nowhere(scalar, place, part, known, diagnostics)
            return
        place, known = f"{place}/{part}", tuple(record.fields) if record is not None else ()
    if not found or len(path) < 2:
        _nowhere(scalar, place, "", (), diagnostics)


def _is_position(part: str, values: Any) -> bool:
    return isinstance(values, list) and part in map(str, range(len(values)))


def _nowhere(scalar: Scalar, place: str, part: str, known: Iterable[str], diagnostics: Diagnostics) -> None:
    near = suggest(part, known)
    hint = Hint(near.code, {"name": f"{place}/{near.params['name']}"}) if near else None
    diagnostics.report("unknown-path", scalar.span, hint, path=scalar.text)
