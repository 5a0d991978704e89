"""DuckDB, inside of this process: Parquet, CSV, its own files, and whatever speaks Arrow; more than fits into memory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb

from oppi18n.bulk.connection import Connection, reason_of
from oppi18n.bulk.csvsources import csv_source, is_pattern
from oppi18n.bulk.relations import Relation
from oppi18n.bulk.staging import Staged
from oppi18n.errors import InputError

_KINDS: Final = {
    "VARCHAR": "text", "UUID": "uuid", "BOOLEAN": "bool", "DATE": "date", "DOUBLE": "double",
    "TINYINT": "int", "SMALLINT": "int", "INTEGER": "int", "BIGINT": "int",
    "UTINYINT": "int", "USMALLINT": "int", "UINTEGER": "int",
    "UBIGINT": "wide", "HUGEINT": "wide", "UHUGEINT": "wide",
    "TIMESTAMP": "naive", "TIMESTAMP_S": "naive", "TIMESTAMP_MS": "naive", "TIMESTAMP_NS": "naive",
    "TIMESTAMP WITH TIME ZONE": "moment",
}  # fmt: skip

_LINE: Final = 1 << 24
"""Bytes of a line of JSON that DuckDB makes room for unless somebody tells it otherwise."""


class DuckDB(Connection):
    """A connection with the relations of a source."""

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        super().__init__(memory=memory, threads=threads)
        self.found: list[Relation] = []
        self.catalog = ""
        """The database file into which tables are created."""

    # ---- what there is to read ----

    def relations(self) -> list[Relation]:
        """What was added."""
        return self.found

    def add_parquet(self, path: str) -> None:
        """A Parquet file, or several of one shape by a pattern."""
        self._add(path, f"READ_PARQUET({self.dialect.text_of(path)})", path)

    def add_csv(self, path: str) -> None:
        """A CSV file, or several by a pattern: every cell is a text until its field is known."""
        columns, sql = csv_source(path, self.folder, self.copied)
        self.found.append(Relation(path, sql, dict.fromkeys(columns, "csv"), source=path))

    def add_database(self, path: str, tables: Sequence[str], *, write: bool = False) -> None:
        """The tables of a DuckDB file that are asked for, or all of them."""
        alias, access = f"~source{len(self.found)}", "" if write else " (READ_ONLY)"
        self.catalog = alias if write else ""
        self._try(path, f"ATTACH {self.dialect.text_of(path)} AS {self.dialect.name_of(alias)}{access}")
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
            raise InputError("bulk-source", path=name, reason=reason_of(error)) from None
        # A stream can be read only once, and is asked more than once.
        self.run(f'CREATE TABLE "{name}" AS SELECT * FROM "{view}"')
        self.connection.unregister(view)
        self._add(name, f'"{name}"', name)

    def add_rows(self, name: str, columns: Mapping[str, str], staged: Staged, source: str) -> None:
        """Rows of a source that were staged as JSON Lines with types that are known."""
        text = self.dialect.text_of
        listed = ", ".join(f"{text(each)}: '{kind}'" for each, kind in columns.items())
        options = f"format = 'newline_delimited', maximum_object_size = {max(staged.longest, _LINE)}"
        self.run(
            f'CREATE TABLE "{name}" AS SELECT * FROM READ_JSON({text(staged.path)}, {options}, columns = {{{listed}}})'
        )
        os.unlink(staged.path)
        self._add(name, f'"{name}"', source)

    def _add(self, label: str, sql: str, path: str) -> None:
        columns: dict[str, str] = {}
        elements: dict[str, dict[str, str]] = {}
        for name, kind, *_ in self._try(path, f"DESCRIBE SELECT * FROM {sql}"):
            columns[name] = kind_of(kind)
            if columns[name] == "list":
                elements[name] = self._elements(sql, name)
        self.found.append(Relation(label, sql, columns, elements, source=path))

    def _elements(self, sql: str, column: str) -> dict[str, str]:
        inner = f"SELECT UNNEST({self.dialect.name_of(column)}, max_depth := 2) FROM {sql}"
        return {name: kind_of(kind) for name, kind, *_ in self.rows(f"DESCRIBE {inner}")}

    # ---- running ----

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries in the file that was opened for writing: all of them or none."""
        if not self.catalog:
            raise InputError("bulk-no-place", backend="duckdb")
        kind, own = "VIEW" if view else "TABLE", f"{self.dialect.name_of(self.catalog)}."
        self.run(f"USE {self.dialect.name_of(self.catalog)}")
        self.run("BEGIN")
        try:
            with self.failing_as("bulk-not-created"):
                for name, sql in relations.items():
                    # In the file, nobody calls the file as this process does.
                    self._made(f"CREATE {kind} {self.dialect.path_of(name)} AS {sql.replace(own, '')}")
                self._made("COMMIT")
        except BaseException:
            self.run("ROLLBACK")
            raise
        finally:
            self.run("USE memory")

    def _made(self, sql: str) -> None:
        self.awaited(lambda: self.connection.execute(sql))

    def _try(self, path: str, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query about a source that may be corrupt, or not there."""
        if not os.path.exists(path) and not is_pattern(path) and ("READ_" in sql or "ATTACH" in sql):
            raise InputError("not-found", path=path)
        with self.failing_as("bulk-source", path=path):
            found: list[tuple[Any, ...]] = self.awaited(lambda: self.connection.execute(sql).fetchall())
            return found


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
