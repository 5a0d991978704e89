"""Cases are records with what the rules have to say about them, written in a `.cases.yaml` file beside a ruleset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from oppi18n.diagnostics import Diagnostics, Hint, Span, suggest
from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.model.schema import Model
from oppi18n.model.values import ValueFault, to_date
from oppi18n.proofs.case_facts import FactsReader, Records, not_loaded, truncated
from oppi18n.rules.ruleset import Rule, Ruleset
from oppi18n.rules.settings import from_text, report_value
from oppi18n.rules.types import Type
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Sequence, Source, load

SUFFIX: Final = ".cases.yaml"
SHOWS: Final = ("fails", "passes", "unknown", "pending")
VERDICTS: Final = ("closable", "blocked", "undetermined")
OF_FAILURE: Final = ("pointers", "params", "message")
"""What can only be expected of a rule that fails."""
CASE_KEYS: Final = ("rule", "shows", "without", "partial", "today", "deployment", "settings", "expect")
EXPECT_KEYS: Final = ("verdict", "violations", "needs", "unknown", "pending", *OF_FAILURE)

Shown = str | None | tuple[str, ...]
"""A param as a case writes it: text, nothing, or the items of a list."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a case expects of the decision; None is not asserted, and so is what a mapping does not name.

    `pointers`, `params` and `message` (locale → sentence) are those of the rule that the case is about.
    """

    verdict: str | None = None
    violations: frozenset[str] | None = None
    needs: frozenset[str] | None = None
    unknown: frozenset[str] | None = None
    pending: frozenset[str] | None = None
    pointers: tuple[str, ...] | None = None
    params: Mapping[str, Shown] = field(default_factory=dict)
    message: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A record, a question about it, and the answer that is expected.

    `shows` says what `rule` does: it fails, passes (or does not apply), is unknown, or is pending because nothing but
    the record was asked about. Both are empty in a case about the decision as a whole.
    """

    name: str
    ruleset: str
    rule: str
    shows: str
    facts: Records
    request: dict[str, Any] | None
    today: date
    deployment: str | None
    settings: Mapping[str, object]
    expected: Expected
    span: Span


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases whose keys are known and whose cases have not been looked at yet."""

    source: Source
    ruleset: Scalar
    top: YamlMapping


def open_cases(source: Source, diagnostics: Diagnostics) -> CaseFile | None:
    """The file of cases, so that its ruleset can be found; None, after a report, if it is not one."""
    tree = load(source, diagnostics)
    shapes = Shapes(diagnostics)
    top = shapes.mapping(tree, required=("ruleset", "cases"), optional=("today", "base")) if tree else None
    named = shapes.scalar(top.get("ruleset")) if top else None
    return CaseFile(source, named, top) if top and named else None


def read_cases(file: CaseFile, ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> tuple[Case, ...]:
    """The cases of a file, in its order. They are usable only if nothing was reported."""
    reader = _Reader(file, ruleset, model, diagnostics)
    found: dict[str, Case] = {}
    for node in reader.shapes.items(file.top.get("cases")):
        case = reader.case(node)
        if case is None:
            continue
        if case.name in found:
            hint = Hint("first-is", {"line": found[case.name].span.line})
            diagnostics.report("duplicate-case", case.span, hint, name=case.name)
        found.setdefault(case.name, case)
    return tuple(found.values())


class _Reader:
    """Reads the cases of one file."""

    def __init__(self, file: CaseFile, ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> None:
        self.ruleset = ruleset
        self.model = model
        self.rules = {rule.id: rule for rule in (*ruleset.rules, *ruleset.off)}
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.today = self._date(file.top.get("today"))
        self.facts = FactsReader(model, diagnostics, self._base(file.top.get("base")))

    def _base(self, node: Node | None) -> Records:
        """What records have unless a case says otherwise; the records in a list begin with the base of theirs."""
        base: Records = {}
        body = self.shapes.mapping(node, optional=self.model.records) if node is not None else None
        reader = FactsReader(self.model, self.diagnostics, base)
        roots = (self.model.root, self.model.request)
        for key, value in sorted(body.pairs if body else (), key=lambda pair: pair[0].text in roots):
            if key.text in self.model.records:
                base[key.text] = reader.record(key.text, value)
        return base

    def case(self, node: Node) -> Case | None:
        """One case; None, after a report, if it does not even have a name."""
        roots = (self.model.root, self.model.request)
        body = self.shapes.mapping(node, required=("name",), optional=(*CASE_KEYS, *roots))
        name = self.shapes.scalar(body.get("name")) if body else None
        if body is None or name is None:
            return None
        rule = self._rule(body)
        shows = self.shapes.choice(body.get("shows"), SHOWS)
        facts, request = self._records(body, name)
        today = self._date(body.get("today")) or self.today
        if today is None:
            self.diagnostics.report("absent-key", name.span, key="today")
        expected = Expectations(self.ruleset.id, self.rules, rule, self.diagnostics).expected(body, shows)
        if not {"rule", "shows"} & {*body.keys()} and expected == Expected():
            self.diagnostics.report("case-asserts-nothing", name.span, Hint("say-what-is-expected"))
        return Case(
            name=name.text,
            ruleset=self.ruleset.id,
            rule=self.shapes.text(body.get("rule")),
            shows=shows,
            facts=facts,
            request=request,
            today=today or date.min,
            deployment=self.shapes.choice(body.get("deployment"), self.model.deployments) or None,
            settings=dict(self._settings(body.get("settings"))),
            expected=expected,
            span=name.span,
        )

    def _rule(self, body: YamlMapping) -> Rule | None:
        for key, other in (("rule", "shows"), ("shows", "rule")):
            written = body.key(key)
            if written is not None and body.get(other) is None:
                self.diagnostics.report("absent-key", written.span, key=other)
        named = self.shapes.scalar(body.get("rule")) if body.get("rule") is not None else None
        return _known_rule(named, self.rules, self.ruleset.id, self.diagnostics) if named else None

    def _records(self, body: YamlMapping, name: Scalar) -> tuple[Records, dict[str, Any] | None]:
        before = len(self.diagnostics)
        root, request = self.model.root, self.model.request
        facts = {root: self.facts.record(root, body.get(root))}
        if body.get(request) is not None:
            facts[request] = self.facts.record(request, body.get(request))
        self._changed(facts, body.get("without"), not_loaded)
        self._changed(facts, body.get("partial"), truncated)
        if len(self.diagnostics) == before:
            self.facts.check(facts, name)
        return {root: facts[root]}, facts.get(request)

    def _changed(self, facts: Records, node: Node | None, made: Callable[[Any], Any]) -> None:
        for item in self.shapes.items(node):
            scalar = self.shapes.scalar(item)
            if scalar is not None:
                self.facts.change(facts, scalar, made)

    def _settings(self, node: Node | None) -> Iterable[tuple[str, object]]:
        for key, value in self.shapes.entries(node):
            setting = self.ruleset.settings.get(key.text)
            if setting is None:
                hint = suggest(key.text, self.ruleset.settings)
                self.diagnostics.report("unknown-setting", key.span, hint, name=key.text)
            else:
                yield key.text, self._setting(value, setting.type)

    def _setting(self, node: Node, kind: Type) -> object:
        if kind.kind == "list" and kind.item and isinstance(node, Sequence):
            return tuple(self._setting(item, kind.item) for item in node.items)
        scalar = self.shapes.scalar(node)
        if scalar is None:
            return None
        try:
            return from_text(scalar.text, kind, self.model)
        except ValueFault:
            report_value(scalar, kind, self.model, self.diagnostics)
            return None

    def _date(self, node: Node | None) -> date | None:
        scalar = self.shapes.scalar(node) if node is not None else None
        if scalar is None:
            return None
        try:
            return to_date(scalar.text)
        except ValueFault:
            hint = Hint("write-full-date")
            self.diagnostics.report("not-a-value", scalar.span, hint, found=scalar.text, expected="date")
            return None


def _known_rule(named: Scalar, rules: Mapping[str, Rule], ruleset: str, diagnostics: Diagnostics) -> Rule | None:
    """The rule of a name, also one that is switched off; None after a report."""
    if named.text not in rules:
        hint = suggest(named.text, rules)
        diagnostics.report("unknown-rule", named.span, hint, name=named.text, ruleset=ruleset)
    return rules.get(named.text)


class Expectations:
    """Reads what a case expects."""

    def __init__(self, ruleset: str, rules: Mapping[str, Rule], rule: Rule | None, diagnostics: Diagnostics) -> None:
        self.ruleset = ruleset
        self.rules = rules
        self.rule = rule
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)

    def expected(self, case: YamlMapping, shows: str) -> Expected:
        """The expectations of a case; what makes no sense is reported and left out."""
        node = case.get("expect")
        body = self.shapes.mapping(node, optional=EXPECT_KEYS) if node is not None else None
        if body is None:
            return Expected()
        for key, _ in body.pairs:
            if key.text in OF_FAILURE and shows != "fails":
                self.diagnostics.report("expectation-without-failure", key.span, Hint("show-failure"), key=key.text)
        pointers = self._texts(body.get("pointers"))
        needs = self._texts(body.get("needs"))
        return Expected(
            verdict=self.shapes.choice(body.get("verdict"), VERDICTS) or None,
            violations=self._rules(body.get("violations")),
            needs=None if needs is None else frozenset(needs),
            unknown=self._rules(body.get("unknown")),
            pending=self._rules(body.get("pending")),
            pointers=pointers,
            params=self._params(body.get("params")),
            message=self._messages(body.get("message")),
        )

    def _texts(self, node: Node | None) -> tuple[str, ...] | None:
        if node is None:
            return None
        return tuple(self.shapes.text(item) for item in self.shapes.items(node))

    def _rules(self, node: Node | None) -> frozenset[str] | None:
        if node is None:
            return None
        found = [scalar for item in self.shapes.items(node) if (scalar := self.shapes.scalar(item))]
        for scalar in found:
            _known_rule(scalar, self.rules, self.ruleset, self.diagnostics)
        return frozenset(scalar.text for scalar in found)

    def _params(self, node: Node | None) -> dict[str, Shown]:
        known = [param.name for param in self.rule.params] if self.rule else []
        found: dict[str, Shown] = {}
        for key, value in self.shapes.entries(node):
            if self.rule is not None and key.text not in known:
                hint = suggest(key.text, known)
                self.diagnostics.report("unknown-param", key.span, hint, name=key.text, rule=self.rule.id)
            found[key.text] = self._shown(value)
        return found

    def _shown(self, node: Node) -> Shown:
        if isinstance(node, Sequence):
            return tuple(self.shapes.text(item) for item in node.items)
        if isinstance(node, Scalar) and node.plain_null:
            return None
        return self.shapes.text(node)

    def _messages(self, node: Node | None) -> dict[str, str]:
        body = self.shapes.mapping(node, optional=getattr(node, "keys", list)()) if node is not None else None
        found = {}
        for key, value in body.pairs if body else ():
            try:
                found[locales.explicit(key.text, locales.PRODUCT)] = self.shapes.text(value)
            except InputError as error:
                hint = Hint("one-of", {"names": error.params["offered"]})
                self.diagnostics.report("unknown-locale", key.span, hint, name=key.text)
        return found
