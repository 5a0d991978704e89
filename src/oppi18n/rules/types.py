"""The types of expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `name` says which enumeration or record, `item` what a list holds.

    >>> str(Type("list", item=Type("record", "quote")))
    'list of quote'
    """

    kind: str
    name: str = ""
    item: Type | None = None

    def __str__(self) -> str:
        if self.kind == "list":
            return f"list of {self.item}"
        return self.name or self.kind

    @property
    def is_number(self) -> bool:
        """Whether it can be counted with."""
        return self.kind in ("int", "double", "decimal")

    @property
    def is_text(self) -> bool:
        """Whether its values are strings."""
        return self.kind in ("string", "currency", "enumeration")


BOOL: Final = Type("bool")
INT: Final = Type("int")
DOUBLE: Final = Type("double")
DECIMAL: Final = Type("decimal")
STRING: Final = Type("string")
CURRENCY: Final = Type("currency")
DATE: Final = Type("date")
NULL: Final = Type("null")
DYN: Final = Type("dyn")
"""Not known before the expression runs: everything in plain JSON."""


def list_of(item: Type) -> Type:
    """The type of a list."""
    return Type("list", item=item)


def unify(one: Type, other: Type) -> Type | None:
    """The type of a value that is either; None if there is none.

    >>> unify(INT, DECIMAL)
    Type(kind='decimal', name='', item=None)
    """
    if one == other or other.kind in ("null", "dyn"):
        return one if one.kind not in ("null", "dyn") else other
    if one.kind in ("null", "dyn"):
        return other
    kinds = {one.kind, other.kind}
    if kinds == {"int", "decimal"}:
        return DECIMAL
    if kinds == {"string", "currency"}:
        return STRING
    if kinds == {"list"} and one.item and other.item:
        item = unify(one.item, other.item)
        return list_of(item) if item else None
    return None
