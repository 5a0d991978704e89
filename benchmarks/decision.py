"""One decision in process, against the same rules written by hand in Python and given to other libraries.

The answers are compared before anything is timed: rules, values and pointers with those by hand, rules with the peers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from _by_hand import Bare, Found, idiomatic, in_full, tuned
from _paired import Goal, Row, alone, at_least, at_most, by_turns, cpu
from _peers import PEERS, UNCOUNTED, Peer
from _records import TODAY, Case, cases

from oppi18n import load_rules
from oppi18n.engine.decision import Money, RecordValue
from oppi18n.engine.rules import Rules

COUNT: Final = 64
"""Cases that are judged in turn."""
GOALS: Final[dict[int, tuple[Goal, Goal | None]]] = {
    0: (at_most(1.15), None),
    1: (at_most(1.15), None),
    2: (at_most(1.15), None),
    3: (at_most(1.15), at_most(1.7)),
    30: (at_most(1.05), at_most(1.25)),
    300: (at_most(1.05), at_most(1.1)),
}
"""Quotes → what is wanted of the compiled function and of `evaluate()`, relative to the tuned function."""
KINDS: Final = dict.fromkeys(GOALS, ("clean", "mixed")) | {3: ("clean", "mixed", "sparse")}
PEER_GOALS: Final = {"zen-engine": at_least(10), "pydantic": at_least(10), "CEL (C++)": at_least(20)}


def quanta(rules: Rules) -> dict[str, Decimal]:
    """The smallest amount of each currency whose is not a cent."""
    return {code: Decimal(1).scaleb(-digits) for code, digits in rules.model.digits.items()}


def contenders(rules: Rules, found: list[Case]) -> dict[str, Callable[[], object]]:
    """Name → one decision about every case."""
    smallest = quanta(rules)
    closing, evaluate = rules._closing, rules.evaluate
    facts = [({"opportunity": opportunity}, close) for opportunity, close in found]

    def everything() -> list[Any]:
        decisions = [evaluate(each, today=TODAY, request=close) for each, close in facts]
        return [(each.rule, each.params, each.pointers) for made in decisions for each in made.violations]

    return {
        "tuned": lambda: [tuned(opportunity, close, TODAY, smallest) for opportunity, close in found],
        "tuned, in full": lambda: [in_full(tuned(each, close, TODAY, smallest)) for each, close in found],
        "idiomatic": lambda: [idiomatic(opportunity, close, TODAY, smallest) for opportunity, close in found],
        "compiled": lambda: [closing(opportunity, close, TODAY, None) for opportunity, close in found],
        "evaluate()": lambda: [evaluate(each, today=TODAY, request=close) for each, close in facts],
        "everything read": everything,
    }


def agree(rules: Rules, found: list[Case]) -> None:
    """Stop unless the compiled function, `evaluate()` and both by hand say the same of every case."""
    smallest = quanta(rules)
    for opportunity, close in found:
        decision = rules.evaluate({"opportunity": opportunity}, today=TODAY, request=close)
        ours = [(each.rule, _plain(each.params), list(each.pointers)) for each in decision.violations]
        bare = tuned(opportunity, close, TODAY, smallest)
        for name, theirs in {
            "tuned": in_full(bare),
            "idiomatic": idiomatic(opportunity, close, TODAY, smallest),
        }.items():
            if ours != theirs or (decision.verdict == "blocked") != _blocks(rules, theirs):
                raise SystemExit(f"{name} disagrees about {opportunity} {close}:\n{ours}\n{theirs}")
        if _bare(rules, opportunity, close) != bare:
            raise SystemExit(f"the compiled function disagrees about {opportunity} {close}")


def _bare(rules: Rules, opportunity: dict[str, Any], close: dict[str, Any]) -> list[Bare]:
    """What the compiled function says, with rules by name and quotes by what names them."""
    found = []
    for number, hits, values in sorted(rules._closing(opportunity, close, TODAY, None), key=itemgetter(0)):
        info = rules.infos[number]
        plain = tuple(
            [_shown(dict(zip(kind.shown, each, strict=True))) for each in value] if isinstance(value, list) else value
            for kind, value in zip(info.params, values, strict=True)
        )
        found.append((info.id, hits, plain))
    return found


def _shown(record: dict[str, Any]) -> tuple[Any, ...]:
    return record["number"] or "", record["revision"] or 0, record["id"], record["name"]


def _blocks(rules: Rules, found: list[Found]) -> bool:
    severities = {info.id: info.severity for info in rules.infos}
    return any(severities[rule] == "error" for rule, _, _ in found)


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in params.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Money):
        return tuple(value)
    if isinstance(value, RecordValue):
        return _shown(dict(value.values))
    return [_plain_value(each) for each in value] if isinstance(value, tuple) else value


def by_hand(rules: Rules, quotes: int, kind: str, rounds: int) -> Iterator[Row]:
    """Against hand-written Python."""
    found = cases(quotes, COUNT, kind)
    agree(rules, found)
    # Many short rounds: what disturbs one leaves its neighbours alone.
    times = max(1, 60 // (quotes + 5))
    every = contenders(rules, found)
    measured = by_turns({name: lambda run=run: cpu(run, times) for name, run in every.items()}, 5 * rounds)  # type: ignore[misc]
    shown = f"{quotes} quotes, {kind}"
    bare, public = GOALS[quotes] if kind != "sparse" else (None, None)
    yield Row(f"compiled, {shown}", "tuned by hand", measured.over("compiled", "tuned"), bare)
    yield Row(f"evaluate(), {shown}", "tuned by hand", measured.over("evaluate()", "tuned"), public)
    if quotes == 3:
        yield Row(f"evaluate(), {shown}", "idiomatic by hand", measured.over("evaluate()", "idiomatic"))
    if kind == "mixed" and quotes == 3:
        ratio = measured.over("everything read", "tuned, in full")
        yield Row(f"evaluate(), all read, {shown}", "tuned by hand", ratio)


def against(name: str, rules: Rules, rounds: int) -> Iterator[Row]:
    """Against another library: its time over that of `evaluate()` and of the tuned function, on mixed records."""
    found = cases(3, COUNT, "mixed")
    shown, goal = "3 quotes, mixed", PEER_GOALS[name]
    try:
        peer = PEERS[name](found)
    except ImportError as error:
        note = f"{error.name or error} is not installed"
        yield Row(f"evaluate(), {shown}", f"{name}: times as fast", None, goal, note=note)
        return
    agree_with(name, peer, rules, found)
    every = contenders(rules, found)
    measured = by_turns(
        {
            name: lambda: peer.timer(4),
            "evaluate()": lambda: cpu(every["evaluate()"], 40),
            "tuned": lambda: cpu(every["tuned"], 40),
        },
        rounds,
    )
    yield Row(f"evaluate(), {shown}", f"{name}: times as fast", measured.over(name, "evaluate()").scaled(10), goal)
    yield Row(f"tuned by hand, {shown}", f"{name}: times as fast", measured.over(name, "tuned").scaled(10))


def agree_with(name: str, peer: Peer, rules: Rules, found: list[Case]) -> None:
    """Stop unless a library names the same rules of every case."""
    for (opportunity, close), theirs in zip(found, peer.answers, strict=True):
        decision = rules.evaluate({"opportunity": opportunity}, today=TODAY, request=close)
        ours = [each.rule for each in decision.violations if not (peer.uncounted and each.rule == UNCOUNTED)]
        if ours != theirs:
            raise SystemExit(f"{name} disagrees about {opportunity} {close}: {ours} {theirs}")


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    rules = load_rules("close-opportunity")
    for quotes, kinds in KINDS.items():
        for kind in kinds:
            yield from by_hand(rules, quotes, kind, rounds)
    for name in PEERS:
        yield from against(name, rules, rounds)


if __name__ == "__main__":
    alone(rows)
