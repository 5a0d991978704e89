"""Sentences of violations, joined late: each distinct combination of values is worded once, as the engine words it.

A list of records is different nearly everywhere. Where a language allows it, SQL writes such a list itself, and only
what stands around it is worded here; where it does not (a Korean particle that follows from the last name), the whole
sentence is worded for each list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from oppi18n.bulk.answers import typed
from oppi18n.bulk.displays import Mark, split
from oppi18n.bulk.packed import decoded
from oppi18n.engine.decision import RecordValue, RuleInfo, Violation
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.schema import Field
from oppi18n.targets.sql.queries import ParamColumn, RuleColumns

_OPEN, _CLOSE = "\ue010", "\ue011"
_SOUNDS = ("가", "각", "갈")
"""Ends in a vowel, in a consonant, in the one that counts as either."""

Key = Sequence[Any]


class Worded(NamedTuple):
    """A sentence in parts: texts, and between them the names of the lists that stand there."""

    texts: tuple[str, ...]
    lists: tuple[str, ...]
    locale: str


class Sentences:
    """The sentences of one rule: which columns of `flags` they hang on, and what they are.

    `lists` are the params that are lists of records, `packed` their columns; `fields` what their elements are told by.
    """

    def __init__(
        self, rule: RuleColumns, info: RuleInfo, packed: Mapping[str, str], fields: Mapping[str, Sequence[Field]]
    ) -> None:
        self.rule = rule
        self.info = info
        self.lists = [each.name for each in rule.params if each.part]
        self.packed = [packed[name] for name in self.lists]
        self.fields = [fields[name] for name in self.lists]
        scalars = [(each.column, each.currency, each.loaded) for each in rule.params]
        found = [column for columns in scalars for column in columns if column]
        self.columns = list(dict.fromkeys([*found, *([rule.partial] if rule.partial else [])]))
        """The columns that a sentence hangs on, its lists aside."""

    def parts(self, key: Key, localizer: Localizer) -> Worded | None:
        """What stands around the lists; None if a language makes that hang on what is in them."""
        said = (
            [self._marked(key, sound, localizer) for sound in _SOUNDS] if self.lists else [self._plain(key, localizer)]
        )
        return said[0] if all(each == said[0] for each in said) else None

    def whole(self, key: Key, packed: Sequence[str | None], localizer: Localizer) -> str:
        """The sentence with its lists."""
        records = [decoded(fields, each) for fields, each in zip(self.fields, packed, strict=True)]
        kinds = {each.name: each.of for each in self.info.params}
        lists = {
            name: [RecordValue(kinds[name], each) for each in found]
            for name, found in zip(self.lists, records, strict=True)
        }
        return localizer.message(self._violation(key, lists))

    def _plain(self, key: Key, localizer: Localizer) -> Worded:
        text = localizer.violation(self._violation(key, {}))
        return Worded((text.text,), (), text.locale)

    def _marked(self, key: Key, sound: str, localizer: Localizer) -> Worded:
        kinds = {each.name: each.of for each in self.info.params}
        marks = {name: f"{_OPEN}{number}{_CLOSE}{sound}" for number, name in enumerate(self.lists)}
        lists = {name: [RecordValue(kinds[name], {"id": mark})] for name, mark in marks.items()}
        text = localizer.violation(self._violation(key, lists))
        return _around(split(text.text, {mark: Mark(name) for name, mark in marks.items()}), text.locale)

    def _violation(self, key: Key, lists: Mapping[str, list[RecordValue]]) -> Violation:
        row = dict(zip(self.columns, key, strict=True))
        values = tuple(
            self._value(param, kind.kind, row, lists)
            for param, kind in zip(self.rule.params, self.info.params, strict=True)
        )
        return Violation(self.info, None, values, bool(self.rule.partial and row[self.rule.partial]))

    def _value(
        self, param: ParamColumn, kind: str, row: Mapping[str, Any], lists: Mapping[str, list[RecordValue]]
    ) -> Any:
        if kind == "records":
            return None if not param.part or (param.loaded and not row[param.loaded]) else lists[param.name]
        value = typed(kind, row[param.column], scaled=False) if param.column else param.constant
        if kind != "money":
            return value
        return value, row[param.currency] if param.currency else param.constant_currency


def _around(pieces: Sequence[str | Mark], locale: str) -> Worded:
    """Texts and names of lists by turns, a text first and last."""
    texts, lists = [""], []
    for piece in pieces:
        if isinstance(piece, Mark):
            lists.append(piece.name)
            texts.append("")
        else:
            texts[-1] += piece
    return Worded(tuple(texts), tuple(lists), locale)
