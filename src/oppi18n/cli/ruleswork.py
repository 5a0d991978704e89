"""What the `rules` commands do: lint, run cases, evaluate; words here, work on the floors below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from oppi18n import packs as packing
from oppi18n.cli import failures, machine
from oppi18n.cli.session import Session, safe, session

if TYPE_CHECKING:
    from oppi18n.calculator import Answer
    from oppi18n.diagnostics import Diagnostic
    from oppi18n.proofs.runner import Result


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

    localizer, hint, span = current.localizer, diagnostic.hint, diagnostic.span
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
    }


def test_rules(rulesets: tuple[str, ...], wanted: str | None, packs: tuple[str, ...], format_: str) -> int:
    """Run cases; 4 if any of them failed."""
    from oppi18n.proofs.runner import run

    current = session()
    results: list[tuple[str, Result]] = []
    for name in rulesets or _rulesets_with_cases(packs):
        results += ((name, each) for each in run(name, packs=packs, filter=wanted))
    failed = [(name, each) for name, each in results if not each.passed]
    if format_ == "json":
        head = {"locale": current.locale, "cases": len(results), "failed": len(failed)}
        current.out(
            machine.text_of(machine.envelope("rules-test", head, results=[_outcome(*each) for each in results]))
        )
        return 4 if failed else 0
    say = current.say
    for name, result in failed:
        span = result.case.span
        current.out(current.style(f"{safe(str(span))}: {name}: {safe(result.case.name)}", "error"))
        for line in result.diff(say("expected"), say("found")).splitlines():
            current.out(f"    {safe(line)}")
    current.tell(_verdict(len(results), len(failed), current), -1 if failed else 0)
    return 4 if failed else 0


def _verdict(count: int, failed: int, current: Session) -> str:
    say = current.say
    if not count:
        return say("No case was run.")
    if failed:
        return say.plural(
            "{count} case failed, of {total}.", "{count} cases failed, of {total}.", count=failed, total=count
        )
    return say.plural("{count} case passed.", "{count} cases passed.", count=count)


def _rulesets_with_cases(packs: tuple[str, ...]) -> Iterator[str]:
    found = []
    for pack in [*(packing.named(name) for name in packs)] or [packing.shipped()]:
        for path in packing.files(pack, "rules", ".cases.yaml"):
            found.append(path.removeprefix("rules/").removesuffix(".cases.yaml"))
    return iter(dict.fromkeys(found))


def _outcome(ruleset: str, result: Result) -> dict[str, Any]:
    span = result.case.span
    return {
        "ruleset": ruleset,
        "rule": result.case.rule,
        "name": result.case.name,
        "path": span.path,
        "line": span.line,
        "passed": result.passed,
        "differences": [each._asdict() for each in result.differences],
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
