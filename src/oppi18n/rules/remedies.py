"""Remedies: which records a ruleset would change so that a rule passes, and how."""

from __future__ import annotations

from collections.abc import Iterator

from oppi18n.diagnostics import Diagnostics, suggest
from oppi18n.rules.ast import Literal, Name
from oppi18n.rules.draft import Block
from oppi18n.rules.environment import Environment, type_of
from oppi18n.rules.expressions import parsed, plain_word, typed
from oppi18n.rules.layout import NEW_REMEDY
from oppi18n.rules.ruleset import Expression, Remedy
from oppi18n.rules.types import Type
from oppi18n.shapes import Shapes
from oppi18n.source import Scalar


class Remedies:
    """Reads the `remedies` of a ruleset."""

    def __init__(self, environment: Environment, diagnostics: Diagnostics) -> None:
        self.environment = environment
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def remedy(self, block: Block) -> Remedy | None:
        """A remedy; None, after a report, if it cannot be used."""
        label = self.shapes.scalar(block.node("label")) if block.node("label") else None
        for key in NEW_REMEDY.required:
            if key not in block.parts:
                self.diagnostics.report("absent-key", block.name.span, key=key)
        each = self._each(block)
        item = each.tree.type.item if each else None
        if each is None or item is None or label is None:
            return None
        return Remedy(
            id=block.name.text,
            label=label,
            each=each,
            changes=dict(self._changes(block, item)),
            ask=tuple(self._asked(block, item)),
            cost=self.shapes.integer(block.node("cost"), default=1),
            span=block.name.span,
            origin=block.parts["label"].origin,
        )

    def _each(self, block: Block) -> Expression | None:
        scalar = self.shapes.scalar(block.node("each")) if block.node("each") else None
        each = typed(scalar, self.environment, self.diagnostics) if scalar else None
        if each is None:
            return None
        item = each.tree.type.item
        if each.tree.type.kind == "list" and item is not None and item.kind == "record":
            return each
        found = str(each.tree.type)
        self.diagnostics.report("type-mismatch", each.scalar.span, expected="list", found=found)
        return None

    def _asked(self, block: Block, item: Type) -> Iterator[str]:
        """The fields that a person chooses."""
        assert self.environment.model is not None
        fields = self.environment.model.records[item.name].fields
        for node in self.shapes.items(block.node("ask")):
            name = self.shapes.text(node)
            if name in fields:
                yield name
            elif name:
                self.diagnostics.report("unknown-field", node.span, suggest(name, fields), record=item.name, name=name)

    def _changes(self, block: Block, item: Type) -> Iterator[tuple[str, Expression]]:
        """New values of fields: a value of the field's enumeration, or an expression over the record by its name."""
        assert self.environment.model is not None
        fields = self.environment.model.records[item.name].fields
        for key, node in self.shapes.entries(block.node("set")):
            field = fields.get(key.text)
            scalar = self.shapes.scalar(node)
            if field is None:
                hint = suggest(key.text, fields)
                self.diagnostics.report("unknown-field", key.span, hint, record=item.name, name=key.text)
            elif scalar is not None:
                value = self._change(scalar, type_of(field), item)
                if value is not None:
                    yield key.text, value

    def _change(self, scalar: Scalar, kind: Type, item: Type) -> Expression | None:
        tree = parsed(scalar, self.diagnostics)
        if tree is None:
            return None
        word = plain_word(tree)
        assert self.environment.model is not None
        if kind.kind == "enumeration" and word in self.environment.model.enumerations[kind.name].values:
            return Expression(Literal(word, start=tree.start, end=tree.end, type=kind), scalar)
        if kind.kind == "enumeration" and isinstance(tree, Name) and word not in (item.name, *self.environment.names):
            # A single word that means nothing else was meant to be a value.
            known = self.environment.model.enumerations[kind.name].values
            self.diagnostics.report(
                "unknown-enum-value", scalar.span, suggest(word, known), name=word, enumeration=kind.name
            )
            return None
        scope = {item.name: item}
        return typed(scalar, self.environment, self.diagnostics, expected=kind, scope=scope, tree=tree)
