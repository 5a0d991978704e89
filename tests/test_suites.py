"""Cases are found by ruleset, by pack and by path, and run against the rules that lie there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from oppi18n import packs
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.proofs.runner import Result, results, run
from oppi18n.proofs.suites import Suite, suites

RULES = Path(packs.shipped().rules)
CONTOSO = Path(__file__).parent / "packs" / "contoso"
NAME = "close-opportunity"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder that is no pack, with a copy of a shipped ruleset and of its cases."""
    for name in (f"{NAME}.yaml", f"{NAME}.cases.yaml"):
        shutil.copy(RULES / name, tmp_path / name)
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")


def found(path: str | Path) -> tuple[Suite, ...]:
    return tuple(suites([os.fspath(path)]))


def failed(path: str | Path) -> list[Result]:
    return [each for suite in found(path) for each in results(suite) if not each.passed]


def test_copy_stands_in_for_the_shipped_ruleset(copy):
    """A copy next to its cases passes as the original does, translations included."""
    (suite,) = found(copy)

    assert (suite.ruleset.id, failed(copy)) == (NAME, [])
    assert {str(path.parent) for path in (Path(case.span.path) for case in suite.cases)} == {str(copy)}


def test_deleting_the_distinction_between_draft_and_active_fails(copy):
    """The rule that a draft does not hold the opportunity open is proved by cases."""
    change(
        copy / f"{NAME}.yaml",
        "forbid: opportunity.quotes.exists(q, q.state == 'active')\n",
        "forbid: opportunity.quotes.exists(q, q.state in ['active', 'draft'])\n",
    )

    told = {each.case.name: each.diff() for each in failed(copy)}

    name = "Draft, won, and closed quotes do not hold the opportunity open."
    assert "shows\n  expected  passes\n  found     fails" in told[name]
    assert "unwanted  no-active-quotes" in told[name]
    assert all(each.passed for each in run())


@pytest.mark.parametrize("name", [f"{NAME}.cases.yaml", f"{NAME}.yaml", ""])
def test_file_stands_for_itself_and_a_folder_for_all_in_it(copy, name, monkeypatch):
    """However it is written, the same cases are found; other files around a single one do not matter."""
    if name:
        (copy / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    monkeypatch.chdir(copy)

    for path in (copy / name, name or "."):
        (suite,) = found(path)
        assert (suite.ruleset.id, len(suite.cases) > 100) == (NAME, True)


def test_file_of_cases_alone_is_asked_about(tmp_path):
    """Another file of cases in the folder waits for its turn."""
    text = "ruleset: close-quotes\ntoday: 2026-03-31\ncases:\n  - {name: NAME., asked: record, expect: {verdict: blocked}}\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.cases.yaml").write_text(text.replace("NAME", name), encoding="utf-8")

    (suite,) = found(tmp_path / "two.cases.yaml")

    assert [case.name for case in suite.cases] == ["two."]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (CONTOSO, {NAME: 10, "close-with-approval": 4}),
        (CONTOSO / "rules", {NAME: 10, "close-with-approval": 4}),
        (CONTOSO / "rules" / "house.yaml", {NAME: 10}),
        (CONTOSO / "rules" / "house.cases.yaml", {NAME: 10}),
        (CONTOSO / "rules" / "model" / "reasons.yaml", {NAME: 10, "close-with-approval": 4}),
    ],
)
def test_path_into_a_pack_is_that_pack(path, names):
    """Its rules are laid over ours and speak under its name."""
    every = found(path)

    assert {suite.ruleset.id: len(suite.cases) for suite in every} == names
    assert all([pack.name for pack in suite.layers] == ["contoso"] for suite in every)
    assert failed(path) == []


def test_shipped_rules_by_path_are_the_shipped_rules():
    """Our own folder is not laid over itself."""
    (suite,) = found(RULES / f"{NAME}.cases.yaml")

    assert (suite.layers, suite.ruleset.pack) == ((), "oppi18n")


def test_bare_word_is_a_ruleset_before_it_is_a_folder(tmp_path, monkeypatch):
    """What happens to lie in the current folder changes no answer; what is no ruleset is looked for on the disk."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(CONTOSO, tmp_path / "contoso")
    (tmp_path / "close-quotes").mkdir()

    (suite,) = found("close-quotes")
    assert suite.ruleset.pack == "oppi18n"
    assert [each.ruleset.id for each in found("contoso")] == ["close-with-approval", NAME]


def test_packs_lie_under_a_path_and_over_ours(tmp_path):
    """Loose cases can be about the rules of a named pack."""
    text = "ruleset: close-opportunity\ntoday: 2026-03-31\ncases:\n  - name: Contoso blocks drafts.\n"
    text += "    rule: no-draft-quotes\n    shows: fails\n    opportunity: {id: o, state: open, quotes: [{id: q, state: draft}]}\n"
    (tmp_path / "own.cases.yaml").write_text(text, encoding="utf-8")

    assert [each.passed for each in run(f"{tmp_path}/own.cases.yaml", packs=[f"{CONTOSO}/"])] == [True]
    assert [each.passed for each in run(f"{tmp_path}/own.cases.yaml")] == [False]


def test_one_name_in_two_files_is_told_with_both_places(tmp_path):
    """Cases of one ruleset have one list of names, whichever files they stand in."""
    text = "ruleset: close-quotes\ntoday: 2026-03-31\ncases:\n  - {name: Same., expect: {verdict: blocked}}\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.cases.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(AuthoringError) as caught:
        found(tmp_path)
    (told,) = caught.value.diagnostics
    assert told.code == "duplicate-case"
    assert told.span.path == f"{tmp_path}/two.cases.yaml"
    assert str(told.related) == f"{tmp_path}/one.cases.yaml:4:12"


def test_two_loose_rulesets_of_one_id_are_an_error(copy):
    """Only one of them can stand in; the other is told with both places."""
    shutil.copy(copy / f"{NAME}.yaml", copy / "again.yaml")

    with pytest.raises(AuthoringError) as caught:
        found(copy)
    assert {each.code for each in caught.value.diagnostics} == {"duplicate-ruleset"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("./none", "not-found"),
        ("none.cases.yaml", "not-found"),
        ("close-quote", "unknown-ruleset"),
        (".", "no-cases"),
        ("./x.txt", "no-cases"),
    ],
)
def test_what_is_not_there_is_an_error_of_the_caller(path, code, tmp_path, monkeypatch):
    """A path without cases proves nothing, and says so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.txt").write_text("x", encoding="utf-8")

    with pytest.raises(InputError) as caught:
        found(path)
    assert caught.value.code == code
