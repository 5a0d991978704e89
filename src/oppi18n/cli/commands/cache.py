"""What is kept on the disk to start faster."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group
from oppi18n.cli.session import session


@click.group(cls=Group)
@options.common
def command() -> None:
    """Look after the cache of compiled rules and catalogs."""


@command.command(cls=Command)
@options.common
def clear() -> int:
    """Throw away everything that was compiled; it is made anew when it is needed."""
    from oppi18n.cache import user_cache

    current = session()
    count = user_cache().clear()
    current.tell(current.say.plural("{count} entry was removed.", "{count} entries were removed.", count=count))
    return 0
