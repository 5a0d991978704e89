"""The model at run time: records, fields and enumerations, built from plain data that a cache can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oppi18n.tuples import Named


class Field(Named):
    """A field of a record.

    `type` is one of string, int, decimal, bool, date, timestamp, currency, enumeration, reference, list;
    `of` names the enumeration or the record of the list.
    """

    name: str
    type: str
    of: str = ""
    required: bool = False
    label: str = ""
    description: str = ""
    hint: str = ""
    dataverse: str = ""
    currency: str = ""
    max_length: int = 0
    default: str = ""
    pack: str = "oppi18n"


class Value(Named):
    """A value of an enumeration; `state` is the value of the governing enumeration it belongs to."""

    name: str
    label: str
    dataverse: int | None = None
    state: str = ""
    pack: str = "oppi18n"


class Enumeration:
    """A closed set of values, such as the states of a quote."""

    __slots__ = ("by_code", "label", "name", "of", "pack", "values")

    def __init__(self, name: str, label: str, of: str, pack: str, values: tuple[Value, ...]) -> None:
        self.name = name
        self.label = label
        self.of = of
        self.pack = pack
        self.values = {value.name: value for value in values}
        self.by_code = {value.dataverse: value for value in values if value.dataverse is not None}

    def belonging(self, state: str) -> tuple[str, ...]:
        """The values that belong to one value of the governing enumeration."""
        return tuple(value.name for value in self.values.values() if value.state == state)


class Record:
    """A record type: its fields and how one of it is shown in a sentence.

    `display` has several templates: the first one whose values are all given is used.
    """

    __slots__ = ("collection", "display", "entity", "fields", "label", "name", "pack")

    def __init__(self, name: str, plain: Mapping[str, Any]) -> None:
        self.name = name
        self.label: str = plain["label"]
        self.display: tuple[str, ...] = plain["display"]
        self.entity: str = plain["entity"]
        self.collection: str = plain["collection"]
        self.pack: str = plain["pack"]
        self.fields = {each[0]: Field(*each) for each in plain["fields"]}

    @property
    def lists(self) -> Iterator[Field]:
        """The fields that hold records."""
        return (field for field in self.fields.values() if field.type == "list")


class Model:
    """Record types, enumerations and deployments of one domain.

    `root` is the record a ruleset judges, `request` the one that says what is asked for.
    """

    __slots__ = (
        "deployments",
        "digits",
        "enumerations",
        "languages",
        "name",
        "pack",
        "plain",
        "records",
        "request",
        "root",
    )

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        self.name: str = plain["model"]
        self.pack: str = plain["pack"]
        self.root: str = plain["root"]
        self.request: str = plain["request"]
        self.deployments: dict[str, tuple[str, str]] = plain["deployments"]
        self.digits: dict[str, int] = plain["digits"]
        self.languages: dict[str, str] = plain["languages"]
        self.enumerations = {
            name: Enumeration(name, each["label"], each["of"], each["pack"], tuple(Value(*v) for v in each["values"]))
            for name, each in plain["enumerations"].items()
        }
        self.records = {name: Record(name, each) for name, each in plain["records"].items()}

    def language(self, pack: str) -> str:
        """The language in which a pack wrote its labels."""
        return self.languages.get(pack, "en")

    def currency_digits(self, code: str) -> int:
        """Digits after the point of a currency: CLDR's, unless the model says otherwise."""
        return self.digits.get(code, 2)

    def field_at(self, pointer: str) -> Field | None:
        """The field a JSON Pointer of the model's shape leads to.

        `/opportunity/quotes/0/state` leads to the field `state` of a quote.
        """
        record: Record | None = None
        field: Field | None = None
        for part in pointer.split("/")[1:]:
            if record is None:
                record = self.records.get(part)
            elif field is not None and field.type == "list" and part.isdigit():
                record, field = self.records[field.of], None
            else:
                field = record.fields.get(part)
        return field
