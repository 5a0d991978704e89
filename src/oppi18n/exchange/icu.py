"""ICU MessageFormat says what our templates say, in one text for all plural forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from oppi18n.exchange.keyed import Forms, Style
from oppi18n.templates import Literal, Particle, Placeholder, TemplateFault, parse, placeholders
from oppi18n.units.unit import TEMPLATE, Unit

COUNT: Final = "count"

_RUN: Final = re.compile(r"([{}]+)|(')|[^{}']+")
_RUN_IN_PLURAL: Final = re.compile(r"([{}#]+)|(')|[^{}#']+")
_QUOTABLE: Final = "{}<>|"
_QUOTABLE_IN_PLURAL: Final = "{}<>|#"
_NAME: Final = re.compile(r"\s*([^\W\d]\w*)\s*")
_NUMBER: Final = re.compile(r"\s*(?:,\s*(?:number|date|time)\b[^{}']*)?\}")
_PLURAL: Final = re.compile(r"\s*,\s*plural\s*,")
_CATEGORY: Final = re.compile(r"\s*(zero|one|two|few|many|other)\s*\{")
_END: Final = re.compile(r"\s*\}")


class IcuFault(ValueError):
    """A message that says more than our templates can, or is no message at all."""


def number_of(unit: Unit) -> str:
    """The placeholder that chooses among the plural forms of a unit.

    >>> number_of(Unit(id="1", source="{days} day", plural="{days} days", locale="sv"))
    'days'
    """
    common = [name for name in placeholders(unit.plural or "") if name in placeholders(unit.source or "")]
    return common[0] if common and COUNT not in common else COUNT


def message_of(forms: Forms, unit: Unit) -> str | None:
    """The forms of a unit as one message.

    >>> unit = Unit(id="1", source="{count} quote", plural="{count} quotes", locale="sv", markup=TEMPLATE)
    >>> message_of({"one": "# offert", "other": "# offerter"}, unit)
    '{count, plural, one {# offert} other {# offerter}}'
    """
    if "" in forms:
        return forms[""]
    branches = " ".join(f"{category} {{{text}}}" for category, text in forms.items())
    return f"{{{number_of(unit)}, plural, {branches}}}" if forms else None


def forms_in(message: str) -> Forms:
    """The forms in a message, each still in ICU's notation; one that has none is a form without a category.

    >>> forms_in("{n, plural, one {# offert} other {# offerter}}"), forms_in("{n} left")
    ({'one': '# offert', 'other': '# offerter'}, {'': '{n} left'})
    """
    start = message.find("{")
    name = None if message[: max(start, 0)].strip() else _NAME.match(message, start + 1)
    plural = name and _PLURAL.match(message, name.end())
    if not plural:
        return {"": message}
    found: dict[str, str] = {}
    place = plural.end()
    while category := _CATEGORY.match(message, place):
        end = _branch_end(message, category.end())
        if end is None or category[1] in found:
            return {"": message}
        found[category[1]] = message[category.end() : end]
        place = end + 1
    closing = _END.match(message, place)
    # Whatever else stands there, such as =0 or text around, no form of ours can say.
    return found if closing and not message[closing.end() :].strip() else {"": message}


def _branch_end(message: str, start: int) -> int | None:
    depth = 0
    for place, mark in _bare(message, start):
        if mark == "{":
            depth += 1
        elif mark == "}":
            if depth == 0:
                return place
            depth -= 1
    return None


def _bare(message: str, start: int) -> Iterator[tuple[int, str]]:
    """The braces that are not quoted, with their places."""
    place = start
    while place < len(message):
        mark = message[place]
        if mark == "'":
            _, place = _quoted(message, place, _QUOTABLE_IN_PLURAL)
            continue
        if mark in "{}":
            yield place, mark
        place += 1


def _quoted(message: str, place: int, quotable: str) -> tuple[str, int]:
    """What an apostrophe at a place says, and where the text goes on."""
    following = message[place + 1 : place + 2]
    if following == "'":
        return "'", place + 2
    if not following or following not in quotable:
        return "'", place + 1
    said: list[str] = []
    at = place + 1
    while at < len(message):
        if message.startswith("''", at):
            said.append("'")
            at += 2
        elif message[at] == "'":
            return "".join(said), at + 1
        else:
            said.append(message[at])
            at += 1
    return "".join(said), at


def _written(target: str, unit: Unit) -> str | None:
    """A text of ours in ICU's notation, as a branch or alone; None if it is a broken template."""
    number = number_of(unit) if unit.plural is not None else None
    if unit.markup != TEMPLATE:
        return _literal(target, number)
    try:
        pieces = parse(target)
    except TemplateFault:
        return None
    said = []
    for piece in pieces:
        if isinstance(piece, Placeholder):
            said.append("#" if piece.text == number else f"{{{piece.text}}}")
        elif isinstance(piece, Particle):
            said.append(_literal(piece.closers + piece.text, number))
        elif isinstance(piece, Literal):
            said.append(_literal(piece.text, number))
    return "".join(said)


def _literal(text: str, number: str | None) -> str:
    said: list[str] = []
    after_quote = False
    # A number sign means something among plural forms alone, and only there can it be quoted.
    run, special = (_RUN, _QUOTABLE) if number is None else (_RUN_IN_PLURAL, _QUOTABLE_IN_PLURAL)
    for match in run.finditer(text):
        if match[1]:
            said.append(f"'{match[1]}'")
        elif match[2]:
            following = text[match.end() : match.end() + 1]
            # An apostrophe that might begin or end a quotation is doubled; one inside a word stays.
            doubled = after_quote or not following or following in f"{special}'"
            said.append("''" if doubled else "'")
        else:
            said.append(match[0])
        after_quote = bool(match[1])
    return "".join(said)


def _read(text: str, unit: Unit) -> str | None:
    """A text in ICU's notation as one of ours; None if it is more than that."""
    number = number_of(unit) if unit.plural is not None else None
    try:
        pieces = list(_pieces(text, number))
    except IcuFault:
        return None
    if unit.markup == TEMPLATE:
        return "".join(
            f"{{{said}}}" if is_name else said.replace("{", "{{").replace("}", "}}") for is_name, said in pieces
        )
    return None if any(is_name for is_name, _ in pieces) else "".join(said for _, said in pieces)


def _pieces(text: str, number: str | None) -> Iterator[tuple[bool, str]]:
    """Names of arguments (true) and what stands between them (false)."""
    place = 0
    while place < len(text):
        mark = text[place]
        if mark == "'":
            said, place = _quoted(text, place, _QUOTABLE if number is None else _QUOTABLE_IN_PLURAL)
            yield False, said
        elif mark == "#" and number is not None:
            yield True, number
            place += 1
        elif mark == "{":
            name = _NAME.match(text, place + 1)
            end = name and _NUMBER.match(text, name.end())
            if not name or not end:
                raise IcuFault(text)
            yield True, name[1]
            place = end.end()
        elif mark == "}":
            raise IcuFault(text)
        else:
            yield False, mark
            place += 1


STYLE: Final = Style(_written, _read)


def forms_of_member(value: object) -> Mapping[str, str]:
    """The forms in a member of a JSON file; nothing if there is no text."""
    return forms_in(value) if isinstance(value, str) and value else {}
