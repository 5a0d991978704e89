"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oppi18n.server import api, live, pages
from oppi18n.server.calls import FAULTS, Answer, Call, Prompt, dressed, endpoint, failed, json_answer
from oppi18n.server.guard import ROUTE, Guard
from oppi18n.server.openapi import document
from oppi18n.server.service import Service, locale_of
from oppi18n.store.database import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

ONE = "/opportunities/{id:path}"


def create_app(service: Service) -> Starlette:
    """The application of a service; it can be mounted below another one.

    >>> from oppi18n import load_rules
    >>> from oppi18n.store import Store
    >>> rules = load_rules()
    >>> with Store.open("sqlite:///:memory:", rules.model) as store:
    ...     create_app(Service(store, rules)).url_path_for("/")
    '/'
    """

    async def refused(request: Request, error: Exception) -> Response:
        localizer = service.localizer(locale_of(request))
        return dressed(failed(error, request, localizer), request, localizer)

    return Guarded(service, routes=list(_routes(service)), exception_handlers={HTTPException: refused})


class Guarded(Starlette):
    """Starlette, with the guard before everything else."""

    def __init__(self, service: Service, **given: Any) -> None:
        super().__init__(**given)
        self.guard = Guard(self.router, service)
        self._own = dict(self.exception_handlers)

    @property
    def is_bare(self) -> bool:
        """Whether nobody has put anything between the guard and the service."""
        return not self.user_middleware and self.exception_handlers == self._own

    def build_middleware_stack(self) -> ASGIApp:
        """Called for the first request: what was added to the application until then is in it."""
        self.guard.app = super().build_middleware_stack()
        return self.guard


def _routes(service: Service) -> Iterator[Route]:
    def route(path: str, *, public: bool = False, at_once: Prompt | None = None, **answers: Answer) -> Route:
        methods = [each.upper() for each in answers]
        answered = endpoint(service, public=public, at_once=at_once, **answers)
        return Route(path, _named(path, answered), methods=methods, name=path)

    yield route("/", get=pages.listing)
    yield route("/static/dialog.css", public=True, get=pages.style)
    yield route("/static/{digest}/{name}", at_once=live.script_at_once, get=live.script)
    yield route("/health/live", public=True, at_once=alive, get=alive)
    yield route("/health/ready", public=True, get=ready)
    yield route("/api/openapi.json", get=lambda call: json_answer(document(call.service.rules.model, call.url(""))))
    yield route("/api/opportunities", get=api.opportunities)
    yield route("/api/closability", at_once=api.closability_at_once, post=api.closability_of_facts)
    one = f"/api{ONE}"
    yield route(f"{one}/closability", get=api.closability, post=api.closability_of_request)
    yield route(f"{one}/closing", get=api.closing_form, post=api.closing)
    yield route(f"{one}/remedies/{{remedy}}", post=api.remedy)
    yield route(ONE, get=pages.opportunity, post=pages.answer)


def _named(path: str, answered: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint; the access log gets to know the route, not the address."""

    async def call(request: Request) -> Response:
        request.scope[ROUTE] = path
        return await answered(request)

    return call


def alive(_: Call) -> Response:
    """The process answers."""
    return json_answer({"status": "alive"})


def ready(call: Call) -> Response:
    """The database answers too. Anybody may ask, so what the database itself has said is for the log."""
    try:
        call.service.store.search(limit=1)
    except StoreError as error:
        if "reason" not in error.params:
            raise
        FAULTS.error("the database is not ready: %s", error.params["reason"])
        raise StoreError(error.code, reason="…") from None
    return json_answer({"status": "ready"})
