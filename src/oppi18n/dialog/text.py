"""The dialog as plain text for a terminal, aligned by display width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from oppi18n.dialog.parts import CHOICE, Form, FormField, Obstacle, Option, Panel
from oppi18n.dialog.probes import OUTCOME
from oppi18n.dialog.words import Words
from oppi18n.i18n.visible import shown
from oppi18n.widths import display_width, pad, wrap

if TYPE_CHECKING:
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.i18n.speech import Text

WIDTH: Final = 80
_LABEL: Final = 24
"""The widest column of labels; a longer label goes on in the next line."""

_EMPTY: Final = "[" + " " * 20 + "]"


def as_text(form: Form, localizer: Localizer, *, width: int = WIDTH) -> str:
    """The lines of the dialog, each within `width` columns unless a single word is wider.

    Options stand under the outcome that they belong to; with an outcome chosen, only its own do, and fields that it
    has no use for are left out, unless something is wrong with them. A text that is not in the form's language is marked with its own, as in `[en] …`.

    >>> from datetime import date
    >>> from oppi18n import Localizer, load_rules
    >>> from oppi18n.dialog.form import close_form
    >>> en = Localizer("en")
    >>> print(as_text(close_form(load_rules(), en, today=date(2026, 3, 31)), en).partition("\\n\\n")[0])
    Close opportunity
    =================
    """
    return "\n".join(_Lines(form, localizer, width).all()) + "\n"


class _Lines:
    def __init__(self, form: Form, localizer: Localizer, width: int) -> None:
        self.form = form
        self.say = Words(localizer)
        self.width = width
        labels = [display_width(self.told(each.label)) for each in form.fields]
        self.column = min(_LABEL, max(labels, default=0)) + 2
        self.outcomes = {each.value: each.label for each in form.field(OUTCOME).options}

    def all(self) -> Iterator[str]:
        form = self.form
        title = self.told(form.title)
        yield title
        yield "=" * display_width(title)
        if form.about is not None:
            yield from wrap(form.about.text, self.width)
        if form.panel is not None:
            yield ""
            yield from self.panel(form.panel)
        for field in form.fields:
            if form.outcome is None or form.outcome in field.relevant or field.problems:
                yield ""
                yield from self.field(field)
        yield ""
        yield "  ".join(f"[ {self.told(each.label)} ]" for each in form.buttons)

    def told(self, text: Text) -> str:
        """A text, marked with its language if that is not the form's."""
        return text.text if text.locale == self.form.lang or not text.text else f"[{text.locale}] {text.text}"

    # ---- the answer ----

    def panel(self, panel: Panel) -> Iterator[str]:
        yield from wrap(self.told(panel.title), self.width)
        for obstacle in panel.obstacles:
            yield from self.indented(self.problem(obstacle), 2)
            for each in obstacle.offenders:
                state = [self.told(each.state_label)] if each.state_label else []
                yield from self.indented(" · ".join([f"- {each.label.text}", *state]), 4)
        if panel.missing:
            yield from self.indented(self.told(self.say("What is missing:")), 2)
            for gap in panel.missing:
                yield from self.indented(f"- {self.told(gap.label)}", 4)
        for remedy in panel.remedies:
            yield from self.indented(self.told(self.say("What would help: {remedy}", remedy=remedy.label)), 2)

    def indented(self, text: str, indent: int) -> Iterator[str]:
        yield from (" " * indent + line for line in wrap(text, self.width - indent))

    def problem(self, found: Obstacle) -> str:
        """A violation with how grave it is."""
        say, message = self.say, found.message._replace(text=self.told(found.message))
        if found.severity == "error":
            return say("Error: {message}", message=message).text
        if found.severity == "warning":
            return say("Warning: {message}", message=message).text
        return say("Note: {message}", message=message).text

    # ---- fields ----

    def field(self, field: FormField) -> Iterator[str]:
        left = wrap(self.told(field.label), self.column - 2)
        right = [line for part in self.body(field) for line in part]
        for number in range(max(len(left), len(right))):
            label = left[number] if number < len(left) else ""
            yield (pad(label, self.column) + (right[number] if number < len(right) else "")).rstrip(" ")

    def body(self, field: FormField) -> Iterator[Iterable[str]]:
        """What stands to the right of the label: the place to fill in, then notes, then what is wrong."""
        inner = self.width - self.column
        yield self.choices(field) if field.kind == CHOICE else self.box(field)
        for note in self.notes(field):
            yield wrap(self.told(note), inner)
        for found in field.problems:
            yield wrap(self.problem(found), inner)

    def box(self, field: FormField) -> Iterator[str]:
        if field.shown is None:
            yield f"{_EMPTY} {field.currency}" if field.currency else _EMPTY
            return
        lines = self.told(field.shown).splitlines() or [""]
        wrapped = [each for line in lines for each in wrap(shown(line), self.width - self.column - 4)]
        widest = max(map(display_width, wrapped))
        yield from (f"[ {pad(line, widest)} ]" for line in wrapped)

    def choices(self, field: FormField) -> Iterator[str]:
        """The options; those that follow the outcome stand under its label."""
        if field.name == OUTCOME:
            yield from (self.option(field, each, self.form.outcome) for each in field.options)
            return
        chosen = self.form.outcome
        for outcome in self.form.outcomes if chosen is None else (chosen,):
            offered = field.offered(outcome)
            if offered:
                yield self.told(self.outcomes[outcome])
                yield from ("  " + self.option(field, each, outcome) for each in offered)

    def option(self, field: FormField, option: Option, outcome: str | None) -> str:
        mark = "(x)" if field.value == option.value else "( )"
        is_default = outcome is not None and field.defaults.get(outcome) == option.value
        label = self.say("{option} (default)", option=option.label) if is_default else option.label
        return f"{mark} {self.told(label)}"

    def notes(self, field: FormField) -> Iterator[Text]:
        if field.hint.text:
            yield field.hint
        yield from self.duties(field)
        if field.shown is None and field.example is not None:
            yield self.say("For example: {example}", example=field.example.shown)

    def duties(self, field: FormField) -> Iterator[Text]:
        """Whether the field must be filled in."""
        chosen = self.form.outcome
        applicable = self.form.outcomes if chosen is None else (chosen,)
        needed = [each for each in applicable if each in field.required]
        if len(needed) == len(applicable):
            yield self.say("Required.")
        else:
            yield from (
                self.say("Required if the status is “{outcome}”.", outcome=self.outcomes[each]) for each in needed
            )
        # The hint, where there is one, says in better words when a field is out of place.
        if len(field.relevant) < len(applicable) and not field.hint.text:
            yield from (
                self.say("Only if the status is “{outcome}”.", outcome=self.outcomes[each]) for each in field.relevant
            )
