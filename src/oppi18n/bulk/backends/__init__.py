"""One module per database: how to read its relations, run queries in it, write what comes out.

A backend is found by its file name. Its module is loaded when it is named, for it imports the database's library.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from oppi18n.errors import InputError

_EXTRAS: Final = {"duckdb": "bulk", "postgres": "postgres", "spark": "spark"}
"""The extra that brings the library of a backend."""


def names() -> list[str]:
    """The backends there are.

    >>> names()
    ['duckdb', 'postgres', 'spark', 'sqlite']
    """
    return sorted(each.name for each in iter_modules(__path__))


def load(name: str) -> Any:
    """The module of a backend; InputError `library-missing` if the library behind it is not installed."""
    try:
        return import_module(f"oppi18n.bulk.backends.{name}")
    except ModuleNotFoundError as error:
        if name not in _EXTRAS or (error.name or "").startswith("oppi18n"):
            raise
        raise InputError("library-missing", library=error.name, extra=_EXTRAS[name]) from None
