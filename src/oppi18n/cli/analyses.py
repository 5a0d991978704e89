"""What `rules analyse` prints: what each rule can do, what is wrong with it, and the smallest record that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from oppi18n.analysis.analyse import TODAY, analyse, decided
from oppi18n.analysis.results import BREAKS, FEWER_RECORDS, UNDECIDED
from oppi18n.analysis.sources import is_path, laid, sourced
from oppi18n.cli import machine, options
from oppi18n.cli.samples import flow, sample_lines
from oppi18n.cli.session import Session, safe, session
from oppi18n.i18n.localizer import Localizer
from oppi18n.widths import display_width, pad, wrap

if TYPE_CHECKING:
    from oppi18n.analysis.judges import Form
    from oppi18n.analysis.results import Analysis, Conflict, NotAnalysed, RuleReport, Smallest, Stuck
    from oppi18n.analysis.subject import Subject
    from oppi18n.i18n.speech import Text

SHOWN: Final = 4
"""Values that are named for people; the others are counted."""


def analyse_rules(asked: tuple[str, ...], given: Mapping[str, Any]) -> int:
    """Analyse rulesets; 1 if a rule is dead or always fails, or a remedy is at odds with a rule."""
    current = session()
    settings = options.parsed_settings(given["settings"])
    named = [each for each in asked if not is_path(each)]
    found = [sourced(each, given["packs"]) for each in asked if is_path(each)]
    if named or not asked:
        found.append(laid(named, given["packs"]))
    subjects = [subject for each in found for subject in each.subjects(settings)]
    today = given["today"] or TODAY
    reports = [AnalysisReport(subject, analyse(subject, today=today), current) for subject in subjects]
    if given["format_"] == "json":
        results = [analysis_json(each) for each in reports]
        current.out(machine.text_of(machine.envelope("analysis", {"locale": current.locale}, results=results)))
    else:
        current.out("\n\n".join("\n".join(each.lines()) for each in reports))
    return 0 if all(each.analysis.clean for each in reports) else 1


class Findings:
    """Words what was found out about one ruleset: what is wrong with it, and what hangs together."""

    def __init__(self, subject: Subject, analysis: Analysis, current: Session) -> None:
        self.subject = subject
        self.analysis = analysis
        self.session = current
        self.say = current.say
        self.localizer = Localizer(current.locale, packs=subject.packs) if subject.packs else current.localizer

    def _findings(self) -> Iterator[str]:
        say, analysis = self.say, self.analysis
        for rule in analysis.dead:
            yield from self._told(say("The rule {rule} never fails.", rule=rule), "error")
        for rule in analysis.always:
            yield from self._told(say("The rule {rule} fails wherever it applies.", rule=rule), "error")
        for conflict in analysis.conflicts:
            yield from self._told(self._conflict(conflict), "error")
            yield from sample_lines(conflict.example, self.session, indent=4, today=analysis.today)
        if analysis.clean:
            yield from self._told(
                say("Every rule can fail and can pass, and no remedy is at odds with a rule."), "good"
            )

    def _conflict(self, conflict: Conflict) -> str:
        rule, name = conflict.rule, conflict.remedy
        if conflict.kind == BREAKS:
            return self.say(
                "Where {rule} fails, the remedy {name} makes {other} fail, which passed before:",
                rule=rule,
                name=name,
                other=conflict.breaks,
            )
        return self.say(
            "The remedy {name} does not help: {rule} fails as before wherever it is applied, as here:",
            rule=rule,
            name=name,
        )

    def _implications(self) -> Iterator[str]:
        for rule in self.analysis.rules:
            others = list(self.analysis.implied_by(rule))
            if not others:
                continue
            if all(self.analysis.rules[other].severity == "info" for other in others):
                sentence = self.say("Wherever {rule} fails, these fail as well: {rules}", rule=rule, rules=others)
            else:
                sentence = self.say(
                    "{rule} has no record of its own: wherever it fails, these fail as well: {rules}",
                    rule=rule,
                    rules=others,
                )
            yield from self._told(sentence, "warning")

    def _stuck_states(self) -> Iterator[str]:
        if not self.analysis.stuck:
            return
        yield from self._told(self.say("No request and no remedy helps a record with one of these values:"), "")
        for stuck in self.analysis.stuck:
            labels = " · ".join(self._label(pointer) for pointer in stuck.fields)
            sentence = self.say("{label}: {value}", label=labels, value=self._values(stuck))
            yield from self._wrapped(f"- {sentence}", 4)
            rules = list(stuck.rules)
            yield from self._wrapped(self.say("in the way: {rules}", rules=rules), 6)

    def _values(self, stuck: Stuck) -> str:
        rows = [
            " · ".join(self._value(pointer, value) for pointer, value in zip(stuck.fields, row, strict=True))
            for row in stuck.written()
        ]
        if len(rows) <= SHOWN:
            return ", ".join(rows)
        return self.say("{values} and {count} more", values=", ".join(rows[:SHOWN]), count=len(rows) - SHOWN)

    def _value(self, pointer: str, value: Any) -> str:
        if value is None:
            return self.localizer.not_given()
        field = self.subject.model.field_at(pointer)
        if field is not None and field.type == "enumeration":
            return self.localizer.value(self.subject.model, field.of, value).text
        return safe(flow(value))

    def _label(self, pointer: str) -> str:
        _, record, name = pointer.split("/")
        return self.localizer.label(self.subject.model, record, name).text

    def _gaps(self) -> Iterator[str]:
        if not self.analysis.not_analysed:
            return
        yield from self._told(self.say("Not tried to the end:"), "warning")
        for gap in self.analysis.not_analysed:
            yield from self._wrapped("- " + gap_sentence(gap, self.session), 4)

    def _told(self, sentence: str, style: str) -> Iterator[str]:
        for line in self._wrapped(sentence, 2):
            yield self.session.style(line, style) if style else line

    def _wrapped(self, text: str, indent: int) -> Iterator[str]:
        for line in wrap(text, self.session.width - indent):
            yield " " * indent + line


class AnalysisReport(Findings):
    """Words the analysis of one ruleset."""

    def lines(self) -> Iterator[str]:
        """Everything about one ruleset."""
        analysis, bound = self.analysis, self.analysis.bound
        yield self.session.style(analysis.ruleset, "strong")
        yield from self._wrapped(
            self.say(
                "Tried: lists of up to {count} records, up to {limit} states of a rule, with {today} as today. "
                "“Never” means: not among these.",
                count=bound.records,
                limit=bound.states,
                today=analysis.today,
            ),
            2,
        )
        yield from ("", *self._table(), "")
        yield from self._findings()
        yield from self._implications()
        yield from self._stuck_states()
        yield from self._gaps()
        yield from self._smallest_records()

    def _table(self) -> Iterator[str]:
        say = self.say
        head = [say("Rule"), say("fails"), say("passes"), say("unknown"), say("not applicable")]
        rows = [head]
        for each in self.analysis.rules.values():
            can = (each.can_fail, each.can_pass, each.can_be_unknown, each.can_be_not_applicable)
            rows.append([each.id, *("✓" if answer else "–" for answer in can)])
        widths = [max(display_width(row[column]) for row in rows) for column in range(len(head))]
        for row in rows:
            yield "  " + "  ".join(pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()

    def _smallest_records(self) -> Iterator[str]:
        yield from ("", *self._wrapped(self.say("The smallest record on which each rule fails, and what it says:"), 2))
        for report in self.analysis.rules.values():
            for each in report.smallest:
                yield ""
                title = " · ".join(filter(None, (each.rule, self._form(report, each.form))))
                yield "  " + self.session.style(title, "strong")
                yield from self._wrapped(self.message(each).text, 4)
                yield from sample_lines(each.example, self.session, indent=4, today=self.analysis.today)
                if each.others:
                    yield from self._wrapped(self.say("These fail as well: {rules}", rules=list(each.others)), 4)
            if report.can_fail and report.unsaid:
                forms = [self._form(report, form) for form in report.unsaid]
                sentence = self.say("{rule} is never told in these forms: {names}", rule=report.id, names=forms)
                yield from ("", *self._wrapped(sentence, 2))

    def _form(self, report: RuleReport, form: Form) -> str:
        """What sets a form apart, if the message has several."""
        if len(report.smallest) + len(report.unsaid) == 1:
            return ""
        return f"{form.category} · {self.say('partly loaded')}" if form.partial else form.category

    def message(self, smallest: Smallest) -> Text:
        """What the rule says of its smallest record."""
        decision = decided(self.subject, smallest.example)
        return self.localizer.violation(next(each for each in decision.violations if each.rule == smallest.rule))


def gap_sentence(gap: NotAnalysed, current: Session) -> str:
    """What was not tried to the end, in a sentence."""
    say, names = current.say, list(gap.names)
    if gap.reason == FEWER_RECORDS:
        return say("{rule}: its lists were tried with fewer records than it tells apart.", rule=names[0])
    if gap.reason == UNDECIDED:
        return say("whether the remedy {name} helps {rule}: its effect is never certain", rule=names[0], name=names[1])
    sentences = {
        "rule": say("what {names} can do: there are too many states", names=names),
        "alone": say("whether {names} can fail alone", names=names),
        "implications": say("what {names} implies, and what implies it", names=names),
        "no-help": say("whether a remedy helps: {names}", names=names),
        "breaks": say("whether a remedy breaks another rule: {names}", names=names),
        "stuck": say("whether there is a way out for {names}", names=names),
        "plan": say("whether the way out of {names} is another one", names=names),
    }
    return sentences[gap.what]


# ---- for machines ----


def analysis_json(report: AnalysisReport) -> dict[str, Any]:
    """An analysis as JSON data."""
    analysis = report.analysis
    return {
        "ruleset": analysis.ruleset,
        "digest": analysis.digest,
        "today": analysis.today.isoformat(),
        "bound": analysis.bound._asdict(),
        "clean": analysis.clean,
        "rules": [_rule(each, report) for each in analysis.rules.values()],
        "implications": [each._asdict() for each in analysis.implications],
        "conflicts": [_conflict(each) for each in analysis.conflicts],
        "stuck": [
            {
                "fields": list(each.fields),
                "values": each.written(),
                "rules": list(each.rules),
                "record": each.example.written(),
            }
            for each in analysis.stuck
        ],
        "not_analysed": [gap_json(each) for each in analysis.not_analysed],
    }


def gap_json(gap: NotAnalysed) -> dict[str, Any]:
    """What was not tried to the end, as JSON data."""
    return {"what": gap.what, "names": list(gap.names), "reason": gap.reason}


def _rule(each: RuleReport, report: AnalysisReport) -> dict[str, Any]:
    return {
        "rule": each.id,
        "severity": each.severity,
        "fails": each.can_fail,
        "passes": each.can_pass,
        "unknown": each.can_be_unknown,
        "not_applicable": each.can_be_not_applicable,
        "dead": each.dead,
        "always": each.always,
        "implied_by": list(report.analysis.implied_by(each.id)),
        "states": each.states,
        "whole": each.whole,
        "smallest": [_smallest(found, report) for found in each.smallest],
        "unsaid": [form._asdict() for form in each.unsaid],
    }


def _smallest(each: Smallest, report: AnalysisReport) -> dict[str, Any]:
    text = report.message(each)
    return {
        **each.form._asdict(),
        "record": each.example.written(),
        "others": list(each.others),
        "undecided": list(each.unknown),
        "message": text.text,
        "locale": text.locale,
    }


def _conflict(each: Conflict) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "rule": each.rule,
        "remedy": each.remedy,
        "breaks": each.breaks or None,
        "record": each.example.written(),
    }
