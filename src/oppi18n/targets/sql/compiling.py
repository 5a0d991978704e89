"""A checked ruleset is compiled to SQL; everything that the dialect cannot say is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oppi18n.diagnostics import AuthoringError, Diagnostics, Hint
from oppi18n.rules.ast import Node, walk
from oppi18n.rules.ruleset import Expression, Rule, Ruleset
from oppi18n.source import Scalar
from oppi18n.targets.sql.conditions import Conditions
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, case, every, opposite, some
from oppi18n.targets.sql.queries import FAILS, PASSES, UNKNOWN, Queries, RuleColumns
from oppi18n.targets.sql.sentences import Sentences
from oppi18n.targets.sql.values import Circumstances, Refused


def compile_ruleset(ruleset: Ruleset, given: Circumstances, *, deployment: str | None = None) -> Queries:
    """The queries of a ruleset; AuthoringError tells every rule that the dialect cannot say."""
    return _Compiler(ruleset, given, deployment).queries()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A rule as conditions: where it surely fails, and where it surely passes or does not apply."""

    fails: Condition
    passes: Condition

    @property
    def sql(self) -> str:
        """The outcome as a number; whatever is neither is unknown."""
        if opposite(self.fails) == self.passes:
            return case([(self.fails, str(FAILS)), (ALWAYS, str(PASSES))])
        return case([(self.fails, str(FAILS)), (self.passes, str(PASSES)), (ALWAYS, str(UNKNOWN))])


class _Compiler:
    def __init__(self, ruleset: Ruleset, given: Circumstances, deployment: str | None) -> None:
        self.ruleset = ruleset
        self.given = given
        self.deployment = deployment
        self.conditions = Conditions(given)
        self.sentences = Sentences(self.conditions, (given.model.root, "verdict"))
        self.diagnostics = Diagnostics()
        self.texts: dict[str, str] = {}

    def queries(self) -> Queries:
        rules = [columns for rule in self._asked() if (columns := self._rule(rule))]
        if self.diagnostics:
            raise AuthoringError(self.diagnostics, self.texts)
        model, request = self.given.model, self.given.request
        root = model.records[model.root]
        return Queries(
            dialect=self.given.dialect,
            tables=self.given.tables,
            root=root,
            lists={each.name: model.records[each.of] for each in root.lists},
            rules=tuple(rules),
            pending=tuple(sorted(rule.id for rule in self.ruleset.rules if rule.reads_request and request is None)),
            columns=tuple(self.sentences.columns),
            counts=self.conditions.counts,
            parts=tuple(self.sentences.parts),
            read=frozenset(self.conditions.used),
            head=(f"{self.ruleset.id}: 0 a rule passes or does not apply, 1 it fails, 2 it is unknown",),
        )

    def _asked(self) -> Iterator[Rule]:
        """The rules that are asked, and may be in force."""
        for rule in self.ruleset.rules:
            if rule.reads_request and self.given.request is None:
                continue
            if self.deployment is None or not rule.applies_to or self.deployment in rule.applies_to:
                yield rule

    def _rule(self, rule: Rule) -> RuleColumns | None:
        try:
            outcome = self._outcome(rule)
            if outcome.passes == ALWAYS:
                return None
            return self.sentences.rule(rule, outcome.sql, _comment(rule))
        except Refused as refused:
            self._tell(refused, rule)
            return None

    def _outcome(self, rule: Rule) -> _Outcome:
        when, condition = self._truth(rule.when), self._truth(rule.condition)
        if rule.negated:
            condition = condition.swapped
        force = self._in_force(rule)
        fails = every(force, when.true, condition.false)
        return _Outcome(fails, some(opposite(force), when.false, condition.true))

    def _truth(self, expression: Expression | None) -> Truth:
        if expression is None:
            return Truth(ALWAYS, NEVER)
        try:
            return self.conditions.truth(expression.tree, {})
        except Refused as refused:
            refused.scalar = expression.scalar
            raise

    def _in_force(self, rule: Rule) -> Condition:
        first, last = rule.effective
        today, dialect = self.given.today, self.given.dialect
        if today is not None:
            return NEVER if (first and today < first) or (last and today > last) else ALWAYS
        ends: list[Condition] = []
        for word, denied, day in ((">=", "<", first), ("<=", ">", last)):
            if day is not None:
                written = dialect.date.format(day.isoformat())
                ends.append(Atom(f"{dialect.today} {word} {written}", f"{dialect.today} {denied} {written}"))
        return every(*ends)

    # ---- what cannot be said ----

    def _tell(self, refused: Refused, rule: Rule) -> None:
        scalar, node = self._place(refused, rule)
        span = scalar.within(node.start, node.end) if node is not None else scalar.span
        hint = Hint("subtract-dates") if refused.code == "sql-date" else Hint("switch-off", {"rule": rule.id})
        params = {"dialect": self.given.dialect.name, **refused.params}
        self.diagnostics.report(refused.code, span, hint, **params)
        self.texts[scalar.source.path] = scalar.source.text

    def _place(self, refused: Refused, rule: Rule) -> tuple[Scalar, Node | None]:
        """The scalar that a refused node was written in: the rule's own, or that of a let."""
        scalar = refused.scalar or rule.condition.scalar
        lets = self.ruleset.lets.values()
        inside = [each.scalar for each in lets if any(node is refused.node for node in walk(each.tree))]
        found = inside[0] if inside else scalar
        return found, refused.node if found.text[refused.node.start : refused.node.end].strip() else None


def _comment(rule: Rule) -> str:
    when = f"where {rule.when.text}, " if rule.when else ""
    return f"{rule.id} ({rule.severity}): {when}{'forbid' if rule.negated else 'assert'} {rule.condition.text}"
