"""What `oppi18n store` does: words here, work in the room of databases."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from oppi18n.cli import machine, options
from oppi18n.cli.bulkprogress import Progress
from oppi18n.cli.destination import refuse_input
from oppi18n.cli.failures import problem_line, told
from oppi18n.cli.session import safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import draft

if TYPE_CHECKING:
    from oppi18n.model.facts import Facts, Problem
    from oppi18n.model.schema import Model
    from oppi18n.store import Store

_RULESET: Final = "close-opportunity"
_MOST_ERRORS: Final = 1000
"""Errors after which a file is not read on."""
_SELDOM: Final = 100_000


def _opened(given: dict[str, Any], *, to_fill: bool = False) -> Store:
    model = options.rules_of(_RULESET, given["packs"], ()).model
    try:
        from oppi18n.store import Store
        from oppi18n.store.database import file_of
    except ModuleNotFoundError as error:
        raise InputError("library-missing", library=str(error.name), extra="store") from None
    path = file_of(given["database"])
    if path and not to_fill and not os.path.exists(path):
        raise InputError("not-found", path=path)
    return Store.open(given["database"], model)


def load_files(files: tuple[str, ...], given: dict[str, Any]) -> int:
    """Load files; all of them or none."""
    current = session()
    with _opened(given, to_fill=True) as store, Progress(current) as progress, _little_collected():
        progress.stage(1.0)
        count = store.load(_Files(files, given, store.model, progress).facts(), replace=given["replace"])
    current.tell(
        current.say.plural("{count} opportunity was loaded.", "{count} opportunities were loaded.", count=count)
    )
    return 0


@contextmanager
def _little_collected() -> Iterator[None]:
    """Records come and go by thousands and none refers to itself, so looking for such garbage seldom is enough."""
    usual = gc.get_threshold()
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Files:
    """The facts in files, and how far they have been read; what is wrong with any of them is told."""

    def __init__(self, files: tuple[str, ...], given: dict[str, Any], model: Model, progress: Progress) -> None:
        self.files = files
        self.given = given
        self.model = model
        self.progress = progress
        self.errors: list[Oppi18nError] = []

    def facts(self) -> Iterator[Facts]:
        """The facts up to the first error; the last error is raised in the end, the others are told before."""
        sizes = [os.path.getsize(path) if os.path.isfile(path) else 0 for path in self.files]
        done, whole = 0, sum(sizes) or 1
        for path, size in zip(self.files, sizes, strict=True):
            try:
                yield from self._facts_of(path, done / whole, size / whole)
            except Oppi18nError as error:
                self._note(error)
            done += size
        if self.errors:
            raise self.errors[-1]

    def _facts_of(self, path: str, before: float, share: float) -> Iterator[Facts]:
        from oppi18n.readers.streams import stream

        def tell(problem: Problem) -> None:
            self._tell(problem_line(problem, path, session()))

        found = stream(
            path,
            model=self.model,
            zone=self.given["zone"],
            companions=(self.given["quotes"],) if self.given["quotes"] else (),
            watch=lambda part: self.progress.show(0, before + share * part),
            tell=tell,
        )
        for outcome in found:
            if isinstance(outcome, Oppi18nError):
                self._note(outcome)
                if len(self.errors) >= _MOST_ERRORS:
                    return
            elif not self.errors:
                yield outcome

    def _note(self, error: Oppi18nError) -> None:
        if self.errors:
            self._tell(told(self.errors[-1], session()))
        self.errors.append(error)

    def _tell(self, text: str) -> None:
        with self.progress.speaking:
            if self.progress.width:
                self.progress.put("")
                click.echo("\r", nl=False, err=True)
            session().tell(text, -1)


def export_file(given: dict[str, Any]) -> int:
    """Write the database out."""
    current, output = session(), given["output"]
    kind = os.path.splitext(output)[1].lower()
    if kind not in (".json", ".csv"):
        raise InputError("bulk-output", path=output, known=".json, .csv")
    if kind == ".json" and given["quotes"]:
        raise InputError("companion-unused", path=output)
    refuse_input(output, [given["database"], *filter(None, [given["quotes"]])])
    with _opened(given) as store:
        lists = [each.of for each in store.model.records[store.model.root].lists]
        names = [store.model.root, *(lists if given["quotes"] else [])]
        paths = dict(zip(names, filter(None, (output, given["quotes"])), strict=False))
        with Progress(current) as progress:
            count = _write(store, paths, as_table=kind == ".csv", progress=progress)
    current.tell(
        current.say.plural("{count} opportunity was written.", "{count} opportunities were written.", count=count)
    )
    return 0


def _write(store: Store, paths: dict[str, str], *, as_table: bool, progress: Progress) -> int:
    """Write one look at the database; the files take their places when all of them are whole."""
    from oppi18n.store.export import as_csv, as_json, look_at

    with ExitStack() as stack:
        look = stack.enter_context(look_at(store))
        total = look.count()
        for number, (name, path) in enumerate(paths.items(), 1):
            progress.stage(number / len(paths))
            file = stack.enter_context(_drafted(path))
            done = 0
            for count, text in as_csv(look, name) if as_table else as_json(look):
                file.write(text)
                done += count
                progress.show(number, done / (total or 1))
    return total


@contextmanager
def _drafted(path: str) -> Iterator[TextIO]:
    with draft(path) as place, open(place, "w", encoding="utf-8", newline="") as file:
        yield file


def show_audit(given: dict[str, Any]) -> int:
    """Show the log."""
    current = session()
    with _opened(given) as store:
        for entry in store.audit.entries(given["wanted"] or ""):
            if given["format_"] == "jsonl":
                current.out(machine.line_of({**asdict(entry), "codes": list(entry.codes)}))
            else:
                codes = f" · {' '.join(entry.codes)}" if entry.codes else ""
                current.out(safe(f"{entry.at} · {entry.who} · {entry.opportunity} · {entry.outcome}{codes}"))
    return 0


def erase_entries(given: dict[str, Any]) -> int:
    """Erase entries of the log."""
    current = session()
    conditions = [given["before"], given["wanted"], given["person"]]
    # An empty text is a variable of the shell that is not set; it would not be one condition less.
    if "" in conditions or conditions == [None, None, None]:
        raise click.UsageError(current.say("Say which entries: give --before, --opportunity or --person."))
    with _opened(given) as store:
        before = given["before"].isoformat() if given["before"] else None
        count = store.audit.erase(who=given["who"], before=before, opportunity=given["wanted"], person=given["person"])
    current.tell(current.say.plural("{count} entry was erased.", "{count} entries were erased.", count=count))
    return 0
