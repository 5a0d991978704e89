"""ARB, the JSON of Flutter: messages in ICU's notation, each with attributes beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.icu import STYLE, forms_of_member, message_of, number_of
from oppi18n.exchange.keyed import (
    OURS,
    Language,
    apart,
    forms_of,
    keys,
    language_of,
    member,
    members,
    named,
    tag_of,
    unit_of,
)
from oppi18n.templates import placeholders
from oppi18n.units.unit import TEMPLATE, Unit

NAME: Final = "arb"
ENDINGS: Final = (".arb",)

_LOCALE: Final = "@@locale"
_SOURCE: Final = "@@x-source-locale"
_FIRST: Final = re.compile(rb"\s*\{\s*\"")


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    return bool(_FIRST.match(content.removeprefix(b"\xef\xbb\xbf"))) and f'"{_LOCALE}"'.encode() in content


def write(bundle: Bundle) -> bytes:
    """The bundle as ARB; a message that may not be shown has attributes alone.

    Raises InputError `several-locales`: a file holds one language.
    """
    language = language_of(bundle)
    found: dict[str, Any] = {_LOCALE: named(language.locale).replace("-", "_"), _SOURCE: language.source_locale}
    for key, unit in zip(keys(bundle.units), bundle.units, strict=True):
        message = message_of(forms_of(unit, STYLE), unit)
        if message is not None:
            found[key] = message
        found[f"@{key}"] = {**_attributes(unit), OURS: apart(unit, shown=message is not None)}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _attributes(unit: Unit) -> dict[str, Any]:
    names = placeholders(f"{unit.source or ''}\n{unit.plural or ''}") if unit.markup == TEMPLATE else ()
    found = {
        "context": unit.context,
        "description": "\n".join(unit.notes),
        "source_text": unit.source or "",
        "placeholders": {name: _kind(name, unit) for name in names},
    }
    return {name: value for name, value in found.items() if value}


def _kind(name: str, unit: Unit) -> dict[str, str]:
    return {"type": "int"} if unit.plural is not None and name == number_of(unit) else {}


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file. Attributes of others say nothing about a source, so there the keys are the ids.

    Raises InputError: those of `keyed.members`.
    """
    found = members(content, path)
    language = Language(tag_of(found.get(_LOCALE)).replace("_", "-"), tag_of(found.get(_SOURCE)))
    return Bundle(tuple(_units(found, language)))


def _units(found: dict[str, Any], language: Language) -> Iterator[Unit]:
    for key in dict.fromkeys(name.removeprefix("@") for name in found if not name.startswith("@@")):
        about = member(member(found, f"@{key}"), OURS)
        yield unit_of(key, forms_of_member(found.get(key)), about, language, STYLE, NAME)
