"""The careful way: facts with holes in them, every rule by itself, and what each would need to be decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from oppi18n.engine.decision import (
    BLOCKED,
    CLOSABLE,
    UNDETERMINED,
    Decision,
    Need,
    RecordValue,
    RuleInfo,
    UnknownRule,
    Violation,
)
from oppi18n.model.facts import Conversion, DataError, Facts
from oppi18n.rules import kleene
from oppi18n.rules.kleene import Rec, Seq, Steps, Unknown
from oppi18n.rules.outcomes import record_shape
from oppi18n.targets.scope import names
from oppi18n.tuples import Named

if TYPE_CHECKING:
    from typing import Protocol

    from oppi18n.engine.decision import Roster
    from oppi18n.model.schema import Model

    class Program(Protocol):
        """What the careful way needs of a compiled ruleset."""

        model: Model
        roster: Roster

        @property
        def plain(self) -> Mapping[str, Any]: ...

        @property
        def infos(self) -> tuple[RuleInfo, ...]: ...


class Looking(Steps):
    """Counts steps, and remembers whether a list was taken for whole although it is not."""

    __slots__ = ("partial",)

    def __init__(self) -> None:
        super().__init__()
        self.partial = False


def seen(looking: Looking, found: Any) -> Any:
    """The part of a list that was seen, taken for the whole."""
    if type(found) is Seq and found.missing is not None:
        looking.partial = True
        return Seq(found.items, found.pointer)
    return found


class Bound(Named):
    """A ruleset over some facts: `parts` of each rule, `defaults` of the request, `remedies`, as functions."""

    looking: Looking
    parts: dict[str, Any]
    defaults: list[tuple[str, Callable[[], Any]]]
    remedies: dict[str, tuple[Callable[[], Any], tuple[tuple[str, Callable[[Rec], Any]], ...]]]


class Careful:
    """Three-valued evaluation of one ruleset."""

    def __init__(self, rules: Program) -> None:
        self.rules = rules
        self.model = rules.model
        self.code = rules.plain["careful"]
        self.roots = {name: record_shape(self.model, name) for name in (self.model.root, self.model.request)}

    def checked(self, facts: Any, record: Any, asked: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Records and request in the types of the model, or `DataError`."""
        conversion = Conversion(self.model)
        found = conversion.facts(record)
        request = found.get(self.model.request)
        if asked is not None and asked is not request:
            request = conversion.record(self.model.records[self.model.request], asked, f"/{self.model.request}")
        if conversion.problems:
            raise DataError(tuple(conversion.problems), facts.source if type(facts) is Facts else "")
        return found, request

    def bound(
        self,
        record: Mapping[str, Any],
        request: Mapping[str, Any] | None,
        today: date,
        code: Any = None,
        note: Any = None,
    ) -> Bound:
        """The ruleset over these facts; `code` and `note` are those of a trace."""
        looking = Looking()
        model = self.model
        roots: dict[str, Any] = {
            model.root: Rec(record[model.root], f"/{model.root}", self.roots[model.root]),
            model.request: Rec(request if request is not None else {}, f"/{model.request}", self.roots[model.request]),
            "today": today,
        }
        scope = names(seen=seen)
        exec(code or self.code, scope)  # noqa: S102 - compiled by us from a checked ruleset
        return Bound(looking, *scope["careful"](looking, roots.__getitem__, model.digits, note))

    def decide(
        self, record: Mapping[str, Any], request: Mapping[str, Any] | None, *, today: date, deployment: str | None
    ) -> Decision:
        """The decision, with what is unknown and what would settle it."""
        looking, parts, _, _ = self.bound(record, request, today)
        violations, unknown = [], []
        for info in self.rules.infos:
            if (request is not None or not info.reads_request) and applies(info, today, deployment):
                outcome = judged(parts[info.id])
                if type(outcome) is Unknown:
                    unknown.append((info, outcome))
                elif outcome is False:
                    violations.append(self.violation(info, parts[info.id], looking))
        decision = Decision(self.rules.roster, today, request, ())
        decision._violations = tuple(violations)
        decision.verdict = _verdict(violations, unknown)
        decision.unknown = tuple(
            UnknownRule(i.id, each.error or None, tuple(sorted(each.paths))) for i, each in unknown
        )
        decision.needs = _needs(unknown)
        return decision

    def violation(self, info: RuleInfo, parts: Any, looking: Looking) -> Violation:
        """A failed rule, with its offenders and values; what is missing among the values is None."""
        looking.partial = False
        at, params = parts[2], parts[3]
        hits = None
        if at is not None:
            found = seen(looking, at())
            hits = [item.pointer for item in found.items] if type(found) is Seq else []
        values = tuple(
            self.shown(param(), kind.of if kind.kind == "records" else "", looking)
            for param, kind in zip(params, info.params, strict=True)
        )
        return Violation(info, hits, values, looking.partial)

    def shown(self, found: Any, record: str, looking: Looking) -> Any:
        """A param's value: records by the fields that show them."""
        if type(found) is tuple:
            return tuple(self.shown(each, "", looking) for each in found)
        if type(found) is Unknown:
            return None
        if type(found) is Rec:
            return RecordValue(
                record, {name: _present(found.data.get(name)) for name in self.rules.plain["shown"][record]}
            )
        if type(found) is Seq:
            items = seen(looking, found).items
            return [self.shown(item, record, looking) for item in items if type(item) is not Unknown]
        return found

    def complete(
        self, record: Mapping[str, Any], request: Mapping[str, Any] | None, today: date
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The request with defaults filled in, and those defaults."""
        filled = dict(request or {})
        added = {}
        for name, default in self.bound(record, filled, today).defaults:
            if filled.get(name) is None:
                found = default()
                if found is not None and type(found) is not Unknown:
                    filled[name] = added[name] = found
        return filled, added


def _present(found: Any) -> Any:
    return found if isinstance(found, (str, int, bool, date)) or type(found).__name__ == "Decimal" else None


def applies(info: RuleInfo, today: date, deployment: str | None) -> bool:
    """Whether a rule is in force on a day and in a deployment."""
    first, last = info.effective
    if (first and today < date.fromisoformat(first)) or (last and today > date.fromisoformat(last)):
        return False
    return deployment is None or not info.applies_to or deployment in info.applies_to


def judged(parts: Any) -> Any:
    """`!when || condition`: True passes (or does not apply), False fails, else `Unknown`."""
    when, condition = parts[0], parts[1]
    if when is None:
        return kleene.or_(condition())
    return kleene.or_(kleene.not_(when()), condition())


def _verdict(violations: list[Violation], unknown: list[tuple[RuleInfo, Unknown]]) -> str:
    if any(each.severity == "error" for each in violations):
        return BLOCKED
    return UNDETERMINED if any(info.severity == "error" for info, _ in unknown) else CLOSABLE


def _needs(unknown: list[tuple[RuleInfo, Unknown]]) -> tuple[Need, ...]:
    wanted: dict[str, list[str]] = {}
    for info, each in unknown:
        if info.severity == "error":
            for path in each.paths:
                wanted.setdefault(path, []).append(info.id)
    return tuple(Need(path, tuple(sorted(rules))) for path, rules in sorted(wanted.items()))
