"""What `docs lint` does: pages are read in all their languages together, and their findings told like those of catalogs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from oppi18n.cli import linting
from oppi18n.cli.linting import Asked, Told
from oppi18n.cli.pagework import Pages, originals_in

if TYPE_CHECKING:
    from oppi18n.checks.background import Background
    from oppi18n.checks.exemptions import Exemption
    from oppi18n.docs.folders import PageFile
    from oppi18n.docs.linting import Located
    from oppi18n.docs.originals import Original, Originals
    from oppi18n.docs.page import Page


def lint_pages(paths: tuple[str, ...], given: dict[str, Any]) -> int:
    """Everything that is wrong with translations in pages; 3 for errors, 1 for warnings, 2 if one cannot be read."""
    from oppi18n.docs.linting import background_of, groups
    from oppi18n.packs import named

    accepted = _accepted(given["exceptions"])
    background = background_of([named(each) for each in given["packs"]])
    pages = Pages(paths, given["format_"])
    pages.files = tuple(each for group in groups(pages.files) for each in group)
    run = _Run(pages, background, originals_in(given["source"]), given["severity"])
    told, excused = run.told(accepted)
    counts = {"units": run.units, "pages": run.pages} | ({"excused": excused} if accepted else {})
    linting.answer(told, Asked(counts, run.texts, pages.errors), given["format_"], pages.session)
    if not told and not pages.is_machine and not pages.failed:
        clean = pages.session.say.plural("{count} page is sound.", "{count} pages are sound.", count=run.pages)
        pages.session.tell(clean)
    return max(linting.status(told), pages.status(found=False))


def _accepted(path: str | None) -> tuple[Exemption, ...]:
    from oppi18n.checks import exemptions
    from oppi18n.files import read_text
    from oppi18n.source import Source

    return () if path is None else exemptions.read(Source(path, read_text(path)))


class _Run:
    """One look at many pages: only the texts of those with findings are kept."""

    def __init__(self, pages: Pages, background: Background, originals: Originals | None, severity: str) -> None:
        self._pages = pages
        self._background = background
        self._originals = originals
        self._severity = severity
        self.units = 0
        self.pages = 0
        self.texts: dict[str, str] = {}

    def told(self, accepted: tuple[Exemption, ...]) -> tuple[list[Told], int]:
        """The findings that are worth telling, and how many others were accepted."""
        from oppi18n.checks import exemptions

        found: list[Told] = []
        excused = 0
        unused = set(range(len(accepted)))
        for each in self._located():
            excusing = {number for number, one in enumerate(accepted) if one.excuses(each.finding)}
            unused -= excusing
            excused += bool(excusing)
            if not excusing:
                found.append(linting.told(each.finding, each.span, self._pages.session))
        idle = [accepted[number] for number in sorted(unused)]
        rest = exemptions.sort((), idle, (), complete=not self._pages.failed).unused
        found += (linting.told_diagnostic(each, self._pages.session) for each in rest)
        return linting.worth_telling(found, self._severity), excused

    def _located(self) -> Iterator[Located]:
        from oppi18n.docs.crowd import lint_all, processes_for
        from oppi18n.docs.linting import texts_of

        processes = processes_for(len(self._pages.files))
        for group, result in lint_all(self._groups(), self._background, processes=processes):
            self.units += result.units
            self.texts.update(texts_of([page for page, _ in group], result.findings))
            yield from result.findings

    def _groups(self) -> Iterator[list[tuple[Page, Original | None]]]:
        """The translations of each page, with their English pages."""
        from oppi18n.docs.linting import is_english, page_of

        for _, found in groupby(self._pages, key=lambda each: page_of(each[0].path)):
            group = list(found)
            self.pages += len(group)
            english = next((page for _, page in group if is_english(page)), None)
            yield [(page, self._original(file, english)) for file, page in group if page is not english]

    def _original(self, file: PageFile, english: Page | None) -> Original | None:
        from oppi18n.docs.originals import Original, hash_of

        found = self._originals.of(file) if self._originals is not None else None
        if found is None and english is not None:
            found = Original(english.path, english.content, hash_of(english.content))
        return found
