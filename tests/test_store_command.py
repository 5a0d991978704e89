"""`oppi18n store`: a database filled from files, written out, and its log read."""

import json
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from oppi18n import load_rules
from oppi18n.cli import run
from oppi18n.errors import InputError

pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")

from oppi18n.store.store import Store

EXAMPLES = Path(__file__).parent.parent / "examples"
RULES = load_rules("close-opportunity")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with the opportunities of an example, one of them closed."""
    url = str(tmp_path / "x.db")
    assert run(["store", "load", str(EXAMPLES / "pipeline.jsonl"), "--database", url]) == 0
    with Store.open(url, RULES.model) as store:
        first = next(store.every())
        store.close(RULES, str(first.facts.id), {"outcome": "lost"}, today=date(2026, 3, 31), who="ann")
    return url


def test_load_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """On the standard error, for the standard output is for data."""
    assert run(["store", "load", str(EXAMPLES / "pipeline.jsonl"), "--database", str(tmp_path / "x.db")]) == 0
    found = capsys.readouterr()

    assert (found.out, found.err) == ("", "5 opportunities were loaded.\n")


def test_bad_file_leaves_the_database_as_it_was(database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Also what comes before it is not put in."""
    bad = tmp_path / "bad.json"
    bad.write_text('{"value": [{"opportunityid": 1}]}')
    good = tmp_path / "good.json"
    good.write_text('{"opportunity": {"id": "new", "state": "open", "quotes": []}}')
    capsys.readouterr()

    assert run(["store", "load", str(good), str(bad), "--database", database]) == 2
    assert "bad.json" in capsys.readouterr().err
    with Store.open(database, RULES.model) as store:
        assert store.count() == 5


def test_export_can_be_loaded_again(database: str, tmp_path: Path):
    """Into another database, with the same answers."""
    copy, exported = str(tmp_path / "copy.db"), str(tmp_path / "export.json")

    assert run(["store", "export", "--database", database, "--output", exported]) == 0
    assert run(["store", "load", exported, "--database", copy]) == 0
    with Store.open(database, RULES.model) as one, Store.open(copy, RULES.model) as other:
        assert [each.facts.record for each in one.every()] == [each.facts.record for each in other.every()]


@pytest.mark.parametrize("options", [["--output", "x.xlsx"], ["--output", "x.json", "--quotes", "q.csv"]])
def test_export_that_cannot_be_meant(
    database: str,
    options: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    """Nothing is written."""
    monkeypatch.chdir(tmp_path)

    assert run(["store", "export", "--database", database, *options]) == 2
    assert not (tmp_path / options[1]).exists()
    assert capsys.readouterr().err


def test_export_that_fails_leaves_the_old_file(database: str, tmp_path: Path):
    """What a table cannot tell is noticed on the way."""
    path = tmp_path / "out.csv"
    path.write_text("old")

    assert run(["store", "export", "--database", database, "--output", str(path)]) == 2
    assert path.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


def test_log_is_shown_and_erased(database: str, capsys: pytest.CaptureFixture[str]):
    """Erasing needs somebody who does it."""
    capsys.readouterr()
    assert run(["store", "audit", "--database", database, "--format", "jsonl"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    entry = json.loads(line)
    assert (entry["who"], entry["action"]) == ("ann", "close")
    assert run(["store", "audit", "--database", database]) == 0
    assert " · ann · " in capsys.readouterr().out

    assert run(["store", "erase", "--database", database, "--who", "dpo"]) == 2
    assert run(["store", "erase", "--database", database, "--who", "dpo", "--before", "2999-01-01"]) == 0
    assert run(["store", "audit", "--database", database]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("empty", ["--person", "--opportunity", "--before"])
def test_condition_that_is_empty_erases_nothing(database: str, empty: str):
    """A variable that is not set is not one condition less."""
    options = ["store", "erase", "--database", database, "--who", "dpo", empty, ""]

    assert run(options) == 2
    if empty != "--before":
        assert run([*options, "--before", "2999-01-01"]) == 2
    with Store.open(database, RULES.model) as store:
        for name in ("person", "opportunity", "before"):
            with pytest.raises(InputError, match="'' is not a valid"):
                store.audit.erase(who="dpo", **{name: ""})
        assert len(list(store.audit.entries())) == 1


def test_entries_are_erased_from_before_a_moment(database: str):
    """In whatever zone it is said; what is no moment is refused."""
    with Store.open(database, RULES.model) as store:
        [entry] = store.audit.entries()
        at = datetime.fromisoformat(entry.at)
        east = at.astimezone(timezone(timedelta(hours=9)))
        with pytest.raises(InputError, match="'yesterday' is not a valid timestamp"):
            store.audit.erase(who="dpo", before="yesterday")
        assert store.audit.erase(who="dpo", before=east.isoformat()) == 0
        assert store.audit.erase(who="dpo", before=(east + timedelta(seconds=1)).isoformat()) == 1


def test_database_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """No traceback."""
    path = tmp_path / "x.db"
    path.write_text("no database" * 100)

    assert run(["store", "audit", "--database", str(path)]) == 2
    assert "the database gave up" in capsys.readouterr().err
