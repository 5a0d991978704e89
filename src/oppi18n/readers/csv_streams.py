"""Tables of any length: rows are read one by one, and those of a second file are found by where they stand in it."""

from __future__ import annotations

import csv
import io
import mmap
import os
import stat
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from oppi18n.errors import InputError
from oppi18n.files import STDIN, read_bytes
from oppi18n.model.facts import DataError, Problem
from oppi18n.readers.csvs import Opportunity, Row, Table, duplicate, key_in
from oppi18n.readers.inputs import Input, Outcome
from oppi18n.readers.pieces import lines_of, pieces_of, text_pieces

_BOM: Final = b"\xef\xbb\xbf"
_NONE: Final = -1


def rows_of_csv(file: Input, pieces: Iterable[str]) -> Iterator[Outcome]:
    """The facts of each row with its rows of a companion file; what spoils them may come out after them."""
    if len(file.companions) > 1:
        raise InputError("too-many-companions", path=file.path, limit=1, count=len(file.companions))
    table = Table(file.path, lines_of(pieces, file.path), file.model.records[file.model.root])
    table.prepare(file.model, file.zone)
    file.notices += table.notices
    children = None
    if file.companions:
        table.require("id")
        children = _Index(file, table)
        file.notices += children.table.notices
    seen: dict[str, int] = {}
    for row in table.body:
        key = key_in(table, row)
        first = seen.setdefault(key, row.number) if key else row.number
        problems = list(table.ragged_in(row)) if len(row.cells) != len(table.header) else []
        if first != row.number:
            problems.append(duplicate(table, row, Row(first, 0, row.cells)))
        yield Opportunity(file, table, row, children).outcome(problems)
    if children:
        problems = children.problems_after()
        if problems:
            yield DataError(tuple(problems), children.table.name)


class _Index:
    """Where the rows of a second file stand, by the opportunity that they name."""

    def __init__(self, file: Input, parents: Table) -> None:
        self.field = next(file.model.records[file.model.root].lists)
        record = file.model.records[self.field.of]
        back = (file.model.root, f"_{parents.record.fields['id'].dataverse}_value")
        path = file.companions[0]
        self.content = _content(path)
        self.at = len(_BOM) if self.content[:3] == _BOM else 0
        pieces = text_pieces(path) if isinstance(self.content, mmap.mmap) else pieces_of(self.content, path)
        self.table = Table(path, self._counted(lines_of(pieces, path)), record, back=back, prefix=f"{path}#")
        self.table.require(back[0])
        self.table.prepare(file.model, file.zone)
        self.back = back[0]
        self.problems: list[Problem] = []
        self.starts, self.before, self.lines = array("q"), array("q"), array("q")
        self.hashes = array("q")
        self.last: dict[str, int] = {}
        self._fill()
        self.complete = not self.problems

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.at += len(line) if line.isascii() else len(line.encode())
            yield line

    def _fill(self) -> None:
        table, last, start, width = self.table, self.last, self.at, len(self.table.header)
        back, own = table.fields[self.back], table.fields.get("id")
        for number, line, cells in table.body:
            self.starts.append(start)
            self.lines.append(line)
            start = self.at
            if len(cells) != width:
                self.problems += table.ragged_in(Row(number, line, cells))
                self.before.append(_NONE)
                self.hashes.append(0)
                continue
            key = cells[back].lower()
            self.before.append(last.get(key, _NONE))
            last[key] = number
            identity = "" if own is None else cells[own]
            self.hashes.append(hash(identity.lower()) if identity else 0)
        self.starts.append(start)

    def rows_of(self, key: str) -> Sequence[Row]:
        """The rows that name an opportunity, which asks for them once."""
        return self._rows(self.last.pop(key, _NONE)) if key else ()

    def shared_of(self, key: str) -> Sequence[Problem]:
        """Nobody knows before the end."""
        return ()

    def _rows(self, last: int) -> list[Row]:
        """The rows of a chain, in the order of the file."""
        chain = []
        while last != _NONE:
            chain.append(last)
            last = self.before[last]
        return self._found(chain[::-1])

    def _found(self, numbers: Sequence[int]) -> list[Row]:
        """Rows by their numbers."""
        content, starts = self.content, self.starts
        texts = [content[starts[number] : starts[number + 1]].decode(errors="replace") for number in numbers]
        try:
            rows = self._split(texts)
        except csv.Error:
            raise InputError("changed-meanwhile", path=self.table.name) from None
        if any(len(cells) != len(self.table.header) for cells in rows) or len(rows) != len(numbers):
            raise InputError("changed-meanwhile", path=self.table.name)
        return [Row(number, self.lines[number], cells) for number, cells in zip(numbers, rows, strict=True)]

    def _split(self, texts: Sequence[str]) -> list[list[str]]:
        try:
            return list(csv.reader(texts, strict=True))
        except csv.Error:
            # Blank lines stand before one of them.
            lines = io.StringIO("".join(texts), newline="")
            return [cells for cells in csv.reader(lines, strict=True) if cells]

    def problems_after(self) -> list[Problem]:
        """What is wrong with rows that cannot be told apart, and with those of no opportunity."""
        for key in list(self.last):
            for row in self._rows(self.last[key]):
                params = {
                    "opportunity": self.table.cell(row, self.back) or "",
                    "quote": self.table.cell(row, "id") or "",
                }
                self.problems.append(Problem("orphan-quote", self.table.pointer(row, self.back), params, row.line, 1))
        self.problems += self._shared()
        return sorted(self.problems, key=lambda each: each.line)

    def _shared(self) -> Iterator[Problem]:
        """Ids that rows of two opportunities have; those of one are seen with it."""
        ordered = sorted(self.hashes)
        twice = {one for one, other in pairwise(ordered) if one == other and one}
        seen: dict[str, tuple[str, Row]] = {}
        for number in (number for number, found in enumerate(self.hashes) if found in twice):
            [row] = self._found([number])
            parent = (self.table.cell(row, self.back) or "").lower()
            other, first = seen.setdefault(key_in(self.table, row), (parent, row))
            if other != parent:
                yield duplicate(self.table, row, first)


def _content(path: str) -> bytes | mmap.mmap:
    """The bytes of a file, which stay on the disk if it is one."""
    try:
        found = os.stat(path) if path != STDIN else None
        if found is None or not stat.S_ISREG(found.st_mode) or not found.st_size:
            return read_bytes(path)
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        # It says what is wrong.
        return read_bytes(path)
