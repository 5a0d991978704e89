"""Writing the gallery: each message as its readers meet it."""

from __future__ import annotations

import os
from functools import cache

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command
from oppi18n.cli.session import safe, session


@click.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@click.option("--output", metavar="FOLDER", required=True, help="Write the pages into this folder.")
@options.packs
@options.common
def command(tags: tuple[str, ...], output: str, packs: tuple[str, ...]) -> int:
    """Write pages that show each message as its readers meet it, with the smallest record that brings it about.

    Without a LOCALE, there is a page for every language and pseudo-locale. Pages that are there are replaced; other
    files in the folder stay.
    """
    from oppi18n.cli.galleries import layers_of, site_of
    from oppi18n.cli.pagework import save
    from oppi18n.cli.progress import progress
    from oppi18n.errors import InputError
    from oppi18n.gallery.pages import stock

    current = session()
    if os.path.exists(output) and not os.path.isdir(output):
        raise InputError("not-a-folder", path=output)
    layers = layers_of(packs)
    site = site_of(layers, tags, current)
    # The style comes first and needs no rules: a folder that cannot be written to is told at once.
    drawn_on = cache(lambda: stock(layers))
    for name in progress(site.names, quiet=current.verbosity < 0):
        save(os.path.join(output, name), site.file(name, drawn_on))
    current.tell(current.say("{path} was written.", path=safe(os.path.join(output, site.names[-1]))))
    return 0
