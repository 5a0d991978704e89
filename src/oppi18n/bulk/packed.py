"""The elements of a list as one text per record in DuckDB: much cheaper to collect than a list, and as exact.

Control characters stand between fields and elements. A text in which such a character could be taken for one of these,
or which JSON would write otherwise than it is, is odd: its element is written as JSON, and ends with a backslash, which
no other element has. All lists without one are told by their texts alone, which are in the right order once sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from oppi18n.model.schema import Field
from oppi18n.targets.sql.logic import text
from oppi18n.targets.sql.queries import Gathered, Gathering, Queries, shown_fields
from oppi18n.targets.sql.tables import Column

_ITEM, _FIELD = "CHR(30)", "CHR(31)"
_STRANGE: Final = (
    r"\x{007f}-\x{009f}\x{061c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{206f}\x{fff9}-\x{fffb}"
    r"\x{0590}-\x{08ff}\x{fb1d}-\x{fdff}\x{fe70}-\x{fefe}\x{10800}-\x{10fff}\x{1e800}-\x{1efff}"
)
"""Inside of a class of a regular expression: characters that are not shown as they are, though JSON has them as they are."""
_SORTED: Final = ("number", "revision", "id")
"""The fields that elements are sorted by come first in their texts."""
_TEXTS: Final = ("string", "reference", "currency")


class Elements(NamedTuple):
    """Columns of the elements of a part: lists of texts, or structs where one is odd; and the text that both come from."""

    plain: str
    odd: str
    packed: str
    field: str


class Packing:
    """Which columns of `flags` hold which elements, and what they say."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries
        self.columns: dict[tuple[str, str], str] = {}
        """(rule, part) → column."""
        self.fields = {name: _in_order(shown_fields(queries.lists[name])) for name in queries.named}
        self.places = {
            name: {field.name: place for place, field in enumerate(fields, 1)} for name, fields in self.fields.items()
        }
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

    # ---- into texts ----

    def _packed(self, name: str) -> str:
        columns = self.queries.tables.lists[name].columns
        cells = [(field, columns.get(field.name)) for field in self.fields[name]]
        plain, careful = (
            f", {_FIELD}, ".join(_cell(field, column, as_json=each) for field, column in cells)
            for each in (False, True)
        )
        return f"CASE WHEN {_odd(cells)} THEN CONCAT({careful}, {_FIELD}, '\\') ELSE CONCAT({plain}) END"

    # ---- out of texts ----

    def elements(self, rule: str, part: str, field: str, number: int) -> Elements:
        """Where the elements of a part of a rule stand, once `unpacked` was selected."""
        return Elements(f'"~p{number}"', f'"~s{number}"', f'"{self.columns[rule, part]}"', field)

    def unpacked(self, elements: Elements) -> str:
        """Both columns, to be selected; elements are in the order in which sentences name them."""
        packed = elements.packed
        texts = f"STRING_SPLIT({packed}, {_ITEM})"
        plain, odd = (f"[STRING_SPLIT(x, {_FIELD}) FOR x IN {each}]" for each in (f"LIST_SORT({texts})", texts))
        plain = f"CASE WHEN NOT CONTAINS({packed}, '\\') THEN {plain} END"
        odd = f"CASE WHEN CONTAINS({packed}, '\\') THEN LIST_SORT([{self._struct(elements.field)} FOR p IN {odd}]) END"
        return f"{plain} AS {elements.plain}, {odd} AS {elements.odd}"

    def _struct(self, name: str) -> str:
        """Number, revision and id come first, as these are what elements are sorted by."""
        cells = {field: _unquoted(f"p[{place}]") for field, place in self.places[name].items()}
        order = [
            f"COALESCE({cells['number']}, '')" if "number" in cells else "''",
            f"COALESCE(TRY_CAST({cells['revision']} AS BIGINT), -1)" if "revision" in cells else "-1",
            f"COALESCE({cells['id']}, '')",
        ]
        members = [f"'~{place}': {each}" for place, each in enumerate(order, 1)]
        members += [f"'{field}': {cell}" for field, cell in cells.items()]
        return f"{{{', '.join(members)}}}"

    def cell(self, name: str, field: str) -> str:
        """A field of an element `p` that is no struct; empty where it is missing."""
        place = self.places[name].get(field)
        return f"p[{place}]" if place else "''"


def strange(packed: str) -> str:
    """Where a packed text without odd elements has characters that are not shown as they are."""
    # All of them but one take several bytes, and nearly no text does.
    several = f"STRLEN({packed}) <> LENGTH({packed}) AND REGEXP_MATCHES({packed}, '[{_STRANGE}]')"
    return f"CONTAINS({packed}, CHR(127)) OR ({several})"


def _in_order(fields: Sequence[Field]) -> list[Field]:
    by_name = {each.name: each for each in fields}
    first = [by_name[name] for name in _SORTED if name in by_name]
    return [*first, *(each for each in fields if each.name not in _SORTED)]


def _is_text(field: Field, column: Column) -> bool:
    return field.type in _TEXTS or (field.type == "enumeration" and not column.coded)


def _cell(field: Field, column: Column | None, *, as_json: bool) -> str:
    if column is None:
        return "''"
    sql = column.sql.format("q")
    return f"TO_JSON({sql})" if as_json and _is_text(field, column) else sql


def _odd(cells: Sequence[tuple[Field, Column | None]]) -> str:
    """Where texts alone would not tell an element, or sort it wrongly."""
    tests, texts = [], []
    for field, column in cells:
        if column is not None and _is_text(field, column):
            texts.append(column.sql.format("q"))
            tests.append(f"{texts[-1]} = ''")
        if column is not None and field.name == "revision":
            digit = f"{column.sql.format('q')} NOT BETWEEN 0 AND 9"
            tests.append(digit if field.type == "int" else "TRUE")
    together = f"CONCAT({', '.join(texts)})"
    tests += [f"STRLEN(TO_JSON({together})) <> STRLEN({together}) + 2"] if texts else []
    return " OR ".join(tests) or "FALSE"


def _unquoted(cell: str) -> str:
    return f"CASE WHEN {cell}[1] = '\"' THEN JSON_EXTRACT_STRING({cell}, '$') ELSE NULLIF({cell}, '') END"


def decoded(fields: Sequence[Field], packed: str | None) -> list[dict[str, Any]]:
    """The elements in a packed text, read in Python.

    >>> decoded([Field("id", "string"), Field("revision", "int")], 'a\\x1f1\\x1e"b\\\\n"\\x1f\\x1f\\\\')
    [{'id': 'a', 'revision': 1}, {'id': 'b\\n', 'revision': None}]
    """
    import json

    if packed is None:
        return []
    found = []
    for item in packed.split("\x1e"):
        cells = item.removesuffix("\x1f\\").split("\x1f")
        read = zip(fields, cells, strict=True)
        found.append({field.name: _value(field, cell, json.loads) for field, cell in read})
    return found


def _value(field: Field, cell: str, loads: Any) -> Any:
    if not cell:
        return None
    if field.type == "int":
        return int(cell)
    return loads(cell) if cell[0] == '"' else cell
