"""Width on a terminal, and where lines end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.widths import display_width, pad, pieces, wrap

TEXT = st.text(st.sampled_from("ab {}.,견적商機営業、。「」（）ーょ\u0301\u00a0"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("quote", 5),
        ("견적", 4),
        ("商機", 4),
        ("見積もり", 8),
        ("ﾐﾂﾓﾘ", 4),
        ("，。", 4),
        ("e\u0301", 1),
        ("\u1100\u1161\u11a8", 2),
        ("a\u200bb\u2060", 2),
        ("a\x1bb", 2),
        ("ä”", 2),
        ("😀", 2),
    ],
)
def test_width_counts_columns(text: str, width: int) -> None:
    """Wide characters count two columns, combining and control marks none."""
    assert display_width(text) == width


def test_padding_fills_columns() -> None:
    """Columns, not characters, are filled up; text that is too wide stays whole."""
    assert [pad("商機", 5), pad("商機", 5, right=True), pad("商機", 3)] == ["商機 ", " 商機", "商機"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one\n\ntwo", 7, ["one", "", "two"]),
        ("unbreakable word", 5, ["unbreakable", "word"]),
        ("您無法關閉此商機，因為", 16, ["您無法關閉此商", "機，因為"]),
        ("關閉「商機」", 6, ["關閉", "「商", "機」"]),
        ("영업 기회를 종료할 수 없습니다.", 12, ["영업 기회를", "종료할 수", "없습니다."]),
        ("キャンセル済み", 4, ["キャ", "ンセ", "ル済", "み"]),
        ("見積もり {count} 件 ({quotes})", 16, ["見積もり {count}", "件 ({quotes})"]),
        ("say 'yes' ”nej”", 6, ["say", "'yes'", "”nej”"]),
        ("1\u00a0000 kr", 4, ["1\u00a0000", "kr"]),
    ],
)
def test_lines_end_where_the_script_allows(text: str, width: int, lines: list[str]) -> None:
    """Spaces end lines everywhere, Han and Kana characters also without; stops and small kana stay behind."""
    assert wrap(text, width) == lines


@given(TEXT, st.integers(1, 30))
def test_pieces_lose_nothing(text: str, width: int) -> None:
    """The pieces of a text are the text."""
    assert "".join(pieces(text, width)) == text


@given(TEXT, st.integers(8, 30))
def test_lines_begin_with_no_stop(text: str, width: int) -> None:
    """Only the first line may begin with a closing mark, for it cannot go to the line before."""
    for line in wrap(text, width)[1:]:
        assert line[:1] not in {"、", "。", "」", "）", "ー", "ょ", ".", ",", "}"}
