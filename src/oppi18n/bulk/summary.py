"""How many records may be closed, how many may not, and which rules stand in the way how often."""

from __future__ import annotations

from typing import Any, NamedTuple

from oppi18n.targets.sql.queries import FAILS, UNKNOWN, Queries


class RuleCount(NamedTuple):
    """How often a rule fails, and how often nobody knows."""

    rule: str
    severity: str
    fails: int
    unknown: int


class Summary(NamedTuple):
    """Counts of records by verdict, and of findings by rule in the order of the ruleset."""

    total: int
    blocked: int
    undetermined: int
    rules: tuple[RuleCount, ...]

    @property
    def closable(self) -> int:
        """Records that nothing stands in the way of."""
        return self.total - self.blocked - self.undetermined

    @property
    def findings(self) -> int:
        """Rows of findings."""
        return sum(each.fails + each.unknown for each in self.rules)


def summary_sql(queries: Queries, flags: str) -> str:
    """One row with the counts of a relation of flags."""
    name, text = queries.dialect.name_of, queries.dialect.text_of
    conditions = [f"{name(queries.verdict)} = {text(each)}" for each in ("blocked", "undetermined")]
    for rule in queries.rules:
        conditions += [f"{name(rule.column)} = {code}" for code in (FAILS, UNKNOWN)]
    counts = ", ".join(f"COUNT(CASE WHEN {each} THEN 1 END) AS {name(f'c{n}')}" for n, each in enumerate(conditions))
    return f"SELECT {counts} FROM {flags} f"


def summary_of(queries: Queries, total: int, row: tuple[Any, ...]) -> Summary:
    """The counts of that row."""
    counts = iter(row[2:])
    rules = tuple(RuleCount(rule.id, rule.severity, next(counts), next(counts)) for rule in queries.rules)
    return Summary(total, row[0], row[1], rules)
