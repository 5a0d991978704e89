"""Where comparisons change their answer: the values around which each field, setting and day is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n.analysis.reads import SETTINGS, TODAY, Place, Question, Reading, Scope
from oppi18n.model.schema import Model
from oppi18n.model.values import add_days
from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Let,
    ListLiteral,
    Literal,
    Macro,
    Name,
    Node,
    Select,
    Setting,
    Unary,
    walk,
)
from oppi18n.rules.expressions import follow
from oppi18n.rules.operators import RELATIONS

ROUNDS: Final = 3
"""Rounds in which the values of one field become those around which another one is tried."""
MOST: Final = 24
"""Values that one comparison may pass on."""
LONGEST: Final = 100_000
"""Characters of a text that is made for its length."""


class Leaf(NamedTuple):
    """A field at the end of one side of a comparison; `aspect` is value, length, scale or digits."""

    place: Place
    aspect: str
    targets: tuple[Any, ...]


class Regions:
    """What the questions of some readings ask about each place."""

    def __init__(self, readings: Iterable[Reading], model: Model, settings: Mapping[str, object], today: date) -> None:
        self.readings = list(readings)
        self.model = model
        self.settings = settings
        self.today = today
        self.values: dict[Place, set[Any]] = {}
        self.lengths: dict[Place, set[int]] = {}
        self.parts: dict[Place, set[str]] = {}
        """Texts that are looked for inside a text."""
        self.ranked: set[Place] = set()
        """Texts of which one is asked whether it comes before another."""
        self.scaled: set[Place] = set()
        self.coded: set[Place] = set()
        self._linked: dict[Place, Place] = {}
        for number in range(ROUNDS):
            for reading in self.readings:
                asking = _Asking(self, reading, number)
                for question in reading.questions:
                    asking.ask(question)

    # ---- places that are compared with one another ----

    def link(self, places: Iterable[Place]) -> None:
        """Note that places are compared with one another."""
        first, *rest = places
        self._linked.setdefault(first, first)
        for other in rest:
            self._linked[self.leader(other)] = self.leader(first)

    def leader(self, place: Place) -> Place:
        """The place that stands for all that a place is compared with."""
        while self._linked.get(place, place) != place:
            place = self._linked[place]
        return place

    def together(self, place: Place) -> list[Place]:
        """A place and all that it is compared with, directly or not."""
        leader = self.leader(place)
        return sorted({place, leader, *(each for each in self._linked if self.leader(each) == leader)})

    def apart(self, place: Place, lists: Collection[Place]) -> int:
        """How many different values fit between two thresholds: one for each field that is compared there."""
        if place not in self._linked and place not in self._linked.values():
            return 1
        return sum(2 if any(each[:n] in lists for n in range(2, len(each))) else 1 for each in self.together(place))

    def thresholds(self, place: Place) -> set[Any]:
        """The values around which a place, and all that it is compared with, is tried."""
        return set[Any]().union(*(self.values.get(each, set()) for each in self.together(place)))

    def note(self, leaf: Leaf) -> None:
        """Note the values at which an answer changes."""
        if leaf.aspect == "value":
            self.values.setdefault(leaf.place, set()).update(leaf.targets)
        elif leaf.aspect == "length":
            self.lengths.setdefault(leaf.place, set()).update(n for n in leaf.targets if 0 <= n < LONGEST)
        elif leaf.aspect == "scale":
            self.scaled.add(leaf.place)
        elif leaf.aspect == "digits":
            self.coded.add(leaf.place)

    def setting(self, name: str) -> list[Any]:
        """The values of a setting: the one in force, and those around which it is tried."""
        found = self.settings[name]
        values = list(found) if isinstance(found, tuple) else [found]
        return [*values, *self.values.get((SETTINGS, name), ())]


class _Guessing:
    """What an expression may come to, as far as it is known in a round."""

    def __init__(self, regions: Regions, reading: Reading, number: int) -> None:
        self.regions = regions
        self.reading = reading
        self.number = number

    def about(self, node: Node, scope: Scope) -> list[Any]:
        """Some values that a side may have: all of a constant, those tried so far of a field."""
        return list(dict.fromkeys(self._about(node, scope)))[:MOST]

    def _about(self, node: Node, scope: Scope) -> list[Any]:
        regions = self.regions
        if isinstance(node, Let) and node.name in self.reading.lets:
            return self.about(self.reading.lets[node.name].tree, {})
        if isinstance(node, Literal):
            return [node.value]
        if isinstance(node, Setting):
            return regions.setting(node.name)
        if isinstance(node, Name) and node.name == TODAY[0] and node.name not in scope:
            return [regions.today, *regions.values.get(TODAY, ())]
        if isinstance(node, (Name, Select)):
            return self._field(node, scope)
        if isinstance(node, Unary) and node.operator == "-":
            return [-each for each in self.about(node.operand, scope) if _is_number(each)]
        if isinstance(node, Conditional):
            return [*self.about(node.yes, scope), *self.about(node.no, scope)]
        if isinstance(node, Binary) and node.operator not in RELATIONS:
            left, right = self.about(node.left, scope), self.about(node.right, scope)
            return [found for one in left for other in right for found in _worked_out(node.operator, one, other)]
        return self._measure(node, scope) if isinstance(node, Call) else []

    def _field(self, node: Node, scope: Scope) -> list[Any]:
        places = self.reading.whose(node, scope)
        if not places and isinstance(node, Name) and node.name in scope:
            variable = scope[node.name]
            return [
                each for item, inner in self.items(variable.over, variable.scope) for each in self.about(item, inner)
            ]
        found = sorted({value for place in places for value in self.regions.values.get(place, ())}, key=repr)
        return found or ([base] if self.number and (base := self._base(node)) is not None else [])

    def _base(self, node: Node) -> Any:
        return {"int": 0, "decimal": Decimal(0), "date": self.regions.today}.get(node.type.kind)

    def _measure(self, node: Call, scope: Scope) -> list[Any]:
        if node.function == "scale":
            return list(range(5))
        if node.function == "digits":
            return sorted({2, *self.regions.model.digits.values()})
        operand = node.receiver or (node.arguments[0] if node.arguments else None)
        if node.function != "size" or operand is None:
            return []
        if operand.type.kind == "list":
            return [0, 1, 2]
        lengths = {n for place in self.reading.whose(operand, scope) for n in self.regions.lengths.get(place, ())}
        return sorted(lengths) or [0, 1]

    def items(self, node: Node, scope: Scope) -> Iterator[tuple[Node, Scope]]:
        """What an element of a list may be, as expressions."""
        if isinstance(node, Let) and node.name in self.reading.lets:
            yield from self.items(self.reading.lets[node.name].tree, {})
        elif isinstance(node, ListLiteral):
            yield from ((item, scope) for item in node.items)
        elif isinstance(node, Conditional):
            yield from self.items(node.yes, scope)
            yield from self.items(node.no, scope)
        elif isinstance(node, Macro) and node.name == "map":
            yield node.body, self.reading.inside(node, scope)
        elif isinstance(node, Macro):
            yield from self.items(node.over, scope)
        else:
            yield node, scope


class _Asking(_Guessing):
    """Follows both sides of a comparison down to the fields."""

    def __init__(self, regions: Regions, reading: Reading, number: int) -> None:
        super().__init__(regions, reading, number)
        self.enough: Node | None = None
        """A side of which not one element more than the other side says makes a difference."""

    def ask(self, question: Question) -> None:
        node, scope = question
        if isinstance(node, Binary) and node.operator == "in":
            for item, inner in self.items(node.right, scope):
                self.compare(node.left, item, scope, inner)
        elif isinstance(node, Binary):
            # `size() < 2` and `size() >= 2` tell no more apart than whether there are two.
            enough = {"<": node.left, ">=": node.left, ">": node.right, "<=": node.right}.get(node.operator)
            self.enough = follow(enough, self.reading.lets) if enough is not None else None
            self.compare(node.left, node.right, scope, scope)
            self.enough = None
            if node.operator in ("<", ">=", ">", "<=") and node.left.type.is_text:
                sides = (*self.leaves(node.left, (), scope), *self.leaves(node.right, (), scope))
                self.regions.ranked.update(leaf.place for leaf in sides)
        elif isinstance(node, Call):
            self.call(node, scope)

    def call(self, node: Call, scope: Scope) -> None:
        if node.function in ("startsWith", "endsWith", "contains") and node.receiver is not None:
            wanted = [each for each in self.about(node.arguments[0], scope) if isinstance(each, str)]
            for leaf in self.leaves(node.receiver, wanted, scope):
                self.regions.parts.setdefault(leaf.place, set()).update(wanted)
        elif node.function in ("scale", "digits", "size"):
            for leaf in self.leaves(node, [], scope):
                self.regions.note(leaf)

    def compare(self, left: Node, right: Node, scope: Scope, inner: Scope) -> None:
        sides = []
        for node, around, other, there in ((left, scope, right, inner), (right, inner, left, scope)):
            found = list(self.leaves(node, self.about(other, there), around))
            fixed = self.is_fixed(other, there)
            for leaf in found:
                # A setting, or the day, is not moved for the sake of a field: the field moves around it.
                if fixed or leaf.place[0] not in (SETTINGS, *TODAY):
                    self.regions.note(leaf)
            sides.append([leaf.place for leaf in found if leaf.aspect == "value" and leaf.place[0] != SETTINGS])
        if all(sides):
            both = [place for place in (*sides[0], *sides[1]) if place != TODAY]
            if both:
                self.regions.link(both)

    def is_fixed(self, node: Node, scope: Scope) -> bool:
        """Whether a side of a comparison reads nothing of the facts."""
        reading = Reading(self.reading.lets, self.reading.model)
        reading.read(node, scope)
        return all(place[0] in (SETTINGS, *TODAY) for place in reading.places) and not any(
            isinstance(each, Name) and each.name in scope and scope[each.name].places for each in walk(node)
        )

    # ---- from a comparison down to its fields ----

    def leaves(self, node: Node, targets: Sequence[Any], scope: Scope) -> Iterator[Leaf]:
        """The fields that a side reads, each with the values at which the side comes to one of the targets."""
        if isinstance(node, Let) and node.name in self.reading.lets:
            yield from self.leaves(self.reading.lets[node.name].tree, targets, {})
        elif isinstance(node, Setting):
            yield Leaf((SETTINGS, node.name), "value", tuple(targets))
        elif isinstance(node, Name) and node.name == TODAY[0] and node.name not in scope:
            yield Leaf(TODAY, "value", tuple(targets))
        elif isinstance(node, (Name, Select)):
            yield from (Leaf(place, "value", tuple(targets)) for place in sorted(self.reading.whose(node, scope)))
        elif isinstance(node, Unary) and node.operator == "-":
            yield from self.leaves(node.operand, [-each for each in targets if _is_number(each)], scope)
        elif isinstance(node, Conditional):
            yield from self.leaves(node.yes, targets, scope)
            yield from self.leaves(node.no, targets, scope)
        elif isinstance(node, Binary) and node.operator not in RELATIONS:
            left, right = self.about(node.left, scope), self.about(node.right, scope)
            yield from self.leaves(node.left, _undone(node.operator, targets, right), scope)
            yield from self.leaves(node.right, _undone(_MIRRORED.get(node.operator, ""), targets, left), scope)
        elif isinstance(node, Call):
            yield from self.measured(node, targets, scope)

    def measured(self, node: Call, targets: Sequence[Any], scope: Scope) -> Iterator[Leaf]:
        operand = node.receiver or (node.arguments[0] if node.arguments else None)
        aspect = {"scale": "scale", "digits": "digits", "size": "length"}.get(node.function)
        if operand is None or aspect is None:
            return
        if operand.type.kind == "list":
            # So many elements, and mostly one more, make a difference.
            sizes = [each for each in targets if isinstance(each, int) and each >= 0]
            self.reading.count(operand, operand, max(sizes, default=-1) + (node is not self.enough), scope)
        else:
            yield from (Leaf(leaf.place, aspect, tuple(targets)) for leaf in self.leaves(operand, (), scope))


_MIRRORED: Final = {"+": "+", "*": "*", "-": "-right"}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _undone(operator: str, targets: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The values of one operand for which an operation with the other one comes to a target."""
    found = (each for target in targets for other in others for each in _inverse(operator, target, other))
    return list(dict.fromkeys(found))[:MOST]


def _inverse(operator: str, target: Any, other: Any) -> Iterator[Any]:
    if operator == "+":
        yield from _worked_out("-", target, other)
    elif operator == "-":
        yield from _worked_out("+", target, other)
    elif operator == "-right":
        yield from _worked_out("-", other, target)
    elif not (_is_number(target) and _is_number(other)) or not other:
        return
    elif operator == "*":
        yield from (int(target / Decimal(other)), int(target / Decimal(other)) + 1)
    elif operator == "/":
        yield from (target * other, target * other + abs(other) - 1)
    elif operator == "%":
        yield from (target, target + abs(other))


def _worked_out(operator: str, one: Any, other: Any) -> Iterator[Any]:
    """What `one operator other` comes to, if it comes to anything."""
    try:
        if isinstance(one, date) and isinstance(other, date):
            if operator == "-":
                yield (one - other).days
        elif isinstance(one, date) and isinstance(other, int) and operator in "+-":
            yield add_days(one, other if operator == "+" else -other)
        elif isinstance(other, date) and isinstance(one, int) and operator == "+":
            yield add_days(other, one)
        elif _is_number(one) and _is_number(other):
            if operator in "+-*":
                yield {"+": one + other, "-": one - other, "*": one * other}[operator]
            elif operator in "/%" and other:
                yield int(Decimal(one) / other) if operator == "/" else one - other * int(Decimal(one) / other)
    except (OverflowError, ArithmeticError):
        return
