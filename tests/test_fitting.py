"""Facts are taken over in one go exactly where they fit the model, and come out as of the careful way."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest

from oppi18n import load_rules
from oppi18n.model.facts import DataError, checked
from oppi18n.model.fitting import Fitting, Remembered
from oppi18n.model.values import to_local_date
from oppi18n.readers.json_text import parse
from oppi18n.server import demo

MODEL = load_rules("close-opportunity").model
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, "", "x", "open", "SEK", "sek", "1", "1.5", "-0", "1e3", "1.23456", " 1", "٣", "9" * 16, "inf",
    "2026-03-31", "2026-3-31", "20260331", "2026-W14-2", "2026-02-30", "2026-03-31T22:30:00Z", "2026-03-31T22:30:00", [], {},
    [{}], "0001-01-01T00:00:00+14:00", "\ud83d\ude00", 1.5,
)  # fmt: skip


def facts() -> list[dict[str, Any]]:
    """The facts of the demonstration, as JSON has them."""
    lines = demo.__file__.replace("demo.py", "demo.jsonl")
    with open(lines, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def careful(raw: Any, zone: str) -> Any:
    """What the careful way makes of it; None if anything is wrong."""
    try:
        return checked(MODEL, raw, zone=zone)
    except DataError:
        return None


def shown(record: Any) -> str:
    """Values with their types."""
    return repr(record)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
def test_usual_facts_are_taken_over(zone: str):
    """Texts become amounts and dates; what is the same stays."""
    fitting = Fitting(MODEL, zone=zone)

    for raw in facts():
        for close in ({}, {"close": None}, {"close": {"outcome": "won", "revenue": "5.10", "date": "2026-03-31"}}):
            found = fitting(parse(json.dumps({**raw, **close})))
            if "quotes" in raw["opportunity"]:
                assert found is not None
            assert found is None or shown(found) == shown(careful({**raw, **close}, zone))


def test_odd_values_are_judged_as_by_the_careful_way():
    """Every field of every record with every odd value: taken over as it is there, or left to it."""
    random, fitting = Random(1), Fitting(MODEL)
    taken = left = 0
    for _ in range(1200):
        raw = copy.deepcopy(random.choice(facts()))
        raw["close"] = {"outcome": "won"}
        places = [raw, raw["opportunity"], raw["close"], *raw["opportunity"].get("quotes", ())]
        place = random.choice(places)
        names = [*place, "strange", "currency", "revenue", "created_on", "total_amount", "expires_on", "revision"]
        name = random.choice(names)
        place[name] = random.choice(ODD)
        wanted = careful(copy.deepcopy(raw), "UTC")

        found = fitting(copy.deepcopy(raw))

        if found is None:
            left += 1
        else:
            assert shown(found) == shown(wanted)
            taken += 1
        if wanted is None:
            assert found is None, (name, place[name])
    assert min(taken, left) > 100


@pytest.mark.parametrize(
    "raw",
    [
        None, [], "x", {}, {"close": {}}, {"opportunity": []}, {"opportunity": {}, "close": []}, {"opportunity": {}, "x": 1},
        {"opportunity": {"quotes": [1]}}, {"opportunity": {"quotes": {}}}, {"opportunity": {"quotes": [{"id": "A"}, {"id": "a"}]}},
    ],
)  # fmt: skip
def test_what_is_no_record_is_left_to_the_careful_way(raw: Any):
    """Nothing is raised, nothing is made up."""
    assert Fitting(MODEL)(raw) is None


def test_only_short_texts_are_remembered():
    """A moment with thousands of digits is taken over, and forgotten."""
    remembered = Remembered(lambda text: to_local_date(text, "UTC"))
    usual = "2026-03-31T22:30:00.123456+09:00"

    for text in (usual, f"2026-01-01T00:00:00.{'0' * 7000}Z"):
        assert remembered[text] == to_local_date(text, "UTC")

    assert list(remembered) == [usual]
