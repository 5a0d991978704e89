"""Valid CEL becomes a tree; what is not valid, or not in the language, is a fault at the right characters."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oppi18n.rules.ast import Call, Has, Macro, Node, children, text_of, walk
from oppi18n.rules.checker import check
from oppi18n.rules.cursor import MAX_DEPTH
from oppi18n.rules.environment import Environment
from oppi18n.rules.lexer import RESERVED, Fault
from oppi18n.rules.parser import MAX_BYTES, parse
from oppi18n.targets.python import evaluate

WORDS = {"Name": "name", "Literal": "value", "Select": "field", "Has": "field", "Macro": "name", "Call": "function"}


def shape(node: Node) -> str:
    """The tree in brackets: what a node is, then what is below it."""
    kind = type(node).__name__
    label = getattr(node, "operator", None) or str(getattr(node, WORDS.get(kind, ""), kind.lower()))
    if isinstance(node, Macro):
        label += f" {node.variable}"
    if kind in ("Select", "Has", "Call"):
        label = {"Select": ".", "Has": "has ", "Call": "call "}[kind] + label
    below = [shape(child) for child in children(node)]
    return f"({' '.join([label, *below])})" if below else label


def fault(text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", "(.c (.b a))"),
        ("a.b[1].c", "(.c (index (.b a) 1))"),
        ("a . b", "(.b a)"),
        ("a.for.as", "(.as (.for a))"),
        ("has(a.b.c)", "(has c (.b a))"),
        ("a == b && c != d || e", "(|| (&& (== a b) (!= c d)) e)"),
        ("a || b && c || d", "(|| a (&& b c) d)"),
        ("a && b && c", "(&& a b c)"),
        ("a && (b && c)", "(&& a (&& b c))"),
        ("(a && b) && c", "(&& (&& a b) c)"),
        ("a + b * c - d", "(- (+ a (* b c)) d)"),
        ("a - b - c", "(- (- a b) c)"),
        ("a / b % c * d", "(* (% (/ a b) c) d)"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("a < b == c", "(== (< a b) c)"),
        ("a in b in c", "(in (in a b) c)"),
        ("a + 1 in [1, 2]", "(in (+ a 1) (listliteral 1 2))"),
        ("[]", "listliteral"),
        ("[1,]", "(listliteral 1)"),
        ("a ? b : c", "(conditional a b c)"),
        ("a ? b : c ? d : e", "(conditional a b (conditional c d e))"),
        ("a ? (b ? c : d) : e", "(conditional a (conditional b c d) e)"),
        ("a || b ? c : d", "(conditional (|| a b) c d)"),
        ("!a && b", "(&& (! a) b)"),
        ("!!a", "(! (! a))"),
        ("!a.b", "(! (.b a))"),
        ("!-1", "(! -1)"),
        ("-a * b", "(* (- a) b)"),
        ("--a", "(- (- a))"),
        ("- -1", "(- -1)"),
        ("-1", "-1"),
        ("- 5", "-5"),
        ("-1.5", "-1.5"),
        ("-0x10", "-16"),
        ("2-1", "(- 2 1)"),
        ("2--1", "(- 2 -1)"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775807", "9223372036854775807"),
        ("0x7fffffffffffffff", "9223372036854775807"),
        ("true", "True"),
        ("null == false", "(== None False)"),
        ("size(a)", "(call size a)"),
        ("a.size()", "(call size a)"),
        ("a.startsWith('b')", "(call startsWith a b)"),
        ("a.exists(q, q.b)", "(exists q a (.b q))"),
        ("a.all(q, q)", "(all q a q)"),
        ("a.exists_one(q, q)", "(exists_one q a q)"),
        ("a.filter(q, q).map(q, q.b)", "(map q (filter q a q) (.b q))"),
        ("a.map(q, q.b, q.c)", "(map q (filter q a (.b q)) (.c q))"),
        ("exists(a, b)", "(call exists a b)"),
        ("a // why\n && b", "(&& a b)"),
    ],
)
def test_expression_has_its_shape(text: str, expected: str):
    """Operators bind, join and nest as the grammar of CEL says."""
    assert shape(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "code", "culprit", "params"),
    [
        ("", "empty-expression", "", {}),
        ("  // only a comment", "empty-expression", "  // only a comment", {}),
        ("a +", "unexpected-end", "+", {}),
        ("a.", "unexpected-end", ".", {}),
        ("f(", "unexpected-end", "(", {}),
        ("(a", "unclosed", "a", {"wanted": ")"}),
        ("[a", "unclosed", "a", {"wanted": "]"}),
        ("f(a", "unclosed", "a", {"wanted": ")"}),
        ("a[1", "unclosed", "1", {"wanted": "]"}),
        ("a ? b", "unclosed", "b", {"wanted": ":"}),
        ("(a]", "expected", "]", {"wanted": ")", "found": "]"}),
        ("[a b]", "expected", "b", {"wanted": "]", "found": "b"}),
        ("f(a b)", "expected", "b", {"wanted": ")", "found": "b"}),
        ("a ? b ? c : d : e", "expected", "?", {"wanted": ":", "found": "?"}),
        ("a b", "unexpected", "b", {"found": "b"}),
        ("1 'x'", "unexpected", "'x'", {"found": "'x'"}),
        ("a.1", "unexpected", ".1", {"found": ".1"}),
        ("a ? : b", "unexpected", ":", {"found": ":"}),
        ("f(a,)", "unexpected", ")", {"found": ")"}),
        (".a", "unexpected", ".", {"found": "."}),
        ("!-a", "unexpected", "-", {"found": "-"}),
        ("-!a", "unexpected", "!", {"found": "!"}),
        ("in", "unexpected", "in", {"found": "in"}),
        ("a[?'b']", "unexpected", "?", {"found": "?"}),
        ("a.?b", "expected-name", "?", {"found": "?"}),
        ("a..b", "expected-name", ".", {"found": "."}),
        ("a.true", "expected-name", "true", {"found": "true"}),
        ("a.in", "expected-name", "in", {"found": "in"}),
        ("a.'b'", "expected-name", "'b'", {"found": "'b'"}),
        ("9223372036854775808", "int-too-large", "9223372036854775808", {}),
        ("1 + -9223372036854775809", "int-too-large", "-9223372036854775809", {}),
        ("0x8000000000000000", "int-too-large", "0x8000000000000000", {}),
        ("for.a", "reserved-word", "for", {"name": "for"}),
        ("a.exists(if, true)", "reserved-word", "if", {"name": "if"}),
        ("while(a)", "reserved-word", "while", {"name": "while"}),
        ("1 + {'a': 1}", "not-supported", "{", {"what": "map"}),
        ("a.b{c: 1}", "not-supported", "{", {"what": "message"}),
        ("1 == 2u", "not-supported", "2u", {"what": "uint"}),
        ("has(a)", "has-argument", "has(a)", {}),
        ("has()", "has-argument", "has()", {}),
        ("!has(a.b, c)", "has-argument", "has(a.b, c)", {}),
        ("has(a[0])", "has-argument", "has(a[0])", {}),
        ("a.exists(q)", "macro-arguments", "exists(q)", {"name": "exists"}),
        ("a.exists(q, q, q)", "macro-arguments", "exists(q, q, q)", {"name": "exists"}),
        ("a.map(q, q, q, q)", "macro-arguments", "map(q, q, q, q)", {"name": "map"}),
        ("a.exists(q.b, true)", "macro-variable", "q.b", {"name": "exists"}),
        ("a.all(true, true)", "macro-variable", "true", {"name": "all"}),
        ("a.map(1, 2)", "macro-variable", "1", {"name": "map"}),
    ],
)
def test_fault_marks_its_characters(text: str, code: str, culprit: str, params: dict[str, object]):
    """What is not valid is told with a code, its characters and its values."""
    found = fault(text)

    assert (found.code, text[found.start : found.end], found.params) == (code, culprit, params)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_word_may_name_a_field_alone(word: str):
    """A word that CEL reserves is no name, but a field may be called so."""
    assert fault(word).code == "reserved-word"
    assert shape(parse(f"a.{word}")) == f"(.{word} a)"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("(" * (MAX_DEPTH - 1) + "a" + ")" * (MAX_DEPTH - 1), True),
        ("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH, False),
        ("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), True),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), False),
        ("!" * (MAX_DEPTH - 1) + "a", True),
        ("!" * MAX_DEPTH + "a", False),
        ("a" + " + a" * (MAX_DEPTH - 1), True),
        ("a" + " + a" * MAX_DEPTH, False),
        ("a" + ".b" * (MAX_DEPTH - 1), True),
        ("a" + ".b" * MAX_DEPTH, False),
        ("a" + "[0]" * MAX_DEPTH, False),
        ("a" + ".size()" * MAX_DEPTH, False),
        ("a" + ".filter(q, q)" * MAX_DEPTH, False),
        ("a ? b : " * (MAX_DEPTH - 1) + "c", True),
        ("a ? b : " * MAX_DEPTH + "c", False),
        ("a" + " && a" * 400, True),
        ("a || (b && (" * 40, False),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else str(value),
)
def test_depth_has_a_limit(text: str, fits: bool):
    """An expression may nest 64 levels deep, however it nests; `&&` and `||` chains are flat."""
    if fits:
        parse(text)
    else:
        assert fault(text).code == "expression-too-deep"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 63 + "1" + ")" * 63,
        "[" * 63 + "1" + "]" * 63,
        "!" * 63 + "true",
        "1" + " + 1" * 63,
        "true ? 1 : " * 63 + "1",
        "[1].map(q, " * 60 + "q" + ")" * 60,
        "[1]" + ".filter(q, true)" * 62,
        "[a." + "b." * 60 + "b]",
    ],
    ids=lambda text: text[:12],
)
def test_deepest_expression_can_be_checked_and_run(text: str):
    """What the parser lets through is not too deep for any later step."""
    tree, findings = check(parse(text), Environment())
    evaluate(tree, {})

    assert findings == []


@pytest.mark.parametrize("text", ["'" + "a" * (MAX_BYTES - 2) + "'", "'" + "é" * (MAX_BYTES // 2 - 1) + "'"])
def test_length_has_a_limit_in_bytes(text: str):
    """4 KiB are read, one byte more is not."""
    parse(text)

    assert fault(text + " ").code == "expression-too-long"


@pytest.mark.parametrize(
    ("text", "node", "place"),
    [
        ("!has( a.bcd )", Has, "bcd"),
        ("1 + size(a)", Call, "size"),
        ("a.size()", Call, "size"),
        ("a.all( qu, true)", Macro, "qu"),
    ],
)
def test_word_of_a_node_has_a_place(text: str, node: type[Has | Call | Macro], place: str):
    """A field in has(), a function's name and a macro's variable are found in the text."""
    found = next(each for each in walk(parse(text)) if isinstance(each, node))

    assert text[found.at :].startswith(place)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a.b + c", {"a.b + c", "a.b", "a", "c"}),
        ("(a) && !b", {"a) && !b", "a", "!b", "b"}),
        ("x.exists(q, q.y)", {"x.exists(q, q.y)", "x", "q.y", "q"}),
        ("-1 in [2]", {"-1 in [2]", "-1", "[2]", "2"}),
    ],
)
def test_nodes_know_their_characters(text: str, parts: set[str]):
    """Each node can be shown as it was written."""
    assert {text_of(node, text) for node in walk(parse(text))} == parts


PIECES = st.sampled_from(
    ["a", "b", "1", "2.5", "'x'", "true", "null", "(", ")", "[", "]", ".", ",", "?", ":", "!", "-", "+", "*", "==",
     "<", "in", "&&", "||", "has(", "size(", ".exists(q,", ".map(q,", "q", "{", "for", " "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
@example(["a", "?"] * 40)
def test_every_sequence_of_tokens_is_a_tree_or_a_fault(pieces: list[str]):
    """Nothing else than a fault ever comes out of the parser, and its place lies inside the text."""
    text = " ".join(pieces)
    try:
        places = [(node.start, node.end) for node in walk(parse(text))]
    except Fault as caught:
        places = [(caught.start, caught.end)]

    assert all(0 <= start <= end <= len(text) for start, end in places)
