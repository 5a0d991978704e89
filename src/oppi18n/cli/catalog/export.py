"""Texts of catalogs for other tools."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import exchangeoptions, options
from oppi18n.cli.catalogwork import pack_option
from oppi18n.cli.help import Command


@click.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@exchangeoptions.output
@pack_option
@options.common
def command(tags: tuple[str, ...], **given: Any) -> int:
    """Write the texts of catalogs for translators (XLIFF, TMX, PO, CSV) or for programs (i18next, ICU, ARB).

    Translations, notes and states go along. Without a LOCALE, all catalogs of the pack are written.
    """
    from oppi18n.cli.catalogexchange import export_catalogs

    return export_catalogs(tags, given)
