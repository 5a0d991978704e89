"""What the commands on pages have in common: reading them one by one, whatever one of them is like."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from oppi18n.cli import machine
from oppi18n.cli.progress import progress
from oppi18n.cli.session import Session, session
from oppi18n.errors import InputError, Oppi18nError

if TYPE_CHECKING:
    from oppi18n.diagnostics import Diagnostic
    from oppi18n.docs.folders import PageFile
    from oppi18n.docs.originals import Original, Originals
    from oppi18n.docs.page import Page


class Pages:
    """The pages of a run. What cannot be read is told, or kept for the machine's answer, and the rest goes on."""

    def __init__(
        self, paths: tuple[str, ...], format_: str = "text", *, files: Iterable[PageFile] | None = None
    ) -> None:
        from oppi18n.docs.folders import page_files

        self.session: Session = session()
        self.is_machine = format_ != "text"
        self.errors: list[dict[str, Any]] = []
        self.failed = False
        self.files: tuple[PageFile, ...] = tuple(page_files(paths) if files is None else files)

    def __iter__(self) -> Iterator[tuple[PageFile, Page]]:
        from oppi18n.docs.folders import read_page

        for file in progress(self.files, quiet=self.session.verbosity < 0):
            try:
                page = read_page(file)
            except Oppi18nError as error:
                self.fail(error, file.path)
                continue
            yield file, page

    def fail(self, error: Oppi18nError, path: str) -> None:
        """Note an error; the run ends with 2, after everything else."""
        self.failed = True
        if self.is_machine:
            self.errors += machine.errors(error, path, self.session.localizer)
        else:
            from oppi18n.cli.failures import told

            self.session.tell(f"oppi18n: {told(error, self.session)}", -1)

    def status(self, *, found: bool) -> int:
        """The exit status: 2 if something could not be read or written, 1 if something was found."""
        return 2 if self.failed else int(found)

    def answer(self, kind: str, **rest: Any) -> None:
        """Print the machine's answer."""
        head = {"locale": self.session.locale}
        self.session.out(machine.text_of(machine.envelope(kind, head, **rest, errors=self.errors)))


def message_of(diagnostic: Diagnostic, current: Session) -> str:
    """The sentence of a diagnostic in the reader's language."""
    from oppi18n.texts.diagnostics import TEXTS

    return current.localizer.coded("diagnostic", diagnostic.code, TEXTS[diagnostic.code], diagnostic.params).text


def hint_of(diagnostic: Diagnostic, current: Session) -> str | None:
    """The sentence of its hint; None if it has none."""
    from oppi18n.texts.diagnostics import HINTS

    hint = diagnostic.hint
    return None if hint is None else current.localizer.coded("hint", hint.code, HINTS[hint.code], hint.params).text


def english_of(file: PageFile, originals: Originals | None) -> Original | None:
    """The English page of a page, where English pages were named."""
    return None if originals is None else originals.of(file)


def originals_in(folder: str | None) -> Originals | None:
    """The English pages of a folder, if one was named."""
    from oppi18n.docs.originals import Originals

    return None if folder is None else Originals(folder)


def save(path: str, content: bytes) -> None:
    """Write a file, and the folders that it lies in.

    Raises InputError `not-writable`, `is-a-folder`.
    """
    from oppi18n.files import write_atomic

    folder = os.path.dirname(path)
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError("not-writable", path=folder, reason=error.strerror or str(error)) from None
    write_atomic(path, content)
