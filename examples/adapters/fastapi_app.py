"""FastAPI: facts are checked by Pydantic models made from the rules, and every answer is in the reader's language.

    pip install '.[adapters,web]'
    uvicorn --app-dir examples/adapters fastapi_app:app
    curl localhost:8000/closability -H 'Accept-Language: ko' -H 'Content-Type: application/json' -d @examples/facts.json

The models are on http://localhost:8000/docs. Closing for good needs a database: see starlette_app.py.
"""

from typing import Annotated

from fastapi import Depends, FastAPI

from oppi18n import Localizer, load_rules
from oppi18n.contrib.fastapi import Closability
from oppi18n.contrib.questions import Questions

closability = Closability(Questions(load_rules("close-opportunity")))
router = closability.router()
Facts, Reader = closability.Facts, Annotated[Localizer, Depends(closability.reader)]


@router.post("/messages")
def messages(facts: Facts, reader: Reader) -> list[str]:
    """A route of one's own: only what stands in the way, in words."""
    return [each["message"] for each in closability.ask(facts, reader)["results"][0]["violations"]]


app = FastAPI(title="Closability")
app.include_router(router)
