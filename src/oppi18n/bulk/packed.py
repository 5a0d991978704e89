"""The elements of a list as one text per record in DuckDB: much cheaper to collect than a list, and as exact.

Fields are JSON, which escapes every control character, so that two of these can stand between fields and elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from oppi18n.model.schema import Field
from oppi18n.targets.sql.logic import text
from oppi18n.targets.sql.queries import Gathered, Gathering, Queries, shown_fields
from oppi18n.targets.sql.tables import Column

_ITEM, _FIELD = "CHR(30)", "CHR(31)"
ODD: Final = (
    r"\\\x{007f}-\x{009f}\x{061c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{206f}\x{fff9}-\x{fffb}"
    r"\x{0590}-\x{08ff}\x{fb1d}-\x{fdff}\x{fe70}-\x{fefe}\x{10800}-\x{10fff}\x{1e800}-\x{1efff}"
)
"""Inside of a class of a regular expression: what JSON text has for characters that are not shown as they are."""


class Packing:
    """Which columns of `flags` hold which elements, and what they say."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries
        self.columns: dict[tuple[str, str], str] = {}
        """(rule, part) → column."""
        self.fields = {name: shown_fields(queries.lists[name]) for name in queries.named}
        self.gathering = self._gathering()

    def _gathering(self) -> Gathering:
        found: dict[str, list[Gathered]] = {}
        same: dict[Any, str] = {}
        for part in self.queries.parts:
            key = (part.field, part.member, part.loaded)
            if key not in same:
                same[key] = f"~l{len(same) + 1}"
                member = f"CASE WHEN {text(part.member)} THEN {self._packed(part.field)} END"
                sql = f"STRING_AGG({member}, {_ITEM})"
                found.setdefault(part.field, []).append(Gathered(same[key], sql, part.member, part.loaded))
            self.columns[part.rule, part.name] = same[key]
        return found

    def _packed(self, name: str) -> str:
        columns = self.queries.tables.lists[name].columns
        cells = [self._cell(field, columns.get(field.name)) for field in self.fields[name]]
        return f"CONCAT({f', {_FIELD}, '.join(cells)})"

    def _cell(self, field: Field, column: Column | None) -> str:
        if column is None:
            return "''"
        sql = column.sql.format("q")
        if field.type in ("string", "reference", "currency") or (field.type == "enumeration" and not column.coded):
            return f"TO_JSON({sql})"
        return sql

    def unpacked(self, name: str, column: str) -> str:
        """The elements in a column as structs, in the order in which sentences name them; NULL where there is none."""
        split = f"[STRING_SPLIT(x, {_FIELD}) FOR x IN STRING_SPLIT({column}, {_ITEM})]"
        # Hardly any text has a character that JSON escapes, and without one the quotes are all that must go.
        plain, escaped = (f"LIST_SORT([{self._struct(name, each)} FOR p IN {split}])" for each in (False, True))
        return f"CASE WHEN CONTAINS({column}, '\\') THEN {escaped} WHEN {column} IS NOT NULL THEN {plain} END"

    def _struct(self, name: str, escaped: bool) -> str:
        """Number, revision and id come first, as these are what elements are sorted by."""
        cells = {
            field.name: self._unquoted(field, f"NULLIF(p[{place}], '')", escaped)
            for place, field in enumerate(self.fields[name], 1)
        }
        order = [
            f"COALESCE({cells['number']}, '')" if "number" in cells else "''",
            f"COALESCE(TRY_CAST({cells['revision']} AS BIGINT), -1)" if "revision" in cells else "-1",
            f"COALESCE({cells['id']}, '')",
        ]
        members = [f"'~{place}': {each}" for place, each in enumerate(order, 1)]
        members += [f"'{field}': {cell}" for field, cell in cells.items()]
        return f"{{{', '.join(members)}}}"

    def _unquoted(self, field: Field, cell: str, escaped: bool) -> str:
        if not self._is_text(field):
            return cell
        return f"JSON_EXTRACT_STRING({cell}, '$')" if escaped else f"{cell}[2:-2]"

    def _is_text(self, field: Field) -> bool:
        if field.type != "enumeration":
            return field.type in ("string", "reference", "currency")
        return not any(
            column.coded
            for table in self.queries.tables.lists.values()
            for name, column in table.columns.items()
            if name == field.name
        )


def decoded(fields: Sequence[Field], packed: str | None) -> list[dict[str, Any]]:
    """The elements in a packed text, read in Python.

    >>> decoded([Field("id", "string"), Field("revision", "int")], '"a"\\x1f1\\x1e"b"\\x1f')
    [{'id': 'a', 'revision': 1}, {'id': 'b', 'revision': None}]
    """
    import json

    if packed is None:
        return []
    found = []
    for item in packed.split("\x1e"):
        cells = zip(fields, item.split("\x1f"), strict=True)
        found.append({field.name: _value(field, cell, json.loads) for field, cell in cells})
    return found


def _value(field: Field, cell: str, loads: Any) -> Any:
    if not cell:
        return None
    if field.type == "int":
        return int(cell)
    return loads(cell) if cell[0] == '"' else cell
