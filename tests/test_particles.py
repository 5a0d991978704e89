"""Korean particles follow the sound of what stands before them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.i18n.particles import CONSONANT, FORMS, RIEUL, UNKNOWN, VOWEL, attach, sound
from oppi18n.templates import CLOSERS, DOUBLE_FORMS

HEARD = {
    CONSONANT: [
        # Hangul, whole, decomposed and as single letters
        "견적",
        "영업 기회 종료됨",
        "값",
        "한국어 문장.",
        "\u1100\u1161\u11a8",
        "ㄱ",
        "ㅎ",
        # numbers read aloud: 영 삼 육 십 백 천 만 억 경
        "0",
        "3",
        "6",
        "10",
        "13",
        "60",
        "100",
        "1,000",
        "1000",
        "10000",
        "100,000",
        "1,000,000",
        "10000000",
        "100000000",
        "1" + "0" * 11,
        "1" + "0" * 16,
        "2.0",
        "1,234.50",
        "1.3",
        "007.3",
        "00",
        "100" + "0" * 80,
        "QUO-01000",
        "３",
        # units and money: 그램 킬로그램 원 엔 위안 링깃 프랑
        "5 kg",
        "5kg",
        "12 g",
        "₩1,234",
        "￥500",
        "¥500",
        "₩1,235",
        "500원",
        "MYR\xa01,234.50",
        "RM\xa07",
        "CHF 2",
        "CNY 5.00",
        "7 KRW",
        # letters by name: 엠 엔
        "CRM",
        "M",
        "N",
        "XML 문서 N",
        # Latin words, a guess
        "team",
        "Amazon",
        "Chrome",
        "iPhone",
        "meeting",
        "Slack",
        "Basic",
        "Outlook",
        "app",
        "Group",
        "robot",
        "budget",
        "web",
        # brackets: the word before; quotation marks: what they quote
        "견적(초안 2)",
        "견적 (초안)",
        "견적(가(나)다)",
        "견적[가]（나）",
        "(견적)",
        "가)견적)",
        "‘견적’",
        '"견적"',
        "「견적」",
        "〈견적〉",
        "“견적(초안)”",
        # what is not read is skipped
        "견적…",
        "견적\u2069",
        "\u2068견적\u2069",
        "견적\u200b\u200f",
        "견적 🎉",
        "견적™",
        "견적*",
        "C#",
        "ボタン",
    ],
    RIEUL: [
        "서울",
        "매출",
        "\u1105\u1161\u11af",
        "ㄹ",
        "1",
        "7",
        "8",
        "11",
        "2,001",
        "3.7",
        "QUO-8",
        "L",
        "URL",
        "R",
        "HR",
        "SQL",
        "Excel",
        "email",
        "Google",
        "file",
        "5‰",
        "‘서울’",
        "서울(가)",
    ],
    VOWEL: [
        "영업 기회",
        "날짜",
        "회의",
        "\u1100\u1161",
        "ㅏ",
        # 이 사 오 구, 조 해, 퍼센트, 도
        "2",
        "4",
        "5",
        "9",
        "12",
        "1.2",
        "1.25",
        "2024-02-09",
        "09",
        "1" + "0" * 12,
        "10" + "0" * 12,
        "1" + "0" * 20,
        "50%",
        "0.1 ％",
        "20℃",
        "20°",
        # 달러 유로 파운드 크로나 미터 바이트 시간
        "$10",
        "$1,000.00",
        "US$3",
        "HK$1,000",
        "-$3.00",
        "€3",
        "£100",
        "SEK\xa01,000",
        "USD 10",
        "1 000,00\xa0kr",
        "5 EUR",
        "5 cm",
        "10 km",
        "10L",
        "10 GB",
        # letters by name
        "A",
        "AI",
        "USD",
        "ChatGPT",
        "OpenAI",
        "IBM KOREA",
        "PDF",
        "ABC",
        "É",
        # Latin words
        "Contoso",
        "Microsoft",
        "server",
        "project",
        "Drive",
        "Office",
        "cloud",
        "GitHub",
        "Inc.",
        "Café",
        "boat",
        "blog",
        "tax",
        "C++",
        "R&D",
        # brackets and quotation marks
        "영업 기회(견적)",
        "(회의)",
        "“회의”",
        "『회의』",
        "»회의«",
        "회의 [1]",
        "50%(견적)",
        "3개(QUO-1, QUO-3)",
        "㈜",
        "회사㈜",
        "カメラ",
        "回答さ",
    ],
    UNKNOWN: ["", " ", "()", "…", "🎉", "東京", "報價", "Москва", "مرحبا", "\u2068\u2069", "\u200b", "()()", "''"],
}
ROWS = [(text, heard) for heard, texts in HEARD.items() for text in texts]


@pytest.mark.parametrize(("text", "heard"), ROWS)
def test_the_last_sound_is_heard(text, heard):
    """A text ends in a vowel, a consonant, ㄹ, or in something nobody can read."""
    assert sound(text) == heard


@pytest.mark.parametrize(
    ("particle", "consonant", "rieul", "vowel"),
    [
        ("이(가)", "이", "이", "가"),
        ("을(를)", "을", "을", "를"),
        ("은(는)", "은", "은", "는"),
        ("과(와)", "과", "과", "와"),
        ("(으)로", "으로", "로", "로"),
    ],
)
def test_each_particle_has_its_forms(particle, consonant, rieul, vowel):
    """ㄹ counts as a vowel for `(으)로` alone, and the double form stays where nothing is heard."""
    chosen = [attach(word, particle) for word in ("부산", "서울", "제주", "東京")]

    assert chosen == [consonant, rieul, vowel, particle]


@pytest.mark.parametrize(
    ("sentence", "particle", "form"),
    [
        ("종료 날짜 2024년 2월 9일", "이(가)", "이"),
        ("견적 QUO-01042 및 QUO-01043", "을(를)", "을"),
        ("영업 기회 ‘Contoso 리모델링’", "은(는)", "은"),
        ("활성 견적 3개(QUO-1, QUO-3)", "이(가)", "가"),
        ("금액 ₩1,000,000", "(으)로", "으로"),
        ("금액 US$1,000.00", "과(와)", "와"),
        ("상태 설명 ‘성공’", "(으)로", "으로"),
        ("상태 설명 ‘실패’", "(으)로", "로"),
    ],
)
def test_a_sentence_so_far_decides(sentence, particle, form):
    """The whole text before the particle may be passed; only its end counts."""
    assert attach(sentence, particle) == form


@pytest.mark.parametrize("number", range(100))
def test_numbers_below_a_hundred_are_read_aloud(number):
    """A number sounds like its last digit, and a round number like 십."""
    last = number % 10
    expected = {0: CONSONANT, 1: RIEUL, 3: CONSONANT, 6: CONSONANT, 7: RIEUL, 8: RIEUL}.get(last, VOWEL)

    assert sound(str(number)) == expected


def test_the_forms_are_those_of_the_notation():
    """Templates recognise exactly the particles that can be resolved."""
    assert set(FORMS) == set(DOUBLE_FORMS)


def test_an_unknown_particle_is_refused():
    """Only the forms of the table are particles."""
    with pytest.raises(KeyError):
        attach("견적", "도")


@given(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from(CLOSERS), st.text(max_size=5))
def test_quotes_and_isolates_change_nothing(syllable, closer, before):
    """A word sounds alike with or without invisible marks, stops and closing marks after it."""
    heard = sound(syllable)

    assert sound(f"\u2068{syllable}\u2069") == sound(f"{syllable}!") == sound(f"‘{syllable}’") == heard
    assert sound(f"{syllable}{closer}") == sound(f"{before}{syllable}") == heard


@given(st.text(alphabet=st.characters(), max_size=40), st.sampled_from(sorted(FORMS)))
def test_any_text_takes_a_particle(text, particle):
    """Whatever stands before, one of the three forms comes out."""
    assert attach(text, particle) in {particle, *FORMS[particle]}


@given(st.text("()[]“”'1,.0a가 \u2069", max_size=60))
def test_brackets_in_any_disorder_are_survived(text):
    """Unbalanced brackets end in some sound."""
    assert sound(text) in {UNKNOWN, VOWEL, CONSONANT, RIEUL}
