"""The page about pages runs, and leaves nothing out."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from oppi18n.docs.stale import STATES
from oppi18n.texts.diagnostics import TEXTS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "pages.md"


def test_examples_run():
    """Each block continues the one before it, as a reader would."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, "pages.md", str(PAGE), 0)
    failed, attempted = doctest.DocTestRunner().run(test)

    assert (failed, attempted > 20) == (0, True)


def test_every_finding_is_in_the_table():
    """No code is without its line, and no line without its code."""
    told = set(re.findall(r"`(page-[a-z-]+)`", PAGE.read_text(encoding="utf-8")))

    assert told == {code for code in TEXTS if code.startswith("page-")}


def test_every_state_is_in_the_table():
    """Fresh, stale and the rest are each explained."""
    assert set(re.findall(r"^\| ([a-z]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) >= set(STATES)
