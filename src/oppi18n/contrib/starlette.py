"""A route for Starlette that answers whether an opportunity can be closed; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oppi18n.contrib.questions import Answer, Questions, refused, told, wish_of
from oppi18n.errors import Oppi18nError
from oppi18n.server.bodies import body_of, json_of

if TYPE_CHECKING:
    from oppi18n.i18n.localizer import Localizer


def locale_of(request: Request) -> str:
    """The language to answer in: `?lang=`, `Accept-Language`, English."""
    return wish_of(request.query_params.get("lang"), request.headers.get("accept-language"))


def closability(
    questions: Questions, path: str = "/closability", *, locale: Callable[[Request], str] = locale_of
) -> Route:
    """`POST path` with facts, answered like `POST /api/closability` of the service.

    >>> from oppi18n import load_rules
    >>> closability(Questions(load_rules())).path
    '/closability'
    """

    async def answered(request: Request) -> Response:
        localizer = questions.localizer(locale(request))
        try:
            raw = json_of(request, await body_of(request))
            return response(await run_in_threadpool(_answer, questions, raw, localizer))
        except Oppi18nError as error:
            return response(refused(error, localizer))

    return Route(path, answered, methods=["POST"], name="closability")


def _answer(questions: Questions, raw: object, localizer: Localizer) -> Answer:
    return told(questions.closability(raw, localizer), localizer)


def response(answer: Answer) -> Response:
    """An answer as Starlette sends it."""
    return Response(answer.text, answer.status, answer.headers, answer.media_type)
