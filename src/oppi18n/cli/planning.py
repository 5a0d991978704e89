"""Planning: for every opportunity the cheapest way to its closing, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from oppi18n.cli import machine
from oppi18n.cli.activities import Subjects
from oppi18n.cli.asking import Asking
from oppi18n.cli.destination import (
    STDOUT,
    calls_written,
    payload_file,
    payload_lines,
    refuse_input,
    stdout_taken,
    write_all,
)
from oppi18n.cli.report import Report
from oppi18n.cli.session import Session, safe
from oppi18n.closing import closing_change, paperwork
from oppi18n.remedies import IMPOSSIBLE, NEEDS, READY, Change, Planner, is_closing

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision, Need
    from oppi18n.model.facts import Facts
    from oppi18n.payloads import LeftOut, Payload
    from oppi18n.remedies import Plan


class Stage(NamedTuple):
    """One thing to do: a remedy, or (without one) the closing itself; calls are there only if the plan is ready."""

    remedy: str | None
    label: str
    records: tuple[str, ...]
    payloads: tuple[Payload, ...]
    left_out: tuple[LeftOut, ...]


class Planning(Asking):
    """One run of the command."""

    kind = "plan"

    def __init__(self, current: Session, given: dict[str, Any]) -> None:
        super().__init__(current, given)
        self.planner = Planner(self.rules, today=self.today, deployment=given["deployment"])
        self.subjects = Subjects(self.rules.model, self.session)
        self.payloads: list[Payload] = []
        self.ready = True

    def answer(self, files: tuple[str, ...]) -> int:
        """Plan for all files; the status is the highest."""
        path = self.given["payloads"]
        if path is not None:
            refuse_input(path, (*files, *filter(None, [self.given["quotes"]])))
        if path == STDOUT and self.format != "text":
            raise click.UsageError(stdout_taken(self.session))
        if path == STDOUT:
            self.out = self.session.tell
        super().answer(files)
        if path is not None and not self.failed:
            write_all([(path, payload_file(self.payloads))])
            if path != STDOUT:
                self.session.tell(calls_written(self.session, len(self.payloads), path))
        return 2 if self.failed else int(not self.ready)

    def lines(self, facts: Facts, decision: Decision) -> Iterator[str]:
        """The plan for people."""
        plan, stages = self._planned(facts, decision)
        return PlanReport(self.rules, self.session).plan(facts, decision, plan, stages)

    def result(self, facts: Facts, decision: Decision) -> dict[str, Any]:
        """The plan for programs: what check answers, and what to do about it."""
        plan, stages = self._planned(facts, decision)
        left_out = dict.fromkeys(each for stage in stages for each in stage.left_out)
        return {
            **super().result(facts, decision),
            "status": plan.status,
            "complete": plan.complete,
            "cost": plan.cost,
            "plan": [
                {
                    "remedy": stage.remedy,
                    "records": list(stage.records),
                    "label": stage.label,
                    "payloads": payload_lines(stage.payloads),
                }
                for stage in stages
            ],
            "needs": [{"pointer": each.pointer, "rules": list(each.rules)} for each in plan.needs],
            "remaining": [machine.violation(each, plan.decision, self.session.localizer) for each in plan.remaining],
            "left_out": [{"pointer": each.pointer, "code": each.code} for each in left_out],
        }

    def _planned(self, facts: Facts, decision: Decision) -> tuple[Plan, list[Stage]]:
        plan = self.planner.plan(facts, decision.request)
        self.ready = self.ready and plan.status == READY
        stages = list(self._stages(plan)) if plan.status in (READY, NEEDS) else []
        self.payloads += (each for stage in stages for each in stage.payloads)
        return plan, stages

    def _stages(self, plan: Plan) -> Iterator[Stage]:
        for step in plan.steps:
            label = self.session.localizer.remedy(self.rules.remedies[step.remedy]).text
            yield self._stage(plan, step.remedy, label, step.changes)
        asked = plan.decision.request
        if is_closing(self.rules) and asked is not None:
            say, outcome = self.session.say, asked.get("outcome")
            label = say("Close the opportunity as lost") if outcome == "lost" else say("Close the opportunity as won")
            change = Change(f"/{self.rules.model.root}", {}, {})
            if plan.status == READY:
                change = closing_change(plan.record, self.rules.model)
            yield self._stage(plan, None, label if outcome else say("Close the opportunity"), (change,))

    def _stage(self, plan: Plan, remedy: str | None, label: str, changes: tuple[Change, ...]) -> Stage:
        records = tuple(change.pointer for change in changes)
        if plan.status != READY:
            return Stage(remedy, label, records, (), ())
        asked = plan.decision.request or {}
        papers = paperwork(
            self.rules.model,
            plan.record,
            changes,
            asked,
            today=self.today,
            subject=self.subjects.opportunity(plan.record[self.rules.model.root], asked.get("outcome")),
            quote_subject=self.subjects.quote,
        )
        return Stage(remedy, label, records, papers.payloads, papers.left_out)


class PlanReport(Report):
    """Words plans of one ruleset."""

    def plan(self, facts: Facts, decision: Decision, plan: Plan, stages: list[Stage]) -> Iterator[str]:
        """A plan: what stands in the way, what to do about it, in its order, and what is still missing."""
        yield self._title(facts)
        yield from self._styled(self.verdict(decision), "good" if decision.verdict == "closable" else "warning")
        for number, stage in enumerate(stages, 1):
            yield ""
            yield from self._numbered(number, stage.label)
            for pointer in stage.records if stage.remedy else ():
                yield "     " + self._record(pointer, facts, decision)
        yield from self._outlook(plan)
        yield from self.needs(plan.needs, facts)
        for violation in plan.remaining:
            yield ""
            yield from self._violation(violation, facts, plan.decision)
        if stages:
            yield from self._defaults(decision)
        yield from self.left_out(dict.fromkeys(each for stage in stages for each in stage.left_out))

    def needs(self, needs: Iterable[Need], facts: Facts) -> Iterator[str]:
        """What is missing, wrong or to be chosen."""
        for number, need in enumerate(needs):
            if not number:
                yield ""
                yield "  " + self.say("What is still to be given or corrected:")
            where = self.session.style(safe(facts.source_pointer(need.pointer)), "dim")
            yield "    " + " · ".join(("- " + self.label(need.pointer), where))

    def left_out(self, left_out: Iterable[LeftOut]) -> Iterator[str]:
        """What the calls for Dataverse cannot carry."""
        reasons = {
            "not-a-guid": self.say("The calls for Dataverse leave out what is not named by a GUID:"),
            "no-code": self.say("The calls for Dataverse leave out what has no code in the model:"),
            "lookup": self.say("The calls for Dataverse leave out references to other records:"),
        }
        found = list(left_out)
        for code, sentence in reasons.items():
            labels = dict.fromkeys(self.label(each.pointer) for each in found if each.code == code)
            if labels:
                yield ""
                yield from self._wrapped(sentence, 2)
                yield from (f"    - {label}" for label in labels)

    def _outlook(self, plan: Plan) -> Iterator[str]:
        """How far the steps lead."""
        said = []
        if plan.status == IMPOSSIBLE and plan.complete:
            said.append(self.say("No remedy makes this possible. What remains in the way:"))
        elif plan.status == IMPOSSIBLE:
            said.append(self.say("No remedy was found that makes this possible; not all combinations were tried."))
        elif plan.status == READY and plan.decision.asked == "record" and is_closing(self.rules):
            if plan.steps:
                said.append(self.say("Then nothing on record stands in the way of closing it."))
            said.append(self.say("Add --as won or --as lost to plan the closing too."))
        if said:
            yield ""
        for sentence in said:
            yield from self._wrapped(sentence, 2)

    def _record(self, pointer: str, facts: Facts, decision: Decision) -> str:
        return self._offender(f"{pointer}/state", facts, decision) or "- " + self.label(pointer)

    def _numbered(self, number: int, label: str) -> Iterator[str]:
        for position, line in enumerate(self._wrapped(label, 0)):
            yield f"  {number}. {line}" if not position else f"     {line}"

    def _styled(self, sentence: str, style: str) -> Iterator[str]:
        for line in self._wrapped(sentence, 0):
            yield self.session.style(line, style)
