"""Analysis tells of a ruleset what is true of the engine, and finds all of it within its bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import combinations_with_replacement, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.analysis.analyse import TODAY, analyse, decided, smallest
from oppi18n.analysis.choices import Bound
from oppi18n.analysis.dressing import dressed
from oppi18n.analysis.judges import form_of
from oppi18n.analysis.results import Analysis, Example
from oppi18n.analysis.subject import Subject, understood
from oppi18n.engine.authoring import workspace
from oppi18n.engine.decision import Decision
from oppi18n.engine.loading import load_rules
from oppi18n.engine.tracing import FAILS, NOT_APPLICABLE, PASSES, UNKNOWN
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.packs import Pack

OWN = Pack("own", "/own", None, "en")
MODEL = """
model: crate
root: crate
request: ask
deployments:
  north: {label: North}
  south: {label: South}
enumerations:
  color: {label: Color, values: {red: {label: Red}, green: {label: Green}, blue: {label: Blue}}}
  size: {label: Size, values: {small: {label: Small}, large: {label: Large}}}
records:
  crate:
    label: Crate
    display: ["{id}"]
    fields:
      id: {type: string, required: true, label: ID}
      color: {type: enumeration, of: color, required: true, label: Color}
      size: {type: enumeration, of: size, label: Size}
      weight: {type: int, label: Weight}
      packed: {type: date, label: Packed}
      sealed: {type: bool, label: Sealed}
      parts: {type: list, of: part, required: true, label: Parts}
  part:
    label: Part
    display: ["{id}"]
    fields:
      id: {type: string, required: true, label: ID}
      color: {type: enumeration, of: color, required: true, label: Color}
      weight: {type: int, label: Weight}
  ask:
    label: Request
    display: ["{day}"]
    fields:
      day: {type: date, label: Day}
      weight: {type: int, label: Weight}
"""


def subject(text: str, values: dict[str, object] | None = None) -> Subject:
    """A ruleset over the model of crates; what lint proves without any record does not matter here."""
    body = f"ruleset: own\nmodel: crate\n{text}"
    space = workspace([(OWN, "rules/model/crate.yaml", MODEL.encode()), (OWN, "rules/own.yaml", body.encode())])
    found = space.ruleset("own")
    told = [each for each in space.diagnostics if each.severity == "error"]
    assert found is not None
    assert all(each.code in ("never-fails", "never-passes", "hopeless-remedy") for each in told), told
    return Subject(*found, values)


def rule(name: str, **parts: str) -> str:
    written = "".join(f'    {key.rstrip("_")}: "{value}"\n' for key, value in parts.items())
    return f'  - id: {name}\n{written}    message: "No."\n'


def analysed(*rules: str, head: str = "", tail: str = "") -> Analysis:
    return analyse(subject(f"{head}rules:\n{''.join(rules)}{tail}"))


# ---- agreement with brute force ----

GAPS = (None, NOT_LOADED)
FIELDS: dict[str, tuple[Any, ...]] = {
    "crate.color": ("red", "green", "blue", NOT_LOADED),
    "crate.size": ("small", "large", *GAPS),
    "crate.weight": (*range(-3, 4), *GAPS),
    "crate.packed": (*(TODAY + timedelta(days) for days in range(-3, 4)), *GAPS),
    "crate.sealed": (True, False, *GAPS),
    "ask.day": (*(TODAY + timedelta(days) for days in range(-3, 4)), *GAPS),
    "ask.weight": (*range(-3, 4), *GAPS),
}
PARTS: dict[str, tuple[Any, ...]] = {
    "part.color": ("red", "green", "blue", NOT_LOADED),
    "part.weight": (*range(-3, 4), *GAPS),
}


class Writer:
    """Writes conditions that read few fields, so that every value of each can be tried."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.roots = random.sample(list(FIELDS), 2)
        self.inner = random.choice(list(PARTS))

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def condition(self, depth: int = 2) -> str:
        if depth and self.random.randrange(3):
            left, right = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick(
                f"({left} && {right})", f"({left} || {right})", f"!({left})", f"({left} ? {right} : {left})"
            )
        return self.pick(
            self.atom(self.random.choice(self.roots)), self.atom(self.random.choice(self.roots)), self.parts()
        )

    def atom(self, field: str) -> str:
        record, name = field.split(".")
        return self.pick(self.compared(field, name), self.compared(field, name), f"has({record}.{name})")

    def compared(self, field: str, name: str) -> str:
        if name in ("color", "size"):
            value = self.pick("red", "green") if name == "color" else self.pick("small", "large")
            return self.pick(f"{field} == '{value}'", f"{field} in ['{value}', '{value}']", f"{field} != '{value}'")
        if name == "sealed":
            return self.pick(field, f"{field} == false")
        relation = self.pick("<", "<=", "==", ">", ">=", "!=")
        if name in ("packed", "day"):
            other = self.pick("crate.packed", "ask.day") if {"crate.packed", "ask.day"} == set(self.roots) else "today"
            return f"{field} {relation} {other}{self.pick('', ' + 1', ' - 2')}"
        other = self.pick("crate.weight", "ask.weight") if {"crate.weight", "ask.weight"} == set(self.roots) else ""
        left = self.pick(field, f"{field} + 1", f"-{field}", f"{field} * 2")
        return f"{left} {relation} {other or self.pick('0', '1', '2')}"

    def parts(self) -> str:
        name = self.inner.split(".")[1]
        body = self.compared(f"p.{name}", name)
        return self.pick(
            f"crate.parts.exists(p, {body})",
            f"crate.parts.all(p, {body})",
            f"crate.parts.exists_one(p, {body})",
            f"crate.parts.filter(p, {body}).size() {self.pick('<', '>', '==')} 1",
            f"crate.parts.size() {self.pick('<=', '>', '==')} {self.pick('0', '1')}",
        )

    def rule(self, name: str) -> str:
        parts = {"assert_": self.condition(1)}
        if not self.random.randrange(3):
            parts["when"] = self.condition(0)
        return rule(name, severity=self.pick("error", "warning"), **parts)


def records(found: Subject) -> Iterator[Example]:
    """Every record of a grid that is finer and wider than what the rules tell apart."""
    text = " ".join(f"{each.condition.text} {each.when.text if each.when else ''}" for each in found.ruleset.rules)
    roots = [field for field in FIELDS if field in text]
    inner = [field for field in PARTS if f"p.{field.split('.')[1]}" in text]
    kinds = [dict(zip(inner, values, strict=True)) for values in product(*(PARTS[field] for field in inner))]
    lists: list[Any] = [[], PartialList()]
    if "crate.parts" in text:
        for several in (each for count in (1, 2) for each in combinations_with_replacement(kinds, count)):
            items = [{"id": f"p{n}", "color": "red", **_named(each)} for n, each in enumerate(several)]
            lists += [items, PartialList(items)]
        lists.append(NOT_LOADED)
    asked = "ask." in text
    for values in product(*(FIELDS[field] for field in roots)):
        for parts in lists:
            chosen = dict(zip(roots, values, strict=True))
            crate = {"id": "c1", "color": "red", **_named(chosen, "crate."), "parts": parts}
            request = _named(chosen, "ask.")
            if not request:
                yield Example({"crate": crate}, None, TODAY, {}, None, "ask")
            if asked:
                yield Example({"crate": crate}, request, TODAY, {}, None, "ask")


def _named(chosen: dict[str, Any], prefix: str = "part.") -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value
        for name, value in chosen.items()
        if name.startswith(prefix) and value is not None
    }


def size(example: Example) -> tuple[int, int, int]:
    """(what is missing, records, optional fields that are given): a smallest record is not larger than any."""
    crate, asked = example.facts["crate"], example.request or {}
    parts = crate["parts"] if crate["parts"] is not NOT_LOADED else []
    values = [*crate.values(), *asked.values(), *(value for part in parts for value in part.values())]
    holes = sum(value is NOT_LOADED for value in values) + isinstance(parts, PartialList)
    required = {"id", "color", "parts"}
    every = [crate, asked, *parts]
    found = sum(value is not NOT_LOADED for each in every for name, value in each.items() if name not in required)
    return holes, len(parts), found


@given(st.integers(0, 2**32))
@settings(max_examples=12)
def test_analysis_agrees_with_brute_force(seed):
    """What rules can do, what follows from what, and what is smallest: every record of a fine grid bears it out."""
    agrees(seed)


@pytest.mark.soak
def test_analysis_agrees_with_much_brute_force(soak):
    """The same, for many more rulesets."""
    for seed in range(600 if soak else 3):
        agrees(seed)


def agrees(seed: int) -> None:
    random = Random(seed)
    writer = Writer(random)
    found = subject("rules:\n" + "".join(writer.rule(name) for name in ("a", "b")[: random.randrange(1, 3)]))
    analysis = analyse(found)
    outcomes: dict[str, set[str]] = {name: set() for name in analysis.rules}
    together: set[frozenset[str]] = set()
    best: dict[str, tuple[int, ...]] = {}
    for example in records(found):
        decision = decided(found, example)
        failing = frozenset(each.rule for each in decision.violations)
        together.add(failing)
        for name in analysis.rules.keys() - set(decision.pending):
            outcomes[name].add(came_out(decision, name))
        for name in failing:
            weight = (len(failing), len(decision.unknown), *size(example))
            best[name] = min(best.get(name, weight), weight)

    for name, report in analysis.rules.items():
        assert outcomes[name] <= {coarse(each) for each in report.outcomes}
        for outcome, example in report.outcomes.items():
            assert came_out(decided(found, example), name) == coarse(outcome)
        told = analysis.smallest(name)
        if told is not None:
            assert came_out(decided(found, told.example), name) == FAILS
            assert (1 + len(told.others), len(told.unknown), *size(told.example)) <= best.get(name, (9,))
    for name, other in analysis.implications:
        assert all(other in failing for failing in together if name in failing)


def came_out(decision: Decision, name: str) -> str:
    """How a rule came out, as far as a decision tells: it does not say whether one that passed was about the record."""
    if any(each.rule == name for each in decision.violations):
        return FAILS
    return UNKNOWN if any(each.rule == name for each in decision.unknown) else PASSES


def coarse(outcome: str) -> str:
    return PASSES if outcome == NOT_APPLICABLE else outcome


# ---- the shipped rulesets ----

CONTOSO = Path(__file__).parent / "packs" / "contoso"
SHIPPED = {name: understood(name) for name in ("close-opportunity", "close-quotes")}
SHIPPED["contoso"] = understood("close-opportunity", packs=[packs.named(CONTOSO)])


@cache
def shipped(name: str) -> Analysis:
    return analyse(SHIPPED[name])


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_rule_is_reachable(name):
    """Each rule fails, passes and is left alone by others; nothing was left out to find that."""
    analysis = shipped(name)

    assert analysis.clean
    assert all(report.can_fail and report.can_pass and report.whole for report in analysis.rules.values())
    assert (analysis.not_analysed, analysis.implications) == ((), ())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_smallest_record_triggers_exactly_its_rule(name):
    """The public engine says so: no other error fails, no other warning, and the sentence has the form it is for."""
    subject, analysis = SHIPPED[name], shipped(name)
    for report in analysis.rules.values():
        assert report.smallest
        for found in report.smallest:
            example = found.example
            rules = load_rules(subject.ruleset.id, packs=subject.packs, settings=example.settings)
            decision = rules.evaluate(
                example.facts, request=example.request, today=example.today, deployment=example.deployment
            )
            told = [each for each in decision.violations if each.severity != "info" or each.rule == report.id]
            assert [each.rule for each in told] == [report.id]
            assert form_of(told[0]) == found.form
            assert found.alone


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_smaller_fails(name):
    """A smallest record fails no more when anything that is optional is taken away, or a quote."""
    subject, analysis = SHIPPED[name], shipped(name)
    for report in analysis.rules.values():
        for found in report.smallest:
            for less in lessened(found.example):
                decision = decided(subject, less)
                failing = [each for each in decision.violations if each.severity != "info" or each.rule == report.id]
                assert [each.rule for each in failing] != [report.id] or form_of(failing[0]) != found.form


def lessened(example: Example) -> Iterator[Example]:
    """The example with one optional field, or one quote, less."""
    asked = example.request or {}
    for field in asked:
        yield replace(example, request={name: each for name, each in asked.items() if name != field})
    root = example.facts["opportunity"]
    for field in root.keys() - {"id", "state", "quotes"}:
        yield replace(example, facts={"opportunity": {name: each for name, each in root.items() if name != field}})
    quotes = root["quotes"]
    for number in range(len(quotes)):
        fewer = type(quotes)(each for place, each in enumerate(quotes) if place != number)
        yield replace(example, facts={"opportunity": {**root, "quotes": fewer}})
    if isinstance(quotes, PartialList):
        yield replace(example, facts={"opportunity": {**root, "quotes": list(quotes)}})


def test_each_plural_form_has_a_record_of_its_own():
    """One quote, two quotes, and both where more may exist; a form that turns on a setting changes the setting."""
    analysis = shipped("close-opportunity")
    quotes = {
        each.form: len(each.example.facts["opportunity"]["quotes"])
        for each in analysis.rules["no-active-quotes"].smallest
    }
    length = analysis.smallest("description-length", "one")

    assert quotes == {("one", False): 1, ("other", False): 2, ("one", True): 1, ("other", True): 2}
    assert length is not None
    assert (length.example.settings, length.example.records["close"]["description"]) == ({"max_description": 1}, "xx")


def test_smallest_of_all_forms_is_the_smallest():
    """Without a form, the record is the smallest that there is; for a form that is never told there is none."""
    analysis = shipped("close-opportunity")

    assert analysis.smallest("no-active-quotes") == analysis.smallest("no-active-quotes", "one")
    assert analysis.smallest("close-date-present", "one") is None


def test_smallest_of_one_rule_alone_is_that_of_the_whole_analysis():
    """A page about one rule need not wait for the others."""
    found = smallest(SHIPPED["close-opportunity"], "revenue-precision")

    assert found == shipped("close-opportunity").rules["revenue-precision"].smallest


def test_closed_opportunities_are_stuck():
    """Nothing can be done for what is won or lost already, and the rule in the way is named."""
    found = {each.fields: each for each in shipped("close-opportunity").stuck}

    assert found["/opportunity/state",].values == (("won",), ("lost",))
    assert found["/opportunity/state",].rules == ("opportunity-open",)


def test_values_that_several_rules_make_stuck_name_them_all():
    """Created tomorrow: no close date is neither before that nor in the future, and there must be one."""
    found = {each.fields: each for each in shipped("close-opportunity").stuck}

    assert set(found["/opportunity/created_on",].rules) == {
        "close-date-present", "close-date-not-in-future", "close-date-after-creation"
    }  # fmt: skip


def test_quotes_that_a_remedy_closes_are_not_stuck():
    """What blocks may be closed, so active quotes leave a way."""
    assert all("/opportunity/quotes" not in each.fields for each in shipped("close-opportunity").stuck)


def test_settings_that_are_given_are_held():
    """Where drafts may be closed, the rule about drafts that may not never fails."""
    analysis = analyse("close-quotes", settings={"draft_closable": True})

    assert (analysis.dead, analysis.clean) == (("drafts-not-closable",), False)


def test_answer_names_the_rules_by_the_digest_of_the_engine():
    """Equal digests, equal rules, whoever asks."""
    assert shipped("close-opportunity").digest == load_rules("close-opportunity").digest


# ---- findings ----


@pytest.mark.parametrize(
    "parts",
    [
        {"forbid": "crate.weight * 2 == 3"},
        {"forbid": "crate.packed > today && crate.packed + 1 <= today"},
        {"when": "has(crate.weight)", "assert_": "crate.weight > 3 || crate.weight - 2 <= 1"},
        {"forbid": "crate.parts.exists(p, p.weight > 4) && crate.parts.all(p, p.weight < 2)"},
        {"forbid": "crate.parts.size() > 1 && !crate.parts.exists(p, true)"},
        {"when": "settings.limit > 5", "forbid": "settings.limit + 1 < 6"},
    ],
)
def test_dead_rule_is_named(parts):
    """What only whole numbers, dates or the elements of a list exclude is found by trying them all."""
    head = "settings:\n  limit: {type: int, default: 3}\n"
    analysis = analysed(rule("alive", assert_="crate.color == 'red'"), rule("gone", **parts), head=head)

    assert (analysis.dead, analysis.clean) == (("gone",), False)
    assert analysis.smallest("gone") is None


@pytest.mark.parametrize(
    "parts",
    [
        {"assert_": "crate.weight * 2 == 3"},
        {"when": "has(crate.packed)", "assert_": "crate.packed > today && crate.packed + 1 <= today"},
    ],
)
def test_rule_that_always_fails_is_named(parts):
    """It fails wherever it applies and is decided."""
    analysis = analysed(rule("alive", assert_="crate.color == 'red'"), rule("hard", **parts))

    assert (analysis.always, analysis.clean) == (("hard",), False)


def test_implied_rule_is_told_and_has_no_record_of_its_own():
    """Above six is above three; there is no record on which only the former fails."""
    analysis = analysed(rule("above-six", forbid="crate.weight > 6"), rule("above-three", forbid="crate.weight > 3"))
    found = analysis.smallest("above-six")

    assert analysis.implications == (("above-six", "above-three"),)
    assert analysis.implied_by("above-six") == ("above-three",)
    assert found is not None
    assert (found.others, found.alone, found.example.facts["crate"]["weight"]) == (("above-three",), False, 7)
    assert analysis.clean


def test_rule_that_fails_with_one_of_two_others_is_implied_by_neither():
    """Its record says what fails as well, although no single rule follows from it."""
    analysis = analysed(
        rule("any", forbid="has(crate.weight)"),
        rule("low", assert_="!has(crate.weight) || crate.weight > 0"),
        rule("high", assert_="!has(crate.weight) || crate.weight <= 0"),
    )
    found = analysis.smallest("any")

    assert ("any", "low") not in analysis.implications
    assert found is not None
    assert found.others == ("low",)


REMEDY = """remedies:
  repaint:
    label: Paint all parts
    each: "{each}"
    set: {{{change}}}
"""


def test_remedy_that_cannot_help_is_named():
    """It paints red parts although the rule is about green ones."""
    analysis = analysed(
        rule("no-green", forbid="crate.parts.exists(p, p.color == 'green')") + "    remedies: [repaint]\n",
        tail=REMEDY.format(each="crate.parts.filter(p, p.color == 'red')", change="color: blue"),
    )
    (found,) = analysis.conflicts

    assert (found.kind, found.rule, found.remedy, found.breaks) == ("no-help", "no-green", "repaint", "")
    assert [part["color"] for part in found.example.facts["crate"]["parts"]] == ["green"]


def test_remedy_that_breaks_another_rule_is_named_with_the_smallest_record():
    """Painting green parts blue helps the one rule, and makes the other fail."""
    analysis = analysed(
        rule("no-green", forbid="crate.parts.exists(p, p.color == 'green')") + "    remedies: [repaint]\n",
        rule("no-blue", when="has(crate.size)", forbid="crate.parts.exists(p, p.color == 'blue')"),
        tail=REMEDY.format(each="crate.parts.filter(p, p.color == 'green')", change="color: blue"),
    )
    (found,) = analysis.conflicts

    assert (found.kind, found.rule, found.remedy, found.breaks) == ("breaks", "no-green", "repaint", "no-blue")
    assert found.example.facts["crate"]["size"] == "small"
    assert [part["color"] for part in found.example.facts["crate"]["parts"]] == ["green"]


def test_remedy_that_asks_a_person_is_tried_with_every_answer():
    """Somebody chooses the color, so the remedy helps, and breaks nothing for certain."""
    analysis = analysed(
        rule("no-green", forbid="crate.parts.exists(p, p.color == 'green')") + "    remedies: [repaint]\n",
        rule("no-blue", forbid="crate.parts.exists(p, p.color == 'blue')"),
        tail=REMEDY.format(each="crate.parts.filter(p, p.color == 'green')", change="weight: '0'")
        + "    ask: [color]\n",
    )

    assert analysis.conflicts == ()


def test_two_fields_may_be_stuck_together():
    """Either value alone leaves a way; with both, no day is right."""
    analysis = analysed(
        rule("asked", assert_="has(ask.day)"),
        rule("large-today", when="crate.size == 'large' && has(ask.day)", assert_="ask.day == today"),
        rule("sealed-later", when="has(crate.sealed) && crate.sealed && has(ask.day)", assert_="ask.day > today"),
        rule("sized", assert_="has(crate.size)"),
    )
    found = {each.fields: each for each in analysis.stuck}

    assert found["/crate/sealed", "/crate/size"].values == ((True, "large"),)
    assert found["/crate/sealed", "/crate/size"].rules == ("asked", "large-today", "sealed-later")
    assert found["/crate/size",].values == ((None,),)


# ---- circumstances ----


def test_days_on_which_a_rule_is_not_in_force_are_tried():
    """A rule for January alone does not apply on either side of it."""
    text = rule("january", assert_="crate.color == 'red'") + "    effective: {from: 2027-01-01, until: 2027-01-31}\n"
    report = analysed(text).rules["january"]

    assert date(2027, 1, 1) <= report.outcomes[FAILS].today <= date(2027, 1, 31)
    assert not date(2027, 1, 1) <= report.outcomes[NOT_APPLICABLE].today <= date(2027, 1, 31)


def test_deployments_for_which_a_rule_does_not_apply_are_tried():
    """A rule of the north is not one of the south."""
    text = rule("north", assert_="crate.color == 'red'") + "    applies_to: [north]\n"
    report = analysed(text).rules["north"]

    assert report.outcomes[FAILS].deployment is None
    assert report.outcomes[NOT_APPLICABLE].deployment == "south"


@pytest.mark.parametrize(
    ("condition", "missed"),
    [
        ("crate.parts.size() <= 3", 4),
        ("crate.parts.filter(p, p.color == 'red').size() <= 5", 6),
        ("!crate.parts.exists_one(p, p.color == 'red') || crate.parts.size() < 3", 3),
    ],
)
def test_lists_are_as_long_as_the_rules_tell_apart(condition, missed):
    """A limit in a rule is passed by one record."""
    found = analysed(rule("long", assert_=condition)).smallest("long")

    assert found is not None
    assert len(found.example.facts["crate"]["parts"]) == missed


def test_what_was_not_tried_is_said_and_not_called_dead():
    """Too long a list is not made; that the rule never failed proves nothing then."""
    found = subject("rules:\n" + rule("long", assert_="crate.parts.size() <= 3"))
    analysis = analyse(found, bound=Bound(records=2))

    assert analysis.dead == ()
    assert (analysis.bound.records, analysis.rules["long"].whole) == (2, False)
    assert [(each.what, each.names, each.reason) for each in analysis.not_analysed] == [
        ("rule", ("long",), "fewer-records")
    ]


def test_states_beyond_the_bound_are_said():
    """The smallest states come first; what they do not show is open."""
    found = subject("rules:\n" + rule("heavy", assert_="crate.weight < 4 || crate.size == 'small'"))
    analysis = analyse(found, bound=Bound(states=5))

    assert not analysis.rules["heavy"].whole
    assert analysis.rules["heavy"].states == 5
    assert {each.reason for each in analysis.not_analysed} == {"too-many-states"}


@pytest.mark.parametrize(
    ("condition", "field", "value"),
    [
        ("crate.parts[1].color == 'red'", "parts", 2),
        ("'green' in crate.parts.map(p, p.color) || crate.parts.size() == 0", "parts", 1),
        ("!crate.parts.exists(p, p.id == 'A') || crate.parts.size() < 3", "parts", 3),
        ("crate.id.startsWith('AB')", "id", "x"),
        ("crate.id.size() < 3", "id", "xxx"),
        ("crate.id < 'b'", "id", "x"),
        ("[1, 2].exists(n, n == crate.weight)", "weight", 0),
        ("(crate.sealed ? 4 : 2) > crate.weight", "weight", 2),
        ("crate.weight % 3 != 2", "weight", 2),
        ("crate.weight / 3 != 2", "weight", 6),
        ("today - crate.packed < 30", "packed", TODAY - timedelta(30)),
    ],
)
def test_every_kind_of_question_is_understood(condition, field, value):
    """Positions, texts, arithmetic: the value at which the answer changes is tried."""
    report = analysed(rule("a", assert_=condition)).rules["a"]
    found = report.outcomes[FAILS].facts["crate"][field]

    assert {FAILS, PASSES} <= report.outcomes.keys()
    assert (len(found) if field == "parts" else found) == value


def test_example_is_written_in_the_words_of_a_case():
    """What was not loaded, or only in part, and other circumstances are told beside the records."""
    facts = {"crate": {"id": "c1", "color": NOT_LOADED, "weight": 2, "parts": PartialList([{"id": "p1"}])}}
    example = Example(facts, {"day": TODAY}, TODAY, {"limit": 4}, "north", "ask")

    assert example.written() == {
        "crate": {"id": "c1", "weight": 2, "parts": [{"id": "p1"}]},
        "ask": {"day": "2026-03-31"},
        "today": "2026-03-31",
        "settings": {"limit": 4},
        "deployment": "north",
        "without": ["/crate/color"],
        "partial": ["/crate/parts"],
    }


def test_dressed_example_fails_as_before():
    """A number and a name make a record look real; what would make another rule fail is left out."""
    analysis = shipped("close-opportunity")
    found = analysis.smallest("revenue-currency")
    assert found is not None
    values = {"name": "Rollout", "currency": "SEK", "competitor": "Fabrikam", "revenue": Decimal(5)}
    rules = load_rules("close-opportunity")
    dressed_example = dressed(found.example, rules, lambda record, field, number: values.get(field.name))

    assert dressed_example.facts["opportunity"]["name"] == "Rollout"
    assert dressed_example.request == found.example.request
    assert [each.rule for each in rules.evaluate(dressed_example.records, today=TODAY).violations] == [
        "revenue-currency"
    ]
