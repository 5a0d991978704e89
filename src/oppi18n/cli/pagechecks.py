"""What `docs verify`, `repair` and `collapse` do: words here, work in the room of pages."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import click

from oppi18n.cli.pagework import Pages, hint_of, message_of, save
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.docs.findings import Finding
    from oppi18n.docs.page import Page

STDOUT: Final = "-"


def verify_pages(paths: tuple[str, ...], format_: str) -> int:
    """Everything wrong with pages; 1 if there is something."""
    from oppi18n.docs.verify import verify

    pages = Pages(paths, format_)
    findings: list[dict[str, Any]] = []
    count = units = read = 0
    for _, page in pages:
        read, units = read + 1, units + len(page.pairs)
        for finding in verify(page):
            count += 1
            if pages.is_machine:
                findings.append(_finding(finding, page, pages.session))
            else:
                _show(finding, page, pages.session)
    if pages.is_machine:
        pages.answer("verify", units=units, pages=read, findings=findings)
    else:
        pages.session.tell(_summary(count, read, pages.session))
    return pages.status(found=bool(count))


def _show(finding: Finding, page: Page, current: Session) -> None:
    from oppi18n.cli.failures import diagnosed

    current.out(diagnosed(finding.diagnostic, page.text, current))


def _summary(count: int, pages: int, current: Session) -> str:
    say = current.say
    if count:
        return say.plural("{count} finding.", "{count} findings.", count=count)
    return say.plural("{count} page is sound.", "{count} pages are sound.", count=pages)


def _finding(finding: Finding, page: Page, current: Session) -> dict[str, Any]:
    from oppi18n.docs import front

    diagnostic, pair = finding
    span = diagnostic.span
    return {
        "check": diagnostic.code,
        "severity": diagnostic.severity,
        "locale": front.value(page, front.LOCALE),
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "unit": pair.number if pair else None,
        "source": printable(page.source(pair)) if pair else None,
        "target": printable(page.target(pair)) if pair else None,
        "message": message_of(diagnostic, current),
        "suggestion": hint_of(diagnostic, current),
    }


def printable(text: str) -> str:
    """A text of a page as JSON can hold it: half a character has no place there."""
    return text.encode(errors="replace").decode() if not text.isascii() else text


def repair_pages(paths: tuple[str, ...], *, check: bool, format_: str) -> int:
    """Mend what is mechanical; 1 if something would have to be, and nothing was to be written."""
    from oppi18n.docs.repair import edits_of, repaired

    pages = Pages(paths, format_)
    results = []
    for file, page in pages:
        mended = repaired(page)
        if mended is page:
            continue
        try:
            if file.path == STDIN:
                raise InputError("stdin-in-place")
            if not check:
                save(file.path, mended.content)
        except Oppi18nError as error:
            pages.fail(error, file.path)
            continue
        found = Counter(edit.code for edit in edits_of(page))
        results.append({"path": file.path, "mended": dict(sorted(found.items())), "written": not check})
        if not pages.is_machine:
            _tell_mended(file.path, check, pages.session)
    if pages.is_machine:
        pages.answer("repair", pages=len(pages.files), results=results)
    return pages.status(found=check and bool(results))


def _tell_mended(path: str, check: bool, current: Session) -> None:
    say = current.say
    if check:
        current.out(say("{path} can be mended.", path=safe(path)))
    else:
        current.tell(say("{path} was mended.", path=safe(path)))


def collapse_pages(paths: tuple[str, ...], side: str, output: str | None) -> int:
    """The plain pages of bilingual ones: one on the standard output, or all of them in a folder."""
    from oppi18n.cli.destination import refuse_input
    from oppi18n.docs.collapse import to_source, to_target

    pages, current = Pages(paths), session()
    collapse = to_target if side == "target" else to_source
    if len(pages.files) > 1 and output in (None, STDOUT):
        raise click.UsageError(current.say("Several pages need a folder: give --output."))
    is_folder = output is not None and _is_folder(output, several=len(pages.files) > 1)
    for file, page in pages:
        content = collapse(page)
        if output is None or output == STDOUT:
            click.echo(content, nl=False)
            continue
        path = os.path.join(output, *file.key.split("/")) if is_folder else output
        try:
            refuse_input(path, [file.path])
            save(path, content)
        except Oppi18nError as error:
            pages.fail(error, file.path)
            continue
        current.tell(current.say("{path} was written.", path=safe(path)), 1)
    return pages.status(found=False)


def _is_folder(path: str, *, several: bool) -> bool:
    return several or path.endswith(("/", os.sep)) or os.path.isdir(path)
