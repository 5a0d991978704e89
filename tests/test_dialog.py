"""The Close opportunity dialog follows the model and the rules, in every language and within every terminal."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import CloseRequest, DataError, Localizer, Opportunity, Quote, load_rules
from oppi18n.cli import run
from oppi18n.dialog.form import close_form
from oppi18n.dialog.machine import as_json
from oppi18n.dialog.parts import KINDS, Form
from oppi18n.dialog.text import as_text
from oppi18n.dialog.words import Words
from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.speech import Text
from oppi18n.widths import display_width

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
GOLDEN = Path(__file__).resolve().parent / "golden"
TODAY = date(2026, 3, 31)
RULES = load_rules()
EN = Localizer("en")

MODEL_OF_HOUSE = """
overlay: opportunity
enumerations:
  opportunity_status_reason:
    values:
      no_budget: {label: "No budget", dataverse: 100000001, state: lost}
      framework: {label: "Framework contract", dataverse: 100000002, state: won}
"""
RULES_OF_HOUSE = """
overlay: close-opportunity
rules:
  - id: description-when-lost
    severity: error
    source: house rule
    when: has(close.outcome) && close.outcome == 'lost'
    assert: has(close.description)
    at: close.description
    message: "Say why the opportunity was lost."

  - id: no-framework
    severity: error
    source: house rule
    when: has(close.status_reason) && has(opportunity.order_type) && opportunity.order_type == 'service'
    assert: close.status_reason != 'framework'
    at: close.status_reason
    message: "Service has no framework contracts."
"""


def quote(number: str, state: str, revision: int = 0) -> dict[str, Any]:
    return {"id": f"{number}-{revision}", "number": number, "revision": revision, "state": state}


def facts(*quotes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known = {"id": "o1", "name": "Rollout", "state": "open", "currency": "SEK", "estimated_revenue": "240000"}
    return {"opportunity": {**known, "created_on": "2026-01-15", "quotes": list(quotes), **fields}}


def dialog(localizer: Localizer = EN, **given: Any) -> Form:
    return close_form(given.pop("rules", RULES), localizer, today=given.pop("today", TODAY), **given)


@pytest.fixture
def house(tmp_path: Path) -> str:
    """The folder of a pack with status reasons and rules of its own."""
    (tmp_path / "house" / "rules" / "model").mkdir(parents=True)
    (tmp_path / "house" / "rules" / "model" / "opportunity.yaml").write_text(MODEL_OF_HOUSE, encoding="utf-8")
    (tmp_path / "house" / "rules" / "house.yaml").write_text(RULES_OF_HOUSE, encoding="utf-8")
    return str(tmp_path / "house")


# ---- what is asked for ----


def test_fields_stand_in_the_order_of_the_dialog():
    """Status, reason, revenue, date, competitor, description; the currency goes with the revenue."""
    form = dialog()

    assert [(each.name, each.kind, each.pointer) for each in form.fields] == [
        ("outcome", "choice", "/close/outcome"),
        ("status_reason", "choice", "/close/status_reason"),
        ("revenue", "money", "/close/revenue"),
        ("date", "date", "/close/date"),
        ("competitor", "text", "/close/competitor"),
        ("description", "multiline", "/close/description"),
    ]
    assert form.field("revenue").currency_pointer == "/close/currency"


def test_words_come_from_the_model_and_the_catalogs():
    """Title, labels, hints and buttons are those that the dialog is known by."""
    form = dialog()

    assert form.title == Text("Close opportunity", "en")
    assert [each.label.text for each in form.fields][:3] == ["Status", "Status reason", "Actual revenue"]
    assert form.field("competitor").hint.text == "Only for a lost opportunity."
    assert [(each.id, each.label.text) for each in form.buttons] == [("ok", "OK"), ("cancel", "Cancel")]


@pytest.mark.parametrize(
    ("field", "required", "relevant"),
    [
        ("outcome", ("won", "lost"), ("won", "lost")),
        ("status_reason", ("won", "lost"), ("won", "lost")),
        ("revenue", ("won",), ("won", "lost")),
        ("date", ("won", "lost"), ("won", "lost")),
        ("competitor", (), ("lost",)),
        ("description", (), ("won", "lost")),
    ],
)
def test_rules_say_what_is_required_and_what_is_out_of_place(field, required, relevant):
    """Nothing of it is declared: the rules were asked."""
    found = dialog().field(field)

    assert (found.required, found.relevant) == (required, relevant)


def test_reasons_follow_the_outcome():
    """Each reason has its code and the outcome that it belongs to; reasons of open opportunities are not offered."""
    options = dialog().field("status_reason").options

    assert [(each.value, each.dataverse, each.outcomes) for each in options] == [
        ("won", 3, ("won",)),
        ("canceled", 4, ("lost",)),
        ("out_sold", 5, ("lost",)),
    ]


def test_offered_reasons_are_those_of_the_chosen_outcome():
    """With no outcome chosen yet, all may be seen."""
    field = dialog().field("status_reason")

    assert [each.value for each in field.offered("lost")] == ["canceled", "out_sold"]
    assert [each.value for each in field.offered(None)] == ["won", "canceled", "out_sold"]


def test_defaults_depend_on_the_outcome():
    """They are the engine's own, worked out from the facts."""
    form = dialog(facts=facts())

    assert form.field("status_reason").defaults == {"won": "won", "lost": "canceled"}
    assert form.field("revenue").defaults == {"won": Decimal(240000)}
    assert form.field("date").defaults == {"won": TODAY, "lost": TODAY}


def test_unknown_estimate_gives_no_default():
    """Without facts, no revenue is made up."""
    assert dialog(outcome="won").field("revenue").value is None


@pytest.mark.parametrize(("limit", "length"), [("2000", 2000), ("500", 500), ("1", 1), ("9000", 2000)])
def test_length_of_the_description_is_the_stricter_of_model_and_rules(limit, length):
    """A setting that lowers the bound lowers it in the dialog too; the model's is the most there can be."""
    form = dialog(rules=load_rules(settings={"max_description": limit}))

    assert form.field("description").max_length == length


def test_text_that_may_have_no_character_is_out_of_place():
    """A bound of nothing leaves the field without use."""
    field = dialog(rules=load_rules(settings={"max_description": "0"})).field("description")

    assert (field.relevant, field.max_length) == ((), None)


def test_hint_does_not_contradict_a_lowered_bound():
    """The model's hint speaks of 2,000 characters and gives way."""
    form = dialog(rules=load_rules(settings={"max_description": "500"}))

    assert form.field("description").hint.text == "At most 500 characters."


@pytest.mark.parametrize(
    ("currency", "digits", "value"), [("SEK", 2, "1234.57"), ("JPY", 0, "1235"), ("KWD", 3, "1234.568")]
)
def test_amounts_have_the_digits_of_their_currency(currency, digits, value):
    """The example shows as many decimals as may be typed."""
    field = dialog(facts=facts(currency=currency)).field("revenue")

    assert field.example is not None
    assert (field.currency, field.digits, field.example.value) == (currency, digits, Decimal(value))


@pytest.mark.parametrize(
    ("locale", "day", "amount"),
    [
        ("en", "March 31, 2026", "SEK\xa01,234.57"),
        ("ko", "2026년 3월 31일", "SEK\xa01,234.57"),
        ("zh-HK", "2026年3月31日", "SEK\xa01,234.57"),
        ("ja", "2026年3月31日", "SEK\xa01,234.57"),
        ("ms", "31 Mac 2026", "SEK\xa01,234.57"),
        ("sv", "31 mars 2026", "1\xa0234,57\xa0kr"),
    ],
)
def test_examples_are_written_as_the_locale_does(locale, day, amount):
    """Dates are long, amounts have the locale's separators and symbol."""
    form = dialog(Localizer(locale), facts=facts())
    examples = [form.field(name).example for name in ("date", "revenue")]

    assert [each.shown.text for each in examples if each] == [day, amount]


# ---- what stands in it ----


def test_outcome_fills_in_the_rest():
    """Choosing Won brings reason, revenue and date, and says that they are defaults."""
    form = dialog(facts=facts(), outcome="won")
    found = [form.field(name) for name in ("status_reason", "revenue", "date")]

    assert [each.value for each in found] == ["won", Decimal(240000), TODAY]
    assert all(each.filled for each in found)
    assert [each.shown.text for each in found if each.shown] == ["Won", "SEK\xa0240,000.00", "March 31, 2026"]


def test_typed_values_are_kept():
    """What was typed is no default; a competitor changes which reason is."""
    request = CloseRequest("lost", competitor="Contoso", revenue=Decimal("10.50"))
    form = dialog(facts=facts(), request=request)

    assert [(each.value, each.filled) for each in form.fields] == [
        ("lost", False),
        ("out_sold", True),
        (Decimal("10.50"), False),
        (TODAY, True),
        ("Contoso", False),
        (None, False),
    ]


def test_outcome_replaces_that_of_the_request():
    """Switching from lost to won keeps the rest of what was typed, and says what no longer fits."""
    form = dialog(facts=facts(), request=CloseRequest("lost", competitor="Contoso"), outcome="won")

    assert form.outcome == "won"
    assert [each.rule for each in form.field("competitor").problems] == ["competitor-only-when-lost"]
    assert "A competitor can be named only" in as_text(form, EN)


def test_request_may_be_part_of_the_facts():
    """Facts that ask for a closing fill the dialog in."""
    form = dialog(facts={**facts(), "close": {"outcome": "lost", "date": "2026-03-30"}})

    assert (form.outcome, form.field("date").value) == ("lost", date(2026, 3, 30))
    assert form.panel is not None
    assert form.panel.asked == "closing"


def test_typed_records_will_do():
    """An `Opportunity` serves as facts."""
    deal = Opportunity(id="o1", name="Rollout", state="open", quotes=[Quote(id="q1", number="Q1", state="active")])
    form = dialog(facts=deal, outcome="won")

    assert form.panel is not None
    assert [each.key for each in form.panel.obstacles[0].offenders] == ["Q1"]


@pytest.mark.parametrize(
    "given",
    [
        {"outcome": "sold"},
        {"request": {"outcome": "sold"}},
        {"request": {"reason": "won"}},
        {"request": "won"},
        {"request": [], "outcome": "won"},
        {"facts": {"quotes": []}},
        {"facts": {"opportunity": "o1"}},
        {"facts": {"opportunity": {"id": "o1"}, "close": "won"}},
        {"facts": {"opportunity": {"id": "o1", "quotes": [{"id": "q1"}, {"id": "Q1"}]}}},
    ],
)
def test_values_that_do_not_fit_are_refused(given):
    """They are the caller's to mend, and never become a dialog."""
    with pytest.raises(DataError):
        dialog(**given)


# ---- what stands in the way ----


def test_blocked_panel_names_each_quote():
    """The panel has every quote by number, revision and state, its place, and the way out."""
    form = dialog(facts=facts(quote("QUO-1", "active"), quote("QUO-2", "won"), quote("QUO-3", "active", 2)))

    assert form.panel is not None
    obstacle = form.panel.obstacles[0]
    assert (form.panel.verdict, form.panel.asked, obstacle.rule) == ("blocked", "record", "no-active-quotes")
    assert [(each.label.text, each.state, each.pointer) for each in obstacle.offenders] == [
        ("QUO-1 rev. 0", "active", "/opportunity/quotes/0/state"),
        ("QUO-3 rev. 2", "active", "/opportunity/quotes/2/state"),
    ]
    assert [(each.id, each.label.text) for each in form.panel.remedies] == [
        ("close-quotes", "Close all active and draft quotes")
    ]


def test_what_a_field_can_mend_stands_with_the_field():
    """A date in the future is a problem of the close date and not of the panel."""
    form = dialog(facts=facts(), outcome="won", request={"date": date(2026, 5, 1)})

    assert form.panel is not None
    assert (form.panel.verdict, form.panel.obstacles) == ("blocked", ())
    assert [each.rule for each in form.field("date").problems] == ["close-date-not-in-future"]


def test_currency_that_does_not_fit_is_a_problem_of_the_revenue():
    """The currency has no field of its own."""
    form = dialog(facts=facts(), outcome="won", request={"currency": "USD", "revenue": 5})

    assert [each.rule for each in form.field("revenue").problems] == ["revenue-currency"]
    assert form.currency == "USD"


def test_missing_quotes_are_said_aloud():
    """Quotes that were not loaded leave the answer open."""
    form = dialog(facts={"opportunity": {"id": "o1", "state": "open"}}, outcome="lost")

    assert form.panel is not None
    assert form.panel.verdict == "undetermined"
    assert [(each.pointer, each.label.text) for each in form.panel.missing] == [("/opportunity/quotes", "Quotes")]


@pytest.mark.parametrize(
    ("quotes", "outcome", "title"),
    [
        ([], None, "Nothing on record stands in the way of closing this opportunity."),
        ([], "lost", "This opportunity can be closed as lost."),
        ([quote("Q", "won")], "won", "This opportunity can be closed as won."),
        ([quote("Q", "active")], None, "This opportunity can't be closed."),
        ([quote("Q", "active")], "won", "This opportunity can't be closed as won."),
        ([quote("Q", "active")], "lost", "This opportunity can't be closed as lost."),
        (None, None, "Data is missing to tell whether this opportunity can be closed."),
        (None, "won", "Data is missing to tell whether this opportunity can be closed as won."),
        (None, "lost", "Data is missing to tell whether this opportunity can be closed as lost."),
    ],
)
def test_panel_answers_in_one_sentence(quotes, outcome, title):
    """The title of the panel is the whole answer."""
    given = facts(*quotes or ())
    if quotes is None:
        del given["opportunity"]["quotes"]
    form = dialog(facts=given, outcome=outcome)

    assert form.panel is not None
    assert form.panel.title.text == title


def test_empty_dialog_has_no_answer():
    """Without facts there is nothing to decide."""
    form = dialog(outcome="won")

    assert (form.decision, form.panel, form.about, form.opportunity) == (None, None, None, None)


# ---- packs ----


def test_reasons_of_a_pack_are_offered(house):
    """They follow the outcome that they belong to, with their codes."""
    field = dialog(rules=load_rules(packs=[house])).field("status_reason")

    assert [each.value for each in field.offered("won")] == ["won", "framework"]
    assert [(each.value, each.dataverse) for each in field.offered("lost")][-1] == ("no_budget", 100000001)


def test_rules_of_a_pack_shape_the_dialog(house):
    """A rule that asks for a description when the deal is lost makes it required then."""
    form = dialog(rules=load_rules(packs=[house]))

    assert form.field("description").required == ("lost",)
    assert "Required if the status is “Lost”." in as_text(form, EN)


def test_rules_about_the_opportunity_bar_options(house):
    """A reason that this opportunity can't have is not offered for it, though for others it is."""
    rules = load_rules(packs=[house])
    form = dialog(rules=rules, facts=facts(order_type="service"))

    assert [each.value for each in form.field("status_reason").offered("won")] == ["won"]


# ---- properties ----

QUOTES = st.lists(st.sampled_from(["draft", "active", "won", "closed"]), max_size=4).map(
    lambda states: [quote(f"QUO-{number}", state) for number, state in enumerate(states)]
)
FACTS = st.one_of(
    st.none(),
    st.builds(
        lambda quotes, fields: facts(*quotes, **fields),
        QUOTES,
        st.fixed_dictionaries(
            {},
            optional={
                "state": st.sampled_from(["open", "won", "lost"]),
                "currency": st.sampled_from([None, "JPY", "EUR"]),
                "order_type": st.sampled_from([None, "project", "service"]),
                "created_on": st.sampled_from([None, "2027-01-01"]),
                "name": st.text(max_size=8),
            },
        ),
    ),
)
DESCRIPTIONS = st.lists(st.text(max_size=5), max_size=30).map(" ".join)
OUTCOMES = st.sampled_from([None, "won", "lost"])


@given(FACTS, OUTCOMES)
def test_offered_options_belong_to_the_chosen_outcome(given_facts, outcome):
    """Whatever the facts are, an offered reason has the state of the outcome, and the default is among them."""
    form = dialog(facts=given_facts, outcome=outcome)
    values = RULES.model.enumerations["opportunity_status_reason"].values
    field = form.field("status_reason")

    for chosen in form.outcomes:
        offered = [each.value for each in field.offered(chosen)]
        assert offered
        assert all(values[each].state == chosen for each in offered)
        assert field.defaults[chosen] in offered


@given(FACTS, OUTCOMES, st.sampled_from([locale for locale in PRODUCT if locale != "en"]))
def test_machine_output_differs_by_texts_alone(given_facts, outcome, locale):
    """Two languages, one answer."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in {"message", "text", "locale", "dir"}}
        return [plain(each) for each in value] if isinstance(value, list) else value

    one, other = (dialog(each, facts=given_facts, outcome=outcome) for each in (EN, LOCALIZERS[locale]))

    assert plain(as_json(one)) == plain(as_json(other))


@given(FACTS, OUTCOMES, DESCRIPTIONS, st.integers(60, 100))
def test_text_stays_on_its_lines(given_facts, outcome, description, width):
    """No text from data moves the cursor, and nothing stands past the right edge."""
    form = dialog(facts=given_facts, outcome=outcome, request={"description": description})
    lines = as_text(form, EN, width=width).split("\n")

    assert not [each for line in lines for each in line if unicodedata.category(each) in ("Cc", "Zl", "Zp", "Cs")]
    assert all(display_width(line) <= width for line in lines)


@given(FACTS.filter(lambda found: found is not None))
def test_every_violation_is_shown_once(given_facts):
    """Panel and fields together have what the decision has."""
    form = dialog(facts=given_facts, outcome="won")

    assert form.decision is not None
    assert form.panel is not None
    shown = [*form.panel.obstacles, *(each for field in form.fields for each in field.problems)]
    assert sorted(each.rule for each in shown) == sorted(each.rule for each in form.decision.violations)


# ---- text ----

LOCALIZERS = {locale: Localizer(locale) for locale in PRODUCT}
STATES: dict[str, dict[str, Any]] = {
    "empty": {},
    "lost": {"outcome": "lost"},
    "blocked": {"facts": facts(quote("QUO-1", "active"), quote("QUO-2", "draft", 1), quote("QUO-3", "active"))},
    "closable": {"facts": facts(quote("QUO-1", "won")), "outcome": "won"},
    "problems": {
        "facts": facts(quote("QUO-1", "active")),
        "request": {
            "outcome": "lost",
            "status_reason": "won",
            "date": "2026-05-01",
            "revenue": "-1.555",
            "description": "They chose someone else.\nWe were late.",
        },
    },
    "undetermined": {"facts": {"opportunity": {"id": "o1", "name": "Rollout", "state": "open"}}, "outcome": "won"},
    "closed": {"facts": facts(state="won")},
}


def test_kinds_are_those_that_renderers_know():
    """Each field is of one of five kinds."""
    assert {each.kind for each in dialog().fields} == set(KINDS)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("locale", PRODUCT)
def test_text_is_as_agreed(golden, locale, state):
    """The dialog in the terminal, in each state and language."""
    localizer = LOCALIZERS[locale]
    name, text = f"dialog/{locale}-{state}.txt", as_text(dialog(localizer, **STATES[state]), localizer)
    if "[en] " in text and not (GOLDEN / name).is_file():
        pytest.skip(f"{locale} is not wholly translated yet")

    golden(name, text)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("locale", PRODUCT)
def test_text_keeps_within_eighty_columns(locale, state):
    """Wide characters count double."""
    localizer = LOCALIZERS[locale]

    lines = as_text(dialog(localizer, **STATES[state]), localizer).splitlines()

    assert max(map(display_width, lines)) <= 80


def test_wide_labels_are_aligned(monkeypatch):
    """Values begin in one column, whatever the width of the characters in the labels."""
    monkeypatch.setattr("oppi18n.i18n.localizer.Localizer.label", lambda *given: Text("상태 설명", "en"))

    lines = as_text(dialog(), EN).splitlines()

    starts = {display_width(line.partition("[")[0]) for line in lines if "[   " in line}
    assert starts == {display_width("상태 설명") + 2}


def test_text_in_another_language_says_so(house):
    """What a pack has not translated stands in its own language, and is marked with it."""
    korean = Localizer("ko", packs=[house])
    form = dialog(korean, rules=load_rules(packs=[house]))
    reason = form.field("status_reason").offered("lost")[-1]

    assert reason.label == Text("No budget", "en")
    assert "( ) [en] No budget\n" in as_text(form, korean)


def test_right_to_left_is_said():
    """`lang` and `dir` are those of the locale."""
    localizer = Localizer("en")
    localizer.locale = "ar-XB"
    localizer._formats["ar-XB"] = Formats(patterns("ar-XB"))

    assert [(each.lang, each.dir) for each in (dialog(), dialog(localizer))] == [("en", "ltr"), ("ar-XB", "rtl")]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"value": 1234}, "1,234"),
        ({"value": Decimal("1234.5")}, "1,234.5"),
        ({"value": TODAY}, "March 31, 2026"),
        ({"value": "two\nlines"}, "two⏎lines"),
        ({"value": ["A", "B"]}, "A and B"),
        ({"value": Text("\u2068א\u2069", "en")}, "\u2068א\u2069"),
    ],
)
def test_words_format_by_type(values, text):
    """Values go in raw; what was worded before is not escaped a second time."""
    assert Words(EN)("{value}", **values) == Text(text, "en")


# ---- command ----


def test_command_shows_the_dialog(capsys):
    """The text on standard output is that of the library."""
    status = run(["dialog", "--today", "2026-03-31", "--as", "lost"])

    assert (status, capsys.readouterr().out) == (0, as_text(dialog(outcome="lost"), EN))


def test_command_fills_in_facts_of_a_file(capsys):
    """The dialog of a blocked opportunity names its quotes and still ends well: check is what says no."""
    status = run(["dialog", "--facts", str(EXAMPLES / "blocked.json"), "--today", "2026-11-20"])

    assert status == 0
    assert "- QUO-01043-K8T2 rev. 1 · Active" in capsys.readouterr().out


def test_command_takes_packs_and_settings(capsys, house):
    """They change the dialog as they change the rules."""
    status = run(["dialog", "--pack", house, "--set", "max_description=500"])
    out = capsys.readouterr().out

    assert status == 0
    assert "( ) No budget" in out
    assert "At most 500 characters." in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--as", "sold"], "won, lost"),
        (["--facts", "no-such-file.json"], "no-such-file.json"),
        (["--facts", str(EXAMPLES / "pipeline.jsonl")], "one is expected"),
        (["--deployment", "moon"], "moon"),
        (["--set", "max_description=many"], "max_description"),
        (["--format", "yaml"], "text, json"),
        (["--today", "tomorrow"], "tomorrow"),
    ],
)
def test_command_refuses_bad_input(capsys, arguments, told):
    """Usage and unreadable files end with 2 and a sentence, and print nothing."""
    status = run(["dialog", *arguments])
    printed = capsys.readouterr()

    assert (status, printed.out) == (2, "")
    assert told in printed.err
