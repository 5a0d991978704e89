"""What the package says it can do with, it is tried with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest


def test_lowest_versions_are_those_declared(checkout: Path):
    """CI runs the suite with exactly the versions that pyproject.toml allows at least."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = dict(each.split(">=") for each in project["dependencies"])
    lowest = dict(re.findall(r"^([\w-]+)==([\d.]+)$", (checkout / ".ci" / "lowest.txt").read_text(), re.MULTILINE))

    assert lowest.keys() == declared.keys()
    assert all(f"{lowest[name]}.".startswith(f"{least}.") for name, least in declared.items())


@pytest.mark.parametrize("name", ["babel", "click", "jinja2", "pyyaml"])
def test_core_dependencies_are_few(checkout: Path, name: str):
    """Four libraries are all that everybody needs; others belong to an extra."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert len(project["dependencies"]) == 4
    assert any(each.startswith(f"{name}>=") for each in project["dependencies"])
