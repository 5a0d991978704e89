"""`oppi18n catalog lint`: what it finds, how it says it, what it mends, what may stay."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import Span
from oppi18n.i18n import po_places, po_reader, po_writer
from oppi18n.i18n.locales import PRODUCT
from oppi18n.upkeep import linting
from oppi18n.upkeep import update as upkeep
from oppi18n.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: mine\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
ONE, TWO = "nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);"
BROKEN = """\
#, python-brace-format
msgctxt "mine/a"
msgid "{count} quotes are open."
msgstr ""
"{kount} offerter är "
"öppna."

msgctxt "mine/b"
msgid "Close the opportunity"
msgstr "Stäng  affärsmöjligheten\\u200b"

# needs-review: is it?
msgctxt "mine/c"
msgid "Win"
msgstr "Vinn"
""".replace("\\u200b", "\u200b")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command: status, output, errors."""

    def said(*arguments: object) -> tuple[int, str, str]:
        status = run(("catalog", "lint", *map(str, arguments)))
        out, err = capsys.readouterr()
        return status, out, err

    return said


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A Swedish catalog with an error, two warnings and something that is good to know."""
    return write(tmp_path, "sv", BROKEN)


def write(folder: Path, language: str, text: str, plural: str = TWO) -> Path:
    path = folder / "locales" / language / "LC_MESSAGES" / "oppi18n.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(language=language, plural=plural) + text, encoding="utf-8")
    return path


def entry(msgid: str, msgstr: str) -> str:
    return f'msgctxt "mine/x"\nmsgid "{msgid}"\nmsgstr "{msgstr}"\n'


def excuse(folder: Path, text: str) -> Path:
    path = folder / "locales" / "exceptions.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_catalogs_are_clean(say):
    """What is shipped has no finding that nobody has explained, and no exception that is not needed."""
    assert say() == (0, "", "5 files are clean.\n")


@pytest.mark.parametrize("locale", PRODUCT[1:])
def test_broken_placeholder_is_an_error_with_a_suggestion(say, tmp_path, locale):
    """In a shipped catalog one placeholder is mistyped; it is found, and the right one is offered."""
    catalog = upkeep.read(packs.shipped(), locale)
    entries = [each for each in catalog.entries if "{path}" in each.translations[0] and not each.obsolete][:20]
    broken = replace(entries[7], translations=(entries[7].translations[0].replace("{path}", "{paht}"),))
    path = tmp_path / locale.replace("-", "_") / "LC_MESSAGES" / "oppi18n.po"
    path.parent.mkdir(parents=True)
    path.write_text(po_writer.write(replace(catalog, entries=(*entries[:7], broken, *entries[8:]))), encoding="utf-8")
    status, out, _ = say(path, "--severity", "error")

    assert (status, out.count("error[")) == (3, 1)
    assert "error[placeholders] The source has no placeholder {paht}." in out
    assert "hint: did you mean '{path}'?" in out


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_answer_in_every_format(say, broken, golden, format_, monkeypatch):
    """The same findings for people, programs, code hosts and build servers."""
    monkeypatch.chdir(broken.parents[3])
    status, out, err = say("locales/sv", "--format", format_, "--severity", "info")
    if format_ == "sarif":
        out = out.replace(json.dumps(VERSION), '"0"')

    assert status == 3
    assert err == ("4 findings.\n" if format_ == "text" else "")
    golden(f"lint/catalog.{format_}.txt", out.replace("\\\\" if format_ == "json" else "\\", "/"))


def test_machine_answers_differ_by_their_sentences_alone(say, broken):
    """In every language the same is found at the same places, with the same suggestions."""

    def bare(locale: str) -> object:
        told = json.loads(say(broken, "--format", "json", "--locale", locale)[1])
        return [{**each, "message": bool(each["message"])} for each in told["findings"]]

    assert bare("en") == bare("ko") == bare("sv")


def test_json_keeps_to_its_schema(say, broken, tmp_path, capsys):
    """Catalogs, broken ones, unreadable ones and rules: every answer fits, and has no member that is not told about."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "schemas" / "envelope" / "lint.schema.json").read_text(encoding="utf-8"))
    rules = tmp_path / "rules.yaml"
    rules.write_text("ruleset: x\nruelset: y\n", encoding="utf-8")
    answers = [say(broken, "no.po", "--format", "json", "--severity", "info")[1]]
    run(("rules", "lint", str(rules), "--format", "json"))
    answers.append(capsys.readouterr().out)

    for found in map(json.loads, answers):
        jsonschema.Draft202012Validator(schema).validate(found)
        assert found.keys() <= schema["properties"].keys()
        assert found["findings"]
        assert all(each.keys() <= schema["$defs"]["finding"]["properties"].keys() for each in found["findings"])


def test_severity_decides_what_is_told_and_what_counts(say, tmp_path):
    """Errors exit with 3, warnings with 1; what is good to know changes nothing."""
    path = write(tmp_path, "sv", entry("A b", "En  b"))

    assert say(path)[0] == 1
    assert say(path, "--severity", "error") == (0, "", "1 file is clean.\n")
    path = write(tmp_path, "sv", "# needs-review\n" + entry("Win", "Vinn"))
    status, out, _ = say(path, "--severity", "info")
    assert (status, out.count("info[needs-review]")) == (0, 1)


def test_what_is_wrong_with_the_file_is_a_finding(say, tmp_path):
    """A header that names another language, a conflict that is left, a form too few: all are told, with their places."""
    other = write(tmp_path, "ko", entry("a", "b"), ONE)
    other.write_text(other.read_text(encoding="utf-8").replace("Language: ko", "Language: ja"), encoding="utf-8")
    torn = write(tmp_path, "sv", "<<<<<<< HEAD\n")
    few = write(tmp_path, "ms", 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n', ONE)
    status, out, err = say(tmp_path, "--format", "json")
    told = json.loads(out)

    assert (status, err) == (3, "")
    assert {each["path"]: each["check"] for each in told["findings"]} == {
        str(other): "catalog-language", str(torn): "catalog-conflict", str(few): "catalog-plural-count",
    }  # fmt: skip


def test_unreadable_file_is_told_and_the_others_are_checked(say, tmp_path):
    """One file is missing; the other is checked all the same, and the exit status is the highest."""
    path = write(tmp_path, "sv", entry("A b", "En  b"))
    status, out, err = say(tmp_path / "no.po", path)

    assert status == 2
    assert "double-space" in out
    assert "there is no file" in err
    assert json.loads(say(tmp_path / "no.po", path, "--format", "json")[1])["errors"][0]["code"] == "not-found"


def test_folder_without_catalogs_is_a_mistake(say, tmp_path):
    """Nothing was checked, so nothing is clean."""
    assert say(tmp_path) == (2, "", f"oppi18n: there are no catalogs (files whose names end in .po) in {tmp_path}\n")


def test_unknown_locale_is_a_mistake(say):
    """A locale that the pack has no catalog for is not passed over."""
    assert say("jp")[0] == 2


def test_standard_input_is_checked(say, monkeypatch):
    """An editor may ask about a text that is not saved yet; it can't be mended in place."""
    text = HEADER.format(language="sv", plural=TWO) + entry("A b", "En  b")
    for arguments, expected in (((), 1), (("--fix",), 2)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert say("-", *arguments)[0] == expected


def test_fix_mends_what_is_safe_and_nothing_else(say, broken):
    """Spaces and invisible characters are mended; what a placeholder should be is for a person to say."""
    status, out, err = say(broken, "--fix")
    catalog = po_reader.read(broken)

    assert status == 3
    assert err.startswith(f"{broken} was mended.\n")
    assert [each.translations for each in catalog.entries] == [
        ("{kount} offerter är öppna.",), ("Stäng affärsmöjligheten",), ("Vinn",),
    ]  # fmt: skip
    assert catalog.entries[2].comments == ("needs-review: is it?",)
    assert out.count("[") == 1
    before = broken.read_bytes()
    assert say(broken, "--fix")[0] == 3
    assert broken.read_bytes() == before


def test_fix_leaves_a_file_alone_that_was_not_understood(say, tmp_path):
    """Writing it would lose what could not be read."""
    path = write(tmp_path, "sv", entry("A b", "En  b") + 'msgid "x"\nmsgstr "y\n')
    before = path.read_bytes()

    assert say(path, "--fix")[0] == 3
    assert path.read_bytes() == before


def test_fix_does_not_touch_what_is_excused(say, tmp_path):
    """A double space that somebody wants stays, and another one in the same file goes."""
    path = write(tmp_path, "sv", entry("A b", "En  b") + entry("A c", "En  c").replace("/x", "/y"))
    excuse(tmp_path, "exceptions:\n  - {check: double-space, message: A b, reason: It is art.}\n")

    assert say(path, "--fix")[0] == 0
    assert [each.translations[0] for each in po_reader.read(path).entries] == ["En  b", "En c"]


def test_exceptions_need_a_reason_and_a_use(say, tmp_path):
    """An accepted finding is not told; an exception that excuses nothing is, with its place."""
    path = write(tmp_path, "sv", entry("A b", "En  b"))
    file = excuse(
        tmp_path,
        "exceptions:\n"
        "  - {check: double-space, locales: [sv], quote: '  ', reason: It is art.}\n"
        "  - {check: missing, locales: [sv], message: Gone, reason: It was there.}\n"
        "  - {check: missing, locales: [ko], message: Elsewhere, reason: Nobody asked.}\n",
    )
    status, out, _ = say(path)

    assert status == 1
    assert out.startswith(f"{file}:3:5: warning[unused-exception] this exception excuses nothing: ")
    assert out.count("[unused-exception]") == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("- {check: double-space, message: A b}", "absent-key"),
        ("- {check: double-space, reason: why}", "absent-key"),
        ("- {check: doubel-space, message: A b, reason: why}", "not-a-choice"),
        ("- {check: double-space, message: A b, reason: why, until: never}", "unknown-key"),
        ("- double-space", "not-a-mapping"),
    ],
)
def test_wrong_exceptions_are_diagnosed(say, tmp_path, line, code):
    """A mistake in the file of exceptions is told as in any authored file."""
    path = write(tmp_path, "sv", entry("A b", "En  b"))
    file = excuse(tmp_path, f"exceptions:\n  {line}\n")
    status, _, err = say(path)

    assert status == 3
    assert err.startswith(f"{file}:2:")
    assert f"error[{code}]" in err


def test_pack_is_checked_with_its_own_glossary(say, tmp_path):
    """A pack from elsewhere brings its own words, and its own exceptions."""
    (tmp_path / "rules").mkdir()
    write(tmp_path, "sv", entry("Read it all", "Read it all"))

    assert say("--pack", tmp_path)[0] == 1
    excuse(tmp_path, "exceptions:\n  - {check: unchanged, message: Read it all, reason: A name.}\n")
    assert say("sv", "--pack", tmp_path) == (0, "", "1 file is clean.\n")


def test_github_notes_cannot_be_forged(say, tmp_path):
    """What stands in a catalog never begins a command of its own."""
    path = write(tmp_path, "sv", entry("A b", "En  b\\n::error::x"))
    _, out, _ = say(path, "--format", "github")

    assert all(line.startswith("::warning file=") for line in out.splitlines())


def test_junit_is_well_formed(say, broken):
    """A build server counts what it shows."""
    suites = ElementTree.fromstring(say(broken, "--format", "junit", "--severity", "info")[1])

    assert len(suites.findall(".//testcase")) == int(suites.get("tests", "")) == 4
    assert len(suites.findall(".//failure")) == int(suites.get("failures", "")) == 3
    assert len(suites.findall(".//skipped")) == 1


def test_places_are_those_of_the_file(tmp_path):
    """Of whatever form, escape and line: the stretch of a text is found again in the file."""
    text = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x\\"y"\nmsgstr[1] ""\n"\\tone\\n"\n"two"\n'
    path = write(tmp_path, "sv", text)
    lines = path.read_text(encoding="utf-8").split("\n")
    [found] = po_reader.read(path).entries
    first = lines.index('msgid "a"')

    def place(form: int, part: str) -> Span:
        start = found.translations[form].index(part)
        return po_places.span(lines, found, "sv.po", form=form, start=start, end=start + len(part))

    assert place(0, '"') == Span("sv.po", first + 3, 13, first + 3, 15)
    assert place(1, "one") == Span("sv.po", first + 5, 4, first + 5, 7)
    assert place(1, "\ntwo") == Span("sv.po", first + 5, 7, first + 6, 5)
    assert po_places.span(lines, found, "sv.po", form=1) == Span("sv.po", first + 5, 1, first + 5, 10)
    assert po_places.span(lines, found, "sv.po", in_source=True, start=0, end=1).column == 8


def test_windows_line_ends_are_kept_in_place(say, tmp_path):
    """A file that ends its lines in CR LF has its findings at the same places."""
    path = write(tmp_path, "sv", entry("A b", "En  b"))
    place = say(path)[1].split(": ")[0]
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert say(path)[1].split(": ")[0] == place


def test_interrupted_fix_leaves_the_file(say, broken, monkeypatch):
    """Somebody saves the file while it is being checked: nothing is written over."""

    def meanwhile(*arguments):
        broken.write_bytes(b"meanwhile")
        return fixed(*arguments)

    fixed = linting.fixed
    monkeypatch.setattr(linting, "fixed", meanwhile)
    status, _, err = say(broken, "--fix")

    assert status == 2
    assert "was changed while it was being worked on" in err
    assert broken.read_bytes() == b"meanwhile"
