"""A request is answered in one language, for one person, away from the event loop; whatever goes wrong is told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from oppi18n.dialog.typed import cleansed
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.i18n.answers import line_of
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.facts import DataError
from oppi18n.server.bodies import body_of
from oppi18n.server.forgery import COOKIE, browser_of, check_site
from oppi18n.server.problems import MEDIA_TYPE, HttpError, problem, status_of
from oppi18n.server.service import LANGUAGE_COOKIE, Service, locale_of
from oppi18n.server.words import notice_html

API: Final = "/api/"
ANYONE: Final = "-"
_YEAR: Final = 365 * 24 * 3600
FAULTS: Final = logging.getLogger("oppi18n.server")


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way to an answer; `who` makes it, `browser` is what forms are bound to.

    It has one day, even if it is answered around midnight.
    """

    request: Request
    service: Service
    localizer: Localizer
    who: str
    browser: str
    body: bytes
    today: date

    @property
    def id(self) -> str:
        """The opportunity that the address names. Raises InputError `store-not-found` for what cannot be an id."""
        found = str(self.request.path_params["id"])
        if cleansed(found) != found:
            raise InputError("store-not-found", id=cleansed(found))
        return found

    def query(self, name: str) -> str:
        """A parameter of the address; empty if it is absent."""
        return self.request.query_params.get(name, "")

    def url(self, path: str, *parts: str) -> str:
        """An address of this service, below where a proxy has put it."""
        named = path.format(*(quote(each, safe="") for each in parts))
        return f"{root_of(self.request)}{named}"


Answer = Callable[[Call], Response]
Prompt = Callable[[Call], Response | None]


def endpoint(
    service: Service, *, public: bool = False, at_once: Prompt | None = None, **answers: Answer
) -> Callable[[Request], Awaitable[Response]]:
    """What Starlette calls for a route: an answer for each method; a public one needs nobody to be signed in.

    What `at_once` has an answer for is not worth a turn of the thread pool.
    """

    async def answered(request: Request) -> Response:
        localizer = service.localizer(locale_of(request))
        browser = browser_of(request)
        try:
            method = "GET" if request.method == "HEAD" else request.method
            who = ANYONE if public else signed_in(service, request)
            if method == "POST":
                check_site(request)
            body = await body_of(request) if method == "POST" else b""
            call = Call(request, service, localizer, who, browser, body, service.the_day())
            found = at_once(call) if at_once is not None else None
            response = await run_in_threadpool(answers[method.lower()], call) if found is None else found
        except DataError as error:
            # It may have much to say.
            response = await run_in_threadpool(failed, error, request, localizer)
        except Exception as error:  # noqa: BLE001 - the last line of defence: no request may end without an answer
            response = failed(error, request, localizer)
        return dressed(response, request, localizer, browser)

    return answered


def signed_in(service: Service, request: Request) -> str:
    """Who makes a request. Raises HttpError `http-not-signed-in`, and whatever the authenticator raises."""
    if service.authenticate is None:
        return ANYONE
    found: object = service.authenticate(request)
    if not isinstance(found, str) or not found:
        raise HttpError("http-not-signed-in")
    return found


def dressed(response: Response, request: Request, localizer: Localizer, browser: str = "") -> Response:
    """The answer with its language, and the cookies that pages need."""
    response.headers["Content-Language"] = localizer.locale
    response.headers["Vary"] = "Accept-Language, Cookie"
    secure = request.scope.get("scheme") == "https"
    path = root_of(request) or "/"
    if request.query_params.get("lang") and not is_for_programs(request):
        response.set_cookie(LANGUAGE_COOKIE, localizer.locale, _YEAR, path=path, secure=secure, httponly=True)
    if browser and response.media_type == "text/html" and request.cookies.get(COOKIE) != browser:
        response.set_cookie(COOKIE, browser, path=path, secure=secure, httponly=True, samesite="lax")
    return response


def failed(error: Exception, request: Request, localizer: Localizer) -> Response:
    """The answer to a request that cannot be carried out: a problem for programs, a page for people."""
    known = _known(error, request)
    if known.code == "internal":
        FAULTS.error("an answer failed", exc_info=error)
    headers = {"Retry-After": "5"} if status_of(known) == HTTPStatus.SERVICE_UNAVAILABLE else {}
    allowed = getattr(error, "headers", None)
    if isinstance(allowed, Mapping):
        headers.update(allowed)
    if is_for_programs(request):
        return json_answer(problem(known, localizer), status=status_of(known), media_type=MEDIA_TYPE, headers=headers)
    page = notice_html(localizer.error(known), localizer, home=f"{root_of(request)}/")
    return Response(page, status_of(known), headers, "text/html")


def _known(error: Exception, request: Request) -> Oppi18nError:
    if isinstance(error, HTTPException):
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return HttpError("http-method", method=request.method, path=request.scope["path"])
        return HttpError("http-nothing-there", path=request.scope["path"])
    if isinstance(error, Oppi18nError):
        return error
    return Oppi18nError("internal", what=type(error).__name__)


def root_of(request: Request) -> str:
    """The path below which a proxy or another application has put the service, as addresses have it."""
    return quote(request.scope.get("root_path", ""))


def is_for_programs(request: Request) -> bool:
    """Whether the answer is JSON: below `/api/` and for health, and for who asks for nothing a browser shows."""
    path = str(request.scope["path"]).removeprefix(request.scope.get("root_path", ""))
    return path.startswith((API, "/health/"))


def json_answer(
    value: Any,
    *,
    status: int = HTTPStatus.OK,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """JSON as machine output writes it."""
    return Response(line_of(value) + "\n", status, dict(headers or {}), media_type)
