"""Particles of Korean translations are written so that the renderer can choose, or need not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.i18n import notation, particles, po_reader
from oppi18n.i18n.notation import DOUBLE, FIXED, KINDS, OTHER, SPACE, slips
from oppi18n.i18n.particles import FORMS
from oppi18n.upkeep import update as upkeep

RIGHT = [
    "{name}을(를) 닫으십시오.",
    "종료 날짜 {date}이(가) 오늘({today})보다 늦습니다.",
    "이 영업 기회에 활성 견적 {count}개({quotes})가 연결되어 있는 동안에는 영업 기회를 종료할 수 없습니다.",
    "“{name}”을(를) 찾을 수 없습니다.",
    "{count}가지 방법이 있습니다.",
    "{count}과목, {street}로그, {name}은행",
    "{name}의 견적은 {count}개까지입니다.",
    "{name}에서, {name}만, {name}도, {name}부터",
    "{date} 이 영업 기회를 종료했습니다.",
    "가을이 오면 마을을 떠난다.",
    "추가/이동과 평가/이력",
    "**저장** 을 선택합니다.",
    "`status` 를 입력하십시오.",
    "이(가)는 표기입니다.",
    "東京이(가) 없습니다.",
    "첫 줄\n을",
    "{{name}}을 닫습니다.",
    "",
    "을",
]
WRONG = [
    ("{name}을 닫으십시오.", FIXED, "을", "을(를)"),
    ("{date}이 늦습니다.", FIXED, "이", "이(가)"),
    ("{name}는 없습니다.", FIXED, "는", "은(는)"),
    ("{name}과 {other}", FIXED, "과", "과(와)"),
    ("{name}와의 관계", FIXED, "와", "과(와)"),
    ("{value}로 바꾸십시오.", FIXED, "로", "(으)로"),
    ("{value}으로는 부족합니다.", FIXED, "으로", "(으)로"),
    ("“{name}”을 찾을 수 없습니다.", FIXED, "을", "을(를)"),
    ("{name}({id})가 없습니다.", FIXED, "가", "이(가)"),
    ("({name})를 보십시오.", FIXED, "를", "을(를)"),
    ("견적을(를) 닫습니다.", DOUBLE, "을(를)", "을"),
    ("날짜이(가) 늦습니다.", DOUBLE, "이(가)", "가"),
    ("서울(으)로 갑니다.", DOUBLE, "(으)로", "로"),
    ("견적(초안)은(는) 열려 있습니다.", DOUBLE, "은(는)", "은"),
    ("{count}개({quotes})이(가) 있습니다.", DOUBLE, "이(가)", "가"),
    ("견적을/를 닫습니다.", DOUBLE, "을/를", "을"),
    ("Dataverse은(는) 느립니다.", DOUBLE, "은(는)", "는"),
    ("{name}을/를 닫습니다.", OTHER, "을/를", "을(를)"),
    ("{name}가(이) 없습니다.", OTHER, "가(이)", "이(가)"),
    ("{name}(이)가 없습니다.", OTHER, "(이)가", "이(가)"),
    ("{name}와(과) 같습니다.", OTHER, "와(과)", "과(와)"),
    ("{name}으로(로) 갑니다.", OTHER, "으로(로)", "(으)로"),
    ("{name} 을(를) 닫습니다.", SPACE, " 을(를)", "을(를)"),
    ("{name} 을 닫습니다.", SPACE, " 을", "을(를)"),
    ("{name}\u00a0는 없습니다.", SPACE, "\u00a0는", "은(는)"),
    ("견적 을 닫습니다.", SPACE, " 을", "을"),
    ("견적 을(를) 닫습니다.", SPACE, " 을(를)", "을"),
    ("[견적](a.md) 를 보십시오.", SPACE, " 를", "을"),
    ("{name:x}와 {value}을 봅니다.", FIXED, "을", "을(를)"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_good_notation_has_no_slip(text):
    """Double forms behind placeholders, fixed ones behind words, and words that only look like particles."""
    assert list(slips(text)) == []


@pytest.mark.parametrize(("text", "kind", "culprit", "suggestion"), WRONG)
def test_slip_is_found_with_its_place_and_what_is_better(text, kind, culprit, suggestion):
    """One slip each; with the suggestion put in, there is none."""
    (found,) = slips(text)

    assert (found.kind, text[found.offset : found.end], found.suggestion) == (kind, culprit, suggestion)
    assert not list(slips(text[: found.offset] + found.suggestion + text[found.end :]))


def test_every_kind_has_an_example():
    """No kind goes without a text that triggers it."""
    assert {kind for _, kind, _, _ in WRONG} == set(KINDS)


def test_several_slips_come_from_left_to_right():
    """Each with its own place."""
    text = "{a}을 {b} 를 견적은(는)"

    assert [(slip.kind, slip.offset) for slip in slips(text)] == [(FIXED, 3), (SPACE, 8), (DOUBLE, 13)]


@given(st.text("{}ab을를이가은는과와으로() /*\n견적“”", max_size=80))
def test_any_text_can_be_looked_at(text):
    """Slips lie inside the text and do not overlap, whatever is wrong with its braces."""
    end = 0
    for slip in slips(text):
        assert end <= slip.offset < slip.end <= len(text)
        end = slip.end


@pytest.mark.usefixtures("checkout")
def test_shipped_catalog_has_no_slip():
    """The Korean catalog is in our notation throughout."""
    catalog = po_reader.read(upkeep.path_of(packs.shipped(), "ko"), "ko")

    assert [
        (text, list(slips(text))) for each in catalog.entries for text in each.translations if list(slips(text))
    ] == []


@pytest.mark.usefixtures("checkout")
def test_damaged_catalog_is_seen_through():
    """Every double form of the shipped catalog, replaced by one of its halves or set apart, is a slip."""
    catalog = po_reader.read(upkeep.path_of(packs.shipped(), "ko"), "ko")
    texts = [text for entry in catalog.entries for text in entry.translations]
    damaged = [each for text in texts for each in _damaged(text)]

    assert len(damaged) > 20
    assert [each for each in damaged if not list(slips(each))] == []


def _damaged(text: str) -> Iterator[str]:
    for double, forms in FORMS.items():
        for match in re.finditer(re.escape(double), text):
            for other in (*forms, f" {double}"):
                # A determiner “이” behind a space, or a syllable of the next word, is no particle.
                if not re.match("[가-힣]", text[match.end() :]):
                    yield text[: match.start()] + other + text[match.end() :]


def test_published_pages_have_few_slips(corpus):
    """In human translations without placeholders, next to nothing is flagged: fewer than 3 in 1000 lines."""
    pages = sorted((corpus / "plain" / "ko-KR").rglob("*.md"))
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if line.strip()]

    flagged = [line for line in lines if list(slips(line))]

    assert len(lines) > 1000
    assert len(flagged) <= 0.003 * len(lines)


# The page -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("checkout")
def test_reference_page_is_made_of_the_docstrings(golden: Callable[[str, str], None]):
    """docs/reference/particles.md says what the modules say."""
    parts = [
        "# Korean particles\n",
        *_section(particles, "attach", "sound"),
        "## Checking a translation\n",
        *_section(notation, "slips", "Slip"),
        "The page is made of the docstrings of `oppi18n.i18n.particles` and `oppi18n.i18n.notation`.\n",
    ]

    golden("../../docs/reference/particles.md", "\n".join(parts))


def _section(module: ModuleType, *names: str) -> Iterator[str]:
    yield f"{_markdown(module)}\n"
    for name in names:
        found = getattr(module, name)
        fields = ", ".join(getattr(found, "_fields", ()))
        signature = f"{name}({fields})" if fields else f"{name}{inspect.signature(found)}".replace("'", "")
        yield f"### `{module.__name__}.{signature}`\n"
        yield f"{_markdown(found)}\n"


def _markdown(found: object) -> str:
    """A docstring, its paragraphs on one line each and its examples as code."""
    parts = []
    for part in (inspect.getdoc(found) or "").split("\n\n"):
        if part.startswith(">>>"):
            parts.append(f"```pycon\n{part}\n```")
        else:
            parts.append(part if part.startswith("|") else " ".join(part.split("\n")))
    return "\n\n".join(parts)


def test_page_lies_where_the_reference_is():
    """The page that is compared is the one people read."""
    page = Path(__file__).resolve().parents[1] / "docs" / "reference" / "particles.md"

    assert page.read_text(encoding="utf-8").startswith("# Korean particles\n")
