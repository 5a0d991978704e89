"""Units leave in the formats of translators and programs and come back; a format is one module in `formats`, found by its file name.

Such a module has `NAME`, `ENDINGS` (of file names), `claims(content)`, `write(bundle)` and `read(content, path)`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from oppi18n.errors import InputError
from oppi18n.exchange import formats
from oppi18n.exchange.bundle import Bundle
from oppi18n.files import read_bytes


@cache
def names() -> tuple[str, ...]:
    """The names of the formats.

    >>> names()
    ('arb', 'csv', 'i18next', 'icu', 'po', 'tmx', 'xliff-1.2', 'xliff-2.1')
    """
    return tuple(sorted(module.NAME for module in _modules()))


def format_of(path: str) -> str | None:
    """The format that the name of a file asks for; None if it asks for none. Of two versions, it is the later one.

    >>> format_of("ko.xlf"), format_of("ko.icu.json"), format_of("ko.docx")
    ('xliff-2.1', 'icu', None)
    """
    name = path.lower()
    # The longer ending says more.
    fitting = ((len(each), module.NAME) for module in _modules() for each in module.ENDINGS if name.endswith(each))
    return max(fitting, default=(0, None))[1]


def ending_of(name: str) -> str:
    """The usual ending of a file in that format.

    >>> ending_of("xliff-1.2")
    '.xlf'
    """
    found: str = _module(name).ENDINGS[0]
    return found


def write(bundle: Bundle, name: str) -> bytes:
    """The bytes of a file in that format.

    Raises InputError: `unknown-exchange`, and `several-locales` where the format holds one language.
    """
    found: bytes = _module(name).write(bundle)
    return found


def read(path: str | os.PathLike[str]) -> Bundle:
    """What is in a file, whatever its name: its content says which format it is in.

    Raises InputError when the file cannot be read, or holds something else; AuthoringError for a broken PO file.
    """
    shown = os.fspath(path)
    return parse(read_bytes(shown), shown)


def parse(content: bytes, path: str) -> Bundle:
    """What is in the bytes of a file; `path` is for messages only."""
    for module in _modules():
        if module.claims(content):
            found: Bundle = module.read(content, path)
            return found
    raise InputError("unrecognized-exchange", path=path, known=", ".join(names()))


def _module(name: str) -> Any:
    found = next((module for module in _modules() if name == module.NAME), None)
    if found is None:
        raise InputError("unknown-exchange", name=name, known=", ".join(names()))
    return found


def _modules() -> Iterator[Any]:
    for each in iter_modules(formats.__path__):
        yield import_module(f"oppi18n.exchange.formats.{each.name}")
