"""A process that serves until its standard input ends; it says its port first.

python _serving.py service DATABASE [quiet]    the service, with the access log of `oppi18n serve`
python _serving.py bytes ANSWER                a bare Starlette route that parses the JSON and answers these bytes
python _serving.py json ANSWER                 the same, answering with a JSONResponse of what the bytes say
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from socket import create_server
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TODAY: Final = date(2026, 3, 31)


def bare(answer: Callable[[], Response]) -> Starlette:
    """A route with a body and one without, and one that says that the process answers."""

    async def posted(request: Request) -> Response:
        await request.json()
        return answer()

    async def asked(_: Request) -> Response:
        return answer()

    async def ready(_: Request) -> Response:
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/api/closability", posted, methods=["POST"]),
            Route("/api/opportunities/{id}/closability", asked),
            Route("/health/ready", ready),
        ]
    )


def serve_bare(kind: str, content: bytes) -> None:
    """Serve it with what is fastest in uvicorn: uvloop and httptools, no log, no checks of proxies."""
    value = json.loads(content)
    app = bare(
        (lambda: Response(content, media_type="application/json")) if kind == "bytes" else lambda: JSONResponse(value)
    )
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
    )
    listening = create_server(("127.0.0.1", 0), backlog=128)
    told(listening.getsockname()[1])
    uvicorn.Server(config).run(sockets=[listening])


def serve(database: str, *, quiet: bool) -> None:
    """Serve opportunities as the command does."""
    from oppi18n import load_rules
    from oppi18n.cli.servework import written
    from oppi18n.server.app import create_app
    from oppi18n.server.listening import listen, run
    from oppi18n.server.service import Service
    from oppi18n.store import Store

    rules = load_rules("close-opportunity")
    with Store.open(f"sqlite:///{database}", rules.model) as store, listen("127.0.0.1", 0) as listening:
        told(listening.getsockname()[1])
        run(create_app(Service(store, rules, today=TODAY, access=None if quiet else written)), listening)


def told(port: int) -> None:
    """Say where, and stop when nobody listens any more."""
    print(port, flush=True)

    def wait() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """Serve what the arguments say."""
    kind, path, *rest = sys.argv[1:]
    if kind == "service":
        serve(path, quiet="quiet" in rest)
    else:
        serve_bare(kind, Path(path).read_bytes())


if __name__ == "__main__":
    main()
