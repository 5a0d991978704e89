"""The schemas that the description of the API refers to: the published ones, and those of the model's facts."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from oppi18n import packs
from oppi18n.model.json_schema import facts_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oppi18n.model.schema import Model

PUBLISHED: Final = {
    "Check": "envelope/check",
    "Closing": "envelope/closing",
    "Dialog": "envelope/dialog",
    "Opportunities": "envelope/opportunities",
    "Problem": "problem",
}
"""Component → the published schema that it is, below `docs/schemas`."""

_SHARED: Final = frozenset({"violation"})
"""Parts that are the same in every schema that has them, and so one component."""


def ref(name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def record_name(record: str) -> str:
    """The component of a record of the model; no answer is named so, whatever the model is about.

    >>> record_name("quote"), record_name("sales_order")
    ('QuoteRecord', 'SalesOrderRecord')
    """
    return f"{_camel(record)}Record"


def schemas(model: Model) -> dict[str, Any]:
    """All components, by name.

    >>> from oppi18n import load_rules
    >>> found = schemas(load_rules().model)
    >>> found["CheckResult"]["properties"]["violations"]["items"]
    {'$ref': '#/components/schemas/Violation'}
    """
    found = dict(_of_requests(model))
    for name, path in PUBLISHED.items():
        found |= _of_published(name, path)
    found["Health"] = {
        "description": "What the probes of health answer.",
        "type": "object",
        "properties": {"status": {"enum": ["alive", "ready"]}},
        "required": ["status"],
    }
    return dict(sorted(found.items()))


def _of_requests(model: Model) -> Iterator[tuple[str, Any]]:
    """The facts by record, and the bodies that are made of them."""
    for name, schema in facts_schema(model)["$defs"].items():
        yield _fact(name), _pointed(schema, _fact)
    request = {"anyOf": [ref(record_name(model.request)), {"type": "null"}]}
    quotes = {
        "description": "Whether all active and draft quotes are to be closed too, in the same transaction.",
        "type": "boolean",
        "default": False,
    }
    yield "ClosabilityRequest", _body("What a closing would be asked with.", {model.request: request})
    both = {model.request: request, "close_quotes": quotes}
    yield "ClosingRequest", _body("What an opportunity is to be closed with.", both)


def _fact(name: str) -> str:
    return "Facts" if name == "facts" else record_name(name)


def _body(description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "type": "object", "properties": properties, "additionalProperties": False}


def _of_published(name: str, path: str) -> dict[str, Any]:
    """The components that a published schema becomes: itself, and each of its parts."""
    schema = json.loads(_text(path))
    parts = schema.pop("$defs", {})
    about = {"description": schema.pop("title")}
    del schema["$schema"], schema["$id"]

    def named(part: str) -> str:
        return _camel(part) if part in _SHARED else name + _camel(part)

    whole = {name: about | schema}
    return {each: _pointed(found, named) for each, found in (whole | {named(n): p for n, p in parts.items()}).items()}


@cache
def _text(path: str) -> str:
    return packs.read_bytes(packs.shipped(), f"docs/schemas/{path}.schema.json").decode()


def _pointed(schema: Any, named: Callable[[str], str]) -> Any:
    """The schema with its references to parts of its own turned into references to components."""
    if isinstance(schema, list):
        return [_pointed(each, named) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {**schema, **ref(named(schema["$ref"].removeprefix("#/$defs/")))}
    return {name: _pointed(each, named) for name, each in schema.items()}


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
