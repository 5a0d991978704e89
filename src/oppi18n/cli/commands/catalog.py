"""Catalogs follow their source texts: one module per thing that is done to them, in the folder `catalog`."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.help import Folder


@click.group(cls=Folder, folder="catalog")
@options.common
def command() -> None:
    """Work on catalogs: begin them, bring them up to date, merge them, see how far they are."""
