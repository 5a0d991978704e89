"""One expression is worked out over given facts, and the answer is plain JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n.diagnostics import Diagnostic, Span
from oppi18n.errors import TEXTS
from oppi18n.model.facts import DataError, Problem, checked
from oppi18n.model.schema import Model
from oppi18n.model.values import INT_MAX, INT_MIN, NOT_LOADED, shown
from oppi18n.rules.checker import check
from oppi18n.rules.environment import Environment
from oppi18n.rules.kleene import select
from oppi18n.rules.lexer import Fault
from oppi18n.rules.outcomes import Rec, Unknown, missing, plain, record_shape
from oppi18n.rules.parser import parse
from oppi18n.rules.references import advice
from oppi18n.targets.python import value_of

MAX_NESTING: Final = 32
PLACE: Final = "<expression>"
"""What diagnostics of the expression name as their file."""


class Answer(NamedTuple):
    """What an expression came to; exactly one of these holds.

    `diagnostics`: the expression is wrong (render them with the expression as the text). `error`: the evaluation
    failed, with this code. `unknown`: JSON Pointers of the facts that are missing for a value. Else: `value`, as JSON.
    """

    value: object = None
    unknown: tuple[str, ...] = ()
    error: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not (self.unknown or self.error or self.diagnostics)

    @property
    def json(self) -> object:
        """The value; or `{"unknown": [pointer, …]}`; or `{"error": {"code": …, "message": …}}`.

        The error of a wrong expression has `line` and `column` (characters, from 1), a `hint` if there is one, and
        under `more` what else is wrong.
        """
        if self.diagnostics:
            first, *rest = (_told(each) for each in self.diagnostics)
            return {"error": {**first, "more": rest} if rest else first}
        if self.error:
            return {"error": {"code": self.error, "message": TEXTS[f"value-{self.error}"]}}
        return {"unknown": list(self.unknown)} if self.unknown else self.value


def _told(diagnostic: Diagnostic) -> dict[str, object]:
    place = {"line": diagnostic.span.line, "column": diagnostic.span.column}
    told: dict[str, object] = {"code": diagnostic.code, "message": diagnostic.message, **place}
    return {**told, "hint": str(diagnostic.hint)} if diagnostic.hint else told


def calculate(expression: str, facts: object, *, model: Model | None = None, today: date | None = None) -> Answer:
    """The value of one expression over facts.

    Without a model the facts are a JSON object: its members are the names, its whole numbers are ints, numbers with
    a fraction are doubles, null stays null, as in CEL. With a model they are one opportunity in the model's shape.

    In the answer decimals and dates are strings; ints stay ints beyond 2^53 too; a double that is infinite or not a
    number is the error `not-finite`. Facts that are no JSON, or do not fit the model, raise a `DataError`.

    >>> calculate("quotes.exists(q, q.amount > 10)", {"quotes": [{"amount": 12}]}).json
    True
    >>> calculate("quotes.size() > limit", {"quotes": []}).json
    {'unknown': ['/limit']}
    >>> calculate("1 / 0", {}).json
    {'error': {'code': 'division-by-zero', 'message': 'a number was divided by zero'}}
    """
    try:
        tree, findings = check(parse(expression), Environment(model))
    except Fault as fault:
        return Answer(diagnostics=(Diagnostic(fault.code, _span(expression, fault.start, fault.end), fault.params),))
    if findings:
        return Answer(
            diagnostics=tuple(
                Diagnostic(each.code, _span(expression, each.start, each.end), each.params, advice(each))
                for each in findings
            )
        )
    root = _plain_roots(facts) if model is None else _roots(model, facts, today)
    return _answer(value_of(tree, root, digits=model.digits if model else None))


def _span(expression: str, start: int, end: int) -> Span:
    line, column = _position(expression, start)
    return Span(PLACE, line, column, *_position(expression, end))


def _position(expression: str, offset: int) -> tuple[int, int]:
    before = expression[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _plain_roots(facts: object) -> Callable[[str], Any]:
    if not isinstance(facts, Mapping):
        raise DataError((Problem("wrong-type", "", {"expected": "object", "found": shown(facts)}),))
    record = Rec(_json(facts, "", 0), "", None)
    return lambda name: select(record, name)


def _roots(model: Model, facts: object, today: date | None) -> Callable[[str], Any]:
    found: dict[str, Any] = {
        name: Rec(record, f"/{name}", record_shape(model, name)) for name, record in checked(model, facts).items()
    }
    if today is not None:
        found["today"] = today
    return lambda name: found[name] if name in found else missing(f"/{name}")


def _json(value: object, pointer: str, depth: int) -> Any:
    """Facts as CEL sees them; every other object than JSON has is a problem."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return _fit(value, INT_MIN <= value <= INT_MAX, "int", pointer)
    if isinstance(value, (float, Decimal)):
        return _fit(float(value), math.isfinite(float(value)), "double", pointer)
    if depth >= MAX_NESTING:
        raise DataError((Problem("too-deep", pointer, {"limit": MAX_NESTING}),))
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: _json(each, f"{pointer}/{name}", depth + 1) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(each, f"{pointer}/{index}", depth + 1) for index, each in enumerate(value)]
    raise DataError((Problem("wrong-type", pointer, {"expected": "JSON", "found": shown(value)}),))


def _fit(value: float, fits: bool, expected: str, pointer: str) -> float:
    if fits:
        return value
    raise DataError((Problem("wrong-value", pointer, {"expected": expected, "found": shown(value)}),))


class _NotFinite(Exception):
    """JSON has no such number."""


def _answer(value: Any) -> Answer:
    if type(value) is Unknown:
        return Answer(error=value.error) if value.error else Answer(unknown=tuple(sorted(value.paths)))
    try:
        return Answer(_encoded(plain(value)))
    except _NotFinite:
        return Answer(error="not-finite")


def _encoded(value: Any) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        raise _NotFinite
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _encoded(each) for name, each in value.items() if each is not NOT_LOADED}
    if isinstance(value, (list, tuple)):
        return [_encoded(each) for each in value]
    return value
