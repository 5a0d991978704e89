"""What `oppi18n serve` does: opens the database, listens, and lets go of both when it is told to stop."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from oppi18n.cli import options
from oppi18n.cli.servelog import Log, logged
from oppi18n.cli.session import session
from oppi18n.errors import InputError
from oppi18n.files import read_bytes

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.store import Store

SECRET = "OPPI18N_SECRET"


def serve(given: dict[str, Any]) -> int:
    """Serve until told to stop."""
    fill_streams()
    try:
        from oppi18n.server.app import create_app
        from oppi18n.server.guard import is_loopback
        from oppi18n.server.listening import listen, run
    except ModuleNotFoundError as error:
        raise InputError("library-missing", library=str(error.name).partition(".")[0], extra="web") from None
    host, current = given["host"], session()
    if not given["user_header"] and not is_loopback(host):
        raise InputError("serve-not-local", host=host)
    secret = _secret(given["secret_file"])
    rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
    with ExitStack() as stack:
        log = stack.enter_context(logged())
        store = stack.enter_context(_opened(given, rules))
        app = create_app(_service(store, rules, given, secret, log))
        listening = stack.enter_context(listen(host, given["port"]))
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}/"
        current.tell(current.say("The service is at {url}. Press Ctrl+C to stop.", url=url))
        run(app, listening)
    return 0


def _service(store: Store, rules: Rules, given: dict[str, Any], secret: bytes, log: Log | None) -> Any:
    from oppi18n.server.service import Service, UserHeader

    return Service(
        store,
        rules,
        packs=given["packs"],
        zone=given["zone"],
        deployment=given["deployment"],
        today=given["today"],
        hosts=frozenset(each.lower() for each in given["names"]),
        authenticate=UserHeader(given["user_header"]) if given["user_header"] else None,
        access=None if session().verbosity < 0 else log,
        secret=secret,
    )


def _secret(path: str | None) -> bytes:
    """What forms are signed with: what several processes were told, or what nobody else knows."""
    from oppi18n.server.forgery import shared

    if path is not None:
        return shared(read_bytes(path), path)
    told = os.environ.get(SECRET)
    return token_bytes(32) if told is None else shared(os.fsencode(told), SECRET)


@contextmanager
def _opened(given: dict[str, Any], rules: Rules) -> Iterator[Store]:
    from oppi18n.store import Store

    if not given["demo"]:
        with Store.open(given["database"], rules.model) as store:
            yield store
        return
    from oppi18n.server.demo import opportunities

    with (
        tempfile.TemporaryDirectory(prefix="oppi18n-demo-") as folder,
        Store.open(f"sqlite:///{Path(folder) / 'demo.db'}", rules.model) as store,
    ):
        store.load(opportunities(rules.model))
        yield store


def fill_streams() -> None:
    """Where a standard stream is closed, its number is not to be given to a database or a connection."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is this one.
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
