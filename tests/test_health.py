"""Health: everything at once says what each command says on its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.i18n import extract
from oppi18n.i18n.locales import PRODUCT
from oppi18n.upkeep import update as upkeep

ROOT = Path(__file__).resolve().parents[1]
RULES = """\
ruleset: mine
model: opportunity
rules:
  - id: named
    severity: error
    assert: has(opportunity.name)
    message: Give the opportunity a name.
"""

Health = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack with a rule, a case, and a catalog that is up to date."""
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    pack = packs.named(tmp_path / "mine")
    upkeep.save(pack, upkeep.update(pack, "sv", extract.messages_of(pack)))
    return tmp_path / "mine"


@pytest.fixture
def health(folder: Path, capsys: pytest.CaptureFixture[str]) -> Health:
    """The answer for machines about that pack, its parts by command, and the status of the run."""

    def answered(*arguments: str) -> dict[str, Any]:
        status = run(("health", "--pack", str(folder), "--format", "json", *arguments))
        found = json.loads(capsys.readouterr().out)
        parts = {each["command"]: each for each in found["results"]}
        return {"status": status, "answer": found, **parts}

    return answered


def test_each_command_answers_as_on_its_own(folder, health, capsys):
    """The statuses are theirs, and that of the whole is the highest."""
    found = health()
    alone = {
        "rules lint": run(("rules", "lint", "--pack", str(folder))),
        "rules test": run(("rules", "test", "--pack", str(folder))),
        "catalog status": run(("catalog", "status", "--pack", str(folder))),
        "catalog update --check": run(("catalog", "update", "--check", "--pack", str(folder))),
        "catalog lint": run(("catalog", "lint", "--pack", str(folder))),
    }
    capsys.readouterr()

    assert {name: found[name]["status"] for name in alone} == alone
    assert found["status"] == max(alone.values())
    assert [each["command"] for each in found["answer"]["results"]] == list(alone)


def test_catalog_out_of_date_is_seen(folder, health):
    """A changed text is enough."""
    assert health()["catalog update --check"] == {
        "command": "catalog update --check",
        "status": 0,
        "counts": {"catalogs": 1},
        "errors": [],
    }
    path = folder / "rules" / "mine.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Give the", "Please give the"), encoding="utf-8")

    assert health()["catalog update --check"]["status"] == 1


def test_broken_rules_do_not_hide_the_rest(folder, health):
    """What cannot run says why, and what can runs."""
    (folder / "rules" / "mine.yaml").write_text(RULES.replace("has(", "has(("), encoding="utf-8")

    found = health()

    assert (found["status"], found["rules lint"]["status"], found["catalog lint"]["status"] < 3) == (3, 3, True)
    assert found["rules lint"]["counts"]["findings"] > 0
    assert found["catalog update --check"]["errors"][0]["code"] == "authoring"
    assert found["catalog update --check"]["counts"] == {}


def test_broken_catalog_is_seen(folder, health):
    """Its status is that of invalid catalogs."""
    path = Path(upkeep.path_of(packs.named(folder), "sv"))
    path.write_bytes(path.read_bytes() + b'msgid "a\n')

    found = health()

    assert (found["status"], found["catalog status"]["status"], found["catalog lint"]["status"]) == (3, 3, 3)


def test_people_read_the_words_of_each_command(folder, capsys):
    """A sign, the command, and what it says; long answers end where they matter, unless -v asks for all."""
    run(("health", "--pack", str(folder)))
    lines = capsys.readouterr().out.splitlines()

    assert next(line for line in lines if not line.startswith(" ")) == "✓ rules lint"
    assert "    1 file is clean." in lines
    assert [line[2:] for line in lines if line[0] in "✓✗"] == [
        "rules lint",
        "rules test",
        "catalog status",
        "catalog update --check",
        "catalog lint",
    ]


def test_health_writes_nothing(folder, health):
    """Not even what could be mended."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    health()

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_answer_keeps_to_its_schema(health, folder):
    """In every language the same but for `locale` and messages."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "schemas" / "envelope" / "health.schema.json").read_text(encoding="utf-8"))
    answers = []
    for text in (RULES, RULES.replace("has(", "has((")):
        (folder / "rules" / "mine.yaml").write_text(text, encoding="utf-8")
        for locale in PRODUCT[:2]:
            found = health("--locale", locale)["answer"]
            jsonschema.Draft202012Validator(schema).validate(found)
            assert set(found) == set(schema["properties"])
            assert found.pop("locale") == locale
            for error in (each for part in found["results"] for each in part["errors"]):
                assert error.pop("message")
            answers.append(found)

    assert answers[0] == answers[1] != answers[2] == answers[3]


def test_unknown_pack_is_told_once_for_each(capsys):
    """Nothing runs, and the status says that the pack is wrong."""
    assert run(("health", "--pack", "./no-such-pack")) == 2
    assert "no-such-pack" in capsys.readouterr().out
