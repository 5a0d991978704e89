"""JSON is read by the standard library's scanner, strictly: what it would let through or round is refused."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import Oppi18nError
from oppi18n.model.facts import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oppi18n.readers.json_scan import Scan

MAX_DEPTH: Final = 32
"""How deep objects and lists may be nested."""

MAX_NUMBER: Final = 600
"""How many characters a number may have; Python reads so many whatever its own limit is set to."""


_BLANK: Final = " \t\n\r"
_SHORT: Final = 10
_KEPT: Final = 1000
_FAULTS: Final = (StopIteration, ValueError, ArithmeticError, RecursionError)


class RefusedError(ValueError):
    """The fast reader has met something that JSON has no room for, or that is not there to its end."""


def parse(text: str, source: str = "") -> Any:
    """The value of a JSON text: numbers with a point or an exponent are exact decimals, no member occurs twice.

    Raises DataError: `empty-file`, `json-…`, `duplicate-member`, `lone-surrogate`, `number-too-long`, `too-deep`, each
    with its line and column, and with the JSON Pointer of the value it spoils.

    >>> parse('{"revenue": 240000.50}')
    {'revenue': Decimal('240000.50')}
    >>> parse('{"state": 1, "state": 2}')
    Traceback (most recent call last):
    ...
    oppi18n.model.facts.DataError: /state: 'state' occurs twice in one object; the first time is in line 1
    """
    try:
        return _strict(text)
    except _FAULTS:
        raise _explained(text, source) from None


def parse_or_none(text: str) -> Any:
    """The value of a JSON text; None if it is no such text, for whoever has another way to tell why.

    >>> parse_or_none("[1]"), parse_or_none("[1,]")
    ([1], None)
    """
    try:
        return _strict(text)
    except _FAULTS:
        return None


def _strict(text: str) -> Any:
    value = _decoded(text)
    if _too_deep(value, text) or _has_half_characters(value, text):
        raise RefusedError
    return value


def value_at(text: str, start: int, depth: int = 0) -> tuple[Any, int]:
    """The value that begins at an offset, `depth` levels deep in a longer text, and where it ends.

    Raises RefusedError, also where the text is cut off before its end; `look_over` says what is wrong.

    >>> value_at('[{"revenue": 1.50}, {}]', 1, 1)
    ({'revenue': Decimal('1.50')}, 18)
    """
    try:
        value, end = _scan(text, start)
    except (StopIteration, ValueError, ArithmeticError, RecursionError):
        raise RefusedError from None
    if type(value) is dict or type(value) is list or type(value) is str:
        own = text[start:end]
        if _too_deep(value, own, depth) or _has_half_characters(value, own):
            raise RefusedError
    return value, end


def look_over(text: str, wanted: Iterable[str] = ()) -> Scan:
    """What is wrong with a JSON text, and where the values at the `wanted` JSON Pointers stand."""
    from oppi18n.readers.json_scan import Scan  # only when something is wrong

    return Scan(text, wanted, max_depth=MAX_DEPTH, max_number=MAX_NUMBER)


def _explained(text: str, source: str) -> Oppi18nError:
    problems = look_over(text).problems
    return DataError(problems, source) if problems else Oppi18nError("internal", what="json")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedError
    return members


def _exact(text: str) -> Decimal:
    if len(text) > MAX_NUMBER:
        raise RefusedError
    return Decimal(text)


class _Wholes(dict[str, int]):
    """Whole numbers by their texts: files say the same few codes again and again."""

    def __missing__(self, text: str) -> int:
        if len(text) > MAX_NUMBER:
            raise RefusedError
        number = int(text)
        if len(text) <= _SHORT and len(self) < _KEPT:
            self[text] = number
        return number


def _constant(_: str) -> object:
    raise RefusedError


def _too_deep(value: object, text: str, depth: int = 0) -> bool:
    if text.count("{") + text.count("[") + depth <= MAX_DEPTH:
        return False
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH - depth):
        level = [
            item
            for each in level
            for item in (each.values() if type(each) is dict else each)
            if type(item) is dict or type(item) is list
        ]
        if not level:
            return False
    return True


def _has_half_characters(value: object, text: str) -> bool:
    r"""Whether an escape such as `\ud83d` stands alone; text that was decoded from UTF-8 has none unescaped."""
    if "\\" not in text or ("\\ud" not in text and "\\uD" not in text):
        return False
    rest = [value]
    while rest:
        each = rest.pop()
        if isinstance(each, str):
            try:
                each.encode()
            except UnicodeEncodeError:
                return True
        elif isinstance(each, dict):
            rest += each.keys()
            rest += each.values()
        elif isinstance(each, list):
            rest += each
    return False


_HOOKS: Final[dict[str, Any]] = {
    "object_pairs_hook": _members,
    "parse_float": _exact,
    "parse_int": _Wholes().__getitem__,
    "parse_constant": _constant,
}


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    """The scanner of the standard library, without the package around it.

    That compiles six patterns when it is imported, and only what is wrong with a text needs them.
    """
    try:
        from _json import make_scanner
    except ImportError:
        from json.decoder import JSONDecoder

        decoder: Any = JSONDecoder(**_HOOKS)
    else:
        return make_scanner(SimpleNamespace(strict=True, object_hook=None, **_HOOKS))  # type: ignore[arg-type]
    scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
    return scan


_scan: Final = _scanner()


def _decoded(text: str) -> Any:
    start = len(text) - len(text.lstrip(_BLANK))
    value, end = _scan(text, start)
    if text[end:].strip(_BLANK):
        raise RefusedError
    return value
