"""A draft and its model become a ruleset: everything is typed, everything wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from oppi18n.diagnostics import Diagnostics, suggest
from oppi18n.model.schema import Model
from oppi18n.rules.draft import Block, Draft
from oppi18n.rules.environment import Environment
from oppi18n.rules.expressions import names_read, typed
from oppi18n.rules.layout import EFFECTIVE
from oppi18n.rules.lets import read_lets
from oppi18n.rules.messages import Messages
from oppi18n.rules.places import Places
from oppi18n.rules.remedies import Remedies
from oppi18n.rules.ruleset import SEVERITIES, Expression, Rule, Ruleset
from oppi18n.rules.settings import date_in, read_settings
from oppi18n.rules.types import BOOL, DYN
from oppi18n.shapes import Shapes
from oppi18n.source import Node as YamlNode
from oppi18n.source import Scalar


def build(draft: Draft, model: Model, diagnostics: Diagnostics) -> Ruleset:
    """The ruleset of a draft. It is usable only if nothing was reported as an error."""
    return _Builder(draft, model, diagnostics).ruleset()


class _Builder:
    """Puts together what the readers of settings, lets, messages, places and remedies understand."""

    def __init__(self, draft: Draft, model: Model, diagnostics: Diagnostics) -> None:
        self.draft = draft
        self.model = model
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.settings = read_settings(draft, model, diagnostics)
        # A setting that could not be read is known all the same, so that its readers are not told that it is not.
        types = {name: self.settings[name].type if name in self.settings else DYN for name in draft.settings}
        self.lets, self.environment = read_lets(draft, Environment(model, types), diagnostics)
        self.messages = Messages(draft, self.environment, diagnostics)
        self.places = Places(self.environment, diagnostics)

    def ruleset(self) -> Ruleset:
        rules = [rule for block in self.draft.rules.values() if (rule := self._rule(block))]
        reader = Remedies(self.environment, self.diagnostics)
        remedies = [remedy for block in self.draft.remedies.values() if (remedy := reader.remedy(block))]
        off = {name for name, block in self.draft.rules.items() if not self._enabled(block)}
        top = self.draft.top
        return Ruleset(
            id=self.draft.name,
            pack=self.draft.pack,
            action=self.shapes.text(top["action"].node) if "action" in top else "",
            model=self.model.name,
            settings=self.settings,
            lets=self.lets,
            rules=tuple(rule for rule in rules if rule.id not in off),
            remedies={remedy.id: remedy for remedy in remedies},
            off=tuple(rule for rule in rules if rule.id in off),
        )

    def _enabled(self, block: Block) -> bool:
        return self.shapes.boolean(block.node("enabled"), default=True)

    def _rule(self, block: Block) -> Rule | None:
        when = self._boolean(block.node("when"))
        condition = self._condition(block)
        params = self.messages.params(block)
        message = self.messages.message(block, params, self.lets)
        severity = self.shapes.choice(block.node("severity"), SEVERITIES, "error")
        at = self.places.place(block.node("at"))
        remedies = tuple(self._remedies(block))
        effective = self._effective(block.node("effective"))
        applies_to = tuple(self._deployments(block))
        if condition is None or message is None:
            return None
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
            remedies=tuple(each.text for each in remedies),
            mentions=tuple(each.span for each in remedies),
            effective=effective,
            applies_to=applies_to,
            reads_request=self.model.request in self._read(when, condition),
            span=block.name.span,
            origin=block.origin,
        )

    def _read(self, *parts: Expression | None) -> set[str]:
        trees = {name: let.tree for name, let in self.lets.items()}
        return set[str]().union(*(names_read(part.tree, trees) for part in parts if part))

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

    def _remedies(self, block: Block) -> Iterator[Scalar]:
        for item in self.shapes.items(block.node("remedies")):
            scalar = self.shapes.scalar(item)
            if scalar is None:
                continue
            if scalar.text not in self.draft.remedies:
                hint = suggest(scalar.text, self.draft.remedies)
                self.diagnostics.report("unknown-remedy", scalar.span, hint, name=scalar.text)
            yield scalar

    def _deployments(self, block: Block) -> list[str]:
        items = self.shapes.items(block.node("applies_to"))
        return [self.shapes.choice(item, self.model.deployments) for item in items]

    def _effective(self, node: YamlNode | None) -> tuple[date | None, date | None]:
        body = self.shapes.laid_out(node, EFFECTIVE) if node is not None else None
        if body is None:
            return None, None
        first, last = (date_in(body.get(name), self.shapes) for name in ("from", "until"))
        if first and last and first > last:
            self.diagnostics.report("never-effective", body.span, first=first, last=last)
        return first, last
