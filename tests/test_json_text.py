"""JSON is read exactly, and a fault is told with its line, its column and its place in the value."""

from __future__ import annotations

import json
import sys
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oppi18n.errors import Oppi18nError
from oppi18n.model.facts import DataError
from oppi18n.readers import json_text
from oppi18n.readers.json_scan import Scan
from oppi18n.readers.json_text import MAX_DEPTH, MAX_NUMBER, parse

FAULTS = [
    ("", "empty-file", "", 1, 1),
    ('{"a": 1,}', "json-name-expected", "", 1, 9),
    ("[1 2]", "json-marks-expected", "", 1, 4),
    ('{"a": {"b": nul}}', "json-value-expected", "/a/b", 1, 13),
    ('{\n  "견적": [1, NaN]\n}', "json-constant", "/견적/1", 2, 13),
    ('{"a/b~": 01}', "json-number", "/a~1b~0", 1, 10),
    ('["a", "b', "json-string-open", "/1", 1, 7),
    ('["a\nb"]', "json-string-open", "/0", 1, 2),
    ('["\\x"]', "json-escape", "/0", 1, 3),
    ('["\\u12"]', "json-escape", "/0", 1, 3),
    ('["\x01"]', "json-control", "/0", 1, 3),
    ('{"a" 1}', "json-mark-expected", "/a", 1, 6),
    ("{} {}", "json-trailing", "", 1, 4),
    ('{"a": 1', "json-end", "", 1, 8),
    ('{"a":\n1, "a":\n2}', "duplicate-member", "/a", 2, 4),
    ('["\\udc00"]', "lone-surrogate", "/0", 1, 2),
    ("9" * (MAX_NUMBER + 1), "number-too-long", "", 1, 1),
    ("-", "json-number", "", 1, 1),
    ("[1.]", "json-number", "/0", 1, 2),
    ("1e" + "9" * 30, "json-number", "", 1, 1),
    ("[" * 33 + "]" * 33, "too-deep", "/0" * 32, 1, 33),
    ("[" * 100_000, "too-deep", "/0" * 32, 1, 33),
]


@pytest.mark.parametrize(("text", "code", "pointer", "line", "column"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_fault_is_told_with_its_place(text, code, pointer, line, column):
    """The first problem names the culprit and where it stands."""
    with pytest.raises(DataError) as caught:
        parse(text, "x.json")

    found = caught.value.problems[0]
    assert (found.code, found.pointer, found.line, found.column) == (code, pointer, line, column)
    assert caught.value.source == "x.json"


def test_all_faults_are_told_at_once():
    """What does not make the rest senseless does not hide it."""
    with pytest.raises(DataError) as caught:
        parse('{"a": NaN, "b": {"c": 1, "c": 2}, "d": "\\ud800", "a": 1}')

    assert [(each.code, each.pointer) for each in caught.value.problems] == [
        ("json-constant", "/a"),
        ("duplicate-member", "/b/c"),
        ("lone-surrogate", "/d"),
        ("duplicate-member", "/a"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("-12345678901234.5678", Decimal("-12345678901234.5678")),
        ("1E+2", Decimal(100)),
        ("7", 7),
        ("-0", 0),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        (" [ ] \r\n\t", []),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    ],
)
def test_value_is_exact(text, value):
    """Nothing is rounded, and nothing that is right is refused."""
    found = parse(text)

    assert value is None or (found == value and type(found) is type(value))


@pytest.mark.parametrize("text", ["[" + "{}," * 50 + "{}]", '{"a":' * 20 + "1" + "}" * 20])
def test_many_brackets_are_not_deep(text):
    """Depth counts, not number."""
    assert parse(text)


def test_position_is_given_for_any_value():
    """The place of a value that was asked for; an absent one has the place of what should hold it."""
    scan = Scan('{"value": [\n  {"a": 1},\n  {"b": {}}\n]}', ["/value/1/b", "/value/1/b/c", "/value/0/a"])

    assert [scan.place(each) for each in ("/value/1/b", "/value/1/b/c", "/value/0/a")] == [(3, 9), (3, 9), (2, 9)]


def test_minified_text_with_many_faults_is_quick():
    """Places are found in one walk even where all of the text is one line, and a thousand faults are enough."""
    text = "[" + ",".join('{"a":1,"a":2}' for _ in range(5_000)) + "]"

    with pytest.raises(DataError) as caught:
        parse(text)

    assert len(caught.value.problems) == 1_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_reads_what_the_standard_library_writes(value, indent, ascii_only):
    """Every ordinary JSON text is read as the standard library reads it."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert parse(text) == json.loads(text, parse_float=Decimal)
    assert not Scan(text).problems


JUNK = st.text(st.sampled_from('{}[]",:\\u0d8eE+-.19 truefalsn\n\t\x00é😀NaInity'), max_size=30)


@example("[-Infinity]")
@example('{"a":1}]')
@example('"\\ud83d')
@example("1.5e+")
@given(JUNK | st.builds(lambda value, at, junk: json.dumps(value)[:at] + junk, VALUES, st.integers(0, 40), JUNK))
def test_second_look_agrees_with_the_first(text):
    """What the fast reader refuses, the scanner can explain; what it takes, the scanner takes."""
    refused: Oppi18nError | None = None
    try:
        parse(text)
    except Oppi18nError as error:
        refused = error

    assert bool(refused) == bool(Scan(text).problems)
    assert refused is None or (isinstance(refused, DataError) and str(refused))


@pytest.mark.parametrize("text", ['{"a": [1.50, "é", null]}', " [] ", '{"a": 1, "a": 2}', "[NaN]", "[1] 2", "", "[1,]"])
def test_any_scanner_reads_alike(text, monkeypatch):
    """Where Python has none in C, the one in Python is asked, to the same end."""
    answers = []
    for without in (None, "_json"):
        if without:
            monkeypatch.setitem(sys.modules, without, None)
            monkeypatch.setattr(json_text, "_scan", json_text._scanner())
        try:
            answers.append(parse(text))
        except DataError as error:
            answers.append(str(error))

    assert answers[0] == answers[1]
