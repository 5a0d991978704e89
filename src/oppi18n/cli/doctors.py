"""What `doctor` does: the holes of each catalog, as a compiler would tell them or for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oppi18n.cli import machine
from oppi18n.cli.failures import diagnosed, told
from oppi18n.cli.pagework import hint_of, message_of
from oppi18n.cli.progress import progress
from oppi18n.cli.session import Session, session
from oppi18n.errors import Oppi18nError

if TYPE_CHECKING:
    from oppi18n.diagnostics import Diagnostic
    from oppi18n.upkeep.doctor import Examined

_QUOTED: Final = 100
"""Findings of one file up to which each quotes its line."""


def examine_projects(paths: tuple[str, ...], format_: str) -> int:
    """The open holes; 3 if any is an error, 2 if a file cannot be read, 1 for warnings alone."""
    from oppi18n.upkeep.doctor import catalogs_in, examine

    current, is_machine = session(), format_ == "json"
    findings: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    count = status = 0
    files = catalogs_in(paths)
    for path in progress(files, quiet=current.verbosity < 0):
        try:
            found = examine(path)
        except Oppi18nError as error:
            status = max(status, error.exit_status)
            errors += machine.errors(error, path, current.localizer)
            if not is_machine:
                current.tell(f"oppi18n: {told(error, current)}", -1)
            continue
        count += len(found.diagnostics)
        status = max(status, _status(found))
        if is_machine:
            findings += (_finding(each, current) for each in found.diagnostics)
        else:
            _show(found, current)
    if is_machine:
        head = {"locale": current.locale, "files": len(files)}
        current.out(machine.text_of(machine.envelope("doctor", head, findings=findings, errors=errors)))
    else:
        current.tell(_summary(count, len(files), current))
    return status


def _status(found: Examined) -> int:
    if any(each.severity == "error" for each in found.diagnostics):
        return 3
    return 1 if found.diagnostics else 0


def _show(found: Examined, current: Session) -> None:
    text = found.text if len(found.diagnostics) <= _QUOTED else None
    for each in found.diagnostics:
        current.out(diagnosed(each, text, current))


def _summary(count: int, files: int, current: Session) -> str:
    say = current.say
    if count:
        return say.plural("{count} finding.", "{count} findings.", count=count)
    return say.plural("{count} file is clean.", "{count} files are clean.", count=files)


def _finding(diagnostic: Diagnostic, current: Session) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "check": diagnostic.code,
        "severity": diagnostic.severity,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "message": message_of(diagnostic, current),
        "suggestion": hint_of(diagnostic, current),
    }
