"""The Python target and the official C++ implementation of CEL come to the same values.

The official library judges concrete facts; where it says *no such key*, ours says which key is missing. These
differences are meant:

- Maps, messages, uint, bytes, conversions, timestamps, `matches`, `` a.`b` `` and `.a` are not part of our language,
  and macros run over lists alone: over a record of the facts they are an error.
- The library drops `!!` and `--` before it looks at types, so `!!5` is 5 there and an error here.
- `filter` and `map` over elements that lack a key are an error there. Here the list is partial: an element that is
  missing data does not keep `exists` from being true of another one.

The library (0.1.3) gives back `None` once too often whenever a result is null, until the interpreter aborts. So it
runs in a child process, which keeps a store of references to `None` and is replaced after a thousand batches.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.rules import comprehensions
from oppi18n.rules.checker import check
from oppi18n.rules.environment import Environment
from oppi18n.rules.fold import fold
from oppi18n.rules.kleene import Rec, Steps, Unknown
from oppi18n.rules.lexer import Fault
from oppi18n.rules.parser import parse
from oppi18n.targets.python import evaluate

CHILD = """
import json, os, sys
from cel_expr_python import cel
spare = [None] * 1_000_000
environment = cel.NewEnv(variables={name: cel.Type.DYN for name in ("a", "b", "gone")})

def judge(text, facts):
    try:
        expression = environment.compile(text, disable_check=True)
    except Exception as wrong:
        return {"refused": str(wrong)}
    result = expression.eval(data=facts)
    value = result.plain_value()
    return {"error": value} if result.type().name() == "ERROR" else {"value": value}

for line in sys.stdin:
    facts, texts = json.loads(line)
    print(json.dumps([judge(text, facts) for text in texts], default=str), flush=True)
os._exit(0)  # an orderly end would take None apart
"""
BATCHES_OF_A_CHILD = 1000
MISSING = ("Key not found", "No value with name")

Judge = Callable[[object, list[str]], list[dict[str, Any]]]


class Official:
    """The official library in a child process."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[str] | None = None
        self.batches = 0

    def judge(self, facts: object, texts: list[str]) -> list[dict[str, Any]]:
        """A value, an error or a refusal for each expression."""
        if self.child is None or self.batches % BATCHES_OF_A_CHILD == 0:
            self.stop()
            command = [sys.executable, "-c", CHILD]
            pipe = subprocess.PIPE
            self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        self.batches += 1
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps([facts, texts]) + "\n")
        self.child.stdin.flush()
        answer: list[dict[str, Any]] = json.loads(self.child.stdout.readline())
        return answer

    def stop(self) -> None:
        if self.child is not None:
            self.child.communicate()


@pytest.fixture(scope="module")
def official(require: Callable[[str, object], None]) -> Iterator[Judge]:
    require("cel", find_spec("cel_expr_python"))
    library = Official()
    yield library.judge
    library.stop()


def ours(text: str, facts: object) -> dict[str, Any]:
    """The same answer from our implementation: parsed, checked without a model, folded, run."""
    try:
        tree, _ = check(parse(text), Environment())
    except Fault as fault:
        return {"refused": fault.code}
    assert isinstance(facts, dict)
    over_records.clear()
    values = [evaluate(each, facts) for each in (parse(text), tree, fold(tree))]
    assert same(values[0], values[1]), f"{text}: checking changes the value"
    assert same(values[1], values[2]), f"{text}: folding changes the value"
    value = values[0]
    return {"error": value} if isinstance(value, Unknown) else {"value": value}


over_records: list[object] = []
"""Records that a macro of the last expression ran over."""


@pytest.fixture(autouse=True)
def notice_records(monkeypatch: pytest.MonkeyPatch) -> None:
    elements = comprehensions._elements

    def noticing(steps: Steps, over: Any) -> Unknown | None:
        if isinstance(over, Rec):
            over_records.append(over)
        return elements(steps, over)

    monkeypatch.setattr(comprehensions, "_elements", noticing)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one: 1 is not 1.0, -0.0 is not 0.0, NaN is NaN."""
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return bool(one.error) == bool(other.error) and one.paths == other.paths
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def differs(text: str, here: dict[str, Any], there: dict[str, Any]) -> str:
    """How the answers differ; an empty text if they agree."""
    if over_records:
        return "" if "error" in here or "value" in there else "a macro over a record is no error"
    if "error" in there and any(each in there["error"] for each in MISSING):
        noticed = "error" in here and bool(here["error"].paths)
        return "" if noticed or "filter(" in text or "map(" in text else "the missing key is not noticed"
    if "error" in there:
        return "" if "error" in here and here["error"].error else "the error is not noticed"
    if here.keys() != there.keys():
        return "one has a value, the other has none"
    return "" if "refused" in here or same(here["value"], there["value"]) else "the values differ"


def assert_agreement(official: Judge, facts: object, texts: list[str]) -> None:
    for text, there in zip(texts, official(facts, texts), strict=True):
        here = ours(text, facts)
        difference = differs(text, here, there)
        assert not difference, f"{text}\n{difference}\nhere: {here}\nthere: {there}\nfacts: {facts}"


INTS = [0, 1, 2, 3, -1, -7, 2**53, 2**53 + 1, 2**63 - 1, 2**63 - 2, -(2**63), -(2**63) + 1]
DOUBLES = [0.0, -0.0, 0.5, 1.0, 2.0, -1.5, 1e308, -1e308, 5e-324, 9007199254740992.0, 9.223372036854775807e18]
TEXTS = ["", "a", "b", "ab", "é", "견적", "😀", "a😀b", "\uffff", "'", '"', "\\", "line\nfeed"]
KINDS = ["int", "double", "string", "bool", "null", "record", "ints", "texts", "records"]
FIELDS = {"i": "int", "d": "double", "s": "string", "t": "bool", "n": "null", "r": "record", "l": "ints", "x": "texts",
          "q": "records"}  # fmt: skip
ITEMS = {"ints": "int", "texts": "string", "records": "record"}
Scope = tuple[tuple[str, str], ...]


class Writer:
    """Writes facts and expressions: mostly well typed, so that most expressions have a value."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def facts(self) -> dict[str, Any]:
        """Two records; a field is there nine times out of ten."""
        return {"a": {**self.record(), "r": self.record(), "q": self.several(self.record)}, "b": self.record()}

    def record(self) -> dict[str, Any]:
        fields: dict[str, Callable[[], Any]] = {
            "i": lambda: self.pick(*INTS),
            "d": lambda: self.pick(*DOUBLES),
            "s": lambda: self.pick(*TEXTS),
            "t": lambda: self.pick(True, False),
            "n": lambda: None,
            "l": lambda: self.several(lambda: self.pick(*INTS)),
            "x": lambda: self.several(lambda: self.pick(*TEXTS)),
        }
        return {name: value() for name, value in fields.items() if self.chance(90)}

    def several(self, value: Callable[[], Any]) -> list[Any]:
        return [value() for _ in range(self.pick(0, 1, 2, 2, 3))]

    def expression(self, kind: str, depth: int, scope: Scope = ()) -> str:
        """Text of an expression that is likely of this kind."""
        if self.chance(3):
            kind = self.pick(*KINDS)
        if depth <= 0 or self.chance(10):
            return self.leaf(kind, scope)
        written = getattr(self, f"write_{kind if kind in ('bool', 'int', 'double', 'string') else 'other'}")
        text: str = written(kind, depth - 1, scope)
        return text

    def leaf(self, kind: str, scope: Scope) -> str:
        """A constant, a field or a variable."""
        variables = [name for name, held in scope if held == kind]
        if variables and self.chance(70):
            return str(self.pick(*variables))
        if kind == "record":
            return str(self.pick("a", "a", "b", "a.r", "a.r", "gone" if self.chance(20) else "a.q[0]"))
        if kind == "records":
            return str(self.pick("a.q", "a.q", "[a, b]", "[a.r]", "[]", "b.q" if self.chance(20) else "a.q"))
        if self.chance(60):
            name = next(name for name, held in FIELDS.items() if held == kind)
            records = [name for name, held in scope if held == "record"]
            return f"{self.pick('a', 'a', 'b', 'a.r', *records, *records)}.{name}"
        return self.constant(kind)

    def constant(self, kind: str) -> str:
        if kind in ITEMS:
            return f"[{', '.join(self.constant(ITEMS[kind]) for _ in range(self.pick(0, 1, 2, 3)))}]"
        if kind == "int":
            return self.number(self.pick(*INTS))
        if kind == "double":
            return repr(self.pick(*DOUBLES))
        if kind == "string":
            return self.quoted(self.pick(*TEXTS))
        return str(self.pick("true", "false")) if kind == "bool" else "null"

    def number(self, value: int) -> str:
        return str(self.pick(str(value), str(value), hex(value)))

    def quoted(self, text: str) -> str:
        style = self.pick("'", '"', "'''", '"""', "escaped")
        if style == "escaped":
            return "'" + "".join(f"\\U{ord(each):08x}" for each in text) + "'"
        escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace(style[0], "\\" + style[0])
        return f"{style}{escaped}{style}"

    def bracketed(self, text: str) -> str:
        return text if self.pick(True, False) and "?" not in text else f"({text})"

    def joined(self, kind: str, operators: tuple[str, ...], depth: int, scope: Scope) -> str:
        left, right = (self.bracketed(self.expression(kind, depth, scope)) for _ in range(2))
        return f"{left} {self.pick(*operators)} {right}"

    def conditional(self, kind: str, depth: int, scope: Scope) -> str:
        condition = self.bracketed(self.expression("bool", depth, scope))
        yes, no = (self.bracketed(self.expression(kind, depth, scope)) for _ in range(2))
        return f"({condition} ? {yes} : {no})"

    def member(self, kind: str, depth: int, scope: Scope) -> str:
        record = self.expression("record", depth, scope)
        name = next(name for name, held in FIELDS.items() if held == kind)
        return self.pick(f"({record}).{name}", f"({record})['{name}']")  # type: ignore[no-any-return]

    def item(self, kind: str, depth: int, scope: Scope) -> str:
        held = next((each for each, item in ITEMS.items() if item == kind), "ints")
        position = self.pick("0", "1", "0.0", self.expression("int", 0, scope))
        return f"({self.expression(held, depth, scope)})[{position}]"

    def macro(self, name: str, depth: int, scope: Scope, held: str, body: str) -> str:
        variable = self.pick("u", "v", "a")
        inner = (*(each for each in scope if each[0] != variable), (variable, ITEMS[held]))
        over = self.expression(held, depth, scope)
        filtered = f"{self.expression('bool', depth, inner)}, " if name == "map" and self.pick(True, False) else ""
        return f"({over}).{name}({variable}, {filtered}{self.expression(body, depth, inner)})"

    def write_bool(self, kind: str, depth: int, scope: Scope) -> str:
        choice = self.random.randrange(10)
        if choice <= 2:
            return self.joined("bool", ("&&", "||"), depth, scope)
        if choice == 3:
            return f"!({self.expression('bool', depth, scope)})"
        if choice == 4:
            macro = self.pick("exists", "all", "exists_one")
            return self.macro(macro, depth, scope, self.pick(*ITEMS), "bool")
        if choice == 5:
            return self.holding(depth, scope)
        if choice == 6:
            method = self.pick("startsWith", "endsWith", "contains")
            text, part = (self.expression("string", depth, scope) for _ in range(2))
            return f"({text}).{method}({part})"
        if choice == 7:
            record = self.expression("record", depth, scope)
            return f"has(({record}).{self.pick(*FIELDS)})"
        if choice == 8:
            return self.conditional("bool", depth, scope)
        return self.relation(depth, scope)

    def holding(self, depth: int, scope: Scope) -> str:
        if self.pick(True, False, False):
            return f"{self.constant('string')} in ({self.expression('record', depth, scope)})"
        held = self.pick(*ITEMS)
        return f"({self.expression(ITEMS[held], depth, scope)}) in ({self.expression(held, depth, scope)})"

    def relation(self, depth: int, scope: Scope) -> str:
        if self.pick(True, False):
            return self.joined(self.pick("int", "double", "string", "bool"), ("<", "<=", ">", ">="), depth, scope)
        if self.pick(True, True, False):
            return self.joined(self.pick(*KINDS), ("==", "!="), depth, scope)
        left, right = (self.bracketed(self.expression(self.pick(*KINDS), depth, scope)) for _ in range(2))
        return f"{left} {self.pick('==', '!=', '<', '>=')} {right}"

    def write_int(self, kind: str, depth: int, scope: Scope) -> str:
        choice = self.random.randrange(7)
        if choice <= 2:
            return self.joined("int", ("+", "-", "*", "/", "%"), depth, scope)
        if choice == 3:
            return f"-({self.expression('int', depth, scope)})"
        if choice == 4:
            held = self.expression(self.pick("string", *ITEMS, "record"), depth, scope)
            return str(self.pick(f"size({held})", f"({held}).size()"))
        if choice == 5:
            return self.item("int", depth, scope)
        return self.write_other(kind, depth, scope)

    def write_double(self, kind: str, depth: int, scope: Scope) -> str:
        if self.pick(True, True, False):
            return self.joined("double", ("+", "-", "*", "/"), depth, scope)
        return (
            f"-({self.expression('double', depth, scope)})"
            if self.pick(True, False)
            else self.write_other(kind, depth, scope)
        )

    def write_string(self, kind: str, depth: int, scope: Scope) -> str:
        if self.pick(True, False):
            return self.joined("string", ("+",), depth, scope)
        return self.pick(self.item, self.write_other)(kind, depth, scope)  # type: ignore[no-any-return]

    def write_other(self, kind: str, depth: int, scope: Scope) -> str:
        if kind in ITEMS and self.pick(True, True, False):
            if self.pick(True, False):
                return self.joined(kind, ("+",), depth, scope)
            name = self.pick("filter", "map")
            held = kind if name == "filter" else self.pick(*ITEMS)
            return self.macro(name, depth, scope, held, "bool" if name == "filter" else ITEMS[kind])
        return self.pick(self.conditional, self.member)(kind, depth, scope)  # type: ignore[no-any-return]


def batch(seed: int) -> tuple[dict[str, Any], list[str]]:
    """Facts and some expressions over them, of at most five levels, most often conditions."""
    writer = Writer(Random(seed))
    kinds = [writer.pick("bool", "bool", "bool", *KINDS) for _ in range(5)]
    return writer.facts(), [writer.expression(kind, writer.pick(1, 2, 3, 4)) for kind in kinds]


def test_most_expressions_have_a_value():
    """The agreement is about values, and about every kind of error as well."""
    answers = [ours(text, facts) for facts, texts in map(batch, range(300)) for text in texts]
    errors = {each["error"].error or "missing" for each in answers if "error" in each}

    assert sum("value" in each for each in answers) > len(answers) / 2
    assert errors >= {"missing", "no-overload", "int-overflow", "division-by-zero", "index-out-of-range"}


@pytest.mark.soak
def test_python_target_agrees_with_the_official_implementation(official: Judge, soak: bool):
    """Whatever the expression and the facts: the same value, or no value in both."""

    @settings(max_examples=4000 if soak else 100)
    @given(st.integers(0, 2**32))
    def agree(seed: int) -> None:
        assert_agreement(official, *batch(seed))

    agree()


FACT: dict[str, Any] = {
    "a": {
        "i": 1, "n": None, "s": "견적😀", "l": [1, 2, None], "r": {"i": 1, "x": ["b"]}, "same": {"i": 1.0, "x": ["b"]},
        "q": [{"i": 1}, {"i": 2, "s": "x"}, {}],
    },
    "b": {},
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775807 + 1", "-9223372036854775808 - 1", "9223372036854775807 * 2", "-(-9223372036854775808)",
        "-9223372036854775808 / -1", "-9223372036854775808 % -1", "1 / 0", "1 % 0", "-7 / 2", "-7 % 2", "7 % -2",
        "1.0 / 0.0", "-1.0 / 0.0", "0.0 / 0.0", "0.0 / 0.0 == 0.0 / 0.0", "-0.0", "0.0 == -0.0", "1.0 % 2.0", "1 + 1.0",
        "1 == 1.0", "1 < 1.5", "9007199254740993 == 9007199254740992.0", "9223372036854775807 < 9223372036854775808.0",
        "1 == true", "'1' == 1", "null == null", "null == 0", "null < 1", "[1, [2]] == [1.0, [2.0]]", "a.r == a.same",
        "[0.0 / 0.0] == [0.0 / 0.0]", "1.0 in [1]", "'i' in a", "1 in a", "1.5 in a", "null in a", "[1] in a",
        "a.zz", "gone", "gone.x == 1 || true", "a.zz && false", "a.zz && 1", "1 && true", "true || 1", "1 ? 2 : 3",
        "has(a.n)", "has(a.zz)", "has(a.n.x)", "has(a.zz.x)", "a.n.x", "a.n == null", "a['i']", "a['zz']", "a[0]", "a[null]",
        "a.l[0]", "a.l[1.0]", "a.l[0.5]", "a.l[3]", "a.l[-1]", "a.l['a']", "a.l[true]", "a.i[0]",
        "[1, 2].exists(x, x / 0 > 1 || x == 2)", "[0, 1].exists(x, 1 / x == 1)", "[0, 1].all(x, 1 / x == 2)",
        "[0, 1].all(x, 1 / x == 1)", "[0, 1].exists_one(x, 1 / x == 1)", "[1, 2, 2].exists_one(x, x == 2)",
        "[true, 5].exists(x, x)", "[false, 5].exists(x, x)", "[false, 5].all(x, x)", "[1].filter(x, 5)",
        "[].map(x, 1 / 0)", "[1, 2, 3].map(x, x > 1, x * 2)", "[1, 'a'].filter(x, x > 0)", "[1 / 0]", "[3, 1 / 0][0]",
        "a.q.exists(q, q.s == 'x')", "a.q.all(q, q.i == 3)", "a.q.exists(q, q.i == 3)", "'ab'.exists(c, true)",
        "a.l.exists(a, a == 2)", "[1].map(x, [2].map(x, x)[0] + x)", "[[1]].map(x, x.map(y, x.map(z, [y, z])))",
        "size(a)", "a.s.size()", "size([])", "size(1)", "a.s.size(1)", "a.s.startsWith('견')", "a.s.contains('')",
        "'\\uffff' < '😀'", "'a' < 'B'", "true < false", "'a' + 1", "[1] + [2]", "[1] + 1", "null + null", "true + true",
        "!1", "-true", "!-1", "- -1", "a.for", "a.true", "for", "1.", ".5 + 1e-3", "0x7fffffffffffffff", "00012", "-0xff",
        "a ? b : c ? d : e", "true ? 1 : false ? 2 : 3", "1 == 1 == true", "1 < 2 < 3", "[1,]", "f(1,)", "has(a)", "",
        "'\\400'", "'\\ud800'", "r'\\'", "'''a\nb'''", "'a\nb'", "\"\\101\\x41\\u0041\\U00000041\\?\\`\"",
    ],
)  # fmt: skip
def test_python_target_agrees_on_edges(official: Judge, text: str):
    """The places where implementations of a language like to part: edges of numbers, errors, kinds, syntax."""
    assert_agreement(official, FACT, [text])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1u", "not-supported"),
        ("b'a'", "not-supported"),
        ("{'a': 1}.a", "not-supported"),
        (".a.i", "unexpected"),
        ("a.`i`", "stray-character"),
        ("1e400", "double-too-large"),
        ("a.exists(x)", "macro-arguments"),
    ],
)
def test_subset_refuses_what_the_official_implementation_reads(official: Judge, text: str, code: str):
    """What CEL has and our language has not is refused by name, never read otherwise."""
    [there] = official(FACT, [text])

    assert "refused" not in there
    assert ours(text, FACT) == {"refused": code}


@pytest.mark.parametrize(
    "text",
    ["int('1')", "string(1)", "double(1)", "type(1)", "dyn(1)", "duration('1s')", "timestamp('2026-01-01T00:00:00Z')",
     "'a'.matches('a')", "bool('true')", "uint(1)", "bytes('a')"],
)  # fmt: skip
def test_subset_has_fewer_functions(official: Judge, text: str):
    """A function that our language does not have is found by the checker."""
    [there] = official(FACT, [text])
    findings = check(parse(text), Environment())[1]

    assert "error" not in there
    assert [each.code for each in findings] in (["unknown-function"], ["no-regex"])


def test_null_results_do_not_end_the_child(official: Judge):
    """Thousands of null results, which end a careless process, do not end this one."""
    for _ in range(20):
        answers = official(FACT, ["a.n"] * 500)

    assert answers == [{"value": None}] * 500
