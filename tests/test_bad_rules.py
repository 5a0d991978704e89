"""Each wrong file of rules, cases or models is told by code, place and excerpt."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import Span, render
from oppi18n.errors import InputError
from oppi18n.proofs.library import case_contents, library, rule_contents
from oppi18n.proofs.linting import Report, lint
from oppi18n.texts.diagnostics import HINTS, TEXTS

BAD = Path(__file__).parent / "bad"
PACKS = sorted(each for each in (BAD / "packs").iterdir() if each.is_dir())
FILES = sorted([*(BAD / "rules").rglob("*.yaml"), *(BAD / "cases").glob("*.yaml")])
ROOMS = ("engine", "model", "proofs", "rules", "shapes.py", "source.py")
PLACES = BAD / "rules" / "places.txt"
"""file → the diagnostics that are expected of it, one in a line: `code line:column`."""


def expected() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in PLACES.read_text("utf-8").splitlines():
        name, _, place = line.partition(" ")
        found.setdefault(name, []).append(place)
    return found


def expected_of_packs() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (BAD / "packs" / "places.txt").read_text("utf-8").splitlines():
        name, _, place = line.partition(" ")
        found.setdefault(name, []).append(place)
    return found


def name_of(path: Path) -> str:
    return path.relative_to(BAD).as_posix()


@pytest.fixture(autouse=True)
def inside(monkeypatch):
    """Paths are shown as they are given, so all tests stand in one place."""
    monkeypatch.chdir(BAD)


@cache
def linted(path: Path) -> Report:
    return lint([name_of(path)])


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_wrong_file_is_told_by_code_and_place(path):
    """What is wrong is found where it is, and nothing else is."""
    found = [f"{each.code} {each.span.line}:{each.span.column}" for each in linted(path).diagnostics]

    assert found == expected()[name_of(path)]


def test_no_expectation_is_without_its_file():
    """The table of places has no rows of files that are gone."""
    assert sorted(expected()) == sorted(name_of(path) for path in FILES)


def test_diagnostics_read_as_people_see_them(golden: Callable[[str, str], None]):
    """The sentence, the line, the caret under the culprit (also after wide characters), and the hint."""
    shown = [f"==> {name_of(path)} <==\n{linted(path)}\n" for path in FILES]

    golden("diagnostics.txt", "\n".join(shown).replace(str(BAD.parents[1]), "…"))


@cache
def linted_together(case: Path) -> Report:
    return lint(packs=[f"{each}/" for each in sorted(case.iterdir())])


def shown(span: Span | None) -> str:
    """A place from the top of the packs, or from the top of the shipped rules."""
    within = str(span).removeprefix(f"{packs.shipped().rules}/")
    return re.sub(r"^.*/bad/packs/[^/]+/", "", within) if span else "-"


@pytest.mark.parametrize("case", PACKS, ids=lambda case: case.name)
def test_packs_that_do_not_go_together_are_told_with_both_places(case):
    """What two files get wrong together names the one and the other."""
    found = [
        f"{each.severity} {each.code} {shown(each.span)} {shown(each.related)}"
        for each in linted_together(case).diagnostics
    ]

    assert found == expected_of_packs()[case.name]
    assert sorted(expected_of_packs()) == [each.name for each in PACKS]


def test_what_is_wrong_between_packs_reads_as_people_see_it(golden: Callable[[str, str], None]):
    """The other place comes under the hint."""
    told = [f"==> {case.name} <==\n{linted_together(case)}\n" for case in PACKS]
    text = "\n".join(told).replace(packs.shipped().rules, "…/rules").replace(str(BAD.parents[1]), "…")

    golden("diagnostics-of-packs.txt", text)


def test_folder_is_linted_at_once():
    """All files of a folder are looked at together, and what is wrong comes sorted by place."""
    report = lint(["rules"])

    assert report.failed
    assert list(report.diagnostics) == sorted(report.diagnostics, key=lambda each: (each.span, each.code, each.message))


@pytest.mark.parametrize(("path", "code"), [("rules/absent.yaml", "not-found"), ("", "no-rule-files")])
def test_path_without_rules_is_an_error_of_the_caller(path, code, tmp_path, monkeypatch):
    """What is not there cannot be linted."""
    if code == "no-rule-files":
        monkeypatch.chdir(tmp_path)
        path = "."

    with pytest.raises(InputError) as caught:
        lint([path])
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["close-quotes.yaml", "close-quotes.cases.yaml", "model/opportunity.yaml"])
def test_shipped_file_is_not_held_against_itself(name):
    """A file that was asked about is looked at once, however it was reached; the report holds its text."""
    path = Path(packs.shipped().rules) / name
    report = lint([path, os.path.relpath(path)])

    assert (report.diagnostics, report.failed) == ((), False)
    assert [*report.texts] == [str(path)]


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("name", ["close-opportunity.yaml", "close-quotes.yaml", "model/opportunity.yaml"])
def test_copy_stands_in_for_the_original(name, folder, tmp_path):
    """A copy that lies elsewhere is clean, and a slip in it is told as if the original were not there."""
    text = (Path(packs.shipped().rules) / name).read_text("utf-8")
    copy = tmp_path / "copy.yaml"
    copy.write_text(text, encoding="utf-8")
    asked = tmp_path if folder else copy
    assert lint([asked]).diagnostics == ()

    copy.write_text(text.replace("model:", "modle:", 1), encoding="utf-8")
    found = lint([asked]).diagnostics
    assert {each.span.path for each in found} == {str(copy)}
    assert {each.code for each in found} == {"unknown-key", "absent-key"}


def test_command_line_shows_the_slip_in_a_copy(tmp_path, capsys):
    """Place, culprit, caret and the nearest right word; the status is 3, and 0 for a copy that is as it was."""
    text = (Path(packs.shipped().rules) / "close-opportunity.yaml").read_text("utf-8")
    copy = tmp_path / "copy.yaml"
    copy.write_text(text.replace("close.date <= today", "close.dtae <= today"), encoding="utf-8")
    line = 1 + text[: text.index("close.date <= today")].count("\n")

    assert run(["rules", "lint", str(copy)]) == 3
    assert capsys.readouterr().out.splitlines() == [
        f"{copy}:{line}:19: error[unknown-field] a close has no field 'dtae'",
        "    assert: close.dtae <= today",
        "                  ^~~~",
        "    hint: did you mean 'date'?",
    ]
    copy.write_text(text, encoding="utf-8")
    assert run(["rules", "lint", str(copy)]) == 0
    assert capsys.readouterr().out == ""


def test_finding_that_is_about_two_places_has_both_in_json(capsys):
    """Machines are told the other place too."""
    case = BAD / "packs" / "contradictory-overlays-in-one-pack" / "one"

    assert run(["rules", "lint", f"{case}/", "--format", "json"]) == 3
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["path"] == str(case / "rules" / "b.yaml")
    assert finding["related"] == {"path": str(case / "rules" / "a.yaml"), "line": 3, "column": 18}


def test_copy_of_a_pack_s_own_ruleset_stands_in_for_it(tmp_path):
    """What a named pack declares can be worked on in a copy as well; what the pack lays over it goes on top."""
    pack = f"{BAD.parent}/packs/contoso/"
    copy = tmp_path / "copy.yaml"
    copy.write_bytes((Path(pack) / "rules" / "close-with-approval.yaml").read_bytes())

    assert lint([copy], packs=[pack]).diagnostics == ()


def test_file_stands_in_for_one_other_and_no_more(tmp_path):
    """Two files with one id are a mistake, and so is a pack that declares once more what is shipped."""
    pack, copies = tmp_path / "pack", [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    (pack / "rules").mkdir(parents=True)
    for path in (*copies, pack / "rules" / "three.yaml"):
        path.write_bytes((Path(packs.shipped().rules) / "close-quotes.yaml").read_bytes())

    (twice,) = lint(copies).diagnostics
    assert (twice.code, twice.span.path, twice.related and twice.related.path) == (
        "duplicate-ruleset", str(copies[1]), str(copies[0])
    )  # fmt: skip
    (more,) = lint([copies[0]], packs=[pack]).diagnostics
    assert more.code == "duplicate-ruleset"
    assert {more.span.path, more.related and more.related.path} == {
        str(copies[0]),
        str(pack / "rules" / "three.yaml"),
    }


def test_expression_in_an_indented_block_is_shown_where_it_is(tmp_path):
    """Columns are right although the block says how far it is indented, and lines are empty."""
    text = "ruleset: own\nmodel: opportunity\nrules:\n  - id: a\n    assert: |2\n\n        opportunity.staet == 'open'\n    message: M.\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")

    (found,) = lint([tmp_path / "own.yaml"]).diagnostics

    assert (found.code, found.span.line, found.span.column) == ("unknown-field", 7, 21)


def reported(path: Path) -> set[str]:
    """The codes that a module names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if called in ("report", "warn", "wrong", "wrong_word", "Finding", "Fault", "Hint"):
                literals = [each.value for each in ast.walk(first) if isinstance(each, ast.Constant)] if first else []
                found |= {
                    each for each in literals if isinstance(each, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", each)
                }
    return found


def test_every_code_has_its_text(checkout: Path):
    """No code is reported that nobody has worded."""
    source = checkout / "src" / "oppi18n"
    paths = [
        path for room in ROOMS for path in ([source / room] if room.endswith(".py") else (source / room).rglob("*.py"))
    ]
    codes = set[str]().union(*(reported(path) for path in paths))

    assert codes - TEXTS.keys() - HINTS.keys() == set()
    assert "unknown-field" in codes


SHIPPED = list(rule_contents([packs.shipped()]))
CASES = list(case_contents([packs.shipped()]))
OVERLAY = [each for each in rule_contents([packs.named(f"{BAD.parent}/packs/contoso/")]) if "close-with" not in each[1]]
SCRAPS = [
    "",
    "{",
    "}",
    "[",
    ": ",
    "- ",
    "'",
    '"',
    "\n",
    "  ",
    "null",
    "!",
    "&a ",
    "*a",
    "|",
    "q",
    "has(",
    "1e9",
    "한",
    "\t",
]


@given(
    at=st.tuples(st.integers(0, 4), st.floats(0, 1, exclude_max=True)),
    length=st.integers(0, 30),
    scrap=st.sampled_from(SCRAPS),
)
@settings(max_examples=60)
def test_no_slip_makes_the_linter_stumble(at, length, scrap):
    """Whatever is left out of a file or slips into it, the answer is a report."""
    contents = [*SHIPPED, *OVERLAY, CASES[1]]
    pack, path, data = contents[at[0]]
    text = data.decode()
    start = int(at[1] * len(text))
    contents[at[0]] = (pack, path, (text[:start] + scrap + text[start + length :]).encode())

    found = library(contents[:-1], contents[-1:])
    found.check_names()
    for name in dict.fromkeys(found.space.names):
        understood = found.ruleset(name)
        if understood is not None:
            found.cases(name, understood)

    assert all(render(each, found.space.texts[each.span.path]) for each in found.space.diagnostics)
