"""What labels and terms are called is counted; what stands out is marked; term bases lose nothing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.docs.scanner import scan
from oppi18n.docs.terms import bold, glossary_of, mine, stands_in
from oppi18n.docs.units import units_of
from oppi18n.errors import InputError
from oppi18n.exchange.tbx import read_glossary, read_terms, write_terms
from oppi18n.i18n import glossary, locales
from oppi18n.i18n.glossary import PARTS, STATUSES, Glossary, Term, Word
from oppi18n.units.unit import MARKDOWN, MISSING, Place, Unit


@pytest.fixture(scope="module")
def words() -> Glossary:
    return glossary.of_packs([packs.shipped()])


def unit(source: str, target: str, locale: str = "sv", **given: Any) -> Unit:
    return Unit(
        id="1", source=source, targets=(target,), locale=locale, markup=MARKDOWN, place=Place("a.md", 1, 1), **given
    )


def told(units: list[Unit], words: Glossary, name: str) -> list[tuple[str, str, int, bool]]:
    [found] = [each for each in mine(units, words) if each.text == name]
    return [(each.locale, each.text, each.times, each.is_outlier) for each in found.renderings]


# ---- mining ----


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Select **Save:** and __OK__.", ("Save", "OK")),
        ("**영업 기회 종료** 대화 상자", ("영업 기회 종료",)),
        ("_**Applies To:** Project Operations_", ("Applies To",)),
        ("**Never close it. Ever.** or ** a ** or **** or **42**", ()),
        ("**" + "long " * 20 + "**", ()),
        ("a\x00 **b\x00**", ()),
        ("**" * 2000, ()),
    ],
)
def test_labels_are_short_texts_in_bold(text, labels):
    """Stressed sentences, numbers and stray stars are none."""
    assert bold(text) == labels


def test_label_with_another_name_stands_out():
    """The usual one is the most frequent; other capitals are no other name; languages are kept apart."""
    units = [
        *[unit("Press **Save**.", "Tryck **Spara**.")] * 2,
        unit("**Save**", "**spara**"),
        unit("**Save**", "**Lagra**", "sv-SE"),
        unit("**Save**", "**保存**", "ja-JP"),
    ]

    assert told(units, Glossary(), "Save") == [
        ("ja", "保存", 1, False),
        ("sv", "Spara", 2, False),
        ("sv", "Lagra", 1, True),
        ("sv", "spara", 1, False),
    ]


def test_labels_find_their_translations_in_another_order():
    """Korean says the place first; what is seen together elsewhere belongs together here."""
    units = [
        unit("**Save**", "**저장**", "ko"),
        unit("**Settings**", "**설정**", "ko"),
        unit("Select **Save** in **Settings**.", "**설정**에서 **저장**을 선택합니다.", "ko"),
        unit("Select **Other**, then **More**.", "**기타**, **더 보기**", "ko"),
    ]

    assert told(units, Glossary(), "Save") == [("ko", "저장", 2, False)]
    assert told(units, Glossary(), "Settings") == [("ko", "설정", 2, False)]
    assert told(units, Glossary(), "More") == [("ko", "더 보기", 1, False)]


def test_labels_that_do_not_pair_up_say_nothing():
    """One label more on one side, a missing translation, a text in several forms: no guess is made."""
    units = [
        unit("**A** and **B**", "**a**"),
        unit("**C**", "", state=MISSING),
        unit("**D**", "plain"),
    ]

    assert mine(units, Glossary()) == ()


def test_labels_of_catalogs_are_labels():
    """The label of a field is one without any stars."""
    found = mine([unit("Close date", "Stängningsdatum", context="p/model/m/close.date/label")], Glossary())

    assert [(each.kind, each.text) for each in found] == [("label", "Close date")]


def test_terms_are_held_against_the_glossary(words):
    """Right spellings, forbidden ones, none that is known."""
    units = [
        unit("An opportunity.", "En affärsmöjlighet."),
        unit("The opportunities.", "Möjligheten och möjligheter."),
        unit("An opportunity.", "Något helt annat."),
    ]

    assert told(units, words, "opportunity") == [
        ("sv", "affärsmöjlighet", 1, False),
        ("sv", "", 1, False),
        ("sv", "möjligheter", 1, True),
    ]


@pytest.mark.parametrize(
    ("term", "text", "locale", "stands"),
    [
        ("offert", "Offerterna", "sv", True),
        ("offert", "Koffert", "sv", False),
        ("tutup", "menutup", "ms", True),
        ("tutup", "ditutupnya", "ms", True),
        ("sebut harga", "Sebut harga itu", "ms", True),
        ("견적", "견적을", "ko", True),
        ("報價", "此報價。", "zh-HK", True),
        ("報價", "商機", "zh-HK", False),
    ],
)
def test_terms_are_found_inflected(term, text, locale, stands):
    """Languages differ in where a word ends."""
    assert stands_in(term, text, locale) is stands


def test_seed_pages_have_their_known_slips(words, seeds):
    """What the five pages call things, against the glossary: the slips that readers have found."""
    units = [each for path in sorted(seeds.glob("*-*.md")) for each in units_of(scan(path.read_bytes(), path.name))]
    slips = {(each.locale, each.text) for found in mine(units, words) for each in found.outliers}

    assert slips >= {("sv", "möjligheten"), ("ja", "閉じる"), ("ko", "닫을"), ("ms", "Hilang"), ("sv", "vinsten")}
    assert told(units, words, "Close opportunity")[1][:2] == ("ko", "영업 기회 종료")


# ---- term bases ----

SIGNS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=10)
TEXTS = SIGNS.map(str.strip).filter(bool)
WORDS = st.builds(
    Word,
    locale=st.just("sv"),
    text=TEXTS,
    status=st.sampled_from(STATUSES),
    also=st.lists(TEXTS, max_size=2).map(tuple),
    forbidden=st.lists(TEXTS, max_size=2).map(tuple),
    note=TEXTS | st.just(""),
)
TERMS = st.builds(
    Term,
    name=TEXTS,
    part=st.sampled_from(PARTS),
    forms=st.lists(TEXTS, max_size=2).map(tuple),
    besides=st.lists(TEXTS, max_size=2).map(tuple),
    source=TEXTS | st.just(""),
    note=TEXTS | st.just(""),
    words=st.just({}) | WORDS.map(lambda word: {"sv": word}),
)


@settings(max_examples=60)
@given(st.lists(TERMS, max_size=3, unique_by=lambda term: term.name))
def test_terms_come_back_as_they_went(terms):
    """Whatever a glossary holds, a term base holds too."""
    assert read_terms(write_terms(terms), "x.tbx") == tuple(terms)


def test_shipped_glossary_comes_back(words):
    """Every term, word, status, variant, note and name of ours."""
    assert read_glossary(write_terms(words.terms, words.names), "x.tbx") == words


def test_control_characters_do_not_break_the_file():
    """What XML cannot hold is shown as such."""
    [term] = read_terms(write_terms([Term("a\x00b", words={"sv": Word("sv", "c\x1b\udcffd")})]), "x.tbx")

    assert (term.name, term.words["sv"].text) == ("a\ufffdb", "c\ufffd\ufffdd")


DCT = """<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="a" xmlns:basic="b">
<tbxHeader><fileDesc><sourceDesc><p>x</p></sourceDesc></fileDesc></tbxHeader><text><body>
<conceptEntry id="1"><note>by somebody</note>
<langSec xml:lang="en-US"><termSec><term>deal</term><min:partOfSpeech>noun</min:partOfSpeech></termSec>
<termSec><term>bargain</term></termSec></langSec>
<langSec xml:lang="sv-SE"><termSec><term>klipp</term><min:administrativeStatus>supersededTerm-admn-sts</min:administrativeStatus></termSec>
<termSec><term>affär</term></termSec></langSec></conceptEntry>
<conceptEntry id="2"><langSec xml:lang="sv"><termSec><term>utan engelska</term></termSec></langSec></conceptEntry>
</body></text></tbx>"""
MARTIF = """<martif type="TBX" xml:lang="en"><text><body><termEntry id="1">
<langSet xml:lang="en"><ntig><termGrp><term>deal</term><termNote type="partOfSpeech">noun</termNote></termGrp></ntig></langSet>
<langSet xml:lang="sv"><tig><term>affär</term></tig></langSet></termEntry></body></text></martif>"""


@pytest.mark.parametrize(
    ("text", "term"),
    [
        (
            DCT,
            Term(
                "deal",
                forms=("deal", "deals", "bargain"),
                note="by somebody",
                words={"sv": Word("sv", "affär", "inferred", forbidden=("klipp",))},
            ),
        ),
        (MARTIF, Term("deal", words={"sv": Word("sv", "affär", "inferred")})),
    ],
    ids=["DCT", "version 2"],
)
def test_term_bases_of_others_are_read(text, term):
    """Another style, an older version; without English there is no term."""
    assert read_terms(text.encode(), "x.tbx") == (term,)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd"><martif/>', "xml-document-type"),
        (b'<!DOCTYPE t [<!ENTITY a "aaaa">]><tbx><text><body>&a;</body></text></tbx>', "xml-document-type"),
        (b"<tbx><text/></tbx>", "exchange-incomplete"),
        (b"<tmx><text><body/></text></tmx>", "exchange-incomplete"),
        (b"<tbx>", "xml-syntax"),
        (b"", "xml-syntax"),
        (b"<tbx>" * 100, "xml-too-deep"),
    ],
)
def test_hostile_term_base_is_refused(content, code):
    """No document type, no entity, nothing that is no term base."""
    with pytest.raises(InputError) as caught:
        read_terms(content, "x.tbx")
    assert caught.value.code == code


def test_mined_labels_complete_the_glossary(words):
    """The glossary stays as it is; a label with several translations is doubtful in that language alone."""
    units = [unit("**Zap**", "**Zappa**"), unit("**Zap**", "**Zäpp**"), unit("**Zap**", "**ザップ**", "ja")]
    found = glossary_of(mine(units, words), words)
    term = found["Zap"]

    assert found.terms[:-1] == words.terms
    assert (term.part, {each.locale: each.status for each in term.words.values()}) == (
        "label",
        {"ja": "inferred", "sv": "needs-review"},
    )
    assert read_terms(write_terms(found.terms), "x")[-1] == term


# ---- the command ----

PAIR = '<span data-ttu-id="a-{0}">{1}</span><span class="sxs-lookup"><span data-stu-id="a-{0}">{2}</span></span>\n\n'.format
PAGE = (
    "---\nms.contentlocale: sv-SE\n---\n"
    + PAIR(103, "Tryck på **=Spara**.", "Press **Save**.")
    + PAIR(104, "Tryck på **Lagra**.", "Press **Save**.")
    + PAIR(105, "Tryck på **=Spara** för en möjlighet.", "Press **Save** for an opportunity.")
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.md").write_bytes(PAGE.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_terms_are_told(here, capsys):
    """A line for each rendering; outliers have a mark and a place."""
    assert run(("docs", "terms", "a.md")) == 0
    out, err = capsys.readouterr()
    assert out == (
        "Save · label · 3\n    sv         2  =Spara\n  ! sv         1  Lagra  a.md:6:27\n"
        "opportunity · term · 1\n  ! sv         1  möjlighet  a.md:8:27\n"
    )
    assert err == "2 translations (!) are forbidden, or differ from the usual ones.\n"

    run(("docs", "terms", "a.md", "--outliers", "-q"))
    assert "Spara" not in capsys.readouterr().out


def test_table_holds_no_formula(here, capsysbinary):
    """A spreadsheet reads every cell as text."""
    run(("docs", "terms", "a.md", "--format", "csv"))
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode("utf-8-sig"))))

    assert [(row["source"], row["translation"], row["times"], row["outlier"], row["line"]) for row in rows] == [
        ("Save", "'=Spara", "2", "", "4"),
        ("Save", "Lagra", "1", "yes", "6"),
        ("opportunity", "möjlighet", "1", "yes", "8"),
    ]


def test_term_base_holds_the_glossary_and_more(here, capsysbinary, words):
    """With or without --outliers, what is written can be read."""
    run(("docs", "terms", "a.md", "--format", "tbx", "--outliers"))
    found = read_glossary(capsysbinary.readouterr().out, "-")

    assert (found.terms[:-1], found.names) == (words.terms, words.names)
    assert found["Save"].words["sv"] == Word("sv", "=Spara", "needs-review")


def test_machine_answer_keeps_to_its_schema(here, capsys):
    """A file that cannot be read does not hide the others; the language changes nothing."""
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(__file__).parents[1] / "docs" / "schemas" / "envelope" / "terms.schema.json"
    answers = []
    for locale in locales.PRODUCT:
        assert run(("docs", "terms", "a.md", "no.md", "--format", "json", "--locale", locale)) == 2
        answers.append(json.loads(capsys.readouterr().out))

    jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(answers[0])
    assert all(each["terms"] == answers[0]["terms"] for each in answers)
    assert [each["code"] for each in answers[0]["errors"]] == ["not-found"]
