"""What the `rules` commands do: lint, evaluate; words here, work on the floors below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from oppi18n.cli import failures, machine
from oppi18n.cli.session import Session, session

if TYPE_CHECKING:
    from oppi18n.calculator import Answer
    from oppi18n.diagnostics import Diagnostic


def lint_rules(paths: tuple[str, ...], packs: tuple[str, ...], format_: str) -> int:
    """Everything wrong with rule files; 3 if any of it is an error, 1 for warnings alone."""
    from oppi18n.proofs.linting import lint

    current = session()
    report = lint(paths, packs=packs)
    if format_ == "json":
        findings = [_finding(each, current) for each in report.diagnostics]
        head = {"locale": current.locale, "files": len(report.texts)}
        current.out(machine.text_of(machine.envelope("lint", head, findings=findings)))
    else:
        for each in report.diagnostics:
            current.out(failures.diagnosed(each, report.texts.get(each.span.path), current))
        current.tell(_summary(report.diagnostics, len(report.texts), current))
    if any(each.severity == "error" for each in report.diagnostics):
        return 3
    return 1 if report.diagnostics else 0


def _summary(diagnostics: Iterable[Diagnostic], files: int, current: Session) -> str:
    count = len(list(diagnostics))
    say = current.say
    if not count:
        return say.plural("{count} file is clean.", "{count} files are clean.", count=files)
    return say.plural("{count} finding.", "{count} findings.", count=count)


def _finding(diagnostic: Diagnostic, current: Session) -> dict[str, Any]:
    from oppi18n.texts.diagnostics import HINTS, TEXTS

    localizer, hint, span, related = current.localizer, diagnostic.hint, diagnostic.span, diagnostic.related
    return {
        "check": diagnostic.code,
        "severity": diagnostic.severity,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": localizer.coded("diagnostic", diagnostic.code, TEXTS[diagnostic.code], diagnostic.params).text,
        "suggestion": localizer.coded("hint", hint.code, HINTS[hint.code], hint.params).text if hint else None,
        "related": {"path": related.path, "line": related.line, "column": related.column} if related else None,
    }


def eval_expression(expression: str, facts: str | None) -> int:
    """Print the value of an expression; 1 if it has none."""
    from oppi18n.calculator import calculate
    from oppi18n.readers.json_text import parse

    current = session()
    data: object = {}
    if facts is not None:
        from oppi18n.files import read_text

        data = parse(read_text(facts), facts)
    answer = calculate(expression, data)
    current.out(machine.line_of(_worded(answer, current)))
    return 0 if answer.known else 1


def _worded(answer: Answer, current: Session) -> object:
    """The answer as JSON, its messages in the reader's language."""
    from oppi18n.errors import TEXTS

    if answer.diagnostics:
        first, *rest = (_mistake(each, current) for each in answer.diagnostics)
        return {"error": {**first, "more": rest} if rest else first}
    if answer.error:
        code = f"value-{answer.error}"
        return {
            "error": {"code": answer.error, "message": current.localizer.coded("error", code, TEXTS[code], {}).text}
        }
    return answer.json


def _mistake(diagnostic: Diagnostic, current: Session) -> dict[str, Any]:
    found = _finding(diagnostic, current)
    told = {"code": found["check"], "message": found["message"], "line": found["line"], "column": found["column"]}
    return {**told, "hint": found["suggestion"]} if found["suggestion"] else told
