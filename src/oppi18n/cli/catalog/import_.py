"""Translations that come back into catalogs."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import pack_option
from oppi18n.cli.help import Command


@click.command("import", cls=Command)
@click.argument("file", metavar="FILE")
@click.argument("tag", metavar="[LOCALE]", required=False)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@pack_option
@options.formats("text", "json")
@options.common
def command(file: str, tag: str | None, **given: Any) -> int:
    """Put translations into catalogs, from any format that export writes and from catalogs of other tools.

    Only what was translated anew changes. What was translated from another source, belongs to no message, or has other
    placeholders than its source is left out, and said. With a LOCALE, only that catalog is written.
    """
    from oppi18n.cli.catalogexchange import import_translations

    return import_translations(file, tag, given)
