"""The sentence of a rule: its forms, its placeholders and the values they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.rules.ast import Literal, Macro, walk
from oppi18n.rules.draft import Block, Draft
from oppi18n.rules.environment import Environment
from oppi18n.rules.expressions import follow, typed
from oppi18n.rules.layout import AMOUNT, CATEGORIES, FORMS
from oppi18n.rules.ruleset import Expression, Message, Param
from oppi18n.rules.types import CURRENCY, DECIMAL, DYN, INT
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar
from oppi18n.templates import TemplateFault, faults, placeholders


class Messages:
    """Reads the `message`, `params` and `plural` of rules."""

    def __init__(self, draft: Draft, environment: Environment, diagnostics: Diagnostics) -> None:
        self.draft = draft
        self.environment = environment
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def params(self, block: Block) -> tuple[Param, ...]:
        """The params of a rule, in the order of the file."""
        found = []
        for key, node in self.shapes.entries(block.node("params")):
            param = self._param(key, node)
            if param is not None:
                found.append(param)
        return tuple(found)

    def _param(self, key: Scalar, node: Node) -> Param | None:
        currency = None
        if isinstance(node, YamlMapping):
            body = self.shapes.laid_out(node, AMOUNT)
            written = self.shapes.scalar(body.get("currency")) if body else None
            if written is not None:
                currency = typed(written, self.environment, self.diagnostics, expected=CURRENCY)
            node = node.get("value") or node
        scalar = self.shapes.scalar(node)
        value = typed(scalar, self.environment, self.diagnostics) if scalar else None
        if value is not None and currency is not None:
            value = self._amount(value)
        return Param(key.text, value, currency) if value else None

    def _amount(self, value: Expression) -> Expression | None:
        """An amount of money is a decimal; a whole number that is written out counts as one."""
        tree = value.tree
        if isinstance(tree, Literal) and tree.type == INT:
            return Expression(replace(tree, value=Decimal(tree.value), type=DECIMAL), value.scalar)
        if tree.type not in (DECIMAL, DYN):
            self.diagnostics.report("type-mismatch", value.scalar.span, expected="decimal", found=str(tree.type))
            return None
        return value

    def message(self, block: Block, params: tuple[Param, ...], lets: Mapping[str, Expression]) -> Message | None:
        """The message of a rule, its placeholders held against the params."""
        part = block.parts.get("message")
        if part is None:
            self.diagnostics.report("absent-key", block.name.span, key="message")
            return None
        forms = self._forms(part.node)
        partial = self._forms(part.node.get("partial")) if isinstance(part.node, YamlMapping) else {}
        if not forms:
            return None
        declared = [key.text for key, _ in self.shapes.entries(block.node("params"))]
        for text in (*forms.values(), *partial.values()):
            self._placeholders(text, declared)
        self._unused(block, (*forms.values(), *partial.values()))
        plural = self._plural(block, params, forms)
        if not partial and any(_from_list(param.value, lets) for param in params):
            self.diagnostics.warn("absent-partial", part.key.span, rule=block.name.text)
        return Message(
            context=part.origin.context(f"{block.name.text}/message"),
            forms=forms,
            partial=partial,
            plural=plural,
            pack=part.origin.pack,
            language=part.origin.language,
        )

    def _forms(self, node: Node | None) -> dict[str, Scalar]:
        if node is None:
            return {}
        if isinstance(node, Scalar):
            found = self.shapes.scalar(node)
            return {"other": found} if found else {}
        body = self.shapes.laid_out(node, FORMS)
        if body is None:
            return {}
        texts = {key.text: self.shapes.scalar(value) for key, value in body.pairs if key.text in CATEGORIES}
        return {category: text for category, text in texts.items() if text is not None}

    def _placeholders(self, text: Scalar, declared: list[str]) -> None:
        wrong: list[TemplateFault] = list(faults(text.text))
        for fault in wrong:
            self.diagnostics.report(f"template-{fault.kind}", text.within(fault.offset, fault.end))
        if wrong:
            return
        for name in placeholders(text.text):
            if name not in declared:
                at = text.text.index("{" + name + "}") + 1
                hint = suggest(name, declared)
                self.diagnostics.report("unknown-placeholder", text.within(at, at + len(name)), hint, name=name)

    def _unused(self, block: Block, texts: tuple[Scalar, ...]) -> None:
        used = {name for text in texts if not list(faults(text.text)) for name in placeholders(text.text)}
        plural = self.shapes.text(block.node("plural"))
        for key, _ in self.shapes.entries(block.node("params")):
            if key.text not in used and key.text not in (plural, "count"):
                self.diagnostics.report("unused-param", key.span, suggest(key.text, used), name=key.text)

    def _plural(self, block: Block, params: tuple[Param, ...], forms: Mapping[str, Scalar]) -> str:
        if set(forms) == {"other"}:
            return ""
        written = block.node("plural")
        name = self.shapes.text(written) or "count"
        chosen = next((param for param in params if param.name == name), None)
        place = written or block.node("message")
        if chosen is None and place is not None and name not in self._declared(block):
            self.diagnostics.report("plural-without-count", place.span, Hint("name-plural"), name=name)
        elif chosen is not None and chosen.value.tree.type != INT:
            found = str(chosen.value.tree.type)
            self.diagnostics.report("type-mismatch", chosen.value.scalar.span, expected="int", found=found)
        return name

    def _declared(self, block: Block) -> list[str]:
        return [key.text for key, _ in self.shapes.entries(block.node("params"))]


def _from_list(expression: Expression, lets: Mapping[str, Expression]) -> bool:
    """Whether a value is counted or picked out of a list of records, so that it can be partly known."""
    for node in walk(expression.tree):
        target = follow(node, lets)
        if isinstance(target, Macro) or (target.type.kind == "list" and target.type.item and _records(target)):
            return True
    return False


def _records(node: object) -> bool:
    item = getattr(getattr(node, "type", None), "item", None)
    return item is not None and item.kind == "record"
