"""The description of the API as OpenAPI 3.1 has it, made from the model and the published schemas."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import TEXTS, Oppi18nError
from oppi18n.i18n.locales import OFFERED
from oppi18n.model.json_schema import DIALECT
from oppi18n.server.api import MOST_ROWS, ROWS
from oppi18n.server.components import ref, schemas
from oppi18n.server.problems import MEDIA_TYPE, status_of
from oppi18n.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from oppi18n.model.schema import Model

JSON: Final = "application/json"
EXAMPLES_OF: Final = "opportunity"
"""The model that the examples are about."""

_ABOUT: Final = (
    "Whether opportunities can be closed, why not, and the closing itself, by the rules of one ruleset. "
    "Answers are machine output, in one envelope. What goes wrong is a problem as RFC 9457 has it; its `code` is "
    "stable, its `detail` is for people. Texts come in the language of `lang`, the cookie `oppi18n_lang` or "
    "`Accept-Language`, the first that can be served, else in English. Members may be added to answers: let a "
    "program pass over what it does not know. Nothing is to be kept by caches. Whatever answers GET answers HEAD."
)
_TAGS: Final = (
    ("asking", "What can be asked; nothing is changed."),
    ("changing", "What changes records, in one transaction or not at all."),
    ("service", "About the service itself."),
)
_OPERATIONS: Final[Mapping[str, tuple[str, str, str]]] = {
    "opportunities": ("asking", "List opportunities", "In pages, each with its version and its verdict."),
    "judge": (
        "asking",
        "Judge facts",
        "The answer about facts in the body, which may hold a request. Nothing is kept.",
    ),
    "closability": (
        "asking",
        "Ask whether an opportunity can be closed",
        "About the record as it is; with an outcome, about its closing with what a dialog would fill in.",
    ),
    "closabilityOf": (
        "asking",
        "Ask whether an opportunity can be closed with a request",
        "The same about the request in the body. Nothing is changed.",
    ),
    "dialog": (
        "asking",
        "Get the dialog as data",
        "The form, filled in for an opportunity, with what stands in the way.",
    ),
    "close": (
        "changing",
        "Close an opportunity",
        "The rules decide inside the transaction. A request that comes again with its `Idempotency-Key` is done once.",
    ),
    "remedy": (
        "changing",
        "Carry out a remedy",
        "Such as closing all quotes; the answer to a refused closing names it.",
    ),
    "live": ("service", "Ask whether the process answers", "Needs nobody to be signed in."),
    "ready": ("service", "Ask whether the database answers", "Needs nobody to be signed in."),
    "openapi": ("service", "Get this description", "It depends on the model of the ruleset."),
}
_PHRASES: Final[Mapping[str, str]] = {
    "400": "The request can't be read, or its body is no JSON.",
    "401": "Nobody is signed in.",
    "403": "Not from here: another machine, or another site.",
    "404": "There is no such opportunity, or no such remedy.",
    "405": "Another method is needed.",
    "408": "The request took too long to arrive.",
    "409": "The records refuse, or what the rules need is not known, or the key was used for something else.",
    "412": "Somebody else has changed the opportunity: it has none of the tags of `If-Match`.",
    "413": "The body is too large.",
    "415": "The body must be JSON.",
    "421": "The service has another name.",
    "422": "What was sent can mend it: values that do not fit, or fields that the rules refuse.",
    "428": "`If-Match` is missing.",
    "431": "The headers are too large.",
    "500": "A fault of the service.",
    "503": "The database does not answer, or too many ask at once; nothing was changed. Try again.",
}
_DATA: Final = (
    *("absent-member", "duplicate-id", "null-required", "timestamp-for-date", "timestamp-without-zone"),
    *("too-many-digits", "unknown-member", "unknown-member-near", "unknown-value", "wrong-type", "wrong-value"),
)
"""Codes of values that do not fit the model."""

_ALWAYS: Final = ("400", "403", "405", "408", "421", "431", "500", "503")
_SENT: Final = ("413", "415", "422")
_CHANGED: Final = ("404", "409", "412", "413", "422", "428")
_TEXT: Final = {"type": "string"}
_TAG: Final = r'(W/)?"[!#-~]*"'
_CHANGING: Final = frozenset({"close", "remedy"})
_POSTED: Final = _CHANGING | {"closabilityOf", "judge"}
_NO_REMEDY: Final = {"no-remedies", "unknown-remedy", "http-nothing-there"}


def document(model: Model, root: str = "") -> dict[str, Any]:
    """The OpenAPI document of the service below the path `root`.

    >>> from oppi18n import load_rules
    >>> document(load_rules().model)["openapi"]
    '3.1.0'
    """
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "oppi18n",
            "version": VERSION,
            "summary": "Close an opportunity?",
            "description": _ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root or "/", "description": "This service."}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS],
        "paths": dict(_paths(model)),
        "components": {"schemas": schemas(model), "headers": _headers()},
    }


# ---- operations ----


def _paths(model: Model) -> Iterator[tuple[str, dict[str, Any]]]:
    found = _Descriptions(model.name == EXAMPLES_OF)
    pages = [
        _query("q", "A part of the name or of the id."),
        _query("state", "A state of the model, such as `open`; one that there is not finds nothing."),
        _query("after", "The `after` of the page before."),
        _query("limit", "Rows of a page.", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": ROWS}),
    ]
    yield "/api/opportunities", {"get": found.operation("opportunities", "Opportunities", pages, errors=("422",))}
    yield "/api/closability", {"post": found.operation("judge", "Check", body="Facts", errors=_SENT)}
    outcomes = [*model.enumerations[model.records[model.request].fields["outcome"].of].values]
    outcome = _query("outcome", "What is to become of it; absent: only the record is asked about.", {"enum": outcomes})
    for name, operations in _of_one(found, outcome):
        names = [_path("id", "The id of an opportunity.", "7a1e0000-0000-4000-8000-000000000002")]
        if "{remedy}" in name:
            names.append(_path("remedy", "The id of a remedy of the ruleset.", "close-quotes"))
        yield f"/api/opportunities/{{id}}/{name}", {"parameters": names, **operations}
    for name in ("live", "ready"):
        yield f"/health/{name}", {"get": found.operation(name, "Health", public=True)}
    yield "/api/openapi.json", {"get": found.operation("openapi", "")}


def _of_one(found: _Descriptions, outcome: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be asked about one opportunity, and done with it."""
    asked = ("404", "422")
    yield (
        "closability",
        {
            "get": found.operation("closability", "Check", [outcome], errors=asked, tagged=True),
            "post": found.operation(
                "closabilityOf", "Check", body="ClosabilityRequest", errors=(*_SENT, "404"), tagged=True
            ),
        },
    )
    yield (
        "closing",
        {
            "get": found.operation("dialog", "Dialog", [outcome], errors=asked, tagged=True),
            "post": found.operation(
                "close", "Closing", _conditions(), body="ClosingRequest", errors=(*_SENT, *_CHANGED), tagged=True
            ),
        },
    )
    yield (
        "remedies/{remedy}",
        {"post": found.operation("remedy", "Closing", _conditions(), errors=_CHANGED, tagged=True)},
    )


def _conditions() -> list[dict[str, Any]]:
    """The headers of changes."""
    tags = {"type": "string", "pattern": rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"}
    seen = "ETags of what was seen, one of which must be that of the opportunity now; `*` for any. Weak ones never are."
    key = "Names the request: one that comes twice with the same key is carried out once. An empty one names nothing."
    return [
        {"name": "If-Match", "in": "header", "description": seen, "required": True, "schema": tags, "example": '"1"'},
        {"name": "Idempotency-Key", "in": "header", "description": key, "schema": _TEXT},
    ]


def _query(name: str, description: str, schema: Any = None) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema or _TEXT}


def _path(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {**_TEXT, "minLength": 1}
    return {
        "name": name,
        "in": "path",
        "description": description,
        "required": True,
        "schema": schema,
        "example": example,
    }


class _Descriptions:
    """Describes operations, with examples of them if there are such."""

    def __init__(self, with_examples: bool) -> None:
        self.examples = _examples() if with_examples else {}

    def operation(
        self,
        name: str,
        answer: str,
        parameters: list[dict[str, Any]] | None = None,
        *,
        body: str = "",
        errors: tuple[str, ...] = (),
        tagged: bool = False,
        public: bool = False,
    ) -> dict[str, Any]:
        """An operation that answers with a component, or with something else."""
        tag, summary, description = _OPERATIONS[name]
        statuses = {*errors, *_ALWAYS, *(() if public else ("401",))}
        language = [
            _query("lang", "The language to answer in, a BCP 47 tag."),
            {**_query("Accept-Language", "The languages to answer in, by preference."), "in": "header"},
        ]
        found = {
            "operationId": name,
            "tags": [tag],
            "summary": summary,
            "description": description,
            "parameters": [*(parameters or ()), *language],
            "responses": {
                "200": self._good(name, answer, tagged),
                **{each: self._bad(name, each) for each in sorted(statuses)},
            },
        }
        if body:
            content = {JSON: self._media(ref(body), name, "request")}
            found["requestBody"] = {"required": True, "content": content}
        return found

    def _good(self, name: str, answer: str, tagged: bool) -> dict[str, Any]:
        headers = ("Content-Language", "Vary", "Cache-Control", *(("ETag",) if tagged else ()))
        schema = ref(answer) if answer else {"description": "An OpenAPI 3.1 document.", "type": "object"}
        found = {
            "description": "The answer.",
            "headers": {each: _header(each) for each in headers},
            "content": {JSON: self._media(schema, name, "200")},
        }
        # Other links would lead nowhere from an empty list, or where nothing helps.
        return found | ({"links": {"close": _CLOSE}} if tagged and name not in _CHANGING else {})

    def _bad(self, name: str, status: str) -> dict[str, Any]:
        codes = sorted(_codes(status, name))
        more = {"405": ["Allow"], "503": ["Retry-After"]}.get(status, [])
        found: dict[str, Any] = {
            "description": f"{_PHRASES[status]} Codes: {', '.join(f'`{code}`' for code in codes)}.",
            "headers": {each: _header(each) for each in ("Content-Language", "Vary", "Cache-Control", *more)},
            "content": {MEDIA_TYPE: self._media(ref("Problem"), name, status)},
            "x-codes": codes,
        }
        if "blocked" in codes:
            # Only a refusal has a version: what could not be read at all was not looked at.
            found["headers"]["ETag"] = {**_headers()["ETag"], "required": False}
        return found

    def _media(self, schema: dict[str, Any], name: str, part: str) -> dict[str, Any]:
        examples = self.examples.get(name, {}).get(part)
        return {"schema": schema, "examples": examples} if examples else {"schema": schema}


@cache
def _examples() -> dict[str, dict[str, dict[str, Any]]]:
    """Operation → `request` or a status → name → example."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for each in json.loads(files("oppi18n.server").joinpath("examples.json").read_text(encoding="utf-8")):
        parts = {str(each["status"]): each["answer"]}
        if each["status"] == HTTPStatus.OK and each["body"] is not None:
            parts["request"] = each["body"]
        for part, value in parts.items():
            here = found.setdefault(each["operation"], {}).setdefault(part, {})
            here[each["name"]] = {"summary": each["summary"], "value": value}
    return found


# ---- codes, headers, the link ----


@cache
def _codes_of(status: str) -> frozenset[str]:
    return frozenset(code for code in TEXTS if str(int(status_of(Oppi18nError(code)))) == status)


def _codes(status: str, operation: str) -> Collection[str]:
    """The codes that a problem of a status may have."""
    known = _codes_of(status)
    match status:
        case "400":
            return known if operation in _POSTED - {"remedy"} else {"http-malformed"}
        case "403":
            return known if operation in _POSTED else {"http-not-local"}
        case "404":
            return known if operation == "remedy" else known - _NO_REMEDY
        case "409":
            return {*known, "already-closed", "blocked", "undetermined"}
        case "422":
            return {*_DATA, "blocked"} if operation in _CHANGING else {*_DATA}
        case "503" if operation == "live":
            return {"http-too-many"}
        case _:
            return known


def _headers() -> dict[str, Any]:
    return {
        "Content-Language": _known("The language of the texts.", {"enum": [*OFFERED]}),
        "Vary": _known("What the answer depends on beside the address.", _TEXT),
        "Cache-Control": _known("Nothing is to be kept.", {"const": "no-store"}),
        "ETag": _known(
            "The version of the opportunity's record, for `If-Match`: the same in every language.",
            {"type": "string", "pattern": '^"[1-9][0-9]*"$'},
        ),
        "Allow": _known("The methods that are possible.", _TEXT),
        "Retry-After": _known("Seconds to wait before trying again.", {"type": "integer", "minimum": 1}),
    }


def _known(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": schema}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


_CLOSE: Final[Mapping[str, Any]] = {
    "operationId": "close",
    "description": "Close what was seen.",
    "parameters": {"path.id": "$request.path.id", "header.If-Match": "$response.header.ETag"},
    "requestBody": {"close": {"outcome": "won"}},
}
