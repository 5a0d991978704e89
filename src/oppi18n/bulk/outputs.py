"""Findings and records go into files: whole ones, or none at all."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from errno import EACCES, ENOENT
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from oppi18n.bulk import backends
from oppi18n.bulk.duck import DuckEvaluation
from oppi18n.bulk.rows import json_value
from oppi18n.errors import InputError
from oppi18n.files import draft

if TYPE_CHECKING:
    from oppi18n.bulk.evaluation import Evaluation
    from oppi18n.i18n.localizer import Localizer

FORMATS: Final = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""Format by ending."""
_STEP: Final = 1_000
_REASON: Final = re.compile(r':\s*([^"\\{}]+)')

Progress = Callable[[int, float], None]
"""Hears which statement is how far."""


def no_progress(statement: int, done: float) -> None:
    """Nobody is watching."""


def format_of(path: str) -> str:
    """The format that a file's name asks for; InputError `bulk-output` if it is none of ours.

    >>> format_of("findings.parquet")
    'parquet'
    """
    found = FORMATS.get(Path(path).suffix.lower())
    if found is None:
        raise InputError("bulk-output", path=path, known=tuple(FORMATS))
    return found


def write(
    evaluation: Evaluation,
    path: str,
    *,
    records: bool = False,
    messages: Mapping[str, Localizer] | None = None,
    progress: Progress = no_progress,
) -> None:
    """Write the findings of an evaluation, or a row per record; whatever goes wrong, no part of a file is left."""
    format_ = format_of(path)
    with draft(path) as place, _telling_of(place):
        if not isinstance(evaluation, DuckEvaluation):
            _write_rows(evaluation, place, format_, records, messages, progress)
        elif records:
            evaluation.copy_records(place, format_)
        else:
            evaluation.copy(place, format_, messages)


def check_place(path: str) -> None:
    """Refuse a place that cannot be written to, as far as that is known before.

    Raises InputError: `is-a-folder`, `not-writable`.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise InputError("is-a-folder", path=path)
    found = ENOENT if not os.path.isdir(folder) else 0 if os.access(folder, os.W_OK) else EACCES
    if found:
        raise InputError("not-writable", path=path, reason=os.strerror(found))


@contextmanager
def _telling_of(place: str) -> Iterator[None]:
    """A database that cannot write a draft tells of it by a name that nobody has given to any file."""
    try:
        yield
    except InputError as error:
        _, named, rest = str(error.params.get("reason", "")).partition(os.path.basename(place))
        if not named:
            raise
        reason = _REASON.search(rest)
        raise OSError(0, reason[1] if reason else "IO Error") from None


def _write_rows(
    evaluation: Evaluation,
    place: str,
    format_: str,
    records: bool,
    messages: Mapping[str, Localizer] | None,
    progress: Progress,
) -> None:
    columns, rows = evaluation.records() if records else evaluation.rows(messages)
    summary = evaluation.summary()
    rows = _watched(rows, summary.total if records else summary.findings, progress)
    if format_ == "parquet":
        kinds = evaluation.record_types() if records else {"partial": "BOOLEAN", "offenders": "VARCHAR[]"}
        _write_parquet({each: kinds.get(each, "VARCHAR") for each in columns}, rows, place)
        return
    with open(place, "w", encoding="utf-8", newline="") as file:
        write_text(file, format_, columns, rows)


def write_text(file: IO[str], format_: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> None:
    """Rows as CSV or as JSON Lines."""
    if format_ == "csv":
        writer = csv.writer(_Lines(file), lineterminator=_Lines.END)
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
        return
    for row in rows:
        members = zip(columns, row, strict=True)
        file.write(json.dumps({name: _member(name, value) for name, value in members}, ensure_ascii=False) + "\n")


class _Lines:
    """Lines of CSV that end in a line feed; both characters of a longer end are quoted where they stand in a cell."""

    END: Final = "\r\n"

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def write(self, line: str) -> int:
        """One line, with its end."""
        return self.file.write(line.removesuffix(self.END) + "\n")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else value


def _member(name: str, value: Any) -> Any:
    if name == "params" and isinstance(value, str):
        return json.loads(value)
    return json_value(value) if isinstance(value, (Decimal, date)) else value


def _watched(rows: Iterator[list[Any]], total: int, progress: Progress) -> Iterator[list[Any]]:
    """The rows; somebody hears now and then how many of them have been taken."""
    for number, row in enumerate(rows):
        if not number % _STEP:
            progress(0, number / total)
        yield row


def _write_parquet(types: Mapping[str, str], rows: Iterator[list[Any]], place: str) -> None:
    """Only DuckDB writes Parquet here, so rows of other databases go through it."""
    database = backends.load("duckdb").DuckDB()
    try:
        text = os.path.join(database.folder, "rows.jsonl")
        with open(text, "w", encoding="utf-8") as file:
            for row in rows:
                plain = [json_value(value) if isinstance(value, (Decimal, date)) else value for value in row]
                file.write(json.dumps(dict(zip(types, plain, strict=True)), ensure_ascii=False) + "\n")
        quoted = database.dialect.text_of
        listed = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in types.items())
        source = f"READ_JSON({quoted(text)}, format = 'newline_delimited', columns = {{{listed}}})"
        database.run(f"COPY (SELECT * FROM {source}) TO {quoted(place)} (FORMAT PARQUET)")
    finally:
        database.close()
