"""The glossary, for other tools and back."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import pack_option
from oppi18n.cli.help import Command, Group


@click.group(cls=Group)
@options.common
def command() -> None:
    """Exchange the glossary with other tools: as CSV or TBX."""


@command.command(cls=Command)
@click.option("--output", metavar="FILE", required=True, help="Write here.")
@pack_option
@options.common
def export(output: str, pack_name: str | None) -> int:
    """Write the glossary of a pack into a file: CSV or TBX, by its name."""
    from oppi18n.cli.glossarywork import export_glossary

    return export_glossary(output, pack_name)


@command.command("import", cls=Command)
@click.argument("file", metavar="FILE")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@pack_option
@options.common
def import_(file: str, pack_name: str | None, check: bool, diff: bool) -> int:
    """Put the terms of a CSV or TBX file into the glossary of a pack.

    Terms and languages that the file doesn't have stay as they are.
    """
    from oppi18n.cli.glossarywork import import_glossary

    return import_glossary(file, pack_name, check=check, diff=diff)
