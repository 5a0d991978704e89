"""ICU MessageFormat in JSON, in the shape that FormatJS extracts and compiles: a message and its description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.icu import STYLE, forms_of_member, message_of
from oppi18n.exchange.keyed import Language, apart, forms_of, keys, language_of, member, members, tag_of, unit_of
from oppi18n.units.unit import Unit

NAME: Final = "icu"
ENDINGS: Final = (".icu.json",)

_MESSAGE: Final = "defaultMessage"
_ABOUT: Final = "description"
_FIRST: Final = re.compile(rb"\s*\{\s*\"")


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    return bool(_FIRST.match(content.removeprefix(b"\xef\xbb\xbf"))) and f'"{_MESSAGE}"'.encode() in content


def write(bundle: Bundle) -> bytes:
    """The bundle as JSON; a message that may not be shown is empty.

    Raises InputError `several-locales`: a file holds one language.
    """
    language = language_of(bundle)
    found: dict[str, Any] = {}
    for key, unit in zip(keys(bundle.units), bundle.units, strict=True):
        message = message_of(forms_of(unit, STYLE), unit)
        about = {"locale": language.locale, "source_locale": language.source_locale}
        about.update(apart(unit, shown=message is not None))
        found[key] = {_MESSAGE: message or "", _ABOUT: about}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file. Descriptions of others say nothing about a source, so there the keys are the ids.

    Raises InputError: those of `keyed.members`.
    """
    return Bundle(tuple(_units(members(content, path))))


def _units(found: dict[str, Any]) -> Iterator[Unit]:
    for key in found:
        entry = member(found, key)
        about = member(entry, _ABOUT)
        language = Language(tag_of(about.get("locale")), tag_of(about.get("source_locale")))
        yield unit_of(key, forms_of_member(entry.get(_MESSAGE)), about, language, STYLE, NAME)
