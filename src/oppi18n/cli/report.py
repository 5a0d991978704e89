"""A decision as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oppi18n.cli.session import Session, safe
from oppi18n.engine.decision import BLOCKED, CLOSABLE, RecordValue
from oppi18n.widths import display_width, wrap

if TYPE_CHECKING:
    from oppi18n.cli.words import Words
    from oppi18n.engine.decision import Decision, Violation
    from oppi18n.engine.rules import Rules
    from oppi18n.model.facts import Facts


class Report:
    """Words decisions of one ruleset."""

    def __init__(self, rules: Rules, session: Session) -> None:
        self.rules = rules
        self.model = rules.model
        self.session = session
        self.say = session.say
        self.localizer = session.localizer

    def lines(self, facts: Facts, decision: Decision) -> Iterator[str]:
        """Everything about one opportunity."""
        yield self._title(facts)
        style = {CLOSABLE: "good", BLOCKED: "error"}.get(decision.verdict, "warning")
        for line in wrap(self.verdict(decision), self.session.width):
            yield self.session.style(line, style)
        for violation in decision.violations:
            yield ""
            yield from self._violation(violation, facts, decision)
        yield from self._missing(decision)
        yield from self._defaults(decision)
        if decision.asked == "record" and decision.pending:
            yield ""
            yield from self._wrapped(self._pending(decision), 0)

    def _title(self, facts: Facts) -> str:
        record = facts.record.get(self.model.root, {})
        name, identity = record.get("name"), facts.id
        parts = [safe(each) for each in (name, identity) if isinstance(each, str) and each]
        return self.session.style(" · ".join([*parts, safe(facts.source)]), "strong")

    def verdict(self, decision: Decision) -> str:
        """The answer in one sentence."""
        if self.rules.action != "opportunity.close":
            return _verdict(decision.verdict, self.say)
        outcome = (decision.request or {}).get("outcome") if decision.asked == "closing" else None
        return _verdict_on_closing(decision.verdict, str(outcome or ""), self.say)

    def _violation(self, violation: Violation, facts: Facts, decision: Decision) -> Iterator[str]:
        tag = _tag(violation.severity, self.say)
        text = self.localizer.violation(violation)
        shown = text.text if text.locale == self.session.locale else f"[{text.locale}] {text.text}"
        indent = display_width(tag) + 4
        lines = wrap(shown, self.session.width - indent)
        yield f"  {self.session.style(tag, violation.severity)}  {lines[0]}"
        yield from (" " * indent + line for line in lines[1:])
        for pointer in violation.pointers:
            offender = self._offender(pointer, facts, decision)
            if offender:
                yield " " * indent + offender
        for name in violation.remedies:
            yield from self._wrapped(self.say("What would help: {remedy}", remedy=self.remedy(name)), indent)

    def remedy(self, name: str) -> str:
        """The label of a remedy."""
        return self.localizer.remedy(self.rules.remedies[name]).text

    def _offender(self, pointer: str, facts: Facts, decision: Decision) -> str:
        """A record that stands in the way: its number, revision and state, and where it stands in the file."""
        parts = pointer.split("/")
        if len(parts) < 4 or not parts[3].isdigit():
            return ""
        field = self.model.records[parts[1]].fields[parts[2]]
        record = facts.record[parts[1]][parts[2]][int(parts[3])]
        shown = self.localizer.record(RecordValue.of(field.of, record), self.model).text
        state = record.get("state")
        known = self.model.records[field.of].fields.get("state")
        label = self.localizer.value(self.model, known.of, state).text if known and isinstance(state, str) else ""
        where = self.session.style(safe(decision.source_pointer(pointer)), "dim")
        return " · ".join(each for each in ("- " + shown, label, where) if each)

    def _missing(self, decision: Decision) -> Iterator[str]:
        errors = [each for each in decision.unknown if each.error]
        if decision.needs:
            yield ""
            yield "  " + self.say("What is missing:")
            for need in decision.needs:
                label = self.label(need.pointer)
                where = self.session.style(safe(decision.source_pointer(need.pointer)), "dim")
                yield "    " + " · ".join(each for each in ("- " + label, where) if each)
        for each in errors:
            from oppi18n.errors import TEXTS

            code = f"value-{each.error}"
            reason = self.localizer.coded("error", code, TEXTS[code], {}).text
            sentence = self.say("The rule {rule} could not be evaluated: {reason}", rule=each.rule, reason=reason)
            yield from self._wrapped(sentence, 2)

    def label(self, pointer: str) -> str:
        """The label of the field a pointer leads to."""
        record, name = self.model.root, ""
        for part in pointer.split("/")[1:]:
            if not name and part in self.model.records:
                record = part
            elif not part.isdigit():
                name = part
            else:
                record, name = self.model.records[record].fields[name].of, ""
        return self.localizer.label(self.model, record, name).text

    def _defaults(self, decision: Decision) -> Iterator[str]:
        if not decision.defaults:
            return
        yield ""
        yield "  " + self.say("Filled in by default:")
        for name, value in decision.defaults.items():
            label = self.localizer.label(self.model, self.model.request, name).text
            value_shown = self._value(name, value, decision)
            yield "    - " + self.say("{label}: {value}", label=label, value=value_shown)

    def _value(self, name: str, value: Any, decision: Decision) -> str:
        field = self.model.records[self.model.request].fields[name]
        formats = self.localizer.formats()
        if field.type == "enumeration":
            return self.localizer.value(self.model, field.of, value).text
        if isinstance(value, Decimal):
            currency = (decision.request or {}).get(field.currency)
            return formats.money(value, currency) if currency else formats.decimal(value)
        return formats.date(value) if isinstance(value, date) else safe(str(value))

    def _pending(self, decision: Decision) -> str:
        return self.say.plural(
            "{count} rule about the closing itself was not asked. Ask it with --as won or --as lost.",
            "{count} rules about the closing itself were not asked. Ask them with --as won or --as lost.",
            count=len(decision.pending),
        )

    def _wrapped(self, text: str, indent: int) -> Iterator[str]:
        for line in wrap(text, self.session.width - indent):
            yield " " * indent + line


def _tag(severity: str, say: Words) -> str:
    if severity == "error":
        return say("Error")
    return say("Warning") if severity == "warning" else say("Note")


def _verdict(verdict: str, say: Words) -> str:
    if verdict == CLOSABLE:
        return say("The rules allow it.")
    if verdict == BLOCKED:
        return say("The rules do not allow it.")
    return say("Data is missing to tell whether the rules allow it.")


def _verdict_on_closing(verdict: str, outcome: str, say: Words) -> str:
    match verdict, outcome:
        case "closable", "won":
            return say("This opportunity can be closed as won.")
        case "closable", "lost":
            return say("This opportunity can be closed as lost.")
        case "closable", _:
            return say("Nothing on record stands in the way of closing this opportunity.")
        case "blocked", "won":
            return say("This opportunity can't be closed as won.")
        case "blocked", "lost":
            return say("This opportunity can't be closed as lost.")
        case "blocked", _:
            return say("This opportunity can't be closed.")
        case _, "won":
            return say("Data is missing to tell whether this opportunity can be closed as won.")
        case _, "lost":
            return say("Data is missing to tell whether this opportunity can be closed as lost.")
    return say("Data is missing to tell whether this opportunity can be closed.")
