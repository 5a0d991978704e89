"""An expression's text becomes tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

RESERVED: Final = frozenset({
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
})  # fmt: skip
"""Words that CEL keeps for itself; a field may be called so, a name may not."""
_TOKEN: Final = re.compile(
    r"""(?P<space>[\t\n\f\r ]+|//[^\n]*)
    |(?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)(?P<unsigned>[uU]?)
    |(?P<string>(?P<prefix>[rRbB]{0,2})(?P<quote>\"\"\"|'''|"|'))
    |(?P<name>[_a-zA-Z][_a-zA-Z0-9]*)
    |(?P<operator>&&|\|\||==|!=|<=|>=|[<>!?:+\-*/%.,()\[\]{}])""",
    re.VERBOSE,
)
_SIMPLE: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "?": "?", '"': '"', "'": "'", "`": "`",
}  # fmt: skip
_CODES: Final = {"x": 2, "X": 2, "u": 4, "U": 8}


class Token(NamedTuple):
    """`kind` is int, double, string, name, operator, space or end; `value` is what it stands for."""

    kind: str
    value: object
    start: int
    end: int


class Fault(Exception):
    """An expression is not in the language: a diagnostic code, the characters, the values."""

    def __init__(self, code: str, start: int, end: int, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.start = start
        self.end = end
        self.params = params


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an expression, the last one of kind `end`.

    >>> [token.value for token in tokens("q.state == 'active'")]
    ['q', '.', 'state', '==', 'active', '']
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _stray(text, at)
        token = _token(text, match)
        at = token.end
        if token.kind != "space":
            yield token
    yield Token("end", "", len(text), len(text))


def _stray(text: str, at: int) -> Fault:
    doubled = {"=": "==", "&": "&&", "|": "||"}.get(text[at])
    if doubled:
        return Fault("single-operator", at, at + 1, found=text[at], meant=doubled)
    return Fault("stray-character", at, at + 1, found=text[at])


def _token(text: str, match: re.Match[str]) -> Token:
    start, end = match.span()
    if match["string"] is not None:
        return _string(text, match)
    if match["int"] is not None:
        if match["unsigned"]:
            raise Fault("not-supported", start, end, what="uint")
        return Token("int", _integer(match["int"]), start, end)
    if match["double"] is not None:
        return Token("double", _double(match), start, end)
    return Token(match.lastgroup or "", match[0], start, end)


def _integer(digits: str) -> int:
    # A number of thousands of digits would make int() raise; anything past 64 bits is refused by the parser anyway.
    if digits.startswith("0x"):
        return int(digits[:40], 16)
    return int(digits.lstrip("0")[:40] or "0")


def _double(match: re.Match[str]) -> float:
    number = float(match["double"])
    if math.isinf(number):
        raise Fault("double-too-large", *match.span())
    return number


def _string(text: str, match: re.Match[str]) -> Token:
    prefix, quote = match["prefix"].lower(), match["quote"]
    if "b" in prefix or len(prefix) > 1:
        raise Fault("not-supported", match.start(), match.end(), what="bytes")
    at, parts = match.end(), []
    while not text.startswith(quote, at):
        if at >= len(text) or (len(quote) == 1 and text[at] in "\r\n"):
            raise Fault("unterminated-string", match.start(), at)
        if text[at] == "\\" and not prefix:
            character, at = _escape(text, at)
        else:
            character, at = text[at], at + 1
        parts.append(character)
    if prefix and _odd_backslashes("".join(parts)):
        raise Fault("bad-escape", at - 1, at + len(quote), found=text[at - 1 : at + len(quote)])
    return Token("string", "".join(parts), match.start(), at + len(quote))


def _odd_backslashes(raw: str) -> bool:
    # A raw text may not end like this: readers of CEL disagree about whether the quotation mark then closes it.
    return (len(raw) - len(raw.rstrip("\\"))) % 2 == 1


def _escape(text: str, at: int) -> tuple[str, int]:
    letter = text[at + 1 : at + 2]
    if letter in _SIMPLE and letter:
        return _SIMPLE[letter], at + 2
    if letter in _CODES and letter:
        length = _CODES[letter]
        digits = text[at + 2 : at + 2 + length]
        if re.fullmatch(r"[0-9a-fA-F]+", digits) and len(digits) == length:
            return _character(int(digits, 16), at, at + 2 + length)
    octal = text[at + 1 : at + 4]
    if re.fullmatch(r"[0-3][0-7]{2}", octal):
        return chr(int(octal, 8)), at + 4
    raise Fault("bad-escape", at, min(at + 2, len(text)), found=text[at : at + 2])


def _character(code: int, start: int, end: int) -> tuple[str, int]:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Fault("bad-escape", start, end, found=f"{code:X}")
    return chr(code), end
