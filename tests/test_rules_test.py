"""`oppi18n rules test` as people, scripts and build servers meet it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.i18n.locales import PRODUCT

ROOT = Path(__file__).resolve().parents[1]
CONTOSO = f"{ROOT}/tests/packs/contoso/"
OWN = """ruleset: own
model: opportunity
settings:
  strict: {type: bool, default: true, doc: "Strict."}
rules:
  - id: open
    when: settings.strict && 1 < 2
    assert: opportunity.state == 'open' || has(opportunity.name)
    message: "Not open."
"""
CASES = """ruleset: own
today: 2026-03-31
base:
  opportunity: {id: o, state: open, quotes: []}
cases:
  - name: An open one is fine.
    rule: open
    shows: passes
    expect: {verdict: closable}
  - name: A won one is not, they say.
    rule: open
    shows: passes
    opportunity: {state: won}
    expect:
      verdict: closable
      violations: []
"""
Said = tuple[int, str, str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run `rules test`: its status, what it printed, what it told."""

    def said(*arguments: str) -> Said:
        status = run(("rules", "test", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return said


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ruleset, one case that holds, and one that does not."""
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.cases.yaml").write_text(CASES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shipped_cases_pass(say):
    """Nothing is printed where nothing failed; the number of cases is told."""
    status, out, err = say()

    assert (status, out) == (0, "")
    assert err.endswith(" cases passed.\n")


def test_difference_is_shown_with_the_places_of_case_and_expectation(say, own):
    """The case, then each expectation that does not hold, expected over found; the status is 4."""
    status, out, err = say("own.cases.yaml")

    assert status == 4
    assert out.splitlines() == [
        "own.cases.yaml:10:11: own: A won one is not, they say.",
        "    own.cases.yaml:12: shows",
        "      expected  passes",
        "      found     fails",
        "                ^",
        "    own.cases.yaml:15: verdict",
        "      expected  closable",
        "      found     blocked",
        "                ^",
        "    own.cases.yaml:16: violations",
        "      expected  -",
        "      found     open",
        "      unwanted  open",
    ]
    assert err == "1 case failed, of 2.\n"


def test_deleting_the_distinction_between_draft_and_active_fails(say, tmp_path):
    """A copy of the shipped rules with that change does not get past the cases beside it."""
    for name in ("close-opportunity.yaml", "close-opportunity.cases.yaml"):
        shutil.copy(Path(packs.shipped().rules) / name, tmp_path / name)
    assert say(str(tmp_path))[0] == 0

    path = tmp_path / "close-opportunity.yaml"
    text = path.read_text("utf-8")
    changed = text.replace("forbid: opportunity.quotes.exists(q, q.state == 'active')", "forbid: opportunity.quotes.exists(q, q.state in ['active', 'draft'])")  # fmt: skip
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    status, out, _ = say(str(tmp_path))

    assert status == 4
    assert "close-opportunity: Draft, won, and closed quotes do not hold the opportunity open." in out


def test_coverage_names_what_no_case_shows(say, own):
    """Rule, text of the branch, place; what cannot be is told apart."""
    _, out, _ = say("own.yaml", "--coverage", "--filter", "An open one")

    assert out.splitlines() == [
        "own: the cases show 4 of 12 sides of its rules and conditions (33.3%).",
        "  own.yaml:6:9: No case shows that open fails.",
        "  own.yaml:6:9: No case shows that open is unknown.",
        "  own.yaml:7:11: In open, this is false in no case: settings.strict",
        "  own.yaml:8:13: In open, this is false in no case: opportunity.state == 'open'",
        "  own.yaml:8:13: In open, this is unknown in no case: opportunity.state == 'open'",
        "  own.yaml:8:44: In open, this is true in no case: has(opportunity.name)",
        "  own.yaml:8:44: In open, this is false in no case: has(opportunity.name)",
        "  own.yaml:8:44: In open, this is unknown in no case: has(opportunity.name)",
        "  Proved to be impossible, so not counted:",
        "    own.yaml:7:11: In open, this is never unknown, because it reads no data: settings.strict",
        "    own.yaml:7:30: In open, this is always true: 1 < 2",
    ]


def test_shipped_rules_are_covered(say):
    """No branch of them goes untested, and the status says so."""
    assert say("--fail-under", "100")[0] == 0


def test_too_little_coverage_is_a_failure(say, own):
    """The status is 4 although every case that was run passed."""
    status, _, err = say("own.yaml", "--filter", "An open one", "--fail-under", "33.4")

    assert status == 4
    assert err.splitlines() == ["1 case passed.", "The cases cover 33.3% of the rules, less than 33.4%."]
    assert say("own.yaml", "--filter", "An open one", "--fail-under", "33.3")[0] == 0


@pytest.mark.parametrize("least", ["101", "-1", "ten", "1e1", "nan"])
def test_percentage_is_a_number_from_0_to_100(say, least):
    """Anything else is a mistake of whoever asks."""
    status, out, err = say("--fail-under", least)

    assert (status, out) == (2, "")
    assert f"'{least}' is not a percentage from 0 to 100." in err


def test_filter_chooses_a_rule_or_a_part_of_names(say):
    """What matches nothing proves nothing: the status is 2."""
    chosen = json.loads(say("--filter", "reason-fits", "close-quotes", "--format", "json")[1])["results"]

    assert {each["rule"] for each in chosen} == {"reason-fits"}
    assert say("--filter", "REVISION HAS REPLACED")[2] == "1 case passed.\n"
    assert say("--filter", "no such case") == (2, "", "No case was run.\n")


def test_rulesets_and_paths_may_be_mixed(say, own):
    """All that was asked about is run."""
    status, out, err = say("close-quotes", "own.cases.yaml", "--format", "json")
    found = json.loads(out)

    assert status == 4
    assert re.fullmatch(r"1 case failed, of \d+\.\n", err)
    assert list(dict.fromkeys(each["ruleset"] for each in found["results"])) == ["close-quotes", "own"]


def test_two_paths_with_one_id_are_told_apart(say, own):
    """The second one has a number."""
    shutil.copytree(own, own / "again")
    found = json.loads(say("own.cases.yaml", "again/own.cases.yaml", "--format", "json")[1])

    assert {(each["ruleset"], each["path"]) for each in found["results"]} == {
        ("own", "own.cases.yaml"),
        ("own (2)", "again/own.cases.yaml"),
    }


def test_pack_brings_its_own_cases(say):
    """With a pack only its cases are run, over the shipped rules."""
    by_name, by_path = (json.loads(say(*each, "--format", "json")[1]) for each in (("--pack", CONTOSO), (CONTOSO,)))

    assert by_name["results"] == by_path["results"]
    assert {Path(each["path"]).parent for each in by_name["results"]} == {Path(CONTOSO) / "rules"}
    assert by_name["failed"] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("close-quote",), "there is no ruleset 'close-quote'"),
        (("./none.cases.yaml",), "there is no file ./none.cases.yaml"),
        (("./empty",), "there are no cases in ./empty"),
        (("--pack", "none"), "there is no pack named 'none'"),
    ],
)
def test_what_is_not_there_is_told_with_status_2(say, own, arguments, sentence):
    """Place, culprit, hint; never a traceback."""
    (own / "empty").mkdir()
    status, out, err = say(*arguments)

    assert (status, out) == (2, "")
    assert sentence in err


def test_wrong_cases_are_told_with_status_3(say, own):
    """Every mistake with its place, before any case is run."""
    text = CASES.replace("rule: open", "rule: opne").replace("verdict: closable\n", "verdict: blocked\n")
    (own / "own.cases.yaml").write_text(text, encoding="utf-8")
    status, out, err = say("own.cases.yaml")

    assert (status, out) == (3, "")
    assert "own.cases.yaml:7:11: error[unknown-rule] the ruleset 'own' has no rule 'opne'" in err
    assert "hint: did you mean 'open'?" in err
    assert "'violations: []' contradicts 'verdict: blocked'" in err
    assert "see also: own.cases.yaml:15:16" in err


def test_data_never_forges_a_line(say, own):
    """Names of cases and values are shown, not obeyed."""
    text = CASES.replace("name: A won one is not, they say.", 'name: "A\\e[31m won\\n one"')
    head, _, tail = text.rpartition("shows: passes")
    text = f"{head}shows: fails{tail}".replace("violations: []", 'message: {en: "x\\ny"}')
    (own / "own.cases.yaml").write_text(text, encoding="utf-8")

    out = say("own.cases.yaml", "--color", "never")[1]

    assert "A␛[31m won⏎ one" in out
    assert "expected  x⏎y" in out
    assert "\x1b" not in out


# ---- machines ----


def schema() -> Any:
    return json.loads((ROOT / "docs/schemas/envelope/rules-test.schema.json").read_text("utf-8"))


def closed(value: Any) -> Any:
    """A schema without room for members that it does not name."""
    if isinstance(value, list):
        return [closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    more = {"additionalProperties": False} if "properties" in value else {}
    return {**more, **{name: closed(each) for name, each in value.items()}}


QUESTIONS = [
    (),
    ("--coverage",),
    ("--filter", "nothing like it"),
    ("--pack", "oppi18n", "--pack", CONTOSO),
    ("own.cases.yaml", "--coverage"),
    ("own.cases.yaml", "close-quotes", "--fail-under", "50"),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_keeps_to_its_schema(say, own, question):
    """Real answers fit, and have no member that the schema does not tell about."""
    jsonschema = pytest.importorskip("jsonschema")

    found = json.loads(say(*question, "--format", "json")[1])

    jsonschema.Draft202012Validator(closed(schema())).validate(found)
    assert (found["kind"], found["cases"]) == ("rules-test", len(found["results"]))
    assert found["failed"] == sum(not each["passed"] for each in found["results"])


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.pop("coverage"),
        lambda found: found.update(kind="check"),
        lambda found: found["results"][1].update(verdict="perhaps"),
        lambda found: found["results"][1]["differences"][0].update(line=0),
        lambda found: found["results"][1]["differences"][2].update(found={}),
        lambda found: found["coverage"][0]["items"][0].update(shown=["maybe"]),
        lambda found: found["coverage"][0]["items"][0].pop("impossible"),
    ],
)
def test_schema_sees_a_broken_promise(say, own, damage):
    """A member that went away or took another type is noticed."""
    jsonschema = pytest.importorskip("jsonschema")
    found = json.loads(say("own.cases.yaml", "--coverage", "--format", "json")[1])
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid(found)

    damage(found)

    assert not validator.is_valid(found)


def test_json_is_the_same_in_every_language(say, own):
    """Nothing in it is said to people."""
    answers = [
        json.loads(say("own.cases.yaml", "--coverage", "--format", "json", "--locale", tag)[1]) for tag in PRODUCT
    ]

    assert [each.pop("locale") for each in answers] == list(PRODUCT)
    assert all(each == answers[0] for each in answers)


def test_difference_is_data(say, own):
    """What was expected and found comes as it is, with what is too much and the place."""
    found = json.loads(say("own.cases.yaml", "--format", "json")[1])["results"][1]

    assert (found["rule"], found["line"], found["passed"], found["verdict"]) == ("open", 10, False, "blocked")
    assert found["differences"][2] == {
        "what": "violations", "expected": [], "found": ["open"], "missing": [], "unwanted": ["open"],
        "path": "own.cases.yaml", "line": 16, "column": 19,
    }  # fmt: skip


def test_junit_is_for_build_servers(say, own):
    """One test per case with its file and line, the coverage as a property; the status is that of the cases."""
    status, out, err = say("own.cases.yaml", "--format", "junit", "--coverage")
    tree = fromstring(out)

    assert (status, err) == (4, "1 case failed, of 2.\n")
    assert [(each.get("classname"), each.get("line")) for each in tree.iter("testcase")] == [
        ("own.open", "6"),
        ("own.open", "10"),
    ]
    assert [each.get("message") for each in tree.iter("failure")] == ["shows, verdict, violations"]
    assert [each.get("name") for each in tree.iter("property")] == ["coverage"]


def test_words_are_the_reader_s(say, own):
    """In another language the captions are aligned all the same."""
    out = say("own.cases.yaml", "--locale", "ko")[1]

    assert "      기대한 결과  passes" in out.splitlines()
    assert "      실제 결과    fails" in out.splitlines()
