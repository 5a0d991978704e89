"""Facts that fit the model are taken over in one go; what does not fit is left to the careful way, which tells why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.model.values import INT_MAX, INT_MIN, ValueFault, is_currency, to_date, to_decimal, to_local_date

if TYPE_CHECKING:
    from oppi18n.model.schema import Field, Model, Record

_ZERO: Final = Decimal(0)
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,4})?").fullmatch
_ODD: Final = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError)
_MOST: Final = 20_000
_LONGEST: Final = 40
_TEXTS: Final = ("string", "reference")

Take = Callable[[Any], object]


class Fitting:
    """Takes over what a JSON text held, for one model and one zone; the same values come out as of `checked`.

    >>> from oppi18n import load_rules
    >>> fitting = Fitting(load_rules().model)
    >>> fitting({"opportunity": {"id": "o1", "state": "open", "estimated_revenue": "5.50"}})
    {'opportunity': {'id': 'o1', 'state': 'open', 'estimated_revenue': Decimal('5.50')}}
    >>> fitting({"opportunity": {"state": "ajar"}}) is None
    True
    """

    def __init__(self, model: Model, *, zone: str = "UTC") -> None:
        self._model = model
        self._kept: dict[str, Take] = {
            "currency": Remembered(currency_code).__getitem__,
            "date": Remembered(to_date).__getitem__,
            "timestamp": Remembered(lambda value: to_local_date(value, zone)).__getitem__,
        }
        self._root, self._request = (_Take(self, model.records[each]) for each in (model.root, model.request))

    def __call__(self, raw: Any) -> dict[str, Any] | None:
        """The records of raw facts, which change into them; None if anything does not fit."""
        root, request = self._model.root, self._model.request
        try:
            self._root(raw[root])
            if len(raw) > 1:
                if len(raw) > 2 or request not in raw:
                    return None
                if raw[request] is None:
                    del raw[request]
                else:
                    self._request(raw[request])
        except _ODD:
            return None
        return raw  # type: ignore[no-any-return]

    def take(self, field: Field) -> Take | frozenset[str | None] | None:
        """How a value of a field is taken over; None for a text, which stays as it is."""
        if field.type in _TEXTS:
            return None
        if field.type == "enumeration":
            optional = () if field.required else (None,)
            return frozenset((*self._model.enumerations[field.of].values, *optional))
        if field.type == "list":
            return self._list(field)
        return self._kept[field.type] if field.type in self._kept else _TAKES[field.type]

    def _list(self, field: Field) -> Take:
        each = _Take(self, self._model.records[field.of])

        def take(value: Any) -> object:
            if type(value) is not list:
                raise ValueFault("wrong-type")
            for item in value:
                each(item)
            if len({item["id"].lower() for item in value}) != len(value):
                raise ValueFault("duplicate-id")
            return value

        return take


class _Take:
    """Takes over the fields of one record type, in place."""

    __slots__ = ("_fields", "_required")

    def __init__(self, fitting: Fitting, record: Record) -> None:
        self._fields: Mapping[str, Any] = {name: fitting.take(field) for name, field in record.fields.items()}
        self._required = frozenset([name for name, field in record.fields.items() if field.required])

    def __call__(self, raw: dict[str, Any]) -> None:
        fields = self._fields
        for name, value in raw.items():
            take = fields[name]
            if take is None:
                if type(value) is str:
                    continue
            elif type(take) is frozenset:
                if value in take:
                    continue
            elif value is not None:
                raw[name] = take(value)
                continue
            if value is not None or name in self._required:
                raise ValueFault("wrong-type")


class Remembered(dict[Any, object]):
    """Texts and what they mean: days and currencies come again and again. Who asks for a wrong one gets its ValueFault.

    Long texts are no usual ones, and a moment may be written with any number of digits: they are not kept.
    """

    def __init__(self, meaning: Take) -> None:
        self._meaning = meaning

    def __missing__(self, text: Any) -> object:
        found = self._meaning(text)
        if len(self) < _MOST and type(text) is str and len(text) <= _LONGEST:
            self[text] = found
        return found


def _decimal(value: Any) -> Decimal:
    if type(value) is str and _PLAIN(value):
        return Decimal(value) or _ZERO
    return to_decimal(value)


def _int(value: Any) -> int:
    if type(value) is not int or not INT_MIN <= value <= INT_MAX:
        raise ValueFault("wrong-type")
    return value


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueFault("wrong-type")
    return value


def currency_code(value: Any) -> str:
    """A code such as SEK. Raises ValueFault."""
    if type(value) is not str or not is_currency(value):
        raise ValueFault("wrong-value")
    return value


_TAKES: Final[Mapping[str, Take]] = {
    "int": _int,
    "bool": _bool,
    "decimal": _decimal,
}
