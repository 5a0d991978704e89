"""A database of opportunities: filled from files, written out, and its audit log read."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group
from oppi18n.cli.stopping import stopping

_database = click.option(
    "--database",
    metavar="URL",
    envvar="OPPI18N_DATABASE",
    default="oppi18n.db",
    help="An SQLite file, or sqlite:///… or postgresql://….",
)


@click.group(cls=Group)
@options.common
def command() -> None:
    """Keep opportunities in a database, where closings are transactions."""


@command.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_database
@click.option("--quotes", metavar="FILE", help="The CSV file of the quotes, beside one of opportunities.")
@click.option("--replace", is_flag=True, help="Replace opportunities that are there already.")
@options.zone
@options.packs
@options.common
def load(files: tuple[str, ...], **given: Any) -> int:
    """Put the opportunities of files into the database, all of them or none.

    FILE is what oppi18n check takes: a Dataverse Web API export, JSON, JSON Lines or CSV.
    """
    with stopping():
        from oppi18n.cli.storework import load_files

        return load_files(files, given)


@command.command(cls=Command)
@_database
@click.option("--output", metavar="FILE", required=True, help="Write here; the ending says JSON or CSV.")
@click.option("--quotes", metavar="FILE", help="With CSV, write the quotes here.")
@options.packs
@options.common
def export(**given: Any) -> int:
    """Write everything in the database into a file that can be loaded again.

    JSON is written as Dataverse's Web API answers. Times of day were given up when the data was loaded.
    """
    with stopping():
        from oppi18n.cli.storework import export_file

        return export_file(given)


@command.command(cls=Command)
@_database
@click.option("--opportunity", "wanted", metavar="ID", help="Only the closings of this opportunity.")
@options.packs
@options.formats("text", "jsonl")
@options.common
def audit(**given: Any) -> int:
    """Show who asked for which closing, when, and what came of it."""
    from oppi18n.cli.storework import show_audit

    return show_audit(given)


@command.command(cls=Command)
@_database
@click.option("--before", metavar="DATE", type=options.Date(), help="Erase entries from before this day.")
@click.option("--opportunity", "wanted", metavar="ID", help="Erase the entries of this opportunity.")
@click.option("--person", metavar="NAME", help="Erase the entries of requests that this person made.")
@click.option("--who", metavar="NAME", required=True, help="Who erases; this stays on record.")
@options.packs
@options.common
def erase(**given: Any) -> int:
    """Take entries out of the audit log, by their age, opportunity or person.

    The log is append-only otherwise. That entries were erased, by whom and how many, stays on record.
    """
    from oppi18n.cli.storework import erase_entries

    return erase_entries(given)
