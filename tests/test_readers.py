"""Data files become facts, and what is wrong with one is told whole and in its place."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.diagnostics import Diagnostics
from oppi18n.errors import TEXTS, InputError, Oppi18nError
from oppi18n.model.facts import DataError, Facts, Problem
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers import read, read_content, reader_names
from oppi18n.source import Source

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
BAD = sorted(path for path in (ROOT / "tests" / "bad" / "data").iterdir() if not path.name.endswith(".quotes.csv"))
ELSEWHERE = {
    "companion-unused",
    "float-inexact",
    "more-opportunities",
    "several-opportunities",
    "too-many-companions",
    "unknown-format",
    "unknown-zone",
    "unrecognized-file",
    "wrong-setting",
}
"""Codes that no file alone brings about; they have tests of their own here or in test_values.py."""

MINE = {"absent-member", "dataverse-error", "duplicate-id", "duplicate-member", "empty-file", "lone-surrogate"} | {
    code
    for code in TEXTS
    if code.startswith(
        ("csv-", "json-", "yaml-", "orphan-", "null-", "number-", "other-opportunity", "reason-", "too-", "wrong-")
    )
    or code in ("unknown-code", "unknown-member", "unknown-member-near", "unknown-reason-code", "unknown-value")
}


def load_model() -> Model:
    path = ROOT / "rules" / "model" / "opportunity.yaml"
    plain = read_model(Source(str(path), path.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


def errors(path: Path) -> tuple[InputError, ...]:
    """Everything that reading the file brings to light."""
    companion = path.with_name(f"{path.stem}.quotes.csv")
    try:
        return read(path, model=MODEL, companions=[companion] if companion.exists() else []).errors
    except InputError as error:
        return (error,)


def problems(path: Path) -> list[Problem]:
    return [each for error in errors(path) if isinstance(error, DataError) for each in error.problems]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_bad_file_is_told(path):
    """A file that is wrong is refused with the code that it is named after."""
    codes = {each.code for each in problems(path)} or {error.code for error in errors(path)}

    assert codes == {path.name.partition(".")[0].partition("~")[0]}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_problem_knows_its_line(path):
    """Every problem has a sentence and a line."""
    assert all(each.line >= 1 and each.message for each in problems(path))
    assert all(str(error) for error in errors(path))


def test_file_of_quotes_beside_json_is_refused():
    """Nothing that was given is passed over in silence: JSON holds its quotes itself."""
    with pytest.raises(InputError) as caught:
        read(EXAMPLES / "blocked.json", model=MODEL, companions=[EXAMPLES / "quotes.csv"])

    assert caught.value.code == "companion-unused"


def test_every_code_has_a_bad_file():
    """No way for a data file to be wrong goes without an example."""
    shown = {path.name.partition(".")[0].partition("~")[0] for path in BAD}

    assert shown >= MINE - ELSEWHERE


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("blocked.json", 1),
        ("closable.json", 1),
        ("not-loaded.json", 1),
        ("facts.json", 1),
        ("facts.yaml", 1),
        ("pipeline.jsonl", 5),
        ("opportunities.csv", 3),
    ],
)
def test_example_is_read(name, count):
    """The shipped examples are in order."""
    reading = read(EXAMPLES / name, model=MODEL)

    assert (len(reading.facts), reading.errors, reading.notices) == (count, (), ())


def test_yaml_and_json_say_the_same():
    """One deal in two notations is one record."""
    notations = [read(EXAMPLES / name, model=MODEL).only().record for name in ("facts.json", "facts.yaml")]

    assert notations[0] == notations[1]
    assert notations[0]["close"]["revenue"] == Decimal("86500.00")
    assert notations[0]["close"]["date"] == date(2026, 3, 31)


def test_yaml_words_have_the_type_of_their_field():
    """The model decides what a plain word is, not YAML."""
    text = "opportunity: {id: 0123, name: no, customer: 1e3, state: open, created_on: ~, estimated_revenue: 1}"

    record = read_content(text.encode(), model=MODEL, source="a.yaml").only().record["opportunity"]

    assert record == {
        "id": "0123",
        "name": "no",
        "customer": "1e3",
        "state": "open",
        "created_on": None,
        "estimated_revenue": Decimal(1),
    }


def test_bad_record_does_not_hide_the_others():
    """Each line is answered on its own."""
    lines = ['{"opportunity": {"id": "a"}}', '{"opportunity": {"id": 1}}', "{]", "", '{"opportunityid": "b"}']

    reading = read_content("\r\n".join(lines).encode(), model=MODEL, source="p.jsonl")

    assert [each.id if isinstance(each, Facts) else each.problems[0].line for each in reading] == ["a", 2, 3, "b"]
    assert [each.source for each in reading] == ["p.jsonl:1", "p.jsonl:2", "p.jsonl:3", "p.jsonl:5"]


def test_lines_are_recognized_on_standard_input():
    """Without a file name the content says that it is JSON Lines."""
    reading = read_content(b'{"opportunity": {"id": "a"}}\n{"opportunity": {"id": "b"}}\n', model=MODEL)

    assert [facts.id for facts in reading.facts] == ["a", "b"]


def test_list_may_mix_shapes():
    """The items of a JSON list are records of their own."""
    reading = read_content(b'[{"opportunity": {"id": "a"}}, {"opportunityid": "b"}, 3]', model=MODEL)

    assert [facts.id for facts in reading.facts] == ["a", "b"]
    assert reading.facts[1].source_pointer("/opportunity/state") == "/1/statecode"
    assert reading.errors[0].problems[0].pointer == "/2"


def test_absent_optional_field_of_our_own_shape_is_empty():
    """What our own shape leaves out is not marked as unknown; the quotes simply are not there."""
    record = read_content(b'{"opportunity": {"id": "a"}}', model=MODEL).only().record["opportunity"]

    assert record == {"id": "a"}


def test_only_wants_one():
    """A file of several opportunities has no single one."""
    reading = read(EXAMPLES / "pipeline.jsonl", model=MODEL)

    with pytest.raises(InputError, match="holds 5 opportunities"):
        reading.only()


def test_only_raises_what_is_wrong():
    """The error of the one record is raised."""
    with pytest.raises(DataError):
        read_content(b'{"opportunity": {"id": 1}}', model=MODEL).only()


def test_format_names_the_reader():
    """A named reader is asked whatever the file is called."""
    facts = read_content(b"opportunity: {id: a}", model=MODEL, source="x.yaml", format="native").only()

    assert facts.id == "a"


@pytest.mark.parametrize(
    ("content", "arguments", "code"),
    [
        (b"hello", {}, "unrecognized-file"),
        (b"{}", {"format": "xml"}, "unknown-format"),
        (b"{}", {"zone": "Asia/Nowhere"}, "unknown-zone"),
        (b"{}", {"zone": "../etc"}, "unknown-zone"),
    ],
)
def test_impossible_wish_is_refused(content, arguments, code):
    """A caller who asks for what is not there is told so."""
    with pytest.raises(InputError) as caught:
        read_content(content, model=MODEL, **arguments)

    assert caught.value.code == code


def test_readers_are_found_by_file_name():
    """The folder is the registry."""
    assert reader_names() == ["csvs", "dataverse", "native"]


def test_absent_file_is_told(tmp_path):
    """A file that is not there is an input error."""
    with pytest.raises(InputError, match="there is no file"):
        read(tmp_path / "none.json", model=MODEL)


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates().map(str)
NAMES = st.sampled_from(
    [
        "opportunity",
        "close",
        "quotes",
        "id",
        "state",
        "revision",
        "estimated_revenue",
        "value",
        "opportunityid",
        "statecode",
        "statuscode",
        "error",
        "quoteid",
        "opportunity_quotes",
        "opportunity_quotes@odata.nextLink",
        "transactioncurrencyid",
        "isocurrencycode",
        "_opportunityid_value",
        "estimatedvalue",
        "createdon",
        "@odata.context",
    ]
)
SHAPES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=20
)
ENDINGS = st.sampled_from(["-", "a.json", "a.jsonl", "a.yaml", "a.csv", "a.txt"])


def outcome(content: bytes, name: str) -> list[bytes]:
    """What comes of the content, in printable form."""
    try:
        return [str(each).encode() for each in read_content(content, model=MODEL, source=name)]
    except Oppi18nError as error:
        return [str(error).encode()]


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode), ENDINGS)
def test_arbitrary_bytes_raise_nothing_foreign(content, name):
    """Whatever the bytes are, only our own errors come out."""
    assert outcome(content, name)


@given(SHAPES, ENDINGS)
def test_arbitrary_shapes_raise_nothing_foreign(value, name):
    """Whatever the members are, only our own errors come out, and each is printable."""
    assert outcome(json.dumps(value).encode(), name)


def plain(value: object) -> object:
    """A record as our own JSON has it."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if each is not NOT_LOADED}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, (Decimal, date)) else value


@pytest.mark.parametrize("name", ["blocked.json", "closable.json", "not-loaded.json", "facts.yaml"])
def test_facts_survive_a_round_trip(name):
    """Facts written in our own shape are read as the same facts."""
    facts = read(EXAMPLES / name, model=MODEL).only()

    again = read_content(json.dumps(plain(facts.record)).encode(), model=MODEL).only()

    assert plain(again.record) == plain(facts.record)
    assert not isinstance(again.record["opportunity"].get("quotes"), PartialList)
