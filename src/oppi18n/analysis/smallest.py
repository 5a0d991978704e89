"""The smallest record on which exactly one rule fails, for each form of what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from oppi18n.analysis.inquiry import Inquiry
from oppi18n.analysis.judges import Form, Judge, forms_of
from oppi18n.analysis.results import SEARCH_ENDED, NotAnalysed, Smallest
from oppi18n.analysis.search import Completion, Search, Weight
from oppi18n.engine.tracing import FAILS

STATES: Final = 400
"""States of the rule that are completed in vain before the best completion so far is taken."""
SPENT: Final = 40_000
"""Choices that are looked at for one rule; as many more once, before it is noticed."""
BOTHER: Final = ("error", "warning")
"""Severities whose rules should pass on a smallest record; what is only a note may be said with anything."""


class Smallests:
    """The smallest records of one rule."""

    def __init__(self, inquiry: Inquiry, rule: str, implying: Collection[str] = ()) -> None:
        self.inquiry = inquiry
        self.judge = inquiry.judges[rule]
        # Rules that are known to fail wherever this one does need not be looked around.
        self.least = sum(each.rule.id in implying for each in bothersome(inquiry.judges.values(), self.judge))
        self.search = Search(inquiry.domains, bothersome(inquiry.judges.values(), self.judge))
        self.not_analysed: list[NotAnalysed] = []
        self.found = tuple(self._found())

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms of the rule's message."""
        return forms_of(self.inquiry.subject.alone(self.judge.rule).infos[0])

    def _found(self) -> Iterator[Smallest]:
        for form in self.forms:
            best = self._best(form)
            if best is not None:
                yield self._told(form, *best)

    def _best(self, form: Form) -> tuple[Completion, Weight] | None:
        table = self.inquiry.table(self.judge.rule.id)
        best: tuple[Completion, Weight] | None = None
        whole = True
        for number, state in enumerate(each for each in table.having(FAILS) if each.outcome.form == form):
            if best is not None and best[1] <= Weight(failing=self.least, size=state.cost):
                break
            if best is not None and (number >= STATES or self.search.spent >= SPENT):
                whole = False
                break
            found = self.search.completed(table.sketch(state))
            weight = found.weight.plus(Weight(size=state.cost))
            whole = whole and found.whole
            if best is None or weight < best[1]:
                best = found, weight
        if best is not None and best[1].failing > self.least and not whole:
            self.not_analysed.append(NotAnalysed("alone", (self.judge.rule.id,), SEARCH_ENDED))
        return best

    def _told(self, form: Form, found: Completion, weight: Weight) -> Smallest:
        """The record, and what the whole ruleset says of it."""
        drawn = self.inquiry.drawing.drawn(found.sketch, asked=self.judge.asks)
        rules = self.inquiry.subject.whole(drawn.settings)
        decision = rules.evaluate(drawn.facts, request=drawn.request, today=drawn.today, deployment=drawn.deployment)
        rule = self.judge.rule.id
        others = tuple(each.rule for each in decision.violations if each.severity in BOTHER and each.rule != rule)
        unknown = tuple(each.rule for each in decision.unknown)
        return Smallest(
            rule, form, self.inquiry.example(found.sketch, asked=self.judge.asks), others, unknown, weight.size
        )


def bothersome(judges: Iterable[Judge], judge: Judge) -> list[Judge]:
    """The other rules that should not fail beside a rule, as far as they are asked at all."""
    return [
        each for each in judges if each is not judge and each.rule.severity in BOTHER and (judge.asks or not each.asks)
    ]
