"""What names mean inside an expression: roots of the facts, settings, lets, the model's own lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oppi18n.model.schema import Field, Model
from oppi18n.rules.types import BOOL, CURRENCY, DATE, DECIMAL, DYN, INT, STRING, Type, list_of

_SCALARS = {
    "string": STRING,
    "reference": STRING,
    "int": INT,
    "decimal": DECIMAL,
    "bool": BOOL,
    "date": DATE,
    "timestamp": DATE,
    "currency": CURRENCY,
}


def type_of(found: Field) -> Type:
    """The type that rules see in a field: timestamps are dates, references are strings."""
    if found.type == "enumeration":
        return Type("enumeration", found.of)
    if found.type == "list":
        return list_of(Type("record", found.of))
    return _SCALARS[found.type]


@dataclass(frozen=True)
class Environment:
    """Names and their types. Without a model every name is dynamic: plain JSON."""

    model: Model | None = None
    settings: Mapping[str, Type] = field(default_factory=dict)
    lets: Mapping[str, Type] = field(default_factory=dict)
    extents: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """let → how many nodes and how many levels it has, with the lets that it reads written out."""

    def root(self, name: str) -> Type | None:
        """The type of a root name, or None."""
        if self.model is None:
            return DYN
        if name in (self.model.root, self.model.request):
            return Type("record", name)
        return {"today": DATE, "settings": Type("settings"), "model": Type("model")}.get(name)

    @property
    def names(self) -> list[str]:
        """All root names, for suggestions."""
        own = [self.model.root, self.model.request, "today", "settings", "model"] if self.model else []
        return [*own, *self.lets]

    def field(self, record: str, name: str) -> Field | None:
        """A field of a record type."""
        assert self.model is not None
        return self.model.records[record].fields.get(name)

    def groups(self, enumeration: str) -> tuple[str, ...]:
        """The states whose values `group` can name; none if there is no such enumeration, or nothing governs it."""
        assert self.model is not None
        found = self.model.enumerations.get(enumeration)
        governing = self.model.enumerations.get(found.of) if found else None
        return tuple(governing.values) if governing else ()

    def group(self, enumeration: str, state: str) -> tuple[str, ...] | None:
        """The values of an enumeration that belong to a state, as `model.<enumeration>.<state>` names them."""
        assert self.model is not None
        found = self.model.enumerations.get(enumeration)
        if found is None or found.of not in self.model.enumerations:
            return None
        known = state in self.model.enumerations[found.of].values
        return found.belonging(state) if known else None
