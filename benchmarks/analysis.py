"""Analysing and comparing the shipped rules: seconds, and in proportion to the decisions that it asks of the engine.

Every smallest record is put to the engine, and found to break its rule and no other, before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from _paired import Goal, Row, alone, at_most, by_turns, cpu, spread

from oppi18n import packs
from oppi18n.analysis.analyse import analyse, decided
from oppi18n.analysis.differences import differences
from oppi18n.analysis.subject import Subject, subject_of
from oppi18n.engine.loading import contents_of
from oppi18n.packs import Pack

SECOND: Final = 1_000_000_000
MANY: Final = 100
CONTENTS: Final = list(contents_of([packs.shipped()]))

_RULE: Final = """\
  - id: rule-{number}
    severity: error
    when: has(close.revenue)
    assert: close.revenue <= {number}
    message: "Too much."
"""


def shipped(name: str) -> Subject:
    """A shipped ruleset, understood anew: nothing that was compiled before is there."""
    return subject_of(name, CONTENTS)


def many() -> Subject:
    """A ruleset each of whose rules implies all that come before it."""
    text = "ruleset: many\nmodel: opportunity\nrules:\n" + "".join(_RULE.format(number=n) for n in range(MANY))
    return subject_of("many", [*CONTENTS, (Pack("own", "/own", None, "en"), "rules/many.yaml", text.encode())])


def changed() -> Subject:
    """The shipped rules with one condition changed."""
    old, new = b"assert: close.date <= today", b"assert: close.date < today"
    return subject_of("close-opportunity", [(pack, path, data.replace(old, new)) for pack, path, data in CONTENTS])


def agree(subject: Subject) -> Callable[[], object]:
    """Stop unless every smallest record breaks exactly its rule; then, asking about them all once."""
    found = [each for report in analyse(subject).rules.values() for each in report.smallest]
    for each in found:
        decision = decided(subject, each.example)
        failing = [violation.rule for violation in decision.violations if violation.severity != "info"]
        if not set(failing) <= {each.rule} or each.rule not in [violation.rule for violation in decision.violations]:
            raise SystemExit(f"the smallest record of {each.rule} breaks {failing}")
    return lambda: [decided(subject, each.example) for each in found]


def rows(rounds: int) -> Iterator[Row]:
    """The shipped rulesets, a long one, and a comparison."""
    work: dict[str, tuple[Callable[[], object], Goal]] = {
        "analyse close-opportunity": (lambda: analyse(shipped("close-opportunity")), at_most(3)),
        "analyse close-quotes": (lambda: analyse(shipped("close-quotes")), at_most(1)),
        f"analyse {MANY} rules that imply one another": (lambda: analyse(many()), at_most(5)),
        "compare close-opportunity with a change of it": (
            lambda: differences(shipped("close-opportunity"), changed()),
            at_most(1),
        ),
    }
    ask = agree(shipped("close-opportunity"))
    states = sum(report.states for report in analyse(shipped("close-opportunity")).rules.values())
    times = by_turns(
        {"ask": partial(cpu, ask, 20), **{name: partial(cpu, run) for name, (run, _) in work.items()}}, rounds
    )
    for name, (_, goal) in work.items():
        yield Row(name, "the clock", spread([each / SECOND for each in times.found[name]]), goal, unit="s")
    asked = sum(len(report.smallest) for report in analyse(shipped("close-opportunity")).rules.values())
    ratio = times.over("analyse close-opportunity", "ask").scaled(20 * asked / states)
    yield Row(f"analyse, for each of {states:,} states", "a decision with all rules", ratio)


if __name__ == "__main__":
    alone(rows)
