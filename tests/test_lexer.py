"""The text of an expression becomes tokens, or a fault at the right characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.rules.lexer import Fault, tokens


def values(text: str) -> list[object]:
    return [token.value for token in tokens(text)][:-1]


def fault(text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        list(tokens(text))
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b==1", ["a", ".", "b", "==", 1]),
        ("a && b||!c", ["a", "&&", "b", "||", "!", "c"]),
        ("a<=b>=c<d>e!=f", ["a", "<=", "b", ">=", "c", "<", "d", ">", "e", "!=", "f"]),
        ("x?[1,2]:(3)", ["x", "?", "[", 1, ",", 2, "]", ":", "(", 3, ")"]),
        ("1+2-3*4/5%6", [1, "+", 2, "-", 3, "*", 4, "/", 5, "%", 6]),
        (" \t\n\f\ra // to the end\n b", ["a", "b"]),
        ("a // nothing follows", ["a"]),
        ("_a1 A_", ["_a1", "A_"]),
        ("{}", ["{", "}"]),
        ("for", ["for"]),
        ("", []),
    ],
)
def test_tokens_are_told_apart(text: str, expected: list[object]):
    """Names, signs and numbers are told apart; spaces and comments are not there."""
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("00012", 12),
        ("0xFf", 255),
        ("9223372036854775808", 2**63),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        ("1.5e+2", 150.0),
        ("4.9e-324", 5e-324),
        ("1e-999", 0.0),
    ],
)
def test_numbers_are_read(text: str, expected: float):
    """Whole numbers are ints, numbers with a point or an exponent are doubles."""
    [number] = values(text)

    assert (number, type(number)) == (expected, type(expected))


def test_endless_number_is_cut():
    """A number of thousands of digits costs nothing; the parser refuses it."""
    [number] = values("1" * 4000)

    assert isinstance(number, int)
    assert number > 2**64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'a'", "a"),
        ('"a"', "a"),
        ("'a\"b'", 'a"b'),
        ('"a\'b"', "a'b"),
        ("''", ""),
        ("'''it's\nhere'''", "it's\nhere"),
        ('"""a"b"""', 'a"b'),
        ("''''a'''", "'a"),
        ("r'\\n'", "\\n"),
        ('R"\\\\"', "\\\\"),
        ("r'''a'\\'b'''", "a'\\'b"),
        (r"'\a\b\f\n\r\t\v'", "\a\b\f\n\r\t\v"),
        (r"""'\\\?\"\'\`'""", "\\?\"'`"),
        (r"'\x41\X41'", "AA"),
        (r"'\u00e9'", "é"),
        (r"'\U0001F600'", "😀"),
        (r"'\101\000\377'", "A\0ÿ"),
        ("'견적😀'", "견적😀"),
        ("'// no comment'", "// no comment"),
    ],
)
def test_texts_are_read(text: str, expected: str):
    """All quotings and escapes of CEL stand for what they stand for there."""
    assert values(text) == [expected]


@pytest.mark.parametrize(
    ("text", "code", "culprit", "params"),
    [
        ("a = b", "single-operator", "=", {"found": "=", "meant": "=="}),
        ("a & b", "single-operator", "&", {"found": "&", "meant": "&&"}),
        ("a | b", "single-operator", "|", {"found": "|", "meant": "||"}),
        ("a # b", "stray-character", "#", {"found": "#"}),
        ("a.`b`", "stray-character", "`", {"found": "`"}),
        ("견적", "stray-character", "견", {"found": "견"}),
        ("a\u00a0b", "stray-character", "\u00a0", {"found": "\u00a0"}),
        ("1 + 2u", "not-supported", "2u", {"what": "uint"}),
        ("0xFU", "not-supported", "0xFU", {"what": "uint"}),
        ("b'a'", "not-supported", "b'", {"what": "bytes"}),
        ("Rb'a'", "not-supported", "Rb'", {"what": "bytes"}),
        ("1e400", "double-too-large", "1e400", {}),
        ("a == 'b", "unterminated-string", "'b", {}),
        ("'a\nb'", "unterminated-string", "'a", {}),
        ("'''a''", "unterminated-string", "'''a''", {}),
        ("'a\\'", "unterminated-string", "'a\\'", {}),
        ("'a\\", "bad-escape", "\\", {"found": "\\"}),
        (r"'a\qb'", "bad-escape", r"\q", {"found": r"\q"}),
        (r"'\x4'", "bad-escape", r"\x", {"found": r"\x"}),
        (r"'\xg1'", "bad-escape", r"\x", {"found": r"\x"}),
        (r"'\u12'", "bad-escape", r"\u", {"found": r"\u"}),
        (r"r'\'", "bad-escape", r"\'", {"found": r"\'"}),
        (r"'\8'", "bad-escape", r"\8", {"found": r"\8"}),
        (r"'\400'", "bad-escape", r"\4", {"found": r"\4"}),
        (r"'\ud83d'", "bad-escape", r"\ud83d", {"found": "D83D"}),
        (r"'\U00110000'", "bad-escape", r"\U00110000", {"found": "110000"}),
    ],
)
def test_fault_marks_its_characters(text: str, code: str, culprit: str, params: dict[str, object]):
    """What is no token is told with a code, its characters and its values."""
    found = fault(text)

    assert (found.code, text[found.start : found.end], found.params) == (code, culprit, params)


@given(st.text())
def test_every_text_has_tokens_or_a_fault(text: str):
    """No text makes the lexer fail in another way, and the tokens come in order."""
    try:
        places = [place for token in tokens(text) for place in (token.start, token.end)]
    except Fault as caught:
        places = [0, caught.start, caught.end, len(text)]

    assert places == sorted(places)


@given(st.text())
def test_escaped_text_is_read_back(text: str):
    """A text written with escapes alone is the text again."""
    escaped = "".join(f"\\U{ord(each):08x}" for each in text.encode("utf-8", "ignore").decode())

    assert values(f"'{escaped}'") == [text.encode("utf-8", "ignore").decode()]
