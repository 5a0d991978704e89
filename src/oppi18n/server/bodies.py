"""The body of a request is read up to a limit, and as what it says it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from oppi18n.files import decode
from oppi18n.readers.json_text import parse
from oppi18n.server.problems import HttpError

BODY: Final = 1_000_000
"""Bytes of a body that are read."""

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_FIELDS: Final = 50
_NAME: Final = "-"


async def body_of(request: Request) -> bytes:
    """The body. Raises HttpError `http-body-too-large`, before more than the limit was taken in."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 18 or int(announced) > BODY:
        raise HttpError("http-body-too-large", limit=BODY)
    found = bytearray()
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > BODY:
                raise HttpError("http-body-too-large", limit=BODY)
    except ClientDisconnect:
        # Whoever asked has gone, and so is the rest of the body: nothing is done on half of it.
        raise HttpError("http-malformed") from None
    return bytes(found)


def form_of(request: Request, body: bytes) -> Mapping[str, str]:
    """The fields of a form that was sent; of two with one name the last counts. Raises HttpError `http-media-type`."""
    _expect(request, FORM)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS, errors="replace")
    except ValueError:
        raise HttpError("http-forged") from None
    return dict(pairs)


def json_of(request: Request, body: bytes) -> Any:
    """The JSON of a body. Raises HttpError `http-media-type`, DataError for what is no JSON."""
    _expect(request, JSON)
    return parse(decode(body, _NAME), "")


def is_json(request: Request) -> bool:
    """Whether a body says that it is JSON."""
    return _kind(request) == JSON


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _expect(request: Request, kind: str) -> None:
    if _kind(request) != kind:
        raise HttpError("http-media-type", expected=kind)
