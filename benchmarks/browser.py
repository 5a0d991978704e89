"""One decision in the browser: the exported module against the same rules written by hand in JavaScript, under node.

The answers are compared before anything is timed: rules, values and pointers. What is written by hand trusts its
records; the module looks at every field. The weight of both modules is told as well.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any, Final

from _paired import LEAST_ROUNDS, Goal, Row, Times, alone, at_most, pin, spread
from _records import TODAY, cases

from oppi18n.bulk.question import question
from oppi18n.i18n.browser import bundle
from oppi18n.i18n.locales import PRODUCT

SCRIPT: Final = Path(__file__).with_name("_browser.mjs")
SIZES: Final = (0, 3, 30, 300)
COUNT: Final = 64
"""Cases that are judged in turn."""
WEIGHT: Final[Goal] = at_most(15.0)


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    asked = question("close-opportunity", today=TODAY)
    files = bundle(asked.rules, asked.ruleset, settings=asked.settings, tags=PRODUCT)
    yield from _weights(files)
    if which("node") is None:
        yield Row("evaluate()", "by hand", None, note="node is not installed")
        return
    sets = {f"{size} quotes, {kind}": cases(size, COUNT, kind) for size in SIZES for kind in ("clean", "mixed")}
    given = {
        "today": TODAY.isoformat(),
        "digits": asked.model.digits,
        "sets": {name: [_plain(each._asdict()) for each in found] for name, found in sets.items()},
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, "utf-8")
        Path(folder, "cases.json").write_text(json.dumps(given), "utf-8")
        pin()
        command = ["node", str(SCRIPT), folder, str(max(rounds, LEAST_ROUNDS))]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    for name, found in json.loads(done.stdout).items():
        times = Times(found)
        yield Row(f"evaluate(), {name}", "by hand", times.over("ours", "hand"))
        if name.endswith("mixed"):
            yield Row(f"all its messages, {name}", "evaluate()", times.over("said", "ours"))


def _weights(files: dict[str, str]) -> Iterator[Row]:
    packed = {
        name: len(gzip.compress(text.encode(), 9)) / 1000 for name, text in files.items() if name.endswith(".mjs")
    }
    rules = packed.pop("close-opportunity.mjs")
    for name, weight in packed.items():
        tag = name.split(".")[1]
        yield Row(f"rules and texts, {tag}", "gzip", spread([rules + weight]), WEIGHT, unit="kB")


def _plain(value: Any) -> Any:
    """A case as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
    return value.isoformat() if hasattr(value, "isoformat") else value


if __name__ == "__main__":
    alone(rows)
