"""Bringing catalogs up to date with their source texts."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.catalogwork import chosen, pack_of, pack_option
from oppi18n.cli.help import Command
from oppi18n.cli.session import safe, session


@click.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a catalog is not up to date.")
@pack_option
@options.common
def command(tags: tuple[str, ...], check: bool, pack_name: str | None) -> int:
    """Bring catalogs up to date with the texts of rules, models and sources.

    Translations of unchanged texts stay. Where a text has changed, its old translation is proposed, never shown. What
    is gone waits at the end of the catalog. Without a LOCALE, all catalogs of the pack are updated.
    """
    from oppi18n.i18n import extract
    from oppi18n.upkeep import update as upkeep

    current = session()
    pack = pack_of(pack_name)
    locales = chosen(pack, tags)
    messages, outdated = extract.messages_of(pack), 0
    for locale in locales:
        catalog = upkeep.update(pack, locale, messages)
        path = safe(upkeep.path_of(pack, locale))
        if upkeep.is_current(pack, catalog):
            current.tell(current.say("{path} is up to date.", path=path), level=1)
        elif check:
            outdated += 1
            current.out(current.say("{path} is not up to date.", path=path))
        else:
            upkeep.save(pack, catalog)
            current.tell(current.say("{path} was updated.", path=path))
    return 1 if outdated else 0
