"""Every plan that is shown was tried, is the cheapest there is, and what it cannot do it says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import CloseRequest, DataError, Facts, InputError, Opportunity, Quote, Rules, load_rules
from oppi18n.engine.decision import Need
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.remedies import CLOSED, IMPOSSIBLE, NEEDS, READY, Change, Plan, Planner, with_changes

TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
WON: dict[str, Any] = {"outcome": "won", "status_reason": "won", "date": TODAY, "revenue": Decimal(5)}
LOST: dict[str, Any] = {"outcome": "lost", "status_reason": "canceled", "date": TODAY}

TOY = """
ruleset: toy
action: opportunity.close
model: opportunity
rules:
  - {id: open, assert: "opportunity.state == 'open'", message: "Closed."}
  - {id: no-active, forbid: "opportunity.quotes.exists(q, q.state == 'active')", message: "Active."}
  - {id: no-draft, forbid: "opportunity.quotes.exists(q, q.state == 'draft')", message: "Draft."}
  - {id: dated, assert: has(close.date), at: close.date, message: "Undated."}
remedies:
"""


@pytest.fixture
def toy(tmp_path: Path) -> Any:
    """Rules of a pack with these remedies."""

    def rules(remedies: str, extra: str = "") -> Rules:
        folder = tmp_path / f"toy{len(list(tmp_path.iterdir()))}" / "rules"
        folder.mkdir(parents=True)
        (folder / "toy.yaml").write_text(TOY + remedies + extra, encoding="utf-8")
        return load_rules("toy", packs=[f"{folder.parent}/"])

    return rules


def remedy(name: str, states: str, to: str, cost: int = 1, **more: str) -> str:
    """A remedy that takes quotes in some states to another one."""
    rest = "".join(f"    {key}: {value}\n" for key, value in more.items())
    each = f"opportunity.quotes.filter(q, q.state in [{states}])"
    return f'  {name}:\n    label: "{name}."\n    each: "{each}"\n    set: {{state: {to}}}\n    cost: {cost}\n{rest}'


CLOSE_ACTIVE = remedy("close-active", "'active'", "closed")
CLOSE_DRAFTS = remedy("close-drafts", "'draft'", "closed")
ACTIVATE = remedy("activate", "'draft'", "active")
CLOSE_ALL = remedy("close-all", "'active', 'draft'", "closed", 3)


def quote(state: Any, number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"q{number}", "number": f"QUO-{number}", "revision": 0, "state": state, **fields}


def facts(*states: Any, **fields: Any) -> dict[str, Any]:
    quotes = [quote(state, number) for number, state in enumerate(states)]
    return {"opportunity": {"id": "o1", "state": "open", "currency": "USD", "quotes": quotes, **fields}}


def plan(facts: Any, request: Any = WON, rules: Rules = RULES) -> Plan:
    return Planner(rules, today=TODAY).plan(facts, request)


def names(found: Plan) -> list[str]:
    return [step.remedy for step in found.steps]


# ---- the shipped ruleset ----


def test_blocking_and_draft_quotes_are_closed_by_one_step():
    """The remedy of the rules closes all of them at the same time, and the closing is possible afterwards."""
    found = plan(facts("active", "closed", "draft", "won"))

    assert (found.status, names(found), found.cost) == (READY, ["close-quotes"], 1)
    assert found.steps[0].records == ("/opportunity/quotes/0", "/opportunity/quotes/2")
    assert bool(found.decision)


def test_reason_follows_the_type_of_the_quote_and_the_settings():
    """Project quotes are lost, others canceled; both can be set, and a quote without a type is no project quote."""
    quotes = [quote("active", 1, order_type="project"), quote("active", 2, order_type="item"), quote("draft", 3)]
    given = {"project_quote_reason": "canceled", "other_quote_reason": "lost"}

    def reasons(rules: Rules) -> list[Any]:
        return [change.values["status_reason"] for change in plan(facts(quotes=quotes), rules=rules).steps[0].changes]

    assert reasons(RULES) == ["lost", "canceled", "canceled"]
    assert reasons(load_rules(settings=given)) == ["canceled", "lost", "lost"]


def test_nothing_to_do_is_a_plan_without_steps():
    """Where the closing is possible already, no quote is touched, not even a draft."""
    found = plan(facts("draft", "won"))

    assert (found.status, found.steps, found.cost) == (READY, (), 0)


def test_closed_opportunity_has_no_plan():
    """What is closed already needs none, whatever its quotes are; the rule's own violation says so."""
    found = plan(facts("active", state="won"))

    assert (found.status, found.steps) == (CLOSED, ())
    assert "opportunity-open" in [each.rule for each in found.remaining]


def test_human_choice_is_asked_for():
    """Values that a person enters are not invented; the quotes are planned for all the same."""
    found = plan(facts("active"), {"outcome": "won", "status_reason": "won", "date": date(2026, 4, 1)})

    assert (found.status, names(found)) == (NEEDS, ["close-quotes"])
    assert found.needs == (
        Need("/close/date", ("close-date-not-in-future",)),
        Need("/close/revenue", ("revenue-present",)),
    )
    assert [each.rule for each in found.remaining] == ["close-date-not-in-future", "revenue-present"]


@pytest.mark.parametrize("request_", [{}, {**WON, "outcome": None}], ids=["nothing", "no outcome"])
def test_outcome_is_asked_for(request_):
    """Nobody but a person says whether it was won."""
    assert "/close/outcome" in [need.pointer for need in plan(facts(), request_).needs]


def test_missing_data_is_asked_for():
    """Quotes that were not loaded may stand in the way: the plan is not ready, and says what it needs."""
    found = plan(facts(quotes=NOT_LOADED), LOST)

    assert (found.status, found.steps) == (NEEDS, ())
    assert [need.pointer for need in found.needs] == ["/opportunity/quotes"]


def test_quotes_that_were_seen_are_planned_for_and_the_rest_is_asked_for():
    """A truncated list names the quotes that block, and is no plan by itself."""
    found = plan(facts(quotes=PartialList([quote("active")])), LOST)

    assert (found.status, names(found)) == (NEEDS, ["close-quotes"])
    assert [need.pointer for need in found.needs] == ["/opportunity/quotes"]
    assert isinstance(found.record["opportunity"]["quotes"], PartialList)


def test_type_of_a_quote_that_was_not_loaded_is_asked_for():
    """The reason depends on it, so nobody knows how to close this quote."""
    found = plan(facts(quotes=[quote("active", order_type=NOT_LOADED)]), LOST)

    assert found.status == NEEDS
    assert [need.pointer for need in found.needs] == ["/opportunity/quotes/0/order_type"]


def test_record_alone_is_planned_for():
    """Without a request the plan ends where nothing on record stands in the way."""
    found = plan(facts("active"), None)

    assert (found.status, names(found), found.decision.asked) == (READY, ["close-quotes"], "record")


def test_facts_and_request_may_have_any_form():
    """Typed records, mappings and facts of a reader lead to the same plan."""
    record = facts("active", "draft")
    quotes = [Quote(**each) for each in record["opportunity"]["quotes"]]
    typed = Opportunity(**{**record["opportunity"], "quotes": quotes})
    request = CloseRequest("lost", status_reason="canceled", date=TODAY)
    located = Facts({**record, "close": LOST}, source="x.json", locate=lambda pointer: f"/value{pointer}")

    found = [plan(typed, request), plan(record, LOST), plan(located, None)]

    assert {each.status for each in found} == {READY}
    assert found[0].steps[0].records == found[1].steps[0].records == found[2].steps[0].records
    assert plan(Facts(facts(state=NOT_LOADED), locate=lambda p: f"/x{p}"), LOST).decision.source_pointer("/y") == "/x/y"


def test_facts_are_never_written_to():
    """A plan changes copies; the records that it does not change are shared."""
    record = facts("active", "closed")
    before = facts("active", "closed")

    found = plan(record, LOST)

    assert record == before
    assert found.record["opportunity"]["quotes"][0]["state"] == "closed"


def test_wrong_data_is_refused_with_every_problem():
    """Planning reads facts as evaluating does."""
    with pytest.raises(DataError) as caught:
        plan(facts("aktive", "active", state="opened"))

    assert [each.pointer for each in caught.value.problems] == ["/opportunity/state", "/opportunity/quotes/0/state"]


def test_ten_thousand_quotes_are_planned_in_less_than_a_second():
    """Each of them is named."""
    quotes = [quote("draft" if number % 2 else "active", number, order_type="item") for number in range(10_000)]
    record = facts(quotes=quotes)
    plan(record, LOST)

    start = process_time()
    found = plan(record, LOST)

    assert process_time() - start < 1
    assert len(found.steps[0].records) == 10_000


# ---- other remedies ----


@pytest.mark.parametrize(
    ("remedies", "states", "steps", "cost"),
    [
        ((CLOSE_ACTIVE, CLOSE_DRAFTS, CLOSE_ALL), ("active", "draft"), ["close-active", "close-drafts"], 2),
        ((CLOSE_ACTIVE, CLOSE_DRAFTS, CLOSE_ALL), ("active",), ["close-active"], 1),
        ((CLOSE_ALL, CLOSE_ACTIVE, remedy("x", "'draft'", "closed", 2)), ("active", "draft"), ["close-all"], 3),
        ((remedy("b", "'active'", "closed"), remedy("a", "'active'", "won")), ("active",), ["b"], 1),
        ((remedy("a", "'active'", "won"), remedy("b", "'active'", "closed")), ("active",), ["a"], 1),
        ((CLOSE_ACTIVE, ACTIVATE), ("draft",), ["activate", "close-active"], 2),
        ((CLOSE_ACTIVE, ACTIVATE), ("active", "draft"), ["activate", "close-active"], 2),
        ((remedy("useless", "'closed'", "won", 0), CLOSE_ACTIVE), ("active", "closed"), ["close-active"], 1),
        ((remedy("free", "'active'", "closed", 0),), ("closed",), [], 0),
    ],
    ids=[
        "two are cheaper",
        "one is enough",
        "dear but single",
        "first",
        "first again",
        "in order",
        "both",
        "useless",
        "free",
    ],
)
def test_cheapest_plan_wins(toy, remedies, states, steps, cost):
    """By cost, then by the number of steps, then in the order of declaration; what does not help is left out."""
    found = plan(facts(*states), LOST, toy("".join(remedies)))

    assert (found.status, names(found), found.cost) == (READY, steps, cost)


def test_impossible_says_why(toy):
    """The violations that are left over after the best that the remedies can do."""
    found = plan(facts("active", "draft"), LOST, toy(CLOSE_ACTIVE))

    assert (found.status, found.needs, found.complete) == (IMPOSSIBLE, (), True)
    assert [each.rule for each in found.remaining] == ["no-draft"]


def test_ruleset_without_remedies_is_impossible_or_ready(toy):
    """There is nothing to try but the records as they are."""
    rules = toy("  {}\n")

    assert (plan(facts("active"), LOST, rules).status, plan(facts(), LOST, rules).status) == (IMPOSSIBLE, READY)


def test_declared_choice_is_asked_for(toy):
    """`ask` marks what a person decides about each record that the remedy is about."""
    rules = toy(remedy("close", "'active'", "closed", ask="[status_reason]"))

    found = plan(facts("active", "closed", "active"), LOST, rules)

    assert (found.status, names(found), found.remaining) == (NEEDS, ["close"], ())
    assert [each.pointer for each in found.needs] == [f"/opportunity/quotes/{n}/status_reason" for n in (0, 2)]


def test_choice_alone_may_be_all_that_helps(toy):
    """What a person would choose is not known, so the plan is no refusal: the answer is a question."""
    choose = "opportunity.quotes.filter(q, q.state == 'active')"
    rules = toy(f'  decide:\n    label: "Decide."\n    each: "{choose}"\n    ask: [state]\n    set: {{}}\n')

    found = plan(facts("active", "closed"), LOST, rules)

    assert (found.status, names(found), found.remaining) == (NEEDS, ["decide"], ())
    assert found.needs == (Need("/opportunity/quotes/0/state", ("no-active", "no-draft")),)


def test_status_without_a_reason_leaves_none(toy):
    """A reason belongs to one status: a remedy that gives a status alone does not keep a reason of the old one."""
    quotes = [quote("active", status_reason="open"), quote("active", 2)]

    found = plan(facts(quotes=quotes), LOST, toy(CLOSE_ACTIVE))

    assert [change.values for change in found.steps[0].changes] == [
        {"state": "closed", "status_reason": None},
        {"state": "closed"},
    ]


def test_remedy_may_complete_the_request(toy):
    """The request is a record like the others, if there is one."""
    rules = toy('  date-today:\n    label: "Today."\n    each: "[close]"\n    set: {date: today}\n')

    found = plan(facts(), {"outcome": "won", "status_reason": "won"}, rules)

    assert (found.status, found.steps[0].changes) == (READY, (Change("/close", {"date": None}, {"date": TODAY}),))
    assert found.decision.request == {"outcome": "won", "status_reason": "won", "date": TODAY}
    assert plan(facts("active"), None, rules).steps == ()


def test_remedy_whose_expression_fails_is_not_used(toy):
    """It is no help, and no reason to stop."""
    broken = '  broken:\n    label: "B."\n    each: "opportunity.quotes"\n    set: {revision: quote.revision / 0}\n'

    assert names(plan(facts("active"), LOST, toy(broken + CLOSE_ACTIVE))) == ["close-active"]
    with pytest.raises(InputError) as caught:
        Planner(toy(broken), today=TODAY).apply(facts("active"), "broken")
    assert caught.value.code == "value-division-by-zero"


def test_unknown_remedy_is_refused():
    """Its name is told with those that exist."""
    with pytest.raises(InputError, match="no remedy 'open-quotes'; its remedies are close-quotes"):
        Planner(RULES, today=TODAY).apply(facts(), "open-quotes")


def test_endless_remedies_end(toy):
    """A remedy that always finds something to change is given up, and the plan says that not all was tried."""
    count = '  count:\n    label: "C."\n    each: "opportunity.quotes"\n    set: {revision: quote.revision + 1}\n'

    found = plan(facts(*["active"] * 300), LOST, toy(count))

    assert (found.status, found.complete) == (IMPOSSIBLE, False)


@pytest.mark.parametrize(
    "request_", [{**WON, "outcome": "lost"}, {"date": TODAY}], ids=["strange reason", "no outcome"]
)
def test_plan_is_not_ready_for_what_cannot_be_carried_out(toy, request_):
    """Where no rule asks for an outcome and a reason that goes with it, the plan does."""
    found = plan(facts(), request_, toy("  {}\n"))

    assert (found.status, len(found.needs)) == (NEEDS, 1)


# ---- properties ----

STATES = st.sampled_from(["draft", "active", "won", "closed"])
RECORDS = st.lists(STATES, max_size=4)
REMEDIES = st.lists(
    st.tuples(st.lists(STATES, min_size=1, max_size=2, unique=True), STATES, st.integers(0, 3)), max_size=4
)


def rules_of(folder: Path, remedies: list[tuple[list[str], str, int]]) -> Rules:
    """The toy ruleset with some remedies, the same folder for the same remedies."""
    name = "-".join("".join(each[:1] for each in states) + f"{to[:1]}{cost}" for states, to, cost in remedies)
    path = folder / (name or "none") / "rules"
    path.mkdir(parents=True, exist_ok=True)
    blocks = [remedy(f"r{n}", ", ".join(map(repr, f)), to, cost) for n, (f, to, cost) in enumerate(remedies)]
    (path / "toy.yaml").write_text(TOY + ("".join(blocks) or "  {}\n"), encoding="utf-8")
    return load_rules("toy", packs=[f"{path.parent}/"])


def by_hand(remedies: list[tuple[list[str], str, int]], states: list[str]) -> tuple[int, int, tuple[int, ...]] | None:
    """The cheapest sequence by trying them all, each remedy at most twice."""
    best = None
    for length in range(5):
        for chosen in itertools.product(range(len(remedies)), repeat=length):
            after = list(states)
            for number in chosen:
                wanted, to, _ = remedies[number]
                after = [to if state in wanted else state for state in after]
            cost = sum(remedies[number][2] for number in chosen)
            if not {"active", "draft"} & set(after) and (best is None or (cost, length, chosen) < best):
                best = cost, length, chosen
    return best


@settings(max_examples=60)
@given(REMEDIES, RECORDS)
def test_plan_is_the_cheapest_of_all_sequences(tmp_path_factory, remedies, states):
    """Trying everything by hand finds the same cost, the same number of steps and the same order."""
    rules = rules_of(Path(tmp_path_factory.getbasetemp()) / "toys", remedies)

    found = plan(facts(*states), LOST, rules)
    best = by_hand(remedies, states)

    assert found.status == (READY if best else IMPOSSIBLE)
    if best:
        assert (found.cost, tuple(int(name[1:]) for name in names(found))) == (best[0], best[2])


QUOTES = st.lists(
    st.fixed_dictionaries(
        {"state": STATES | st.just(NOT_LOADED)},
        optional={
            "status_reason": st.sampled_from([None, NOT_LOADED]),
            "order_type": st.sampled_from(["item", "project", "service", None, NOT_LOADED]),
        },
    ),
    max_size=4,
)
REQUESTS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(["won", "lost", None]),
        "status_reason": st.sampled_from(["won", "canceled", "out_sold", "on_hold", None]),
        "date": st.sampled_from([TODAY, date(2026, 4, 1), date(2020, 1, 1), None]),
        "revenue": st.sampled_from([Decimal(0), Decimal(-1), Decimal("1.555"), None]),
        "currency": st.sampled_from(["USD", "SEK", None]),
        "competitor": st.sampled_from(["Contoso", None]),
    },
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], Any, Rules]:
    """Facts with every kind of gap, a request, and the rules under some settings."""
    quotes: Any = [{**quote("x", n), **each} for n, each in enumerate(draw(QUOTES))]
    fields = {
        "state": draw(st.sampled_from(["open", "open", "open", "won", "lost", NOT_LOADED])),
        "created_on": draw(st.sampled_from([None, NOT_LOADED, date(2026, 1, 1)])),
        "currency": draw(st.sampled_from(["USD", None, NOT_LOADED])),
        "quotes": draw(st.sampled_from([quotes, PartialList(quotes), NOT_LOADED])),
    }
    return facts(**fields), draw(REQUESTS), draw(st.sampled_from([RULES, load_rules(settings={"drafts_block": True})]))


def states_of(record: Mapping[str, Any]) -> Iterator[Any]:
    quotes = record["opportunity"].get("quotes")
    return (each["state"] for each in quotes) if isinstance(quotes, list) else iter(())


@settings(max_examples=200)
@given(situations())
def test_plan_that_is_shown_makes_the_closing_possible(situation):
    """Done by hand on the facts, its changes lead to a record that the rules call closable, and to nothing else."""
    record, request, rules = situation
    found = plan(record, request, rules)

    after = with_changes(record, [change for step in found.steps for change in step.changes])
    decision = rules.evaluate(after, today=TODAY, request=request)

    assert decision == found.decision
    if found.status == READY:
        assert decision.verdict == "closable"
        assert (found.needs, found.remaining) == ((), ())
    else:
        assert found.needs or found.remaining
    if found.status == IMPOSSIBLE:
        assert decision.verdict != "closable"


@settings(max_examples=100)
@given(situations())
def test_planning_again_finds_nothing_left_to_do(situation):
    """After the steps of a plan, the plan has no steps."""
    record, request, rules = situation
    first = plan(record, request, rules)

    again = plan({"opportunity": first.record["opportunity"]}, request, rules)

    if first.status != CLOSED:
        assert (again.steps, again.cost) == ((), 0)
        assert again.decision == first.decision
    assert (again.status == READY) >= (first.status == READY)


@settings(max_examples=100)
@given(situations())
def test_nothing_unknown_is_ever_ready(situation):
    """A quote whose status nobody knows keeps every plan from being ready."""
    record, request, rules = situation
    quotes = record["opportunity"]["quotes"]

    if quotes is NOT_LOADED or isinstance(quotes, PartialList) or NOT_LOADED in list(states_of(record)):
        assert plan(record, request, rules).status != READY


def test_changes_are_made_where_the_pointers_lead():
    """Fields of the root, records of a list, and the request."""
    record: dict[str, Any] = {
        "opportunity": {"state": "open", "quotes": [{"state": "a"}, {"state": "b"}]},
        "close": {"date": None},
    }
    changes = [
        Change("/opportunity/quotes/1", {}, {"state": "c"}),
        Change("/opportunity", {}, {"state": "won"}),
        Change("/opportunity/quotes/0", {}, {"revision": 1}),
        Change("/close", {}, {"date": TODAY}),
    ]

    after = with_changes(record, changes)

    quotes = [{"state": "a", "revision": 1}, {"state": "c"}]
    assert after == {"opportunity": {"state": "won", "quotes": quotes}, "close": {"date": TODAY}}
    assert record["opportunity"]["quotes"] == [{"state": "a"}, {"state": "b"}]
