"""What the sources of a question are is told by their names and first bytes; the database that reads them is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oppi18n.bulk import backends
from oppi18n.bulk.mapping import SourceMapping
from oppi18n.bulk.staging import Staging, facts_of, sqlite_value, stage
from oppi18n.errors import InputError
from oppi18n.files import STDIN
from oppi18n.model.facts import Problem

if TYPE_CHECKING:
    from oppi18n.bulk.staging import Tell
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Model

_BY_ENDING: Final = {
    ".parquet": "parquet", ".pq": "parquet", ".csv": "csv",
    ".json": "json", ".jsonl": "json", ".ndjson": "json", ".yaml": "json", ".yml": "json",
    ".duckdb": "duckdb", ".ddb": "duckdb", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db3": "sqlite",
}  # fmt: skip
_DUCK: Final = b"DUCK"
_SQLITE: Final = b"SQLite format 3\0"
_READERS: Final = {
    "parquet": ("duckdb", "spark"), "csv": ("duckdb", "sqlite", "spark"),
    "json": ("duckdb", "sqlite", "spark"),
    "duckdb": ("duckdb",), "sqlite": ("sqlite",), "postgres": ("postgres",), "table": ("spark",),
}  # fmt: skip
"""Which backends read what, the usual one first."""


_NO_MAPPING: Final = SourceMapping()


def ignore(problem: Problem, path: str) -> None:
    """Nobody wants to hear about it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How sources are opened: for which model, by which mapping, in which zone; `tell` hears what is odd in them."""

    model: Model
    mapping: SourceMapping = _NO_MAPPING
    zone: str = "UTC"
    backend: str = ""
    memory: str = ""
    threads: int = 0
    write: bool = False
    tell: Tell = ignore

    def open(self, sources: Sequence[str]) -> Any:
        """The database with the relations of some sources; the caller closes it."""
        kinds = {kind_of(each, spark=self.backend == "spark") for each in sources}
        if len(kinds) != 1:
            raise InputError("bulk-mixed-sources", kinds=tuple(sorted(kinds)))
        kind = kinds.pop()
        backend = self.backend or _READERS[kind][0]
        if backend not in _READERS[kind]:
            raise InputError("bulk-backend", backend=backend, path=sources[0], known=_READERS[kind])
        module = backends.load(backend)
        opened: Any = getattr(self, f"_{backend}")(module, kind, sources)
        return opened

    @property
    def tables(self) -> list[str]:
        """The tables that the mapping names."""
        return [each.table for each in self.mapping.records.values() if each.table]

    def _duckdb(self, module: Any, kind: str, sources: Sequence[str]) -> Any:
        database = module.DuckDB(memory=self.memory, threads=self.threads)
        try:
            if kind == "json":
                self._stage(database, sources)
            for path in sources:
                if kind == "duckdb":
                    database.add_database(path, self.tables, write=self.write)
                elif kind != "json":
                    getattr(database, f"add_{kind}")(path)
        except BaseException:
            database.close()
            raise
        return database

    def _stage(self, database: Any, sources: Sequence[str]) -> None:
        staging = Staging(self.model)
        roots, elements = stage(self._facts(sources), staging, database.folder)
        source = ", ".join(sources)
        database.add_rows(staging.root.name, staging.root_columns, roots, source)
        database.add_rows(staging.list.name, staging.element_columns, elements, source)

    def _facts(self, sources: Sequence[str], companions: Sequence[str] = ()) -> Iterator[Facts]:
        return chain.from_iterable(
            facts_of(path, self.model, zone=self.zone, tell=self.tell, companions=companions) for path in sources
        )

    def _sqlite(self, module: Any, kind: str, sources: Sequence[str]) -> Any:
        if kind == "sqlite":
            if len(sources) > 1:
                raise InputError("bulk-mixed-sources", kinds=("sqlite", "sqlite"))
            return module.SQLite(sources[0], self.tables, write=self.write)
        database, staging = module.SQLite(), Staging(self.model)
        files, companions = (sources[:1], sources[1:]) if kind == "csv" else (sources, ())
        try:
            source = ", ".join(sources)
            roots = database.added(staging.root.name, staging.root_columns, source)
            elements = database.added(staging.list.name, staging.element_columns, source)
            for each in self._facts(files, companions):
                row, inner = staging.rows(each)
                roots.add([*map(sqlite_value, row)])
                for one in inner:
                    elements.add([*map(sqlite_value, one)])
            roots.end()
            elements.end()
        except BaseException:
            database.close()
            raise
        return database

    def _postgres(self, module: Any, kind: str, sources: Sequence[str]) -> Any:
        return module.Postgres(sources[0], self.tables, write=self.write)

    def _spark(self, module: Any, kind: str, sources: Sequence[str]) -> Any:
        database = module.Spark()
        try:
            if kind == "json":
                self._stage(database, sources)
            else:
                for path in sources:
                    getattr(database, f"add_{kind}")(path)
        except BaseException:
            database.close()
            raise
        return database


def kind_of(source: str, *, spark: bool = False) -> str:
    """What a source is: parquet, csv, json, duckdb, sqlite, postgres, or a table of Spark's catalog.

    >>> kind_of("pipeline.parquet"), kind_of("postgresql://db/crm"), kind_of("-")
    ('parquet', 'postgres', 'json')
    """
    if source.startswith(("postgresql://", "postgres://")):
        return "postgres"
    found = "json" if source == STDIN else _BY_ENDING.get(Path(source).suffix.lower(), "")
    if found:
        return found
    if spark:
        return "table"
    start = _start(source)
    if start[8:12] == _DUCK:
        return "duckdb"
    if start.startswith(_SQLITE):
        return "sqlite"
    raise InputError("bulk-unknown-source", path=source)


def _start(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(16)
    except FileNotFoundError:
        raise InputError("not-found", path=path) from None
    except OSError as error:
        raise InputError("not-readable", path=path, reason=error.strerror or type(error).__name__) from None
