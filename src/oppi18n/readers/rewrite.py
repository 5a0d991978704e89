"""What changed in the facts is written back into the JSON text they were read from; every other byte stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import InputError
from oppi18n.model.values import NOT_LOADED
from oppi18n.readers.inputs import Input
from oppi18n.readers.json_edit import Edit, edited

if TYPE_CHECKING:
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Field, Model

FORMATTED: Final = "@OData.Community.Display.V1.FormattedValue"
ETAG: Final = "@odata.etag"

Changes = Iterable[tuple[str, Mapping[str, Any]]]
"""Pointers of records in the model's shape, with the new values of their fields."""


def rewritten(content: bytes, facts: Facts, changes: Changes, *, path: str, model: Model) -> bytes:
    """The content of a JSON file with changed fields; `facts` are those that were read from it.

    Dataverse's codes stay codes; changed fields lose their formatted values, changed records their etag, which would
    be stale. Raises InputError `not-json-records` for other formats, `code-absent`.
    """
    if not Input(path, content, model=model, zone="UTC").is_json:
        raise InputError("not-json-records", path=path)
    edits = list(_edits(facts, changes, model))
    text = content.decode()
    line = facts.source.removeprefix(path).removeprefix(":")
    if not line:
        return edited(text, edits).encode()
    lines = text.split("\n")
    lines[int(line) - 1] = edited(lines[int(line) - 1], edits)
    return "\n".join(lines).encode()


def own_shape(facts: Facts, record: Mapping[str, Any], model: Model) -> dict[str, Any]:
    """Records as JSON values in our own shape; `facts` are those that were read, which may hold a close request.

    Decimals and dates become text. Raises InputError `no-own-shape` where ours could not say the same: in it
    an optional field that is absent is empty, so one that was not loaded has no place.
    """
    found = {model.root: _members(facts, record[model.root], model.root, model)}
    if model.request in facts.record:
        found[model.request] = _members(facts, facts.record[model.request], model.request, model)
    return found


def _members(facts: Facts, record: Mapping[str, Any], kind: str, model: Model) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in record.items():
        field = model.records[kind].fields[name]
        if value is NOT_LOADED and not field.required:
            raise InputError("no-own-shape", path=facts.source)
        if field.type == "list" and value is not NOT_LOADED:
            members[name] = [_members(facts, each, field.of, model) for each in value]
        elif value is not NOT_LOADED:
            members[name] = _own(value)
    return members


def _edits(facts: Facts, changes: Changes, model: Model) -> Iterator[Edit]:
    identity = model.records[model.root].fields["id"]
    coded = facts.source_pointer(f"/{model.root}/id").rpartition("/")[2] == identity.dataverse
    for pointer, values in changes:
        place = ""
        for name, value in values.items():
            field = _field(pointer, name, model)
            place, _, member = facts.source_pointer(f"{pointer}/{name}").rpartition("/")
            yield Edit(place, member, _coded(field, value, model) if coded else _own(value))
            if coded:
                yield Edit(place, member + FORMATTED, remove=True)
        if coded and values:
            yield Edit(place, ETAG, remove=True)


def _field(pointer: str, name: str, model: Model) -> Field:
    found = model.field_at(f"{pointer}/{name}")
    assert found is not None
    return found


def _coded(field: Field, value: Any, model: Model) -> Any:
    """A value as Dataverse writes it: codes, amounts as numbers."""
    if field.type == "enumeration" and value is not None:
        code = model.enumerations[field.of].values[value].dataverse
        if code is None:
            raise InputError("code-absent", value=value, name=field.dataverse)
        return code
    return value.isoformat() if hasattr(value, "isoformat") else value


def _own(value: Any) -> Any:
    """A value as our own shape writes it: decimals and dates as text."""
    if hasattr(value, "as_tuple"):
        return f"{value:f}"
    return value.isoformat() if hasattr(value, "isoformat") else value
