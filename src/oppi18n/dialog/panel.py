"""What a decision means to somebody before the dialog: obstacles, offending quotes, ways out, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n.dialog.parts import Gap, Obstacle, Offender, Panel, Remedy
from oppi18n.dialog.words import Words
from oppi18n.engine.decision import BLOCKED, CLOSABLE, RecordValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from oppi18n.engine.decision import Decision, Violation
    from oppi18n.engine.rules import Rules
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.i18n.speech import Text


class Panels:
    """Words one decision about the records it was made from."""

    def __init__(self, rules: Rules, localizer: Localizer, decision: Decision, record: Mapping[str, Any]) -> None:
        self.rules = rules
        self.model = rules.model
        self.localizer = localizer
        self.decision = decision
        self.record = record

    def panel(self, below: AbstractSet[str]) -> Panel:
        """The panel above the fields; violations at the pointers `below`, those of fields, are left to the fields."""
        found = [each for each in self.decision.violations if not below & set(each.pointers)]
        names = dict.fromkeys(name for each in found for name in each.remedies)
        return Panel(
            self.decision.verdict,
            self.decision.asked,
            self._title(),
            tuple(map(self._obstacle, found)),
            tuple(Gap(each.pointer, self._label(each.pointer), each.rules) for each in self.decision.needs),
            tuple(Remedy(name, self._remedy(name)) for name in names),
        )

    def problems(self, pointers: AbstractSet[str]) -> tuple[Obstacle, ...]:
        """The violations that point at a field."""
        return tuple(map(self._obstacle, (each for each in self.decision.violations if pointers & set(each.pointers))))

    def _title(self) -> Text:
        say = Words(self.localizer)
        outcome = str((self.decision.request or {}).get("outcome"))
        if self.decision.verdict == CLOSABLE:
            return {
                "won": say("This opportunity can be closed as won."),
                "lost": say("This opportunity can be closed as lost."),
            }.get(outcome, say("Nothing on record stands in the way of closing this opportunity."))
        if self.decision.verdict == BLOCKED:
            return {
                "won": say("This opportunity can't be closed as won."),
                "lost": say("This opportunity can't be closed as lost."),
            }.get(outcome, say("This opportunity can't be closed."))
        return {
            "won": say("Data is missing to tell whether this opportunity can be closed as won."),
            "lost": say("Data is missing to tell whether this opportunity can be closed as lost."),
        }.get(outcome, say("Data is missing to tell whether this opportunity can be closed."))

    def _obstacle(self, violation: Violation) -> Obstacle:
        return Obstacle(
            violation.rule,
            violation.severity,
            self.localizer.violation(violation),
            violation.pointers,
            violation.dataverse,
            violation.remedies,
            tuple(self._offenders(violation)),
        )

    def _offenders(self, violation: Violation) -> Iterator[Offender]:
        for pointer in violation.pointers:
            parts = pointer.split("/")
            if len(parts) >= 4 and parts[3].isdigit():
                yield self._offender(pointer, *parts[1:4])

    def _offender(self, pointer: str, root: str, list_: str, index: str) -> Offender:
        record = self.model.records[self.model.records[root].fields[list_].of]
        found = self.record[root][list_][int(index)]
        shown = RecordValue.of(record.name, found)
        state, governed = shown.values.get("state"), record.fields.get("state")
        label = self.localizer.value(self.model, governed.of, str(state)) if governed and state is not None else None
        where = self.decision.source_pointer(pointer)
        return Offender(pointer, where, shown.key, self.localizer.record(shown, self.model), _text(state), label)

    def _remedy(self, name: str) -> Text:
        return self.localizer.remedy(self.rules.remedies[name])

    def _label(self, pointer: str) -> Text:
        """The label of the field a pointer leads to, or of the record if it stops there."""
        record, name = "", ""
        for part in pointer.split("/")[1:]:
            if not record:
                record = part
            elif part.isdigit() and name:
                record, name = self.model.records[record].fields[name].of, ""
            else:
                name = part
        return self.localizer.label(self.model, record, name)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
