"""The published JSON Schema is made from the model and agrees with the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.model.facts import DataError, checked
from oppi18n.model.json_schema import facts_schema
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.source import Source

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "docs" / "schemas" / "facts.schema.json"


def load_model() -> Model:
    path = ROOT / "rules" / "model" / "opportunity.yaml"
    plain = read_model(Source(str(path), path.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


def is_valid(value: object) -> bool:
    found: bool = jsonschema.Draft202012Validator(facts_schema(MODEL)).is_valid(value)
    return found


def test_schema_is_itself_valid():
    """It is a schema of the dialect that it names."""
    jsonschema.Draft202012Validator.check_schema(facts_schema(MODEL))


def test_published_schema_is_current(pytestconfig):
    """The file in the docs is what the model makes; `pytest --update-golden` rewrites it."""
    text = json.dumps(facts_schema(MODEL), indent=2, ensure_ascii=False) + "\n"
    if pytestconfig.getoption("--update-golden"):
        PUBLISHED.write_bytes(text.encode())

    assert PUBLISHED.read_bytes().decode() == text


@pytest.mark.parametrize("name", ["facts.json", "pipeline.jsonl"])
def test_examples_are_valid(name):
    """The shipped examples in our own shape fit the schema."""
    text = (ROOT / "examples" / name).read_text(encoding="utf-8")
    values = [json.loads(line) for line in text.splitlines()] if name.endswith("l") else [json.loads(text)]
    ours = [value for value in values if "opportunity" in value]

    assert ours
    assert all(is_valid(value) for value in ours)
    assert is_valid(ours)


def deal(**members: Any) -> dict[str, Any]:
    return {"opportunity": members}


@pytest.mark.parametrize(
    "value",
    [
        deal(),
        deal(id="a", name=None, quotes=[]),
        deal(estimated_revenue="1.5"),
        deal(estimated_revenue=15),
        deal(created_on="2026-03-31"),
        deal(created_on="2026-03-31T00:00:00Z"),
        {"opportunity": {}, "close": None},
        deal(state=None),
        deal(state="Open"),
        deal(status_reason=None),
        deal(quotes=None),
        deal(quotes=[{"revision": "1"}]),
        deal(quotes=[{"revision": True}]),
        deal(estimated_revenue="1,5"),
        deal(estimated_revenue=10**15),
        deal(estimated_revenue=True),
        deal(created_on="2026-03-31T00:00:00"),
        deal(currency="kr"),
        deal(weather="fine"),
        {"close": {}},
        {"opportunity": {}, "closed": {}},
        17,
    ],
    ids=str,
)
def test_schema_agrees_with_the_reader(value):
    """What the schema lets through the reader takes, and the other way round."""
    try:
        checked(MODEL, value)
    except DataError:
        taken = False
    else:
        taken = True

    assert is_valid(value) is taken
