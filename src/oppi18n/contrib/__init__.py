"""The rules inside applications of others: FastAPI, Django, Flask, Starlette; each module needs its own framework only."""
