"""A blueprint for Flask that answers whether an opportunity can be closed, in the language of each request."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from oppi18n.contrib.questions import BODY, Answer, Questions, read_json, refused, told, wish_of
from oppi18n.errors import Oppi18nError


def locale_of() -> str:
    """The language to answer this request in: `?lang=`, `Accept-Language`, English."""
    return wish_of(request.args.get("lang"), request.headers.get("Accept-Language"))


def blueprint(questions: Questions, name: str = "oppi18n", *, locale: Callable[[], str] = locale_of) -> Blueprint:
    """`POST /closability` with facts, answered like `POST /api/closability` of the service.

    An `Oppi18nError` in other views of the blueprint becomes a problem in the reader's language, too.

    >>> from oppi18n import load_rules
    >>> blueprint(Questions(load_rules())).name
    'oppi18n'
    """
    made = Blueprint(name, __name__)

    @made.post("/closability")
    def closability() -> Response:
        localizer = questions.localizer(locale())
        return response(told(questions.closability(body_json(), localizer), localizer))

    @made.errorhandler(Oppi18nError)
    def failed(error: Oppi18nError) -> Response:
        return response(refused(error, questions.localizer(locale())))

    return made


def body_json() -> object:
    """The JSON of this request's body, numbers exact. Raises HttpError, DataError."""
    # One byte more than may be there tells a body that is too large, however long it is.
    return read_json(request.headers.get("Content-Type", ""), request.stream.read(BODY + 1))


def response(answer: Answer) -> Response:
    """An answer as Flask sends it."""
    return Response(answer.text, answer.status, answer.headers, content_type=answer.media_type)
