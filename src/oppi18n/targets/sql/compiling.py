"""A checked ruleset is compiled to SQL; everything that the dialect cannot say is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oppi18n.diagnostics import AuthoringError, Diagnostics, Hint
from oppi18n.rules.ast import Call, Conditional, ListLiteral, Literal, Macro, Node, walk
from oppi18n.rules.ruleset import Expression, Param, Rule, Ruleset
from oppi18n.source import Scalar
from oppi18n.targets.sql.conditions import Conditions
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, every, opposite, some
from oppi18n.targets.sql.queries import AT, FAILS, PASSES, UNKNOWN, ParamColumn, Part, Queries, RuleColumns, Selected
from oppi18n.targets.sql.values import Circumstances, Refused, Value, case


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
        rest = UNKNOWN if opposite(self.fails) != self.passes else PASSES
        return case([(self.fails, str(FAILS)), (self.passes, str(PASSES)), (ALWAYS, str(rest))])


class _Compiler:
    def __init__(self, ruleset: Ruleset, given: Circumstances, deployment: str | None) -> None:
        self.ruleset = ruleset
        self.given = given
        self.deployment = deployment
        self.conditions = Conditions(given)
        self.names = _Names(given.dialect.longest, (given.model.root, "verdict"))
        self.diagnostics = Diagnostics()
        self.texts: dict[str, str] = {}
        self.columns: list[Selected] = []
        self.parts: list[Part] = []

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
            columns=tuple(self.columns),
            counts=self.conditions.counts,
            parts=tuple(self.parts),
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
            place = self.names.new(rule.id)
            self.columns.append(Selected(place, outcome.sql, _comment(rule)))
            self.conditions.seen, self.conditions.partial = True, []
            at = self._at(rule)
            params = tuple(self._param(rule, param) for param in rule.params)
            partial = self._partial(rule)
            return RuleColumns(rule.id, rule.severity, place, partial, at, params)
        except Refused as refused:
            self._tell(refused, rule)
            return None
        finally:
            self.conditions.seen = False

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
            return self.conditions.truth(self.conditions.folded(expression.tree), {})
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

    # ---- what a violation says ----

    def _at(self, rule: Rule) -> str | None:
        if rule.at is None or rule.at.tree.type.kind != "list":
            return None
        return self._part(rule, AT, rule.at.over)[0]

    def _part(self, rule: Rule, name: str, expression: Expression) -> tuple[str, Condition]:
        """The part of `items` that has some elements, empty if nobody has loaded the list; and where it is loaded."""
        try:
            found = self.conditions.elements(self.conditions.folded(expression.tree), {})
        except Refused as refused:
            refused.scalar = expression.scalar
            raise
        if found.alias.table is None:
            return "", NEVER
        # A list of which nothing is counted has its table all the same.
        self.conditions.counted(found.field)
        for part in self.parts:
            if (part.rule, part.field, part.member) == (rule.id, found.field, found.member):
                return part.name, found.loaded
        self.parts.append(Part(rule.id, name, found.field, found.member, found.loaded))
        return name, found.loaded

    def _param(self, rule: Rule, param: Param) -> ParamColumn:
        tree = self.conditions.followed(self.conditions.folded(param.value.tree))
        if tree.type.kind == "list" and tree.type.item is not None and tree.type.item.kind == "record":
            return self._records(rule, param)
        if isinstance(tree, ListLiteral) and all(isinstance(item, Literal) for item in tree.items):
            return ParamColumn(param.name, constant=tuple(getattr(item, "value", None) for item in tree.items))
        column, constant = self._selected(f"{rule.id}.{param.name}", param.value)
        if param.currency is None:
            return ParamColumn(param.name, column, constant=constant)
        currency, code = self._selected(f"{rule.id}.{param.name}.currency", param.currency)
        return ParamColumn(param.name, column, currency, constant=constant, constant_currency=code)

    def _records(self, rule: Rule, param: Param) -> ParamColumn:
        part, loaded = self._part(rule, param.name, param.value)
        if not part or loaded == ALWAYS:
            return ParamColumn(param.name, part=part)
        column = self.names.new(f"{rule.id}.{param.name}")
        self.columns.append(Selected(column, case([(loaded, "1"), (ALWAYS, "0")])))
        return ParamColumn(param.name, part=part, loaded=column)

    def _selected(self, name: str, expression: Expression) -> tuple[str, Any]:
        """The column of a value, or its constant."""
        try:
            tree = self.conditions.folded(expression.tree)
            self._steady(tree)
            found = self.conditions.value(tree, {})
        except Refused as refused:
            refused.scalar = expression.scalar
            raise
        if found.constant is not None or found.sql == "NULL":
            return "", found.constant
        column = self.names.new(name)
        self.columns.append(Selected(column, self._shown(found)))
        return column, None

    def _shown(self, found: Value) -> str:
        odd = found.type.kind == "enumeration" and not found.checked and not found.coded
        return case([(found.known, found.sql)]) if odd else self.conditions.named(found).sql

    def _steady(self, tree: Node) -> None:
        """Refuse a list in a branch: whether it counts as partly known would hang on which branch is taken."""
        for node in walk(tree):
            if isinstance(node, Conditional):
                for inner in walk(node):
                    followed = self.conditions.followed(inner)
                    if isinstance(followed, Macro) or (isinstance(followed, Call) and followed.function == "size"):
                        raise Refused("sql-list", node)

    def _partial(self, rule: Rule) -> str:
        condition = some(*self.conditions.partial)
        if condition == NEVER:
            return ""
        column = self.names.new(f"{rule.id}.partial")
        self.columns.append(Selected(column, case([(condition, "1"), (ALWAYS, "0")])))
        return column

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
        for name, tree in self.conditions.lets.items():
            if any(each is refused.node for each in walk(tree)):
                return self.ruleset.lets[name].scalar, refused.node
        written = scalar.text[refused.node.start : refused.node.end]
        return scalar, refused.node if written.strip() else None


class _Names:
    """Names of columns: every dialect takes them, none is there twice."""

    def __init__(self, longest: int, taken: tuple[str, ...]) -> None:
        self.longest = longest
        self.taken = set(taken)

    def new(self, name: str) -> str:
        """The column of `rule`, of `rule.param`: letters, digits and underscores alone."""
        plain = name.replace("-", "_").replace(".", "__")
        found, number = plain[: self.longest], 1
        while found in self.taken:
            number += 1
            found = f"{plain[: self.longest - 1 - len(str(number))]}_{number}"
        self.taken.add(found)
        return found


def _comment(rule: Rule) -> str:
    when = f"where {rule.when.text}, " if rule.when else ""
    return f"{rule.id} ({rule.severity}): {when}{'forbid' if rule.negated else 'assert'} {rule.condition.text}"
