"""The example of a pack: from its folder and installed from its wheel it says the same, in six languages."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from oppi18n import Localizer, load_rules, packs
from oppi18n.cli import run as command_line
from oppi18n.i18n import glossary, locales
from oppi18n.i18n.extract import messages_of
from oppi18n.proofs.formatting import format_files
from oppi18n.proofs.linting import lint
from oppi18n.proofs.runner import run
from oppi18n.templates import placeholders
from oppi18n.upkeep import update as upkeep

pytestmark = pytest.mark.usefixtures("checkout")

TOP = Path(__file__).resolve().parents[1] / "examples" / "contoso-pack"
FOLDER = f"{TOP / 'contoso_closing'}/"
TODAY = date(2026, 3, 31)
EXPIRED = {"id": "q1", "number": "QUO-1", "revision": 0, "state": "draft", "expires_on": "2026-03-30"}
BUILD = "import sys; from hatchling import build; print(build.build_wheel(sys.argv[1]))"


def facts(*quotes: dict[str, Any]) -> dict[str, Any]:
    return {"opportunity": {"id": "o1", "state": "open", "currency": "USD", "quotes": [*quotes]}}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    target = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(target)], check=True, cwd=TOP, capture_output=True, text=True
    )
    return target / built.stdout.splitlines()[-1]


@pytest.fixture
def installed(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed distributions that holds nothing but the pack."""
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix()


def test_files_are_clean_and_formatted():
    """Nothing is wrong with the pack, and nothing about it would be written otherwise."""
    assert lint([FOLDER]).diagnostics == ()
    assert [found.path for found in format_files([TOP]) if found.changed or found.diagnostics] == []


@pytest.mark.parametrize("how", ["folder", "installed"])
def test_cases_come_out_as_expected(how, installed):
    """All cases of the pack, those in other languages too."""
    found = list(run("close-opportunity", packs=[FOLDER if how == "folder" else "contoso"]))

    assert [f"{each.case.name}\n{each.diff()}" for each in found if not each.passed] == []
    assert len(found) == 15


def test_wheel_holds_the_pack_and_its_entry_point(installed):
    """What is installed is what lies in the folder, and the entry point of the project file leads there."""
    point = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][packs.GROUP]
    pack = packs.named("contoso")

    assert "contoso" in packs.installed()
    assert point == {"contoso": "contoso_closing"}
    assert (pack.name, pack.language) == ("contoso", "en")
    assert (pack.rules, pack.locales) == tuple(
        str(installed / "contoso_closing" / each) for each in ("rules", "locales")
    )
    assert {*names(installed / "contoso_closing")} == {*names(Path(FOLDER))}
    assert "contoso_closing" not in sys.modules


def test_installed_pack_is_inert_until_it_is_named(installed):
    """Installing it changes no verdict; naming it does."""
    ours, theirs = load_rules(), load_rules(packs=["contoso"])

    assert ours.evaluate(facts(EXPIRED), today=TODAY).verdict == "closable"
    assert theirs.evaluate(facts(EXPIRED), today=TODAY).verdict == "blocked"
    assert (ours.settings["max_revenue"], theirs.settings["max_revenue"]) == ("1000000000000", "5000000")


def test_what_the_overlay_changes():
    """A severity, a default, a message, a rule off, two rules on, reasons, a remedy and its cost."""
    ours, theirs = load_rules(), load_rules(packs=[FOLDER])
    severity = {each.id: each.severity for each in theirs.rules}
    reasons = theirs.model.enumerations

    assert {each.id for each in ours.rules} - severity.keys() == {"competitor-expected"}
    assert severity.keys() - {each.id for each in ours.rules} == {"expired-drafts", "no-budget-explained"}
    assert severity["won-without-won-quote"] == "error"
    assert reasons["opportunity_status_reason"].values["no_budget"].state == "lost"
    assert reasons["quote_status_reason"].by_code[100000002].name == "expired"
    assert {name: each.cost for name, each in theirs.remedies.items()} == {"close-quotes": 2, "close-expired-drafts": 1}


@pytest.mark.parametrize("locale", locales.PRODUCT)
@pytest.mark.parametrize("how", ["folder", "installed"])
def test_everything_it_says_is_said_in_every_language(how, locale, installed):
    """Its own sentence, its remedy, its setting, its reasons, and ours that it left alone."""
    named = FOLDER if how == "folder" else "contoso"
    rules, speaker = load_rules(packs=[named]), Localizer(locale, packs=[named])
    closing = {"outcome": "lost", "status_reason": "no_budget", "date": "2026-04-01"}
    decision = rules.evaluate(facts(EXPIRED, {**EXPIRED, "id": "q2"}), request=closing, today=TODAY)
    told = [speaker.violation(each) for each in decision.violations]

    assert {each.rule for each in decision.violations} == {
        *("drafts-closed-as-well", "close-date-not-in-future", "expired-drafts", "no-budget-explained")
    }
    assert {each.locale for each in told} == {locale}
    assert {each.locale for each in map(speaker.remedy, rules.remedies.values())} == {locale}
    assert {each.locale for each in map(speaker.setting, rules.declared.values())} == {locale}
    assert speaker.value(rules.model, "opportunity_status_reason", "no_budget").locale == locale
    assert speaker.value(rules.model, "quote_status_reason", "expired").locale == locale


@pytest.mark.parametrize("locale", locales.PRODUCT[1:])
def test_catalogs_are_complete_and_current(locale):
    """`catalog update` has nothing to do; placeholders are those of the source, terms those of the glossary."""
    pack = packs.named(FOLDER)
    messages = messages_of(pack)
    catalog = upkeep.read(pack, locale)
    terms = glossary.of_packs([packs.shipped()])

    assert [str(each) for each in catalog.diagnostics] == []
    assert upkeep.is_current(pack, upkeep.update(pack, locale, messages))
    assert {entry.key for entry in catalog.entries if entry.is_translated} == {message.key for message in messages}
    for entry in catalog.entries:
        for text in entry.translations:
            assert {*placeholders(text)} == {*placeholders(entry.msgid)}
            words = (term.words.get(locale) for term in terms.terms_in(entry.msgid))
            assert [each for word in words if word for each in word.forbidden_in(text)] == []
            assert "Contoso" not in entry.msgid or "Contoso" in text


def test_command_line_takes_the_pack_by_both_names(installed, capsys, tmp_path):
    """A folder with a separator, or the name under which it is installed."""
    path = tmp_path / "facts.yaml"
    path.write_text(
        "opportunity:\n  id: o1\n  state: open\n  quotes:\n"
        "    - {id: q1, number: QUO-1, revision: 0, state: draft, expires_on: 2026-03-30}\n"
    )
    answers = set()
    for pack in (FOLDER, "contoso"):
        assert command_line(["check", str(path), "--today", "2026-03-31", "--pack", pack, "--locale", "ja"]) == 1
        answers.add(capsys.readouterr().out)

    (answer,) = answers
    assert "下書きの見積もり 1 件 (QUO-1 改訂 0) の有効期限が切れています。" in answer
    assert "有効期限が切れた下書きの見積もりをすべてクローズする" in answer
