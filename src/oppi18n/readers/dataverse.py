"""Facts from a Dataverse Web API answer: a bare entity or a `value` list, with what was expanded or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oppi18n.model.facts import Conversion, Problem
from oppi18n.model.values import NOT_LOADED, PartialList, literal, shown
from oppi18n.readers.inputs import CODE, NEXT, Input, Outcome, expansion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oppi18n.model.schema import Field, Model, Record

CONTEXT: Final = "@odata.context"
_SKIP: Final = ("$skiptoken", "%24skiptoken")
_LOOKUP: Final = "_value"
_MANY: Final = 50
"""So many entities are worth a function that is made for them; making it takes as long as reading some dozens."""


def claims(file: Input) -> int:
    """Sure of JSON objects with Dataverse's own names or annotations."""
    value = file.value
    if not isinstance(value, dict) or not value.keys().isdisjoint((file.model.root, file.model.request)):
        return 0
    names = _names(file.model)
    return 2 if "value" in value or "error" in value or any("@" in key or key in names for key in value) else 0


def read(file: Input) -> Iterator[Outcome]:
    """The facts of each entity, or what is wrong with it.

    Raises DataError `dataverse-error` for the answer of a call that failed, and others for what cannot be opportunities
    at all.
    """
    answer = file.value
    if not isinstance(answer, dict):
        raise file.error(Problem("wrong-type", file.pointer, {"expected": "object", "found": literal(answer)}))
    refuse_other(file, answer)
    if "value" not in answer:
        yield outcome_of(file, answer, file.pointer)
        return
    entities, place = answer["value"], f"{file.pointer}/value"
    if not isinstance(entities, list):
        raise file.error(Problem("wrong-type", place, {"expected": "list", "found": literal(entities)}))
    if answer.get(NEXT) is not None:
        file.notices.append(Problem("more-opportunities", f"{file.pointer}/{NEXT}", {}))
    if len(entities) >= _MANY:
        prepare(file)
    for index, entity in enumerate(entities):
        yield outcome_of(file, entity, f"{place}/{index}")


def prepare(file: Input) -> None:
    """Get ready for many entities."""
    from oppi18n.readers.direct import of_entities  # most files hold a few records

    file.direct = of_entities(file.model, zone=file.zone)


def refuse_other(file: Input, answer: dict[str, Any]) -> None:
    """Raise DataError for an answer that holds no opportunities."""
    _refuse_error(file, answer)
    _refuse_other_sets(file, answer)


def _names(model: Model) -> set[str]:
    return {field.dataverse for field in model.records[model.root].fields.values() if field.dataverse != field.name}


def _refuse_error(file: Input, answer: dict[str, Any]) -> None:
    error = answer.get("error")
    if error is None:
        return
    body = error if isinstance(error, dict) else {"message": error}
    code, message = (shown(body.get(name) or "-") for name in ("code", "message"))
    params = {"path": file.name, "error": code, "message": message}
    raise file.error(Problem("dataverse-error", f"{file.pointer}/error", params))


def _refuse_other_sets(file: Input, answer: dict[str, Any]) -> None:
    """Stop at an answer that says it holds records of another entity set."""
    context = answer.get(CONTEXT)
    if not isinstance(context, str):
        return
    found = context.partition("#")[2].partition("(")[0].partition("/")[0]
    expected = file.model.records[file.model.root].collection
    if found and found != expected:
        raise file.error(
            Problem("wrong-entity-set", f"{file.pointer}/{CONTEXT}", {"found": found, "expected": expected})
        )


def outcome_of(file: Input, entity: object, pointer: str) -> Outcome:
    """The facts of an entity at a pointer, or what is wrong with it."""
    places = _Places(file.model, entity, pointer)
    found = file.direct(entity) if file.direct is not None else None
    if found is not None:
        return file.facts({file.model.root: found}, places)
    entry = Entry(Conversion(file.model, zone=file.zone))
    record = entry.root(entity)
    if entry.conversion.problems:
        return file.refused(entry.conversion.problems, places)
    return file.facts(record, places)


class Entry:
    """One opportunity with its quotes: Dataverse's names and codes become the model's."""

    def __init__(self, conversion: Conversion) -> None:
        self.conversion = conversion
        self.model = conversion.model

    def root(self, entity: object) -> dict[str, Any]:
        model = self.model
        pointer = f"/{model.root}"
        raw = self.record(model.records[model.root], entity, pointer)
        if isinstance(raw, dict) and isinstance(entity, dict):
            self.refuse_strangers(entity, raw, pointer)
        return {model.root: self.conversion.record(model.records[model.root], raw, pointer)}

    def record(self, record: Record, entity: object, pointer: str) -> object:
        """A record in the model's shape, each field that the entity does not have marked as not loaded."""
        if not isinstance(entity, dict):
            return entity
        raw: dict[str, Any] = {}
        for field in record.fields.values():
            if field.type == "list":
                raw[field.name] = self.list_of(field, entity, f"{pointer}/{field.name}")
            elif field.type == "currency":
                raw[field.name] = self.currency(field, entity)
            else:
                found = entity.get(field.dataverse, NOT_LOADED)
                coded = field.type == "enumeration" and found is not NOT_LOADED and found is not None
                raw[field.name] = self.code(field, found, pointer) if coded else found
        self.check_reasons(record, raw, pointer)
        return raw

    def list_of(self, field: Field, entity: dict[str, Any], pointer: str) -> object:
        """The expanded records; a link to the next page says that they are not all of them, or none."""
        rows = entity.get(field.dataverse, NOT_LOADED)
        if rows is NOT_LOADED:
            return rows
        if not isinstance(rows, list):
            self.conversion.problem("wrong-type", pointer, expected="list", found=literal(rows))
            return NOT_LOADED
        link = entity.get(field.dataverse + NEXT)
        if not rows and link is not None:
            return NOT_LOADED
        record = self.model.records[field.of]
        items = [self.record(record, row, f"{pointer}/{index}") for index, row in enumerate(rows)]
        # A link without a token is always there and leads to the same rows; what is no text is not understood.
        complete = link is None or (isinstance(link, str) and not any(mark in link.lower() for mark in _SKIP))
        return items if complete else PartialList(items)

    def currency(self, field: Field, entity: dict[str, Any]) -> object:
        """The ISO code of the expanded currency; a bare id names a record that nobody has read."""
        expanded = entity.get(expansion(field), NOT_LOADED)
        if isinstance(expanded, dict):
            return expanded.get(CODE, NOT_LOADED)
        if expanded is not NOT_LOADED and expanded is not None:
            return expanded
        bare = entity.get(field.dataverse, expanded)
        return NOT_LOADED if isinstance(bare, str) else bare

    def code(self, field: Field, found: object, pointer: str) -> object:
        """The value of an enumeration that has a code; labels and numbers in texts are not codes.

        `pointer` is the record's.
        """
        pointer = f"{pointer}/{field.name}"
        if not isinstance(found, int) or isinstance(found, bool):
            self.conversion.problem("wrong-type", pointer, expected="int", found=literal(found))
            return NOT_LOADED
        enumeration = self.model.enumerations[field.of]
        value = enumeration.by_code.get(found)
        if value is not None:
            return value.name
        if enumeration.of and found > max(enumeration.by_code, default=0):
            self.conversion.problem("unknown-reason-code", pointer, found=found, name=field.dataverse)
        else:
            known = tuple(map(str, sorted(enumeration.by_code)))
            self.conversion.problem("unknown-code", pointer, found=found, name=field.dataverse, known=known)
        return NOT_LOADED

    def check_reasons(self, record: Record, raw: dict[str, Any], pointer: str) -> None:
        """A status reason belongs to one status."""
        fields = [field for field in record.fields.values() if field.type == "enumeration"]
        states = {field.of: raw[field.name] for field in fields}
        for field in fields:
            enumeration = self.model.enumerations[field.of]
            found, state = raw[field.name], states.get(enumeration.of)
            if isinstance(found, str) and isinstance(state, str) and found in enumeration.values:
                expected = enumeration.values[found].state
                if expected != state:
                    params = {"found": found, "expected": expected, "state": state}
                    self.conversion.problem("reason-of-other-state", f"{pointer}/{field.name}", **params)

    def refuse_strangers(self, entity: dict[str, Any], raw: dict[str, Any], pointer: str) -> None:
        """Records in a list must say that they belong to this one, if they say anything."""
        root = self.model.records[self.model.root]
        own = raw.get("id")
        back = f"_{root.fields['id'].dataverse}{_LOOKUP}"
        for field in root.lists:
            rows = entity.get(field.dataverse)
            for index, row in enumerate(rows if isinstance(rows, list) else ()):
                other = row.get(back, NOT_LOADED) if isinstance(row, dict) else NOT_LOADED
                if other is NOT_LOADED or not isinstance(own, str) or _same(other, own):
                    continue
                place = f"{pointer}/{field.name}/{index}/{back}"
                self.conversion.problem("other-opportunity", place, found=shown(other), expected=own)


class _Places:
    """Pointers of the model's shape → pointers into the answer."""

    def __init__(self, model: Model, entity: object, prefix: str) -> None:
        self.model = model
        self.entity = entity
        self.prefix = prefix

    def __call__(self, pointer: str) -> str:
        head, *parts = pointer.split("/")[1:] or [""]
        if head != self.model.root:
            return pointer
        place, record = self.prefix, self.model.records[head]
        entity: Any = self.entity
        for part in parts:
            field = record.fields.get(part) if not part.isdigit() else None
            name = part if field is None else _name(field, entity)
            place = f"{place}/{name}"
            entity = _inside(entity, name)
            if field is not None and field.type == "list":
                record = self.model.records[field.of]
        return place


def _name(field: Field, entity: object) -> str:
    if field.type == "currency" and isinstance(_inside(entity, expansion(field)), dict):
        return f"{expansion(field)}/{CODE}"
    return field.dataverse or field.name


def _inside(entity: Any, name: str) -> Any:
    if isinstance(entity, dict):
        return entity.get(name)
    return entity[int(name)] if isinstance(entity, list) and name.isdigit() and int(name) < len(entity) else None


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.lower() == other.lower()
