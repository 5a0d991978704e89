"""A memory finds what was translated before, and never offers the translation of the opposite."""

from __future__ import annotations

import doctest
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.docs.review import to_be_reviewed
from oppi18n.docs.scanner import scan
from oppi18n.docs.units import units_of
from oppi18n.errors import InputError
from oppi18n.i18n import locales, po_reader
from oppi18n.memory import scoring, storage
from oppi18n.memory.building import Built, Origin, build
from oppi18n.memory.differences import differences
from oppi18n.memory.memory import Memory
from oppi18n.memory.pretranslate import Proposal, pretranslate
from oppi18n.memory.texts import normal, stems
from oppi18n.units.catalogs import units_of as entries_of
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, OBSOLETE, PROPOSED, TEMPLATE, Place, Unit
from oppi18n.upkeep.guard import Guard

NAMES = ("Active", "Draft", "Won", "Lost", "On hold", "In progress")


@pytest.fixture
def fuzzy(require: Callable[[str, object], None]) -> None:
    """Texts that are merely alike can be looked for."""
    require("rapidfuzz", scoring.IS_AVAILABLE)


def unit(source: str, target: str = "x", number: int = 1, **given: object) -> Unit:
    made = Unit(id=str(number), source=source, targets=(target,), locale="sv", place=Place("a.md", number, 1))
    return replace(made, **given)  # type: ignore[arg-type]


def made(folder: Path, *units: Unit) -> Memory:
    """A memory of some units, as if they stood in one file."""
    path = folder / "m.tm"
    build(path, [Origin("a.md", b"1", lambda: units)])
    return Memory(path, names=NAMES)


def found(memory: Memory, text: str, **given: object) -> list[tuple[str, str, bool]]:
    matches = memory.query(text, "sv", **given)  # type: ignore[arg-type]
    return [(each.kind, each.unit.target, each.is_safe) for each in matches]


# ---- matches ----


def test_same_text_is_exact_and_other_clothes_are_normalised(tmp_path):
    """Markup, case, quotation marks and blanks make no other text."""
    memory = made(tmp_path, unit("Close the “opportunity”", "A"), unit('Close  the **"Opportunity"**', "B", 2))

    assert found(memory, "Close the “opportunity”") == [("exact", "A", True), ("normalised", "B", True)]
    assert found(memory, "[close the opportunity](a.md)", least=1) == []


def test_most_trusted_translation_comes_first(tmp_path):
    """What was read again before what was not, what is frequent before what is rare; equal ones are counted."""
    units = [
        unit("Quote", "Bud", 1, state=NEEDS_REVIEW),
        unit("Quote", "Anbud", 2),
        unit("Quote", "Offert", 3),
        unit("Quote", "Offert", 4),
    ]
    matches = made(tmp_path, *units).query("Quote", "sv")

    assert [(each.unit.target, each.times) for each in matches] == [("Offert", 2), ("Anbud", 1), ("Bud", 1)]


def test_likeness_is_found_by_pieces_of_words(tmp_path, fuzzy):
    """Endings, an inserted word, another order: the nearest comes first, and what differs is shown."""
    memory = made(
        tmp_path,
        unit("You can close the quotes of an opportunity.", "A"),
        unit("You can close the quote of the opportunity.", "B", 2),
        unit("Nothing of the kind.", "C", 3),
    )
    first, second = memory.query("You can close the quotes of the opportunity.", "sv")

    assert [first.unit.target, second.unit.target] == ["B", "A"]
    assert [tuple(each) for each in first.changes if each.kind != "same"] == [
        ("removed", "quote"),
        ("inserted", "quotes"),
    ]
    assert 0.9 < first.score < 1


@pytest.mark.parametrize(
    ("known", "asked", "kind", "there", "here"),
    [
        ("You can close this opportunity.", "You can't close this opportunity.", "polarity", ("can",), ("not",)),
        ("It has an active quote here.", "It has a draft quote here.", "polarity", ("active",), ("draft",)),
        (
            "Put the project On hold today.",
            "Put the project In progress today.",
            "name",
            ("on hold",),
            ("in progress",),
        ),
        ("At most {count} quotes of it.", "At most {limit} quotes of it.", "placeholder", ("count",), ("limit",)),
        ("Wait for 3 more days then.", "Wait for 30 more days then.", "number", ("3",), ("30",)),
        ("Close it before the date.", "Close it after the date.", "polarity", ("before",), ("after",)),
        ("The quote is editable now.", "The quote is uneditable now.", "polarity", ("editable",), ("uneditable",)),
        ("The change was -5 in total.", "The change was 5 in total.", "number", ("-5",), ("5",)),
        ("Enable the import of quotes.", "Disable the import of quotes.", "polarity", ("enable",), ("disable",)),
    ],
)
def test_opposite_is_refused_with_the_reason(tmp_path, fuzzy, known, asked, kind, there, here):
    """What a translation must not be taken over for is shown, word by word, and not offered."""
    [match] = made(tmp_path, unit(known)).query(asked, "sv")

    assert not match.is_safe
    assert (kind, there, here) in match.clashes


def test_names_of_remembered_catalogs_keep_texts_apart(tmp_path, fuzzy):
    """Whoever remembers the labels of other states has their names guarded too."""
    labels = [
        unit(name, name, number, context=f"p/model/m/stage:s{number}/label")
        for number, name in enumerate(["Parked", "Shipped"], 7)
    ]
    build(tmp_path / "m", [Origin("a.md", b"1", lambda: [unit("The order is parked there."), *labels])])
    with Memory(tmp_path / "m") as memory:
        [match] = memory.query("The order is shipped there.", "sv")

    assert match.clashes == (("name", ("parked",), ("shipped",)),)


def test_contraction_is_no_opposite(tmp_path, fuzzy):
    """“won't” says what “will not” says, and names nobody who won."""
    [match] = made(tmp_path, unit("You won't be allowed to close it.")).query(
        "You will not be allowed to close it.", "sv"
    )

    assert match.is_safe


def test_other_languages_are_not_looked_through(tmp_path, fuzzy):
    """Between texts that are not English, only the same one is offered."""
    memory = made(tmp_path, unit("견적을 종료할 수 있습니다.", source_locale="ko"))

    assert found(memory, "견적을 종료할 수 있습니다.") == [("exact", "x", True)]
    assert [each.clashes[0].kind for each in memory.query("견적을 종료할 수 없습니다.", "sv")] == ["language"]


def test_refused_ones_crowd_nothing_out(tmp_path, fuzzy):
    """However many opposites there are, what may be offered is there, and first."""
    many = [unit(f"You can't close quote number {number} now.", str(number), number) for number in range(20)]
    memory = made(tmp_path, *many, unit("You can't close quote number 7 nowadays.", "right", 99))
    matches = memory.query("You can't close the quote number 7 now.", "sv", limit=3)

    assert [each.is_safe for each in matches] == [True, True, False, False, False]
    assert {each.unit.target for each in matches[:2]} == {"7", "right"}


@pytest.mark.parametrize(
    ("kept", "asked", "serves"),
    [
        ("sv-SE", "sv", True),
        ("zh-Hant-HK", "zh-HK", True),
        ("ko", "ko-KR", True),
        ("zh-TW", "zh-HK", False),
        ("zh-CN", "zh-HK", False),
        ("id", "ms", False),
        ("sv-FI", "sv-SE", False),
    ],
)
def test_language_is_served_by_itself_alone(tmp_path, kept, asked, serves):
    """A region more or less is fine, another region or script is not."""
    assert bool(made(tmp_path, unit("Quote", locale=kept)).query("Quote", asked)) is serves


def test_plural_is_found_whole_and_by_its_forms(tmp_path):
    """A message with two forms serves one like it, and each form serves a sentence."""
    memory = made(tmp_path, unit("{n} quote", plural="{n} quotes", targets=("{n} offert", "{n} offerter")))

    assert [each.unit.targets for each in memory.query("{n} quote", "sv", plural="{n} quotes")] == [
        ("{n} offert", "{n} offerter")
    ]
    assert [found(memory, text)[0][:2] for text in ("{n} quote", "{n} quotes")] == [
        ("exact", "{n} offert"),
        ("exact", "{n} offerter"),
    ]
    assert len(memory) == 1


def test_memory_without_the_library_is_exact(tmp_path, monkeypatch):
    """Nothing is guessed where texts cannot be compared."""
    monkeypatch.setattr(scoring, "IS_AVAILABLE", False)
    memory = made(tmp_path, unit("Close the quote"), unit("Close the quotes", number=2))

    assert found(memory, "close the quote") == [("normalised", "x", True)]
    assert found(memory, "Close a quote") == []


def test_hostile_texts_are_texts(tmp_path):
    """SQL, wildcards, emptiness, length and half characters ask for nothing but themselves."""
    long = "word " * 50_000
    memory = made(tmp_path, unit("Robert'); DROP TABLE units;--"), unit("100%_*", number=2), unit(long, number=3))

    assert found(memory, "Robert'); DROP TABLE units;--") == [("exact", "x", True)]
    assert found(memory, "%") == found(memory, "") == found(memory, "\udcff") == found(memory, "\0") == []
    assert found(memory, long) == [("exact", "x", True)]
    assert len(memory) == 3


WORDS = st.lists(
    st.sampled_from(["close", "quote", "active", "draft", "견적", "{count}", "can't", "7", "**bold**", "opportunity"]),
    max_size=8,
)


@settings(max_examples=40)
@given(known=WORDS.map(" ".join), asked=WORDS.map(" ".join))
def test_whatever_is_offered_agrees(tmp_path_factory, known, asked):
    """No text is ever offered for one that the guard holds apart, and its changes lead from the one to the other."""
    memory = made(tmp_path_factory.mktemp("m"), unit(known or "a"))
    for match in memory.query(asked, "sv", least=0.3):
        assert match.is_safe is Guard("en", NAMES).agree(match.unit.source or "", asked)
        assert "".join(each.text for each in match.changes if each.kind != "inserted") == match.unit.source
        assert "".join(each.text for each in match.changes if each.kind != "removed") == asked


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30))
def test_differences_join_to_both_texts(old, new):
    """Nothing is lost or made up."""
    changes = differences(old, new)

    assert "".join(each.text for each in changes if each.kind != "inserted") == old
    assert "".join(each.text for each in changes if each.kind != "removed") == new


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_normal_text_stays_normal(text):
    """Blanks around and between do not count, and every piece of a word stands in the text."""
    bare = normal(text)

    assert normal(f"  {text}\n") == bare == " ".join(bare.split())
    assert all(stem in bare for stem in stems(bare))


# ---- building ----


def test_same_files_make_the_same_bytes(tmp_path):
    """Whatever the order, and whether read or taken over."""
    one = Origin("a.md", b"1", lambda: [unit("A"), unit("B", number=2)])
    two = Origin("b.md", b"1", lambda: [unit("A", "y")])
    build(tmp_path / "whole", [one, two])
    build(tmp_path / "grown", [one])
    grown = build(tmp_path / "grown", [two, one])

    assert (grown.read, grown.kept, grown.units) == (1, 1, 3)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "grown").read_bytes()


def test_unchanged_files_are_not_read_again(tmp_path):
    """A stamp decides; what is gone from the list is gone from the memory."""
    path = tmp_path / "m"
    reads: list[str] = []

    def origin(name: str) -> Origin:
        def read() -> list[Unit]:
            reads.append(name)
            return [unit(name)]

        return Origin(name, b"1", read)

    origins = [origin("a"), origin("b")]
    build(path, origins)
    unchanged = build(path, origins)
    changed = build(path, [origins[0], origins[1]._replace(stamp=b"2")])
    less = build(path, origins[:1])

    assert reads == ["a", "b", "b"]
    assert unchanged == Built(0, 2, 2, 0, False)
    assert (changed.read, changed.kept, less.units) == (1, 1, 1)


def test_only_finished_translations_are_remembered(tmp_path):
    """No guesses, gaps, blanks, texts without a source; what no database holds is counted."""
    units = [
        unit("A", state=PROPOSED),
        unit("B", state=OBSOLETE),
        unit("C", "", state=MISSING),
        unit("D", " "),
        replace(unit("E"), source=None),
        unit("F", locale=""),
        unit("G", "a\0b"),
        unit("H\udcff"),
        unit("I", "i"),
    ]
    report = build(tmp_path / "m", [Origin("a.md", b"1", lambda: units)])

    assert (report.units, report.left_out) == (1, 2)


def test_file_that_fails_is_left_out_and_tried_again(tmp_path):
    """The others are remembered; without anybody to tell, the error ends the work."""

    def broken() -> list[Unit]:
        raise InputError("empty-file")

    origins, told = [Origin("a.md", b"1", lambda: [unit("A")]), Origin("b.md", b"1", broken)], []
    report = build(tmp_path / "m", origins, fail=lambda error, path: told.append((error.code, path)))

    assert (report.units, told) == (1, [("empty-file", "b.md")])
    assert build(tmp_path / "m", origins, fail=lambda *_: None).written
    with pytest.raises(InputError, match="empty"):
        build(tmp_path / "n", origins)


def test_interrupted_writing_leaves_the_old_memory(tmp_path, monkeypatch):
    """There is the old file or the new one, and nothing beside it."""
    path = tmp_path / "m"
    build(path, [Origin("a.md", b"1", lambda: [unit("A")])])
    old = path.read_bytes()

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(InputError, match="cannot be written"):
        build(path, [Origin("a.md", b"2", lambda: [unit("B")])])

    assert path.read_bytes() == old
    assert [each.name for each in tmp_path.iterdir()] == ["m"]


KILLED = """\
import sys
from oppi18n.memory.building import Origin, build
from oppi18n.units.unit import Unit

units = [Unit(id=str(n), source=f"text {n}", targets=(sys.argv[2],), locale="sv") for n in range(2000)]
print("ready", flush=True)
build(sys.argv[1], [Origin("a.md", sys.argv[2].encode(), lambda: units)])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no signals")
@pytest.mark.soak
def test_killed_build_leaves_a_whole_memory(tmp_path, soak):
    """Killed at any moment, the file is the old memory or the new one."""
    path = tmp_path / "m"
    build(path, [Origin("a.md", b"0", lambda: [unit("old", "old")])])
    for number in range(100 if soak else 3):
        child = subprocess.Popen([sys.executable, "-c", KILLED, path, str(number)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(0.002 * (number * 7 % 50))
        except subprocess.TimeoutExpired:
            child.kill()
        child.communicate()
        with Memory(path) as memory:
            assert len(memory) in (1, 2000)


# ---- files that are no memory ----


def not_a_database(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.commit()
    connection.close()


def changed(statement: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        build(path, [Origin("a.md", b"1", lambda: [unit("close the quote"), unit("close a quote", number=2)])])
        connection = sqlite3.connect(path)
        connection.execute(statement)
        connection.commit()
        connection.close()

    return damage


def torn(path: Path) -> None:
    build(path, [Origin("a.md", b"1", lambda: [unit(f"text {number}", number=number) for number in range(500)])])
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def asked(path: Path) -> None:
    with Memory(path) as memory:
        memory.query("close the quotes", "sv")
        memory.units("a.md")


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (not_a_database, "memory-foreign"),
        (foreign, "memory-foreign"),
        (lambda path: path.write_bytes(b""), "memory-foreign"),
        (changed("PRAGMA user_version = 2"), "memory-newer"),
        (changed("DROP TABLE words"), "memory-damaged"),
        (changed("CREATE TRIGGER t AFTER INSERT ON units BEGIN DELETE FROM units; END"), "memory-damaged"),
        (changed("UPDATE units SET targets = 'x'"), "memory-damaged"),
        (changed("UPDATE units SET targets = '[1]'"), "memory-damaged"),
        (changed("UPDATE units SET state = 'perfect'"), "memory-damaged"),
        (changed("UPDATE units SET context = x'ff'"), "memory-damaged"),
        (changed("UPDATE texts SET source = CAST(x'ff' AS TEXT)"), "memory-damaged"),
        (changed("UPDATE words SET texts = x'ff'"), "memory-damaged"),
        (changed("UPDATE texts SET source = 'other'"), "memory-damaged"),
        (torn, "memory-damaged"),
        (lambda path: path.mkdir(), "is-a-folder"),
        (lambda path: None, "not-found"),
    ],
)
def test_what_is_no_memory_is_told(tmp_path, fuzzy, damage, code):
    """A file of somebody else's, a damaged one and a newer one have an error of their own, and no traceback."""
    path = tmp_path / "m"
    damage(path)

    with pytest.raises(InputError) as caught:
        asked(path)
    assert caught.value.code == code


def test_flipped_bytes_never_break_through(tmp_path):
    """Whatever became of the file, the answer is one, or an error of ours."""
    path, chance = tmp_path / "m", Random(5)
    units = [
        unit(f"close the quote {number}", number=number, plural=f"{number}" * (number % 2)) for number in range(60)
    ]
    build(path, [Origin("a.md", b"1", lambda: units)])
    sound = path.read_bytes()
    codes = set()
    for _ in range(150):
        content = bytearray(sound)
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            asked(path)
        except InputError as error:
            codes.add(error.code)

    assert codes <= {"memory-damaged", "memory-foreign", "memory-newer", "not-readable"}
    assert "memory-damaged" in codes


@pytest.mark.parametrize("damage", [not_a_database, foreign, torn, changed("PRAGMA user_version = 2")])
def test_file_of_somebody_else_is_never_replaced(tmp_path, damage):
    """Building a memory over what is none is refused, and the file is as it was."""
    path = tmp_path / "m"
    damage(path)
    before = path.read_bytes()

    with pytest.raises(InputError, match="memory"):
        build(path, [Origin("b.md", b"1", lambda: [unit("A")])])
    assert path.read_bytes() == before


def test_locked_memory_is_told(tmp_path, monkeypatch):
    """Another program that holds the file is waited for, but not for ever."""
    monkeypatch.setattr(storage, "_PATIENCE", 0.01)
    made(tmp_path, unit("A")).close()
    holder = sqlite3.connect(tmp_path / "m.tm", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(InputError) as caught:
        Memory(tmp_path / "m.tm")
    holder.close()
    assert caught.value.code == "memory-locked"


def test_name_with_signs_is_a_name(tmp_path):
    """Nothing in a path is an option of the database."""
    path = tmp_path / ("a#%41 é.tm" if os.name == "nt" else "a?mode=rwc#%41 é.tm")
    build(path, [Origin("a.md", b"1", lambda: [unit("A")])])

    with Memory(path) as memory:
        assert len(memory) == 1
    with pytest.raises(InputError, match="cannot be read"):
        Memory("a\0b")


# ---- filling in ----


def test_only_what_nobody_has_written_is_filled_in(tmp_path, fuzzy):
    """Translations, guesses and halves of plurals stay; the opposite is refused; the rest waits for a reader."""
    memory = made(tmp_path, unit("Close the quote", "Stäng offerten"), unit("You can close the quote", "Du kan"))
    missing = unit("Close the quote", "", state=MISSING)
    others = [
        unit("Close the quote", "Mitt", 2),
        unit("Close the quote", "Gissning", 3, state=PROPOSED),
        unit("Close the quote", "", 4, targets=("", "x"), plural="Close the quotes", state=MISSING),
        unit("Close the quote", "", 5, state=OBSOLETE),
        unit("You can't close the quote", "", 6, state=MISSING),
        unit("Something else", "", 7, state=MISSING),
    ]
    filled, refused = pretranslate([missing, *others], memory)

    assert isinstance(filled, Proposal)
    assert (filled.unit.target, filled.unit.state, filled.match.kind) == ("Stäng offerten", NEEDS_REVIEW, "exact")
    assert (type(refused).__name__, refused.unit.id, refused.match.unit.target) == ("Refused", "6", "Du kan")


@pytest.mark.parametrize("target", ["{kount} kvar", "{count", "{count.__class__} kvar"])
def test_template_takes_no_foreign_placeholder(tmp_path, target):
    """A translation that names what nobody fills in is not for a message."""
    memory = made(tmp_path, unit("{count} left", target))

    assert list(pretranslate([unit("{count} left", "", markup=TEMPLATE, state=MISSING)], memory)) == []


# ---- commands ----

PAIR = '<span data-ttu-id="a-{0}">{1}</span><span class="sxs-lookup"><span data-stu-id="a-{0}">{2}</span></span>'.format
PAGE = (
    "---\ntitle: Offert\nms.translationtype: HT\nms.contentlocale: sv-SE\n---\n"
    + PAIR(103, "Stäng offerten.", "Close the quote.")
    + " "
    + PAIR(104, "Du kan stänga den nu.", "You can close it now.")
    + "\n"
)
GAPS = PAGE.replace("Stäng offerten.", "").replace("Du kan stänga den nu.", "").replace("can close", "can't close")
CATALOG = (
    'msgid ""\nmsgstr ""\n"Language: sv\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    'msgid "Close the quote."\nmsgstr ""\n\n# mine\nmsgid "Quote"\nmsgstr "Mitt anbud"\n'
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a page, one with gaps, a catalog with a gap, and what is no text."""
    files = {"sv-SE/a.md": PAGE, "gaps.md": GAPS, "sv.po": CATALOG, "empty/x.txt": "x"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def text_at(path: str) -> str:
    return Path(path).read_bytes().decode()


def keeps_to_schema(kind: str, answer: object) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(__file__).parents[1] / "docs" / "schemas" / "envelope" / f"{kind}.schema.json"
    jsonschema.Draft202012Validator(strict(json.loads(path.read_text(encoding="utf-8")))).validate(answer)


def strict(schema: Any) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strict(each) for name, each in schema.items()}}


def same(answer: Any) -> Any:
    """An answer without what people read."""
    if isinstance(answer, dict):
        return {name: same(each) for name, each in answer.items() if name not in ("message", "locale")}
    return [same(each) for each in answer] if isinstance(answer, list) else answer


def test_memory_is_built_asked_and_used(here, capsys, fuzzy):
    """From a page into a catalog and another page; the page is marked, the marks of people stay."""
    assert run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm")) == 0
    assert run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm")) == 0
    assert run(("docs", "memory", "query", "You can close it.", "--memory", "m.tm", "--language", "sv")) == 0
    assert run(("docs", "memory", "query", "You can't close it now.", "--memory", "m.tm", "--language", "sv")) == 1
    out, err = capsys.readouterr()

    assert "m.tm holds 2 translations. Files read: 1, unchanged: 0." in err
    assert "m.tm is up to date." in err
    assert "Du kan stänga den nu.\n      You can close it[- now-].\n      sv-SE/a.md:6:" in out
    assert "Not offered: what differs is can in the remembered text and not in this one." in out

    assert run(("docs", "memory", "pretranslate", "gaps.md", "sv.po", "--memory", "m.tm")) == 0
    out, err = capsys.readouterr()
    assert out == (
        "gaps.md: 1 translation from the memory, to be reviewed.\nsv.po: 1 translation from the memory, to be reviewed.\n"
    )
    assert "gaps.md: 1 translation of a similar text was not taken over" in err
    assert text_at("gaps.md") == GAPS.replace('103"><', '103">Stäng offerten.<', 1).replace("HT", "MT")
    catalog = po_reader.read("sv.po", "sv")
    assert [(each.translations, each.comments) for each in catalog.entries] == [
        (("Stäng offerten.",), ("needs-review",)),
        (("Mitt anbud",), ("mine",)),
    ]
    before = text_at("sv.po")
    run(("docs", "memory", "pretranslate", "gaps.md", "sv.po", "--memory", "m.tm"))
    assert text_at("sv.po") == before


def test_dry_run_writes_nothing(here, capsys):
    """What would be filled in is said, for machines too."""
    run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm"))
    capsys.readouterr()

    assert run(("docs", "memory", "pretranslate", "sv.po", "--memory", "m.tm", "--dry-run", "--format", "json")) == 0
    [result] = json.loads(capsys.readouterr().out)["results"]
    assert (result["written"], [each["match"]["targets"] for each in result["filled"]]) == (
        False,
        [["Stäng offerten."]],
    )
    assert text_at("sv.po") == CATALOG


def test_new_page_is_made_of_an_english_one(here, capsys):
    """What the memory knows is translated and marked; the rest stays English; a page that is there stays."""
    (here / "en").mkdir()
    (here / "en" / "new.en-US.md").write_bytes(b"# Quotes\n\nClose the quote. Nobody knows this.\n")
    run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm"))
    question = ("docs", "memory", "pretranslate", "en", "--memory", "m.tm", "--output", "new", "--language", "sv-SE")

    assert run(question) == 0
    page = scan(Path("new", "new.sv-SE.md").read_bytes())
    assert [(each.source, each.target, each.state) for each in units_of(page)] == [
        ("Close the quote.", "Stäng offerten.", NEEDS_REVIEW)
    ]
    assert "# Quotes\n" in page.text
    assert "</span> Nobody knows this.\n" in page.text
    capsys.readouterr()
    assert run(question) == 2
    assert f"there is a page at {Path('new', 'new.sv-SE.md')} already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("build", "sv-SE", "no.po", "--memory", "m.tm"), 2, "there is no file no.po"),
        (("build", "empty", "--memory", "m.tm"), 2, "there are no pages, catalogs or exchange files in empty"),
        (("build", "sv-SE/a.md", "--memory", "sv-SE/a.md"), 2, "nothing else can be written to it"),
        (("query", "Close", "--memory", "no.tm", "--language", "sv"), 2, "there is no file no.tm"),
        (("query", "Close", "--memory", "sv.po", "--language", "sv"), 2, "sv.po is not a translation memory"),
        (("query", "Close", "--memory", "sv.po"), 2, "the texts are written in en"),
        (("query", "Close", "--memory", "sv.po", "--language", "?"), 2, "CLDR knows no language '?'"),
        (("pretranslate", "sv.po", "--memory", "empty"), 2, "empty is a folder"),
        (("pretranslate", "sv.po", "--memory", "sv.po", "--output", "x"), 2, "--output and --language go together"),
    ],
)
def test_what_cannot_be_done_is_told(here, capsys, arguments, status, told):
    """One sentence, exit status 2."""
    assert run(("docs", "memory", *arguments)) == status
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("name", ["sv.po", "sv-SE/a.md"])
def test_new_page_needs_an_english_one(here, capsys, name):
    """A catalog or a page that is translated already makes no new page."""
    run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm"))
    question = ("docs", "memory", "pretranslate", name, "--memory", "m.tm", "--output", "new", "--language", "sv")

    assert run(question) == 2
    assert f"{name} is not an English page" in capsys.readouterr().err
    assert not (here / "new").exists()


def test_standard_input_is_remembered(here, monkeypatch):
    """An exchange file may come from there, once."""
    content = b"id,source,target,state,locale,source_locale\r\n1,Close all,St\xc3\xa4ng alla,translated,sv,en\r\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert run(("docs", "memory", "build", "-", "--memory", "m.tm")) == 0
    with Memory("m.tm") as memory:
        assert found(memory, "Close all") == [("exact", "Stäng alla", True)]


def test_broken_files_do_not_hide_the_others(here, capsys):
    """A broken catalog is told with its places, the rest is remembered, and the next build tries again."""
    (here / "broken.po").write_text('msgid "a\n', encoding="utf-8")

    for _ in range(2):
        assert run(("docs", "memory", "build", "sv-SE", "broken.po", "--memory", "m.tm")) == 2
        assert "catalog-unterminated" in capsys.readouterr().err
    with Memory("m.tm") as memory:
        assert len(memory) == 2


def test_machine_answers_keep_to_their_schemas(here, capsys, fuzzy):
    """Scores, changes and clashes, the same in every language."""
    run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm"))
    questions = {
        "memory-query": ("query", "You can't close it now.", "--language", "sv"),
        "pretranslate": ("pretranslate", "gaps.md", "sv.po", "no.po", "--dry-run"),
    }
    for kind, question in questions.items():
        capsys.readouterr()
        answers = []
        for locale in locales.PRODUCT:
            run(("docs", "memory", *question, "--memory", "m.tm", "--format", "json", "--locale", locale))
            answers.append(json.loads(capsys.readouterr().out))
        keeps_to_schema(kind, answers[0])
        assert all(same(each) == same(answers[0]) for each in answers)
        if kind == "memory-query":
            [match] = answers[0]["results"]
            assert (match["kind"], match["safe"]) == ("fuzzy", False)
            assert match["clashes"] == [{"kind": "polarity", "there": ["can"], "here": ["not"]}]


def test_missing_library_is_told(here, capsys, monkeypatch):
    """What would find more is named, with the way to install it."""
    monkeypatch.setattr(scoring, "IS_AVAILABLE", False)
    run(("docs", "memory", "build", "sv-SE", "--memory", "m.tm"))

    assert run(("docs", "memory", "query", "Close the quote.", "--memory", "m.tm", "--language", "sv")) == 0
    assert "rapidfuzz is not installed; pip install 'oppi18n[tm]' installs it" in capsys.readouterr().err


def test_plain_pages_are_held_against_english_ones(here):
    """With the folder of the English pages, published pages are remembered as well; it counts for their stamp."""
    for name, text in {"en/b.md": "# Quotes\n", "plain/sv-SE/b.md": "# Offerter\n"}.items():
        (here / name).parent.mkdir(parents=True)
        (here / name).write_bytes(text.encode())
    run(("docs", "memory", "build", "plain", "--source", "en", "--memory", "m.tm"))

    with Memory("m.tm") as memory:
        [match] = memory.query("Quotes", "sv")
        stamps = memory.stamps
    assert match.unit.target == "Offerter"
    (here / "en" / "b.md").write_bytes(b"# All quotes\n")
    run(("docs", "memory", "build", "plain", "--source", "en", "--memory", "m.tm"))
    with Memory("m.tm") as memory:
        assert memory.stamps != stamps


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("---\nms.translationtype: HT # by hand\n---\n", "---\nms.translationtype: MT # by hand\n---\n"),
        ('---\r\na: "b"\r\n---\r\n', '---\r\na: "b"\r\nms.translationtype: MT\r\n---\r\n'),
        ("# x\n", "# x\n"),
    ],
)
def test_page_says_that_it_wants_a_reader(text, marked):
    """One value changes, or one line comes; a second time nothing does."""
    page = to_be_reviewed(scan(text.encode()))

    assert page.text == marked
    assert to_be_reviewed(page) is page


# ---- the real thing ----


def test_shipped_catalogs_never_offer_the_opposite(tmp_path, fuzzy):
    """Active for draft, won for lost, can for can't: of our own messages, none is offered for its opposite."""
    path = Path(packs.path_of(packs.shipped(), "locales/sv/LC_MESSAGES/oppi18n.po"))
    build(tmp_path / "m", [Origin("sv.po", b"1", lambda: entries_of(po_reader.read(path, "sv")))])
    with Memory(tmp_path / "m") as memory:
        for asked, known in (
            ("You can close this opportunity while {count} active quote is associated with it: {quotes}.", "kan inte"),
            ("Closed as won", "örlorad"),
            ("Closed as lost", "unnen"),
        ):
            offered = [each.unit.target for each in memory.query(asked, "sv") if each.is_safe]
            assert not [text for text in offered if known in text], offered


def test_published_pages_find_themselves(tmp_path, seeds):
    """Every sentence of the five pages is found exactly, in its language alone."""
    units = [each for path in sorted(seeds.glob("*-*.md")) for each in units_of(scan(path.read_bytes(), path.name))]
    build(tmp_path / "m", [Origin("seeds", b"1", lambda: units)])

    with Memory(tmp_path / "m") as memory:
        for each in (each for each in units if each.source and each.is_translated):
            [first, *_] = memory.query(each.source or "", each.locale)
            assert (first.kind, first.unit.target) == ("exact", each.target)
        assert memory.locales == ("ja-JP", "ko-KR", "ms-MY", "sv-SE", "zh-HK")


# ---- the page ----


def test_examples_of_the_page_run(tmp_path, monkeypatch):
    """Each block continues the one before it, as a reader would."""
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).resolve().parents[1] / "docs" / "reference" / "memory.md"
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, page.name, str(page), 0)
    failed, attempted = doctest.DocTestRunner().run(test)

    assert (failed, attempted >= 15) == (0, True)
