"""What goes wrong becomes a problem as RFC 9457 has it: a status, a code, its values, and a sentence for the reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import Oppi18nError
from oppi18n.i18n.answers import scalar
from oppi18n.model.facts import DataError

if TYPE_CHECKING:
    from oppi18n.i18n.localizer import Localizer

MEDIA_TYPE: Final = "application/problem+json"
KIND: Final = "urn:oppi18n:problem:"
MOST: Final = 100
"""So many errors of data are listed."""

REFUSED: Final = "oppi18n.refused"
"""Where in the scope of a request the error stands for which it is not even looked at."""

STATUSES: Final[Mapping[str, HTTPStatus]] = {
    "http-body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "http-forged": HTTPStatus.FORBIDDEN,
    "http-head-too-large": HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "http-host": HTTPStatus.MISDIRECTED_REQUEST,
    "http-malformed": HTTPStatus.BAD_REQUEST,
    "http-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "http-method": HTTPStatus.METHOD_NOT_ALLOWED,
    "http-no-version": HTTPStatus.PRECONDITION_REQUIRED,
    "http-not-local": HTTPStatus.FORBIDDEN,
    "http-not-signed-in": HTTPStatus.UNAUTHORIZED,
    "http-nothing-there": HTTPStatus.NOT_FOUND,
    "http-too-many": HTTPStatus.SERVICE_UNAVAILABLE,
    "http-too-slow": HTTPStatus.REQUEST_TIMEOUT,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "no-remedies": HTTPStatus.NOT_FOUND,
    "request-id-reused": HTTPStatus.CONFLICT,
    "store-failed": HTTPStatus.SERVICE_UNAVAILABLE,
    "store-locked": HTTPStatus.SERVICE_UNAVAILABLE,
    "store-not-found": HTTPStatus.NOT_FOUND,
    "store-unsure": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown-remedy": HTTPStatus.NOT_FOUND,
    "version-conflict": HTTPStatus.PRECONDITION_FAILED,
}
"""code → status; data that does not fit the model is 422, data that is no JSON at all 400."""

_SYNTAX: Final = (
    "json-",
    "empty-file",
    "duplicate-member",
    "lone-surrogate",
    "number-too-long",
    "too-deep",
    "wrong-encoding",
    "nul-byte",
)


class HttpError(Oppi18nError):
    """A request that cannot be answered as it stands."""


def status_of(error: Oppi18nError) -> HTTPStatus:
    """The status of an error.

    >>> int(status_of(Oppi18nError("store-locked"))), int(status_of(Oppi18nError("wrong-type")))
    (503, 422)
    """
    if error.code in STATUSES:
        return STATUSES[error.code]
    return HTTPStatus.BAD_REQUEST if error.code.startswith(_SYNTAX) else HTTPStatus.UNPROCESSABLE_ENTITY


def problem(error: Oppi18nError, localizer: Localizer) -> dict[str, Any]:
    """The members of a problem. One of data lists in `errors` what is wrong, a hundred at most, each with its place."""
    status = status_of(error)
    found = {
        "type": KIND + error.code,
        "title": status.phrase,
        "status": int(status),
        "detail": localizer.error(error).text,
        "code": error.code,
        "params": _params(error.params),
    }
    if isinstance(error, DataError):
        found["errors"] = [
            {
                "code": each.code,
                "detail": localizer.error(each).text,
                "pointer": each.pointer,
                "params": _params(each.params),
                **({"line": each.line, "column": each.column} if each.line else {}),
            }
            for each in error.problems[:MOST]
        ]
    return found


def refusal(
    code: str, detail: str, *, status: HTTPStatus, params: Mapping[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A problem that is no error: the rules say no, or cannot say."""
    return {
        "type": KIND + code,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "params": dict(params or {}),
        **more,
    }


def _params(params: Mapping[str, object]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in params.items()}


def _plain(value: object) -> Any:
    found = scalar(value)
    try:
        json.dumps(found)
    except TypeError:
        return str(found)
    return found
