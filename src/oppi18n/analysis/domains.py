"""The choices for each part of a record, the smallest first: fields, lists of records, settings, the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from oppi18n.analysis.choices import Bound, Choice, Cost, is_inside
from oppi18n.analysis.lists import Lists
from oppi18n.analysis.reads import DEPLOYMENT, SETTINGS, TODAY, Place, Places, Reading
from oppi18n.analysis.regions import Regions
from oppi18n.analysis.representatives import Representatives
from oppi18n.analysis.subject import Subject
from oppi18n.model.schema import Field, Model
from oppi18n.model.values import NOT_LOADED


class Domains:
    """What each place may hold, for everything that some rules read."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        readings: Iterable[Reading],
        bound: Bound,
        today: date,
        *,
        held: frozenset[str] = frozenset(),
    ) -> None:
        first = subjects[0]
        self.models: tuple[Model, ...] = tuple(subject.model for subject in subjects)
        self.model: Model = first.model
        self.bound = bound
        self.today = today
        found = list(readings)
        settings = {name: value for each in reversed(subjects) for name, value in each.settings.items()}
        self.settings = {
            name: each for subject in reversed(subjects) for name, each in subject.ruleset.settings.items()
        }
        self.fixed = held.union(*(subject.fixed for subject in subjects))
        self.in_force = settings
        lists = {place for reading in found for place in reading.places if self._is_list(place)}
        regions = Regions(found, self.model, settings, today)
        self.ordered = frozenset(place for reading in found for place in reading.ordered)
        needed = (count for reading in found for count in reading.most().values())
        self.records = bound.records or 1 + max(needed, default=1)
        self.values = Representatives(regions, self.models, lists, records=self.records)
        self.lists = Lists(self.choices, self.records, self.ordered)
        self._variables: dict[Places, tuple[Place, ...]] = {}
        self._known: dict[tuple[Place, Places, bool], tuple[Choice, ...]] = {}

    def choices(self, place: Place, cone: Places, *, holes: bool = True) -> tuple[Choice, ...]:
        """The choices for a place, of a list with the fields that are in the cone; without holes, all is loaded."""
        key = (place, cone, holes)
        if key not in self._known:
            inside = frozenset(each for each in cone if is_inside(each, place))
            if inside != cone:
                self._known[key] = self.choices(place, inside, holes=holes)
            else:
                found = self._choices(place, inside)
                kept = found if holes else (each for each in found if not each.cost.holes)
                self._known[key] = tuple(sorted(kept, key=lambda each: each.cost))
        return self._known[key]

    def variable(self, place: Place) -> Place:
        """The place that is chosen as a whole: a list with all that is in it."""
        for length in range(2, len(place)):
            if self._is_list(place[:length]):
                return place[:length]
        return place

    def variables(self, cone: Places) -> tuple[Place, ...]:
        """The places that are chosen for a cone."""
        if cone not in self._variables:
            self._variables[cone] = tuple(sorted({self.variable(place) for place in cone}, key=self._rank))
        return self._variables[cone]

    def _rank(self, place: Place) -> tuple[int, Place]:
        roots = (self.model.root, self.model.request)
        return (roots.index(place[0]) if place[0] in roots else 2), place

    def most(self, place: Place, cone: Places) -> int:
        """The most records with which every content of a list is tried, given what is read of them."""
        return self.lists.most(place, frozenset(each for each in cone if is_inside(each, place)))

    def refined(self, value: Any, place: Place, cone: Places) -> Iterator[Choice]:
        """The ways in which a list's records may have the fields of a cone that they lack so far; all is loaded."""
        return self.lists.refined(value, place, cone)

    # ---- by kind of place ----

    def _choices(self, place: Place, inside: Places) -> Iterator[Choice]:
        if place == TODAY:
            yield from _numbered(self.values.days(), first=Cost(), others=Cost(changed=1))
        elif place == DEPLOYMENT:
            yield Choice(None, Cost())
            yield from _numbered(self.model.deployments, first=Cost(changed=1), others=Cost(changed=1))
        elif place[0] == SETTINGS:
            yield Choice(None, Cost())
            yield from _numbered(self._of_setting(place[1]), first=Cost(changed=1), others=Cost(changed=1))
        else:
            field = self.field(place)
            if field.type == "list":
                yield from self.lists.contents(place, inside, required=field.required)
            else:
                yield from self._of_field(place, field)

    def _of_setting(self, name: str) -> tuple[Any, ...]:
        if name in self.fixed:
            return ()
        return self.values.setting(name, self.settings[name].type, self.in_force[name])

    def _of_field(self, place: Place, field: Field) -> Iterator[Choice]:
        given = Cost(given=0 if field.required else 1)
        if not field.required:
            yield Choice(None, Cost())
        yield from _numbered(self.values.field(place, field.type, field.of), first=given, others=given)
        yield Choice(NOT_LOADED, Cost(holes=1))

    # ---- the model ----

    def field(self, place: Place) -> Field:
        """The field of the model that a place is; of the second model, if the first one does not have it."""
        found = (field for model in self.models if (field := _field(place, model)) is not None)
        return next(found)

    def _is_list(self, place: Place) -> bool:
        return place[0] in self.model.records and len(place) > 1 and self.field(place).type == "list"


def _field(place: Place, model: Model) -> Field | None:
    record, field = model.records.get(place[0]), None
    for name in place[1:]:
        record = model.records.get(field.of) if field is not None else record
        field = record.fields.get(name) if record is not None else None
        if field is None:
            return None
    return field


def _numbered(values: Iterable[Any], *, first: Cost, others: Cost) -> Iterator[Choice]:
    for number, value in enumerate(values):
        yield Choice(value, (others if number else first).plus(Cost(order=number)))
