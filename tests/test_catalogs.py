"""Catalogs are read strictly, written steadily, and shown only where they are sound."""

from __future__ import annotations

import os
import shutil
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.cache import Cache
from oppi18n.diagnostics import render
from oppi18n.errors import InputError
from oppi18n.i18n import catalogs, po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry, Previous
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.i18n.usable import table
from oppi18n.packs import Pack
from oppi18n.texts.diagnostics import TEXTS
from oppi18n.widths import display_width

BAD = sorted((Path(__file__).parent / "bad" / "po").glob("*.po"))
HEADER = """\
msgid ""
msgstr ""
"Language: ko\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"""

ENTRIES = """\
"Plural-Forms: nplurals=1; plural=0;\\n"

# 번역자
#no space
#. from the source
#: a.yaml:1 b.yaml:2
#: \u2068c d.yaml\u2069:3
#, fuzzy, python-brace-format
#| msgid "old "
#| "text"
msgctxt "a/b"
msgid ""
"{n} \\"quote\\"\\n"
  "left"
msgid_plural\t"{n} quotes left"
msgstr[0] "\\t견적\\\\"

# 옛
#~| msgid "older"
#~ msgid "gone"
#~ msgstr ""
#~ "사라짐"
"""

FULL = Entry(
    context="oppi18n/close-opportunity/no-active-quotes/message",
    msgid="You can't close this opportunity while {count} active quote is associated with it: {quotes}.",
    msgid_plural="You can't close this opportunity while {count} active quotes are associated with it: {quotes}.",
    translations=(
        "이 영업 기회에 활성 견적 {count}개({quotes})가 연결되어 있는 동안에는 영업 기회를 종료할 수 없습니다.",
    ),
    flags=("python-brace-format",),
    comments=("needs-review a second reader", "", "  indented"),
    extracted=("Shown when an active quote holds the opportunity open.", "{count}: 2"),
    references=("rules/close-opportunity.yaml:14", "rules/with space.yaml:3", "no-line"),
    previous=Previous(None, "You cannot close it.", None),
)


# What a catalog says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_catalog_is_diagnosed(path: Path) -> None:
    """Each file in tests/bad/po names in its first lines what is found in it, and where."""
    content = path.read_bytes()
    expect, locale = (line.decode().partition(": ")[2] for line in content.split(b"\n")[:2])

    catalog = po_reader.parse_bytes(content, "x.po", None if locale == "any" else locale)

    found = [f"{each.code} at {each.span.line}:{each.span.column}" for each in catalog.diagnostics]
    assert ", ".join(found) == expect
    assert all(render(each) for each in catalog.diagnostics)


def test_every_diagnostic_has_its_bad_catalog() -> None:
    """No code of the reader goes without a file that triggers it."""
    triggered = {each.code for path in BAD for each in po_reader.parse_bytes(path.read_bytes(), "x.po").diagnostics}
    triggered |= {each.code for each in po_reader.parse(HEADER, locale="sv").diagnostics}

    assert triggered >= {code for code in TEXTS if code.startswith("catalog-")}


def test_error_costs_only_its_entry() -> None:
    """The entries around a broken one are read."""
    broken = 'msgid "two"\nmsgstr "둘\n'
    text = f'{HEADER}\nmsgid "one"\nmsgstr "하나"\n\n{broken}\nmsgid "three"\nmsgstr "셋"\n'

    catalog = po_reader.parse(text)

    assert [entry.msgid for entry in catalog.entries] == ["one", "three"]
    assert catalog.failed


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_everything_in_an_entry_is_read(ends: str) -> None:
    """Comments, references, flags, previous message, context, plural: as Poedit, gettext and Babel write them."""
    catalog = po_reader.parse((HEADER + ENTRIES).replace("\n", ends))

    assert catalog.diagnostics == ()
    assert catalog.entries == (
        Entry(
            context="a/b",
            msgid='{n} "quote"\nleft',
            msgid_plural="{n} quotes left",
            translations=("\t견적\\",),
            flags=("fuzzy", "python-brace-format"),
            comments=("번역자", "no space"),
            extracted=("from the source",),
            references=("a.yaml:1", "b.yaml:2", "c d.yaml:3"),
            previous=Previous(None, "old text", None),
        ),
        Entry(
            msgid="gone", translations=("사라짐",), comments=("옛",), previous=Previous(msgid="older"), obsolete=True
        ),
    )
    assert [entry.line for entry in catalog.entries] == [7, 22]


def test_same_message_in_two_contexts_is_no_duplicate() -> None:
    """Context and message together tell entries apart; an obsolete entry may have a living twin."""
    entries = 'msgctxt "a"\nmsgid "x"\nmsgstr ""\n\nmsgid "x"\nmsgstr ""\n\n#~ msgid "x"\n#~ msgstr "엑스"\n'

    assert po_reader.parse(f"{HEADER}\n{entries}").diagnostics == ()


def test_folder_says_which_language_the_header_must_name(tmp_path: Path) -> None:
    """A Korean catalog that was copied into the Swedish folder is not shown to Swedes."""
    path = tmp_path / "sv" / "LC_MESSAGES" / "oppi18n.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + '\nmsgid "OK"\nmsgstr "확인"\n', encoding="utf-8")

    catalog = po_reader.read(path)

    assert [each.code for each in catalog.diagnostics] == ["catalog-language"]
    assert catalog.entries == ()
    assert po_reader.read(path, "ko").diagnostics == ()


def test_template_needs_no_language() -> None:
    """A .pot file has no language, and any number of empty plural forms."""
    text = HEADER.replace("Language: ko", "Language: ") + '\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\nmsgstr[1] ""\n'

    catalog = po_reader.parse(text, "oppi18n.pot")

    assert (catalog.locale, catalog.diagnostics, len(catalog.entries)) == ("", (), 1)


def test_unreadable_file_raises(tmp_path: Path) -> None:
    """What cannot be opened is the caller's trouble, not the translator's."""
    with pytest.raises(InputError) as caught:
        po_reader.read(tmp_path / "absent.po")
    assert caught.value.code == "not-found"


@settings(max_examples=100)
@given(st.lists(st.sampled_from([*HEADER.splitlines(), 'msgid "a"', 'msgstr "b"', 'msgstr[0] ""', '"c"', "#~ ", '#| "',
                                 'msgctxt "', "msgid_plural", "\\", '"\\', "# x", "#", "", "msgstr[", "#~|", "#, "])))  # fmt: skip
def test_reader_never_raises(lines: list[str]) -> None:
    """Whatever the order of lines, the result is a catalog with diagnostics."""
    catalog = po_reader.parse("\n".join(lines))

    assert all(str(each) for each in catalog.diagnostics)


@given(st.binary(max_size=60))
def test_reader_takes_any_bytes(content: bytes) -> None:
    """Not even a file that is no text raises."""
    assert po_reader.parse_bytes(content, "x.po").failed


def test_long_file_is_read_in_linear_time() -> None:
    """Thousands of lines that nothing ends do not add up."""
    assert len(po_reader.parse('msgid "a\n' * 20_000).diagnostics) == 20_000


# What is written ----------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2068\u2069")
TEXT = st.text(st.one_of(st.sampled_from('\n\t\r"\\ {}ab견적商機、。 #'), CHARACTERS), max_size=120)
LINE = st.text(st.one_of(st.sampled_from('#~|:,. "\\[]견'), CHARACTERS), max_size=40).map(str.rstrip)
WORD = st.text(string.ascii_letters + "-/._:견", min_size=1, max_size=20)
PREVIOUS = st.builds(Previous, st.none() | TEXT, TEXT, st.none() | TEXT)


@st.composite
def entries(draw: st.DrawFn, obsolete: bool) -> Entry:
    """An entry of a Swedish catalog."""
    plural = draw(st.none() | TEXT)
    forms = 1 if plural is None else 2
    return Entry(
        context=draw(st.none() | TEXT),
        msgid=draw(TEXT.filter(bool)),
        msgid_plural=plural,
        translations=tuple(draw(st.lists(TEXT, min_size=forms, max_size=forms))),
        flags=tuple(draw(st.lists(st.sampled_from(["fuzzy", "python-brace-format"]), unique=True))),
        comments=tuple(draw(st.lists(LINE, max_size=2))),
        extracted=tuple(draw(st.lists(LINE, max_size=2))),
        references=tuple(draw(st.lists(st.builds("{}:{}".format, WORD, st.integers(0, 99)), max_size=2))),
        previous=draw(st.none() | PREVIOUS),
        obsolete=obsolete,
    )


CATALOGS = st.builds(
    lambda living, gone, comments, name: Catalog(
        locale="sv", entries=(*living, *gone), comments=tuple(comments), headers=(("Last-Translator", name),)
    ),
    st.lists(entries(obsolete=False), max_size=4, unique_by=lambda entry: entry.key),
    st.lists(entries(obsolete=True), max_size=2),
    st.lists(LINE, max_size=2),
    st.text(st.sampled_from('"\\ <>@견a'), max_size=150).map(str.strip),
)


@settings(max_examples=100, deadline=None)
@given(CATALOGS)
def test_written_catalog_reads_back(catalog: Catalog) -> None:
    """Reading undoes writing, and writing again gives the same bytes."""
    text = po_writer.write(catalog)

    again = po_reader.parse(text)

    assert again.diagnostics == ()
    assert again == catalog
    assert po_writer.write(again) == text


def test_catalog_is_written_like_this(golden: Callable[[str, str], None]) -> None:
    """Fields in the customary order, one reference in a line, long texts wrapped by display width, no dates."""
    catalog = Catalog(
        locale="ko",
        entries=(FULL, Entry(msgid="a\nb", translations=("a\n나",)), Entry(msgid="z", obsolete=True)),
        headers=(("X-Generator", "Poedit"), ("Project-Id-Version", "oppi18n")),
        comments=("Korean",),
    )

    written = po_writer.write(catalog)

    golden("catalog.po", written)


@pytest.mark.parametrize("locale", ["en", "ko", "zh-HK", "ja", "ms", "sv", "fr", "pl", "ar-XB"])
def test_gettext_accepts_what_is_written(tmp_path: Path, locale: str, require: Callable[[str, object], None]) -> None:
    """`msgfmt --check` finds nothing in the header, the plurals or the formats."""
    require("msgfmt", shutil.which("msgfmt"))
    forms = plural_forms(locale)
    count = forms[0] if forms else 2
    plural = Entry(msgid="{n} quote", msgid_plural="{n} quotes", translations=("",) * count, flags=FULL.flags)
    path = tmp_path / "oppi18n.po"
    catalog = Catalog(locale=locale, entries=(plural, Entry(msgid="OK", translations=("확인",))))
    path.write_bytes(po_writer.write(catalog).encode())

    command = ["msgfmt", "--check", "--output-file=/dev/null", str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})

    # It misses the dates and names that we leave out, and is content all the same.
    complaints = [line for line in run.stderr.splitlines() if "missing in header" not in line]
    assert (run.returncode, complaints) == (0, [])


def test_babel_reads_what_is_written(tmp_path: Path) -> None:
    """Babel, and with it Weblate's and Django's tools, finds the same texts."""
    from babel.messages.pofile import read_po

    path = tmp_path / "oppi18n.po"
    path.write_text(po_writer.write(Catalog(locale="ko", entries=(FULL,))), encoding="utf-8")

    with path.open(encoding="utf-8") as file:
        message = read_po(file).get(FULL.msgid, FULL.context)

    assert message is not None
    assert message.string == FULL.translations


@pytest.mark.parametrize(
    "text", ["words and more words " * 20, "이 영업 기회에 활성 견적이 연결되어 " * 9, "閉じる前に確認。" * 30]
)
def test_lines_keep_to_the_customary_width(text: str) -> None:
    """No line is wider than 79 columns in any script."""
    written = po_writer.write(Catalog(locale="ko", entries=(Entry(msgid="a", translations=(text,)),)))

    assert max(map(display_width, written.split("\n"))) <= po_writer.WIDTH


def test_dates_and_derived_fields_do_not_come_back() -> None:
    """What changes at each save of other tools is not kept; what people fill in is."""
    stale = '"POT-Creation-Date: 2026-01-01\\n"\n"PO-Revision-Date: x\\n"\n"Plural-Forms: nplurals=1; plural=0\\n"\n'
    catalog = po_reader.parse(HEADER + stale + '"X-Crowdin: 1\\n"\n')

    assert catalog.headers == (("X-Crowdin", "1"),)
    assert "Date" not in po_writer.write(catalog)


def test_line_feed_in_a_comment_begins_no_line() -> None:
    """A comment from an exchange format cannot smuggle in an entry."""
    entry = Entry(msgid="a", comments=('x\nmsgid "b"',), references=("a\nb",), flags=("c\nd",))
    catalog = Catalog(locale="ko", entries=(entry,), headers=(("X-A", 'b\nLanguage: "sv"'),))

    again = po_reader.parse(po_writer.write(catalog))

    assert [each.msgid for each in again.entries] == ["a"]
    assert (again.diagnostics, again.locale) == ((), "ko")


@pytest.mark.parametrize("reference", ["a b.yaml:3", "a\u3000b", "a\u00a0b:x", "C:\\a b:7"])
def test_file_name_with_spaces_is_one_reference(reference: str) -> None:
    """gettext's isolates keep it together."""
    written = po_writer.write(Catalog(locale="ko", entries=(Entry(msgid="a", references=(reference, "z:1")),)))

    assert po_reader.parse(written).entries[0].references == (reference, "z:1")


def test_isolates_without_a_name_are_no_reference() -> None:
    """Nothing between the isolates is nothing."""
    text = f'{HEADER}\n#: \u2068 \u2068\u2069 z:1\nmsgid "a"\nmsgstr ""\n'

    assert po_reader.parse(text).entries[0].references == ("z:1",)


def test_control_characters_are_not_written() -> None:
    """A catalog that could not be read back is not made."""
    with pytest.raises(InputError) as caught:
        po_writer.write(Catalog(locale="ko", entries=(Entry(msgid="a", translations=("\x1b[2J",)),)))
    assert str(caught.value) == "the control character U+001B cannot be written into a catalog"


@pytest.mark.parametrize(
    ("locale", "count"), [("en", 2), ("sv", 2), ("ko", 1), ("zh-HK", 1), ("ja", 1), ("ms", 1), ("pl", 4), ("en-XA", 2)]
)
def test_plural_forms_are_those_of_cldr(locale: str, count: int) -> None:
    """Malay has one form, whatever Babel's own table says."""
    forms = plural_forms(locale)

    assert forms is not None
    assert forms[0] == count
    assert forms[1].startswith(f"nplurals={count}; plural=")


# What is shown ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        (Entry(msgid="OK", translations=("확인",)), "확인"),
        (Entry(msgid="OK", translations=("",)), None),
        (Entry(msgid="OK", translations=("확인",), flags=("fuzzy",)), None),
        (Entry(msgid="OK", translations=("확인",), obsolete=True), None),
        (Entry(msgid="OK", translations=("확인",), comments=("needs-review",)), "확인"),
        (Entry(msgid="{count} left", translations=("{kount}개",)), None),
        (Entry(msgid="{count} left", translations=("{count.real}개",)), None),
        (Entry(msgid="{count} left", translations=("{count}개 {",)), None),
        (Entry(msgid="{count} left", translations=("하나",)), "하나"),
        (Entry(msgid="braces", translations=("{{확인}}",)), "{{확인}}"),
        (Entry(msgid="a {n}", msgid_plural="b {m}", translations=("{n} {m}", "{o}", "")), ("{n} {m}", None, None)),
        (Entry(msgid="a", msgid_plural="b", translations=("",)), None),
    ],
)
def test_only_sound_translations_are_shown(entry: Entry, shown: object) -> None:
    """Guesses, gaps and placeholders that nobody fills give way to the source text."""
    assert table(Catalog(locale="ko", entries=(entry,))).get(entry.msgid) == shown


def pack(folder: Path, name: str, locale: str, *entries: Entry) -> Pack:
    """A pack with one catalog."""
    place = folder / name / catalogs.relative_path(locale)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(po_writer.write(Catalog(locale=locale, entries=entries)), encoding="utf-8")
    return Pack(name, str(folder / name / "rules"), str(folder / name / "locales"), "en")


def test_pack_named_last_lies_on_top(tmp_path: Path) -> None:
    """Message by message: what the upper catalog lacks or breaks, the lower one says."""
    lower = [Entry(context="c", msgid=each, translations=(f"아래 {each}",)) for each in ("a", "b", "{n}")]
    upper = [
        Entry(context="c", msgid="a", translations=("위",)),
        Entry(context="c", msgid="{n}", translations=("{m}",)),
    ]
    packs = [pack(tmp_path, "lower", "zh-HK", *lower), pack(tmp_path, "upper", "zh-HK", *upper)]

    texts = catalogs.load("zh-HK", packs, Cache(None))

    assert [texts.get("c", each) for each in ("a", "b", "{n}")] == ["위", "아래 b", "아래 {n}"]
    assert [texts.get(None, "a"), texts.get("d", "a"), texts.plural("c", "a", 0)] == [None, None, None]
    assert (len(texts), texts.locale, texts.faulty) == (3, "zh-HK", ())


def test_plural_forms_are_found_by_index(tmp_path: Path) -> None:
    """A form that is missing or out of range is None, and so is the message as one without plural."""
    entry = Entry(msgid="{n} a", msgid_plural="{n} b", translations=("{n} x", ""))

    texts = catalogs.load("sv", [pack(tmp_path, "p", "sv", entry)], Cache(None))

    assert [texts.plural(None, "{n} a", index) for index in (-1, 0, 1, 2)] == [None, "{n} x", None, None]
    assert texts.get(None, "{n} a") is None


def test_packs_without_the_locale_add_nothing(tmp_path: Path) -> None:
    """Neither a pack without catalogs nor one in other languages is an error."""
    packs = [pack(tmp_path, "p", "sv"), Pack("q", str(tmp_path), None, "en")]

    assert len(catalogs.load("ko", packs, Cache(None))) == 0


def test_catalog_with_errors_is_named(tmp_path: Path) -> None:
    """Its sound entries are used, and the caller learns which file to look at."""
    faulty = pack(tmp_path, "p", "ko", Entry(msgid="OK", translations=("확인",)))
    path = tmp_path / "p" / catalogs.relative_path("ko")
    path.write_bytes(path.read_bytes() + b'msgid "open\n')
    cache = Cache(str(tmp_path / "cache"))

    for _ in range(2):
        texts = catalogs.load("ko", [faulty], cache)
        assert (texts.get(None, "OK"), texts.faulty) == ("확인", (str(path),))


def test_changed_catalog_is_read_again(tmp_path: Path) -> None:
    """The cache goes by content."""
    cache = Cache(str(tmp_path / "cache"))
    catalogs.load("ko", [pack(tmp_path, "p", "ko", Entry(msgid="OK", translations=("확인",)))], cache)

    texts = catalogs.load("ko", [pack(tmp_path, "p", "ko", Entry(msgid="OK", translations=("네",)))], cache)

    assert texts.get(None, "OK") == "네"


def test_warm_loading_imports_no_parser(tmp_path: Path) -> None:
    """Neither Babel nor our own reader is loaded when the cache knows the catalog."""
    named = pack(tmp_path, "p", "ko", Entry(msgid="OK", translations=("확인",)))
    catalogs.load("ko", [named], Cache(str(tmp_path / "cache")))
    script = (
        "import sys\nfrom oppi18n.i18n import catalogs\nfrom oppi18n.cache import Cache\nfrom oppi18n.packs import Pack\n"
        f"texts = catalogs.load('ko', [Pack{tuple(named)!r}], Cache({str(tmp_path / 'cache')!r}))\n"
        "assert texts.get(None, 'OK') == '확인'\n"
        "slow = {'babel', 'dataclasses', 'yaml', 'pathlib', 'oppi18n.i18n.po_reader', 'oppi18n.diagnostics'}\n"
        "print(sorted(slow & sys.modules.keys()))"
    )

    run = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}"],
                         capture_output=True, text=True, check=True)  # fmt: skip

    assert run.stdout == "[]\n"
