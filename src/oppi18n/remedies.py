"""The way out: the cheapest declared remedies after which the closing is possible, tried before they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.engine.careful import Careful
from oppi18n.engine.decision import CLOSABLE, Need
from oppi18n.engine.rules import record_of, request_of
from oppi18n.errors import InputError
from oppi18n.model.facts import Facts
from oppi18n.model.values import NOT_LOADED
from oppi18n.rules.kleene import Seq, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oppi18n.engine.decision import Decision, Violation
    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Model, Record
    from oppi18n.rules.kleene import Rec

CLOSED: Final = "already-closed"
READY: Final = "ready"
NEEDS: Final = "needs"
IMPOSSIBLE: Final = "impossible"

OUTCOMES: Final = ("won", "lost")
"""The states of an opportunity that is closed."""

ACTION: Final = "opportunity.close"

UNCHOSEN: Final = Unknown()

MAX_WORK: Final = 200_000
"""Changed values that are looked at while plans are tried, each plan counting for one; then the search stops."""


class Change(NamedTuple):
    """New values of fields of one record; the pointer is in the model's shape."""

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


class Applied(NamedTuple):
    """The records after a remedy; `needs` are pointers to what is missing, or must be chosen, to be sure of them."""

    step: Step
    record: Mapping[str, Any]
    needs: tuple[str, ...]


class Plan(NamedTuple):
    """What to do, in order, before the closing.

    `status` is ready (the steps, then the closing), needs (data is missing or a person has to choose: `needs` says
    what), impossible (`remaining` has the violations that no remedy takes away), or already-closed. `decision` is the
    one after the steps, `record` the facts after them, with the request. If not `complete`, the search was cut short.
    """

    status: str
    steps: tuple[Step, ...]
    cost: int
    needs: tuple[Need, ...]
    remaining: tuple[Violation, ...]
    decision: Decision
    record: Mapping[str, Any]
    complete: bool = True


class Planner:
    """Finds plans for one ruleset, on one day.

    Its records hold the close request too, under the name that the model gives it, if there is one.
    """

    def __init__(self, rules: Rules, *, today: date, deployment: str | None = None) -> None:
        self.rules = rules
        self.today = today
        self.deployment = deployment
        self.careful = Careful(rules)
        self._reasons = {name: tuple(_reasons(each, rules.model)) for name, each in rules.model.records.items()}

    def plan(self, facts: Any, request: Any = None) -> Plan:
        """The cheapest plan for a closing; without a request, for a record on which nothing stands in the way.

        Plans are tried from the cheapest on; the first after which the rules say closable is the one. Costs add up
        per application of a remedy; of equal ones the shorter wins, then the order of declaration.
        """
        record = self.checked(facts, request)
        start = self.decide(facts, record)
        if is_closed(record, self.rules.model):
            return Plan(CLOSED, (), 0, (), start.errors, start, record)
        tries = _Tries(self, record)
        best: Plan | None = None
        for each in tries:
            found = self._judged(each, self.decide(facts, each.record) if each.steps else start)
            if found.status == READY:
                return found
            if best is None or _rank(found) < _rank(best):
                best = found
        assert best is not None
        return best._replace(complete=tries.complete)

    def checked(self, facts: Any, request: Any = None) -> dict[str, Any]:
        """Records and request of any form, in the types of the model; raises DataError with every problem."""
        record, asked = self.careful.checked(facts, record_of(facts), request_of(request))
        return record if asked is None else {**record, self.rules.model.request: asked}

    def completed(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The records with the dialog's defaults in the request, and those defaults."""
        name = self.rules.model.request
        filled, added = self.careful.complete(record, record.get(name), self.today)
        return {**record, name: filled}, added

    def decide(self, facts: Any, record: Mapping[str, Any]) -> Decision:
        """The decision about changed records, which knows the way back to the file of the facts."""
        judged: Any = record
        if type(facts) is Facts:
            judged = Facts(dict(record), source=facts.source, locate=facts.source_pointer)
        return self.rules.evaluate(judged, today=self.today, deployment=self.deployment)

    def apply(self, record: Mapping[str, Any], remedy: str) -> Applied:
        """The records with a remedy applied to all that it is about.

        Raises InputError `unknown-remedy` or `no-remedies`, and `value-…` if its expressions have no value for these records.
        """
        known = self.careful.bound(record, record.get(self.rules.model.request), self.today).remedies
        if not known:
            raise InputError("no-remedies", name=remedy)
        if remedy not in known:
            raise InputError("unknown-remedy", name=remedy, known=tuple(known))
        each, functions = known[remedy]
        found = each()
        _refuse_error(found)
        if type(found) is not Seq:
            return Applied(Step(remedy, ()), record, tuple(sorted(found.paths)))
        needs = set(found.missing or ())
        asked = self.rules.remedies[remedy].ask
        # What a person will choose is not known yet: what depends on it is undecided until then.
        chosen = tuple((name, lambda _: UNCHOSEN) for name in asked if name not in dict(functions))
        changes = []
        for item in found.items:
            if item.pointer.split("/")[1] in record:
                change = self._change(item, (*functions, *chosen), needs)
                if change.values:
                    changes.append(change)
                needs.update(f"{item.pointer}/{name}" for name in asked)
        return Applied(Step(remedy, tuple(changes)), with_changes(record, changes), tuple(sorted(needs)))

    def _change(self, item: Rec, functions: Any, needs: set[str]) -> Change:
        """The new values of one record; what has none, because data is missing, becomes not loaded."""
        kind = kind_of(item.pointer, self.rules.model)
        before: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for name, function in functions:
            value = function(item)
            _refuse_error(value)
            if type(value) is Unknown:
                needs.update(value.paths)
                value = NOT_LOADED
            old = item.data.get(name, NOT_LOADED if kind.fields[name].required else None)
            if old != value:
                before[name], values[name] = old, value
        for name, state, of in self._reasons[kind.name]:
            reason = item.data.get(name)
            # A reason belongs to one status: where the status changes and nobody gives the reason, there is none.
            if state in values and reason in of and name not in dict(functions) and of[reason] != values[state]:
                before[name], values[name] = reason, None
        return Change(item.pointer, before, values)

    def _judged(self, each: _Try, decision: Decision) -> Plan:
        remaining = decision.errors
        open_ends = unsettled(decision, self.rules) if decision.verdict == CLOSABLE else ()
        if decision.verdict == CLOSABLE and not each.needs and not open_ends:
            return Plan(READY, each.steps, each.cost, (), (), decision, each.record)
        asked = f"/{self.rules.model.request}/"
        mendable = all(each.pointers and all(p.startswith(asked) for p in each.pointers) for each in remaining)
        wanted: dict[str, list[str]] = {pointer: [] for pointer in (*each.needs, *open_ends)}
        for pointer, rule in (*_missing(decision), *_wrong(remaining)):
            wanted.setdefault(pointer, []).append(rule)
        if not mendable or not wanted:
            return Plan(IMPOSSIBLE, each.steps, each.cost, (), remaining, decision, each.record)
        needs = tuple(Need(pointer, tuple(rules)) for pointer, rules in wanted.items())
        return Plan(NEEDS, each.steps, each.cost, needs, remaining, decision, each.record)


class _Try(NamedTuple):
    """Some remedies, applied one after another; `changed` has the values that differ from those of the facts."""

    record: Mapping[str, Any]
    steps: tuple[Step, ...]
    cost: int
    needs: tuple[str, ...]
    changed: Mapping[tuple[str, str], Any]


class _Tries:
    """Sequences of remedies by rising cost; those that lead to the same records are tried once."""

    def __init__(self, planner: Planner, record: Mapping[str, Any]) -> None:
        self.planner = planner
        self.remedies = tuple(planner.rules.remedies.values())
        self.record = record
        self.complete = True
        self._original: dict[tuple[str, str], Any] = {}

    def __iter__(self) -> Iterator[_Try]:
        queue: list[tuple[int, int, tuple[int, ...], _Try]] = [(0, 0, (), _Try(self.record, (), 0, (), {}))]
        seen: set[tuple[frozenset[Any], frozenset[str]]] = set()
        left = MAX_WORK
        while queue:
            cost, length, chosen, each = heappop(queue)
            if chosen:
                each = self._next(each, chosen[-1])
            key = frozenset(each.changed.items()), frozenset(each.needs)
            if key in seen:
                continue
            left -= 1 + len(each.changed)
            if left < 0:
                self.complete = False
                return
            seen.add(key)
            yield each
            for number, remedy in enumerate(self.remedies):
                heappush(queue, (cost + max(remedy.cost, 0), length + 1, (*chosen, number), each))

    def _next(self, before: _Try, number: int) -> _Try:
        remedy = self.remedies[number]
        try:
            step, record, needs = self.planner.apply(before.record, remedy.id)
        except InputError:
            # An expression has no value for these records, so this remedy cannot help them.
            return before
        changed = dict(before.changed)
        for change in step.changes:
            for name, value in change.values.items():
                place = change.pointer, name
                if self._original.setdefault(place, change.before[name]) == value:
                    changed.pop(place, None)
                else:
                    changed[place] = value
        steps = (*before.steps, step) if step.changes else before.steps
        wanted = tuple(dict.fromkeys((*before.needs, *needs)))
        return _Try(record, steps, before.cost + max(remedy.cost, 0), wanted, changed)


def _rank(plan: Plan) -> tuple[int, int, int]:
    return (0 if plan.status == NEEDS else 1, len(plan.remaining) + len(plan.needs), plan.cost)


def _missing(decision: Decision) -> Iterator[tuple[str, str]]:
    return ((need.pointer, rule) for need in decision.needs for rule in need.rules)


def _wrong(violations: Iterable[Violation]) -> Iterator[tuple[str, str]]:
    return ((pointer, violation.rule) for violation in violations for pointer in violation.pointers)


def _refuse_error(found: Any) -> None:
    if type(found) is Unknown and found.error:
        raise InputError(f"value-{found.error}")


def _reasons(kind: Record, model: Model) -> Iterator[tuple[str, str, dict[Any, str]]]:
    """The fields whose values belong to those of another field, that field, and which value belongs to which."""
    states = {field.of: field.name for field in kind.fields.values() if field.type == "enumeration"}
    for field in kind.fields.values():
        enumeration = model.enumerations.get(field.of)
        if field.type == "enumeration" and enumeration is not None and enumeration.of in states:
            yield field.name, states[enumeration.of], {each.name: each.state for each in enumeration.values.values()}


def kind_of(pointer: str, model: Model) -> Record:
    """The record type of the record at a pointer."""
    root, *rest = pointer.split("/")[1:]
    kind = model.records[root]
    return model.records[kind.fields[rest[0]].of] if rest else kind


def is_closing(rules: Rules) -> bool:
    """Whether a ruleset decides about closing an opportunity."""
    return rules.action == ACTION or rules.action.startswith(f"{ACTION}.")


def unsettled(decision: Decision, rules: Rules) -> tuple[str, ...]:
    """What a closing needs even where no rule asks for it: an outcome, and a reason that belongs to it."""
    asked, name = decision.request, rules.model.request
    if asked is None or not is_closing(rules):
        return ()
    outcome = asked.get("outcome")
    if outcome not in OUTCOMES:
        return (f"/{name}/outcome",)
    reasons = rules.model.enumerations[rules.model.records[name].fields["status_reason"].of]
    return () if asked.get("status_reason") in reasons.belonging(outcome) else (f"/{name}/status_reason",)


def is_closed(record: Mapping[str, Any], model: Model) -> bool:
    """Whether the opportunity is won or lost already."""
    return record[model.root].get("state") in OUTCOMES


def with_changes(record: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """The records with changes made; what does not change is shared, nothing is written to.

    >>> with_changes({"opportunity": {"quotes": [{"state": "active"}]}},
    ...              [Change("/opportunity/quotes/0", {}, {"state": "closed"})])
    {'opportunity': {'quotes': [{'state': 'closed'}]}}
    """
    result = dict(record)
    lists: dict[tuple[str, str], Any] = {}
    for change in changes:
        root, *rest = change.pointer.split("/")[1:]
        if result[root] is record[root]:
            result[root] = dict(result[root])
        if not rest:
            result[root].update(change.values)
            continue
        name, position = rest
        if (root, name) not in lists:
            # A copy of its own kind: a list of which only a part is known stays one.
            lists[root, name] = result[root][name] = type(result[root][name])(result[root][name])
        items = lists[root, name]
        items[int(position)] = {**items[int(position)], **change.values}
    return result
