"""A rule is explained in words, with what it reads, its cases, and the smallest record for each thing that it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oppi18n import load_rules
from oppi18n.cli import run
from oppi18n.errors import InputError
from oppi18n.i18n.locales import PRODUCT
from oppi18n.proofs.explaining import explain

jsonschema = pytest.importorskip("jsonschema")

TESTS = Path(__file__).parent
SCHEMA = TESTS.parent / "docs" / "schemas" / "envelope" / "rules-explain.schema.json"
PACK = f"{TESTS / 'packs' / 'contoso'}/"
FOR_PEOPLE = {"message", "text", "locale"}
RULES = [(name, rule.id) for name in ("close-opportunity", "close-quotes") for rule in load_rules(name).rules]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def said(*arguments: str) -> tuple[int, str, str]:
        return run(("rules", "explain", *arguments)), *capsys.readouterr()

    return said


@pytest.fixture
def answer(say: Callable[..., tuple[int, str, str]]) -> Callable[..., Any]:
    def answered(*arguments: str) -> Any:
        return json.loads(say(*arguments, "--format", "json")[1])

    return answered


def test_explanation_of_a_rule():
    """What decides it, what it is called, what shows it."""
    found = explain("no-draft-quotes")

    assert found.lets == {"draft_quotes": "opportunity.quotes.filter(q, q.state == 'draft')"}
    assert found.settings == ("drafts_block",)
    assert found.fields == (("opportunity", "quotes"), ("quote", "state"))
    assert {case.rule for case in found.cases} == {"no-draft-quotes"}
    assert {case.shows for case in found.cases} >= {"fails", "passes", "unknown"}
    assert [(each.form.category, each.form.partial) for each in found.wordings] == [
        ("one", False),
        ("other", False),
        ("one", True),
        ("other", True),
    ]
    assert found.wordings[1].template.startswith("You can't close this opportunity while {count} draft quotes are")


@pytest.mark.parametrize(("ruleset", "rule"), RULES)
def test_smallest_record_makes_the_rule_say_so(answer, ruleset, rule):
    """The record of each form is one on which the rule fails, and its sentence is the one that the engine says."""
    found = answer(rule, "--ruleset", ruleset)

    assert found["cases"] != []
    assert [each for each in found["wordings"] if each["record"]] != []
    for wording in found["wordings"]:
        record = wording["record"]
        assert [each["language"] for each in wording["messages"]] == [*PRODUCT]
        if record is None or record.get("without") or record.get("partial"):
            continue
        facts = {name: record[name] for name in ("opportunity", "close") if name in record}
        decision = load_rules(ruleset, settings=record.get("settings")).evaluate(
            facts, today=date.fromisoformat(record["today"]), deployment=record.get("deployment")
        )
        assert rule in [each.rule for each in decision.violations]


@pytest.mark.parametrize(
    "question",
    [
        ("revenue-in-range",),
        ("reason-fits", "--ruleset", "close-quotes"),
        ("competitor-expected", "--pack", PACK),
        ("large-needs-approval", "--ruleset", "close-with-approval", "--pack", PACK),
    ],
    ids=" ".join,
)
def test_answer_keeps_to_its_schema_and_differs_by_its_texts_alone(answer, strict, question):
    """The JSON is the same in every language, but for what people read."""
    answers = {locale: answer(*question, "--locale", locale) for locale in ("en", "ja", "ms")}

    jsonschema.Draft202012Validator(strict(json.loads(SCHEMA.read_text("utf-8")))).validate(answers["en"])
    assert all(stripped(each) == stripped(answers["en"]) for each in answers.values())


@pytest.fixture
def strict() -> Callable[[Any], Any]:
    """A schema without room for members that it does not name."""

    def closed(schema: Any) -> Any:
        if isinstance(schema, list):
            return [closed(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        more = {"additionalProperties": False} if "properties" in schema else {}
        return {**more, **{name: closed(each) for name, each in schema.items()}}

    return closed


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stripped(each) for name, each in value.items() if name not in FOR_PEOPLE}
    return [stripped(each) for each in value] if isinstance(value, list) else value


def test_rule_of_an_overlay_names_its_pack_and_speaks_its_words(answer):
    """Where it comes from is told, and what nobody has translated says that it is English."""
    found = answer("budget-explained", "--pack", PACK, "--locale", "ko")

    assert (found["origin"]["pack"], found["origin"]["ruleset"]) == ("contoso", "close-opportunity")
    assert [each["locale"] for each in found["settings"]] == ["en"]
    korean = next(each for each in found["wordings"][0]["messages"] if each["language"] == "ko")
    assert korean["locale"] == "en"
    assert [each["name"] for each in found["cases"]] == ["A rule of their own warns."]


def test_rule_that_is_switched_off_is_explained_without_a_record(answer, say):
    """It is asked by nobody, so no record makes it speak; its sentence is shown as it is written, in every language."""
    found = answer("competitor-expected", "--pack", PACK)
    (wording,) = found["wordings"]

    assert (found["enabled"], wording["record"]) == (False, None)
    assert [each["locale"] for each in wording["messages"]] == [*PRODUCT]
    assert "It is switched off." in say("competitor-expected", "--pack", PACK)[1]


DATED = """\
overlay: close-opportunity
rules:
  - {id: both, assert: has(opportunity.name), message: "M.", effective: {from: 2026-01-01, until: 2026-12-31}}
  - {id: first, assert: has(opportunity.name), message: "M.", effective: {from: 2026-01-01}}
  - {id: last, assert: has(opportunity.name), message: "M.", effective: {until: 2026-12-31}, applies_to: [lite]}
  - {id: forms, assert: has(opportunity.name), message: {one: "{count} thing.", other: "{count} things."},
     params: {count: "2"}}
"""


def test_days_deployments_and_forms_that_nobody_sees(say, tmp_path):
    """When it is in force, where it holds; a form that no record brings about is shown as it is written."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "dated.yaml").write_text(DATED)
    told = {name: say(name, "--pack", f"{tmp_path}/")[1] for name in ("both", "first", "last", "forms")}

    assert "It is in force from January 1, 2026 to December 31, 2026." in told["both"]
    assert "It is in force from January 1, 2026 on." in told["first"]
    assert "It is in force until December 31, 2026." in told["last"]
    assert "It holds for these deployments: Lite deployment - deal to proforma invoicing" in told["last"]
    assert "en     {count} thing.\n" in told["forms"]
    assert "en     2 things.\n" in told["forms"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-active-quote",), "has no rule 'no-active-quote'; did you mean 'no-active-quotes'?"),
        (("zzz", "--ruleset", "close-quotes"), "has no rule 'zzz'; the rules are opportunity-open, something-to-close"),
        (
            ("x", "--ruleset", "close"),
            "there is no ruleset 'close'; the rulesets are close-opportunity and close-quotes",
        ),
    ],
)
def test_unknown_names_come_with_what_there_is(say, arguments, sentence):
    """A mistyped rule is answered with the nearest one, and the status is 2."""
    status, out, told = say(*arguments)

    assert (status, out) == (2, "")
    assert sentence in told


def test_unknown_rule_is_an_error_of_the_caller():
    """The library raises what the command line tells."""
    with pytest.raises(InputError) as near:
        explain("no-active-quote")
    with pytest.raises(InputError) as far:
        explain("zzz")

    assert (near.value.code, far.value.code) == ("unknown-rule-near", "unknown-rule")


def test_case_file_that_is_wrong_is_told(say, tmp_path):
    """The cases of a pack are read with its rules."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "dated.yaml").write_text(DATED)
    (tmp_path / "rules" / "dated.cases.yaml").write_text("ruleset: close-opportunity\ncases:\n  - nmae: x\n")

    status, _, told = say("both", "--pack", f"{tmp_path}/")
    assert status == 3
    assert "error[unknown-key]" in told


def test_explanation_reads_as_people_see_it(say, golden):
    """The rule in words, and what it says in six languages."""
    status, out, _ = say("no-draft-quotes")

    assert status == 0
    # Where the checkout lies decides where that line ends.
    golden("explain.txt", re.sub(r"  It comes from.*?\n\n", "\n", out, flags=re.DOTALL))
