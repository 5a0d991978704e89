"""When a scalar needs quotation marks: where YAML would read something else without them."""

from __future__ import annotations

import re
from typing import Final

import yaml

_INDICATORS: Final = "!&*|>'\"%@`{}[],#"
_CORE: Final = re.compile(
    r"(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)
"""What YAML 1.2 takes for something other than a text."""
_PLAIN: Final = re.compile(
    r"(?:|~|null|true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|0x[0-9a-fA-F]+|[0-9]{4}-[0-9]{2}-[0-9]{2})\Z"
)
"""What every reader takes for the same thing; a date is a text for us and a date for others, which does no harm."""
_RESOLVERS: Final = yaml.SafeLoader.yaml_implicit_resolvers


def is_text(text: str) -> bool:
    """Whether YAML 1.1 and 1.2 both take a plain scalar for a text.

    >>> [is_text(each) for each in ("yes", "1_000", "0o17", "no-active-quotes")]
    [False, False, False, True]
    """
    found = (*_RESOLVERS.get(text[:1], ()), *_RESOLVERS.get(None, ()))
    return bool(text) and _CORE.match(text) is None and not any(pattern.match(text) for _, pattern in found)


def may_stay_plain(text: str) -> bool:
    """Whether a scalar that was written without quotation marks means the same to every reader.

    >>> [may_stay_plain(each) for each in ("true", "0x80040516", "2026-03-31", "yes", "007")]
    [True, True, True, False, False]
    """
    return is_text(text) or _PLAIN.match(text) is not None


def may_be_plain(text: str, *, flow: bool) -> bool:
    """Whether a text needs no quotation marks; inside brackets and braces more characters ask for them.

    >>> may_be_plain("q.filter(x, x.a)", flow=False), may_be_plain("q.filter(x, x.a)", flow=True)
    (True, False)
    """
    if not is_text(text) or not text.isprintable() or text != text.strip():
        return False
    if text[0] in _INDICATORS or (text[0] in "-?:" and (len(text) == 1 or not text[1].isalnum())):
        return False
    if text.startswith(("---", "...")) or ": " in text or " #" in text or text.endswith(":"):
        return False
    return not (flow and any(mark in text for mark in ",[]{}:?"))


def quoted(text: str) -> str:
    """A text of one line in quotation marks: double ones, unless it holds those and no single one.

    >>> print(quoted("it's"), quoted('say "no"'))
    "it's" 'say "no"'
    """
    if text.isprintable() and ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t"}.get(character) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )
