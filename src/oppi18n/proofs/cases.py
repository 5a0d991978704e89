"""Cases are records with what the rules have to say about them, written in a `.cases.yaml` file beside a ruleset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from oppi18n.diagnostics import Diagnostics, Hint, Span, suggest
from oppi18n.model.schema import Model
from oppi18n.model.values import ValueFault
from oppi18n.proofs.case_facts import FactsReader, Records, not_loaded, truncated
from oppi18n.proofs.clashes import Claim, check_clashes
from oppi18n.proofs.expectations import Expectations, Expected, Subject
from oppi18n.rules.ruleset import Rule, Ruleset
from oppi18n.rules.settings import date_in, from_text, report_value
from oppi18n.rules.types import Type
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Sequence, Source, load

SUFFIX: Final = ".cases.yaml"
SHOWS: Final = ("fails", "passes", "unknown", "pending")
ASKED: Final = ("record", "closing")
CASE_KEYS: Final = (
    "rule", "shows", "asked", "without", "partial", "today", "deployment", "settings", "expect",
)  # fmt: skip


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
    pack: str


def open_cases(source: Source, diagnostics: Diagnostics, pack: str) -> CaseFile | None:
    """The file of cases of a pack, so that its ruleset can be found; None, after a report, if it is not one."""
    tree = load(source, diagnostics)
    shapes = Shapes(diagnostics)
    top = shapes.mapping(tree, required=("ruleset", "cases"), optional=("today", "base")) if tree else None
    named = shapes.scalar(top.get("ruleset")) if top else None
    return CaseFile(source, named, top, pack) if top and named else None


def read_cases(file: CaseFile, ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> tuple[Case, ...]:
    """The cases of a file, in its order. They are usable only if nothing was reported."""
    reader = _Reader(file, ruleset, model, diagnostics)
    cases = map(reader.case, reader.shapes.items(file.top.get("cases")))
    return tuple(case for case in cases if case is not None)


def distinct_cases(cases: Iterable[Case], diagnostics: Diagnostics) -> tuple[Case, ...]:
    """The cases that a pack has for a ruleset, each name once: the second place of a name is reported."""
    found: dict[str, Case] = {}
    for case in cases:
        first = found.setdefault(case.name, case)
        if first is not case:
            diagnostics.report("duplicate-case", case.span, None, first.span, name=case.name)
    return tuple(found.values())


class _Reader:
    """Reads the cases of one file."""

    def __init__(self, file: CaseFile, ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> None:
        self.ruleset = ruleset
        self.model = model
        self.expectations = Expectations(ruleset, model, diagnostics)
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.today = date_in(file.top.get("today"), self.shapes)
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
        root = self.model.root
        body = self.shapes.mapping(node, required=("name",), optional=(*CASE_KEYS, root, self.model.request))
        name = self.shapes.scalar(body.get("name")) if body else None
        if body is None or name is None:
            return None
        rule = self._rule(body)
        shows = self.shapes.choice(body.get("shows"), SHOWS)
        before = len(self.diagnostics)
        facts = self._records(body, name)
        sound = len(self.diagnostics) == before
        today = date_in(body.get("today"), self.shapes) or self.today
        if today is None:
            self.diagnostics.report("absent-key", name.span, key="today")
        subject = Subject(rule, shows, facts if sound else None)
        before = len(self.diagnostics)
        expected = self.expectations.expected(body.get("expect"), subject)
        if len(self.diagnostics) == before:
            expected = self._checked(body, name, shows, expected)
        return Case(
            name=name.text,
            ruleset=self.ruleset.id,
            rule=self.shapes.text(body.get("rule")),
            shows=shows,
            facts={root: facts[root]},
            request=facts.get(self.model.request),
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
        return self.expectations.known_rule(named) if named else None

    def _checked(self, body: YamlMapping, name: Scalar, shows: str, expected: Expected) -> Expected:
        """The expectations, after a report if the case asserts nothing or contradicts itself."""
        rule, node = body.get("rule"), body.get("shows")
        if rule is None and node is None and expected == Expected():
            self.diagnostics.report("case-asserts-nothing", name.span, Hint("say-what-is-expected"))
        said = Claim(self.shapes.text(rule), shows, True, f"shows: {shows}", node.span) if node and shows else None
        check_clashes(expected, said, self.diagnostics)
        return replace(expected, places={**expected.places, "shows": node.span}) if node else expected

    def _records(self, body: YamlMapping, name: Scalar) -> Records:
        """The records, with the request where the closing is asked about."""
        before = len(self.diagnostics)
        root, request = self.model.root, self.model.request
        facts = {root: self.facts.record(root, body.get(root))}
        if self._asks_closing(body):
            facts[request] = self.facts.record(request, body.get(request))
        self._changed(facts, body.get("without"), not_loaded)
        self._changed(facts, body.get("partial"), truncated)
        if len(self.diagnostics) == before:
            self.facts.check(facts, name)
        return facts

    def _asks_closing(self, body: YamlMapping) -> bool:
        """Whether the closing is asked about: because the case writes one, or says so."""
        asked, written = body.get("asked"), body.key(self.model.request)
        chosen = self.shapes.choice(asked, ASKED)
        if asked is not None and written is not None and chosen == "record":
            told = {"expected": written.text, "other": f"asked: {chosen}"}
            self.diagnostics.report("contradictory-case", written.span, None, asked.span, **told)
        return written is not None or chosen == "closing"

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
