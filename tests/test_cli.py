"""The command line as scripts and people meet it: answers, exit statuses, bad input, languages."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from oppi18n.cli import run
from oppi18n.cli.session import locale_of

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BLOCKED, CLOSABLE, NOT_LOADED = (str(EXAMPLES / f"{name}.json") for name in ("blocked", "closable", "not-loaded"))
TODAY = ("--today", "2026-11-20")

pytestmark = pytest.mark.usefixtures("checkout")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line: its status, what it printed, what it told."""

    def said(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return said


@pytest.mark.parametrize(
    ("file", "arguments", "status", "sentence"),
    [
        (BLOCKED, ("--as", "won"), 1, "This opportunity can't be closed as won."),
        (BLOCKED, ("--as", "lost"), 1, "This opportunity can't be closed as lost."),
        (BLOCKED, (), 1, "This opportunity can't be closed."),
        (CLOSABLE, ("--as", "lost"), 0, "This opportunity can be closed as lost."),
        (CLOSABLE, (), 0, "Nothing on record stands in the way of closing this opportunity."),
        (NOT_LOADED, ("--as", "won"), 1, "Data is missing to tell whether this opportunity can be closed as won."),
        (NOT_LOADED, (), 1, "Data is missing to tell whether this opportunity can be closed."),
    ],
)
def test_check_answers_in_one_sentence_and_a_status(say, file, arguments, status, sentence):
    """Yes is 0; no and undetermined are 1."""
    found = say("check", file, *TODAY, *arguments)

    assert (found[0], found[2]) == (status, "")
    assert sentence in found[1].splitlines()


def test_a_blocked_opportunity_names_each_quote_with_number_revision_and_state(say):
    """What blocks is named, with its place in the file, and what would help."""
    out = say("check", BLOCKED, "--as", "won", *TODAY)[1]

    assert "- QUO-01043-K8T2 rev. 1 · Active · /value/0/opportunity_quotes/0/statecode" in out
    assert "- QUO-01051-M4P7 rev. 0 · Active · /value/0/opportunity_quotes/1/statecode" in out
    assert "What would help: Close all active and draft quotes" in out


def test_what_is_not_known_of_a_quote_is_not_shown(say, tmp_path):
    """A quote of which only the id is known is called by it."""
    quotes = [{"quoteid": "q-7", "statecode": 1}]
    entity = {"opportunityid": "y", "statecode": 0, "opportunity_quotes": quotes}
    (tmp_path / "y.json").write_text(json.dumps({"value": [entity]}), encoding="utf-8")

    _, out, _ = say("check", str(tmp_path / "y.json"))

    assert "- q-7 · Active" in out
    assert "NOT_LOADED" not in out


def test_an_undetermined_answer_says_what_is_missing(say):
    """The quotes were not loaded, and the answer says so."""
    out = say("check", NOT_LOADED, "--as", "won", *TODAY)[1]

    assert "    - Quotes · /value/0/opportunity_quotes" in out.splitlines()


def test_the_record_alone_leaves_rules_about_the_closing_pending(say):
    """Without --as the answer says that this was all that was asked."""
    out = say("check", CLOSABLE, *TODAY)[1]

    assert "rules about the closing itself were not asked" in out


def test_defaults_are_filled_in_and_shown(say):
    """The dialog's defaults are part of the question."""
    out = say("check", CLOSABLE, "--as", "won", *TODAY)[1]

    assert "    - Close date: November 20, 2026" in out.splitlines()
    assert "    - Status reason: Won" in out.splitlines()


def test_without_defaults_what_is_not_given_is_missing_from_the_closing(say):
    """--no-defaults leaves the fields empty, and the rules say so."""
    status, out, _ = say("check", CLOSABLE, "--as", "won", "--no-defaults", *TODAY)

    assert status == 1
    assert "Enter the close date." in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--close-date", "2026-11-21"), "The close date, November 21, 2026, is later than today, November 20, 2026."),
        (("--revenue", "-1"), "The actual revenue can't be negative."),
        (("--revenue", "1.234"), "has too many decimal places"),
        (("--currency", "EUR"), "The actual revenue must be in the currency of the opportunity, SEK, not in EUR."),
        (("--competitor", "Fabrikam"), "A competitor can be named only when the opportunity is closed as lost."),
        (("--reason", "canceled"), "The status reason “Canceled” can't be used when the status is “Won”."),
        (("--description", "x" * 2001), "The description is 2,001 characters long; at most 2,000 are allowed."),
    ],
)
def test_what_is_entered_is_judged(say, arguments, sentence):
    """Each field of the dialog has its rules."""
    status, out, _ = say("check", CLOSABLE, "--as", "won", *TODAY, *arguments)

    assert status == 1
    assert sentence in " ".join(out.split())


def test_json_is_one_envelope(say):
    """Machine output has the stable envelope, and nothing else is printed."""
    status, out, err = say("check", BLOCKED, "--as", "won", "--format", "json", *TODAY)
    found = json.loads(out)

    assert (status, err) == (1, "")
    assert (found["oppi18n"], found["kind"], found["asked"]) == (1, "check", "closing")
    first = found["results"][0]["violations"][0]
    assert first["params"] == {"count": 2, "quotes": ["QUO-01043-K8T2", "QUO-01051-M4P7"]}
    assert first["source_pointers"][0] == "/value/0/opportunity_quotes/0/statecode"
    assert found["results"][0]["defaults"]["/close/revenue"] == "240000.0000"


def test_json_lines_are_one_envelope_per_opportunity(say):
    """Each line is an answer of its own."""
    _, out, _ = say("check", str(EXAMPLES / "pipeline.jsonl"), "--format", "jsonl", *TODAY)

    verdicts = [json.loads(line)["results"][0]["verdict"] for line in out.splitlines() if json.loads(line)["results"]]
    assert {"closable", "blocked", "undetermined"} <= set(verdicts)


def test_an_unreadable_file_does_not_silence_the_others(say, tmp_path):
    """The status is the highest: 2; the good file is answered all the same."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"opportunity": {"id": "1", "id": "2"}}', encoding="utf-8")

    status, out, err = say("check", str(broken), CLOSABLE, *TODAY)

    assert status == 2
    assert "Nothing on record stands in the way" in out
    assert f"{broken}:1:" in err


def test_errors_of_files_stand_in_the_envelope(say, tmp_path):
    """With --format json the errors are data too."""
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")

    status, out, err = say("check", str(broken), CLOSABLE, "--format", "json", *TODAY)
    found = json.loads(out)

    assert (status, err, len(found["results"])) == (2, "", 1)
    assert found["errors"][0]["source"] == str(broken)


def test_standard_input_is_read(say, monkeypatch):
    """A single dash is the standard input."""
    content = io.TextIOWrapper(io.BytesIO(Path(CLOSABLE).read_bytes()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", content)

    assert say("check", "-", *TODAY)[0] == 0


def test_two_csv_files_are_joined(say):
    """Opportunities and their quotes may come as tables."""
    status, out, _ = say("check", str(EXAMPLES / "opportunities.csv"), "--quotes", str(EXAMPLES / "quotes.csv"), *TODAY)

    assert status == 1
    assert out


def test_the_demo_needs_no_file(say):
    """--demo asks about the shipped example."""
    assert say("check", "--demo", "--as", "won", *TODAY)[0] == 1


def test_a_trace_shows_each_rule_with_its_values(say):
    """--trace tells how every rule came out."""
    out = say("check", BLOCKED, "--as", "won", "--trace", *TODAY)[1]

    assert "  no-active-quotes: fails" in out.splitlines()
    assert "    opportunity.quotes.exists(q, q.state == 'active') = true" in out.splitlines()
    assert "  no-draft-quotes: does not apply" in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("chek",), "There is no command chek. Did you mean check?"),
        (("check", "--as", "sold", "x"), "The value of --as can't be used. It may be one of: won, lost."),
        (("check", "--lokale", "ko"), "There is no option --lokale. Did you mean --locale?"),
        (("check",), "FILE... is missing."),
        (("check", "x", "--close-date", "31.3.2026"), "'31.3.2026' is not a date such as 2026-03-31."),
        (("check", "x", "--as", "won", "--revenue", "1e3"), "'1e3' is not an amount such as 240000.50."),
        (("check", "x", "--revenue", "1"), "Add --as won or --as lost"),
        (("check", "x", "--locale", "korean"), "the nearest of en, ko, zh-HK, ja, ms, and sv is ko"),
        (("check", "x", "--ruleset", "close-oportunity"), "close-opportunity"),
        (("check", "x", "--set", "drafts_blok=true"), "drafts_block"),
        (("check", "x", "--set", "drafts_block=maybe"), "drafts_block"),
        (("check", "x", "--set", "drafts_block"), "drafts_block"),
        (("check", CLOSABLE, "--zone", "Mars/Olympus"), "Mars/Olympus"),
        (("check", CLOSABLE, "--deployment", "cloud"), "cloud"),
        (("check", "x", "--pack", "no-such-pack"), "no-such-pack"),
        (("check", "/no/such/file.json"), "/no/such/file.json"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence_with_status_2(say, arguments, sentence):
    """Place, culprit, hint; never a traceback."""
    status, out, err = say(*arguments)

    assert (status, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "nowhere.json"], 2),
        (["check", "--nonsense"], 2),
        (["check", BLOCKED, "--as", "won", "--locale", "tlh"], 2),
        (["rules", "fmt", "nowhere.yaml"], 2),
    ],
)
def test_quiet_still_says_what_went_wrong(say, arguments, status):
    """`-q` keeps silent about everything but errors."""
    found, out, err = say(*arguments, "-q")

    assert (found, out) == (status, "")
    assert err.startswith("oppi18n: ")


def test_data_never_forges_a_line_or_a_color(say, tmp_path):
    """Control characters in names are shown, not obeyed."""
    facts = {"opportunity": {"id": "o\u001b[31m", "name": "a\nb\u202ec", "state": "open", "quotes": []}}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")

    out = say("check", str(path), *TODAY)[1]

    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "a⏎b" in out


def test_colors_only_where_they_are_wanted(say):
    """Off a terminal there are none, unless asked for."""
    assert "\x1b[" not in say("check", BLOCKED, *TODAY)[1]
    assert "\x1b[31;1m" in say("check", BLOCKED, "--color", "always", *TODAY)[1]


@pytest.mark.parametrize(
    ("arguments", "environ", "expected"),
    [
        (["check", "--locale", "ko"], {"OPPI18N_LOCALE": "sv"}, ("ko", True)),
        (["check"], {"OPPI18N_LOCALE": "sv", "LANG": "ja_JP.UTF-8"}, ("sv", True)),
        (["check"], {"LANGUAGE": "zh_TW:ja", "LANG": "sv_SE.UTF-8"}, ("zh-HK", False)),
        (["check"], {"LC_ALL": "C"}, ("en", False)),
        (["check"], {"LANG": "zh_CN.UTF-8"}, ("en", False)),
        (["check"], {}, ("en", False)),
        (["eval", "--", "--locale", "ko"], {}, ("en", False)),
    ],
)
def test_the_locale_is_the_first_that_somebody_named(arguments, environ, expected, tmp_path, monkeypatch):
    """Option, own variable, the usual variables, project, English."""
    monkeypatch.chdir(tmp_path)

    assert locale_of(arguments, environ) == expected


def test_the_project_may_name_a_locale(tmp_path, monkeypatch):
    """[tool.oppi18n] in pyproject.toml counts where the environment is silent."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.oppi18n]\nlocale = "ms"\n', encoding="utf-8")

    assert locale_of(["check"], {}) == ("ms", True)
    assert locale_of(["check"], {"LANG": "sv_SE"}) == ("sv", False)


def test_an_internal_error_is_70_and_no_traceback(say, monkeypatch):
    """Whatever happens, a person reads a sentence."""
    monkeypatch.setattr("oppi18n.cli.options.rules_of", lambda *_: 1 / 0)

    status, _, err = say("check", CLOSABLE)

    assert status == 70
    assert "please report it" in err
    assert "Traceback" not in err


def test_interrupting_is_130(say, monkeypatch):
    """Ctrl-C ends the run quietly."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("oppi18n.cli.options.rules_of", interrupted)

    status, out, err = say("check", CLOSABLE)

    assert (status, out, err.strip()) == (130, "", "")


def test_a_reader_who_leaves_early_is_no_error():
    """`oppi18n check … | head -1` ends without a word."""
    command = f"{sys.executable} -m oppi18n check {BLOCKED} --format json | head -c 1"
    found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env={**os.environ}, check=False)

    assert found.stderr == ""


def test_every_command_has_help_in_one_screenful_of_columns(say):
    """Help is wrapped to 80 columns for every command."""
    from oppi18n.widths import display_width

    for command in (("check",), ("rules",), ("rules", "lint"), ("rules", "test"), ("rules", "eval"), ("cache",)):
        status, out, _ = say(*command, "--help")

        assert status == 0
        assert max(display_width(line) for line in out.splitlines()) <= 80
