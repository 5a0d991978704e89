"""A memory is built of files: those that have not changed are taken over, and the same files make the same bytes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, Self

from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import write_atomic
from oppi18n.memory import packing
from oppi18n.memory.memory import Memory
from oppi18n.memory.storage import APPLICATION, COLUMNS, TABLES, VERSION
from oppi18n.memory.texts import normal, stems
from oppi18n.units.unit import Unit

_VALUE: Final = re.compile(r"[^/]+/model/[^/]+/[^/]+:[^/]+/label")
"""The context of a label of a value: such names keep texts apart."""
_MARKS: Final = {name: ", ".join("?" * count) for name, count in COLUMNS.items()}

Fail = Callable[[Oppi18nError, str], None] | None


class Origin(NamedTuple):
    """A file to remember: its path, a stamp that changes with what is read from it, and the reading itself."""

    path: str
    stamp: bytes
    read: Callable[[], Iterable[Unit]]


class Built(NamedTuple):
    """What building did: how many files were read and how many taken over, how many units there are.

    `left_out` counts translations with characters that no database holds; `written` is false where nothing changed.
    """

    read: int
    kept: int
    units: int
    left_out: int
    written: bool


def build(
    path: str | os.PathLike[str],
    origins: Iterable[Origin],
    *,
    fail: Fail = None,
) -> Built:
    """Make the memory at `path` hold exactly these files; afterwards there is the new memory or the old one.

    A file that cannot be read is told to `fail` and left out; without that, its error ends the work.
    Raises InputError: those of `Memory` for what lies there and is no memory, `not-writable`, and what reading raises.
    """
    wanted = sorted({each.path: each for each in origins}.values(), key=lambda each: each.path)
    try:
        old = Memory(path)
    except InputError as error:
        if error.code != "not-found":
            raise
        content, built = _made(wanted, None, fail)
    else:
        # Some systems replace no file that is open.
        with old:
            if old.stamps == {each.path: each.stamp for each in wanted}:
                return Built(0, len(wanted), len(old), 0, False)
            content, built = _made(wanted, old, fail)
    write_atomic(path, content)
    return built


def _made(wanted: Sequence[Origin], old: Memory | None, fail: Fail) -> tuple[bytes, Built]:
    stamps = old.stamps if old is not None else {}
    read = kept = 0
    with _Writing() as writing:
        for origin in wanted:
            if old is not None and stamps.get(origin.path) == origin.stamp:
                kept += 1
                writing.add(origin, old.units(origin.path))
                continue
            try:
                units = list(origin.read())
            except Oppi18nError as error:
                if fail is None:
                    raise
                fail(error, origin.path)
                continue
            read += 1
            writing.add(origin, units)
        return writing.content(), Built(read, kept, writing.count, writing.left_out, True)


class _Writing:
    """One memory being written; it is made in the machine's own memory, and goes to the disk whole."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.texts: dict[tuple[str, str | None, str], int] = {}
        self.names: set[str] = set()
        self.files = self.units = self.count = self.left_out = 0
        for statement in (
            f"PRAGMA application_id = {APPLICATION}",
            f"PRAGMA user_version = {VERSION}",
            *TABLES,
            "BEGIN",
        ):
            self.connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ending: object) -> None:
        self.connection.close()

    def add(self, origin: Origin, units: Iterable[Unit]) -> None:
        """The translations of a file: no guesses, no gaps, nothing without a source."""
        self.files += 1
        self._insert("files", [(self.files, origin.path, origin.stamp)])
        for unit in units:
            texts = (unit.source or "", unit.plural or "", *unit.targets)
            if not unit.is_translated or not unit.locale or not all(each.strip() for each in (texts[0], *unit.targets)):
                continue
            if any(map(packing.is_unspeakable, (*texts, unit.id, unit.context, unit.locale, unit.source_locale))):
                self.left_out += 1
                continue
            self.count += 1
            if _VALUE.fullmatch(unit.context):
                self.names.add(texts[0])
            self._insert("units", [self._row(each, part=part) for part, each in enumerate((unit, *_forms(unit)))])

    def content(self) -> bytes:
        """The bytes of the file."""
        places: dict[str, list[int]] = defaultdict(list)
        self._insert("texts", self._texts(places))
        words = enumerate(sorted(places), 1)
        self._insert("words", ((number, word, packing.packed(places[word])) for number, word in words))
        self._insert("names", enumerate(sorted(self.names), 1))
        self.connection.execute("COMMIT")
        return self.connection.serialize()

    def _texts(self, places: dict[str, list[int]]) -> Iterator[tuple[object, ...]]:
        """The texts; on the way, the places of their words are noted."""
        for (source, plural, language), number in self.texts.items():
            bare = normal(packing.joined(source, plural))
            yield number, source, plural, language, bare
            for stem in stems(bare):
                places[stem].append(number)

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        self.connection.executemany(f"INSERT INTO {table} VALUES ({_MARKS[table]})", rows)

    def _row(self, unit: Unit, *, part: int) -> tuple[object, ...]:
        self.units += 1
        text = self.texts.setdefault((unit.source or "", unit.plural, unit.source_locale), len(self.texts) + 1)
        place = unit.place.line, unit.place.column
        about = unit.id, unit.locale, unit.context, unit.markup, unit.origin, unit.state
        return self.units, self.files, text, *about, json.dumps(unit.targets, ensure_ascii=False), *place, int(part > 0)


def _forms(unit: Unit) -> tuple[Unit, ...]:
    """The forms of a unit with a plural, each as a unit of its own: the first and the last of its translations."""
    if unit.plural is None:
        return ()
    one = replace(unit, plural=None, targets=unit.targets[:1])
    return one, replace(one, source=unit.plural, targets=unit.targets[-1:])


STAMP_OF_READING: Final = f"memory {VERSION}".encode()
"""Part of every stamp: what an older version read is read again."""
