"""What a warm command does not import, it cannot wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BLOCKED = Path(__file__).resolve().parents[1] / "examples" / "blocked.json"
SCRIPT = """
import contextlib, io, sys
from oppi18n.cli import run
with contextlib.redirect_stdout(io.StringIO()):
    status = run(sys.argv[1:])
print(status, *sys.modules)
"""
SLOW = {
    "babel", "dataclasses", "difflib", "hashlib", "importlib.metadata", "jinja2", "json", "locale", "pkgutil", "tomllib", "yaml",
    "zoneinfo", "oppi18n.engine.authoring", "oppi18n.engine.careful", "oppi18n.i18n.po_reader", "oppi18n.i18n.render",
    "oppi18n.rules.kleene",
}  # fmt: skip
"""Modules that take long to import, and that a warm run does without."""


def modules(*arguments: str) -> tuple[int, set[str]]:
    """The status of a warm command, and what it imported."""
    for _ in range(2):
        # Without site: a development install may itself import what is looked for here.
        script = f"import sys; sys.path[:0] = {sys.path!r}\n{SCRIPT}"
        found = subprocess.run(
            [sys.executable, "-S", "-c", script, *arguments], capture_output=True, text=True, check=True
        )
    status, *names = found.stdout.split()
    return int(status), set(names)


@pytest.mark.parametrize("locale", ["en", "ko", "zh-HK"])
def test_warm_check_imports_nothing_slow(locale):
    """Rules, catalogs and formats come from the cache, the answer from the compiled function."""
    status, imported = modules("check", str(BLOCKED), "--as", "won", "--locale", locale)

    assert status == 1
    assert not imported & SLOW


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_warm_help_imports_no_command(locale):
    """What the commands do is remembered; what they need stays where it is."""
    status, imported = modules("--help", "--locale", locale)

    assert status == 0
    assert not imported & SLOW
    assert not {
        name for name in imported if name.startswith(("oppi18n.cli.commands.", "oppi18n.engine", "oppi18n.rules"))
    }


def test_package_alone_imports_next_to_nothing():
    """`import oppi18n` is for those who may never ask it anything."""
    script = f"import sys; sys.path[:0] = {sys.path!r}; known = set(sys.modules); import oppi18n; print(*(set(sys.modules) - known))"
    found = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True)

    assert {name for name in found.stdout.split() if name.startswith("oppi18n")} == {"oppi18n"}
