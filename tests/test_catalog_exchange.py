"""Catalogs leave for other tools and come back: what fits is let in, what does not is said and counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppi18n import exchange, packs
from oppi18n.cli import run
from oppi18n.cli.exchangeoptions import FORMATS
from oppi18n.i18n import po_reader
from oppi18n.i18n.entries import Catalog, Entry, Previous
from oppi18n.i18n.locales import PRODUCT
from oppi18n.upkeep import update as upkeep
from oppi18n.widths import display_width

ROOT = Path(__file__).resolve().parents[1]
RULES = """\
ruleset: mine
model: opportunity
rules:
  - id: named
    severity: error
    assert: has(opportunity.name)
    message: Give the opportunity a name.
"""
BRACES = ("python-brace-format",)
MANY = "mine/r/few/message"

Say = Callable[..., tuple[int, str, str]]


def catalog(locale: str, *forms: str, named: str) -> Catalog:
    """A catalog with everything that an entry can have."""
    return Catalog(
        locale=locale,
        entries=(
            Entry(
                context="mine/r/named/message",
                msgid="Give it a name.",
                translations=(named,),
                comments=("needs-review: two readers disagree",),
                extracted=("appears unless: has(opportunity.name)",),
                references=("rules/mine.yaml:7",),
            ),
            Entry(
                context=MANY,
                msgid="{count} quote of {name}",
                msgid_plural="{count} quotes of {name}",
                translations=forms,
                flags=BRACES,
            ),
            Entry(
                context="mine/r/old/message",
                msgid="Choose two.",
                translations=("x",),
                flags=("fuzzy",),
                previous=Previous(msgid="Choose one."),
            ),
            Entry(context="mine/r/new/message", msgid="New", translations=("",)),
            Entry(context="mine/r/gone/message", msgid="Gone", translations=("x",), obsolete=True),
        ),
    )


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> packs.Pack:
    """A pack with two catalogs, in the folder where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    found = packs.named(tmp_path / "mine")
    upkeep.save(found, catalog("sv", "{count} offert för {name}", "{count} offerter för {name}", named="Namnge den."))
    upkeep.save(found, catalog("ko", "{name}의 견적 {count}개", named="이름을 지정하십시오."))
    return packs.named(tmp_path / "mine")


@pytest.fixture
def say(pack: packs.Pack, capsys: pytest.CaptureFixture[str]) -> Say:
    """Status, output and words of `oppi18n catalog … --pack ./mine`."""

    def answered(*arguments: str) -> tuple[int, str, str]:
        status = run(("catalog", *arguments, "--pack", "./mine"))
        out, err = capsys.readouterr()
        return status, out, err.replace(str(Path.cwd()), ".")

    return answered


def bytes_of(pack: packs.Pack, locale: str) -> bytes:
    return Path(upkeep.path_of(pack, locale)).read_bytes()


def entries(pack: packs.Pack, locale: str) -> dict[str, Entry]:
    return {each.msgid: each for each in po_reader.read(upkeep.path_of(pack, locale), locale).entries}


def edited(path: str, *changes: tuple[str, str]) -> None:
    """Change a file as a translator's tool would."""
    text = Path(path).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text, encoding="utf-8", newline="")


def test_every_format_can_be_chosen():
    """The choice, which help shows without loading anything, names all formats that there are."""
    assert sorted(FORMATS) == list(exchange.names())


@pytest.mark.parametrize("name", FORMATS)
def test_importing_nothing_changed_writes_nothing(say, pack, name):
    """Through every format the same bytes, even of a file that another tool has laid out; nothing is said."""
    path = Path(upkeep.path_of(pack, "sv"))
    path.write_bytes(path.read_bytes() + b"\n\n")
    before = {locale: (bytes_of(pack, locale), path.stat().st_mtime_ns) for locale in ("sv", "ko")}
    ending = exchange.ending_of(name)

    assert say("export", "--to", name, "--output", "out/")[0] == 0
    for locale in ("sv", "ko"):
        assert say("import", f"out/{locale}{ending}", "-v") == (0, "", "")
    assert {locale: (bytes_of(pack, locale), path.stat().st_mtime_ns) for locale in ("sv", "ko")} == before


def test_translations_and_states_come_in(say, pack):
    """What a tool has finished loses its marks; what it only changed still wants its second reader."""
    say("export", "sv", "--output", "sv.xlf")
    edited(
        "sv.xlf",
        ("Namnge den.", "Ge den ett namn."),
        ('<segment state="initial" subState="oppi18n:proposed">', '<segment state="final">'),
        ("<target>x</target>", "<target>Välj två.</target>"),
    )

    assert say("import", "sv.xlf", "--dry-run")[1].endswith("oppi18n.po: 2 translations are new.\n")
    assert entries(pack, "sv")["Give it a name."].translations == ("Namnge den.",)
    status, out, err = say("import", "sv.xlf")
    assert (status, out.endswith("oppi18n.po: 2 translations are new.\n"), err) == (0, True, "")

    found = entries(pack, "sv")
    assert found["Give it a name."].translations == ("Ge den ett namn.",)
    assert found["Give it a name."].comments == ("needs-review: two readers disagree",)
    assert (found["Choose two."].translations, found["Choose two."].flags, found["Choose two."].previous) == (
        ("Välj två.",),
        (),
        None,
    )
    assert say("import", "sv.xlf") == (0, "", "")


def test_review_that_is_done_is_done(say, pack):
    """A tool that calls a translation final takes the mark away, and a translator's note comes along as a comment."""
    say("export", "sv", "--output", "sv.xlf")
    edited(
        "sv.xlf",
        ('state="translated" subState="oppi18n:needs-review"', 'state="final"'),
        ("      </notes>\n      <segment", "        <note>asked Lena</note>\n      </notes>\n      <segment"),
    )

    assert say("import", "sv.xlf")[0] == 0
    assert entries(pack, "sv")["Give it a name."].comments == ("asked Lena",)


def test_plural_forms_come_in(say, pack):
    """Each form by its category, from a format that has names for them; the number may go where one needs none."""
    say("export", "sv", "--to", "i18next", "--output", "sv.json")
    edited("sv.json", ("{{count}} offert för {{name}}", "en offert för {{name}}"))

    assert say("import", "sv.json")[0] == 0
    assert entries(pack, "sv")["{count} quote of {name}"].translations == (
        "en offert för {name}",
        "{count} offerter för {name}",
    )


REFUSED = "must have the placeholders of its source and no other braces"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("{count} offerter för {name}", "{kount} offerter för {name}")], REFUSED),
        ([("{count} offerter för {name}", "{count} offerter")], REFUSED),
        ([("{count} offerter för {name}", "{count!r} offerter för {name}")], REFUSED),
        ([("Namnge den.", "Namnge {den}.")], REFUSED),
        ([("Namnge den.", "Namnge\x07 den.")], "holds the control character U+0007"),
        ([("Give it a name.", "Give it two names.")], "“Give it two names.” was translated from another source"),
        (
            [("mine/r/new/message", "mine/r/none/message"), ("New,,missing", "Newer,Ny,translated")],
            "1 text of the file",
        ),
    ],
)
def test_what_does_not_fit_is_left_out_and_said(say, pack, changes, told):
    """Mistyped, lost and unsafe placeholders, another source, no such message: the status is 1, the catalog stays."""
    say("export", "sv", "--output", "sv.csv")
    before = bytes_of(pack, "sv")
    text = Path("sv.csv").read_text(encoding="utf-8")
    [unit] = [line.split(",")[1] for line in text.splitlines() if ",New,,missing" in line]
    edited("sv.csv", *changes)
    if "Newer" in changes[-1][1]:
        edited("sv.csv", (unit, "000000"))

    status, out, err = say("import", "sv.csv")

    assert (status, out, bytes_of(pack, "sv")) == (1, "", before)
    assert told in err


def test_what_is_not_translated_yet_is_counted(say, pack):
    """Emptied texts and new guesses do no harm."""
    say("export", "sv", "--output", "sv.csv")
    edited("sv.csv", ("Namnge den.", ""))

    status, out, err = say("import", "sv.csv")

    assert (status, out, err.endswith("oppi18n.po: 1 text is not translated yet.\n")) == (0, "", True)
    assert entries(pack, "sv")["Give it a name."].translations == ("Namnge den.",)


def test_message_that_changed_meanwhile_is_outdated(say, pack):
    """Its id went with its text, but the context says which message was meant."""
    say("export", "sv", "--output", "sv.xlf")
    upkeep.save(pack, Catalog(locale="sv", entries=(Entry(context="mine/r/named/message", msgid="Name it."),)))

    status, out, _ = say("import", "sv.xlf", "--format", "json")

    [result] = json.loads(out)["results"]
    assert (status, result["changed"], len(result["outdated"]), len(result["unknown"])) == (1, 0, 1, 3)


def test_several_catalogs_at_once(say, pack):
    """A file in several languages finds each catalog; for a language without one the error is told, the rest goes in."""
    say("export", "--output", "all.tmx")
    edited("all.tmx", ("Namnge den.", "Ge den ett namn."), ("이름을 지정하십시오.", "이름을 입력하십시오."))
    assert say("import", "all.tmx", "ko")[1].count("1 translation is new.") == 1
    assert entries(pack, "sv")["Give it a name."].translations == ("Namnge den.",)
    edited("all.tmx", ('xml:lang="ko"', 'xml:lang="fi"'))

    status, out, err = say("import", "all.tmx")

    assert (status, out.count("1 translation is new.")) == (2, 1)
    assert "the locale fi is not available" in err
    status, out, err = say("import", "all.tmx", "ko")
    assert (status, out, "the locale ko is not available; the locales are fi and sv" in err) == (2, "", True)
    assert entries(pack, "sv")["Give it a name."].translations == ("Ge den ett namn.",)


def test_file_of_a_program_needs_a_locale(say, pack):
    """Keys and texts alone are enough where the locale is named; nothing else is known, so a review stays open."""
    say("export", "sv", "--to", "i18next", "--output", "sv.json")
    found = json.loads(Path("sv.json").read_text(encoding="utf-8"))
    del found["@@oppi18n"]
    found["mineRNamedMessage"] = "Ge den ett namn."
    Path("sv.json").write_text(json.dumps(found), encoding="utf-8")

    status, _, err = say("import", "sv.json")
    assert (status, "which language it is in" in err) == (2, True)
    assert say("import", "sv.json", "sv")[0] == 0
    entry = entries(pack, "sv")["Give it a name."]
    assert (entry.translations, entry.needs_review) == (("Ge den ett namn.",), True)


def test_catalog_of_another_tool_is_imported(say, pack):
    """A plain PO file is met by context and message; what it has obsolete is left alone."""
    text = bytes_of(pack, "sv").decode()
    Path("theirs.po").write_text(text.replace("Namnge den.", "Ge den ett namn."), encoding="utf-8")

    assert say("import", "theirs.po")[0] == 0
    assert entries(pack, "sv")["Give it a name."].translations == ("Ge den ett namn.",)


@pytest.mark.parametrize(
    ("name", "content", "status", "told"),
    [
        ("x.xlf", '<!DOCTYPE x [<!ENTITY a "b">]><xliff version="1.2">&a;</xliff>', 2, "document type"),
        ("x.xlf", "hello", 2, "none of the formats"),
        ("x.po", 'msgid ""\nmsgstr ""\n"Language: sv\\n"\n\nmsgid "a\n', 3, "catalog-unterminated"),
        ("x.json", '{"a": [1]}', 2, "neither a text nor an object of texts"),
        ("x.json", '{"a": ', 2, "the file ends in the middle of a value"),
    ],
)
def test_wrong_file_is_told(say, name, content, status, told):
    """With its place where there is one, and nothing is written."""
    Path(name).write_text(content, encoding="utf-8")

    found, out, err = say("import", name, "sv")

    assert (found, out, told in err) == (status, "", True)


def test_catalog_with_errors_is_not_written_over(say, pack):
    """What stands there would be lost."""
    say("export", "sv", "--output", "sv.xlf")
    path = Path(upkeep.path_of(pack, "sv"))
    path.write_bytes(path.read_bytes() + b'msgid "a\n')

    status, out, err = say("import", "sv.xlf")

    assert (status, out, "catalog-unterminated" in err) == (3, "", True)


def test_machine_answer_keeps_to_its_schema(say):
    """In every language the same but for its messages."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "schemas" / "envelope" / "import.schema.json").read_text(encoding="utf-8"))
    say("export", "sv", "--output", "sv.csv")
    edited("sv.csv", ("{count} offerter för", "{kount} offerter för"), ("Namnge den.", "Ge den ett namn."))
    answers: list[Any] = []
    for locale in PRODUCT:
        status, out, _ = say("import", "sv.csv", "--dry-run", "--format", "json", "--locale", locale)
        found = json.loads(out)
        jsonschema.Draft202012Validator(schema).validate(found)
        assert (status, found.pop("locale")) == (1, locale)
        assert found["results"][0]["refused"][0].pop("message")
        answers.append(found)

    assert all(each == answers[0] for each in answers)
    assert (answers[0]["results"][0]["changed"], answers[0]["results"][0]["written"]) == (1, False)


def test_export_says_what_it_needs(say, pack):
    """A format must follow, one language fits where one does, and no catalog is written over."""
    assert "give --to" in say("export", "--output", "x.docx")[2]
    assert "several: ko, sv" in say("export", "--output", "x.xlf")[2]
    assert say("export", "sv", "--to", "po", "--output", upkeep.path_of(pack, "sv"))[0] == 2
    assert say("export", "sw", "--output", "x.xlf")[0] == 2
    assert say("export", "sv", "--to", "csv", "--output", "-")[1].startswith("\ufeffpath,id,source")


def test_export_leaves_out_what_is_gone_and_where_it_lay(say):
    """Obsolete entries are nothing to translate, and no folder of this machine travels."""
    say("export", "sv", "--output", "sv.xlf")
    text = Path("sv.xlf").read_text(encoding="utf-8")

    assert "Gone" not in text
    assert str(Path.cwd()) not in text
    assert 'original="locales/sv/LC_MESSAGES/oppi18n.po"' in text


def test_pack_without_catalogs_has_nothing_to_export(tmp_path, capsys):
    """That is said, and nothing is written."""
    (tmp_path / "rules").mkdir()

    assert run(("catalog", "export", "--pack", str(tmp_path), "--output", str(tmp_path / "x.xlf"))) == 1
    assert "There are no texts to export." in capsys.readouterr().err
    assert not (tmp_path / "x.xlf").exists()


@pytest.mark.parametrize("name", ["export", "import"])
@pytest.mark.parametrize("locale", ["en", "ko", "ar-XB"])
def test_help_fits_the_columns(name, locale, capsys):
    """Help is wrapped to 80 columns, also where the module has another name than the command."""
    assert run(("catalog", name, "--help", "--locale", locale)) == 0
    assert max(map(display_width, capsys.readouterr().out.splitlines())) <= 80
