"""The glossary leaves as CSV and TBX and comes back whole; what is put into its file changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.errors import InputError
from oppi18n.exchange import tbx, term_table
from oppi18n.i18n.glossary import PARTS, PATH, STATUSES, Glossary, Term, Word, of_packs, read
from oppi18n.source import Source
from oppi18n.upkeep.glossing import merged, rendered

OURS = of_packs([packs.shipped()])
LOCALES = ("ko", "zh-HK", "ja", "ms", "sv")
TABLES = {"csv": (term_table.write_glossary, term_table.read_glossary), "tbx": (None, tbx.read_glossary)}


def written(glossary: Glossary, format_: str) -> bytes:
    return term_table.write_glossary(glossary) if format_ == "csv" else tbx.write_terms(glossary.terms, glossary.names)


def read_back(content: bytes, format_: str) -> Glossary:
    module: ModuleType = term_table if format_ == "csv" else tbx
    found: Glossary = module.read_glossary(content, f"g.{format_}")
    return found


def parsed(text: str) -> Glossary:
    wrong = Diagnostics()
    found = read(Source("g.yaml", text), wrong)
    assert not wrong
    return found


@pytest.mark.parametrize("format_", TABLES)
def test_the_shipped_glossary_comes_back_whole(format_):
    """Nothing of what the file holds is lost: parts, forms, spellings, status, notes, names."""
    assert read_back(written(OURS, format_), format_) == OURS


@pytest.mark.parametrize("format_", TABLES)
def test_an_unchanged_file_changes_no_byte(format_):
    """Exported and imported again, the glossary file is what it was, comments included."""
    text = packs.read_bytes(packs.shipped(), PATH).decode()

    assert merged(text, read_back(written(OURS, format_), format_)) == text


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(
    lambda text: text.strip() or "x"
)
lists = st.lists(texts, max_size=3).map(tuple)


@st.composite
def words(draw: st.DrawFn, locale: str) -> Word:
    text, also = draw(texts), draw(lists)
    forbidden = tuple(each for each in draw(lists) if each not in (text, *also))
    return Word(locale, text, draw(st.sampled_from(STATUSES)), also, forbidden, draw(texts | st.just("")))


@st.composite
def terms(draw: st.DrawFn, name: str) -> Term:
    locales = draw(st.lists(st.sampled_from(LOCALES), unique=True))
    return Term(
        name,
        part=draw(st.sampled_from(PARTS)),
        forms=draw(lists),
        besides=draw(lists),
        source=draw(texts | st.just("")),
        note=draw(texts | st.just("")),
        words={locale: draw(words(locale)) for locale in locales},
    )


@st.composite
def glossaries(draw: st.DrawFn) -> Glossary:
    names = draw(st.lists(texts, unique=True, max_size=4))
    return Glossary(tuple(draw(terms(name)) for name in names), tuple(draw(st.lists(texts, unique=True, max_size=3))))


@settings(max_examples=30)
@given(glossaries())
def test_any_glossary_survives_a_table(glossary):
    """Whatever stands in cells: marks of the table itself, line ends, formulas, backslashes."""
    assert term_table.read_glossary(term_table.write_glossary(glossary), "g.csv") == glossary


@settings(max_examples=30)
@given(glossaries(), glossaries())
def test_any_glossary_can_be_put_into_any_file(ours, theirs):
    """The file is valid afterwards, has all of theirs, and our words for other locales; a second time changes nothing."""
    text = rendered(ours)
    found = merged(text, theirs)
    back = {term.name: term for term in parsed(found).terms}

    assert parsed(text) == ours
    assert merged(found, theirs) == found
    assert set(theirs.names) <= set(parsed(found).names)
    for term in theirs.terms:
        known = [each.words for each in ours.terms if each.name == term.name] or [{}]
        assert back[term.name] == replace(term, words={**known[0], **term.words})


FILE = """\
# About this file.
glossary: g
names: [Lite]   # names

terms:
  # the offer
  - term: quote
    note: an offer
    sv: offert

  # the deal
  - term: deal   # not the verb
    sv: {text: affär, forbidden: [handlar]}
"""


def test_only_what_changed_is_written_anew():
    """Other terms keep their text and comments; a new term comes last, in the style of the file."""
    new = (
        Term("deal", words={"ko": Word("ko", "거래")}),
        Term("loss", words={"ms": Word("ms", "kerugian", "inferred")}),
    )
    expected = FILE.replace("  - term: deal   # not the verb\n    sv:", "  - term: deal\n    ko: 거래\n    sv:") + (
        "\n  - term: loss\n    ms: {text: kerugian, status: inferred}\n"
    )

    assert merged(FILE, Glossary(new)) == expected


def test_names_are_added_to_those_there_are():
    """And only their line changes."""
    assert merged(FILE, Glossary((), ("Lite", "Dataverse"))) == FILE.replace("[Lite]   # names", "[Lite, Dataverse]")


@pytest.mark.parametrize(
    "text",
    [
        "glossary: g\n",
        "glossary: g\nterms: []\n",
        "glossary: g\nterms: [{term: quote, sv: offert}]\n",
        "terms: [{term: a}]\nglossary: g\n",
    ],
)
def test_a_file_of_another_shape_is_written_as_a_whole(text):
    """Terms in brackets, or none at all: the file is rendered anew, and says the same."""
    found = merged(text, Glossary((Term("deal", words={"sv": Word("sv", "affär")}),)))

    assert [term.name for term in parsed(found).terms] == [term.name for term in parsed(text).terms] + ["deal"]


def test_a_wrong_file_is_not_written_to():
    """It would lose what could not be read."""
    with pytest.raises(AuthoringError):
        merged("glossary: g\nterms: [{trem: quote}]\n", OURS)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"term,locale\na,sv\n", "csv-column-absent"),
        (b"", "csv-column-absent"),
        (b"term,locale,word,part\na,sv,b,nuon\n", "exchange-table"),
        (b"term,locale,word,status\na,sv,b,sure\n", "exchange-table"),
        (b"term,locale,word\na,SV,b\n", "exchange-table"),
        (b'term,locale,word\n"a,sv,b\n', "exchange-table"),
        (b"term,locale,word\n\xff,sv,b\n", "wrong-encoding"),
    ],
)
def test_a_wrong_table_is_refused(content, code):
    """The column, the line, the culprit."""
    with pytest.raises(InputError) as caught:
        term_table.read_glossary(content, "g.csv")

    assert caught.value.code == code


def test_a_table_of_other_tools_is_read():
    """Semicolons, columns in another order, rows without a word, no byte order mark."""
    content = "word;term;locale\nofferta;quote;sv\n;quote;ko\n\n거래;deal;ko\n".encode()

    assert [(term.name, *term.words) for term in term_table.read_glossary(content, "g.csv").terms] == [
        ("quote", "sv"),
        ("deal", "ko"),
    ]


def test_no_cell_is_a_formula():
    """What a spreadsheet would compute begins with an apostrophe, and comes back without."""
    evil = Glossary((Term("=1+1", words={"sv": Word("sv", "@SUM(A1)")}),))
    content = term_table.write_glossary(evil)

    assert b",=1" not in content
    assert b"'=1+1" in content
    assert term_table.read_glossary(content, "g.csv") == evil


# ---- the command ----


@pytest.fixture
def glossary_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Status, output and words of `oppi18n catalog glossary …` on a pack with a glossary."""
    (tmp_path / "pack" / "locales").mkdir(parents=True)
    (tmp_path / "pack" / "rules").mkdir()
    (tmp_path / "pack" / "locales" / "glossary.yaml").write_bytes(FILE.encode())
    monkeypatch.chdir(tmp_path)

    def answered(*arguments: str) -> tuple[int, str, str]:
        status = run(("catalog", "glossary", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return answered


@pytest.mark.parametrize("name", ["g.csv", "g.TBX"])
def test_a_glossary_goes_out_and_comes_back(name, glossary_run, tmp_path):
    """Written, read, and nothing to write."""
    assert glossary_run("export", "--output", name, "--pack", "./pack") == (0, "", f"{name} was written.\n")
    assert glossary_run("import", name, "--pack", "./pack") == (0, "", "Nothing was written.\n")
    assert (tmp_path / "pack/locales/glossary.yaml").read_text(encoding="utf-8") == FILE


def test_changed_terms_are_taken_over(glossary_run, tmp_path):
    """--check and --diff only look."""
    path = tmp_path / "pack/locales/glossary.yaml"
    (tmp_path / "new.csv").write_text("term,locale,word\nquote,ko,견적\n", encoding="utf-8")

    assert glossary_run("import", "new.csv", "--pack", "./pack", "--check")[0] == 1
    assert "+    ko: 견적" in glossary_run("import", "new.csv", "--pack", "./pack", "--diff")[1]
    assert path.read_text(encoding="utf-8") == FILE
    assert glossary_run("import", "new.csv", "--pack", "./pack")[0] == 0
    assert "    ko: 견적\n    sv: offert\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "--output", "g.docx"), "there is no exchange format named 'docx'"),
        (("import", "absent.csv"), "absent.csv"),
        (("export", "--output", "pack/locales/glossary.yaml", "--pack", "./pack"), "pack/locales/glossary.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments, words, glossary_run):
    """An unknown format, a file that is not there, the glossary itself as a destination."""
    status, _, err = glossary_run(*arguments)

    assert status == 2
    assert words in err
