"""How each SQL says what rules need; what a dialect has no exact word for is absent here, and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

_DECIMALS: Final = (19, 4)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One SQL. Templates take their operands by position, literals in the place of `{0}`.

    `functions` has `size`, `startsWith`, `endsWith`, `contains` of texts and `days` between two dates. `casts` turn a
    value into a text, a date or a decimal with `{places}`. `collate` makes texts compare by code point.
    """

    name: str
    quotes: tuple[str, str] = ('"', '"')
    doubled: str = '"'
    text: str = "'{0}'"
    escapes: Mapping[str, str] = field(default_factory=lambda: {"'": "''"})
    decimal: str = "CAST('{0}' AS DECIMAL(19, 4))"
    as_decimal: str = "CAST({0} AS DECIMAL({digits}, {places}))"
    date: str = "CAST('{0}' AS DATE)"
    yes: str = "TRUE"
    no: str = "FALSE"
    parameter: str = ":today"
    """The mark for the day, where a query is to be given it when it runs."""
    today: str = "CAST(:today AS DATE)"
    collate: str = "{0}"
    equates: bool = True
    """Whether `=` tells any two texts apart that are not the same."""
    orders: bool = True
    """Whether `<` orders texts by code point."""
    functions: Mapping[str, str] = field(default_factory=dict)
    scaled: bool = False
    """Whether decimals are whole numbers of ten-thousandths, for want of a type of their own."""
    longest: int = 128
    """Characters of an identifier that count."""
    executed: bool = True
    """Whether the tests run what is written for it, or only parse it."""
    day_of: str = ""
    """The date of a moment `{0}` in the zone `{1}`."""
    string: str = "VARCHAR"
    """The type of texts."""
    unnested: str = ""
    """The fields of the elements of a list column `{0}`, in the list of what is selected."""

    def name_of(self, name: str) -> str:
        """An identifier, quoted.

        >>> DIALECTS["tsql"].name_of("rule")
        '[rule]'
        """
        opening, closing = self.quotes
        return f"{opening}{name.replace(self.doubled, self.doubled * 2)}{closing}"

    def path_of(self, name: str) -> str:
        """A table by its name, perhaps behind that of its schema, quoted.

        >>> DIALECTS["tsql"].path_of("crm.quote")
        '[crm].[quote]'
        """
        return ".".join(map(self.name_of, name.split(".")))

    def text_of(self, value: str) -> str:
        """A text as a literal."""
        for mark, written in self.escapes.items():
            value = value.replace(mark, written)
        return self.text.format(value)


_BACKSLASH: Final = MappingProxyType({"\\": "\\\\", "'": "\\'"})

_DUCKDB: Final = Dialect(
    name="duckdb",
    parameter="$today",
    today="CAST($today AS DATE)",
    functions={
        "size": "LENGTH({0})",
        "startsWith": "STARTS_WITH({0}, {1})",
        "endsWith": "ENDS_WITH({0}, {1})",
        "contains": "CONTAINS({0}, {1})",
        "days": "DATE_DIFF('day', {1}, {0})",
    },
    day_of="CAST(({0} AT TIME ZONE {1}) AS DATE)",
    unnested="UNNEST({0}, max_depth := 2)",
)
_SQLITE: Final = Dialect(
    name="sqlite",
    today=":today",
    decimal="{0}",
    as_decimal="{0}",
    date="'{0}'",
    yes="1",
    no="0",
    functions={
        "size": "LENGTH({0})",
        "startsWith": "SUBSTR({0}, 1, LENGTH({1})) = {1}",
        "endsWith": "SUBSTR({0}, LENGTH({0}) - LENGTH({1}) + 1) = {1} AND LENGTH({0}) >= LENGTH({1})",
        "contains": "INSTR({0}, {1}) > 0",
        "days": "CAST(JULIANDAY({0}) - JULIANDAY({1}) AS INTEGER)",
    },
    scaled=True,
    string="TEXT",
)
_POSTGRES: Final = Dialect(
    name="postgres",
    parameter="$1",
    today="CAST($1 AS DATE)",
    collate='{0} COLLATE "C"',
    functions={
        "size": "CHAR_LENGTH({0})",
        "startsWith": "STARTS_WITH({0}, {1})",
        "endsWith": 'RIGHT({0}, CHAR_LENGTH({1})) COLLATE "C" = {1}',
        "contains": 'STRPOS({0} COLLATE "C", {1}) > 0',
        "days": "({0} - {1})",
    },
    longest=63,
    day_of="CAST(({0} AT TIME ZONE {1}) AS DATE)",
)
_SPARK: Final = Dialect(
    name="spark",
    quotes=("`", "`"),
    doubled="`",
    escapes=_BACKSLASH,
    functions={
        "size": "CHAR_LENGTH({0})",
        "startsWith": "STARTSWITH({0}, {1})",
        "endsWith": "ENDSWITH({0}, {1})",
        "contains": "CONTAINS({0}, {1})",
        "days": "DATEDIFF({0}, {1})",
    },
    day_of=(
        "DATE_FROM_UNIX_DATE(CAST((UNIX_MICROS(FROM_UTC_TIMESTAMP({0}, {1}))"
        " - PMOD(UNIX_MICROS(FROM_UTC_TIMESTAMP({0}, {1})), 86400000000)) DIV 86400000000 AS INT))"
    ),
    string="STRING",
    unnested="INLINE({0})",
)
_DATAFUSION: Final = Dialect(
    name="datafusion",
    parameter="$today",
    today="CAST($today AS DATE)",
    functions={
        "size": "CHARACTER_LENGTH({0})",
        "startsWith": "STARTS_WITH({0}, {1})",
        "endsWith": "ENDS_WITH({0}, {1})",
        "contains": "STRPOS({0}, {1}) > 0",
        "days": "(CAST(CAST({0} AS INT) AS BIGINT) - CAST(CAST({1} AS INT) AS BIGINT))",
    },
)
_TSQL: Final = Dialect(
    name="tsql",
    quotes=("[", "]"),
    doubled="]",
    text="N'{0}'",
    date="CAST('{0}' AS DATETIME)",  # Dataverse's endpoint has no other type for days
    yes="1",
    no="0",
    parameter="@today",
    today="@today",
    # Its `=` passes over spaces at the end, its LEN() does too, and both count UTF-16.
    equates=False,
    orders=False,
    functions={"days": "DATEDIFF(DAY, {1}, {0})"},
    executed=False,
    day_of="DATEADD(DAY, DATEDIFF(DAY, 0, {0}), 0)",
)
_SNOWFLAKE: Final = Dialect(
    name="snowflake",
    escapes=_BACKSLASH,
    functions={
        "size": "LENGTH({0})",
        "startsWith": "STARTSWITH({0}, {1})",
        "endsWith": "ENDSWITH({0}, {1})",
        "contains": "CONTAINS({0}, {1})",
        "days": "DATEDIFF(DAY, {1}, {0})",
    },
    longest=255,
    executed=False,
    day_of="CAST(CONVERT_TIMEZONE({1}, {0}) AS DATE)",
)
_BIGQUERY: Final = Dialect(
    name="bigquery",
    quotes=("`", "`"),
    doubled="`",
    escapes=_BACKSLASH,
    decimal="NUMERIC '{0}'",
    as_decimal="ROUND(CAST({0} AS NUMERIC), {places})",
    parameter="@today",
    today="@today",
    functions={
        "size": "CHAR_LENGTH({0})",
        "startsWith": "STARTS_WITH({0}, {1})",
        "endsWith": "ENDS_WITH({0}, {1})",
        "contains": "STRPOS({0}, {1}) > 0",
        "days": "DATE_DIFF({0}, {1}, DAY)",
    },
    executed=False,
    day_of="DATE({0}, {1})",
    string="STRING",
)
_MYSQL: Final = Dialect(
    name="mysql",
    quotes=("`", "`"),
    doubled="`",
    escapes=MappingProxyType({"\\": "\\\\", "'": "''"}),
    collate="{0} COLLATE utf8mb4_0900_bin",
    # Its functions of texts follow the collations of the columns.
    functions={"size": "CHAR_LENGTH({0})", "days": "DATEDIFF({0}, {1})"},
    longest=64,
    executed=False,
    day_of="DATE(CONVERT_TZ({0}, 'UTC', {1}))",
    string="CHAR",
)

DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        each.name: each
        for each in (
            _DUCKDB,
            _SQLITE,
            _POSTGRES,
            _SPARK,
            _DATAFUSION,
            _TSQL,
            _SNOWFLAKE,
            _BIGQUERY,
            replace(_SPARK, name="databricks", executed=False),
            _MYSQL,
        )
    }
)
"""Every dialect by its name."""
