"""Millions of records at once: the same rules as SQL, where the data is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from oppi18n.bulk.evaluation import Evaluation
    from oppi18n.bulk.mapping import SourceMapping
    from oppi18n.engine.rules import Rules
    from oppi18n.packs import Pack


def evaluate(
    relation: object,
    rules: Rules | str = "close-opportunity",
    *,
    today: date,
    lists: Mapping[str, object] | None = None,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
    request: Any = None,
    deployment: str | None = None,
    mapping: SourceMapping | None = None,
    zone: str = "UTC",
    memory: str = "",
) -> Evaluation:
    """The answers about the records in a relation: a DuckDB relation, an Arrow table, a pandas or Polars frame.

    Whatever offers the Arrow C stream interface will do. `lists` has its lists by field (`{"quotes": quotes}`), if they
    are not nested in it. Columns are called as the model or Dataverse calls them, or as `mapping` says; what is not there
    was not loaded. What comes back is a context manager: `summary()`, `answers()`, `rows()`; `outputs.write` makes a file.

    >>> import pytest; from datetime import date; duckdb = pytest.importorskip("duckdb")
    >>> opportunities = duckdb.sql("SELECT 'o1' AS id, 'open' AS state")
    >>> quotes = duckdb.sql("SELECT 'q1' AS id, 'o1' AS opportunity, 'active' AS state, 'QUO-1' AS number")
    >>> with evaluate(opportunities, lists={"quotes": quotes}, today=date(2026, 3, 31)) as evaluation:
    ...     evaluation.summary().blocked
    1
    """
    from oppi18n.bulk import backends
    from oppi18n.bulk.duck import DuckEvaluation
    from oppi18n.bulk.question import question

    asked = question(rules, today=today, packs=packs, settings=settings, request=request, deployment=deployment)
    database = backends.load("duckdb").DuckDB(memory=memory)
    try:
        for name, found in {asked.model.root: relation, **(lists or {})}.items():
            database.add_object(name, found)
        return DuckEvaluation(asked, database, mapping=mapping, zone=zone)
    except BaseException:
        database.close()
        raise
