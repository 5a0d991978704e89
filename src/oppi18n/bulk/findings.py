"""Findings in DuckDB: a row per record and rule that fails or is unknown, with values, offenders and sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from oppi18n.bulk.messages import Sentences
from oppi18n.bulk.packed import Elements, Packing
from oppi18n.bulk.rows import json_value, place
from oppi18n.engine.decision import ParamType, RuleInfo
from oppi18n.targets.sql.queries import FAILS, UNKNOWN, ParamColumn, Queries, RuleColumns

if TYPE_CHECKING:
    from oppi18n.bulk.sentences import Saying

FLAGS = '"~flags"'
"""The table that `flags` is kept in."""


class FindingsSql:
    """The findings of some queries as SQL over the table that keeps their flags."""

    def __init__(self, queries: Queries, infos: Sequence[RuleInfo], packing: Packing) -> None:
        self.queries = queries
        self.packing = packing
        by_id = {info.id: info for info in infos}
        self.rules = [(rule, by_id[rule.id]) for rule in queries.rules]
        self.parts = {(part.rule, part.name): part.field for part in queries.parts}

    def sentences(self, rule: RuleColumns, info: RuleInfo) -> Sentences:
        """What the sentences of a rule hang on."""
        lists = {each.name: (rule.id, each.part) for each in rule.params if each.part}
        packed = {name: self.packing.columns[key] for name, key in lists.items()}
        fields = {name: self.packing.fields[self.parts[key]] for name, key in lists.items()}
        return Sentences(rule, info, packed, fields)

    def elements(self, rule: RuleColumns) -> dict[str, Elements]:
        """Where the elements of each part of a rule stand."""
        named = dict.fromkeys([*([rule.at] if rule.at else []), *(each.part for each in rule.params if each.part)])
        return {
            part: self.packing.elements(rule.id, part, self.parts[rule.id, part], number)
            for number, part in enumerate(named, 1)
        }

    def select(self, sayings: Mapping[str, Mapping[str, Saying]]) -> str:
        """The findings; `sayings` has by column of messages and by rule how each is said."""
        branches = []
        for rule, info in self.rules:
            own = {column: by_rule[rule.id] for column, by_rule in sayings.items()}
            branches += [self._failing(rule, info, own), self._unknown(rule, info, own)]
        if not branches:
            return self._nothing(list(sayings))
        return "\nUNION ALL\n".join(branches)

    def _nothing(self, messages: Sequence[str]) -> str:
        texts = "".join(f', NULL::VARCHAR AS "{each}"' for each in messages)
        return (
            "SELECT '' AS \"opportunity\", '' AS \"verdict\", '' AS \"rule\", '' AS \"severity\", '' AS \"outcome\","
            ' FALSE AS "partial", \'\' AS "place", NULL::VARCHAR[] AS "offenders", NULL::VARCHAR AS "params"'
            f"{texts} WHERE FALSE"
        )

    def _head(self, rule: RuleColumns, info: RuleInfo, outcome: str) -> Iterator[str]:
        text = self.queries.dialect.text_of
        yield f'f."{self.queries.id}" AS "{self.queries.id}"'
        yield f'f."{self.queries.verdict}" AS "verdict"'
        yield f'{text(rule.id)} AS "rule"'
        yield f'{text(info.severity)} AS "severity"'
        yield f'{text(outcome)} AS "outcome"'

    def _failing(self, rule: RuleColumns, info: RuleInfo, sayings: Mapping[str, Saying]) -> str:
        elements = self.elements(rule)
        inner = "".join(f", {self.packing.unpacked(each)}" for each in elements.values())
        source = f'SELECT *{inner} FROM {FLAGS} WHERE "{rule.column}" = {FAILS}'
        names = [
            f"{saying.names} AS {_quoted(f'{column}.{number}')}"
            for column, each in sayings.items()
            for number, (_, saying) in enumerate(each.lists)
        ]
        if names:
            source = f"SELECT *, {', '.join(names)} FROM ({source})"
        columns = [*self._head(rule, info, "fails"), f'{self._partial(rule)} AS "partial"', self._place(rule, info)]
        columns += [
            f'{self._offenders(rule, elements)} AS "offenders"',
            f'{self._params(rule, info, elements)} AS "params"',
        ]
        columns += [f"{self._message(column, each)} AS {_quoted(column)}" for column, each in sayings.items()]
        joins = "".join(_joined(column, each) for column, each in sayings.items())
        return f"SELECT {', '.join(columns)} FROM ({source}) f{joins}"

    def _unknown(self, rule: RuleColumns, info: RuleInfo, sayings: Mapping[str, Saying]) -> str:
        columns = [*self._head(rule, info, "unknown"), 'FALSE AS "partial"', self._place(rule, info)]
        columns += ['NULL::VARCHAR[] AS "offenders"', 'NULL::VARCHAR AS "params"']
        columns += [f"NULL::VARCHAR AS {_quoted(each)}" for each in sayings]
        return f'SELECT {", ".join(columns)} FROM {FLAGS} f WHERE "{rule.column}" = {UNKNOWN}'

    def _place(self, rule: RuleColumns, info: RuleInfo) -> str:
        return f'{self.queries.dialect.text_of(place(rule, info))} AS "place"'

    def _partial(self, rule: RuleColumns) -> str:
        return f'f."{rule.partial}" = 1' if rule.partial else "FALSE"

    def _offenders(self, rule: RuleColumns, elements: Mapping[str, Elements]) -> str:
        if rule.at is None:
            return "NULL::VARCHAR[]"
        if not rule.at:
            return "[]::VARCHAR[]"
        at = elements[rule.at]
        plain = f"[{self.packing.cell(at.field, 'id')} FOR p IN {at.plain}]"
        return f'COALESCE({plain}, [y."id" FOR y IN {at.odd}], []::VARCHAR[])'

    # ---- values ----

    def _params(self, rule: RuleColumns, info: RuleInfo, elements: Mapping[str, Elements]) -> str:
        """The values of a sentence as one JSON object."""
        text = self.queries.dialect.text_of
        pieces: list[str] = []
        for param, kind in zip(rule.params, info.params, strict=True):
            comma = ", " if pieces else ""
            pieces += [text(f"{comma}{json.dumps(param.name)}: "), self._json(param, kind, elements)]
        return f"CONCAT('{{', {', '.join(pieces)}, '}}')" if pieces else "'{}'"

    def _json(self, param: ParamColumn, kind: ParamType, elements: Mapping[str, Elements]) -> str:
        if kind.kind == "records":
            return self._json_records(param, elements)
        if not param.column:
            constant = json.dumps(json_value(param.constant), ensure_ascii=False)
            return self.queries.dialect.text_of(constant)
        column = f"f.{_quoted(param.column)}"
        return f"COALESCE({_json_of(kind.kind).format(column)}, 'null')"

    def _json_records(self, param: ParamColumn, elements: Mapping[str, Elements]) -> str:
        if not param.part:
            return "'null'"
        each, numbered = elements[param.part], "number" in self.packing.places[elements[param.part].field]
        number, identity = (self.packing.cell(each.field, name) for name in ("number", "id"))
        cell = f"COALESCE(NULLIF({number}, ''), {identity})" if numbered else identity
        plain = f"""'["' || ARRAY_TO_STRING([{cell} FOR p IN {each.plain}], '","') || '"]'"""
        cell = "COALESCE(NULLIF(y.\"number\", ''), y.\"id\", '')" if numbered else 'y."id"'
        listed = f"COALESCE({plain}, CAST(TO_JSON([{cell} FOR y IN {each.odd}]) AS VARCHAR), '[]')"
        return f"CASE WHEN f.{_quoted(param.loaded)} = 1 THEN {listed} ELSE 'null' END" if param.loaded else listed

    # ---- sentences ----

    def _message(self, column: str, saying: Saying) -> str:
        if not saying.texts:
            return "NULL::VARCHAR"
        table = _quoted(f"{column}.t")
        pieces = [f"{table}.{saying.texts[0]}"]
        for number, ((_, each), after) in enumerate(zip(saying.lists, saying.texts[1:], strict=True)):
            pieces += [each.joined.format(f"f.{_quoted(f'{column}.{number}')}"), f"{table}.{after}"]
        return f"CONCAT({', '.join(pieces)})"


def _joined(column: str, saying: Saying) -> str:
    """The join of a table of sentences."""
    if not saying.table:
        return ""
    alias = _quoted(f"{column}.t")
    same = [f"{alias}.{_quoted(each)} IS NOT DISTINCT FROM f.{_quoted(each)}" for each in saying.keys]
    return f" LEFT JOIN {_quoted(saying.table)} {alias} ON {' AND '.join(same) or 'TRUE'}"


def _json_of(kind: str) -> str:
    if kind in ("decimal", "money"):
        return "'\"' || RTRIM(RTRIM(CAST({0} AS VARCHAR), '0'), '.') || '\"'"
    if kind == "date":
        return "'\"' || CAST({0} AS VARCHAR) || '\"'"
    return "CAST({0} AS VARCHAR)" if kind in ("int", "bool") else "CAST(TO_JSON({0}) AS VARCHAR)"


def _quoted(name: str) -> str:
    return f'"{name}"'
