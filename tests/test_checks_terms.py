"""Checks of terms, meaning and coherence: each finds what it is for, and is quiet on what is right."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.checks import checks, negation, opposites, run
from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, WARNING, Finding
from oppi18n.checks.wording import has, spot, terms_in, wrong
from oppi18n.docs.linting import background_of
from oppi18n.i18n.glossary import Word
from oppi18n.i18n.locales import PRODUCT
from oppi18n.units.catalogs import units_of
from oppi18n.units.unit import LIST, MARKDOWN, PAGE, PARAGRAPH, TEMPLATE, Block, Place, Unit
from oppi18n.upkeep import update

TARGETS = PRODUCT[1:]
MINE = [check.name for check in checks() if check.family in ("terms", "meaning", "coherence")]
OURS = background_of([])
PAGES: dict[str, Any] = {"origin": PAGE, "markup": MARKDOWN}


@pytest.fixture(scope="module")
def background() -> Background:
    return OURS


def unit(locale: str, source: str, *targets: str, **rest: Any) -> Unit:
    given = {"id": "1", "markup": TEMPLATE, "place": Place("file")} | rest
    return Unit(source=source, targets=targets, locale=locale, **given)


def found(check: str, units: list[Unit], background: Background) -> list[Finding]:
    return list(run(units, background, only=[check]))


# check, locale, source, a translation with a culprit, the culprit (empty: the text as a whole), one that is right
SINGLE = [
    ("forbidden-term", "sv", "Close the opportunity.", "Stäng möjligheten.", "möjligheten", "Stäng affärsmöjligheten."),
    ("forbidden-term", "ko", "Close the quote.", "견적을 닫습니다.", "닫습니다", "견적을 종료합니다."),
    ("forbidden-term", "ko", "It is closed as won or lost.", "마감됩니다.", "마감", "성공 또는 실패로 종료됩니다."),
    ("forbidden-term", "ja", "Close the quote.", "見積もりを閉じます。", "閉じま", "見積もりをクローズします。"),
    ("forbidden-term", "ja", "The quotes", "見積り", "見積り", "見積もり"),
    ("forbidden-term", "ms", "Closed as lost", "Hilang", "Hilang", "Ditutup sebagai Kalah"),
    ("forbidden-term", "zh-HK", "Closed as won or lost.", "以[成交]關閉。", "[成交]", "以成交或未成交狀態關閉。"),
    ("term-missing", "ko", "About closing an opportunity", "영업 기회 정보", "", "영업 기회 종료 정보"),
    ("term-missing", "ja", "A project opportunity", "営業案件", "", "プロジェクト営業案件"),
    ("term-missing", "sv", "Name the competitors.", "Ange motståndarna.", "", "Ange konkurrenterna."),
    ("term-missing", "ms", "The draft quotes", "sebut harga", "", "sebut harga yang masih draf"),
    ("term-missing", "zh-HK", "The status reason", "原因", "", "狀態原因"),
    ("name-altered", "ja", "Set up Project Operations.", "プロジェクト オペレーションの設定", "", "Project Operations の設定"),
    ("name-altered", "sv", "A Lite deployment", "En lite distribution", "lite", "En Lite-distribution"),
    ("name-altered", "ko", "Set up Project Operations.", "Projects Operations 설정", "Projects Operations", "Project Operations 설정"),
    ("name-altered", "sv", "Export to LinkedIn.", "Exportera till LinkedInn.", "LinkedInn", "Exportera till LinkedIn."),
    ("term-added", "ko", "Send the invoice.", "견적을 보냅니다.", "견적", "송장을 보냅니다."),
    ("term-added", "sv", "Send the invoice.", "Skicka offert.", "offert", "Skicka fakturan."),
    ("polarity", "ms", "Yes", "Tidak", "Tidak", "Ya"),
    ("polarity", "zh-HK", "Set it to **No**.", "設定為 **是**。", "\ue000是\ue000", "設定為 **否**。"),
    ("polarity", "ja", "It was won.", "失注しました。", "失注", "受注しました。"),
    ("polarity", "sv", "The date is before today.", "Datumet är efter idag.", "efter", "Datumet är före idag."),
    ("polarity", "ko", "Export the file.", "파일을 가져옵니다.", "가져옵", "파일을 내보냅니다."),
    ("polarity", "ms", "The quote is active.", "Sebut harga tidak aktif.", "tidak aktif", "Sebut harga aktif."),
    ("polarity", "ja", "Enable it.", "これを使用して無効にします。", "無効", "有効にします。"),
    ("operator", "ms", "A + B", "A − B", "−", "A + B"),
    ("operator", "sv", "{count} >= 3", "{count} <= 3", "<=", "{count} ≥ 3"),
    ("operator", "ja", "10 × 2", "10 ÷ 2", "÷", "10 × 2"),
    ("negation", "sv", "You can't close it.", "Du kan stänga den.", "", "Du kan inte stänga den."),
    ("negation", "ko", "It was not loaded.", "로드되었습니다.", "", "로드되지 않았습니다."),
    ("negation", "ja", "You can close it.", "クローズできません。", "ません", "クローズできます。"),
    ("negation", "zh-HK", "You can't close it.", "您可以關閉。", "", "您無法關閉。"),
    ("negation", "ms", "It is closed.", "Ia tidak ditutup.", "tidak", "Ia ditutup."),
    ("register", "zh-HK", "You can close it.", "你可以關閉。", "你", "您可以關閉。"),
    ("register", "ko", "Close it.", "종료하세요.", "종료하세요", "종료하십시오."),
    ("register", "ko", "It is closed.", "종료됐어요.", "종료됐어요", "종료되었습니다."),
    ("register", "ja", "It is closed.", "クローズされる。", "ーズされる", "クローズされます。"),
    ("register", "ms", "You can close it.", "Awak boleh menutupnya.", "Awak", "Anda boleh menutupnya."),
    ("register", "ms", "Read the information.", "Baca informasi itu.", "informasi", "Baca maklumat itu."),
    ("register", "ja", "You can close it.", "クローズすることができます。", "することができ", "クローズできます。"),
    ("register", "sv", "You can close it.", "Ni kan stänga den.", "Ni", "Du kan stänga den."),
]  # fmt: skip


@pytest.mark.parametrize(("check", "locale", "source", "bad", "culprit", "good"), SINGLE)
def test_a_check_of_one_text_tells_wrong_from_right(check, locale, source, bad, culprit, good, background):
    """The culprit is quoted where it stands; the right translation passes."""
    [finding] = found(check, [unit(locale, source, bad)], background)[:1]

    assert finding.quote == culprit.replace("\ue000", "*") or (culprit.startswith("\ue000") and "是" in finding.quote)
    assert found(check, [unit(locale, source, good)], background) == []


@pytest.mark.parametrize(
    ("check", "locale", "source", "target"),
    [
        ("forbidden-term", "sv", "A chance", "En möjlighet"),
        ("forbidden-term", "ko", "Close the window.", "창을 닫습니다."),
        ("forbidden-term", "ja", "Close the dialog of the quote.", "見積もりのダイアログを閉じます。"),
        ("term-missing", "ja", "The status reason", "ステータス"),
        ("term-missing", "ko", "The status reason", "상태 설명"),
        ("term-missing", "sv", "All drafts of quotes and draft quotes", "Utkast till offerter"),
        ("term-missing", "sv", "has(opportunity.name)", "has(opportunity.name)"),
        ("term-missing", "ko", "Put it in double quotes.", "큰따옴표로 묶습니다."),
        ("term-added", "ms", "The best chances for a match", "Peluang terbaik untuk padanan"),
        ("term-added", "zh-HK", "Close it.", "關閉商機。"),
        ("polarity", "ko", "You won't be allowed to close it.", "종료할 수 없습니다."),
        ("polarity", "sv", "First, create a source.", "Börja med att skapa en källa."),
        ("polarity", "ja", "The quote stays open.", "見積もりはクローズされません。"),
        ("negation", "ja", "You must close it.", "クローズしなければなりません。"),
        ("negation", "ko", "Not only drafts", "초안뿐만 아니라"),
        ("negation", "sv", "A file, not a folder", "En fil, inte en mapp"),
        ("negation", "ms", "{path} is invalid", "{path} tidak sah"),
        ("operator", "sv", "A well-known file", "En känd fil – eller mapp"),
        ("operator", "ja", "Go to **Data** > **Unify**.", "**データ** > **統合** に移動します。"),
        ("register", "sv", "APIs", "API:er"),
        ("register", "ja", "Let's look.", "見てみましょう。"),
    ],
)
def test_what_is_right_in_its_language_passes(check, locale, source, target, background):
    """A word that means something else, a customary turn, official usage: no finding."""
    assert found(check, [unit(locale, source, target)], background) == []


@pytest.mark.parametrize(
    ("locale", "source", "target"), [("ko", "Close it.", "닫습니다."), ("ms", "It is lost.", "Ia hilang.")]
)
def test_on_a_page_a_word_alone_may_mean_something_else(locale, source, target, background):
    """In the catalogs of the product, closing is that of a record, and lost is an outcome."""
    assert found("forbidden-term", [unit(locale, source, target, **PAGES)], background) == []
    assert len(found("forbidden-term", [unit(locale, source, target)], background)) == 1


def test_a_form_is_held_against_its_own_source(background):
    """Of a message with plural forms, each translation belongs to one of the two sources."""
    message = unit("sv", "It can't be {count} day.", "Inte {count} dag.", "{count} dagar.", plural="{count} days.")

    assert found("negation", [message], background) == []
    assert [each.form for each in found("negation", [replace(message, plural="Not {count} days.")], background)] == [1]


def test_a_forbidden_word_comes_back_in_the_same_form(background):
    """The suggestion keeps the ending, and a capital letter."""
    findings = found("forbidden-term", [unit("sv", "Opportunities", "Möjligheter")], background)

    assert [each.mended for each in findings] == ["Affärsmöjligheter"]


# check, and texts of one document: locale, source, target, rest; then the ids of the units that are told
DOCUMENTS = {
    "term-variants": ([("ja", "Close the quote.", "見積もりをクローズします。"), ("ja", "The quote is closed.", "見積もりを閉じた。")], ["2"]),
    "same-source": ([("sv", "It can't be undone.", "Det går inte."), ("sv", "It can't be undone.", "Det är slut.")], ["2"]),
    "same-target": ([("ko", "Closed as won", "종료됨"), ("ko", "Closed as lost", "종료됨")], ["2"]),
    "term-collision": ([("sv", "Select **Close**.", "Välj **Avsluta**."), ("sv", "Select **Quit**.", "Välj **Avsluta**.")], ["2"]),
    "label-varies": ([("sv", "Select **Save**.", "Välj **Spara**."), ("sv", "Use **Save**.", "Använd **Lagra**.")], ["2"]),
}  # fmt: skip


@pytest.mark.parametrize("check", DOCUMENTS)
def test_a_check_of_a_document_compares_its_texts(check, background):
    """The second text is told, and neither alone."""
    texts, told = DOCUMENTS[check]
    units = [unit(*text, id=str(number), **PAGES) for number, text in enumerate(texts, 1)]

    assert [each.unit.id for each in found(check, units, background)] == told
    assert [each for one in units for each in found(check, [one], background)] == []


def test_documents_are_not_mixed(background):
    """Two files, or two languages, may well say a thing in two ways."""
    texts, _ = DOCUMENTS["label-varies"]
    units = [unit(*text, id=str(number), **PAGES) for number, text in enumerate(texts)]
    elsewhere = replace(units[1], place=Place("other"))

    assert found("label-varies", [units[0], elsewhere], background) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Closed quotes", "closed quotes"), ("Learn more about it", "Learn more on it"), ("Select it", "Choose it")],
)
def test_texts_that_mean_the_same_may_read_the_same(one, other, background):
    """Synonyms and capitals are no reason for two translations."""
    units = [unit("sv", text, "Stängda offerter", id=text) for text in (one, other)]

    assert found("same-target", units, background) == []


def test_numbers_and_values_must_read_differently(background):
    """Step 1 is not step 2, and one label of the glossary is not another."""
    for pair in (("Step 1", "Step 2"), ("Draft", "Revised")):
        units = [unit("sv", text, "Steget", id=text) for text in pair]
        assert len(found("same-target", units, background)) == 1


def test_short_messages_of_a_catalog_follow_their_context(background):
    """In a catalog, one word may be two things."""
    units = [unit("sv", "Open", target, id=target) for target in ("Öppen", "Öppna")]

    assert found("same-source", units, background) == []


@pytest.mark.parametrize(
    ("source", "target", "quote"),
    [
        ("Use **Close opportunity**.", "Använd **Stäng möjlighet**.", "Stäng möjlighet"),
        ("Use **Draft** here.", "Använd **Aktiv** här.", "Aktiv"),
        ("Use **Close opportunity**.", "Använd knappen.", ""),
    ],
)
def test_labels_in_bold_are_those_of_the_product(source, target, quote, background):
    """A page names a button as the screen does."""
    [finding] = found("label-differs", [unit("sv", source, target, **PAGES)], background)

    assert finding.quote == quote


def test_labels_of_other_products_pass(background):
    """One word may be a button of any product; the right label passes whatever its capitals are."""
    for source, target in (
        ("Select **Open**.", "Välj **Öppna**."),
        ("**Close opportunity**", "**stäng affärsmöjlighet**"),
    ):
        assert found("label-differs", [unit("sv", source, target, **PAGES)], background) == []


def test_a_word_that_all_others_keep_is_told(background):
    """Four locales keep a name that the fifth translates; with only three of them, nobody can say."""
    texts = {
        "ko": "Power Query 연결",
        "ja": "Power Query 接続",
        "zh-HK": "Power Query 連接",
        "ms": "Sambungan Power Query",
    }
    units = [unit(locale, "A Power Query connection", text) for locale, text in texts.items()]
    other = unit("sv", "A Power Query connection", "En anslutning")

    assert [each.params["words"] for each in found("outlier", [*units, other], background)] == ["Power Query"]
    assert found("outlier", [*units[:2], other], background) == []


def test_a_text_behind_its_source_is_told():
    """What the English page has otherwise now, and what it doesn't have any more."""
    units = [unit("sv", "A quote.", "Offert.", id=each) for each in ("1", "2", "3")]
    background = Background(changed={("file", "1"): "A draft quote.", ("file", "2"): ""})

    assert [each.code for each in found("source-changed", units, background)] == ["source-changed", "source-gone"]


@pytest.fixture(scope="module")
def shipped_units() -> list[Unit]:
    pack = packs.shipped()
    return [unit for locale in TARGETS for unit in units_of(update.read(pack, locale))]


@pytest.mark.parametrize("locale", TARGETS)
def test_a_message_must_not_contradict_its_rule(locale, shipped_units, background):
    """The rule is about active quotes: a translation that speaks of drafts is an error, as shipped it is none."""
    context = "oppi18n/close-opportunity/no-active-quotes/message"
    message = next(each for each in shipped_units if each.locale == locale and each.context == context)
    words = {name: background.glossary[name].words[locale].text for name in ("Active", "Draft")}
    flipped = replace(
        message, targets=tuple(_swapped(text, words["Active"], words["Draft"]) for text in message.targets)
    )

    assert flipped.targets != message.targets
    assert found("contradicts-rule", [message], background) == []
    assert {each.severity for each in found("contradicts-rule", [flipped], background)} == {ERROR}


def _swapped(text: str, one: str, other: str) -> str:
    return text.replace(one.lower(), other.lower()).replace(one, other)


@pytest.mark.parametrize("locale", TARGETS)
def test_every_language_has_its_opposites_and_negations(locale):
    """No pair of opposites and no negation is without words in a language."""
    assert all(locale in side.words for pair in opposites.PAIRS for side in pair)
    assert all(locale in words for words in opposites.SURE.values())
    assert negation.of(locale) is not None
    assert negation.of("de") is None


def test_words_say_the_opposite_of_what_they_are_not(background):
    """In every pair and language, the two sides are told apart by their own first words."""
    for one, other in opposites.PAIRS:
        assert set(one.english).isdisjoint(other.english)
        assert one.words.keys() == other.words.keys()


@pytest.mark.parametrize(
    ("text", "sides"),
    [("Not after that", []), ("It won't do", []), ("before and after", []), ("Up front, no", []), ("No", ["No"])],
)
def test_only_what_is_said_for_certain_counts_as_a_side(text, sides):
    """Denied words, both sides at once, and words that only look so are left alone."""
    assert [this.english[0] for this, _ in opposites.sides_in(text)] == sides


def test_words_are_found_in_their_forms():
    """Endings and prefixes belong to a word, other words do not."""
    word = Word("sv", "affärsmöjlighet", forbidden=("möjlighet",))

    assert has(word, "Affärsmöjligheterna")
    assert spot(word, "En affärsmöjlighet") == (3, 18)
    assert spot(word, "offert") is None
    assert [hit.better for hit in wrong(word, "Affärsmöjlighet eller möjlighet")] == ["affärsmöjlighet"]
    assert list(wrong(Word("sv", "offert"), "offert")) == []


def test_a_variant_in_brackets_is_one():
    """The right word inside it does not excuse it, neither here nor in the glossary."""
    word = Word("zh-HK", "成交", forbidden=("（成交）",))

    assert [hit.text for hit in wrong(word, "以（成交）關閉")] == word.forbidden_in("以（成交）關閉") == ["（成交）"]


def test_a_verb_is_a_term_only_beside_its_object(background):
    """`close` may be about a window."""
    assert terms_in(background, "Close it with --close-quotes.") == ()
    assert {each.name for each in terms_in(background, "Close the quote.")} == {"close", "quote"}


@pytest.mark.parametrize(
    ("check", "locale", "source", "target"),
    [("register", "ja", "Close it.", "クローズする。"), ("register", "ko", "Close it.", "종료하세요.")],
)
def test_the_tone_depends_on_where_a_text_stands(check, locale, source, target, background):
    """A Japanese item of a list may end plainly; published Korean pages have 하세요, our catalogs do not."""
    item = unit(locale, source, target, blocks=(Block(LIST),), **PAGES)
    paragraph = unit(locale, source, target, blocks=(Block(PARAGRAPH),))

    assert found(check, [item], background) == []
    assert [each.severity for each in found(check, [paragraph], background)] == [WARNING]


def test_a_plain_item_among_polite_ones_is_told(background):
    """A page that writes its lists politely has a slip; one that notes them down plainly has none."""
    polite = [
        unit("ja", "Close it.", "クローズします。", id=str(each), blocks=(Block(LIST),), **PAGES) for each in range(4)
    ]
    plain = unit("ja", "Close it.", "クローズする。", id="plain", blocks=(Block(LIST),), **PAGES)

    assert [each.unit.id for each in found("register", [*polite, plain], background)] == ["plain"]
    assert found("register", [*polite[:3], plain], background) == []


@pytest.mark.parametrize(
    ("locale", "source", "target", "code"),
    [
        ("ja", "You can't close it until then.", "それまで閉じることができます。", "negation-lost"),
        ("zh-HK", "The entity isn't updated in other cases.", "實體在其他情況以外會更新。", "negation-lost"),
        ("ja", "It stays open longer than that.", "それより長く開いていません。", "negation-gained"),
        ("ms", "It holds another quote.", "Ia tidak memegang sebut harga lain.", "negation-gained"),
        ("ja", "You can't close it until then.", "それまで閉じることができません。", None),
        ("zh-HK", "However, see whether it is closed.", "不過，請查看是否已關閉。", None),
    ],
)
def test_pages_deny_as_often_as_their_sources(locale, source, target, code, background):
    """On a page, words such as *until* stand for words of the source, and deny nothing."""
    assert [each.code for each in found("negation", [unit(locale, source, target, **PAGES)], background)] == [
        code
    ] * bool(code)


@settings(max_examples=60)
@given(st.sampled_from(TARGETS), st.text(max_size=80), st.text(max_size=80), st.booleans())
def test_no_text_is_too_strange(locale, source, target, in_page):
    """Whatever stands in a unit, what is quoted stands there, and nothing is raised."""
    units = [unit(locale, source, target, **(PAGES if in_page else {})), unit(locale, source, source, id="2")]

    for finding in run(units, OURS, only=MINE):
        assert finding.start is None or finding.quote == finding.text[finding.start : finding.end]


@pytest.mark.parametrize("text", ["하" * 50_000, "Not A " * 10_000, "**a** " * 10_000, "aA" * 30_000, "見積" * 20_000])
def test_long_texts_take_no_longer_than_their_length(text):
    """A megabyte of one thing is looked through in a moment."""
    before = time.process_time()
    list(run([unit(locale, text, text[::-1], **PAGES) for locale in TARGETS], OURS, only=MINE))

    assert time.process_time() - before < 5


def test_a_thousand_texts_translated_alike_are_told():
    """Everyone but the first, and in a moment."""
    units = [unit("sv", f"Step {number}", "Steget", id=str(number)) for number in range(1_000)]

    assert len(found("same-target", units, OURS)) == 999
