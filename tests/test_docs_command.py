"""The docs commands: what they print, what they write, and the status that they exit with."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppi18n import exchange
from oppi18n.cli import exchangeoptions, progress, run
from oppi18n.docs.originals import hash_of
from oppi18n.docs.scanner import LIMIT
from oppi18n.i18n.locales import PRODUCT

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[1]
FOR_PEOPLE = {"message", "suggestion", "locale"}
ENGLISH = "---\ntitle: Quotes\n---\n# Quotes\n\nClose all. It is quick.\n\n![Two](two.png)\n"
SOURCES = {"104": "Close all.", "105": "It is quick."}


def pair(number: int, target: str, source: str) -> str:
    mark = f"1a2b3-{number}"
    lookup = f'<span class="sxs-lookup"><span data-stu-id="{mark}">{source}</span></span>'
    return f'<span data-ttu-id="{mark}">{target}</span>{lookup}'


def korean() -> str:
    return (
        f"---\ntitle: 견적\nms.openlocfilehash: {hash_of(ENGLISH.encode())}\nms.contentlocale: ko-KR\n---\n"
        f'# <a name="quotes"></a>{pair(103, "견적", "Quotes")}\n\n'
        f"{pair(104, '모두 종료합니다.', 'Close all.')} {pair(105, '빠릅니다.', 'It is quick.')}\n\n![둘](two.png)\n"
    )


BROKEN = korean().replace('"1a2b3-104"', "&quot;1a2b3-104&quot;", 1)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an English page, its Korean one, and a broken copy of that."""
    for name, text in {"en/a/x.md": ENGLISH, "ko-KR/a/x.md": korean(), "ko-KR/b.md": BROKEN}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def docs_run(here: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Status, output and words of `oppi18n docs …`, run in that folder."""

    def answered(*arguments: str) -> tuple[int, str, str]:
        status = run(("docs", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return answered


def text_at(*parts: str) -> str:
    return Path(*parts).read_bytes().decode()


def test_verify_says_place_culprit_and_remedy(docs_run):
    """A damaged page is shown as a compiler would; the status is 1."""
    status, out, err = docs_run("verify", "ko-KR")

    assert (status, err) == (1, "1 finding.\n")
    assert "ko-KR/b.md:8:1: error[page-quotes-mangled] from here on, quotation marks of tags are written as" in out
    assert "^~~~" in out
    assert "hint: 'oppi18n docs repair' mends this" in out


def test_sound_pages_are_said_to_be_so(docs_run):
    """Nothing on the standard output, one sentence beside it, status 0."""
    assert docs_run("verify", "ko-KR/a", "en") == (0, "", "2 pages are sound.\n")
    assert docs_run("verify", "-q", "ko-KR/a") == (0, "", "")


def test_standard_input_is_a_page(docs_run, monkeypatch):
    """A dash reads the page from there."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))

    assert docs_run("verify", "-")[0] == 1


def test_unreadable_page_does_not_hide_the_others(docs_run, here):
    """What cannot be read is told, the rest is answered, the status is 2."""
    (here / "ko-KR" / "huge.md").write_bytes(b"x" * (LIMIT + 1))
    (here / "ko-KR" / "z.md").mkdir()
    (here / "ko-KR" / "z.md" / "y.md").write_bytes(korean().encode())
    status, out, err = docs_run("verify", "no-such.md", "ko-KR")

    assert status == 2
    assert "there is no file no-such.md" in err
    assert f"huge.md is larger than {LIMIT} bytes" in err
    assert "ko-KR/b.md:8:1" in out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_what_is_no_file_is_no_page(docs_run, here):
    """A pipe is passed over, a link to nothing is told."""
    os.mkfifo(here / "ko-KR" / "pipe.md")
    (here / "ko-KR" / "gone.md").symlink_to("nowhere.md")
    status, _, err = docs_run("verify", "ko-KR")

    assert (status, "there is no file ko-KR/gone.md" in err, "pipe" in err) == (2, True, False)


def test_closed_folder_is_told(docs_run, here, monkeypatch):
    """What cannot be looked into is not taken for empty."""
    walk = os.walk

    def closed(root: str, onerror: Callable[[OSError], None]) -> Any:
        onerror(PermissionError(13, "Permission denied", os.path.join(root, "secret")))
        return walk(root)

    monkeypatch.setattr(os, "walk", closed)
    status, _, err = docs_run("verify", "ko-KR/a")

    assert (status, os.path.join("ko-KR", "a", "secret", "*.md") in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("verify",), 2, "PATH... is missing."),
        (("verify", "empty"), 2, "there are no pages"),
        (("verify", "no-such-folder/x.md"), 2, "there is no file"),
        (("stale", "ko-KR"), 2, "--source is missing"),
        (("stale", "ko-KR", "--source", "nowhere"), 2, "there is no file nowhere"),
        (("stale", "ko-KR", "--source", "en/a/x.md"), 2, "en/a/x.md is not a folder"),
        (("collapse", "ko-KR"), 2, "Several pages need a folder"),
        (("collapse", "ko-KR/b.md", "--to", "klingon"), 2, "target, source"),
        (("collapse", "ko-KR/b.md", "--output", "ko-KR/b.md"), 2, "is read here"),
        (("collapse", "ko-KR", "--output", "en/a/x.md"), 2, "cannot be written"),
        (("export", "ko-KR", "--output", "x.docx"), 2, "give --to"),
        (("export", "ko-KR", "--output", "ko-KR/b.md", "--to", "csv"), 2, "is read here"),
        (("export", "ko-KR"), 2, "--output is missing"),
        (("import", "none.xlf", "ko-KR"), 2, "there is no file none.xlf"),
        (("import", "en/a/x.md", "ko-KR"), 2, "none of the formats"),
        (("verfy", "ko-KR"), 2, "Did you mean verify?"),
    ],
)
def test_what_cannot_be_meant_is_refused(docs_run, here, arguments, status, told):
    """One sentence, status 2, no traceback."""
    (here / "empty").mkdir()
    found, _, err = docs_run(*arguments)

    assert (found, told in err) == (status, True), err
    assert "Traceback" not in err


def test_repair_mends_in_place(docs_run):
    """First it says that it would, then it does, then there is nothing left."""
    assert docs_run("repair", "ko-KR", "--check") == (1, "ko-KR/b.md can be mended.\n", "")
    assert text_at("ko-KR", "b.md") == BROKEN
    assert docs_run("repair", "ko-KR") == (0, "", "ko-KR/b.md was mended.\n")
    assert text_at("ko-KR", "b.md") == text_at("ko-KR", "a", "x.md") == korean()
    assert docs_run("repair", "ko-KR", "--check") == (0, "", "")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_page_that_cannot_be_written_is_told(docs_run, here):
    """The others are mended all the same."""
    (here / "ko-KR" / "b.md").chmod(0o400)

    assert docs_run("repair", "ko-KR")[0] == 2


def test_collapse_prints_one_page(here, capfdbinary):
    """The bytes go to the standard output as they are."""
    status = run(("docs", "collapse", "ko-KR/a/x.md", "--to", "source"))

    assert status == 0
    assert capfdbinary.readouterr().out.decode() == ENGLISH.replace("Quotes", "견적", 1).replace("Two", "둘")


def test_collapse_fills_a_folder(docs_run):
    """Pages keep their places; what is broken is mended on the way."""
    assert docs_run("collapse", "ko-KR", "--output", "plain")[0] == 0
    assert text_at("plain", "b.md") == text_at("plain", "a", "x.md")
    assert "모두 종료합니다. 빠릅니다.\n\n![둘](two.png)\n" in text_at("plain", "b.md")
    assert docs_run("collapse", "ko-KR/b.md", "--output", "one.md", "-v") == (0, "", "one.md was written.\n")
    assert docs_run("collapse", "ko-KR/b.md", "--output", "new/") == (0, "", "")
    assert text_at("one.md") == text_at("new", "b.md")


def test_stale_names_the_sentences(docs_run, here):
    """Which page is behind, in which sentence, and what it says now."""
    (here / "en" / "a" / "x.md").write_bytes(ENGLISH.replace("It is quick.", "It is slow. Mind it.").encode())
    status, out, err = docs_run("stale", "ko-KR", "--source", "en")

    assert status == 1
    assert out == (
        "ko-KR/b.md has no English page.\n"
        "ko-KR/a/x.md is stale: 2 sentences of en/a/x.md are different.\n"
        "  105 reads otherwise now (en/a/x.md:6):\n    - It is quick.\n    + It is slow.\n"
        "  A sentence is new (en/a/x.md:6):\n    + Mind it.\n"
    )
    assert err.startswith("Of 2 pages, 0 are fresh, 1 are stale")


def test_fresh_and_bumped_pages(docs_run, here):
    """Fresh ones are mentioned on demand; a lock-step bump has its own sentence."""
    assert docs_run("stale", "-v", "ko-KR/a", "--source", "en")[2].startswith("ko-KR/a/x.md is fresh.\n")
    (here / "en" / "a" / "x.md").write_bytes(ENGLISH.replace("---\n#", "ms.date: 1/1/2021\n---\n#").encode())
    status, out, _ = docs_run("stale", "ko-KR/a", "--source", "en")
    assert (status, "older version of en/a/x.md, but no sentence has changed" in out) == (1, True)
    (here / "en" / "y.md").write_bytes(ENGLISH.encode())
    assert "its English page is en/y.md now" in docs_run("stale", "ko-KR", "--source", "en")[1]


@pytest.mark.parametrize("name", exchange.names())
def test_export_and_import_give_back_the_same_bytes(docs_run, here, name):
    """Through every format, with and without the English pages."""
    path = f"out/ko{exchange.ending_of(name)}"
    for source in ((), ("--source", "en")):
        status, _, err = docs_run("export", "ko-KR/a", "--to", name, "--output", path, *source)
        assert (status, f"{path} was written." in err) == (0, True)
        assert ("2 texts have no source" in err) == (not source)
        assert docs_run("import", path, "ko-KR/a", *source) == (0, "", "")
        assert text_at("ko-KR", "a", "x.md") == korean()


def test_translated_file_changes_what_was_translated(docs_run, here):
    """A dry run says so, a real one writes, and all other bytes stay."""
    docs_run("export", "ko-KR/a", "--output", "ko.xlf", "--source", "en")
    text = text_at("ko.xlf").replace("빠릅니다.", "금방입니다.").replace(">견적</target>", ">견적서</target>", 1)
    Path("ko.xlf").write_bytes(text.encode())

    assert docs_run("import", "ko.xlf", "ko-KR/a", "--dry-run") == (0, "ko-KR/a/x.md: 2 translations are new.\n", "")
    assert text_at("ko-KR", "a", "x.md") == korean()
    assert docs_run("import", "ko.xlf", "ko-KR/a/x.md")[0] == 0
    assert text_at("ko-KR", "a", "x.md") == korean().replace("빠릅니다.", "금방입니다.").replace("견적", "견적서", 1)


def test_import_turns_away_what_does_not_fit(docs_run, here):
    """Another source, an unknown text, an unknown page, a torn pair: each is said, the rest goes in, the status is 1."""
    docs_run("export", "ko-KR/a", "--output", "ko.csv")
    row = "It is quick.,x,translated,ko-KR,en-US,\r\n"
    text = (
        f"{text_at('ko.csv')}x.md,999,{row}other.md,105,{row}".replace("Close all.", "Close some.", 1)
        .replace("빠릅니다.", "금방.", 1)
        .replace(",견적,", ",<span>,", 1)
    )
    Path("ko.csv").write_bytes(text.encode())
    status, out, err = docs_run("import", "ko.csv", "ko-KR/a")

    assert (status, out) == (1, "ko-KR/a/x.md: 1 translation is new.\n")
    assert "the translation of 103 in ko-KR/a/x.md would change the structure of the page" in err
    assert "104 was translated from another source" in err
    assert "there is no text 999" in err
    assert "No page here is called other.md: 1 text was left out." in err
    assert text_at("ko-KR", "a", "x.md") == korean().replace("빠릅니다.", "금방.")


def test_hostile_file_writes_nothing_outside(docs_run, here):
    """Only pages that were named are written, whatever paths a file names; no entity is expanded."""
    docs_run("export", "ko-KR/a", "--output", "ko.xlf")
    text = text_at("ko.xlf").replace("빠릅니다.", "금방.")
    Path("ko.xlf").write_bytes(text.replace('original="x.md"', 'original="../../ko-KR/b.md"').encode())
    assert docs_run("import", "ko.xlf", "ko-KR/a")[0] == 1
    assert text_at("ko-KR", "b.md") == BROKEN
    Path("ko.xlf").write_bytes(text.replace("<xliff", '<!DOCTYPE x [<!ENTITY a "b">]><xliff', 1).encode())
    assert "document type" in docs_run("import", "ko.xlf", "ko-KR/a")[2]


def test_folder_gets_a_file_for_each_language(docs_run, here):
    """Pages of several languages part ways; a file of one language refuses them."""
    (here / "sv-SE").mkdir()
    (here / "sv-SE" / "x.md").write_bytes(korean().replace("ko-KR", "sv-SE").encode())

    assert docs_run("export", "ko-KR/a", "sv-SE", "--output", "out/", "--to", "po")[0] == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["ko-KR.po", "sv-SE.po"]
    assert "several: ko-KR, sv-SE" in docs_run("export", "ko-KR/a", "sv-SE", "--output", "x.po")[2]
    assert docs_run("export", "ko-KR/a", "sv-SE", "--output", "x.tmx")[0] == 0


def test_text_that_no_format_holds_is_left_out(docs_run, here):
    """It is said, and the others travel."""
    path = here / "ko-KR" / "a" / "x.md"
    path.write_bytes(path.read_bytes().replace("빠릅니다.".encode(), b"\xff\x07"))

    assert "1 text holds characters that no format can hold" in docs_run("export", "ko-KR/a", "--output", "x.xlf")[2]
    assert docs_run("import", "x.xlf", "ko-KR/a")[0] == 0


def test_nothing_to_export_is_no_success(docs_run):
    """A folder of plain pages has no texts for translators: nothing is written, and the status says so."""
    assert docs_run("export", "en", "--output", "x.po") == (1, "", "There are no texts to export.\n")
    assert not Path("x.po").exists()


def test_formats_of_the_command_are_those_that_exist():
    """The list is written out, so that the command starts fast; it must not fall behind."""
    assert sorted(exchangeoptions.FORMATS) == list(exchange.names())


def strict(schema: Any) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strict(each) for name, each in schema.items()}}


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stripped(each) for name, each in value.items() if name not in FOR_PEOPLE}
    return [stripped(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "ko-KR", "none.md"),
        ("repair", "ko-KR", "--check"),
        ("stale", "ko-KR", "--source", "en"),
        ("import", "ko.csv", "ko-KR", "--dry-run"),
    ],
    ids=lambda each: each[0],
)
def test_machine_answer_keeps_to_its_schema(docs_run, here, arguments):
    """It fits, has no member that the schema does not tell about, and differs by language in its texts alone."""
    docs_run("export", "ko-KR/a", "--output", "ko.csv")
    text = text_at("ko.csv").replace("빠릅니다.", "<span>").replace("Close all.", "Close.").replace(",103,", ",999,")
    Path("ko.csv").write_bytes(f"{text}y.md,105,It is quick.,x,translated,ko-KR,en-US,\r\n".encode())
    (here / "en" / "a" / "x.md").write_bytes(ENGLISH.replace("quick", "slow").encode())
    answers = [json.loads(docs_run(*arguments, "--format", "json", "--locale", locale)[1]) for locale in PRODUCT]

    path = ROOT / "docs" / "schemas" / "envelope" / f"{arguments[0]}.schema.json"
    jsonschema.Draft202012Validator(strict(json.loads(path.read_text(encoding="utf-8")))).validate(answers[0])
    assert all(stripped(each) == stripped(answers[0]) for each in answers)
    assert answers[0]["kind"] == arguments[0]


def test_progress_is_for_terminals_alone(monkeypatch, capsys):
    """A count appears where somebody waits at a terminal, and is gone when the work is done."""
    monkeypatch.setattr(progress, "_PATIENCE", 0)
    assert list(progress.progress([1, 2], quiet=False)) == [1, 2]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress.progress([1, 2], quiet=True)) == [1, 2]
    assert capsys.readouterr().err == ""
    assert list(progress.progress([1, 2], quiet=False)) == [1, 2]
    assert capsys.readouterr().err == "\r0/2 \r1/2 \r    \r"
