"""What expressions read of the facts, and the questions in which they compare it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from oppi18n.model.schema import Model
from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    Let,
    ListLiteral,
    Literal,
    Macro,
    Name,
    Node,
    Select,
    Setting,
    children,
)
from oppi18n.rules.operators import RELATIONS
from oppi18n.rules.propositions import Key, Propositions
from oppi18n.rules.ruleset import Expression

Place = tuple[str, ...]
"""A field by the way to it, without positions in lists: `("opportunity", "quotes", "state")`."""

Places = frozenset[Place]
Scope = Mapping[str, "Variable"]
"""The variables of the macros around a node."""

TODAY: Place = ("today",)
DEPLOYMENT: Place = ("deployment",)
SETTINGS = "settings"


class Variable(NamedTuple):
    """A variable of a macro: the places of what it stands for, and the list that it goes through."""

    places: Places
    over: Node
    scope: Mapping[str, Any]


class Question(NamedTuple):
    """A comparison, or a search in a text."""

    node: Node
    scope: Scope


class Reading:
    """Everything that some expressions read, lets followed."""

    def __init__(self, lets: Mapping[str, Expression], model: Model) -> None:
        self.lets = lets
        self.model = model
        self.places: set[Place] = set()
        self.questions: list[Question] = []
        self.ordered: set[Place] = set()
        """Lists whose order matters, because an element is read by its position."""
        self.counted: dict[tuple[Place, Key], int] = {}
        """(list, what is asked of it) → elements that make the answer differ."""
        self._seen: set[str] = set()
        self._propositions = Propositions(lets)

    def read(self, node: Node, scope: Scope | None = None) -> None:
        """Add what a node reads."""
        scope = scope or {}
        if isinstance(node, Let):
            if node.name not in self._seen and node.name in self.lets:
                self._seen.add(node.name)
                self.read(self.lets[node.name].tree)
            return
        self._note(node, scope)
        if isinstance(node, Macro):
            self.read(node.over, scope)
            self.read(node.body, self.inside(node, scope))
            return
        for child in children(node):
            self.read(child, scope)

    def read_inside(self, node: Node, variable: str, over: Node) -> None:
        """Add what a node reads of the elements of a list, which it knows by a variable."""
        self.read(node, {variable: Variable(self.whose(over, {}), over, {})})

    def _note(self, node: Node, scope: Scope) -> None:
        if isinstance(node, (Select, Has)):
            self.places.update(self._fields(node, scope))
        elif isinstance(node, Setting):
            self.places.add((SETTINGS, node.name))
        elif isinstance(node, Name) and node.name == TODAY[0] and node.name not in scope:
            self.places.add(TODAY)
        elif isinstance(node, (Binary, Call)):
            if isinstance(node, Call) or node.operator in RELATIONS:
                self.questions.append(Question(node, scope))
        elif isinstance(node, Macro) and node.name in _ELEMENTS:
            self.count(node.over, node, _ELEMENTS[node.name], scope)
        elif isinstance(node, Index):
            found = node.index.value + 1 if isinstance(node.index, Literal) and isinstance(node.index.value, int) else 1
            self.count(node.operand, node, found, scope)
            self.ordered.update(self.whose(node.operand, scope))

    def count(self, over: Node, node: Node, elements: int, scope: Scope) -> None:
        """Note how many elements of a list make the answer to a question differ."""
        names = {name: name for name in scope}
        for place in self.whose(over, scope):
            key = (place, self._propositions.key(node, names))
            self.counted[key] = max(elements, self.counted.get(key, 0))

    def inside(self, node: Macro, scope: Scope) -> Scope:
        """The scope of a macro's body."""
        return {**scope, node.variable: Variable(self.whose(node.over, scope), node.over, scope)}

    def _fields(self, node: Select | Has, scope: Scope) -> Iterator[Place]:
        for place in self.whose(node.operand, scope):
            yield (*place, node.field)

    def whose(self, node: Node, scope: Scope) -> Places:
        """The places of a record, of a field, or of the records in a list; none for what is worked out."""
        if isinstance(node, Let):
            return self.whose(self.lets[node.name].tree, {}) if node.name in self.lets else frozenset()
        if isinstance(node, Name):
            if node.name in scope:
                return scope[node.name].places
            known = node.name in (self.model.root, self.model.request)
            return frozenset(((node.name,),)) if known else frozenset()
        if isinstance(node, Select):
            return frozenset(self._fields(node, scope))
        if isinstance(node, Macro):
            return (
                self.whose(node.body, self.inside(node, scope)) if node.name == "map" else self.whose(node.over, scope)
            )
        return frozenset[Place]().union(*(self.whose(each, scope) for each in _parts(node)))

    def most(self) -> dict[Place, int]:
        """List → elements that decide all that is asked of it."""
        found: dict[Place, int] = {}
        for (place, _), elements in self.counted.items():
            found[place] = found.get(place, 0) + elements
        return found


_ELEMENTS = {"exists": 1, "all": 1, "exists_one": 2, "map": 1}


def _parts(node: Node) -> Iterable[Node]:
    """The nodes that a node may turn out to be, or takes an element from."""
    if isinstance(node, Conditional):
        return node.yes, node.no
    if isinstance(node, Index):
        return (node.operand,)
    if isinstance(node, ListLiteral):
        return node.items
    return (node.left, node.right) if isinstance(node, Binary) and node.type.kind == "list" else ()
