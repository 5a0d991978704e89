"""How texts and the places of words are kept in the file of a memory."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterable
from typing import Final

SIZE: Final = 4
"""Bytes of a number."""
_TYPE: Final = next(code for code in "IL" if array(code).itemsize == SIZE)
_UNSPEAKABLE: Final = re.compile("[\x00\ud800-\udfff]")


def is_unspeakable(text: str) -> bool:
    """Whether a text has characters that a database cannot hold, or not without losing the rest of it.

    >>> is_unspeakable("견적"), is_unspeakable("a\\x00b")
    (False, True)
    """
    return _UNSPEAKABLE.search(text) is not None


def joined(source: str, plural: str | None) -> str:
    """A source text as it is compared: both of its forms, where it has two."""
    return source if plural is None else f"{source}\n{plural}"


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers as bytes, the same on every machine.

    >>> list(unpacked(packed([1, 70000])))
    [1, 70000]
    """
    return _swapped(array(_TYPE, numbers)).tobytes()


def unpacked(blob: object) -> array[int] | None:
    """The numbers in bytes; None if there are none."""
    if not isinstance(blob, bytes) or len(blob) % SIZE:
        return None
    found = array(_TYPE)
    found.frombytes(blob)
    return _swapped(found)


def _swapped(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
