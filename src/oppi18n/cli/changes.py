"""A closing or a reopening as a person reads it: what was changed, from what to what, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oppi18n.cli.activities import named
from oppi18n.cli.planning import PlanReport
from oppi18n.cli.session import safe
from oppi18n.closing import ALREADY_CLOSED, ALREADY_OPEN, CLOSED, REFUSED, REOPENED, record_at
from oppi18n.engine.decision import CLOSABLE
from oppi18n.model.values import NOT_LOADED
from oppi18n.remedies import kind_of

if TYPE_CHECKING:
    from oppi18n.closing import Closing
    from oppi18n.engine.decision import Violation
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Field
    from oppi18n.remedies import Change


class ChangeReport(PlanReport):
    """Words the changes of one ruleset's records."""

    def closing(self, facts: Facts, closing: Closing, *, written: bool) -> Iterator[str]:
        """Everything about one closing or reopening; `written` says whether it was carried out."""
        yield self._title(facts)
        yield from self._styled(self._sentence(closing, written), "good" if closing else "warning")
        for change in closing.changes:
            yield ""
            yield from self._change(change, facts, closing.record)
        yield from self._aftermath(closing)
        if closing.decision is not None:
            for violation in self._told(closing, closing.decision.violations):
                yield ""
                yield from self._violation(violation, facts, closing.decision)
        if closing.status == REFUSED:
            yield from self._refusal(facts, closing)
        if closing and closing.decision is not None:
            yield from self._defaults(closing.decision)
        yield from self.left_out(closing.left_out)

    def _sentence(self, closing: Closing, written: bool) -> str:
        say, decision = self.say, closing.decision
        if closing.status == CLOSED:
            lost = closing.record[self.model.root]["state"] == "lost"
            if written:
                return (
                    say("This opportunity was closed as lost.") if lost else say("This opportunity was closed as won.")
                )
            return (
                say("This opportunity would be closed as lost.")
                if lost
                else say("This opportunity would be closed as won.")
            )
        if closing.status == REOPENED:
            return say("This opportunity was reopened.") if written else say("This opportunity would be reopened.")
        if closing.status == ALREADY_CLOSED:
            return say("This opportunity is already closed. Nothing was changed.")
        if closing.status == ALREADY_OPEN:
            return say("This opportunity is already open. Nothing was changed.")
        if decision is None:
            return say("Data is missing to tell whether this opportunity is closed.")
        if decision.verdict == CLOSABLE:
            return say("Data is missing to close this opportunity.")
        return self.verdict(decision)

    def _told(self, closing: Closing, violations: tuple[Violation, ...]) -> tuple[Violation, ...]:
        """The violations that matter: all where they are the reason, what blocks or warns where they are not."""
        if closing.status == ALREADY_CLOSED:
            asked = f"/{self.model.request}/"
            return tuple(
                each
                for each in violations
                if each.severity == "error" and not "".join(each.pointers[:1]).startswith(asked)
            )
        return tuple(each for each in violations if not closing or each.severity != "info")

    def _refusal(self, facts: Facts, closing: Closing) -> Iterator[str]:
        known = closing.decision.needs if closing.decision is not None else ()
        if closing.decision is not None:
            yield from self._missing(closing.decision)
        yield from self.needs((each for each in closing.needs if each not in known), facts)
        yield ""
        yield from self._wrapped(self.say("Nothing was changed."), 0)

    def _change(self, change: Change, facts: Facts, after: Mapping[str, Any]) -> Iterator[str]:
        kind = kind_of(change.pointer, self.model)
        record = record_at(after, change.pointer)
        where = self.session.style(safe(facts.source_pointer(change.pointer)), "dim")
        yield "  " + " · ".join(each for each in (named(kind.name, record, self.model, self.session), where) if each)
        for name, value in change.values.items():
            field = kind.fields[name]
            line = self.say(
                "{label}: {before} → {after}",
                label=self.localizer.label(self.model, kind.name, name).text,
                before=self._shown(field, change.before[name], record),
                after=self._shown(field, value, record),
            )
            yield f"    - {line}"

    def _shown(self, field: Field, value: Any, record: Mapping[str, Any]) -> str:
        if value is None or value is NOT_LOADED:
            return self.localizer.not_given()
        if field.type == "enumeration":
            return self.localizer.value(self.model, field.of, value).text
        formats = self.localizer.formats()
        if isinstance(value, Decimal):
            currency = record.get(field.currency)
            return formats.money(value, currency) if isinstance(currency, str) else formats.decimal(value)
        return formats.date(value) if isinstance(value, date) else safe(str(value))

    def _aftermath(self, closing: Closing) -> Iterator[str]:
        """The activities, and the quotes that stay open."""
        said = []
        if closing.status == REOPENED:
            said.append(self.say("The activity of its closing is canceled."))
        elif closing.activities:
            said.append(
                self.say.plural(
                    "{count} activity records the closing.",
                    "{count} activities record the closing.",
                    count=len(closing.activities),
                )
            )
        if closing.left_open:
            quotes = [
                named("quote", record_at(closing.record, each), self.model, self.session) for each in closing.left_open
            ]
            said.append(
                self.say.plural(
                    "{count} quote stays open: {quotes}. Add --close-quotes to close it as well.",
                    "{count} quotes stay open: {quotes}. Add --close-quotes to close them as well.",
                    count=len(quotes),
                    quotes=quotes,
                )
            )
        if said:
            yield ""
        for sentence in said:
            yield from self._wrapped(sentence, 2)
