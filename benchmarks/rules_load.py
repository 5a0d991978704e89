"""A file of 1,000 rules as a tree that knows its places, in proportion to PyYAML's C loader, which forgets them.

Run `python benchmarks/rules_load.py [rounds]`.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import yaml
from _paired import cpu, pin, spreads, table

from oppi18n.diagnostics import Diagnostics
from oppi18n.source import Mapping, Node, Scalar, Sequence, Source, load

RULES: Final = 1000
ROUNDS: Final = 11

_RULE: Final = """\
  - id: rule-{number}
    severity: error
    when: has(close.revenue)
    assert: close.revenue <= {number}
    at: close.revenue
    message: "{{revenue}} in {{currency}} is too much."
    params: {{revenue: close.revenue, currency: currency}}
"""


def text(rules: int = RULES) -> str:
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


def without_places(source: str) -> Any:
    """PyYAML's fastest: plain dicts and lists, all scalars as text, as ours are."""
    return yaml.load(source, Loader=_Texts)


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


def report(rounds: int = ROUNDS) -> str:
    """The table."""
    pin()
    source = text()
    if plain(with_places(source)) != without_places(source):
        raise SystemExit("the trees differ")
    timers = {
        "CSafeLoader": lambda: cpu(lambda: yaml.load(source, Loader=yaml.CSafeLoader)),
        "CSafeLoader, texts alone": lambda: cpu(lambda: without_places(source)),
        "parse events alone": lambda: cpu(lambda: sum(1 for _ in yaml.parse(source, Loader=yaml.CSafeLoader))),
        "oppi18n, with places": lambda: cpu(lambda: with_places(source)),
    }
    ratios = spreads(timers, "CSafeLoader", rounds)
    rows = [[name, str(spread)] for name, spread in ratios.items() if name != "CSafeLoader"]
    return table(f"Loading {RULES:,} rules, relative to yaml.CSafeLoader", ["loader", "ratio"], rows)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
