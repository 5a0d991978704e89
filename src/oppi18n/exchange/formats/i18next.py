"""i18next JSON, version 4: one member for each plural category; what only translators need stands in one of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.keyed import Language, Style, apart, forms_of, keys, language_of, member, members, tag_of, unit_of
from oppi18n.templates import Placeholder, TemplateFault, parse
from oppi18n.units.unit import TEMPLATE, Unit

NAME: Final = "i18next"
ENDINGS: Final = (".json",)

_OURS: Final = "@@oppi18n"
_FIRST: Final = re.compile(rb"\s*\{\s*\"")
_FOREIGN: Final = (b'"@@locale"', b'"defaultMessage"')
_VALUE: Final = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"-?\s*([^\W\d]\w*)\s*(?:,[^{}]*)?")
_NESTED: Final = "$t("
_SUFFIX: Final = re.compile(r"(.+)_(zero|one|two|few|many|other)", re.DOTALL)
_DOT: Final = "."


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these: an object with members, and not one of the other formats."""
    if not _FIRST.match(content.removeprefix(b"\xef\xbb\xbf")):
        return False
    return f'"{_OURS}"'.encode() in content or not any(each in content for each in _FOREIGN)


def write(bundle: Bundle) -> bytes:
    """The bundle as JSON.

    Raises InputError `several-locales`: a file holds one language.
    """
    language = language_of(bundle)
    kept: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for key, unit in zip(keys(bundle.units), bundle.units, strict=True):
        forms = forms_of(unit, STYLE)
        kept[key] = apart(unit, shown=bool(forms))
        texts.update({f"{key}_{category}" if category else key: text for category, text in forms.items()})
    head = {"locale": language.locale, "source_locale": language.source_locale, "units": kept}
    return (json.dumps({**texts, _OURS: head}, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file. Without what we keep apart, the units have keys for ids, and no sources.

    Raises InputError: those of `keyed.members`, `unrecognized-exchange` if it holds anything but texts.
    """
    found = members(content, path)
    head = member(found, _OURS)
    language = Language(tag_of(head.get("locale")), tag_of(head.get("source_locale")))
    kept = member(head, "units")
    said = _grouped(dict(_texts({name: value for name, value in found.items() if name != _OURS}, path)), kept)
    units = (unit_of(key, said.get(key, {}), member(kept, key), language, STYLE, NAME) for key in {**kept, **said})
    return Bundle(tuple(units))


def _texts(found: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The texts of a file by key; those in nested objects by keys with points."""
    for name, value in found.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}{_DOT}{key}", text) for key, text in _texts(value, path))
        else:
            raise InputError("exchange-value", path=path, name=name)


def _grouped(texts: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        suffix = None if name in kept else _SUFFIX.fullmatch(name)
        key, category = (suffix[1], suffix[2]) if suffix else (name, "")
        found.setdefault(key, {})[category] = text
    return found


def _written(target: str, unit: Unit) -> str | None:
    if _NESTED in target:
        return None
    if unit.markup != TEMPLATE:
        return None if "{{" in target else target
    try:
        pieces = parse(target)
    except TemplateFault:
        return None
    said = (f"{{{{{piece.text}}}}}" if isinstance(piece, Placeholder) else _plain(piece) for piece in pieces)
    return "".join(said)


def _plain(piece: object) -> str:
    return getattr(piece, "closers", "") + getattr(piece, "text", "")


def _read(text: str, unit: Unit) -> str | None:
    if unit.markup != TEMPLATE:
        return text
    pieces: list[str] = []
    place = 0
    for match in _VALUE.finditer(text):
        name = _NAME.fullmatch(match[1])
        if name is None:
            return None
        pieces += [_doubled(text[place : match.start()]), f"{{{name[1]}}}"]
        place = match.end()
    return "".join((*pieces, _doubled(text[place:])))


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


STYLE: Final = Style(_written, _read)
