"""The shipped rules say what their cases expect, and the cases leave nothing about them unsaid."""

from __future__ import annotations

from functools import cache

import pytest

from oppi18n.model.schema import Model
from oppi18n.proofs.cases import Case
from oppi18n.proofs.coverage import coverage
from oppi18n.proofs.runner import Programs, Result, Speakers, judged
from oppi18n.proofs.suites import Suite, suites
from oppi18n.rules.ast import Let, Setting, walk
from oppi18n.rules.expressions import names_read
from oppi18n.rules.ruleset import Rule, Ruleset

RULESETS = ("close-opportunity", "close-quotes")
ONE_FORM = {"one-won-quote": "its count is above one, and a list in parts has no count"}
"""Rules whose message can be shown in one form alone, and why."""


@cache
def suite(name: str) -> Suite:
    (found,) = suites([name])
    return found


def understood(name: str) -> tuple[Ruleset, Model, tuple[Case, ...]]:
    return suite(name).ruleset, suite(name).model, suite(name).cases


@cache
def programs(name: str) -> Programs:
    return Programs(suite(name))


@cache
def results(name: str) -> tuple[Result, ...]:
    return tuple(judged(suite(name).cases, programs(name), Speakers([])))


def every_rule() -> list[tuple[str, Rule]]:
    return [(name, rule) for name in RULESETS for rule in understood(name)[0].rules]


EACH_RULE = pytest.mark.parametrize(
    ("name", "rule"), every_rule(), ids=[f"{name}/{rule.id}" for name, rule in every_rule()]
)


def reads(rule: Rule, ruleset: Ruleset) -> set[str]:
    """The roots and lets that decide a rule."""
    lets = {name: let.tree for name, let in ruleset.lets.items()}
    parts = [rule.condition, *([rule.when] if rule.when else [])]
    return set[str]().union(*(names_read(part.tree, lets) for part in parts))


def settings_of(ruleset: Ruleset) -> set[str]:
    """The settings that decide some rule, through lets as well."""
    found, todo = set(), [part.tree for rule in ruleset.rules for part in (rule.condition, rule.when) if part]
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, Setting):
                found.add(node.name)
            elif isinstance(node, Let):
                todo.append(ruleset.lets[node.name].tree)
    return found


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, number) for name in RULESETS for number in range(len(understood(name)[2]))],
    ids=lambda value: str(value),
)
def test_shipped_case_comes_out_as_expected(name, number):
    """What a shipped case expects is what the shipped rules say."""
    result = results(name)[number]

    assert result.passed, f"{result.case.span} {result.case.name}\n{result.diff()}"


@EACH_RULE
def test_rule_fails_passes_and_is_unknown_in_some_case(name, rule):
    """Every rule is shown from all sides; one that reads no record is never unknown."""
    ruleset, model, cases = understood(name)
    wanted = {"fails", "passes"}
    if reads(rule, ruleset) & {model.root, model.request}:
        wanted.add("unknown")

    assert wanted <= {case.shows for case in cases if case.rule == rule.id}


@pytest.mark.parametrize("name", RULESETS)
def test_cases_show_every_rule_and_branch(name):
    """No rule and no side of a condition goes untested."""
    found = coverage(suite(name), results(name), programs(name))

    assert [f"{each.span}: {each.owner} {each.text} {each.missing}" for each in found.items if each.missing] == []


@EACH_RULE
def test_english_sentence_of_a_rule_is_asserted_in_each_of_its_forms(name, rule):
    """Singular and plural, whole lists and lists in parts: each sentence is read by somebody before it is shipped."""
    sentences = [
        case.expected.message["en"] for case in understood(name)[2] if case.rule == rule.id and case.expected.message
    ]
    forms = 1 if rule.id in ONE_FORM else len({*rule.message.forms, "other"}) + len(rule.message.partial)

    assert len(set(sentences)) >= forms


@EACH_RULE
def test_rule_names_its_source(name, rule):
    """Nobody wonders where a shipped rule comes from."""
    assert rule.source


@pytest.mark.parametrize("name", RULESETS)
def test_setting_that_decides_a_rule_is_shown_in_both_positions(name):
    """Each setting that a rule reads has a case in which it is not what it is by default."""
    ruleset, _, cases = understood(name)
    changed = {key for case in cases for key, value in case.settings.items() if value != ruleset.settings[key].value}

    assert settings_of(ruleset) <= changed


@pytest.mark.parametrize("name", RULESETS)
def test_case_names_are_sentences(name):
    """A list of failed cases reads as prose."""
    names = [case.name for case in understood(name)[2]]

    assert [each for each in names if not each.endswith(".") or each[:1] != each[:1].upper()] == []
