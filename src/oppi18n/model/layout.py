"""The keys of model files: models, and overlays that add to them."""

from __future__ import annotations

from typing import Final

from oppi18n.layout.declared import (
    EXPRESSION,
    SENTENCE,
    TEXT,
    TRUTH,
    WHOLE,
    WORD,
    Chosen,
    Entries,
    Items,
    Key,
    Layout,
    Leaf,
    choice,
)

SCALARS: Final = ("string", "int", "decimal", "bool", "date", "timestamp", "currency", "enumeration", "reference")
TYPES: Final = (*SCALARS, "list")

DEPLOYMENT: Final = Layout("deployment", (Key("label", SENTENCE, "what people call it", True),))
VALUE: Final = Layout(
    "value",
    (
        Key("label", SENTENCE, "what people call it", True),
        Key("dataverse", WHOLE, "its code on the platform"),
        Key("state", WORD, "the value of the governing enumeration that it belongs to"),
    ),
)
ENUMERATION: Final = Layout(
    "enumeration",
    (
        Key("label", SENTENCE, "what people call it", True),
        Key("of", WORD, "the enumeration that governs it, such as the status of a status reason"),
        Key("values", Entries(VALUE), "its values, in the order in which they are offered", True),
    ),
)
MORE_VALUES: Final = Layout("more-values", (Key("values", Entries(VALUE), "values that are added", True),))
FIELD: Final = Layout(
    "field",
    (
        Key("type", choice(*TYPES), "the type of its values", True),
        Key("of", WORD, "the enumeration of its values, or the record in its list"),
        Key("required", TRUTH, "whether it always has a value; absent, it was not loaded"),
        Key("currency", WORD, "the field that holds the currency of the amount"),
        Key("label", SENTENCE, "what people call it", True),
        Key("dataverse", TEXT, "its name on the platform"),
        Key("max_length", WHOLE, "the most characters that it may have"),
        Key("description", SENTENCE, "what it holds, in one sentence"),
        Key("hint", SENTENCE, "what is said under its input"),
        Key("default", EXPRESSION, "what the dialog fills in"),
    ),
    needs=(("type", ("enumeration", "list"), "of"),),
)
RECORD: Final = Layout(
    "record",
    (
        Key("label", SENTENCE, "what people call it", True),
        Key("display", Items(SENTENCE), "how one is named in a sentence: the first whose values are all given", True),
        Key("entity", TEXT, "its logical name on the platform"),
        Key("collection", TEXT, "the name of its set on the platform"),
        Key("fields", Entries(FIELD), "its fields", True),
    ),
)

_DIGITS: Final = Key(
    "digits",
    Entries(Leaf({"type": "integer", "minimum": 0}), names="[A-Z]{3}"),
    "digits after the point of a currency, where they are not those of CLDR",
)
_DEPLOYMENTS: Final = Key("deployments", Entries(DEPLOYMENT), "where the rules are in use")
MODEL: Final = Layout(
    "model",
    (
        Key("model", WORD, "its name", True),
        Key("root", WORD, "the record that a ruleset judges", True),
        Key("request", WORD, "the record that says what is asked for", True),
        _DEPLOYMENTS,
        Key("enumerations", Entries(ENUMERATION), "closed sets of values"),
        Key("records", Entries(RECORD), "the types of records", True),
        _DIGITS,
    ),
)
OVERLAY: Final = Layout(
    "overlay-of-model",
    (
        Key("overlay", WORD, "the model that is added to", True),
        _DEPLOYMENTS,
        Key("enumerations", Entries(MORE_VALUES), "enumerations that get more values"),
        _DIGITS,
    ),
)
MODEL_FILE: Final = Chosen((("overlay", OVERLAY),), MODEL)
