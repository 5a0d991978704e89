"""Each wrong file of rules, cases or models is told by code, place and excerpt."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.diagnostics import render
from oppi18n.errors import InputError
from oppi18n.proofs.library import case_contents, library, rule_contents
from oppi18n.proofs.linting import Report, lint
from oppi18n.texts.diagnostics import HINTS, TEXTS

BAD = Path(__file__).parent / "bad"
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
