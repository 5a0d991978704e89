"""What is in the store leaves it as it can come back: Dataverse's JSON, or two tables of CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from oppi18n.errors import InputError
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.store.reading import Reading

NEXT: Final = "@odata.nextLink"
_PARENT: Final = "opportunity"


def as_json(store: Reading) -> Iterator[str]:
    """The opportunities as one answer of Dataverse's Web API, piece by piece.

    A field that was not loaded is not there; a list of which a part was loaded has a link to the next page.
    """
    yield '{"value": ['
    for number, stored in enumerate(store.every()):
        entity = _entity(store.model.records[store.model.root], stored.facts.record[store.model.root], store.model)
        yield (",\n" if number else "\n") + _json(entity)
    yield "\n]}\n"


def _entity(record: Record, values: Mapping[str, Any], model: Model) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in record.fields.values():
        value = values.get(field.name, NOT_LOADED)
        if value is NOT_LOADED:
            continue
        if field.type == "list":
            found[field.dataverse] = [_entity(model.records[field.of], each, model) for each in value]
            if isinstance(value, PartialList):
                found[field.dataverse + NEXT] = f"{field.dataverse}?$skiptoken=1"
        elif field.type == "currency":
            expanded = field.dataverse.removeprefix("_").removesuffix("_value")
            found[expanded] = None if value is None else {"isocurrencycode": value}
        else:
            found[field.dataverse] = _coded(field, value, model)
    return found


def _coded(field: Field, value: Any, model: Model) -> Any:
    if value is None:
        return None
    if field.type == "enumeration":
        code = model.enumerations[field.of].values[value].dataverse
        if code is None:
            raise InputError("code-absent", value=value, name=field.dataverse)
        return code
    return f"{value.isoformat()}T00:00:00Z" if field.type == "timestamp" else value


def _json(value: Any) -> str:
    """JSON text on one line; amounts are numbers with all their digits.

    >>> _json({"a": Decimal("1.50"), "b": date(2026, 3, 31)})
    '{"a": 1.50, "b": "2026-03-31"}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)}: {_json(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def as_csv(store: Reading, name: str) -> Iterator[str]:
    """The records of one type as a table, line by line: the opportunities, or those of a list with their opportunity.

    Raises InputError `store-not-a-table` where some records have a field, or a list, that others were loaded without.
    """
    record = store.model.records[name]
    is_root = name == store.model.root
    columns = _columns(store, record)
    yield _line([*([] if is_root else [_PARENT]), *columns])
    for stored in store.every():
        opportunity = stored.facts.record[store.model.root]
        rows = [opportunity] if is_root else _listed(store, opportunity, record)
        for row in rows:
            yield _line([*([] if is_root else [opportunity["id"]]), *(_cell(row[column]) for column in columns)])


def _listed(store: Reading, opportunity: Mapping[str, Any], record: Record) -> list[Mapping[str, Any]]:
    [field] = [each for each in store.model.records[store.model.root].lists if each.of == record.name]
    found = opportunity[field.name]
    if found is NOT_LOADED or isinstance(found, PartialList):
        raise InputError("store-not-a-table", name=field.name)
    return list(found)


def _columns(store: Reading, record: Record) -> list[str]:
    names = [field.name for field in record.fields.values() if field.type != "list"]
    absent = store.not_loaded(record.name)
    partly = sorted(set[str]().union(*absent) - set(names).intersection(*absent)) if absent else []
    if partly:
        raise InputError("store-not-a-table", name=partly[0])
    return [name for name in names if not absent or name not in absent[0]]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
