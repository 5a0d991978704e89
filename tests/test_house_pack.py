"""A pack from outside: its overlay, its own ruleset, its reasons and its sentences, from its files to the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.errors import InputError
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
