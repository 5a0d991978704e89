"""The description of the API as OpenAPI 3.1 has it, made from the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oppi18n.i18n.locales import OFFERED
from oppi18n.model.json_schema import DIALECT, facts_schema
from oppi18n.server.problems import MEDIA_TYPE
from oppi18n.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oppi18n.model.schema import Model

_TEXT: Final = {"type": "string"}
_TAG: Final = r'^("[0-9]{1,18}"|\*)$'
_TEXTS: Final = {"type": "array", "items": _TEXT}
_ALWAYS: Final = ("401", "403", "405", "421", "431", "500", "503")
_PHRASES: Final = {
    "400": "No JSON.",
    "401": "Nobody is signed in.",
    "403": "Not from here.",
    "404": "There is no such opportunity.",
    "405": "Another method is needed.",
    "409": "The records refuse, or what the rules need is not known, or the key was used before.",
    "412": "Somebody else has changed the opportunity.",
    "413": "The body is too large.",
    "415": "The body must be JSON.",
    "421": "The service has another name.",
    "422": "What was sent does not fit.",
    "428": "If-Match is missing.",
    "431": "The headers are too large.",
    "500": "A fault of the service.",
    "503": "The database does not answer.",
}


def document(model: Model) -> dict[str, Any]:
    """The OpenAPI document.

    >>> from oppi18n import load_rules
    >>> document(load_rules().model)["openapi"]
    '3.1.0'
    """
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {"title": "oppi18n", "version": VERSION},
        "paths": dict(_paths(model)),
        "components": {"schemas": _schemas(model)},
    }


def _paths(model: Model) -> Iterator[tuple[str, dict[str, Any]]]:
    pages = [
        _parameter("q", "query", _TEXT),
        _parameter("state", "query", _TEXT),
        _parameter("after", "query", _TEXT),
        _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 500}),
    ]
    yield "/api/opportunities", {"get": _operation("opportunities", "Opportunities", pages, errors=("422",))}
    judged = _operation("judge", "Check", [], body="facts", errors=("400", "413", "415", "422"))
    yield "/api/closability", {"post": judged}
    outcomes = [*model.enumerations[model.records[model.request].fields["outcome"].of].values]
    for name, operations in _of_one(_parameter("outcome", "query", {"enum": outcomes})):
        id_ = _parameter("id", "path", _TEXT)
        remedy = [_parameter("remedy", "path", _TEXT)] if "{remedy}" in name else []
        yield f"/api/opportunities/{{id}}/{name}", {"parameters": [id_, *remedy], **operations}
    for name in ("live", "ready"):
        yield f"/health/{name}", {"get": _operation(name, "Health", [])}
    yield "/api/openapi.json", {"get": _operation("openapi", "Any", [])}


def _of_one(outcome: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be asked about one opportunity, and done with it."""
    change = [
        _parameter("If-Match", "header", {"type": "string", "pattern": _TAG}, required=True),
        _parameter("Idempotency-Key", "header", _TEXT),
    ]
    asked, sent = ("404", "422"), ("400", "404", "413", "415", "422")
    changed = ("404", "409", "412", "422", "428")
    yield (
        "closability",
        {
            "get": _operation("closability", "Check", [outcome], errors=asked, tagged=True),
            "post": _operation("closabilityOf", "Check", [], body="Asked", errors=sent, tagged=True),
        },
    )
    yield (
        "closing",
        {
            "get": _operation("dialog", "Dialog", [outcome], errors=asked, tagged=True),
            "post": _operation("close", "Closing", change, body="Closed", errors=(*sent, *changed), tagged=True),
        },
    )
    post = _operation("remedy", "Closing", change, errors=("413", *changed), tagged=True)
    yield "remedies/{remedy}", {"post": post}


def _parameter(name: str, place: str, schema: Any, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required or place == "path", "schema": schema}


def _operation(
    name: str,
    answer: str,
    parameters: list[dict[str, Any]],
    *,
    body: str = "",
    errors: tuple[str, ...] = (),
    tagged: bool = False,
) -> dict[str, Any]:
    language = {"description": "The language of the texts.", "schema": {"enum": [*OFFERED]}}
    headers: dict[str, Any] = {"Content-Language": language}
    if tagged:
        headers["ETag"] = {"description": "The version of the opportunity.", "schema": _TEXT}
    good = {"description": "The answer.", "headers": headers, "content": {"application/json": {"schema": _ref(answer)}}}
    bad = {
        each: {"description": _PHRASES[each], "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}
        for each in sorted({*errors, *_ALWAYS})
    }
    found = {
        "operationId": name,
        "parameters": [*parameters, _parameter("Accept-Language", "header", _TEXT)],
        "responses": {"200": good, **bad},
    }
    if body:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    return found


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"} if name != "Any" else {"type": "object"}


def _schemas(model: Model) -> dict[str, Any]:
    facts = json.loads(json.dumps(facts_schema(model)["$defs"]).replace("#/$defs/", "#/components/schemas/"))
    request = {"anyOf": [_ref(model.request), {"type": "null"}]}
    asked: dict[str, Any] = {"type": "object", "properties": {model.request: request}, "additionalProperties": False}
    head = {
        "oppi18n": {"const": 1},
        "kind": _TEXT,
        "ruleset": _TEXT,
        "digest": _TEXT,
        "locale": _TEXT,
        "today": {"type": "string", "format": "date"},
        "zone": _TEXT,
    }
    verdict = {"enum": ["closable", "blocked", "undetermined"]}
    return {
        **facts,
        "Asked": asked,
        "Closed": {**asked, "properties": {**asked["properties"], "close_quotes": {"type": "boolean"}}},
        "Check": _envelope(
            {**head, "asked": {"enum": ["record", "closing"]}, "errors": {"type": "array"}}, _result(verdict)
        ),
        "Opportunities": _envelope({**head, "after": {"type": ["string", "null"]}}, _row(verdict)),
        "Closing": _envelope(head, _closed(verdict)),
        "Dialog": {"type": "object", "properties": head, "required": [*head]},
        "Health": {"type": "object", "properties": {"status": _TEXT}, "required": ["status"]},
        "Problem": _problem(),
    }


def _envelope(head: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    properties = {**head, "results": {"type": "array", "items": item}}
    return {"type": "object", "properties": properties, "required": [*properties]}


def _result(verdict: dict[str, Any]) -> dict[str, Any]:
    needs = {"type": "array", "items": {"type": "object", "required": ["pointer", "rules"]}}
    properties = {
        "opportunity": {"type": ["string", "null"]},
        "verdict": verdict,
        "violations": {"type": "array", "items": _violation()},
        "unknown": {"type": "array"},
        "pending": _TEXTS,
        "needs": needs,
        "defaults": {"type": "object"},
    }
    return {"type": "object", "properties": properties, "required": [*properties]}


def _violation() -> dict[str, Any]:
    properties = {
        "rule": _TEXT,
        "severity": {"enum": ["error", "warning", "info"]},
        "message": _TEXT,
        "locale": _TEXT,
        "params": {"type": "object"},
        "partial": {"type": "boolean"},
        "pointers": _TEXTS,
        "remedies": _TEXTS,
    }
    return {"type": "object", "properties": properties, "required": [*properties]}


def _row(verdict: dict[str, Any]) -> dict[str, Any]:
    maybe = {"type": ["string", "null"]}
    properties = {
        "opportunity": _TEXT,
        "name": maybe,
        "state": maybe,
        "version": {"type": "integer"},
        "verdict": verdict,
        "violations": _TEXTS,
    }
    return {"type": "object", "properties": properties, "required": [*properties]}


def _closed(verdict: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "opportunity": _TEXT,
        "status": {"enum": ["closed", "remedied", "unchanged"]},
        "version": {"type": "integer"},
        "verdict": {"anyOf": [verdict, {"type": "null"}]},
        "violations": _TEXTS,
    }
    return {"type": "object", "properties": properties, "required": [*properties]}


def _problem() -> dict[str, Any]:
    always = {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "params": {"type": "object"},
    }
    more = {
        "errors": {"type": "array", "items": {"type": "object", "required": ["code", "detail", "pointer", "params"]}},
        "violations": {"type": "array", "items": _violation()},
        "needs": {"type": "array"},
        "remedies": {"type": "array", "items": {"type": "object", "required": ["remedy", "label", "href"]}},
    }
    return {"type": "object", "properties": {**always, **more}, "required": [*always]}
