"""The checks on translations: found by file name, described by their docstrings, quiet on what is right."""

from __future__ import annotations

import multiprocessing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.checks import FAMILIES, checks, documents, run
from oppi18n.checks.background import Background
from oppi18n.checks.crowd import run_all
from oppi18n.checks.exemptions import Exemption, sort
from oppi18n.checks.finding import ERROR, SEVERITIES, WARNING, Finding
from oppi18n.checks.pages import pages
from oppi18n.i18n import glossary, particles
from oppi18n.packs import shipped
from oppi18n.templates import placeholders
from oppi18n.units.unit import CODE, MARKDOWN, TEMPLATE, Block, Place, Unit

DOCS = Path(__file__).resolve().parents[1] / "docs" / "reference" / "checks"
BACKGROUND = Background(glossary=glossary.of_packs([shipped()]))

CODE_BLOCK: dict[str, Any] = {"blocks": (Block(CODE),)}
GONE = {"state": "obsolete"}
IN_PAGE = {"markup": MARKDOWN, "origin": "page"}
MESSAGE = {"markup": TEMPLATE}


def unit(source: str | None, *targets: str, locale: str = "sv", **rest: Any) -> Unit:
    return Unit(**{"id": "1", "source": source, "targets": targets, "locale": locale, "place": Place("a"), **rest})


def days(*targets: str, locale: str = "sv", plural: str = "{count} days") -> Unit:
    return unit("{count} day", *targets, locale=locale, plural=plural, **MESSAGE)


FOUND: Mapping[str, list[tuple[Unit, str]]] = {
    "missing": [(unit("Close", "", state="missing"), ""), (unit("Close", " \u200b ", state="missing"), "")],
    "proposed": [(unit("Close", "Stäng", state="proposed"), "")],
    "needs-review": [(unit("Close", "Stäng", state="needs-review"), "")],
    "obsolete": [(unit("Close", "Stäng", state="obsolete"), "")],
    "extra": [(unit("", "Stäng"), ""), (unit(" \n", "Stäng"), "")],
    "unchanged": [
        (unit("Close the quote", "Close the quote"), "Close the quote"),
        (unit("Select **Save**.", "Select **Save**.", locale="ko", **IN_PAGE), "Select **Save**."),
        (unit("opportunity", "opportunity", locale="ja"), "opportunity"),
        (unit("Quote", "Quote", locale="ms"), "Quote"),
        (
            unit("First close it, then delete the old one.", "Först: close it, then delete the old one."),
            "close it, then delete the old one.",
        ),
        (unit("Read the whole page first.", "Läs Read the whole page first."), "Read the whole page first."),
    ],
    "conflict-marks": [
        (unit("Close", "Stäng\n<<<<<<< HEAD\n"), "<<<<<<< HEAD"),
        (unit("Close", "Stäng\n=======\nTill"), "======="),
        (unit("Close", "a\n>>>>>>> main"), ">>>>>>> main"),
        (unit("Close", "#-#-#-#-#  sv.po  #-#-#-#-#"), "#-#-#-#-#  sv.po  #-#-#-#-#"),
    ],
    "placeholders": [
        (unit("{count} left", "{kount} kvar", **MESSAGE), "{kount}"),
        (unit("{count} left", "kvar", **MESSAGE), ""),
        (unit("Left", "{count} kvar"), "{count}"),
        (days("en dag", "många dagar"), ""),
        (days("sehari", locale="ms"), ""),
        (unit("{0} of {1}", "{0} av {2}"), "{2}"),
        (unit("{user.name} left", "kvar"), ""),
    ],
    "placeholder-form": [
        (unit("{count} left", "{count:d} kvar", **MESSAGE), "{count:d}"),
        (unit("{user} left", "{user.name} kvar", **MESSAGE), "{user.name}"),
        (unit("{user} left", "{0} kvar", **MESSAGE), "{0}"),
        (unit("{user} left", "{user} {kvar", **MESSAGE), "{"),
        (unit("{user} left", "{user}} kvar", **MESSAGE), "}"),
    ],
    "printf": [
        (unit("%d of %s", "%s av %d"), ""),
        (unit("%(name)s left", "%(namn)s kvar"), ""),
        (unit("%s left", "kvar"), ""),
        (unit("%1$s of %2$s", "%1$s av %1$s"), ""),
    ],
    "jinja": [
        (unit("{{ name }} left", "{{ namn }} kvar"), ""),
        (unit("{% if x %}a{% endif %}", "{% om x %}a{% endif %}"), ""),
    ],
    "plural-forms": [
        (days("{count} hari", "{count} hari", locale="ms"), ""),
        (days("{count} dagar"), ""),
        (unit("Close", "Stäng", "Stäng"), ""),
    ],
    "same-forms": [
        (days("{count} dagar", "{count} dagar"), ""),
        (days("{count} offert är utkast", "{count} offert är utkast"), ""),
    ],
    "bracketed-plural": [(unit("Quotes", "Offert(er)"), "(er)"), (unit("Quotes", "Quote(s)", locale="ms"), "(s)")],
    "edge-space": [
        (unit("Close", " Stäng"), " "),
        (unit("Close", "Stäng  "), "  "),
        (unit("Close: ", "Stäng:"), ""),
        (unit("Close", "닫기\u00a0", locale="ko"), "\u00a0"),
        (unit("Close", "關閉\u3000", locale="zh-HK", **IN_PAGE), "\u3000"),
    ],
    "line-count": [(unit("a\nb", "a b"), ""), (unit("a b", "a\nb"), "")],
    "double-space": [
        (unit("A quote", "En  offert"), "  "),
        (unit("The **quote**", "En  **offert**", **IN_PAGE), "  "),
        (unit("A quote", "見積もり\u3000 です", locale="ja"), "\u3000 "),
    ],
    "invisible": [
        (unit("Close", "Stäng\u200b\u200b"), "\u200b\u200b"),
        (unit("Close", "\ufeffStäng"), "\ufeff"),
        (unit("Close", "St\x08äng"), "\x08"),
        (unit("Close", "St\u202eäng"), "\u202e"),
        (unit("Close", "St\u2028äng"), "\u2028"),
        (unit("Close", "St\u00adäng"), "\u00ad"),
        (unit("Close", "견\u200d적", locale="ko"), "\u200d"),
    ],
    "not-normalized": [
        (unit("Close", "Sta\u0308ng"), "a\u0308"),
        (unit("Quote", "\u1100\u1167\u11ab적", locale="ko"), "\u1100\u1167\u11ab"),
        (unit("Data", "テ\u3099ータ", locale="ja"), "テ\u3099"),
        (unit("Metal", "\uf90a", locale="zh-HK"), "\uf90a"),
    ],
    "compatibility": [
        (unit("Data", "ﾃﾞｰﾀ", locale="ja"), "ﾃﾞｰﾀ"),
        (unit("CSV file", "ＣＳＶ 檔案", locale="zh-HK"), "ＣＳＶ"),
        (unit("Profile", "pro\ufb01l"), "\ufb01"),
        (unit("Person", "\u2f08", locale="ja"), "\u2f08"),
    ],
    "mojibake": [
        (unit("Close", "StÃ¤ng"), "Ã¤"),
        (unit("Quote", "ê²¬ì\xa0\x81", locale="ko"), "ê²¬ì\xa0\x81"),
        (unit("“Close”", "â€œStängâ€\x9d"), "â€œ"),
        (unit("Close", "St\ufffdng"), "\ufffd"),
        (unit("Close", "St?ng"), "?"),
        (unit("Close it", "?? ??", locale="ko"), "??"),
    ],
    "script": [
        (unit("Close", "关闭商機", locale="zh-HK"), "关闭"),
        (unit("Close", "数据", locale="zh-HK"), "数据"),
        (unit("Close", "参与者", locale="zh-HK"), "参与"),
        (unit("Sales", "実際", locale="zh-HK"), "実"),
        (unit("Close", "关闭", locale="ja"), "关闭"),
        (unit("Close", "닫기", locale="ja"), "닫기"),
        (unit("Close", "閉じる", locale="ko"), "閉じる"),
        (unit("Close", "St\u0430ng"), "\u0430"),
        (unit("Close", "\u0391ctive"), "\u0391"),
        (unit("[it](a.md)", "[den](b\u0430.md)", **IN_PAGE), "\u0430"),
    ],
}
"""Check → units in which it finds something, each with the quote of the first finding."""

PASSED: Mapping[str, list[Unit]] = {
    "missing": [unit("Close", "Stäng"), unit("Close", "", **GONE)],
    "proposed": [unit("Close", "Stäng"), unit("Close", "", state="proposed")],
    "needs-review": [unit("Close", "Stäng"), unit("Close", "Stäng", state="needs-review", **IN_PAGE)],
    "obsolete": [unit("Close", "Stäng")],
    "extra": [unit(None, "Stäng", **IN_PAGE), unit("Close", "Stäng")],
    "unchanged": [
        unit("Status", "Status"),
        unit("Dynamics 365", "Dynamics 365", locale="ko"),
        unit("Azure Machine Learning", "Azure Machine Learning", locale="ja"),
        unit("oppi18n.engine.loading", "oppi18n.engine.loading"),
        unit("`close the quote`", "`close the quote`", **IN_PAGE),
        unit("close the quote", "close the quote", **CODE_BLOCK),
        unit("{count} / {total}", "{count} / {total}", **MESSAGE),
        unit("Colour of the quote", "Colour of the quote", locale="en-GB"),
        unit("Power BI and Power Apps", "Power BI och Power Apps"),
        unit("Deutsch", "Deutsch", locale="ko"),
    ],
    "conflict-marks": [unit("a << 7", "a << 7"), unit("=======", "======="), unit("Title", "Rubrik\n==========")],
    "placeholders": [
        unit("{count} of {total}", "{total} / {count}", **MESSAGE),
        days("en dag", "{count} dagar"),
        unit("{{x}} left", "kvar: {{x}}"),
        unit("Use `{name}` here.", "Här: `{namn}`.", **IN_PAGE),
        unit("{name}", "“{name}”을(를)", locale="ko", **MESSAGE),
        unit("a {b", "a {c", **MESSAGE),
        unit("{1} of {0:d}", "{0:d}: {1}"),
        unit("{n, plural, one {# day} other {# days}}", "{n, plural, one {# dag} other {# dagar}}"),
    ],
    "placeholder-form": [
        unit("{count} left", "{count} {{kvar}}", **MESSAGE),
        unit("set {0}", "mängden {0}", **IN_PAGE),
        unit("{", "{"),
    ],
    "printf": [
        unit("%d of %d", "%d av %d"),
        unit("%1$s of %2$s", "%2$s: %1$s"),
        unit("%(a)s of %(b)s", "%(b)s: %(a)s"),
        unit("100% sure", "100 % säker"),
        unit("50%% of %s", "50 %% av %s"),
        unit("50% discount", "50 % rabatt"),
        replace(unit("One file", "En fil", "%d filer"), plural="%d files"),
    ],
    "jinja": [unit("{{name}} left", "kvar: {{ name }}"), unit("{{a}} {% b %}", "{% b %} {{a}}")],
    "plural-forms": [days("{count} hari", locale="ms"), days("a", "b"), unit("Close", "Stäng"), days("a", locale="xx")],
    "same-forms": [
        days("{count} dag", "{count} dagar"),
        days("{count} utkast", "{count} utkast"),
        days("{count} användare", "{count} användare"),
        days("{count} offertutkast är kvar", "{count} offertutkast är kvar"),
        days("{count} av {total} testfall", "{count} av {total} testfall"),
        days("{count}", "{count}", plural="{count} day"),
    ],
    "bracketed-plural": [unit("A (good) quote", "En (bra) offert"), unit("f(x)", "`f(er)`", **IN_PAGE)],
    "edge-space": [
        unit("Close ", "Stäng "),
        unit("Close: ", "關閉：", locale="zh-HK"),
        unit(None, " Stäng"),
        unit(" Close", "Stäng", **IN_PAGE),
    ],
    "line-count": [unit("a\nb", "c\nd"), unit("a\nb", "c d", **IN_PAGE), unit(None, "a\nb")],
    "double-space": [
        unit("A quote.  Two.", "En offert.  Två."),
        unit("code", "a  b", **CODE_BLOCK),
        unit("a `b`", "ett `a  b`", **IN_PAGE),
    ],
    "invisible": [
        unit("Close\u200b", "Stäng\u200b"),
        unit("Family", "Familj 👨\u200d👩\u200d👧"),
        unit("Close", "\u2068סגור\u2069", locale="he"),
        unit("Close", "می\u200cخواهم", locale="fa"),
    ],
    "not-normalized": [unit("Close", "Stäng"), unit("Quote", "견적", locale="ko"), unit("Data", "データ", locale="ja")],
    "compatibility": [unit("Data", "データ（概要）", locale="ja"), unit("ＡＢ", "ＡＢ", locale="ja"), unit("Level", "①", locale="ja")],
    "mojibake": [
        unit("Close it?", "Stänga den?"),
        unit("Café", "Àéî ßê ÄÖ"),
        unit("Really??", "Verkligen??"),
        unit("[it](a?b=c)", "[den](a?b=c)", **IN_PAGE),
        unit("Naïve", "Ångström"),
    ],
    "script": [
        unit("Close", "關閉商機 (Close)", locale="zh-HK"),
        unit("Close", "クローズする", locale="ja"),
        unit("Languages: 日本語", "Språk: 日本語"),
        unit("Change Δ of µ", "Ändring Δ av µ"),
        unit("Close", "キャンセル済み 営業案件 図", locale="ja"),
        unit("Close", "什麼、裏面、着色、皇后大道、台灣、群組", locale="zh-HK"),
        unit("x", "关闭", locale="zh-CN"),
        unit("русский", "русский"),
    ],
}  # fmt: skip
"""Check → units in which it finds nothing."""


def found(name: str, *units: Unit) -> list[Finding]:
    return list(run(units, BACKGROUND, only=[name]))


@pytest.mark.parametrize(("name", "culprit", "quote"), [(name, *row) for name, rows in FOUND.items() for row in rows])
def test_check_finds(name, culprit, quote):
    """What is wrong is found, and the place is the culprit's."""
    [finding, *_] = found(name, culprit)

    assert (finding.check, finding.quote) == (name, quote)
    assert set(placeholders(dict(checks_by_name()[name].texts)[finding.code])) == finding.params.keys()


@pytest.mark.parametrize(("name", "right"), [(name, each) for name, units in PASSED.items() for each in units])
def test_check_passes(name, right):
    """What is right is left alone."""
    assert found(name, right) == []


def checks_by_name() -> dict[str, Any]:
    return {each.name: each for each in checks()}


MENDED = {
    "edge-space": (unit("Close ", "  Stäng"), "Stäng "),
    "double-space": (unit("A b c", "En  b  c"), "En b c"),
    "invisible": (unit("Close", "\u200bSt\ufeffäng"), "Stäng"),
    "not-normalized": (unit("Close", "Sta\u0308ng o\u0308"), "Stäng ö"),
    "compatibility": (unit("Data", "ﾃﾞｰﾀ ｶﾅ", locale="ja"), "データ カナ"),
    "script": (unit("Close", "St\u0430ng \u0412B"), "Stang BB"),
    "placeholders": (unit("{count} of {total}", "{kount} av {totol}", **MESSAGE), "{count} av {total}"),
    "placeholder-form": (unit("{count} left", "{count!r} kvar}", **MESSAGE), "{count} kvar}}"),
    "mojibake": (unit("“Close”", "Ã¥Ã¤Ã¶"), "åäö"),
}


@pytest.mark.parametrize("name", MENDED)
def test_suggestions_are_right(name):
    """All suggestions of a check together make the right text."""
    culprit, right = MENDED[name]
    text = culprit.target
    for finding in sorted(found(name, culprit), key=lambda each: each.start or 0, reverse=True):
        text = replace(finding, unit=replace(culprit, targets=(text,))).mended or text

    assert text == right
    assert found(name, replace(culprit, targets=(text,))) == []


def test_severity_follows_the_danger():
    """A mark that turns the text around is worse than a space that nobody sees."""
    marks = {"\u202e": ERROR, "\x07": ERROR, "\u200b": WARNING, "\u00ad": WARNING}

    assert {mark: found("invisible", unit("Close", f"St{mark}äng"))[0].severity for mark in marks} == marks


def test_single_word_is_translated_if_it_is_elsewhere():
    """“Segment” is a Swedish word as well, unless another place says something else."""
    same, other = unit("Segment", "Segment"), replace(unit("Segment", "Avsnitt"), id="2")

    assert found("unchanged", same) == []
    assert [each.unit.id for each in found("unchanged", same, other)] == ["1"]


def test_placeholder_twice_in_a_row_is_told():
    """A placeholder was pasted twice; whatever the others do."""
    [finding] = found("placeholder-count", unit("{n} left", "{n} {n} kvar", **MESSAGE))

    assert (finding.severity, finding.quote, finding.start) == (WARNING, "{n}", 4)


def test_odd_one_out_is_told():
    """One language of four uses a placeholder twice; with fewer languages, nobody can say."""
    texts = {"sv": "{n} ({n})", "ja": "{n} 件", "ko": "{n}개", "ms": "{n} buah"}
    units = [unit("{n} left", text, locale=locale, **MESSAGE) for locale, text in texts.items()]

    assert [each.unit.locale for each in found("placeholder-count", *units)] == ["sv"]
    assert found("placeholder-count", *units[:3]) == []


# ---- the framework -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.name)
def test_check_is_described(check):
    """A check has a family, severities that exist, sentences, and a page with an example that runs."""
    severities = (
        {check.module.SEVERITY} if isinstance(check.module.SEVERITY, str) else set(check.module.SEVERITY.values())
    )

    assert check.family in FAMILIES
    assert severities - {None} <= set(SEVERITIES)
    assert check.texts
    assert all(text.endswith((".", "?")) for text in check.texts.values())
    assert ">>> " in (check.module.__doc__ or "")


def test_pages_are_current(pytestconfig):
    """The reference pages are what the docstrings say."""
    expected = pages()
    if pytestconfig.getoption("--update-golden"):
        DOCS.mkdir(parents=True, exist_ok=True)
        for stale in {path.stem for path in DOCS.glob("*.md")} - expected.keys():
            (DOCS / f"{stale}.md").unlink()
        for name, text in expected.items():
            (DOCS / f"{name}.md").write_bytes(text.encode())

    assert {path.stem: path.read_bytes().decode() for path in DOCS.glob("*.md")} == expected


def test_untranslated_units_are_passed_over():
    """What has no translation yet has nothing wrong with it, but for that."""
    units = [unit("A quote", "", state="missing"), unit("A b", "En  b", state="proposed"), unit("A b", "En  b", **GONE)]

    assert {each.check for each in run(units, BACKGROUND)} == {"missing", "proposed", "obsolete"}


def test_severity_of_a_variant_is_that_of_its_language():
    """Austrian German is nobody's here; the Swedish of Finland is Swedish, and Taiwan reads what Hong Kong does."""
    check = checks_by_name()["particle-form"]

    assert [check.severity(locale) for locale in ("ko-KR", "sv-SE", "de-AT")] == [WARNING, None, None]


def test_document_is_a_path_in_a_language():
    """Units of two pages, or of two languages, never meet in one document."""
    units = [unit("A", "a", place=Place(path), locale=locale) for path in "pq" for locale in ("sv", "ms", "sv")]

    assert {key: len(each) for key, each in documents(units).items()} == {
        ("p", "sv"): 2, ("p", "ms"): 1, ("q", "sv"): 2, ("q", "ms"): 1,
    }  # fmt: skip


def test_many_processes_find_what_one_finds(require):
    """The same findings in the same order, however the work is shared; and somebody is told how far it is."""
    require("fork", "fork" in multiprocessing.get_all_start_methods())
    units = [replace(each, id=str(number)) for number, each in enumerate(chain(*PASSED.values()))]
    units += [replace(each, id=f"x{number}") for number, (each, _) in enumerate(chain(*FOUND.values()))]
    watched: list[object] = []

    def watch(tasks: Collection[Any]) -> Iterator[Any]:
        watched.extend(tasks)
        yield from tasks

    one = run_all(units, BACKGROUND, processes=1)
    assert run_all(units, BACKGROUND, processes=2, watch=watch) == one == list(run(units, BACKGROUND))
    assert watched


def test_exceptions_excuse_what_they_name():
    """Only findings of that check, locale, message, context and quote are excused, and idle exceptions are told."""
    findings = found("double-space", unit("A b", "En  b", context="p/x"), unit("A b", "Satu  b", locale="ms"))
    good = Exemption("double-space", "why not", ("sv",), message="A b", context="p/")
    idle = [
        replace(good, locales=("ko",)),
        replace(good, quote="x"),
        replace(good, check="missing"),
        replace(good, message="?"),
    ]
    result = sort(findings, [good, *idle], {"sv", "ms"}, complete=False)

    assert [each.unit.locale for each in result.excused] == ["sv"]
    assert [each.unit.locale for each in result.findings] == ["ms"]
    assert len(result.unused) == 3
    assert len(sort(findings, [good, *idle], {"sv", "ms"}, complete=True).unused) == 4


TEXTS = st.text(
    st.sampled_from(list("aåÅ견이가を（). {}%<>*_`[]&;\"'”\\\n\u200b\u3000é\u0301与ｱ�Ã¤?!0１")), max_size=30
)


@given(TEXTS, TEXTS, st.sampled_from(["sv", "ko", "ja", "zh-HK", "ms", "de"]), st.sampled_from([TEMPLATE, MARKDOWN]))
def test_no_text_upsets_a_check(source, target, locale, markup):
    """Whatever stands in a text, checks end, and the places they name are in it."""
    culprit = unit(source, target, locale=locale, markup=markup)

    for finding in run([culprit], BACKGROUND):
        assert 0 <= (finding.start or 0) <= (finding.end or 0) <= len(finding.text)
        assert finding.mended is None or finding.mended != finding.text or finding.suggestion == finding.quote
        assert set(placeholders(checks_by_name()[finding.check].texts[finding.code])) <= finding.params.keys()


def test_particles_have_a_check():
    """The notation of Korean particles is checked with the same table that renders them."""
    double = next(iter(particles.FORMS))

    assert found("particle-notation", unit("x", f"견적{double}", locale="ko"))
