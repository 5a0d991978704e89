"""What a source offers: relations with columns, of which each is of a kind that all databases share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

KINDS: Final = (
    "text", "csv", "int", "wide", "decimal", "double", "bool", "date", "naive", "moment", "uuid", "list", "any", "other",
)  # fmt: skip
"""Kinds of columns.

csv is text that may stand for any type, empty where nothing is; wide a number with more digits than ours have; naive a
timestamp without a zone and moment one with; any whatever was put into it; other what no field can be read from.
"""


@dataclass(frozen=True, slots=True)
class Relation:
    """Something to select from: how people know it, how SQL does, and its columns by name with their kinds.

    `elements` has the columns of the elements of list columns, `source` the file or database that all this is in.
    """

    label: str
    sql: str
    columns: Mapping[str, str]
    elements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    source: str = ""

    def is_called(self, name: str) -> bool:
        """Whether a mapping means it by a name: of the table, behind that of its schema or not, or of the file.

        >>> [Relation(each, "", {}).is_called("crm.opps") for each in ("Opps", "crm.opps", "exports/crm.opps", "crm")]
        [True, True, True, False]
        """
        label, wanted = self.label.lower(), name.lower()
        return label in (wanted, wanted.rpartition(".")[2]) or PurePath(label).name == wanted


def column_named(columns: Iterable[str], *names: str) -> list[str]:
    """The columns that have one of some names; letter case counts only where it tells two apart.

    >>> column_named({"ID": "text", "name": "text"}, "id", "Name")
    ['ID', 'name']
    """
    found: dict[str, None] = {}
    for name in names:
        alike = [each for each in columns if each == name] or [each for each in columns if each.lower() == name.lower()]
        found |= dict.fromkeys(alike)
    return list(found)
