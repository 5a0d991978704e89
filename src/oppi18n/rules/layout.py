"""The keys of rule files: rulesets, those that extend another, and overlays."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from oppi18n.layout.declared import (
    DAY,
    EXPRESSION,
    IDENTITY,
    SCALAR,
    SENTENCE,
    TEXT,
    TRUTH,
    WHOLE,
    WORD,
    Chosen,
    Entries,
    Items,
    Key,
    Kind,
    Layout,
    Leaf,
    choice,
    either,
)
from oppi18n.rules.ruleset import SEVERITIES

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
"""The plural categories of CLDR."""

SETTING: Final = Layout(
    "setting",
    (
        Key("type", TEXT, "bool, int, decimal, date, string, an enumeration of the model, or “list of” one", True),
        Key("default", either(SCALAR, Items(SCALAR)), "its value unless somebody gives it another", True),
        Key("doc", SENTENCE, "what it means, in one sentence"),
    ),
)

_FORMS: Final = tuple(
    Key(each, SENTENCE, f"the sentence for the plural category {each}", each == "other") for each in CATEGORIES
)
PARTIAL: Final = Layout("forms-of-partial-list", _FORMS)
FORMS: Final = Layout(
    "forms",
    (*_FORMS, Key("partial", either(SENTENCE, PARTIAL), "the sentence for a list of which only a part is known")),
)
AMOUNT: Final = Layout(
    "amount",
    (
        Key("value", EXPRESSION, "a decimal", True),
        Key("currency", EXPRESSION, "its currency", True),
    ),
)
EFFECTIVE: Final = Layout(
    "effective",
    (
        Key("from", DAY, "the first day on which the rule is in force"),
        Key("until", DAY, "the last day on which the rule is in force"),
    ),
)

RULE: Final = Layout(
    "change-of-rule",
    (
        Key("id", IDENTITY, "its name in the ruleset", True),
        Key("severity", choice(*SEVERITIES), "error (the default) blocks, warning and info are told"),
        Key("source", TEXT, "the sentence that it states: a page and its segment, the platform, or “house rule”"),
        Key("dataverse", Leaf({"type": "integer", "minimum": 0, "maximum": 0xFFFFFFFF}), "the platform's error code"),
        Key("when", EXPRESSION, "where it does not hold, the rule does not apply"),
        Key("assert", EXPRESSION, "what must hold"),
        Key("forbid", EXPRESSION, "what must not hold"),
        Key("at", EXPRESSION, "where a violation points: a field, or a list of records with a field"),
        Key("message", either(SENTENCE, FORMS), "a sentence, or one per plural form"),
        Key("params", Entries(either(EXPRESSION, AMOUNT)), "the values of the sentence"),
        Key("plural", WORD, "the param that chooses the form; “count” if it is not said"),
        Key("remedies", Items(IDENTITY), "remedies that may help"),
        Key("effective", EFFECTIVE, "when it is in force"),
        Key("applies_to", Items(WORD), "deployments of the model; none is all"),
        Key("enabled", TRUTH, "false switches it off"),
    ),
    at_most_one=(("assert", "forbid"),),
)
NEW_RULE: Final = Layout(
    "rule",
    tuple(key._replace(required=key.name in ("id", "message")) for key in RULE.keys),
    one_of=(("assert", "forbid"),),
)

REMEDY: Final = Layout(
    "change-of-remedy",
    (
        Key("label", SENTENCE, "what it does: a button, a step of a plan"),
        Key("each", EXPRESSION, "the records that it changes"),
        Key("set", Entries(EXPRESSION), "the new values of their fields"),
        Key("cost", WHOLE, "what it costs; cheaper plans come first"),
        Key("ask", Items(WORD), "fields that a person has to choose"),
    ),
)
NEW_REMEDY: Final = Layout(
    "remedy", tuple(key._replace(required=key.name in ("label", "each", "set")) for key in REMEDY.keys)
)

RULESET: Final = Layout(
    "ruleset",
    (
        Key("ruleset", IDENTITY, "its id", True),
        Key("action", TEXT, "what is asked, such as opportunity.close"),
        Key("model", WORD, "the model of the records", True),
        Key("settings", Entries(SETTING), "what a deployment decides"),
        Key("let", Entries(EXPRESSION), "names for expressions"),
        Key("rules", Items(NEW_RULE, apart=True), "the rules, in the order in which they are told"),
        Key("remedies", Entries(NEW_REMEDY, names=IDENTITY.schema["pattern"][1:-1]), "changes that may help"),
    ),
)


def _changing(title: str, *heads: Key) -> Layout:
    """The layout of a file that changes rules of another: parts may be left out, and a setting may be a new default."""
    changed: dict[str, Kind] = {
        "settings": Entries(either(SETTING, SCALAR, Items(SCALAR))),
        "rules": Items(RULE, apart=True),
        "remedies": replace(_remedies(), of=REMEDY),
    }
    rest = (key._replace(required=False, kind=changed.get(key.name, key.kind)) for key in RULESET.keys[1:])
    return Layout(title, (*heads, *rest))


def _remedies() -> Entries:
    found = RULESET.keys[-1].kind
    assert isinstance(found, Entries)
    return found


EXTENSION: Final = _changing(
    "extension",
    Key("ruleset", IDENTITY, "the id of the new ruleset", True),
    Key("extends", IDENTITY, "the ruleset that it begins with", True),
)
OVERLAY: Final = _changing("overlay", Key("overlay", IDENTITY, "the ruleset that is changed in place", True))
RULE_FILE: Final = Chosen((("overlay", OVERLAY), ("extends", EXTENSION)), RULESET)

HEADS: Final = ("ruleset", "overlay", "extends")
PARTS: Final = RULESET.names[1:]
"""The keys of a rule file, other than those that name it."""

PACK_FILE: Final = Layout(
    "pack",
    (
        Key("name", TEXT, "what the pack is called"),
        Key("language", TEXT, "the language in which its texts are written"),
    ),
)
