"""What other tools take from this repository, hooks and a component of Weblate, names things that exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from oppi18n.cli import run
from oppi18n.i18n import catalogs, locales

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
COMPONENT = ROOT / "examples" / "weblate" / "component.json"

RULES = "ruleset: mine\nmodel: opportunity\nrules: []\nsettings:\n  deep: {type: bool, default: false, doc: Look.}\n"

pytestmark = pytest.mark.usefixtures("checkout")


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("hook", hooks() if MANIFEST.is_file() else [], ids=lambda hook: hook["id"])
def test_hook_runs_a_command_that_exists(hook, capsys):
    """Its name is its command, and help knows each option of it."""
    program, *words = shlex.split(hook["entry"])
    words += [each for each in hook.get("args", []) if each.startswith("--")]

    assert (program, hook["name"]) == ("oppi18n", hook["entry"])
    assert run([word for word in words if not word.startswith("-")] + ["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in words if word.startswith("-"))


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("oppi18n-rules-lint", {"rules/a.yaml", "mine/rules/model/b.yaml"}),
        ("oppi18n-catalog-lint", {"locales/sv/LC_MESSAGES/oppi18n.po", "mine/locales/ko/LC_MESSAGES/oppi18n.po"}),
        (
            "oppi18n-catalog-update",
            {
                "rules/a.yaml",
                "mine/rules/model/b.yaml",
                "locales/sv/LC_MESSAGES/oppi18n.po",
                "mine/locales/ko/LC_MESSAGES/oppi18n.po",
            },
        ),
    ],
)
def test_hook_is_about_the_files_that_its_command_reads(hook, expected):
    """And about no others."""
    [pattern] = [each["files"] for each in hooks() if each["id"] == hook]
    offered = {
        "rules/a.yaml",
        "mine/rules/model/b.yaml",
        "locales/sv/LC_MESSAGES/oppi18n.po",
        "mine/locales/ko/LC_MESSAGES/oppi18n.po",
        "docs/rules.yaml.md",
        "locales/glossary.yaml",
        "src/rules.py",
    }

    assert {path for path in offered if re.search(pattern, path)} == expected


@pytest.mark.parametrize("hook", hooks() if MANIFEST.is_file() else [], ids=lambda hook: hook["id"])
def test_hooks_look_at_the_pack_in_a_repository(hook, capsys, tmp_path, monkeypatch):
    """As pre-commit calls them: at the top of the repository, with the files of the commit where they take files."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(("catalog", "new", "sv", "--pack", ".")) == 0
    passed = [catalogs.relative_path("sv")] if hook.get("pass_filenames", True) else []
    capsys.readouterr()

    status = run([*shlex.split(hook["entry"])[1:], *hook.get("args", []), *passed])

    assert status in (0, 1)
    assert "oppi18n:" not in capsys.readouterr().err


def test_pre_commit_accepts_the_manifest(require: Callable[[str, object], None]):
    """By its own judgement, where it is installed."""
    program = shutil.which("pre-commit")
    require("pre-commit", program)
    found = subprocess.run([str(program), "validate-manifest", MANIFEST], capture_output=True, text=True, check=False)

    assert (found.returncode, found.stdout) == (0, "")


def test_component_of_weblate_finds_the_catalogs():
    """The mask and the spelling of languages are those of our folders."""
    component = json.loads(COMPONENT.read_text(encoding="utf-8"))

    for locale in locales.PRODUCT[1:]:
        assert fnmatch(catalogs.relative_path(locale), component["filemask"])
        assert re.fullmatch(component["language_regex"], locales.folder(locale))
    assert component["file_format"] == "po"
