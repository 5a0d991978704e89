"""Showing the gallery in a browser while catalogs are worked on."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command
from oppi18n.cli.session import session


@click.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8018,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--host",
    type=click.Choice(["127.0.0.1", "::1", "localhost"]),
    default="127.0.0.1",
    help="The address to listen at. Only programs on this machine can reach it.",
)
@options.packs
@options.common
def command(tags: tuple[str, ...], port: int, host: str, packs: tuple[str, ...]) -> int:
    """Serve the gallery to a browser on this machine. Whenever a catalog or a rule file is saved, its pages reload.

    What lint finds stands with each message. While a catalog has errors, its page says what is wrong instead.
    """
    from oppi18n.cli.galleries import layers_of, site_of
    from oppi18n.cli.previews import Preview, Server

    current, layers = session(), layers_of(packs)
    with Server(host, port, Preview(layers, site_of(layers, tags, current))) as server:
        url = f"http://{server.authority}/"
        current.tell(current.say("The gallery is at {url}. Press Ctrl+C to stop.", url=url))
        server.serve_forever()
    return 0
