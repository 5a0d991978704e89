"""Where the links of a text lead, told alike whatever language the page behind them is in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

from oppi18n.checks.masking import tokens


class Address(NamedTuple):
    """An address: how it is compared, how it is written, and where; a bare one stands in the text, not behind it."""

    same: str
    text: str
    start: int
    end: int
    is_bare: bool = False


_TO: Final = re.compile(r"\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)")
_LOCALE: Final = re.compile(
    r"(?<=/)(?:[a-z]{2,3}(?:-[a-z]{4})?-[a-z]{2}(?:-[a-z]+)?|en|ko|ja|ms|sv|zh|zh-han[st])(?=[/?#]|\Z)/?"
    r"|(?<=[?&])(?:lang|locale|culture|hl|setlang|lcid|mkt|cl?cid|country)=[\w-]*&?"
)
_HOST: Final = re.compile(r"(?<=//)(?:en|ko|ja|ms|sv|zh)(?=\.)")
_SCHEME: Final = re.compile(r"^https?://(?:www\.)?")


def addresses(text: str, markup: str) -> Iterator[Address]:
    """The addresses of links and images, and those that stand in the text, from left to right.

    >>> [each.same for each in addresses("[docs](https://docs.microsoft.com/en-us/azure/)", "markdown")]
    ['docs.microsoft.com/azure']
    """
    found = tuple(_found(text, markup))
    for each, after in zip_longest(found, found[1:]):
        # An address that links to itself is one.
        if not (each.is_bare and after is not None and after.start == each.end + 2 and after.same == each.same):
            yield each


def _found(text: str, markup: str) -> Iterator[Address]:
    for token in tokens(text, markup):
        if token.kind == "address":
            address = _address(token.text.strip("<>"), token.start + token.text.startswith("<"))
            yield address._replace(is_bare=True)
        elif token.kind in ("link", "image"):
            match = _last(token.text)
            if match is not None and match[1]:
                yield _address(match[1], token.start + match.start(1))


def _last(text: str) -> re.Match[str] | None:
    """The address of a link; the words of an image may hold brackets too, so the last one counts."""
    found = None
    for match in _TO.finditer(text):
        found = match
    return found


def _address(text: str, start: int) -> Address:
    return Address(_SCHEME.sub("", no_locale(text.lower())).rstrip("/?&"), text, start, start + len(text))


def no_locale(text: str) -> str:
    """A text in small letters whose addresses name no locale.

    >>> no_locale('<a href="https://docs.microsoft.com/sv-se/azure">')
    '<a href="https://docs.microsoft.com/azure">'
    """
    return _LOCALE.sub("", _HOST.sub("", text))
