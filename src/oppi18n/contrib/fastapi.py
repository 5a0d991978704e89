"""Closability for FastAPI: typed requests and answers, the reader's language as a dependency, problems as the service tells them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import BaseModel

from oppi18n.contrib.pydantic import Problem, answer_model, facts_model
from oppi18n.contrib.questions import Questions, refused, wish_of
from oppi18n.errors import Oppi18nError
from oppi18n.i18n.localizer import Localizer
from oppi18n.server.bodies import body_of, json_of
from oppi18n.server.problems import MEDIA_TYPE

_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


def locale_of(request: Request) -> str:
    """The language to answer in: `?lang=`, `Accept-Language`, English."""
    return wish_of(request.query_params.get("lang"), request.headers.get("accept-language"))


class Closability:
    """What an application needs: `Facts` and `Answer` are Pydantic models, `reader` a dependency, `router` the routes.

    Own routes on `router` take `Facts` as their body and read it exactly; whatever is wrong with it, and an
    `Oppi18nError` out of the route, becomes a problem in the language of the request. Each `router()` is a new one.

    >>> from oppi18n import load_rules
    >>> [each.path for each in Closability(Questions(load_rules())).router().routes]
    ['/closability']
    """

    def __init__(self, questions: Questions, *, locale: Callable[[Request], str] = locale_of) -> None:
        self.questions = questions
        self.locale = locale
        self.Facts = facts_model(questions.rules.model, zone=questions.zone)
        self.Answer = answer_model(questions.rules)

    async def reader(self, request: Request, response: Response) -> Localizer:
        """The dependency: the words of whoever asks; the answer says which language it is in."""
        localizer = self.questions.localizer(self.locale(request))
        response.headers.update({"Content-Language": localizer.locale, "Vary": "Accept-Language"})
        return localizer

    def ask(self, facts: BaseModel, localizer: Localizer) -> dict[str, Any]:
        """The answer about `Facts`. Raises DataError."""
        return self.questions.closability(facts.model_dump(exclude_unset=True), localizer)

    def router(self, path: str = "/closability") -> APIRouter:
        """`POST path` with facts, answered like `POST /api/closability` of the service."""
        made = APIRouter(route_class=type("Route", (_Route,), {"closability": self}))

        def closability(facts: BaseModel, localizer: Localizer) -> dict[str, Any]:
            return self.ask(facts, localizer)

        # FastAPI reads annotations, and these types are made at run time.
        closability.__annotations__ = {
            "facts": Annotated[self.Facts, Body()],
            "localizer": Annotated[Localizer, Depends(self.reader)],
        }
        made.post(path, response_model=self.Answer, responses=_refusals())(closability)
        return made


def _refusals() -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {int(each): {"description": each.phrase, "content": content} for each in _REFUSALS}


class _ExactRequest(Request):
    """A request whose JSON has been read already, numbers with all their digits."""

    exact: Any = None
    content: bytes = b""

    async def body(self) -> bytes:
        return self.content

    async def json(self) -> Any:
        return self.exact


class _Route(APIRoute):
    """A route that reads a body strictly, and tells problems as the service does."""

    closability: Closability

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route with its bad news in the language of the request."""
        inner = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await inner(await self._exact(request) if self.body_field is not None else request)
            except Oppi18nError as error:
                localizer = self.closability.questions.localizer(self.closability.locale(request))
                answer = refused(error, localizer)
                return Response(answer.text, answer.status, answer.headers, answer.media_type)

        return answered

    async def _exact(self, request: Request) -> Request:
        found = _ExactRequest(request.scope, request.receive)
        found.content = await body_of(request)
        found.exact = json_of(request, found.content)
        if self.body_field is not None and self.body_field.field_info.annotation is self.closability.Facts:
            # What Pydantic would refuse is refused here already, in the reader's language and all at once.
            await run_in_threadpool(self.closability.questions.facts, found.exact)
        return found
