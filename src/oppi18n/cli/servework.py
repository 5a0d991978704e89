"""What `oppi18n serve` does: opens the database, listens, and lets go of both when it is told to stop."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oppi18n.cli import options
from oppi18n.cli.session import session
from oppi18n.errors import InputError

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.store import Store


def serve(given: dict[str, Any]) -> int:
    """Serve until told to stop."""
    try:
        from oppi18n.server.app import create_app
        from oppi18n.server.guard import is_loopback
        from oppi18n.server.listening import listen, run
    except ModuleNotFoundError as error:
        raise InputError("bulk-library", library=str(error.name).partition(".")[0], extra="web") from None
    host, current = given["host"], session()
    if not given["user_header"] and not is_loopback(host):
        raise InputError("serve-not-local", host=host)
    rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
    with ExitStack() as stack:
        store = stack.enter_context(_opened(given, rules))
        app = create_app(_service(store, rules, given))
        listening = stack.enter_context(listen(host, given["port"]))
        _log(quiet=current.verbosity < 0)
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}/"
        current.tell(current.say("The service is at {url}. Press Ctrl+C to stop.", url=url))
        run(app, listening)
    return 0


def _service(store: Store, rules: Rules, given: dict[str, Any]) -> Any:
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
    )


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


def _log(*, quiet: bool) -> None:
    """The access log and faults of ours, a line each, on the standard error."""
    for name, format_ in (("oppi18n.access", "%(message)s"), ("oppi18n.server", "%(levelname)s %(message)s")):
        log = logging.getLogger(name)
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter(format_))
        log.handlers = [handler]
        log.propagate = False
        log.setLevel(logging.WARNING if quiet else logging.INFO)
