"""The Close opportunity dialog is made from the model, the rules and a language; nothing in it is written twice.

Labels, order, default expressions and which status reason belongs to which outcome come from the model. Which fields
are required or out of place, which of the reasons are barred and how long a text may be is asked of the rules
(`probes`), so that packs count too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.dialog.panel import Panels
from oppi18n.dialog.parts import CHOICE, DATE, MONEY, MULTILINE, TEXT, Button, Example, Form, FormField, Option
from oppi18n.dialog.probes import OUTCOME, Probes, blank
from oppi18n.dialog.words import Words
from oppi18n.engine.decision import RecordValue
from oppi18n.i18n.localizer import Text
from oppi18n.model.values import is_currency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oppi18n.engine.decision import Decision
    from oppi18n.engine.rules import Rules
    from oppi18n.i18n.formats import Formats
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.facts import Facts
    from oppi18n.model.records import CloseRequest, Opportunity
    from oppi18n.model.schema import Field, Value

_ONE_LINE: Final = 300
"""Characters that a text may have at most to be typed in one line."""

_AMOUNT: Final = Decimal("1234.5678")
"""What the example of an amount is cut from: it shows grouping and as many decimals as the currency has."""


def close_form(
    rules: Rules,
    localizer: Localizer,
    *,
    today: date,
    facts: Facts | Opportunity | Mapping[str, Any] | None = None,
    outcome: str | None = None,
    request: CloseRequest | Mapping[str, Any] | None = None,
    deployment: str | None = None,
) -> Form:
    """The dialog, empty or filled in.

    With `facts` it holds the decision as well: about the record alone, or, once there is an `outcome` or a `request`,
    about the closing with defaults filled in. A request may be part of the facts; `outcome` replaces the one in it.
    Raises `DataError` for values that do not fit the model.

    >>> from oppi18n import Localizer, load_rules
    >>> form = close_form(load_rules(), Localizer("en"), today=date(2026, 3, 31), outcome="lost")
    >>> form.title.text, [each.label.text for each in form.field("status_reason").offered("lost")]
    ('Close opportunity', ['Canceled', 'Out-Sold'])
    """
    record = _record(facts) if facts is not None else blank(rules.model)
    asked = _asked(record.get(rules.model.request) if request is None else request, outcome)
    source: Any = facts if facts is not None else record
    filled, added = rules.complete(source, asked or {}, today=today)
    decision = None
    if facts is not None:
        question = None if asked is None else filled
        decision = rules.evaluate(facts, request=question, today=today, deployment=deployment)
        decision.defaults = added if asked is not None else {}
    probes = Probes(rules, today=today, deployment=deployment, record=record)
    return _Building(rules, localizer, probes, record=record, filled=filled, added=added, decision=decision).form()


def _record(facts: Facts | Opportunity | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(facts, Mapping):
        return facts
    made = getattr(facts, "facts", None)
    found: Mapping[str, Any] = (made() if callable(made) else facts).record
    return found


def _asked(request: Any, outcome: str | None) -> dict[str, Any] | None:
    if request is None and outcome is None:
        return None
    given = dict(getattr(request, "record", request) or {})
    return {**given, OUTCOME: outcome} if outcome is not None else given


class _Building:
    """The making of one form."""

    def __init__(
        self,
        rules: Rules,
        localizer: Localizer,
        probes: Probes,
        *,
        record: Mapping[str, Any],
        filled: Mapping[str, Any],
        added: Mapping[str, Any],
        decision: Decision | None,
    ) -> None:
        self.rules = rules
        self.model = rules.model
        self.localizer = localizer
        self.probes = probes
        self.record = record
        self.filled = filled
        self.added = added
        self.decision = decision
        self.declared = self.model.records[self.model.request].fields
        self.outcomes = tuple(self.model.enumerations[self.declared[OUTCOME].of].values)
        self.required = {outcome: probes.required(outcome) for outcome in self.outcomes}
        self.always = probes.required(None)
        self.panels = Panels(rules, localizer, decision, record) if decision is not None else None

    def form(self) -> Form:
        """The whole of it."""
        say = Words(self.localizer)
        fields = tuple(self._fields())
        root = self.record[self.model.root]
        own = {each for field in fields for each in (field.pointer, field.currency_pointer) if each}
        identity = root.get("id")
        return Form(
            ruleset=self.rules.id,
            digest=self.rules.digest,
            lang=self.localizer.locale,
            dir="rtl" if self.localizer.formats().rtl else "ltr",
            today=self.probes.today,
            title=self.localizer.label(self.model, self.model.request),
            about=self._about(root) if self.decision is not None else None,
            opportunity=identity if isinstance(identity, str) else None,
            outcome=self.filled.get(OUTCOME),
            outcomes=self.outcomes,
            currency=next((field.currency for field in fields if field.currency), None),
            fields=fields,
            buttons=(Button("ok", say("OK")), Button("cancel", say("Cancel"))),
            decision=self.decision,
            panel=self.panels.panel(own) if self.panels is not None else None,
        )

    def _about(self, root: Mapping[str, Any]) -> Text:
        values = {name: value for name, value in root.items() if isinstance(value, (str, int))}
        return self.localizer.record(RecordValue(self.model.root, values), self.model)

    def _fields(self) -> Iterator[FormField]:
        # A currency is not asked for: it is shown with its amount.
        beside = {field.currency for field in self.declared.values() if field.currency}
        defaults = {outcome: self._defaults(outcome) for outcome in self.outcomes}
        for field in self.declared.values():
            if field.name not in beside:
                found = {outcome: each[field.name] for outcome, each in defaults.items() if field.name in each}
                yield self._field(field, found)

    def _defaults(self, outcome: str) -> Mapping[str, Any]:
        facts = {self.model.root: self.record[self.model.root]}
        return self.rules.complete(facts, {OUTCOME: outcome}, today=self.probes.today)[1]

    def _field(self, field: Field, defaults: Mapping[str, Any]) -> FormField:
        pointer, kind = self._pointer(field.name), _kind(field)
        beside = field.currency if kind == MONEY else ""
        options = tuple(self._options(field)) if kind == CHOICE else ()
        relevant = self._relevant(field, options)
        value = self.filled.get(field.name)
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
            filled=field.name in self.added,
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
        for found in (self.filled.get(field.currency), self.record[self.model.root].get(field.currency)):
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
        return (
            Example(value, Text(written(formats, value, currency), self.localizer.locale))
            if value is not None
            else None
        )

    def _shown(self, field: Field, value: Any, currency: str | None) -> Text | None:
        if value is None:
            return None
        if field.type == "enumeration":
            return self.localizer.value(self.model, field.of, value)
        return Text(written(self.localizer.formats(), value, currency), self.localizer.locale)


def written(formats: Formats, value: Any, currency: str | None) -> str:
    """A value as a locale writes it; text stays as it is."""
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
