"""Pages: every character has its place, pairs are found, damage is named and survived."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.docs import front
from oppi18n.docs.blocks import passages, text_of
from oppi18n.docs.folders import locale_in
from oppi18n.docs.page import Page
from oppi18n.docs.scanner import scan
from oppi18n.docs.units import units_of
from oppi18n.docs.verify import verify
from oppi18n.texts.diagnostics import TEXTS
from oppi18n.units.unit import NEEDS_REVIEW, TRANSLATED

HEAD = f"---\ntitle: 견적 종료\nms.openlocfilehash: {'a' * 40}\nms.contentlocale: ko-KR\n---\n"
FRAGMENTS = [
    '<span data-ttu-id="1a-103">',
    '<span data-ttu-id="1a-104&quot;>',
    '<span class="sxs-lookup">',
    '<span data-stu-id="1a-103">',
    "<span data-stu-id=&quot;1a-104&quot;>",
    "</span>",
    "<span>",
    "</span></span>",
    "견적",
    "Quote",
    "\n",
    "\r\n",
    "\n\n",
    "---\n",
    "title: x\n",
    "```\n",
    "> [!NOTE]\n",
    "> ",
    "- ",
    "|",
    "|-|-|\n",
    "# ",
    '<a name="x"></a>',
    "![견적](a.png)",
    "<!--",
    "-->",
    "<table><tr><td>",
    "</table>",
    ":::",
    "\ufeff",
    "\x00",
]


def pair(number: int, target: str, source: str, fingerprint: str = "1a2b3") -> str:
    mark = f"{fingerprint}-{number}"
    lookup = f'<span class="sxs-lookup"><span data-stu-id="{mark}">{source}</span></span>'
    return f'<span data-ttu-id="{mark}">{target}</span>{lookup}'


def page(text: str, path: str = "ko-KR/close.md") -> Page:
    return scan(text.encode(errors="surrogateescape"), path)


def texts(found: Page) -> list[tuple[str, str, str]]:
    return [(each.number, found.target(each), found.source(each)) for each in found.pairs]


def codes(found: Page) -> list[str]:
    return [each.code for each in found.damage]


@settings(max_examples=60)
@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(lambda each: "".join(each).encode())
)
def test_parts_join_to_the_file(content):
    """Whatever the bytes are, the parts give them back, and nothing that reads a page trips."""
    found = scan(content, "x.md")

    assert b"".join(part.content for part in found.parts) == content == found.content
    assert all(run[0] < run[1] for passage in passages(found) for run in passage.runs)
    assert len({unit.id for unit in units_of(found)}) == len(list(units_of(found)))
    assert all(each.diagnostic.code in TEXTS and each.diagnostic.message for each in verify(found))


def test_pairs_of_a_page_are_found():
    """Headings, sentences of a paragraph, links and cells hold pairs."""
    found = page(
        f'{HEAD}# <a name="close-quotes"></a>{pair(103, "견적 종료", "Close quotes")}\n\n'
        f"{pair(104, '하나.', 'One.')} {pair(105, '둘.', 'Two.')}\n\n"
        f"[{pair(106, '더 보기', 'See more')}](quotes.md)\n\n"
        f"| {pair(107, '열', 'Column')} |\n|---|\n"
    )

    assert [each[0] for each in texts(found)] == ["103", "104", "105", "106", "107"]
    assert texts(found)[3] == ("106", "더 보기", "See more")
    assert [part.text for part in found.parts if part.kind == "target"][-1] == "열"
    assert not found.damage


@pytest.mark.parametrize(
    ("text", "pairs", "damage"),
    [
        pytest.param(
            pair(103, 'a <span class="x">b</span>', 'A <span class="x">B</span>'),
            [("103", 'a <span class="x">b</span>', 'A <span class="x">B</span>')],
            [],
            id="nested to the very end",
        ),
        pytest.param(
            pair(103, "<span>a<span> </span></span> b", "<span>A<span> </span></span> B"),
            [("103", "<span>a<span> </span></span> b", "<span>A<span> </span></span> B")],
            [],
            id="nested twice",
        ),
        pytest.param(
            pair(103, 'a<span id="b"/>', 'A<span id="b"/>'),
            [("103", 'a<span id="b"/>', 'A<span id="b"/>')],
            [],
            id="closed in itself",
        ),
        pytest.param(f"<span>x {pair(103, 'a', 'A')}</span>", [("103", "a", "A")], [], id="inside an ordinary span"),
        pytest.param(
            pair(103, "a", "A").replace('"', "&quot;"), [("103", "a", "A")], ["page-quotes-mangled"], id="mangled"
        ),
        pytest.param(
            pair(103, "a", "A").replace('3">a', "3&quot;>a"), [("103", "a", "A")], ["page-quotes-mangled"], id="torn"
        ),
        pytest.param(
            pair(103, "a</span> b", "A"), [("103", "a</span> b", "A")], ["page-span-unbalanced"], id="stray in target"
        ),
        pytest.param(
            pair(103, "a", "A</span> B"), [("103", "a", "A</span> B")], ["page-span-unbalanced"], id="stray in source"
        ),
        pytest.param(
            f"{pair(103, 'a', '<i>A<span> B')}\n\n<span></span></span>",
            [("103", "a", "<i>A<span> B")],
            ["page-span-unbalanced", "page-span-stray"],
            id="open in source",
        ),
        pytest.param(
            pair(103, "a<span>", "A"), [("103", "a<span>", "A")], ["page-span-unbalanced"], id="open in target"
        ),
        pytest.param(
            pair(103, "a", "A")[: -len("</span>")] + "\n\n" + pair(104, "b", "B"),
            [("103", "a", "A"), ("104", "b", "B")],
            ["page-source-open"],
            id="one end too few",
        ),
        pytest.param(
            pair(103, "a", "A")[: -len("</span></span>")] + "\nb",
            [("103", "a", "A")],
            ["page-source-open"],
            id="no end",
        ),
        pytest.param(
            '<span data-ttu-id="1a-103">a<span class="sxs-lookup"><span data-stu-id="1a-103">A</span></span>',
            [("103", "a", "A")],
            ["page-span-unbalanced"],
            id="target without end",
        ),
        pytest.param(f"{pair(103, 'a', 'A')}</span>", [("103", "a", "A")], ["page-span-stray"], id="one end too many"),
        pytest.param(
            f'<span data-ttu-id="1a-102">x</span>\n{pair(103, "a", "A")}',
            [("103", "a", "A")],
            ["page-target-alone"],
            id="target alone",
        ),
        pytest.param(
            f'<span class="sxs-lookup"><span data-stu-id="1a-102">X</span></span>\n{pair(103, "a", "A")}',
            [("103", "a", "A")],
            ["page-source-alone"],
            id="source alone",
        ),
        pytest.param(
            f'<span data-stu-id="1a-102">X</span>\n{pair(103, "a", "A")}',
            [("103", "a", "A")],
            ["page-source-alone"],
            id="half a source",
        ),
        pytest.param(
            pair(103, "a", "A").replace('stu-id="1a2b3-103', 'stu-id="1a2b3-999'),
            [("103", "a", "A")],
            ["page-marks-differ"],
            id="other mark",
        ),
        pytest.param(
            pair(103, f"a {pair(104, 'b', 'B')} c", "A B C"),
            [("103", f"a {pair(104, 'b', 'B')} c", "A B C")],
            ["page-pair-nested"],
            id="pair in a pair",
        ),
        pytest.param(
            '<span data-ttu-id="1a-9">x\n\n'
            + pair(103, "a", "A")
            + '\n\n</span><span class="sxs-lookup"><span data-stu-id="1a-9">X</span></span>',
            [("103", "a", "A")],
            ["page-target-alone", "page-source-alone"],
            id="pair across paragraphs",
        ),
    ],
)
def test_spans_are_counted(text, pairs, damage):
    """What no regular expression and no HTML parser reads right is read right; what is broken says so."""
    found = page(text)

    assert texts(found) == pairs
    assert codes(found) == damage


def test_damage_has_its_place():
    """Line and column count characters, whatever they weigh in bytes."""
    found = page(f"{pair(103, '견적', 'Quote')}\n견적 </span>")

    [damage] = found.damage
    assert str(damage.span) == "ko-KR/close.md:2:4"


@pytest.mark.parametrize(
    "hostile",
    [
        '<span data-ttu-id="a-1">' * 8_000,
        "</span>" * 16_000,
        '<span class="sxs-lookup"><span data-stu-id="a-1">' * 5_000,
        pair(1, "a", "A")[:-1] * 1_000,
        "".join(f'<span data-ttu-id="a-{n}">' for n in range(3_000))
        + "".join(
            f'</span><span class="sxs-lookup"><span data-stu-id="a-{n}">x</span></span>' for n in range(3_000, 0, -1)
        ),
        '<span data-ttu-id="a&quot;>' * 5_000,
        "<span data-ttu-id=" * 16_000,
        '<span data-ttu-id="' + "<" * 50_000,
        "![" * 16_000,
        ':::image "' * 8_000,
        "| " * 33_000,
        "> " * 16_000,
        "- " * 20_000 + "x",
        "1. " * 20_000,
        "* - " * 10_000 + "x",
        "- " * 16_000,
        "---\n" + "a: b\n" * 8_000,
        "`" * 50_000,
        "#" * 50_000 + "\n" + "\\" * 50_000,
        "<img alt=" * 8_000,
    ],
    ids=lambda each: each[:12].strip(),
)
def test_hostile_page_is_read_to_its_end(hostile):
    """A page that asks for the square of its size gets what its size deserves: this test would go on for hours."""
    found = page(hostile)

    assert "".join(part.text for part in found.parts) == hostile
    assert all(each.diagnostic.message for each in verify(found))
    assert all(unit.id for unit in units_of(found))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\ntitle: x\n" + pair(103, "a", "A"), "page-front-open"),
        (HEAD + pair(103, "a\x07", "A"), "page-character"),
        (HEAD + "<<<<<<< ours\n" + pair(103, "a", "A"), "page-conflict"),
        (HEAD + pair(103, "a\udcff", "A"), "page-encoding"),
        (pair(103, "a", "A"), "page-front-absent"),
        (HEAD.replace("ms.content", "ms.other") + pair(103, "a", "A"), "page-front-field"),
        (HEAD.replace("title", "ms.contentlocale") + pair(103, "a", "A"), "page-front-twice"),
        (HEAD.replace("견적 종료", "[") + pair(103, "a", "A"), "page-front-value"),
        (HEAD.replace("aaaa", "abcx") + pair(103, "a", "A"), "page-hash"),
        (HEAD.replace("ko-KR", "ja-JP") + pair(103, "a", "A"), "page-locale"),
        (HEAD.replace("ko-KR", "???") + pair(103, "a", "A"), "page-locale-unknown"),
        (HEAD + pair(103, "a", "A") + "\r\n", "page-line-ends"),
        (HEAD + pair(103, "a", "A") + pair(103, "b", "B"), "page-mark-twice"),
        (HEAD + pair(104, "a", "A") + pair(103, "b", "B"), "page-mark-order"),
        (HEAD + pair(103, "a", "A") + pair(104, "b", "B") + pair(105, "c", "C", "ffff0"), "page-fingerprint"),
        (HEAD + pair(103, "a", "A").replace("1a2b3-103", "here"), "page-mark-form"),
        (HEAD + pair(103, " ", "A"), "page-target-empty"),
        (HEAD + pair(103, "a", ""), "page-source-empty"),
        (HEAD + f"```\n{pair(103, 'a', 'A')}\n```\n", "page-pair-in-code"),
        (HEAD + f"```\n\n{pair(103, 'a', 'A')}\n", "page-fence-open"),
        (HEAD + f'# <a name="quote"></a>{pair(103, "견적", "Draft quote")}\n', "page-anchor-differs"),
        (HEAD + f'# <a name="a"></a>{pair(103, "a", "A")}\n## {pair(104, "b", "B")}\n', "page-anchor-absent"),
        (HEAD + f'# <a name="a"></a>{pair(103, "a", "A")}\n{pair(104, "[b](#c)", "[B](#a)")}\n', "page-link-broken"),
        (HEAD + "> " + pair(103, "a\n> ", "A\n> ") + f"[!NOTE]\n{pair(104, 'b', 'B')}\n> c\n", "page-prefix-lost"),
    ],
    ids=lambda each: each if each.startswith("page-") and len(each) < 30 else "",
)
def test_verify_names_what_is_wrong(text, code):
    """Each finding has its code, its place and its sentence."""
    found = [each.diagnostic for each in verify(page(text))]

    assert code in [each.code for each in found]
    assert all(each.span.path == "ko-KR/close.md" and each.span.line >= 1 <= each.span.column for each in found)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + f'# <a name="quotes-2"></a>{pair(103, "견적", "Quotes")}\n',
        HEAD + f'# <a name="close-it-and-go"></a>{pair(103, "a", "Close it")} {pair(104, "b", "and go")}\n',
        HEAD + f"## {pair(103, 'a', 'A')}\n",
        HEAD + f"```console\n# x\n```\n{pair(103, 'a', 'A')}\n",
        HEAD + f'<a name="a"></a>\n\n{pair(103, "[x](#a)", "[X](#a)")}\n',
        HEAD.replace("\n", "\r\n") + pair(103, "a", "A") + "\r\n",
        "\ufeff" + HEAD + pair(103, "a", "A"),
        HEAD + pair(103, "a", "A") + " " + pair("p104", "b", "B"),  # type: ignore[arg-type]
        "# A plain page without anything\n\n<span>x</span>\n",
    ],
)
def test_sound_page_has_no_findings(text):
    """What the format allows is left in peace."""
    assert [str(each.diagnostic) for each in verify(page(text))] == []


def test_include_needs_no_front_matter():
    """Files that others include have none."""
    assert not verify(page(pair(101, "a", "A"), "ko-KR/includes/footer.md"))


@pytest.mark.parametrize(
    ("path", "locale"),
    [
        ("sxs/ko-KR/a/close.md", "ko-KR"),
        ("close-opportunity.zh-HK.md", "zh-HK"),
        ("docs-pr.ja-jp/close.md", "ja-JP"),
        ("zh_Hant_HK\\close.md", "zh-Hant-HK"),
        ("ms/docs/close.md", None),
        ("sv-SE/no-quotes.md", "sv-SE"),
    ],
)
def test_path_names_the_locale(path, locale):
    """The file, else the nearest folder; a bare language could be anything."""
    assert locale_in(path) == locale


def test_front_matter_is_read_line_by_line():
    """Quoted, folded and commented values all have their text."""
    found = page(
        '---\ntitle: "견적: \\"모두\\""\ndescription: >-\n  하나\n  둘\nauthor: x # who\nempty:\nlist:\n  - a\n---\nbody'
    )

    names = ("title", "description", "author", "empty", "list", "absent")
    assert [front.value(found, name) for name in names] == ['견적: "모두"', "하나 둘", "x", "", None, None]
    assert found.text[found.body :] == "body"


@settings(max_examples=60)
@given(st.text(max_size=20), st.sampled_from(["plain", '"x"', "'x'", ">-\n  x"]))
def test_written_scalar_reads_back(text, old):
    """A value of the front matter means the same after writing, whatever it is."""
    head = f"---\ntitle: {front.written(text, old)}\nauthor: me\n---\n"
    found = page(head)

    assert front.value(found, "title") == text
    assert front.value(found, "author") == "me"


BLOCKS = """\
# Close

First line
goes on.
Hard end  
next

> [!TIP]
> Inside
> still
lazy

> quote

1. one
   more

   > [!NOTE]
   > deep
   >  - deeper

   para of one
- two

outside

a | b
--|--
1 | `x|y` \\| z

Title
=====

| c |
|---|
<table>
<tr><td>cell <b>x</b><br/>more</td></tr>
</table>
<div>html</div>

    code

```py
# no heading
```
<!-- a
comment -->
[ref]: https://example.org
:::image type="content" source="a.png" alt-text="text":::
[!INCLUDE [x](y.md)]
***
- - -
~~~
open
"""


def test_blocks_are_told_apart():
    """Headings, alerts, lists, tables, code and the rest, with what they stand in."""
    found = page(BLOCKS)
    seen = [("/".join(map(str, each.blocks)), text_of(found, each)) for each in passages(found)]

    assert seen == [
        ("heading 1", "Close"),
        ("paragraph", "First line goes on. Hard end"),
        ("paragraph", "next"),
        ("quote/literal", "[!TIP]"),
        ("alert TIP", "Inside still lazy"),
        ("quote", "quote"),
        ("list", "one more"),
        ("list/quote/literal", "[!NOTE]"),
        ("list/alert NOTE", "deep"),
        ("list/alert NOTE/list", "deeper"),
        ("list", "para of one"),
        ("list", "two"),
        ("paragraph", "outside"),
        ("table", "a"),
        ("table", "b"),
        ("literal", "--|--"),
        ("table", "1"),
        ("table", "`x|y` \\| z"),
        ("heading 1", "Title"),
        ("table", "c"),
        ("literal", "|---|"),
        ("table", "cell <b>x</b>"),
        ("table", "more"),
        ("html", "html"),
        ("code", "code"),
        ("code", "```py"),
        ("code", "# no heading"),
        ("code", "```"),
        ("comment", "<!-- a"),
        ("comment", "comment -->"),
        ("literal", "[ref]: https://example.org"),
        ("literal", ':::image type="content" source="a.png" alt-text="text":::'),
        ("literal", "[!INCLUDE [x](y.md)]"),
        ("literal", "***"),
        ("literal", "- - -"),
        ("code", "~~~"),
        ("code", "open"),
    ]


def test_pair_is_one_word_to_its_block():
    """Line ends, bars and tags inside a pair divide nothing."""
    inner = pair(103, "a | b\n<br>c", "A | B\n<br>C")
    found = page(f"| {inner} | {pair(104, 'd', 'D')} |\n|--|--|\n\n<table><tr><td>{inner}</td></tr></table>\n")

    assert [str(unit.blocks[-1]) for unit in units_of(found)] == ["table", "table", "table"]
    assert len([each for each in passages(found) if each.is_text]) == 3


def test_units_say_what_they_stand_in():
    """Context, place, blocks and state come along; ids are the numbers of the marks."""
    found = page(
        HEAD.replace("---\n#", "#").replace("ms.content", "ms.translationtype: MT\nms.content")
        + f'## <a name="quotes"></a>{pair(103, "견적", "Quotes")}\n\n> [!NOTE]\n> {pair(104, "**모두**", "**All**")}\n'
    )
    title, heading, note = units_of(found)

    assert (title.id, title.source, title.target, title.state) == ("title", None, "견적 종료", NEEDS_REVIEW)
    assert (heading.id, heading.context, heading.blocks[0]) == ("103", "quotes", ("heading", "2"))
    assert (note.id, note.source, note.target, note.locale) == ("104", "**All**", "**모두**", "ko-KR")
    assert (note.place.line, note.place.column, str(note.blocks[-1])) == (10, 33, "alert NOTE")


def test_sources_come_from_the_english_page():
    """Title, description and image texts are filled; images take the numbers that the marks leave free."""
    english = page(
        '---\ntitle: Close quotes\ndescription: All of them\n---\n![One](a.png)\n:::image source="b.png" alt-text="Two":::\n'
    )
    found = page(
        "---\ntitle: 견적 종료\ndescription: 모두\n---\n"
        f"{pair(103, 'a', 'A')}\n![하나](a.png)\n![](c.png)\n{pair(105, 'b', 'B')}\n"
        f':::image source="b.png" alt-text="둘":::\n![셋](d.png)\n{pair(107, "c", "C")}\n![넷](a.png)\n'
        "```\n![no](x.png)\n```\n"
    )
    units = {unit.id: (unit.source, unit.target) for unit in units_of(found, english)}

    assert units == {
        "title": ("Close quotes", "견적 종료"),
        "description": ("All of them", "모두"),
        "103": ("A", "a"),
        "104": ("One", "하나"),
        "105": ("B", "b"),
        "image-2": ("Two", "둘"),
        "image-3": (None, "셋"),
        "107": ("C", "c"),
        "108": (None, "넷"),
    }


def test_state_follows_from_the_front_matter():
    """What a machine translated wants a reader; what a person translated has had one."""
    human = page("---\ntitle: x\nms.translationtype: HT\n---\n")

    assert [unit.state for unit in units_of(human)] == [TRANSLATED]


def test_number_beyond_counting_is_no_number():
    """A mark may hold any digits; nothing counts them that should not."""
    found = page(
        f"{pair(103, 'a', 'A')}\n![x](x.png)\n{pair(int('9' * 4000), 'b', 'B')}{pair(1, 'c', 'C')}".replace(
            '1a2b3-1"', '1a2b3-٣"'
        )
    )

    assert [unit.id for unit in units_of(found)][1] == "image-1"
    assert {each.diagnostic.code for each in verify(found)} == {"page-mark-form", "page-front-absent"}


def test_page_that_is_given_twice_has_ids_of_its_own():
    """A mark that occurs twice makes two units all the same."""
    found = page(pair(103, "a", "A") + pair(103, "b", "B"))

    assert [unit.id for unit in units_of(found)] == ["103", "103.2"]
