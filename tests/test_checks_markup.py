"""Checks on tags, links, code, emphasis, images and anchors, and what covers markup for all the others."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.checks import run
from oppi18n.checks.addresses import addresses
from oppi18n.checks.emphasis import emphasis
from oppi18n.checks.finding import Finding
from oppi18n.checks.masking import THING, masked, plain, tokens
from oppi18n.units.slugs import is_slug
from oppi18n.units.unit import HEADING, MARKDOWN, TEMPLATE, TEXT, Block, Place, Unit

IN_PAGE = {"markup": MARKDOWN, "origin": "page"}


def unit(source: str | None, target: str, locale: str = "sv", **rest: Any) -> Unit:
    return Unit(**{"id": "1", "source": source, "targets": (target,), "locale": locale, **rest})


def page(source: str | None, target: str, locale: str = "sv") -> Unit:
    return unit(source, target, locale, **IN_PAGE)


FOUND: Mapping[str, list[tuple[Unit, str, str, str | None]]] = {
    "tags": [
        (page("<b>All</b>", "<b>Alla"), "tag-missing", "", None),
        (unit("All", "<b>Alla"), "tag-added", "<b>", None),
        (page("<b>All</b>", "</b>Alla<b>"), "tag-order", "</b>", None),
        (page('<a name="all"></a>All', '<a name="alla"></a>Alla'), "tag-missing", "", None),
    ],
    "unsafe-html": [
        (page("All", "Alla<script>x</script>"), "unsafe-html", "<script", None),
        (page("All", '<img src="x" onerror=alert(1)>'), "unsafe-html", "onerror=", None),
        (page("[All](a.md)", "[Alla](javascript:x)"), "unsafe-html", "javascript:", None),
        (unit("All", "< IFRAME src=x>"), "unsafe-html", "< IFRAME", None),
        (unit("All", "<svg/onload=x>"), "unsafe-html", "<svg", None),
    ],
    "links": [
        (page("See [it](a.md).", "Se [den](b.md)."), "link-differs", "b.md", "a.md"),
        (page("See [it](a.md).", "Se den."), "link-missing", "", None),
        (page("See [it](a.md).", "Se [den] (a.md)."), "link-missing", "", None),
        (page("At https://a.b/c", "På https://a.b/d"), "link-differs", "https://a.b/d", "https://a.b/c"),
        (page("[it](https://a.b)", "[den] (https://a.b)"), "link-missing", "", None),
        (unit("Write to a@b.com", "Skriv till a@b.se"), "link-differs", "a@b.se", "a@b.com"),
        (page("![A](m/a.png)", "![A](m/b.png)"), "link-differs", "m/b.png", "m/a.png"),
    ],
    "code": [
        (page("Run `a b`.", "Kör `a c`."), "code-differs", "`a c`", "`a b`"),
        (page("Run `a b`.", "Kör a b."), "code-differs", "", None),
        (page("Run `a b`.", "Kör `a b."), "backtick", "`", None),
        (unit("Add --locale.", "Lägg till --språk."), "code-differs", "--språk", "--locale"),
        (unit("Add --locale.", "Lägg till --locales."), "code-differs", "--locales", "--locale"),
    ],
    "emphasis-marks": [
        (page("A **Quote (draft)**.", "**견적(초안)**을 선택", "ko"), "emphasis-shown", "**", "** "),
        (page("A **“Quote”**.", "見積**「書」**", "ja"), "emphasis-shown", "**", " **"),
        (page("**All** quotes", "**Alla offerter"), "emphasis-shown", "**", None),
        (page("**All** quotes", "** Alla** offerter"), "emphasis-shown", "**", None),
        (page("**All** quotes", "Alla offerter"), "emphasis-differs", "", None),
        (page("*All* quotes", "**Alla** offerter"), "emphasis-differs", "", None),
    ],
    "alt-text": [
        (page("![A dialog](a.png)", "![](a.png)"), "alt-missing", "![](a.png)", None),
        (page("![A](a.png) and ![B](b.png)", "![A](a.png) och ![ ](b.png)"), "alt-missing", "![ ](b.png)", None),
    ],
}
"""Check → units in which it finds something, each with the code, the quote and the suggestion of the first finding."""

PASSED: Mapping[str, list[Unit]] = {
    "tags": [
        page("All<br>drafts", "Alla<br/>utkast"),
        page('<a title="All" href="a">x</a>', "<a href='a' title='Alla'>x</a>"),
        page('<a href="/en-us/a/">x</a>', '<a href="/sv-se/a/">x</a>'),
        page("Use `<b>`", "Använd `<b>` och `<i>`"),
        page("<ServerName> is it", "<Servernamn> är det"),
        page("</span> ends", "slut</span>"),
        unit("1 < 2 and 3 > 2", "1 < 2 och 3 > 2"),
        page(None, "<b>Alla"),
    ],
    "unsafe-html": [
        page("<iframe src=x>", "<iframe src=x>"),
        page("Tags", "Taggen `<script>`"),
        unit("Choose: on=1", "Välj: on=1"),
    ],
    "links": [
        page("[it](https://docs.a.com/en-us/b/)", "[den](https://docs.a.com/sv-se/b)"),
        page("[it](https://en.wikipedia.org/wiki/A)", "[den](https://sv.wikipedia.org/wiki/A)"),
        page("[a](a.md), [b](b.md)", "[b](b.md), [a](a.md)"),
        page("At https://a.b/c.", "URL인 https://a.b/c를 봅니다.", "ko"),
        page("At https://a.b/c.", "På [https://a.b/c](https://a.b/c)."),
        page("[it](a_(b).md)", "[den](a_(b).md)"),
        page(None, "[den](a.md)"),
    ],
    "code": [
        page("Run `a` or `b`.", "Kör `b` eller `a`."),
        page("A ` alone", "En ` ensam"),
        page("``a`b``", "``a`b``"),
        unit("With --to source", "指定 --to source，不是 --to target", "zh-HK"),
        unit("It names them.", "--to nämner dem."),
    ],
    "emphasis-marks": [
        page("A **Quote (draft)**.", "**견적(초안)** 을 선택", "ko"),
        page("Select **Save**.", "**저장**을 선택합니다.", "ko"),
        page("2 * 3 * 4", "2 * 3 * 4"),
        page("snake_case_name", "snake_case_name"),
        page("_**All:** quotes_", "_**Alla:** offerter_"),
        page("***All***", "***Alla***"),
        page(r"\*All\*", r"\*Alla\*"),
        page("**All", "**Alla"),
        unit("**All**", "Alla"),
    ],
    "alt-text": [page("![](a.png)", "![](a.png)"), page("![A](a.png)", "![B](a.png)"), page("All", "Alla")],
}
"""Check → units in which it finds nothing."""


def found(name: str, *units: Unit) -> list[Finding]:
    return list(run(units, only=[name]))


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, rows in FOUND.items() for row in rows])
def test_check_finds(name, row):
    """What is wrong is found, with its place and what should stand there."""
    culprit, *expected = row
    [finding, *_] = found(name, culprit)

    assert [finding.code, finding.quote, finding.suggestion] == expected


@pytest.mark.parametrize(("name", "right"), [(name, each) for name, rows in PASSED.items() for each in rows])
def test_check_passes(name, right):
    """What is right, or as damaged as the source, is left alone."""
    assert found(name, right) == []


def heading(source: str, anchor: str, line: int, locale: str = "sv") -> Unit:
    place = Place("p.md", line)
    blocks = (Block(HEADING, "2"),)
    return unit(source, "x", locale, place=place, context=anchor, blocks=blocks, id=f"{line}{source}", **IN_PAGE)


def test_anchor_is_that_of_the_english_heading():
    """A translated anchor is found, once; a heading of two sentences has one anchor, and one may have none."""
    units = [
        heading("All quotes", "all-quotes", 1),
        heading("Without an anchor", "all-quotes", 2),
        heading("One.", "one-two", 3),
        heading("Two", "one-two", 3),
        heading("Known limits", "kanda-granser", 4),
    ]

    assert [finding.unit.place.line for finding in found("anchors", *units)] == [4]


@pytest.mark.parametrize(
    ("anchor", "text", "expected"),
    [
        ("quotes-2", "Quotes", True),
        ("q--a", "Q & A", True),
        ("step-2-close", "Step 2: **Close**", True),
        ("close", "Open", False),
    ],
)
def test_slugs_of_all_years_are_known(anchor, text, expected):
    """Numbers that tell equal headings apart, and marks that left blanks, are no difference."""
    assert is_slug(anchor, text) is expected


@pytest.mark.parametrize(
    ("text", "markup", "expected"),
    [
        ("**A** [b](c.md)", MARKDOWN, "A b"),
        ("a `b` https://c.d e", MARKDOWN, "a ■ ■ e"),
        ("{name} of {{x}}", TEMPLATE, "■ of ■x■"),
        ("![a](b.png) c<br/>", MARKDOWN, "a c"),
        ("a&nbsp;b &amp; c", MARKDOWN, "a\u00a0b & c"),
        ("a &amp; b", TEXT, "a ■ b"),
        (r"2 \* 3", MARKDOWN, "2 * 3"),
        ("[a [b] c](d)", MARKDOWN, "a [b] c"),
        ("[not a link]", MARKDOWN, "[not a link]"),
        ("%(name)s has %d, 50% of it", TEXT, "■ has ■, 50% of it"),
        ("snake_case _a_", MARKDOWN, "snake_case a"),
        ("1 < 2 <!-- no --> 3", MARKDOWN, "1 < 2  3"),
    ],
)
def test_readers_see_no_markup(text, markup, expected):
    """What covers markup keeps words and places."""
    shown = plain(text, markup)
    while THING * 2 in shown:
        shown = shown.replace(THING * 2, THING)

    assert shown.replace(THING, "■") == expected
    assert len(masked(text, markup)) == len(text)


INLINE = st.lists(
    st.sampled_from(["*", "**", "***", "_", "__", " ", "a", "견", "(", ")", ".", "。", "「"]), max_size=12
)


@settings(max_examples=60)
@given(INLINE.map("".join))
def test_emphasis_is_that_of_a_markdown_parser(require, text):
    """Strong and light emphasis are counted as markdown-it renders them."""
    require("markdown-it", find_spec("markdown_it"))
    from markdown_it import MarkdownIt

    text = f"x {text} x"
    html = MarkdownIt("commonmark").renderInline(text)

    result = emphasis(text)
    assert (result.strong, result.light) == (html.count("<strong>"), html.count("<em>")), html
    assert any(text[start] == "*" for start, _ in result.shown) == ("*" in html), html


@pytest.mark.parametrize(
    "text", ["[" * 5000, "![" * 5000, "](" * 5000, "<a " * 5000, "`" * 5001, "**a " * 3000, "_(" * 3000, "](b)" * 5000]
)
def test_torn_markup_ends_soon(text):
    """No text, however torn, takes longer than its length."""
    masked(text, MARKDOWN)
    emphasis(text)
    tuple(addresses(text, MARKDOWN))

    assert len(tokens(text, MARKDOWN)) < len(text)
