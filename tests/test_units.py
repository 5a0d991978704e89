"""Units: catalogs become units and back, and only what fits its source comes in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.locales import PRODUCT, folder
from oppi18n.units.arrival import Arrival, arrival
from oppi18n.units.catalogs import id_of, units_of, with_translations
from oppi18n.units.unit import (
    ALERT,
    HEADING,
    MISSING,
    NEEDS_REVIEW,
    OBSOLETE,
    PROPOSED,
    TEMPLATE,
    TRANSLATED,
    Block,
    Place,
    Unit,
)

OURS = Unit(id="104", source="Active quotes", targets=("활성 견적",), locale="ko")
WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
ENTRIES = st.builds(
    Entry,
    context=st.none() | WORDS,
    msgid=WORDS.filter(bool),
    translations=st.tuples(WORDS),
    flags=st.sampled_from([(), ("fuzzy",), ("python-brace-format",), ("fuzzy", "python-brace-format")]),
    comments=st.sampled_from([(), ("needs-review",), ("a note",)]),
    obsolete=st.booleans(),
)


def shipped(locale: str) -> Catalog:
    path = f"locales/{folder(locale)}/LC_MESSAGES/oppi18n.po"
    return po_reader.parse_bytes(packs.read_bytes(packs.shipped(), path), path, locale)


@pytest.mark.parametrize("locale", PRODUCT[1:])
def test_shipped_catalog_becomes_units(locale):
    """Every entry is a unit with an id of its own, and the units bring back the same catalog."""
    catalog = shipped(locale)
    units = list(units_of(catalog))

    assert len({unit.id for unit in units}) == len(catalog.entries) > 500
    assert with_translations(catalog, units) == catalog
    assert {unit.locale for unit in units} == {locale}


def test_ids_are_the_same_in_every_locale():
    """A unit of one locale finds its sister in another."""
    ko, sv = (
        {unit.id: unit.source for unit in units_of(shipped(locale)) if unit.state != OBSOLETE}
        for locale in ("ko", "sv")
    )

    common = ko.keys() & sv.keys()
    assert len(common) > 500
    assert all(ko[each] == sv[each] for each in common)


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (Entry(msgid="a", translations=("b",)), TRANSLATED),
        (Entry(msgid="a", translations=("b",), comments=("needs-review by a lawyer",)), NEEDS_REVIEW),
        (Entry(msgid="a", translations=("b",), flags=("fuzzy",)), PROPOSED),
        (Entry(msgid="a"), MISSING),
        (Entry(msgid="a", msgid_plural="as", translations=("b", "")), MISSING),
        (Entry(msgid="a", translations=("b",), flags=("fuzzy",), obsolete=True), OBSOLETE),
    ],
)
def test_state_follows_from_the_entry(entry, state):
    """What gettext says in three ways is one word."""
    [unit] = units_of(Catalog(locale="sv", entries=(entry,)))

    assert unit.state == state
    assert unit.is_translated == (state in (TRANSLATED, NEEDS_REVIEW))


def test_unit_knows_where_its_entry_stands():
    """Place, notes and markup come along."""
    entry = Entry(
        msgid="{n} quotes",
        translations=("견적 {n}개",),
        flags=("python-brace-format",),
        extracted=("n: number",),
        references=("rules/x.yaml:3",),
    )
    text = po_writer.write(Catalog(locale="ko", entries=(entry,)))
    [unit] = units_of(po_reader.parse(text, "ko.po", "ko"))

    assert (unit.place, unit.notes, unit.source_places) == (Place("ko.po", 9, 1), ("n: number",), ("rules/x.yaml:3",))
    assert unit.markup == TEMPLATE


@settings(max_examples=60)
@given(st.lists(ENTRIES, max_size=6, unique_by=lambda entry: entry.key))
def test_units_of_any_catalog_bring_it_back(entries):
    """Whatever the entries are, untouched units change none of them."""
    catalog = Catalog(locale="ja", entries=tuple(entries))

    assert with_translations(catalog, units_of(catalog)) == catalog


def test_translations_find_their_entries():
    """A translated guess is a guess no more; a review mark comes and goes; other notes stay."""
    entry = Entry(msgid="a", translations=("x",), flags=("fuzzy", "c-format"), comments=("note",))
    catalog = Catalog(locale="ja", entries=(entry, Entry(msgid="b")))
    first, second = units_of(catalog)

    reviewed = with_translations(catalog, [replace(first, targets=("y",), state=NEEDS_REVIEW), second])
    final = with_translations(reviewed, [replace(first, targets=("y",), state=TRANSLATED)])

    assert (reviewed.entries[0].translations, reviewed.entries[0].flags) == (("y",), ("c-format",))
    assert reviewed.entries[0].comments == ("needs-review", "note")
    assert final.entries[0].comments == ("note",)
    assert final.entries[1] == catalog.entries[1]


def test_contexts_keep_ids_apart():
    """No context and an empty one are two things, as gettext has it."""
    entries = Entry(msgid="OK"), Entry(context="", msgid="OK"), Entry(context="p", msgid="OK")

    assert len(set(map(id_of, entries))) == 3


@pytest.mark.parametrize(
    ("theirs", "sorted_as"),
    [
        (OURS, "same"),
        (replace(OURS, targets=("사용 중인 견적",)), "changed"),
        (replace(OURS, state=NEEDS_REVIEW), "changed"),
        (replace(OURS, targets=("사용 중인 견적",), state=NEEDS_REVIEW), "changed"),
        (replace(OURS, state=PROPOSED), "same"),
        (replace(OURS, targets=("사용 중인 견적",), state=PROPOSED), "unfinished"),
        (replace(OURS, targets=("",), state=MISSING), "unfinished"),
        (replace(OURS, targets=("",)), "unfinished"),
        (replace(OURS, targets=("하나", "둘")), "unfinished"),
        (replace(OURS, source="Draft quotes"), "outdated"),
        (replace(OURS, plural="Active quotes"), "outdated"),
        (replace(OURS, id="105"), "unknown"),
    ],
)
def test_arrival_lets_in_what_fits(theirs, sorted_as):
    """Changed is what has a new text for the same source; all the rest is turned away by name."""
    found = arrival([OURS], [theirs])

    assert [name for name in Arrival.__dataclass_fields__ if getattr(found, name)] == [sorted_as]


def test_arrival_keeps_what_is_ours():
    """Only targets and state come from outside."""
    theirs = replace(OURS, targets=("사용 중인 견적",), context="x", notes=("y",), place=Place("z"), locale="ja")

    assert arrival([OURS], [theirs]).changed == (replace(OURS, targets=("사용 중인 견적",)),)


def test_unit_knows_its_blocks():
    """An alert inside a list is in both."""
    unit = replace(OURS, blocks=(Block("list"), Block(ALERT, "NOTE")))

    assert unit.is_in(ALERT)
    assert not unit.is_in(HEADING)
    assert str(unit.blocks[1]) == "alert NOTE"
    assert unit.key == ("", "104")
