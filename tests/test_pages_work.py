"""Work on pages: repair, collapse, translate, compare with English, align, write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import exchange
from oppi18n.docs import front
from oppi18n.docs.align import aligned_units, source_units
from oppi18n.docs.changes import changes
from oppi18n.docs.collapse import to_source, to_target
from oppi18n.docs.compose import bilingual
from oppi18n.docs.folders import PageFile, page_files, read_page
from oppi18n.docs.originals import Originals, hash_of
from oppi18n.docs.page import Page
from oppi18n.docs.repair import edits_of, repaired
from oppi18n.docs.scanner import scan
from oppi18n.docs.sentences import sentences
from oppi18n.docs.stale import freshness
from oppi18n.docs.translate import with_translations
from oppi18n.docs.units import units_of
from oppi18n.docs.verify import verify
from oppi18n.errors import InputError
from oppi18n.exchange.bundle import pack
from oppi18n.units.arrival import arrival
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, TRANSLATED, Unit


def pair(number: int, target: str, source: str) -> str:
    mark = f"1a2b3-{number}"
    lookup = f'<span class="sxs-lookup"><span data-stu-id="{mark}">{source}</span></span>'
    return f'<span data-ttu-id="{mark}">{target}</span>{lookup}'


def page(text: str, path: str = "ko-KR/close.md") -> Page:
    return scan(text.encode(errors="surrogateescape"), path)


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


SOUND = lines(pair(103, 'a "b"', 'A "B"'), "", "```", 'x = "y"', "```", "", pair(104, "c", "C"))
TORN = SOUND.replace('"1a2b3-103">a', '"1a2b3-103&quot;>a').replace('"', "&quot;").replace("&quot;", '"', 1)
TORN = TORN[: TORN.rindex("&quot;")] + '"' + TORN[TORN.rindex("&quot;") + len("&quot;") :]


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        pytest.param(TORN, SOUND, id="torn, with texts and code"),
        pytest.param(
            pair(103, "a &quot;b&quot;", "A").replace('"', "&quot;"), pair(103, "a &quot;b&quot;", "A"), id="tags alone"
        ),
        pytest.param(
            lines(f"## <a name=&quot;a&quot;></a>{pair(103, 'a', 'A')}"),
            lines(f'## <a name="a"></a>{pair(103, "a", "A")}'),
            id="anchor",
        ),
        pytest.param(
            pair(103, "a", "A").replace('stu-id="1a2b3-103"', 'stu-id="99999-103"') + pair(104, "b", "B"),
            pair(103, "a", "A") + pair(104, "b", "B"),
            id="other mark in the source",
        ),
        pytest.param(
            pair(103, "a", "A").replace('ttu-id="1a2b3-103"', 'ttu-id="?"') + pair(104, "b", "B"),
            pair(103, "a", "A") + pair(104, "b", "B"),
            id="no mark in the target",
        ),
        pytest.param(
            lines(pair(103, "a", "A")[: -len("</span>")], "", pair(104, "b", "B")),
            lines(pair(103, "a", "A"), "", pair(104, "b", "B")),
            id="one end too few",
        ),
        pytest.param(
            f"{pair(103, 'a', 'A')}</span> {pair(104, 'b', 'B')}</span >",
            f"{pair(103, 'a', 'A')} {pair(104, 'b', 'B')}",
            id="one end too many",
        ),
        pytest.param(
            lines("> [!div]", "> " + pair(103, "i\n> ", "I\n> ") + "[!NOTE]", pair(104, "b", "B"), "> c"),
            lines("> [!div]", "> " + pair(103, "i\n> ", "I\n> ") + "[!NOTE]", f"> {pair(104, 'b', 'B')}", "> c"),
            id="quote mark",
        ),
    ],
)
def test_repair_mends_what_has_one_right_form(broken, mended):
    """The page comes out as it was meant; a second repair finds nothing."""
    found = repaired(page(broken))

    assert found.text == mended
    assert repaired(found) is found
    assert not list(edits_of(found))


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        "plain &quot;text&quot; and name=&quot;x&quot;",
        pair(103, "a &quot;b&quot;", "A"),
        pair(103, "a", "A</span> B"),
        "<span>x</span></span>",
        pair(103, "a", "A").replace('stu-id="1a2b3-103"', 'stu-id="1a2b3-104"') + pair(105, "b", "B"),
        pair(103, "a", "A")[: -len("</span></span>")],
        "> " + pair(103, "i\n> ", "I\n> ") + "[!NOTE]\n" + pair(104, "b", "B") + "\nno quote below\n",
    ],
)
def test_repair_leaves_alone_what_could_be_meant(text):
    """Where two forms are thinkable, none is chosen."""
    found = page(text)

    assert repaired(found) is found


PIECES = st.sampled_from(
    [
        "a",
        "견적",
        " ",
        '"',
        "&quot;",
        "</span>",
        "<span>",
        "\n",
        "> ",
        pair(103, "a", "A"),
        pair(104, "b", "B"),
        "[!NOTE]\n",
    ]
)


@settings(max_examples=60)
@given(st.lists(PIECES, max_size=12).map("".join), st.booleans())
def test_repair_ends_and_never_adds_errors(text, mangle):
    """Whatever the page is, what comes out has no more findings than before."""
    found = page(text.replace('"', "&quot;") if mangle else text)
    mended = repaired(found)

    assert len(verify(mended)) <= len(verify(found))
    assert repaired(mended) is mended
    assert to_target(found) == to_target(mended)


def test_collapse_takes_the_spans_away_and_nothing_else():
    """To the target, the page of the reader; to the source, the English one without what translation added."""
    text = (
        "\ufeff---\r\ntitle: 견적\r\nms.date: 10/01/2020\r\nms.openlocfilehash: ab\r\nms.contentlocale: ko-KR\r\n---\r\n"
        f'# <a name="quotes"></a>{pair(103, "견적", "Quotes")} \r\n\r\n- [{pair(104, "모두", "All")}](x.md)\t\r\n'
    )

    assert to_target(page(text)).decode() == (
        "\ufeff---\r\ntitle: 견적\r\nms.date: 10/01/2020\r\nms.openlocfilehash: ab\r\nms.contentlocale: ko-KR\r\n---\r\n"
        '# <a name="quotes"></a>견적 \r\n\r\n- [모두](x.md)\t\r\n'
    )
    assert to_source(page(text)).decode() == (
        "\ufeff---\r\ntitle: 견적\r\nms.date: 10/01/2020\r\n---\r\n# Quotes \r\n\r\n- [All](x.md)\t\r\n"
    )


def test_plain_page_collapses_to_itself():
    """Without pairs there is nothing to take away, whatever the bytes are."""
    content = b"# Quotes <span>x</span>\n\xff\x00"

    assert to_target(scan(content)) == content == to_source(scan(content))


def test_translation_replaces_its_text_alone():
    """Title, description, pair and images take new texts; every other byte stays."""
    text = (
        "---\ntitle: 견적 # old\ndescription: 'x'\nms.contentlocale: ko-KR\n---\n"
        f'{pair(103, "a", "A")}\n![하나](a.png)\n{pair(105, "b", "B")}\n:::image source="c.png" alt-text="둘":::\n'
    )
    found = page(text)
    wanted = {"title": "Close: quotes", "description": "it's", "103": "**새**", "104": "새 [것", "106": '새 "것"'}
    result = with_translations(found, [replace(u, targets=(wanted[u.id],)) for u in units_of(found) if u.id in wanted])

    assert (result.changed, result.refused) == (5, ())
    assert result.page.text == (
        '---\ntitle: "Close: quotes" # old\ndescription: "it\'s"\nms.contentlocale: ko-KR\n---\n'
        f"{pair(103, '**새**', 'A')}\n![새 \\[것](a.png)\n{pair(105, 'b', 'B')}\n"
        ':::image source="c.png" alt-text="새 &quot;것&quot;":::\n'
    )


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("a</span>", "translation-structure"),
        ("<span>a", "translation-structure"),
        (pair(1, "a", "A"), "translation-structure"),
        ('<span data-ttu-id="x">', "translation-structure"),
        ("a\nb", "translation-line-end"),
        ("a\x00b", "translation-character"),
        ("a\udcffb", "translation-character"),
        ("a | b", "translation-structure"),
    ],
)
def test_translation_that_breaks_the_page_is_refused(target, code):
    """Nothing that comes from outside moves the bounds of a pair, a line or a cell; the rest goes in."""
    found = page(f"| {pair(103, 'a', 'A')} |\n|---|\n| {pair(104, 'b', 'B')} |\n")
    first, second = units_of(found)
    result = with_translations(found, [replace(first, targets=(target,)), replace(second, targets=("c",))])

    assert [error.code for error in result.refused] == [code]
    assert result.page.text == found.text.replace(">b<", ">c<")


TARGETS = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(
    ["</span>", "<span>", "a\nb", "<b>x</b>"]
)


@settings(max_examples=60)
@given(st.lists(TARGETS, min_size=5, max_size=5))
def test_accepted_translation_reads_back(targets):
    """What was not refused stands in the page exactly as it was given, and the sources are untouched."""
    found = page(
        f"---\ntitle: x\n---\n# {pair(103, 'a', 'A')}\n\n![i](i.png)\n{pair(105, 'b', 'B')} {pair(106, 'c', 'C')}\n"
    )
    units = [replace(unit, targets=(text,)) for unit, text in zip(units_of(found), targets, strict=True)]
    result = with_translations(found, units)
    refused = {error.params["unit"] for error in result.refused}
    after = {unit.id: unit for unit in units_of(result.page)}

    for unit in units:
        if unit.id in refused or not unit.target or unit.id == "104":
            continue
        assert after[unit.id].target == unit.target
    assert [unit.source for unit in after.values() if unit.source] == ["A", "B", "C"]


PAGE_TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(lambda text: "<" not in text)
PAGE_PARTS = st.one_of(
    st.builds(lambda number, a, b: pair(number, a, b), st.integers(103, 140), PAGE_TEXTS, PAGE_TEXTS),
    st.sampled_from(
        ["\n", "\r\n\r\n", " ", "# ", "- ", "> [!NOTE]\n> ", "| ", "![i](i.png)\n", "```\n", "</span>", "<br>\n"]
    ),
)


@pytest.mark.parametrize("name", exchange.names())
@settings(max_examples=30)
@given(parts=st.lists(PAGE_PARTS, max_size=10), title=PAGE_TEXTS)
def test_generated_page_travels_and_comes_back(name, parts, title):
    """Export, import: not a byte is different, whatever the page and the format are."""
    head = f"---\ntitle: {front.written(title, '')}\nms.contentlocale: ja-JP\n---\n"
    found = page(head + "".join(parts))
    units = [replace(unit, source=unit.source or unit.target) for unit in units_of(found)]
    packed = pack(units)
    back = exchange.parse(exchange.write(packed.bundle, name), "x").units if packed.bundle.units else ()
    arrived = arrival(units, back)

    assert (arrived.changed, arrived.outdated, arrived.unknown) == ((), (), ())
    assert with_translations(found, (*arrived.same, *arrived.changed)).page.content == found.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ("One.", "Two!", "Three?")),
        ("See e.g. this, i.e. that, etc. and so on. Next.", ("See e.g. this, i.e. that, etc. and so on.", "Next.")),
        ("Version 1.2 is out. Use v. 3.", ("Version 1.2 is out.", "Use v.", "3.")),
        ("Type `a. B` here. [A. B](c.md) there.", ("Type `a. B` here.", "[A. B](c.md) there.")),
        ("**Note. This** is one. Two.", ("**Note. This** is one.", "Two.")),
        ("Click **OK.** Then go.", ("Click **OK.**", "Then go.")),
        ("(One. Two.) Three.", ("(One. Two.)", "Three.")),
        ("Wait... more. 終わり。 次。", ("Wait... more.", "終わり。", "次。")),
        ("견적입니다. 종료합니다.", ("견적입니다.", "종료합니다.")),
        ("", ()),
    ],
)
def test_sentences_end_where_readers_stop(text, expected):
    """Abbreviations, numbers, code, links and emphasis do not end a sentence."""
    assert sentences(text) == expected


ENGLISH = lines(
    "---",
    "title: Close quotes",
    "description: All of them",
    "---",
    "# Close quotes",
    "",
    "You can close a quote. See [all",
    "quotes](quotes.md). It is quick.",
    "",
    "> [!NOTE]",
    "> Drafts are closed too.",
    "",
    "![Two quotes](media/two.png)",
    "",
    "| State | Meaning |",
    "|---|---|",
    "| Draft | Not sent |",
)
KOREAN = {
    "Close quotes": "견적 종료",
    "All of them": "모두",
    "You can close a quote.": "견적을 종료할 수 있습니다.",
    "See [all quotes](quotes.md).": "[모든 견적](quotes.md)을 참조하세요.",
    "It is quick.": "빠릅니다.",
    "Drafts are closed too.": "초안도 종료됩니다.",
    "Two quotes": "견적 두 개",
    "State": "상태",
    "Meaning": "의미",
    "Draft": "초안",
    "Not sent": "보내지 않음",
}


def translated() -> list[Unit]:
    units = source_units(page(ENGLISH, "close.md"), "ko-KR")
    return [replace(unit, targets=(KOREAN[unit.source or ""],), state=TRANSLATED) for unit in units]


def test_written_page_scans_back_to_its_units():
    """Source page and translations make a bilingual page that holds exactly them, and is sound."""
    units = translated()
    english = page(ENGLISH, "close.md")
    found = bilingual(english, units, "ko-KR", fields={"ms.lasthandoff": "10/01/2020", "ms.locfileid": "3897412"})

    assert [(each.id, each.source, each.target) for each in units_of(found, english)] == [
        (each.id, each.source, each.target) for each in units
    ]
    assert verify(found) == []
    assert front.value(found, front.HASH) == hash_of(english.content)
    assert [front.value(found, name) for name in (front.KIND, front.LOCALE, front.FILE_ID)] == [
        "HT",
        "ko-KR",
        "3897412",
    ]
    assert '# <a name="close-quotes"></a><span' in found.text


def test_written_page_collapses_to_plain_ones():
    """To the source, the English page but for its soft line breaks and head; to the target, the Korean one."""
    found = bilingual(page(ENGLISH, "close.md"), translated(), "ko-KR")
    korean = to_target(found).decode()

    assert to_source(found).decode().partition("# ")[2] == ENGLISH.partition("# ")[2].replace(
        "all\nq", "all q"
    ).replace("Two quotes", "견적 두 개")
    assert "견적을 종료할 수 있습니다. [모든 견적](quotes.md)을 참조하세요. 빠릅니다.\n" in korean
    assert "<span" not in korean


def test_untranslated_text_stays_english():
    """What has no translation is no pair; what wants a reader marks the page as a machine's."""
    units = [replace(unit, state=NEEDS_REVIEW if unit.id == "103" else MISSING) for unit in translated()]
    found = bilingual(page(ENGLISH), units, "ko-KR")

    assert [(each.number, found.target(each)) for each in found.pairs] == [("103", "견적 종료")]
    assert front.value(found, front.KIND) == "MT"
    assert "See [all\nquotes](quotes.md)." in found.text


def test_page_without_front_matter_gets_one():
    """Hash and locale are always there; the line ends are those of the English page."""
    units = [replace(unit, targets=("b",), state=TRANSLATED) for unit in source_units(page("A\r\n"), "sv-SE")]
    found = bilingual(page("A\r\n"), units, "sv-SE")

    assert found.text.startswith("---\r\nms.openlocfilehash: ")
    assert (front.value(found, front.LOCALE), len(found.pairs)) == ("sv-SE", 1)


def test_writing_refuses_what_breaks_a_page():
    """A translation that would tear its pair is an error, not a page."""
    [unit] = source_units(page("A\n"), "sv-SE")

    with pytest.raises(InputError, match="structure"):
        bilingual(page("A\n"), [replace(unit, targets=("</span>",), state=TRANSLATED)], "sv-SE")


def test_plain_pages_are_aligned():
    """A translated page and its English page give the units from which either could be written."""
    korean = scan(to_target(bilingual(page(ENGLISH, "close.md"), translated(), "ko-KR")), "close.md")
    found = list(aligned_units(korean, page(ENGLISH, "close.md")))

    assert [(each.id, each.source, each.target) for each in found] == [
        (each.id, each.source, each.target) for each in translated()
    ]
    assert found[2].place.line == 8
    assert {each.locale for each in found} == {"ko-KR"}


@pytest.mark.parametrize(
    ("english", "korean", "pairs"),
    [
        ("One. Two.\n", "하나이고 둘이다.\n", [("One. Two.", "하나이고 둘이다.")]),
        ("One. Two.\n", "一つ。二つ。\n", [("One.", "一つ。"), ("Two.", "二つ。")]),
        ("# A\n\nB\n", "# 가\n", [("A", "가"), ("B", "")]),
        ("# A\n\n- B\n", "# 가\n\n나\n", [("A", "가"), ("B", "")]),
        (
            "[A](a.md)\n\n[B](b.md)\n\n[C](c.md)\n",
            "[다](c.md)\n",
            [("[A](a.md)", ""), ("[B](b.md)", ""), ("[C](c.md)", "[다](c.md)")],
        ),
        ('![a](a.png "t")\n', '![가](a.png "나")\n', [('![a](a.png "t")', '![가](a.png "나")')]),
        ("```\ncode\n```\n\n---\n", "```\ncode\n```\n\n---\n", []),
    ],
)
def test_alignment_pairs_what_is_built_alike(english, korean, pairs):
    """Sentence by sentence where the numbers agree, else as a whole; what has no counterpart is missing."""
    found = aligned_units(page(korean), page(english), locale="ko-KR")

    assert [(each.source, each.target) for each in found] == pairs


def bilingual_page() -> Page:
    return bilingual(page(ENGLISH, "close.md"), translated(), "ko-KR")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("It is quick.", "It is slow.", [("changed", "106", "It is slow.")]),
        (" It is quick.", "", [("removed", "106", "")]),
        ("It is quick.", "It is quick. And safe.", [("added", "", "And safe.")]),
        ("> Drafts are closed too.\n", "> Drafts are closed too.\n\nNew words.\n", [("added", "", "New words.")]),
        ("| Draft | Not sent |", "| Draft | Unsent |", [("changed", "112", "Unsent")]),
        ("quotes.md", "list.md", [("changed", "105", "See [all quotes](list.md).")]),
        ("# Close quotes", "# Close all quotes", [("changed", "103", "Close all quotes")]),
        (
            "You can close a quote. See",
            "You may close any quote. And win. See",
            [("changed", "104", "You may close any quote."), ("added", "", "And win.")],
        ),
        ("Two quotes", "Three quotes", []),
        ("title: Close quotes", "title: Close", []),
        ("all\nquotes", "all quotes", []),
        ("You can", "You  can", []),
        ("\n", "\r\n", []),
        ("|---|---|", "|:--|--:|", [("around", "", "|:--|--:|")]),
    ],
)
def test_changes_are_told_by_sentence(old, new, expected):
    """Which sentence reads otherwise, is gone or is new; what a page does not keep is not compared."""
    found = changes(bilingual_page(), page(ENGLISH.replace(old, new, 1 if old != "\n" else -1)))

    assert [(each.kind, each.unit, each.new) for each in found] == expected


def test_address_beside_a_pair_counts():
    """A link around a pair leads elsewhere now: no sentence changed, and still something did."""
    found = changes(page(f"See [{pair(103, 'a', 'A')}](old.md)\n"), page("See [A](new.md)\n"))

    assert [(each.kind, each.unit) for each in found] == [("around", "103")]


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """An English folder, and a translated one beside it."""
    english = tmp_path / "en" / "guide"
    english.mkdir(parents=True)
    (english / "close.md").write_bytes(ENGLISH.encode())
    korean = tmp_path / "ko-KR" / "guide"
    korean.mkdir(parents=True)
    (korean / "close.md").write_bytes(bilingual_page().content)
    return tmp_path


def state(folders: Path) -> str:
    [file] = page_files([str(folders / "ko-KR")])
    return freshness(read_page(file), file, Originals(str(folders / "en"))).state


def test_fresh_page_is_fresh_however_its_source_is_stored(folders):
    """The hash is that of CR LF line ends, on every system."""
    assert state(folders) == "fresh"
    (folders / "en" / "guide" / "close.md").write_bytes(ENGLISH.replace("\n", "\r\n").encode())
    assert state(folders) == "fresh"


def test_states_of_a_page(folders):
    """Stale, bumped in lock-step, moved, without a source, without a hash."""
    english = folders / "en" / "guide" / "close.md"
    english.write_bytes(ENGLISH.replace("quick", "slow").encode())
    assert state(folders) == "stale"
    english.write_bytes(ENGLISH.replace("title: Close quotes", "title: Close quotes\nms.date: 1/1/2021").encode())
    assert state(folders) == "bumped"
    (folders / "en" / "elsewhere.md").write_bytes(ENGLISH.encode())
    assert state(folders) == "moved"
    (folders / "en" / "elsewhere.md").unlink()
    english.unlink()
    assert state(folders) == "absent"
    korean = folders / "ko-KR" / "guide" / "close.md"
    korean.write_bytes(korean.read_bytes().replace(b"ms.openlocfilehash", b"other"))
    assert state(folders) == "unknown"


@pytest.mark.parametrize(
    ("path", "english"),
    [
        ("x/ko-KR/a/b.md", "a/b.md"),
        ("docs/a/b.md", "a/b.md"),
        ("b.ko-KR.md", "b.en-US.md"),
        ("b.zh-hk.md", "b.md"),
        ("ko-KR/b.sv-SE.md", "b.en.md"),
        ("ko-KR/c/b.md", None),
    ],
)
def test_english_page_is_found_by_name(tmp_path, path, english):
    """The folders and the part of a name that say a locale are left out; other folders are not."""
    (tmp_path / "en" / "a").mkdir(parents=True)
    (tmp_path / "en" / "a" / "b.md").touch()
    if english:
        (tmp_path / "en" / english).write_bytes(b"x")
    found = Originals(str(tmp_path / "en")).of(PageFile(path, path))

    assert (found.path if found else None) == (str(tmp_path / "en" / english) if english else None)


def test_pages_are_found_once_and_in_order(tmp_path, monkeypatch):
    """Hidden files are none; a file named twice is one; a bare name is the key unless two have it."""
    for name in ("b/x.md", "a/x.md", ".git/x.md", "a/.x.md", "a/y.txt", "z.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    assert [file.key for file in page_files([".", "a/x.md"])] == ["z.md", "a/x.md", "b/x.md"]
    assert [file.key for file in page_files(["a/x.md"])] == ["x.md"]
    assert [file.key for file in page_files(["a/x.md", "b/x.md"])] == ["a/x.md", "b/x.md"]
    with pytest.raises(InputError, match="no pages"):
        list(page_files(["empty"]))
    with pytest.raises(InputError, match="not a folder"):
        Originals("z.md")
