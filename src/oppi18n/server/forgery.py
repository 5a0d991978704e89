"""A form is taken only from the page that we have made for the same browser."""

from __future__ import annotations

import hmac
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from oppi18n.errors import InputError
from oppi18n.server.problems import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

COOKIE: Final = "oppi18n_form"
FIELD: Final = "token"
LEAST: Final = 32
"""Characters that a secret must have at least."""

_LENGTH: Final = 32


def shared(secret: bytes, place: str) -> bytes:
    """A secret that several processes have in common. Raises InputError `secret-too-short`.

    >>> shared(b"short", "OPPI18N_SECRET")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: the secret in OPPI18N_SECRET is shorter than 32 characters
    """
    found = secret.strip()
    if len(found) < LEAST:
        raise InputError("secret-too-short", place=place, least=LEAST)
    return found


def browser_of(request: Request) -> str:
    """What the browser is known by: the cookie that it has brought, or a new one."""
    found = request.cookies.get(COOKIE, "")
    return found if len(found) == _LENGTH and found.isascii() else token_urlsafe(24)


def token_for(browser: str, secret: bytes) -> str:
    """What a form must bring along from a browser.

    >>> token_for("a", b"s") == token_for("a", b"s"), token_for("a", b"s") == token_for("b", b"s")
    (True, False)
    """
    return hmac.new(secret, browser.encode(), sha256).hexdigest()


def check_form(request: Request, form: Mapping[str, str], secret: bytes) -> None:
    """Raises HttpError `http-forged` for a form from another site, or from a page of long ago."""
    browser = request.cookies.get(COOKIE, "")
    expected = token_for(browser, secret) if browser else ""
    if not expected or not hmac.compare_digest(expected.encode(), form.get(FIELD, "").encode()):
        raise HttpError("http-forged")


def check_site(request: Request) -> None:
    """Raises HttpError `http-forged` where the browser says that the request comes from another site."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HttpError("http-forged")
    origin = request.headers.get("origin")
    if origin is not None and _authority(origin) != request.headers.get("host", "").lower():
        raise HttpError("http-forged")


def _authority(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
