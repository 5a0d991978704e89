"""What has cost others a release: each known trap is a test here, and the sentence says what happened elsewhere."""

from __future__ import annotations

import gettext
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jinja2
import pytest

from oppi18n import Localizer, packs
from oppi18n.cache import Cache
from oppi18n.cli import run
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.i18n import catalogs, locales, po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.glossary import Word
from oppi18n.i18n.locales import MAX_HEADER, PRODUCT, accept_language, explicit, negotiate
from oppi18n.i18n.particles import attach
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.i18n.usable import table
from oppi18n.templates import faults
from oppi18n.upkeep import update as upkeep

RULES = (
    "ruleset: r\nmodel: opportunity\nrules: []\nsettings:\n  deep: {type: bool, default: false, doc: 'Look deeper.'}\n"
)
HEADER = 'msgid ""\nmsgstr ""\n"Language: ko\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


@pytest.fixture
def pack(tmp_path: Path) -> packs.Pack:
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    return packs.named(tmp_path / "mine")


def message(msgid: str, *translations: str) -> Entry:
    return Entry(context="p/r/a/message", msgid=msgid, translations=translations or ("",))


def updated(pack: packs.Pack, old: tuple[Entry, ...], *messages: Entry) -> tuple[Entry, ...]:
    upkeep.save(pack, Catalog(locale="sv", entries=old))
    return upkeep.update(pack, "sv", messages).entries


# Plurals and names of locales ---------------------------------------------------------------------------------------


def test_malay_has_one_plural_form(pack):
    """A table from elsewhere gives Malay two forms, and translators were asked for a plural their language has not."""
    catalog = upkeep.update(pack, "ms", [Entry(msgid="{n} quote", msgid_plural="{n} quotes")])

    assert plural_forms("ms") == (1, "nplurals=1; plural=0;")
    assert catalog.entries[0].translations == ("",)


@pytest.mark.parametrize("locale", ["en", "sv", "ms", "pl", "ar", "cs", "lt", "ga", "sl", "cy", "he", "fr", "ru"])
def test_form_of_a_number_is_the_one_that_gettext_takes(locale):
    """Two libraries that order the same forms differently answer “1 quote” with the sentence for five."""
    forms = plural_forms(locale)
    assert forms is not None
    index = gettext.c2py(forms[1].partition("plural=")[2].rstrip(";"))
    formats = Formats(patterns(locale))

    for number in (*range(130), 1000, 1_000_000):
        assert formats.categories.index(formats.plural(number)) == index(number), number


@pytest.mark.parametrize("wish", ["zh-HK", "zh_HK", "zh-Hant-HK", "zh_Hant_HK", "zh-TW", "zh-Hant", "yue-HK"])
def test_catalog_of_hong_kong_is_found_under_each_of_its_names(wish):
    """Catalogs in `zh_HK` were not found as `zh_Hant_HK`, and negotiation knew none of the names with a script."""
    assert Localizer(wish).text("OK", context="oppi18n/dialog") == ("確定", "zh-HK")


@pytest.mark.parametrize("wish", ["zh", "zh-CN", "zh-Hans", "zh-SG", "cmn"])
def test_simplified_chinese_is_never_served_with_traditional(wish):
    """`zh` loaded one script for the readers of the other, without a word."""
    assert negotiate([wish], PRODUCT) is None
    with pytest.raises(InputError) as caught:
        Localizer(wish)
    assert caught.value.params["nearest"] == "zh-HK"


def test_catalog_can_be_begun_for_hong_kong(pack):
    """A tool crashed on the name `zh-HK`."""
    assert run(("catalog", "new", "zh-HK", "--pack", str(Path(pack.rules).parent))) == 0
    assert upkeep.locales_of(packs.named(Path(pack.rules).parent)) == ["zh-HK"]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        *((each, "zh-HK") for each in ("zh-HK", "zh-TW", "zh-MO", "zh-Hant", "yue-HK")),
        *((each, None) for each in ("zh", "zh-CN", "zh-Hans", "id", "id-ID", "in")),
        ("ms-BN", "ms"),
        ("sv-FI", "sv"),
    ],
)
def test_readers_get_what_they_can_read(wish, expected):
    """Indonesian was served with Malay, Brunei with English, Taiwan with Simplified Chinese."""
    assert negotiate([wish], PRODUCT) == expected


def test_header_is_capped_and_nothing_is_kept_by_it():
    """Every new Accept-Language header was remembered for good, and a long one took seconds."""
    endless = ",".join(f"x{number};q=0.5" for number in range(200_000))

    assert len(accept_language(endless)) < MAX_HEADER
    assert not [name for name, found in vars(locales).items() if hasattr(found, "cache_info")]


def test_folder_names_and_tags_are_converted_in_one_module():
    """Each place had its own idea of hyphens and underscores."""
    assert locales.folder("zh-HK") == "zh_HK"
    assert locales.tag("zh_HK") == "zh-HK"
    assert catalogs.relative_path("zh-HK") == "locales/zh_HK/LC_MESSAGES/oppi18n.po"


# What a catalog may not do ------------------------------------------------------------------------------------------


def test_mistyped_placeholder_is_not_shown():
    """`{kount}` for `{count}` shipped: the flag said brace format, and nobody counted braces."""
    wrong, right = message("{count} left", "{kount}개"), replace(message("{count} more", "{count}개 더"))

    shown = table(Catalog(locale="ko", entries=(wrong, right)))

    assert list(shown.values()) == ["{count}개 더"]


def test_broken_catalog_ships_nothing_of_what_is_broken(tmp_path):
    """The compiler wrote its file although it had found errors, and exited with 1 where nobody looked."""
    place = tmp_path / "locales" / "ko" / "LC_MESSAGES" / "oppi18n.po"
    place.parent.mkdir(parents=True)
    place.write_text(f'{HEADER}\nmsgid "a"\nmsgstr "가"\n\nmsgid "b"\nmsgstr "나\n', encoding="utf-8")
    pack = packs.Pack("p", str(tmp_path / "rules"), str(tmp_path / "locales"), "en")

    texts = catalogs.load("ko", [pack], Cache(None))

    assert (texts.get(None, "a"), texts.get(None, "b"), len(texts.faulty)) == ("가", None, 1)
    with pytest.raises(AuthoringError):
        upkeep.read(pack, "ko")


def test_obsolete_translation_comes_back_with_its_message(pack):
    """A text that was reverted had to be translated again."""
    (gone,) = updated(pack, (message("Choose one.", "Välj en."),))
    (back,) = updated(pack, (gone,), message("Choose one."))

    assert gone.obsolete
    assert (back.translations, back.is_translated) == (("Välj en.",), True)


def test_proposal_never_says_the_opposite(pack):
    """The translation of “You can close” was offered for “You can't close”."""
    found, gone = updated(pack, (message("You can close it.", "Du kan stänga."),), message("You can't close it."))

    assert (found.translations, found.is_fuzzy, gone.obsolete) == (("",), False, True)


TAINTED = {
    "unterminated": (f'{HEADER}\nmsgid "a\nmsgstr "b"\n', "catalog-unterminated"),
    "twice": (f'{HEADER}\nmsgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "catalog-duplicate"),
    "NUL": (f'{HEADER}\nmsgid "a"\nmsgstr "\0"\n', "catalog-character"),
    "UTF-7": (HEADER.replace("UTF-8", "utf-7"), "catalog-charset"),
    "plural that is code": (
        f"{HEADER}\"Plural-Forms: nplurals=1; plural=__import__('os').abort();\\n\"\n",
        "catalog-plural-rule",
    ),
    "plural without end": (f'{HEADER}"Plural-Forms: nplurals=99999999; plural=0;\\n"\n', "catalog-plural-rule"),
    "huge header": (f'{HEADER}"X-A: {"a" * 9000}\\n"\n', "catalog-header-size"),
    "another language": (HEADER.replace("ko", "sv"), "catalog-language"),
    "conflict": (f'{HEADER}\n<<<<<<< ours\nmsgid "a"\nmsgstr "b"\n', "catalog-conflict"),
    "latin 1": ("Ä", "catalog-encoding"),
}


@pytest.mark.parametrize(("text", "code"), TAINTED.values(), ids=TAINTED)
def test_tainted_catalog_is_told_and_nothing_of_it_is_evaluated(text, code, capsys):
    """Readers accepted all of this, hung on a plural, or ran it; what they found, they printed."""
    content = text.encode("latin-1" if code == "catalog-encoding" else "utf-8")

    catalog = po_reader.parse_bytes(content, "x.po", "ko")

    assert code in [each.code for each in catalog.diagnostics]
    assert all(each.span.line >= 1 and each.span.column >= 1 for each in catalog.diagnostics)
    assert capsys.readouterr() == ("", "")


def test_place_of_an_error_counts_from_one():
    """Line numbers began at zero, and every editor opened the line above."""
    (found,) = po_reader.parse(f'{HEADER}\nmsgid "a"\nmsgstr "b\n').diagnostics

    assert (found.span.line, found.span.column) == (7, 8)


def test_message_with_a_context_is_found():
    """Looking a message up by its text alone missed every message with a context."""
    texts = catalogs.Texts("ko", table(Catalog(locale="ko", entries=(message("OK", "확인"),))))

    assert (texts.get("p/r/a/message", "OK"), texts.get(None, "OK")) == ("확인", None)


# Templates ----------------------------------------------------------------------------------------------------------


def test_translation_is_plain_text_that_autoescaping_escapes():
    """A template engine held translations for safe markup, and a translator could write a script into the page."""
    page = jinja2.Environment(autoescape=True).from_string("{{ text }}")
    for locale in (*PRODUCT, "ar-XB"):
        text = Localizer(locale).text("{name} <b>", context="x", values={"name": "<script>"}).text

        assert not hasattr(text, "__html__")
        assert "<" not in page.render(text=text)


def test_lone_percent_sign_is_a_percent_sign():
    """Newstyle gettext formatted every translation with `%`, and “100 %” crashed the page."""
    for locale in PRODUCT:
        assert "100 %" in Localizer(locale).text("100 % of {name}", context="x", values={"name": "%s"}).text


@pytest.mark.parametrize("text", ["{name.__class__}", "{name[0]}", "{name!r}", "{name:>99999999}", "{0}", "{}", "{"])
def test_translator_can_write_words_and_no_code(text):
    """Format strings from translators read attributes of the application, or asked for gigabytes of padding."""
    entry = message("{name}", text)

    assert list(faults(text))
    assert table(Catalog(locale="sv", entries=(entry,))) == {}


# Scripts ------------------------------------------------------------------------------------------------------------


def test_every_text_of_the_dialog_names_its_language(capsys):
    """Without `lang`, readers in Hong Kong saw Japanese letter forms."""

    def texts(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield from [value] if "text" in value else []
            for each in value.values():
                yield from texts(each)
        for each in value if isinstance(value, list) else ():
            yield from texts(each)

    run(("dialog", "--format", "json", "--locale", "zh-HK"))
    found = list(texts(json.loads(capsys.readouterr().out)))

    assert len(found) > 10
    assert all(each["locale"] in ("zh-HK", "en") for each in found)


@pytest.mark.parametrize(
    ("word", "particle", "form"),
    [
        ("견적", "이(가)", "이"),
        ("회의", "이(가)", "가"),
        ("QUO-1", "을(를)", "을"),
        ("QUO-2", "을(를)", "를"),
        ("‘견적’", "은(는)", "은"),
        ("활성 견적 2개(QUO-1, QUO-3)", "이(가)", "가"),
        ("서울", "(으)로", "로"),
        ("부산", "(으)로", "으로"),
        ("東京", "이(가)", "이(가)"),
    ],
)
def test_particle_follows_the_sound_of_the_value(word, particle, form):
    """“QUO-1를” was read aloud as a mistake by every customer in Korea."""
    assert attach(word, particle) == form


def test_long_dates_do_not_end_in_a_stop():
    """The medium date of Korean ends in a full stop, and sentences with it ended twice."""
    for locale in PRODUCT:
        assert Formats(patterns(locale)).date(date(2026, 3, 31))[-1] != "."


def test_emphasis_beside_hangul_is_not_rendered(require):
    """CommonMark shows the asterisks of `**견적(초안)**을`: the trap is there."""
    require("markdown-it", find_spec("markdown_it"))
    markdown = import_module("markdown_it").MarkdownIt()

    assert "<strong>" not in markdown.render("**견적(초안)**을 닫습니다.")


@pytest.mark.usefixtures("checkout")
def test_catalogs_hold_no_emphasis():
    """A catalog is plain text, so asterisks would be read by everybody."""
    for locale in PRODUCT[1:]:
        catalog = upkeep.read(packs.shipped(), locale)
        assert not [text for entry in catalog.entries for text in entry.translations if "**" in text]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        # Korean and Japanese have no boundary between a word and what follows it.
        (Word("ko", "종료", forbidden=("마감",)), "영업 기회를 마감했습니다.", ["마감"]),
        (Word("ja", "見積もり", forbidden=("見積",)), "見積を閉じる", ["見積"]),
        (Word("ja", "見積もり", forbidden=("見積",)), "見積もりを閉じる", []),
        (Word("zh-HK", "商機", forbidden=("機會",)), "這個機會已關閉", ["機會"]),
        # A Swedish or Malay word that merely contains the forbidden one is another word.
        (Word("sv", "affärsmöjlighet", forbidden=("möjlighet",)), "Affärsmöjligheten stängs.", []),
        (Word("sv", "affärsmöjlighet", forbidden=("möjlighet",)), "En möjlighet stängs.", ["möjlighet"]),
        (Word("ms", "Kalah", forbidden=("Hilang",)), "Kehilangan data", []),
        (Word("ms", "Kalah", forbidden=("Hilang",)), "Peluang Hilang", ["Hilang"]),
    ],
)
def test_term_is_found_where_words_have_no_boundary_and_nowhere_else(word, text, found):
    """Matching whole words finds nothing in Japanese; matching parts of words finds everything in Swedish."""
    assert word.forbidden_in(text) == found


def test_no_break_space_of_swedish_numbers_stays():
    """An ordinary space in “1 234 kr” let the amount break across two lines."""
    formats = Formats(patterns("sv"))

    assert formats.money(Decimal(1234), "SEK") == "1\xa0234,00\xa0kr"


def test_catalog_round_trips_what_it_shows():
    """A saved catalog lost contexts, comments or a form; ours reads back as it was."""
    entry = replace(message("{n} a", "{n} å", "{n} åar"), msgid_plural="{n} b", comments=("needs-review",))
    catalog = Catalog(locale="sv", entries=(entry,))

    assert po_reader.parse(po_writer.write(catalog)) == catalog


def test_explicit_locale_is_never_replaced_silently():
    """A wrong `--locale` was answered in English with status 0."""
    with pytest.raises(InputError):
        explicit("zz", PRODUCT)
    assert run(("check", "x.json", "--locale", "zz")) == 2
