"""XML is read behind one door, where no document type, no entity and no exception of the parser comes through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from oppi18n.errors import InputError

XML: Final = "http://www.w3.org/XML/1998/namespace"
_DEPTH: Final = 64
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_QUOTED: Final = {**_ESCAPES, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_SPECIAL: Final = re.compile("[&<>\r]")
_SPECIAL_QUOTED: Final = re.compile('[&<>\r"\n\t]')
_SEPARATOR: Final = " "
_MARKERS: Final = frozenset({"sm", "em"})
_SPANNING: Final = frozenset({"pc", "mrk", "g", "hi"})


class Element:
    """An element with what is in it, texts and elements as they follow one another."""

    __slots__ = ("attributes", "children", "line", "name", "space")

    def __init__(self, space: str, name: str, attributes: dict[str, str], line: int) -> None:
        self.space = space
        self.name = name
        self.attributes = attributes
        self.children: list[Element | str] = []
        self.line = line

    def elements(self, *names: str) -> Iterator[Element]:
        """The elements in it; with names, those of them."""
        for child in self.children:
            if isinstance(child, Element) and (not names or child.name in names):
                yield child

    def first(self, name: str) -> Element | None:
        """The first element of that name in it."""
        return next(self.elements(name), None)

    def text(self) -> str:
        """The texts right in it."""
        return "".join(child for child in self.children if isinstance(child, str))

    def get(self, name: str, default: str = "") -> str:
        """An attribute; one of the XML namespace is written `xml:lang`."""
        return self.attributes.get(name, default)


def parse(content: bytes, path: str) -> Element:
    """The root element of an XML file.

    Raises InputError: `xml-syntax`, `xml-document-type` (whatever it declares), `xml-too-deep`.

    >>> parse(b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>', "x.xlf")
    Traceback (most recent call last):
    ...
    oppi18n.errors.InputError: x.xlf declares a document type, which is not read; take the line with <!DOCTYPE out
    """
    reading = _Reading(path)
    try:
        reading.parser.Parse(content, True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code) or "?"
        raise InputError("xml-syntax", path=path, line=error.lineno, problem=problem) from None
    except (ValueError, LookupError, OverflowError, RecursionError) as error:
        # An encoding that does not exist, or that has more than one byte for a character.
        raise InputError("xml-syntax", path=path, line=1, problem=str(error)) from None
    return reading.root


class _Reading:
    """One reading of one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.root = Element("", "", {}, 0)
        self.stack = [self.root]

    def _document_type(self, *declaration: object) -> None:
        raise InputError("xml-document-type", path=self.path)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_SEPARATOR)
        own = {key.replace(f"{XML}{_SEPARATOR}", "xml:"): value for key, value in attributes.items()}
        element = Element(space, local, own, self.parser.CurrentLineNumber)
        if len(self.stack) > _DEPTH:
            raise InputError("xml-too-deep", path=self.path, limit=_DEPTH)
        if len(self.stack) == 1:
            self.root = element
        else:
            self.stack[-1].children.append(element)
        self.stack.append(element)

    def _end(self, name: str) -> None:
        self.stack.pop()

    def _text(self, text: str) -> None:
        self.stack[-1].children.append(text)


def escaped(text: str) -> str:
    """A text inside an element; a carriage return survives.

    >>> escaped("a < b & c")
    'a &lt; b &amp; c'
    """
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def attribute(text: str) -> str:
    """A text as the value of an attribute, in quotation marks; line ends survive.

    >>> print(attribute('say "no"'))
    "say &quot;no&quot;"
    """
    return '"' + _SPECIAL_QUOTED.sub(lambda match: _QUOTED[match[0]], text) + '"'


def attributes(**values: str) -> str:
    """Attributes as they stand in a tag, each with a blank in front; `xml_lang` is `xml:lang`, `o_tmf` is `o-tmf`.

    >>> attributes(id="1", xml_lang="sv")
    ' id="1" xml:lang="sv"'
    """
    names = ((name.replace("xml_", "xml:").replace("_", "-"), value) for name, value in values.items())
    return "".join(f" {name}={attribute(value)}" for name, value in names)


def inline(element: Element) -> str | None:
    """The text of a source or target with the codes that are texts themselves; None if one of them is not.

    >>> inline(parse(b'<t>a <g id="1">b</g> <ph>**</ph><cp hex="0041"/></t>', "x")), inline(parse(b'<t>a<x/></t>', "x"))
    ('a b **A', None)
    """
    pieces: list[str] = []
    for child in element.children:
        text = child if isinstance(child, str) else _code(child)
        if text is None:
            return None
        pieces.append(text)
    return "".join(pieces)


def _code(element: Element) -> str | None:
    if element.name in _MARKERS:
        return ""
    if element.name == "cp":
        digits = element.get("hex")
        found = chr(int(digits, 16)) if re.fullmatch("[0-9A-Fa-f]{1,5}", digits) else ""
        return None if not found or "\ud800" <= found <= "\udfff" else found
    if element.name in _SPANNING or element.children:
        return inline(element)
    return None
