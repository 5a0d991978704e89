"""TMX 1.4b, the format of translation memories; one file may hold several languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from oppi18n.errors import InputError
from oppi18n.exchange.bundle import Bundle
from oppi18n.exchange.markup import Element, attributes, escaped, inline, parse
from oppi18n.exchange.rows import CATEGORIES, COMMENT, Row, rows, units
from oppi18n.units.unit import MISSING, STATES, TRANSLATED
from oppi18n.version import VERSION

NAME: Final = "tmx"
ENDINGS: Final = (".tmx",)

_NO_LANGUAGE: Final = "und"
_OURS: Final = "x-oppi18n-"
_ANY: Final = "*all*"


def claims(content: bytes) -> bool:
    """Whether a file looks like one of these."""
    return b"<tmx" in content[:4096]


def write(bundle: Bundle) -> bytes:
    """The bundle as TMX, a translation unit for each text."""
    sources = {unit.source_locale for unit in bundle.units}
    head = attributes(
        creationtool="oppi18n",
        creationtoolversion=VERSION,
        segtype="sentence",
        o_tmf="oppi18n",
        adminlang="en",
        srclang=sources.pop() if len(sources) == 1 else _ANY,
        datatype="plaintext",
    )
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tmx version="1.4">', f"  <header{head}/>", "  <body>"]
    lines += [line for row in rows(bundle.units) for line in _unit(row)]
    return "\n".join((*lines, "  </body>", "</tmx>", "")).encode()


def _unit(row: Row) -> Iterator[str]:
    yield f"    <tu{attributes(tuid=f'{row.path}#{row.key}', srclang=row.source_locale or _NO_LANGUAGE)}>"
    for name, text in (("path", row.path), ("id", row.key), ("state", row.state), *row.notes):
        yield f"      <prop{attributes(type=_OURS + name)}>{escaped(text)}</prop>"
    for locale, text in ((row.source_locale, row.source), (row.locale, row.target)):
        yield f"      <tuv{attributes(xml_lang=locale or _NO_LANGUAGE)}><seg>{escaped(text)}</seg></tuv>"
    yield "    </tu>"


def read(content: bytes, path: str) -> Bundle:
    """The bundle in a file.

    Raises InputError: those of `markup.parse`, `exchange-incomplete`.
    """
    root = parse(content, path)
    header, body = root.first("header"), root.first("body")
    if root.name != "tmx" or body is None:
        raise InputError("exchange-incomplete", path=path, line=root.line, name="body")
    source = header.get("srclang") if header is not None else ""
    return Bundle(tuple(units(_rows(body, source, path), NAME)))


def _rows(body: Element, source: str, path: str) -> Iterator[Row]:
    for number, unit in enumerate(body.elements("tu"), 1):
        props = [(prop.get("type"), prop.text()) for prop in unit.elements("prop")]
        ours = {name.removeprefix(_OURS): text for name, text in reversed(props) if name.startswith(_OURS)}
        variants = list(unit.elements("tuv"))
        if not variants:
            raise InputError("exchange-incomplete", path=path, line=unit.line, name="tuv")
        first = _source(variants, unit.get("srclang") or source)
        text = _text(first)
        for variant in variants:
            if variant is not first:
                target = _text(variant)
                state = ours.get("state", "")
                yield Row(
                    ours.get("path", ""),
                    ours.get("id") or unit.get("tuid") or str(number),
                    text or "",
                    target or "",
                    MISSING if target is None else state if state in STATES else TRANSLATED,
                    _language(variant),
                    _language(first),
                    tuple(_notes(unit, props)),
                )


def _source(variants: list[Element], locale: str) -> Element:
    wanted = locale.lower()
    return next(
        (each for each in variants if (each.get("xml:lang") or each.get("lang")).lower() == wanted), variants[0]
    )


def _text(variant: Element) -> str | None:
    segment = variant.first("seg")
    return None if segment is None else inline(segment)


def _notes(unit: Element, props: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, text in props:
        if name.removeprefix(_OURS) in CATEGORIES and name.startswith(_OURS):
            yield name.removeprefix(_OURS), text
    yield from ((COMMENT, note.text()) for note in unit.elements("note"))


def _language(variant: Element) -> str:
    found = variant.get("xml:lang") or variant.get("lang")
    return "" if found == _NO_LANGUAGE else found
