"""Beginning a catalog."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import chosen, pack_of, pack_option
from oppi18n.cli.help import Command
from oppi18n.cli.session import safe, session


@click.command(cls=Command)
@click.argument("tag", metavar="LOCALE")
@click.option("--from", "source", metavar="LOCALE", help="Begin with the translations of this catalog.")
@pack_option
@options.common
def command(tag: str, source: str | None, pack_name: str | None) -> int:
    """Begin the catalog of a locale, with all texts, CLDR's plural forms, and notes for its translators.

    With --from, translations into another variant of the language are taken over and marked for review, and those
    into another language are proposed. A catalog that exists is left alone.
    """
    from oppi18n.i18n import extract
    from oppi18n.upkeep import beginning
    from oppi18n.upkeep import update as upkeep

    current, pack = session(), pack_of(pack_name)
    taken = upkeep.read(pack, chosen(pack, [source])[0]) if source is not None else None
    catalog = beginning.begin(pack, tag, extract.messages_of(pack), taken)
    upkeep.save(pack, catalog)
    path = safe(upkeep.path_of(pack, catalog.locale))
    current.tell(
        current.say.plural(
            "{path} was begun, with {count} text to translate.",
            "{path} was begun, with {count} texts to translate.",
            count=sum(not entry.is_translated for entry in catalog.entries),
            path=path,
        )
    )
    return 0
