"""What a closed opportunity says about its closing, as rows of labels and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.engine.decision import RecordValue
from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.schema import Field, Model

SHOWN: Final = ("state", "status_reason", "actual_revenue", "actual_close_date", "quotes")
"""The fields that closing is about."""

EXPECTED: Final = ("estimated_revenue", "estimated_close_date")
"""What an open opportunity was expected to bring, and when."""


class Listed(NamedTuple):
    """A record of a list, and its state if that is known."""

    label: Text
    state: Text | None


class Row(NamedTuple):
    """A field of a record: what it is called, and its value or the records that it lists."""

    label: Text
    value: Text | None
    records: tuple[Listed, ...] = ()


def rows_of(
    record: Mapping[str, Any], model: Model, localizer: Localizer, names: Sequence[str] = SHOWN
) -> Iterator[Row]:
    """The rows of a record; what is empty or unknown is left out.

    >>> from oppi18n import Localizer, load_rules
    >>> facts = {"opportunity": {"id": "o1", "state": "lost", "actual_close_date": date(2026, 3, 31)}}
    >>> [row.value.text for row in rows_of(facts, load_rules().model, Localizer("sv"))]
    ['Förlorad', '31 mars 2026']
    """
    root, fields = record[model.root], model.records[model.root].fields
    for name in (each for each in names if each in fields):
        field, value = fields[name], root.get(name)
        label = localizer.label(model, model.root, name)
        if field.type == "list" and isinstance(value, (list, tuple)) and value:
            yield Row(label, None, tuple(_listed(each, field, model, localizer) for each in value))
        elif isinstance(value, (str, Decimal, date)):
            yield Row(label, _value(value, field, root, model, localizer))


def _value(value: Any, field: Field, root: Mapping[str, Any], model: Model, localizer: Localizer) -> Text:
    formats = localizer.formats()
    if isinstance(value, Decimal):
        currency = root.get(field.currency)
        shown = formats.money(value, currency) if isinstance(currency, str) else formats.decimal(value)
        return Text(shown, localizer.locale)
    if isinstance(value, date):
        return Text(formats.date(value), localizer.locale)
    return localizer.value(model, field.of, value)


def _listed(found: Mapping[str, Any], field: Field, model: Model, localizer: Localizer) -> Listed:
    shown, state = RecordValue.of(field.of, found), model.records[field.of].fields["state"]
    given = shown.values.get("state")
    label = localizer.record(shown, model)
    return Listed(label, localizer.value(model, state.of, str(given)) if given is not None else None)
