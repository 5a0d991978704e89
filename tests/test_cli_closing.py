"""From a refusal to the closed record at the command line: plan, close, check, reopen, and everything that can go wrong."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oppi18n import load_rules
from oppi18n.cli import destination, run
from oppi18n.errors import TEXTS
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
TODAY = date(2026, 11, 20)
DAY = ("--today", TODAY.isoformat())
WON = ("--as", "won", *DAY)
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and devices of POSIX")

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


@pytest.fixture
def example(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of an example that may be changed."""

    def copied(name: str) -> Path:
        shutil.copy(EXAMPLES / name, tmp_path / name)
        return tmp_path / name

    return copied


@pytest.fixture
def blocked(example: Callable[[str], Path]) -> Path:
    """A copy of the blocked example."""
    return example("blocked.json")


def result(text: str) -> dict[str, Any]:
    """The one result of a machine answer."""
    (found,) = json.loads(text, parse_float=Decimal)["results"]
    assert isinstance(found, dict)
    return found


def already_closed(locale: str) -> Text:
    """The message of the rule that an opportunity must be open."""
    facts = {"opportunity": {"id": "o", "state": "won", "quotes": []}}
    (violation,) = load_rules().evaluate(facts, today=TODAY).violations
    assert violation.rule == "opportunity-open"
    return Localizer(locale).violation(violation)


# ---- the way from a refusal to a closed record ----


@pytest.mark.parametrize("locale", ["en", "ko", "sv"])
def test_blocked_is_planned_closed_and_then_told_to_be_closed(say, tmp_path, locale):
    """check says no, plan names each quote and the closing, close does it, check says with its own message why not again."""
    blocked, closed = str(EXAMPLES / "blocked.json"), str(tmp_path / "x.json")
    language = ("--locale", locale)
    quotes = ["QUO-01043-K8T2", "QUO-01051-M4P7", "QUO-01058-R1W9"]

    assert say("check", blocked, *WON, *language)[0] == 1

    status, out, _ = say("plan", blocked, *WON, *language)
    assert status == 0
    positions = [out.index(each) for each in quotes]
    label = Localizer(locale).remedy(load_rules().remedies["close-quotes"]).text
    assert out.index(f"  1. {label}") < positions[0] < positions[1] < positions[2] < out.index("  2. ")

    steps = result(say("plan", blocked, *WON, *language, "--format", "json")[1])["plan"]
    assert [(step["remedy"], len(step["records"]), len(step["payloads"])) for step in steps] == [
        ("close-quotes", 3, 3),
        (None, 1, 1),
    ]

    assert say("close", blocked, *WON, "--close-quotes", "--output", closed, *language)[0] == 0

    for arguments in (("check", closed), ("plan", closed, *WON), ("close", closed, *WON)):
        status, out, _ = say(*arguments, *language)
        text = already_closed(locale)
        assert (status, text.locale) == (1, locale)
        assert text.text.replace(" ", "") in "".join(out.split())


# ---- plan ----


@pytest.mark.parametrize(
    ("file", "arguments", "status", "sentences"),
    [
        ("blocked.json", ("--as", "won"), 0, ["  2. Close the opportunity as won"]),
        ("blocked.json", ("--as", "lost"), 0, ["  2. Close the opportunity as lost"]),
        ("blocked.json", (), 0, ["  Then nothing on record stands in the way of closing it."]),
        ("closable.json", ("--as", "lost"), 0, ["  1. Close the opportunity as lost"]),
        ("closable.json", (), 0, ["  Add --as won or --as lost to plan the closing too."]),
        ("not-loaded.json", ("--as", "won"), 1, ["    - Quotes · /value/0/opportunity_quotes"]),
        ("blocked.json", ("--as", "won", "--revenue", "-1"), 1, ["    - Actual revenue · /close/revenue"]),
        ("blocked.json", ("--as", "won", "--no-defaults"), 1, ["    - Close date · /close/date"]),
        ("facts.yaml", (), 0, ["  2. Close the opportunity as won"]),
    ],
)
def test_plan_says_what_to_do_or_what_is_missing(say, file, arguments, status, sentences):
    """0 if it can be carried out as it is, else 1; needs are asked for."""
    found, out, err = say("plan", str(EXAMPLES / file), *arguments, *DAY)

    assert (found, err) == (status, "")
    assert set(sentences) <= set(out.splitlines())


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_plan_reads_as_people_see_it(say, golden, monkeypatch, outcome):
    """The whole text of a plan."""
    monkeypatch.chdir(ROOT)

    golden(f"closing/plan-{outcome}.txt", say("plan", "examples/blocked.json", "--as", outcome, *DAY)[1])


def test_impossible_plan_says_why(say, tmp_path):
    """The violations that no remedy takes away, in words and in the answer for programs."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "more.yaml").write_text(
        "overlay: close-opportunity\nrules:\n  - id: named\n    forbid: \"opportunity.name.contains('etapp')\"\n"
        "    at: opportunity.name\n    message: Stages are closed by the board.\n"
    )
    arguments = ("plan", str(EXAMPLES / "blocked.json"), *WON, "--pack", f"{tmp_path}/")

    status, out, _ = say(*arguments)
    found = result(say(*arguments, "--format", "json")[1])

    assert status == 1
    assert "  No remedy makes this possible. What remains in the way:" in out.splitlines()
    assert "Stages are closed by the board." in out
    assert (found["status"], found["plan"], [each["rule"] for each in found["remaining"]]) == (
        "impossible",
        [],
        ["named"],
    )


def test_plans_of_many_files_are_told_one_after_another(say):
    """The status is the highest; a file that cannot be read does not silence the others."""
    status, out, err = say("plan", "no-such.json", *(str(path) for path in sorted(EXAMPLES.glob("*.json"))), *WON)

    assert status == 2
    assert "no-such.json" in err
    assert out.count("Close the opportunity as won") >= 3


def test_plan_of_the_demo_needs_no_file(say):
    """--demo plans for the shipped example, one envelope per opportunity with jsonl."""
    status, out, _ = say("plan", "--demo", "--format", "jsonl", *WON)

    assert (status, len(out.splitlines())) == (0, 1)
    assert result(out)["status"] == "ready"


def test_calls_of_a_plan_go_into_a_file(say, tmp_path):
    """In the order in which they are to be sent, amounts with all their digits."""
    path = tmp_path / "calls.json"

    status, _, err = say("plan", str(EXAMPLES / "blocked.json"), *WON, "--payloads", str(path))

    calls = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    assert (status, err) == (0, f"4 calls were written to {path}.\n")
    assert [each["url"].rpartition(".")[2] for each in calls] == ["msdyn_CloseQuoteAsLost"] * 3 + ["WinOpportunity"]
    assert str(calls[3]["body"]["OpportunityClose"]["actualrevenue"]) == "240000.0000"


def test_calls_may_go_to_the_standard_output(say):
    """Then words go to the other one."""
    _, out, err = say("plan", str(EXAMPLES / "closable.json"), *WON, "--payloads", "-")

    assert [each["url"] for each in json.loads(out)] == ["WinOpportunity"]
    assert "Close the opportunity as won" in err


def test_plan_that_is_not_ready_has_no_calls(say):
    """What is missing might change them."""
    found = result(say("plan", str(EXAMPLES / "blocked.json"), *WON, "--revenue", "-1", "--format", "json")[1])

    assert found["status"] == "needs"
    assert [step["payloads"] for step in found["plan"]] == [[], []]
    assert found["needs"] == [{"pointer": "/close/revenue", "rules": ["revenue-not-negative"]}]


def test_what_the_calls_leave_out_is_told(say):
    """A competitor by name cannot be sent."""
    out = say("plan", str(EXAMPLES / "closable.json"), "--as", "lost", "--competitor", "Contoso", *DAY)[1]

    assert "  The calls for Dataverse leave out what is not named by a GUID:\n    - Competitor\n" in out


# ---- close ----


def test_without_a_destination_nothing_is_written(say, blocked):
    """The answer shows what would change, and says how to write it."""
    before = blocked.read_bytes()

    status, out, err = say("close", str(blocked), *WON, "--close-quotes")

    assert status == 0
    assert "This opportunity would be closed as won." in out
    assert "Nothing was written. Add --in-place or --output to write the change." in err
    assert (blocked.read_bytes(), os.listdir(blocked.parent)) == (before, ["blocked.json"])


def test_dry_run_shows_the_change_as_people_see_it(say, golden, monkeypatch, tmp_path):
    """From what to what, record by record; nothing is written, whatever else is asked."""
    monkeypatch.chdir(ROOT)
    target = tmp_path / "x.json"
    arguments = ("close", "examples/blocked.json", *WON, "--close-quotes")

    status, out, err = say(*arguments, "--dry-run", "--output", str(target), "--payloads", str(tmp_path / "y.json"))

    golden("closing/close-won.txt", out)
    assert (status, err, os.listdir(tmp_path)) == (0, "Nothing was written.\n", [])


def test_closing_in_place_changes_only_what_it_is_about(say, blocked):
    """The rest of the file keeps its bytes; a second run changes nothing."""
    before = blocked.read_text("utf-8").splitlines()

    status, out, err = say("close", str(blocked), *WON, "--close-quotes", "--in-place")
    after = blocked.read_text("utf-8").splitlines()
    again = say("close", str(blocked), *WON, "--close-quotes", "--in-place")

    assert (status, err) == (0, f"The changed file was written to {blocked}.\n")
    assert "This opportunity was closed as won." in out
    changed = ("statecode", "statuscode", "actual", "@odata.etag")
    kept = [line for line in before if not any(each in line for each in changed)]
    assert [line for line in after if not any(each in line for each in changed)] == kept
    assert (again[0], blocked.read_text("utf-8").splitlines()) == (1, after)
    assert "This opportunity is already closed. Nothing was changed." in again[1]


def test_drafts_that_stay_open_are_told(say, example):
    """Without --close-quotes no quote is touched, and the answer says so."""
    path = example("closable.json")
    content = json.loads(path.read_text("utf-8"))
    content["value"][0]["opportunity_quotes"][0] |= {"statecode": 0, "statuscode": 1}
    path.write_text(json.dumps(content), encoding="utf-8")

    status, out, _ = say("close", str(path), *WON, "--in-place")

    assert status == 0
    assert "1 quote stays open: QUO-01043-K8T2 rev. 1. Add --close-quotes to close it as" in out
    assert json.loads(path.read_text("utf-8"))["value"][0]["opportunity_quotes"][0]["statecode"] == 0


def test_refusal_names_the_violations_and_writes_nothing(say, blocked, tmp_path):
    """As check does; no file is made."""
    status, out, err = say(
        "close", str(blocked), *WON, "--output", str(tmp_path / "x.json"), "--payloads", str(tmp_path / "y.json")
    )

    assert (status, err, os.listdir(tmp_path)) == (1, "", ["blocked.json"])
    assert "- QUO-01043-K8T2 rev. 1 · Active · /value/0/opportunity_quotes/0/statecode" in out
    assert out.endswith("\nNothing was changed.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Choose whether the opportunity is closed as won or as lost."),
        (("--as", "won", "--close-date", "2026-11-21"), "The close date, November 21, 2026, is later than today"),
        (("--as", "won", "--reason", "canceled"), "The status reason “Canceled” can't be used"),
        (("--as", "lost", "--no-defaults"), "Choose a status reason."),
        (("--as", "won", "--set", "drafts_block=true", "--revenue", "-5"), "The actual revenue can't be negative."),
    ],
)
def test_what_is_entered_is_judged_before_it_is_done(say, example, arguments, sentence):
    """The rules that check asks are the rules that close asks."""
    status, out, _ = say("close", str(example("closable.json")), *arguments, *DAY)

    assert status == 1
    assert sentence in out


def test_truncated_quotes_are_never_closed(say, example):
    """There may be more of them, so the answer says what is missing."""
    arguments = ("--opportunity", "A1000000-0000-4000-8000-000000000005", "--as", "lost", "--close-quotes")

    status, out, _ = say("close", str(example("pipeline.jsonl")), *arguments, *DAY, "--in-place")

    assert status == 1
    assert "    - Quotes · /opportunity_quotes" in out.splitlines()


def test_one_of_several_is_closed_by_its_id(say, example):
    """In JSON Lines one line changes; letter case of the id does not count."""
    path = example("pipeline.jsonl")
    before = path.read_bytes().splitlines()

    status = say(
        "close", str(path), "--as", "lost", *DAY, "--in-place", "--opportunity", "A1000000-0000-4000-8000-000000000001"
    )[0]

    after = path.read_bytes().splitlines()
    assert status == 0
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, True, True, True]


def test_yaml_is_written_as_json(say, tmp_path):
    """Into another file, which says what the YAML said and how it was closed."""
    path = tmp_path / "x.json"

    status = say("close", str(EXAMPLES / "facts.yaml"), "--close-quotes", "--output", str(path), *DAY)[0]

    assert status == 0
    assert say("check", str(path))[0] == 1
    assert json.loads(path.read_text("utf-8"))["opportunity"]["actual_revenue"] == "86500.00"


def test_standard_input_becomes_standard_output(say, monkeypatch):
    """A filter: the changed file is printed, and the words go to the other output."""
    content = (EXAMPLES / "blocked.json").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))

    status, out, err = say("close", "-", *WON, "--close-quotes", "--output", "-")

    assert status == 0
    assert json.loads(out)["value"][0]["statecode"] == 1
    assert "This opportunity was closed as won." in err


@POSIX
def test_link_keeps_pointing_to_the_file_that_changes(say, blocked):
    """A symbolic link is not replaced by a file."""
    link = blocked.parent / "link.json"
    link.symlink_to(blocked)

    assert say("close", str(link), *WON, "--close-quotes", "--in-place")[0] == 0
    assert link.is_symlink()
    assert say("check", str(blocked))[0] == 1


# ---- reopen ----


def test_reopened_file_can_be_closed_again(say, blocked):
    """Open and in progress, revenue and date empty, quotes as they are; a second time there is nothing to do."""
    say("close", str(blocked), *WON, "--close-quotes", "--in-place")
    closed = blocked.read_bytes()

    status, out, _ = say("reopen", str(blocked), "--in-place")
    entity = json.loads(blocked.read_bytes())["value"][0]
    again = say("reopen", str(blocked), "--in-place")

    assert (status, again[0]) == (0, 1)
    assert "This opportunity was reopened." in out
    assert "    - Actual revenue: SEK\u00a0240,000.00 → (not given)" in out.splitlines()
    assert "This opportunity is already open. Nothing was changed." in again[1]
    names = ("statecode", "statuscode", "actualvalue", "actualclosedate")
    assert [entity[name] for name in names] == [0, 1, None, None]
    assert say("close", str(blocked), *WON, "--in-place")[0] == 0
    assert blocked.read_bytes() == closed


def test_activity_of_the_closing_is_canceled_by_its_id(say, tmp_path):
    """Where it is known; a wrong id is refused before anything is done."""
    path = str(EXAMPLES / "pipeline.jsonl")
    own = ("--opportunity", "a1000000-0000-4000-8000-000000000004", "--payloads", str(tmp_path / "calls.json"))

    assert say("reopen", path, *own, "--activity", "a1")[0] == 2
    assert say("reopen", path, *own, "--activity", "a1000000-0000-4000-8000-00000000000a")[0] == 0
    calls = json.loads((tmp_path / "calls.json").read_bytes())
    assert [(each["method"], each["url"], each["body"]["statecode"]) for each in calls] == [
        ("PATCH", "opportunities(a1000000-0000-4000-8000-000000000004)", 0),
        ("PATCH", "opportunitycloses(a1000000-0000-4000-8000-00000000000a)", 2),
    ]


def test_status_that_was_not_loaded_is_asked_for(say, tmp_path):
    """Nobody knows whether there is anything to undo."""
    path = tmp_path / "x.json"
    path.write_text('{"opportunityid": "o1", "statuscode": 3}', encoding="utf-8")

    status, out, _ = say("reopen", str(path), "--in-place")

    assert status == 1
    assert "Data is missing to tell whether this opportunity is closed." in out
    assert "    - Status · /statecode" in out.splitlines()


# ---- bad input ----


@pytest.fixture
def folder(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A folder, to be worked in, of files with which a command could go on; some bad ones are beside them."""

    def made(command: str) -> Path:
        for path in filter(Path.is_file, EXAMPLES.iterdir()):
            shutil.copy(path, tmp_path / path.name)
        record: dict[str, Any] = {
            "opportunity": {"id": "o1", "state": "open" if command == "close" else "won", "quotes": []}
        }
        (tmp_path / "two.json").write_text(json.dumps([record, record]), encoding="utf-8")
        (tmp_path / "broken.json").write_text('{"opportunity": ', encoding="utf-8")
        if command == "reopen":
            assert say("close", str(tmp_path / "blocked.json"), *WON, "--close-quotes", "--in-place")[0] == 0
            text = (tmp_path / "facts.yaml").read_text("utf-8")
            (tmp_path / "facts.yaml").write_text(
                text.replace("state: open\n  status_reason: in_progress", "state: won")
            )
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return made


def fixed(code: str) -> str:
    """The longest part of a message that does not depend on its values."""
    return max(re.split(r"\{\w+\}", TEXTS[code]), key=len)


@pytest.mark.parametrize("command", ["close", "reopen"])
@pytest.mark.parametrize(
    ("file", "arguments", "told"),
    [
        ("blocked.json", ("--output", "blocked.json"), fixed("output-is-input")),
        ("blocked.json", ("--output", "../{folder}/blocked.json"), fixed("output-is-input")),
        ("blocked.json", ("--payloads", "blocked.json"), fixed("output-is-input")),
        ("blocked.json", ("--output", "no/such/folder.json"), fixed("not-writable")),
        ("blocked.json", ("--output", "\0"), fixed("not-writable")),
        ("blocked.json", ("--output", "."), fixed("is-a-folder")),
        ("blocked.json", ("--output", "x.yaml"), fixed("output-ending")),
        ("pipeline.jsonl", ("--output", "x.json", "--opportunity", "{one}"), fixed("output-ending")),
        ("blocked.json", ("--opportunity", "nobody"), fixed("opportunity-not-found")),
        ("pipeline.jsonl", (), "holds 5 opportunities. Name one of them with --opportunity."),
        ("two.json", ("--opportunity", "o1"), fixed("several-opportunities")),
        ("blocked.json", ("--in-place", "--output", "x.json"), "Give either --in-place or --output, not both."),
        ("blocked.json", ("--payloads", "x", "--output", "x"), "--output and --payloads name the same file."),
        ("blocked.json", ("--payloads", "-", "--output", "-"), "--output and --payloads name the same file."),
        ("blocked.json", ("--format", "json", "--output", "-"), "The answer itself takes the standard output"),
        ("-", ("--in-place",), fixed("stdin-in-place")),
        ("facts.yaml", ("--in-place",), fixed("not-json-records")),
        ("no-such.json", (), fixed("not-found")),
        ("broken.json", (), fixed("json-end")),
    ],
)
def test_wrong_use_is_told_in_one_sentence_and_changes_nothing(say, folder, command, file, arguments, told):
    """Status 2, the culprit named, nothing written."""
    path = folder(command)
    before = {each.name: each.read_bytes() for each in path.iterdir()}
    one = f"a1000000-0000-4000-8000-00000000000{1 if command == 'close' else 4}"
    asked = ("--as", "won" if file == "facts.yaml" else "lost", "--close-quotes", *DAY) if command == "close" else ()

    status, out, err = say(command, file, *asked, *(each.format(folder=path.name, one=one) for each in arguments))

    assert (status, out) == (2, "")
    assert told in err
    assert "Traceback" not in err
    assert {each.name: each.read_bytes() for each in path.iterdir()} == before


def test_table_cannot_say_what_it_does_not_have(say, folder):
    """Columns that are absent are unknown, which our own JSON would have to call empty."""
    folder("close")
    arguments = ("opportunities.csv", "--quotes", "quotes.csv", "--opportunity", "c2000000-0000-4000-8000-000000000003")

    status, _, err = say("reopen", *arguments, "--output", "x.json")

    assert (status, Path("x.json").exists()) == (2, False)
    assert fixed("no-own-shape") in err
    assert say("reopen", *arguments)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--as", "lost", "--reason", "nonsense"), "'nonsense' is not known here; the values are in_progress"),
        (("--revenue", "5"), "Add --as won or --as lost"),
        (("--as", "won", "--ruleset", "close-quotes"), "is about quotes.close, not about closing an opportunity"),
        (("--as", "won", "--deployment", "moon"), "there is no deployment 'moon'"),
        (("--as", "sold"), "It may be one of: won, lost."),
    ],
)
def test_closing_that_cannot_be_meant_is_refused(say, blocked, arguments, told):
    """Unknown reasons, rulesets and values are named."""
    status, out, err = say("close", str(blocked), *arguments, "--in-place")

    assert (status, out) == (2, "")
    assert told in err


def test_calls_are_never_written_over_what_is_read(say, folder):
    """Not by plan either; with --format json the standard output is taken."""
    folder("close")

    status, _, err = say("plan", "closable.json", "blocked.json", *WON, "--payloads", "./blocked.json")
    taken = say("plan", "blocked.json", *WON, "--payloads", "-", "--format", "json")

    assert (status, taken[0]) == (2, 2)
    assert fixed("output-is-input") in err
    assert "The answer itself takes the standard output" in taken[2]


def test_errors_stand_in_the_answer_for_programs(say, blocked):
    """With --format json what went wrong is data, and nothing was done."""
    status, out, err = say("close", str(blocked), *WON, "--opportunity", "x", "--format", "json")
    found = json.loads(out)

    assert (status, err, found["results"]) == (2, "", [])
    assert [each["code"] for each in found["errors"]] == ["opportunity-not-found"]


def test_file_that_changes_meanwhile_is_not_replaced(say, blocked, monkeypatch):
    """What somebody else wrote after it was read is kept."""

    def late(*arguments: Any) -> Any:
        raise AssertionError("must not be reached")

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        blocked.write_bytes(b"{}")
        return changed(*arguments, **options)

    changed = destination.changed_file
    monkeypatch.setattr("oppi18n.cli.closings.changed_file", meanwhile)
    monkeypatch.setattr("oppi18n.cli.closings.write_all", late)

    status, _, err = say("close", str(blocked), *WON, "--close-quotes", "--in-place")

    assert (status, blocked.read_bytes()) == (2, b"{}")
    assert fixed("changed-meanwhile") in err


# ---- all or nothing ----


@pytest.mark.parametrize("step", ["fsync", "replace", "open", "chmod"])
def test_failing_write_leaves_the_old_files(say, blocked, monkeypatch, step):
    """A full disk at any step: the record and the calls are as they were, and no draft stays behind."""
    calls = blocked.parent / "calls.json"
    calls.write_text("old", encoding="utf-8")
    before = blocked.read_bytes()
    real, wanted = getattr(os, step), {"left": 1}

    def full(*arguments: Any, **options: Any) -> Any:
        wanted["left"] -= 1
        if wanted["left"] < 0 and threatening(arguments):
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    def threatening(arguments: tuple[Any, ...]) -> bool:
        return step != "open" or bool(arguments[1] & os.O_CREAT)

    monkeypatch.setattr(os, step, full)
    status, _, err = say("close", str(blocked), *WON, "--close-quotes", "--in-place", "--payloads", str(calls))
    monkeypatch.undo()

    assert status == 2
    assert "No space left on device" in err
    assert blocked.read_bytes() == before
    assert sorted(os.listdir(blocked.parent)) == ["blocked.json", "calls.json"]


def test_calls_are_taken_back_when_the_record_cannot_be_written(tmp_path):
    """Two files are written, or none: an old one gets its content back, a new one goes."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("before", encoding="utf-8")

    with pytest.raises(Exception, match="cannot be written"):
        destination.write_all([(str(old), b"after"), (str(new), b"after"), (str(tmp_path / "no" / "folder"), b"")])

    assert (old.read_text("utf-8"), new.exists()) == ("before", False)


KILLED = """
import os, signal, sys
step, count = sys.argv[1], int(sys.argv[2])
real = getattr(os, step)
def fatal(*arguments, **options):
    global count
    count -= 1
    if count < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **options)
from oppi18n.cli import run
setattr(os, step, fatal)
run(sys.argv[3:])
"""


@POSIX
@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_killed_at_any_step_leaves_the_old_file_or_the_new_one(blocked, tmp_path, step):
    """What is there afterwards is whole; running again finishes the work."""
    before = blocked.read_bytes()
    arguments = ["close", str(blocked), *WON, "--close-quotes", "--in-place"]
    child = subprocess.run([sys.executable, "-c", KILLED, step, "0", *arguments], capture_output=True, check=False)

    assert child.returncode == -signal.SIGKILL
    assert blocked.read_bytes() == before
    assert run(arguments) == 0
    assert run(["check", str(blocked)]) == 1


@POSIX
@pytest.mark.soak
def test_killed_at_any_moment_leaves_the_old_file_or_the_new_one(blocked, tmp_path, soak):
    """However often it is killed, no half of a file is ever seen."""
    before = blocked.read_bytes()
    arguments = [sys.executable, "-m", "oppi18n", "close", str(blocked), *WON, "--close-quotes", "--in-place"]
    start = time.monotonic()
    subprocess.run(arguments, capture_output=True, check=True)
    whole, after = time.monotonic() - start, blocked.read_bytes()
    chance = random.Random(1)

    seen = set()
    for _ in range(500 if soak else 8):
        blocked.write_bytes(before)
        child = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(whole * 0.6, whole * 1.2))
        child.kill()
        child.wait()
        seen.add(blocked.read_bytes())

    assert seen <= {before, after}


# ---- machine output ----

QUESTIONS: dict[str, tuple[str, ...]] = {
    "plan of all": ("plan", *map(str, sorted(EXAMPLES.glob("*.json*"))), *WON),
    "plan of a record": ("plan", str(EXAMPLES / "blocked.json"), *DAY),
    "plan with needs": ("plan", str(EXAMPLES / "blocked.json"), *WON, "--no-defaults"),
    "plan of what is not loaded": ("plan", str(EXAMPLES / "not-loaded.json"), *WON),
    "plan that leaves out": ("plan", str(EXAMPLES / "closable.json"), "--as", "lost", "--competitor", "C", *DAY),
    "plan without a file": ("plan", "no-such.json", *WON),
    "close": ("close", str(EXAMPLES / "blocked.json"), *WON, "--close-quotes"),
    "close refused": ("close", str(EXAMPLES / "blocked.json"), *WON),
    "close undetermined": ("close", str(EXAMPLES / "not-loaded.json"), *WON, "--close-quotes"),
    "close without a file": ("close", "no-such.json", *WON),
    "close again": (
        "close",
        str(EXAMPLES / "pipeline.jsonl"),
        *WON,
        "--opportunity",
        "a1000000-0000-4000-8000-000000000004",
    ),
    "reopen": ("reopen", str(EXAMPLES / "pipeline.jsonl"), "--opportunity", "a1000000-0000-4000-8000-000000000004"),
    "reopen what is open": ("reopen", str(EXAMPLES / "blocked.json")),
    "reopen without a file": ("reopen", "no-such.json"),
}


def strict(schema: Any) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strict(each) for name, each in schema.items()}}


def schema_of(kind: str) -> Any:
    return json.loads((ROOT / "docs" / "schemas" / "envelope" / f"{kind}.schema.json").read_text("utf-8"))


def without_words(value: Any) -> Any:
    """A machine answer without what people read."""
    if isinstance(value, dict):
        words = ("message", "label", "locale", "subject")
        return {name: without_words(each) for name, each in value.items() if name not in words}
    return [without_words(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_answers_keep_to_their_schemas_in_every_language(say, question):
    """Real answers fit, have no member that the schema does not tell about, and differ by their words alone."""
    answers = [json.loads(say(*question, "--format", "json", "--locale", locale)[1]) for locale in PRODUCT]

    for found in answers:
        jsonschema.Draft202012Validator(strict(schema_of(found["kind"]))).validate(found)
    assert [without_words(each) for each in answers] == [without_words(answers[0])] * len(answers)


def test_answer_about_a_closing_has_everything_a_program_needs(say, blocked):
    """What changed from what to what and where, the activities, the calls, what was written."""
    found = result(say("close", str(blocked), *WON, "--close-quotes", "--in-place", "--format", "json")[1])

    assert (found["status"], found["verdict"], found["written"]) == ("closed", "closable", str(blocked))
    assert found["changes"][0] == {
        "pointer": "/opportunity/quotes/0",
        "source_pointer": "/value/0/opportunity_quotes/0",
        "before": {"state": "active", "status_reason": "in_progress_active"},
        "after": {"state": "closed", "status_reason": "lost"},
    }
    assert [each["entity"] for each in found["activities"]] == ["quoteclose"] * 3 + ["opportunityclose"]
    assert found["activities"][3]["values"]["revenue"] == "240000.0000"
    assert len(found["payloads"]) == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.pop("dry_run"),
        lambda found: found["results"][0].update(status="done"),
        lambda found: found["results"][0]["payloads"][0].update(method="DELETE"),
        lambda found: found["results"][0]["payloads"][0].pop("url"),
        lambda found: found["results"][0]["changes"][0].pop("before"),
        lambda found: found["results"][0]["activities"][0].update(entity="email"),
        lambda found: found["results"][0].pop("left_open"),
    ],
)
def test_schema_sees_a_broken_promise(say, damage):
    """A member that went away or took another value is noticed."""
    found = json.loads(say(*QUESTIONS["close"], "--format", "json")[1])
    validator = jsonschema.Draft202012Validator(schema_of("close"))
    validator.validate(found)

    damage(found)

    assert not validator.is_valid(found)


@pytest.mark.parametrize("kind", ["plan", "close"])
def test_schemas_share_their_words(kind):
    """What check answers is described alike wherever it is answered."""
    check, other = schema_of("check")["$defs"], schema_of(kind)["$defs"]
    own = {"needs", "verdict"}

    assert (check["violation"], check["error"]) == (other["violation"], other["error"])
    assert all(
        other["result"]["properties"][name] == each
        for name, each in check["result"]["properties"].items()
        if name not in own
    )


def test_help_fits_the_screen(say):
    """Every option of the new commands is explained within 80 columns."""
    for command in ("plan", "close", "reopen"):
        status, out, _ = say(command, "--help")

        assert status == 0
        assert max(len(line) for line in out.splitlines()) <= 80
