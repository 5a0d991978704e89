"""Templates know placeholders, doubled braces and Korean double forms."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.templates import (
    CLOSERS,
    DOUBLE_FORMS,
    Literal,
    Particle,
    Placeholder,
    TemplateFault,
    faults,
    parse,
    placeholders,
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("plain", (Literal("plain", 0),)),
        ("{name}", (Placeholder("name", 0),)),
        ("{a}{b}", (Placeholder("a", 0), Placeholder("b", 3))),
        ("x{a}y", (Literal("x", 0), Placeholder("a", 1), Literal("y", 4))),
        ("{{a}}", (Literal("{a}", 0),)),
        ("{{{a}}}", (Literal("{", 0), Placeholder("a", 2), Literal("}", 5))),
        ("{見積}", (Placeholder("見積", 0),)),
        ("{a}이(가) 늦다", (Placeholder("a", 0), Particle("이(가)", 3), Literal(" 늦다", 7))),
        ("{a}(으)로", (Placeholder("a", 0), Particle("(으)로", 3))),
        ("‘{a}’은(는)", (Literal("‘", 0), Placeholder("a", 1), Particle("은(는)", 4, "’"))),
        (
            "{n}개({a})과(와)",
            (Placeholder("n", 0), Literal("개(", 3), Placeholder("a", 5), Particle("과(와)", 8, ")")),
        ),
        ("견적을(를)", (Literal("견적을(를)", 0),)),
        ("{a} 을(를)", (Placeholder("a", 0), Literal(" 을(를)", 3))),
        ("{a}개을(를)", (Placeholder("a", 0), Literal("개을(를)", 3))),
        ("{a})", (Placeholder("a", 0), Literal(")", 3))),
    ],
)
def test_a_template_is_read_into_its_pieces(text, pieces):
    """Each part of a template becomes one piece that knows where it starts."""
    assert parse(text) == pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", [("stray-brace", 0, 1)]),
        ("}", [("stray-brace", 0, 1)]),
        ("{a", [("stray-brace", 0, 1)]),
        ("a}", [("stray-brace", 1, 2)]),
        ("{a}}", [("stray-brace", 3, 4)]),
        ("{{a}", [("stray-brace", 3, 4)]),
        ("{a b}", [("stray-brace", 0, 5)]),
        ("{ a }", [("stray-brace", 0, 5)]),
        ("{a-b}", [("stray-brace", 0, 5)]),
        ("{}", [("empty", 0, 2)]),
        ("{ }", [("empty", 0, 3)]),
        ("{0}", [("position", 0, 3)]),
        ("{0.real}", [("position", 0, 8)]),
        ("{a.b}", [("attribute", 0, 5)]),
        ("{a.__class__.__mro__}", [("attribute", 0, 21)]),
        ("{a[0]}", [("attribute", 0, 6)]),
        ("{.b}", [("attribute", 0, 4)]),
        ("{a!r}", [("conversion", 0, 5)]),
        ("{!r}", [("conversion", 0, 4)]),
        ("{a:>10}", [("spec", 0, 7)]),
        ("{a:{b}}", [("spec", 0, 7)]),
        ("{:d}", [("spec", 0, 4)]),
        ("{a:} and {b!s} }", [("spec", 0, 4), ("conversion", 9, 14), ("stray-brace", 15, 16)]),
    ],
)
def test_everything_else_in_braces_is_refused(text, expected):
    """Every fault is found with its kind and place, and the first one is raised."""
    found = [(fault.kind, fault.offset, fault.end) for fault in faults(text)]
    with pytest.raises(TemplateFault) as raised:
        parse(text)

    assert found == expected
    assert (raised.value.kind, raised.value.offset, raised.value.end) == expected[0]


def test_a_fault_says_what_and_where():
    """The text of a fault names its kind and offset."""
    fault = next(faults("ab {0}"))

    assert str(fault) == "position at 3"
    assert isinstance(fault, ValueError)


def test_placeholders_are_named_once_in_order():
    """Names come in order of first appearance, and faults do not hide them."""
    assert placeholders("{b} {a} {b} {0} {c") == ("b", "a")


def test_pieces_compare_by_what_they_say():
    """Pieces with the same text and place are equal only if they are of one kind."""
    assert Literal("a", 0) != Placeholder("a", 0)
    assert Particle("이(가)", 0) != Particle("이(가)", 0, ")")
    assert Literal("a", 0) != "a"
    assert len({Literal("a", 0), Literal("a", 0), Particle("이(가)", 0), Particle("이(가)", 0)}) == 2
    assert repr(Literal("a", 0)) == "Literal('a', 0)"


parts = st.one_of(
    st.text("ab {}이가()을를", max_size=6).map(lambda text: text.replace("{", "{{").replace("}", "}}")),
    st.sampled_from(["{a}", "{b_1}", "{name}", *DOUBLE_FORMS, *CLOSERS]),
)


@given(st.lists(parts, max_size=8).map("".join))
def test_a_good_template_reads_as_python_reads_it(text):
    """Where a template is allowed, it means what `str.format` would make of it."""
    values = {"a": "1", "b_1": "2", "name": "3"}

    shown = []
    for piece in parse(text):
        if isinstance(piece, Placeholder):
            shown.append(values[piece.text])
        else:
            shown.append(piece.closers + piece.text if isinstance(piece, Particle) else piece.text)

    assert "".join(shown) == text.format(**values)


@given(st.text("{}a.0!:[] ", max_size=20))
def test_what_python_refuses_is_refused(text):
    """No text is accepted that `string.Formatter` cannot read or that holds more than names."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:
        fields = None
    plain = fields is not None and all(
        name is None or (name.isidentifier() and not spec and not conversion) for _, name, spec, conversion in fields
    )

    faulty = next(faults(text), None) is not None

    # Python reads `{a:}` and `{a}` alike; we do not.
    assert faulty or plain
    assert not faulty or not plain or ":}" in text


@given(st.text(max_size=50))
def test_any_text_is_read_without_surprise(text):
    """Reading never fails but by a fault, and every piece starts where it says."""
    pieces = [] if next(faults(text), None) else parse(text)

    assert all(text[piece.offset] for piece in pieces)
    assert [piece.offset for piece in pieces] == sorted(piece.offset for piece in pieces)


def test_a_hostile_template_is_read_in_linear_time():
    """Many unclosed braces cost no more than many characters."""
    text = "{a" * 20000 + "{b}" * 20000

    assert len(list(faults(text))) == 20000
