"""Updating a catalog keeps what is true, proposes what may be, and loses nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.i18n import po_reader, po_writer
from oppi18n.i18n.entries import Catalog, Entry, Previous
from oppi18n.i18n.glossary import Glossary
from oppi18n.upkeep import update as upkeep
from oppi18n.upkeep.guard import Guard

NO_TERMS = Glossary()
RULES = """\
overlay: close-opportunity
rules:
  - id: named
    assert: has(opportunity.name)
    message: "Give the opportunity a name."
"""


@pytest.fixture
def pack(tmp_path: Path) -> packs.Pack:
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    return packs.named(tmp_path / "mine")


def message(msgid: str, *, context: str = "p/r/a/message", plural: str | None = None) -> Entry:
    return Entry(context=context, msgid=msgid, msgid_plural=plural)


def updated(pack: packs.Pack, old: tuple[Entry, ...], *messages: Entry, locale: str = "sv") -> tuple[Entry, ...]:
    """The entries after an update of a catalog that holds `old`; a second update must change nothing."""
    upkeep.save(pack, Catalog(locale=locale, entries=old))
    catalog = upkeep.update(pack, locale, messages, NO_TERMS)
    upkeep.save(pack, catalog)
    again = upkeep.update(pack, locale, messages, NO_TERMS)
    assert po_writer.write(again) == po_writer.write(catalog)
    return catalog.entries


def test_new_message_is_empty_in_every_form(pack):
    """A new message has as many empty forms as the locale has."""
    found = updated(pack, (), message("{n} quote", plural="{n} quotes"), message("OK"))

    assert [entry.translations for entry in found] == [("", ""), ("",)]


def test_unchanged_message_keeps_everything_of_translators(pack):
    """Translation, comments and flags stay; references and extracted comments are those of today."""
    old = replace(
        message("OK"),
        translations=("Okej",),
        comments=("needs-review: two readers",),
        flags=("no-wrap",),
        extracted=("old",),
        references=("a.yaml:1",),
    )
    new = replace(message("OK"), extracted=("new",), references=("a.yaml:7",))

    (found,) = updated(pack, (old,), new)

    assert found == replace(old, extracted=("new",), references=("a.yaml:7",))


def test_same_words_in_another_context_are_another_message(pack):
    """Two contexts, two translations."""
    one, other = message("Open", context="p/a"), message("Open", context="p/b")

    found = updated(pack, (replace(one, translations=("Öppen",)), replace(other, translations=("Öppna",))), other, one)

    assert [entry.translations for entry in found] == [("Öppna",), ("Öppen",)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Enter the close date.", "Enter a close date."),
        ("The limit is {limit}.", "The largest amount is {limit}."),
        ("At most 10 quotes.", "At most 10 of the quotes."),
    ],
)
def test_changed_message_gets_a_fuzzy_proposal(pack, old, new):
    """What says the same in other words offers the old translation, with the text it was made for."""
    found, gone = updated(pack, (replace(message(old), translations=("Gammal {limit}",)),), message(new))

    assert (found.translations, found.flags, found.previous) == (
        ("Gammal {limit}",),
        ("fuzzy",),
        Previous(None, old, None),
    )
    assert (gone.msgid, gone.obsolete) == (old, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("You can close this.", "You can't close this."),
        ("You can't close this.", "You can close this."),
        ("You can’t close this.", "You can close this."),
        ("It is allowed.", "It is not allowed."),
        ("{count} left", "{limit} left"),
        ("At most 10 quotes.", "At most 20 quotes."),
        ("At most {n} quotes.", "At least {n} quotes."),
        ("It is closed as won.", "It is closed as lost."),
        ("Later than today.", "Earlier than today."),
        ("Close two quotes.", "Close three quotes."),
        ("This quote is old.", "These quotes are old."),
        ("Enter the close date.", "Choose a competitor."),
    ],
)
def test_proposal_is_refused_where_the_meaning_may_have_turned(pack, old, new):
    """Placeholders, numbers and polarity must agree; otherwise the entry is empty, and the old one waits."""
    found, gone = updated(pack, (replace(message(old), translations=("Gammal",)),), message(new))

    assert (found.translations, found.is_fuzzy, found.previous) == (("",), False, None)
    assert gone.obsolete


@pytest.mark.parametrize(
    ("context", "old", "new"),
    [
        ("p/model/m/status:off/label", "Canceled", "Out-Sold"),
        ("p/model/m/status:off/label", "Canceled", "Cancelled"),
        ("p/r/a/message", "The status of the quote is On hold.", "The status of the quote is In progress."),
        ("p/r/a/message", "It was canceled by somebody.", "It was revised by somebody."),
    ],
)
def test_proposal_is_refused_where_a_value_of_an_enumeration_is_another(pack, context, old, new):
    """To a reader, two values of an enumeration are as far apart as yes and no."""
    labels = [
        message(text, context=f"p/model/m/reason:{index}/label")
        for index, text in enumerate(("Canceled", "Revised", "On hold", "In progress", "Out-Sold"))
    ]
    translated = replace(message(old, context=context), translations=("Gammal",))

    found, *_, gone = updated(pack, (translated,), message(new, context=context), *labels)

    assert (found.translations, found.is_fuzzy, gone.msgid) == (("",), False, old)


def test_label_of_one_value_is_not_proposed_for_another(pack):
    """“Open” may be said otherwise of an opportunity and of a quote."""
    old = replace(message("Open", context="p/model/m/state:open/label"), translations=("Öppen",))
    moved = replace(message("Open", context="q/model/n/state:open/label"))

    (other, _) = updated(pack, (old,), message("Open", context="p/model/m/quote_state:open/label"))
    (same, _) = updated(pack, (old,), moved)

    assert (other.translations, same.translations, same.is_fuzzy) == (("",), ("Öppen",), True)


def test_pack_in_another_language_gets_proposals_for_equal_texts_alone(pack):
    """What turns a sentence around is known for English; elsewhere nothing is guessed."""
    swedish = pack._replace(language="sv")
    old = (
        replace(message("Ange slutdatum.", context="p/a"), translations=("종료 날짜를 입력하십시오.",)),
        replace(message("Välj en.", context="p/b"), translations=("하나를 선택하십시오.",)),
    )

    found = updated(
        swedish, old, message("Ange ett slutdatum.", context="p/a"), message("Välj en.", context="p/c"), locale="ko"
    )

    assert [entry.is_fuzzy for entry in found if not entry.obsolete] == [False, True]


def test_crowded_context_proposes_only_what_is_alike(pack):
    """Where many messages share a context, a change is told from a new message by likeness."""
    context = "oppi18n/cli"
    old = tuple(
        replace(message(text, context=context), translations=("x",)) for text in ("The file was read.", "Usage:")
    )
    news = (message("The file has been read.", context=context), message("Options:", context=context))

    found = updated(pack, old, *news)

    assert [entry.is_fuzzy for entry in found if not entry.obsolete] == [True, False]


def test_renamed_rule_is_offered_its_old_translation(pack):
    """The same words under a new context are a proposal too, with the context they come from."""
    old = replace(message("Choose one.", context="p/r/old/message"), translations=("Välj en.",))

    found, _ = updated(pack, (old,), message("Choose one.", context="p/r/new/message"))

    assert found.is_fuzzy
    assert found.previous == Previous("p/r/old/message", "Choose one.", None)


def test_obsolete_translation_is_revived(pack):
    """A message that goes and returns has its translation and its review mark again, not as a guess."""
    old = replace(message("Choose one."), translations=("Välj en.",), comments=("needs-review: sure?",))

    (gone,) = updated(pack, (old,))
    (back,) = updated(pack, (gone,), message("Choose one."))

    assert gone == replace(old, obsolete=True)
    assert back == old


def test_reverted_text_gets_its_old_translation_back(pack):
    """A change that is taken back leaves no trace but the translation."""
    first, second = message("Enter the close date."), message("Enter a close date.")
    translated = replace(first, translations=("Ange datumet.",))

    changed = updated(pack, (translated,), second)
    (back,) = updated(pack, changed, first)

    assert back == translated


def test_new_plural_makes_the_translation_doubtful(pack):
    """A message that gets a plural form has to be looked at again; without one again, the old text is back."""
    old = replace(message("{count} quotes"), translations=("{count} offerter",))

    found, gone = updated(pack, (old,), message("{count} quotes", plural="{count} quotes in all"), locale="ms")
    back = updated(pack, (found, gone), message("{count} quotes"), locale="ms")

    assert not found.is_translated
    assert back == (old,)


def test_guesses_and_gaps_do_not_become_obsolete(pack):
    """Only what was translated is worth keeping."""
    guess = replace(message("A"), translations=("Å",), flags=("fuzzy",), previous=Previous(None, "Old", None))

    assert updated(pack, (guess, message("B", context="p/b"))) == ()


def test_guess_stays_a_guess(pack):
    """An update does not confirm a proposal, nor replace what a translator has begun to correct."""
    guess = replace(message("A"), translations=("Å",), flags=("fuzzy",), previous=Previous(None, "Old", None))

    assert updated(pack, (guess,), message("A")) == (guess,)


def test_confirmed_proposal_forgets_the_previous_text(pack):
    """Once the flag is gone, the text it was made for is of no interest."""
    confirmed = replace(message("A"), translations=("Å",), previous=Previous(None, "Old", None))

    assert updated(pack, (confirmed,), message("A")) == (replace(confirmed, previous=None),)


def test_obsolete_guess_stays_a_guess(pack):
    """What another tool has kept of a guess comes back as a guess, with the text it was made for."""
    guess = replace(
        message("A"), translations=("Å",), flags=("fuzzy",), previous=Previous(None, "Old", None), obsolete=True
    )

    kept = updated(pack, (guess,), message("B", context="p/b"))
    back = updated(pack, kept, message("A"))

    assert kept[1] == guess
    assert back == (replace(guess, obsolete=False),)


@pytest.mark.parametrize(
    ("living", "waiting", "expected"),
    [("", "Välj.", ["Välj."]), ("Välj.", "Välj.", ["Välj."]), ("Välj.", "Välj en.", ["Välj.", "~Välj en."])],
)
def test_twin_of_a_message_loses_no_translation(pack, living, waiting, expected):
    """A merge of lines may leave a message twice, once as obsolete: what either says stays."""
    one = replace(message("Choose."), translations=(living,), comments=("alive",))
    other = replace(message("Choose."), translations=(waiting,), comments=("gone",), obsolete=True)

    found = updated(pack, (one, other), message("Choose."))

    assert [f"{'~' * entry.obsolete}{entry.translations[0]}" for entry in found] == expected
    assert set(found[0].comments) == {"alive", "gone"}


def test_obsolete_entries_are_sorted_and_last(pack):
    """Their order depends on nothing but themselves."""
    old = tuple(replace(message(text, context=text), translations=("x",)) for text in "cab")

    found = updated(pack, old, message("new", context="z"))

    assert [entry.msgid for entry in found] == ["new", "a", "b", "c"]


def test_hints_of_the_glossary_follow_the_locale(pack):
    """Each catalog tells its translators the words of their language."""
    catalog = upkeep.update(pack, "ko", [message("This quote.")])

    assert catalog.entries[0].extracted == ("glossary: quote = 견적",)


def test_template_has_english_terms_and_no_language(pack):
    """The template for other tools names the terms, and reads without a fault."""
    catalog = upkeep.template(pack, [message("{n} quote", plural="{n} quotes")])

    text = po_writer.write(catalog)

    assert "#. glossary: quote\n" in text
    assert po_reader.parse(text, "mine.pot").diagnostics == ()


def test_faulty_catalog_is_not_touched(pack):
    """An update would lose what the errors hide, so there is none."""
    path = Path(upkeep.path_of(pack, "sv"))
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Language: sv\\n"\n\nmsgid "OK\nmsgstr ""\n', encoding="utf-8")

    with pytest.raises(AuthoringError, match="catalog-unterminated"):
        upkeep.update(pack, "sv", [])


def test_comment_that_belongs_to_no_entry_is_told_not_lost(pack):
    """An update would drop it, so the translator is asked first."""
    upkeep.save(pack, Catalog(locale="sv", entries=(replace(message("A"), translations=("Å",)),)))
    path = Path(upkeep.path_of(pack, "sv"))
    path.write_text(path.read_text(encoding="utf-8") + "\n# fråga Karin\n", encoding="utf-8")

    with pytest.raises(AuthoringError, match="catalog-comment"):
        upkeep.update(pack, "sv", [message("A")])


def test_unknown_language_is_an_input_error(pack):
    """There are no plural forms for a language that CLDR does not have."""
    with pytest.raises(InputError, match="tlh") as caught:
        upkeep.update(pack, "tlh", [])
    assert caught.value.code == "unknown-language"


def test_catalog_that_was_saved_meanwhile_is_not_overwritten(pack):
    """What a translator has saved between reading and writing stays; the same result is no trouble."""
    upkeep.save(pack, Catalog(locale="sv", entries=(replace(message("A"), translations=("Å",)),)))
    ours = upkeep.update(pack, "sv", [message("A"), message("B", context="p/b")], NO_TERMS)
    twin = upkeep.update(pack, "sv", [message("A"), message("B", context="p/b")], NO_TERMS)
    theirs = Catalog(locale="sv", entries=(replace(message("A"), translations=("Ä",)),))
    upkeep.save(pack, theirs)

    with pytest.raises(InputError) as caught:
        upkeep.save(pack, ours)

    assert caught.value.code == "changed-meanwhile"
    assert upkeep.read(pack, "sv") == theirs
    assert upkeep.save(pack, replace(ours, content=None))
    assert not upkeep.save(pack, twin)


def test_status_counts(pack):
    """Translated, proposed, missing, to be reviewed, obsolete: each is counted against the texts of today."""
    entries = (
        replace(message("A"), translations=("Å",), comments=("needs-review: x",)),
        replace(message("B"), translations=("Be",), flags=("fuzzy",)),
        replace(message("C"), translations=("Ce",), obsolete=True),
    )
    upkeep.save(pack, Catalog(locale="sv", entries=entries))

    (found,) = upkeep.status(packs.named(Path(pack.rules).parent), [message(text) for text in "ABD"])

    assert found == upkeep.Status("sv", 3, translated=1, fuzzy=1, missing=2, needs_review=1, obsolete=1)


def test_moved_lines_are_no_reason_to_write(pack):
    """An edit that touches no text leaves the file alone; the next real change brings the lines along."""
    old = replace(message("A"), references=("rules/a.yaml:1",))
    upkeep.save(pack, Catalog(locale="sv", entries=(old,)))
    before = Path(upkeep.path_of(pack, "sv")).read_bytes()

    moved = upkeep.update(pack, "sv", [replace(old, references=("rules/a.yaml:9",))], NO_TERMS)
    elsewhere = upkeep.update(pack, "sv", [replace(old, references=("rules/b.yaml:1",))], NO_TERMS)

    assert (upkeep.is_current(pack, moved), upkeep.save(pack, moved)) == (True, False)
    assert Path(upkeep.path_of(pack, "sv")).read_bytes() == before
    assert not upkeep.is_current(pack, elsewhere)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("It can't.", "It can’t.", True),
        ("no quotes", "No quotes", True),
        ("notes of {not}", "nothings of {not}", True),
        ("cannot", "can", False),
        ("none of 3", "none of 3.5", False),
        ("1,000", "1,000", True),
        ("It is one quote.", "It is a quote.", False),
        ("It was read.", "It has been read.", True),
        ("They were read.", "It was read.", False),
    ],
)
def test_guard_reads_words_not_letters(one, other, same):
    """Apostrophes of both kinds, capitals and numbers are understood; words inside words are not."""
    assert Guard().agree(one, other) is same


TEXTS = st.sampled_from(
    ["You can close {a}.", "You can't close {a}.", "You can not close {a}.", "Close {a} now.", "A", "B", "{a} {b}"]
)
MESSAGES = st.lists(
    st.builds(message, TEXTS, context=st.sampled_from(["p/a", "p/b"]), plural=st.sampled_from([None, "{a}s"])),
    unique_by=lambda entry: entry.key,
    max_size=6,
)


@given(st.lists(MESSAGES, min_size=2, max_size=4), st.sampled_from(["sv", "ja"]))
@settings(max_examples=50)
def test_no_history_loses_a_translation(tmp_path_factory, history, locale):
    """Whatever is renamed, removed and returned: what was translated stays, and two updates are as good as one."""
    folder = tmp_path_factory.mktemp("history")
    (folder / "rules").mkdir()
    pack = packs.named(folder)
    said: dict[upkeep.Identity, tuple[str, ...]] = {}
    for messages in history:
        found = updated(pack, upkeep.read(pack, locale).entries, *messages, locale=locale)
        live = [entry for entry in found if not entry.obsolete]
        assert [entry.key for entry in live] == [entry.key for entry in messages]
        done = []
        for entry in live:
            identity = (entry.context, entry.msgid, entry.msgid_plural)
            if identity in said:
                assert (entry.translations, entry.is_fuzzy) == (said[identity], False)
            said[identity] = tuple(f"{entry.msgid} {index}" for index in range(len(entry.translations)))
            done.append(replace(entry, translations=said[identity], flags=(), previous=None))
        upkeep.save(pack, Catalog(locale=locale, entries=(*done, *(entry for entry in found if entry.obsolete))))


# ---- the commands ----


def test_command_updates_checks_and_counts(pack, capsys):
    """`catalog update` writes, the second time nothing; `--check` only tells; `status` counts."""
    folder = str(Path(pack.rules).parent)
    update, status = ("catalog", "update", "--pack", folder), ("catalog", "status", "--pack", folder)
    path = Path(upkeep.path_of(pack, "sv"))

    assert run((*update, "sv")) == 0
    first = path.read_bytes()
    assert run((*update, "sv")) == run((*update, "--check")) == 0
    assert path.read_bytes() == first
    assert b"glossary: opportunity = aff" in first
    capsys.readouterr()

    rules = Path(pack.rules) / "mine.yaml"
    rules.write_text(RULES.replace("Give the", "Please give the"), encoding="utf-8")
    assert run((*update, "--check")) == 1
    assert capsys.readouterr().out == f"{path} is not up to date.\n"
    assert path.read_bytes() == first
    assert run(status) == 0
    assert capsys.readouterr().out.startswith("sv: 0 of 1 translated, 1 missing")


def test_command_refuses_an_unknown_locale(capsys):
    """A locale without a catalog is wrong usage."""
    assert run(("catalog", "update", "tlh", "--check")) == 2
    assert "tlh" in capsys.readouterr().err


def test_status_speaks_json(capsys):
    """The same counts for scripts."""
    assert run(("catalog", "status", "--format", "json")) == 0
    assert '"kind": "catalog-status"' in capsys.readouterr().out
