"""Help topics: their texts for translators."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.i18n import topics
from oppi18n.i18n.entries import Catalog
from oppi18n.i18n.extract import messages_of
from oppi18n.i18n.topics import CELL, HEADING, ITEM, PARAGRAPH, passages, read
from oppi18n.units.catalogs import units_of
from oppi18n.units.unit import MARKDOWN

TEXTS = {
    "a heading": ("# Quotes #\n", [(HEADING, "Quotes")]),
    "a paragraph of two lines": ("Close\none.\n", [(PARAGRAPH, "Close one.")]),
    "two paragraphs": ("Close one.\n\nClose all.\n", [(PARAGRAPH, "Close one."), (PARAGRAPH, "Close all.")]),
    "items": ("- One\n- Two\n  more\n", [(ITEM, "One"), (ITEM, "Two more")]),
    "numbered items": ("1. One\n2. Two\n", [(ITEM, "One"), (ITEM, "Two")]),
    "nested items": ("- One\n  - Two\n", [(ITEM, "One"), (ITEM, "Two")]),
    "cells": ("| A | B |\n|---|---|\n| c | |\n", [(CELL, "A"), (CELL, "B"), (CELL, "c")]),
    "a block quote": ("> Close\n> one.\n", [(PARAGRAPH, "Close one.")]),
    "a note": ("> [!NOTE]\n> Close one.\n", [(PARAGRAPH, "Close one.")]),
    "code": ("```console\n# no heading\n```\nAfter it.\n", [(PARAGRAPH, "After it.")]),
    "something generated": ("Before.\n\n::: rules close-opportunity\n", [(PARAGRAPH, "Before.")]),
    "nothing": ("\n\n", []),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_of_a_topic(name: str):
    """Translators see texts, each on one line, and neither marks nor code."""
    body, expected = TEXTS[name]

    assert [(each.kind, each.text) for each in passages(body)] == expected


def test_front_matter_is_translated_first():
    """Title and description, and nothing else of it; lines are those of the file."""
    topic = read('---\ntitle: Quotes\norder: 3\ndescription: "About: quotes"\n---\n# Quotes\n', "quotes.md")

    assert [(each.text, each.line) for each in topic.passages] == [("Quotes", 1), ("About: quotes", 1), ("Quotes", 6)]
    assert (topic.name, topic.fields["order"]) == ("quotes", "3")


WORDS = st.lists(st.sampled_from(["close", "it", "**all**", "`x`", "now,", "a-b"]), min_size=1, max_size=6).map(
    " ".join
)
BLOCKS = st.one_of(
    WORDS.map(lambda text: f"{text}\n\n"),
    WORDS.map(lambda text: f"## {text}\n\n"),
    st.lists(WORDS, min_size=1, max_size=3).map(
        lambda items: "".join(f"- {each}\n" for each in items) + "\n<!-- -->\n\n"
    ),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda rows: "".join(f"> {each}\n" for each in rows) + "\n"),
    st.tuples(WORDS, WORDS).map(lambda cells: f"| {cells[0]} |\n|---|\n| {cells[1]} |\n\n"),
    WORDS.map(lambda text: f"```\n{text}\n```\n\n"),
)


def by_parser(body: str) -> list[str]:
    """The texts of a topic as a Markdown parser finds them."""
    markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py is absent here")
    tokens = markdown_it.MarkdownIt("commonmark").enable("table").parse(body)
    lines = [each.content.split("\n") for each in tokens if each.type == "inline" and each.content]
    found = (" ".join(each[1:] if topics.ALERT.match(each[0]) else each) for each in lines)
    return [each for each in found if each and not topics.GENERATED.match(each)]


@pytest.mark.parametrize("topic", topics.topics_of(packs.shipped()), ids=lambda topic: topic.name)
def test_texts_are_what_a_parser_of_markdown_finds(topic: topics.Topic):
    """A translation finds its place again when the page is made."""
    assert [each.text for each in passages(topic.body)] == by_parser(topic.body)


@given(st.lists(BLOCKS, max_size=6).map("".join))
def test_texts_of_any_topic_are_what_a_parser_finds(body: str):
    """Also in topics that nobody has written yet."""
    ours = [each.text for each in passages(body) if each.text != "<!-- -->"]

    assert ours == by_parser(body)


def test_texts_of_topics_are_messages_in_markdown():
    """They are extracted with the rest, and checks know that they are Markdown."""
    entries = [each for each in messages_of(packs.shipped()) if topics.is_topic(each.context or "")]

    assert "oppi18n/help/close-opportunity" in {each.context for each in entries}
    assert {unit.markup for unit in units_of(Catalog(locale="ko", entries=tuple(entries)))} == {MARKDOWN}
    assert all(each.references[0].startswith("help/") for each in entries)
