"""The official CEL judges the cases it is given on the standard input; started by `_peers.py`.

The first line holds the facts of all cases; the answer is the failing rules of each. Every further line is a number of
times to judge them all; the answer is how many nanoseconds of processor time that took.
"""

from __future__ import annotations

import json
import os
import sys
from time import process_time_ns
from typing import Any

from cel_expr_python import cel

RULES = {
    "opportunity-open": "opportunity.state != 'open'",
    "no-active-quotes": "opportunity.quotes.exists(q, q.state == 'active')",
    "drafts-closed-as-well": "opportunity.state == 'open' && opportunity.quotes.exists(q, q.state == 'draft')",
    "outcome-chosen": "close.outcome == null",
    "status-reason-present": "close.status_reason == null",
    "status-reason-fits": (
        "close.outcome != null && close.status_reason != null &&"
        " !(close.status_reason in (close.outcome == 'won' ? ['won'] : ['canceled', 'out_sold']))"
    ),
    "close-date-present": "close.date == null",
    "close-date-not-in-future": "close.date != null && close.date > today",
    "close-date-after-creation": (
        "close.date != null && opportunity.created_on != null && close.date < opportunity.created_on"
    ),
    "revenue-present": "close.revenue == null && close.outcome == 'won'",
    "revenue-not-negative": "close.revenue != null && close.revenue < 0.0",
    "revenue-in-range": "close.revenue != null && (close.revenue > 1e12 || close.revenue < -1e12)",
    "revenue-currency": "close.revenue != null && close.currency != null && close.currency != opportunity.currency",
    "competitor-only-when-lost": "close.competitor != null && close.outcome == 'won'",
    "competitor-expected": "close.competitor == null && close.status_reason == 'out_sold'",
    "won-without-won-quote": (
        "close.outcome == 'won' && size(opportunity.quotes) > 0 && !opportunity.quotes.exists(q, q.state == 'won')"
    ),
    "one-won-quote": "opportunity.quotes.filter(q, q.state == 'won').size() > 1",
    "description-length": "close.description != null && size(close.description) > 2000",
}


def main() -> None:
    """Answer until there are no more lines."""
    # The library gives back `None` once too often per null; the interpreter must not run out of it.
    spare = [None] * 10_000_000
    names = ("opportunity", "close", "today")
    environment = cel.NewEnv(variables=dict.fromkeys(names, cel.Type.DYN))
    expression = environment.compile(f"[{', '.join(RULES.values())}]")
    facts: list[dict[str, Any]] = json.loads(sys.stdin.readline())

    def judged(each: dict[str, Any]) -> list[bool]:
        found: list[bool] = expression.eval(data=each).plain_value()
        return found

    answers = [[rule for rule, fails in zip(RULES, judged(each), strict=True) if fails] for each in facts]
    print(json.dumps(answers), flush=True)
    for line in sys.stdin:
        times = int(line)
        start = process_time_ns()
        for _ in range(times):
            for each in facts:
                judged(each)
        print(process_time_ns() - start, flush=True)
    del spare
    os._exit(0)


if __name__ == "__main__":
    main()
