"""DuckDB, inside of this process: Parquet, CSV, its own files, and whatever speaks Arrow; more than fits into memory."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import duckdb

from oppi18n.bulk.relations import Relation
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_KINDS: Final = {
    "VARCHAR": "text", "UUID": "uuid", "BOOLEAN": "bool", "DATE": "date", "DOUBLE": "double",
    "TINYINT": "int", "SMALLINT": "int", "INTEGER": "int", "BIGINT": "int",
    "UTINYINT": "int", "USMALLINT": "int", "UINTEGER": "int",
    "UBIGINT": "wide", "HUGEINT": "wide", "UHUGEINT": "wide",
    "TIMESTAMP": "naive", "TIMESTAMP_S": "naive", "TIMESTAMP_MS": "naive", "TIMESTAMP_NS": "naive",
    "TIMESTAMP WITH TIME ZONE": "moment",
}  # fmt: skip
_BATCH: Final = 10_000
_GLANCE: Final = 0.2
"""Seconds between two looks at how far a statement is."""


class DuckDB:
    """A database in memory, which spills to a folder of its own when `memory` is used up."""

    dialect = DIALECTS["duckdb"]

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        self.folder = tempfile.mkdtemp(prefix="oppi18n-bulk-")
        self.found: list[Relation] = []
        self.connection = _connect(self.folder, memory, threads)

    # ---- what there is to read ----

    def relations(self) -> list[Relation]:
        """What was added."""
        return self.found

    def add_parquet(self, path: str) -> None:
        """A Parquet file, or several of one shape by a pattern."""
        self._add(path, f"READ_PARQUET({self.dialect.text_of(path)})", path)

    def add_csv(self, path: str) -> None:
        """A CSV file: every cell is a text until its field is known."""
        text = self.dialect.text_of
        options = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', null_padding = false"
        sql = f"READ_CSV({text(path)}, {options}, strict_mode = true)"
        self._add(path, sql, path, csv=True)

    def add_database(self, path: str, tables: Sequence[str]) -> None:
        """The tables of a DuckDB file that are asked for, or all of them."""
        alias = f"source{len(self.found)}"
        self._try(path, f"ATTACH {self.dialect.text_of(path)} AS {alias} (READ_ONLY)")
        listed = (
            "SELECT table_schema, table_name FROM information_schema.tables"
            f" WHERE table_catalog = '{alias}' ORDER BY table_schema, table_name"
        )
        wanted = {each.lower() for each in tables}
        for schema, name in self.rows(listed):
            if not wanted or name.lower() in wanted or f"{schema}.{name}".lower() in wanted:
                place = ".".join(self.dialect.name_of(each) for each in (alias, schema, name))
                self._add(name, place, path)

    def add_object(self, name: str, found: object) -> None:
        """A frame or table of another library: by its own reader of DuckDB, or by the Arrow C stream interface."""
        view = f"given_{name}"
        try:
            self.connection.register(view, _Stream(found) if hasattr(found, "__arrow_c_stream__") else found)
        except (duckdb.Error, TypeError, ValueError, RuntimeError) as error:
            raise InputError("bulk-source", path=name, reason=_reason(error)) from None
        # A stream can be read only once, and is asked more than once.
        self.run(f'CREATE TABLE "{name}" AS SELECT * FROM "{view}"')
        self.connection.unregister(view)
        self._add(name, f'"{name}"', name)

    def add_rows(self, name: str, columns: Mapping[str, str], path: str) -> None:
        """Rows that were staged as CSV with types that are known."""
        listed = ", ".join(f"{self.dialect.text_of(each)}: '{kind}'" for each, kind in columns.items())
        sql = (
            f"READ_CSV({self.dialect.text_of(path)}, header = false, delim = ',', quote = '\"', escape = '\"',"
            f" nullstr = '\\N', columns = {{{listed}}}, auto_detect = false)"
        )
        self.run(f'CREATE TABLE "{name}" AS SELECT * FROM {sql}')
        self._add(name, f'"{name}"', name)

    def _add(self, label: str, sql: str, path: str, *, csv: bool = False) -> None:
        columns: dict[str, str] = {}
        elements: dict[str, dict[str, str]] = {}
        for name, kind, *_ in self._try(path, f"DESCRIBE SELECT * FROM {sql}"):
            columns[name] = "csv" if csv else kind_of(kind)
            if columns[name] == "list":
                elements[name] = self._elements(sql, name)
        self.found.append(Relation(label, sql, columns, elements))

    def _elements(self, sql: str, column: str) -> dict[str, str]:
        inner = f"SELECT UNNEST({self.dialect.name_of(column)}, max_depth := 2) FROM {sql}"
        return {name: kind_of(kind) for name, kind, *_ in self.rows(f"DESCRIBE {inner}")}

    # ---- running ----

    def run(self, sql: str, values: Sequence[Any] | None = None) -> Any:
        """Run a statement."""
        return self.connection.execute(sql, values) if values is not None else self.connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        found: list[tuple[Any, ...]] = self.run(sql).fetchall()
        return found

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query; others may be asked meanwhile."""
        for batch in self.batches(sql, _BATCH):
            yield from batch

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time."""
        cursor = self.connection.cursor()
        cursor.execute(sql)
        while batch := cursor.fetchmany(size):
            yield batch

    def watched(self, sql: str, progress: Callable[[float], None]) -> None:
        """Run a statement that takes its time; an interrupt ends it at once, whatever it is doing."""
        failed: list[Exception] = []

        def work() -> None:
            try:
                self.run(sql)
            except duckdb.Error as error:
                failed.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        try:
            while worker.is_alive():
                worker.join(_GLANCE)
                progress(max(0.0, self.connection.query_progress()) / 100)
        except BaseException:
            self.connection.interrupt()
            worker.join()
            raise
        if failed:
            raise failed[0]

    def _try(self, path: str, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query about a source that may be corrupt, or not there."""
        if not os.path.exists(path) and not _is_pattern(path) and ("READ_" in sql or "ATTACH" in sql):
            raise InputError("not-found", path=path)
        try:
            found: list[tuple[Any, ...]] = self.run(sql).fetchall()
        except duckdb.Error as error:
            raise InputError("bulk-source", path=path, reason=_reason(error)) from None
        return found

    def close(self) -> None:
        """Close the connection, and throw away what was spilled."""
        self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Stream:
    """What an object offers by the Arrow C stream interface, and nothing else of it."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.found.__arrow_c_stream__(requested_schema)


def kind_of(name: str) -> str:
    """The kind of a column from the name of its type.

    >>> kind_of("DECIMAL(12,2)"), kind_of("DECIMAL(38,10)"), kind_of("STRUCT(id VARCHAR)[]"), kind_of("ENUM('a')")
    ('decimal', 'wide', 'list', 'text')
    """
    if name.startswith("DECIMAL("):
        digits, places = map(int, name[8:-1].split(","))
        return "decimal" if places <= 4 and digits - places <= 15 else "wide"
    if name.startswith("STRUCT(") and name.endswith("[]"):
        return "list"
    return "text" if name.startswith("ENUM(") else _KINDS.get(name, "other")


def _connect(folder: str, memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    # Nothing is ever downloaded: what is not in the wheel is not there.
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": folder,
        "preserve_insertion_order": "false",
        **({"memory_limit": memory} if memory else {}),
        **({"threads": threads} if threads else {}),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    return connection


def _is_pattern(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0]
