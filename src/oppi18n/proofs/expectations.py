"""What a case expects: a verdict, names, values, sentences and the cheapest plan, each with the place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oppi18n.diagnostics import Diagnostics, Hint, Span, suggest
from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.model.schema import Model
from oppi18n.proofs.case_facts import Records
from oppi18n.proofs.pointers import check_pointer
from oppi18n.remedies import CLOSED, IMPOSSIBLE, NEEDS, READY
from oppi18n.rules.ruleset import Rule, Ruleset
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Sequence

VERDICTS: Final = ("closable", "blocked", "undetermined")
STATUSES: Final = (READY, NEEDS, IMPOSSIBLE, CLOSED)
OF_FAILURE: Final = ("pointers", "params", "message")
"""What can only be expected of a rule that fails."""
OF_RULES: Final = ("violations", "unknown", "pending")
EXPECT_KEYS: Final = ("verdict", *OF_RULES, "needs", *OF_FAILURE, "plan")
PLAN_KEYS: Final = ("status", "remedies", "cost", "needs")

Shown = str | None | tuple[str, ...]
"""A value as a case writes it: text, nothing, or the items of a list."""


@dataclass(frozen=True, slots=True)
class ExpectedPlan:
    """What a case expects of the cheapest plan; None is not asserted."""

    status: str | None = None
    remedies: tuple[str, ...] | None = None
    cost: int | None = None
    needs: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects of the decision; None is not asserted, and so is what a mapping does not name.

    `violations`, `unknown`, `pending` and `needs` are all there may be; `includes` and `excludes` say under one of
    these keys what must, or must not, be among them. `pointers`, `params` and `message` (locale → sentence) are those
    of the rule that the case is about. `places` says where each expectation is written, by the name that a difference
    gives it.
    """

    verdict: str | None = None
    violations: frozenset[str] | None = None
    needs: frozenset[str] | None = None
    unknown: frozenset[str] | None = None
    pending: frozenset[str] | None = None
    includes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    excludes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    pointers: tuple[str, ...] | None = None
    params: Mapping[str, Shown] = field(default_factory=dict)
    message: Mapping[str, str] = field(default_factory=dict)
    plan: ExpectedPlan | None = None
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: the rule that it names, what that rule does, and the records."""

    rule: Rule | None
    shows: str
    facts: Records | None
    """The records with the request, None if they could not be read."""


class Expectations:
    """Reads what the cases of a ruleset expect."""

    def __init__(self, ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> None:
        self.ruleset = ruleset
        self.model = model
        self.rules = {rule.id: rule for rule in (*ruleset.rules, *ruleset.off)}
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def known_rule(self, named: Scalar) -> Rule | None:
        """The rule of a name, also one that is switched off; None after a report."""
        if named.text not in self.rules:
            hint = suggest(named.text, self.rules)
            self.diagnostics.report("unknown-rule", named.span, hint, name=named.text, ruleset=self.ruleset.id)
        return self.rules.get(named.text)

    def expected(self, node: Node | None, subject: Subject) -> Expected:
        """The expectations of a case; what makes no sense is reported and left out."""
        body = self.shapes.mapping(node, optional=EXPECT_KEYS) if node is not None else None
        return _Reading(self, subject).expected(body) if body is not None else Expected()


class _Reading:
    """Reads what one case expects."""

    def __init__(self, expectations: Expectations, subject: Subject) -> None:
        self.of = expectations
        self.shapes = expectations.shapes
        self.diagnostics = expectations.diagnostics
        self.subject = subject
        self.places: dict[str, Span] = {}
        self.includes: dict[str, frozenset[str]] = {}
        self.excludes: dict[str, frozenset[str]] = {}

    def expected(self, body: YamlMapping) -> Expected:
        for key, node in body.pairs:
            self.places[key.text] = node.span
            if key.text in OF_FAILURE and self.subject.shows != "fails":
                self.diagnostics.report("expectation-without-failure", key.span, Hint("show-failure"), key=key.text)
        return Expected(
            verdict=self.shapes.choice(body.get("verdict"), VERDICTS) or None,
            **{key: self._names(body, key) for key in (*OF_RULES, "needs")},
            includes=self.includes,
            excludes=self.excludes,
            pointers=self._ordered(body.get("pointers"), "pointers"),
            params=self._params(body.get("params")),
            message=self._messages(body.get("message")),
            plan=self._plan(body.get("plan")),
            places=self.places,
        )

    # ---- names ----

    def _names(self, body: YamlMapping, key: str) -> frozenset[str] | None:
        """A list is all that there may be; `includes` and `excludes` speak of some."""
        node = body.get(key)
        if not isinstance(node, YamlMapping):
            found = self._ordered(node, key)
            return None if found is None else frozenset(found)
        parts = self.shapes.mapping(node, optional=("includes", "excludes"))
        if not node.pairs:
            self.diagnostics.report("absent-key", node.span, key="includes")
        for part, found_in in (("includes", self.includes), ("excludes", self.excludes)):
            found = self._ordered(parts.get(part) if parts else None, key)
            if found is not None:
                found_in[key] = frozenset(found)
                self.places[f"{key}.{part}"] = node[part].span
        return None

    def _ordered(self, node: Node | None, key: str) -> tuple[str, ...] | None:
        """The names of a list: rules, or pointers under any other key."""
        if node is None:
            return None
        found = [scalar for item in self.shapes.items(node) if (scalar := self.shapes.scalar(item))]
        for scalar in found:
            if key in OF_RULES:
                self.of.known_rule(scalar)
            elif self.subject.facts is not None:
                check_pointer(scalar, self.of.model, self.subject.facts, self.diagnostics)
        return tuple(scalar.text for scalar in found)

    # ---- the rule that the case is about ----

    def _params(self, node: Node | None) -> dict[str, Shown]:
        rule = self.subject.rule
        known = [param.name for param in rule.params] if rule else []
        found: dict[str, Shown] = {}
        for key, value in self.shapes.entries(node):
            if rule is not None and key.text not in known:
                hint = suggest(key.text, known)
                self.diagnostics.report("unknown-param", key.span, hint, name=key.text, rule=rule.id)
            found[key.text] = self._shown(value)
            self.places[f"params.{key.text}"] = key.span
        return found

    def _shown(self, node: Node) -> Shown:
        if isinstance(node, Sequence):
            return tuple(self.shapes.text(item) for item in node.items)
        if isinstance(node, Scalar) and node.plain_null:
            return None
        return self.shapes.text(node)

    def _messages(self, node: Node | None) -> dict[str, str]:
        body = self.shapes.mapping(node, optional=getattr(node, "keys", list)()) if node is not None else None
        found: dict[str, str] = {}
        for key, value in body.pairs if body else ():
            try:
                locale = locales.explicit(key.text, locales.PRODUCT)
            except InputError as error:
                hint = Hint("one-of", {"names": error.params["offered"]})
                self.diagnostics.report("unknown-locale", key.span, hint, name=key.text)
                continue
            if locale in found:
                self.diagnostics.report("duplicate-key", key.span, None, self.places[f"message.{locale}"], key=locale)
            found[locale] = self.shapes.text(value)
            self.places[f"message.{locale}"] = key.span
        return found

    # ---- plans ----

    def _plan(self, node: Node | None) -> ExpectedPlan | None:
        if node is None:
            return None
        if not isinstance(node, YamlMapping):
            # The remedies by themselves are those of a plan that can be carried out.
            self.places |= {"plan.status": node.span, "plan.remedies": node.span}
            return ExpectedPlan(READY, self._remedies(node))
        body = self.shapes.mapping(node, optional=PLAN_KEYS)
        self.places |= {f"plan.{name.text}": value.span for name, value in node.pairs}
        if body is None or not node.pairs:
            self.diagnostics.report("absent-key", node.span, key="status")
            return None
        needs = self._ordered(body.get("needs"), "needs")
        return ExpectedPlan(
            status=self.shapes.choice(body.get("status"), STATUSES) or None,
            remedies=self._remedies(body.get("remedies")),
            cost=self.shapes.integer(body.get("cost")) if body.get("cost") is not None else None,
            needs=None if needs is None else frozenset(needs),
        )

    def _remedies(self, node: Node | None) -> tuple[str, ...] | None:
        if node is None:
            return None
        found = [scalar for item in self.shapes.items(node) if (scalar := self.shapes.scalar(item))]
        known = self.of.ruleset.remedies
        for scalar in found:
            if scalar.text not in known:
                self.diagnostics.report("unknown-remedy", scalar.span, suggest(scalar.text, known), name=scalar.text)
        return tuple(scalar.text for scalar in found)
