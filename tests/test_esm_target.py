"""Rules as ES modules: what is written, what is refused, and how a module answers whoever calls it wrongly."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from oppi18n.bulk.question import question
from oppi18n.cli import run
from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.engine.program import program_of
from oppi18n.engine.rules import Rules
from oppi18n.i18n.browser import bundle, rules_module, texts_module
from oppi18n.i18n.locales import OFFERED
from oppi18n.model.facts import Conversion
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.rules.build import build
from oppi18n.rules.draft import assemble, read
from oppi18n.rules.ruleset import Ruleset
from oppi18n.source import Source

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def sibling(name: str) -> Any:
    """Another test module, for its model: tests are no package."""
    spec = spec_from_file_location(f"_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SQL = sibling("test_sql_agreement")
HEAD = """ruleset: small
action: deal.close
model: shop
settings:
  most: {type: decimal, default: 100}
let:
  active: deal.lines.filter(l, l.state == 'active')
rules:
"""
SMALL = (
    HEAD
    + """
  - id: few-lines
    severity: error
    source: house rule
    forbid: active.size() > 1
    at: active.state
    message:
      one: "{count} active line: {lines}."
      other: "{count} active lines: {lines}."
      partial: {one: "At least {count} active line: {lines}.", other: "At least {count} active lines: {lines}."}
    params: {count: active.size(), lines: active}
  - id: not-too-much
    severity: warning
    source: house rule
    when: has(closing.amount)
    assert: closing.amount <= settings.most + 1
    at: closing.amount
    effective: {from: 2026-01-01}
    message: "{amount} is more than {most} on {day}."
    params:
      amount: {value: closing.amount, currency: closing.currency}
      most: settings.most
      day: today
"""
)
RULE = """
  - id: odd
    severity: error
    source: house rule
    assert: {condition}
    message: "{message}"
    params: {{{params}}}
"""


def built(text: str, model: Model = SQL.MODEL) -> tuple[Rules, Ruleset, dict[str, object]]:
    """A ruleset of the shop, and its settings."""
    diagnostics = Diagnostics()
    draft = read(Source("small.yaml", text), diagnostics)
    assert draft is not None
    assembled = assemble("small", [draft], diagnostics)
    assert assembled is not None
    ruleset = build(assembled, model, diagnostics)
    assert not diagnostics.failed, [str(each) for each in diagnostics]
    settings = {name: setting.value for name, setting in ruleset.settings.items()}
    return Rules(program_of(ruleset, model, settings, "small")), ruleset, settings


def odd(condition: str, message: str = "No.", params: str = "") -> str:
    """A ruleset with one rule."""
    return HEAD + RULE.format(condition=json.dumps(condition), message=message, params=params)


@pytest.fixture
def ask(require: Callable[[str, object], None], tmp_path: Path) -> Callable[..., Any]:
    """`ask(text, code)`: the value of `result` after code that has the module of a ruleset as `m`, its texts as `t`."""
    require("node", shutil.which("node"))

    def answer(text: str, code: str, model: Model = SQL.MODEL) -> Any:
        rules, ruleset, settings = built(text, model)
        for name, content in bundle(rules, ruleset, settings=settings, tags=["en"]).items():
            (tmp_path / name).write_text(content, "utf-8")
        script = (
            'import * as m from "./small.mjs"; import * as t from "./small.en.mjs";\n'
            'const told = (act) => { try { act(); return "nothing"; } catch (e) { return [e.name, e.code]; } };\n'
            f"let result; {code}; console.log(JSON.stringify(result ?? null));"
        )
        (tmp_path / "ask.mjs").write_text(script, "utf-8")
        found = subprocess.run(["node", "ask.mjs"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return answer


# ---- what is written ----


def test_small_ruleset_is_written_so(golden):
    """The rules, what they reach of the library, the texts, and the types."""
    rules, ruleset, settings = built(SMALL)

    for name, text in bundle(rules, ruleset, settings=settings, tags=["en"]).items():
        golden(f"esm/{name}", text)


@pytest.mark.parametrize("name", ["close-opportunity", "close-quotes"])
def test_rules_and_one_locale_are_small(name):
    """At most 15 kB, packed."""
    asked = question(name, today=date(2026, 3, 31))
    files = bundle(asked.rules, asked.ruleset, settings=asked.settings, tags=OFFERED)

    packed = {
        each: len(gzip.compress(text.encode(), 9, mtime=0)) for each, text in files.items() if each.endswith(".mjs")
    }
    rules = packed.pop(f"{name}.mjs")
    assert len(packed) == len(OFFERED)
    assert rules + max(packed.values()) <= 15_000, (rules, packed)


def test_modules_run_under_a_strict_policy():
    """Nothing is made into code at run time, nothing is loaded, and nothing is left of the page's own."""
    asked = question("close-opportunity", today=date(2026, 3, 31))
    files = bundle(asked.rules, asked.ruleset, settings=asked.settings, tags=OFFERED)

    for name, text in files.items():
        assert not re.search(
            r"\beval\b|\bFunction\b|\bimport\b|\brequire\b|\bdocument\b|\bwindow\b|\bglobalThis\b", text
        ), name


def test_same_rules_are_the_same_bytes():
    """Whatever order sets have in this run of Python."""
    code = (
        "from datetime import date; from hashlib import sha256; from oppi18n.bulk.question import question;"
        "from oppi18n.i18n.browser import bundle; q = question(today=date(2026, 3, 31));"
        "f = bundle(q.rules, q.ruleset, settings=q.settings, tags=['ko']);"
        "print(sha256(repr(sorted(f.items())).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def test_settings_are_written_in():
    """Another value is another module."""
    asked = question("close-opportunity", today=date(2026, 3, 31), settings={"max_description": 7})
    text = rules_module(asked.rules, asked.ruleset, asked.settings)

    assert "max_description: 7," in text
    assert 'length(get(c.request, "description")), 7n)' in text


# ---- what is refused ----


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        (odd("(deal.urgent ? 1 : deal.limit) + 1 > deal.limit"), "deal.urgent ? 1 : deal.limit) + 1"),
        (odd("deal.limit > -(deal.urgent ? deal.parts : deal.limit)"), "-(deal.urgent ? deal.parts : deal.limit"),
        (odd("[1, deal.limit].all(n, n + 1 > deal.limit)"), "n + 1"),
        (odd("deal.urgent", "{x}", "x: '1.5 + 1.0'"), "1.5 + 1.0"),
        (odd("deal.urgent", "{x}", "x: '[0.5]'"), "[0.5]"),
    ],
    ids=["sum", "negative", "element", "double", "doubles"],
)
def test_what_cannot_be_said_exactly_is_refused(text, culprit):
    """The place is told, and what to do about it."""
    rules, ruleset, settings = built(text)

    with pytest.raises(AuthoringError) as caught:
        rules_module(rules, ruleset, settings)

    (found,) = caught.value.diagnostics
    line = text.splitlines()[found.span.line - 1]
    assert found.code == "esm-inexact"
    assert line[found.span.column - 1 : found.span.end_column - 1].strip("'\"") == culprit
    assert "switch the rule 'odd' off" in str(found.hint)


def test_let_is_refused_where_a_rule_reads_it():
    """The culprit is in the let; one that no rule reads is in nobody's way."""
    let = "  sum: '(deal.urgent ? 1 : deal.limit) + 1'\n"
    unread = odd("deal.urgent").replace("rules:", let + "rules:", 1)
    rules, ruleset, settings = built(unread)
    assert "l_sum" not in rules_module(rules, ruleset, settings)

    rules, ruleset, settings = built(odd("sum > deal.limit").replace("rules:", let + "rules:", 1))
    with pytest.raises(AuthoringError) as caught:
        rules_module(rules, ruleset, settings)
    assert caught.value.diagnostics[0].span.line == 8


# ---- how it answers ----

DEAL = "{deal: {id: 'd', stage: 'open', limit: '1', opened: '2026-01-01', lines: []}}"
TODAY = "{today: '2026-03-31'}"


WRONG: dict[str, list[str]] = {
    f"m.evaluate({DEAL}, {{today: '31.3.2026'}})": ["InputError", "today-not-a-date"],
    f"m.evaluate({DEAL})": ["InputError", "today-not-a-date"],
    f"m.evaluate({DEAL}, {{today: new Date()}})": ["InputError", "today-not-a-date"],
    f"m.evaluate({DEAL}, {{today: '2026-03-31', deployment: 'x'}})": ["InputError", "unknown-deployment"],
    f"m.evaluate(null, {TODAY})": ["DataError", "wrong-type"],
    f"m.evaluate([], {TODAY})": ["DataError", "wrong-type"],
    f"m.evaluate({{}}, {TODAY})": ["DataError", "absent-member"],
    f"m.evaluate({{deal: null}}, {TODAY})": ["DataError", "wrong-type"],
    f"m.evaluate({{deal: {{limit: 0.5}}}}, {TODAY})": ["DataError", "float-inexact"],
    f"m.evaluate({{deal: {{limit: 9007199254740993}}}}, {TODAY})": ["DataError", "float-inexact"],
    f"m.evaluate({{deal: {{name: '\\ud800'}}}}, {TODAY})": ["DataError", "lone-surrogate"],
    f'm.evaluate(JSON.parse(\'{{"deal": {{"__proto__": {{"id": 1}}}}}}\'), {TODAY})': ["DataError", "unknown-member"],
    f"m.evaluate({{deal: {{constructor: 1}}}}, {TODAY})": ["DataError", "unknown-member"],
    f"m.evaluate({{deal: {{limit: '0'.repeat(1e6) + 'x'}}}}, {TODAY})": ["DataError", "wrong-value"],
    f"m.evaluate({{deal: {{limit: '0.' + '0'.repeat(1e6) + '1'}}}}, {TODAY})": ["DataError", "too-many-digits"],
    f"m.complete({DEAL}, 1, {TODAY})": ["DataError", "wrong-type"],
}
"""Calls that cannot be meant, and the error with its code."""


def test_callers_are_told_what_is_wrong(ask):
    """With a code that is that of the engine."""
    calls = ", ".join(f"told(() => {code})" for code in WRONG)

    assert ask(SMALL, f"result = [{calls}]") == list(WRONG.values())


def test_every_problem_is_told_at_once(ask):
    """With JSON Pointers into what was handed in."""
    found = ask(
        SMALL,
        "try { m.evaluate({deal: {'a/b': 1, stage: 'x', lines: [{id: 'A'}, {id: 'a', due: '2026-02-30'}]}, closing: 3}, "
        f"{TODAY}) }} catch (e) {{ result = e.problems }}",
    )

    assert {(each["code"], each["pointer"]) for each in found} == {
        ("unknown-member", "/deal/a~1b"),
        ("unknown-value", "/deal/stage"),
        ("wrong-value", "/deal/lines/1/due"),
        ("duplicate-id", "/deal/lines/1/id"),
        ("wrong-type", "/closing"),
    }


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 7, -12, 1.5, "", "a", "open", "SEK", "sek", "SEKK", "٣", [], {}, 10**15, 2**53 - 1,
    *(str(each) for each in (1, -1, 0.5, "-0", "007.50", "1.23450", "1.23456", "1e3", "1_000", " 1", "+1", ".5", "5.", "1.",
      "-", "--1", "NaN", "Infinity", 10**15, 10**15 - 1, "999999999999999.99990", "0.00000")),
    *("2026-02-28", "2026-02-29", "2024-02-29", "2100-02-29", "2000-02-29", "2026-04-31", "2026-13-01", "2026-00-10",
      "2026-01-00", "0001-01-01", "0000-01-01", "9999-12-31", "2026-3-01", "20260301", "2026-W10-1", "٢٠٢٦-٠٣-٠١", "2026-03-31 "),
    *(f"2026-03-31{each}" for each in ("T00:00:00Z", "T23:59:59+09:00", "t12:30-05:30", " 01:00:00.5Z", "T10:00:00",
      "T10:60:00Z", "T", "Z", "T10:00:61Z", "T00:00:00+24:00")),
    "2024-03-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00", "0001-01-01T00:30:00+01:00",
)  # fmt: skip


def test_values_are_read_as_by_the_engine(ask):
    """Each kind of field takes the same values, and says the same of the others."""
    fields = {"string": "name", "int": "parts", "bool": "urgent", "decimal": "amount", "date": "due", "timestamp": "made",
              "currency": "currency", "enumeration": "stage"}  # fmt: skip
    expected = []
    for name in fields.values():
        for value in VALUES:
            conversion = Conversion(SQL.MODEL)
            conversion.record(SQL.MODEL.records["deal"], {name: value}, "/deal")
            expected.append([each.code for each in conversion.problems])
    code = (
        f"const values = {json.dumps(VALUES)}; result = {json.dumps(list(fields.values()))}.flatMap((name) => values.map((value) => {{"
        f"try {{ m.evaluate({{deal: {{[name]: value}}}}, {TODAY}); return []; }} catch (e) {{ return e.problems.map((p) => p.code); }}}}))"
    )

    assert ask(SMALL, code) == expected


def test_list_that_may_be_absent_is_not_loaded(ask):
    """A list is never taken for empty, even if its field is not required."""
    text = SQL.MODEL_TEXT.replace("of: line, required: true", "of: line")
    model = Model(read_model(Source("shop.yaml", text), Diagnostics()) or {})
    assert not model.records["deal"].fields["lines"].required

    asked = ask(odd("has(deal.lines)"), f"result = m.evaluate({{deal: {{stage: 'open'}}}}, {TODAY}).needs", model)

    assert asked == [{"pointer": "/deal/lines", "rules": ["odd"]}]


def test_rules_apply_where_and_when_they_are_in_force(ask):
    """By deployment, if one is given, and by day, both ends included."""
    deployments = 'deployments: {north: {label: "North"}, south: {label: "South"}}\n'
    model = Model(read_model(Source("shop.yaml", SQL.MODEL_TEXT + deployments), Diagnostics()) or {})
    text = odd("deal.urgent") + "    applies_to: [north]\n    effective: {from: 2026-03-01, until: 2026-03-31}\n"
    rules, _, _ = built(text, model)
    given = [
        (day, place)
        for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
        for place in (None, "north", "south")
    ]
    facts = {"deal": {"urgent": False, "stage": "open"}}
    expected = [rules.evaluate(facts, today=date.fromisoformat(day), deployment=place).verdict for day, place in given]
    assert expected.count("blocked") == 4

    code = f"result = {json.dumps(given)}.map(([today, deployment]) => m.evaluate({json.dumps(facts)}, {{today, deployment}}).verdict)"
    assert ask(text, code, model) == expected


def test_nothing_that_is_handed_out_can_be_changed(ask):
    """Neither the ruleset nor a decision, down to its params."""
    found = ask(
        SMALL,
        "const d = m.evaluate({deal: {id: 'd', stage: 'open', limit: '1', opened: '2026-01-01', "
        f"lines: ['a', 'b'].map((id) => ({{id, state: 'active', late: false}}))}}}}, {TODAY});"
        "const all = (v) => typeof v !== 'object' || v === null || (Object.isFrozen(v) && Object.values(v).every(all));"
        "result = [d.violations.length, all(d), all(m.ruleset), Object.isFrozen(m), t.message(d.violations[0])]",
    )

    # A module's namespace cannot be written to, though it is not frozen as an object is.
    assert found == [1, True, True, False, "2 active lines: a and b."]


def test_what_is_handed_in_stays_as_it_is(ask):
    """Frozen facts are good, and no default is written into the request."""
    found = ask(
        SMALL,
        f"const facts = {DEAL}; const request = Object.freeze({{outcome: 'won'}}); Object.freeze(facts.deal);"
        f"const made = m.complete(facts, request, {TODAY}); result = [request, made, m.evaluate(facts, {{...{TODAY}, request}}).asked]",
    )

    filled = {"day": "2026-03-31", "reason": "signed"}
    assert found == [{"outcome": "won"}, {"request": {"outcome": "won", **filled}, "defaults": filled}, "closing"]


def test_no_rule_runs_for_ever(ask):
    """Lists inside of lists end with an error that is named, and nothing is closable."""
    text = odd("deal.lines.all(a, deal.lines.all(b, a.id != 'x' || b.id != 'x'))")
    lines = "Array.from({length: 2300}, (_, n) => ({id: String(n), state: 'done', late: false}))"
    found = ask(
        text,
        f"const f = {DEAL}; f.deal.lines = {lines}; const d = m.evaluate(f, {TODAY}); result = [d.verdict, d.unknown]",
    )

    assert found[0] == "undetermined"
    assert found[1][0]["error"] == "too-many-steps"


def test_long_lists_do_no_harm(ask):
    """A hundred thousand elements, looked for in one another."""
    text = odd("!(deal.name in deal.lines.map(l, l.id)) && deal.lines.map(l, l.id) == deal.lines.map(l, l.id)")
    lines = "Array.from({length: 100000}, (_, n) => ({id: String(n), state: 'done', late: false}))"
    assert (
        ask(
            text,
            f"const f = {DEAL}; f.deal.name = 'x'; f.deal.lines = {lines}; result = m.evaluate(f, {TODAY}).verdict",
        )
        == "closable"
    )


def test_message_falls_back_to_the_source_language():
    """A locale without a translation speaks the language of the rules, in the formats of that language."""
    rules, _, _ = built(SMALL)
    text = texts_module(rules, "sv")

    assert '"few-lines"' in text
    assert 'source: {one: [["count"], " active line: "' in text
    assert 'language: "en", locale: "en"' in text


# ---- the reference ----

PAGE = """
const typed = [["outcome", "won"], ["revenue", "-5"], ["date", ""]];
const fields = typed.map(([name]) => ({ name }));
const items = [];
let listener;
globalThis.fetch = async () => ({ json: async () => ({ opportunity: {
  id: "1", state: "open", currency: "SEK", quotes: [{ id: "q", number: "QUO-1", revision: 2, state: "active" }] } }) });
globalThis.FormData = class { constructor() { return typed; } };
globalThis.document = {
  createElement: () => ({}),
  querySelector: (name) => name === "#close"
    ? { elements: fields, addEventListener: (_, act) => { listener = act; } }
    : { replaceChildren: (...all) => { items.splice(0, items.length, ...all); } },
};
await import("./page.mjs");
const before = JSON.stringify(items);
typed[1][1] = "5,00";
listener();
console.log(before);
console.log(JSON.stringify(fields.filter((each) => each.ariaInvalid === "true").map((each) => each.name)));
"""


def test_page_of_the_reference_works(checkout, require, say, tmp_path):
    """Its code runs as it is printed, on modules as the command writes them, in a page that is played here."""
    require("node", shutil.which("node"))
    reference = (checkout / "docs" / "reference" / "browser.md").read_text(encoding="utf-8")
    (tmp_path / "page.mjs").write_text(reference.partition("```js\n// page.mjs\n")[2].partition("```")[0], "utf-8")
    (tmp_path / "play.mjs").write_text(PAGE, "utf-8")
    assert say("--to", "esm", "--locale", "ko", "--output", str(tmp_path / "rules"))[0] == 0

    found = subprocess.run(["node", "play.mjs"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    assert found.returncode == 0, found.stderr
    items, wrong = map(json.loads, found.stdout.splitlines())
    assert items[0] == {
        "textContent": "이 영업 기회에 활성 견적 1개(QUO-1 수정 2)가 연결되어 있는 동안에는 영업 기회를 종료할 수 없습니다.",
        "lang": "ko",
        "dir": "ltr",
    }
    assert len(items) == 3
    assert wrong == ["revenue"]


# ---- the command ----


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    def answer(*arguments: str) -> tuple[int, str, str]:
        status = run(("rules", "export", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return answer


def test_modules_are_written_and_checked(say, tmp_path):
    """A folder that is not there is made; afterwards --check finds nothing, until a byte changes."""
    folder = tmp_path / "static" / "rules"
    written = ("--to", "esm", "--locale", "ko", "--locale", "zh-TW", "--output", str(folder))
    assert say(*written)[0] == 0

    assert {each.name for each in folder.iterdir()} == {
        f"close-opportunity{end}.{kind}" for end in ("", ".ko", ".zh-HK") for kind in ("mjs", "d.mts")
    }
    assert say(*written, "--check")[:2] == (0, "")
    changed = folder / "close-opportunity.ko.mjs"
    changed.write_bytes(changed.read_bytes() + b"\n")
    status, out, _ = say(*written, "--check", "--locale", "en")
    assert status == 1
    assert len(out.splitlines()) == 3
    assert str(changed) in out
    assert changed.read_bytes().endswith(b"\n\n")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 2, "--dialect is missing."),
        (("--to", "esm"), 2, "--output is missing."),
        (("--to", "esm", "--output", "x", "--as", "view"), 2, "--as is not expected here"),
        (("--to", "esm", "--output", "x", "--dialect", "duckdb"), 2, "--dialect is not expected here"),
        (("--to", "esm", "--output", "x", "--today", "2026-01-01"), 2, "--today is not expected here"),
        (("--dialect", "duckdb", "--check"), 2, "--check is not expected here"),
        (("--to", "esm", "--output", "x", "--locale", "sv", "--locale", "tlh"), 2, "tlh"),
        (("--to", "esm", "--output", "x", "--ruleset", "y"), 2, "'y'"),
        (("--to", "esm", "--output", "x", "--set", "max_description=many"), 2, "max_description"),
        (("--to", "esm", "--output", "file"), 2, "file is not a folder"),
        (("--to", "esm", "--output", "file/x"), 2, "file/x"),
    ],
)
def test_export_says_what_it_does_not_understand(arguments, status, told, say, tmp_path, monkeypatch):
    """And writes nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"")

    found, out, err = say(*arguments)

    assert (found, out) == (status, "")
    assert told in err
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_export_refuses_with_the_place(say, tmp_path):
    """Rules that cannot be said are authored files that are wrong here: exit status 3."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "more.yaml").write_text(
        "overlay: close-opportunity\nrules:\n  - id: more\n    severity: error\n    source: house rule\n"
        "    assert: '(has(close.date) ? 1 : opportunity.estimated_revenue) + 1 > 0'\n    message: \"No.\"\n",
        encoding="utf-8",
    )  # fmt: skip
    status, _, err = say("--to", "esm", "--pack", str(tmp_path), "--output", str(tmp_path / "out"))

    assert status == 3
    assert "more.yaml:6:" in err
    assert "error[esm-inexact]" in err
    assert not (tmp_path / "out").exists()
