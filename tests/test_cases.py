"""Cases are read with everything they leave out filled in, and told apart from what the rules say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from oppi18n import packs
from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.engine.decision import Money, RecordValue
from oppi18n.errors import InputError
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.packs import Pack
from oppi18n.proofs.cases import Case
from oppi18n.proofs.compare import shown
from oppi18n.proofs.differences import ENGLISH, Captions, Difference, lines
from oppi18n.proofs.expectations import Expected, ExpectedPlan
from oppi18n.proofs.library import library, rule_contents
from oppi18n.proofs.runner import Programs, Result, Speakers, judged, run
from oppi18n.proofs.suites import Suite

SHIPPED = list(rule_contents([packs.shipped()]))
OWN = Pack("own", "/own", None, "en")
BASE = """base:
  opportunity: {id: o1, name: Base, state: open, currency: USD, quotes: [{id: q0, state: closed}]}
  quote: {revision: 0}
  close: {outcome: lost, status_reason: canceled, date: 2026-03-31}
"""


def suite(text: str, head: str = f"ruleset: close-opportunity\ntoday: 2026-03-31\n{BASE}cases:\n") -> Suite:
    """The cases of a text, which must be free of mistakes."""
    found = library(SHIPPED, [(OWN, "rules/own.cases.yaml", (head + text).encode())])
    understood = found.ruleset("close-opportunity")
    assert understood is not None
    read = tuple(found.cases("close-opportunity", understood))
    assert found.space.diagnostics == Diagnostics()
    return Suite(understood[0], understood[1], read, tuple(SHIPPED), ())


def cases(text: str) -> tuple[Case, ...]:
    return suite(text).cases


def written(*lines: str) -> str:
    """A case about the whole decision, with further lines."""
    has_expect = any(line.startswith(("expect", "rule")) for line in lines)
    more = [*lines, *([] if has_expect else ["expect: {verdict: blocked}"])]
    return "\n".join(["  - name: A case.", *(f"    {line}" for line in more)])


def case(*lines: str) -> Case:
    return cases(written(*lines))[0]


def result(*lines: str) -> Result:
    found = suite(written(*lines))
    return next(judged(found.cases, Programs(found), Speakers([])))


def test_case_begins_with_the_base_of_its_file():
    """What a case does not write is what its file says for all."""
    found = case()

    assert found.facts["opportunity"]["name"] == "Base"
    assert found.facts["opportunity"]["quotes"] == [{"id": "q0", "state": "closed", "revision": 0}]
    assert (found.today, found.deployment, found.settings) == (date(2026, 3, 31), None, {})


def test_case_without_close_asks_about_the_record_alone():
    """The base of the request waits until a case asks for a closing."""
    assert case().request is None
    assert case("close: {}").request == {"outcome": "lost", "status_reason": "canceled", "date": date(2026, 3, 31)}


def test_case_overrides_the_base_field_by_field():
    """Fields replace fields, lists replace lists, and null empties."""
    found = case(
        "opportunity: {name: null, quotes: [{id: q1, state: draft, revision: 2}]}", "close: {date: 2026-01-01}"
    )

    assert found.facts["opportunity"]["name"] is None
    assert found.facts["opportunity"]["quotes"] == [{"id": "q1", "state": "draft", "revision": 2}]
    assert found.request == {"outcome": "lost", "status_reason": "canceled", "date": date(2026, 1, 1)}


def test_values_have_the_types_of_the_model():
    """Amounts are exact, dates are dates, and a word that looks like a boolean stays a name."""
    found = case("opportunity: {name: no, estimated_revenue: 0.10, created_on: 2026-03-31T22:00:00Z}")
    record = found.facts["opportunity"]

    assert (record["name"], str(record["estimated_revenue"]), record["created_on"]) == ("no", "0.10", date(2026, 3, 31))


def test_without_means_not_loaded():
    """A path can lead into a list; the base of the other cases stays whole."""
    first, second = cases(
        "  - {name: One., without: [/opportunity/name, /opportunity/quotes/0/state, /close/date], close: {},"
        " expect: {verdict: blocked}}\n  - {name: Two., expect: {verdict: blocked}}\n"
    )
    assert first.request is not None

    assert first.facts["opportunity"]["name"] is NOT_LOADED
    assert first.facts["opportunity"]["quotes"][0]["state"] is NOT_LOADED
    assert first.request["date"] is NOT_LOADED
    assert second.facts["opportunity"]["quotes"][0]["state"] == "closed"


def test_partial_means_that_there_may_be_more():
    """The list keeps what was seen of it."""
    found = case("partial: [/opportunity/quotes]").facts["opportunity"]["quotes"]

    assert (type(found), len(found)) == (PartialList, 1)


def test_long_text_is_written_in_short():
    """Nobody counts two thousand characters in a file."""
    found = case("close: {description: {repeat: 한글, times: 3}}").request

    assert found is not None
    assert found["description"] == "한글한글한글"


def test_settings_are_typed_and_days_and_deployments_named():
    """A case stands in a deployment, on a day, under settings."""
    found = case("settings: {max_revenue: 5, drafts_block: true}", "today: 2027-01-01", "deployment: lite")

    assert found.settings == {"max_revenue": Decimal(5), "drafts_block": True}
    assert (found.today, found.deployment) == (date(2027, 1, 1), "lite")


def test_expectation_that_is_not_written_is_not_asserted():
    """An empty list is asserted, an absent one is not."""
    assert case("expect: {violations: []}").expected == Expected(violations=frozenset())


def test_expectations_may_speak_of_some_names():
    """A list is all there may be; `includes` and `excludes` leave the others open."""
    found = case(
        "expect: {violations: {includes: [one-won-quote], excludes: [opportunity-open]}, needs: {excludes: []}}"
    )

    assert found.expected.violations is None
    assert found.expected.includes == {"violations": {"one-won-quote"}}
    assert found.expected.excludes == {"violations": {"opportunity-open"}, "needs": frozenset()}


def test_list_of_remedies_is_a_plan_that_can_be_carried_out():
    """The mapping says more, and asserts only what it names."""
    assert case("expect: {plan: [close-quotes]}").expected.plan == ExpectedPlan("ready", ("close-quotes",))
    assert case("expect: {plan: {cost: 2}}").expected.plan == ExpectedPlan(cost=2)


def test_asked_closing_is_that_of_the_base():
    """Who asks about the closing and writes none means the one that the file writes for all."""
    assert case("asked: closing").request == case("close: {}").request
    assert case("asked: record").request is None


ACTIVE = "opportunity: {quotes: [{id: q1, number: QUO-1, state: active}]}"
CLOSED = "This opportunity is already closed (status: Won). Only an open opportunity can be closed."


@pytest.mark.parametrize(
    ("lines", "differences"),
    [
        (("rule: opportunity-open", "shows: fails"), [("shows", "fails", "passes")]),
        (("rule: outcome-chosen", "shows: passes"), [("shows", "passes", "pending")]),
        (("without: [/opportunity/state]", "rule: opportunity-open", "shows: passes"), [("shows", "passes", "unknown")]),
        (("expect: {verdict: blocked}",), [("verdict", "blocked", "closable")]),
        (("expect: {violations: [one-won-quote]}",), [("violations", ("one-won-quote",), (), ("one-won-quote",))]),
        (("without: [/opportunity/state]", "expect: {unknown: [], needs: []}"),
         [("unknown", (), ("opportunity-open",), (), ("opportunity-open",)),
          ("needs", (), ("/opportunity/state",), (), ("/opportunity/state",))]),
        ((ACTIVE, "expect: {violations: {includes: [one-won-quote], excludes: [no-active-quotes]}}"),
         [("violations.includes", ("one-won-quote",), ("no-active-quotes",), ("one-won-quote",)),
          ("violations.excludes", ("no-active-quotes",), ("no-active-quotes",), (), ("no-active-quotes",))]),
        ((ACTIVE, "expect: {violations: {includes: [no-active-quotes], excludes: [one-won-quote]}}"), []),
        (("opportunity: {state: won}", "rule: opportunity-open", "shows: fails",
          "expect: {pointers: [], params: {state: lost}, message: {en: 'No.'}}"),
         [("pointers", (), ("/opportunity/state",), (), ("/opportunity/state",)), ("params.state", "lost", "won"),
          ("message.en", "No.", CLOSED)]),
        ((ACTIVE, "close: {}", "expect: {plan: []}"),
         [("plan.remedies", (), ("close-quotes",), (), ("close-quotes",))]),
        ((ACTIVE, "close: {}", "expect: {plan: [close-quotes]}"), []),
        ((ACTIVE, "close: {date: null}", "expect: {plan: {status: ready, cost: 3, needs: []}}"),
         [("plan.status", "ready", "needs"), ("plan.cost", "3", "1"), ("plan.needs", (), ("/close/date",), (), ("/close/date",))]),
    ],
)  # fmt: skip
def test_difference_says_what_was_expected_and_what_was_found(lines, differences):
    """Each expectation that does not hold is one difference, with what is too few and too many."""
    found = result(*lines)

    place = case().span
    assert [each._replace(span=place) for each in found.differences] == [
        Difference(what, expected, was, place, *more) for what, expected, was, *more in differences
    ]
    assert found.passed == (not differences)


def test_difference_has_the_place_of_its_expectation():
    """Line by line, also where one expectation stands inside another."""
    found = result("opportunity: {state: won}", "rule: opportunity-open", "shows: fails", "expect:",
                   "  verdict: closable", "  params: {state: lost}", "  message:", "    ko: 아니요.")  # fmt: skip

    places = {each.what: (each.span.line, each.span.column) for each in found.differences}
    assert places == {"verdict": (13, 16), "params.state": (14, 16), "message.ko": (16, 9)}


@pytest.mark.parametrize("locale", ["ko", "zh-HK", "ja", "ms", "sv"])
def test_sentence_can_be_expected_in_any_locale(locale):
    """What is found is what a reader of that locale is told."""
    found = result(
        "opportunity: {state: won}", "rule: opportunity-open", "shows: fails", f"expect: {{message: {{{locale}: x}}}}"
    )

    (difference,) = found.differences
    assert difference.found == Localizer(locale).message(found.decision.violations[0])
    assert (difference.what, difference.found) != (f"message.{locale}", CLOSED)


def test_sentence_that_nobody_translated_says_its_language(tmp_path: Path):
    """Whoever expects Korean and gets English is told so."""
    (tmp_path / "rules").mkdir()
    own = "overlay: close-opportunity\nrules:\n  - {id: opportunity-open, message: 'Closed: {state}.'}\n"
    text = "ruleset: close-opportunity\ntoday: 2026-03-31\ncases:\n  - name: A.\n    rule: opportunity-open\n    shows: fails\n"
    facts = "    opportunity: {id: o, state: won, quotes: []}\n    expect: {message: {ko: 닫힘}}\n"
    (tmp_path / "rules" / "own.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "rules" / "own.cases.yaml").write_text(text + facts, encoding="utf-8")
    (tmp_path / "rules" / "pack.yaml").write_text("name: own\n", encoding="utf-8")

    (found,) = run(packs=[f"{tmp_path}/"])

    assert str(found.differences[0].found).startswith("[en] Closed: ")


def test_result_of_a_case_that_holds_has_no_difference():
    """Nothing to tell."""
    found = result("rule: opportunity-open", "shows: passes")

    assert (found.passed, found.diff()) == (True, "")


def differing(expected: object, found: object, *more: tuple[str, ...]) -> Difference:
    return Difference("message.ko", expected, found, case().span, *more)  # type: ignore[arg-type]


def test_diff_is_aligned_in_any_language():
    """Found stands under expected, and the caret where they part, by display width."""
    shown = lines(differing("닫힌 견적 1개", "닫힌 견적 2개"), Captions("예상", "found"))

    assert "\n".join(shown) == (
        "/own/own.cases.yaml:8: message.ko\n  예상   닫힌 견적 1개\n  found  닫힌 견적 2개\n                   ^"
    )


def test_long_sentences_are_wrapped_and_the_caret_stays_under_its_character():
    """The line in which the two part is followed by the caret, not the last one."""
    first, second = "the first line of both ends", "here, the second goes on to"
    shown = lines(differing(f"{first} {second} the end", f"{first} {second.upper()} the end"), ENGLISH, 40)

    assert list(shown)[1:] == [
        f"  expected  {first}",
        f"            {second}",
        "            the end",
        f"  found     {first}",
        f"            {second.upper()}",
        "            ^",
        "            the end",
    ]


@pytest.mark.parametrize(
    ("expected", "found", "column"),
    [("a", "", 0), ("", "a", 0), ("ab", "a", 1), ("a", "ab", 1), ("a", None, 0), (("a", "b"), ("b", "a"), 0)],
)
def test_caret_shows_where_texts_part(expected, found, column):
    """At the end of one text where it is the beginning of the other."""
    assert list(lines(differing(expected, found)))[-1] == " " * (12 + column) + "^"


def test_excluded_names_are_not_called_expected():
    """What must not be there is named once, as unwanted."""
    shown = lines(differing(("a",), ("a", "b"), (), ("a",)))

    assert list(shown)[1:] == ["  found     a, b", "  unwanted  a"]


def test_diff_never_lets_data_forge_a_line():
    """Control characters are shown, not obeyed."""
    shown = list(lines(differing("a\nb", "a\x1b[31m")))

    assert shown[1:] == ["  expected  a⏎b", "  found     a␛[31m", "             ^"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 31), "2026-03-31"),
        (Money(Decimal("1.50"), None), "1.50"),
        (Money(Decimal(-1), "JPY"), "-1 JPY"),
        ("won", "won"),
        ((RecordValue("quote", {"number": "QUO-1", "id": "q"}), RecordValue("quote", {"id": "q2"})), ("QUO-1", "q2")),
        ((1, Decimal("0.5")), ("1", "0.5")),
    ],
)
def test_param_is_shown_as_cases_write_it(value, text):
    """Whatever a param is, a case can say it in plain words."""
    assert shown(value) == text


@pytest.mark.parametrize(("wanted", "count"), [("reason-not-revised", 2), ("REVISED", 1), ("nothing like it", 0)])
def test_cases_are_chosen_by_rule_or_by_name(wanted, count):
    """A rule's id names its cases; a part of a name, in any letter case, those that have it."""
    assert len(list(run("close-quotes", filter=wanted))) == count


def test_unknown_ruleset_is_named():
    """A mistyped ruleset is an error of the caller."""
    with pytest.raises(InputError, match="there is no ruleset 'close-quote'"):
        run("close-quote")


def test_wrong_cases_are_not_run(tmp_path: Path):
    """Everything wrong with the cases is told at once, before any of them is run."""
    (tmp_path / "rules").mkdir()
    text = "ruleset: close-quotes\ntoday: x\ncases:\n  - {name: A., rule: reason-fit, shows: fails}\n"
    (tmp_path / "rules" / "own.cases.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(AuthoringError) as caught:
        run("close-quotes", packs=[f"{tmp_path}/"])
    assert [each.code for each in caught.value.diagnostics] == ["not-a-value", "absent-key", "unknown-rule"]


def test_cases_that_are_not_utf8_are_a_diagnostic_like_any_other():
    """The column counts characters, also before the byte that is wrong."""
    found = library(SHIPPED, [(OWN, "rules/own.cases.yaml", "ruleset: 한\n# 한글".encode() + b"\xff")])

    assert [str(each) for each in found.space.diagnostics] == [
        "/own/own.cases.yaml:2:5: error[wrong-encoding] the file is not UTF-8: byte 21 does not fit"
    ]
