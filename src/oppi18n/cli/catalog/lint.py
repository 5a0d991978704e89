"""Checking the translations in catalogs."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import linting, options
from oppi18n.cli.catalogwork import pack_option
from oppi18n.cli.help import Command


@click.command(cls=Command)
@click.argument("asked", metavar="[LOCALE|PATH...]", nargs=-1)
@click.option("--fix", is_flag=True, help="Mend what can be mended without asking anybody.")
@click.option(
    "--severity",
    type=click.Choice(linting.SEVERITIES),
    default="warning",
    help="Tell findings that are at least this bad.",
)
@pack_option
@options.formats(*linting.FORMATS)
@options.common
def command(asked: tuple[str, ...], pack_name: str | None, **given: Any) -> int:
    """Check the translations in catalogs. The exit status is 3 if there are errors, and 1 if there are warnings.

    A PATH is a .po file or a folder with such files. Without anything named, all catalogs of the pack are checked.
    Findings that are accepted stand in locales/exceptions.yaml, each with a reason.
    """
    from oppi18n.cli.cataloglint import lint_catalogs

    return lint_catalogs(asked, pack_name, given)
