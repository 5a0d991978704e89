"""A whole ruleset as one Python function: paths are read once, each list is walked once.

The function answers for complete, well-typed data. On anything else it raises `Bail`, and the careful way decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oppi18n.model.schema import Field, Model
from oppi18n.rules.ast import Literal, Logical, Name, Node, Select, Unary, walk
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.ruleset import Param, Rule, Ruleset
from oppi18n.rules.types import BOOL
from oppi18n.targets.fast import TYPES, FastEmitter
from oppi18n.targets.python import literal
from oppi18n.targets.selections import ELEMENT, Selected, Selection, Selections, inline


@dataclass(frozen=True, slots=True)
class _Check:
    """A rule ready to be emitted: when it is violated, where, and with which values."""

    number: int
    rule: Rule
    violated: Node
    at: Node | None
    params: tuple[Node, ...]
    currencies: tuple[Node | None, ...]


def fused(ruleset: Ruleset, model: Model, settings: dict[str, object], *, with_request: bool) -> str:
    """Source of `def fused(opportunity, close, today, deployment)`; it returns the violations as a list of tuples.

    Each is (number of the rule, hits or None, values of the params). Without the request, rules that read it are
    left out: they are pending.
    """
    return _Fusion(ruleset, model, settings).source(with_request)


class _Fusion:
    def __init__(self, ruleset: Ruleset, model: Model, settings: dict[str, object]) -> None:
        self.ruleset = ruleset
        self.model = model
        self.settings = settings
        self.lets = {name: let.tree for name, let in ruleset.lets.items()}
        self.selections = Selections()

    def source(self, with_request: bool) -> str:
        rules = [(n, rule) for n, rule in enumerate(self.ruleset.rules) if with_request or not rule.reads_request]
        checks = [check for check in (self.check(number, rule) for number, rule in rules) if check is not None]
        emitter = FastEmitter(self.selections.found, self.always())
        conditions = [line for check in checks for line in self.condition(check, emitter)]
        loops = [line for path in self.paths() for line in self.loop(path, emitter)]
        reads = [line for path, variable in emitter.roots.items() for line in self.read(path, variable)]
        lists = [f"h{number} = []" for number in range(len(self.selections.found))]
        head = f"def fused({self.model.root}, {self.model.request}, today, deployment):"
        body = [*reads, *lists, *loops, "out = []", *conditions, "return out"]
        return "\n    ".join([head, *body]) + "\n"

    def always(self) -> frozenset[str]:
        """The variables of required fields: they hold a value, or reading them bailed out."""
        roots = (self.model.records[name] for name in (self.model.root, self.model.request))
        return frozenset(f"{record.name}_{name}" for record in roots for name, f in record.fields.items() if f.required)

    def prepared(self, node: Node) -> Node:
        return self.selections.rewrite(fold(inline(node, self.lets), self.settings))

    def check(self, number: int, rule: Rule) -> _Check | None:
        """The rule with its settings folded in; None if it can never fail then."""
        condition = rule.condition.tree
        failing = condition if rule.negated else Unary("!", condition, type=BOOL)
        both = Logical("&&", (rule.when.tree, failing), type=BOOL) if rule.when else failing
        violated = self.prepared(both)
        if isinstance(violated, Literal) and violated.value is False:
            return None
        return _Check(
            number,
            rule,
            violated,
            self.prepared(rule.at.tree) if rule.at else None,
            tuple(self.prepared(param.value.tree) for param in rule.params),
            tuple(self.prepared(param.currency.tree) if param.currency else None for param in rule.params),
        )

    # ---- lists ----

    def paths(self) -> list[tuple[str, ...]]:
        return list(dict.fromkeys(selection.path for selection in self.selections.found))

    def loop(self, path: tuple[str, ...], emitter: FastEmitter) -> Iterator[str]:
        """One pass over a list; elements are told apart by an enumeration first, if that decides anything."""
        chosen = [(n, each) for n, each in enumerate(self.selections.found) if each.path == path]
        variable = emitter.variable(path)
        record = self.model.records[chosen[0][1].record].fields
        field = _telling([selection for _, selection in chosen], record)
        yield f"for i, element in enumerate({variable}):"
        if field is None:
            yield from _indented(self.branch(chosen, record, None))
            return
        yield f"    s = element[{field.name!r}]"
        yield from _indented(self.dispatch(chosen, record, field))

    def dispatch(
        self, chosen: list[tuple[int, Selection]], record: dict[str, Field], field: Field
    ) -> Iterator[str]:
        branches: dict[tuple[str, ...], list[str]] = {}
        for value in self.model.enumerations[field.of].values:
            lines = tuple(self.branch(chosen, record, (field.name, value)))
            branches.setdefault(lines, []).append(value)
        dull = branches.pop((), [])
        if dull:
            yield f"if {_one_of(dull)}:"
            yield "    continue"
        word = "if"
        for lines, values in branches.items():
            yield f"{word} {_one_of(values)}:"
            yield from _indented(lines)
            word = "elif"
        yield "else:"
        yield "    bail()"

    def branch(
        self, chosen: list[tuple[int, Selection]], record: dict[str, Field], known: tuple[str, str] | None
    ) -> Iterator[str]:
        """What is done with an element of which one field's value is known."""
        inner = FastEmitter(self.selections.found)
        tests = []
        for number, selection in chosen:
            values = {(ELEMENT, known[0]): known[1]} if known else None
            predicate = fold(selection.predicate, None, values)
            if isinstance(predicate, Literal):
                if predicate.value is True:
                    tests.append(f"h{number}.append(i)")
                continue
            tests.append(f"if {inner.emit(predicate)}:\n        h{number}.append(i)")
        for name, variable in inner.elements.items():
            yield from _read(f"element.get({name!r})", variable, record[name])
        yield from (line for test in tests for line in test.replace("\n        ", "\n    ").split("\n"))

    # ---- scalars ----

    def read(self, path: tuple[str, ...], variable: str) -> Iterator[str]:
        """Fill a variable from a root record and check its type."""
        record, name = path[0], path[1]
        field = self.model.records[record].fields[name]
        source = f"{record}[{name!r}]" if field.required else f"{record}.get({name!r})"
        if field.type == "list":
            yield f"{variable} = {source}"
            yield f"if type({variable}) is not list:"
            yield "    bail()"
            return
        yield from _read(source, variable, field)

    # ---- rules ----

    def condition(self, check: _Check, emitter: FastEmitter) -> Iterator[str]:
        parts = [*self.validity(check.rule), emitter.test(check.violated, frozenset(), {})]
        known = emitter.certain(check.violated, {}, True)
        hits = "None"
        if isinstance(check.at, Selected):
            hits = f"h{check.at.number}"
        elif check.at is not None and check.at.type.kind == "list":
            path = path_of(check.at)
            hits = f"range(len({emitter.variable(path)}))" if path else "bail()"
        values = ", ".join(
            self.param(param, node, currency, emitter, known)
            for param, node, currency in zip(check.rule.params, check.params, check.currencies, strict=True)
        )
        yield f"if {' and '.join(parts)}:"
        yield f"    out.append(({check.number}, {hits}, ({values}{',' if values else ''})))"

    def validity(self, rule: Rule) -> Iterator[str]:
        first, last = rule.effective
        if first:
            yield f"today >= {literal(first)}"
        if last:
            yield f"today <= {literal(last)}"
        if rule.applies_to:
            yield f"(deployment is None or deployment in {rule.applies_to!r})"

    def param(
        self, param: Param, node: Node, currency: Node | None, emitter: FastEmitter, known: frozenset[str]
    ) -> str:
        if isinstance(node, Selected) and node.use == "list":
            selection = self.selections.found[node.number]
            variable = emitter.variable(selection.path)
            return f"[snap_{selection.record}({variable}[i]) for i in h{node.number}]"
        if node.type.kind in ("list", "record"):
            return "bail()"
        source = emitter.emit(node, known, {})
        return f"({source}, {emitter.emit(currency, known, {})})" if currency is not None else source


def _telling(selections: Sequence[Selection], record: dict[str, Field]) -> Field | None:
    """The enumeration that most predicates ask about."""
    asked: dict[str, int] = {}
    for selection in selections:
        names = {node.field for node in walk(selection.predicate) if isinstance(node, Select) and _own(node)}
        for name in names:
            if record[name].type == "enumeration" and record[name].required:
                asked[name] = asked.get(name, 0) + 1
    return record[max(asked, key=lambda name: asked[name])] if asked else None


def _own(node: Select) -> bool:
    return isinstance(node.operand, Name) and path_of(node)[0] == ELEMENT


def _one_of(values: Sequence[str]) -> str:
    return f"s == {values[0]!r}" if len(values) == 1 else f"s in {{{', '.join(map(repr, values))}}}"


def _read(source: str, variable: str, field: Field) -> Iterator[str]:
    yield f"{variable} = {source}"
    given = "" if field.required else f"{variable} is not None and "
    if field.type == "enumeration":
        yield f"if {given}{variable} not in E_{field.of}:"
    elif field.type == "currency":
        yield f"if {given}not is_currency({variable}):"
    else:
        kind = {"timestamp": "date", "reference": "string"}.get(field.type, field.type)
        yield f"if {given}type({variable}) is not {TYPES[kind]}:"
    yield "    bail()"


def _indented(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    return ("    " + line for line in lines)
