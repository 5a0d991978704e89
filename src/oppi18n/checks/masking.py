"""Checks look at what a reader reads: marks of markup and what nobody translates are covered, place for place."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple

from oppi18n.units.unit import MARKDOWN

MARK: Final = "\ue000"
"""Stands for every character that no reader sees: of a tag, of emphasis, of an address."""

THING: Final = "\ue001"
"""Stands for every character of what is seen and not translated: code, an address, a placeholder."""

KINDS: Final = ("escape", "code", "comment", "address", "tag", "image", "link", "entity", "placeholder", "emphasis")

# Possessive or bounded throughout, so that no text, however torn, takes long.
_CODE: Final = r"(?P<code>(?<!`)(?P<ticks>`++)[^`]++(?:(?!(?P=ticks)(?!`))`++[^`]++)*+(?P=ticks)(?!`))"
_COMMENT: Final = r"(?P<comment><!--(?:[^-]|-(?!->))*+-->)"
_ADDRESS: Final = (
    r"(?P<address><?(?:https?|ftp|mailto|wss?|abfss?):(?://)?[!#-'+-;=?-Z\\^_a-z~]*[A-Za-z0-9/#=-]>?"
    r"|(?<![A-Za-z0-9@.])[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9-]{1,64}(?:\.[A-Za-z0-9-]{2,24}){1,4})"
)
_TAG: Final = r"(?P<tag></?[A-Za-z][\w:-]*+(?:\s[^<>]*+)?/?>)"
_TO: Final = r"\]\((?:[^()\s]|\([^()\s]*\))*+(?:\s+(?:\"(?:[^\"\\]|\\.)*+\"|'[^']*+'))?\s*\)"
_LINK: Final = rf"(?P<image>!\[(?:[^\[\]]|\[[^\[\]]*+\])*+{_TO})|(?P<link>{_TO})"
_ENTITY: Final = r"(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
_PLACEHOLDER: Final = r"(?P<placeholder>\{\{|\}\}|\{[^{}\s]{0,60}\}|%\([^()\s]{1,60}\)[-#0 +]*\d*[a-zA-Z]|%(?:\d+\$)?\d*[sdfi](?![a-zA-Z]))"
_EMPHASIS: Final = r"(?P<emphasis>\*+|~~|(?<!\w)_++|_++(?!\w))"
_ESCAPE: Final = r"(?P<escape>\\[!-/:-@\[-`{-~])"

_MARKDOWN: Final = f"{_ESCAPE}|{_CODE}|{_COMMENT}|{_ADDRESS}|{_TAG}|{_LINK}|{_ENTITY}|{_EMPHASIS}"
_PLAIN: Final = f"{_CODE}|{_COMMENT}|{_ADDRESS}|{_TAG}|{_ENTITY}|{_PLACEHOLDER}"
_PATTERNS: Final = {
    # Addresses are looked for at every word, and most texts have none.
    (is_markdown, has_address): re.compile(pattern if has_address else pattern.replace(f"{_ADDRESS}|", ""))
    for is_markdown, pattern in ((True, _MARKDOWN), (False, _PLAIN))
    for has_address in (True, False)
}
_ALT: Final = re.compile(r"!\[((?:[^\[\]]|\[[^\[\]]*+\])*+)\]")
_WORTH: Final = frozenset("\\`<:@]&*_~{%")


class Token(NamedTuple):
    """A stretch of markup, or of what nobody translates; `kind` is one of KINDS."""

    kind: str
    start: int
    end: int
    text: str


@lru_cache(maxsize=1 << 17)
def tokens(text: str, markup: str) -> tuple[Token, ...]:
    """The markup in a text, from left to right; of a link it is what follows the words, of an image everything.

    >>> [(token.kind, token.text) for token in tokens("**Save** [quotes](quotes.md)", MARKDOWN)]
    [('emphasis', '**'), ('emphasis', '**'), ('link', '](quotes.md)')]
    """
    if _WORTH.isdisjoint(text):
        return ()
    pattern = _PATTERNS[markup == MARKDOWN, ":" in text or "@" in text]
    return tuple(Token(match.lastgroup or "", *match.span(), match[0]) for match in pattern.finditer(text))


@lru_cache(maxsize=1 << 17)
def masked(text: str, markup: str) -> str:
    """The text with the same length, in which MARK and THING stand for what is no word of it.

    The words of links and images stay, and so do entities for blanks and marks, as what they mean.

    >>> masked("**Save** [them](a.md) as `x`", MARKDOWN).replace(MARK, "·").replace(THING, "□")
    '··Save·· ·them······· as □□□'
    """
    found = tokens(text, markup)
    if not found:
        return text
    shown = list(text)
    for token in found:
        shown[token.start : token.end] = _cover(token, markup)
    _cover_openers(shown, {token.start for token in found if token.kind == "link"})
    return "".join(shown)


def _cover(token: Token, markup: str) -> str:
    """What stands for a token, of the same length."""
    length = len(token.text)
    if token.kind in ("code", "address", "placeholder"):
        return THING * length
    if token.kind == "entity":
        # Where a text is no Markdown, an entity is spoken of.
        meant = unescape(token.text) if markup == MARKDOWN else ""
        return (meant + MARK * length)[:length] if len(meant) == 1 else THING * length
    if token.kind == "escape":
        return MARK + token.text[1]
    alt = _ALT.match(token.text) if token.kind == "image" else None
    if alt is not None:
        return MARK * 2 + alt[1] + MARK * (length - alt.end(1))
    return MARK * length


def _cover_openers(shown: list[str], ends: Collection[int]) -> None:
    """Cover the brackets that links open with; `ends` are the places where their words end."""
    waiting: list[int] = []
    for place, character in enumerate(shown) if ends else ():
        if character == "[":
            waiting.append(place)
        elif waiting and (character == "]" or place in ends):
            opener = waiting.pop()
            if place in ends:
                shown[opener] = MARK


def plain(text: str, markup: str) -> str:
    """What a reader reads, with THING for what nobody translates.

    >>> plain("**Save** [them](a.md)", MARKDOWN)
    'Save them'
    """
    return masked(text, markup).replace(MARK, "")


def alternative(image: str) -> str:
    """The alternative text of an image.

    >>> alternative("![The dialog](media/close.png)")
    'The dialog'
    """
    match = _ALT.match(image)
    return match[1].strip() if match else ""
