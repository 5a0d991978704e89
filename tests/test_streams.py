"""Files of any length are read record by record, and come to what they come to when they are read whole."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from oppi18n import load_rules
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.model.facts import Conversion, DataError, Problem
from oppi18n.model.values import NOT_LOADED
from oppi18n.readers import pieces, read
from oppi18n.readers.dataverse import Entry
from oppi18n.readers.direct import of_entities
from oppi18n.readers.pieces import lines_of, text_pieces
from oppi18n.readers.streams import stream

ROOT = Path(__file__).parent.parent
MODEL = load_rules("close-opportunity").model
DIRECT = of_entities(MODEL, zone="UTC")
SMALL = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

Found = tuple[list[dict[str, Any]], set[tuple[object, ...]]]


def _told(problems: tuple[Problem, ...]) -> set[tuple[object, ...]]:
    return {(each.code, each.pointer, repr(sorted(each.params.items())), each.line, each.column) for each in problems}


def _sorted_out(outcomes: Iterator[Any]) -> Found:
    """The records of a file, and its problems; what ends the reading is one of them."""
    records: list[dict[str, Any]] = []
    problems: set[tuple[object, ...]] = set()
    try:
        for each in outcomes:
            if isinstance(each, DataError):
                problems |= _told(each.problems)
            else:
                records.append(each.record)
    except DataError as error:
        problems |= _told(error.problems)
    except Oppi18nError as error:
        problems.add((error.code, repr(error.params)))
    return records, problems


def _whole(path: Path, companions: tuple[Path, ...]) -> Iterator[Any]:
    yield from read(path, model=MODEL, companions=companions)


def both(path: Path, *companions: Path) -> tuple[Found, Found]:
    """What a file comes to when it is read whole, and when it is streamed."""
    names = tuple(map(str, companions))
    return _sorted_out(_whole(path, companions)), _sorted_out(stream(str(path), model=MODEL, companions=names))


@pytest.fixture(params=[1, 7, 64, 1024 * 1024])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many bytes are read at once."""
    monkeypatch.setattr(pieces, "_CHUNK", request.param)
    return int(request.param)


@pytest.mark.parametrize(
    "name",
    ["blocked.json", "closable.json", "not-loaded.json", "facts.json", "facts.yaml", "pipeline.jsonl"],
)
@pytest.mark.usefixtures("piece")
def test_examples_come_to_the_same(name: str):
    """Whatever their format is."""
    whole, streamed = both(ROOT / "examples" / name)

    assert whole == streamed
    assert whole[0]


@pytest.mark.usefixtures("piece")
def test_tables_come_to_the_same():
    """A row finds its rows of the other file."""
    whole, streamed = both(ROOT / "examples" / "opportunities.csv", ROOT / "examples" / "quotes.csv")

    assert whole == streamed
    assert whole[0]


# ---- answers of Dataverse ----

ODD: tuple[object, ...] = (None, True, 1, -1, 99, 1.5, "", "x", "2026-03-31", [], {}, "2026-02-30", 10**20, "1")
STATES = {0: (1,), 1: (2, 3), 2: (4,), 3: (5, 6, 7)}


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    """An entity as Dataverse answers it, sometimes with something odd in it."""
    chance = draw(st.randoms(use_true_random=False))
    found = _entity(chance, chance.randrange(10**6))
    if draw(st.booleans()):
        _spoil(chance, found)
    return found


def _entity(chance: Random, number: int) -> dict[str, Any]:
    state = chance.randrange(3)
    return {
        "@odata.etag": f'W/"{number}"',
        "opportunityid": f"AB{number:08}",
        "name": chance.choice(["Ny packlinje", "견적 “1”", "a,b\n{]", None]),
        "statecode": state,
        "statuscode": {0: 1, 1: 3, 2: 4}[state],
        "transactioncurrencyid": chance.choice([{"isocurrencycode": "SEK"}, None]),
        "estimatedvalue": chance.choice([1250.5, 7, 0, None, 0.1234]),
        "actualclosedate": chance.choice(["2026-03-31", None]),
        "createdon": "2026-03-31T22:30:00Z",
        "opportunity_quotes": [_quote(chance, f"{number}-{each}") for each in range(chance.randrange(4))],
    }


def _quote(chance: Random, name: str) -> dict[str, Any]:
    state = chance.randrange(4)
    reason = chance.choice(STATES[state])
    return {"quoteid": f"Q{name}", "revisionnumber": 0, "statecode": state, "statuscode": reason, "totalamount": 12.25}


def _spoil(chance: Random, entity: dict[str, Any]) -> None:
    inner = [each for each in [entity, *entity["opportunity_quotes"]] if len(each) > 1]
    one = chance.choice(inner)
    name = chance.choice(
        [*one, "_opportunityid_value", "_transactioncurrencyid_value", "opportunity_quotes@odata.nextLink"]
    )
    if chance.random() < 0.3:
        one.pop(name, None)
    else:
        one[name] = chance.choice(ODD)


def _read(value: Any) -> Any:
    """The value as the JSON reader has it: amounts are decimals."""
    return json.loads(json.dumps(value), parse_float=Decimal)


@settings(max_examples=150)
@given(entities())
def test_direct_way_answers_as_the_careful_one(entity: dict[str, Any]):
    """Or not at all; it never lets anything pass that the careful one refuses."""
    entity = _read(entity)
    entry = Entry(Conversion(MODEL))
    careful = entry.root(entity)["opportunity"]

    found = DIRECT(entity)
    if found is not None:
        assert not entry.conversion.problems
        assert (repr(found), found) == (repr(careful), careful)


def test_direct_way_is_taken_where_nothing_is_amiss():
    """It would be of no use otherwise."""
    chance = Random(3)
    found = [DIRECT(_read(_entity(chance, number))) for number in range(200)]

    assert None not in found
    assert found[0] is not None
    assert found[0]["customer"] is NOT_LOADED
    assert found[0]["created_on"] == date(2026, 3, 31)


@SMALL
@given(st.lists(entities(), max_size=5), st.sampled_from([None, 0, 1]), st.booleans(), st.sampled_from([1, 13, 4096]))
def test_answers_come_to_the_same(
    tmp_path: Path, found: list[dict[str, Any]], indent: int | None, more: bool, size: int
):
    """Records, problems and their places."""
    answer = {"@odata.context": "x#opportunities", "value": found} | ({"@odata.nextLink": "y"} if more else {})
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer, indent=indent, ensure_ascii=False), encoding="utf-8")
    notices: list[Problem] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_CHUNK", size)
        whole, streamed = both(path)
        assert whole == streamed
        if found:
            list(stream(str(path), model=MODEL, tell=notices.append))
            assert [each.code for each in notices] == (["more-opportunities"] if more else [])


@pytest.mark.parametrize("mark", ["1", "NaN", "0.5", "x", "}"])
def test_something_else_than_a_comma_is_told_as_it_stands(tmp_path: Path, mark: str):
    """Behind a record, and whatever it begins with."""
    path = tmp_path / "answer.json"
    path.write_text(f'{{"value":[{{"opportunityid":"a"}}{mark}{{"opportunityid":"b"}}]}}', encoding="utf-8")

    whole, streamed = both(path)

    assert whole[1] <= streamed[1]


@SMALL
@given(st.randoms(use_true_random=False), st.sampled_from([1, 40, 4096]), st.booleans())
@example(Random(1), 1, False)
def test_broken_answers_are_refused_at_the_same_place(tmp_path: Path, chance: Random, size: int, bare: bool):
    """Wherever a character is lost, doubled or another one."""
    items = [_entity(chance, number) for number in range(chance.randrange(1, 4))]
    text = json.dumps(items if bare else {"@odata.count": 3, "value": items, "x": [1]}, indent=1)
    at = chance.randrange(len(text))
    text = text[:at] + chance.choice(["", text[at] * 2, "]", "}", ",", '"', "\\", "1", "NaN", " "]) + text[at + 1 :]
    path = tmp_path / "answer.json"
    path.write_text(text, encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_CHUNK", size)
        whole, streamed = both(path)
    # What was told of records before the broken place was not asked for when the file was read whole.
    assert whole[1] <= streamed[1]
    assert whole[1] or whole == streamed


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('{"value": [{"opportunityid": "a",\n "name": "x", "name": "y"}]}', "duplicate-member", 2),
        ('{"value": [],\n "value": []}', "duplicate-member", 2),
        ('{"x": 1, "value": [],\n "x": 2}', "duplicate-member", 2),
        ('{"value": [{"a": ' + "[" * 40 + "]" * 40 + "}]}", "too-deep", 1),
        ('{"value": [{}\n {}]}', "json-marks-expected", 2),
        ('{"value": [\n{"a": "\\ud83d"}]}', "lone-surrogate", 2),
        ('{"value": [\n1' + "0" * 700 + "]}", "number-too-long", 2),
        ('{"value": [{}]}\n x', "json-trailing", 2),
        ('{"value": [{}', "json-end", 1),
        ("[", "json-end", 1),
        ('[{"opportunityid": "a"},\n]', "json-value-expected", 2),
        ('{"value": [{}, {},\n]}', "json-value-expected", 2),
        ('{"value": [{}, \n,]}', "json-value-expected", 2),
        ('\u00a0[{"opportunityid": "a"}]', "json-value-expected", 1),
        ('\f{"value": [{}]}', "json-value-expected", 1),
        ('{"x": 1, "value": [{}],\n"opportunity": {"id": 1}}', "wrong-type", 2),
        ('{\n"value": [{}], "opportunity": {"id": "a", "state": "open"}}', "unknown-member", 2),
        ('{"value": ["a", \n"b]}', "json-string-open", 2),
        ('{"error": {"code": "0x1", "message": "no"}}', "dataverse-error", 1),
        ('{"@odata.context": "x#accounts",\n"value": []}', "wrong-entity-set", 1),
        ('{"value": []}', "no-opportunity", 1),
        ("  \n ", "empty-file", 1),
    ],
)
@pytest.mark.usefixtures("piece")
def test_wrong_json_is_told(tmp_path: Path, text: str, code: str, line: int):
    """With its line, however little is read at once; as it is told of a file that is read whole."""
    path = tmp_path / "answer.json"
    path.write_text(text, encoding="utf-8")

    whole, streamed = both(path)
    assert (code, line) in {(each[0], each[3] if len(each) > 2 else 1) for each in streamed[1]}
    assert whole[1] <= streamed[1]


def test_lines_of_json_are_streamed(tmp_path: Path):
    """A bad line does not hide the others."""
    path = tmp_path / "lines.jsonl"
    chance = Random(5)
    lines = [json.dumps(_entity(chance, number)) for number in range(5)]
    path.write_text("\n".join([*lines[:2], "{", "", '{"opportunityid": 1}', *lines[2:]]))

    whole, streamed = both(path)
    assert whole == streamed
    assert len(whole[0]) == 5


@pytest.mark.parametrize("name", ["answers.txt", "answers"])
@pytest.mark.usefixtures("piece")
def test_answers_in_lines_need_no_ending(tmp_path: Path, name: str):
    """As when they are read whole; one answer in one line is one, too."""
    path = tmp_path / name
    for many in (1, 3):
        lines = [json.dumps({"value": [_entity(Random(each), each)]}) for each in range(many)]
        path.write_text("\n".join(lines) + "\n")

        whole, streamed = both(path)
        assert whole == streamed
        assert len(whole[0]) == many


@pytest.mark.parametrize("name", ["long.jsonl", "long.csv", "long.json"])
def test_line_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    """Before all of it is in memory."""
    path = tmp_path / name
    path.write_text("x" * 5000 if name != "long.json" else " " * 5000)
    for module in ("running", "pieces", "streams"):
        monkeypatch.setattr(f"oppi18n.readers.{module}.LIMIT", 1000)
    monkeypatch.setattr(pieces, "_CHUNK", 100)
    parts: list[float] = []

    with pytest.raises(InputError) as caught:
        list(stream(str(path), model=MODEL, watch=parts.append))
    assert (caught.value.code, caught.value.params["path"]) == ("file-too-large", str(path))
    assert max(parts) < 0.5


def test_bytes_that_are_no_text_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Their offset and line are those in the file."""
    path = tmp_path / "answer.json"
    for spoilt in (b"\xff", b"\0", b"\xe2\x82"):
        path.write_bytes(b'\xef\xbb\xbf{"value": [\n{"name": "\xe2\x82\xac\n' + spoilt + b'"}]}')
        whole = _sorted_out(_whole(path, ()))
        for size in (1, 2, 3, 5, 4096):
            monkeypatch.setattr(pieces, "_CHUNK", size)
            assert [each[:1] for each in whole[1]] == [("wrong-encoding",) if spoilt != b"\0" else ("nul-byte",)]
            with pytest.raises(InputError) as caught:
                list(text_pieces(str(path)))
            assert (caught.value.params["offset"], caught.value.params["line"]) == (29, 3)


@pytest.mark.parametrize(("name", "code"), [("no.json", "not-found"), ("", "is-a-folder"), ("a\0b", "not-readable")])
def test_file_that_cannot_be_read(tmp_path: Path, name: str, code: str):
    """As everywhere else."""
    with pytest.raises(InputError) as caught:
        list(stream(f"{tmp_path}/{name}", model=MODEL))
    assert caught.value.code == code


def test_reading_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """From nothing to everything, never back."""
    monkeypatch.setattr(pieces, "_CHUNK", 100)
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"value": [_entity(Random(1), number) for number in range(20)]}))
    parts: list[float] = []

    assert len(list(stream(str(path), model=MODEL, watch=parts.append))) == 20
    assert parts == sorted(parts)
    assert parts[-1] > 0.95


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A piece and a record are there at a time."""
    monkeypatch.setattr(pieces, "_CHUNK", 16 * 1024)
    chance = Random(2)
    peaks = []
    for many in (200, 2000):
        path = tmp_path / f"{many}.json"
        path.write_text(json.dumps({"value": [_entity(chance, number) for number in range(many)]}))
        tracemalloc.start()
        assert sum(1 for _ in stream(str(path), model=MODEL)) == many
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert path.stat().st_size > 700_000
    assert peaks[1] < peaks[0] + 50_000


# ---- tables ----

CELLS = ("", "x", "0", "1", "open", "2026-03-31", "1.5", "a,b", 'say "1"', "two\nlines", "cr\rhere", "99")


@SMALL
@given(st.randoms(use_true_random=False), st.sampled_from(["\n", "\r\n"]), st.sampled_from([1, 50, 4096]))
def test_odd_tables_come_to_the_same(tmp_path: Path, chance: Random, end: str, size: int):
    """Records, problems and their places; of what is wrong twice, both are told in the end."""
    import csv

    paths = tmp_path / "o.csv", tmp_path / "q.csv"
    heads = ["opportunityid", "name", "statecode", "estimatedvalue"], ["opportunity", "quoteid", "state", "totalamount"]
    for path, head in zip(paths, heads, strict=True):
        rows = [_cells(chance, number, head) for number in range(chance.randrange(1, 6))]
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([head, *rows])
            file.write(chance.choice(["", end]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_CHUNK", size)
        whole, streamed = both(*paths)
    assert whole[1] == streamed[1]
    assert whole[1] or whole == streamed


def _cells(chance: Random, number: int, head: list[str]) -> list[str]:
    cells = {"opportunityid": f"o{number}", "opportunity": f"O{chance.randrange(4)}", "quoteid": f"q{number}"}
    cells |= {"statecode": "0", "state": "draft", "name": chance.choice(CELLS), "totalamount": "1.50"}
    found = [cells.get(name, "") for name in head]
    if chance.random() < 0.2:
        found[chance.randrange(len(found))] = chance.choice(CELLS)
    return found[: -1 if chance.random() < 0.05 else None]


def test_quotes_that_belong_nowhere_or_to_two_are_told(tmp_path: Path):
    """They spoil the whole."""
    (tmp_path / "o.csv").write_text("id,state\na,open\nb,open\na,open\n")
    (tmp_path / "q.csv").write_text("opportunity,id,state\nA,q1,draft\nz,q2,draft\nb,Q1,draft\n")

    _, streamed = both(tmp_path / "o.csv", tmp_path / "q.csv")
    assert {(each[0], each[3]) for each in streamed[1]} == {("duplicate-id", 4), ("orphan-quote", 3)}


def test_lines_are_those_of_the_whole_text():
    """Wherever it is cut."""
    text = "a\r\nb\rc\n\nd\u2028e\r"

    for size in range(1, 8):
        cut = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(lines_of(cut)) == ["a\r\n", "b\r", "c\n", "\n", "d\u2028e\r"]
