"""Coverage counts what cases show of a ruleset: each rule's outcomes, and each answer to each question in a condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import load_rules, packs
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.packs import Pack
from oppi18n.proofs.branches import branches
from oppi18n.proofs.compare import outcome
from oppi18n.proofs.coverage import Coverage, Item, coverage, percent
from oppi18n.proofs.library import library, rule_contents
from oppi18n.proofs.probes import Probes
from oppi18n.proofs.runner import Programs, results
from oppi18n.proofs.suites import Suite, suites
from oppi18n.rules.settings import given as settings_given

OWN = Pack("own", "/own", None, "en")
HEAD = """ruleset: own
model: opportunity
settings:
  strict: {type: bool, default: true, doc: "Strict."}
  kinds: {type: list of quote_state, default: [active], doc: "Kinds."}
"""
OPEN = "opportunity: {id: o, state: open, quotes: []}"


def own(rules: str, *cases: str) -> Suite:
    """A ruleset of one rule named r, with cases that are written in one line."""
    text = f"{HEAD}{rules}"
    written = "".join(f"  - {{name: 'Case {number}.', {case}}}\n" for number, case in enumerate(cases))
    told = f"ruleset: own\ntoday: 2026-03-31\ncases:\n{written or '  []'}"
    contents = [*rule_contents([packs.shipped()]), (OWN, "rules/own.yaml", text.encode())]
    found = library(contents, [(OWN, "rules/own.cases.yaml", told.encode())])
    understood = found.ruleset("own")
    assert understood is not None
    read = found.cases("own", understood)
    assert [str(each) for each in found.space.diagnostics if each.severity == "error"] == []
    return Suite(understood[0], understood[1], read, tuple(contents), ())


def rule(*lines: str, lets: str = "") -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"{lets}rules:\n  - id: r\n{body}    message: M.\n"


def measured(suite: Suite) -> Coverage:
    programs = Programs(suite)
    return coverage(suite, list(results(suite, None, programs)), programs)


def items(suite: Suite) -> dict[str, Item]:
    return {each.text or each.owner: each for each in measured(suite).items}


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (["assert: opportunity.state == 'open'"], ["opportunity.state == 'open'"]),
        (["assert: \"!has(close.date) || (close.date > today && opportunity.state == 'won')\""],
         ["has(close.date)", "close.date > today", "opportunity.state == 'won'"]),
        (["when: settings.strict", "forbid: opportunity.quotes.size() > 1"],
         ["settings.strict", "opportunity.quotes.size() > 1"]),
        (["assert: \"settings.strict ? has(close.date) : opportunity.state == 'open'\""],
         ["settings.strict", "has(close.date)", "opportunity.state == 'open'"]),
        (["assert: \"opportunity.name == (settings.strict ? 'a' : 'b')\""],
         ["opportunity.name == (settings.strict ? 'a' : 'b')", "settings.strict"]),
        (["forbid: \"opportunity.quotes.filter(q, q.state == 'won').map(q, q.revision).exists(n, n > 2 || n < 0)\""],
         ["opportunity.quotes.filter(q, q.state == 'won').map(q, q.revision).exists(n, n > 2 || n < 0)",
          "q.state == 'won'", "n > 2", "n < 0"]),
        (["assert: (has(close.date) && settings.strict) == has(close.revenue)"],
         ["(has(close.date) && settings.strict) == has(close.revenue)", "has(close.date)", "settings.strict"]),
    ],
)  # fmt: skip
def test_branches_are_the_questions_of_a_condition(lines, texts):
    """Operands, what decides a `?:`, and what macros ask; a name from `let` has branches of its own."""
    suite = own(rule(*lines))

    assert [each.text for each in branches(suite.ruleset, suite.model)] == texts


def test_name_that_conditions_read_has_branches_of_its_own():
    """It is asked where it stands, and what it asks is counted once; a name that only a message reads does not count."""
    lets = "let:\n  drafts: opportunity.quotes.filter(q, q.state == 'draft')\n  late: close.date > today\n"
    lets += "  told: opportunity.quotes.exists(q, q.state == 'won')\n"
    text = rule("when: late && drafts.size() > 0", 'assert: "has(close.competitor) || !late"', lets=lets)
    suite = own(text.replace("message: M.", "message: 'M {told}.'\n    params: {told: told}"))

    assert [(each.owner, each.part, each.text) for each in branches(suite.ruleset, suite.model)] == [
        ("r", "when", "late"),
        ("r", "when", "drafts.size() > 0"),
        ("r", "assert", "has(close.competitor)"),
        ("r", "assert", "late"),
        ("drafts", "let", "q.state == 'draft'"),
        ("late", "let", "close.date > today"),
    ]


def test_branch_knows_its_place():
    """The columns are those of the file, also inside quotation marks."""
    suite = own(rule("assert: \"has(close.date) || opportunity.state == 'won'\""))

    assert [
        (each.span.line, each.span.column, each.span.end_column) for each in branches(suite.ruleset, suite.model)
    ] == [
        (8, 14, 29),
        (8, 33, 59),
    ]


@pytest.mark.parametrize(
    ("lines", "text", "can"),
    [
        (["assert: opportunity.state == 'open'"], "opportunity.state == 'open'", ("true", "false", "unknown")),
        (["assert: settings.strict"], "settings.strict", ("true", "false")),
        (["assert: today > date('2026-01-01')"], "today > date('2026-01-01')", ("true", "false")),
        (["assert: today + 1 > date('2026-01-01')"], "today + 1 > date('2026-01-01')", ("true", "false", "unknown")),
        (["assert: settings.kinds.exists(k, k == 'won')"], "k == 'won'", ("true", "false")),
        (["assert: settings.kinds[1] == 'won'"], "settings.kinds[1] == 'won'", ("true", "false", "unknown")),
        (["assert: 1 < 2 && has(close.date)"], "1 < 2", ("true",)),
        (["assert: 2 < 1 || has(close.date)"], "2 < 1", ("false",)),
    ],
)
def test_only_what_is_proved_is_called_impossible(lines, text, can):
    """Constants have one answer; what reads no data and works nothing out is never unknown."""
    suite = own(rule(*lines))

    found = {each.text: each for each in branches(suite.ruleset, suite.model)}
    assert found[text].can == can


def test_rule_that_reads_no_data_is_never_unknown():
    """What cannot be is not asked for, and is named."""
    found = items(own(rule("assert: settings.strict")))["r"]

    assert (found.can, found.impossible) == (("fails", "passes"), ("unknown",))


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        ("rule: r, shows: passes", {"passes"}),
        ("rule: r, shows: fails, opportunity: {state: won}", {"fails"}),
        ("rule: r, shows: unknown, without: [/opportunity/state]", {"unknown"}),
        ("opportunity: {state: won}, expect: {violations: [r]}", {"fails"}),
        ("opportunity: {state: won}, expect: {violations: {includes: [r]}}", {"fails"}),
        ("without: [/opportunity/state], expect: {unknown: {includes: [r]}}", {"unknown"}),
        ("expect: {violations: [], unknown: []}", {"passes"}),
        ("expect: {verdict: closable}", {"passes"}),
        ("expect: {violations: []}", set()),
        ("opportunity: {state: won}, expect: {verdict: blocked}", set()),
        ("opportunity: {state: won}, rule: r, shows: passes", set()),
    ],
)
def test_outcome_counts_where_a_case_vouches_for_it(case, shown):
    """What merely happened nobody may have meant, and a case that fails shows nothing."""
    suite = own(rule("assert: opportunity.state == 'open'"), case)
    base = {"id": "o", "state": "open", "quotes": []}
    filled = [replace(each, facts={"opportunity": {**base, **each.facts["opportunity"]}}) for each in suite.cases]

    assert items(suite._replace(cases=tuple(filled)))["r"].shown == shown


def test_rule_that_is_not_in_force_does_not_pass_by_silence():
    """A verdict vouches for the rules that were asked."""
    text = rule("assert: opportunity.state == 'open'", "effective: {from: 2027-01-01}")

    assert items(own(text, f"{OPEN}, expect: {{verdict: closable}}"))["r"].shown == set()
    assert items(own(text, f"{OPEN}, today: 2027-01-01, expect: {{verdict: closable}}"))["r"].shown == {"passes"}


def answers(text: str, *cases: str) -> dict[str, set[str]]:
    found = items(own(text, *(f"{case}, expect: {{verdict: closable}}" for case in cases)))
    return {name: set(each.shown) for name, each in found.items() if each.part != "rule"}


def test_operand_behind_one_that_decides_is_not_asked():
    """Left to right, as a reader reads; what is unknown decides nothing."""
    text = rule("assert: opportunity.state == 'open' || has(opportunity.name)")

    assert answers(text, OPEN)["has(opportunity.name)"] == set()
    assert answers(text, "opportunity: {id: o, state: won, quotes: []}")["has(opportunity.name)"] == {"false"}
    assert answers(text, f"{OPEN}, without: [/opportunity/state]")["has(opportunity.name)"] == {"false"}


def test_condition_of_a_rule_that_does_not_apply_is_not_asked():
    """Where `when` is false, nobody looks at the rest."""
    text = rule("when: settings.strict", "assert: opportunity.state == 'open'")

    found = answers(text, f"{OPEN}, settings: {{strict: false}}")
    assert found == {"settings.strict": {"false"}, "opportunity.state == 'open'": set()}
    assert answers(text, OPEN)["opportunity.state == 'open'"] == {"true"}


def test_macro_asks_every_element():
    """Each element that is looked at gives an answer."""
    text = rule("forbid: opportunity.quotes.exists(q, q.state == 'draft')")
    quotes = (
        "opportunity: {id: o, state: open, quotes: [{id: a, state: won}, {id: b, state: draft}, {id: c, state: won}]}"
    )

    assert answers(text, OPEN)["q.state == 'draft'"] == set()
    assert answers(text, quotes)["q.state == 'draft'"] == {"true", "false"}
    assert answers(text, f"{quotes}, without: [/opportunity/quotes/2/state]")["q.state == 'draft'"] == {
        "true",
        "false",
        "unknown",
    }


def test_list_of_a_setting_is_walked():
    """Settings are what the case says they are."""
    text = rule("assert: settings.kinds.exists(k, k == 'won')")

    assert answers(text, OPEN)["k == 'won'"] == {"false"}
    assert answers(text, f"{OPEN}, settings: {{kinds: [won, draft]}}")["k == 'won'"] == {"true", "false"}


@pytest.mark.parametrize(
    ("covered", "total", "found"),
    [(0, 0, "100"), (0, 3, "0"), (1, 3, "33.3"), (2, 3, "66.6"), (2999, 3000, "99.9"), (3000, 3000, "100")],
)
def test_percentage_is_rounded_down(covered, total, found):
    """A hundred percent is everything."""
    place = next(iter(suites(["close-quotes"]))).cases[0].span
    sides = [
        Item("r", "when", "x", place, ("true",), frozenset({"true"} if number < covered else ()))
        for number in range(total)
    ]

    assert percent([Coverage("r", tuple(sides))]) == Decimal(found)


# ---- the second way to evaluate agrees with the first ----


@cache
def shipped(name: str) -> tuple[Suite, Programs, Probes]:
    (suite,) = suites([name])
    return suite, Programs(suite), Probes(suite.ruleset, branches(suite.ruleset, suite.model))


def field(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, NOT_LOADED])


DAYS = [date(2026, 3, day) for day in (30, 31)]
QUOTES = st.lists(field("draft", "active", "won", "closed"), max_size=3).map(
    lambda states: [{"id": f"q{number}", "state": state} for number, state in enumerate(states)]
)
ROOT = st.fixed_dictionaries(
    {
        "id": st.just("o"),
        "state": field("open", "won", "lost"),
        "currency": field("SEK", "JPY", None),
        "created_on": field(DAYS[1], None),
        "quotes": st.one_of(QUOTES, QUOTES.map(PartialList), st.just(NOT_LOADED)),
    }
)
REQUEST = st.none() | st.fixed_dictionaries(
    {
        "outcome": field("won", "lost", None),
        "status_reason": field("won", "out_sold", None),
        "currency": field("SEK", None),
        "date": field(*DAYS, date(2026, 4, 1), None),
        "revenue": field(Decimal(-1), Decimal("0.125"), Decimal(10**12 + 1), None),
        "competitor": field("Fabrikam", None),
        "description": field("x", "x" * 2001, None),
    }
)


@pytest.mark.parametrize("name", ["close-opportunity", "close-quotes"])
@given(root=ROOT, request=REQUEST, flip=st.booleans())
@settings(max_examples=60)
def test_probes_change_no_answer(name, root, request, flip):
    """With probes and without, each rule says the same; and no answer comes up that was called impossible."""
    suite, programs, probes = shipped(name)
    chosen = {
        each.name: not each.value for each in suite.ruleset.settings.values() if isinstance(each.value, bool) and flip
    }
    case = replace(suite.cases[0], facts={"opportunity": root}, request=request, settings=chosen)
    rules = programs.of(case)

    found = probes.watch(case, rules, settings_given(suite.ruleset.settings, chosen, suite.model))
    decision = rules.evaluate(case.facts, request=request, today=case.today)

    said = {True: "passes", False: "fails"}
    assert {rule: said.get(value, "unknown") for rule, value in found.items()} == {
        info.id: outcome(decision, info.id) for info in rules.infos if info.id not in decision.pending
    }
    for branch, seen in zip(branches(suite.ruleset, suite.model), probes.notes.answers, strict=True):
        assert seen <= set(branch.can)


def test_no_probe_is_left_in_what_judges():
    """Coverage has a program of its own: cases are judged by the one that judges everything else."""
    suite, programs, _ = shipped("close-quotes")

    plain, usual = programs.of(suite.cases[0]).plain, load_rules("close-quotes").plain
    assert all(plain[part] == usual[part] for part in ("record", "closing", "careful"))
