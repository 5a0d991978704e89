"""The pytest plugin: silent until a suite names packs, then every case and every catalog of them is a test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

from oppi18n import packs
from oppi18n.proofs import catalogs, runner

pytest_plugins = ("pytester",)

LOADED = (catalogs, runner)
"""Runs inside this process forget what they import, but PyYAML's C part does not bear being imported twice."""

RULES = """overlay: close-opportunity
rules:
  - id: no-name
    severity: warning
    assert: has(opportunity.name)
    at: opportunity.name
    message: "The opportunity {id} has no name."
    params: {id: opportunity.id}
"""
CASES = """ruleset: close-opportunity
today: 2026-03-31
base:
  opportunity: {id: o1, state: open, quotes: []}
cases:
  - name: A name is missed.
    rule: no-name
    shows: fails
    expect: {message: {en: "The opportunity o1 has no name."}}
  - name: A name is enough.
    rule: no-name
    shows: passes
    opportunity: {name: Busan}
    expect: {verdict: closable}
"""
CATALOG = """msgid ""
msgstr ""
"Project-Id-Version: mine\\n"
"Language: sv\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgctxt "mine/close-opportunity/no-name/message"
msgid "The opportunity {id} has no name."
msgstr "Affärsmöjligheten {id} har inget namn."
"""
HERE = any(each.name == "oppi18n" for each in entry_points(group="pytest11"))
"""Whether the installed package brings the plugin; a checkout that was installed before it was there does not."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Somebody's suite, with a pack beside it."""
    pytester.makepyfile(test_own="def test_own(): pass")
    write(pytester.path / "mine/rules/own.yaml", RULES)
    write(pytester.path / "mine/rules/own.cases.yaml", CASES)
    write(pytester.path / "mine/locales/sv/LC_MESSAGES/oppi18n.po", CATALOG)
    return pytester


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    write(path, text.replace(before, after))


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    loaded = () if HERE else ("-p", "oppi18n.testing")
    return pytester.runpytest_inprocess(*loaded, "-W", "error", "-p", "no:cacheprovider", *arguments)


def name_packs(pytester: pytest.Pytester, *names: str, more: str = "") -> None:
    lines = "".join(f"\n    {name}" for name in names)
    pytester.makefile(".ini", pytest=f"[pytest]\noppi18n_packs ={lines}\n{more}")


def test_nothing_happens_until_a_suite_names_packs(suite):
    """Files that look like ours are left alone in suites that did not ask."""
    result = run(suite, ".")

    result.assert_outcomes(passed=1)


def test_cases_and_catalogs_of_a_named_pack_are_tests(suite):
    """Two cases, three questions to the catalog, and the test that was there before."""
    name_packs(suite, "./mine")
    result = run(suite, "-v")

    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines_random([
        "mine/rules/own.cases.yaml::A name is missed. PASSED*",
        "mine/rules/own.cases.yaml::A name is enough. PASSED*",
        "mine/locales/sv/LC_MESSAGES/oppi18n.po::reads PASSED*",
        "mine/locales/sv/LC_MESSAGES/oppi18n.po::passes the checks PASSED*",
        "mine/locales/sv/LC_MESSAGES/oppi18n.po::is complete PASSED*",
    ])  # fmt: skip


def test_pack_is_named_on_the_command_line_too(suite):
    """The folder is looked for where pytest was called, and found whatever else is asked for."""
    (suite.path / "mine/inside").mkdir()
    suite.chdir()

    run(suite, "test_own.py", "--oppi18n-pack", "./mine").assert_outcomes(passed=6)


def test_folders_of_the_option_are_beside_the_file_that_names_them(suite, monkeypatch):
    """Where pytest is called does not matter."""
    name_packs(suite, "./mine")
    monkeypatch.chdir(suite.path / "mine")

    run(suite, "--rootdir", str(suite.path), "-c", str(suite.path / "pytest.ini")).assert_outcomes(passed=5)


def test_testpaths_do_not_hide_the_pack(suite):
    """A pack outside the usual folders is collected as well, and none of it twice."""
    (suite.path / "tests").mkdir()
    suite.path.joinpath("test_own.py").rename(suite.path / "tests/test_own.py")
    name_packs(suite, "./mine", more="testpaths = tests\n")

    run(suite).assert_outcomes(passed=6)
    run(suite, ".").assert_outcomes(passed=6)


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        (("test_own.py",), 1),
        (("mine/rules",), 2),
        (("mine/rules/own.cases.yaml",), 2),
        (("mine/rules/own.cases.yaml::A name is enough.",), 1),
        (("mine", "-k", "missed"), 1),
        (("mine/locales",), 3),
    ],
)
def test_what_is_asked_for_is_run(suite, arguments, passed):
    """A file, a folder, a test: as with any other test."""
    name_packs(suite, "./mine")
    result = run(suite, *arguments)

    assert result.parseoutcomes()["passed"] == passed
    assert result.ret == 0


def test_failing_case_shows_the_difference(suite):
    """What was expected, what was found, and where; no traceback."""
    change(suite.path / "mine/rules/own.cases.yaml", "The opportunity o1 has", "The opportunity o2 has")
    name_packs(suite, "./mine")
    result = run(suite)

    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines([
        "*A name is missed.*",
        "*own.cases.yaml:9: message.en",
        "  expected  The opportunity o2 has no name.",
        "  found     The opportunity o1 has no name.",
        "                             ^",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*testing.py*")


def test_wrong_rules_are_an_error_with_every_diagnostic(suite):
    """Nothing is run from a file whose rules cannot be read."""
    change(suite.path / "mine/rules/own.yaml", "has(opportunity.name)", "has(opportunity.nam)")
    name_packs(suite, "./mine")
    result = run(suite)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*own.yaml:5:29: error?unknown-field? *'nam'", "*hint: did you mean 'name'?"])


@pytest.mark.parametrize(
    ("before", "after", "failed", "told"),
    [
        ("inget namn.", "inget {namn}.", "passes the checks", "*oppi18n.po:12:42: placeholders: *{namn}*"),
        ("{id} har", "har", "passes the checks", "*oppi18n.po:12:1: placeholders: *{id}*"),
        ("{id} har", "{id!r} har", "passes the checks", "*oppi18n.po:12:27: placeholder-form: *"),
        (
            '"Affärsmöjligheten {id} har inget namn."',
            '""',
            "is complete",
            "*own.yaml:7: not translated: The opportunity*",
        ),
        ("msgctxt", "#, fuzzy\nmsgctxt", "is complete", "*own.yaml:7: not translated: The opportunity*"),
        ("Language: sv", "Language: ko", "reads", "*catalog-language?*"),
        ('namn."', "namn.", "reads", "*catalog-unterminated?*"),
    ],
)
def test_catalog_with_a_fault_fails(suite, before, after, failed, told):
    """What is wrong is told with its place."""
    change(suite.path / "mine/locales/sv/LC_MESSAGES/oppi18n.po", before, after)
    name_packs(suite, "./mine")
    result = run(suite, "mine/locales")

    result.stdout.fnmatch_lines([told])
    result.stdout.fnmatch_lines([f"FAILED *oppi18n.po::{failed}*"])


def test_packs_lie_on_top_of_one_another(suite):
    """As on the command line: the cases of all are run against all."""
    write(
        suite.path / "other/rules/own.yaml", "overlay: close-opportunity\nrules:\n  - {id: no-name, severity: error}\n"
    )
    name_packs(suite, "./mine", "./other")

    run(suite, "mine/rules").assert_outcomes(passed=2)
    change(suite.path / "mine/rules/own.cases.yaml", 'has no name."}}', 'has no name."}, verdict: closable}')
    run(suite, "mine/rules").assert_outcomes(passed=1, failed=1)


def test_installed_pack_is_named_by_a_word(suite):
    """Ours is one: its files lie elsewhere, and are collected from there."""
    name_packs(suite, "oppi18n")
    result = run(suite, "--collect-only", "-q")

    shown = result.stdout.str()
    assert "close-quotes.cases.yaml::Without quotes there is nothing to close." in shown
    assert "oppi18n.po::is complete" in shown
    assert "mine/" not in shown


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mine", "there is no pack named 'mine'; did you mean './mine'?"),
        ("./none", "none is not a pack: it has no folder named rules"),
    ],
)
def test_pack_that_is_not_there_stops_the_run(suite, name, told):
    """A mistyped name is no reason to test less than was meant."""
    name_packs(suite, name)
    result = run(suite)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{told}*"])


def test_pack_in_an_archive_is_refused(suite, monkeypatch):
    """pytest walks folders; a zipped pack would be left out in silence."""
    folder = suite.path / "site"
    shutil.make_archive(str(folder / "zipped"), "zip", root_dir=suite.path, base_dir="mine")
    monkeypatch.syspath_prepend(str(folder / "zipped.zip"))
    write(folder / "zipped-1.dist-info/entry_points.txt", "[oppi18n.packs]\nzipped = mine\n")
    write(folder / "zipped-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 1\n")
    monkeypatch.syspath_prepend(str(folder))
    name_packs(suite, "zipped")

    assert packs.named("zipped").rules.endswith("mine/rules")
    result = run(suite)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*zipped lies in an archive*"])


@pytest.mark.soak
def test_workers_see_the_same_tests(suite, require, soak):
    """Distributed over processes nothing is missed and nothing is run twice."""
    require("xdist", find_spec("xdist"))
    if not soak:
        pytest.skip("three processes for one test: --soak")
    name_packs(suite, "./mine")

    loaded = () if HERE else ("-p", "oppi18n.testing")
    suite.runpytest_subprocess(*loaded, "-n", "2").assert_outcomes(passed=6)


def test_plugin_is_light():
    """Every run of pytest imports it, so it brings nothing but the package's own root."""
    code = "import pytest, sys; before = set(sys.modules); import oppi18n.testing; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    ours = {name for name in done.stdout.split() if name.startswith("oppi18n")}
    assert ours <= {"oppi18n", "oppi18n.version", "oppi18n.testing"}
    assert not {"yaml", "babel", "jinja2", "click"} & set(done.stdout.split())
