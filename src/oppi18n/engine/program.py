"""A checked ruleset becomes a program: plain data and code that a cache can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oppi18n.diagnostics import Diagnostics, Span
from oppi18n.model.schema import Field, Model
from oppi18n.rules.ast import Literal, Macro, Node, Setting, rebuild
from oppi18n.rules.environment import Environment, type_of
from oppi18n.rules.expressions import follow, path_of, typed
from oppi18n.rules.fold import fold
from oppi18n.rules.origin import Origin
from oppi18n.rules.ruleset import Expression, Param, Remedy, Rule, Ruleset
from oppi18n.source import Scalar, Source
from oppi18n.targets.filling import filling
from oppi18n.targets.fused import fused
from oppi18n.targets.python import Emitter
from oppi18n.templates import placeholders


def program_of(ruleset: Ruleset, model: Model, settings: dict[str, object], digest: str) -> dict[str, Any]:
    """The program of a ruleset under some settings: everything `Rules` needs, as marshal takes it."""
    return {
        "id": ruleset.id,
        "pack": ruleset.pack,
        "action": ruleset.action,
        "digest": digest,
        "model": dict(model.plain),
        "settings": {
            name: (
                str(each.type),
                _plain(settings[name]),
                each.doc,
                _plain(each.value),
                *_spoken(each.origin, f"setting/{name}/doc"),
            )
            for name, each in ruleset.settings.items()
        },
        "rules": tuple(_rule(rule, ruleset.lets) for rule in ruleset.rules),
        "remedies": {
            name: (each.label.text, each.cost, each.ask, *_spoken(each.origin, f"remedy/{name}/label"))
            for name, each in ruleset.remedies.items()
        },
        "shown": {name: tuple(field.name for field in shown_fields(name, model)) for name in model.records},
        "record": _fast(fused(ruleset, model, settings, with_request=False), ruleset.id, model),
        "closing": _fast(fused(ruleset, model, settings, with_request=True), ruleset.id, model),
        "filled": _fast(filling(model, tuple(_defaults(model)), settings), ruleset.id, model),
        "careful": compile(careful_source(ruleset, model, settings), f"<{ruleset.id}, careful>", "exec"),
    }


def _spoken(origin: Origin, part: str) -> tuple[str, str]:
    """The context and the language of a text."""
    return origin.context(part), origin.language


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value if isinstance(value, (bool, int)) else str(value)


def _rule(rule: Rule, lets: Mapping[str, Expression]) -> tuple[Any, ...]:
    message = rule.message
    first, last = rule.effective
    return (
        rule.id,
        rule.severity,
        rule.source,
        rule.dataverse,
        rule.when.text if rule.when else "",
        ("!(" + rule.condition.text + ")") if rule.negated else rule.condition.text,
        _place(rule, lets),
        (
            message.context,
            {category: text.text for category, text in message.forms.items()},
            {category: text.text for category, text in message.partial.items()},
            message.plural,
            message.language,
        ),
        tuple((param.name, *kind_of(param)) for param in rule.params),
        rule.remedies,
        rule.reads_request,
        (first.isoformat() if first else "", last.isoformat() if last else ""),
        rule.applies_to,
    )


def _place(rule: Rule, lets: Mapping[str, Expression]) -> tuple[str, str]:
    """(pointer, "") for one field; (pointer of the list, field) for offenders in a list of the facts."""
    if rule.at is None:
        return "", ""
    if rule.at.tree.type.kind != "list":
        return "/" + "/".join(path_of(rule.at.tree)), ""
    node = follow(rule.at.tree, lets)
    while isinstance(node, Macro):
        node = follow(node.over, lets)
    path = path_of(node)
    return ("/" + "/".join(path) if path else ""), rule.at.field


def kind_of(param: Param) -> tuple[str, str]:
    """What a message has to know of a param's type."""
    kind = param.value.tree.type
    if param.currency is not None:
        return "money", ""
    if kind.kind == "enumeration":
        return "enumeration", kind.name
    if kind.kind == "record":
        return "records", kind.name
    if kind.kind == "list" and kind.item is not None:
        if kind.item.kind == "record":
            return "records", kind.item.name
        return "list", f"{kind.item.kind} {kind.item.name}".strip()
    return kind.kind, ""


# ---- the fast way ----


def _fast(source: str, name: str, model: Model) -> Any:
    snaps = "".join(_snap(name, model) for name in model.records if f"snap_{name}(" in source)
    sets = "".join(
        f"E_{name} = frozenset({tuple(each.values)!r})\n"
        for name, each in model.enumerations.items()
        if f"E_{name}" in source
    )
    return compile(sets + snaps + source, f"<{name}, fast>", "exec")


def shown_fields(name: str, model: Model) -> list[Field]:
    """The fields that a record may be shown by, and those that order it."""
    record = model.records[name]
    wanted = {part for template in record.display for part in placeholders(template)} | {"id", "number", "revision"}
    return [field for field in record.fields.values() if field.name in wanted and field.type != "list"]


def _snap(name: str, model: Model) -> str:
    """Source of `def snap_…(records, hits)`: what some of the records are shown by, one tuple each."""
    fields = shown_fields(name, model)
    types = {"int": "int", "decimal": "Decimal", "date": "date", "timestamp": "date", "bool": "bool"}
    wrong = [f"type(v{n}) is not {types.get(each.type, 'str')}" for n, each in enumerate(fields)]
    odd = [f"v{n} is not None and {test}" for n, test in enumerate(wrong)]
    keys, values = "".join(f"{each.name!r}, " for each in fields), "".join(f"v{n}, " for n in range(len(fields)))
    unpacked = f"{values}= each" if fields else "each"
    # Of one key alone, `itemgetter` does not make a tuple.
    getter = f"itemgetter({keys})" if len(fields) > 1 else f"lambda r: tuple([r[key] for key in ({keys})])"
    lines = [
        f"shown_{name} = {getter}",
        f"def snap_{name}(records, hits):",
        "    found = []",
        "    for i in hits:",
        "        try:",
        f"            {unpacked} = shown_{name}(records[i])",
        "        except KeyError:",
        f"            {unpacked} = tuple(map(records[i].get, ({keys})))",
        # Most often everything is given: one question per field is enough then.
        f"        if ({' or '.join(wrong)}) and ({' or '.join(odd)}):",
        "            bail()",
        "        found.append(each)",
        "    return found",
    ]
    return "\n".join(lines) + "\n"


# ---- the careful way ----


def careful_source(ruleset: Ruleset, model: Model, settings: Mapping[str, object], *, trace: bool = False) -> str:
    """Source of `def careful(S, root, DIGITS)`: per rule, its parts as functions of no arguments.

    It returns (rules, defaults, remedies): rules maps an id to (when, condition, at, params); defaults is a list of
    (field, function) for the fields of the request; remedies maps an id to (records, changes by field).
    """
    writer = _Careful(ruleset, model, settings, trace)
    return "\n    ".join(["def careful(S, root, DIGITS, T=None):", *writer.lines()]) + "\n"


class _Careful:
    def __init__(self, ruleset: Ruleset, model: Model, settings: Mapping[str, object], trace: bool) -> None:
        self.ruleset = ruleset
        self.model = model
        self.settings = settings
        self.trace = trace
        self.emitter = Emitter(trace=trace)
        self.shower = Emitter(seen=True)
        self.names = {name: f"r_{name}" for name in (model.root, model.request, "today")}

    def lines(self) -> Iterator[str]:
        for name, variable in self.names.items():
            yield f"{variable} = root({name!r})"
        yield "memo = {}"
        for name, let in self.ruleset.lets.items():
            yield f"def l_{name}({self.noted('let', name)}):"
            yield f"    if {name!r} not in memo: memo[{name!r}] = {self.emit(let.tree)}"
            yield f"    return memo[{name!r}]"
        yield "rules = {}"
        for rule in self.ruleset.rules:
            yield f"rules[{rule.id!r}] = ({self.rule(rule)})"
        yield "defaults = []"
        for field, tree in _defaults(self.model):
            yield f"defaults.append(({field!r}, lambda: {self.emit(tree)}))"
        yield "remedies = {}"
        for remedy in self.ruleset.remedies.values():
            yield f"remedies[{remedy.id!r}] = ({self.remedy(remedy)})"
        yield "return rules, defaults, remedies"

    def emit(self, node: Node) -> str:
        return self.emitter.emit(
            fold(node, self.settings) if not self.trace else _given(node, self.settings), self.names
        )

    def noted(self, owner: str, part: str) -> str:
        """While tracing, the parameter that notes values under their expression."""
        return f"T=T({owner!r}, {part!r})" if self.trace else ""

    def show(self, node: Node) -> str:
        return self.shower.emit(fold(node, self.settings), self.names)

    def rule(self, rule: Rule) -> str:
        condition = self.emit(rule.condition.tree)
        at = f"lambda: {self.show(rule.at.tree)}" if rule.at and rule.at.tree.type.kind == "list" else "None"
        parts = [
            f"lambda {self.noted(rule.id, 'when')}: {self.emit(rule.when.tree)}" if rule.when else "None",
            f"lambda {self.noted(rule.id, 'condition')}: {f'K.not_({condition})' if rule.negated else condition}",
            at,
            "(" + "".join(f"lambda: {self.param(param)}, " for param in rule.params) + ")",
        ]
        return ", ".join(parts)

    def remedy(self, remedy: Remedy) -> str:
        """The records that a remedy changes, and per field the new value as a function of the record."""
        item = remedy.each.tree.type.item
        assert item is not None
        names = {**self.names, item.name: "e"}
        changes = (
            f"({field!r}, lambda e: {self.emitter.emit(fold(change.tree, self.settings), names)}), "
            for field, change in remedy.changes.items()
        )
        return f"lambda: {self.emit(remedy.each.tree)}, ({''.join(changes)})"

    def param(self, param: Param) -> str:
        value = self.show(param.value.tree)
        return f"({value}, {self.show(param.currency.tree)})" if param.currency else value


def _defaults(model: Model) -> Iterator[tuple[str, Node]]:
    """The defaults of the request's fields, in the order of the model."""
    for field in model.records[model.request].fields.values():
        if field.default:
            yield field.name, default_of(field, model).tree


def _given(node: Node, settings: Mapping[str, object]) -> Node:
    """The node with settings filled in and nothing else worked out: a trace shows what was written."""
    if isinstance(node, Setting):
        return Literal(settings[node.name], start=node.start, end=node.end, type=node.type)
    return rebuild(node, lambda child: _given(child, settings))


def default_of(field: Field, model: Model, diagnostics: Diagnostics | None = None) -> Expression:
    """The expression of a field's default. A wrong one raises `ValueError`: `check_defaults` tells its place."""
    scalar = Scalar(field.default, Span(model.name, 1, 1, 1, 1), "", Source(model.name, field.default))
    found = diagnostics if diagnostics is not None else Diagnostics()
    expression = typed(scalar, Environment(model), found, expected=type_of(field))
    if expression is None:
        raise ValueError(f"{field.name}: {found[0]}")
    return expression
