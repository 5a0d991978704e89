"""Other libraries judge the same records by the same rules: each in the form in which it is fastest.

They say which rules fail, and no more. Dates and amounts are handed to the engines as the numbers that they understand,
converted before the time is taken. Digits after the point, which neither can count, are left to the others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from _paired import cpu
from _records import TODAY, Case

UNCOUNTED = "revenue-precision"
OPTIONAL = ("created_on", "currency")


class Peer(NamedTuple):
    """A library that takes part: what it says of each case, and a timer of saying it so many times."""

    answers: list[list[str]]
    timer: Callable[[int], int]
    uncounted: bool = False


def facts_of(case: Case) -> dict[str, Any]:
    """A case in numbers, texts and nulls, nothing left out."""
    opportunity = dict.fromkeys(OPTIONAL) | case.opportunity
    quotes = [_plain(quote) for quote in opportunity.pop("quotes")]
    record = {**_plain(opportunity), "quotes": quotes}
    return {"opportunity": record, "close": _plain(case.close), "today": TODAY.toordinal()}


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) for name, value in record.items()}


def _number(value: Any) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    return float(value) if isinstance(value, Decimal) else value


def failing(rules: list[str], verdicts: list[bool]) -> list[str]:
    """The rules of which it is true that they fail."""
    return [rule for rule, fails in zip(rules, verdicts, strict=True) if fails]


# ---- zen-engine ----

ZEN = {
    "opportunity-open": 'opportunity.state != "open"',
    "no-active-quotes": 'some(opportunity.quotes, #.state == "active")',
    "drafts-closed-as-well": 'opportunity.state == "open" and some(opportunity.quotes, #.state == "draft")',
    "outcome-chosen": "close.outcome == null",
    "status-reason-present": "close.status_reason == null",
    "status-reason-fits": (
        "close.outcome != null and close.status_reason != null and"
        ' not (close.status_reason in (close.outcome == "won" ? ["won"] : ["canceled", "out_sold"]))'
    ),
    "close-date-present": "close.date == null",
    "close-date-not-in-future": "close.date != null and close.date > today",
    "close-date-after-creation": (
        "close.date != null and opportunity.created_on != null and close.date < opportunity.created_on"
    ),
    "revenue-present": 'close.revenue == null and close.outcome == "won"',
    "revenue-not-negative": "close.revenue != null and close.revenue < 0",
    "revenue-in-range": "close.revenue != null and (close.revenue > 1000000000000 or close.revenue < -1000000000000)",
    "revenue-currency": ("close.revenue != null and close.currency != null and close.currency != opportunity.currency"),
    "competitor-only-when-lost": 'close.competitor != null and close.outcome == "won"',
    "competitor-expected": 'close.competitor == null and close.status_reason == "out_sold"',
    "won-without-won-quote": (
        'close.outcome == "won" and len(opportunity.quotes) > 0 and not some(opportunity.quotes, #.state == "won")'
    ),
    "one-won-quote": 'count(opportunity.quotes, #.state == "won") > 1',
    "description-length": "close.description != null and len(close.description) > 2000",
}


def zen(cases: list[Case]) -> Peer:
    """GoRules' engine in Rust: all rules as one compiled expression, which is its fastest form by far."""
    import zen as engine

    expression = engine.compile_expression(f"[{', '.join(ZEN.values())}]")
    facts = [facts_of(case) for case in cases]
    evaluate = expression.evaluate
    answers = [failing(list(ZEN), evaluate(each)) for each in facts]
    return Peer(answers, lambda times: cpu(lambda: [evaluate(each) for each in facts], times), uncounted=True)


# ---- CEL in C++ ----


def cel(cases: list[Case]) -> Peer:
    """The official CEL in C++, all rules as one expression, in a child process: it wears out the `None` of its own."""
    from importlib.util import find_spec

    if find_spec("cel_expr_python") is None:
        raise ImportError("cel_expr_python")
    path = os.fspath(Path(__file__).with_name("_cel.py"))
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, path], stdin=pipe, stdout=pipe, text=True, encoding="utf-8")

    def ask(question: object) -> Any:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(question) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())

    return Peer(ask([facts_of(case) for case in cases]), ask, uncounted=True)


# ---- Pydantic ----


def pydantic(cases: list[Case]) -> Peer:
    """Models whose validators say which rules fail: what a Python service would write that has Pydantic anyway."""
    from _pydantic import Closing

    facts = [{"opportunity": case.opportunity, "close": case.close, "today": TODAY} for case in cases]
    validate = Closing.model_validate
    answers = [validate(each).failing for each in facts]
    return Peer(answers, lambda times: cpu(lambda: [validate(each) for each in facts], times))


PEERS: dict[str, Callable[[list[Case]], Peer]] = {"zen-engine": zen, "pydantic": pydantic, "CEL (C++)": cel}
