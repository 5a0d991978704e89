"""Named expressions: each is typed after those that it reads, and none reads itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from oppi18n.diagnostics import Diagnostics
from oppi18n.rules.ast import Name, Node, walk
from oppi18n.rules.cursor import MAX_DEPTH
from oppi18n.rules.draft import Draft
from oppi18n.rules.environment import Environment
from oppi18n.rules.expressions import extent, parsed, typed
from oppi18n.rules.ruleset import Expression
from oppi18n.rules.types import DYN
from oppi18n.shapes import Shapes
from oppi18n.source import Scalar

_VISITING, _DONE = 1, 2


def read_lets(
    draft: Draft, environment: Environment, diagnostics: Diagnostics
) -> tuple[dict[str, Expression], Environment]:
    """The lets of a draft and the environment that knows them; a wrong one is dynamic from then on."""
    scalars: dict[str, Scalar] = {}
    trees: dict[str, Node] = {}
    for name, part in draft.lets.items():
        if name in environment.names:
            diagnostics.report("shadowed", part.key.span, name=name)
            continue
        scalar = Shapes(diagnostics).scalar(part.node)
        tree = parsed(scalar, diagnostics) if scalar else None
        if scalar is not None and tree is not None:
            scalars[name], trees[name] = scalar, tree
    lets: dict[str, Expression] = {}
    types, extents = dict(environment.lets), dict(environment.extents)
    environment = replace(environment, lets=types, extents=extents)
    for name in _Order(draft, trees, diagnostics).names():
        found = typed(scalars[name], environment, diagnostics, tree=trees[name])
        if found is not None:
            lets[name] = found
            extents[name] = extent(found.tree, extents)
        types[name] = found.tree.type if found else DYN
    # What could not be read is known all the same, so that its users are not told that it does not exist.
    wrong = {name: DYN for name in draft.lets if name not in types and name not in environment.names}
    return lets, replace(environment, lets={**types, **wrong})


class _Order:
    """Sorts lets by what they read."""

    def __init__(self, draft: Draft, trees: Mapping[str, Node], diagnostics: Diagnostics) -> None:
        self.draft = draft
        self.trees = trees
        self.diagnostics = diagnostics
        self.order: list[str] = []
        self.state: dict[str, int] = {}

    def names(self) -> list[str]:
        """Each after those it reads; cycles are reported and left out."""
        for name in self.trees:
            self._visit(name, ())
        return self.order

    def _visit(self, name: str, path: tuple[str, ...]) -> bool:
        if self.state.get(name) == _DONE:
            return name in self.order
        if self.state.get(name) == _VISITING:
            circle = path[path.index(name) :]
            places = [self.draft.lets[each].key.span for each in circle]
            related = places[-1] if len(places) > 1 else None
            self.diagnostics.report("cyclic-let", places[0], None, related, cycle=" → ".join((*circle, name)))
            return False
        if len(path) >= MAX_DEPTH:
            self.diagnostics.report("lets-too-deep", self.draft.lets[name].node.span, limit=MAX_DEPTH)
            return False
        self.state[name] = _VISITING
        below = [each.name for each in walk(self.trees[name]) if isinstance(each, Name) and each.name in self.trees]
        visited = [self._visit(each, (*path, name)) for each in below]
        self.state[name] = _DONE
        if all(visited):
            self.order.append(name)
        return all(visited)
