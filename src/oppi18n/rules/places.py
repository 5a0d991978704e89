"""Where a violation points: `at` names a list of offenders, a field of them, or one field of a record."""

from __future__ import annotations

from oppi18n.diagnostics import Diagnostics, suggest
from oppi18n.rules.ast import Node, Select
from oppi18n.rules.environment import Environment
from oppi18n.rules.expressions import parsed, path_of, typed
from oppi18n.rules.ruleset import Expression, Place
from oppi18n.rules.types import Type
from oppi18n.shapes import Shapes
from oppi18n.source import Node as YamlNode
from oppi18n.source import Scalar


class Places:
    """Reads the `at` of rules."""

    def __init__(self, environment: Environment, diagnostics: Diagnostics) -> None:
        self.environment = environment
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def place(self, node: YamlNode | None) -> Place | None:
        """The place; None, perhaps after a report, if there is none."""
        scalar = self.shapes.scalar(node) if node is not None else None
        tree = parsed(scalar, self.diagnostics) if scalar else None
        over = self._over(tree, scalar) if scalar and tree else None
        if scalar is None or tree is None or over is None:
            return None
        if over.tree.type.kind == "list":
            field = tree.field if isinstance(tree, Select) and over.tree.end < tree.end else ""
            return Place(over, over.tree, self._field_of(over.tree.type, field, scalar))
        if len(path_of(over.tree)) < 2:
            if over.tree.type.kind != "dyn":
                self.diagnostics.report("not-a-place", scalar.span)
            return None
        return Place(over, over.tree, "")

    def _over(self, tree: Node, scalar: Scalar) -> Expression | None:
        """A list of records before the last field, or a path to a field."""
        if isinstance(tree, Select):
            found = typed(scalar, self.environment, Diagnostics(), tree=tree.operand)
            if found is not None and found.tree.type.kind == "list":
                return found
        return typed(scalar, self.environment, self.diagnostics, tree=tree)

    def _field_of(self, kind: Type, field: str, scalar: Scalar) -> str:
        item = kind.item or kind
        assert self.environment.model is not None
        if item.kind != "record":
            self.diagnostics.report("not-a-place", scalar.span)
        elif field and field not in self.environment.model.records[item.name].fields:
            known = self.environment.model.records[item.name].fields
            start = len(scalar.text.rstrip()) - len(field)
            place = scalar.within(start, start + len(field))
            self.diagnostics.report("unknown-field", place, suggest(field, known), record=item.name, name=field)
        return field
