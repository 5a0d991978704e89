"""Rule files are laid over one another: later words win, key by key, and what does not fit is told."""

from __future__ import annotations

import pytest

from oppi18n.diagnostics import Diagnostics
from oppi18n.rules.draft import MAX_RULES, Draft, assemble, read
from oppi18n.rules.origin import Origin
from oppi18n.source import Source

BASE = """ruleset: base
action: x.close
model: opportunity
settings:
  strict: {type: bool, default: false, doc: "Strict."}
let: {first: today, second: today}
rules:
  - {id: a, severity: error, assert: "1 == 1", message: "A."}
  - {id: b, forbid: "1 == 2", message: "B."}
remedies:
  r: {label: "R", each: opportunity.quotes, set: {state: closed}, cost: 1}
"""


def assembled(name: str, *texts: str) -> tuple[Draft | None, list[str]]:
    """The draft of a name out of some files, each in a pack of its own, and what is told about them."""
    diagnostics = Diagnostics()
    drafts = [
        read(Source(f"{number}.yaml", text), diagnostics, pack=f"p{number}", language="en" if number else "sv")
        for number, text in enumerate(texts)
    ]
    draft = assemble(name, [each for each in drafts if each is not None], diagnostics)
    return draft, [f"{each.span} {each.code}" for each in diagnostics]


def laid(*texts: str) -> Draft:
    draft, told = assembled("base", BASE, *texts)
    assert (told, draft is not None) == ([], True)
    assert draft is not None
    return draft


def words(draft: Draft, rule: str) -> dict[str, str]:
    return {key: getattr(part.node, "text", "…") for key, part in draft.rules[rule].parts.items() if key != "id"}


def test_overlay_changes_the_keys_that_it_names():
    """What an overlay does not mention stays, and each part knows its pack."""
    draft = laid("overlay: base\nrules:\n  - {id: a, severity: info}\n")

    assert words(draft, "a") == {"severity": "info", "assert": "1 == 1", "message": "A."}
    assert {
        key: part.origin.pack for key, part in draft.rules["a"].parts.items() if key in ("severity", "message")
    } == {
        "severity": "p1",
        "message": "p0",
    }
    assert draft.rules["a"].origin.pack == "p0"


def test_overlay_turns_a_condition_around():
    """`forbid` takes the place of `assert`, and the other way round; both at once stay both, and are told later."""
    draft = laid("overlay: base\nrules:\n  - {id: a, forbid: '1 == 3'}\n  - {id: b, assert: '1 == 4'}\n")
    both = laid("overlay: base\nrules:\n  - {id: a, forbid: '1 == 3', assert: '1 == 4'}\n")

    assert {"assert", "forbid"} & draft.rules["a"].parts.keys() == {"forbid"}
    assert {"assert", "forbid"} & draft.rules["b"].parts.keys() == {"assert"}
    assert {"assert", "forbid"} & both.rules["a"].parts.keys() == {"assert", "forbid"}


def test_overlay_adds_rules_after_those_it_finds():
    """A rule with a condition is new."""
    draft = laid("overlay: base\nrules:\n  - {id: c, assert: 'true', message: 'C.'}\n")

    assert [*draft.rules] == ["a", "b", "c"]
    assert (draft.rules["c"].origin.pack, draft.pack, draft.name) == ("p1", "p0", "base")


def test_overlay_gives_settings_new_defaults_and_declares_new_ones():
    """A bare value is a default of what is declared; keys and values declare."""
    draft = laid("overlay: base\nsettings:\n  strict: true\n  limit: {type: int, default: 5}\n")
    strict = draft.settings["strict"].node

    assert [(key.text, getattr(node, "text", "")) for key, node in strict.pairs] == [  # type: ignore[union-attr]
        ("type", "bool"),
        ("doc", "Strict."),
        ("default", "true"),
    ]
    assert [each.origin.pack for each in draft.settings.values()] == ["p0", "p1"]


def test_default_of_a_setting_that_is_none_is_left_to_its_author():
    """Where the base declares a setting wrongly, the mistake is told in the base."""
    base = BASE.replace('{type: bool, default: false, doc: "Strict."}', "no")
    draft, told = assembled("base", base, "overlay: base\nsettings: {strict: true}\n")
    assert draft is not None

    assert told == []
    assert getattr(draft.settings["strict"].node, "text", "") == "no"


def test_overlay_replaces_lets_and_keys_of_remedies():
    """Lets win whole, remedies key by key."""
    draft = laid("overlay: base\nlet: {second: 'today + 1'}\nremedies:\n  r: {cost: 3}\n  s: {label: S}\n")

    assert [each.origin.pack for each in draft.lets.values()] == ["p0", "p1"]
    assert {key: part.origin.pack for key, part in draft.remedies["r"].parts.items()} == {
        "label": "p0",
        "each": "p0",
        "set": "p0",
        "cost": "p1",
    }
    assert [*draft.remedies] == ["r", "s"]


def test_later_overlay_wins():
    """Packs are laid in the order in which they were named."""
    first = "overlay: base\nrules:\n  - {id: a, severity: info, source: one}\n"
    second = "overlay: base\nrules:\n  - {id: a, severity: warning}\n"

    assert words(laid(first, second), "a")["severity"] == "warning"
    assert words(laid(second, first), "a")["severity"] == "info"
    assert words(laid(first, second), "a")["source"] == "one"


def test_extension_is_a_new_ruleset_and_leaves_its_base_alone():
    """The new id has everything of the base, as overlays left it, and its own words on top."""
    texts = (
        "overlay: base\nrules:\n  - {id: a, severity: info}\n",
        "ruleset: next\nextends: base\naction: x.next\nrules:\n  - {id: b, severity: info}\n",
        "overlay: next\nrules:\n  - {id: a, source: last}\n",
    )
    draft, told = assembled("next", BASE, *texts)
    assert draft is not None

    assert told == []
    assert (draft.name, draft.pack, draft.top["action"].origin.pack) == ("next", "p2", "p2")
    assert words(draft, "a") == {"severity": "info", "assert": "1 == 1", "message": "A.", "source": "last"}
    assert "source" not in words(laid(*texts), "a")


def test_part_keeps_the_ruleset_it_was_written_in():
    """Inherited words belong to the base, those of an overlay to what it was laid over, new ones to the new ruleset."""
    draft, told = assembled(
        "next",
        BASE,
        "overlay: base\nrules:\n  - {id: a, severity: info}\n",
        "ruleset: next\nextends: base\nsettings: {strict: true}\nrules:\n  - {id: b, message: New.}\n",
    )
    assert (told, draft is not None) == ([], True)
    assert draft is not None
    rules = draft.rules

    assert rules["a"].parts["message"].origin == Origin("p0", "base", "sv")
    assert rules["a"].parts["severity"].origin == Origin("p1", "base")
    assert rules["b"].parts["message"].origin == Origin("p2", "next")
    assert draft.settings["strict"].origin == draft.remedies["r"].parts["label"].origin == Origin("p0", "base", "sv")


def test_extension_of_an_extension_begins_with_both():
    """Extensions may be extended."""
    draft, told = assembled("c", BASE, "ruleset: b\nextends: base\n", "ruleset: c\nextends: b\n")

    assert told == []
    assert draft is not None
    assert [*draft.rules] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "texts", "told"),
    [
        ("base", ["overlay: bsae\nrules: []\n"], ["1.yaml:1:10 unknown-ruleset"]),
        ("base", ["overlay: base\nrules:\n  - {id: aa, severity: info}\n"], ["1.yaml:3:10 unknown-rule"]),
        ("base", ["overlay: base\nsettings: {strct: true}\n"], ["1.yaml:2:12 unknown-setting"]),
        ("base", [BASE], ["1.yaml:1:10 duplicate-ruleset"]),
        ("next", ["ruleset: next\nextends: nowhere\n"], ["1.yaml:2:10 unknown-ruleset"]),
        ("x", ["ruleset: x\nextends: y\n", "ruleset: y\nextends: x\n"], ["1.yaml:2:10 cyclic-extends"]),
        ("base", ["extends: base\n"], ["1.yaml:1:1 absent-key"]),
        ("base", ["overlay: No\n"], ["1.yaml:1:10 bad-id"]),
        ("base", ["overlay: base\nlets: {}\n"], ["1.yaml:2:1 unknown-key"]),
        ("base", ["- overlay\n"], ["1.yaml:1:1 not-a-mapping"]),
        ("nowhere", [], []),
    ],
)
def test_what_does_not_fit_is_told(name, texts, told):
    """Each mistake has its code and its place; the others are still laid."""
    assert assembled(name, BASE, *texts)[1] == told


@pytest.mark.parametrize(("count", "told"), [(MAX_RULES, []), (MAX_RULES + 1, ["too-many-rules"])])
def test_number_of_rules_is_limited(count, told):
    """A file cannot make the machine work for ever."""
    diagnostics = Diagnostics()
    rules = "".join(f"  - {{id: r{number}}}\n" for number in range(count))

    read(Source("r.yaml", f"ruleset: many\nrules:\n{rules}"), diagnostics)

    assert [each.code for each in diagnostics] == told
