"""Asking a translation memory, against comparing a text with every text that is remembered.

100,000 sentences are made here, of the words of the reference pages. The contender compares with all of them by the
same library and the same measure, in the machine's own memory; it shows no differences and guards nothing.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from _paired import ROOT, Row, Spread, alone, at_least, at_most, by_turns, cpu, spread

from oppi18n.memory import scoring
from oppi18n.memory.building import Origin, build
from oppi18n.memory.memory import LEAST, Memory
from oppi18n.memory.nearness import near_to
from oppi18n.memory.texts import normal
from oppi18n.units.unit import Unit

SIZE: Final = 100_000
QUESTIONS: Final = 40
FEWEST: Final = 0.95
"""The share of all texts that are alike enough which must be found by the pieces of their words."""


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    if not scoring.IS_AVAILABLE:
        yield Row("a question", "comparing with every text", None, note="rapidfuzz is not installed")
        return
    sentences = _sentences(SIZE)
    questions = [_changed(each) for each in sentences[:: SIZE // QUESTIONS]]
    units = [Unit(id=str(at), source=each, targets=("x",), locale="sv") for at, each in enumerate(sentences)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory"
        origin = Origin("made up", b"1", lambda: units)
        building = cpu(lambda: build(path, [origin]))
        with Memory(path) as memory:
            choices = sorted({normal(each) for each in sentences})
            yield Row("found of what is alike enough", "comparing with every text", _found(memory, questions, choices))
            timers = {
                "memory": lambda: cpu(lambda: [memory.query(each, "sv") for each in questions]),
                "all": lambda: cpu(
                    lambda: [scoring.alike(normal(each), choices, least=LEAST, limit=200) for each in questions]
                ),
            }
            times = by_turns(timers, rounds)
        yield Row("a question", "comparing with every text", times.over("memory", "all"), at_most(1))
        each = spread([time / 1e6 / QUESTIONS for time in times.found["memory"]])
        yield Row(f"a question to {SIZE:,} texts", "", each, at_most(50), unit="ms")
        yield Row("building", "", spread([SIZE * 1e9 / building]), at_least(10_000), unit="texts/s")


def _found(memory: Memory, questions: Sequence[str], choices: Sequence[str]) -> Spread:
    """The share of texts alike enough that the memory finds; too few of them end the benchmark."""
    found = wanted = 0
    for question in map(normal, questions):
        near = near_to(question, ["sv"], memory.storage, least=LEAST, limit=200)
        for _, at in scoring.alike(question, choices, least=LEAST, limit=5):
            wanted += 1
            found += choices[at] in near
    if found < FEWEST * wanted:
        raise SystemExit(f"of {wanted} texts, the memory finds only {found}")
    return spread([found / wanted])


def _sentences(count: int) -> list[str]:
    """Sentences of words as frequent as words are: the second one half as often as the first, and so on."""
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "reference").glob("*.md")))
    words = sorted({word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)})
    chance = random.Random(1)
    chance.shuffle(words)
    weights = [1 / (rank + 5) for rank in range(len(words))]
    return [" ".join(chance.choices(words, weights, k=chance.randint(4, 16))) for _ in range(count)]


def _changed(sentence: str) -> str:
    first, _, rest = sentence.partition(" ")
    return f"{rest} {first}s"


if __name__ == "__main__":
    alone(rows)
