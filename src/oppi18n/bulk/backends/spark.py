"""Spark, wherever its usual configuration leads: a cluster works on its own tables, and only findings come over."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from oppi18n.bulk.csvsources import is_pattern, looked_through
from oppi18n.bulk.headers import columns_in
from oppi18n.bulk.relations import Relation
from oppi18n.bulk.staging import Staged
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_KINDS: Final = {
    "string": "text", "boolean": "bool", "date": "date", "double": "double",
    "tinyint": "int", "smallint": "int", "int": "int", "bigint": "int",
    "timestamp_ntz": "naive", "timestamp": "moment",
}  # fmt: skip
_STAGED: Final = {"BIGINT": "BIGINT", "INTEGER": "BIGINT", "BOOLEAN": "BOOLEAN"}
"""Types that Spark reads from JSON exactly; the others are texts there, and cast."""
_FAILURES: Final = (PySparkException, Py4JError)
_NAMED: Final = re.compile(r"\[[A-Z_]{5,}[A-Z_.]*\][^\n]*")
_PATTERN: Final = re.compile(r"[][{}*?\\]")
_KEPT: Final = "oppi18n_flags"
_READ: Final = "oppi18n_source_{0}"
_CSV: Final = {
    "header": "true", "quote": '"', "escape": '"', "mode": "FAILFAST", "multiLine": "true", "columnPruning": "false",
    "unescapedQuoteHandling": "RAISE_ERROR", "maxCharsPerColumn": "-1",
}  # fmt: skip
_JSON: Final = {"mode": "FAILFAST", "maxStringLen": "2147483647"}


class Spark:
    """The session that runs already, or one by the usual configuration: spark-submit, spark-defaults.conf, MASTER.

    Files must be where all of its machines can read them; JSON is read here.
    """

    dialect = DIALECTS["spark"]

    def __init__(self) -> None:
        self.is_ours = not _is_running()
        try:
            self.session = SparkSession.builder.appName("oppi18n").getOrCreate()
        except _FAILURES as error:
            raise InputError("bulk-source", path="Spark", reason=_reason(error)) from None
        self.folder = tempfile.mkdtemp(prefix="oppi18n-bulk-")
        # However this ends, the folder goes with it.
        self._sweep = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.copied: dict[str, str] = {}
        self.frames: list[Any] = []
        self.found: list[Relation] = []
        self.views: list[str] = []
        self.tag = f"oppi18n-{id(self)}"
        self.session.addTag(self.tag)

    # ---- what there is to read ----

    def add_table(self, name: str) -> None:
        """A table of the catalog."""
        self._add(name, self.dialect.path_of(name), name)

    def add_parquet(self, path: str) -> None:
        """Parquet files."""
        # A file has a name in SQL as well, so nothing of it is left behind in the catalog.
        self._add(path, f"parquet.{self.dialect.name_of(path)}", path)

    def add_csv(self, path: str) -> None:
        """CSV files: every cell is a text until its field is known."""
        with self._failing_as("bulk-source", path=path):
            frames = [self._csv(columns, files) for columns, files in self._shapes(path).items()]
            frame, *others = frames
            for each in others:
                frame = frame.unionByName(each)
            self._add_view(path, frame, path, dict.fromkeys(frame.columns, "csv"))

    def _shapes(self, path: str) -> dict[tuple[str, ...], list[str]]:
        """The files to read by their columns; whoever has them at hand looks them through before."""
        if os.path.exists(path) or (is_pattern(path) and "://" not in path):
            return looked_through(path, self.folder, self.copied)
        start = self.session.read.text(path).first()
        return {tuple(columns_in(start[0] if start else "", path)): [path]}

    def _csv(self, columns: Sequence[str], files: Sequence[str]) -> Any:
        schema = ", ".join(f"{self.dialect.name_of(each)} STRING" for each in columns)
        options = {**_CSV, "enforceSchema": str(all(map(os.path.exists, files))).lower()}
        return self.session.read.options(**options).schema(schema).csv([*map(_place, files)])

    def add_rows(self, name: str, columns: Mapping[str, str], staged: Staged, source: str) -> None:
        """Rows of a source that were staged as JSON Lines with types that are known."""
        quoted = {each: self.dialect.name_of(each) for each in columns}
        schema = ", ".join(f"{quoted[each]} {_STAGED.get(kind, 'STRING')}" for each, kind in columns.items())
        exact = [
            f"CAST({quoted[each]} AS {kind}) AS {quoted[each]}" if kind not in _STAGED and kind != "VARCHAR" else quoted[each]
            for each, kind in columns.items()
        ]  # fmt: skip
        with self._failing_as("bulk-source", path=source):
            frame = self.session.read.options(**_JSON).schema(schema).json(self._readable(staged)).selectExpr(*exact)
            self._add_view(name, frame, source, _kinds(frame.schema))

    def _readable(self, staged: Staged) -> Any:
        """Staged rows where the machines of the session can read them."""
        if str(self.session.conf.get("spark.master", "")).startswith("local"):
            return _place(staged.path)
        with open(staged.path, encoding="utf-8") as file:
            return self.session.sparkContext.parallelize(file)

    def _add_view(self, label: str, frame: Any, source: str, columns: Mapping[str, str]) -> None:
        name = _READ.format(len(self.views))
        frame.createOrReplaceTempView(name)
        self.views.append(name)
        self.found.append(Relation(label, self.dialect.name_of(name), columns, source=source))

    def _add(self, label: str, sql: str, source: str) -> None:
        with self._failing_as("bulk-source", path=source):
            schema: Any = self.session.sql(f"SELECT * FROM {sql}").schema
        columns = _kinds(schema)
        elements = {name: _kinds(schema[name].dataType.elementType) for name, kind in columns.items() if kind == "list"}
        self.found.append(Relation(label, sql, columns, elements, source=source))

    def relations(self) -> list[Relation]:
        """The tables and files."""
        return self.found

    # ---- running ----

    @contextmanager
    def _failing_as(self, code: str, **params: object) -> Iterator[None]:
        """What Spark raises becomes an error of ours; an interrupt ends what it is at."""
        try:
            yield
        except _FAILURES as error:
            raise InputError(code, reason=_reason(error), **params) from None
        except KeyboardInterrupt:
            with suppress(*_FAILURES):
                self.session.interruptTag(self.tag)
            raise

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._failing_as("bulk-failed"):
            return [tuple(row) for row in self.session.sql(sql).collect()]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a partition at a time."""
        with self._failing_as("bulk-failed"):
            yield from map(tuple, self.session.sql(sql).toLocalIterator(prefetchPartitions=True))

    def kept(self, sql: str) -> str:
        """A view of the rows of a query, which Spark keeps where they were worked out."""
        with self._failing_as("bulk-failed"):
            frame = self.session.sql(sql).persist()
            frame.createOrReplaceTempView(_KEPT)
        self.frames.append(frame)
        return _KEPT

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries: all of them or none. The rows stay where the cluster put them."""
        kind, made = "VIEW" if view else "TABLE", []
        try:
            with self._failing_as("bulk-not-created"):
                for name, sql in relations.items():
                    self.session.sql(f"CREATE {kind} {self.dialect.path_of(name)} AS {sql}")
                    made.append(name)
        except BaseException:
            for name in made:
                self.session.sql(f"DROP {kind} {self.dialect.path_of(name)}")
            raise

    def close(self) -> None:
        """Let go of what was kept, and of the session unless it was there before."""
        for frame in self.frames:
            frame.unpersist()
            self.session.catalog.dropTempView(_KEPT)
        self.frames.clear()
        for name in self.views:
            self.session.catalog.dropTempView(name)
        self.views.clear()
        self.session.removeTag(self.tag)
        if self.is_ours:
            self.session.stop()
        self._sweep()


def kind_of(name: str) -> str:
    """The kind of a column from the name of its type.

    >>> kind_of("decimal(12,2)"), kind_of("decimal(38,10)"), kind_of("array<struct<id:string>>"), kind_of("varchar(9)")
    ('decimal', 'wide', 'list', 'text')
    """
    if name.startswith("decimal("):
        digits, places = map(int, name[8:-1].split(","))
        return "decimal" if places <= 4 and digits - places <= 15 else "wide"
    if name.startswith("array<struct<"):
        return "list"
    return "text" if name.startswith(("varchar(", "char(")) else _KINDS.get(name, "other")


def _is_running() -> bool:
    """Whether there is a session already; after an interrupt, it may be active in another thread of Java alone."""
    return (
        SparkSession.getActiveSession() is not None or getattr(SparkContext, "_active_spark_context", None) is not None
    )


def _place(path: str) -> str:
    """A file by a name in which brackets are no pattern; whatever is elsewhere as it is."""
    return "file://" + _PATTERN.sub(r"\\\g<0>", os.path.abspath(path)) if os.path.exists(path) else path


def _kinds(schema: Any) -> dict[str, str]:
    """The kinds of the fields of a struct, by their names."""
    return {each.name: kind_of(each.dataType.simpleString()) for each in schema.fields}


def _reason(error: Exception) -> str:
    """What Spark says by the name of an error, or in the first line that says anything.

    >>> _reason(ValueError("while calling o67\\n: x.Y: [FAILED_READ_FILE.NO_HINT] Cannot read a.csv. SQLSTATE: KD001"))
    '[FAILED_READ_FILE.NO_HINT] Cannot read a.csv.'
    """
    named = _NAMED.search(str(error))
    if named:
        return named[0].partition(" SQLSTATE:")[0]
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
