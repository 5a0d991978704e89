"""What lints answer: findings with their places, for people, programs, code hosts and build servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oppi18n.cli import machine
from oppi18n.cli.session import Session, safe

if TYPE_CHECKING:
    from oppi18n.checks.finding import Finding
    from oppi18n.diagnostics import Diagnostic, Span

FORMATS: Final = ("text", "json", "github", "sarif", "junit")
SEVERITIES: Final = ("error", "warning", "info")
"""From the worst to the mildest."""


class Told(NamedTuple):
    """A finding in the reader's language, and where it stands."""

    check: str
    severity: str
    span: Span
    message: str
    locale: str | None = None
    unit: str | None = None
    source: str | None = None
    target: str | None = None
    suggestion: str | None = None
    hint: str | None = None


class Asked(NamedTuple):
    """What was looked at: the numbers for the machine's answer, the texts of the files, what could not be read."""

    counts: Mapping[str, int]
    texts: Mapping[str, str]
    errors: Sequence[dict[str, Any]] = ()


def told(finding: Finding, span: Span, current: Session) -> Told:
    """A finding of a check."""
    from oppi18n.checks import checks

    check = next(each for each in checks() if each.name == finding.check)
    text, unit = check.texts[finding.code], finding.unit
    return Told(
        finding.check,
        finding.severity,
        span,
        current.localizer.coded(f"check/{finding.check}", finding.code, text, finding.params).text,
        locale=unit.locale,
        unit=unit.id,
        source=unit.source,
        target=finding.unit.targets[finding.form] if finding.form < len(unit.targets) else unit.target,
        suggestion=finding.suggestion,
        hint=_better(finding.suggestion, current),
    )


def _better(suggestion: str | None, current: Session) -> str | None:
    """What would be better, as a question; nothing where that cannot be seen."""
    from oppi18n.texts.diagnostics import HINTS

    if suggestion is None or not suggestion.strip():
        return None
    return current.localizer.coded("hint", "did-you-mean", HINTS["did-you-mean"], {"name": suggestion}).text


def told_diagnostic(diagnostic: Diagnostic, current: Session, locale: str | None = None) -> Told:
    """Something that is wrong with a file as such."""
    from oppi18n.texts.diagnostics import HINTS, TEXTS

    localizer, hint = current.localizer, diagnostic.hint
    message = localizer.coded("diagnostic", diagnostic.code, TEXTS[diagnostic.code], diagnostic.params).text
    advice = localizer.coded("hint", hint.code, HINTS[hint.code], hint.params).text if hint else None
    return Told(diagnostic.code, diagnostic.severity, diagnostic.span, message, locale=locale, hint=advice)


def worth_telling(found: Iterable[Told], least: str) -> list[Told]:
    """What is at least as bad as that, by place."""
    wanted = SEVERITIES[: SEVERITIES.index(least) + 1]
    kept = [each for each in found if each.severity in wanted]
    return sorted(kept, key=lambda each: (each.span, SEVERITIES.index(each.severity), each.check))


def status(found: Iterable[Told]) -> int:
    """The exit status: 3 for an error, 1 for a warning; what is merely good to know changes nothing."""
    severities = {each.severity for each in found}
    return 3 if "error" in severities else int("warning" in severities)


def answer(found: Sequence[Told], asked: Asked, format_: str, current: Session) -> None:
    """Print the answer."""
    _WRITERS[format_](found, asked, current)


# ---- for people ----


def _as_text(found: Sequence[Told], asked: Asked, current: Session) -> None:
    for each in found:
        current.out("\n".join(_lines(each, asked.texts.get(each.span.path), current)))
    say = current.say
    if found:
        current.tell(say.plural("{count} finding.", "{count} findings.", count=len(found)))


def _lines(told: Told, text: str | None, current: Session) -> Iterable[str]:
    from oppi18n.diagnostics import excerpt

    severity = current.style(told.severity, told.severity)
    yield f"{safe(str(told.span))}: {severity}[{told.check}] {told.message}"
    if text is not None:
        yield from ("    " + safe(line) for line in excerpt(told.span, text))
    if told.hint is not None:
        yield "    " + current.say("hint: {hint}", hint=told.hint)


# ---- for programs ----


def _as_json(found: Sequence[Told], asked: Asked, current: Session) -> None:
    head = {"locale": current.locale, **asked.counts}
    findings = [_finding(each) for each in found]
    current.out(
        machine.text_of(machine.envelope("lint", head, findings=findings, errors=list(asked.errors))),
    )


def _finding(told: Told) -> dict[str, Any]:
    span = told.span
    return {
        "check": told.check,
        "severity": told.severity,
        "locale": told.locale,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "unit": told.unit,
        "source": _printable(told.source),
        "target": _printable(told.target),
        "message": told.message,
        "suggestion": _printable(told.suggestion if told.suggestion is not None else told.hint),
    }


def _printable(text: str | None) -> str | None:
    # Half a character has no place in JSON text.
    return text if text is None or text.isascii() else text.encode(errors="replace").decode()


def _as_github(found: Sequence[Told], asked: Asked, current: Session) -> None:
    from oppi18n.proofs import annotations

    for each in found:
        line = annotations.line(each.severity, each.span, f"{each.check}: {_worded(each, current)}")
        current.out(line)


def _as_sarif(found: Sequence[Told], asked: Asked, current: Session) -> None:
    from oppi18n.checks import checks
    from oppi18n.checks.pages import summary
    from oppi18n.proofs import sarif

    about = {each.name: summary(each) for each in checks()}
    results = [
        sarif.Result(
            each.check, each.severity, each.span, _worded(each, current), replacement=_literal(each), unit=each.unit
        )
        for each in found
    ]
    current.out(machine.text_of(sarif.log(results, about, language=current.locale)))


def _as_junit(found: Sequence[Told], asked: Asked, current: Session) -> None:
    from oppi18n.proofs import lint_junit

    results = [lint_junit.Result(each.check, each.severity, each.span, _worded(each, current)) for each in found]
    current.out(lint_junit.junit(results, asked.texts))


def _literal(told: Told) -> str | None:
    """The suggestion, if it can be put into a file as it is; what has to be escaped there cannot."""
    found = told.suggestion
    return None if found is None or not found.isprintable() or {*found} & {*'"\\'} else found


def _worded(told: Told, current: Session) -> str:
    """The sentence with its advice, for answers that have no place of their own for it."""
    return told.message if told.hint is None else f"{told.message} {current.say('hint: {hint}', hint=told.hint)}"


_WRITERS: Final = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_github,
    "sarif": _as_sarif,
    "junit": _as_junit,
}
