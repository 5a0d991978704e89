"""Tokens become a tree: valid CEL, or a fault that says where it stops being so."""

from __future__ import annotations

from typing import Final

from oppi18n.model.values import INT_MAX, INT_MIN
from oppi18n.rules.ast import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Macro,
    Name,
    Node,
    Select,
    Unary,
    children,
)
from oppi18n.rules.cursor import MAX_DEPTH, Cursor
from oppi18n.rules.lexer import RESERVED, Fault, Token
from oppi18n.rules.types import BOOL, DOUBLE, INT, NULL, STRING

MAX_BYTES: Final = 4096
MACROS: Final = ("exists", "all", "exists_one", "filter", "map")
_CONSTANTS: Final = {"true": (True, BOOL), "false": (False, BOOL), "null": (None, NULL)}
_LOGICAL: Final = ("||", "&&")
_LEVELS: Final = {
    "||": 1, "&&": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3,
    "+": 4, "-": 4,
    "*": 5, "/": 5, "%": 5,
}  # fmt: skip
"""How tightly an operator binds; all of them join to the left."""


def parse(text: str) -> Node:
    """The tree of an expression.

    A `Fault` names the first thing that is not valid CEL, or not part of the language.

    >>> parse("a.b && true").operator
    '&&'
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Fault("expression-too-long", 0, len(text), limit=MAX_BYTES)
    grammar = _Grammar(text)
    tree = grammar.expression()
    grammar.expect_end()
    _measure(tree)
    return tree


def _measure(tree: Node) -> None:
    """Chains nest to the left without nesting in the text; they count towards the depth all the same."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Fault("expression-too-deep", tree.start, tree.end, limit=MAX_DEPTH)
        level = [child for node in level for child in children(node)]


class _Operands(Cursor):
    """What stands between operators: constants, names, brackets, and the members that follow them."""

    def expression(self) -> Node:
        """A whole expression."""
        raise NotImplementedError

    def operand(self) -> Node:
        """A primary expression with its members."""
        return self._members(self._number(self.take()) if self._negative() else self._primary())

    def _negative(self) -> bool:
        return self.meets("-") and self.after.kind in ("int", "double")

    def _number(self, minus: Token | None = None) -> Literal:
        token = self.take()
        start = minus.start if minus else token.start
        if isinstance(token.value, float):
            return Literal(-token.value if minus else token.value, start=start, end=token.end, type=DOUBLE)
        assert isinstance(token.value, int)
        value = -token.value if minus else token.value
        if not INT_MIN <= value <= INT_MAX:
            raise Fault("int-too-large", start, token.end)
        return Literal(value, start=start, end=token.end, type=INT)

    def _primary(self) -> Node:
        token = self.next
        if token.kind in ("int", "double"):
            return self._number()
        if token.kind == "string":
            self.take()
            return Literal(token.value, start=token.start, end=token.end, type=STRING)
        if token.kind == "name" and token.value != "in":
            return self._named(self.take())
        if self.meets("("):
            self.take()
            inner = self.expression()
            self.expect(")")
            return inner
        if self.meets("["):
            return self._list(self.take())
        if self.meets("{"):
            raise Fault("not-supported", token.start, token.end, what="map")
        raise self.unexpected()

    def _named(self, token: Token) -> Node:
        name = str(token.value)
        if name in _CONSTANTS:
            value, kind = _CONSTANTS[name]
            return Literal(value, start=token.start, end=token.end, type=kind)
        if name in RESERVED:
            raise Fault("reserved-word", token.start, token.end, name=name)
        if not self.meets("("):
            return Name(name, start=token.start, end=token.end)
        arguments, end = self._arguments()
        if name == "has":
            return self._has(token, arguments, end)
        return Call(name, None, arguments, start=token.start, end=end, at=token.start)

    def _has(self, token: Token, arguments: tuple[Node, ...], end: int) -> Has:
        if len(arguments) != 1 or not isinstance(arguments[0], Select):
            raise Fault("has-argument", token.start, end)
        selected = arguments[0]
        at = selected.end - len(selected.field)
        return Has(selected.operand, selected.field, start=token.start, end=end, type=BOOL, at=at)

    def _list(self, opening: Token) -> ListLiteral:
        items: list[Node] = []
        while not self.meets("]"):
            items.append(self.expression())
            if not self.meets(","):
                break
            self.take()
        return ListLiteral(tuple(items), start=opening.start, end=self.expect("]").end)

    def _members(self, node: Node) -> Node:
        while self.meets(".", "[", "{"):
            sign = self.take()
            if sign.value == "{":
                raise Fault("not-supported", sign.start, sign.end, what="message")
            if sign.value == "[":
                index = self.expression()
                node = Index(node, index, start=node.start, end=self.expect("]").end)
            else:
                node = self._dotted(node)
        return node

    def _dotted(self, node: Node) -> Node:
        token = self.next
        if token.kind == "end":
            raise self.unexpected()
        if token.kind != "name" or token.value in (*_CONSTANTS, "in"):
            raise Fault("expected-name", token.start, token.end, found=self.text_of(token))
        name = str(self.take().value)
        if not self.meets("("):
            return Select(node, name, start=node.start, end=token.end)
        arguments, end = self._arguments()
        if name in MACROS:
            return self._macro(node, token, arguments, end)
        return Call(name, node, arguments, start=node.start, end=end, at=token.start)

    def _macro(self, over: Node, token: Token, arguments: tuple[Node, ...], end: int) -> Node:
        name = str(token.value)
        mapped = name == "map" and len(arguments) == 3
        if len(arguments) != 2 and not mapped:
            raise Fault("macro-arguments", token.start, end, name=name)
        variable = arguments[0]
        if not isinstance(variable, Name):
            raise Fault("macro-variable", variable.start, variable.end, name=name)
        if mapped:
            over = Macro("filter", over, variable.name, arguments[1], start=over.start, end=end, at=variable.start)
        return Macro(name, over, variable.name, arguments[-1], start=over.start, end=end, at=variable.start)

    def _arguments(self) -> tuple[tuple[Node, ...], int]:
        self.expect("(")
        found: list[Node] = []
        while not self.meets(")"):
            found.append(self.expression())
            if not self.meets(","):
                break
            self.take()
            if self.meets(")"):
                raise self.unexpected()
        return tuple(found), self.expect(")").end


class _Grammar(_Operands):
    """The operators, from the loosest to the tightest."""

    def expression(self) -> Node:
        """`condition ? yes : no`, or anything that binds more tightly."""
        self.enter()
        node = self._joined(1)
        if self.meets("?"):
            self.take()
            yes = self._joined(1)
            self.expect(":")
            no = self.expression()
            node = Conditional(node, yes, no, start=node.start, end=no.end)
        self.leave()
        return node

    def _joined(self, least: int) -> Node:
        """Operands joined by operators of at least this level."""
        left = self._unary()
        while (level := self._level()) >= least:
            operator = str(self.take().value)
            operands = [left, self._right(level)]
            while operator in _LOGICAL and self.meets(operator):
                self.take()
                operands.append(self._right(level))
            start, end = left.start, operands[-1].end
            if operator in _LOGICAL:
                left = Logical(operator, tuple(operands), start=start, end=end, type=BOOL)
            else:
                left = Binary(operator, left, operands[1], start=start, end=end)
        return left

    def _level(self) -> int:
        token = self.next
        known = token.kind == "operator" or (token.value == "in" and token.kind == "name")
        return _LEVELS.get(str(token.value), 0) if known else 0

    def _right(self, level: int) -> Node:
        self.enter()
        node = self._joined(level + 1)
        self.leave()
        return node

    def _unary(self) -> Node:
        if not self.meets("!", "-") or self._negative():
            return self.operand()
        operator = self.take()
        sign = str(operator.value)
        self.enter()
        operand = self._unary() if self.meets(sign) else self.operand()
        self.leave()
        return Unary(sign, operand, start=operator.start, end=operand.end)
