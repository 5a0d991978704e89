"""A file of 1,000 rules as a tree that knows its places, against PyYAML's C loader, which forgets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import yaml
from _paired import ROOT, Row, alone, at_most, by_turns, cpu

from oppi18n.diagnostics import Diagnostics
from oppi18n.source import Mapping, Node, Scalar, Sequence, Source, load

RULES: Final = 1000
FLOOR: Final = "parse events alone"
GOAL: Final = at_most(0.35)

_RULE: Final = """\
  - id: rule-{number}
    severity: error
    when: has(close.revenue)
    assert: close.revenue <= {number}
    at: close.revenue
    message: "{{revenue}} in {{currency}} is too much."
    params: {{revenue: close.revenue, currency: currency}}
"""


def many(rules: int = RULES) -> str:
    """A rule file of so many rules: as many as fit in the 256 KiB that a file may have, and no more."""
    return "ruleset: many\naction: a.b\nmodel: opportunity\nrules:\n" + "".join(
        _RULE.format(number=number) for number in range(rules)
    )


def with_places(source: str) -> Node:
    """Ours."""
    diagnostics = Diagnostics()
    tree = load(Source("many.yaml", source), diagnostics)
    if tree is None or diagnostics:
        raise SystemExit("\n".join(map(str, diagnostics)))
    return tree


class _Texts(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The C loader without the guesses at types that a rule file is not allowed to depend on."""

    yaml_implicit_resolvers: Final = {}  # type: ignore[misc]


def plain(node: Node) -> Any:
    """The tree without its places."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {key.text: plain(value) for key, value in node.pairs}


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    shipped = (ROOT / "rules" / "close-opportunity.yaml").read_text(encoding="utf-8")
    for name, text in {f"{RULES:,} rules": many(), "close-opportunity.yaml": shipped}.items():
        if plain(with_places(text)) != yaml.load(text, Loader=_Texts):
            raise SystemExit(f"the trees of {name} differ")
        if not hasattr(yaml, "CSafeLoader"):
            yield Row(f"load {name}", "CSafeLoader", None, GOAL, note="this PyYAML has no C loader")
            continue
        yield from measured(name, text, rounds)


def measured(name: str, text: str, rounds: int) -> Iterator[Row]:
    """The rows of one file."""
    runs = max(1, 100_000 // len(text))
    times = by_turns(
        {
            "CSafeLoader": lambda: cpu(lambda: yaml.load(text, Loader=yaml.CSafeLoader), runs),
            FLOOR: lambda: cpu(lambda: sum(1 for _ in yaml.parse(text, Loader=yaml.CSafeLoader)), runs),
            "ours": lambda: cpu(lambda: with_places(text), runs),
        },
        rounds,
    )
    yield Row(f"load {name}", "CSafeLoader", times.over("ours", "CSafeLoader"), GOAL)
    yield Row(f"load {name}, {FLOOR}", "CSafeLoader", times.over(FLOOR, "CSafeLoader"))


if __name__ == "__main__":
    alone(rows)
