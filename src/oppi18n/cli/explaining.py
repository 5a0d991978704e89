"""What `rules explain` prints: a rule in words, and what it says in every language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from oppi18n import packs as packing
from oppi18n.analysis.analyse import TODAY, decided
from oppi18n.cli import machine, options
from oppi18n.cli.samples import sample_lines
from oppi18n.cli.session import Session, safe, session
from oppi18n.diagnostics import Span
from oppi18n.engine.decision import SettingInfo
from oppi18n.i18n import locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text
from oppi18n.proofs.explaining import Explanation, Wording, explain
from oppi18n.rules.ruleset import Expression
from oppi18n.widths import display_width, pad, wrap


def explain_rule(name: str, ruleset: str, packs: tuple[str, ...], settings: tuple[str, ...], format_: str) -> int:
    """Explain one rule."""
    current = session()
    layers = [packing.named(each) for each in packs if each != packing.OURS]
    found = explain(name, ruleset, packs=layers, settings=options.parsed_settings(settings))
    report = RuleReport(found, {tag: Localizer(tag, packs=layers) for tag in locales.PRODUCT}, current)
    if format_ == "json":
        head = {"ruleset": found.subject.ruleset.id, "digest": found.subject.digest, "locale": current.locale}
        current.out(machine.text_of(machine.envelope("rules-explain", head, **explanation_json(report))))
    else:
        current.out("\n".join(report.lines()))
    return 0


class RuleReport:
    """Words an explanation; `speakers` are the localizers of all languages."""

    def __init__(self, found: Explanation, speakers: dict[str, Localizer], current: Session) -> None:
        self.found = found
        self.rule = found.rule
        self.model = found.subject.model
        self.rules = found.subject.whole()
        self.speakers = speakers
        self.localizer = speakers[current.locale]
        self.session = current
        self.say = current.say

    def lines(self) -> Iterator[str]:
        """Everything about the rule."""
        yield self.session.style(f"{self.rule.id} · {self.found.subject.ruleset.id}", "strong")
        for sentence in (*self._what(), *self._where()):
            yield from self._wrapped(sentence, 2)
        yield from self._titled(self.say("What the expressions read:"), self._reads())
        yield from self._titled(self.say("Settings:"), map(self._setting, self.settings()))
        yield from self._titled(self.say("What would help:"), map(self._remedy, self.rule.remedies))
        yield from self._titled(self.say("Cases that show it:"), self._cases())
        yield ""
        yield from self._wrapped(self.say("What it says, and the smallest record that makes it say so:"), 2)
        for wording in self.found.wordings:
            yield from self._wording(wording)

    # ---- what it demands ----

    def _what(self) -> Iterator[str]:
        say, rule = self.say, self.rule
        yield {
            "error": say("An error: as long as the rule fails, the answer is no."),
            "warning": say("A warning: the rule forbids nothing."),
            "info": say("A note: the rule forbids nothing."),
        }[rule.severity]
        if not self.found.enabled:
            yield say("It is switched off.")
        if rule.when is not None:
            yield say("It applies where: {expression}", expression=written(rule.when))
        yield say(
            "This must not hold: {expression}" if rule.negated else "This must hold: {expression}",
            expression=written(rule.condition),
        )
        if rule.reads_request:
            yield say("It is asked only when a whole closing is asked about.")

    def _where(self) -> Iterator[str]:
        say, rule = self.say, self.rule
        first, last = rule.effective
        if first and last:
            yield say("It is in force from {first} to {last}.", first=first, last=last)
        elif first:
            yield say("It is in force from {first} on.", first=first)
        elif last:
            yield say("It is in force until {last}.", last=last)
        if rule.applies_to:
            names = [self.localizer.deployment(self.model, name).text for name in rule.applies_to]
            yield say("It holds for these deployments: {names}", names=names)
        if rule.source:
            yield say("It is based on: {source}", source=rule.source)
        if rule.dataverse:
            yield say("Code of Dataverse: {code}", code=f"0x{rule.dataverse:08x}")
        if rule.at is not None:
            yield say("It points at: {expression}", expression=written(rule.at.over))
        origin, place = rule.origin, str(rule.span)
        told = {"ruleset": origin.ruleset, "pack": origin.pack, "place": place}
        yield say("It comes from the ruleset {ruleset} of the pack {pack}: {place}", **told)

    def _reads(self) -> Iterator[str]:
        for name, text in self.found.lets.items():
            yield f"{name} = {safe(' '.join(text.split()))}"
        for record, field in self.found.fields:
            yield f"{record}.{field} · {self.localizer.label(self.model, record, field).text}"

    def settings(self) -> list[SettingInfo]:
        """The settings that the rule reads."""
        return [self.rules.declared[name] for name in self.found.settings]

    def _setting(self, setting: SettingInfo) -> str:
        value = safe(_value(setting.value))
        return " · ".join(filter(None, (f"{setting.name} = {value}", self.localizer.setting(setting).text)))

    def _remedy(self, name: str) -> str:
        return f"{name} · {self.localizer.remedy(self.rules.remedies[name]).text}"

    def _cases(self) -> Iterator[str]:
        say = self.say
        words = {
            "fails": say("fails"),
            "passes": say("passes"),
            "unknown": say("is not decided"),
            "pending": say("was not asked"),
        }
        width = max(map(display_width, words.values()))
        for case in self.found.cases:
            yield f"{pad(words[case.shows], width)}  {safe(case.name)}"

    # ---- what it says ----

    def _wording(self, wording: Wording) -> Iterator[str]:
        form = wording.form
        if len(self.found.wordings) > 1:
            title = f"{form.category} · {self.say('partly loaded')}" if form.partial else form.category
            yield from ("", "  " + self.session.style(title, "strong"))
        if wording.smallest is not None:
            yield from sample_lines(wording.smallest.example, self.session, indent=4, today=TODAY)
        for tag, text in self.sentences(wording):
            shown = text.text if text.locale == tag else f"[{text.locale}] {text.text}"
            first, *more = wrap(shown, self.session.width - 11)
            yield f"    {pad(tag, 5)}  {first}"
            yield from (" " * 11 + line for line in more)
        if wording.smallest is not None and wording.smallest.others:
            others = list(wording.smallest.others)
            yield from self._wrapped(self.say("These fail as well: {rules}", rules=others), 4)

    def sentences(self, wording: Wording) -> Iterator[tuple[str, Text]]:
        """What the rule says of the smallest record in each language; without a record, the message as it is written."""
        if wording.smallest is None:
            yield from ((tag, self._template(wording, speaker)) for tag, speaker in self.speakers.items())
            return
        decision = decided(self.found.subject, wording.smallest.example)
        violation = next(each for each in decision.violations if each.rule == self.rule.id)
        yield from ((tag, speaker.violation(violation)) for tag, speaker in self.speakers.items())

    def _template(self, wording: Wording, speaker: Localizer) -> Text:
        message, form = self.found.message, wording.form
        forms = message.partial if form.partial else message.forms
        context = f"{message.context}/partial" if form.partial else message.context
        one, other = forms.get("one", forms["other"]), forms["other"] if "one" in forms else ""
        count = 1 if form.category == "one" else 2
        return speaker.text(one, context=context, plural=other, count=count, language=message.language)

    # ---- lines ----

    def _titled(self, title: str, lines: Iterator[str]) -> Iterator[str]:
        found = list(lines)
        if found:
            yield from ("", *self._wrapped(title, 2))
            for line in found:
                first, *more = wrap(line, self.session.width - 6)
                yield f"    - {first}"
                yield from (" " * 6 + each for each in more)

    def _wrapped(self, text: str, indent: int) -> Iterator[str]:
        for line in wrap(text, self.session.width - indent):
            yield " " * indent + line


def _value(value: Any) -> str:
    return value if isinstance(value, str) else machine.line_of(value)


def written(expression: Expression) -> str:
    """An expression on one line."""
    return " ".join(expression.text.split())


# ---- for machines ----


def explanation_json(report: RuleReport) -> dict[str, Any]:
    """An explanation as JSON data."""
    found, rule = report.found, report.rule
    return {
        "rule": rule.id,
        "severity": rule.severity,
        "enabled": found.enabled,
        "source": rule.source or None,
        "dataverse": f"0x{rule.dataverse:08x}" if rule.dataverse else None,
        "asked": "closing" if rule.reads_request else "record",
        "when": written(rule.when) if rule.when else None,
        "condition": {"key": "forbid" if rule.negated else "assert", "expression": written(rule.condition)},
        "at": written(rule.at.over) if rule.at else None,
        "effective": {"from": _day(rule.effective[0]), "until": _day(rule.effective[1])},
        "deployments": [
            {"name": name, **_text(report.localizer.deployment(report.model, name))} for name in rule.applies_to
        ],
        "origin": {"pack": rule.origin.pack, "ruleset": rule.origin.ruleset, **_place(rule.span)},
        "lets": found.lets,
        "fields": [
            {"field": f"{record}.{name}", **_text(report.localizer.label(report.model, record, name))}
            for record, name in found.fields
        ],
        "settings": [_setting(each, report) for each in report.settings()],
        "remedies": [_remedy(name, report) for name in rule.remedies],
        "cases": [{"name": case.name, "shows": case.shows, **_place(case.span)} for case in found.cases],
        "wordings": [_wording(each, report) for each in found.wordings],
    }


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "line": span.line}


def _setting(setting: SettingInfo, report: RuleReport) -> dict[str, Any]:
    return {
        "setting": setting.name,
        "type": setting.type,
        "value": setting.value,
        "default": setting.default,
        **_text(report.localizer.setting(setting)),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _text(text: Text) -> dict[str, str]:
    return {"text": text.text, "locale": text.locale}


def _remedy(name: str, report: RuleReport) -> dict[str, Any]:
    remedy = report.rules.remedies[name]
    return {"remedy": name, "cost": remedy.cost, "ask": list(remedy.ask), **_text(report.localizer.remedy(remedy))}


def _wording(wording: Wording, report: RuleReport) -> dict[str, Any]:
    smallest = wording.smallest
    return {
        "category": wording.form.category,
        "partial": wording.form.partial,
        "template": wording.template,
        "record": smallest.example.written() if smallest else None,
        "others": list(smallest.others) if smallest else [],
        "messages": [
            {"language": tag, "message": text.text, "locale": text.locale} for tag, text in report.sentences(wording)
        ],
    }
