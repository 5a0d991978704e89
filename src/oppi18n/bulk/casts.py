"""How a column of a database becomes a value of the model: exactly, or told to be wrong.

An entry says how to write the value, when a column that is not missing has one, and what else counts as missing. In it
`{0}` is the column and `{zone}` a time zone. What is not in the table of a database is of a wrong type.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class Cast(NamedTuple):
    """SQL of a value, of the condition under which there is one (empty: always), and of what is missing beside NULL."""

    value: str
    valid: str = ""
    missing: str = ""


Casts = Mapping[tuple[str, str], Cast]
"""(type of a field, kind of a column) → how to read it."""

_SAME: Final = Cast("{0}")
_CALENDAR: Final = "BETWEEN CAST('0001-01-01' AS DATE) AND CAST('9999-12-31' AS DATE)"
_DAY: Final = Cast("{0}", f"{{0}} {_CALENDAR}")

_NEAR: Final = "{0} BETWEEN -900000000000 AND 900000000000"
"""Doubles that are closer together than amounts: each amount has one of its own."""
_ROUND: Final = "({0} = FLOOR({0}) AND {0} BETWEEN -999999999999999 AND 999999999999999)"
"""Whole numbers, which doubles hold exactly for far longer."""

_TYPED: Final[dict[tuple[str, str], Cast]] = {
    ("string", "text"): _SAME,
    ("bool", "bool"): _SAME,
    ("int", "int"): _SAME,
    ("decimal", "decimal"): _SAME,
    ("date", "date"): _DAY,
    ("timestamp", "date"): _DAY,
    ("decimal", "int"): Cast(
        "CAST({0} AS DECIMAL(19, 4))", "{0} BETWEEN -999999999999999 AND 999999999999999"
    ),
}  # fmt: skip
"""What all databases with types have in common."""


def _zoned(day: str) -> Cast:
    return Cast(day, f"{day} {_CALENDAR}")


# ---- DuckDB ----

_DIGITS: Final = "[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
_TIME: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
_CLOCK: Final = f"{_TIME}(:[0-5][0-9]([.][0-9]+)?)?(Z|[+-]{_TIME})"
_CSV_DAY: Final = f"REGEXP_FULL_MATCH({{0}}, '{_DIGITS}') AND TRY_CAST({{0}} AS DATE) {_CALENDAR}"
_CSV_MOMENT: Final = "CAST((TRY_CAST(UPPER({0}) AS TIMESTAMPTZ) AT TIME ZONE {zone}) AS DATE)"
_CSV_WHOLE: Final = "REGEXP_FULL_MATCH({0}, '-?(0|[1-9][0-9]{{0,18}})') AND TRY_CAST({0} AS BIGINT) IS NOT NULL"

_DUCKDB: Final[Casts] = {
    **_TYPED,
    ("string", "uuid"): Cast("CAST({0} AS VARCHAR)"),
    ("int", "wide"): Cast("TRY_CAST({0} AS BIGINT)", "TRY_CAST({0} AS BIGINT) IS NOT NULL"),
    ("decimal", "wide"): Cast("TRY_CAST({0} AS DECIMAL(19, 4))", "TRY_CAST({0} AS DECIMAL(19, 4)) = {0}"),
    ("int", "double"): Cast(
        "TRY_CAST({0} AS BIGINT)", "{0} = TRUNC({0}) AND ABS({0}) < 9007199254740992", "ISNAN({0})"
    ),
    ("decimal", "double"): Cast(
        "TRY_CAST({0} AS DECIMAL(19, 4))",
        f"({_NEAR} AND CAST(TRY_CAST({{0}} AS DECIMAL(19, 4)) AS DOUBLE) = {{0}}) OR {_ROUND}",
        "ISNAN({0})",
    ),
    ("date", "naive"): Cast("CAST({0} AS DATE)", f"{{0}} = DATE_TRUNC('day', {{0}}) AND {{0}} {_CALENDAR}"),
    ("timestamp", "moment"): _zoned("CAST(({0} AT TIME ZONE {zone}) AS DATE)"),
    ("string", "csv"): _SAME,
    ("int", "csv"): Cast("TRY_CAST({0} AS BIGINT)", _CSV_WHOLE),
    ("decimal", "csv"): Cast(
        "TRY_CAST({0} AS DECIMAL(19, 4))", "REGEXP_FULL_MATCH({0}, '-?0*[0-9]{{1,15}}([.][0-9]{{1,4}}0*)?')"
    ),
    ("bool", "csv"): Cast("({0} = 'true')", "{0} IN ('true', 'false')"),
    ("date", "csv"): Cast("TRY_CAST({0} AS DATE)", _CSV_DAY),
    ("timestamp", "csv"): Cast(
        f"CASE WHEN LENGTH({{0}}) = 10 THEN TRY_CAST({{0}} AS DATE) ELSE {_CSV_MOMENT} END",
        f"({_CSV_DAY}) OR (REGEXP_FULL_MATCH({{0}}, '{_DIGITS}[Tt ]{_CLOCK}') AND {_CSV_MOMENT} {_CALENDAR})",
    ),
}  # fmt: skip

# ---- PostgreSQL ----

_POSTGRES: Final[Casts] = {
    **_TYPED,
    ("string", "uuid"): Cast("CAST({0} AS TEXT)"),
    ("decimal", "wide"): Cast(
        "CAST({0} AS NUMERIC(19, 4))", "ABS({0}) <= 999999999999999.9999 AND ROUND({0}, 4) = {0}", "{0} = 'NaN'"
    ),
    ("decimal", "double"): Cast(
        "CAST({0} AS NUMERIC(19, 4))",
        f"({_NEAR} AND CAST(ROUND(CAST({{0}} AS NUMERIC), 4) AS DOUBLE PRECISION) = {{0}}) OR {_ROUND}",
        "{0} = 'NaN'",
    ),
    ("date", "naive"): Cast("CAST({0} AS DATE)", f"{{0}} = DATE_TRUNC('day', {{0}}) AND {{0}} {_CALENDAR}"),
    ("timestamp", "moment"): _zoned("CAST(({0} AT TIME ZONE {zone}) AS DATE)"),
}  # fmt: skip

# ---- Spark ----

_LOCAL: Final = "UNIX_MICROS(FROM_UTC_TIMESTAMP({0}, {zone}))"
_DAY_IN_ZONE: Final = f"DATE_FROM_UNIX_DATE(CAST(({_LOCAL} - PMOD({_LOCAL}, 86400000000)) DIV 86400000000 AS INT))"

_WRITTEN_LOCAL: Final = _LOCAL.replace("{0}", "TRY_CAST(UPPER({0}) AS TIMESTAMP)")
_WRITTEN_MOMENT: Final = (
    f"DATE_FROM_UNIX_DATE(CAST(({_WRITTEN_LOCAL} - PMOD({_WRITTEN_LOCAL}, 86400000000)) DIV 86400000000 AS INT))"
)


def _whole(pattern: str) -> str:
    """Where a text as a whole is as a pattern says: in Java, a dollar would stand before a line feed as well."""
    return f"RLIKE({{0}}, '(?s)^({pattern})(?!.)')"


_WRITTEN_DAY: Final = f"{_whole(_DIGITS)} AND TRY_CAST({{0}} AS DATE) {_CALENDAR}"

_SPARK: Final[Casts] = {
    **_TYPED,
    ("string", "csv"): _SAME,
    ("int", "csv"): Cast(
        "TRY_CAST({0} AS BIGINT)",
        f"{_whole('-?(0|[1-9][0-9]{{0,18}})')} AND TRY_CAST({{0}} AS BIGINT) IS NOT NULL",
    ),
    ("decimal", "csv"): Cast(
        "TRY_CAST({0} AS DECIMAL(19, 4))", _whole("-?0*[0-9]{{1,15}}([.][0-9]{{1,4}}0*)?")
    ),
    ("bool", "csv"): Cast("({0} = 'true')", "{0} IN ('true', 'false')"),
    ("date", "csv"): Cast("TRY_CAST({0} AS DATE)", _WRITTEN_DAY),
    ("timestamp", "csv"): Cast(
        f"CASE WHEN LENGTH({{0}}) = 10 THEN TRY_CAST({{0}} AS DATE) ELSE {_WRITTEN_MOMENT} END",
        f"({_WRITTEN_DAY}) OR ({_whole(f'{_DIGITS}[Tt ]{_CLOCK}')} AND {_WRITTEN_MOMENT} {_CALENDAR})",
    ),
    ("decimal", "wide"): Cast("TRY_CAST({0} AS DECIMAL(19, 4))", "TRY_CAST({0} AS DECIMAL(19, 4)) = {0}"),
    ("int", "double"): Cast(
        "TRY_CAST({0} AS BIGINT)", "{0} = FLOOR({0}) AND ABS({0}) < 9007199254740992", "ISNAN({0})"
    ),
    ("decimal", "double"): Cast(
        "TRY_CAST({0} AS DECIMAL(19, 4))",
        f"({_NEAR} AND CAST(TRY_CAST({{0}} AS DECIMAL(19, 4)) AS DOUBLE) = {{0}}) OR {_ROUND}",
        "ISNAN({0})",
    ),
    ("date", "naive"): Cast("CAST({0} AS DATE)", f"{{0}} = DATE_TRUNC('day', {{0}}) AND {{0}} {_CALENDAR}"),
    ("timestamp", "moment"): _zoned(_DAY_IN_ZONE),
}  # fmt: skip

# ---- SQLite: a column holds whatever was put into it, so each value tells its own type ----

_SCALED_TEXT: Final = (
    "CAST(REPLACE(SUBSTR({0} || CASE WHEN INSTR({0}, '.') = 0 THEN '.0000' ELSE '0000' END,"
    " 1, INSTR({0} || '.', '.') + 4), '.', '') AS INTEGER)"
)
_SCALED: Final = (
    "CASE TYPEOF({0}) WHEN 'integer' THEN {0} * 10000 WHEN 'real' THEN"
    " CASE WHEN {0} = CAST({0} AS INTEGER) THEN CAST({0} AS INTEGER) * 10000 ELSE CAST(ROUND({0} * 10000) AS INTEGER) END"
    f" ELSE {_SCALED_TEXT} END"
)
_IS_AMOUNT: Final = (
    "LTRIM({0}, '-') GLOB '[0-9]*' AND LENGTH({0}) - LENGTH(LTRIM({0}, '-')) < 2 AND {0} NOT GLOB '*.'"
    " AND LTRIM({0}, '-') NOT GLOB '*[^0-9.]*' AND LENGTH({0}) - LENGTH(REPLACE({0}, '.', '')) < 2"
    " AND INSTR(LTRIM({0}, '-') || '.', '.') <= 16 AND RTRIM(SUBSTR({0}, INSTR({0} || '.', '.') + 5), '0') = ''"
    " AND CAST({0} AS INTEGER) BETWEEN -922337203685476 AND 922337203685476"
)
_WHOLE_REAL: Final = "({0} = CAST({0} AS INTEGER) AND {0} BETWEEN -922337203685476 AND 922337203685476)"
_IS_SCALED: Final = (
    "CASE TYPEOF({0}) WHEN 'integer' THEN {0} BETWEEN -922337203685476 AND 922337203685476"
    f" WHEN 'real' THEN ({_NEAR} AND ROUND({{0}} * 10000) / 10000.0 = {{0}}) OR {_WHOLE_REAL}"
    f" WHEN 'text' THEN {_IS_AMOUNT} ELSE 0 END"
)
_IS_DAY: Final = (
    "TYPEOF({0}) = 'text' AND {0} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND {0} >= '0001'"
    " AND DATE({0}) = {0} AND DATE({0}, '+0 days') = {0}"
)
_SQLITE: Final[Casts] = {
    ("string", "any"): Cast("{0}", "TYPEOF({0}) = 'text' AND INSTR(CAST({0} AS BLOB), X'00') = 0"),
    ("int", "any"): Cast("{0}", "TYPEOF({0}) = 'integer'"),
    ("bool", "any"): Cast("{0}", "TYPEOF({0}) = 'integer' AND {0} IN (0, 1)"),
    ("decimal", "any"): Cast(f"({_SCALED})", f"({_IS_SCALED})"),
    ("date", "any"): Cast("{0}", _IS_DAY),
    ("timestamp", "any"): Cast("{0}", _IS_DAY),
}  # fmt: skip

CASTS: Final[Mapping[str, Casts]] = MappingProxyType(
    {"duckdb": _DUCKDB, "postgres": _POSTGRES, "spark": _SPARK, "sqlite": _SQLITE}
)
"""By dialect."""
