"""A pipeline of any size in two Parquet files: most opportunities have few quotes, some have many, a few data is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

QUOTES: Final = 3
"""Quotes per opportunity."""
_WORDS: Final = "['Harbour', 'Bridge', 'Ferry', 'Tram depot', 'Library', 'Water works', 'Market hall', 'Roof']"
_ID: Final = "printf('%08x-%04x-4000-8000-000000000000', {0}, draw({0}) % 65536)"


def opportunities(count: int) -> str:
    """The opportunities, seven in ten of them open."""
    return f"""
        SELECT {_ID.format("i")} AS id,
               {_WORDS}[1 + draw(i + 1) % 8] || ' ' || i AS name,
               CASE WHEN draw(i + 2) % 10 < 7 THEN 'open' WHEN draw(i + 2) % 10 < 9 THEN 'won' ELSE 'lost' END AS state,
               ['EUR', 'EUR', 'SEK', 'JPY', 'KRW'][1 + draw(i + 3) % 5] AS currency,
               CASE WHEN draw(i + 4) % 10 > 0 THEN CAST((draw(i + 5) % 400000000) / 100 AS DECIMAL(19, 4)) END
                   AS estimated_revenue,
               DATE '2025-01-01' + CAST(draw(i + 6) % 600 AS INTEGER) AS estimated_close_date,
               DATE '2024-06-01' + CAST(draw(i + 7) % 500 AS INTEGER) AS created_on
        FROM range({count}) t(i)"""


def quotes(count: int) -> str:
    """Their quotes in no order of theirs; every hundredth belongs to one of a few opportunities that have very many."""
    owner = f"CASE WHEN i % 100 = 0 THEN (draw(i) % ({count} // 1000 + 1)) ELSE (draw(i) % {count}) END"
    return f"""
        SELECT printf('%08x-%04x-4000-9000-000000000000', i, draw(i + 8) % 65536) AS id,
               {_ID.format(owner)} AS opportunity,
               printf('QUO-%07d-%s', i, ['A', 'B', 'C', 'D'][1 + draw(i + 9) % 4]) AS number,
               CAST(draw(i + 10) % 4 AS INTEGER) AS revision,
               ['draft', 'active', 'active', 'won', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed']
                   [1 + draw(i + 11) % 10] AS state,
               CAST((draw(i + 12) % 100000000) / 100 AS DECIMAL(19, 4)) AS total_amount
        FROM range({count * QUOTES}) t(i)"""


def written(folder: Path, count: int) -> tuple[str, str]:
    """The two files, made unless they are there already."""
    import duckdb

    made = []
    with duckdb.connect(config={"preserve_insertion_order": False, "memory_limit": "2GB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE MACRO draw(x) AS CAST(hash(x) // 2 AS BIGINT)")
        for name, sql in (("opportunities", opportunities(count)), ("quotes", quotes(count))):
            path = folder / f"{name}-{count}.parquet"
            if not path.exists():
                half = path.with_suffix(".half")
                connection.execute(f"COPY ({sql}) TO '{half}' (FORMAT PARQUET)")
                half.rename(path)
            made.append(str(path))
    return made[0], made[1]
