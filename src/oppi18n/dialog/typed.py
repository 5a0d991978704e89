"""What people type into the dialog is read as their language writes it, and kept as they typed it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.dialog.words import Words
from oppi18n.model.values import ValueFault, to_date, to_decimal

if TYPE_CHECKING:
    from oppi18n.i18n.formats import Formats
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.i18n.speech import Text
    from oppi18n.model.schema import Field, Model

OUTCOME: Final = "outcome"
_UNTYPED: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that no keyboard types and no page may hold."""

_SAMPLE: Final = Decimal("1234567.5")
_EXAMPLE: Final = Decimal("240000.5")


@dataclass(frozen=True, slots=True)
class Typed:
    """A filled-in form: `texts` as they were typed, the `request` that was read from them, `faults` by field."""

    texts: Mapping[str, str]
    request: Mapping[str, Any]
    faults: Mapping[str, Text]

    @property
    def outcome(self) -> str | None:
        """The outcome that was chosen."""
        return self.request.get(OUTCOME)


def choice_name(field: str, outcome: str) -> str:
    """The name of the options of a field that go with an outcome: each outcome remembers its own.

    >>> choice_name("status_reason", "won")
    'status_reason.won'
    """
    return field if field == OUTCOME else f"{field}.{outcome}"


def read_typed(model: Model, localizer: Localizer, texts: Mapping[str, str]) -> Typed:
    """The request in a form that was sent. What is left empty is left to the defaults.

    >>> from oppi18n import Localizer, load_rules
    >>> typed = read_typed(load_rules().model, Localizer("sv"), {"outcome": "won", "revenue": "240 000,50"})
    >>> typed.request
    {'outcome': 'won', 'revenue': Decimal('240000.50')}
    """
    cleaned = {name: cleansed(text) for name, text in texts.items()}
    request: dict[str, Any] = {}
    faults: dict[str, Text] = {}
    for field in model.records[model.request].fields.values():
        try:
            value = _value(field, cleaned, request.get(OUTCOME), model, localizer)
        except ValueFault:
            faults[field.name] = fault(field, cleaned[field.name], localizer)
            continue
        if value is not None:
            request[field.name] = value
    return Typed(cleaned, request, faults)


def cleansed(text: str) -> str:
    """A text as a page can show it again: line ends are one character, control characters are none.

    >>> cleansed("a\\r\\nb\\x00\\x1b[31m")
    'a\\nb[31m'
    """
    return _UNTYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _value(field: Field, texts: Mapping[str, str], outcome: str | None, model: Model, localizer: Localizer) -> Any:
    if field.type == "enumeration":
        found = texts.get(choice_name(field.name, outcome or ""), "")
        return found if found in model.enumerations[field.of].values else None
    text = texts.get(field.name, "").strip()
    if not text:
        return None
    if field.type == "decimal":
        return amount(text, localizer.formats())
    if field.type in ("date", "timestamp"):
        return to_date(unicodedata.normalize("NFKC", text))
    return text


def amount(text: str, formats: Formats) -> Decimal:
    """An amount as the locale writes it, with or without grouping. Raises ValueFault.

    >>> from oppi18n import Localizer
    >>> amount("２，４００，０００", Localizer("ja").formats()), amount("−1 234,5", Localizer("sv").formats())
    (Decimal('2400000'), Decimal('-1234.5'))
    """
    group, point = marks(formats)
    plain = _narrowed(text).replace("\u2212", "-")
    digits = rf"[0-9]+|[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+"
    found = re.fullmatch(rf"(-?)({digits})(?:{re.escape(point)}([0-9]+))?", plain)
    if found is None:
        raise ValueFault("wrong-value", expected="decimal", found=text)
    sign, whole, places = found.groups()
    return to_decimal(sign + whole.replace(group, "") + (f".{places}" if places else ""))


def marks(formats: Formats) -> tuple[str, str]:
    """What stands between thousands, and before the decimals.

    >>> from oppi18n import Localizer
    >>> marks(Localizer("sv").formats())
    (' ', ',')
    """
    shown = _narrowed(formats.decimal(_SAMPLE))
    return shown[1], shown[-2]


def _narrowed(text: str) -> str:
    """Full-width digits and the many spaces, as one knows them from a keyboard."""
    return unicodedata.normalize("NFKC", text).strip()


def fault(field: Field, text: str, localizer: Localizer) -> Text:
    """What is said of a text in which no value of its field can be read."""
    if field.type != "decimal":
        found = "'{value}' is not a date such as 2026-03-31."
        return localizer.text(found, context="oppi18n/cli", kinds={"value": "text"}, values={"value": text})
    say = Words(localizer)
    return say("'{value}' is not an amount such as {example}.", value=text, example=_EXAMPLE)
