"""The cheapest plan, and the closing itself, in proportion to one call of `evaluate()` about the same facts.

A plan reads its facts, judges them, tries what helps and judges again, so it costs several evaluations; what counts is
that it grows no faster than the quotes do. Every plan is carried out and judged again before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final

from _paired import Goal, Row, alone, at_most, by_turns, cpu, spread
from _records import TODAY

from oppi18n import load_rules
from oppi18n.closing import close
from oppi18n.engine.rules import Rules
from oppi18n.remedies import READY, Planner, with_changes

GOALS: Final[dict[int, Goal]] = {3: at_most(45), 300: at_most(25), 10_000: at_most(25)}
"""Quotes → how many evaluations a plan or a closing may cost."""
STATES: Final = ("active", "draft", "closed", "won")
REQUEST: Final = {"outcome": "lost", "status_reason": "canceled", "date": TODAY}
SECOND: Final = 1_000_000_000


def facts(quotes: int) -> dict[str, Any]:
    """An opportunity with so many quotes, half of them to be closed."""
    rows = [
        {
            "id": f"5f0c7a52-8e1d-4b0e-9a3b-{number:012}",
            "number": f"QUO-{number:05}",
            "revision": 0,
            "state": STATES[number % 4] if number > 4 else STATES[number % 2],
            "order_type": "project" if number % 3 else "item",
        }
        for number in range(quotes)
    ]
    opened = {"state": "open", "currency": "USD", "created_on": TODAY - timedelta(days=30)}
    return {"opportunity": {"id": "5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a711", **opened, "quotes": rows}}


def contenders(rules: Rules, record: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Name → what is done with the facts."""
    planner = Planner(rules, today=TODAY)
    return {
        "evaluate()": lambda: rules.evaluate(record, today=TODAY, request=REQUEST).verdict,
        "plan()": lambda: planner.plan(record, REQUEST),
        "close()": lambda: close(rules, record, REQUEST, today=TODAY, close_quotes=True),
    }


def agree(rules: Rules, record: dict[str, Any]) -> None:
    """Stop unless the plan, carried out by hand, makes the closing possible, and the closing comes to the same quotes."""
    plan = Planner(rules, today=TODAY).plan(record, REQUEST)
    after = with_changes(record, [change for step in plan.steps for change in step.changes])
    closing = close(rules, record, REQUEST, today=TODAY, close_quotes=True)
    closable = bool(rules.evaluate(after, today=TODAY, request=REQUEST))
    same = closing.record["opportunity"]["quotes"] == after["opportunity"]["quotes"]
    if plan.status != READY or not closable or not closing or not same:
        raise SystemExit(f"the plan for {len(record['opportunity']['quotes'])} quotes does not hold: {plan.status}")


def rows(rounds: int) -> Iterator[Row]:
    """The plan and the closing against one evaluation, and for the most quotes in seconds."""
    rules = load_rules("close-opportunity")
    for quotes, goal in GOALS.items():
        record = facts(quotes)
        agree(rules, record)
        times = max(1, 600 // quotes)
        every = contenders(rules, record)
        measured = by_turns({name: partial(cpu, run, times) for name, run in every.items()}, rounds)
        shown = f"{quotes:,} quotes"
        yield Row(f"plan(), {shown}", "evaluate()", measured.over("plan()", "evaluate()"), goal)
        yield Row(f"close(), {shown}", "evaluate()", measured.over("close()", "evaluate()"), goal)
    for name in ("plan()", "close()"):
        seconds = spread([each / SECOND for each in measured.found[name]])
        yield Row(f"{name}, {shown}", "the clock", seconds, at_most(1), unit="s")


if __name__ == "__main__":
    alone(rows)
