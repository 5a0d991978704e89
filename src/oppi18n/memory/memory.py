"""Asking a memory: what was translated before, exactly so, in other clothes, or nearly so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from oppi18n.i18n import locales
from oppi18n.memory import packing
from oppi18n.memory.differences import Change, differences
from oppi18n.memory.nearness import near_to
from oppi18n.memory.storage import Storage, marks
from oppi18n.memory.texts import normal
from oppi18n.units.unit import MARKUPS, STATES, TRANSLATED, Place, Unit
from oppi18n.upkeep.guard import Clash, Guard

EXACT: Final = "exact"
NORMALISED: Final = "normalised"
FUZZY: Final = "fuzzy"
KINDS: Final = (EXACT, NORMALISED, FUZZY)

LEAST: Final = 0.7
"""How alike two texts must be, from 0 to 1, for the one to be worth a look."""
_JUDGED: Final = 200
"""Texts whose meaning is held against that of the text in question: many may have to be refused."""

_COLUMNS: Final = (
    "texts.source, texts.plural, texts.language, units.name, units.locale, units.context, units.markup, units.origin, "
    "units.state, units.targets, units.line, units.place, files.path"
)
_FROM: Final = "FROM units JOIN texts ON texts.id = units.text JOIN files ON files.id = units.file"
_KINDS_OF_COLUMNS: Final[tuple[type | tuple[type, ...], ...]] = (str, (str, type(None)), *[str] * 8, int, int, str)


class Match(NamedTuple):
    """A text that was translated before, `times` in the same way; `unit` is the most trusted of these.

    `changes` lead from its source to the text that was asked about. With `clashes` it must not be taken over: the two
    texts may say the opposite, or speak of other numbers or states.
    """

    kind: str
    score: float
    unit: Unit
    times: int
    changes: tuple[Change, ...]
    clashes: tuple[Clash, ...]

    @property
    def is_safe(self) -> bool:
        """Whether nothing speaks against proposing its translation."""
        return not self.clashes


class Memory:
    """An open memory. `names` are those of the values of enumerations, beside those that its catalogs hold.

    Raises InputError: `not-found`, `is-a-folder`, `not-readable`, `memory-foreign`, `memory-damaged`, `memory-newer`,
    `memory-locked`.
    """

    def __init__(self, path: str | os.PathLike[str], *, names: Iterable[str] = ()) -> None:
        self.storage = Storage(path)
        self._given = frozenset(names)
        self._guards: dict[str, Guard] = {}
        self._locales: tuple[str, ...] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.storage.close()

    def query(
        self,
        text: str,
        locale: str,
        *,
        plural: str | None = None,
        context: str = "",
        least: float = LEAST,
        limit: int = 5,
    ) -> tuple[Match, ...]:
        """What there is for a text in a locale: what may be proposed first, each kind of match before the weaker ones.

        At most `limit` that may be proposed, and as many that must not. Without the library that compares texts, there
        are no fuzzy ones.
        """
        tags = [each for each in self.locales if _serves(each, locale)]
        if not tags or packing.is_unspeakable(text):
            return ()
        bare = normal(packing.joined(text, plural))
        found = self._units("WHERE texts.normal = ?", (bare,), tags)
        scores = {bare: 1.0}
        if len(found) < limit:
            scores |= near_to(bare, tags, self.storage, least=least, limit=_JUDGED)
            near = [each for each in scores if each != bare]
            found += self._units(f"WHERE texts.normal IN ({marks(near)})", near, tags) if near else []
        matches = sorted(self._matches(found, scores, text, plural, context), key=_rank)
        safe = [each for each in matches if each.is_safe][:limit]
        refused = [each for each in matches if not each.is_safe][:limit]
        return tuple(_shown(each, packing.joined(text, plural)) for each in (*safe, *refused))

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales of its translations, sorted."""
        if self._locales is None:
            self._locales = tuple(
                str(tag) for (tag,) in self.storage.rows("SELECT DISTINCT locale FROM units ORDER BY 1")
            )
        return self._locales

    @property
    def stamps(self) -> dict[str, bytes]:
        """The files that it was built of, each with the stamp of what was read."""
        return dict(self.storage.rows("SELECT path, stamp FROM files ORDER BY path"))

    def units(self, path: str) -> list[Unit]:
        """The units of one of its files, in their order."""
        rows = self.storage.rows(f"SELECT {_COLUMNS} {_FROM} WHERE files.path = ? AND part = 0 ORDER BY units.id", path)
        return [self._unit(row) for row in rows]

    def __len__(self) -> int:
        ((count,),) = self.storage.rows("SELECT count(*) FROM units WHERE part = 0")
        return int(count)

    # ---- one question ----

    def _units(self, where: str, values: Iterable[str], tags: list[str]) -> list[Unit]:
        question = f"SELECT {_COLUMNS} {_FROM} {where} AND units.locale IN ({marks(tags)}) ORDER BY units.id"
        return [self._unit(row) for row in self.storage.rows(question, *values, *tags)]

    def _matches(
        self, units: Iterable[Unit], scores: dict[str, float], text: str, plural: str | None, context: str
    ) -> Iterator[Match]:
        """Units that say the same with the same are one match."""
        alike = sorted((each for each in units if (each.plural is None) == (plural is None)), key=_said)
        whole = packing.joined(text, plural)
        for _, group in groupby(alike, key=_said):
            same = list(group)
            unit = min(same, key=lambda each: (each.state != TRANSLATED, each.context != context))
            source = packing.joined(unit.source or "", unit.plural)
            score = scores.get(normal(source))
            if score is None:
                raise self.storage.damaged("a text is not where its index says")
            kind = EXACT if source == whole else NORMALISED if score == 1.0 else FUZZY
            clashes = self._guard(unit.source_locale).clashes(source, whole)
            yield Match(kind, score, unit, len(same), (), clashes)

    def _guard(self, language: str) -> Guard:
        if language not in self._guards:
            names = {str(name) for (name,) in self.storage.rows("SELECT name FROM names")}
            self._guards[language] = Guard(language, sorted(self._given | names))
        return self._guards[language]

    def _unit(self, row: tuple[Any, ...]) -> Unit:
        if not all(isinstance(value, kind) for value, kind in zip(row, _KINDS_OF_COLUMNS, strict=True)):
            raise self.storage.damaged("a text is none")
        source, plural, language, name, locale, context, markup, origin, state, written, line, column, path = row
        targets = _targets(written)
        if targets is None or markup not in MARKUPS or state not in STATES:
            raise self.storage.damaged("a translation cannot be read")
        return Unit(
            id=name,
            source=source,
            plural=plural,
            targets=targets,
            locale=locale,
            source_locale=language,
            context=context,
            place=Place(path, line, column),
            markup=markup,
            origin=origin,
            state=state,
        )


def _targets(written: str) -> tuple[str, ...] | None:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    is_sound = isinstance(found, list) and found and all(isinstance(each, str) for each in found)
    return tuple(found) if is_sound else None


def _serves(tag: str, wanted: str) -> bool:
    """Whether translations in the one locale are of use in the other: the same language, and no other region."""
    regions = {each[-2:] for each in map(locales.canonical, (tag, wanted)) if each and each[-3:-2] == "-"}
    return locales.is_variant(tag, wanted) and len(regions) < 2


def _shown(match: Match, text: str) -> Match:
    source = packing.joined(match.unit.source or "", match.unit.plural)
    return match._replace(changes=differences(source, text))


def _said(unit: Unit) -> tuple[str, str, tuple[str, ...]]:
    return unit.source or "", unit.plural or "", unit.targets


def _rank(match: Match) -> tuple[Any, ...]:
    unit = match.unit
    return KINDS.index(match.kind), -match.score, unit.state != TRANSLATED, -match.times, _said(unit)
