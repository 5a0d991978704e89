"""A walk over the tokens of an expression, which knows how deep it is nested."""

from __future__ import annotations

from typing import Final

from oppi18n.rules.lexer import Fault, Token, tokens

MAX_DEPTH: Final = 64


class Cursor:
    """Stands before one token; only `take` and `expect` move it on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token that comes now."""
        return self._tokens[self._at]

    @property
    def after(self) -> Token:
        """The token that comes after that; the last one has none but itself."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def meets(self, *operators: str) -> bool:
        """Whether one of these operators comes now."""
        token = self.next
        return token.kind == "operator" and token.value in operators

    def take(self) -> Token:
        """The token, which is then behind."""
        token = self.next
        self._at += 1
        return token

    def expect(self, operator: str) -> Token:
        """The operator that must come now."""
        if not self.meets(operator):
            raise self.unexpected(operator)
        return self.take()

    def expect_end(self) -> None:
        """Nothing may come now."""
        if self.next.kind != "end":
            raise self.unexpected()

    def unexpected(self, wanted: str = "") -> Fault:
        """The fault of the token that comes now, where `wanted` would have been right."""
        token = self.next
        if token.kind == "end" and self._at == 0:
            return Fault("empty-expression", 0, token.end)
        if token.kind == "end":
            place = (token.start - 1, token.end)
            return Fault("unclosed", *place, wanted=wanted) if wanted else Fault("unexpected-end", *place)
        if wanted:
            return Fault("expected", token.start, token.end, wanted=wanted, found=self.text_of(token))
        return Fault("unexpected", token.start, token.end, found=self.text_of(token))

    def text_of(self, token: Token) -> str:
        """The characters the token was written with."""
        return self._text[token.start : token.end]

    def enter(self) -> None:
        """One level deeper; `leave` takes it back."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Fault("expression-too-deep", self.next.start, self.next.end, limit=MAX_DEPTH)

    def leave(self) -> None:
        """One level up."""
        self._depth -= 1
