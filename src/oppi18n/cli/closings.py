"""Closing and reopening at the command line: one opportunity of one file, carried out whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from oppi18n.cli import failures, machine
from oppi18n.cli.activities import Subjects
from oppi18n.cli.asking import REQUEST, Asking
from oppi18n.cli.changes import ChangeReport
from oppi18n.cli.destination import (
    Destination,
    calls_written,
    changed_file,
    payload_file,
    payload_lines,
    unchanged,
    write_all,
)
from oppi18n.cli.session import safe
from oppi18n.closing import close, reopen
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN, read_bytes
from oppi18n.model.values import NOT_LOADED

if TYPE_CHECKING:
    from oppi18n.cli.session import Session
    from oppi18n.closing import Closing
    from oppi18n.model.facts import Facts
    from oppi18n.readers import Reading
    from oppi18n.remedies import Change


class Run(Asking):
    """One run of a command that changes a record."""

    def __init__(self, current: Session, kind: str, path: str, given: dict[str, Any]) -> None:
        super().__init__(current, {**dict.fromkeys((*REQUEST, "today", "deployment")), **given})
        self.kind = kind
        companions = (given["quotes"],) if given.get("quotes") else ()
        self.destination = Destination(
            path, companions, given["output"], given["in_place"], given["dry_run"], given["payloads"]
        )
        self.destination.check(current, as_text=self.format == "text")

    def close(self) -> int:
        """Close the opportunity; the status is 0 if that was done, or can be."""
        return self._run(self._closed)

    def reopen(self) -> int:
        """Reopen the opportunity; the status is 0 if that was done, or can be."""
        return self._run(lambda facts: reopen(self.rules, facts, activity=self.given["activity"] or ""))

    def _closed(self, facts: Facts) -> Closing:
        subjects = Subjects(self.rules.model, self.session)
        question = self.question(facts) or {}
        return close(
            self.rules,
            facts,
            question,
            today=self.today,
            close_quotes=self.given["close_quotes"],
            defaults=not self.given["no_defaults"],
            deployment=self.given["deployment"],
            subject=subjects.opportunity(facts.record[self.rules.model.root], question.get("outcome")),
            quote_subject=subjects.quote,
        )

    def _run(self, act: Callable[[Facts], Closing]) -> int:
        try:
            content = read_bytes(self.destination.source)
            facts = self._chosen(self._reading(content))
            closing = act(facts)
            self._write(content, facts, closing)
        except Oppi18nError as error:
            if self.format == "text":
                raise
            self.errors += machine.errors(error, self.destination.source, self.session.localizer)
            self.session.out(machine.text_of(machine.envelope(self.kind, self.head(), results=[], errors=self.errors)))
            return error.exit_status
        self._answer(facts, closing)
        return 0 if closing else 1

    def _reading(self, content: bytes) -> Reading:
        """The opportunities of the bytes that were read once: what is changed is what was judged."""
        from oppi18n.readers import read, read_content

        path, zone, model = self.destination.source, self.given["zone"], self.rules.model
        companions = self.destination.companions
        if companions:
            return read(path, model=model, zone=zone, companions=companions)
        found = read_content(content, model=model, zone=zone, source=path)
        for notice in found.notices:
            self.session.tell(failures.problem_line(notice, path, self.session))
        return found

    def _chosen(self, reading: Reading) -> Facts:
        wanted = self.given["wanted"]
        if wanted is None:
            if len(reading) > 1:
                sentence = self.session.say.plural(
                    "{path} holds {count} opportunity. Name it with --opportunity.",
                    "{path} holds {count} opportunities. Name one of them with --opportunity.",
                    count=len(reading),
                    path=safe(reading.source),
                )
                raise click.UsageError(sentence)
            return reading.only()
        found = [each for each in reading.facts if each.id is not None and each.id.lower() == wanted.lower()]
        if len(found) > 1:
            raise InputError("several-opportunities", path=reading.source, count=len(found))
        if not found:
            raise InputError("opportunity-not-found", id=wanted, path=reading.source)
        return found[0]

    def _write(self, content: bytes, facts: Facts, closing: Closing) -> None:
        destination = self.destination
        if not closing:
            return
        files: list[tuple[str, bytes]] = []
        if destination.calls is not None:
            files.append((destination.calls, payload_file(closing.payloads)))
        if destination.records is not None:
            new = changed_file(content, facts, closing, destination, model=self.rules.model, zone=self.given["zone"])
            files.append((destination.records, new))
        if destination.in_place and files:
            unchanged(destination.source, content)
        write_all(files)

    # ---- answers ----

    def _answer(self, facts: Facts, closing: Closing) -> None:
        if self.format != "text":
            result = _result(facts, closing, self)
            self.session.out(machine.text_of(machine.envelope(self.kind, self.head(), results=[result], errors=[])))
            return
        out = self.session.tell if self.destination.takes_stdout else self.session.out
        report = ChangeReport(self.rules, self.session)
        out("\n".join(report.closing(facts, closing, written=self.destination.records is not None)))
        if closing:
            for sentence in self._written(closing):
                self.session.tell(sentence)

    def head(self) -> dict[str, Any]:
        """What the answer says of itself."""
        gone = ("asked",) if self.kind == "close" else ("asked", "today")
        head = {**super().head(), "dry_run": self.given["dry_run"]}
        return {name: value for name, value in head.items() if name not in gone}

    def _written(self, closing: Closing) -> Iterator[str]:
        say, destination = self.session.say, self.destination
        if destination.calls not in (None, STDIN):
            yield calls_written(self.session, len(closing.payloads), str(destination.calls))
        if destination.records not in (None, STDIN):
            yield say("The changed file was written to {path}.", path=safe(str(destination.records)))
        elif destination.dry_run:
            yield say("Nothing was written.")
        elif destination.records is None and destination.calls is None:
            yield say("Nothing was written. Add --in-place or --output to write the change.")


def _result(facts: Facts, closing: Closing, run: Run) -> dict[str, Any]:
    """The answer about one closing or reopening for programs."""
    decision, localizer, request = closing.decision, run.session.localizer, run.rules.model.request
    about = machine.result(facts, decision, localizer, request) if decision is not None else {}
    return {
        "source": facts.source,
        "opportunity": facts.id,
        "status": closing.status,
        **about,
        "needs": [{"pointer": each.pointer, "rules": list(each.rules)} for each in closing.needs],
        "changes": [_change(each, facts) for each in closing.changes],
        "activities": [
            {"entity": each.entity, "record": each.record, "values": _scalars(each.values)}
            for each in closing.activities
        ],
        "payloads": payload_lines(closing.payloads),
        "left_out": [{"pointer": each.pointer, "code": each.code} for each in closing.left_out],
        "left_open": list(closing.left_open),
        "written": run.destination.records if closing else None,
        "payloads_written": run.destination.calls if closing else None,
    }


def _change(change: Change, facts: Facts) -> dict[str, Any]:
    return {
        "pointer": change.pointer,
        "source_pointer": facts.source_pointer(change.pointer),
        "before": _scalars({name: value for name, value in change.before.items() if value is not NOT_LOADED}),
        "after": _scalars(change.values),
    }


def _scalars(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: machine.scalar(value) for name, value in values.items()}
