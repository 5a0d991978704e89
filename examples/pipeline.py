"""Writes pipeline.parquet: 240 invented opportunities, each with its quotes in a list; every run writes the same rows.

python examples/pipeline.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

TARGET = Path(__file__).with_name("pipeline.parquet")
PLACES = ("Harbour", "Bridge", "Ferry", "Warehouse", "Market hall", "Tram depot", "Water works", "Library")
WORKS = ("survey", "lighting", "roof", "signage", "refit", "control room", "ventilation", "phase 2")
STATES = ("open",) * 7 + ("won", "won", "lost")
QUOTE_STATES = ("draft", "draft", "active", "active", "won", "closed", "closed", "closed")
COLUMNS = {
    "id": "VARCHAR", "name": "VARCHAR", "state": "VARCHAR", "status_reason": "VARCHAR", "order_type": "VARCHAR",
    "currency": "VARCHAR", "estimated_revenue": "DECIMAL(19, 4)", "estimated_close_date": "DATE", "created_on": "DATE",
    "quotes": "STRUCT(id VARCHAR, number VARCHAR, revision INTEGER, state VARCHAR, total_amount DECIMAL(19, 4))[]",
}  # fmt: skip


def records() -> Iterator[dict[str, Any]]:
    """The opportunities, the same ones each time."""
    random = Random(2026)
    for number in range(1, 241):
        state = random.choice(STATES)
        created = date(2026, 1, 5) + timedelta(days=random.randrange(300))
        amount = f"{random.randrange(5, 4000) * 250}.{random.choice(('00', '00', '50', '75'))}"
        yield {
            "id": f"e{number:07}-0000-4000-8000-000000000000",
            "name": f"{random.choice(PLACES)} {random.choice(WORKS)}",
            "state": state,
            "status_reason": {"open": "in_progress", "won": "won", "lost": random.choice(("canceled", "out_sold"))}[
                state
            ],
            "order_type": "project",
            "currency": random.choice(("EUR", "EUR", "SEK", "JPY", "KRW")),
            "estimated_revenue": amount if random.random() < 0.9 else None,
            "estimated_close_date": str(created + timedelta(days=90)),
            "created_on": str(created),
            # Of a few opportunities nobody has asked for the quotes: what is not there is unknown, not none.
            "quotes": [quote(random, number, each) for each in range(random.choice((0, 1, 1, 2, 2, 3, 5)))]
            if random.random() < 0.97
            else None,
        }


def quote(random: Random, opportunity: int, number: int) -> dict[str, Any]:
    """One quote of an opportunity."""
    return {
        "id": f"f{opportunity:07}-0000-4000-8000-{number:012}",
        "number": f"QUO-{5000 + opportunity:05}",
        "revision": number,
        "state": random.choice(QUOTE_STATES),
        "total_amount": f"{random.randrange(5, 4000) * 250}.00",
    }


def main() -> None:
    """Write the file."""
    import duckdb

    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        lines = Path(folder) / "lines.jsonl"
        lines.write_text("\n".join(json.dumps(each) for each in records()) + "\n", encoding="utf-8")
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
        source = f"READ_JSON('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
        connection.execute(f"COPY (SELECT * FROM {source}) TO '{TARGET}' (FORMAT PARQUET, COMPRESSION ZSTD)")


if __name__ == "__main__":
    main()
