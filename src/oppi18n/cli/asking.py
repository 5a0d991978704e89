"""Asking a ruleset about files: every opportunity gets an answer, every bad file an error, the status is the highest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from oppi18n.cli import machine, options
from oppi18n.cli.session import Session
from oppi18n.errors import Oppi18nError

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision
    from oppi18n.engine.rules import Rules
    from oppi18n.model.facts import Facts, Problem
    from oppi18n.readers import Reading

DEMO = "examples/blocked.json"
"""Travels with the package, beside its rules."""

REQUEST = ("outcome", "status_reason", "date", "revenue", "currency", "competitor", "description")


class Asking:
    """One run of a command that asks; `kind` is that of its machine output."""

    kind = "check"

    def __init__(self, current: Session, given: dict[str, Any]) -> None:
        self.session = current
        self.given = given
        self.format: str = given["format_"]
        self.rules: Rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
        self.today: date = options.the_day(given["today"], given["zone"])
        self.request = self._request()
        self.out = current.out
        self.errors: list[dict[str, Any]] = []
        self.failed = False
        self.refused = False

    def _demo(self) -> Reading:
        from oppi18n import packs
        from oppi18n.readers import read_content

        content = packs.read_bytes(packs.shipped(), DEMO)
        return read_content(content, model=self.rules.model, zone=self.given["zone"], source=DEMO)

    def _request(self) -> dict[str, Any] | None:
        given = {name: self.given[name] for name in REQUEST if self.given[name] is not None}
        if given and "outcome" not in given:
            raise click.UsageError(
                self.session.say("Add --as won or --as lost: the other values given apply only to a closing.")
            )
        return given or None

    def answer(self, files: tuple[str, ...]) -> int:
        """Answer about all files; the status is the highest."""
        if self.format == "text":
            self._text(files)
        else:
            self._machine(files)
        return 2 if self.failed else int(self.refused)

    def decisions(self, files: tuple[str, ...]) -> Iterator[tuple[Facts, Decision]]:
        """A decision per opportunity; what cannot be read is told, and the rest goes on."""
        from oppi18n.readers import read

        for path in files:
            companions = (self.given["quotes"],) if self.given["quotes"] else ()
            try:
                found = (
                    self._demo()
                    if path == DEMO and self.given["demo"]
                    else read(path, model=self.rules.model, zone=self.given["zone"], companions=companions)
                )
                _tell(found.notices, path, self.session)
                for outcome in found:
                    if isinstance(outcome, Oppi18nError):
                        self._fail(outcome, path)
                    else:
                        yield from self._decided(outcome, path)
            except Oppi18nError as error:
                self._fail(error, path)

    def _decided(self, facts: Facts, path: str) -> Iterator[tuple[Facts, Decision]]:
        try:
            yield facts, self.decide(facts)
        except Oppi18nError as error:
            self._fail(error, path)

    def decide(self, facts: Facts) -> Decision:
        """The decision about one opportunity, with the dialog's defaults where they are wanted."""
        request = self.question(facts)
        defaults: dict[str, Any] = {}
        if request is not None and not self.given["no_defaults"]:
            request, defaults = self.rules.complete(facts, request, today=self.today)
        decision = self.rules.evaluate(facts, today=self.today, request=request, deployment=self.given["deployment"])
        decision.defaults = defaults
        self.refused = self.refused or decision.verdict != "closable"
        return decision

    def question(self, facts: Facts) -> dict[str, Any] | None:
        """The closing that is asked about: what the file says, and over it what the options say."""
        own = facts.record.get(self.rules.model.request)
        if self.request is not None:
            return {**own, **self.request} if own else self.request
        return own or None

    def _fail(self, error: Oppi18nError, path: str) -> None:
        self.failed = True
        if self.format == "text":
            from oppi18n.cli.failures import told

            text = told(error, self.session)
            self.session.tell(text if hasattr(error, "problems") else f"oppi18n: {text}", -1)
        else:
            self.errors += machine.errors(error, path, self.session.localizer)

    def _text(self, files: tuple[str, ...]) -> None:
        first = True
        for facts, decision in self.decisions(files):
            if not first:
                self.out("")
            first = False
            self.out("\n".join(self.lines(facts, decision)))
            if self.given.get("trace"):
                from oppi18n.cli.tracing import trace_lines

                lines = trace_lines(self.rules, self.given, facts, decision, self.session)
                self.session.out("\n".join(lines))
        if self.given["zone"] != "UTC" or not first:
            sentence = self.session.say("Dates are those of the time zone {zone}.", zone=self.given["zone"])
            self.session.tell(sentence, 1)

    def lines(self, facts: Facts, decision: Decision) -> Iterator[str]:
        """The answer about one opportunity for people."""
        from oppi18n.cli.report import Report

        return Report(self.rules, self.session).lines(facts, decision)

    def result(self, facts: Facts, decision: Decision) -> dict[str, Any]:
        """The answer about one opportunity for programs."""
        return machine.result(facts, decision, self.session.localizer, self.rules.model.request)

    def head(self) -> dict[str, Any]:
        """What all results have in common."""
        return {
            "ruleset": self.rules.id,
            "digest": self.rules.digest,
            "locale": self.session.locale,
            "today": self.today.isoformat(),
            "zone": self.given["zone"],
            "asked": "record" if self.request is None else "closing",
        }

    def _machine(self, files: tuple[str, ...]) -> None:
        results = []
        for facts, decision in self.decisions(files):
            result = self.result(facts, decision)
            if self.format == "jsonl":
                self.session.out(machine.line_of(machine.envelope(self.kind, self.head(), results=[result], errors=[])))
            results.append(result)
        if self.format == "json":
            self.session.out(
                machine.text_of(machine.envelope(self.kind, self.head(), results=results, errors=self.errors))
            )
        elif self.errors:
            self.session.out(machine.line_of(machine.envelope(self.kind, self.head(), results=[], errors=self.errors)))


def _tell(notices: Iterable[Problem], path: str, current: Session) -> None:
    for notice in notices:
        from oppi18n.cli.failures import problem_line

        current.tell(problem_line(notice, path, current))
