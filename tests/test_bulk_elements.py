"""Elements of lists in DuckDB are sorted, listed and named as the engine does it, whatever their texts have in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.util import find_spec
from random import Random
from typing import Any

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.bulk import evaluate
from oppi18n.bulk.packed import decoded
from oppi18n.bulk.rows import json_value
from oppi18n.model.schema import Field

TODAY = date(2026, 3, 31)
EVEN = ("A", "A B", "A!", "A-1", "B", "é", "견적 1", "a" * 300)
ODD = ('A"', 'A" B', "A\\", "A\n", "\x1f", "A\x1eB", "\x1f\\", "\\", '"', "", None)
STRANGE = ("\x7f", "A\tB", "עסקה", "a\u202eb", "A\x85", "\x80")
REVISIONS = (0, 1, 2, 9, None)
FAR = (10, 11, 100, -1, -2, 2**40)


def records(numbers: Sequence[str | None], revisions: Sequence[int | None]) -> list[dict[str, Any]]:
    """Open opportunities with one to four active quotes; numbers and revisions are drawn at random."""
    draw = Random(11)
    return [
        {"id": f"o{each:03}", "state": "open", "quotes": quotes(draw, each, numbers, revisions)} for each in range(80)
    ]


def quotes(
    draw: Random, opportunity: int, numbers: Sequence[str | None], revisions: Sequence[int | None]
) -> list[dict[str, Any]]:
    mark = draw.choice(('"', "\x1e", "")) if ODD[0] in numbers else ""
    return [
        {
            "id": f"q{mark}{opportunity:03}{number}",
            "number": draw.choice(numbers),
            "revision": draw.choice(revisions),
            "state": "active",
        }
        for number in draw.sample(range(9), draw.choice((1, 2, 2, 3, 4)))
    ]


def by_engine(records: list[dict[str, Any]], locales: tuple[str, ...]) -> Iterator[list[Any]]:
    """Offenders in order, the names of the list, and sentences."""
    rules = load_rules("close-opportunity")
    localizers = [Localizer(each) for each in locales]
    for record in records:
        (violation,) = rules.evaluate({"opportunity": record}, today=TODAY).violations
        offenders = sorted(
            record["quotes"],
            key=lambda each: (each["number"] or "", -1 if each["revision"] is None else each["revision"], each["id"]),
        )
        names = json_value(violation.params["quotes"])
        said = [localizer.message(violation) for localizer in localizers]
        yield [record["id"], [each["id"] for each in offenders], names, *said]


@pytest.mark.parametrize(
    ("numbers", "revisions"),
    [
        (EVEN, REVISIONS),
        ((*EVEN, *STRANGE), REVISIONS),
        ((*EVEN, None), (*REVISIONS, *FAR)),
        ((*EVEN, *ODD), REVISIONS),
        ((*EVEN, *ODD, *STRANGE), (*REVISIONS, *FAR)),
    ],
    ids=["even", "strange", "far", "odd", "mixed"],
)
def test_lists_are_the_engines(numbers, revisions, require):
    """Texts alone tell most lists, structs those with an odd element; neither shows."""
    require("duckdb", find_spec("duckdb"))
    import duckdb

    locales, given = ("ko", "sv"), records(numbers, revisions)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE o (id VARCHAR, state VARCHAR)")
        connection.execute(
            "CREATE TABLE q (id VARCHAR, opportunity VARCHAR, number VARCHAR, revision BIGINT, state VARCHAR)"
        )
        connection.executemany("INSERT INTO o VALUES (?, ?)", [(each["id"], each["state"]) for each in given])
        rows = [
            (each["id"], record["id"], each["number"], each["revision"], each["state"])
            for record in given
            for each in record["quotes"]
        ]
        connection.executemany("INSERT INTO q VALUES (?, ?, ?, ?, ?)", rows)
        relations = connection.table("o"), connection.table("q")
        with evaluate(relations[0], lists={"quotes": relations[1]}, today=TODAY) as evaluation:
            columns, found = evaluation.rows({each: Localizer(each) for each in locales})
            places = [columns.index(each) for each in ("opportunity", "offenders", "params", *locales)]
            cells = [[row[place] for place in places] for row in found]

    told = [[identity, offenders, json.loads(params)["quotes"], *said] for identity, offenders, params, *said in cells]
    assert told == list(by_engine(given, locales))


def test_packed_elements_are_read_in_python():
    """Even elements and odd ones beside each other."""
    fields = [Field("number", "string"), Field("revision", "int"), Field("id", "string")]

    found = decoded(fields, 'A\x1f\x1fq1\x1e"A\\"\\u001e"\x1f12\x1f"q2"\x1f\\')

    assert found == [
        {"number": "A", "revision": None, "id": "q1"},
        {"number": 'A"\x1e', "revision": 12, "id": "q2"},
    ]
