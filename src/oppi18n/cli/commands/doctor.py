"""Which known holes of Babel and gettext a project has."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command


@click.command(cls=Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@options.formats("text", "json")
@options.common
def command(paths: tuple[str, ...], format_: str) -> int:
    """Look through the catalogs of any gettext project for what Babel and gettext don't see.

    Such are wrong plural forms, folders that lookups pass by, braces that differ, percent signs, proposals that say the
    opposite, translations about to be lost, broken or poisoned files. PATH is a catalog or a folder; nothing in it is
    run, and nothing is written. The exit status is 3 if anything is an error, and 1 for warnings alone.
    """
    from oppi18n.cli.doctors import examine_projects

    return examine_projects(paths, format_)
