"""Two edited copies of a catalog become one, and nothing that a translator has written is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.cli import run
from oppi18n.errors import InputError
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry, Previous
from oppi18n.upkeep.merging import CONTESTED, conflict, merge
from oppi18n.upkeep.threeway import ordered

BOTH = "needs-review: one side has: "


def entry(msgid: str, *texts: str, **given: object) -> Entry:
    """A translated entry; further texts are plural forms."""
    plural = f"{msgid}s" if len(texts) > 1 else None
    return replace(Entry(context="p", msgid=msgid, msgid_plural=plural, translations=texts or ("",)), **given)  # type: ignore[arg-type]


def catalog(*entries: Entry, **given: object) -> Catalog:
    return replace(Catalog(locale="sv", entries=entries), **given)  # type: ignore[arg-type]


OK = entry("OK", "OK")

ONE_SIDED = {
    "a translation": (entry("A", "Å"), entry("A", "Ä"), entry("A", "Ä")),
    "a first translation": (entry("A"), entry("A", "Å"), entry("A", "Å")),
    "a translation taken away": (entry("A", "Å"), entry("A"), entry("A")),
    "a confirmation": (
        entry("A", "Å", flags=("fuzzy",), previous=Previous(None, "B", None)),
        entry("A", "Å"),
        entry("A", "Å"),
    ),
    "a comment": (entry("A", "Å"), entry("A", "Å", comments=("why",)), entry("A", "Å", comments=("why",))),
    "a review": (entry("A", "Å", comments=("needs-review",)), entry("A", "Å"), entry("A", "Å")),
    "a place": (
        entry("A", "Å", references=("a:1",)),
        entry("A", "Å", references=("a:2",)),
        entry("A", "Å", references=("a:2",)),
    ),
    "a removal": (entry("A", "Å"), None, None),
    "an end": (entry("A", "Å"), entry("A", "Å", obsolete=True), entry("A", "Å", obsolete=True)),
    "a return": (entry("A", "Å", obsolete=True), entry("A", "Å"), entry("A", "Å")),
    "an addition": (None, entry("A", "Å"), entry("A", "Å")),
}


@pytest.mark.parametrize(("base", "changed", "expected"), ONE_SIDED.values(), ids=ONE_SIDED)
def test_what_one_side_has_changed_is_as_that_side_has_it(base, changed, expected):
    """The other side left it alone, so there is nothing to ask."""
    past, edited = (catalog(*filter(None, (each, OK))) for each in (base, changed))

    for ours, theirs in ((edited, past), (past, edited)):
        found = merge(past, ours, theirs)

        wanted = sorted(filter(None, (expected, OK)), key=lambda each: each.obsolete)
        assert (list(found.catalog.entries), found.contested) == (wanted, ())


BOTH_SIDED = {
    "two translations": (entry("A", "Å"), entry("A", "Ä"), entry("A", "Ö"), "Ä", {"Ä", "Ö"}),
    "two first translations": (entry("A"), entry("A", "Ä"), entry("A", "Ö"), "Ä", {"Ä", "Ö"}),
    "two new messages": (None, entry("A", "Ä"), entry("A", "Ö"), "Ä", {"Ä", "Ö"}),
    "confirmed and changed": (
        entry("A", "Å", comments=("needs-review",)),
        entry("A", "Å"),
        entry("A", "Ö", comments=("needs-review",)),
        "Å",
        {"Å", "Ö"},
    ),
    "doubtful and certain": (
        entry("A"),
        entry("A", "Ä", comments=("needs-review",)),
        entry("A", "Ö"),
        "Ö",
        {"Ä", "Ö"},
    ),
    "an edited guess and a translation": (
        entry("A", "Å", flags=("fuzzy",)),
        entry("A", "Ä", flags=("fuzzy",)),
        entry("A", "Ö"),
        "Ö",
        {"Ä", "Ö"},
    ),
}


@pytest.mark.parametrize(("base", "ours", "theirs", "shown", "texts"), BOTH_SIDED.values(), ids=BOTH_SIDED)
def test_what_both_have_changed_needs_review_with_both_texts(base, ours, theirs, shown, texts):
    """The more certain text is shown, else ours; the comments hold both, whichever side is ours."""
    found = merge(catalog(*filter(None, (base,))), catalog(ours), catalog(theirs))
    swapped = merge(catalog(*filter(None, (base,))), catalog(theirs), catalog(ours))

    (merged,) = found.contested
    assert (merged.translations, merged.needs_review, merged.is_fuzzy) == ((shown,), True, False)
    assert merged.comments[0] == CONTESTED
    assert {line.removeprefix(BOTH) for line in merged.comments if line.startswith(BOTH)} == texts
    assert set(swapped.contested[0].comments) == set(merged.comments)


AGREED = {
    "the same text": (entry("A"), entry("A", "Ä"), entry("A", "Ä"), entry("A", "Ä")),
    "a guess from an older text": (
        entry("Old", "Å", obsolete=True),
        entry("A", "Å", flags=("fuzzy",)),
        entry("A", "Ö"),
        entry("A", "Ö"),
    ),
    "a guess and the same text confirmed": (
        None,
        entry("A", "Ä", flags=("fuzzy",)),
        entry("A", "Ä"),
        entry("A", "Ä"),
    ),
    "taken away and improved": (entry("A", "Å"), entry("A"), entry("A", "Ä"), entry("A", "Ä")),
    "different comments": (
        entry("A", "Å", comments=("old", "both")),
        entry("A", "Å", comments=("both", "ours")),
        entry("A", "Å", comments=("old", "both", "theirs")),
        entry("A", "Å", comments=("both", "ours", "theirs")),
    ),
    "different places": (
        entry("A", "Å", references=("a:1",)),
        entry("A", "Å", references=("a:2",)),
        entry("A", "Å", references=("a:3", "b:1")),
        entry("A", "Å", references=("a:2", "b:1")),
    ),
    "different flags": (
        entry("A", "Å", flags=("python-brace-format",)),
        entry("A", "Å", flags=("python-brace-format", "no-wrap")),
        entry("A", "Å"),
        entry("A", "Å", flags=("no-wrap",)),
    ),
}


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), AGREED.values(), ids=AGREED)
def test_changes_that_do_not_contradict_are_joined(base, ours, theirs, expected):
    """Two people may have worked on one entry without a quarrel."""
    found = merge(catalog(*filter(None, (base,))), catalog(ours), catalog(theirs))

    assert [each for each in found.catalog.entries if not each.obsolete] == [expected]
    assert not found.contested


def test_removed_while_it_was_translated():
    """The message is gone, the new translation waits for it."""
    past, edited = catalog(entry("A", "Å"), OK), catalog(entry("A", "Ä", references=("a:1",)), OK)

    for ours, theirs in ((edited, catalog(OK)), (catalog(OK), edited)):
        assert merge(past, ours, theirs).catalog.entries == (OK, entry("A", "Ä", obsolete=True))


def test_made_obsolete_while_it_was_translated():
    """An update on one side, a translator on the other."""
    past, edited = catalog(entry("A", "Å")), catalog(entry("A", "Ä", flags=("python-brace-format",)))
    updated = catalog(entry("A", "Å", obsolete=True))

    for ours, theirs in ((edited, updated), (updated, edited)):
        assert merge(past, ours, theirs).catalog.entries == (entry("A", "Ä", obsolete=True),)


def test_two_plurals_of_one_message_leave_a_readable_file():
    """A file may have the message once only; the other version waits."""
    ours = catalog(replace(entry("{n} a", "{n} å", "{n} åar"), msgid_plural="{n} many"))
    theirs = catalog(replace(entry("{n} a", "{n} ä", "{n} ään"), msgid_plural="{n} more"))

    found = merge(catalog(entry("{n} a", "{n} a")), ours, theirs).catalog

    assert [(each.msgid_plural, each.obsolete) for each in found.entries] == [("{n} many", False), ("{n} more", True)]
    assert po_reader.parse(po_writer.write(found), locale="sv").diagnostics == ()


def test_plural_forms_stand_in_the_comments_one_by_one():
    """Each form on its line, line feeds shown as such."""
    found = merge(catalog(), catalog(entry("a", "x", "y")), catalog(entry("a", "x", "z\nz")))

    assert found.contested[0].comments[1:] == (
        "needs-review: one side has [0]: x",
        "needs-review: one side has [1]: y",
        "needs-review: one side has [1]: z\\nz",
    )


def test_headers_are_merged_field_by_field():
    """A field that both have changed is ours, and the other value stands in the comments."""
    base = catalog(headers=(("Last-Translator", "A"), ("X-Old", "1")), comments=("Swedish",))
    ours = catalog(headers=(("Last-Translator", "B"), ("X-Old", "1"), ("X-Ours", "1")), comments=("Swedish", "B"))
    theirs = catalog(headers=(("Last-Translator", "C"), ("Language-Team", "T")), comments=("Swedish",))

    found = merge(base, ours, theirs).catalog

    assert found.headers == (("Last-Translator", "B"), ("Language-Team", "T"), ("X-Ours", "1"))
    assert found.comments == ("Swedish", "B", "Last-Translator: C")


def test_two_languages_are_not_merged():
    """That would be nobody's catalog."""
    with pytest.raises(InputError) as caught:
        merge(catalog(), catalog(), catalog(locale="ko"))
    assert str(caught.value) == "one catalog is for sv, the other for ko"


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        ("abc", "abc", "cab", "cab"),
        ("abc", "cab", "abc", "cab"),
        ("abc", "axbc", "abyc", "axbyc"),
        ("abc", "abcx", "abcy", "abcyx"),
        ("abc", "bc", "xabc", "xbc"),
        ("", "ab", "cd", "cdab"),
    ],
)
def test_order_is_that_of_the_side_that_has_changed_it(base, ours, theirs, expected):
    """What comes from the other side stands behind its neighbour."""
    assert "".join(ordered(list(base), list(ours), list(theirs), set(expected))) == expected


# Properties ---------------------------------------------------------------------------------------------------------

TEXT = st.sampled_from(["", "å", "ä", "ö", "å\nä"])
COMMENTS = st.lists(st.sampled_from(["needs-review", "why", "who", "needs-review: one side has: å"]), unique=True)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """An entry; few messages and texts, so that the sides meet."""
    plural = draw(st.sampled_from([None, None, "pl"]))
    texts = tuple(draw(TEXT) for _ in range(1 if plural is None else 2))
    fuzzy = draw(st.booleans())
    obsolete = draw(st.sampled_from([False, False, True]))
    return Entry(
        context=draw(st.sampled_from(["p", "q"])),
        msgid=draw(st.sampled_from(["A", "B", "C"])),
        msgid_plural=plural,
        translations=texts,
        flags=(("fuzzy",) if fuzzy else ()) + (() if obsolete else ("python-brace-format",)),
        comments=tuple(draw(COMMENTS)),
        references=() if obsolete else tuple(draw(st.lists(st.sampled_from(["a:1", "a:2", "b:1"]), unique=True))),
        previous=Previous(None, "old", None) if fuzzy else None,
        obsolete=obsolete,
    )


CATALOGS = st.builds(
    lambda found, headers: catalog(*sorted(found, key=lambda each: each.obsolete), headers=tuple(headers.items())),
    st.lists(entries(), max_size=5, unique_by=lambda each: each.key),
    st.dictionaries(st.sampled_from(["Last-Translator", "X-Tool"]), st.sampled_from("ab"), max_size=2),
)


def texts(found: Catalog) -> dict[tuple[str | None, str], set[str]]:
    """What a catalog says for each message, in its translations and in the comments of a merge."""
    said: dict[tuple[str | None, str], set[str]] = {}
    for each in found.entries:
        noted = {line.partition(": one side has")[2].partition(": ")[2] for line in each.comments}
        shown = {text.replace("\n", "\\n") for text in each.translations}
        said.setdefault(each.key, set()).update((shown | noted) - {""})
    return said


@given(CATALOGS, CATALOGS)
@settings(max_examples=60)
def test_merge_with_an_unchanged_side_is_the_changed_one(base, changed):
    """merge(a, b, b) = merge(a, a, b) = merge(a, b, a) = b, down to the order."""
    for ours, theirs in ((changed, changed), (base, changed), (changed, base)):
        found = merge(base, ours, theirs)

        removed = {each.key for each in base.entries} - {each.key for each in changed.entries}
        assert not [each for each in found.catalog.entries if each.key in removed]
        assert (found.catalog, found.contested) == (changed, ())


@given(CATALOGS, CATALOGS, CATALOGS)
@settings(max_examples=60)
def test_merge_loses_no_translation(base, ours, theirs):
    """What either side has written since is there, as a translation or in a comment, and the file can be read."""
    merged = merge(base, ours, theirs).catalog
    before, after = texts(base), texts(merged)

    for side in (ours, theirs):
        for each in side.entries:
            new = {text.replace("\n", "\\n") for text in each.translations if text}
            if not each.is_fuzzy:
                assert new - before.get(each.key, set()) <= after.get(each.key, set())
    again = po_reader.parse(po_writer.write(merged), locale="sv")
    assert (again.diagnostics, again.entries) == ((), merged.entries)


@given(CATALOGS, CATALOGS, CATALOGS)
@settings(max_examples=60)
def test_merge_says_the_same_from_both_sides(base, ours, theirs):
    """Whoever merges whom: the same messages, the same texts, the same ones in dispute."""
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)

    assert texts(one.catalog) == texts(other.catalog)
    assert {each.key for each in one.contested} == {each.key for each in other.contested}


@given(CATALOGS, CATALOGS, CATALOGS)
@settings(max_examples=60)
def test_merge_of_what_is_merged_changes_nothing(base, ours, theirs):
    """Taking the same branch in again adds nothing."""
    merged = merge(base, ours, theirs).catalog

    assert merge(theirs, merged, theirs).catalog == merged


LINES = st.lists(st.sampled_from([b"a", b"b", b"\r", b"\n", b"\xff"]), max_size=9).map(b"".join)


@given(LINES, LINES)
def test_conflict_marks_lose_no_line(ours, theirs):
    """Both files can be had back from between the marks."""
    found = conflict(ours, theirs)

    for wanted, dropped in ((ours, (b"=======\n", b">>>>>>> theirs\n")), (theirs, (b"<<<<<<< ours\n", b"=======\n"))):
        start, end = found.index(dropped[0]), found.index(dropped[1])
        rest = found[:start] + found[end + len(dropped[1]) :]
        left = rest.replace(b"<<<<<<< ours\n", b"").replace(b">>>>>>> theirs\n", b"")
        assert left.removesuffix(b"\n") == wanted.removesuffix(b"\n")


# The command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Writes catalogs, or bytes, as git hands them to a merge driver."""

    def write(*contents: Catalog | bytes) -> list[str]:
        paths = []
        for name, content in zip(("base", "ours", "theirs"), contents, strict=True):
            path = tmp_path / f".merge_file_{name}"
            path.write_bytes(content if isinstance(content, bytes) else po_writer.write(content).encode())
            paths.append(str(path))
        return paths

    return write


def test_command_puts_the_merge_in_the_place_of_ours(files, capsys):
    """As git wants it; what needs review is told."""
    paths = files(catalog(entry("A", "Å")), catalog(entry("A", "Ä"), OK), catalog(entry("A", "Ö")))

    assert run(("catalog", "merge", *paths, "--name", "locales/sv/x.po", "-v")) == 0

    assert [each.msgid for each in po_reader.read(paths[1]).entries] == ["A", "OK"]
    err = capsys.readouterr().err
    assert "locales/sv/x.po was merged; both sides have changed 1 translation, which needs review." in err
    assert "  p: A" in err.splitlines()


def test_command_writes_elsewhere_if_asked(files, tmp_path, capsys):
    """`--output` leaves the three files alone."""
    paths = files(b"", catalog(OK), catalog(OK))
    before = Path(paths[1]).read_bytes()

    assert run(("catalog", "merge", *paths, "--output", str(tmp_path / "x.po"))) == 0
    assert run(("catalog", "merge", *paths, "--output", "-")) == 0

    assert (tmp_path / "x.po").read_bytes() == Path(paths[1]).read_bytes() == before
    assert capsys.readouterr().out.encode() == before


def test_command_merges_without_a_common_past_that_can_be_read(files, capsys):
    """A broken base costs only what it could have told."""
    paths = files(b'msgid "', catalog(OK), catalog(entry("A", "Ä")))

    assert run(("catalog", "merge", *paths)) == 0
    assert {each.msgid for each in po_reader.read(paths[1]).entries} == {"OK", "A"}
    assert "The common past of" in capsys.readouterr().err


@pytest.mark.parametrize(
    "broken",
    [
        b'msgid ""\nmsgstr ""\n"Language: sv\\n"\n\nmsgid "A\n',
        b"\xff\xfe",
        po_writer.write(Catalog(locale="ko")).encode(),
    ],
    ids=["unterminated", "not UTF-8", "another language"],
)
def test_command_marks_what_cannot_be_merged(files, capsys, broken):
    """Neither side is lost: the file has git's marks, which every check of catalogs sees, and the status is 1."""
    paths = files(catalog(OK), catalog(OK), broken)

    assert run(("catalog", "merge", *paths)) == 1

    found = Path(paths[1]).read_bytes()
    assert b"<<<<<<< ours" in found
    assert broken.splitlines()[-1] in found
    assert "conflict marks" in capsys.readouterr().err


def git(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run git in a folder, without anybody's configuration."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "OPPI18N_CACHE": os.environ["OPPI18N_CACHE"],
        **{f"GIT_{who}_{what}": "t" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    found = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert found.returncode == status, found.stdout + found.stderr
    return found.stdout + found.stderr


@pytest.fixture
def repository(tmp_path: Path, require: Callable[[str, object], None]) -> Path:
    """A repository set up as docs/reference/catalogs.md says, with a Swedish catalog."""
    require("git", shutil.which("git"))
    folder = tmp_path / "repository with spaces"
    folder.mkdir()
    page = (Path(__file__).resolve().parents[1] / "docs" / "reference" / "catalogs.md").read_text(encoding="utf-8")
    documented = re.search(r'git config merge\.oppi18n\.driver "oppi18n (.*)"', page)
    assert documented is not None
    driver = f"{sys.executable} -m oppi18n {documented[1]}"
    git(folder, "init")
    git(folder, "config", "merge.oppi18n.name", "catalogs, message by message")
    git(folder, "config", "merge.oppi18n.driver", driver)
    (folder / ".gitattributes").write_text("*.po merge=oppi18n\n", encoding="utf-8")
    return folder


def committed(folder: Path, branch: str, *entries: Entry) -> None:
    path = folder / "locales" / "sv" / "LC_MESSAGES" / "oppi18n.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(po_writer.write(catalog(*entries)), encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", branch)


def test_git_merges_two_branches_by_message(repository):
    """What makes lines collide (a line number, neighbours, a cross edit) does not make messages collide."""
    past = [entry(each, each.lower(), references=("a.yaml:1",)) for each in "ABC"]
    moved = [replace(each, references=("a.yaml:7",)) for each in past]
    committed(repository, "base", *past)
    git(repository, "checkout", "-qb", "theirs")
    committed(repository, "theirs", replace(moved[0], translations=("å",)), replace(moved[1], translations=("bé",)))
    git(repository, "checkout", "-q", "main")
    committed(repository, "ours", *past[:1], replace(past[1], translations=("be",)), past[2], entry("D", "d"))

    told = git(repository, "merge", "theirs")

    found = po_reader.read(repository / "locales" / "sv" / "LC_MESSAGES" / "oppi18n.po")
    assert found.diagnostics == ()
    assert [(each.msgid, each.translations[0]) for each in found.entries] == [("A", "å"), ("B", "be"), ("D", "d")]
    assert [each.msgid for each in found.entries if each.needs_review] == ["B"]
    assert found.entries[0].references == ("a.yaml:7",)
    assert "locales/sv/LC_MESSAGES/oppi18n.po was merged; both sides" in told


def test_git_merges_a_catalog_that_both_branches_have_begun(repository):
    """Without a common past, git hands over an empty file."""
    (repository / "x").touch()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "base")
    git(repository, "checkout", "-qb", "theirs")
    committed(repository, "theirs", entry("A", "Å"), entry("B", "be"))
    git(repository, "checkout", "-q", "main")
    committed(repository, "ours", entry("A", "Å"), entry("C", "se"))

    git(repository, "merge", "theirs")

    found = po_reader.read(repository / "locales" / "sv" / "LC_MESSAGES" / "oppi18n.po")
    assert {each.msgid for each in found.entries} == {"A", "B", "C"}


def test_git_reports_a_conflict_where_a_catalog_is_broken(repository):
    """The merge stops, and the file shows where."""
    committed(repository, "base", entry("A", "Å"))
    path = repository / "locales" / "sv" / "LC_MESSAGES" / "oppi18n.po"
    git(repository, "checkout", "-qb", "theirs")
    path.write_text(path.read_text(encoding="utf-8").replace('"Å"', '"Å'), encoding="utf-8")
    git(repository, "commit", "-qam", "theirs")
    git(repository, "checkout", "-q", "main")
    committed(repository, "ours", entry("A", "Ä"))

    told = git(repository, "merge", "theirs", status=1)

    assert "CONFLICT" in told
    assert 'msgstr "Ä"' in path.read_text(encoding="utf-8")
    assert 'msgstr "Å\n' in path.read_text(encoding="utf-8")
    assert [each.code for each in po_reader.read(path).diagnostics] == ["catalog-conflict"] * 3
