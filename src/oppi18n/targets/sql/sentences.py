"""What the sentence of a violation needs from SQL: columns of `flags` for values, parts of `items` for records."""

from __future__ import annotations

from typing import Any

from oppi18n.rules.ast import Call, Conditional, Let, ListLiteral, Literal, Macro, Node, Select, walk
from oppi18n.rules.ruleset import Expression, Param, Rule
from oppi18n.targets.sql.conditions import Conditions
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Condition, case, some
from oppi18n.targets.sql.queries import AT, ParamColumn, Part, RuleColumns, Selected
from oppi18n.targets.sql.values import Refused, Value


class Sentences:
    """Collects the columns and parts that rules need; each rule's lists are taken for whole, as far as they were seen."""

    def __init__(self, conditions: Conditions, taken: tuple[str, ...]) -> None:
        self.conditions = conditions
        self.names = Names(conditions.dialect.longest, taken)
        self.columns: list[Selected] = []
        self.parts: list[Part] = []

    def rule(self, rule: Rule, outcome: str, comment: str) -> RuleColumns:
        """The columns of a rule: its outcome, and what its sentence says."""
        place = self.names.new(rule.id)
        self.columns.append(Selected(place, outcome, comment))
        self.conditions.seen, self.conditions.partial = True, []
        try:
            at = self._at(rule)
            params = tuple(self._param(rule, param) for param in rule.params)
            return RuleColumns(rule.id, rule.severity, place, self._partial(rule), at, params)
        finally:
            self.conditions.seen = False

    def _at(self, rule: Rule) -> str | None:
        if rule.at is None or rule.at.tree.type.kind != "list":
            return None
        return self._part(rule, AT, rule.at.over)[0]

    def _part(self, rule: Rule, name: str, expression: Expression) -> tuple[str, Condition]:
        """The part of `items` that has some elements, empty if nobody has loaded the list; and where it is loaded."""
        try:
            found = self.conditions.elements(expression.tree, {})
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
        tree = self.conditions.followed(param.value.tree)
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
            self._steady(expression.tree)
            found = self.conditions.value(expression.tree, {})
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
        for node in walk(tree) if not isinstance(tree, (Let, Select)) else ():
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


class Names:
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
