"""One decision in process, in proportion to the same rules written by hand in Python.

Run `python benchmarks/decision.py [rounds]`. The answers (rules, values, pointers) are compared before anything is timed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from _by_hand import Found, idiomatic, tuned
from _paired import cpu, pin, spreads, table
from _records import TODAY, Case, cases

from oppi18n import load_rules
from oppi18n.engine.decision import Decision, Money, RecordValue
from oppi18n.engine.rules import Rules

SIZES: Final = (0, 1, 3, 30, 300)
ROUNDS: Final = 15
CASES: Final = 64


def contenders(rules: Rules) -> dict[str, Callable[[list[Case]], object]]:
    """Name → one decision about every case."""
    digits = rules.model.digits
    closing, evaluate = rules._closing, rules.evaluate
    return {
        "tuned by hand": lambda found: [tuned(opportunity, close, TODAY, digits) for opportunity, close in found],
        "idiomatic": lambda found: [idiomatic(opportunity, close, TODAY, digits) for opportunity, close in found],
        "compiled": lambda found: [closing(opportunity, close, TODAY, None) for opportunity, close in found],
        "evaluate()": lambda found: [
            evaluate({"opportunity": opportunity}, today=TODAY, request=close) for opportunity, close in found
        ],
    }


def agree(rules: Rules, found: list[Case]) -> None:
    """Stop unless all contenders say the same of every case."""
    for opportunity, close in found:
        decision = rules.evaluate({"opportunity": opportunity}, today=TODAY, request=close)
        ours = [(each.rule, _plain(each.params), list(each.pointers)) for each in decision.violations]
        for peer in (tuned, idiomatic):
            theirs = peer(opportunity, close, TODAY, rules.model.digits)
            if ours != theirs or _blocked(decision) != _blocks(rules, theirs):
                raise SystemExit(f"{peer.__name__} disagrees about {opportunity} {close}:\n{ours}\n{theirs}")
        bare = [rules.infos[each[0]].id for each in rules._closing(opportunity, close, TODAY, None)]
        if bare != [rule for rule, _, _ in ours]:
            raise SystemExit(f"the compiled function disagrees about {opportunity} {close}: {bare}")


def _blocked(decision: Decision) -> bool:
    return decision.verdict == "blocked"


def _blocks(rules: Rules, found: list[Found]) -> bool:
    severities = {info.id: info.severity for info in rules.infos}
    return any(severities[rule] == "error" for rule, _, _ in found)


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in params.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Money):
        return tuple(value)
    if isinstance(value, RecordValue):
        return value.values["number"] or "", value.values["revision"] or 0, value.values["id"]
    if isinstance(value, tuple):
        return [_plain_value(each) for each in value]
    return value


def measure(rules: Rules, quotes: int, *, clean: bool, rounds: int) -> list[str]:
    """One row of the table."""
    found = cases(quotes, CASES, clean=clean)
    agree(rules, found)
    times = max(1, 200 // (quotes + 5))
    every = contenders(rules)
    timers = {name: lambda run=run: cpu(lambda: run(found), times) for name, run in every.items()}  # type: ignore[misc]
    ratios = spreads(timers, "tuned by hand", rounds)
    return [
        f"{quotes} {'clean' if clean else 'mixed'}",
        *(str(ratios[name]) for name in every if name != "tuned by hand"),
    ]


def report(rounds: int = ROUNDS) -> str:
    """The table."""
    pin()
    rules = load_rules("close-opportunity")
    rows = [measure(rules, size, clean=clean, rounds=rounds) for size in SIZES for clean in (True, False)]
    title = "One decision, relative to one tuned function by hand (processor time)"
    return table(title, ["quotes", "idiomatic", "compiled", "evaluate()"], rows)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
