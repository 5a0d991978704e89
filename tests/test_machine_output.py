"""Machine output keeps to its published schemas and does not change with the language."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppi18n.cli import run
from oppi18n.i18n.locales import PRODUCT

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = sorted((ROOT / "docs" / "schemas" / "envelope").glob("*.schema.json"))
FOR_PEOPLE = {"message", "text", "locale", "dir"}
FILES = sorted(str(path) for path in (ROOT / "examples").glob("*.*") if path.suffix in {".json", ".yaml", ".jsonl"})
TODAY = ("--today", "2026-11-20", "--format", "json")

CHECKS = {
    "record": ("check", *FILES),
    "won": ("check", *FILES, "--as", "won"),
    "lost, bare": ("check", *FILES, "--as", "lost", "--no-defaults"),
    "every rule": ("check", *FILES, "--as", "won", "--revenue", "-1.555", "--currency", "USD", "--competitor", "x"),
    "no such file": ("check", "no-such-file.json", *FILES),
    "not JSON": ("check", str(ROOT / "pyproject.toml")),
    "bad data": ("check", *map(str, sorted((ROOT / "tests" / "bad" / "data").glob("*.json")))),
}
DIALOGS = {
    "empty": ("dialog",),
    "lost": ("dialog", "--as", "lost"),
    "blocked": ("dialog", "--facts", str(ROOT / "examples" / "blocked.json")),
    "blocked closing": ("dialog", "--facts", str(ROOT / "examples" / "blocked.json"), "--as", "won"),
    "closable": ("dialog", "--facts", str(ROOT / "examples" / "closable.json"), "--as", "lost"),
    "undetermined": ("dialog", "--facts", str(ROOT / "examples" / "not-loaded.json"), "--as", "won"),
}
PIPELINE = ("bulk", str(ROOT / "examples" / "pipeline.jsonl"), "--backend", "sqlite")
QUESTIONS = {**CHECKS, **DIALOGS, "pipeline": PIPELINE, "closing of a pipeline": (*PIPELINE, "--as", "lost")}


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """The JSON that a command line prints."""

    def answered(*arguments: str) -> Any:
        run((*arguments, *TODAY))
        return json.loads(capsys.readouterr().out)

    return answered


def strict(schema: Any) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strict(each) for name, each in schema.items()}}


def stripped(value: Any) -> Any:
    """A JSON value without what people read."""
    if isinstance(value, dict):
        return {name: stripped(each) for name, each in value.items() if name not in FOR_PEOPLE}
    return [stripped(each) for each in value] if isinstance(value, list) else value


def read(kind: str) -> Any:
    path = ROOT / "docs" / "schemas" / "envelope" / f"{kind}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.partition(".")[0])
def test_schema_is_valid_and_named(path):
    """Each schema is one of the dialect that it names, and its id says which answer it is about."""
    schema = json.loads(path.read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:oppi18n:schema:envelope:{path.name.partition('.')[0]}:1"


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_answer_keeps_to_its_schema(answer, question):
    """Real answers fit, and have no member that the schema does not tell about."""
    found = answer(*question)

    jsonschema.Draft202012Validator(strict(read(found["kind"]))).validate(found)


@pytest.mark.parametrize("question", DIALOGS.values(), ids=DIALOGS)
def test_newer_answer_keeps_to_an_older_schema(answer, question):
    """The published schemas let added members pass, as the promise says."""
    found = answer(*question)
    newer = {**found, "added": 1, "fields": [{**each, "added": True} for each in found["fields"]]}

    jsonschema.Draft202012Validator(read("dialog")).validate(newer)


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.pop("digest"),
        lambda found: found.update(kind="chat"),
        lambda found: found.update(oppi18n=2),
        lambda found: found.update(today="20 November"),
        lambda found: found["results"][0].update(verdict="perhaps"),
        lambda found: found["results"][0]["violations"][0].update(severity="fatal"),
        lambda found: found["results"][0]["violations"][0].pop("pointers"),
        lambda found: found["results"][0]["violations"][0].update(pointers=["close/date"]),
        lambda found: found["results"][0]["violations"][0].update(dataverse="80040516"),
    ],
)
def test_schema_sees_a_broken_promise(answer, damage):
    """A member that went away or took another type is noticed."""
    found = answer("check", str(ROOT / "examples" / "blocked.json"))

    damage(found)

    assert not jsonschema.Draft202012Validator(read("check")).is_valid(found)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_answers_differ_by_their_texts_alone(answer, question):
    """In every language the answer is the same, but for what people read."""
    answers = {locale: stripped(answer(*question, "--locale", locale)) for locale in PRODUCT}

    assert all(each == answers["en"] for each in answers.values())


def test_schemas_share_their_words():
    """What a violation and an obstacle have in common is described alike."""
    violation, obstacle = read("check")["$defs"]["violation"], read("dialog")["$defs"]["obstacle"]
    common = violation["properties"].keys() & obstacle["properties"].keys() - {"pointers"}

    assert common == {"rule", "severity", "message", "locale", "dataverse", "remedies"}
    assert all(violation["properties"][name] == obstacle["properties"][name] for name in common)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.partition(".")[0])
def test_reference_page_names_the_schema(path):
    """The page about machine output leads to each schema."""
    page = (ROOT / "docs" / "reference" / "machine-output.md").read_text(encoding="utf-8")

    assert f"../schemas/envelope/{path.name}" in page
