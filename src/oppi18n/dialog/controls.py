"""What stands in the place of each field on a page: how it is asked, what is in it, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from oppi18n.dialog.parts import CHOICE, DATE, MONEY
from oppi18n.dialog.typed import OUTCOME, Typed, choice_name
from oppi18n.dialog.words import Words
from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from oppi18n.dialog.parts import Form, FormField, Obstacle
    from oppi18n.i18n.localizer import Localizer


class Choice(NamedTuple):
    """A radio button."""

    id: str
    value: str
    label: Text
    chosen: bool


class Choices(NamedTuple):
    """Radio buttons of one name; `legend` says which outcome they go with, None if they go with any."""

    name: str
    outcome: str
    legend: Text | None
    choices: tuple[Choice, ...]


class Control(NamedTuple):
    """A field on the page; `target` is the id of the first thing in it that can be filled in.

    `only` is the outcome with which alone it is of use, empty if it always is; such a field is never hidden while
    something is wrong with it. `errors` stand in the summary too, in the same words; `notes` are warnings and the like.
    """

    id: str
    target: str
    kind: str
    label: Text
    hints: tuple[Text, ...]
    errors: tuple[Text, ...]
    notes: tuple[Text, ...]
    groups: tuple[Choices, ...]
    text: str
    only: str
    max_length: int | None
    currency: str | None

    @property
    def described_by(self) -> str:
        """The ids of what explains the field."""
        parts = {"hint": self.hints, "error": self.errors, "currency": self.currency if self.kind == MONEY else None}
        return " ".join(f"{self.id}-{name}" for name, each in parts.items() if each)


def controls(form: Form, localizer: Localizer, typed: Typed | None) -> Iterator[Control]:
    """The fields of a form, in its order."""
    made = _Controls(form, localizer, typed)
    return (made.control(each) for each in form.fields)


class _Controls:
    def __init__(self, form: Form, localizer: Localizer, typed: Typed | None) -> None:
        self.form = form
        self.localizer = localizer
        self.say = Words(localizer)
        self.typed = typed
        self.outcomes = {each.value: each.label for each in form.field(OUTCOME).options}

    def control(self, field: FormField) -> Control:
        errors = tuple(self.errors(field))
        groups = tuple(self.groups(field)) if field.kind == CHOICE else ()
        # Once an outcome is chosen, the options of the other one are not on show.
        on_show = [each for each in groups if self.form.outcome is None or each.outcome in ("", self.form.outcome)]
        first = on_show[0].choices[0] if on_show else None
        return Control(
            field.name,
            first.id if first is not None else field.name,
            field.kind,
            field.label,
            tuple(self.hints(field)),
            errors,
            tuple(self.note(each) for each in field.problems if each.severity != "error"),
            groups,
            self.text(field),
            field.relevant[0] if len(field.relevant) == 1 and not errors else "",
            field.max_length,
            field.currency,
        )

    def errors(self, field: FormField) -> Iterator[Text]:
        fault = self.typed.faults.get(field.name) if self.typed is not None else None
        if fault is not None:
            # What the rules say is about a value that was never read.
            yield fault
            return
        yield from (each.message for each in field.problems if each.severity == "error")

    def note(self, found: Obstacle) -> Text:
        if found.severity == "warning":
            return self.say("Warning: {message}", message=found.message)
        return self.say("Note: {message}", message=found.message)

    def hints(self, field: FormField) -> Iterator[Text]:
        if field.hint.text:
            yield field.hint
        if 0 < len(field.required) < len(self.form.outcomes):
            yield from (
                self.say("Required if the status is “{outcome}”.", outcome=self.outcomes[each])
                for each in field.required
            )
        if field.example is not None and isinstance(field.example.value, date):
            # Dates are typed as ISO 8601 has them, in every language.
            yield self.say("For example: {example}", example=field.example.value.isoformat())
        elif field.example is not None and isinstance(field.example.value, Decimal):
            yield self.say("For example: {example}", example=field.example.value)

    def groups(self, field: FormField) -> Iterator[Choices]:
        """The options under the outcome that they go with: each outcome has its own, and remembers what was chosen."""
        if field.name == OUTCOME:
            options = [(each.value, each.label) for each in field.options]
            yield self.group(field, "", options, self.form.outcome)
            return
        for outcome in self.form.outcomes:
            offered = [(each.value, each.label) for each in field.offered(outcome)]
            if offered:
                yield self.group(field, outcome, offered, self.chosen(field, outcome))

    def group(self, field: FormField, outcome: str, options: list[tuple[str, Text]], chosen: str | None) -> Choices:
        name = choice_name(field.name, outcome)
        made = tuple(
            Choice("-".join(filter(None, (field.name, outcome, value))), value, label, value == chosen)
            for value, label in options
        )
        return Choices(name, outcome, self.outcomes[outcome] if outcome else None, made)

    def chosen(self, field: FormField, outcome: str) -> str | None:
        typed = self.typed.texts.get(choice_name(field.name, outcome)) if self.typed is not None else None
        if typed:
            return typed
        if outcome == self.form.outcome and isinstance(field.value, str):
            return field.value
        found = field.defaults.get(outcome)
        return found if isinstance(found, str) else None

    def text(self, field: FormField) -> str:
        """What stands in the field: what was typed, else its value as it would be typed."""
        typed = self.typed.texts.get(field.name, "") if self.typed is not None else ""
        if typed or field.value is None or field.kind == CHOICE:
            return typed
        if field.kind == DATE and isinstance(field.value, date):
            return field.value.isoformat()
        if field.kind == MONEY and isinstance(field.value, Decimal):
            return self.amount(field.value, field.digits or 0)
        return str(field.value)

    def amount(self, value: Decimal, digits: int) -> str:
        """An amount as it would be typed: with all decimals of its currency, if it has any."""
        shown = self.localizer.formats().decimal(value)
        places = -int(value.normalize().as_tuple().exponent)
        return shown + "0" * (digits - places) if 0 < places < digits else shown
