"""The branches of a ruleset's conditions: every question in them that has an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from oppi18n.diagnostics import Span
from oppi18n.model.schema import Model
from oppi18n.rules.ast import (
    Binary,
    Conditional,
    Has,
    Index,
    Literal,
    Logical,
    Macro,
    Name,
    Node,
    Select,
    Unary,
    children,
    walk,
)
from oppi18n.rules.expressions import names_read
from oppi18n.rules.fold import fold
from oppi18n.rules.lexer import tokens
from oppi18n.rules.ruleset import Expression, Rule, Ruleset
from oppi18n.rules.types import BOOL

ANSWERS: Final = ("true", "false", "unknown")
OUTCOMES: Final = ("fails", "passes", "unknown")
CONDITION: Final = {True: "forbid", False: "assert"}
"""Whether a condition is negated → the key that it is written under."""
_ARITHMETIC: Final = ("+", "-", "*", "/", "%")


class Branch(NamedTuple):
    """A question in a condition: an operand, what decides a `?:`, or what a macro asks of each element.

    `owner` is the rule, or the name in `let`, and `part` the key of it under which the question stands; `can` are the
    answers that nothing rules out.
    """

    owner: str
    part: str
    text: str
    span: Span
    node: Node
    can: tuple[str, ...]


def branches(ruleset: Ruleset, model: Model) -> tuple[Branch, ...]:
    """The branches of all conditions, then those of the names that conditions read, in the order of the text.

    >>> from oppi18n.proofs.suites import suites
    >>> suite = next(suites(["close-quotes"]))
    >>> [each.text for each in branches(suite.ruleset, suite.model) if each.owner == "drafts-not-closable"]
    ['settings.draft_closable', "opportunity.quotes.exists(q, q.state == 'draft')", "q.state == 'draft'"]
    """
    finder = _Finder(ruleset, model)
    return tuple(finder.all())


def can_be_unknown(rule: Rule, ruleset: Ruleset, model: Model) -> bool:
    """Whether anything that decides a rule can be missing, or have no value."""
    finder = _Finder(ruleset, model)
    parts = [part for part in (rule.when, rule.condition) if part is not None]
    return any(finder.can_be_unknown(part.tree) for part in parts)


class _Finder:
    """Finds the branches of one ruleset."""

    def __init__(self, ruleset: Ruleset, model: Model) -> None:
        self.ruleset = ruleset
        self.lets: Mapping[str, Node] = {name: let.tree for name, let in ruleset.lets.items()}
        self.roots = {model.root, model.request}

    def all(self) -> Iterator[Branch]:
        read: set[str] = set()
        for rule in self.ruleset.rules:
            for part, expression in (("when", rule.when), (CONDITION[rule.negated], rule.condition)):
                if expression is not None:
                    read |= names_read(expression.tree, self.lets)
                    yield from self._of(rule.id, part, expression)
        for name, let in self.ruleset.lets.items():
            if name in read:
                yield from self._of(name, "let", let)

    def _of(self, owner: str, part: str, expression: Expression) -> Iterator[Branch]:
        found = _asked(expression.tree) if expression.tree.type == BOOL else _within(expression.tree)
        for node in found:
            start, end = _whole(node, expression.text)
            text = " ".join(expression.text[start:end].split())
            yield Branch(owner, part, text, expression.scalar.within(start, end), node, self._can(node))

    def _can(self, node: Node) -> tuple[str, ...]:
        folded = fold(node)
        if isinstance(folded, Literal) and isinstance(folded.value, bool):
            return ("true",) if folded.value else ("false",)
        return ANSWERS if self.can_be_unknown(node) else ANSWERS[:2]

    def can_be_unknown(self, node: Node) -> bool:
        """Whether data are read that may be missing, or something is worked out that may have no value."""
        read = names_read(node, self.lets)
        trees = [node, *(self.lets[name] for name in read if name in self.lets)]
        return any(self._is_uncertain(each) for tree in trees for each in walk(tree))

    def _is_uncertain(self, node: Node) -> bool:
        if isinstance(node, (Select, Has, Index)) or (isinstance(node, Name) and node.name in self.roots):
            return True
        if isinstance(node, Unary):
            return node.operator == "-"
        return isinstance(node, Binary) and node.operator in _ARITHMETIC


def _whole(node: Node, text: str) -> tuple[int, int]:
    """The characters of a node with the brackets that belong to its first or last operand.

    >>> from oppi18n.rules.parser import parse
    >>> text = "((a) && b) == (c)"
    >>> text[slice(*_whole(parse(text), text))]
    '((a) && b) == (c)'
    """
    marks = [(token.value, token.start) for token in tokens(text) if token.kind == "operator"]
    depth = least = 0
    for mark, _ in (each for each in marks if node.start <= each[1] < node.end):
        depth += {"(": 1, ")": -1}.get(str(mark), 0)
        least = min(least, depth)
    opening = [place for mark, place in marks if mark == "(" and place < node.start]
    closing = [place + 1 for mark, place in marks if mark == ")" and place >= node.end]
    start = opening[least] if least else node.start
    return start, closing[depth - least - 1] if depth > least else node.end


def _asked(node: Node) -> Iterator[Node]:
    """The questions of a condition: `!`, `&&`, `||` and `?:` are taken apart, nothing else is."""
    if isinstance(node, Unary) and node.operator == "!":
        yield from _asked(node.operand)
    elif isinstance(node, Logical):
        for operand in node.operands:
            yield from _asked(operand)
    elif isinstance(node, Conditional):
        for part in (node.condition, node.yes, node.no):
            yield from _asked(part)
    else:
        yield node
        yield from _within(node)


def _within(node: Node) -> Iterator[Node]:
    """The questions inside something that is no condition itself."""
    if isinstance(node, Conditional):
        yield from _asked(node.condition)
        yield from (each for part in (node.yes, node.no) for each in _within(part))
    elif isinstance(node, Macro):
        yield from _within(node.over)
        yield from _within(node.body) if node.name == "map" else _asked(node.body)
    else:
        for child in children(node):
            yield from _asked(child) if isinstance(child, Logical) else _within(child)
