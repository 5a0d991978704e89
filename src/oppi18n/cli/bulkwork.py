"""What `bulk` does: words, progress and files here, the work on the floor below."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from oppi18n.bulk.csvsources import files_of
from oppi18n.bulk.duck import DuckEvaluation
from oppi18n.bulk.evaluation import Evaluation
from oppi18n.bulk.mapping import SourceMapping, read_mapping
from oppi18n.bulk.opening import Opening
from oppi18n.bulk.outputs import check_place, format_of, write, write_text
from oppi18n.bulk.question import question
from oppi18n.bulk.report import check_name
from oppi18n.cli import failures, machine, options
from oppi18n.cli.bulkprogress import Progress
from oppi18n.cli.bulksummary import SummaryText
from oppi18n.cli.destination import refuse_input
from oppi18n.cli.session import Session, session
from oppi18n.files import STDIN, write_atomic
from oppi18n.i18n.localizer import Localizer

if TYPE_CHECKING:
    from oppi18n.bulk.summary import Summary
    from oppi18n.model.facts import Problem


class Bulk:
    """One run of the command."""

    def __init__(self, given: dict[str, Any], sources: Sequence[str]) -> None:
        self.given = given
        self.session: Session = session()
        self.check(sources)
        rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
        self.today = options.the_day(given["today"], given["zone"])
        self.question = question(
            rules,
            today=self.today,
            packs=given["packs"],
            request={"outcome": given["outcome"]} if given["outcome"] else None,
            deployment=given["deployment"],
        )
        model = self.question.model
        self.mapping = read_mapping(given["mapping"], model) if given["mapping"] else SourceMapping()
        self.progress = Progress(self.session)

    def check(self, sources: Sequence[str]) -> None:
        """Refuse what cannot be meant, before anything is read."""
        given, say = self.given, self.session.say
        if given["table"] and given["view"]:
            raise click.UsageError(say("Give either --table or --view, not both."))
        if given["output"] not in (None, STDIN):
            format_of(given["output"])
        if given["report"]:
            check_name(given["report"])
        read = [path for each in sources for path in files_of(each)]
        for path in (given["output"], given["report"]):
            if path not in (None, STDIN):
                refuse_input(path, [*read, *filter(None, [given["mapping"]])])
                check_place(path)

    def answer(self, sources: Sequence[str]) -> int:
        """Ask, write what is wanted, and say how many may be closed."""
        opening = Opening(
            self.question.model,
            self.mapping,
            zone=self.given["zone"],
            backend=self.given["backend"] or "",
            memory=self.given["memory"] or "",
            threads=self.given["threads"] or 0,
            write=bool(self.given["table"] or self.given["view"]),
            tell=self.tell,
        )
        with self.progress as progress:
            database = opening.open(sources)
            try:
                progress.stage(0.35, steps=5)
                evaluation = self.evaluation(database)
                progress.stage(0.5)
                summary = evaluation.summary()
                progress.stage(1.0)
                self.write(evaluation)
            finally:
                database.close()
        self.print(summary, evaluation)
        return 1 if summary.blocked or summary.undetermined else 0

    def evaluation(self, database: Any) -> Evaluation:
        """The question put to the database."""
        is_duck = database.dialect.name == "duckdb"
        if is_duck:
            database.progress = self.progress.show
        kind = DuckEvaluation if is_duck else Evaluation
        evaluation = kind(self.question, database, mapping=self.mapping, zone=self.given["zone"])
        for problem, path in evaluation.source.notices:
            self.tell(problem, path)
        return evaluation

    def tell(self, problem: Problem, path: str) -> None:
        """Say what is odd in a source although it can be used."""
        self.session.tell(failures.problem_line(problem, path, self.session))

    # ---- what is written ----

    def write(self, evaluation: Evaluation) -> None:
        """Files and tables."""
        output, records = self.given["output"], self.given["per"] == "opportunity"
        if output == STDIN:
            columns, rows = evaluation.records() if records else evaluation.rows(self.messages())
            write_text(sys.stdout, "jsonl", columns, rows)
        elif output is not None:
            write(evaluation, output, records=records, messages=self.messages(), progress=self.progress.show)
        name, path = self.given["table"] or self.given["view"], self.given["report"]
        if name:
            evaluation.create(name, view=bool(self.given["view"]))
        if path:
            chart = SummaryText(evaluation.summary(), self.session).chart(alone=path.lower().endswith(".svg"))
            write_atomic(path, chart)

    def messages(self) -> dict[str, Localizer]:
        """The columns of sentences, and their languages: those that were asked for on purpose."""
        tags = list(dict.fromkeys(self.given["locales"]))
        if len(tags) == 1:
            return {"message": self.session.localizer}
        localizers = [Localizer(tag, packs=self.given["packs"]) for tag in tags]
        return {f"message_{each.locale.replace('-', '_')}": each for each in localizers}

    # ---- what is printed ----

    def print(self, summary: Summary, evaluation: Evaluation) -> None:
        """The summary, where it is wanted."""
        # Findings on the standard output leave no room there for anything else.
        show = self.session.tell if self.given["output"] == STDIN else self.session.out
        if self.given["format_"] == "json":
            show(machine.text_of(self.envelope(summary, evaluation)))
            return
        silent = any(self.given[each] for each in ("output", "table", "view", "report"))
        if self.given["summary"] or not silent:
            show("\n".join(SummaryText(summary, self.session).lines()))
            if evaluation.pending:
                self.session.tell(self.pending(len(evaluation.pending)))
        for path in (self.given["output"], self.given["report"]):
            if path not in (None, STDIN):
                self.session.tell(self.session.say("{path} was written.", path=path))

    def pending(self, count: int) -> str:
        """What was not asked."""
        return self.session.say.plural(
            "{count} rule about the closing itself was not asked. Ask it with --as won or --as lost.",
            "{count} rules about the closing itself were not asked. Ask them with --as won or --as lost.",
            count=count,
        )

    def envelope(self, summary: Summary, evaluation: Evaluation) -> dict[str, Any]:
        """The summary for programs."""
        head = {
            "ruleset": self.question.rules.id,
            "digest": self.question.rules.digest,
            "locale": self.session.locale,
            "today": self.today.isoformat(),
            "zone": self.given["zone"],
            "asked": "record" if self.question.request is None else "closing",
        }
        counts = {name: getattr(summary, name) for name in ("total", "closable", "blocked", "undetermined")}
        rules = [each._asdict() for each in summary.rules]
        return machine.envelope("bulk", head, **counts, rules=rules, pending=list(evaluation.pending))
