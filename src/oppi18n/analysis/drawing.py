"""A sketch says what rules read of a record; drawn, it is a record that the engine takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from oppi18n.analysis.choices import Listed
from oppi18n.analysis.reads import DEPLOYMENT, SETTINGS, TODAY, Place
from oppi18n.analysis.subject import Settings
from oppi18n.model.schema import Field, Model
from oppi18n.model.values import PartialList

Sketch = Mapping[Place, Any]
"""Place → value, lists as `Listed`; a setting that is None is as it is in force."""


class Drawn(NamedTuple):
    """What `Rules.evaluate` takes, and the settings under which it is asked."""

    facts: dict[str, Any]
    request: dict[str, Any] | None
    today: date
    deployment: str | None
    settings: Settings


class Drawing:
    """Draws sketches of one model; what is required and not in the sketch is filled in."""

    def __init__(self, model: Model, today: date) -> None:
        self.model = model
        self.today = today

    def drawn(self, sketch: Sketch, *, asked: bool) -> Drawn:
        """The facts of a sketch; the request if one is asked about."""
        values: dict[str, dict[str, Any]] = {self.model.root: {}, self.model.request: {}}
        settings: list[tuple[str, Any]] = []
        for place, value in sketch.items():
            if place[0] == SETTINGS:
                if value is not None:
                    settings.append((place[1], value))
            elif len(place) == 2:
                values[place[0]][place[1]] = value
        root, request = self.model.root, self.model.request
        return Drawn(
            {root: self.record(root, values[root])},
            self.record(request, values[request]) if asked else None,
            sketch.get(TODAY, self.today),
            sketch.get(DEPLOYMENT),
            tuple(sorted(settings)),
        )

    def record(self, name: str, values: Mapping[str, Any], number: int = 1) -> dict[str, Any]:
        """A record of a type: the values that are given, and those that it must have."""
        found: dict[str, Any] = {}
        for field in self.model.records[name].fields.values():
            if field.name in values:
                value = values[field.name]
                if value is not None:
                    found[field.name] = self._records(field, value) if isinstance(value, Listed) else value
            elif field.required:
                found[field.name] = self._first(field, name, number)
        return found

    def _records(self, field: Field, value: Listed) -> list[Any]:
        records: Iterable[Any] = (self.record(field.of, dict(item), n) for n, item in enumerate(value.items, 1))
        return PartialList(records) if value.partial else list(records)

    def _first(self, field: Field, record: str, number: int) -> Any:
        if field.type == "enumeration":
            return next(iter(self.model.enumerations[field.of].values))
        if field.type in ("date", "timestamp"):
            return self.today
        return f"{record[0]}{number}" if field.type in ("string", "reference") else _FIRST[field.type]()


_FIRST: Final[dict[str, Any]] = {
    "list": list, "bool": bool, "int": int, "decimal": Decimal, "currency": lambda: "USD",
}  # fmt: skip
