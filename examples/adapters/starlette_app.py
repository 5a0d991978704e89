"""Starlette: the service with its pages and its database below /crm, and beside it a route that stores nothing.

    pip install '.[web]'
    uvicorn --app-dir examples/adapters starlette_app:app
    curl localhost:8000/closability -H 'Accept-Language: sv' -H 'Content-Type: application/json' -d @examples/facts.json

The pages are on http://localhost:8000/crm/; invented opportunities are in memory, and gone afterwards.
"""

from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from oppi18n import load_rules
from oppi18n.contrib.questions import Questions
from oppi18n.contrib.starlette import closability
from oppi18n.server.app import create_app
from oppi18n.server.demo import opportunities
from oppi18n.server.service import Service
from oppi18n.store import Store

rules = load_rules("close-opportunity")
store = Store.open("sqlite:///:memory:", rules.model)


@asynccontextmanager
async def lifespan(_):
    """The store is there for as long as the application runs."""
    with store:
        store.load(opportunities(rules.model))
        yield


app = Starlette(
    routes=[Mount("/crm", create_app(Service(store, rules))), closability(Questions(rules))],
    lifespan=lifespan,
)
