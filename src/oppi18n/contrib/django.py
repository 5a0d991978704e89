"""The Close opportunity dialog as a Django form: its fields from the model, its errors from the rules, in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import get_language

from oppi18n.contrib.questions import Questions
from oppi18n.dialog.form import close_form
from oppi18n.dialog.parts import CHOICE, MULTILINE
from oppi18n.dialog.typed import OUTCOME, choice_name, cleansed, read_typed
from oppi18n.engine.decision import CLOSABLE
from oppi18n.model.facts import Problem

if TYPE_CHECKING:
    from oppi18n.dialog.parts import Form, FormField
    from oppi18n.dialog.typed import Typed
    from oppi18n.engine.decision import Decision
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.facts import Facts
    from oppi18n.model.records import Opportunity


class ClosingForm(forms.Form):  # type: ignore[misc]
    """Closes one opportunity: `facts` is what is known of it.

    The language is the one that is active in Django when the form is made (`zh-hant` is zh-HK), and nothing is
    switched. A valid form has `decision`, and in `cleaned_data` the request with defaults filled in; `dialog` has the
    panel with remedies and all texts, with their languages.
    """

    questions: ClassVar[Questions]
    decision: Decision | None = None

    def __init__(self, *args: Any, facts: Facts | Opportunity | Mapping[str, Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.facts = facts
        self.localizer: Localizer = self.questions.localizer(get_language())
        self.dialog = self._dialog(None)
        for field in self.dialog.fields:
            _describe(self.fields[field.name], field)

    @property
    def lang(self) -> str:
        """The language of the texts, for the attribute `lang`."""
        return self.localizer.locale

    def clean(self) -> dict[str, Any]:
        """The request with the defaults; whatever the rules object to becomes an error of its field, or of the form."""
        given = {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}
        for name, code in self._unknown(given):
            self.add_error(name, self.localizer.error(code).text)
        typed = self._typed(given)
        for name, fault in typed.faults.items():
            self.add_error(name, fault.text)
        self.dialog = self._dialog(typed.request)
        self._judge(typed)
        rules, today = self.questions.rules, self.questions.the_day()
        self.decision = None if self.errors else self.dialog.decision
        return rules.complete(self.facts, typed.request, today=today)[0]

    def _typed(self, given: Mapping[str, str]) -> Typed:
        model = self.questions.rules.model
        outcome = given.get(OUTCOME, "")
        choices = {field.name for field in self.dialog.fields if field.kind == CHOICE}
        texts = {choice_name(name, outcome) if name in choices else name: text for name, text in given.items()}
        return read_typed(model, self.localizer, texts)

    def _unknown(self, given: Mapping[str, str]) -> list[tuple[str, Problem]]:
        model, found = self.questions.rules.model, []
        for field in model.records[model.request].fields.values():
            if field.type == "enumeration" and field.name in given:
                known, value = tuple(model.enumerations[field.of].values), cleansed(given[field.name])
                if value not in known:
                    params = {"found": value, "known": known}
                    found.append((field.name, Problem("unknown-value", f"/{model.request}/{field.name}", params)))
        return found

    def _judge(self, typed: Typed) -> None:
        for field in self.dialog.fields:
            for problem in field.problems:
                # What could not be read is no reason for a second complaint.
                if problem.severity == "error" and field.name not in self.errors:
                    self.add_error(field.name, problem.message.text)
        panel = self.dialog.panel
        if panel is None:
            return
        for obstacle in panel.obstacles:
            if obstacle.severity == "error":
                self.add_error(None, obstacle.message.text)
        if panel.verdict != CLOSABLE and not self.errors:
            self.add_error(None, panel.title.text)

    def _dialog(self, request: Mapping[str, Any] | None) -> Form:
        questions = self.questions
        return close_form(
            questions.rules,
            self.localizer,
            today=questions.the_day(),
            facts=self.facts,
            request=request,
            deployment=questions.deployment,
        )


def closing_form(questions: Questions) -> type[ClosingForm]:
    """The form class of a ruleset: a field for each of the model's that is asked for.

    >>> from oppi18n import load_rules
    >>> list(closing_form(Questions(load_rules())).base_fields)
    ['outcome', 'status_reason', 'revenue', 'date', 'competitor', 'description']
    """
    rules = questions.rules
    dialog = close_form(rules, questions.localizer(None), today=questions.the_day())
    fields = {each.name: forms.Field(required=False, widget=_widget(each)) for each in dialog.fields}
    return type("CloseForm", (ClosingForm,), {"questions": questions, **fields})


def _widget(field: FormField) -> Any:
    if field.kind == CHOICE:
        return forms.RadioSelect() if field.name == OUTCOME else forms.Select()
    return forms.Textarea() if field.kind == MULTILINE else forms.TextInput()


def _describe(made: Any, field: FormField) -> None:
    """A field of one form in the language of that form; Django copies fields for each form."""
    made.label = field.label.text
    made.help_text = field.hint.text
    if field.kind == CHOICE:
        options = [(each.value, each.label.text) for each in field.options]
        made.widget.choices = options if field.name == OUTCOME else [("", ""), *options]
    if field.max_length:
        made.widget.attrs["maxlength"] = str(field.max_length)
