"""The keys of files of cases, whose records have the fields of a model."""

from __future__ import annotations

from typing import Final

from oppi18n.layout.declared import (
    DAY,
    IDENTITY,
    SCALAR,
    SENTENCE,
    TEXT,
    WHOLE,
    Entries,
    Items,
    Key,
    Kind,
    Layout,
    Leaf,
    choice,
    either,
)
from oppi18n.model.json_schema import field_schema
from oppi18n.model.schema import Field, Model
from oppi18n.proofs.cases import ASKED, SHOWS
from oppi18n.proofs.expectations import STATUSES, VERDICTS

POINTER: Final = Leaf({"type": "string", "pattern": "^(?:/[^/]*)*$"})

REPEATED: Final = Layout(
    "repeated",
    (Key("repeat", TEXT, "a text", True), Key("times", WHOLE, "how often it is written", True)),
)
"""A long text in short."""
_RULES: Final = Layout(
    "some-rules",
    (
        Key("includes", Items(IDENTITY), "rules that must be among them"),
        Key("excludes", Items(IDENTITY), "rules that must not be among them"),
    ),
)
_POINTERS: Final = Layout(
    "some-pointers",
    (
        Key("includes", Items(POINTER), "pointers that must be among them"),
        Key("excludes", Items(POINTER), "pointers that must not be among them"),
    ),
)
PLAN: Final = Layout(
    "plan",
    (
        Key("status", choice(*STATUSES), "what has become of the plan"),
        Key("remedies", Items(IDENTITY), "its steps, in order"),
        Key("cost", WHOLE, "what it costs"),
        Key("needs", Items(POINTER), "the values that a person has to choose"),
    ),
)
EXPECT: Final = Layout(
    "expect",
    (
        Key("verdict", choice(*VERDICTS), "the answer"),
        Key("violations", either(Items(IDENTITY), _RULES), "the rules that fail"),
        Key("unknown", either(Items(IDENTITY), _RULES), "the rules that cannot be answered"),
        Key("needs", either(Items(POINTER), _POINTERS), "the values that are missing"),
        Key("pending", either(Items(IDENTITY), _RULES), "the rules that were not asked"),
        Key("pointers", Items(POINTER), "where the rule points"),
        Key("params", Entries(either(SCALAR, Items(SCALAR))), "the values of its sentence"),
        Key("message", Entries(SENTENCE, names="[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*"), "its sentence by locale"),
        Key("plan", either(Items(IDENTITY), PLAN), "the cheapest plan"),
    ),
)


def case_file(model: Model, *, fields: bool = True) -> Layout:
    """The layout of a file of cases about records of a model.

    Without `fields` records may have any, in the order of their author.
    """
    records = {name: _record(model, name) if fields else _ANYTHING for name in model.records}
    case = Layout(
        "case",
        (
            Key("name", TEXT, "what the case shows, in one sentence", True),
            Key("rule", IDENTITY, "the rule that it is about"),
            Key("shows", choice(*SHOWS), "what the rule does"),
            Key("asked", choice(*ASKED), "what is asked about: the record alone, or a closing"),
            Key("today", DAY, "the day, where it differs from that of the file"),
            Key("deployment", choice(*model.deployments), "the deployment that is asked for"),
            Key("settings", Entries(either(SCALAR, Items(SCALAR))), "settings with other values than their defaults"),
            *(Key(name, records[name], about) for name, about in _roots(model)),
            Key("without", Items(POINTER), "what was not loaded"),
            Key("partial", Items(POINTER), "lists of which only a part was loaded"),
            Key("expect", EXPECT, "what the rules say"),
        ),
        needs=(("rule", (), "shows"), ("shows", (), "rule")),
    )
    base = Layout("base", tuple(Key(name, kind, f"what each {name} has") for name, kind in records.items()))
    return Layout(
        "cases",
        (
            Key("ruleset", IDENTITY, "the ruleset that is asked", True),
            Key("today", DAY, "the day on which it is asked"),
            Key("base", base, "what records have unless a case says otherwise"),
            Key("cases", Items(case), "the cases", True),
        ),
    )


_ANYTHING: Final = Entries(SCALAR, names=None)


def _roots(model: Model) -> tuple[tuple[str, str], ...]:
    return (model.root, "the record that is judged"), (model.request, "the closing that is asked about")


def _record(model: Model, name: str) -> Layout:
    fields = model.records[name].fields.values()
    return Layout(f"record-{name}", tuple(Key(field.name, _kind(model, field), field.label) for field in fields))


def _kind(model: Model, field: Field) -> Kind:
    if field.type == "list":
        return Items(_record(model, field.of))
    made = {key: value for key, value in field_schema(model, field).items() if key not in ("title", "description")}
    if field.type not in ("string", "reference"):
        return Leaf(made)
    # A text may look like a number: quotation marks are for YAML, not for the reader of cases.
    plain = Leaf({"type": ["string", "number", "boolean", *([] if field.required else ["null"])]})
    return either(plain, REPEATED) if field.type == "string" else plain
