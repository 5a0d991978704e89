"""Exchange formats: what leaves comes back the same, and what others wrote is read or refused by name."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import exchange, packs
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle, pack
from oppi18n.exchange.formats.csv_table import guarded, unguarded
from oppi18n.exchange.icu import STYLE, forms_in
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry, Previous
from oppi18n.i18n.locales import PRODUCT, folder
from oppi18n.i18n.plural_header import plural_categories
from oppi18n.units.catalogs import state_of, units_of, with_translations
from oppi18n.units.unit import (
    MARKDOWN,
    MARKUPS,
    MISSING,
    NEEDS_REVIEW,
    OBSOLETE,
    PAGE,
    PROPOSED,
    TEMPLATE,
    TRANSLATED,
    Block,
    Place,
    Unit,
)

FORMATS = exchange.names()
PROGRAMS = ("arb", "i18next", "icu")
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
@settings(max_examples=30)
@given(units=some_units())
def test_units_come_back_the_same(name, units):
    """Every text, note, place and state survives every format."""
    bundle = pack(units).bundle
    back = exchange.parse(exchange.write(bundle, name), "x")

    assert [replace(unit, origin=PAGE) for unit in back.units] == [replace(unit, origin=PAGE) for unit in bundle.units]


# The formats of programs differ in how they quote signs, so each takes one of the locales.
TRAVELS = [(name, locale) for name in FORMATS if name not in PROGRAMS for locale in PRODUCT[1:]]
TRAVELS += [*zip(PROGRAMS, ("sv", "ko", "zh-HK"), strict=True)]


@pytest.mark.parametrize(("name", "locale"), TRAVELS)
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
    if name not in ("po", "icu"):
        assert exchange.parse(exchange.write(Bundle(), name), "x").units == ()


@st.composite
def some_catalog(draw: st.DrawFn) -> Catalog:
    """A catalog in a language with one to six plural forms, and all that can stand in an entry."""
    locale = draw(st.sampled_from(["ja", "sv", "pl", "ar"]))
    braces = st.sampled_from(["", "{count}", "{a}{{b}}", "it's '{count}'", "#", "{{", "''", "$t(x)", "<b>{a}"])
    text = st.builds(lambda *parts: "".join(parts), TEXTS, braces, LINES, braces).map(lambda text: text.strip("\r"))
    entries = {}
    for number in range(draw(st.integers(1, 4))):
        plural = draw(st.none() | text.filter(bool))
        forms = 1 if plural is None else len(plural_categories(locale))
        fuzzy, gone = draw(st.booleans()), draw(st.booleans())
        # A proposal is one because it has a text, and so is what waits for its message.
        target = text.filter(bool) if fuzzy or gone else text
        entry = Entry(
            context=draw(st.sampled_from([None, "p/rules/a/message", f"p/rules/a{number}/message"])),
            msgid=draw(text.filter(bool)),
            msgid_plural=plural,
            translations=tuple(draw(target) for _ in range(forms)),
            flags=(("fuzzy",) if fuzzy else ()) + draw(st.sampled_from([(), ("python-brace-format",)])),
            comments=tuple(draw(st.lists(st.sampled_from(["short", "needs-review: two readers"]), unique=True))),
            extracted=tuple(draw(st.lists(TEXTS.filter(str.strip).map(str.strip), max_size=2))),
            references=draw(st.sampled_from([(), ("rules/a b.yaml:7", "x.py")])),
            previous=draw(st.sampled_from([Previous(msgid="old"), Previous(msgid="old", msgid_plural="olds")]))
            if fuzzy
            else None,
            obsolete=gone,
        )
        entries[entry.key] = entry
    return Catalog(locale=locale, entries=tuple(sorted(entries.values(), key=lambda entry: entry.obsolete)))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=12)
@given(catalog=some_catalog())
def test_generated_catalog_comes_back_the_same(name, catalog):
    """Context, plurals, notes, comments, states and previous sources survive every format."""
    units = tuple(units_of(catalog))
    back = exchange.parse(exchange.write(Bundle(units), name), "x").units

    assert [_plain(unit) for unit in back] == [_plain(unit) for unit in units]
    # A catalog says that a text is obsolete or missing without a mark of its own; the mark of a review is a comment.
    assert (
        with_translations(
            catalog, [replace(unit, state=state_of(entry)) for unit, entry in zip(back, catalog.entries, strict=True)]
        )
        == catalog
    )


def _plain(unit: Unit) -> Unit:
    """A unit as every format keeps it: PO writes the mark of a review as a comment, and reads it back as one."""
    comments = tuple(comment for comment in unit.comments if comment != "needs-review")
    return replace(unit, origin=PAGE, comments=comments)


@pytest.mark.parametrize("name", ["arb", "i18next", "icu", "po", "xliff-1.2", "xliff-2.1"])
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
        ("a.json", "i18next"),
        ("a.icu.json", "icu"),
        ("app_sv.arb", "arb"),
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
        ("[1]", "unrecognized-exchange"),
        ('{"a": 1}', "exchange-value"),
        ('{"a": "b", "a": "c"}', "duplicate-member"),
        ('{"a": "b"', "json-end"),
        ('{"a": "\\ud800"}', "lone-surrogate"),
        ('{"@@locale": "sv", "a": ' + "[" * 50 + "]" * 50 + "}", "too-deep"),
    ],
)
def test_wrong_file_is_refused_by_name(content, code):
    """No entity is expanded, no parser's own exception comes through."""
    with pytest.raises(InputError) as caught:
        exchange.parse(content.encode(), "x.xlf")

    assert caught.value.code == code
    assert "x.xlf" in (str(caught.value), getattr(caught.value, "source", "")) or "x.xlf" in str(caught.value)


def test_broken_catalog_tells_all_that_is_wrong():
    """PO is read as strictly as our own catalogs."""
    with pytest.raises(AuthoringError) as caught:
        exchange.parse(b'msgid ""\nmsgstr ""\n"Language: ko\\n"\n\nmsgid "a\nmsgstr "b"\n', "x.po")

    assert "catalog-unterminated" in {each.code for each in caught.value.diagnostics}


def test_unknown_format_is_refused():
    """The formats that exist are named."""
    with pytest.raises(InputError, match="icu, po, tmx, xliff-1"):
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
        replace(UNIT, id="8a", source="New", targets=("옛",), state=PROPOSED, previous=("Old",), comments=("why",)),
    )
    for name in FORMATS:
        golden(f"exchange/ko.{name}", exchange.write(Bundle(units), name).decode())


@pytest.mark.parametrize("name", ["csv", "po", "tmx", "xliff-1.2", "xliff-2.1"])
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


@pytest.mark.parametrize(
    ("name", "kind", "ending"),
    [("arb", "ARBJsonFile", "arb"), ("i18next", "I18NextV4File", "json"), ("icu", "FormatJSJsonFile", "json")],
)
def test_another_program_reads_the_messages_of_programs(name, kind, ending, tmp_path, require):
    """Translate Toolkit finds the same keys and texts."""
    pocount = shutil.which("pocount")
    require("pocount", pocount)
    units = (replace(UNIT, context="p/r/a"), replace(UNIT, id="2", context="p/r/b", targets=("둘 {{",)))
    path = tmp_path / f"x.{ending}"
    path.write_bytes(exchange.write(Bundle(units), name))
    script = (
        f"import sys\nfrom translate.storage.jsonl10n import {kind}\n"
        f"units = {kind}.parsefile(sys.argv[1]).units\n"
        "print({unit.getid().lstrip('.'): str(unit.target) for unit in units})\n"
    )
    python = Path(str(pocount)).parent / "python"
    found = subprocess.run([python, "-c", script, path], capture_output=True, text=True, check=False, timeout=60)

    assert "'pRA': '견적'" in found.stdout, found.stderr
    assert name == "i18next" or "'pRB': \"둘 '{{'\"" in found.stdout


# Messages of programs -----------------------------------------------------------------------------------------------

QUOTES = replace(
    UNIT,
    id="7f",
    source="{count} quote of {name}",
    plural="{count} quotes of {name}",
    targets=("{name}: {count} # ofert'a'", "{name}: {count} oferty", "{name}: {count} ofert", "{name}: {count} oferty"),
    locale="pl",
    source_locale="en",
    context="p/r/quotes/message",
    markup=TEMPLATE,
)
ORDINARY = replace(
    QUOTES, id="80", source="It's {name}", plural=None, targets=("To '{name}', {{nie}} #",), context="p/r/it/message"
)
EXPECTED = {
    "one": "Ewa: 1 # ofert'a'",
    "few": "Ewa: 3 oferty",
    "many": "Ewa: 5 ofert",
    "other": "Ewa: 0.5 oferty",
    "it": "To 'Ewa', {nie} #",
}


def _node(script: str, path: Path, module: str, require: Callable[[str, object], None]) -> dict[str, str]:
    """What a script answers that asks a library for messages; the library lies where NODE_PATH says."""
    node = shutil.which("node")
    require("node", node)
    assert node is not None
    found = subprocess.run([node, "-e", f"require.resolve('{module}')"], capture_output=True, check=False)
    require(module, found.returncode == 0)
    asked = subprocess.run([node, "-e", script, path], capture_output=True, text=True, check=False, timeout=60)
    assert asked.returncode == 0, asked.stderr
    answer: dict[str, str] = json.loads(asked.stdout)
    return answer


def test_i18next_shows_each_plural_form(tmp_path, require):
    """i18next itself chooses among the forms and fills in the values."""
    path = tmp_path / "pl.json"
    path.write_bytes(exchange.write(Bundle((QUOTES, ORDINARY)), "i18next"))
    script = """
        const i18next = require('i18next');
        const texts = JSON.parse(require('fs').readFileSync(process.argv[1]));
        i18next.init({lng: 'pl', resources: {pl: {translation: texts}}, interpolation: {escapeValue: false}});
        const t = (count) => i18next.t('pRQuotesMessage', {count, name: 'Ewa'});
        console.log(JSON.stringify({one: t(1), few: t(3), many: t(5), other: t(0.5),
                                    it: i18next.t('pRItMessage', {name: 'Ewa'})}));
    """

    assert _node(script, path, "i18next", require) == EXPECTED


@pytest.mark.parametrize("name", ["icu", "arb"])
def test_formatjs_shows_each_plural_form(name, tmp_path, require):
    """FormatJS parses the messages and shows what our own renderer would, whatever is quoted in them."""
    path = tmp_path / "pl.json"
    path.write_bytes(exchange.write(Bundle((QUOTES, ORDINARY)), name))
    script = """
        const {IntlMessageFormat} = require('intl-messageformat');
        const texts = JSON.parse(require('fs').readFileSync(process.argv[1]));
        const t = (key, count) => {
            const text = texts[key].defaultMessage || texts[key];
            return new IntlMessageFormat(text, 'pl', undefined, {ignoreTag: true}).format({count, name: 'Ewa'});
        };
        const q = (count) => t('pRQuotesMessage', count).replace('0,5', '0.5');
        console.log(JSON.stringify({one: q(1), few: q(3), many: q(5), other: q(0.5), it: t('pRItMessage')}));
    """

    assert _node(script, path, "intl-messageformat", require) == EXPECTED


@pytest.mark.parametrize(
    ("message", "forms"),
    [
        ("{n, plural, one {# a} other {# b}}", {"one": "# a", "other": "# b"}),
        (" {n,plural,other{'{'}} ", {"other": "'{'"}),
        ("{n, plural, one {{a, number} '}' } other {}}", {"one": "{a, number} '}' ", "other": ""}),
        # What no form of ours can say is one text, which is then refused for its braces.
        ("{n, plural, =0 {none} other {#}}", {"": "{n, plural, =0 {none} other {#}}"}),
        ("{n, plural, one {a} one {b} other {c}}", {"": "{n, plural, one {a} one {b} other {c}}"}),
        ("You have {n, plural, other {#}}", {"": "You have {n, plural, other {#}}"}),
        ("{n, plural, other {#}} left", {"": "{n, plural, other {#}} left"}),
        ("{n, select, other {#}}", {"": "{n, select, other {#}}"}),
        ("{n, plural, other {#", {"": "{n, plural, other {#"}),
        ("{" * 5000, {"": "{" * 5000}),
    ],
)
def test_forms_of_an_icu_message(message, forms):
    """Branches are told apart by their braces, as far as none of these is quoted."""
    assert forms_in(message) == forms


@pytest.mark.parametrize("name", ["arb", "i18next", "icu"])
@pytest.mark.parametrize("state", [PROPOSED, OBSOLETE, MISSING])
def test_what_may_not_be_shown_is_no_message(name, state):
    """A guess stays with what only translators read: a program would show it."""
    targets = ("x", "", "x", "x") if state == MISSING else QUOTES.targets
    unit = replace(QUOTES, state=state, targets=targets)
    found = json.loads(exchange.write(Bundle((unit,)), name))

    shown = [value for key, value in found.items() if not key.startswith("@")]
    assert shown == ([] if name != "icu" else shown)
    assert all(each["defaultMessage"] == "" for each in shown)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("i18next", '{"pRQuotesMessage_one": "{{name}}: {{ count, number }}", "pRQuotesMessage_other": "x {{count}}"}'),
        (
            "i18next",
            '{"p": {"b": "c"}, "pRQuotesMessage_one": "{{name}}: {{count}}", "pRQuotesMessage_other": "x {{count}}"}',
        ),
        ("icu", '{"pRQuotesMessage": {"defaultMessage": "{count, plural, one {{name}: #} other {x #}}"}}'),
        ("arb", '{"@@locale": "sv_SE", "pRQuotesMessage": "{count, plural, one{{name}: {count}} other{x #}}"}'),
    ],
)
def test_files_of_programs_have_keys_for_ids(name, content):
    """Without what we keep apart there is no source, and the texts are read as templates all the same."""
    unit = exchange.parse(content.encode(), "x").units[-1]

    assert (unit.id, unit.source, unit.origin) == ("pRQuotesMessage", None, name)
    locale = unit.locale
    if name == "arb":
        assert (locale, unit.targets) == ("sv-SE", ("{name}: {count}", "x {count}"))
    else:
        assert unit.targets == ("{name}: {count}", "x {count}")


MEMBERS = (
    *("@@locale", "@@oppi18n", "@@x-source-locale", "a", "@a", "a_one", "a_other", "defaultMessage", "description"),
    *("x-oppi18n", "units", "locale", "source_locale", "id", "path", "source", "state", "targets", "plural", "note"),
    *("line", "markup", "previous", "block"),
)


def test_keys_are_names_in_every_language_of_programs():
    """Letters and digits, never twice, and never another key with a plural category."""
    units = [
        QUOTES,
        replace(QUOTES, id="1"),
        replace(QUOTES, id="1", context=""),
        replace(QUOTES, id="one", context="9 — lives"),
        replace(QUOTES, id="", context="견적", place=Place("")),
        replace(QUOTES, id="", context="見積", place=Place("")),
    ]
    found = json.loads(exchange.write(Bundle(tuple(units)), "arb"))
    names = [key for key in found if not key.startswith("@")]

    assert len(names) == len(units)
    assert all(name.isascii() and name.isidentifier() and name[0].islower() for name in names)
    assert not {f"{name}_{category}" for name in names for category in plural_categories("pl")} & {*names}


@settings(max_examples=60)
@given(st.text(alphabet="{}'#n, plural=othe|<>", max_size=40))
def test_any_icu_message_is_read_or_not_understood(message):
    """Whatever the signs are, reading ends, and what is understood is written the same again."""
    for unit in (QUOTES, ORDINARY):
        found = {category: STYLE.read(text, unit) for category, text in forms_in(message).items()}
        for text in found.values():
            assert text is None or STYLE.read(STYLE.write(text, unit) or "", unit) in (text, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["{a", "{n, plural, other {#}}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON, min_size=1))
def test_any_json_is_read_or_refused(found):
    """Whatever stands in the members that we know, the answer is a bundle or one of our errors."""
    with suppress(InputError):
        bundle = exchange.parse(json.dumps(found).encode(), "x")
        assert isinstance(bundle, Bundle)
        assert all(isinstance(target, str) for unit in bundle.units for target in unit.targets)


# PO -----------------------------------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(catalog=some_catalog())
def test_gettext_accepts_what_we_write(catalog, require):
    """`msgfmt --check` takes every catalog that we write, generated ones among them, and so does polib."""
    msgfmt = shutil.which("msgfmt")
    require("msgfmt", msgfmt)
    # gettext checks what is flagged, and these texts are nonsense; one message in two ways it refuses, as do we.
    entries = tuple(replace(entry, flags=tuple(f for f in entry.flags if f == "fuzzy")) for entry in catalog.entries)
    entries = tuple(each for each in entries if _ends_alike(each))
    text = po_writer.write(replace(catalog, entries=entries))
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    command = [str(msgfmt), "--check", "-o", os.devnull, "-"]
    found = subprocess.run(command, input=text.encode(), capture_output=True, check=False, env=environment)

    assert found.returncode == 0, found.stderr.decode()


def _ends_alike(entry: Entry) -> bool:
    texts = [text for text in (entry.msgid, entry.msgid_plural, *entry.translations) if text]
    return len({(text.startswith("\n"), text.endswith("\n")) for text in texts}) == 1


def test_polib_reads_the_same_catalogs(require):
    """An independent reader finds the same entries, contexts, plurals, notes, flags and previous messages."""
    require("polib", find_spec("polib"))
    polib = import_module("polib")
    for locale in ("ko", "sv"):
        path = f"locales/{folder(locale)}/LC_MESSAGES/oppi18n.po"
        content = packs.read_bytes(packs.shipped(), path)
        ours = po_reader.parse_bytes(content, path, locale).entries
        theirs = polib.pofile(content.decode())

        assert [
            (each.msgctxt, each.msgid, each.msgid_plural or None, each.obsolete, each.previous_msgid) for each in theirs
        ] == [
            (each.context, each.msgid, each.msgid_plural, each.obsolete, each.previous and each.previous.msgid)
            for each in ours
        ]
        assert [tuple(each.msgstr_plural.values()) or (each.msgstr,) for each in theirs] == [
            each.translations for each in ours
        ]
        assert [each.comment.split("\n") if each.comment else [] for each in theirs] == [[*e.extracted] for e in ours]


def test_previous_version_stands_where_tools_of_xliff_look_for_it():
    """XLIFF 1.2 has an element for it, and reads that of others."""
    unit = replace(UNIT, state=PROPOSED, previous=("Old",))
    text = exchange.write(Bundle((unit,)), "xliff-1.2").decode()
    foreign = text.replace('<note from="oppi18n:previous">Old</note>', "")

    assert '<alt-trans alttranstype="previous-version">' in text
    assert foreign != text
    assert exchange.parse(foreign.encode(), "x").units[0].previous == ("Old",)


def test_contexts_in_catalogs_of_others_are_contexts():
    """A number sign in one does not make it a path and an id."""
    text = po_writer.write(Catalog(locale="ko", entries=(Entry(context="a#b", msgid="OK", translations=("확인",)),)))
    [unit] = exchange.parse(text.encode(), "x.po").units

    assert (unit.context, unit.place.path, unit.source) == ("a#b", "", "OK")
