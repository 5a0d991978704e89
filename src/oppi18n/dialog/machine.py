"""The dialog as machine output: the same in every language but for what people read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from oppi18n.dialog.parts import Example, Form, FormField, Obstacle, Offender, Panel
    from oppi18n.i18n.speech import Text

VERSION: Final = 1
"""The version of the envelope."""


def as_json(form: Form, *, zone: str = "UTC") -> dict[str, Any]:
    """The dialog as JSON values, in the envelope of the kind `dialog`; `zone` is where timestamps became dates.

    Only `message`, `text`, `locale` and `dir` depend on the language. Decimals and dates are strings.

    >>> from oppi18n import Localizer, load_rules
    >>> from oppi18n.dialog.form import close_form
    >>> answer = as_json(close_form(load_rules(), Localizer("en"), today=date(2026, 3, 31)))
    >>> answer["kind"], answer["fields"][0]["label"]
    ('dialog', {'text': 'Status', 'locale': 'en'})
    """
    return {
        "oppi18n": VERSION,
        "kind": "dialog",
        "ruleset": form.ruleset,
        "digest": form.digest,
        "locale": form.lang,
        "dir": form.dir,
        "today": form.today.isoformat(),
        "zone": zone,
        "opportunity": form.opportunity,
        "about": _text(form.about),
        "title": _text(form.title),
        "outcome": form.outcome,
        "outcomes": list(form.outcomes),
        "currency": form.currency,
        "panel": _panel(form.panel) if form.panel else None,
        "fields": [_field(each) for each in form.fields],
        "buttons": [{"id": each.id, "label": _text(each.label)} for each in form.buttons],
    }


def _text(text: Text | None) -> dict[str, str] | None:
    return {"text": text.text, "locale": text.locale} if text is not None else None


def _scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "verdict": panel.verdict,
        "asked": panel.asked,
        "title": _text(panel.title),
        "obstacles": [_obstacle(each) for each in panel.obstacles],
        "missing": [
            {"pointer": each.pointer, "label": _text(each.label), "rules": list(each.rules)} for each in panel.missing
        ],
        "remedies": [{"remedy": each.id, "label": _text(each.label)} for each in panel.remedies],
    }


def _obstacle(found: Obstacle) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "severity": found.severity,
        "message": found.message.text,
        "locale": found.message.locale,
        "pointers": list(found.pointers),
        "dataverse": found.dataverse,
        "remedies": list(found.remedies),
        "offenders": [_offender(each) for each in found.offenders],
    }


def _offender(found: Offender) -> dict[str, Any]:
    return {
        "pointer": found.pointer,
        "source_pointer": found.source_pointer,
        "key": found.key,
        "label": _text(found.label),
        "state": found.state,
        "state_label": _text(found.state_label),
    }


def _field(field: FormField) -> dict[str, Any]:
    return {
        "name": field.name,
        "pointer": field.pointer,
        "kind": field.kind,
        "label": _text(field.label),
        "description": _text(field.description),
        "hint": _text(field.hint),
        "required": list(field.required),
        "relevant": list(field.relevant),
        "defaults": {outcome: _scalar(value) for outcome, value in field.defaults.items()},
        "options": [
            {
                "value": each.value,
                "label": _text(each.label),
                "dataverse": each.dataverse,
                "outcomes": list(each.outcomes),
            }
            for each in field.options
        ],
        "max_length": field.max_length,
        "currency": field.currency,
        "currency_pointer": field.currency_pointer,
        "digits": field.digits,
        "example": _example(field.example),
        "value": _scalar(field.value),
        "shown": _text(field.shown),
        "filled": field.filled,
        "problems": [_obstacle(each) for each in field.problems],
    }


def _example(example: Example | None) -> dict[str, Any] | None:
    return {"value": _scalar(example.value), "shown": _text(example.shown)} if example is not None else None
