"""The question of `bulk` by hand in DuckDB: queries that somebody who knows the rules and the database would write."""

from __future__ import annotations

from typing import Final

FLAGS: Final = """
SELECT o.id AS opportunity, CASE WHEN o.state <> 'open' OR active > 0 THEN 'blocked' ELSE 'closable' END AS verdict,
       o.state, active, draft, won
FROM READ_PARQUET('{opportunities}') o
LEFT JOIN (
    SELECT opportunity, COUNT(*) FILTER (state = 'active') AS active, COUNT(*) FILTER (state = 'draft') AS draft,
           COUNT(*) FILTER (state = 'won') AS won
    FROM READ_PARQUET('{quotes}')
    WHERE state IN ('active', 'draft', 'won')
    GROUP BY opportunity
) q ON q.opportunity = o.id
WHERE o.state <> 'open' OR active > 0 OR draft > 0 OR won > 1
"""
"""A row per opportunity that is told something, with counts, were the data known to be whole."""

FINDINGS: Final = """
WITH q AS (
    SELECT opportunity,
           LIST({{'number': number, 'revision': revision, 'id': id}}) FILTER (state = 'active') AS active,
           LIST({{'number': number, 'revision': revision, 'id': id}}) FILTER (state = 'draft') AS draft,
           COUNT(*) FILTER (state = 'won') AS won,
           LIST({{'number': number, 'revision': revision, 'id': id}}) FILTER (state = 'won') AS won_quotes
    FROM READ_PARQUET('{quotes}')
    WHERE state IN ('active', 'draft', 'won')
    GROUP BY opportunity
), j AS MATERIALIZED (
    SELECT o.id AS opportunity, o.state,
           CASE WHEN o.state <> 'open' OR q.active IS NOT NULL THEN 'blocked' ELSE 'closable' END AS verdict,
           LIST_SORT(q.active) AS active, LIST_SORT(q.draft) AS draft, q.won, LIST_SORT(q.won_quotes) AS won_quotes
    FROM READ_PARQUET('{opportunities}') o LEFT JOIN q ON q.opportunity = o.id
    WHERE o.state <> 'open' OR q.active IS NOT NULL OR q.draft IS NOT NULL OR q.won > 1
)
SELECT opportunity, verdict, 'opportunity-open' AS rule, NULL::VARCHAR[] AS offenders,
       '{{"state":"' || state || '"}}' AS params
FROM j WHERE state <> 'open'
UNION ALL
SELECT opportunity, verdict, 'no-active-quotes', [x.id FOR x IN active],
       '{{"count":' || LEN(active) || ',"quotes":' || CAST(TO_JSON([x.number FOR x IN active]) AS VARCHAR) || '}}'
FROM j WHERE active IS NOT NULL
UNION ALL
SELECT opportunity, verdict, 'drafts-closed-as-well', [x.id FOR x IN draft],
       '{{"count":' || LEN(draft) || ',"quotes":' || CAST(TO_JSON([x.number FOR x IN draft]) AS VARCHAR) || '}}'
FROM j WHERE state = 'open' AND draft IS NOT NULL
UNION ALL
SELECT opportunity, verdict, 'one-won-quote', [x.id FOR x IN won_quotes],
       '{{"count":' || won || ',"quotes":' || CAST(TO_JSON([x.number FOR x IN won_quotes]) AS VARCHAR) || '}}'
FROM j WHERE won > 1
"""
"""All findings with their values, under the same condition: nothing missing, no other states than these."""

SCAN: Final = {
    "flags": (
        "SELECT SUM(STRLEN(id)), SUM(STRLEN(state)) FROM READ_PARQUET('{opportunities}')",
        "SELECT SUM(STRLEN(opportunity)), SUM(STRLEN(state)) FROM READ_PARQUET('{quotes}')",
    ),
    "findings": (
        "SELECT SUM(STRLEN(id)), SUM(STRLEN(state)) FROM READ_PARQUET('{opportunities}')",
        """SELECT SUM(STRLEN(opportunity)), SUM(STRLEN(state)), SUM(STRLEN(id)), SUM(STRLEN(number)), SUM(revision)
           FROM READ_PARQUET('{quotes}')""",
    ),
}
"""Reading the columns that are needed, and nothing else; without the lengths, the least and the most of a file would do."""
