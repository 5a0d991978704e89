"""Every text that people read is extracted, with what a translator has to know."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from oppi18n import packs
from oppi18n.cli import oppi18n as tree
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.loading import load_rules
from oppi18n.errors import TEXTS as ERRORS
from oppi18n.i18n import sourced
from oppi18n.i18n.entries import Entry
from oppi18n.i18n.extract import extract_rules, messages_of
from oppi18n.texts.diagnostics import HINTS
from oppi18n.texts.diagnostics import TEXTS as DIAGNOSTICS

OVERLAY = """\
overlay: close-opportunity
settings:
  grace:
    type: int
    default: 3
    doc: "Days after which a quote is forgotten."
rules:
  - id: no-active-quotes
    message:
      one: "{count} offer is open: {quotes}."
      other: "{count} offers are open: {quotes}."
  - id: named
    assert: has(opportunity.name)
    source: "the sales handbook"
    message: "Give it a name."
"""


@pytest.fixture(scope="module")
def shipped() -> list[Entry]:
    return messages_of(packs.shipped())


@pytest.fixture
def pack(tmp_path: Path) -> packs.Pack:
    (tmp_path / "mine" / "rules" / "model").mkdir(parents=True)
    (tmp_path / "mine" / "rules" / "mine.yaml").write_text(OVERLAY, encoding="utf-8")
    return packs.named(tmp_path / "mine")


def by_context(entries: list[Entry], context: str) -> Entry:
    (found,) = [entry for entry in entries if entry.context == context]
    return found


def test_rule_is_told_in_words(shipped):
    """The entry of a rule says when it appears, where it comes from and what its placeholders are."""
    entry = by_context(shipped, "oppi18n/close-opportunity/close-date-not-in-future/message")

    assert entry.extracted == (
        "error of the rule “close-date-not-in-future” of close-opportunity; it prevents the action",
        "looked at where: has(close.date) && !settings.close_date_in_future",
        "appears unless: close.date <= today",
        "source: house rule",
        "{date}: date, written out, such as March 31, 2026",
        "{today}: date, written out, such as March 31, 2026",
    )
    assert entry.flags == ("python-brace-format",)


def test_plural_and_partial_variants_are_entries_of_their_own(shipped):
    """A message with forms has a plural; its partial variant has its own context and says why."""
    entry = by_context(shipped, "oppi18n/close-opportunity/no-active-quotes/message/partial")

    assert entry.msgid.startswith("You can't close this opportunity while at least {count} active quote is")
    assert (entry.msgid_plural or "").startswith(
        "You can't close this opportunity while at least {count} active quotes"
    )
    assert "only a part of the list is known: the true number may be higher" in entry.extracted
    assert "{quotes}: list of quote, such as QUO-1001 rev. 1" in entry.extracted


@pytest.mark.parametrize(
    ("context", "msgid"),
    [
        ("oppi18n/close-opportunity/setting/drafts_block/doc", "Draft quotes block closing, as active ones do."),
        ("oppi18n/close-opportunity/remedy/close-quotes/label", "Close all active and draft quotes"),
        ("oppi18n/model/opportunity/quote/label", "Quote"),
        ("oppi18n/model/opportunity/quote.number/label", "Quote number"),
        ("oppi18n/model/opportunity/close.date/hint", "Today is filled in."),
        ("oppi18n/model/opportunity/close.date/description", "The date on which the opportunity is closed."),
        ("oppi18n/model/opportunity/quote_state/label", "Status"),
        ("oppi18n/model/opportunity/quote_state:draft/label", "Draft"),
        ("oppi18n/model/opportunity/quote/display", "{number} rev. {revision}"),
        ("oppi18n/model/opportunity/deployment:lite/label", "Lite deployment - deal to proforma invoicing"),
        ("oppi18n/value", "(not given)"),
    ],
)
def test_text_stands_under_its_context(shipped, context, msgid):
    """Each kind of text has its context, by which the localizer asks for it."""
    assert by_context(shipped, context).msgid == msgid


def test_template_without_words_is_not_a_message(shipped):
    """Nobody is asked to translate a bare placeholder."""
    assert [entry for entry in shipped if entry.msgid in ("{name}", "{id}", "{number}")] == []


def test_every_sentence_of_a_rule_is_found_by_its_context(shipped):
    """What a violation asks the catalogs for is what was extracted."""
    known = {(entry.context, entry.msgid, entry.msgid_plural) for entry in shipped}
    asked = []
    for name in ("close-opportunity", "close-quotes"):
        for rule in load_rules(name).rules:
            message = rule.message
            for forms, suffix in ((message.forms, ""), (message.partial, "/partial")):
                if forms:
                    plural = forms["other"] if "one" in forms else None
                    asked.append((message.context + suffix, forms.get("one", forms["other"]), plural))

    assert [each for each in asked if each not in known] == []


@pytest.mark.parametrize(("part", "table"), [("error", ERRORS), ("diagnostic", DIAGNOSTICS), ("hint", HINTS)])
def test_every_table_is_extracted(shipped, part, table):
    """Each code has an entry under its context."""
    found = {(entry.context, entry.msgid) for entry in shipped}

    assert [code for code, text in table.items() if (f"oppi18n/{part}/{code}", text) not in found] == []


def test_every_text_of_the_help_is_extracted(shipped):
    """What click shows, command by command and option by option, can be translated."""
    known = {entry.msgid for entry in shipped if entry.context == "oppi18n/cli/help"}

    def texts(command: click.Command, context: click.Context) -> list[str]:
        found = [" ".join(part.split()) for part in (command.help or "").strip().split("\n\n")]
        found += [option.help or "" for option in command.params if isinstance(option, click.Option)]
        if isinstance(command, click.Group):
            below = (command.get_command(context, name) for name in command.list_commands(context))
            found += [text for each in below if each for text in texts(each, click.Context(each, parent=context))]
        return found

    assert [text for text in texts(tree, click.Context(tree)) if text and text not in known] == []


def test_order_is_by_file_and_position(shipped):
    """Files come sorted, and in each the texts in the order of their lines."""
    places = [entry.references[0].rsplit(":", 1) for entry in shipped]
    first = list(dict.fromkeys(path for path, _ in places))

    kinds = [[path for path in first if path.startswith(top)] for top in ("rules/", "help/", "src/")]
    assert first == [path for kind in kinds for path in sorted(kind)]
    for path in first:
        lines = [int(line) for each, line in places if each == path]
        assert lines == sorted(lines)


def test_messages_are_unique(shipped):
    """Context and message tell entries apart, as gettext demands."""
    assert len({entry.key for entry in shipped}) == len(shipped)


def test_pack_has_its_own_texts_only(pack):
    """A pack that lays itself over ours is understood with ours, and only its own texts are taken."""
    entries = messages_of(pack)

    assert [entry.context for entry in entries] == [
        "mine/close-opportunity/setting/grace/doc",
        "mine/close-opportunity/no-active-quotes/message",
        "mine/close-opportunity/named/message",
    ]
    assert "{quotes}: list of quote, such as QUO-1001 rev. 1" in entries[1].extracted
    assert "appears where: opportunity.quotes.exists(q, q.state == 'active')" in entries[1].extracted
    assert entries[2].references == ("rules/mine.yaml:15",)


def test_wrong_rules_are_not_extracted(pack):
    """From files with errors, nothing is taken."""
    Path(pack.rules, "mine.yaml").write_text(OVERLAY.replace("opportunity.name", "opportunity.nam"), encoding="utf-8")

    with pytest.raises(AuthoringError, match="unknown-field"):
        messages_of(pack)


@pytest.mark.parametrize(
    ("text", "module", "found"),
    [
        ('say("Done.")', "cli/a.py", [("oppi18n/cli", "Done.", None)]),
        ('self.say("Done.")', "dialog/a.py", [("oppi18n/dialog", "Done.", None)]),
        ('say("Done.")', "engine/a.py", []),
        ('x.say.plural("{count} a", "{count} b", count=1)', "cli/a.py", [("oppi18n/cli", "{count} a", "{count} b")]),
        ('say("A" if x else "B")', "cli/a.py", [("oppi18n/cli", "A", None), ("oppi18n/cli", "B", None)]),
        ('T = {"a": "A", "b": "B"}\nsay(T[x])', "cli/a.py", [("oppi18n/cli", "A", None), ("oppi18n/cli", "B", None)]),
        ('A = "A"\nsay(A, context="p/q")', "cli/a.py", [("p/q", "A", None)]),
        ('say.help("Help.")', "cli/a.py", [("oppi18n/cli/help", "Help.", None)]),
        ("say(computed())", "cli/a.py", []),
        ('C = "p"\nx.text("A", context=f"{C}/q")', "i18n/a.py", [("p/q", "A", None)]),
        ('x.text("A", context=f"{y}/q")', "i18n/a.py", []),
        ('x.text("A")', "i18n/a.py", []),
        ('option("--x", help="Help.")', "cli/a.py", [("oppi18n/cli/help", "Help.", None)]),
        ('@click.command()\ndef a():\n    """One\n    line."""', "cli/a.py", [("oppi18n/cli/help", "One line.", None)]),
        ('def a():\n    """Not a command."""', "cli/a.py", []),
    ],
)
def test_sentences_are_found_in_sources(text, module, found):
    """Calls of `say`, of a localizer and of click are read, whatever is computed is not."""
    assert sourced.messages(text, module) == found


@pytest.mark.parametrize("text", ["", "[", "a: 1", "- 1", "ruleset: [x]\nrules: {a: 1}", "model: m\nrecords: [1]"])
def test_file_that_is_no_rule_file_has_no_messages(text):
    """The entry point for other tools never fails on a file it was not made for."""
    assert list(extract_rules(io.BytesIO(text.encode()), (), (), {})) == []


def test_pybabel_extracts_rules(pack, tmp_path: Path):
    """`pybabel extract` writes a template with contexts, plurals and comments of rule files."""
    (tmp_path / "babel.cfg").write_text("[oppi18n: **/rules/**.yaml]\npack = mine\n", encoding="utf-8")
    code = "import sys; from babel.messages.frontend import main; sys.argv[0] = 'pybabel'; main()"
    line = [sys.executable, "-c", code, "-q", "extract", "-F", "babel.cfg", "-o", "mine.pot", "mine"]

    run = subprocess.run(line, check=False, cwd=tmp_path, env={**os.environ}, capture_output=True, encoding="utf-8")

    assert run.returncode == 0, run.stderr
    assert (
        "#. appears unless: has(opportunity.name)\n"
        "#. source: the sales handbook\n"
        "#: mine/rules/mine.yaml:15\n"
        'msgctxt "mine/close-opportunity/named/message"\n'
        'msgid "Give it a name."\n'
        'msgstr ""\n'
    ) in (tmp_path / "mine.pot").read_text(encoding="utf-8").replace("\r\n", "\n")
    assert 'msgid_plural "{count} offers are open: {quotes}."' in (tmp_path / "mine.pot").read_text(encoding="utf-8")


def test_every_sentence_is_written_where_it_is_said(checkout: Path):
    """A sentence that reaches `say` through a variable would stay English in every language."""
    folder, unseen = checkout / "src/oppi18n", []
    for path in (path for room in ("cli", "dialog") for path in sorted((folder / room).rglob("*.py"))):
        tree_of = ast.parse(path.read_text(encoding="utf-8"))
        literals = dict(sourced._constants(tree_of))
        for call in (each for each in ast.walk(tree_of) if isinstance(each, ast.Call) and each.args):
            if sourced._way(call.func) in ("", "plural") and not [*sourced._literals(call.args[0], literals)]:
                unseen.append(f"{path.relative_to(folder)}:{call.lineno}")

    assert unseen == []
