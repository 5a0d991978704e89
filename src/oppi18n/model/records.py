"""The records of the shipped model as Python values: immutable, checked when they are made."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from oppi18n.model.facts import DataError, Facts, Problem
from oppi18n.model.values import (
    INT_MAX,
    INT_MIN,
    NOT_LOADED,
    NotLoaded,
    PartialList,
    ValueFault,
    is_currency,
    literal,
    shown,
    to_decimal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Literal, Self, TypeAlias

    OpportunityState: TypeAlias = Literal["open", "won", "lost"]
    QuoteState: TypeAlias = Literal["draft", "active", "won", "closed"]
    Outcome: TypeAlias = Literal["won", "lost"]
    OrderType: TypeAlias = Literal["item", "project", "service"]
    Text: TypeAlias = str | NotLoaded | None
    Whole: TypeAlias = int | NotLoaded | None
    Amount: TypeAlias = Decimal | int | str | NotLoaded | None
    Day: TypeAlias = datetime.date | NotLoaded | None

_ORDER_TYPES = ("item", "project", "service")


class TypedRecord:
    """A record that is checked once and never changes; `record` is what rules read.

    A field that is not given is empty. Give `NOT_LOADED` for one that nobody has asked for.
    """

    __slots__ = ("record",)

    RECORD: ClassVar[str] = ""
    """The record's name in the model."""
    REQUIRED: ClassVar[tuple[str, ...]] = ()
    TYPES: ClassVar[dict[str, str | tuple[str, ...]]] = {}
    """Field → type, or the values it may have; in the order of the model."""

    record: dict[str, Any]

    def __init__(self, values: dict[str, Any]) -> None:
        problems = []
        record = {}
        for name, kind in self.TYPES.items():
            try:
                record[name] = _checked(name, kind, values[name], required=name in self.REQUIRED)
            except ValueFault as fault:
                problems.append(Problem(fault.code, f"/{self.RECORD}/{name}", fault.params))
        if problems:
            raise DataError(tuple(problems))
        object.__setattr__(self, "record", record)

    def __getattr__(self, name: str) -> Any:
        if name in type(self).TYPES:
            return self.record[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot set {name!r}: use replace()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete {name!r}: use replace()")

    def values(self) -> dict[str, Any]:
        """The fields as the constructor takes them."""
        return dict(self.record)

    def replace(self, **changes: Any) -> Self:
        """The same record with other values in some fields.

        >>> CloseRequest("won").replace(outcome="lost", competitor="Contoso")
        CloseRequest(outcome='lost', competitor='Contoso')
        """
        return type(self)(**{**self.values(), **changes})

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, TypedRecord) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return type(self), *self.record.values()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.values())

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.values().items() if value is not None)
        return f"{type(self).__name__}({given})"


class Quote(TypedRecord):
    """An offer for an opportunity.

    >>> Quote(id="q1", number="QUO-1", revision=0, state="active").state
    'active'
    """

    __slots__ = ()

    RECORD = "quote"
    REQUIRED = ("id", "state")
    TYPES: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "id": "string",
        "number": "string",
        "revision": "int",
        "name": "string",
        "state": ("draft", "active", "won", "closed"),
        "status_reason": "string",
        "order_type": _ORDER_TYPES,
        "currency": "currency",
        "total_amount": "decimal",
        "effective_from": "date",
        "effective_to": "date",
        "expires_on": "date",
    }

    def __init__(
        self,
        *,
        id: str | NotLoaded,
        state: QuoteState | NotLoaded,
        number: Text = None,
        revision: Whole = None,
        name: Text = None,
        status_reason: Text = None,
        order_type: OrderType | NotLoaded | None = None,
        currency: Text = None,
        total_amount: Amount = None,
        effective_from: Day = None,
        effective_to: Day = None,
        expires_on: Day = None,
    ) -> None:
        super().__init__(locals())


class Opportunity(TypedRecord):
    """A deal that may be won or lost, with its quotes; `quotes=None` says that they were not loaded.

    >>> deal = Opportunity(id="o1", state="open", quotes=[Quote(id="q1", state="active")])
    >>> deal.quotes[0].state, deal.facts().record["opportunity"]["quotes"][0]["state"]
    ('active', 'active')
    """

    __slots__ = ("_quotes",)

    RECORD = "opportunity"
    REQUIRED = ("id", "state")
    TYPES: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "id": "string",
        "name": "string",
        "state": ("open", "won", "lost"),
        "status_reason": "string",
        "order_type": _ORDER_TYPES,
        "customer": "string",
        "currency": "currency",
        "estimated_revenue": "decimal",
        "estimated_close_date": "date",
        "actual_revenue": "decimal",
        "actual_close_date": "date",
        "created_on": "date",
        "quotes": "quotes",
    }

    def __init__(
        self,
        *,
        id: str | NotLoaded,
        state: OpportunityState | NotLoaded,
        name: Text = None,
        status_reason: Text = None,
        order_type: OrderType | NotLoaded | None = None,
        customer: Text = None,
        currency: Text = None,
        estimated_revenue: Amount = None,
        estimated_close_date: Day = None,
        actual_revenue: Amount = None,
        actual_close_date: Day = None,
        created_on: Day = None,
        quotes: Sequence[Quote] | NotLoaded | None = None,
    ) -> None:
        super().__init__(locals())
        found = tuple(quotes) if isinstance(quotes, (list, tuple)) else None
        problems = tuple(_duplicates(found or (), f"/{self.RECORD}/quotes"))
        if problems:
            raise DataError(problems)
        object.__setattr__(self, "_quotes", found)

    @property
    def quotes(self) -> tuple[Quote, ...] | None:
        """The quotes; None if they were not loaded."""
        found: tuple[Quote, ...] | None = self._quotes
        return found

    @property
    def partial(self) -> bool:
        """Whether there may be more quotes than these (they were given as a `PartialList`)."""
        return isinstance(self.record["quotes"], PartialList)

    def facts(self, request: CloseRequest | None = None) -> Facts:
        """What a ruleset judges: this opportunity, and the closing that is asked for."""
        record = {self.RECORD: self.record}
        if request is not None:
            record[request.RECORD] = request.record
        return Facts(record)

    def values(self) -> dict[str, Any]:
        """The fields as the constructor takes them."""
        return {**self.record, "quotes": PartialList(self.quotes or ()) if self.partial else self.quotes}

    def _key(self) -> tuple[object, ...]:
        return type(self), self.partial, self.quotes, *(self.record[name] for name in self.TYPES if name != "quotes")


class CloseRequest(TypedRecord):
    """A closing that is asked for: the outcome and what the Close opportunity dialog takes.

    >>> CloseRequest("won", date=datetime.date(2026, 3, 31)).record["outcome"]
    'won'
    >>> CloseRequest("victory")
    Traceback (most recent call last):
    ...
    oppi18n.model.facts.DataError: /close/outcome: 'victory' is not known here; the values are won and lost
    """

    __slots__ = ()

    RECORD = "close"
    TYPES: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "outcome": ("won", "lost"),
        "status_reason": "string",
        "currency": "currency",
        "revenue": "decimal",
        "date": "date",
        "competitor": "string",
        "description": "string",
    }

    def __init__(
        self,
        outcome: Outcome | None = None,
        *,
        status_reason: str | None = None,
        currency: str | None = None,
        revenue: Decimal | int | str | None = None,
        date: datetime.date | None = None,
        competitor: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(locals())


def _restored(kind: type[TypedRecord], values: dict[str, Any]) -> TypedRecord:
    return kind(**values)


def _checked(name: str, kind: str | tuple[str, ...], value: object, *, required: bool) -> object:
    """The value as rules read it; nothing is coerced but exact numbers, which become decimals."""
    if value is NOT_LOADED:
        return value
    if kind == "quotes":
        return _plain_quotes(value)
    if value is None:
        if required:
            raise ValueFault("null-required", name=name)
        return None
    if isinstance(kind, tuple):
        return _choice(value, kind)
    return to_decimal(value) if kind == "decimal" else _of_type(value, kind)


def _choice(value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise ValueFault("wrong-type", expected="string", found=literal(value))
    if value not in known:
        raise ValueFault("unknown-value", found=shown(value), known=known)
    return value


def _of_type(value: object, kind: str) -> object:
    if kind == "date" and isinstance(value, datetime.datetime):
        raise ValueFault("timestamp-for-date", found=shown(value))
    if not isinstance(value, _CLASSES[kind]) or isinstance(value, bool):
        raise ValueFault("wrong-type", expected=kind, found=literal(value))
    if isinstance(value, int) and not INT_MIN <= value <= INT_MAX:
        raise ValueFault("wrong-value", expected=kind, found=shown(value))
    if kind == "currency" and not is_currency(str(value)):
        raise ValueFault("wrong-value", expected=kind, found=shown(value))
    return value


_CLASSES: dict[str, type] = {"string": str, "currency": str, "int": int, "date": datetime.date}


def _plain_quotes(value: object) -> object:
    if value is None:
        return NOT_LOADED
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, Quote) for each in value):
        raise ValueFault("wrong-type", expected="list", found=literal(value))
    items = [quote.record for quote in value]
    return PartialList(items) if isinstance(value, PartialList) else items


def _duplicates(quotes: Sequence[Quote], pointer: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, quote in enumerate(quotes):
        identity = quote.record["id"]
        if isinstance(identity, str) and (first := seen.setdefault(identity.lower(), index)) != index:
            yield Problem("duplicate-id", f"{pointer}/{index}/id", {"id": identity, "first": f"{pointer}/{first}/id"})
