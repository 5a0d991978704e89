"""A whole ruleset as one Python function: paths are read once, each list is walked once.

The function answers for complete, well-typed data. On anything else it raises `Bail`, and the careful way decides.
Rules that hang on whether a field is given stand together under one question, so that a rule costs nothing where it
cannot fail; a value is checked where it is first known to be there.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from oppi18n.model.schema import Model
from oppi18n.rules.ast import Binary, Literal, Logical, Node, Unary
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.rules.ruleset import Param, Rule, Ruleset
from oppi18n.rules.types import BOOL
from oppi18n.targets.conditions import NO_NUMBER, NOTHING, Path, Presence, Range, assume, harmless, presence, terse
from oppi18n.targets.fast import FastEmitter
from oppi18n.targets.fields import named
from oppi18n.targets.roots import Roots
from oppi18n.targets.selections import Selected, Selections, inline
from oppi18n.targets.walks import fitting, indented, walked


@dataclass(frozen=True, slots=True)
class _Check:
    """A rule ready to be emitted: when it is violated, where, with which values, and what it reads."""

    number: int
    rule: Rule
    violated: Node
    at: Node | None
    params: tuple[Node, ...]
    currencies: tuple[Node | None, ...]
    reads: tuple[Path, ...] = ()
    presence: Presence = NOTHING

    def assuming(self, path: Path, given: bool) -> _Check:
        """The rule where it is known whether a field is given."""
        return replace(
            self,
            violated=terse(assume(self.violated, path, given)),
            params=tuple(assume(each, path, given) for each in self.params),
            currencies=tuple(each and assume(each, path, given) for each in self.currencies),
        )


def fused(ruleset: Ruleset, model: Model, settings: dict[str, object], *, with_request: bool) -> str:
    """Source of `def fused(opportunity, close, today, deployment)`; it returns the violations as tuples, in any order.

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
        self.roots = Roots(model)
        always = frozenset(named(path) for path, field in self.roots.fields.items() if field.required)
        self.emitter = FastEmitter(self.selections.found, always)
        self.told: dict[Path, int] = {}

    def source(self, with_request: bool) -> str:
        rules = [(n, rule) for n, rule in enumerate(self.ruleset.rules) if with_request or not rule.reads_request]
        prepared = [check for check in (self.check(number, rule) for number, rule in rules) if check is not None]
        paths = list(dict.fromkeys(selection.path for selection in self.selections.found))
        loops = [line for path in paths for line in walked(path, self.selections.found, self.model, self.emitter)]
        checks = [self.reading(check) for check in prepared]
        self.told = {path: check.number for check in reversed(checks) if (path := _telling(check, self.roots))}
        body = [
            *self.roots.whole(dict.fromkeys(path for check in checks for path in check.reads)),
            *self.first(checks),
            *loops,
            "out = []",
            *self.blocks(checks),
            "return out",
        ]
        head = f"def fused({self.model.root}, {self.model.request}, today, deployment):"
        constants = [f"{name} = {source}" for source, name in self.emitter.constants.items()]
        # Through the parser and back, which leaves no parenthesis that does nothing.
        return ast.unparse(ast.parse("\n".join([*constants, head, *indented(body)]))) + "\n"

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

    def reading(self, check: _Check) -> _Check:
        """The rule with the fields it reads: found by writing it once and looking what was asked for."""
        probe = FastEmitter(self.selections.found)
        before, self.emitter = self.emitter, probe
        list(self.lines(check, frozenset()))
        self.emitter = before
        return replace(check, reads=tuple(probe.roots), presence=presence(check.violated))

    # ---- fields ----

    def first(self, checks: Sequence[_Check]) -> Iterator[str]:
        """What is read before anything else: required fields, lists, and what the loops compare with."""
        asked = dict.fromkeys((*self.emitter.roots, *(path for check in checks for path in check.reads)))
        for path in asked:
            if path in self.told:
                yield from self.roots.fetch(path)
            elif path in self.emitter.roots or self.roots.is_sure(path):
                yield from self.roots.read(path)

    def blocks(self, checks: Sequence[_Check]) -> Iterator[str]:
        """The rules, each behind the last of the fields it reads, in an order that has most rules behind their guard."""
        early = set(self.emitter.roots)
        late = [path for path in dict.fromkeys(p for check in checks for p in check.reads) if path not in early]
        guards = Counter(path for check in checks for path in (*check.presence.given, *check.presence.empty))
        late = sorted((path for path in late if not self.roots.is_sure(path)), key=lambda path: guards[path])
        homes: dict[Path, list[_Check]] = {path: [] for path in ((), *late)}
        for check in checks:
            homes[max((path for path in check.reads if path in homes), key=late.index, default=())].append(check)
        for path, settled in homes.items():
            if path:
                yield from self.block(path, settled)
            else:
                yield from (line for check in settled for line in self.lines(check, frozenset()))

    def block(self, path: Path, checks: Sequence[_Check]) -> Iterator[str]:
        """A field that may be empty: what it is, and the rules that waited for it."""
        variable = self.emitter.variable(path)
        empty = [check for check in checks if path in check.presence.empty]
        given = [check for check in checks if path in check.presence.given]
        if not empty and not given:
            yield from self.roots.read(path)
        else:
            yield from self.roots.fetch(path)
            yield f"if {variable} is {'' if empty else 'not '}None:"
            yield from (f"    {line}" for each in empty for line in self.lines(each.assuming(path, False), frozenset()))
            yield from ["else:"] if empty else []
            given_here = [each.assuming(path, True) for each in given]
            yield from indented(self.given(path, given_here))
        rest = [check for check in checks if check not in empty and check not in given]
        yield from (line for check in rest for line in self.lines(check, frozenset()))

    def given(self, path: Path, checks: Sequence[_Check]) -> Iterator[str]:
        """A field that holds a value: whether it fits, and the rules that are about it.

        One look at a number passes all rules that find fault with its size alone.
        """
        field, variable = self.roots.fields[path], self.emitter.variable(path)
        known = frozenset((variable,))
        ranges = [harmless(each.violated, path) if field.type == "decimal" else NO_NUMBER for each in checks]
        sizes = [each for each, found in zip(checks, ranges, strict=True) if found.least <= found.most]
        yield from fitting(variable, field, self.model, sized=bool(sizes))
        if sizes:
            least, most = reduce(Range.within, (each for each in ranges if each.least <= each.most))
            yield f"if not {self.emitter.constant(least)} <= {variable} <= {self.emitter.constant(most)}:"
            yield f"    if not LEAST < {variable} < MOST:"
            yield "        bail()"
            yield from (f"    {line}" for each in sizes for line in self.lines(each, known))
        rest = [each for each in checks if each not in sizes]
        yield from (line for each in rest for line in self.lines(each, known))

    # ---- rules ----

    def lines(self, check: _Check, known: frozenset[str]) -> Iterator[str]:
        """One rule: when it is violated, it adds itself to the answer."""
        parts = [*_validity(check.rule, self.emitter)]
        if not (isinstance(check.violated, Literal) and check.violated.value is True):
            parts.append(self.emitter.test(check.violated, known, {}))
        known |= self.emitter.certain(check.violated, {}, True)
        values = "".join(
            f"{self.param(param, node, currency, known)}, "
            for param, node, currency in zip(check.rule.params, check.params, check.currencies, strict=True)
        )
        found = [f"out.append(({check.number}, {_hits(check, self.emitter)}, ({values})))"]
        if self.told.get(path := _telling(check, self.roots)) == check.number:
            found[:0] = fitting(named(path), self.roots.fields[path], self.model)
        yield from (f"if {' and '.join(parts)}:", *indented(found)) if parts else found

    def param(self, param: Param, node: Node, currency: Node | None, known: frozenset[str]) -> str:
        if isinstance(node, Selected) and node.use == "list":
            selection = self.selections.found[node.number]
            variable = self.emitter.variable(selection.path)
            return f"snap_{selection.record}({variable}, h{node.number})"
        if node.type.kind in ("list", "record"):
            return "bail()"
        source = self.emitter.emit(node, known, {})
        if node.type.kind == "decimal" and not isinstance(node, Literal):
            source = f"exact({source})"
        return f"({source}, {self.emitter.emit(currency, known, {})})" if currency is not None else source


def _telling(check: _Check, roots: Roots) -> Path:
    """The enumeration of which a rule wants one value: every other value violates it, one that nobody knows too."""
    wanted = check.violated.operand if isinstance(check.violated, Unary) else None
    if isinstance(wanted, Binary) and wanted.operator == "==" and isinstance(wanted.right, Literal):
        field = roots.fields.get(path := path_of(wanted.left))
        always = check.rule.effective == (None, None) and not check.rule.applies_to
        return path if always and field and field.required and field.type == "enumeration" else ()
    return ()


def _hits(check: _Check, emitter: FastEmitter) -> str:
    """Source of the positions of the offenders in a list; None for a rule about one field or none."""
    if isinstance(check.at, Selected):
        return f"h{check.at.number}"
    if check.at is None or check.at.type.kind != "list":
        return "None"
    path = path_of(check.at)
    return f"range(len({emitter.variable(path)}))" if path else "bail()"


def _validity(rule: Rule, emitter: FastEmitter) -> Iterator[str]:
    first, last = rule.effective
    if first:
        yield f"today >= {emitter.constant(first)}"
    if last:
        yield f"today <= {emitter.constant(last)}"
    if rule.applies_to:
        yield f"(deployment is None or deployment in {rule.applies_to!r})"
