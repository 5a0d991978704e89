"""Entries with holes: braces nobody compares, percent signs, proposals that say the opposite, what waits to be lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from oppi18n.diagnostics import Diagnostic, Hint, Span
from oppi18n.i18n.entries import Entry
from oppi18n.upkeep.guard import Guard

_PYTHON: Final = "python-format"
_BRACES: Final = "python-brace-format"
_DOUBLED: Final = re.compile(r"\{\{|\}\}")
_FIELD: Final = re.compile(r"\{((?:[^\W\d]\w*|\d*)(?:\.\w+|\[[^\][{}]*\])*(?:![a-z])?(?::[^\s{};][^{};]*)?)\}")
_BRACED: Final = re.compile(r"\{([^{}]*)\}")
_CHOICE: Final = re.compile(r",\s{0,9}(?:plural|select|selectordinal|choice)\s{0,9},")
_PERCENT: Final = re.compile(
    # Nothing is unbounded: who writes a million zeros must not be waited for.
    r"%(?:%|(?:\d{1,3}\$)?[#0+-]{0,5}(?:\d{1,4}|\*)?(?:\.(?:\d{1,4}|\*))?[hlLqjzt]{0,2}[diouxXeEfFgGcrsap@]"
    r"|\([^()]{1,80}\)[#0+-]{0,5}(?:\d{1,4}|\*)?(?:\.(?:\d{1,4}|\*)?)?[diouxXeEfFgGcrsa])"
)
_DOUBLED_PERCENT: Final = re.compile("%%")
_SHOWN, _SHOWN_NAMES = 60, 6
_GUARD: Final = Guard()


def holes_in_entries(entries: Sequence[Entry], path: str) -> Iterator[Diagnostic]:
    """The holes that are open in entries."""
    yield from _waiting(entries, path)
    for entry in entries:
        if not entry.obsolete:
            yield from _braces(entry, path)
            yield from _percent(entry, path)
            yield from _polarity(entry, path)


def _span(entry: Entry, path: str) -> Span:
    return Span(path, entry.line, 1, entry.line, 1)


def _waiting(entries: Sequence[Entry], path: str) -> Iterator[Diagnostic]:
    waiting = [entry for entry in entries if entry.obsolete and any(entry.translations)]
    if waiting:
        params: dict[str, object] = {"count": len(waiting)}
        yield Diagnostic("hole-obsolete", _span(waiting[0], path), params, Hint("revive"), "warning")


def _braces(entry: Entry, path: str) -> Iterator[Diagnostic]:
    source = f"{entry.msgid}\n{entry.msgid_plural or ''}"
    wanted = _fields(source)
    if (not wanted and _BRACES not in entry.flags) or _CHOICE.search(source):
        return
    known = {match[1] for match in _BRACED.finditer(_DOUBLED.sub("", source))}
    needed = _fields(entry.msgid) & _fields(entry.msgid_plural) if entry.msgid_plural is not None else wanted
    for number, text in enumerate(entry.translations, 1):
        found = {match[1] for match in _BRACED.finditer(_DOUBLED.sub("", text))}
        invented, lost = sorted(found - known), sorted(needed - found)
        if number < len(entry.translations) and len(lost) == 1:
            # "One quote" needs no number.
            lost = []
        if text and (invented or lost):
            names = ", ".join(f"{{{name[:_SHOWN]}}}" for name in (*lost, *invented)[:_SHOWN_NAMES])
            yield Diagnostic(
                "hole-braces",
                _span(entry, path),
                {"names": names},
                _near(invented, sorted(wanted)),
                "error" if invented else "warning",
            )
            return


def _near(invented: list[str], wanted: list[str]) -> Hint:
    likely = [name for name in wanted[:_SHOWN] if len(name) <= _SHOWN]
    near = get_close_matches(invented[0][:_SHOWN], likely, n=1) if invented else []
    return Hint("did-you-mean", {"name": f"{{{near[0]}}}"}) if near else Hint("braces-unchecked")


def _fields(text: str) -> set[str]:
    """What a text has in braces, as `str.format` takes it; doubled braces are none."""
    return {match[1] for match in _FIELD.finditer(_DOUBLED.sub("", text))}


def _percent(entry: Entry, path: str) -> Iterator[Diagnostic]:
    # What is formatted in another way, or expressly in none, is not formatted with %.
    other = [flag for flag in entry.flags if flag.endswith("-format") and flag != _PYTHON]
    source = f"{entry.msgid}{entry.msgid_plural or ''}".replace("%%", "")
    # Where the message holds no conversion, none is meant in its translation.
    meant = _PERCENT if _PERCENT.search(source) else _DOUBLED_PERCENT
    if other or not any("%" in meant.sub("", text) for text in entry.translations):
        return
    severity = "error" if _PYTHON in entry.flags else "warning"
    yield Diagnostic("hole-percent", _span(entry, path), {}, Hint("double-percent"), severity)


def _polarity(entry: Entry, path: str) -> Iterator[Diagnostic]:
    old = entry.previous
    if not entry.is_fuzzy or old is None or not old.msgid:
        return
    before, after = (
        f"{one}\n{many or ''}" for one, many in ((old.msgid, old.msgid_plural), (entry.msgid, entry.msgid_plural))
    )
    if not _GUARD.agree(before, after):
        yield Diagnostic(
            "hole-polarity", _span(entry, path), {"previous": old.msgid[:_SHOWN]}, Hint("translate-anew"), "warning"
        )
