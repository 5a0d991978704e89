"""Comments are what YAML parsers throw away: everything behind a `#` that stands in no scalar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from oppi18n.source import Mapping, Node, Scalar
from oppi18n.source import Sequence as YamlSequence

Stretch = tuple[int, int]
"""Columns of a line, from 0; the end is exclusive."""


class Comment(NamedTuple):
    """A comment with its mark; `line` counts from 1, `column` from 0. `alone` ones have their line for themselves."""

    line: int
    column: int
    text: str
    alone: bool


def comments(lines: Sequence[str], tree: Node) -> list[Comment]:
    """The comments of a file, in its order.

    >>> from oppi18n.diagnostics import Diagnostics
    >>> from oppi18n.source import Source, load
    >>> source = Source("x.yaml", "a: 'not # this'  # but this\\n")
    >>> comments(source.lines, load(source, Diagnostics()))
    [Comment(line=1, column=17, text='# but this', alone=False)]
    """
    taken = _taken(lines, tree)
    found = []
    for number, line in enumerate(lines, 1):
        start = _start(line, taken.get(number, ()))
        if start is not None:
            found.append(Comment(number, start, line[start:].rstrip(), not line[:start].strip()))
    return found


def _start(line: str, taken: Sequence[Stretch]) -> int | None:
    at = line.find("#")
    while at >= 0:
        inside = next((stretch for stretch in taken if stretch[0] <= at < stretch[1]), None)
        if inside is None:
            return at
        at = line.find("#", inside[1])
    return None


def _taken(lines: Sequence[str], tree: Node) -> dict[int, list[Stretch]]:
    """The columns that scalars take up, by line."""
    found: dict[int, list[Stretch]] = {}
    for scalar in scalars(tree):
        span = scalar.span
        block = scalar.style in ("|", ">")
        for line in range(span.line, span.end_line + 1):
            first = line == span.line
            # Behind the mark of a block there may be a comment.
            start = span.column - 1 if first else 0
            end = span.end_column - 1 if line == span.end_line else len(lines[line - 1]) + 1
            found.setdefault(line, []).append((start, start + 1 if first and block else end))
    return found


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar of a tree, keys too."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, YamlSequence):
        for item in node.items:
            yield from scalars(item)
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            yield key
            yield from scalars(value)
