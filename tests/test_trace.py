"""Rules are held against the sentences of pages: what backs what, what is stated nowhere, what contradicts what."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from typing import Any

import pytest

from oppi18n.analysis.subject import understood
from oppi18n.cli import run
from oppi18n.docs.folders import PageFile, page_files, read_page
from oppi18n.docs.scanner import scan
from oppi18n.docs.tracing import wording
from oppi18n.docs.tracing.conditions import is_in_force, stands
from oppi18n.docs.tracing.pages import Sentence, document_of, sentences_of
from oppi18n.docs.tracing.trace import RuleTrace, Trace, trace
from oppi18n.errors import InputError
from oppi18n.i18n import locales

PAIR = '<span data-ttu-id="a-{0}">{1}</span><span class="sxs-lookup"><span data-stu-id="a-{0}">{2}</span></span>\n\n'.format
BLOCKED = "You won't be able to **close** the opportunity while any quotes are active."
CLOSED = "You can close active and draft quotes of an opportunity together."
ONLY = "Each quote must name a customer before it is sent."
ENGLISH = (
    f"---\ntitle: Closing\n---\n# Closing must be easy\n\n{BLOCKED}\n{CLOSED}\n\n- {ONLY}\n- Nothing else matters.\n"
)
SWEDISH = (
    "---\nms.contentlocale: sv-SE\n---\n"
    + PAIR(104, "Du kan inte **stänga** affärsmöjligheten.", BLOCKED)
    + PAIR(105, "Du kan stänga offerter tillsammans.", CLOSED)
    + PAIR(106, "Varje offert måste ha en kund.", ONLY)
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an English page, the Swedish one, and an empty pack."""
    for name, text in {"en-US/closing.md": ENGLISH, "sv-SE/closing.md": SWEDISH}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "mine" / "rules").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(*rules: str, settings: str = "") -> None:
    """A pack with these rules laid over those about opportunities."""
    body = "".join(f"  - {rule.strip()}\n    message: Not so.\n" for rule in rules)
    text = f"overlay: close-opportunity\n{settings}rules:\n{body}"
    Path("mine", "rules", "mine.yaml").write_bytes(text.encode())


def rule(source: str, condition: str, *more: str) -> str:
    lines = (f"source: {json.dumps(source)}", condition, *more)
    return "id: mine\n" + "".join(f"    {line}\n" for line in lines)


def sentences(*paths: str) -> tuple[Sentence, ...]:
    return sentences_of((file, read_page(file)) for file in page_files(paths or ["en-US", "sv-SE"]))


def traced(*given: str, **options: Any) -> RuleTrace:
    written(rule(*given))
    return trace(sentences(), rule="mine", rulesets=["close-opportunity"], packs=["./mine"], **options).rules[0]


FORBIDS_ACTIVE = "forbid: opportunity.quotes.exists(q, q.state == 'active')"
FORBIDS_DRAFT = "forbid: opportunity.quotes.exists(q, q.state == 'draft')"


# ---- sentences ----


def test_sentences_of_all_languages_are_one(here):
    """The English page, which has no marks, and the bilingual one meet by text; the marks are the numbers."""
    found = {each.reference: each for each in sentences()}

    assert list(found)[:3] == ["closing#102", "closing#104", "closing#105"]
    blocked = found["closing#104"]
    assert (blocked.text, blocked.numbers, blocked.document) == (BLOCKED, ("104",), "closing")
    assert [(each.locale, each.text[:11]) for each in blocked.versions] == [("sv-SE", "Du kan inte")]
    assert str(blocked.version("sv").place).startswith("sv-SE/closing.md:4:")  # type: ignore[union-attr]
    assert blocked.version("ko") is None


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("a/b.md", "b"),
        ("b.en.md", "b"),
        ("b.zh-Hant-HK.md", "b"),
        ("x\\ko-KR\\b.md", "b"),
        ("about.us.closing.md", "about.us.closing"),
    ],
)
def test_document_has_one_name_in_all_languages(path, document):
    """Folders and the part that names a locale are left out."""
    assert document_of(path) == document


# ---- what backs a rule ----


@pytest.mark.parametrize(
    ("source", "state", "references"),
    [
        ("closing#104", "backed", ["closing#104"]),
        ("closing#104, closing#105", "backed", ["closing#104", "closing#105"]),
        (f"the page says “{BLOCKED}”", "backed", ["closing#104"]),
        ("You  won't be able to close the OPPORTUNITY while any quotes are active.", "backed", ["closing#104"]),
        ("closing#999", "broken", []),
        ("closing#104 and closing#999", "broken", ["closing#104"]),
        ("other-page#103", "absent", []),
        ("house rule", "unbacked", []),
        ("“close the”", "unbacked", []),
        ("Dataverse: 0x80040516 #5", "unbacked", []),
        ("", "unbacked", []),
    ],
)
def test_source_leads_to_its_sentences(here, source, state, references):
    """By number or by quotation, whatever the markup and the blanks; a short quotation proves nothing."""
    found = traced(source, "assert: has(close.date)")

    assert (found.state, [each.reference for each in found.sentences]) == (state, references)
    assert found.is_clean is (state != "broken")


def test_constraints_without_a_rule_are_found(here):
    """Modal words tell; a heading is no constraint, and what a rule names is stated."""
    written(rule("closing#104", FORBIDS_ACTIVE))
    found = trace(sentences(), packs=["./mine"])

    assert [each.text for each in found.untraced] == [ONLY]


@pytest.mark.parametrize(
    ("text", "forbids", "allows", "constrains"),
    [
        ("You can't close it.", True, False, True),
        ("You can’t close it.", True, False, True),
        ("You **cannot** close it.", True, False, True),
        ("Closing it isn't possible.", True, False, True),
        ("An active quote prevents it.", True, False, True),
        ("The date must not be empty.", True, False, True),
        ("Close it only once.", False, False, True),
        ("A reason is required.", False, False, True),
        ("You need to name a reason.", False, False, True),
        ("Save it before you go.", False, False, True),
        ("You can close all quotes.", False, True, False),
        ("This is a cannon.", False, False, False),
        ("The mustang is fast.", False, False, False),
    ],
)
def test_modal_words_tell_what_a_sentence_is(text, forbids, allows, constrains):
    """A heuristic, and this is all of it."""
    assert (wording.forbids(text), wording.allows(text), wording.is_constraint(text)) == (forbids, allows, constrains)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Any active or draft quotes?", {"active", "draft"}),
        ("Are its quotes still drafts?", {"draft"}),
        ("You won't lose the quote.", set()),
        ("The quote is inactive.", set()),
        ("An active opportunity.", set()),
        ("**Won** and “Closed” quotes.", {"won", "closed"}),
    ],
)
def test_states_are_named_by_their_labels(text, values):
    """As whole words, and beside a record that has them."""
    assert wording.values_named(text, "quote_state", understood().model) == values


# ---- conditions ----


@pytest.mark.parametrize(
    ("condition", "failing", "passing"),
    [
        (FORBIDS_ACTIVE, {"active"}, set()),
        ("assert: opportunity.quotes.all(q, q.state != 'active')", {"active"}, set()),
        ("assert: \"!opportunity.quotes.exists(q, q.state in ['active', 'draft'])\"", {"active", "draft"}, set()),
        ("forbid: active_quotes.size() > 0", {"active"}, set()),
        ("assert: active_quotes.size() == 0", {"active"}, set()),
        ("assert: active_quotes.size() < 1", {"active"}, set()),
        ("assert: opportunity.quotes.exists(q, q.state == 'won')", set(), {"won"}),
        ("assert: opportunity.quotes.all(q, q.state == 'closed' || q.state == 'won')", set(), {"closed", "won"}),
        ('forbid: "settings.drafts_block ? draft_quotes.size() > 0 : active_quotes.size() > 0"', {"active"}, set()),
    ],
)
def test_condition_says_which_states_fail(here, condition, failing, passing):
    """Through negation, lets, counting and settings."""
    written(rule("x", condition))
    subject = understood(packs=["./mine"])
    [stand] = stands(subject.rules["mine"], subject.ruleset, subject.model, subject.settings)

    assert (stand.enumeration, stand.stated, stand.passing) == ("quote_state", failing, passing)


def test_field_that_must_have_a_value_fails_with_every_other():
    """An opportunity that must be open must not be won or lost."""
    subject = understood()
    [stand] = stands(subject.rules["opportunity-open"], subject.ruleset, subject.model, subject.settings)

    assert (sorted(stand.failing), sorted(stand.passing), sorted(stand.stated)) == (["lost", "won"], ["open"], [])


def test_setting_can_rule_a_rule_out():
    """A rule that no deployment asks contradicts nobody."""
    off, on = understood(), understood(settings={"drafts_block": True})

    assert not is_in_force(off.rules["no-draft-quotes"], off.ruleset, off.settings)
    assert is_in_force(on.rules["no-draft-quotes"], on.ruleset, on.settings)


# ---- contradictions ----


@pytest.mark.parametrize(
    ("source", "condition", "kind", "page", "ours"),
    [
        ("closing#104", FORBIDS_DRAFT, "names", ("Active",), ("Draft",)),
        (
            "closing#104",
            "assert: opportunity.quotes.exists(q, q.state == 'active')",
            "polarity",
            ("Active",),
            ("Active",),
        ),
        ("closing#105", FORBIDS_ACTIVE, "polarity", ("Draft", "Active"), ("Active",)),
        ("house rule", FORBIDS_DRAFT, "beyond", ("Active",), ("Draft",)),
    ],
)
def test_contradiction_is_named(here, source, condition, kind, page, ours):
    """Other states, the opposite, more than any sentence forbids: with the states that it is about."""
    written(rule("closing#104", FORBIDS_ACTIVE).replace("mine", "theirs"), rule(source, condition))
    found = trace(sentences(), rule="mine", packs=["./mine"])
    [contradiction] = found.rules[0].contradictions

    assert (contradiction.kind, contradiction.page_values, contradiction.rule_values) == (kind, page, ours)
    assert not found.is_clean


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("closing#104", (FORBIDS_ACTIVE,)),
        ("closing#105", (FORBIDS_ACTIVE, "severity: warning")),
        ("closing#104", (FORBIDS_DRAFT, "when: settings.drafts_block")),
        ("closing#104", ("assert: has(close.date)",)),
        ("house rule", (FORBIDS_ACTIVE,)),
        ("house rule", (FORBIDS_DRAFT, "severity: info")),
    ],
)
def test_agreement_is_no_contradiction(here, source, lines):
    """A warning forbids nothing, a rule that is not asked says nothing, other matters do not meet."""
    written(rule("closing#104", FORBIDS_ACTIVE).replace("mine", "theirs"), rule(source, *lines))

    assert trace(sentences(), packs=["./mine"]).is_clean


def test_exception_leaves_it_open(here):
    """“Unless a quote is active” may be meant either way, so nobody is accused."""
    text = "# Closing\n\nYou can't close the opportunity unless a quote is active.\n"
    page = sentences_of([(PageFile("closing.md", "closing.md"), scan(text.encode(), "closing.md"))])
    written(rule("closing#102", "assert: opportunity.quotes.exists(q, q.state == 'active')"))

    assert trace(page, rule="mine", packs=["./mine"]).is_clean


# ---- the pages behind the shipped rules ----


@pytest.fixture(scope="module")
def shipped(seeds: Path) -> tuple[Sentence, ...]:
    return sentences_of((file, read_page(file)) for file in page_files([str(each) for each in seeds.glob("*-*.md")]))


def states(found: Trace) -> dict[str, str]:
    return {f"{each.ruleset}/{each.rule.id}": each.state for each in found.rules}


def test_shipped_rules_agree_with_their_pages(shipped):
    """Every reference leads somewhere, nothing contradicts, no constraint of the page is without a rule."""
    found = trace(shipped)

    assert found.is_clean
    assert found.untraced == ()
    assert states(found)["close-opportunity/no-active-quotes"] == "backed"
    assert states(found)["close-quotes/reason-not-revised"] == "unbacked"
    assert set(states(found).values()) == {"backed", "unbacked"}


def test_rule_speaks_six_languages_beside_its_sentence(shipped):
    """The message and the sentence of the page, each in its own words."""
    [found] = trace(shipped, rule="no-active-quotes").rules
    [sentence] = found.sentences

    assert {tag: text.locale for tag, text in found.messages.items()} == {tag: tag for tag in locales.PRODUCT}
    assert sentence.text.startswith("You won't be allowed to close the opportunity")
    assert all(sentence.version(tag) for tag in locales.PRODUCT[1:])
    assert "{count}" in found.messages["ko"].text


def test_settings_that_go_beyond_the_page_are_named(shipped):
    """Where drafts block, the rule says draft and the page says active; where drafts can't be closed, the opposite."""
    found = trace(shipped, settings={"drafts_block": True, "draft_closable": False})
    told = {each.rule.id: [(one.kind, one.rule_values) for one in each.contradictions] for each in found.rules}

    assert {name: each for name, each in told.items() if each} == {
        "no-draft-quotes": [("beyond", ("Draft",))],
        "drafts-not-closable": [("polarity", ("Draft",))],
    }


# ---- the command ----

PAGES = ("--page", "en-US", "--page", "sv-SE")


def test_trace_is_told(here, capsys):
    """One rule with its languages; all of them with what is missing on either side; the status says if it is clean."""
    written(rule("closing#104", FORBIDS_ACTIVE))
    assert run(("docs", "trace", "mine", *PAGES, "--pack", "./mine")) == 0
    out = capsys.readouterr().out
    assert out.startswith("mine · close-opportunity\n  closing#104\n  closing#104 · sv-SE/closing.md:4:")
    assert "  sv     [en] Not so.\n         Du kan inte **stänga** affärsmöjligheten.\n" in out
    assert "  ko     [en] Not so.\n         –\n" in out

    written(rule("closing#104 closing#7", FORBIDS_DRAFT))
    assert run(("docs", "trace", *PAGES, "--pack", "./mine")) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "closing#7 is not in its page." in out
    assert "closing#104 speaks of Active, but mine of Draft." in out
    assert f"closing#106 {ONLY}" in out
    assert "revenue-not-negative · close-opportunity · house rule" in out
    assert "Of 27 rules, 1 are backed by a sentence, 1 name one that is not there, 1 contradict one." in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("no-rule-at-all", *PAGES), "has no rule 'no-rule-at-all'"),
        (("no-actve-quotes", *PAGES), "did you mean 'no-active-quotes'?"),
        (("--ruleset", "x", *PAGES), "there is no ruleset 'x'"),
        (("--set", "x=1", *PAGES), "there is no setting 'x'"),
        (("--page", "no.md"), "there is no file no.md"),
        ((), "--page is missing."),
    ],
)
def test_what_cannot_be_traced_is_told(here, capsys, arguments, told):
    """One sentence, exit status 2."""
    assert run(("docs", "trace", *arguments)) == 2
    assert told in capsys.readouterr().err


def test_unknown_rule_is_an_error_of_the_caller(here):
    """Also where there is nothing near."""
    with pytest.raises(InputError, match="has no rule 'x'"):
        trace(sentences(), rule="x")


def test_machine_answer_keeps_to_its_schema(here, capsys):
    """Everything about every rule, and the same in every language but for the words."""
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(__file__).parents[1] / "docs" / "schemas" / "envelope" / "trace.schema.json"
    written(rule("closing#104 closing#7", FORBIDS_DRAFT))
    answers = []
    for locale in locales.PRODUCT:
        run(("docs", "trace", *PAGES, "--page", "no.md", "--pack", "./mine", "--format", "json", "--locale", locale))
        answers.append(json.loads(capsys.readouterr().out))
    schema = json.loads(path.read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(answers[0])
    assert [each["code"] for each in answers[0]["errors"]] == ["not-found"]
    assert all(each["results"] == answers[0]["results"] for each in answers)
    mine = next(each for each in answers[0]["results"] if each["rule"] == "mine")
    assert (mine["state"], mine["missing"], mine["contradictions"][0]["kind"]) == ("broken", ["closing#7"], "names")


def test_broken_bytes_are_shown_and_change_nothing(here, capsysbinary):
    """A page that is not UTF-8 is traced like any other, and the answer is."""
    Path("en-US", "closing.md").write_bytes(ENGLISH.encode().replace(b"customer", b"c\xffstomer\x1b[31m"))

    assert run(("docs", "trace", "--page", "en-US", "--format", "json")) == 0
    answer = json.loads(capsysbinary.readouterr().out.decode())
    assert [each["source"] for each in answer["untraced"]][1:] == [
        "Each quote must name a c?stomer\x1b[31m before it is sent."
    ]
    assert run(("docs", "trace", "--page", "en-US")) == 0
    assert "\x1b[31m" not in capsysbinary.readouterr().out.decode()


# ---- the page ----


def test_examples_of_the_page_run(tmp_path, monkeypatch):
    """Each block continues the one before it, as a reader would."""
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).resolve().parents[1] / "docs" / "reference" / "trace.md"
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("".join(blocks), {}, page.name, str(page), 0)
    failed, attempted = doctest.DocTestRunner().run(test)

    assert (failed, attempted >= 8) == (0, True)
