"""Two rulesets are compared by the smallest records that they judge differently; the commands show them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppi18n import packs
from oppi18n.analysis.analyse import TODAY
from oppi18n.analysis.choices import Bound
from oppi18n.analysis.differences import Difference, Differences, differences, told_of
from oppi18n.analysis.sources import laid, pairs, sourced
from oppi18n.analysis.subject import Subject, subject_of
from oppi18n.cli import run
from oppi18n.engine.authoring import Content
from oppi18n.engine.loading import contents_of, load_rules
from oppi18n.errors import InputError
from oppi18n.model.values import NOT_LOADED

ROOT = Path(__file__).resolve().parents[1]
SHIPPED: list[Content] = list(contents_of([packs.shipped()]))
RULES = "rules/close-opportunity.yaml"
TEXT = next(data.decode() for _, path, data in SHIPPED if path == RULES)
MODEL = next(data.decode() for _, path, data in SHIPPED if path == "rules/model/opportunity.yaml")
OLD = subject_of("close-opportunity", SHIPPED)

DISTINCTION = {
    "active_quotes: opportunity.quotes.filter(q, q.state == 'active')": "active_quotes: \"opportunity.quotes.filter(q, q.state in ['active', 'draft'])\"",
    "forbid: opportunity.quotes.exists(q, q.state == 'active')": "forbid: \"opportunity.quotes.exists(q, q.state in ['active', 'draft'])\"",
}
"""What turns the rule about active quotes into one about active and draft quotes."""


def edited(changes: dict[str, str], text: str = TEXT) -> str:
    """A text with words changed; each must be there."""
    for old, new in changes.items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    return text


def changed(changes: dict[str, str], *, path: str = RULES) -> Subject:
    """The shipped ruleset with a file changed."""
    contents = [
        (pack, each, edited(changes, data.decode()).encode() if each == path else data) for pack, each, data in SHIPPED
    ]
    return subject_of("close-opportunity", contents)


def shown(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.rule, each.before, each.after) for each in found.found]


def quotes(each: Difference) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = each.example.facts["opportunity"]["quotes"]
    return found


# ---- what differs ----


def test_nothing_differs_from_itself():
    """The same rules, however they were loaded, decide alike."""
    found = differences(OLD, subject_of("close-opportunity", SHIPPED))

    assert (found.same, found.found, found.model) == (True, (), ())


def test_distinction_of_draft_and_active_is_shown_by_a_record():
    """Without it a draft quote alone makes the difference."""
    first = differences(OLD, changed(DISTINCTION)).found[0]

    assert (first.kind, first.rule, first.before, first.after) == ("outcome", "no-active-quotes", "passes", "fails")
    assert quotes(first) == [{"id": "q1", "state": "draft"}]
    assert (first.old.verdict, first.new.verdict) == ("closable", "blocked")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"assert: close.date <= today": "assert: close.date < today"}, ("outcome", "close-date-not-in-future", "passes", "fails")),
        ({"default: 2000\n": "default: 1000\n"}, ("outcome", "description-length", "passes", "fails")),
        ({"when: has(close.revenue) && has(close.currency)\n": "when: has(close.revenue)\n"}, ("outcome", "revenue-currency", "not-applicable", "unknown")),
        ({"Choose a status reason.": "Name a reason."}, ("sentence", "status-reason-present", "fails", "fails")),
        ({"- id: competitor-expected\n    severity: warning": "- id: competitor-expected\n    severity: error"}, ("violation", "competitor-expected", "fails", "fails")),
        ({"at: won_quotes.state": "at: won_quotes.id"}, ("violation", "one-won-quote", "fails", "fails")),
        ({"dataverse: 0x80048cef": "dataverse: 0x80048cee"}, ("violation", "revenue-currency", "fails", "fails")),
        ({"- id: competitor-expected": "- id: rival-expected"}, ("outcome", "rival-expected", "absent", "fails")),
        ({"default: lost\n": "default: canceled\n"}, ("plan", "no-active-quotes", "", "")),
        ({"cost: 1": "cost: 3"}, ("plan", "no-active-quotes", "", "")),
    ],
)  # fmt: skip
def test_each_kind_of_change_has_a_record(changes, expected):
    """A condition, a default, a sentence, a severity, a place, a name, a remedy: each shows itself in its own way."""
    found = differences(OLD, changed(changes))

    assert expected in shown(found)
    assert {each.rule for each in found.found} <= {expected[1], "competitor-expected", "no-draft-quotes"}


def test_removed_rule_is_shown_by_the_record_on_which_it_failed():
    """What is gone no longer fails."""
    found = differences(changed({"- id: competitor-expected": "- id: rival-expected"}), OLD)

    assert shown(found) == [
        ("outcome", "competitor-expected", "absent", "fails"),
        ("outcome", "rival-expected", "fails", "absent"),
    ]


@pytest.mark.parametrize("changes", [DISTINCTION, {"default: 2000\n": "default: 1000\n"}, {"cost: 1": "cost: 3"}])
def test_engine_bears_out_every_difference(changes):
    """Both rulesets, asked about the record, give the two answers; on neither side another error fails."""
    new = changed(changes)
    for each in differences(OLD, new).found:
        example = each.example
        for subject, answer in ((OLD, each.old), (new, each.new)):
            rules = subject.whole(tuple(sorted(example.settings.items())))
            decision = rules.evaluate(example.facts, request=example.request, today=example.today)
            assert (decision.verdict, decision.violations) == (answer.verdict, answer.decision.violations)
            assert set(answer.errors) <= {each.rule}
        assert each.kind == "violation" or (each.old.verdict, told_of(each.old.plan)) != (
            each.new.verdict,
            told_of(each.new.plan),
        )


def test_value_that_only_one_model_has_is_told():
    """No record of the one can be asked of the other, so it is named instead."""
    found = differences(OLD, changed({"      on_hold:": "      waiting:"}, path="rules/model/opportunity.yaml"))

    assert [(each.what, each.name) for each in found.model] == [
        ("removed", "opportunity_status_reason:on_hold"),
        ("added", "opportunity_status_reason:waiting"),
    ]
    assert not found.same


def test_record_may_hold_a_field_that_only_one_model_has():
    """A rule about a new field is shown with that field, which the old rules are not asked about."""
    field = "      quotes: {type: list"
    files = {
        "rules/model/opportunity.yaml": edited({field: "      rank: {type: int, label: Rank}\n" + field}, MODEL),
        RULES: edited({"remedies:\n  close-quotes:": RANKED + "remedies:\n  close-quotes:"}),
    }
    new = subject_of(
        "close-opportunity", [(pack, path, files.get(path, data.decode()).encode()) for pack, path, data in SHIPPED]
    )

    for first, second in ((OLD, new), (new, OLD)):
        found = differences(first, second)
        assert [each.name for each in found.model] == ["opportunity.rank"]
        assert {each.example.facts["opportunity"].get("rank") for each in found.found} == {4, NOT_LOADED}


RANKED = """  - id: ranked
    severity: error
    source: house rule
    forbid: has(opportunity.rank) && opportunity.rank > 3
    message: "Too high."

"""


def test_rulesets_of_different_models_cannot_be_compared():
    """There is no record that both could be asked about."""
    model = edited({"model: opportunity": "model: other"}, MODEL).encode()
    rules = edited({"model: opportunity": "model: other"}).encode()
    files = {"rules/model/opportunity.yaml": model, RULES: rules}
    contents = [(pack, path, files[path]) for pack, path, _ in SHIPPED if path in files]

    with pytest.raises(InputError, match="over the model 'opportunity', the other over 'other'") as caught:
        differences(OLD, subject_of("close-opportunity", contents))
    assert caught.value.code == "other-model"


def test_settings_of_one_name_and_two_types_stay_as_they_are():
    """What means something else on either side is not tried with one value on both."""
    new = changed(
        {
            "  drafts_block:\n    type: bool\n    default: false": "  drafts_block:\n    type: int\n    default: 0",
            "when: settings.drafts_block": "when: settings.drafts_block > 0",
            "!settings.drafts_block": "settings.drafts_block == 0",
        }
    )

    assert all("drafts_block" not in each.example.settings for each in differences(OLD, new).found)


def test_what_was_not_compared_to_the_end_is_said():
    """With few states, the smallest are compared and the rest is named."""
    found = differences(OLD, changed(DISTINCTION), bound=Bound(states=10))

    assert [(each.what, each.names) for each in found.not_analysed] == [("rule", ("no-active-quotes",))]


# ---- what can be named ----


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a changed copy of the shipped rules, as a file, as a folder of files and as a pack."""
    (tmp_path / "files").mkdir()
    (tmp_path / "pack" / "rules").mkdir(parents=True)
    for place in (tmp_path / "copy.yaml", tmp_path / "files" / "a.yaml", tmp_path / "pack" / "rules" / "a.yaml"):
        place.write_text(edited(DISTINCTION), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["copy.yaml", "files", "pack"])
def test_changed_copy_stands_in_for_the_shipped_rules(folder, name):
    """A file, a folder and a pack may each hold the other version of a ruleset."""
    found = sourced(str(folder / name))

    assert found.names == ("close-opportunity",)
    assert differences(OLD, found.subject("close-opportunity")).found[0].rule == "no-active-quotes"


def test_overlay_is_compared_with_what_it_lies_over(tmp_path):
    """A file that only changes a ruleset is named by that ruleset."""
    path = tmp_path / "house.yaml"
    path.write_text("overlay: close-opportunity\nsettings: {drafts_block: true}\n", encoding="utf-8")
    found = sourced(str(path))

    assert pairs(sourced("close-opportunity"), found) == (("close-opportunity", "close-opportunity"),)
    assert differences(OLD, found.subject("close-opportunity")).found[0].rule == "no-draft-quotes"


def test_file_lies_over_packs(tmp_path):
    """With a pack in between, what the file changes is the pack's version."""
    path = tmp_path / "mine.yaml"
    path.write_text("overlay: close-with-approval\nsettings: {max_revenue: 5}\n", encoding="utf-8")
    found = sourced(str(path), [str(ROOT / "tests" / "packs" / "contoso")])

    assert (found.names, [pack.name for pack in found.packs]) == (("close-with-approval",), ["contoso"])
    assert str(found.subject("close-with-approval").settings["max_revenue"]) == "5"


def test_changed_model_changes_all_rulesets(tmp_path):
    """A model alone stands for everything that is over it."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "opportunity.yaml").write_text(MODEL, encoding="utf-8")

    for given in (folder, folder / "opportunity.yaml"):
        assert sourced(str(given)).names == ("close-opportunity", "close-quotes")


def test_two_rulesets_without_a_common_name_are_compared_if_they_are_alone():
    """Names may change; several on both sides cannot be matched."""
    one, other = sourced("close-opportunity"), sourced("close-quotes")
    both = laid((), ())

    assert pairs(one, other) == (("close-opportunity", "close-quotes"),)
    assert pairs(both, other) == (("close-quotes", "close-quotes"),)
    with pytest.raises(InputError, match="no ruleset that a and b both hold") as caught:
        pairs(both._replace(given="a"), other._replace(given="b", names=("x", "y")))
    assert caught.value.code == "nothing-in-common"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("close-oportunity", "unknown-ruleset"),
        ("./nothing.yaml", "not-found"),
        ("./nothing", "not-found"),
        ("{empty}", "no-rule-files"),
    ],
)
def test_what_does_not_exist_is_refused(given, code, tmp_path):
    """A name that nothing has, a place where nothing is."""
    given = given.format(empty=tmp_path)

    with pytest.raises(InputError) as caught:
        sourced(given)

    assert caught.value.code == code


def test_engine_and_comparison_name_rules_alike():
    """The digest of a named ruleset is the one its decisions carry."""
    assert sourced("close-opportunity").subject("close-opportunity").digest == load_rules("close-opportunity").digest


def test_each_ruleset_takes_the_settings_that_it_has():
    """A setting goes where it is known; one that is known nowhere is a mistake."""
    both = laid((), ())
    first, second = both.subjects({"drafts_block": "true", "draft_closable": "false"})

    assert (first.settings["drafts_block"], second.settings["draft_closable"]) == (True, False)
    assert (first.fixed, second.fixed) == (frozenset({"drafts_block"}), frozenset({"draft_closable"}))
    with pytest.raises(InputError, match="there is no setting 'strict'"):
        both.subjects({"strict": "true"})


# ---- the commands ----


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line: its status, what it printed, what it told."""

    def said(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return said


def test_diff_shows_the_record_and_both_sentences(say, folder):
    """In the reader's language, sentence and verdict beside each side; the exit status says that they differ."""
    path = str(folder / "copy.yaml")
    status, out, _ = say("rules", "diff", "close-opportunity", path, "--locale", "ko")

    assert status == 1
    assert "    opportunity: {id: o1, state: open, quotes: [{id: q1, state: draft}]}" in out.splitlines()
    assert "    close-opportunity:" in out.splitlines()
    assert f"    {path}:" in out.splitlines()
    assert "견적" in out


def test_diff_of_the_same_is_clean(say):
    """Nothing differs, and the answer says how far it looked."""
    status, out, _ = say("rules", "diff", "close-quotes", "close-quotes")

    assert status == 0
    assert "No difference was found, with lists of up to 4 records" in out


def test_diff_prints_plans_that_differ(say, tmp_path):
    """Remedies and their effect are shown where the way out is another one."""
    path = tmp_path / "dear.yaml"
    path.write_text(edited({"cost: 1": "cost: 3"}), encoding="utf-8")
    status, out, _ = say("rules", "diff", "close-opportunity", str(path))

    assert status == 1
    assert "Where no-active-quotes fails, the way out is another one:" in out
    assert "What would help: Close all active and draft quotes" in out
    assert "/opportunity/quotes/0 {state: closed, status_reason: canceled}" in out
    assert "Cost: 3" in out


def test_rulesets_that_one_side_lacks_are_named(say, folder):
    """Of two folders, what is new in one is a difference, too."""
    other = folder / "files" / "mine.yaml"
    other.write_text("ruleset: mine\nextends: close-quotes\n", encoding="utf-8")
    status, out, _ = say("rules", "diff", str(folder / "pack"), str(folder / "files"))

    assert status == 1
    assert f"The ruleset mine is only in {folder / 'files'}." in out


def test_analyse_of_the_shipped_rules_is_clean(say):
    """Status 0; every rule has its record, and its sentence in the reader's language."""
    status, out, _ = say("rules", "analyse", "close-quotes", "--locale", "sv")

    assert status == 0
    assert "    opportunity: {id: o1, state: open, quotes: []}" in out.splitlines()
    assert "Affärsmöjligheten" in out


DEAD = """overlay: close-quotes
rules:
  - id: never
    severity: warning
    source: house rule
    forbid: close.revenue > 5 && close.revenue + 1 < 6
    message: "Never."
"""
BROKEN = DEAD.replace("close.revenue + 1 < 6", "close.revenue < 5")


def test_analyse_names_a_rule_that_cannot_be_reached(say, tmp_path):
    """A dead rule is a finding: status 1. One that lint can prove dead is an error already: status 3."""
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules" / "house.yaml"
    file.write_text(DEAD, encoding="utf-8")
    status, out, _ = say("rules", "analyse", "close-quotes", "--pack", str(tmp_path))
    file.write_text(BROKEN, encoding="utf-8")
    refused, _, err = say("rules", "analyse", "close-quotes", "--pack", str(tmp_path))

    assert (status, refused) == (1, 3)
    assert "The rule never never fails." in out
    assert "never-fails" in err
    assert "'never'" in err


def test_analyse_holds_what_is_set(say):
    """With drafts that may be closed, the rule about them is dead; a setting that no ruleset has is refused."""
    status, out, _ = say("rules", "analyse", "close-quotes", "--set", "draft_closable=true")
    refused, _, err = say("rules", "analyse", "close-quotes", "--set", "drafts_block=false")

    assert (status, refused) == (1, 2)
    assert "The rule drafts-not-closable never fails." in out
    assert "there is no setting 'drafts_block'" in err


def test_analyse_tells_values_that_are_stuck(say, tmp_path):
    """A label, a value that is not given, and the rule in the way."""
    path = tmp_path / "typed.yaml"
    path.write_text(STUCK, encoding="utf-8")
    status, out, _ = say("rules", "analyse", str(path))

    assert status == 0
    assert "    - Type: (not given), Service-maintenance based" in out.splitlines()
    assert "      in the way: typed" in out.splitlines()


STUCK = """ruleset: typed
model: opportunity
rules:
  - id: typed
    severity: error
    source: house rule
    assert: has(opportunity.order_type) && opportunity.order_type != 'service'
    message: "No."
"""


def test_analyse_takes_a_file(say, folder):
    """A rule file is analysed with the model that is shipped."""
    status, out, _ = say("rules", "analyse", str(folder / "copy.yaml"), "--today", "2027-02-28")

    assert out.splitlines()[0] == "close-opportunity"
    assert status == 0
    assert "no-draft-quotes" in out
    assert "February 28" in " ".join(out.split()[:40])


QUESTIONS = {
    "clean": ("analyse", "close-quotes"),
    "dead": ("analyse", "close-quotes", "--set", "draft_closable=true"),
    "same": ("diff", "close-quotes", "close-quotes"),
    "other": ("diff", "close-opportunity", str(ROOT / "tests" / "packs" / "contoso")),
}


def closed(schema: Any) -> Any:
    """A schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {"additionalProperties": False} if "properties" in schema else {}
    return {**shut, **{name: closed(each) for name, each in schema.items()}}


def stripped(value: Any) -> Any:
    """A JSON value without what people read."""
    if isinstance(value, dict):
        return {name: stripped(each) for name, each in value.items() if name not in {"message", "locale"}}
    return [stripped(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_answer_keeps_to_its_schema_in_every_language(say, question):
    """Real answers fit, have no member that the schema does not tell about, and differ by their texts alone."""
    jsonschema = pytest.importorskip("jsonschema")
    found, other = (
        json.loads(say("rules", *question, "--format", "json", "--locale", locale)[1]) for locale in ("en", "ko")
    )
    schema = json.loads((ROOT / f"docs/schemas/envelope/{found['kind']}.schema.json").read_text("utf-8"))

    jsonschema.Draft202012Validator(closed(schema)).validate(found)
    assert stripped(other) == stripped(found)
    assert TODAY.isoformat() in {each["today"] for each in found["results"]}
