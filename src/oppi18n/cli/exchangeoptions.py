"""Where texts go that leave for other tools, and in which format: options of pages and of catalogs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FORMATS: Final = ("xliff-2.1", "xliff-1.2", "tmx", "po", "csv", "i18next", "icu", "arb")
"""Written out, for help must not load what writes them."""


def output(function: F) -> F:
    """`--output` and `--to`."""
    to = click.option(
        "--to", type=click.Choice(FORMATS), help="The format; without it, the name of the file says which one."
    )
    path = click.option(
        "--output", metavar="FILE|FOLDER", required=True, help="Write here; a folder gets a file for each language."
    )
    return path(to(function))
