"""Verifying and collapsing bilingual pages, against merely reading their bytes and against Markdown ⇄ PO tools.

The pages are published ones from OPPI18N_CORPUS (by default `../shared/corpus`), or made here where those are absent.
mdpo and Translate Toolkit run as programs of their own, by the Python that OPPI18N_PEERS names, or by this one: reading
is measured by `md2po`, writing by `po2md`. Neither reads pairs, so they do less, and on every page the same.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from _paired import ROOT, Row, Spread, Times, alone, at_least, by_turns, child_cpu, child_environment, cpu, spread

from oppi18n.docs.align import source_units
from oppi18n.docs.collapse import to_target
from oppi18n.docs.compose import bilingual
from oppi18n.docs.scanner import scan
from oppi18n.docs.verify import verify

PAGES: Final = 93
SENTENCES: Final = 60
PEERS: Final = {
    "mdpo": ("mdpo.md2po", None),
    "Translate Toolkit": ("translate.convert.md2po", "translate.convert.po2md"),
}


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    with tempfile.TemporaryDirectory() as folder:
        paths = _pages(Path(folder) / "pages")
        size = sum(path.stat().st_size for path in paths)
        _agree(paths)
        timers = {
            "read": lambda: cpu(lambda: [path.read_bytes() for path in paths]),
            "verify": lambda: cpu(lambda: [verify(scan(path.read_bytes(), str(path))) for path in paths]),
            "collapse": lambda: cpu(lambda: [to_target(scan(path.read_bytes(), str(path))) for path in paths]),
        }
        times = by_turns(timers, rounds)
        for name in ("verify", "collapse"):
            yield Row(f"{name}, {len(paths)} pages", "reading the bytes", times.over(name, "read"))
            yield Row(f"{name}, one processor", "", _rate(times, name, len(paths)), unit="pages/s")
            yield Row(f"{name}, one processor", "", _rate(times, name, size / 1e6), unit="MB/s")
        yield from _programs(Path(folder), len(paths), rounds)


def _rate(times: Times, name: str, amount: float) -> Spread:
    return spread([amount * 1e9 / each for each in times.found[name]])


def _pages(folder: Path) -> list[Path]:
    """Pages in a folder of their own: published ones, every second, or ones that are written here."""
    folder.mkdir()
    corpus = Path(os.environ.get("OPPI18N_CORPUS") or ROOT.parent / "shared" / "corpus") / "sxs"
    found = sorted(corpus.rglob("*.md"))
    for number in range(PAGES):
        content = found[number * len(found) // PAGES].read_bytes() if found else _made(number)
        (folder / f"{number:03}.md").write_bytes(content)
    return sorted(folder.iterdir())


def _made(number: int) -> bytes:
    """A bilingual page of our own."""
    lines = ["---", f"title: Page {number}", "---", f"# Page {number}", ""]
    for sentence in range(SENTENCES):
        lines += [f"## Step {sentence}", "", f"Close **quote {sentence}**, see [step](#step). Then close the next.", ""]
    english = scan("\n".join(lines).encode())
    units = (
        replace(unit, targets=(f"번역 {unit.source}",), state="translated") for unit in source_units(english, "ko-KR")
    )
    return bilingual(english, units, "ko-KR").content


def _agree(paths: list[Path]) -> None:
    """Refuse to time what is not done: nothing is left of the pairs, nothing else is gone."""
    for path in paths:
        page = scan(path.read_bytes(), str(path))
        plain = to_target(page)
        if not page.pairs or page.damage or b"data-ttu-id" in plain or len(plain) >= len(page.content):
            raise AssertionError(path)


def _programs(folder: Path, count: int, rounds: int) -> Iterator[Row]:
    """Whole processes over the same folder, start-up and all."""
    ours = {"verify": ("verify", "."), "collapse": ("collapse", ".", "--output", "../plain")}
    environment = child_environment(str(folder / "cache"))
    run: dict[str, Callable[[], int]] = {}
    for name, arguments in ours.items():
        command = [sys.executable, "-m", "oppi18n", "docs", *arguments, "-q"]
        run[name] = _timer(command, folder / "pages", environment)
    peers = dict(_peers(folder, environment))
    times = by_turns(run | peers, rounds) if peers else None
    for name, (reading, writing) in PEERS.items():
        for doing, module in (("verify", reading), ("collapse", writing)):
            what = f"{name} for one of ours, {count} pages"
            if module is None:
                continue
            if times is None or f"{name} {doing}" not in times.found:
                yield Row(what, f"docs {doing}", None, at_least(20), note=f"OPPI18N_PEERS has no {name}")
            else:
                yield Row(what, f"docs {doing}", times.over(f"{name} {doing}", doing), at_least(20))


def _peers(folder: Path, environment: dict[str, str]) -> Iterator[tuple[str, Callable[[], int]]]:
    """Timers of what the other programs do, where they are installed and do it."""
    python = os.environ.get("OPPI18N_PEERS") or sys.executable
    commands = {
        "mdpo verify": ["mdpo.md2po", "pages/*.md", "--quiet", "--save", "--po-filepath", "mdpo.po"],
        "Translate Toolkit verify": ["translate.convert.md2po", "--progress=none", "-i", "pages", "-o", "po"],
        "Translate Toolkit collapse": [
            "translate.convert.po2md",
            "--progress=none",
            "-i",
            "po",
            "-t",
            "pages",
            "-o",
            "md",
        ],
    }
    for name, arguments in commands.items():
        command = [python, "-W", "ignore", "-m", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        if done.returncode == 0:
            yield name, _timer(command, folder, environment)


def _timer(command: list[str], folder: Path, environment: dict[str, str]) -> Callable[[], int]:
    # The tools have much to say about pages that they do not understand; what is timed is their work.
    shell = shutil.which("sh") or "sh"
    return lambda: child_cpu(
        [shell, "-c", 'cd "$0" && "$@" 2> /dev/null', str(folder), *command], environment, statuses="0 1"
    )


if __name__ == "__main__":
    alone(rows)
