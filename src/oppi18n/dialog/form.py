"""The Close opportunity dialog is made from the model, the rules and a language; nothing in it is written twice.

Labels, order, default expressions and which status reason belongs to which outcome come from the model. Which fields
are required or out of place, which of the reasons are barred and how long a text may be is asked of the rules
(`probes`), so that packs count too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from oppi18n.dialog.fields import Content, Fields
from oppi18n.dialog.panel import Panels
from oppi18n.dialog.parts import Button, Form
from oppi18n.dialog.probes import OUTCOME, Probes, blank
from oppi18n.dialog.words import Words
from oppi18n.engine.decision import RecordValue

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision
    from oppi18n.engine.rules import Rules
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.i18n.speech import Text
    from oppi18n.model.facts import Facts
    from oppi18n.model.records import CloseRequest, Opportunity


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
    filled, added = rules.complete(source, {} if asked is None else asked, today=today)
    decision = None
    if facts is not None:
        question = None if asked is None else filled
        decision = rules.evaluate(facts, request=question, today=today, deployment=deployment)
        decision.defaults = added if asked is not None else {}
    probes = Probes(rules, today=today, deployment=deployment, record=record)
    panels = Panels(rules, localizer, decision, record) if decision is not None else None
    fields = Fields(rules, localizer, probes, content=Content(record, filled, added), panels=panels)
    return _form(fields, decision)


def _record(facts: Facts | Opportunity | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(facts, Mapping):
        return facts
    made = getattr(facts, "facts", None)
    found: Mapping[str, Any] = (made() if callable(made) else facts).record
    return found


def _asked(request: Any, outcome: str | None) -> Any:
    """What is asked for, None if nothing is; a request of the wrong type is left to the rules to refuse."""
    given = getattr(request, "record", request)
    if outcome is None or not isinstance(given, (Mapping, type(None))):
        return given
    return {**(given or {}), OUTCOME: outcome}


def _form(made: Fields, decision: Decision | None) -> Form:
    rules, model, localizer = made.rules, made.model, made.localizer
    say = Words(localizer)
    fields = tuple(made.all())
    root = made.content.record[model.root]
    own = {each for field in fields for each in (field.pointer, field.currency_pointer) if each}
    identity = root.get("id")
    return Form(
        ruleset=rules.id,
        digest=rules.digest,
        lang=localizer.locale,
        dir="rtl" if localizer.formats().rtl else "ltr",
        today=made.probes.today,
        title=localizer.label(model, model.request),
        about=_about(made, root) if decision is not None else None,
        opportunity=identity if isinstance(identity, str) else None,
        outcome=made.content.values.get(OUTCOME),
        outcomes=made.outcomes,
        currency=next((field.currency for field in fields if field.currency), None),
        fields=fields,
        buttons=(Button("ok", say("OK")), Button("cancel", say("Cancel"))),
        decision=decision,
        panel=made.panels.panel(own) if made.panels is not None else None,
    )


def _about(made: Fields, root: Mapping[str, Any]) -> Text:
    return made.localizer.record(RecordValue.of(made.model.root, root), made.model)
