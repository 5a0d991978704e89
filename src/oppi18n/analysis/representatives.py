"""One value for each region between two thresholds, and the thresholds themselves, in the order of how plain they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any, Final

from oppi18n.analysis.reads import SETTINGS, TODAY, Place
from oppi18n.analysis.regions import Regions
from oppi18n.model.schema import Model
from oppi18n.model.values import DECIMAL_PLACES, INT_MAX, INT_MIN, ValueFault, is_currency, to_decimal
from oppi18n.rules.types import Type

CODES: Final = ("USD", "EUR", "JPY", "KRW", "BHD", "KWD", "CLF", "UYW")
"""Codes of currencies that are tried before others with as many digits."""
LETTERS: Final = "xyzuvwabcdefghijklmnopqrst"
_LEAST: Final = Decimal(1).scaleb(-DECIMAL_PLACES)


class Representatives:
    """The values with which each place is tried."""

    def __init__(self, regions: Regions, models: Sequence[Model], lists: Collection[Place], *, records: int) -> None:
        self.regions = regions
        self.records = records
        self.models = models
        self.model = models[0]
        self.lists = lists
        self._of: dict[str, Callable[[Place], Iterable[Any]]] = {
            "bool": lambda _: (False, True),
            "int": self._ints,
            "decimal": self._decimals,
            "date": self._dates,
            "timestamp": self._dates,
            "string": self._texts,
            "reference": self._texts,
            "currency": self._currencies,
        }

    def field(self, place: Place, kind: str, of: str = "") -> tuple[Any, ...]:
        """The values of a field of the model."""
        if kind == "enumeration":
            return self.values(of)
        return tuple(dict.fromkeys(self._of[kind](place)))

    def values(self, enumeration: str) -> tuple[str, ...]:
        """The values of an enumeration that all models with that enumeration have."""
        first, *others = (
            model.enumerations[enumeration].values for model in self.models if enumeration in model.enumerations
        )
        return tuple(value for value in first if all(value in other for other in others))

    def setting(self, name: str, kind: Type, value: Any) -> tuple[Any, ...]:
        """The values of a setting other than the one in force."""
        place = (SETTINGS, name)
        found: Iterable[Any] = ()
        if kind.kind == "list":
            every = self.values(kind.item.name) if kind.item and kind.item.name else value
            found = ((), tuple(value), every)
        elif kind.kind in ("bool", "enumeration") or self.regions.values.get(place) or self.regions.parts.get(place):
            found = self.field(place, kind.kind, kind.name)
        return tuple(each for each in dict.fromkeys(found) if each != value)

    def days(self) -> tuple[date, ...]:
        """The days that are tried as today: the one that is given, and those around the days that rules name."""
        named = self.field(TODAY, "date") if self.regions.values.get(TODAY) else ()
        return tuple(dict.fromkeys((self.regions.today, *named)))

    # ---- by type ----

    def _points(self, place: Place, wanted: type) -> list[Any]:
        known = self.regions.thresholds(place)
        return sorted({each for each in known if isinstance(each, wanted) and not isinstance(each, bool)})

    def _ints(self, place: Place) -> Iterator[int]:
        whole = {each for point in self._points(place, int | Decimal) for each in _around(point)}  # type: ignore[arg-type]
        found = spread(sorted(whole), self.regions.apart(place, self.lists))
        return iter(sorted((n for n in found if INT_MIN <= n <= INT_MAX), key=lambda n: (n < 0, abs(n))))

    def _dates(self, place: Place) -> Iterator[date]:
        here = self.regions.today.toordinal()
        points = [each.toordinal() for each in self._points(place, date)]
        found = spread(points, self.regions.apart(place, self.lists), start=here)
        possible = (day for day in found if date.min.toordinal() <= day <= date.max.toordinal())
        return (date.fromordinal(day) for day in sorted(possible, key=lambda day: (abs(day - here), day)))

    def _decimals(self, place: Place) -> Iterator[Decimal]:
        points = sorted(Decimal(each) for each in self._points(place, int | Decimal))  # type: ignore[arg-type]
        found = spread_exactly(points, self.regions.apart(place, self.lists))
        if any(each in self.regions.scaled for each in self.regions.together(place)):
            found += [each for value in found if value not in points for each in _scaled(value, points)]
        found = [each for each in found if _fits(each)]
        return iter(sorted(found, key=lambda each: (_places(each), each < 0, abs(each))))

    def _texts(self, place: Place) -> Iterator[str]:
        together = self.regions.together(place)
        known = {each for each in self.regions.thresholds(place) if isinstance(each, str)}
        lengths = {n for each in together for n in self.regions.lengths.get(each, ())}
        parts = {part for each in together for part in self.regions.parts.get(each, ())}
        if any(each in self.regions.ranked for each in together):
            known |= {each for text in known for each in (text[:-1], f"{text}x")}
        found = [*sorted(known), *(form for part in sorted(parts) for form in _with_part(part))]
        found += [_long(n) for length in sorted(lengths) for n in (length - 1, length, length + 1) if n >= 0]
        fresh = (letter for letter in LETTERS if letter not in known and not any(letter in part for part in parts))
        wanted = self.regions.apart(place, self.lists)
        if place[-1] == "id" and place[:-1] in self.lists:
            # No two records of a list have one id.
            wanted = max(wanted, self.records)
        found += [letter for _, letter in zip(range(wanted), fresh, strict=False)]
        return iter(sorted(dict.fromkeys(found), key=lambda text: (len(text) or 2, not text.startswith("x"), text)))

    def _currencies(self, place: Place) -> Iterator[str]:
        together = self.regions.together(place)
        known = sorted(each for each in self.regions.thresholds(place) if isinstance(each, str) and is_currency(each))
        apart = self.regions.apart(place, self.lists)
        coded = any(each in self.regions.coded for each in together)
        digits = sorted({2, *self.model.digits.values()}, key=lambda n: (n != 2, n)) if coded else [None]
        codes = dict.fromkeys((*CODES, *sorted(self.model.digits)))
        for wanted in digits:
            fitting = [
                code for code in codes if code not in known and wanted in (None, self.model.currency_digits(code))
            ]
            yield from fitting[:apart]
        yield from known


def spread(points: list[int], apart: int, *, start: int = 0) -> list[int]:
    """The points and, below, between and above them, so many others; around `start` where there is no point.

    >>> spread([10, 12], 1), spread([], 2)
    ([9, 10, 11, 12, 13], [0, 1])
    """
    if not points:
        return [start + n for n in range(apart)]
    found = [*range(points[0] - apart, points[0]), *points, *range(points[-1] + 1, points[-1] + apart + 1)]
    for low, high in pairwise(points):
        found += _ends(low, high, apart)
    return sorted(set(found))


def _ends(low: int, high: int, apart: int) -> list[int]:
    """So many whole numbers between two, from both ends, beginning with the one nearer to zero."""
    inside = range(low + 1, high)
    if len(inside) <= apart:
        return list(inside)
    first, last = (0, -1) if abs(low) <= abs(high) else (-1, 0)
    step = 1 if first == 0 else -1
    return [inside[first + step * (n // 2)] if n % 2 == 0 else inside[last - step * (n // 2)] for n in range(apart)]


def spread_exactly(points: list[Decimal], apart: int) -> list[Decimal]:
    """The same for decimals, between which there is room.

    >>> [str(each) for each in spread_exactly([Decimal(0), Decimal("0.5")], 1)]
    ['-1', '0', '0.1', '0.5', '1.5']
    """
    if not points:
        return [Decimal(n) for n in range(apart)]
    found = [*points]
    found += [points[0] - n for n in range(1, apart + 1)] + [points[-1] + n for n in range(1, apart + 1)]
    for low, high in pairwise(points):
        # The longest step that leaves room for all: the values stay as plain as they can be.
        steps = (Decimal(1).scaleb(-places) for places in range(DECIMAL_PLACES + 1))
        step = next((each for each in steps if each * apart < high - low), _LEAST)
        inside = (low + step * n if abs(low) <= abs(high) else high - step * n for n in range(1, apart + 1))
        found += (each for each in inside if low < each < high)
    return sorted(set(found))


def _around(point: int | Decimal) -> set[int]:
    """The whole numbers next to a threshold."""
    down = int(point // 1)
    return {down} if down == point else {down, down + 1}


def _scaled(value: Decimal, points: Iterable[Decimal]) -> Iterator[Decimal]:
    """Values with one to four decimal places that lie between the same thresholds."""
    low = max((each for each in points if each < value), default=None)
    high = min((each for each in points if each > value), default=None)
    for number in range(1, DECIMAL_PLACES + 1):
        unit = Decimal(1).scaleb(-number)
        start = value.quantize(unit, rounding=ROUND_FLOOR)
        for step in (1, 2, -1, -2):
            found = start + step * unit
            if _places(found) == number and (low is None or low < found) and (high is None or found < high):
                yield found
                break


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _fits(value: Decimal) -> bool:
    try:
        return to_decimal(value) == value
    except ValueFault:
        return False


def _with_part(part: str) -> tuple[str, ...]:
    return part, f"{part}x", f"x{part}", f"x{part}x"


def _long(length: int) -> str:
    return "x" * length
