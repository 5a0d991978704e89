"""The README runs: its snippet, its types, what its command prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.usefixtures("checkout")


def block(language: str, holding: str) -> str:
    """The fenced block of a language that holds a text."""
    blocks: list[str] = re.findall(
        rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return next(each for each in blocks if holding in each)


def test_the_snippet_says_in_swedish_what_blocks(capsys):
    """The library snippet runs as written."""
    exec(compile(block("python", "load_rules"), "README.md", "exec"), {})  # noqa: S102

    out = capsys.readouterr().out
    assert out.startswith("no-active-quotes ('/opportunity/quotes/0/state',) Du kan inte stänga affärsmöjligheten")


def test_the_snippet_is_typed(tmp_path):
    """The library snippet passes mypy --strict."""
    pytest.importorskip("mypy", reason="mypy is for developers")
    snippet = tmp_path / "snippet.py"
    snippet.write_text(block("python", "load_rules"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(snippet)]

    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert found.returncode == 0, found.stdout


def test_the_command_prints_what_the_readme_shows():
    """The console block is real output, up to where it is cut."""
    shown = block("console", "oppi18n check")
    command, _, expected = shown.partition("\n")
    arguments = command.removeprefix("$ oppi18n ").split()

    environ = {**os.environ, "OPPI18N_LOCALE": "en"}
    found = subprocess.run(
        [sys.executable, "-m", "oppi18n", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ,
        check=False,
    )

    assert found.returncode == 1
    assert found.stdout.startswith(expected.removesuffix("…\n"))


def test_every_command_stands_in_the_readme():
    """A command that nobody can find is not there."""
    text = README.read_text(encoding="utf-8")
    modules = (ROOT / "src" / "oppi18n" / "cli" / "commands").glob("[!_]*.py")

    assert [path.stem for path in modules if f"`oppi18n {path.stem}" not in text] == []


@pytest.mark.parametrize("name", ["use", "test"])
def test_each_marked_command_is_one_line(name):
    """The two commands of the README are one line each; CI runs them as written."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)

    assert found is not None
    assert len(found[1].splitlines()) == 1
    assert shutil.which("python3")
