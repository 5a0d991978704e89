"""Each field of the dialog comes from a field of the model, and what holds for it is asked of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.dialog.panel import Panels
from oppi18n.dialog.parts import CHOICE, DATE, MONEY, MULTILINE, TEXT, Example, FormField, Option
from oppi18n.dialog.probes import OUTCOME, Probes
from oppi18n.dialog.words import Words
from oppi18n.i18n.speech import Text
from oppi18n.model.values import is_currency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oppi18n.engine.rules import Rules
    from oppi18n.i18n.formats import Formats
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.schema import Field, Value

_ONE_LINE: Final = 300
"""Characters that a text may have at most to be typed in one line."""

_AMOUNT: Final = Decimal("1234.5678")
"""What the example of an amount is cut from: it shows grouping and as many decimals as the currency has."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the dialog: the `record` it is about, the `values` of its fields, the defaults among them."""

    record: Mapping[str, Any]
    values: Mapping[str, Any]
    added: Mapping[str, Any]


class Fields:
    """The making of the fields of one form; `panels` words what is wrong with them, None if nothing was decided."""

    def __init__(
        self, rules: Rules, localizer: Localizer, probes: Probes, *, content: Content, panels: Panels | None
    ) -> None:
        self.rules = rules
        self.model = rules.model
        self.localizer = localizer
        self.probes = probes
        self.content = content
        self.panels = panels
        self.declared = self.model.records[self.model.request].fields
        self.outcomes = tuple(self.model.enumerations[self.declared[OUTCOME].of].values)
        self.required = {outcome: probes.required(outcome) for outcome in self.outcomes}
        self.always = probes.required(None)

    def all(self) -> Iterator[FormField]:
        """Each field of the request, in the order of the model."""
        # A currency is not asked for: it is shown with its amount.
        beside = {field.currency for field in self.declared.values() if field.currency}
        defaults = {outcome: self._defaults(outcome) for outcome in self.outcomes}
        for field in self.declared.values():
            if field.name not in beside:
                found = {outcome: each[field.name] for outcome, each in defaults.items() if field.name in each}
                yield self._field(field, found)

    def _defaults(self, outcome: str) -> Mapping[str, Any]:
        facts = {self.model.root: self.content.record[self.model.root]}
        return self.rules.complete(facts, {OUTCOME: outcome}, today=self.probes.today)[1]

    def _field(self, field: Field, defaults: Mapping[str, Any]) -> FormField:
        pointer, kind = self._pointer(field.name), _kind(field)
        beside = field.currency if kind == MONEY else ""
        options = tuple(self._options(field)) if kind == CHOICE else ()
        relevant = self._relevant(field, options)
        value = self.content.values.get(field.name)
        currency = self._currency(field) if kind == MONEY else None
        pointers = {pointer, self._pointer(beside)} if beside else {pointer}
        max_length = self.probes.max_length(field, relevant[0]) if field.max_length and relevant else None
        return FormField(
            field.name,
            pointer,
            kind,
            self._word(field, "label"),
            self._word(field, "description"),
            self._hint(field, max_length),
            required=self._required(field),
            relevant=relevant,
            defaults=defaults,
            options=options,
            max_length=max_length,
            currency=currency,
            currency_pointer=self._pointer(beside) if beside else None,
            digits=self.model.currency_digits(currency) if currency else None,
            example=self._example(kind, currency),
            value=value,
            shown=self._shown(field, value, currency),
            filled=field.name in self.content.added,
            problems=self.panels.problems(pointers) if self.panels is not None else (),
        )

    def _word(self, field: Field, part: str) -> Text:
        return self.localizer.label(self.model, self.model.request, field.name, part)

    def _hint(self, field: Field, max_length: int | None) -> Text:
        if max_length is not None and max_length < field.max_length:
            # The hint of the model speaks of a bound that the rules have lowered.
            say = Words(self.localizer)
            return say.plural("At most {count} character.", "At most {count} characters.", count=max_length)
        return self._word(field, "hint")

    def _pointer(self, name: str) -> str:
        return f"/{self.model.request}/{name}"

    def _required(self, field: Field) -> tuple[str, ...]:
        if field.name == OUTCOME:
            return self.outcomes if field.name in self.always else ()
        return tuple(outcome for outcome in self.outcomes if field.name in self.required[outcome])

    def _relevant(self, field: Field, options: tuple[Option, ...]) -> tuple[str, ...]:
        if field.type == "enumeration":
            return tuple(outcome for outcome in self.outcomes if any(outcome in each.outcomes for each in options))
        return tuple(outcome for outcome in self.outcomes if self.probes.relevant(field, outcome))

    def _options(self, field: Field) -> Iterator[Option]:
        for value in self.model.enumerations[field.of].values.values():
            fitting = tuple(each for each in self.outcomes if self._goes_with(field, value, each))
            if fitting:
                yield Option(
                    value.name, self.localizer.value(self.model, field.of, value.name), value.dataverse, fitting
                )

    def _goes_with(self, field: Field, value: Value, outcome: str) -> bool:
        if field.name == OUTCOME:
            # An outcome that is barred stays on offer: choosing it is how people learn why.
            return value.name == outcome
        return value.state in ("", outcome) and self.probes.fits(field.name, value.name, outcome)

    def _currency(self, field: Field) -> str | None:
        for found in (
            self.content.values.get(field.currency),
            self.content.record[self.model.root].get(field.currency),
        ):
            if isinstance(found, str) and is_currency(found):
                return found
        return None

    def _example(self, kind: str, currency: str | None) -> Example | None:
        formats = self.localizer.formats()
        value: Any = None
        if kind == DATE:
            value = self.probes.today
        elif kind == MONEY:
            digits = min(self.model.currency_digits(currency), 4) if currency else 2
            value = _AMOUNT.quantize(Decimal(1).scaleb(-digits))
        if value is None:
            return None
        return Example(value, Text(_written(formats, value, currency), self.localizer.locale))

    def _shown(self, field: Field, value: Any, currency: str | None) -> Text | None:
        if value is None:
            return None
        if field.type == "enumeration":
            return self.localizer.value(self.model, field.of, value)
        return Text(_written(self.localizer.formats(), value, currency), self.localizer.locale)


def _written(formats: Formats, value: Any, currency: str | None) -> str:
    if isinstance(value, Decimal):
        return formats.money(value, currency) if currency else formats.decimal(value)
    return formats.date(value) if isinstance(value, date) else str(value)


def _kind(field: Field) -> str:
    if field.type == "enumeration":
        return CHOICE
    if field.type == "decimal" and field.currency:
        return MONEY
    if field.type in ("date", "timestamp"):
        return DATE
    return MULTILINE if field.type == "string" and field.max_length > _ONE_LINE else TEXT
