"""Spark, wherever its usual configuration leads: a cluster works on its own tables, and only findings come over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from oppi18n.bulk.relations import Relation
from oppi18n.errors import InputError
from oppi18n.targets.sql.dialects import DIALECTS

_KINDS: Final = {
    "string": "text", "boolean": "bool", "date": "date", "double": "double",
    "tinyint": "int", "smallint": "int", "int": "int", "bigint": "int",
    "timestamp_ntz": "naive", "timestamp": "moment",
}  # fmt: skip
_FAILURES: Final = (PySparkException, Py4JError)
_FILES: Final = "parquet"
_KEPT: Final = "oppi18n_flags"


class Spark:
    """The session that runs already, or one by the usual configuration: spark-submit, spark-defaults.conf, MASTER.

    `sources` are tables of its catalog, or Parquet files that all of its machines can read.
    """

    dialect = DIALECTS["spark"]

    def __init__(self, sources: Sequence[str], kind: str) -> None:
        self.is_ours = SparkSession.getActiveSession() is None
        try:
            self.session = SparkSession.builder.appName("oppi18n").getOrCreate()
        except _FAILURES as error:
            raise InputError("bulk-source", path="Spark", reason=_reason(error)) from None
        self.frames: list[Any] = []
        try:
            self.found = [self._relation(each, kind) for each in sources]
        except BaseException:
            self.close()
            raise

    def _relation(self, source: str, kind: str) -> Relation:
        # A file has a name in SQL as well, so nothing of it is left behind in the catalog.
        sql = f"{_FILES}.{self.dialect.name_of(source)}" if kind == _FILES else self.dialect.path_of(source)
        try:
            fields: list[Any] = self.session.sql(f"SELECT * FROM {sql}").schema.fields
        except _FAILURES as error:
            raise InputError("bulk-source", path=source, reason=_reason(error)) from None
        columns = {each.name: kind_of(each.dataType.simpleString()) for each in fields}
        lists = {each.name: each.dataType.elementType for each in fields if columns[each.name] == "list"}
        elements = {
            name: {each.name: kind_of(each.dataType.simpleString()) for each in inner.fields}
            for name, inner in lists.items()
        }
        return Relation(source, sql, columns, elements)

    def relations(self) -> list[Relation]:
        """The tables and files."""
        return self.found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        try:
            return [tuple(row) for row in self.session.sql(sql).collect()]
        except _FAILURES as error:
            raise InputError("bulk-failed", reason=_reason(error)) from None

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a partition at a time."""
        try:
            yield from map(tuple, self.session.sql(sql).toLocalIterator(prefetchPartitions=True))
        except _FAILURES as error:
            raise InputError("bulk-failed", reason=_reason(error)) from None

    def kept(self, sql: str) -> str:
        """A view of the rows of a query, which Spark keeps where they were worked out."""
        try:
            frame = self.session.sql(sql).persist()
            frame.createOrReplaceTempView(_KEPT)
        except _FAILURES as error:
            raise InputError("bulk-failed", reason=_reason(error)) from None
        self.frames.append(frame)
        return _KEPT

    def create(self, relations: Mapping[str, str], *, view: bool) -> None:
        """Tables or views of some queries: all of them or none. The rows stay where the cluster put them."""
        kind, made = "VIEW" if view else "TABLE", []
        try:
            for name, sql in relations.items():
                self.session.sql(f"CREATE {kind} {self.dialect.path_of(name)} AS {sql}")
                made.append(name)
        except _FAILURES as error:
            for name in made:
                self.session.sql(f"DROP {kind} {self.dialect.path_of(name)}")
            raise InputError("bulk-not-created", reason=_reason(error)) from None

    def close(self) -> None:
        """Let go of what was kept, and of the session unless it was there before."""
        for frame in self.frames:
            frame.unpersist()
            self.session.catalog.dropTempView(_KEPT)
        self.frames.clear()
        if self.is_ours:
            self.session.stop()


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


def _reason(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
