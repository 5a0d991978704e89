"""Values of the model keep their exactness in every database: amounts, dates, the difference of empty and not loaded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Dialect, Numeric, Text
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine

from oppi18n.model.schema import Field

DIGITS: Final = 19
PLACES: Final = 4


class Amount(TypeDecorator[Decimal]):
    """An exact decimal of 15 and 4 digits: NUMERIC where there is one, text in SQLite, which has none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC, or text."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(DIGITS, PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """To the database."""
        return f"{value:f}" if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """From the database, without zeros that nobody wrote.

        >>> from sqlalchemy.dialects import sqlite
        >>> Amount().process_result_value("240000.5000", sqlite.dialect())
        Decimal('240000.5')
        """
        if value is None:
            return None
        found = Decimal(value)
        whole = found == found.to_integral_value()
        return found.quantize(Decimal(1)) if whole else found.normalize()


def type_of(field: Field) -> TypeEngine[Any]:
    """The type of the column of a field; a timestamp is the date that it became when it was read."""
    found: dict[str, TypeEngine[Any]] = {
        "int": BigInteger(),
        "decimal": Amount(),
        "bool": Boolean(),
        "date": Date(),
        "timestamp": Date(),
    }
    return found.get(field.type, Text())


def plain(value: Any) -> Any:
    """A value of the facts as JSON has it.

    >>> plain(Decimal("1.50")), plain(date(2026, 3, 31)), plain(None)
    ('1.50', '2026-03-31', None)
    """
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
