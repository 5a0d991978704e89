"""Programs look messages up by key: each unit gets a name, and what the message itself cannot say stands apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final, NamedTuple

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.rows import BLOCK, COMMENT, NOTE, REFERENCE, Row, built, notes_of
from oppi18n.files import decode
from oppi18n.i18n.plural_header import plural_categories
from oppi18n.readers.json_text import parse
from oppi18n.units.unit import MISSING, NEEDS_REVIEW, STATES, TEMPLATE, TRANSLATED, Unit

OURS: Final = "x-oppi18n"
"""The member of other people's JSON that holds what only we read."""

_LISTS: Final = (BLOCK, NOTE, COMMENT, REFERENCE)
_WORDS: Final = re.compile("[A-Za-z0-9]+")
_SHOWN: Final = (TRANSLATED, NEEDS_REVIEW)
_NO_LANGUAGE: Final = "und"

Forms = Mapping[str, str]
"""Plural category → text; the one text of a message without plural has no category: an empty name."""


class Style(NamedTuple):
    """How a format writes the texts of a unit, and reads them; None is a text that it cannot say."""

    write: Callable[[str, Unit], str | None]
    read: Callable[[str, Unit], str | None]


def keys(units: Iterable[Unit]) -> tuple[str, ...]:
    """A name for each unit, such as programs can use: it follows from the context, else from path and id.

    Where several units have one context, the id follows, and no name is another one's name with a plural category.

    >>> unit = Unit(id="7f", source="OK", context="mine/close-opportunity/named/message", locale="sv")
    >>> keys([unit]), keys([unit, Unit(id="80", source="No", context=unit.context, locale="sv")])[1]
    (('mineCloseOpportunityNamedMessage',), 'mineCloseOpportunityNamedMessage_80')
    """
    found = tuple(units)
    names = [_camel(unit.context or unit.place.path) for unit in found]
    crowd = Counter(name for name, unit in zip(names, found, strict=True))
    taken: set[str] = set()
    return tuple(
        _free(
            name if name and unit.context and crowd[name] == 1 else f"{name or 'text'}_{_joined(unit.id)}", unit, taken
        )
        for name, unit in zip(names, found, strict=True)
    )


def _camel(text: str) -> str:
    first, *rest = _WORDS.findall(text) or [""]
    name = first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)
    return f"n{name}" if name[:1].isdigit() else name


def _joined(identity: str) -> str:
    return "".join(_WORDS.findall(identity)) or "0"


def _free(wanted: str, unit: Unit, taken: set[str]) -> str:
    for number in count(1):
        name = wanted if number == 1 else f"{wanted}_{number}"
        own = {name, *(f"{name}_{category}" for category in plural_categories(unit.locale))}
        if taken.isdisjoint(own):
            taken.update(own)
            return name
    raise AssertionError(wanted)


def forms_of(unit: Unit, style: Style) -> Forms:
    """The texts of a unit as a program may show them: nothing where one is missing, a guess, or cannot be said."""
    categories = _categories(unit)
    if unit.state not in _SHOWN or not all(unit.targets) or len(categories) != len(unit.targets):
        return {}
    found: dict[str, str] = {}
    for category, target in zip(categories, unit.targets, strict=True):
        text = style.write(target, unit)
        if text is None or style.read(text, unit) != target:
            return {}
        found[category] = text
    return found


def _categories(unit: Unit) -> tuple[str, ...]:
    return ("",) if unit.plural is None else plural_categories(unit.locale)


def apart(unit: Unit, *, shown: bool) -> dict[str, Any]:
    """What a message cannot say itself, as JSON; `shown` says whether the texts stand elsewhere."""
    found: dict[str, Any] = {"id": unit.id, "path": unit.place.path, "source": unit.source or "", "state": unit.state}
    for category, text in notes_of(unit):
        if category in _LISTS:
            found.setdefault(category, []).append(text)
        else:
            found[category] = text
    return found if shown else {**found, "targets": list(unit.targets)}


class Language(NamedTuple):
    """The languages of a file."""

    locale: str
    source_locale: str


def unit_of(key: str, forms: Forms, kept: Mapping[str, Any], language: Language, style: Style, origin: str) -> Unit:
    """The unit of a key: its texts as they stand in the file now, and what was kept apart.

    Without the latter it has no source, and its key for an id.
    """
    row = Row(
        path=_text(kept, "path"),
        key=_text(kept, "id") or key,
        source=_text(kept, "source"),
        target="",
        state=_text(kept, "state"),
        locale=language.locale,
        source_locale=language.source_locale,
        notes=tuple(_notes(kept)),
    )
    bare = built(row, ("",), origin)
    if "source" not in kept:
        bare = _sourceless(bare, is_plural="" not in forms)
    return _translated(bare, forms, kept, style)


def _sourceless(unit: Unit, *, is_plural: bool) -> Unit:
    # Nothing says what the message means by its signs: a catalog has templates.
    return replace(unit, source=None, plural="" if is_plural else None, markup=TEMPLATE, state=TRANSLATED)


def _translated(unit: Unit, forms: Forms, kept: Mapping[str, Any], style: Style) -> Unit:
    targets = kept.get("targets")
    if not forms and isinstance(targets, list) and targets and all(isinstance(each, str) for each in targets):
        state = unit.state if unit.state in STATES else MISSING
        return replace(unit, targets=tuple(targets), state=state)
    wanted = _categories(unit) or tuple(forms) or ("",)
    said = forms if len(forms) != 1 or "" not in forms else dict.fromkeys(wanted, forms[""])
    texts = tuple(_read(said.get(category, ""), unit, style) for category in wanted)
    state = (unit.state if unit.state in _SHOWN else TRANSLATED) if all(texts) else MISSING
    return replace(unit, targets=texts, state=state)


def _read(text: str, unit: Unit, style: Style) -> str:
    found = style.read(text, unit)
    # What cannot be read stays as it stands, and whoever looks at its braces refuses it.
    return text if found is None and unit.markup == TEMPLATE else found or ""


def _notes(kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for category, value in kept.items():
        values = value if isinstance(value, list) else [value]
        yield from ((category, each) for each in values if isinstance(each, str))


def _text(kept: Mapping[str, Any], name: str) -> str:
    value = kept.get(name)
    return value if isinstance(value, str) else ""


def members(content: bytes, path: str) -> dict[str, Any]:
    """The members of a JSON file.

    Raises InputError: `wrong-encoding`, `nul-byte`, those of the JSON reader, `unrecognized-exchange` if it is no object.
    """
    found = parse(decode(content, path), path)
    if not isinstance(found, dict):
        raise InputError("exchange-incomplete", path=path, line=1, name="{")
    return found


def member(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A member that is an object; an empty one if it is not."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def language_of(bundle: Bundle) -> Language:
    """The languages of a bundle. Raises InputError `several-locales`: such a file holds one."""
    return Language(bundle.locale, bundle.source_locale)


def named(tag: str) -> str:
    """A language as a file names it, which may not leave the name out."""
    return tag or _NO_LANGUAGE


def tag_of(value: object) -> str:
    """The language that a file names."""
    return value if isinstance(value, str) and value != _NO_LANGUAGE else ""
