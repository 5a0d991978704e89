"""The way out: the cheapest declared remedies after which the closing is possible, tried before they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple

from oppi18n.engine.careful import Careful
from oppi18n.rules.kleene import Seq, Unknown

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision, Violation
    from oppi18n.engine.rules import Rules

CLOSED, READY, NEEDS, IMPOSSIBLE = "already-closed", "ready", "needs", "impossible"
MAX_REMEDIES = 12
"""Remedies that are combined; beyond that the search would not end in time, and it says so."""


class Change(NamedTuple):
    """New values of fields of one record."""

    pointer: str
    before: Mapping[str, Any]
    values: Mapping[str, Any]


class Step(NamedTuple):
    """A remedy, applied to all its records at once."""

    remedy: str
    changes: tuple[Change, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Pointers to the records that change."""
        return tuple(change.pointer for change in self.changes)


class Plan(NamedTuple):
    """What to do, in order, before the closing.

    `status` is ready (the steps, then the closing), needs (only values that a person must choose are missing or
    wrong: `needs` has their pointers), impossible (`remaining` says which violations no remedy takes away), or
    already-closed. `decision` is the one after the steps, `record` the facts after them.
    """

    status: str
    steps: tuple[Step, ...]
    cost: int
    needs: tuple[str, ...]
    remaining: tuple[Violation, ...]
    decision: Decision
    record: Mapping[str, Any]


class Undecided(NamedTuple):
    """A remedy cannot be applied, because data is missing: the pointers of what is."""

    needs: tuple[str, ...]


class Planner:
    """Finds plans for one ruleset, on one day."""

    def __init__(self, rules: Rules, *, today: date, deployment: str | None = None) -> None:
        self.rules = rules
        self.today = today
        self.deployment = deployment
        self.careful = Careful(rules)

    def plan(self, facts: Any, request: Any) -> Plan:
        """The cheapest plan for a closing.

        Plans are tried from the cheapest on; the first after which the rules say closable is the one. Costs add up
        per remedy; equal ones go by the order of declaration.
        """
        record, asked = self.careful.checked(facts, getattr(facts, "record", facts), request)
        start = self.decide(record, asked)
        if is_closed(record, self.rules):
            return Plan(CLOSED, (), 0, (), start.violations, start, record)
        best: Plan | None = None
        for cost, steps, changed, needs in self._tries(record, asked):
            decision = self.decide(changed, asked)
            found = self._judge(steps, cost, needs, decision, changed)
            if found.status == READY:
                return found
            if best is None or _rank(found) < _rank(best):
                best = found
        assert best is not None
        return best

    def decide(self, record: Any, request: Any) -> Decision:
        """The decision on a day and in a deployment."""
        return self.rules.evaluate(record, today=self.today, request=request, deployment=self.deployment)

    def _tries(
        self, record: dict[str, Any], request: Any
    ) -> Iterator[tuple[int, tuple[Step, ...], dict[str, Any], tuple[str, ...]]]:
        """Every set of remedies by rising cost, applied."""
        remedies = list(self.rules.plain["remedies"].items())[:MAX_REMEDIES]
        queue: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        while queue:
            cost, chosen = heappop(queue)
            steps, changed, needs = self._applied(record, request, [remedies[number][0] for number in chosen])
            if len(steps) == len(chosen) or needs:
                yield cost, steps, changed, needs
                for number in range((chosen[-1] + 1) if chosen else 0, len(remedies)):
                    heappush(queue, (cost + remedies[number][1][1], (*chosen, number)))

    def _applied(
        self, record: dict[str, Any], request: Any, names: list[str]
    ) -> tuple[tuple[Step, ...], dict[str, Any], tuple[str, ...]]:
        steps: list[Step] = []
        needs: list[str] = []
        for name in names:
            found = self.apply(record, request, name)
            if isinstance(found, Undecided):
                needs += found.needs
            elif found[0].changes:
                steps.append(found[0])
                record = found[1]
        return tuple(steps), record, tuple(needs)

    def apply(self, record: dict[str, Any], request: Any, remedy: str) -> tuple[Step, dict[str, Any]] | Undecided:
        """A remedy applied to all its records; `Undecided` if which records, or which values, is not known."""
        each, functions = self.careful.bound(record, request, self.today).remedies[remedy]
        found = each()
        if type(found) is Unknown:
            return Undecided(tuple(sorted(found.paths)))
        if type(found) is not Seq or found.missing is not None:
            return Undecided(tuple(sorted(found.missing or ())))
        changes: list[Change] = []
        needs: set[str] = set()
        for item in found.items:
            values = {field: function(item) for field, function in functions}
            gone = [value for value in values.values() if type(value) is Unknown]
            needs.update(path for value in gone for path in value.paths)
            changes.append(Change(item.pointer, {field: item.data.get(field) for field in values}, values))
        if needs:
            return Undecided(tuple(sorted(needs)))
        return Step(remedy, tuple(changes)), changed(record, changes)

    def _judge(
        self, steps: tuple[Step, ...], cost: int, needs: tuple[str, ...], decision: Decision, record: dict[str, Any]
    ) -> Plan:
        remaining = tuple(each for each in decision.violations if each.severity == "error")
        if decision and not needs:
            return Plan(READY, steps, cost, (), (), decision, record)
        asked = f"/{self.rules.model.request}/"
        entered = [pointer for each in remaining for pointer in each.pointers]
        mendable = all(each.pointers and all(p.startswith(asked) for p in each.pointers) for each in remaining)
        wanted = tuple(dict.fromkeys([*needs, *(need.pointer for need in decision.needs), *entered]))
        status = NEEDS if mendable and wanted else IMPOSSIBLE
        return Plan(status, steps, cost, wanted if status == NEEDS else (), remaining, decision, record)


def _rank(plan: Plan) -> tuple[int, int, int]:
    return (0 if plan.status == NEEDS else 1, len(plan.remaining) + len(plan.needs), plan.cost)


def is_closed(record: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the opportunity is won or lost already."""
    return record[rules.model.root].get("state") in ("won", "lost")


def changed(record: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The records with changes made; what does not change is shared, nothing is written to.

    >>> changed({"opportunity": {"quotes": [{"state": "active"}]}},
    ...         [Change("/opportunity/quotes/0", {}, {"state": "closed"})])
    {'opportunity': {'quotes': [{'state': 'closed'}]}}
    """
    result = dict(record)
    lists: dict[tuple[str, str], list[Any]] = {}
    for change in changes:
        root, *rest = change.pointer.split("/")[1:]
        if result[root] is record.get(root):
            result[root] = dict(result[root])
        if not rest:
            result[root].update(change.values)
            continue
        name, position = rest
        if (root, name) not in lists:
            lists[root, name] = result[root][name] = list(result[root][name])
        items = lists[root, name]
        items[int(position)] = {**items[int(position)], **change.values}
    return result
