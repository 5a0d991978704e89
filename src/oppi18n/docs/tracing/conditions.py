"""Which states of records a rule names in its condition, and whether they make it fail or pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from oppi18n.model.schema import Model
from oppi18n.rules.ast import Binary, Call, Conditional, ListLiteral, Literal, Logical, Macro, Node, Unary, children
from oppi18n.rules.expressions import follow
from oppi18n.rules.fold import fold
from oppi18n.rules.ruleset import Expression, Rule, Ruleset

_FAILS, _EITHER, _PASSES = 1, 0, -1
_TURNING: Final = ("<", "<=")
_KEEPING: Final = (">", ">=")


class Stand(NamedTuple):
    """How a rule stands to the values of one enumeration: `failing` ones make it fail, `passing` ones make it pass.

    `stated` are the failing ones that it names itself; the others follow, where a field must have one of some values.
    """

    enumeration: str
    failing: frozenset[str]
    passing: frozenset[str]
    stated: frozenset[str]

    @property
    def named(self) -> frozenset[str]:
        """All values that the rule is about."""
        return self.failing | self.passing


class _Naming(NamedTuple):
    enumeration: str
    value: str
    sign: int
    is_listed: bool


def stands(rule: Rule, ruleset: Ruleset, model: Model, settings: Mapping[str, object]) -> tuple[Stand, ...]:
    """How a rule stands to the states in its condition, with its settings filled in and its lets followed.

    >>> from oppi18n.analysis.subject import understood
    >>> subject = understood()
    >>> rule = subject.rules["no-active-quotes"]
    >>> [sorted(each.failing) for each in stands(rule, subject.ruleset, subject.model, subject.settings)]
    [['active']]
    """
    tree = fold(rule.condition.tree, settings)
    namings = _Walk(ruleset.lets, settings).all(tree, _FAILS if rule.negated else _PASSES, is_listed=False)
    by_enumeration: dict[str, list[_Naming]] = defaultdict(list)
    for each in namings:
        by_enumeration[each.enumeration].append(each)
    return tuple(_stand(name, found, model) for name, found in by_enumeration.items())


def is_in_force(rule: Rule, ruleset: Ruleset, settings: Mapping[str, object]) -> bool:
    """Whether a rule is asked at all: switched on, and not ruled out by a setting."""
    if rule.when is None:
        return rule in ruleset.rules
    found = fold(rule.when.tree, settings)
    return rule in ruleset.rules and not (isinstance(found, Literal) and found.value is False)


def _stand(enumeration: str, namings: list[_Naming], model: Model) -> Stand:
    stated = frozenset(each.value for each in namings if each.sign == _FAILS)
    passing = frozenset(each.value for each in namings if each.sign == _PASSES)
    # A field has one value: where it must be among these, every other one fails. A list may hold others beside them.
    is_field = bool(passing) and not any(each.is_listed for each in namings)
    others = frozenset(model.enumerations[enumeration].values) - passing if is_field else frozenset()
    either = frozenset(each.value for each in namings if each.sign == _EITHER)
    return Stand(enumeration, stated | others | either, passing | either, stated)


class _Walk:
    """Goes through a condition and keeps in mind whether it is turned around."""

    def __init__(self, lets: Mapping[str, Expression], settings: Mapping[str, object]) -> None:
        self.lets = lets
        self.settings = settings

    def all(self, node: Node, sign: int, *, is_listed: bool) -> Iterator[_Naming]:
        """Every value that is named below a node; `sign` is what the rule does where the node is true."""
        node = fold(follow(node, self.lets), self.settings)
        if isinstance(node, Unary):
            yield from self.all(node.operand, -sign if node.operator == "!" else sign, is_listed=is_listed)
        elif isinstance(node, Binary):
            yield from self._binary(node, sign, is_listed=is_listed)
        elif isinstance(node, Macro):
            yield from self.all(node.over, sign, is_listed=True)
            yield from self.all(node.body, sign, is_listed=True)
        elif isinstance(node, Conditional):
            yield from self.all(node.condition, _EITHER, is_listed=is_listed)
            for branch in (node.yes, node.no):
                yield from self.all(branch, sign, is_listed=is_listed)
        elif isinstance(node, Logical | Call):
            for child in children(node):
                yield from self.all(child, sign, is_listed=is_listed)

    def _binary(self, node: Binary, sign: int, *, is_listed: bool) -> Iterator[_Naming]:
        enumeration = next((side.type.name for side in (node.left, node.right) if side.type.kind == "enumeration"), "")
        values = [value for side in (node.left, node.right) for value in self._values(side)]
        if enumeration and values and node.operator in ("==", "!=", "in"):
            turned = -sign if node.operator == "!=" else sign
            yield from (_Naming(enumeration, value, turned, is_listed) for value in values)
            return
        if node.operator in _TURNING or (node.operator == "==" and _is_zero(node.right)):
            sign = -sign
        elif node.operator not in _KEEPING and not (node.operator == "!=" and _is_zero(node.right)):
            sign = _EITHER
        for side in (node.left, node.right):
            yield from self.all(side, sign, is_listed=is_listed)

    def _values(self, node: Node) -> Iterator[str]:
        found = fold(follow(node, self.lets), self.settings)
        for each in found.items if isinstance(found, ListLiteral) else (found,):
            if isinstance(each, Literal) and isinstance(each.value, str) and each.type.kind == "enumeration":
                yield each.value


def _is_zero(node: Node) -> bool:
    return isinstance(node, Literal) and node.value == 0 and not isinstance(node.value, bool)
