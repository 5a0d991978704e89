"""CSV files become the rows that are written in them, whatever ends their lines; what is none is told with its place."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oppi18n import DataError, InputError, load_rules
from oppi18n.bulk import csvfiles
from oppi18n.bulk.csvfiles import even, is_even
from oppi18n.bulk.evaluation import Evaluation
from oppi18n.bulk.headers import columns_of
from oppi18n.bulk.opening import Opening
from oppi18n.bulk.question import question
from oppi18n.cli import run

QUOTES = b"id,number,state,opportunity\n1,QUO-1,active,A\n"
MODEL = load_rules("close-opportunity").model
ENDS = (b"\n", b"\r\n", b"\r")


@pytest.fixture
def verdicts(require: Any, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """What becomes of the opportunities in some CSV files, by their ids."""
    require("duckdb", find_spec("duckdb"))

    def asked(*paths: Path, backend: str = "duckdb") -> dict[str, str]:
        database = Opening(MODEL, backend=backend).open([*map(str, paths)])
        try:
            evaluation = Evaluation(question(today=date(2026, 3, 31)), database)
            columns, rows = evaluation.records()
            return {row[0]: row[1] for row in rows} if columns else {}
        finally:
            database.close()

    return asked


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# ---- the ends of lines ----


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", True),
        (b"a,b\nc,d", True),
        (b"a,b\r\nc,d\r\n", True),
        (b"a,b\rc,d\r", True),
        (b"a,b\r\nc,d\n", False),
        (b"a,b\nc,d\re,f\n", False),
        (b'a,b\r\n"c\nc",d\r\n', True),
        (b'a,b\n"c\r\n""\r",d\n', True),
        (b'a,b\n"c\r\nc",d\r\n', False),
        (b'a,5" pipe\nc,d\r\n', False),
        (b'a,5"" pipe\nc,d\r\n', False),
        (b'a,""\n"""\r\n""",d\n', True),
    ],
)
def test_only_ends_of_rows_count(content, wanted, tmp_path):
    """What ends lines inside of quotes is text; a quotation mark in the middle of a cell opens nothing."""
    assert is_even(str(written(tmp_path, "a.csv", content))) is wanted


CELLS = st.text(st.sampled_from('ab,"\r\né견 '), max_size=6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=6), data=st.data())
def test_evened_files_hold_the_same_rows(rows, data, tmp_path):
    """Rows that end in whatever way are the same rows afterwards, to the last character of their cells."""
    lines = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row).encode() + data.draw(st.sampled_from(ENDS))
        for row in rows
    ]
    source, target = written(tmp_path, "a.csv", b"".join(lines)), tmp_path / "b.csv"
    even(str(source), str(target))

    with open(target, encoding="utf-8", newline="") as file:
        assert [*csv.reader(file, strict=True)] == rows
    assert is_even(str(target))


def test_pieces_part_neither_characters_nor_ends_of_lines(tmp_path, monkeypatch):
    """However little is read at a time, the answer is the same, and so is the place of what is wrong."""
    monkeypatch.setattr(csvfiles, "_CHUNK", 3)
    good = written(tmp_path, "a.csv", "id,n\r\n견적,é\r\n".encode())
    bad = written(tmp_path, "b.csv", "id,n\n견적,é\nA,\xe9\n".encode()[:-3] + b"\xe9\n")

    assert is_even(str(good))
    with pytest.raises(InputError) as caught:
        is_even(str(bad))
    assert (caught.value.code, caught.value.params["line"]) == ("wrong-encoding", 3)
    assert caught.value.params["offset"] == bad.read_bytes().rindex(b"\xe9")


@pytest.mark.parametrize(
    "content",
    [
        b"id,state\r\nA,open\nB,open\r\n",
        b"id,state\rA,open\rB,open\r",
        b"\xef\xbb\xbfid,state\nA,open\nB,open",
        b'id,state,"na\nme"\nA,open,x\nB,open,y\n',
        b'id,state,\nA,open,\nB,open,"q\r\n"\n',
        b'\xef\xbb\xbf"id",state\r\nA,open\r\n\r\nB,open\r\n',
    ],
)
@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_odd_files_are_read_alike(content, backend, tmp_path, verdicts):
    """Ends of lines of all kinds, byte order marks, columns without a name, blank lines."""
    paths = written(tmp_path, "o.csv", content), written(tmp_path, "q.csv", QUOTES)

    assert verdicts(*paths, backend=backend) == {"A": "blocked", "B": "closable"}


# ---- several files ----


def test_a_pattern_takes_columns_by_their_names(tmp_path, verdicts):
    """The order of columns is each file's own affair, and a name with brackets is a name."""
    written(tmp_path, "o-1.csv", b"id,state\nA,open\n")
    written(tmp_path, "o-2.csv", b"state,id\r\nopen,B\r\n")
    quotes = written(tmp_path, "q[1].csv", QUOTES)

    assert verdicts(tmp_path / "o-*.csv", quotes) == {"A": "blocked", "B": "closable"}


def test_a_pattern_whose_files_differ_is_told_with_the_file(tmp_path, verdicts):
    """A cell that is empty and one that was not loaded are not the same, so nothing is filled up."""
    written(tmp_path, "o-1.csv", b"id,state\nA,open\n")
    other = written(tmp_path, "o-2.csv", b"id,name\nB,x\n")

    with pytest.raises(DataError) as caught:
        verdicts(tmp_path / "o-*.csv")
    assert (caught.value.source, caught.value.code) == (str(other), "csv-column-absent")
    with pytest.raises(InputError) as nothing:
        verdicts(tmp_path / "none-*.csv")
    assert nothing.value.code == "not-found"


# ---- what is none ----

BROKEN = [
    (b"id,state\nA,open\nB\n", "csv-ragged", 3),
    (b"id,state\nA,open\nB,open,x\n", "csv-ragged", 3),
    (b'id,state\nA,open\nB,"open\n', "csv-syntax", 3),
    (b'id,state\nA,open\nB,"op"en\n', "csv-syntax", 3),
    (b"id,state\nA,open\nB,\xe9\n", "wrong-encoding", 3),
    (b"id,state\nA,open\nB,op\0en\n", "nul-byte", 3),
    (b'id,"state\nA,open\n', "csv-syntax", 1),
]


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
@pytest.mark.parametrize(("content", "code", "line"), BROKEN)
def test_broken_files_are_told_with_their_line(content, code, line, backend, tmp_path, verdicts):
    """Every backend says the same: which file, which line, what is wrong."""
    path = written(tmp_path, "o.csv", content)
    with pytest.raises(InputError) as caught:
        verdicts(path, backend=backend)

    error = caught.value
    assert told(error) == (code, line)
    assert str(path) == (error.source if isinstance(error, DataError) else error.params["path"])


def told(error: InputError) -> tuple[str, int]:
    if isinstance(error, DataError):
        return error.code, error.problems[0].line
    return error.code, int(str(error.params["line"]))


@pytest.mark.parametrize(("content", "code", "line"), BROKEN[:5])
@pytest.mark.usefixtures("spark")
def test_broken_files_are_told_by_spark_too(content, code, line, tmp_path):
    """It would make rows of some of them by itself."""
    path = written(tmp_path, "o.csv", content)
    with pytest.raises(InputError) as caught:
        Opening(MODEL, backend="spark").open([str(path)]).close()

    assert told(caught.value) == (code, line)


def test_a_copy_is_told_by_the_name_of_its_file(tmp_path, verdicts):
    """Nobody knows the name of a copy in a folder that is gone."""
    path = written(tmp_path, "o.csv", b"id,state\r\nA,open\nB\n")
    with pytest.raises(DataError) as caught:
        verdicts(path)

    assert (caught.value.source, caught.value.problems[0].line) == (str(path), 3)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ((b"id,state\nA,open\n", QUOTES.replace(b"A", b"Z")), "q.csv: 1 rows belong to no opportunity"),
        ((b"id,state\nA,open\n", QUOTES + b"1,QUO-1,active,A\n"), "q.csv: 1 ids occur more than once"),
        ((b"id,state\nA,Open\n", QUOTES), "o.csv: 1 values of the column 'state'"),
        ((b"id,state\n,open\n", QUOTES.replace(b"1,", b",")), "o.csv: 1 rows have no id"),
    ],
)
def test_wrong_rows_are_told_once_with_the_file_that_holds_them(files, wanted, tmp_path, require, capsys):
    """Not with the name of another file before it, and not with its own name twice."""
    require("duckdb", find_spec("duckdb"))
    paths = [str(written(tmp_path, name, each)) for name, each in zip(("o.csv", "q.csv"), files, strict=True)]
    status = run(["bulk", *paths, "--today", "2026-03-31"])
    line = capsys.readouterr().err.splitlines()[0]

    assert status == 2
    assert line.startswith(str(tmp_path / wanted.partition(":")[0]) + ":" + wanted.partition(":")[2])


@pytest.mark.parametrize(
    ("header", "columns"),
    [(b"id,state\n", ["id", "state"]), (b"id,,\n", ["id", "~1", "~2"]), (b'"a\r\nb",c\r\n', ["a\r\nb", "c"])],
)
def test_header_is_read_as_rows_are(header: bytes, columns: Sequence[str], tmp_path: Path) -> None:
    """With line ends in quotes, and names of our own for columns that have none."""
    assert columns_of(str(written(tmp_path, "a.csv", header))) == columns


# ---- clocks ----


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        ("2026-03-31T24:00:00Z", None),
        ("2026-03-31T12:60:00Z", None),
        ("2026-03-31T23:59:60Z", None),
        ("2026-03-31T12:00:00+24:00", None),
        ("2026-03-31T23:59:59.99999999999Z", "2026-03-31"),
        ("2026-03-31t23:59Z", "2026-03-31"),
        ("2026-03-31 23:59:59.5-23:59", "2026-04-01"),
    ],
)
def test_clocks_are_read_as_the_reader_reads_them(moment, wanted, tmp_path, require):
    """A moment that is none for one is none for the other, and both have it on the same day."""
    require("duckdb", find_spec("duckdb"))
    path = written(tmp_path, "o.csv", f"id,state,created_on\na,open,{moment}\n".encode())
    for backend in ("duckdb", "sqlite"):
        try:
            database = Opening(MODEL, backend=backend).open([str(path)])
            evaluation = Evaluation(question(today=date(2026, 1, 1), request={"outcome": "lost"}), database)
            params = [json.loads(row[8]) for row in evaluation.rows()[1] if row[2] == "close-date-after-creation"]
            assert [each["created"] for each in params] == [wanted]
        except DataError:
            assert wanted is None
        finally:
            database.close()


# ---- findings ----


def test_findings_are_quoted_alike_by_every_backend(tmp_path, require):
    """A carriage return in an id ends no row, and lists are written in one way."""
    require("duckdb", find_spec("duckdb"))
    own = written(tmp_path, "o.csv", b'id,state\n"a\rb",open\n')
    quotes = written(tmp_path, "q.csv", b'id,state,opportunity\n1,active,"a\rb"\n2,active,"a\rb"\n')
    found = []
    for backend in ("duckdb", "sqlite"):
        path = tmp_path / f"{backend}.csv"
        arguments = (
            "bulk",
            str(own),
            str(quotes),
            "--backend",
            backend,
            "--today",
            "2026-03-31",
            "--output",
            str(path),
        )
        assert run(arguments) == 1
        with open(path, encoding="utf-8", newline="") as file:
            found.append([row[:8] for row in csv.reader(file, strict=True)])

    assert found[0] == found[1]
    assert found[1][1][0] == "a\rb"
    assert found[1][1][7] == '["1","2"]'
    assert b'"a\rb"' in (tmp_path / "sqlite.csv").read_bytes()
