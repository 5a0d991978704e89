"""A checked ruleset becomes an ES module; what JavaScript cannot say exactly is told at once, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from oppi18n.diagnostics import AuthoringError, Diagnostics, Hint
from oppi18n.model.schema import Model
from oppi18n.rules.ast import Let, Node
from oppi18n.rules.fold import fold
from oppi18n.rules.ruleset import Expression, Param, Rule, Ruleset
from oppi18n.rules.types import DECIMAL
from oppi18n.source import Scalar
from oppi18n.targets.esm.expressions import Emitter
from oppi18n.targets.esm.library import reached, read
from oppi18n.targets.esm.literals import name as member
from oppi18n.targets.esm.literals import plain, text
from oppi18n.targets.esm.operators import Code, Refused, as_type
from oppi18n.targets.esm.tables import head, tables

if TYPE_CHECKING:
    from typing import Protocol

    class Kind(Protocol):
        """What a message has to know of a param."""

        @property
        def name(self) -> str: ...

        @property
        def kind(self) -> str: ...

        @property
        def of(self) -> str: ...

    class Known(Protocol):
        """What the engine knows of a rule."""

        @property
        def id(self) -> str: ...

        @property
        def place(self) -> tuple[str, str]: ...

        @property
        def params(self) -> Sequence[Kind]: ...


_SHOWN: Final = ("bool", "currency", "date", "decimal", "enumeration", "int", "string")


def compile_ruleset(
    ruleset: Ruleset,
    model: Model,
    *,
    settings: Mapping[str, object],
    digest: str,
    rules: Sequence[Known],
    defaults: Sequence[tuple[str, Node]],
    shown: Mapping[str, Sequence[str]],
) -> str:
    """The module of a ruleset under some settings; AuthoringError tells everything that JavaScript cannot say.

    `rules` has what the engine knows of each rule (place, kinds of params), `defaults` the defaults of the request's
    fields, and `shown` the fields by which records are shown.
    """
    return _Compiler(ruleset, model, settings, digest, rules, defaults, shown).module()


def declarations(ruleset: Ruleset) -> str:
    """The types of a ruleset's module, for TypeScript."""
    names = " | ".join(text(rule.id) for rule in ruleset.rules) or "never"
    return f"export type RuleId = {names};\n\n{read(__package__, 'runtime.d.mts')}"


class _Compiler:
    def __init__(
        self,
        ruleset: Ruleset,
        model: Model,
        settings: Mapping[str, object],
        digest: str,
        rules: Sequence[Known],
        defaults: Sequence[tuple[str, Node]],
        shown: Mapping[str, Sequence[str]],
    ) -> None:
        self.ruleset = ruleset
        self.model = model
        self.settings = settings
        self.digest = digest
        self.infos = {info.id: info for info in rules}
        self.defaults = defaults
        self.shown = shown
        self.lets: dict[str, Code] = {}
        self.let_lines: list[str] = []
        self.refused: dict[str, tuple[Scalar, Node]] = {}
        self.told: dict[str, str] = {}
        self.diagnostics = Diagnostics()
        self.emitter = Emitter(model, self.lets)
        self.shower = Emitter(model, self.lets, seen=True)

    def module(self) -> str:
        """Everything that is written."""
        self._lets()
        rules = [written for rule in self.ruleset.rules if (written := self._rule(rule))]
        defaults = [f"[{text(name)}, (c) => {self._source(tree)}]" for name, tree in self.defaults]
        if self.diagnostics:
            raise AuthoringError(self.diagnostics, self.told)
        code = [*self.let_lines, _listed("RULES", rules), _listed("DEFAULTS", defaults)]
        lines = [
            f"// The ruleset {self.ruleset.id}, digest {self.digest}. Written by oppi18n rules export: change the rules instead.",
            *tables(self.model, self.shown, counts=any("digits(" in each for each in code)),
            reached(__package__, "runtime.js", "frozen " + " ".join(code)),
            *code,
            head(self.ruleset, self.settings, self.digest),
        ]
        return "\n".join(lines) + "\n"

    def _lets(self) -> None:
        for name, let in self.ruleset.lets.items():
            try:
                code = self.emitter.emit(fold(let.tree, self.settings))
            except Refused as refused:
                # A let that no rule reads stands in nobody's way.
                self.refused[name] = self._culprit(let.scalar, refused.node)
                continue
            self.let_lines.append(f"const l_{name} = (c) => once(c, {text(name)}, () => {code.source});")
            self.lets[name] = Code(f"l_{name}(c)", code.type, code.mixed)

    def _source(self, tree: Node) -> str:
        return self.emitter.emit(fold(tree, self.settings)).source

    def _emitted(self, expression: Expression, emitter: Emitter, hint: Hint) -> Code | None:
        """The source of an expression; None, after a report, if it is refused."""
        try:
            return emitter.emit(fold(expression.tree, self.settings))
        except Refused as refused:
            self._tell(*self._culprit(expression.scalar, refused.node), hint)
        return None

    def _culprit(self, scalar: Scalar, node: Node) -> tuple[Scalar, Node]:
        """What is refused in truth: a let only passes on what it was refused for."""
        return self.refused[node.name] if isinstance(node, Let) else (scalar, node)

    def _tell(self, scalar: Scalar, node: Node | None, hint: Hint) -> None:
        inside = node is not None and scalar.text[node.start : node.end].strip()
        span = scalar.within(node.start, node.end) if node is not None and inside else scalar.span
        self.diagnostics.report("esm-inexact", span, hint)
        self.told[scalar.source.path] = scalar.source.text

    def _rule(self, rule: Rule) -> str | None:
        hint = Hint("switch-off", {"rule": rule.id})
        when = self._emitted(rule.when, self.emitter, hint) if rule.when else None
        condition = self._emitted(rule.condition, self.emitter, hint)
        at = None
        if rule.at is not None and rule.at.tree.type.kind == "list":
            at = self._emitted(Expression(rule.at.tree, rule.at.over.scalar), self.shower, hint)
        params = [self._param(rule, param, hint) for param in rule.params]
        if condition is None or None in params or (rule.when and when is None):
            return None
        test = f"not({condition.source})" if rule.negated else condition.source
        first, last = rule.effective
        info = self.infos[rule.id]
        members = {
            "id": text(rule.id),
            "severity": text(rule.severity),
            "dataverse": text(f"0x{rule.dataverse:08x}") if rule.dataverse else "",
            "remedies": plain(rule.remedies) if rule.remedies else "",
            "asks": "true" if rule.reads_request else "",
            "from": text(first.isoformat()) if first else "",
            "until": text(last.isoformat()) if last else "",
            "deployments": plain(rule.applies_to) if rule.applies_to else "",
            "place": plain(info.place) if any(info.place) else "",
            "when": f"(c) => {when.source}" if when else "",
            "test": f"(c) => {test}",
            "at": f"(c) => {at.source}" if at else "",
            "params": f"[{', '.join(each for each in params if each)}]",
        }
        return "{\n" + "".join(f"    {key}: {value},\n" for key, value in members.items() if value) + "  }"

    def _param(self, rule: Rule, param: Param, hint: Hint) -> str | None:
        value = self._emitted(param.value, self.shower, hint)
        currency = self._emitted(param.currency, self.shower, hint) if param.currency else None
        if value is None or (param.currency and currency is None):
            return None
        kind = next(each for each in self.infos[rule.id].params if each.name == param.name)
        if not self._is_shown(kind, value):
            self._tell(param.value.scalar, None, hint)
            return None
        if kind.kind in ("decimal", "money"):
            value = as_type(value, DECIMAL)
        members = {
            "name": text(param.name),
            "kind": text(kind.kind),
            "of": text(kind.of.partition(" ")[0]),
            "value": f"(c) => {value.source}",
            **({"currency": f"(c) => {currency.source}"} if currency else {}),
        }
        return "{ " + ", ".join(f"{member(key)}: {written}" for key, written in members.items()) + " }"

    def _is_shown(self, kind: Kind, value: Code) -> bool:
        """Whether a value can be handed to a message as the engine hands it."""
        if kind.kind == "records":
            record = self.model.records[kind.of]
            decimal = any(record.fields[name].type == "decimal" for name in self.shown[kind.of])
            return value.type.kind == "list" and not decimal
        if kind.kind == "list":
            return kind.of.partition(" ")[0] in _SHOWN
        return kind.kind == "money" or kind.kind in _SHOWN


def _listed(name: str, items: Sequence[str]) -> str:
    return f"const {name} = [\n" + "".join(f"  {each},\n" for each in items) + "];"
