"""Tokens become a tree: valid CEL, or a fault that says where it stops being so."""

from __future__ import annotations

from collections.abc import Callable
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
)
from oppi18n.rules.lexer import Fault, Token, tokens
from oppi18n.rules.types import BOOL, DOUBLE, INT, NULL, STRING

MAX_BYTES: Final = 4096
MAX_DEPTH: Final = 64
MACROS: Final = ("exists", "all", "exists_one", "filter", "map")
_RELATIONS: Final = ("==", "!=", "<", "<=", ">", ">=")


def parse(text: str) -> Node:
    """The tree of an expression.

    >>> parse("a.b && true").operator
    '&&'
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Fault("expression-too-long", 0, len(text), limit=MAX_BYTES)
    parser = _Parser(list(tokens(text)))
    tree = parser.expression()
    parser.expect_end()
    return tree


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *operators: str) -> bool:
        token = self._next
        return token.kind == "operator" and token.value in operators

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, operator: str) -> Token:
        if not self._is(operator):
            raise self._unexpected(operator)
        return self._take()

    def _unexpected(self, wanted: str = "") -> Fault:
        token = self._next
        if token.kind == "end":
            return Fault("unexpected-end", max(token.start - 1, 0), token.end, wanted=wanted or "value")
        if wanted:
            return Fault("expected", token.start, token.end, wanted=wanted, found=str(token.value))
        return Fault("unexpected", token.start, token.end, found=str(token.value))

    def expect_end(self) -> None:
        if self._next.kind != "end":
            raise self._unexpected()

    def _nested(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Fault("expression-too-deep", self._next.start, self._next.end, limit=MAX_DEPTH)
        node = rule()
        self._depth -= 1
        return node

    def expression(self) -> Node:
        return self._nested(self._conditional)

    def _conditional(self) -> Node:
        condition = self._or()
        if not self._is("?"):
            return condition
        self._take()
        yes = self._or()
        self._expect(":")
        no = self.expression()
        return Conditional(condition, yes, no, start=condition.start, end=no.end)

    def _or(self) -> Node:
        return self._logical("||", self._and)

    def _and(self) -> Node:
        return self._logical("&&", self._relation)

    def _logical(self, operator: str, operand: Callable[[], Node]) -> Node:
        found = [operand()]
        while self._is(operator):
            self._take()
            found.append(operand())
        if len(found) == 1:
            return found[0]
        return Logical(operator, tuple(found), start=found[0].start, end=found[-1].end, type=BOOL)

    def _relation(self) -> Node:
        left = self._addition()
        while self._is(*_RELATIONS) or (self._next.kind == "name" and self._next.value == "in"):
            operator = str(self._take().value)
            left = self._binary(operator, left, self._addition())
        return left

    def _addition(self) -> Node:
        left = self._multiplication()
        while self._is("+", "-"):
            operator = str(self._take().value)
            left = self._binary(operator, left, self._multiplication())
        return left

    def _multiplication(self) -> Node:
        left = self._unary()
        while self._is("*", "/", "%"):
            operator = str(self._take().value)
            left = self._binary(operator, left, self._unary())
        return left

    def _binary(self, operator: str, left: Node, right: Node) -> Binary:
        self._measure(left)
        return Binary(operator, left, right, start=left.start, end=right.end)

    def _measure(self, node: Node) -> None:
        """Chains nest to the left without recursion here; they count towards the depth all the same."""
        depth = 0
        while isinstance(node, (Binary, Select, Index, Call, Macro)):
            below = {Binary: "left", Call: "receiver", Macro: "over"}.get(type(node), "operand")
            node = getattr(node, below)
            depth += 1
        if depth + self._depth > MAX_DEPTH:
            raise Fault("expression-too-deep", self._next.start, self._next.end, limit=MAX_DEPTH)

    def _unary(self) -> Node:
        if not self._is("!", "-"):
            return self._member()
        operator = self._take()
        if operator.value == "-" and self._next.kind == "int":
            return self._members(self._integer(operator))
        if operator.value == "-" and self._next.kind == "double":
            token = self._take()
            number = Literal(-float(str(token.value)), start=operator.start, end=token.end, type=DOUBLE)
            return self._members(number)
        same = self._unary if self._is(str(operator.value)) else self._member
        operand = self._nested(same)
        return Unary(str(operator.value), operand, start=operator.start, end=operand.end)

    def _integer(self, minus: Token | None = None) -> Literal:
        token = self._take()
        value = int(str(token.value))
        start = minus.start if minus else token.start
        value = -value if minus else value
        if not INT_MIN <= value <= INT_MAX:
            raise Fault("int-too-large", start, token.end)
        return Literal(value, start=start, end=token.end, type=INT)

    def _member(self) -> Node:
        return self._members(self._primary())

    def _members(self, node: Node) -> Node:
        while self._is(".", "["):
            self._measure(node)
            if self._take().value == "[":
                index = self.expression()
                node = Index(node, index, start=node.start, end=self._expect("]").end)
            else:
                node = self._dotted(node)
        return node

    def _dotted(self, node: Node) -> Node:
        name = self._next
        if name.kind != "name" or name.value in ("true", "false", "null", "in"):
            raise self._unexpected("name")
        self._take()
        if not self._is("("):
            return Select(node, str(name.value), start=node.start, end=name.end)
        if name.value in MACROS:
            return self._macro(node, name)
        arguments, end = self._arguments()
        return Call(str(name.value), node, arguments, start=node.start, end=end)

    def _macro(self, over: Node, name: Token) -> Node:
        arguments, end = self._arguments()
        mapped = name.value == "map" and len(arguments) == 3
        if len(arguments) != 2 and not mapped:
            raise Fault("macro-arguments", name.start, end, name=name.value)
        variable = arguments[0]
        if not isinstance(variable, Name):
            raise Fault("macro-variable", variable.start, variable.end, name=name.value)
        if mapped:
            over = Macro("filter", over, variable.name, arguments[1], start=over.start, end=end)
        return Macro(str(name.value), over, variable.name, arguments[-1], start=over.start, end=end)

    def _arguments(self) -> tuple[tuple[Node, ...], int]:
        self._expect("(")
        found: list[Node] = []
        while not self._is(")"):
            if found:
                self._expect(",")
            found.append(self.expression())
        return tuple(found), self._expect(")").end

    def _primary(self) -> Node:
        token = self._next
        if token.kind == "int":
            return self._integer()
        if token.kind in ("double", "string"):
            self._take()
            kind = DOUBLE if token.kind == "double" else STRING
            return Literal(token.value, start=token.start, end=token.end, type=kind)
        if token.kind == "name" and token.value != "in":
            return self._named(self._take())
        if self._is("("):
            self._take()
            inner = self.expression()
            self._expect(")")
            return inner
        if self._is("["):
            return self._list(self._take())
        if self._is("{"):
            raise Fault("not-supported", token.start, token.end, what="map")
        raise self._unexpected()

    def _named(self, token: Token) -> Node:
        span = {"start": token.start, "end": token.end}
        if token.value in ("true", "false"):
            return Literal(token.value == "true", type=BOOL, **span)
        if token.value == "null":
            return Literal(None, type=NULL, **span)
        if not self._is("("):
            return Name(str(token.value), **span)
        arguments, end = self._arguments()
        if token.value == "has":
            return self._has(token, arguments, end)
        return Call(str(token.value), None, arguments, start=token.start, end=end)

    def _has(self, token: Token, arguments: tuple[Node, ...], end: int) -> Has:
        if len(arguments) != 1 or not isinstance(arguments[0], Select):
            raise Fault("has-argument", token.start, end)
        selected = arguments[0]
        return Has(selected.operand, selected.field, start=token.start, end=end, type=BOOL)

    def _list(self, opening: Token) -> ListLiteral:
        items: list[Node] = []
        while not self._is("]"):
            items.append(self.expression())
            if not self._is("]"):
                self._expect(",")
        return ListLiteral(tuple(items), start=opening.start, end=self._expect("]").end)
