"""Records become rows and rows become the same records again: nothing is lost, nothing is made up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from oppi18n.model.schema import Record
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.payloads import is_guid
from oppi18n.store import tables as names
from oppi18n.store.columns import plain
from oppi18n.store.tables import Tables

Row = dict[str, Any]
FIRST: Final = 1


def key_of(identity: str) -> str:
    """How an id stands in the database: the case of a GUID means nothing.

    >>> key_of("C2000000-0000-4000-8000-00000000000A"), key_of("Deal")
    ('c2000000-0000-4000-8000-00000000000a', 'Deal')
    """
    lower = identity.lower()
    return lower if lower != identity and is_guid(identity) else identity


def loaded_of(given: Any) -> str | None:
    """How much of a list is there: `whole`, `partial`, or None if nothing is known of it."""
    if not isinstance(given, (list, tuple)):
        return None
    return names.PARTIAL if isinstance(given, PartialList) else names.WHOLE


def facts_of(
    row: Mapping[str, Any], lists: Mapping[str, Iterable[Mapping[str, Any]]], tables: Tables
) -> dict[str, Any]:
    """The facts of an opportunity from its row and the rows of its lists, by field and in their order."""
    model = tables.model
    record = _record(model.records[model.root], row)
    for field, _ in tables.lists():
        state = row[names.loaded(field)]
        found = [_record(model.records[field.of], each) for each in lists.get(field.name, ())]
        if state is None:
            record[field.name] = NOT_LOADED
        else:
            record[field.name] = PartialList(found) if state == names.PARTIAL else found
    return {model.root: record}


def _record(record: Record, row: Mapping[Any, Any]) -> dict[str, Any]:
    absent = frozenset(json.loads(row[names.NOT_LOADED] or "[]"))
    return {
        field.name: NOT_LOADED if field.name in absent else row[field.name]
        for field in record.fields.values()
        if field.type != "list"
    }


def digest_of(value: Any) -> str:
    """A fingerprint of records: the same for the same values, whatever the order of their fields.

    >>> digest_of({"a": 1, "b": None}) == digest_of({"b": None, "a": 1})
    True
    """
    return blake2b(json.dumps(_plain(value), sort_keys=True, ensure_ascii=False).encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    if value is NOT_LOADED:
        return {"not_loaded": True}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [_plain(each) for each in value]
        return {"partial": items} if isinstance(value, PartialList) else items
    return plain(value)
