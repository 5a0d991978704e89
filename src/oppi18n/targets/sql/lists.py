"""Lists in SQL: rows of another table that are counted, once for all rules, before they meet their parent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oppi18n.rules.ast import Let, ListLiteral, Literal, Macro, Name, Node, Select
from oppi18n.rules.types import INT
from oppi18n.targets.sql.logic import ALWAYS, NEVER, Atom, Condition, Truth, case, every, opposite, some
from oppi18n.targets.sql.operations import Operations
from oppi18n.targets.sql.tables import PARTIAL, WHOLE
from oppi18n.targets.sql.values import Alias, Circumstances, Names, Refused, Value

_MANY = 10**9
"""Rows that a list may have at most."""

ELEMENT = "q"
"""The alias of the table of list elements."""


@dataclass(frozen=True, slots=True)
class Elements:
    """A list of the facts below some filters.

    `member` holds for the elements that are surely in it, `doubtful` for those of which that is unknown; `loaded` and
    `complete` are about the list that was filtered.
    """

    field: str
    alias: Alias
    member: Condition
    doubtful: Condition
    loaded: Condition
    complete: Condition


class Counts:
    """The counts of one list's elements that rules ask for; the same question is asked once."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.conditions: dict[Condition, str] = {}
        self.outside = False

    def of(self, condition: Condition) -> str:
        """The column of a count."""
        return self.conditions.setdefault(condition, f"n{len(self.conditions) + 1}")


class Lists(Operations):
    """Looks at lists → counts of rows."""

    def __init__(self, given: Circumstances) -> None:
        super().__init__(given)
        self.counts: dict[str, Counts] = {}

    def elements(self, node: Node, names: Names) -> Elements:
        """The list a node stands for."""
        if isinstance(node, Let):
            found: Elements = self.once(("list", node.name), lambda: self._listed(node, {}))
            return found
        return self._listed(node, names)

    def _listed(self, node: Node, names: Names) -> Elements:
        if self._inside:
            raise Refused("sql-nested", node)
        found = self.followed(node)
        if isinstance(found, Macro) and found.name == "filter":
            return self._filtered(found, names)
        if isinstance(found, Select) and isinstance(found.operand, Name) and found.operand.name == self.model.root:
            return self.whole(found.field)
        raise Refused("sql-list", node)

    def whole(self, field: str) -> Elements:
        """A list of the root."""
        tables, record = self.given.tables, self.model.records[self.root.record.fields[field].of]
        table = tables.lists.get(field)
        alias = Alias(ELEMENT, record, table)
        if table is None:
            return Elements(field, alias, NEVER, NEVER, NEVER, NEVER)
        loaded: Condition = ALWAYS
        complete: Condition = ALWAYS
        if field in tables.root.lists:
            sql = f"COALESCE({tables.root.lists[field].format(self.root.name)}, 0)"
            loaded = Atom(f"{sql} >= {PARTIAL}", f"{sql} < {PARTIAL}")
            complete = Atom(f"{sql} >= {WHOLE}", f"{sql} < {WHOLE}")
        if self.seen:
            self.partial.append(every(loaded, opposite(complete)))
            complete = loaded
        return Elements(field, alias, ALWAYS, NEVER, loaded, complete)

    def _filtered(self, node: Macro, names: Names) -> Elements:
        below = self.elements(node.over, names)
        kept = self.body(node.body, node.variable, below, names)
        member = every(below.member, kept.true)
        doubtful = every(below.member, kept.unknown)
        if self.seen:
            self.partial.append(self.any(below, doubtful))
            return replace(below, member=member)
        return replace(below, member=member, doubtful=some(below.doubtful, doubtful))

    def body(self, node: Node, variable: str, over: Elements, names: Names) -> Truth:
        """What a macro asks of each element."""
        self.outside, self._inside = False, True
        try:
            return self.truth(node, {**names, variable: over.alias})
        finally:
            self._inside = False
            self.counted(over.field).outside |= self.outside

    def counted(self, field: str) -> Counts:
        """The counts of a list."""
        return self.counts.setdefault(field, Counts(f"a{len(self.counts) + 1}"))

    def count(self, over: Elements, condition: Condition) -> str:
        """How many elements a condition holds for."""
        if condition == NEVER or over.alias.table is None:
            return "0"
        counts = self.counted(over.field)
        return f"COALESCE({counts.alias}.{self.dialect.name_of(counts.of(condition))}, 0)"

    def any(self, over: Elements, condition: Condition) -> Condition:
        """Whether a condition holds for an element that was seen."""
        found = self.count(over, condition)
        return NEVER if found == "0" else every(over.loaded, Atom(f"{found} > 0", f"{found} = 0"))

    def none(self, over: Elements, condition: Condition) -> Condition:
        """Whether a condition holds for no element."""
        return opposite(self.any(over, condition))

    def length(self, node: Node, names: Names) -> Value:
        """How many elements a list has, if all of them are known."""
        found = self.followed(node)
        if isinstance(found, ListLiteral) and all(isinstance(item, Literal) for item in found.items):
            return Value(str(len(found.items)), INT, ALWAYS, len(found.items), len(found.items))
        over = self.elements(node, names)
        known = every(over.complete, self.none(over, over.doubtful))
        sql = case([(known, self.count(over, over.member))])
        return Value(sql, INT, known, 0, _MANY)

    # ---- macros ----

    def macro(self, node: Macro, names: Names) -> Truth:
        """`exists`, `all` and `exists_one`."""
        found = self.followed(node.over)
        if isinstance(found, ListLiteral):
            return self._over_literals(node, found, names)
        over = self.elements(node.over, names)
        held = self.body(node.body, node.variable, over, names)
        if node.name == "all":
            held = Truth(held.false, held.true)
        if node.name == "exists_one":
            return self._exactly_one(over, held)
        hit = self.any(over, every(over.member, held.true))
        maybe = some(over.doubtful, every(over.member, opposite(held.false)))
        missed = every(over.complete, self.none(over, maybe))
        return Truth(hit, missed) if node.name == "exists" else Truth(missed, hit)

    def _exactly_one(self, over: Elements, held: Truth) -> Truth:
        certain = every(over.loaded, self.none(over, every(over.member, held.unknown)))
        whole = every(over.complete, self.none(over, over.doubtful))
        hits = self.count(over, every(over.member, held.true))
        if hits == "0":
            return Truth(NEVER, every(certain, whole))
        one = Atom(f"{hits} = 1", f"{hits} <> 1")
        several = Atom(f"{hits} > 1", f"{hits} <= 1")
        return Truth(every(certain, whole, one), every(certain, some(several, every(whole, opposite(one)))))

    def _over_literals(self, node: Macro, over: ListLiteral, names: Names) -> Truth:
        """A macro over constants says the same of each of them."""
        if node.name == "exists_one" or not all(isinstance(item, Literal) for item in over.items):
            raise Refused("sql-list", node)
        items = [item for item in over.items if isinstance(item, Literal)]
        bodies = [self.truth(node.body, {**names, node.variable: item}) for item in items]
        trues, falses = [each.true for each in bodies], [each.false for each in bodies]
        if node.name == "exists":
            return Truth(some(*trues), every(*falses))
        return Truth(every(*trues), some(*falses))
