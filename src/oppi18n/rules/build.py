"""A draft and its model become a ruleset: everything is typed, everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.model.schema import Model
from oppi18n.model.values import ValueFault, to_date
from oppi18n.rules.ast import Literal, Name, Node, Select, walk
from oppi18n.rules.draft import Block, Draft
from oppi18n.rules.environment import Environment, type_of
from oppi18n.rules.expressions import names_read, parsed, path_of, plain_word, typed
from oppi18n.rules.messages import Messages
from oppi18n.rules.ruleset import SEVERITIES, Expression, Place, Remedy, Rule, Ruleset
from oppi18n.rules.settings import read_settings
from oppi18n.rules.types import BOOL, Type
from oppi18n.shapes import Shapes
from oppi18n.source import Node as YamlNode
from oppi18n.source import Scalar


def build(draft: Draft, model: Model, diagnostics: Diagnostics) -> Ruleset:
    """The ruleset of a draft. It is usable only if nothing was reported as an error."""
    return _Builder(draft, model, diagnostics).ruleset()


class _Builder:
    def __init__(self, draft: Draft, model: Model, diagnostics: Diagnostics) -> None:
        self.draft = draft
        self.model = model
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.settings = read_settings(draft, model, diagnostics)
        types = {name: setting.type for name, setting in self.settings.items()}
        self.environment = Environment(model, types)
        self.lets: dict[str, Expression] = {}

    def ruleset(self) -> Ruleset:
        self._read_lets()
        self.messages = Messages(self.draft, self.environment, self.diagnostics)
        rules = [self._rule(block) for block in self.draft.rules.values() if self._enabled(block)]
        remedies = [self._remedy(block) for block in self.draft.remedies.values()]
        top = self.draft.top
        return Ruleset(
            id=self.draft.name,
            pack=self.draft.pack,
            action=self.shapes.text(top["action"].node) if "action" in top else "",
            model=self.model.name,
            settings=self.settings,
            lets=self.lets,
            rules=tuple(rule for rule in rules if rule is not None),
            remedies={remedy.id: remedy for remedy in remedies if remedy is not None},
        )

    def _enabled(self, block: Block) -> bool:
        return self.shapes.boolean(block.node("enabled"), default=True)

    def _read_lets(self) -> None:
        scalars: dict[str, Scalar] = {}
        trees: dict[str, Node] = {}
        for name, part in self.draft.lets.items():
            if name in self.environment.names:
                self.diagnostics.report("shadowed", part.key.span, name=name)
                continue
            scalar = self.shapes.scalar(part.node)
            tree = parsed(scalar, self.diagnostics) if scalar else None
            if scalar is not None and tree is not None:
                scalars[name], trees[name] = scalar, tree
        for name in self._in_order(trees):
            found = typed(scalars[name], self.environment, self.diagnostics, tree=trees[name])
            if found is not None:
                self.lets[name] = found
            kind = found.tree.type if found else Type("dyn")
            self.environment = replace(self.environment, lets={**self.environment.lets, name: kind})

    def _in_order(self, trees: Mapping[str, Node]) -> list[str]:
        """The lets, each after those it reads; cycles are reported and left out."""
        order: list[str] = []
        state: dict[str, int] = {}

        def visit(name: str, path: tuple[str, ...]) -> bool:
            if state.get(name) == 2:
                return name in order
            if state.get(name) == 1:
                cycle = " → ".join((*path[path.index(name) :], name))
                self.diagnostics.report("cyclic-let", self.draft.lets[name].key.span, cycle=cycle)
                return False
            state[name] = 1
            below = [each.name for each in walk(trees[name]) if isinstance(each, Name) and each.name in trees]
            fine = all([visit(each, (*path, name)) for each in below])
            state[name] = 2
            if fine:
                order.append(name)
            return fine

        for name in trees:
            visit(name, ())
        return order

    def _rule(self, block: Block) -> Rule | None:
        when = self._boolean(block.node("when"))
        condition = self._condition(block)
        params = self.messages.params(block)
        message = self.messages.message(block, params, self.lets)
        severity = self.shapes.choice(block.node("severity"), SEVERITIES, "error")
        at = self._at(block.node("at"))
        remedies = tuple(self._remedies(block))
        effective = self._effective(block.node("effective"))
        applies_to = tuple(self._deployments(block))
        if condition is None or message is None:
            return None
        trees = {name: let.tree for name, let in self.lets.items()}
        read = names_read(condition.tree, trees) | (names_read(when.tree, trees) if when else set())
        return Rule(
            id=block.name.text,
            severity=severity,
            source=self.shapes.text(block.node("source")),
            dataverse=self.shapes.integer(block.node("dataverse")),
            when=when,
            condition=condition,
            negated="forbid" in block.parts,
            at=at,
            message=message,
            params=params,
            remedies=remedies,
            effective=effective,
            applies_to=applies_to,
            reads_request=self.model.request in read,
            span=block.name.span,
            pack=block.pack,
        )

    def _boolean(self, node: YamlNode | None) -> Expression | None:
        scalar = self.shapes.scalar(node) if node is not None else None
        return typed(scalar, self.environment, self.diagnostics, expected=BOOL) if scalar else None

    def _condition(self, block: Block) -> Expression | None:
        written = [key for key in ("assert", "forbid") if key in block.parts]
        if len(written) != 1:
            code = "absent-condition" if not written else "two-conditions"
            self.diagnostics.report(code, block.name.span, name=block.name.text)
            return None
        return self._boolean(block.node(written[0]))

    def _at(self, node: YamlNode | None) -> Place | None:
        scalar = self.shapes.scalar(node) if node is not None else None
        tree = parsed(scalar, self.diagnostics) if scalar else None
        if scalar is None or tree is None:
            return None
        over = self._over(tree, scalar)
        if over is None:
            return None
        if over.tree.type.kind == "list":
            field = tree.field if isinstance(tree, Select) and over.tree.end < tree.end else ""
            return Place(over, over.tree, self._field_of(over.tree.type, field, scalar))
        if not path_of(over.tree):
            self.diagnostics.report("not-a-place", scalar.span)
            return None
        return Place(over, over.tree, "")

    def _over(self, tree: Node, scalar: Scalar) -> Expression | None:
        """A list of records before the last field, or a path to a field."""
        if isinstance(tree, Select):
            silent = Diagnostics()
            found = typed(scalar, self.environment, silent, tree=tree.operand)
            if found is not None and found.tree.type.kind == "list":
                return found
        return typed(scalar, self.environment, self.diagnostics, tree=tree)

    def _field_of(self, kind: Type, field: str, scalar: Scalar) -> str:
        item = kind.item or kind
        if item.kind != "record":
            self.diagnostics.report("not-a-place", scalar.span)
        elif field and field not in self.model.records[item.name].fields:
            start = len(scalar.text.rstrip()) - len(field)
            hint = suggest(field, self.model.records[item.name].fields)
            place = scalar.within(start, start + len(field))
            self.diagnostics.report("unknown-field", place, hint, record=item.name, name=field)
        return field

    def _remedies(self, block: Block) -> list[str]:
        found = []
        for item in self.shapes.items(block.node("remedies")):
            scalar = self.shapes.scalar(item)
            if scalar is None:
                continue
            if scalar.text not in self.draft.remedies:
                hint = suggest(scalar.text, self.draft.remedies)
                self.diagnostics.report("unknown-remedy", scalar.span, hint, name=scalar.text)
            found.append(scalar.text)
        return found

    def _deployments(self, block: Block) -> list[str]:
        items = self.shapes.items(block.node("applies_to"))
        return [self.shapes.choice(item, self.model.deployments) for item in items]

    def _effective(self, node: YamlNode | None) -> tuple[date | None, date | None]:
        body = self.shapes.mapping(node, optional=("from", "until")) if node is not None else None
        if body is None:
            return None, None
        first, last = self._date(body.get("from")), self._date(body.get("until"))
        if first and last and first > last:
            self.diagnostics.report("never-effective", body.span, first=first, last=last)
        return first, last

    def _date(self, node: YamlNode | None) -> date | None:
        scalar = self.shapes.scalar(node) if node is not None else None
        if scalar is None:
            return None
        try:
            return to_date(scalar.text)
        except ValueFault:
            hint = Hint("write-full-date")
            self.diagnostics.report("not-a-value", scalar.span, hint, found=scalar.text, expected="date")
            return None

    def _remedy(self, block: Block) -> Remedy | None:
        label = self.shapes.scalar(block.node("label")) if block.node("label") else None
        written = self.shapes.scalar(block.node("each")) if block.node("each") else None
        for key in ("label", "each", "set"):
            if key not in block.parts:
                self.diagnostics.report("absent-key", block.name.span, key=key)
        each = typed(written, self.environment, self.diagnostics) if written else None
        if each is None or label is None:
            return None
        item = each.tree.type.item
        if each.tree.type.kind != "list" or item is None or item.kind != "record":
            self.diagnostics.report("type-mismatch", each.scalar.span, expected="list", found=str(each.tree.type))
            return None
        asked = tuple(self.shapes.text(node) for node in self.shapes.items(block.node("ask")))
        return Remedy(
            id=block.name.text,
            label=label,
            each=each,
            changes=dict(self._changes(block, item)),
            ask=asked,
            cost=self.shapes.integer(block.node("cost"), default=1),
            span=block.name.span,
            pack=block.parts["label"].pack,
        )

    def _changes(self, block: Block, item: Type) -> list[tuple[str, Expression]]:
        """New values of fields: a value of the field's enumeration, or an expression over the record by its name."""
        found = []
        fields = self.model.records[item.name].fields
        for key, node in self.shapes.entries(block.node("set")):
            field = fields.get(key.text)
            scalar = self.shapes.scalar(node)
            if field is None:
                hint = suggest(key.text, fields)
                self.diagnostics.report("unknown-field", key.span, hint, record=item.name, name=key.text)
            elif scalar is not None:
                value = self._change(scalar, type_of(field), item)
                if value is not None:
                    found.append((key.text, value))
        return found

    def _change(self, scalar: Scalar, kind: Type, item: Type) -> Expression | None:
        tree = parsed(scalar, self.diagnostics)
        word = plain_word(tree)
        if tree is not None and kind.kind == "enumeration" and word in self.model.enumerations[kind.name].values:
            return Expression(Literal(word, start=tree.start, end=tree.end, type=kind), scalar)
        scope = {item.name: item}
        return (
            typed(scalar, self.environment, self.diagnostics, expected=kind, scope=scope, tree=tree) if tree else None
        )
