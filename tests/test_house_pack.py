"""A pack from outside: its overlay, its own ruleset, its reasons and its sentences, from its files to the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from oppi18n import Localizer, load_rules, packs
from oppi18n.errors import InputError
from oppi18n.i18n.extract import messages_of
from oppi18n.proofs.linting import lint
from oppi18n.proofs.runner import run

PACK = f"{Path(__file__).parent / 'packs' / 'contoso'}/"
TODAY = date(2026, 3, 31)
ACTIVE = {"id": "q1", "number": "QUO-1", "revision": 0, "state": "active"}


def facts(**fields: object) -> dict[str, dict[str, object]]:
    return {"opportunity": {"id": "o1", "state": "open", "currency": "USD", "quotes": [], **fields}}


@pytest.mark.parametrize(("name", "count"), [("close-opportunity", 10), ("close-with-approval", 4)])
def test_cases_of_the_pack_come_out_as_expected(name, count):
    """The pack's own cases are run, not ours, against ours with the pack laid over."""
    found = list(run(name, packs=[PACK]))

    assert [f"{each.case.name}\n{each.diff()}" for each in found if not each.passed] == []
    assert len(found) == count


def test_pack_is_clean():
    """Nothing is wrong with its files, and it does not make ours look wrong."""
    assert lint([PACK]).diagnostics == ()
    assert lint(packs=[PACK]).diagnostics == ()


def test_naming_our_pack_as_well_shows_what_an_overlay_changes():
    """Our cases tell which of our rules behave otherwise under a pack."""
    changed = {each.case.rule for each in run("close-opportunity", packs=["oppi18n", PACK]) if not each.passed}

    assert {"no-active-quotes", "competitor-expected", "drafts-closed-as-well"} <= changed
    assert "opportunity-open" not in changed


def test_pack_is_inert_until_it_is_named():
    """Loading a pack for one ruleset changes no other."""
    ours, theirs = load_rules(), load_rules(packs=[PACK])

    assert "budget-explained" in {each.id for each in theirs.rules}
    assert "budget-explained" not in {each.id for each in ours.rules}
    assert (ours.settings["drafts_block"], theirs.settings["drafts_block"]) == (False, True)
    assert ours.digest != theirs.digest


def test_own_sentence_stands_under_the_name_of_its_pack():
    """An overridden message never takes the translation of the one that it replaces."""
    decision = load_rules(packs=[PACK]).evaluate(facts(quotes=[ACTIVE]), today=TODAY)
    (violation,) = decision.violations

    assert violation.info.message.context == "contoso/close-opportunity/no-active-quotes/message"
    text, locale = Localizer("ko", packs=[PACK]).violation(violation)
    assert (text[:22], locale) == ("Close 1 quote first: Q", "en")


def test_own_reason_is_known_to_records_too():
    """A custom status reason may stand on a record, and its code belongs to its status."""
    theirs = load_rules(packs=[PACK])
    closed = {**ACTIVE, "state": "closed", "status_reason": "too_expensive"}

    assert theirs.evaluate(facts(quotes=[closed]), today=TODAY).verdict == "closable"
    assert theirs.model.enumerations["quote_status_reason"].by_code[100000002].state == "closed"


def test_own_deployment_is_known():
    """A deployment of the pack can be named, an unknown one cannot."""
    theirs = load_rules(packs=[PACK])

    assert theirs.evaluate(facts(), today=TODAY, deployment="seoul").verdict == "closable"
    with pytest.raises(InputError, match="there is no deployment 'busan'"):
        theirs.evaluate(facts(), today=TODAY, deployment="busan")


def test_extended_ruleset_begins_with_ours_as_the_overlay_left_it():
    """The new ruleset has the rules of both, an id and an action of its own, and its own defaults."""
    rules = load_rules("close-with-approval", packs=[PACK])
    known = {each.id for each in rules.rules}

    assert {"no-active-quotes", "budget-explained", "large-needs-approval"} <= known
    assert "competitor-expected" not in known
    assert (rules.pack, rules.plain["action"]) == ("contoso", "opportunity.close.approved")
    assert rules.settings["drafts_block"] is False


def test_inherited_words_are_those_of_the_base():
    """A ruleset that extends ours says what it inherits in our translations, and its own words under its own name."""
    rules = load_rules("close-with-approval", packs=[PACK])
    contexts = {each.id: each.message.context for each in rules.rules}
    speaker = Localizer("ko", packs=[PACK])
    decision = rules.evaluate(facts(state="won"), today=TODAY)

    assert contexts["opportunity-open"] == "oppi18n/close-opportunity/opportunity-open/message"
    assert contexts["no-active-quotes"] == "contoso/close-opportunity/no-active-quotes/message"
    assert contexts["large-needs-approval"] == "contoso/close-with-approval/large-needs-approval/message"
    assert speaker.violation(decision.violations[0]) == Localizer("ko").violation(decision.violations[0])
    assert speaker.violation(decision.violations[0]).locale == "ko"
    assert speaker.remedy(rules.remedies["close-quotes"]) == Localizer("ko").remedy(
        load_rules().remedies["close-quotes"]
    )
    assert speaker.remedy(rules.remedies["close-quotes"]).locale == "ko"
    assert speaker.setting(rules.declared["drafts_block"]).locale == "ko"
    assert speaker.setting(rules.declared["least_notice"]).locale == "en"


def test_every_text_is_extracted_under_the_context_that_it_is_said_in():
    """What a translator finds in the catalog of a pack is what its readers will be told."""
    known = {entry.context for entry in messages_of(packs.named(PACK))}
    said = set[str]()
    for name in ("close-opportunity", "close-with-approval"):
        rules = load_rules(name, packs=[PACK])
        said |= {each.message.context for each in rules.rules}
        said |= {f"{each.message.context}/partial" for each in rules.rules if each.message.partial}
        said |= {each.context for each in rules.remedies.values()} | {each.context for each in rules.declared.values()}

    own = {each for each in said if each.startswith("contoso/")}
    assert len(own) == 5
    assert own <= known


@pytest.fixture
def swedish(tmp_path: Path) -> str:
    """A pack whose texts are written in Swedish."""
    texts = {
        "pack.yaml": "name: svensk\nlanguage: sv\n",
        "model/reasons.yaml": "overlay: opportunity\ndeployments: {nord: {label: Kontor nord}}\nenumerations:\n"
        "  opportunity_status_reason:\n    values: {vilar: {label: Vilar, dataverse: 100000009, state: open}}\n",
        "rules.yaml": "overlay: close-opportunity\nsettings:\n  minst: {type: int, default: 3, doc: Minsta antal tecken.}\n"
        "rules:\n  - id: named\n    assert: opportunity.quotes.all(q, q.name.size() >= settings.minst)\n    message: Namnet är för kort.\n"
        "    remedies: [rename]\nremedies:\n  rename:\n    label: Ge ett längre namn\n    each: opportunity.quotes\n"
        "    set: {name: \"'längre'\"}\n",
    }
    for name, text in texts.items():
        path = tmp_path / "rules" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return f"{tmp_path}/"


def test_words_of_a_pack_are_in_its_language_until_they_are_translated(swedish):
    """What falls back falls back to the language of its pack, and says so: messages, labels, docs, reasons, deployments."""
    rules = load_rules(packs=[swedish])
    for speaker in (Localizer("ko", packs=[swedish]), Localizer("ko")):
        (violation,) = rules.evaluate(
            facts(quotes=[{**ACTIVE, "state": "closed", "name": "X"}]), today=TODAY
        ).violations

        assert speaker.violation(violation) == ("Namnet är för kort.", "sv")
        assert speaker.remedy(rules.remedies["rename"]) == ("Ge ett längre namn", "sv")
        assert speaker.setting(rules.declared["minst"]) == ("Minsta antal tecken.", "sv")
        assert speaker.value(rules.model, "opportunity_status_reason", "vilar") == ("Vilar", "sv")
        assert speaker.deployment(rules.model, "nord") == ("Kontor nord", "sv")
        assert speaker.deployment(rules.model, "lite").locale == "ko"
        assert speaker.setting(rules.declared["drafts_block"]).locale == "ko"
