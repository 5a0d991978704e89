"""Messages say what the template says, with values that can pretend nothing."""

from __future__ import annotations

import datetime
import marshal
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.render import KINDS, bind, code, compile_template
from oppi18n.i18n.visible import is_suspect, isolated, shown, visible
from oppi18n.templates import TemplateFault

# The last two have long dates and lists no shortcut fits.
LOCALES = (*PRODUCT, "en-XA", "pl", "ml", "am", "es", "ja-JP", "af", "fa")
FORMATS = {locale: Formats(patterns(locale)) for locale in (*LOCALES, "ar-XB")}
KOREAN = FORMATS["ko"]
VALUES = {
    "text": "QUO-1",
    "ready": "ready",
    "list": ["A", "B", "C"],
    "integer": -1234567,
    "decimal": Decimal("-1234.50"),
    "money": (Decimal("1234.5"), "USD"),
    "date": datetime.date(2024, 2, 9),
    "short-date": datetime.date(2024, 2, 9),
}


def written(formats: Formats, kind: str) -> str:
    """The value of a kind, by the formats alone."""
    value: Any = VALUES[kind]
    if kind in ("text", "ready"):
        return str(value)
    if kind == "money":
        return formats.money(*value)
    return str(getattr(formats, {"short-date": "date_short"}.get(kind, kind))(value))


@pytest.mark.parametrize("locale", [each for each in LOCALES if each != "fa"])
@pytest.mark.parametrize("kind", KINDS)
def test_raw_values_come_out_as_the_formats_write_them(locale, kind):
    """What is written into a compiled message equals what the formats write."""
    formats = FORMATS[locale]

    render = compile_template("<{value}>", formats, {"value": kind})

    assert render({"value": VALUES[kind]}) == f"<{written(formats, kind)}>"


@pytest.mark.parametrize("locale", ["fa", "ar-XB"])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"ready", "list"}))
def test_every_value_is_isolated_where_text_runs_from_right_to_left(locale, kind):
    """In a right-to-left locale each value keeps its direction to itself."""
    formats = FORMATS[locale]

    render = compile_template("<{value}>", formats, {"value": kind})

    assert render({"value": VALUES[kind]}) == f"<\u2068{written(formats, kind)}\u2069>"


def test_each_item_of_a_list_is_isolated_by_itself():
    """A list is not one value but several."""
    render = compile_template("{value}", FORMATS["ar-XB"], {"value": "list"})
    mixed = compile_template("{value}", FORMATS["en"], {"value": "list"})

    assert render({"value": ["A", "B"]}) == "\u2068A\u2069 and \u2068B\u2069"
    assert mixed({"value": ["A", "עסקה", "\n"]}) == "A, \u2068עסקה\u2069, and ⏎"


@pytest.mark.parametrize("locale", LOCALES)
@given(date=st.dates(), items=st.lists(st.sampled_from(["A", "견적", "ä", "\x1b", "עסקה"]), max_size=5))
def test_dates_and_lists_in_messages_equal_those_of_the_formats(locale, date, items):
    """The shortcuts of compiled messages change no byte."""
    formats = FORMATS[locale]
    safe = (lambda text: isolated(visible(text))) if formats.rtl else shown
    expected = formats.list([safe(each) for each in items])

    render = compile_template("{date}|{items}", formats, {"date": "date", "items": "list"})
    day, _, listed = render({"date": date, "items": items}).partition("|")

    assert day == (isolated(formats.date(date)) if formats.rtl else formats.date(date))
    assert listed == expected


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("", {}, ""),
        ("plain", {}, "plain"),
        ("{{{name}}}", {"name": "x"}, "{x}"),
        ("{a}{b}{a}", {"a": "1", "b": "2"}, "121"),
        ("{a}", {"a": "{b}"}, "{b}"),
        ("'\"\\{a}\n\\N{{DASH}}", {"a": "'"}, "'\"\\'\n\\N{DASH}"),
        ("100% {a} %s %(a)s", {"a": "%d"}, "100% %d %s %(a)s"),
        ("{def} {class}", {"def": "1", "class": "2"}, "1 2"),
        ("{values}{shown}{v0}", {"values": "1", "shown": "2", "v0": "3"}, "123"),
    ],
)
def test_templates_are_filled_once(template, values, expected):
    """Values are put in as they are and never read as templates, and names mean nothing to the machine."""
    assert compile_template(template, FORMATS["en"])(values) == expected


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{a}이(가) 있습니다.", "견적", "견적이 있습니다."),
        ("{a}이(가) 있습니다.", "기회", "기회가 있습니다."),
        ("{a}(으)로", "서울", "서울로"),
        ("{a}(으)로", "성공", "성공으로"),
        ("‘{a}’을(를)", "견적(초안)", "‘견적(초안)’을"),
        ("활성 견적({a})은(는)", "QUO-2", "활성 견적(QUO-2)은"),
        ("영업 기회({a})은(는)", "QUO-1", "영업 기회(QUO-1)는"),
        ("{a}과(와) {a}을(를)", "3", "3과 3을"),
        ("{a}이(가)", "עסקה", "\u2068עסקה\u2069이(가)"),
        ("{a}이(가)", "견적\x1b", "견적␛이"),
        ("{a}은(는)", "", "은(는)"),
        ("견적 {a}은(는)", "", "견적 은"),
        ("견적을(를) {a}", "x", "견적을(를) x"),
    ],
)
def test_korean_particles_follow_the_value(template, value, expected):
    """The double form after a placeholder is resolved when the value is known."""
    assert compile_template(template, KOREAN)({"a": value}) == expected


def test_korean_particles_follow_formatted_values():
    """Dates, lists, numbers and amounts are read aloud too."""
    kinds = {"date": "date", "quotes": "list", "count": "integer", "sum": "money"}
    render = compile_template("{date}이(가) {quotes}을(를) {count}과(와) {sum}은(는)", KOREAN, kinds)

    text = render({"date": VALUES["date"], "quotes": ["가", "나"], "count": 1000, "sum": (Decimal(5), "USD")})

    assert text == "2024년 2월 9일이 가 및 나를 1,000과 US$5.00는"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain ascii", "plain ascii"),
        ("견적 ä é 報價", "견적 ä é 報價"),
        ("1\xa0234 a\u202fb", "1\xa0234 a\u202fb"),
        ("\x1b[31m", "␛[31m"),
        ("a\nb\rc\td\x00", "a⏎b␍c␉d␀"),
        ("a\x85b\u2028c\u2029d", "a⏎b⏎c⏎d"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\u009b31m"),
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("\u2066\u2067\u2068\u2069", "\\u2066\\u2067\\u2068\\u2069"),
        ("a\u200e\u200f\u061c", "a\\u200e\\u200f\\u061c"),
        ("\ud800", "\\ud800"),
        ("👩\u200d💻 क्\u200c", "👩\u200d💻 क्\u200c"),
    ],
)
def test_what_could_act_is_made_visible(text, expected):
    """Controls become signs; letters, spaces and joiners stay."""
    assert visible(text) == expected
    assert compile_template("{a}", FORMATS["en"])({"a": text}) == expected


@given(st.text())
def test_no_value_breaks_out_of_its_place(text):
    """Nothing from data moves the cursor, ends the line, sets a direction or cannot be encoded."""
    made = compile_template("{a}", FORMATS["en"])({"a": text})
    inner = made[1:-1] if made.startswith("\u2068") else made

    assert inner == visible(text)
    assert not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in made)
    assert not any(unicodedata.bidirectional(each) in BIDI_CONTROLS for each in inner)
    assert made.encode().decode() == made


BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text())
def test_right_to_left_text_is_isolated(text):
    """Whatever runs from right to left is isolated, and nothing else is."""
    letters = {unicodedata.bidirectional(each) for each in visible(text)}

    made = shown(text)

    if letters & {"R", "AL"}:
        assert made == isolated(visible(text))
    assert made in (visible(text), isolated(visible(text)))
    assert made.startswith("\u2068") <= is_suspect(text)


@pytest.mark.parametrize("locale", LOCALES)
def test_code_survives_a_cache(locale):
    """A compiled message can be written down and bound to the same locale again."""
    formats = FORMATS[locale]
    template = "{text} {date} {list}이(가)"
    kinds = {"date": "date", "list": "list"}

    kept = marshal.loads(marshal.dumps(code(template, formats, kinds)))

    assert bind(kept, formats)(VALUES) == compile_template(template, formats, kinds)(VALUES)


@pytest.mark.parametrize("template", ["{a.b}", "{a!r}", "{0}", "{"])
def test_a_faulty_template_is_not_compiled(template):
    """Faults are raised before any value is seen."""
    with pytest.raises(TemplateFault):
        compile_template(template, FORMATS["en"])


def test_what_is_missing_is_named():
    """A value that is not there and a kind that does not exist are key errors."""
    with pytest.raises(KeyError, match="name"):
        compile_template("{name}", FORMATS["en"])({})
    with pytest.raises(KeyError, match="colour"):
        compile_template("{name}", FORMATS["en"], {"name": "colour"})


@given(st.text("{}'\"\\\n ab%이가()\u2028", max_size=20))
def test_literal_text_comes_out_as_it_went_in(text):
    """No literal can leave its quotes in the code that is made."""
    template = text.replace("{", "{{").replace("}", "}}")

    assert compile_template(template, KOREAN)({}) == text
