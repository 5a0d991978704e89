"""Translations go into a page text by text: what was not translated anew keeps its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from oppi18n.docs import front
from oppi18n.docs.images import escaped
from oppi18n.docs.page import ESCAPE, Lines, Page
from oppi18n.docs.repair import Edit, edited
from oppi18n.docs.scanner import scan
from oppi18n.docs.spans import find_pairs
from oppi18n.docs.units import Slot, slots
from oppi18n.errors import InputError
from oppi18n.units.unit import TABLE, Unit

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BAR: Final = re.compile(r"(?<!\\)\|")
_TAG: Final = '<span data-ttu-id="a-1">'
_BETWEEN: Final = '</span><span class="sxs-lookup"><span data-stu-id="a-1">'
_END: Final = "</span></span>"


class Translated(NamedTuple):
    """A page with new translations; `refused` says which ones it could not hold, and why."""

    page: Page
    changed: int
    refused: tuple[InputError, ...]


def with_translations(page: Page, units: Iterable[Unit]) -> Translated:
    """The page with the translations of these units, which must be its own.

    Refused are `translation-character`, `translation-line-end` and `translation-structure`: a translation that would
    move the bounds of its pair, its line or its cell.

    >>> from dataclasses import replace
    >>> from oppi18n.docs.units import units_of
    >>> page = scan(b'<span data-ttu-id="a-103">Offert</span>'
    ...             b'<span class="sxs-lookup"><span data-stu-id="a-103">Quotes</span></span>\\n')
    >>> [unit] = units_of(page)
    >>> with_translations(page, [replace(unit, targets=("Offerter",))]).page.content[:40]
    b'<span data-ttu-id="a-103">Offerter</span'
    """
    wanted = {unit.id: unit for unit in units}
    edits, refused = [], []
    for slot in slots(page) if wanted else ():
        unit = wanted.get(slot.unit.id)
        if unit is None or unit.target == slot.unit.target:
            continue
        error = problem_of(unit, page.path, page.text[slot.start : slot.end], is_pair=slot.is_pair)
        if error is not None:
            refused.append(error)
        else:
            edits.append(Edit("", slot.start, slot.end, _written(slot, unit, page)))
    if not edits:
        return Translated(page, 0, tuple(refused))
    content = edited(page.text, tuple(edits)).encode(errors=ESCAPE)
    return Translated(scan(content, page.path), len(edits), tuple(refused))


def problem_of(unit: Unit, path: str, old: str, *, is_pair: bool) -> InputError | None:
    """Why a page cannot hold a translation, in the place of an old one."""
    target = unit.target
    where: dict[str, object] = {"unit": unit.id, "path": path}
    control = _CONTROL.search(target)
    if control:
        return InputError("translation-character", **where, character=f"U+{ord(control[0]):04X}")
    if "\n" in target and "\n" not in old + (unit.source or ""):
        return InputError("translation-line-end", **where)
    breaks_cell = unit.is_in(TABLE) and _BAR.search(target) and not _BAR.search(old)
    if breaks_cell or (is_pair and not keeps_bounds(target)):
        return InputError("translation-structure", **where)
    return None


def keeps_bounds(target: str) -> bool:
    """Whether a pair ends where it should, with this text in it."""
    text = f"{_TAG}{target}{_BETWEEN}x{_END}"
    pairs, damage = find_pairs(text, 0, "", Lines(text))
    return not damage and [pair[2:4] for pair in pairs] == [(len(_TAG), len(_TAG) + len(target))]


def _written(slot: Slot, unit: Unit, page: Page) -> str:
    if slot.image is not None:
        return escaped(unit.target, slot.image.syntax)
    return unit.target if slot.is_pair else front.written(unit.target, page.text[slot.start : slot.end])
