"""The dialog and its API, served from a database."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command


@click.command(cls=Command)
@click.option(
    "--database",
    metavar="URL",
    envvar="OPPI18N_DATABASE",
    default="oppi18n.db",
    help="An SQLite file, or sqlite:///… or postgresql://….",
)
@click.option("--demo", is_flag=True, help="Serve invented opportunities from a database that goes away afterwards.")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="The address to listen at.")
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8017,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--name",
    "names",
    metavar="HOST",
    multiple=True,
    help="A name under which browsers reach the service. May be repeated.",
)
@click.option(
    "--user-header",
    metavar="NAME",
    help="The header in which a reverse proxy says who makes a request. Without it, only this machine may ask.",
)
@click.option(
    "--secret-file",
    metavar="FILE",
    help="A file with the secret that several processes share, so that each accepts the forms of the others.",
)
@options.evaluation
@options.ruleset
@options.common
def command(**given: Any) -> int:
    """Serve the Close opportunity dialog and its API from a database.

    Pages and answers are in the language that each reader asks for. Closings are transactions, and each is written
    down. When the service stops, requests under way are still answered.
    """
    from oppi18n.cli.servework import serve

    return serve(given)
