"""What `docs trace` says: which sentences back which rules, in all languages, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from oppi18n.cli import options
from oppi18n.cli.pagechecks import printable
from oppi18n.cli.pagework import Pages
from oppi18n.cli.session import Session, safe
from oppi18n.i18n import locales
from oppi18n.widths import pad, wrap

if TYPE_CHECKING:
    from oppi18n.docs.tracing.pages import Sentence
    from oppi18n.docs.tracing.trace import Contradiction, RuleTrace, Trace

_COLUMN = 9
"""Where texts begin beside the name of their language."""


def trace_rules(rule: str, given: dict[str, Any]) -> int:
    """Trace the rules, or one of them; 1 for contradictions and references that lead nowhere."""
    from oppi18n.docs.tracing.pages import sentences_of
    from oppi18n.docs.tracing.trace import trace

    pages = Pages(given["pages"], given["format_"])
    found = trace(
        sentences_of(pages),
        rule=rule,
        rulesets=given["rulesets"],
        packs=given["packs"],
        settings=options.parsed_settings(given["settings"]),
    )
    if pages.is_machine:
        results = [_result(each) for each in found.rules]
        pages.answer("trace", results=results, untraced=[_sentence(each) for each in found.untraced])
    else:
        pages.session.out("\n".join(Report(found, pages.session, is_whole=not rule).lines()))
    return pages.status(found=not found.is_clean)


class Report:
    """Words a trace; a whole one names each rule in a few lines, that of a single rule has all its languages."""

    def __init__(self, found: Trace, current: Session, *, is_whole: bool) -> None:
        self.found = found
        self.session = current
        self.say = current.say
        self.is_whole = is_whole

    def lines(self) -> Iterator[str]:
        """Everything about the rules."""
        from oppi18n.docs.tracing.trace import ABSENT, UNBACKED

        for each in self.found.rules:
            if not self.is_whole or each.sentences or not each.is_clean:
                yield from self._rule(each)
        house = [each for each in self.found.rules if each.state in (UNBACKED, ABSENT)] if self.is_whole else []
        yield from self._titled(self.say("No sentence of these pages backs these rules:"), map(_named, house))
        untraced = self.found.untraced if self.is_whole else ()
        stated = (f"{safe(each.reference)}  {safe(each.text)}" for each in untraced)
        yield from self._titled(self.say("No rule states these sentences:"), stated)
        if self.is_whole:
            yield from self._wrapped(self._summary(), 0)

    def _summary(self) -> str:
        rules = self.found.rules
        return self.say(
            "Of {total} rules, {backed} are backed by a sentence, {broken} name one that is not there, {contradictions} contradict one.",
            total=len(rules),
            backed=sum(bool(each.sentences) for each in rules),
            broken=sum(bool(each.missing) for each in rules),
            contradictions=sum(bool(each.contradictions) for each in rules),
        )

    def _rule(self, traced: RuleTrace) -> Iterator[str]:
        yield self.session.style(f"{traced.rule.id} · {traced.ruleset}", "strong")
        if not self.is_whole:
            yield from self._wrapped(safe(traced.rule.source), 2)
        for sentence in traced.sentences:
            if self.is_whole:
                yield from self._beside(sentence.reference, safe(sentence.text), "")
            else:
                yield f"  {safe(sentence.reference)} · {safe(str(sentence.place))}"
        if not self.is_whole:
            yield from self._languages(traced)
        for problem in self._problems(traced):
            yield from self._wrapped(self.session.style(problem, "error"), 2)
        yield ""

    def _languages(self, traced: RuleTrace) -> Iterator[str]:
        for tag, message in traced.messages.items():
            shown = message.text if message.locale == tag else f"[{message.locale}] {message.text}"
            yield from self._beside(tag, safe(shown), "strong")
            for sentence in traced.sentences:
                version = sentence.version(tag)
                text = sentence.text if tag == locales.SOURCE else version.text if version else "–"
                yield from self._beside("", safe(text), "")

    def _problems(self, traced: RuleTrace) -> Iterator[str]:
        for reference in traced.missing:
            yield self.say("{reference} is not in its page.", reference=safe(reference))
        yield from (self._contradiction(each, traced) for each in traced.contradictions)

    def _contradiction(self, each: Contradiction, traced: RuleTrace) -> str:
        values = {
            "reference": safe(each.sentence.reference),
            "said": list(map(safe, each.page_values)),
            "found": list(map(safe, each.rule_values)),
            "rule": traced.rule.id,
        }
        return {
            "names": self.say("{reference} speaks of {said}, but {rule} of {found}.", **values),
            "polarity": self.say("{reference} and {rule} say the opposite of {found}.", **_only(values, "said")),
            "beyond": self.say("{reference} forbids only {said}, but {rule} forbids {found}.", **values),
        }[each.kind]

    def _beside(self, name: str, text: str, style: str) -> Iterator[str]:
        width = max(_COLUMN, len(name) + 4)
        first, *more = wrap(text, self.session.width - width) or [""]
        shown = self.session.style(pad(name, width - 2), style) if style else pad(name, width - 2)
        yield f"  {shown}{first}"
        yield from (" " * width + line for line in more)

    def _titled(self, title: str, lines: Iterator[str]) -> Iterator[str]:
        found = list(lines)
        if found:
            yield from self._wrapped(title, 0)
            for line in found:
                yield from self._wrapped(line, 2)
            yield ""

    def _wrapped(self, text: str, indent: int) -> Iterator[str]:
        for line in wrap(text, self.session.width - indent):
            yield " " * indent + line


def _only(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _named(traced: RuleTrace) -> str:
    return " · ".join(filter(None, (traced.rule.id, traced.ruleset, safe(traced.rule.source))))


# ---- for machines ----


def _result(traced: RuleTrace) -> dict[str, Any]:
    return {
        "rule": traced.rule.id,
        "ruleset": traced.ruleset,
        "severity": traced.rule.severity,
        "in_force": traced.in_force,
        "source": traced.rule.source or None,
        "state": traced.state,
        "missing": list(traced.missing),
        "messages": [
            {"language": tag, "message": text.text, "locale": text.locale} for tag, text in traced.messages.items()
        ],
        "sentences": [_sentence(each) for each in traced.sentences],
        "contradictions": [
            {
                "kind": each.kind,
                "reference": each.sentence.reference,
                "page_values": list(each.page_values),
                "rule_values": list(each.rule_values),
            }
            for each in traced.contradictions
        ],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "reference": sentence.reference,
        "numbers": list(sentence.numbers),
        "source": printable(sentence.text),
        "path": sentence.place.path,
        "line": sentence.place.line or None,
        "versions": [
            {
                "language": each.locale,
                "target": printable(each.text),
                "path": each.place.path,
                "line": each.place.line or None,
            }
            for each in sentence.versions
        ],
    }
