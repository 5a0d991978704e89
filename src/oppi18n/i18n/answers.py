"""Decisions as machine output: the same in every language, save for messages and labels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oppi18n.engine.decision import Money, RecordValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.engine.decision import Decision, Violation
    from oppi18n.errors import Oppi18nError
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.facts import Facts

VERSION = 1
"""The version of the envelope."""


def text_of(value: object) -> str:
    """JSON text, not escaped beyond need, keys as they come; decimals are numbers with all their digits."""
    return _text(value, indent=2)


def line_of(value: object) -> str:
    """JSON text on one line."""
    return _text(value, separators=(",", ":"))


def _text(value: object, **layout: Any) -> str:
    import json
    import os

    # The standard library writes no decimals: they go in as texts with a mark that nobody can guess.
    mark = os.urandom(16).hex()
    text = json.dumps(value, ensure_ascii=False, default=lambda found: f"{mark}{_digits(found)}{mark}", **layout)
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "") if mark in text else text


def _digits(found: object) -> str:
    if not isinstance(found, Decimal):
        raise TypeError(type(found).__name__)
    return f"{found:f}"


def scalar(value: Any) -> Any:
    """A value as JSON has it: decimals and dates as text, records by number or id."""
    if isinstance(value, Money):
        return scalar(value.amount)
    if isinstance(value, RecordValue):
        return value.key
    if isinstance(value, (tuple, list)):
        return [scalar(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def result(facts: Facts, decision: Decision, localizer: Localizer, request_name: str) -> dict[str, Any]:
    """The result of one opportunity."""
    return {
        "source": facts.source,
        "opportunity": facts.id,
        "verdict": decision.verdict,
        "violations": [violation(each, decision, localizer) for each in decision.violations],
        "unknown": [{"rule": each.rule, "error": each.error} for each in decision.unknown],
        "pending": list(decision.pending),
        "needs": [{"pointer": each.pointer, "rules": list(each.rules)} for each in decision.needs],
        "defaults": {f"/{request_name}/{name}": scalar(value) for name, value in decision.defaults.items()},
    }


def violation(each: Violation, decision: Decision, localizer: Localizer) -> dict[str, Any]:
    """A violation with its message."""
    text = localizer.violation(each)
    return {
        "rule": each.rule,
        "severity": each.severity,
        "message": text.text,
        "locale": text.locale,
        "params": {name: scalar(value) for name, value in each.params.items()},
        "partial": each.partial,
        "pointers": list(each.pointers),
        "source_pointers": [decision.source_pointer(pointer) for pointer in each.pointers],
        "dataverse": each.dataverse,
        "remedies": list(each.remedies),
    }


def errors(error: Oppi18nError, source: str, localizer: Localizer) -> list[dict[str, Any]]:
    """What is wrong with a file: one entry per problem."""
    problems = getattr(error, "problems", None)
    if problems is None:
        return [_error(source, error.code, localizer.error(error).text)]
    found = getattr(error, "source", "") or source
    return [
        _error(found, each.code, localizer.error(each).text, each.pointer, each.line, each.column) for each in problems
    ]


def _error(source: str, code: str, message: str, pointer: str = "", line: int = 0, column: int = 0) -> dict[str, Any]:
    entry: dict[str, Any] = {"source": source, "code": code, "message": message}
    if pointer:
        entry["pointer"] = pointer
    if line:
        entry.update(line=line, column=column)
    return entry


def envelope(kind: str, head: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    """The envelope around every machine answer."""
    return {"oppi18n": VERSION, "kind": kind, **head, **rest}
