"""Checks on marks, blanks, words, numbers, length and Korean particles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from oppi18n.checks import run
from oppi18n.checks.amounts import amounts
from oppi18n.checks.finding import INFO, WARNING, Finding
from oppi18n.units.unit import MARKDOWN, PAGE, TEMPLATE, Unit

IN_PAGE = {"markup": MARKDOWN, "origin": "page"}
MESSAGE = {"markup": TEMPLATE}


def unit(source: str | None, *targets: str, locale: str = "sv", **rest: Any) -> Unit:
    return Unit(**{"id": "1", "source": source, "targets": targets, "locale": locale, **rest})


FOUND: Mapping[str, list[tuple[Unit, str, str | None]]] = {
    "end-mark": [
        (unit("Close it.", "Stäng den"), "", "."),
        (unit("Close it.", "關閉", locale="zh-HK"), "", "。"),
        (unit("Close it?", "閉じますか。", locale="ja"), "。", "?"),
        (unit("Quotes", "Offerter."), ".", ""),
        (unit("Choose one:", "Pilih satu.", locale="ms"), ".", ":"),
        (unit("See [it](a.b).", "[그것](a.b)을 봅니다", locale="ko", **IN_PAGE), "", "."),
        (unit("A sample tile.", "샘플 타일", locale="ko"), "", "."),
        (unit("Loading…", "Laddar"), "", "…"),
        (unit("{n} quote.", "{n} offert.", "{n} offerter", plural="{n} quotes.", **MESSAGE), "", "."),
    ],
    "brackets": [
        (unit("Status (draft)", "Status (utkast"), "(", None),
        (unit("Status (draft)", "Status utkast)"), ")", None),
        (unit("Quote", "「報價", locale="zh-HK"), "「", None),
        (unit("Quote (all)", "(Offert]"), "]", None),
    ],
    "mark-width": [
        (unit("Quotes, drafts", "報價,草稿", locale="zh-HK"), ",", "，"),
        (unit("Status: won", "狀態:成交", locale="zh-HK"), ":", "："),
        (unit("Status (won)", "狀態（成交)", locale="zh-HK"), "（", "("),
        (unit("Close it.", "クローズします.", locale="ja"), ".", "。"),
        (unit("Status: won", "状態：受注", locale="ja"), "：", ":"),
        (unit("See [it](a.b).", "参照[それ](a.b).", locale="ja", **IN_PAGE), ".", "。"),
        (unit("Quotes, drafts", "견적， 초안", locale="ko"), "，", ","),
        (unit("Really?", "Säkert？"), "？", "?"),
    ],
    "quotation-marks": [
        (unit("The “quote”", "En “offert”"), "“", "”"),
        (unit("The “quote”", "“見積もり”", locale="ja", **IN_PAGE), "“", "「"),
        (unit("The “quote”", '"報價"', locale="zh-HK"), '"', None),
        (unit('A "quote"', 'En "offert', **IN_PAGE), '"', None),
        (unit("The “quote”", "En offert”"), "”", None),
        (unit("The “quote”", "Sebut harga”", locale="ms"), "”", None),
        (unit("A “quote”", "“報價“", locale="zh-HK", **IN_PAGE), "“", None),
    ],
    "mark-spacing": [
        (unit("Done.", "Klart ."), " ", ""),
        (unit("Choose: one", "Pilih : satu", locale="ms"), " ", ""),
        (unit("**Name**: it", "**이름** : 그것", locale="ko", **IN_PAGE), " ", ""),
        (unit("One, two", "一， 二", locale="zh-HK"), " ", ""),
        (unit("One, two", "Ett,två"), "", " "),
        (unit("Status (won)", "狀態(成交)", locale="zh-HK"), "", " "),
        (unit("Quote (draft)", "견적 (초안)을", locale="ko"), " ", ""),
        (unit("Quote (draft)", "Offert ( utkast)"), " ", ""),
    ],
    "script-spacing": [
        (unit("1 draft", "1份草稿", locale="zh-HK"), "", " "),
        (unit("Open Dynamics", "Dynamicsを開く", locale="ja"), "", " "),
        (unit("Open **Dynamics**", "**Dynamics**を開く", locale="ja", **IN_PAGE), "", " "),
    ],
    "repeated-mark": [
        (unit("Done.", "Klart.."), "..", "."),
        (unit("Done.", "完成。。", locale="zh-HK"), "。。", "。"),
        (unit("One, two", "一，，二", locale="zh-HK"), "，，", "，"),
        (unit("**Key**: it", "**Kunci:**: ia", locale="ms", **IN_PAGE), ":**:", "**:"),
        (unit("Shown.", "顯示，。", locale="zh-HK"), "，", ""),
    ],
    "doubled-word": [
        (unit("Close the quote", "Stäng stäng offerten"), "Stäng stäng", "Stäng"),
        (unit("Close it", "견적을 견적을 종료", locale="ko"), "견적을 견적을", "견적을"),
        (unit("The value", "列でで値を", locale="ja"), "でで", "で"),
        (unit("The data", "データデータを", locale="ja"), "データデータ", "データ"),
        (unit("The data", "資料 資料", locale="zh-HK"), "資料 資料", "資料"),
        (unit("Open Excel", "開啟 Excel Excel", locale="zh-HK"), "Excel Excel", "Excel"),
        (unit("The segment", "客戶客戶細分", locale="zh-HK"), "客戶客戶", "客戶"),
    ],
    "numbers": [
        (unit("Within 30 days", "Inom 20 dagar"), "20", "30"),
        (unit("Within 30 days", "Inom några dagar"), "", None),
        (unit("Within 30 days", "3 天內", locale="zh-HK"), "3", "30"),
        (unit("Up to 1 million rows", "最大 10 万行", locale="ja"), "10", None),
        (unit("Many rows", "0% av raderna"), "0", None),
        (unit("1,000 rows", "1 000 000 rader"), "1 000 000", "1,000"),
    ],
    "case-pattern": [
        (
            unit("closed as Won or Lost", "stängs som vunna eller Förlorade"),
            "vunna eller Förlorade",
            "Vunna eller Förlorade",
        ),
        (
            unit("as Won and Lost", "sebagai Menang dan kalah", locale="ms"),
            "Menang dan kalah",
            "Menang dan Kalah",
        ),
        (
            unit("Choose **Add** or **Edit**", "Välj **lägg till** eller **Ändra**", **IN_PAGE),
            "lägg till** eller **Ändra",
            "Lägg till** eller **Ändra",
        ),
        (unit("Close it.", "stäng den."), "s", "S"),
        (unit("“Close” it.", "“tutup” ia.", locale="ms"), "t", "T"),
        (unit("**Save** it.", "**spara** den.", **IN_PAGE), "s", "S"),
    ],
    "accelerator": [
        (unit("&Close", "Stäng"), "", None),
        (unit("_Close", "Stäng"), "", None),
        (unit("&Close", "&St&äng"), "", None),
    ],
    "too-long": [
        (unit("Close", "Stäng nu", notes=("max-length: 5",)), " nu", None),
        (unit("Close", "クローズ", locale="ja", notes=("maximum width: 6 columns",)), "ズ", None),
    ],
    "length-ratio": [
        (unit("You can close all active and draft quotes of an opportunity at the same time.", "Stäng."), "", None),
        (unit("Close the opportunity now.", "關" * 70, locale="zh-HK"), "", None),
        (unit("Quotes", "Offerter Offerter Offerter"), "", None),
        (unit("Close the quote.", "關閉此報價單。關閉此報價單。關閉此報價單。", locale="zh-HK"), "", None),
        (unit("Close the active quotes now.", "Stäng den. Stäng den aktiva. Stäng den. Stäng den aktiva. "), "", None),
    ],
    "particle-notation": [
        (unit("Close {name}.", "{name}을 닫습니다.", locale="ko", **MESSAGE), "을", "을(를)"),
        (unit("Close it.", "견적을(를) 닫습니다.", locale="ko"), "을(를)", "을"),
        (unit("Close {name}.", "{name} 을(를) 닫습니다.", locale="ko", **MESSAGE), " 을(를)", "을(를)"),
    ],
    "particle-form": [
        (unit("Close it.", "견적를 종료합니다.", locale="ko"), "를", "을"),
        (unit("Close it.", "**기회** 을 종료합니다.", locale="ko", **IN_PAGE), "을", "를"),
        (unit("See [it](a.b).", "[방침](a.b)를 봅니다.", locale="ko", **IN_PAGE), "를", "을"),
        (unit("It is.", "문제이 있습니다.", locale="ko"), "이", "가"),
        (unit("It is.", "권한가 있습니다.", locale="ko"), "가", "이"),
        (unit("It is.", "작업는 끝났습니다.", locale="ko"), "는", "은"),
        (unit("Close 10.", "10를 종료합니다.", locale="ko"), "를", "을"),
        (unit("With it", "견적와 함께", locale="ko"), "와", "과"),
        (unit("To it", "견적로 이동", locale="ko"), "로", "으로"),
    ],
}
"""Check → units in which it finds something, each with the quote and the suggestion of the first finding."""

PASSED: Mapping[str, list[Unit]] = {
    "end-mark": [
        unit("Choose one:", "하나를 선택합니다.", locale="ko"),
        unit("Choose one:", "選択します。", locale="ja"),
        unit("Choose one:", "選擇一項：", locale="zh-HK"),
        unit("A sample tile.", "샘플 타일", locale="ko", **IN_PAGE),
        unit("names, addresses, etc.", "名前、住所など", locale="ja"),
        unit("names.", "namn m.m."),
        unit("Select **OK.**", "Välj **OK**.", **IN_PAGE),
        unit("Close.", "Schließen", locale="de"),
        unit(None, "Stäng.", **IN_PAGE),
        unit("Loading...", "Laddar…"),
    ],
    "brackets": [
        unit("1) Close", "1) Stäng"),
        unit('[{"a":', '[{"a":'),
        unit("See [it](a.md)", "Se [den](a.md)", **IN_PAGE),
        unit("A (b)", "A（b）", locale="ja"),
    ],
    "mark-width": [
        unit("10:30, a.json, 1.5", "10:30、a.json、1.5 個", locale="ja"),
        unit("Status: won (all)", "ステータス: 受注 (すべて)", locale="ja"),
        unit("Status: won (all)?", "狀態：成交 (全部)？", locale="zh-HK"),
        unit("Shown, ...", "電話、...", locale="zh-HK"),
        unit("The （", "En （"),
    ],
    "quotation-marks": [
        unit("The “quote”", "En ”offert”"),
        unit('A "quote"', 'En "offert"', **IN_PAGE),
        unit('The member "unknown"', 'メンバー "unknown"', locale="ja"),
        unit("“Quote”", "「見積もり」", locale="ja"),
        unit("written as &quot;", "skrivet som &quot;"),
        unit("A “quote”", "‘견적’", locale="ko"),
    ],
    "mark-spacing": [
        unit("The a : b entity", "Entiteten a : b"),
        unit("Use .json files", "Använd .json-filer"),
        unit("The KPIs", "API:er och KPI:er"),
        unit("**Key:** it", "**金鑰：** 它", locale="zh-HK", **IN_PAGE),
        unit("Select **...** now", "選取 **...**", locale="zh-HK", **IN_PAGE),
        unit("{a}: {b}", "{a}: {b}", **MESSAGE),
        unit("Status (won) now", "立即狀態 (成交) 顯示", locale="zh-HK"),
        unit("Function f(x)", "関数f(x)の値", locale="ja"),
        unit("Close : it", "Fermer : ça", locale="fr"),
    ],
    "script-spacing": [
        unit("1 draft", "1 份草稿", locale="zh-HK"),
        unit("中文(A)B文", "中文(A)B文", locale="ja"),
        unit("1 draft", "초안 1개", locale="ko"),
        unit("{n} drafts", "{n}件", locale="ja", **MESSAGE),
    ],
    "repeated-mark": [
        unit("One, two, ...", "Ett, två, ..."),
        unit("Really?!", "Säkert?!"),
        unit("a::b", "a::b"),
        unit("../a", "../a"),
    ],
    "doubled-word": [
        unit("What it is about", "Vad det det handlar om"),
        unit("Select **Choose**", "välj **välj** nu", **IN_PAGE),
        unit("that that", "som som"),
        unit("The entity", "エンティティ", locale="ja"),
        unit("The purpose of", "目的的", locale="zh-HK"),
        unit("Together, until then", "とともに、それまでです。", locale="ja"),
    ],
    "numbers": [
        unit("1 million rows", "100 万行", locale="ja"),
        unit("100K rows", "10만 행", locale="ko"),
        unit("1,000.5 rows", "1 000,5 rader"),
        unit("Two files, May 2020", "2020 年 5 月的 2 個檔案", locale="zh-HK"),
        unit("The 10 first", "De tio första"),
        unit("One way", "1 つの方法", locale="ja"),
        unit("100 percent", "１００％", locale="ja"),
        unit("UTF-8 in oppi18n", "UTF-8만 사용", locale="ko"),
        unit("Storage Gen2", "Storage Gen 2"),
        unit("At https://a.b/12", "På https://a.b/12", **IN_PAGE),
        unit("At 5 PM", "Klockan 17.00"),
        unit("Two hundred rows", "200 rader"),
        unit("{0} of {1}", "{1}: {0}", **MESSAGE),
        unit(None, "30 dagar", **IN_PAGE),
    ],
    "case-pattern": [
        unit("closed as Won or Lost", "stängs som vunnen eller förlorad"),
        unit("**Save and Run**", "**Spara och kör**", **IN_PAGE),
        unit("Word and Excel files", "Filer i word och Excel"),
        unit("{count} quotes", "{count} offerter", **MESSAGE),
        unit("iPhone users", "iPhone-användare"),
        unit("The model.json file", "model.json-filen"),
        unit("Use npm packages", "npm-paket används"),
        unit("Open 3 quotes", "3 offerter öppnas"),
        unit("Close it.", "关闭。", locale="zh-HK"),
        unit("**Move Up** or **Down**", "**Flytta upp** eller **Ned**", **IN_PAGE),
        unit("won or Lost", "vunnen eller Förlorad"),
    ],
    "accelerator": [
        unit("&Close", "關閉(&C)", locale="zh-HK"),
        unit("_Close", "關閉(_C)", locale="zh-HK"),
        unit("Save && close", "Spara och stäng"),
        unit("R&D costs &amp; more", "FoU-kostnader"),
        unit("msdyn_CloseQuote", "msdyn_CloseQuote"),
        unit("A & B", "A och B"),
    ],
    "too-long": [unit("Close", "Stäng", notes=("max-length: 5",)), unit("Close", "Stäng nu", notes=("a button",))],
    "length-ratio": [
        unit("Close the opportunity now.", "Stäng affärsmöjligheten nu."),
        unit("OK", "Bekräfta valet"),
        unit("Old", "lama lama", locale="ms"),
        unit("Ho ho ho", "Ho ho ho!"),
        unit("A" * 200, "B", locale="de"),
    ],
    "particle-notation": [
        unit("{n} ({quotes})", "{n}개({quotes})가 있습니다.", locale="ko", **MESSAGE),
        unit("Close **it**.", "**견적** 을 닫습니다.", locale="ko", **IN_PAGE),
    ],
    "particle-form": [
        unit("x", "평가와 차이가 있는 경우 결과를 서로 가까이 찾는다.", locale="ko"),
        unit("x", "경로 설정에서 바로 앞으로 이동하는 국가", locale="ko"),
        unit("x", "서울로, 부산으로, Book 3와 함께", locale="ko"),
        unit("x", "견적을 종료하는 사용자는 권한이 필요합니다.", locale="ko"),
        unit("{n}", "{n}을 닫습니다.", locale="ko", **MESSAGE),
    ],
}
"""Check → units in which it finds nothing."""


def found(name: str, *units: Unit) -> list[Finding]:
    return list(run(units, only=[name]))


@pytest.mark.parametrize(
    ("name", "culprit", "quote", "better"), [(name, *row) for name in FOUND for row in FOUND[name]]
)
def test_check_finds(name, culprit, quote, better):
    """What is wrong is found, with its place and what should stand there."""
    [finding, *_] = found(name, culprit)

    assert (finding.check, finding.quote, finding.suggestion) == (name, quote, better)


@pytest.mark.parametrize(("name", "right"), [(name, each) for name in PASSED for each in PASSED[name]])
def test_check_passes(name, right):
    """What is right, or usual in the language, is left alone."""
    assert found(name, right) == []


SAFE = {
    "mark-width": (unit("Quotes, drafts (all).", "報價,草稿（全部）.", locale="zh-HK"), "報價，草稿(全部)。"),
    "mark-spacing": (unit("One, two, three.", "Ett ,två,tre ."), "Ett, två, tre."),
    "script-spacing": (unit("1 draft in Excel", "在Excel中的1份草稿", locale="zh-HK"), "在 Excel 中的 1 份草稿"),
    "repeated-mark": (unit("Done. Closed.", "Klart.. Stängt.."), "Klart. Stängt."),
    "particle-notation": (unit("{a} {b}", "{a}을 {b}이", locale="ko", **MESSAGE), "{a}을(를) {b}이(가)"),
}


@pytest.mark.parametrize("name", SAFE)
def test_safe_suggestions_mend_the_text(name):
    """What may be put there unseen makes a text in which nothing more is found."""
    culprit, right = SAFE[name]
    for _ in range(10):
        findings = found(name, culprit)
        if not findings:
            break
        assert findings[0].is_safe
        culprit = replace(culprit, targets=(findings[0].mended or "",))

    assert culprit.target == right
    assert found(name, culprit) == []


@pytest.mark.parametrize(
    ("name", "target", "source"),
    [("script-spacing", "Excelを開く", "Open Excel"), ("mark-spacing", "名前 : 値", "Name: value")],
)
def test_what_pages_do_often_is_no_warning(name, target, source):
    """In pages it is good to know; the texts of a product do it right."""
    message = unit(source, target, locale="ja")

    severities = [found(name, each)[0].severity for each in (message, replace(message, origin=PAGE))]
    assert severities == [WARNING, INFO]


TIGHT = ("名前: 値", "Name: value")
SPACED = ("Excel を開く", "Open Excel")


@pytest.mark.parametrize(
    ("name", "slip", "habit"),
    [("mark-spacing", ("状態 : 値", "Status: value"), TIGHT), ("script-spacing", ("Wordを開く", "Open Word"), SPACED)],
)
def test_what_a_page_does_once_is_a_slip(name, slip, habit):
    """Where a page has its habit everywhere else, the exception is a warning; where it has several, it is none."""
    page = [
        unit(source, target, id=str(number), locale="ja", **IN_PAGE)
        for number in range(8)
        for target, source in [habit]
    ]
    slips = [unit(slip[1], slip[0], id=f"slip {number}", locale="ja", **IN_PAGE) for number in range(3)]

    assert [each.severity for each in found(name, *page, slips[0])] == [WARNING]
    assert {each.severity for each in found(name, *page, *slips)} == {INFO}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.50 / 1.234,5 / 1 234,5", ["1234.5", "1234.5", "1234.5"]),
        ("1 000 000, 1\u202f000", ["1000000", "1000"]),
        ("100만, 10億, 5 K, 3 miljoner", ["1000000", "1000000000", "5000", "3000000"]),
        ("10:30, 3-5, 2020-10-01", ["10", "30", "3", "5", "2020", "10", "1"]),
        ("12 månader, i18n, UTF-8", ["12"]),
        ("２５％", ["25"]),
    ],
)
def test_numbers_are_worth_the_same_everywhere(text, expected):
    """Groups, scales, digits and decimal marks of all languages make one number."""
    assert [each.value for each in amounts(text)] == [Decimal(value) for value in expected]


@pytest.mark.parametrize(("count", "expected"), [(3, WARNING), (4, INFO)])
def test_custom_of_a_page_is_no_warning(count, expected):
    """A page that always writes a mark in its own way has chosen it."""
    units = [unit("Status: won", "状態：受注", locale="ja", id=str(number), **IN_PAGE) for number in range(count)]

    assert {each.severity for each in found("mark-width", *units)} == {expected}


@pytest.mark.parametrize("piece", [" ", "1,", "**", "`", "[a](b)", "견적와 ", "a@b.c.", "Aa eller Bb "])
def test_no_text_holds_a_check_up(piece):
    """Time grows with the text, and with nothing else: a square of this length would take minutes."""
    long = piece * (20_000 // len(piece))
    units = [
        unit(source, target, locale=locale, **IN_PAGE)
        for source, target in ((long, "B 3."), ("A 12 Won or Lost.", long))
        for locale in ("ko", "zh-HK")
    ]

    findings = run(units, only=[*FOUND, "links", "tags", "code", "emphasis-marks", "unsafe-html"])
    assert all((finding.start or 0) <= (finding.end or 0) <= len(finding.text) for finding in findings)


def test_every_form_of_a_plural_is_looked_at():
    """The finding says which form is wrong."""
    days = unit("{n} day.", "{n} dag.", "{n} dagar", plural="{n} days.", **MESSAGE)

    assert [each.form for each in found("end-mark", days)] == [1]
