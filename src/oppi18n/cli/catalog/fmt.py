"""Bringing catalog files into one form."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import chosen, pack_of, pack_option
from oppi18n.cli.formatted import tell_formatted
from oppi18n.cli.help import Command

if TYPE_CHECKING:
    from oppi18n.upkeep.formatting import Formatted


@click.command(cls=Command)
@click.argument("asked", metavar="[LOCALE|PATH...]", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@pack_option
@options.common
def command(asked: tuple[str, ...], check: bool, diff: bool, pack_name: str | None) -> int:
    """Bring catalogs into one form, whatever tool has saved them. What they say stays, and so do comments.

    A PATH is a .po file; - is the standard input, and the answer goes to the standard output. Without anything named,
    all catalogs of the pack are formatted. A file with anything wrong in it is told and left alone.
    """
    names = asked or (None,)
    return tell_formatted((_formatted(each, pack_name) for each in names), check=check, diff=diff)


def _formatted(asked: str | None, pack_name: str | None) -> Iterator[Formatted]:
    from oppi18n.upkeep import update as upkeep
    from oppi18n.upkeep.formatting import format_file

    if asked is not None and _is_path(asked):
        yield format_file(asked)
        return
    pack = pack_of(pack_name)
    for locale in chosen(pack, [] if asked is None else [asked]):
        yield format_file(upkeep.path_of(pack, locale), locale)


def _is_path(asked: str) -> bool:
    return asked == "-" or "/" in asked or os.sep in asked or asked.endswith((".po", ".pot"))
