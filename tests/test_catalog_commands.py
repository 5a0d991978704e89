"""The commands about catalogs: begin them, format them, say how far they are, disguise them."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from oppi18n import Localizer, packs
from oppi18n.cli import run
from oppi18n.errors import InputError
from oppi18n.i18n import po_reader
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.extract import messages_of
from oppi18n.i18n.locales import PRODUCT, PSEUDO
from oppi18n.upkeep import update as upkeep
from oppi18n.widths import display_width

ROOT = Path(__file__).resolve().parents[1]
RULES = """\
overlay: close-opportunity
rules:
  - id: few
    forbid: size(opportunity.quotes) > 9
    params: {count: size(opportunity.quotes)}
    message:
      one: "There is {count} quote."
      other: "There are {count} quotes."
  - id: named
    assert: has(opportunity.name)
    message: "Give the opportunity a name."
"""


@pytest.fixture
def pack(tmp_path: Path) -> packs.Pack:
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "mine" / "locales").mkdir()
    return packs.named(tmp_path / "mine")


@pytest.fixture
def say(pack: packs.Pack, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command on the pack: status, output, errors."""

    def said(*arguments: str) -> tuple[int, str, str]:
        status = run(("catalog", *arguments, "--pack", str(Path(pack.rules).parent)))
        out, err = capsys.readouterr()
        return status, out, err

    return said


def translated(pack: packs.Pack, locale: str, **texts: tuple[str, ...]) -> None:
    """Save the catalog of a locale, with translations by the last word of the rule's context."""
    catalog = upkeep.update(pack, locale, messages_of(pack))
    entries = tuple(
        replace(entry, translations=texts.get((entry.context or "").split("/")[2], entry.translations))
        for entry in catalog.entries
    )
    upkeep.save(pack, replace(catalog, entries=entries))


# new ----------------------------------------------------------------------------------------------------------------


def test_new_catalog_has_all_texts_and_notes_for_its_translators(say, pack, golden):
    """Plural forms of CLDR, header, direction, fonts, samples; and it is up to date at once."""
    status, _, err = say("new", "ar")

    path = Path(upkeep.path_of(pack, "ar"))
    assert (status, err) == (0, f"{path} was begun, with 2 texts to translate.\n")
    golden("catalog/new.ar.po", path.read_text(encoding="utf-8").replace(str(path.parents[3]), ""))
    assert say("update", "--check")[0] == 0
    assert say("fmt", "--check")[0] == 0


@pytest.mark.parametrize(
    ("tag", "spelled", "forms"),
    [("ms", "ms", 1), ("zh_tw", "zh_TW", 1), ("pt-br", "pt_BR", 3), ("pl", "pl", 4), ("sr-Latn", "sr_Latn", 3)],
)
def test_new_catalog_is_spelled_as_gettext_does(say, pack, tag, spelled, forms):
    """Whatever people type, the folder and the header are the same."""
    assert say("new", tag)[0] == 0

    catalog = po_reader.read(Path(pack.rules).parent / "locales" / spelled / "LC_MESSAGES" / "oppi18n.po")
    assert catalog.diagnostics == ()
    assert [len(entry.translations) for entry in catalog.entries] == [forms, 1]


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("xx", "CLDR knows no language 'xx'"),
        ("jp", "CLDR knows no language 'jp'; did you mean ja?"),
        ("cz", "CLDR knows no language 'cz'; did you mean cs?"),
        ("Polisch", "CLDR knows no language 'Polisch'; did you mean pl?"),
        ("pl-XX", "CLDR knows no language 'pl-XX'"),
        ("", "CLDR knows no language ''"),
        ("../sv", "CLDR knows no language '../sv'"),
        ("en", "the texts are written in en, so there is nothing to translate"),
        ("en-XA", "the pseudo-locale en-XA is generated and has no catalog"),
    ],
)
def test_new_catalog_is_refused_for_what_is_no_locale(say, pack, tag, told):
    """Nothing is written, and what was probably meant is named."""
    status, _, err = say("new", tag)

    assert (status, err) == (2, f"oppi18n: {told}\n")
    assert os.listdir(Path(pack.rules).parent / "locales") == []


@pytest.mark.parametrize("tag", ["zh-HK", "zh-Hant-HK", "zh_hk"])
def test_catalog_that_exists_is_left_alone(say, pack, tag):
    """Under any spelling of its locale."""
    translated(pack, "zh-HK", named=("請輸入名稱。",))
    path = Path(upkeep.path_of(pack, "zh-HK"))
    before = path.read_bytes()

    status, _, err = say("new", tag)

    assert (status, err) == (2, f"oppi18n: there is a catalog at {path} already\n")
    assert path.read_bytes() == before


def test_variant_of_a_language_takes_translations_over(say, pack):
    """They are shown, and marked for review."""
    translated(pack, "zh-HK", named=("請輸入名稱。",), few=("有 {count} 份報價。",))

    assert say("new", "zh-TW", "--from", "zh-HK")[0] == 0

    found = upkeep.read(pack, "zh-TW").entries
    assert [entry.translations for entry in found] == [("有 {count} 份報價。",), ("請輸入名稱。",)]
    assert {entry.comments for entry in found} == {("needs-review: taken over from zh-HK",)}


def test_another_language_gets_proposals(say, pack):
    """Never shown; the plural forms stand where their category does."""
    translated(
        pack, "sv", named=("Ge den ett namn.",), few=("Det finns {count} offert.", "Det finns {count} offerter.")
    )

    assert say("new", "pl", "--from", "sv")[0] == 0

    few, named = upkeep.read(pack, "pl").entries
    one, other = "Det finns {count} offert.", "Det finns {count} offerter."
    assert (few.is_fuzzy, few.translations) == (True, (one, other, other, other))
    assert (named.is_fuzzy, named.translations) == (True, ("Ge den ett namn.",))


def test_source_of_a_new_catalog_must_exist(say):
    """A mistyped `--from` is told, and nothing is written."""
    status, _, err = say("new", "pl", "--from", "svv")

    assert status == 2
    assert "the locale svv is not available" in err


def test_gettext_accepts_a_new_catalog(say, pack, require):
    """`msgfmt --check` finds nothing in header, plurals and notes."""
    require("msgfmt", shutil.which("msgfmt"))
    say("new", "pl")

    command = ["msgfmt", "--check", "-o", os.devnull, upkeep.path_of(pack, "pl")]
    found = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})

    complaints = [line for line in found.stderr.splitlines() if "missing in header" not in line]
    assert (found.returncode, complaints) == (0, [])


def test_new_locale_can_be_asked_for_at_once(pack):
    """A pack may bring a language that oppi18n does not speak; what it lacks is in English."""
    with pytest.raises(InputError):
        Localizer("pl", packs=[pack])
    translated(pack, "pl", named=("Nadaj nazwę.",))

    localizer = Localizer("pl-PL", packs=[pack])

    assert localizer.locale == "pl"
    assert localizer.text("Give the opportunity a name.", context="mine/close-opportunity/named/message") == (
        "Nadaj nazwę.",
        "pl",
    )
    assert localizer.text("OK", context="oppi18n/dialog").locale == "en"


# fmt ----------------------------------------------------------------------------------------------------------------

UNTIDY = """\
# Swedish\r
msgid ""\r
msgstr "Language: sv\\nContent-Type: text/plain; charset=UTF-8\\nPO-Revision-Date: 2026-01-01\\n"\r
"Plural-Forms: nplurals=2; plural=n != 1;\\n"\r
\r
#~ msgid "old"\r
#~ msgstr "gammal"\r
\r
#why\r
#: a.yaml:1 b.yaml:2\r
msgid "A "\r
"b"\r
msgstr "Å b"\r
"""


def test_fmt_brings_any_tools_file_into_one_form(say, pack, golden):
    """One reference in a line, obsolete entries last, no dates, plain line ends; a second run changes nothing."""
    path = Path(upkeep.path_of(pack, "sv"))
    path.parent.mkdir(parents=True)
    path.write_bytes(UNTIDY.encode())

    assert say("fmt", "--check") == (1, "", f"{path} isn't formatted.\n1 file would be formatted.\n")
    status, shown, _ = say("fmt", "sv", "--diff")
    assert (status, path.read_bytes()) == (0, UNTIDY.encode())
    assert "-#why" in shown
    assert say("fmt") == (0, "", f"{path} was formatted.\n")
    golden("catalog/formatted.po", path.read_bytes().decode())
    assert say("fmt", str(path)) == (0, "", "1 file was formatted already.\n")


def test_fmt_leaves_what_is_wrong_alone(say, pack):
    """A file with an error, or with a comment that would be lost, is told with its place; the others are formatted."""
    good, bad, loose = (Path(upkeep.path_of(pack, each)) for each in ("sv", "ja", "ms"))
    for path, content in ((good, UNTIDY), (bad, 'msgid "'), (loose, UNTIDY.replace("sv", "ms") + "# bye\r\n")):
        path.parent.mkdir(parents=True)
        path.write_bytes(content.encode())

    status, _, err = say("fmt", str(bad), str(loose), "sv", "no/such.po")

    assert status == 3
    assert "error[catalog-unterminated]" in err
    assert "there is no file no/such.po" in err
    assert (bad.read_bytes(), b"\r" in good.read_bytes()) == (b'msgid "', False)
    assert loose.read_bytes().endswith(b"# bye\r\n")


def test_fmt_reads_standard_input(say, monkeypatch):
    """A dash is the standard input, and the answer is printed."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UNTIDY.encode()), encoding="utf-8"))

    status, out, _ = say("fmt", "-")

    assert status == 0
    assert out.startswith('# Swedish\nmsgid ""\n')
    assert out.endswith('#~ msgstr "gammal"\n')


# status -------------------------------------------------------------------------------------------------------------


def test_status_counts_for_programs(say, pack):
    """Each count, by catalog, in the order of the product."""
    translated(pack, "sv", named=("Ge den ett namn.",))
    translated(pack, "ko", named=("이름을 입력하십시오.",), few=("견적이 {count}개 있습니다.",))

    status, out, _ = say("status", "--format", "json", "--locale", "ja")

    found = json.loads(out)
    assert (status, found["kind"], found["locale"], found["pack"]) == (0, "catalog-status", "ja", "mine")
    counts = {"total": 2, "fuzzy": 0, "needs_review": 0, "obsolete": 0}
    assert found["catalogs"] == [
        {"language": "ko", "translated": 2, "missing": 0, "percent": 100, **counts},
        {"language": "sv", "translated": 1, "missing": 1, "percent": 50, **counts},
    ]
    assert [each["language"] for each in json.loads(say("status", "sv", "--format", "json")[1])["catalogs"]] == ["sv"]


def test_status_keeps_to_its_schema_in_every_language(say, pack):
    """The answer fits, has no member that the schema does not tell about, and differs by `locale` alone."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "schemas" / "envelope" / "catalog-status.schema.json").read_text("utf-8"))
    translated(pack, "sv", named=("Ge den ett namn.",))
    answers = []
    for locale in (*PRODUCT, *PSEUDO):
        found = json.loads(say("status", "--format", "json", "--locale", locale)[1])
        jsonschema.Draft202012Validator(schema).validate(found)
        assert set(found) == set(schema["properties"])
        assert {name for each in found["catalogs"] for name in each} == set(schema["$defs"]["catalog"]["properties"])
        assert found.pop("locale") == locale
        answers.append(found)

    assert all(each == answers[0] for each in answers)


@pytest.mark.parametrize(
    ("least", "tags", "status"),
    [("50", [], 0), ("50.01", [], 1), ("100", ["ko"], 0), ("100", ["sv"], 1), ("0", [], 0)],
)
def test_status_fails_under_a_percentage(say, pack, least, tags, status):
    """One catalog that is not far enough is enough."""
    translated(pack, "sv", named=("Ge den ett namn.",))
    translated(pack, "ko", named=("이름을 입력하십시오.",), few=("견적이 {count}개 있습니다.",))

    for format_ in ("text", "json", "badge"):
        assert say("status", *tags, "--fail-under", least, "--format", format_)[0] == status


@pytest.mark.parametrize(
    ("tags", "badge"),
    [
        ([], {"label": "translated", "message": "50%", "color": "orange"}),
        (["ko"], {"label": "translated: ko", "message": "100%", "color": "brightgreen"}),
    ],
)
def test_badge_shows_the_least_complete_catalog(say, pack, tags, badge):
    """It is what shields.io calls an endpoint, and the same in every language."""
    translated(pack, "sv", named=("Ge den ett namn.",))
    translated(pack, "ko", named=("이름을 입력하십시오.",), few=("견적이 {count}개 있습니다.",))

    found = {json.dumps(json.loads(say("status", *tags, "--format", "badge", "--locale", each)[1])) for each in PRODUCT}

    assert [json.loads(each) for each in found] == [{"schemaVersion": 1, **badge}]


def test_nearly_complete_is_not_complete():
    """999 of 1000 is 99 percent; a pack without texts is complete."""
    assert upkeep.Status("sv", 1000, 999, 0, 1, 0, 0).percent == 99
    assert upkeep.Status("sv", 0, 0, 0, 0, 0, 0).percent == 100


# pseudo -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", PSEUDO)
def test_pseudo_locale_as_a_catalog(say, pack, tmp_path, locale):
    """It has every message in every form, and reads without a fault; it may be written to a file."""
    printed = say("pseudo", locale)[1]
    status, out, err = say("pseudo", locale, "--output", str(tmp_path / "x.po"))

    assert (status, out, err) == (0, "", f"{tmp_path / 'x.po'} was written.\n")
    assert (tmp_path / "x.po").read_text(encoding="utf-8") == printed
    catalog = po_reader.read(tmp_path / "x.po", locale)
    assert catalog.diagnostics == ()
    assert [len(entry.translations) for entry in catalog.entries] == [2, 1]
    assert all(entry.is_translated for entry in catalog.entries)


def test_pseudo_needs_a_pseudo_locale(say):
    """Other locales have catalogs."""
    status, _, err = say("pseudo", "ko")

    assert status == 2
    assert "en-XA, ar-XB" in err


# all ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fmt", "merge", "new", "pseudo", "status", "update"])
@pytest.mark.parametrize("locale", ["en", "ko", "ar-XB"])
def test_help_fits_the_columns(name, locale, capsys):
    """Help is wrapped to 80 columns for every command about catalogs."""
    assert run(("catalog", name, "--help", "--locale", locale)) == 0
    assert max(map(display_width, capsys.readouterr().out.splitlines())) <= 80


def test_unknown_catalog_command_is_told_with_the_nearest(capsys):
    """As with every command."""
    assert run(("catalog", "stauts")) == 2
    assert "Did you mean status?" in capsys.readouterr().err


def test_catalog_of_no_messages_is_fine(tmp_path):
    """A pack without texts has catalogs all the same."""
    (tmp_path / "rules").mkdir()
    pack = packs.named(tmp_path)
    upkeep.save(pack, Catalog(locale="sv"))

    assert run(("catalog", "status", "--pack", str(tmp_path), "--fail-under", "100")) == 0
    assert run(("catalog", "update", "--pack", str(tmp_path), "--check")) == 0
