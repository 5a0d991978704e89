"""Exchange formats: what leaves comes back the same, and what others wrote is read or refused by name."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import exchange, packs
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle, pack
from oppi18n.exchange.formats.csv_table import guarded, unguarded
from oppi18n.i18n import po_reader
from oppi18n.i18n.locales import PRODUCT, folder
from oppi18n.units.catalogs import units_of
from oppi18n.units.unit import (
    MARKDOWN,
    MARKUPS,
    MISSING,
    NEEDS_REVIEW,
    OBSOLETE,
    PAGE,
    PROPOSED,
    TRANSLATED,
    Block,
    Place,
    Unit,
)

FORMATS = exchange.names()
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12).map(
    lambda text: text.replace("\ufffe", "").replace("\uffff", "")
)
LINES = st.sampled_from(["", "\n", "\r\n", "\t", " ", "a\nb", "=1+1", "'=1", "]]>", "&quot;", "<b>x</b>", "{n}", "\\n"])
WRITTEN = st.builds(lambda *parts: "".join(parts), TEXTS, LINES, TEXTS)
UNIT = Unit(id="104", source="Quotes", targets=("견적",), locale="ko-KR", source_locale="en-US", place=Place("a/x.md"))


@st.composite
def some_units(draw: st.DrawFn) -> list[Unit]:
    """Units of two files in one language, as pages and catalogs make them."""
    found = []
    for number in range(draw(st.integers(1, 5))):
        target = draw(WRITTEN)
        found.append(
            Unit(
                id=draw(st.sampled_from(["", "x-", "a b:", "#"])) + str(number),
                source=draw(WRITTEN.filter(bool)),
                targets=(target,),
                locale="ja-JP",
                source_locale="en-US",
                context=draw(TEXTS),
                notes=tuple(draw(st.lists(TEXTS.filter(str.strip), max_size=2))),
                place=draw(st.sampled_from([Place("a/b.md", 3, 4), Place("c#d.po"), Place("")])),
                markup=draw(st.sampled_from(MARKUPS)),
                blocks=draw(st.sampled_from([(), (Block("heading", "2"),), (Block("list"), Block("alert", "NOTE"))])),
                state=draw(st.sampled_from([TRANSLATED, NEEDS_REVIEW, PROPOSED, OBSOLETE])) if target else MISSING,
            )
        )
    return sorted(found, key=lambda unit: (unit.state == OBSOLETE, unit.place.path))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40)
@given(units=some_units())
def test_units_come_back_the_same(name, units):
    """Every text, note, place and state survives every format."""
    bundle = pack(units).bundle
    back = exchange.parse(exchange.write(bundle, name), "x")

    assert [replace(unit, origin=PAGE) for unit in back.units] == [replace(unit, origin=PAGE) for unit in bundle.units]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("locale", PRODUCT[1:])
def test_catalog_comes_back_the_same(name, locale):
    """Plural forms, guesses and obsolete entries travel too."""
    path = f"locales/{folder(locale)}/LC_MESSAGES/oppi18n.po"
    units = tuple(units_of(po_reader.parse_bytes(packs.read_bytes(packs.shipped(), path), path, locale)))
    back = exchange.parse(exchange.write(Bundle(units), name), "x").units

    ours = [
        (u.id, u.source, u.plural, u.targets, u.locale, u.context, u.notes, u.source_places, u.markup) for u in units
    ]
    theirs = [
        (u.id, u.source, u.plural, u.targets, u.locale, u.context, u.notes, u.source_places, u.markup) for u in back
    ]
    assert theirs == ours
    assert [unit.state for unit in back] == [unit.state for unit in units]


@pytest.mark.parametrize("name", FORMATS)
def test_same_units_make_the_same_bytes(name):
    """No date, no random number, no order of a set."""
    assert exchange.write(Bundle((UNIT,)), name) == exchange.write(Bundle((UNIT,)), name)
    if name != "po":
        assert exchange.parse(exchange.write(Bundle(), name), "x").units == ()


@pytest.mark.parametrize("name", ["po", "xliff-1.2", "xliff-2.1"])
def test_format_of_one_language_refuses_several(name):
    """Nothing is mixed up silently; formats for several languages take them."""
    bundle = Bundle((UNIT, replace(UNIT, locale="sv-SE")))

    with pytest.raises(InputError, match="several: ko-KR, sv-SE"):
        exchange.write(bundle, name)
    assert [unit.locale for unit in exchange.parse(exchange.write(bundle, "tmx"), "x").units] == ["ko-KR", "sv-SE"]
    assert [unit.locale for unit in exchange.parse(exchange.write(bundle, "csv"), "x").units] == ["ko-KR", "sv-SE"]


def test_catalog_needs_a_language():
    """PO cannot leave open what language it is in; the others can."""
    bundle = Bundle((replace(UNIT, locale="", source_locale=""),))

    with pytest.raises(InputError, match="which language"):
        exchange.write(bundle, "po")
    for name in sorted(set(FORMATS) - {"po"}):
        assert exchange.parse(exchange.write(bundle, name), "x").units[0].locale == ""


def test_what_cannot_travel_stays_at_home():
    """A unit without a source, or with characters that no format holds, is sorted out by name."""
    packed = pack(
        [UNIT, replace(UNIT, source=None), replace(UNIT, targets=("a\x07",)), replace(UNIT, targets=("\udcff",))]
    )

    assert (len(packed.bundle.units), len(packed.sourceless), len(packed.unspeakable)) == (1, 1, 2)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.xlf", "xliff-2.1"),
        ("A.XLIFF", "xliff-2.1"),
        ("a.tmx", "tmx"),
        ("a.po", "po"),
        ("a.csv", "csv"),
        ("a.txt", None),
    ],
)
def test_name_of_a_file_says_its_format(path, name):
    """An ending is enough; an unknown one says nothing."""
    assert exchange.format_of(path) == name


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
XLIFF12 = '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
XLIFF21 = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="sv">'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB + XLIFF12 + "&b;</xliff>", "xml-document-type"),
        (BOMB + '<tmx version="1.4"><body>&b;</body></tmx>', "xml-document-type"),
        ('<!DOCTYPE tmx SYSTEM "file:///etc/passwd"><tmx version="1.4"/>', "xml-document-type"),
        ('<!DOCTYPE xliff PUBLIC "x" "http://example.org/x.dtd">' + XLIFF21 + "</xliff>", "xml-document-type"),
        (XLIFF12 + "&undefined;</xliff>", "xml-syntax"),
        (XLIFF12, "xml-syntax"),
        (XLIFF12 + "<a></b></xliff>", "xml-syntax"),
        (XLIFF21 + "\x00</xliff>", "xml-syntax"),
        ('<?xml version="1.0" encoding="utf-7"?>' + XLIFF12 + "</xliff>", "xml-syntax"),
        ('<?xml version="1.0" encoding="nonsense"?>' + XLIFF12 + "</xliff>", "xml-syntax"),
        (XLIFF21 + "<group>" * 5000 + "</group>" * 5000 + "</xliff>", "xml-too-deep"),
        (XLIFF12.replace("1.2", "9.9", 1) + "</xliff>", "xliff-version"),
        (XLIFF21.replace('"2.1"', '"3.0"') + "</xliff>", "xliff-version"),
        (
            XLIFF21 + '<file id="f"><unit><segment><source>a</source></segment></unit></file></xliff>',
            "exchange-incomplete",
        ),
        (
            XLIFF12 + "<file><body><trans-unit><source>a</source></trans-unit></body></file></xliff>",
            "exchange-incomplete",
        ),
        ('<tmx version="1.4"><body><tu tuid="1"></tu></body></tmx>', "exchange-incomplete"),
        ('<tmx version="1.4"></tmx>', "exchange-incomplete"),
        ('id,source,target\n1,"a,b\n', "exchange-table"),
        ('id,source,target\n1,"a"b,c\n', "exchange-table"),
        ("hello", "unrecognized-exchange"),
        ("", "unrecognized-exchange"),
        ("{}", "unrecognized-exchange"),
    ],
)
def test_wrong_file_is_refused_by_name(content, code):
    """No entity is expanded, no parser's own exception comes through."""
    with pytest.raises(InputError) as caught:
        exchange.parse(content.encode(), "x.xlf")

    assert caught.value.code == code
    assert "x.xlf" in str(caught.value)


def test_broken_catalog_tells_all_that_is_wrong():
    """PO is read as strictly as our own catalogs."""
    with pytest.raises(AuthoringError) as caught:
        exchange.parse(b'msgid ""\nmsgstr ""\n"Language: ko\\n"\n\nmsgid "a\nmsgstr "b"\n', "x.po")

    assert "catalog-unterminated" in {each.code for each in caught.value.diagnostics}


def test_unknown_format_is_refused():
    """The formats that exist are named."""
    with pytest.raises(InputError, match="csv, po, tmx, xliff-1"):
        exchange.write(Bundle(), "docx")


@settings(max_examples=60)
@given(
    st.binary(max_size=80)
    | st.sampled_from([XLIFF12, XLIFF21, "<tmx>", "id,source,target\n", 'msgid ""\n']).map(str.encode),
    st.binary(max_size=80),
)
def test_any_bytes_are_read_or_refused(head, tail):
    """Whatever the bytes are, the answer is a bundle or one of our errors."""
    with suppress(InputError, AuthoringError):
        assert isinstance(exchange.parse(head + tail, "x"), Bundle)


FOREIGN = {
    "segments of a unit are joined": (
        XLIFF21 + '<file id="f" original="p.md"><group id="g"><unit id="1">'
        '<segment state="translated"><source>One.</source><target>Ett.</target></segment>'
        "<ignorable><source> </source></ignorable>"
        '<segment state="reviewed"><source>Two.</source><target><pc id="1">T</pc>vå<cp hex="0021"/></target></segment>'
        "</unit></group></file></xliff>",
        ("p.md", "1", "One. Two.", "Ett. Två!", TRANSLATED),
    ),
    "a half is nothing": (
        XLIFF21
        + '<file id="f" original="p.md"><unit id="1"><segment><source>One.</source><target>Ett.</target></segment>'
        "<segment><source>Two.</source></segment></unit></file></xliff>",
        ("p.md", "1", "One.Two.", "", MISSING),
    ),
    "a code that is no text": (
        XLIFF21 + '<file id="f" original="p.md"><unit id="1"><segment state="final"><source>One.</source>'
        '<target>Ett<ph id="1"/>.</target></segment></unit></file></xliff>',
        ("p.md", "1", "One.", "", MISSING),
    ),
    "a place beyond counting": (
        "id,source,target,path,notes\n1,One,Ett,p.md,line: " + "9" * 5000 + ":1\n",
        ("p.md", "1", "One", "Ett", TRANSLATED),
    ),
    "half a character": (
        XLIFF21 + '<file id="f" original="p.md"><unit id="1"><segment state="final"><source>One.</source>'
        '<target>Ett<cp hex="D800"/></target></segment></unit></file></xliff>',
        ("p.md", "1", "One.", "", MISSING),
    ),
    "a tool without states": (
        XLIFF21
        + '<file id="f" original="p.md"><unit id="1"><segment><source>One.</source><target>Ett.</target></segment>'
        "</unit></file></xliff>",
        ("p.md", "1", "One.", "Ett.", TRANSLATED),
    ),
    "native codes are text": (
        XLIFF12 + '<file original="p.md" source-language="en" target-language="sv"><body><group><trans-unit id="1">'
        '<source><bpt id="1">**</bpt>One<ept id="1">**</ept></source>'
        '<target><bpt id="1">**</bpt><mrk mtype="seg" mid="1">Ett</mrk><ept id="1">**</ept></target>'
        '<note from="lena">short</note></trans-unit></group></body></file></xliff>',
        ("p.md", "1", "**One**", "**Ett**", TRANSLATED),
    ),
    "left as new": (
        XLIFF12 + '<file original="p.md" source-language="en" target-language="sv"><body><trans-unit id="1">'
        '<source>One</source><target state="new">Ett</target></trans-unit></body></file></xliff>',
        ("p.md", "1", "One", "Ett", TRANSLATED),
    ),
    "an old memory": (
        '<tmx version="1.1"><header srclang="EN"/><body><tu><note>short</note><tuv lang="sv"><seg>Ett</seg></tuv>'
        + '<tuv lang="en"><seg>One</seg></tuv></tu></body></tmx>',
        ("", "1", "One", "Ett", TRANSLATED),
    ),
    "a spreadsheet with semicolons": (
        "\ufeffid;source;target;path\r\n1;One;'=Ett;p.md\r\n;;;\r\n",
        ("p.md", "1", "One", "=Ett", TRANSLATED),
    ),
}


@pytest.mark.parametrize(("content", "expected"), FOREIGN.values(), ids=FOREIGN)
def test_files_of_others_are_read(content, expected):
    """Tools split, mark, leave states out and write codes in; the text comes out all the same."""
    [unit] = exchange.parse(content.encode(), "x").units

    assert (unit.place.path, unit.id, unit.source, unit.target, unit.state) == expected


def test_note_of_a_translator_is_a_comment():
    """What somebody else wrote beside a unit is not lost."""
    [unit] = exchange.parse(FOREIGN["native codes are text"][0].encode(), "x").units

    assert unit.comments == ("short",)


@settings(max_examples=60)
@given(WRITTEN)
def test_no_cell_is_a_formula(text):
    """A guarded text begins with nothing that a spreadsheet computes, and comes back as it was."""
    assert guarded(text)[:1] not in tuple("=+-@\t\r＝＋－＠")
    assert unguarded(guarded(text)) == text


def test_guard_stands_in_the_file():
    """The cell itself is harmless, not only what we read from it."""
    content = exchange.write(Bundle((replace(UNIT, targets=('=HYPERLINK("http://x")',)),)), "csv").decode()

    assert ",\"'=HYPERLINK(" in content


def test_xliff_says_what_a_tool_needs(golden):
    """The files are the same tomorrow, and a person can read them."""
    units = (
        replace(UNIT, blocks=(Block("heading", "2"),), markup=MARKDOWN, context="quotes"),
        replace(UNIT, id="105", source="All <b>", targets=("",), state=MISSING),
        replace(
            UNIT, id="7f", source="{n} quote", plural="{n} quotes", targets=("견적 {n}개",), place=Place("ko.po", 9, 1)
        ),
    )
    for name in FORMATS:
        golden(f"exchange/ko.{name}", exchange.write(Bundle(units), name).decode())


@pytest.mark.parametrize("name", FORMATS)
def test_another_program_reads_what_we_write(name, tmp_path, require: Callable[[str, object], None]):
    """Translate Toolkit, run as a program of its own, counts the same texts as translated."""
    pocount = shutil.which("pocount")
    require("pocount", pocount)
    assert pocount is not None
    units = tuple(replace(UNIT, id=str(number), source=f"Quote & {number} <b>") for number in range(7))
    path = tmp_path / f"x.{name if name in ('po', 'tmx', 'csv') else 'xlf'}"
    path.write_bytes(exchange.write(Bundle(units), name))
    script = (
        "import sys\nfrom translate.storage import factory, xliff2\n"
        "read = xliff2.Xliff2File.parsefile if sys.argv[2] == 'xliff-2.1' else factory.getobject\n"
        "units = [unit for unit in read(sys.argv[1]).units if unit.source and not unit.isheader()]\n"
        "print(sum(unit.istranslated() and unit.target == '견적' for unit in units), units[3].source)\n"
    )
    python = Path(pocount).parent / "python"
    found = subprocess.run([python, "-c", script, path, name], capture_output=True, text=True, check=False, timeout=60)

    assert found.stdout == "7 Quote & 3 <b>\n", found.stderr
