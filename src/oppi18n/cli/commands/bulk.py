"""The question put to millions of opportunities at once."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command
from oppi18n.cli.stopping import stopping


@click.command(cls=Command)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--as", "outcome", type=click.Choice(["won", "lost"]), help="Ask about closing them as won or as lost.")
@click.option(
    "--backend",
    type=click.Choice(["duckdb", "sqlite", "postgres", "spark"]),
    help="The database that does the work; the usual one for the source unless it is named.",
)
@click.option("--mapping", metavar="FILE", help="A file that says which tables and columns hold the records.")
@click.option(
    "--output", metavar="FILE", help="Write the findings here: .parquet, .csv or .jsonl; - is standard output."
)
@click.option(
    "--per",
    type=click.Choice(["finding", "opportunity"]),
    default="finding",
    help="Write a row per finding, or a row per opportunity with a column per rule.",
)
@click.option(
    "--table", metavar="NAME", help="Create tables of this name, and of this name with _items, in the source."
)
@click.option("--view", metavar="NAME", help="Create views instead of tables.")
@click.option("--summary", is_flag=True, help="Print the summary too.")
@click.option("--report", metavar="FILE", help="Write the summary with a bar chart here: .html or .svg.")
@click.option(
    "--locale",
    "locales",
    metavar="TAG",
    multiple=True,
    help="The language to speak; findings get sentences in it. May be repeated for sentences in several languages.",
)
@click.option("--memory", metavar="SIZE", help="The memory to use at most, such as 500MB. The rest goes to the disk.")
@click.option("--threads", metavar="N", type=click.IntRange(1), help="The processors to use at most.")
@options.evaluation
@options.ruleset
@options.formats("text", "json")
@options.manners
def command(sources: tuple[str, ...], **given: Any) -> int:
    """Say of millions of opportunities which can be closed, and which rules stand in the way of the others.

    Each SOURCE is a Parquet, CSV, JSON Lines or JSON file, a DuckDB or SQLite file, a PostgreSQL URL or, with the backend
    spark, a table. Opportunities and quotes may be two sources. Without --output, --table, --view and --report, the
    summary is printed.

    The exit status is 1 if one of the opportunities can't be closed, or data is missing to tell.
    """
    with stopping():
        from oppi18n.cli.bulkwork import Bulk

        return Bulk(given, sources).answer(sources)
