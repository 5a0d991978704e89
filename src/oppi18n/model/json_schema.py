"""The JSON Schema of facts in our own shape, made from the model."""

from __future__ import annotations

from typing import Any, Final

from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import DECIMAL_DIGITS, DECIMAL_PLACES, INT_MAX, INT_MIN

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_DECIMAL: Final = f"^-?[0-9]{{1,{DECIMAL_DIGITS}}}(\\.[0-9]{{1,{DECIMAL_PLACES}}})?$"
_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE_TIME: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].*([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"
_BOUND: Final = 10**DECIMAL_DIGITS

_TYPES: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "reference": {"type": "string"},
    "int": {"type": "integer", "minimum": INT_MIN, "maximum": INT_MAX},
    "bool": {"type": "boolean"},
    "decimal": {
        "anyOf": [
            {"type": "number", "exclusiveMinimum": -_BOUND, "exclusiveMaximum": _BOUND},
            {"type": "string", "pattern": _DECIMAL},
        ]
    },
    "date": {"type": "string", "format": "date", "pattern": _DATE},
    "timestamp": {"anyOf": [{"type": "string", "pattern": _DATE}, {"type": "string", "pattern": _DATE_TIME}]},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
}


def facts_schema(model: Model) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one facts object, or of a list of them.

    An absent optional field is empty, an absent required field or list was not loaded: neither is an error, so nothing
    but the record itself is `required`. What two fields owe each other is left to the reader.
    """
    return {
        "$schema": DIALECT,
        "$id": f"urn:oppi18n:schema:facts:{model.name}:1",
        "title": f"Facts: {model.records[model.root].label}",
        "anyOf": [{"$ref": "#/$defs/facts"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/facts"}}],
        "$defs": {"facts": _facts(model)} | {name: _record(model, each) for name, each in model.records.items()},
    }


def _facts(model: Model) -> dict[str, Any]:
    request = {"anyOf": [_reference(model.request), {"type": "null"}]}
    return {
        "type": "object",
        "properties": {model.root: _reference(model.root), model.request: request},
        "required": [model.root],
        "additionalProperties": False,
    }


def _record(model: Model, record: Record) -> dict[str, Any]:
    return {
        "title": record.label,
        "type": "object",
        "properties": {field.name: field_schema(model, field) for field in record.fields.values()},
        "additionalProperties": False,
    }


def field_schema(model: Model, field: Field) -> dict[str, Any]:
    """What JSON Schema says of the values of a field; one that is not required may be null."""
    about = {"title": field.label} | ({"description": field.description} if field.description else {})
    if field.type == "list":
        return about | {"type": "array", "items": _reference(field.of)}
    if field.type == "enumeration":
        kind: dict[str, Any] = {"enum": [*model.enumerations[field.of].values]}
    else:
        kind = _TYPES[field.type]
    if field.required:
        return about | kind
    if "enum" in kind:
        return about | {"enum": [*kind["enum"], None]}
    return about | _nullable(kind)


def _nullable(kind: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in kind:
        return {"anyOf": [*kind["anyOf"], {"type": "null"}]}
    return kind | {"type": [kind["type"], "null"]}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
