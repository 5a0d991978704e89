"""The texts of a pseudo-locale as a catalog, for programs that read nothing else."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import pack_of, pack_option
from oppi18n.cli.help import Command
from oppi18n.cli.session import safe, session
from oppi18n.i18n import locales


@click.command(cls=Command)
@click.argument("tag", metavar="[LOCALE]", type=click.Choice(locales.PSEUDO), default=locales.PSEUDO[0])
@click.option("--output", metavar="FILE", help="Write to this file instead of the standard output.")
@pack_option
@options.common
def command(tag: str, output: str | None, pack_name: str | None) -> int:
    """Print the texts of a pseudo-locale, en-XA or ar-XB, as a catalog. It is for other programs.

    This one needs no catalog for them: every command takes --locale en-XA.
    """
    from oppi18n.files import write_atomic
    from oppi18n.i18n import extract, po_writer
    from oppi18n.upkeep.disguise import catalog_of

    current, pack = session(), pack_of(pack_name)
    text = po_writer.write(catalog_of(extract.messages_of(pack), tag, pack.name))
    if output is None or output == "-":
        current.out(text.removesuffix("\n"))
        return 0
    write_atomic(output, text)
    current.tell(current.say("{path} was written.", path=safe(output)))
    return 0
