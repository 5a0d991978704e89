"""Records with nothing amiss are read by one function made for their type; every other one goes the careful way.

The function answers with the record that the careful way would answer with, or with None: something is to be looked at.
So it may give up on whatever is unusual, and never says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from oppi18n.model.fitting import Remembered, currency_code
from oppi18n.model.schema import Field, Model, Record
from oppi18n.model.values import (
    DECIMAL_DIGITS,
    DECIMAL_PLACES,
    INT_MAX,
    INT_MIN,
    NOT_LOADED,
    ValueFault,
    to_date,
    to_decimal,
    to_local_date,
)
from oppi18n.readers.inputs import CODE, NEXT, expansion

Direct = Callable[[Any], dict[str, Any] | None]

WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\Z")

_AMOUNT: Final = re.compile(rf"-?[0-9]{{1,{DECIMAL_DIGITS}}}(?:\.[0-9]{{1,{DECIMAL_PLACES}}})?\Z", re.ASCII)
_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")
_MOST: Final = Decimal(10) ** DECIMAL_DIGITS

_STATE: Final = "{state}.__class__ is str and {own}.__class__ is str and {names}[{own}] != {state}"


def of_entities(model: Model, *, zone: str) -> Direct:
    """For entities of Dataverse's Web API."""
    return _Entities(model, zone).made(model.records[model.root])


def of_cells(model: Model, record: Record, columns: Mapping[str, tuple[int, bool]], *, zone: str) -> Direct:
    """For rows of a table whose `columns` tell by field in which cell it stands, and whether as Dataverse's code."""
    return _Cells(model, zone, columns).made(record)


class _Function:
    """The lines of a function, and what they name."""

    def __init__(self, model: Model, zone: str) -> None:
        self.model = model
        self.zone = zone
        self.scope: dict[str, Any] = {
            "N": NOT_LOADED,
            "Decimal": Decimal,
            "amount": to_decimal,
            "cent": _CENT,
            "most": _MOST,
            "typed_amount": _typed_amount,
            "dates": Remembered(to_date),
            "moments": Remembered(lambda text: to_local_date(text, zone)),
            "currencies": Remembered(currency_code),
            "Faults": (ValueFault, KeyError, AttributeError, TypeError),
        }

    def made(self, record: Record) -> Direct:
        """The function for a record."""
        scope = self.scope
        exec(self.source(record), scope)  # noqa: S102 - our own text, with names of the model as literals
        found: Direct = scope["read"]
        return found

    def source(self, record: Record) -> str:
        fields = list(record.fields.values())
        names = {field.name: f"v{place}" for place, field in enumerate(fields)}
        opening = self.opening(fields, names)
        lines = [f"  {line}" for field in fields for line in self.field(field, names)]
        lines += [f"  if {each}: return" for each in self.contradictions(fields, names)]
        members = ", ".join(f"{field.name!r}: {names[field.name]}" for field in fields)
        body = "\n".join([*map(" ".__add__, opening), " try:", *lines, " except Faults: return"])
        return f"def read(given):\n{body}\n return {{{members}}}\n"

    def opening(self, fields: Sequence[Field], names: Mapping[str, str]) -> Sequence[str]:
        """How the values of a record come into variables; each kind of source has its own way."""
        raise NotImplementedError

    def field(self, field: Field, names: Mapping[str, str]) -> Iterator[str]:
        """How the value of a field gets its type; each kind of source has its own way."""
        raise NotImplementedError

    def contradictions(self, fields: Sequence[Field], names: Mapping[str, str]) -> Iterator[str]:
        """A status reason belongs to one status."""
        states = {field.of: field for field in fields if field.type == "enumeration"}
        for field in fields:
            enumeration = self.model.enumerations[field.of] if field.type == "enumeration" else None
            if enumeration is None or enumeration.of not in states:
                continue
            known = self.keep({value.name: value.state for value in enumeration.values.values()})
            yield _STATE.format(state=names[states[enumeration.of].name], own=names[field.name], names=known)

    def keep(self, value: object) -> str:
        """The name under which the function finds a value."""
        name = f"k{len(self.scope)}"
        self.scope[name] = value
        return name


class _Entities(_Function):
    """Members by Dataverse's names; one that is absent was not loaded."""

    def opening(self, fields: Sequence[Field], names: Mapping[str, str]) -> Sequence[str]:
        members = {names[field.name]: _member(field) for field in fields}
        every = ", ".join(members)
        one_by_one = [f"{own} = get({name!r}, N)" for own, name in members.items()]
        at_once = f"try: {every} = {self.keep(itemgetter(*members.values()))}(given)"
        if len(members) > 1:
            one_by_one = [at_once, "except KeyError:", *map(" ".__add__, one_by_one)]
        return ["if given.__class__ is not dict: return", "get = given.get", *one_by_one]

    def field(self, field: Field, names: Mapping[str, str]) -> Iterator[str]:
        own = names[field.name]
        if field.type == "list":
            yield from self.list_of(field, names)
            return
        yield from self.typed(field, own)
        absent = "" if field.required else f"{own} is not None and "
        yield f"elif {absent}{own} is not N: return"
        if field.type == "currency":
            yield f"elif {field.dataverse!r} in given:"
            # A bare id names a record that nobody has read.
            yield f" if given[{field.dataverse!r}].__class__ is not str: return"
            yield f" {own} = N"

    def typed(self, field: Field, own: str) -> Iterator[str]:
        if field.type == "enumeration":
            codes = {code: value.name for code, value in self.model.enumerations[field.of].by_code.items()}
            yield f"if {own}.__class__ is int: {own} = {self.keep(codes)}[{own}]"
        elif field.type == "int":
            yield f"if {own}.__class__ is int:"
            yield f" if not {INT_MIN} <= {own} <= {INT_MAX}: return"
        elif field.type == "decimal":
            # Amounts are of two places mostly, and nothing has to be done with those.
            yield f"if {own}.__class__ is Decimal and {own}.same_quantum(cent) and -most < {own} < most and {own}: pass"
            yield f"elif {own}.__class__ is Decimal or {own}.__class__ is int: {own} = amount({own})"
        elif field.type == "currency":
            yield f"if {own}.__class__ is dict: {own} = currencies[{own}[{CODE!r}]]"
        elif field.type in ("date", "timestamp"):
            yield f"if {own}.__class__ is str: {own} = {'dates' if field.type == 'date' else 'moments'}[{own}]"
        else:
            yield f"if {own}.__class__ is {'bool' if field.type == 'bool' else 'str'}: pass"

    def list_of(self, field: Field, names: Mapping[str, str]) -> Iterator[str]:
        own, child = names[field.name], self.model.records[field.of]
        yield f"rows = {own}"
        yield "if rows.__class__ is list:"
        yield f" if get({field.dataverse + NEXT!r}) is not None: return"
        yield f" {own} = [*map({self.keep(self.made(child))}, rows)]"
        yield f" if None in {own}: return"
        if "id" in child.fields:
            yield f' if len({{each["id"].lower() for each in {own}}}) != len({own}): return'
        if "id" in names:
            back = f"_{self.model.records[self.model.root].fields['id'].dataverse}_value"
            yield " for row in rows:"
            yield f"  if {back!r} in row and row[{back!r}].lower() != {names['id']}.lower(): return"
        yield f"elif {own} is not N: return"


class _Cells(_Function):
    """Cells by their columns; one that is absent was not loaded, an empty one is empty."""

    def __init__(self, model: Model, zone: str, columns: Mapping[str, tuple[int, bool]]) -> None:
        super().__init__(model, zone)
        self.columns = columns
        self.scope["numbers"] = Remembered(_whole)

    def opening(self, fields: Sequence[Field], names: Mapping[str, str]) -> Sequence[str]:
        return ()

    def field(self, field: Field, names: Mapping[str, str]) -> Iterator[str]:
        own = names[field.name]
        place, coded = self.columns.get(field.name, (-1, False))
        if place < 0 or field.type == "list":
            yield f"{own} = N"
            return
        yield f"{own} = given[{place}] or None"
        if field.required:
            yield f"if {own} is None: return"
        meaning = self.meaning(field, coded)
        if meaning:
            yield f"if {own} is not None: {own} = {meaning.format(own)}"

    def meaning(self, field: Field, coded: bool) -> str:
        """What a text means that is not empty; nothing if itself."""
        if field.type == "enumeration":
            enumeration = self.model.enumerations[field.of]
            names = {name: name for name in enumeration.values}
            codes = {str(code): value.name for code, value in enumeration.by_code.items()}
            return self.keep(codes if coded else names) + "[{}]"
        if field.type == "currency" and coded:
            return "N"
        return {
            "int": "numbers[{}]",
            "bool": '{{"true": True, "false": False}}[{}]',
            "decimal": "typed_amount({})",
            "currency": "currencies[{}]",
            "date": "dates[{}]",
            "timestamp": "moments[{}]",
        }.get(field.type, "")


def _member(field: Field) -> str:
    return expansion(field) if field.type == "currency" else field.dataverse


def _typed_amount(text: str) -> Decimal:
    return Decimal(text) or _ZERO if _AMOUNT.match(text) else to_decimal(text)


def _whole(text: str) -> int:
    if not WHOLE.match(text) or not INT_MIN <= int(text) <= INT_MAX:
        raise ValueFault("wrong-value")
    return int(text)
