"""The pytest plugin: the cases of named packs become tests, and so do their catalogs.

It does nothing until a suite names packs, in the ini option `oppi18n_packs` or by `--oppi18n-pack`:

    [tool.pytest.ini_options]
    oppi18n_packs = ["./src/contoso"]
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from oppi18n.packs import Pack
    from oppi18n.proofs.cases import Case
    from oppi18n.proofs.runner import Programs, Result, Speakers
    from oppi18n.proofs.suites import Suite

OPTION: Final = "--oppi18n-pack"
INI: Final = "oppi18n_packs"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("oppi18n", "oppi18n: rules and catalogs")
    group.addoption(
        OPTION,
        action="append",
        default=[],
        metavar="NAME|FOLDER",
        help="test the rule cases and the catalogs of this pack; may be repeated, later packs lie on top",
    )
    parser.addini(INI, "packs whose rule cases and catalogs are tested: names, or folders beside this file", "linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Note the packs that are tested, and have pytest look for their files."""
    packs = list(_packs(config))
    if packs:
        config.stash[NAMED] = NamedPacks(packs)
        if config.getoption(OPTION) or config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args.extend(_unseen([place for pack in packs for place in _places(pack)], config))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of cases, or a catalog, of a pack that is tested."""
    named = parent.config.stash.get(NAMED, None)
    if named is None:
        return None
    pack = named.pack_of(file_path)
    if pack is None:
        return None
    if file_path.name.endswith(".cases.yaml"):
        return CasesFile.from_parent(parent, path=file_path)
    if file_path.suffix == ".po":
        return CatalogFile.from_parent(parent, path=file_path, pack=pack)
    return None


def _packs(config: pytest.Config) -> Iterator[Pack]:
    here = config.inipath.parent if config.inipath else config.rootpath
    for names, folder in ((config.getini(INI), here), (config.getoption(OPTION), config.invocation_params.dir)):
        for name in names:
            yield _pack(name, folder)


def _pack(name: str, folder: Path) -> Pack:
    from oppi18n import packs
    from oppi18n.errors import InputError

    is_folder = "/" in name or os.sep in name or name in (os.curdir, os.pardir)
    try:
        found = packs.named(Path(os.path.normpath(folder / name)) if is_folder else name)
    except InputError as error:
        raise pytest.UsageError(f"{INI}: {error}") from None
    if not os.path.isdir(found.rules):
        raise pytest.UsageError(f"{INI}: the pack {name} lies in an archive, where pytest collects nothing")
    return found


def _places(pack: Pack) -> list[str]:
    return [pack.rules, pack.locales] if pack.locales and os.path.isdir(pack.locales) else [pack.rules]


def _unseen(places: Sequence[str], config: pytest.Config) -> Iterator[str]:
    """The folders that no argument leads to yet."""
    seen = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args]
    for place in places:
        if not any(Path(place).resolve().is_relative_to(each) for each in seen):
            yield place


class NamedPacks:
    """The packs that are tested; they are read once, when the first of their files is."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = packs
        self._suites: list[tuple[Suite, Programs, Speakers]] | None = None

    def pack_of(self, path: Path) -> Pack | None:
        """The pack that a file belongs to."""
        for pack in self.packs:
            if any(path.resolve().is_relative_to(Path(place).resolve()) for place in _places(pack)):
                return pack
        return None

    def cases(self, path: Path) -> Iterator[tuple[Case, Programs, Speakers]]:
        """The cases of a file, each with what judges it and who speaks."""
        for suite, programs, speakers in self.suites():
            for case in suite.cases:
                if os.path.samefile(case.span.path, path):
                    yield case, programs, speakers

    def suites(self) -> list[tuple[Suite, Programs, Speakers]]:
        """The rulesets that the packs have cases for."""
        from oppi18n.proofs.runner import Programs, Speakers
        from oppi18n.proofs.suites import suites

        if self._suites is None:
            self._suites = [(each, Programs(each), Speakers(each.layers)) for each in suites(packs=self.packs)]
        return self._suites


NAMED: Final = pytest.StashKey[NamedPacks]()


class Failed(Exception):
    """A test failed; its text is all that there is to tell."""


class _Item(pytest.Item):
    """A test whose failure is told in its own words, without a traceback."""

    line = 0

    @property
    def title(self) -> str:
        """What stands above a failure. It must not be the name itself: of that, pytest turns dots into colons."""
        return f"{self.path.name}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **options: Any) -> Any:
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *arguments, **options)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line, self.title


class CasesFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterator[CaseItem]:
        from oppi18n.errors import Oppi18nError

        try:
            found = list(self.config.stash[NAMED].cases(self.path))
        except Oppi18nError as error:
            raise self.CollectError(str(error)) from None
        for case, programs, speakers in found:
            yield CaseItem.from_parent(self, name=case.name, case=case, programs=programs, speakers=speakers)


class CaseItem(_Item):
    """A case."""

    def __init__(self, *, case: Case, programs: Programs, speakers: Speakers, **options: Any) -> None:
        super().__init__(**options)
        self.case = case
        self.programs = programs
        self.speakers = speakers
        self.line = case.span.line - 1

    def runtest(self) -> None:
        """Judge the case, and fail with the difference."""
        from oppi18n.proofs.runner import judged

        result: Result
        for result in judged([self.case], self.programs, self.speakers):
            if not result.passed:
                raise Failed(result.diff())


class CatalogFile(pytest.File):
    """A catalog."""

    def __init__(self, *, pack: Pack, **options: Any) -> None:
        super().__init__(**options)
        self.pack = pack

    def collect(self) -> Iterator[CatalogItem]:
        from oppi18n.i18n import catalogs, locales
        from oppi18n.proofs.catalogs import CHECKS

        folder = self.path.parent.parent.name
        if f"locales/{folder}/{self.path.parent.name}/{self.path.name}" == catalogs.relative_path(locales.tag(folder)):
            for name in CHECKS:
                yield CatalogItem.from_parent(self, name=name, pack=self.pack, locale=locales.tag(folder))


class CatalogItem(_Item):
    """Something that is asked of a catalog."""

    def __init__(self, *, pack: Pack, locale: str, **options: Any) -> None:
        super().__init__(**options)
        self.pack = pack
        self.locale = locale

    @property
    def title(self) -> str:
        """The locale tells one catalog from another."""
        return f"{self.path.name} ({self.locale}): {self.name}"

    def runtest(self) -> None:
        """Look for faults, and fail with all of them."""
        from oppi18n.errors import Oppi18nError
        from oppi18n.proofs.catalogs import CHECKS

        try:
            faults = list(CHECKS[self.name](self.pack, self.locale))
        except Oppi18nError as error:
            raise Failed(str(error)) from None
        if faults:
            raise Failed("\n".join(faults))
