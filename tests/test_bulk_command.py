"""`bulk` and `rules export` as scripts and people meet them: summaries, files, bad input, interrupts."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from oppi18n import load_rules
from oppi18n.bulk import staging
from oppi18n.bulk.question import question
from oppi18n.bulk.staging import Staging, facts_of
from oppi18n.bulk.summary import Summary
from oppi18n.cli import bulkprogress, run
from oppi18n.cli.bulksummary import SummaryText
from oppi18n.cli.session import Session
from oppi18n.errors import InputError
from oppi18n.targets.sql.tables import WHOLE
from oppi18n.widths import display_width

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
LINES, PARQUET = str(EXAMPLES / "pipeline.jsonl"), str(EXAMPLES / "pipeline.parquet")
TODAY = ("--today", "2026-11-21")
LOCALES = ("en", "ko", "zh-HK", "ja", "ms", "sv")

pytestmark = pytest.mark.usefixtures("checkout")
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command line: its status, what it printed, what it told."""

    def said(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return said


def on_sqlite(*arguments: str) -> tuple[str, ...]:
    """A question about the pipeline that needs no library."""
    return ("bulk", LINES, "--backend", "sqlite", *TODAY, *arguments)


# ---- the summary ----


@pytest.mark.parametrize("outcome", [(), ("--as", "won")])
def test_summary_has_counts_and_bars(outcome, say, golden):
    """Verdicts, then a row per rule that ever fails or is not known."""
    status, out, err = say(*on_sqlite(*outcome))

    assert status == 1
    assert err.count("\n") == (0 if outcome else 1)
    golden(f"bulk/summary{'.won' if outcome else ''}.txt", out)


@pytest.mark.parametrize("locale", LOCALES)
def test_summary_fits_a_terminal_in_every_language(locale, require, say):
    """No line is wider than 80 columns, and the figures of a column end in the same one."""
    require("duckdb", find_spec("duckdb"))
    out = say("bulk", PARQUET, "--as", "won", "--locale", locale, *TODAY)[1]
    lines = out.splitlines()
    ends = {display_width(re.sub(r"  [█▏▎▍▌▋▊▉]*$", "", line)) for line in lines[1:4]}

    assert max(map(display_width, lines)) <= 80
    assert len(ends) == 1
    assert "240" in lines[0]


def test_a_pipeline_without_obstacles_exits_with_0(tmp_path, say):
    """Yes is 0, as everywhere."""
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"opportunity": {"id": "a", "state": "open", "quotes": []}}), encoding="utf-8")

    assert say("bulk", str(path), "--backend", "sqlite", *TODAY)[0] == 0


# ---- what is written ----


def test_findings_go_to_the_standard_output(say):
    """As JSON Lines, with a column of sentences per language, and no summary among them."""
    status, out, _ = say(*on_sqlite("--output", "-", "--locale", "ko", "--locale", "zh-HK"))
    rows = [json.loads(line) for line in out.splitlines()]

    assert status == 1
    assert [*rows[0]][-2:] == ["message_ko", "message_zh_HK"]
    failing = [each for each in rows if each["outcome"] == "fails"]
    assert all(each["message_ko"] != each["message_zh_HK"] for each in failing)
    assert {each["verdict"] for each in rows} >= {"blocked", "undetermined"}


@pytest.mark.parametrize("also", [("--summary",), ("--format", "json")])
def test_findings_have_the_standard_output_for_themselves(also, say):
    """What else is wanted is said where words are."""
    _, out, err = say(*on_sqlite("--output", "-", *also))

    assert all("rule" in json.loads(line) for line in out.splitlines())
    assert "no-active-quotes" in err


@pytest.mark.parametrize(
    ("option", "target"), [("--output", "quotes.csv"), ("--output", "opportunities.csv"), ("--output", "other.csv")]
)
def test_files_that_are_read_are_not_written_over(option, target, say, tmp_path):
    """By whatever name, and as one of several behind a pattern too."""
    for name in ("opportunities.csv", "quotes.csv"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    (tmp_path / "other.csv").symlink_to(tmp_path / "quotes.csv")
    sources = str(tmp_path / "[o]pportunities.csv"), str(tmp_path / "quotes.csv")
    status, _, err = say("bulk", *sources, "--backend", "sqlite", option, str(tmp_path / target), *TODAY)

    assert status == 2
    assert "is read here" in err
    assert (tmp_path / "quotes.csv").read_bytes() == (EXAMPLES / "quotes.csv").read_bytes()


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("second", "told"),
    [
        (b'{"opportunity": {"id": "B\0"}}', " is not text: byte 67 in line 2 is zero"),
        (b'{"opportunity": {"id": "\xe9"}}', " is not UTF-8 text: byte 66 in line 2 does not fit"),
        (b'{"opportunity": {"id": ', ":2:24: the file ends in the middle of a value"),
        (b'{"opportunity": {"id": "a", "state": "open"}}', ": opportunity: 1 ids occur more than once, such as a"),
        (
            b'{"opportunity": {"id": "B", "state": "open", "name": "' + b"x" * 200 + b'"}}',
            ":2 is larger than 200 bytes",
        ),
    ],
)
def test_lines_that_are_wrong_are_told_with_their_place(second, told, backend, require, say, tmp_path, monkeypatch):
    """Their place in the file, not in the line, and the file by its name."""
    if backend == "duckdb":
        require("duckdb", find_spec("duckdb"))
    monkeypatch.setattr(staging, "LIMIT", 200)
    path = tmp_path / "two.jsonl"
    path.write_bytes(b'{"opportunity":{"id":"A","state":"open"}}\n' + second + b"\n")
    status, out, err = say("bulk", str(path), "--backend", backend, *TODAY)

    assert (status, out) == (2, "")
    assert f"{path}{told}" in err


def test_a_line_may_be_as_long_as_a_file(require, say, tmp_path, monkeypatch):
    """DuckDB makes room for the longest line that it is given."""
    require("duckdb", find_spec("duckdb"))
    monkeypatch.setattr("oppi18n.bulk.backends.duckdb._LINE", 1)
    path = tmp_path / "long.jsonl"
    record = {"id": "A", "state": "open", "name": "x" * 300_000, "quotes": []}
    path.write_text(json.dumps({"opportunity": record}), encoding="utf-8")

    assert say("bulk", str(path), *TODAY)[0] == 0


@pytest.mark.parametrize("ending", [".html", ".svg"])
def test_report_is_a_chart_in_the_readers_language(ending, tmp_path, say):
    """A page or an image that stands alone: well-formed, with nothing from elsewhere in it."""
    path = tmp_path / f"report{ending}"
    status, out, err = say(*on_sqlite("--report", str(path), "--locale", "ja"))
    text = path.read_text(encoding="utf-8")
    svg = ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + len("</svg>")])
    bars = [float(each.attrib["width"]) for each in svg.iter("{http://www.w3.org/2000/svg}rect")]

    assert (status, out) == (1, "")
    assert str(path) in err
    assert svg.attrib["lang"] == "ja"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert len(bars) > 3
    assert max(bars) > 0


def test_a_row_per_opportunity_has_a_column_per_rule(say):
    """Closable ones too."""
    out = say(*on_sqlite("--output", "-", "--per", "opportunity"))[1]
    rows = [json.loads(line) for line in out.splitlines()]

    assert {each["verdict"] for each in rows} == {"closable", "blocked", "undetermined"}
    assert {each["no_active_quotes"] for each in rows} == {0, 1, 2}


@pytest.mark.parametrize("backend", ["duckdb", "sqlite"])
def test_columns_that_are_nearly_called_as_fields_are_told(backend, require, say, tmp_path):
    """What they hold is not loaded, and nobody would see why; columns of other kinds are nobody's business."""
    if backend == "duckdb":
        require("duckdb", find_spec("duckdb"))
    path = tmp_path / "opportunities.csv"
    path.write_text("id,satus_reason, state,owner,estimated_revenu_base\nA,in_progress,open,me,1\n", encoding="utf-8")
    status, _, err = say("bulk", str(path), "--backend", backend, "--output", "-", *TODAY)
    told = [line for line in err.splitlines() if "did you mean" in line]

    assert status == 1
    assert [line.rpartition(" ")[2] for line in told] == ["'status_reason'?", "'state'?", "'estimated_revenue'?"]
    assert all(line.startswith(f"{path}:") for line in told)


def test_a_closing_that_comes_along_is_told(say):
    """It is not what was asked, and nobody should think so."""
    status, _, err = say("bulk", str(EXAMPLES / "facts.yaml"), "--backend", "sqlite", *TODAY)

    assert status == 1
    assert "facts.yaml: 1 records bring a closing of their own" in err


# ---- what cannot be meant ----


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--table", "a", "--view", "b"), "Give either --table or --view, not both."),
        (("--output", "findings.xlsx"), "the format of findings.xlsx is not known"),
        (("--report", "report.pdf"), "the report report.pdf must end in one of"),
        (("--backend", "postgres"), "the backend postgres does not read"),
        (("--table", "findings"), "creates tables and views only in a database file that it reads"),
        (("--mapping", "absent.yaml"), "there is no file absent.yaml"),
        (("--output", "absent/findings.csv"), "absent/findings.csv cannot be written: No such file or directory"),
        (("--report", "absent/report.svg"), "absent/report.svg cannot be written: No such file or directory"),
        (("--locale", "tlh"), "tlh"),
        (("--zone", "Nowhere"), "there is no time zone 'Nowhere'"),
    ],
)
def test_what_cannot_be_meant_exits_with_2(arguments, told, say, tmp_path, monkeypatch):
    """Before anything is read where that can be, and with nothing written."""
    monkeypatch.chdir(tmp_path)
    status, out, err = say(*on_sqlite(*arguments))

    assert (status, out) == (2, "")
    assert told in err
    assert [*tmp_path.iterdir()] == []


def test_mapping_to_a_column_that_is_not_there_is_told(say, tmp_path):
    """A mapping that names columns means them."""
    (tmp_path / "mapping.yaml").write_text("quotes: {columns: {number: quote_no}}", encoding="utf-8")
    status, _, err = say(*on_sqlite("--mapping", str(tmp_path / "mapping.yaml")))

    assert status == 2
    assert "there is no column 'quote_no' in quote" in err


def test_memory_that_is_no_size_is_told(require, say):
    """The database's own words about its own setting."""
    require("duckdb", find_spec("duckdb"))
    status, _, err = say("bulk", PARQUET, "--memory", "5potatoes")

    assert status == 2
    assert "the database gave up: " in err


def test_memory_below_nothing_is_told(require, say):
    """DuckDB would take it for no limit at all."""
    require("duckdb", find_spec("duckdb"))
    status, _, err = say("bulk", PARQUET, "--memory", "-5MB")

    assert status == 2
    assert "'-5MB' is not a valid --memory" in err


def test_a_backend_without_its_library_says_how_to_get_it(say, monkeypatch):
    """The extra by its name, and no traceback."""
    for name in [each for each in sys.modules if each.startswith(("pyspark", "py4j", "oppi18n.bulk.backends.spark"))]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("pyspark", "py4j"):
        monkeypatch.setitem(sys.modules, name, None)
    status, _, err = say("bulk", PARQUET, "--backend", "spark")

    assert status == 2
    assert "pip install 'oppi18n[spark]'" in err


# ---- sources that break while they are read ----


@pytest.fixture
def pipeline(require: Any, tmp_path: Path) -> tuple[str, str]:
    """100,000 opportunities and as many quotes in two Parquet files."""
    duckdb = pytest.importorskip("duckdb")
    texts = {
        "opportunities": "SELECT 'o' || i AS id, 'open' AS state, md5(i::VARCHAR) AS name FROM range(100000) t(i)",
        "quotes": "SELECT 'q' || i AS id, 'o' || i AS opportunity, md5(i::VARCHAR) AS number,"
        " ['draft', 'active'][1 + i % 2] AS state FROM range(100000) t(i)",
    }
    with duckdb.connect() as connection:
        for name, sql in texts.items():
            connection.execute(f"COPY ({sql}) TO '{tmp_path / name}.parquet' (FORMAT PARQUET)")
    return str(tmp_path / "opportunities.parquet"), str(tmp_path / "quotes.parquet")


def test_parquet_with_broken_pages_is_told_and_nothing_is_written(pipeline, tmp_path, say):
    """A file may look right from its last bytes and not be."""
    broken = bytearray(Path(pipeline[1]).read_bytes())
    for place in range(1000, len(broken) * 3 // 4, 97):
        broken[place] ^= 0x55
    Path(pipeline[1]).write_bytes(broken)
    target = tmp_path / "findings.csv"
    status, out, err = say("bulk", *pipeline, "--output", str(target), *TODAY)

    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["opportunities.parquet", "quotes.parquet"]


def child(arguments: Sequence[str], folder: Path, **options: Any) -> subprocess.Popen[str]:
    """A process of its own whose temporary files lie in a folder."""
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "oppi18n", *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, encoding="utf-8", **options)


@pytest.mark.skipif(os.name != "posix", reason="limits and signals are those of POSIX")
@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_disk_that_is_full_is_told_and_nothing_is_left(ending, pipeline, tmp_path):
    """Files may not grow beyond a limit here, which fails as a full disk does."""
    import resource

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    spill, out = tmp_path / "spill", tmp_path / "out"
    spill.mkdir()
    out.mkdir()
    command = ["bulk", *pipeline, "--output", str(out / f"findings.{ending}"), "--locale", "sv", *TODAY]
    with child(command, spill, preexec_fn=limited) as process:
        told = process.communicate()[1]

    assert process.returncode == 2
    assert "Traceback" not in told
    assert ".oppi18n-" not in told
    assert [*out.iterdir(), *spill.iterdir()] == []


@pytest.mark.skipif(os.name != "posix", reason="limits and signals are those of POSIX")
@pytest.mark.parametrize(
    ("patience", "sent"), [(0.0, signal.SIGINT), (0.15, signal.SIGINT), (0.05, signal.SIGTERM), (0.2, signal.SIGHUP)]
)
def test_an_interrupt_leaves_nothing_half_done(patience, sent, pipeline, tmp_path):
    """Exit status 130, no part of a file, and nothing of what was spilled; whoever ends a process politely is heard."""
    spill, out = tmp_path / "spill", tmp_path / "out"
    spill.mkdir()
    out.mkdir()
    command = ["bulk", *pipeline, "--threads", "1", "--output", str(out / "findings.jsonl"), "--locale", "ko", *TODAY]
    for attempt in range(6):
        (out / "findings.jsonl").write_text("old", encoding="utf-8")
        with child(command, spill) as process:
            while not any(spill.iterdir()) and process.poll() is None:
                time.sleep(0.005)
            time.sleep(patience / 2**attempt)
            process.send_signal(sent)
            told = process.communicate()[1]
        if process.returncode != 1:
            # Otherwise it was done before it heard of it.
            break

    assert (process.returncode, told.strip()) == (130, "")
    assert [each.name for each in out.iterdir()] == ["findings.jsonl"]
    assert (out / "findings.jsonl").read_text(encoding="utf-8") == "old"
    assert [*spill.iterdir()] == []


def test_wrong_credentials_are_told_without_the_password(postgres, say):
    """The server's reason, and the place without secrets."""
    url = postgres.replace("oppi18n@", "nobody:secret@")
    status, _, err = say("bulk", url, *TODAY)

    assert status == 2
    assert "nobody" in err
    assert "secret" not in err


# ---- progress ----


class Clock:
    """Stands still until it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[bulkprogress.Progress, Clock]:
    """Progress on a terminal, as it begins."""
    clock = Clock()
    monkeypatch.setattr(bulkprogress, "monotonic", clock)
    progress = bulkprogress.Progress(Session("en"))
    progress.wanted = True
    return progress, clock


def test_progress_tells_an_estimate_that_never_goes_back(watched, capsys):
    """A statement that begins anew is another part of its stage, and not the same work once more."""
    progress, clock = watched
    told = []
    with progress:
        progress.stage(0.5, steps=2)
        for passed, statement, done in ((1, 1, 0.5), (1, 1, 1.0), (1, 2, 0.0), (1, 2, 1.0), (1, 3, 1.0)):
            clock.now += passed
            progress.show(statement, done)
            told.append(capsys.readouterr().err.strip("\r").strip())
        progress.stage(1.0)
        clock.now += 5
        progress.show(4, 0.5)
        told.append(capsys.readouterr().err.strip("\r").strip())

    percents = [int(each.split()[0]) for each in told]
    assert percents == [12, 25, 25, 50, 50, 75]
    assert told[0] == "12 % done, about 7 seconds left"
    assert told[-1] == "75 % done, about 3 seconds left"


def test_progress_is_silent_where_nobody_watches(say):
    """A pipe gets the data and nothing else; a terminal gets its line back."""
    assert say(*on_sqlite("--as", "won"))[2] == ""


def test_bars_show_whatever_is_there():
    """One of a million is seen, and nothing at all is not."""
    lines = [*SummaryText(Summary(1_000_000, 1, 0, ()), Session("en")).lines()]

    assert lines == [
        "1,000,000 opportunities",
        "  Can be closed    999,999  " + "█" * 24,
        "  Can't be closed        1  ▏",
        "  Data is missing        0",
    ]


# ---- rules export ----


@pytest.mark.parametrize("shape", ["query", "view"])
@pytest.mark.parametrize("outcome", [(), ("--outcome", "lost")])
def test_exported_sql_answers_as_bulk_does(outcome, shape, say, tmp_path):
    """What is written for SQLite runs in SQLite, on tables with the names of the model; the day is a parameter or a row."""
    target = tmp_path / "rules.sql"
    assert say("rules", "export", "--dialect", "sqlite", "--as", shape, *outcome, "--output", str(target))[0] == 0
    asked = ("--as", outcome[1]) if outcome else ()
    wanted = json.loads(say(*on_sqlite(*asked, "--format", "json"))[1])

    connection = sqlite3.connect(":memory:")
    tables(connection)
    text = target.read_text(encoding="utf-8")
    if shape == "view":
        connection.execute("CREATE TABLE oppi18n_today AS SELECT '2026-11-21' AS day")
        connection.executescript(text)
        flags = connection.execute("SELECT * FROM close_opportunity_flags").fetchall()
        items = connection.execute("SELECT * FROM close_opportunity_items").fetchall()
    else:
        queries = [each for each in text.split(";\n") if each.strip()]
        flags, items = (connection.execute(each, {"today": "2026-11-21"}).fetchall() for each in queries)
    connection.close()
    verdicts = [row[1] for row in flags]
    assert verdicts.count("blocked") == wanted["blocked"]
    assert verdicts.count("undetermined") == wanted["undetermined"]
    assert {row[1] for row in items} <= {each["rule"] for each in wanted["rules"]}


def tables(connection: sqlite3.Connection) -> None:
    """The pipeline as tables of the model; a quote without a state stands for the quotes that nobody has asked for."""
    model = load_rules().model
    staging = Staging(model)
    rows: dict[str, list[list[Any]]] = {"opportunity": [], "quote": []}
    for facts in facts_of(LINES, model, zone="UTC", tell=lambda problem, path: None):
        row, quotes = staging.rows(facts)
        rows["opportunity"].append(row)
        blank = [[None] * (len(staging.element_columns) - 1) + [row[0]]]
        rows["quote"] += quotes if row[-1] == WHOLE else [*quotes, *blank]
    for name, columns in (("opportunity", staging.root_columns), ("quote", staging.element_columns)):
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        values = [[*map(scaled, row)] for row in rows[name]]
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)


def scaled(value: Any) -> Any:
    """A value as the SQL for SQLite expects it."""
    if isinstance(value, Decimal):
        return int(value.scaleb(4))
    return value.isoformat() if isinstance(value, date) else value


def test_a_dialect_that_knows_no_zones_refuses_them(say):
    """Dates that would be off by a day are no dates."""
    status, out, err = say("rules", "export", "--dialect", "tsql", "--zone", "Asia/Seoul")

    assert (status, out) == (2, "")
    assert "in UTC alone" in err


def test_rules_that_a_dialect_cannot_say_are_told_with_their_place(say, tmp_path):
    """Nothing is written where a rule would be missing."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "named.yaml").write_text(
        "overlay: close-opportunity\nrules:\n  - id: named\n    severity: error\n    source: house rule\n"
        "    assert: opportunity.name.size() < 9\n    message: \"Name it.\"\n",
        encoding="utf-8",
    )  # fmt: skip
    target = tmp_path / "rules.sql"
    status, _, err = say("rules", "export", "--dialect", "tsql", "--pack", str(tmp_path), "--output", str(target))

    assert status == 3
    assert "named.yaml:6:" in err
    assert "error[sql-function]" in err
    assert not target.exists()


def test_unknown_deployment_is_told():
    """A question about a place that the model does not know is none."""
    with pytest.raises(InputError) as caught:
        question(today=date(2026, 1, 1), deployment="elsewhere")
    assert caught.value.code == "unknown-deployment"


def documented(name: str) -> str:
    """The SQL after a mark in the reference."""
    text = (ROOT / "docs" / "reference" / "bulk.md").read_text(encoding="utf-8")
    return text.split(f"<!-- sql: {name} -->\n```sql\n", 1)[1].split("```", 1)[0]


def test_documented_ways_to_keep_answers_work(postgres, say, tmp_path):
    """A materialized view, and answers kept up to date by the ids of what has changed: what was added, and what is gone."""
    psycopg = pytest.importorskip("psycopg")
    target = tmp_path / "rules.sql"
    exported = ("rules", "export", "--to", "sql", "--dialect", "postgres", "--as", "view", "--outcome", "lost")
    assert say(*exported, "--output", str(target))[0] == 0
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept; SET search_path TO kept")
        connection.execute("CREATE TABLE opportunity (id TEXT, state TEXT, created_on DATE, estimated_close_date DATE)")
        connection.execute(
            "CREATE TABLE quote (id TEXT, number TEXT, revision INT, name TEXT, state TEXT, opportunity TEXT)"
        )
        connection.execute("INSERT INTO opportunity VALUES ('A', 'open'), ('B', 'open'), ('C', 'won')")
        connection.execute("INSERT INTO quote VALUES ('1', 'QUO-1', 0, NULL, 'active', 'A')")
        for each in ("today", None, "materialized", "incremental"):
            connection.execute(documented(each) if each else target.read_text(encoding="utf-8"))
        connection.execute("UPDATE quote SET state = 'closed'")
        connection.execute("INSERT INTO quote VALUES ('2', 'QUO-2', 0, NULL, 'active', 'B')")
        connection.execute("INSERT INTO changed VALUES ('A'), ('B')")
        connection.execute(documented("incremental").partition("BEGIN;")[2])
        connection.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY closability")

        wanted, *kept = (
            connection.execute(f"SELECT * FROM {name} ORDER BY opportunity").fetchall()
            for name in ("close_opportunity_flags", "closings", "closability")
        )
        named = connection.execute("SELECT opportunity, rule, number FROM close_opportunity_items").fetchall()
    assert kept == [wanted, wanted]
    assert [row[1] for row in wanted if row[0] == "B"] == ["blocked"]
    assert ("B", "no-active-quotes", "QUO-2") in named
