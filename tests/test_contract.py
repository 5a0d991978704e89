"""What the description of the API promises is what the service does: every answer, every status, every header."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.errors import TEXTS
from oppi18n.i18n.locales import PRODUCT

pytest.importorskip("starlette", reason="Starlette is absent here")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")
pytest.importorskip("httpx2", reason="httpx2 is absent here")

from jsonschema import Draft202012Validator, FormatChecker
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from oppi18n.server import openapi
from oppi18n.server.app import create_app
from oppi18n.server.components import PUBLISHED
from oppi18n.server.demo import opportunities
from oppi18n.server.problems import STATUSES
from oppi18n.server.service import Service, UserHeader
from oppi18n.store import Store

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "docs" / "schemas"
EXAMPLES = Path(openapi.__file__).with_name("examples.json")
EXCHANGES = json.loads(EXAMPLES.read_text(encoding="utf-8"))
RULES = load_rules("close-opportunity")
DOCUMENT = openapi.document(RULES.model)
TODAY = date(2026, 3, 31)
LOCAL = ("127.0.0.1", 50000)
SPEAKERS: dict[str, Localizer] = {}
CLOSABLE = "/api/opportunities/7a1e0000-0000-4000-8000-000000000002/closing"
FOR_PEOPLE = {"message", "text", "locale", "dir", "detail", "label"}
REFUSALS = {"already-closed", "blocked", "undetermined"}
"""Codes of problems that are no errors."""


IDS = [f"7a1e0000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3, 4, 5, 7)]
ATTACK = f"""
color = false
[cache]
enabled = false
[generation]
database = "none"
deterministic = true
[dictionaries.ids]
values = {json.dumps(IDS)}
[dictionaries.remedies]
values = ["close-quotes"]
[dictionaries.tags]
values = ['"1"', '"1", "2"', '*']
[parameters]
"path.id" = {{ dictionary = "ids", probability = 0.7 }}
"path.remedy" = {{ dictionary = "remedies", probability = 0.7 }}
"header.If-Match" = {{ dictionary = "tags", probability = 0.7 }}
[checks.missing_required_header]
expected-statuses = [428]
[checks.negative_data_rejection]
expected-statuses = [400, 404, 405, 412, 413, 415, 422, 428, 431]
[checks.positive_data_acceptance]
expected-statuses = [200, 404, 409, 412, 422]
"""
"""What schemathesis must know beside the description: ids that there are, and how a refusal is a right answer."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database with the opportunities of the demonstration."""
    with Store.open(f"sqlite:///{tmp_path}/crm.db", RULES.model) as made:
        made.load(opportunities(RULES.model))
        yield made


@pytest.fixture
def client(store: Store) -> TestClient:
    """A program before the service."""
    return client_of(store)


def client_of(store: Store, caller: tuple[str, int] = LOCAL, **more: Any) -> TestClient:
    return TestClient(create_app(service_of(store, **more)), base_url="http://localhost", client=caller)


def service_of(store: Store, **more: Any) -> Service:
    return Service(store, RULES, today=TODAY, _speakers=SPEAKERS, **more)


def ask(client: TestClient, exchange: Any, locale: str = "en") -> Any:
    """The answer to an example."""
    headers = {**exchange["headers"], "Accept-Language": locale}
    return client.request(exchange["method"], exchange["path"], headers=headers, json=exchange["body"])


def operations() -> Iterator[tuple[str, str, Any]]:
    """Path, method and description of each operation."""
    for path, item in DOCUMENT["paths"].items():
        for method in item.keys() - {"parameters"}:
            yield path, method, item[method]


def place_of(name: str) -> tuple[str, str]:
    """Path and method of an operation."""
    return next((path, method) for path, method, each in operations() if each["operationId"] == name)


def operation(name: str) -> Any:
    path, method = place_of(name)
    return DOCUMENT["paths"][path][method]


def resolved(value: Any) -> Any:
    """A part of the document with what its references lead to."""
    while isinstance(value, dict) and "$ref" in value:
        found: Any = DOCUMENT
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def inlined(schema: Any, parts: Any, at: str) -> Any:
    """A schema without references and without what only tells about it."""
    if isinstance(schema, list):
        return [inlined(each, parts, at) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(parts[schema["$ref"].removeprefix(at)], parts, at)
    return {name: inlined(each, parts, at) for name, each in schema.items() if name not in ("title", "description")}


def strict(schema: Any) -> Any:
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strict(each) for name, each in schema.items()}}


def stripped(value: Any) -> Any:
    """A JSON value without what people read."""
    if isinstance(value, dict):
        return {name: stripped(each) for name, each in value.items() if name not in FOR_PEOPLE}
    return [stripped(each) for each in value] if isinstance(value, list) else value


def closed(document: Any) -> Any:
    """The description as it binds the service: no member of an answer beside those named, no code beside those listed.

    The one that is served leaves room for members and codes to come, as the promise of machine output says.
    """
    found = json.loads(json.dumps(document))
    for name, schema in found["components"]["schemas"].items():
        found["components"]["schemas"][name] = strict(schema)
    for item in found["paths"].values():
        for method in item.keys() - {"parameters"}:
            for response in item[method]["responses"].values():
                for media in response["content"].values() if "x-codes" in response else ():
                    code = {"enum": response["x-codes"]}
                    media["schema"] = {"allOf": [media["schema"], {"properties": {"code": code}}]}
    return found


CLOSED = closed(DOCUMENT)


def validator_of(response: Any) -> Draft202012Validator:
    """What tells whether a body is as a response of the closed description has it."""
    (media,) = response["content"].values()
    schema = {**media["schema"], "components": CLOSED["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


# ---- one source ----


@pytest.mark.parametrize(("name", "path"), PUBLISHED.items())
def test_components_are_the_published_schemas(name: str, path: str):
    """The description and the schema files say the same of each kind of answer."""
    published = json.loads((SCHEMAS / f"{path}.schema.json").read_text(encoding="utf-8"))
    wanted = {key: each for key, each in published.items() if key not in ("$schema", "$id", "$defs")}

    components = DOCUMENT["components"]["schemas"]
    assert inlined(components[name], components, "#/components/schemas/") == inlined(
        wanted, published.get("$defs", {}), "#/$defs/"
    )


def test_schema_of_problems_is_valid_and_shares_its_words():
    """It is one of its dialect; what check and a problem both tell is described alike."""
    problem = json.loads((SCHEMAS / "problem.schema.json").read_text(encoding="utf-8"))
    check = json.loads((SCHEMAS / "envelope" / "check.schema.json").read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(problem)
    assert problem["$id"] == "urn:oppi18n:schema:problem:1"
    assert problem["$defs"]["violation"] == check["$defs"]["violation"]
    assert problem["properties"]["needs"] == check["$defs"]["result"]["properties"]["needs"]
    assert "../schemas/problem.schema.json" in (ROOT / "docs/reference/machine-output.md").read_text(encoding="utf-8")


# ---- examples ----


@pytest.mark.parametrize("index", range(len(EXCHANGES)), ids=[f"{e['operation']}-{e['name']}" for e in EXCHANGES])
def test_examples_are_what_the_service_answers(client: TestClient, pytestconfig: pytest.Config, index: int):
    """Each request of the description is answered on the demonstration's records as the description says.

    `--update-golden` writes the answers down anew.
    """
    exchange = EXCHANGES[index]

    answer = ask(client, exchange)

    found = answer.json()
    if pytestconfig.getoption("--update-golden"):
        exchange["answer"] = found
        EXAMPLES.write_text(json.dumps(EXCHANGES, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    # The digest changes with every rule and setting, and an example need not.
    digest = {"digest": exchange["answer"]["digest"]} if "digest" in found else {}
    assert (answer.status_code, {**found, **digest}) == (exchange["status"], exchange["answer"])
    conforms(answer, exchange["operation"])


@pytest.mark.parametrize("exchange", EXCHANGES, ids=[f"{e['operation']}-{e['name']}" for e in EXCHANGES])
def test_answers_keep_to_the_closed_description(client: TestClient, exchange: Any):
    """No member and no code that is not described, in any language; they differ by their texts alone."""
    path, method = place_of(exchange["operation"])
    validator = validator_of(CLOSED["paths"][path][method]["responses"][str(exchange["status"])])

    found = [ask(client, exchange, locale).json() for locale in PRODUCT] if exchange["method"] == "GET" else []
    found.append(exchange["answer"])

    for each in found:
        validator.validate(each)
    digests = [{**stripped(each), "digest": ""} for each in found]
    assert digests == [digests[0]] * len(digests)


def test_examples_are_valid():
    """Of bodies, answers and parameters, by the schemas that they stand beside; every operation that takes or gives
    much has one."""
    seen = set()
    for path, _, each in operations():
        media = [(each["operationId"], kind) for kind in each.get("requestBody", {"content": {}})["content"].values()]
        for response in each["responses"].values():
            media += [(each["operationId"], kind) for kind in response["content"].values()]
        for name, kind in media:
            for example in kind.get("examples", {}).values():
                schema = {**kind["schema"], "components": DOCUMENT["components"]}
                Draft202012Validator(schema, format_checker=FormatChecker()).validate(example["value"])
                seen.add(name)
        for parameter in (*each["parameters"], *DOCUMENT["paths"][path].get("parameters", ())):
            if "example" in parameter:
                Draft202012Validator(parameter["schema"]).validate(parameter["example"])

    assert {each["operationId"] for _, _, each in operations()} - seen == {"dialog", "openapi"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/opportunities?limit=",
        CLOSABLE.replace("closing", "closability?outcome="),
        f"{CLOSABLE}?outcome=",
        f"{CLOSABLE}?outcome=WON",
    ],
)
def test_parameter_that_is_there_must_have_a_value(client: TestClient, path: str):
    """Who asks about an outcome and names none is not told about the record instead."""
    answer = client.get(path)

    assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)


@pytest.mark.parametrize(
    ("operation_id", "status", "damage"),
    [
        ("opportunities", 200, lambda found: found.pop("after")),
        ("opportunities", 200, lambda found: found["results"][0].update(version=0)),
        ("opportunities", 200, lambda found: found["results"][0].update(violations=[{"rule": "x"}])),
        ("close", 200, lambda found: found.update(kind="close")),
        ("close", 200, lambda found: found["results"].clear()),
        ("close", 200, lambda found: found["results"][0].update(status="refused")),
        ("close", 409, lambda found: found.pop("version")),
        ("close", 409, lambda found: found.update(code="Blocked")),
        ("close", 409, lambda found: found["remedies"][0].pop("href")),
        ("close", 409, lambda found: found["violations"][0].update(pointers="/close/date")),
        ("close", 422, lambda found: found["errors"][0].update(line=1)),
        ("close", 422, lambda found: found["errors"].clear()),
        ("live", 200, lambda found: found.update(status="well")),
    ],
)
def test_schemas_see_a_broken_promise(operation_id: str, status: int, damage: Any):
    """A member that went away, took another type or another value is noticed."""
    exchange = next(e for e in EXCHANGES if (e["operation"], e["status"]) == (operation_id, status))
    found = json.loads(json.dumps(exchange["answer"]))
    (media,) = operation(operation_id)["responses"][str(status)]["content"].values()
    validator = Draft202012Validator({**media["schema"], "components": DOCUMENT["components"]})
    validator.validate(found)

    damage(found)

    assert not validator.is_valid(found)


# ---- the document itself ----


def test_description_is_openapi_3_1(require):
    """By the meta-schema and the rules that no schema can say, such as parameters in paths."""
    require("openapi-spec-validator", find_spec("openapi_spec_validator"))
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert [each.message for each in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_generators_find_what_they_ask_for():
    """Every operation has an id of its own, words, a known tag and a summary; every parameter is told about."""
    ids = [each["operationId"] for _, _, each in operations()]
    tags = {each["name"] for each in DOCUMENT["tags"]}

    assert len(set(map(str.lower, ids))) == len(ids)
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", each) for each in ids)
    for path, _, each in operations():
        assert each["summary"]
        assert each["description"].endswith(".")
        assert len(each["tags"]) == 1
        assert set(each["tags"]) <= tags
        parameters = [*each["parameters"], *DOCUMENT["paths"][path].get("parameters", ())]
        assert len({(p["name"], p["in"]) for p in parameters}) == len(parameters)
        assert all(p["description"].endswith(".") and p["schema"] for p in parameters)
        for status, response in each["responses"].items():
            assert response["description"].endswith("."), (path, status)
            assert all(resolved(header)["description"] for header in response["headers"].values())
    names = [*DOCUMENT["components"]["schemas"]]
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", each) for each in names)
    assert len(set(map(str.lower, names))) == len(names)


def test_description_has_no_loose_ends():
    """Every component is used, every reference and every link leads somewhere, and whatever is an object is a known one."""
    text = json.dumps(DOCUMENT)
    used = set(re.findall(r'"#/components/(\w+)/([\w-]+)"', text))
    made = {(kind, name) for kind, each in DOCUMENT["components"].items() for name in each}
    assert used == made

    ids = {each["operationId"] for _, _, each in operations()}
    for _, _, each in operations():
        for response in each["responses"].values():
            for link in response.get("links", {}).values():
                assert link["operationId"] in ids
                wanted = {f"{p['in']}.{p['name']}" for p in parameters_of(link["operationId"])}
                assert link["parameters"].keys() <= wanted
    assert list(loose(DOCUMENT["components"]["schemas"])) == []


def parameters_of(name: str) -> list[Any]:
    return [*operation(name)["parameters"], *DOCUMENT["paths"][place_of(name)[0]].get("parameters", ())]


def loose(schema: Any, place: str = "") -> Iterator[str]:
    """Where a schema lets pass any object or list, or offers a choice between objects that have no name."""
    if isinstance(schema, list):
        for index, each in enumerate(schema):
            yield from loose(each, f"{place}/{index}")
    elif isinstance(schema, dict):
        if schema.get("type") == "object" and not schema.keys() & {"properties", "additionalProperties"}:
            yield f"{place}: any object"
        if schema.get("type") == "array" and "items" not in schema:
            yield f"{place}: any list"
        for branch in [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
            if "properties" in branch:
                yield f"{place}: a choice without a name"
        for name, each in schema.items():
            yield from loose(each, f"{place}/{name}")


def test_codes_of_problems_are_known():
    """Each status lists the codes that its problems may have, and each of them has a text."""
    statuses = {status for _, _, each in operations() for status in each["responses"]}
    listed = {
        code
        for _, _, each in operations()
        for response in each["responses"].values()
        for code in response.get("x-codes", ())
    }

    assert listed <= TEXTS.keys() | REFUSALS
    assert listed >= REFUSALS
    assert statuses >= {str(int(each)) for each in STATUSES.values()}
    for _, _, each in operations():
        for status, response in each["responses"].items():
            assert bool(response.get("x-codes")) == (status != "200"), (each["operationId"], status)


def test_description_knows_where_it_is_served(store: Store):
    """Below the path of another application, the server of the description is there too."""
    app = Starlette(routes=[Mount("/crm", create_app(service_of(store)))])
    found = TestClient(app, base_url="http://localhost", client=LOCAL).get("/crm/api/openapi.json").json()

    assert found["servers"][0]["url"] == "/crm"
    assert {**found, "servers": DOCUMENT["servers"]} == DOCUMENT


# ---- what goes wrong before anything is looked at ----


def conforms(answer: Any, name: str) -> None:
    """Status, headers, type and members of an answer are those of the closed description."""
    path, method = place_of(name)
    response = CLOSED["paths"][path][method]["responses"][str(answer.status_code)]
    for header, each in response["headers"].items():
        known, found = resolved(each), answer.headers.get(header)
        if known["required"] or found is not None:
            number = known["schema"].get("type") == "integer"
            Draft202012Validator(known["schema"]).validate(int(found) if number else found)
    (kind,) = response["content"]
    assert answer.headers["content-type"] == kind
    validator_of(response).validate(answer.json())


@pytest.mark.parametrize(
    ("name", "status", "changes", "send"),
    [
        ("opportunities", 401, {"authenticate": UserHeader("X-User")}, {}),
        ("opportunities", 403, {"caller": ("203.0.113.9", 50000)}, {}),
        ("judge", 403, {}, {"headers": {"Origin": "http://elsewhere.example"}}),
        ("judge", 400, {}, {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        ("judge", 413, {}, {"content": b" " * 2_000_000, "headers": {"Content-Type": "application/json"}}),
        ("judge", 415, {}, {"content": b"{}", "headers": {"Content-Type": "text/plain"}}),
        ("ready", 405, {}, {"method": "DELETE"}),
        ("ready", 421, {}, {"headers": {"Host": "elsewhere.example"}}),
        ("live", 431, {}, {"headers": {"X-Long": "x" * 100_000}}),
        ("remedy", 413, {}, {"content": b" " * 2_000_000}),
        ("openapi", 200, {}, {}),
        ("dialog", 200, {}, {}),
    ],
)
def test_refusals_are_described_too(store: Store, name: str, status: int, changes: Any, send: Any):
    """Of who may not ask, of what is too large, of what is not meant for us."""
    path, method = place_of(name)
    path = path.format(id=IDS[0], remedy="close-quotes")
    client = client_of(store, **changes)

    answer = client.request(**{"method": method.upper(), "url": path, **send})

    assert answer.status_code == status
    conforms(answer, name)


@pytest.mark.parametrize("name", ["opportunities", "closability", "dialog", "close", "remedy", "ready"])
def test_faults_are_described_too(store: Store, monkeypatch: pytest.MonkeyPatch, name: str):
    """Of the database, and of our own."""
    path, method = place_of(name)
    client, path = client_of(store), path.format(id=IDS[0], remedy="close-quotes")
    body = {"close": {"outcome": "won"}} if name == "close" else None

    with sqlite3.connect(str(store.engine.url.database)) as other:
        other.execute("DROP TABLE quote")
    other.close()
    gone = client.request(method.upper(), path, json=body, headers={"If-Match": "*"})
    for each in ("get", "search", "close", "remedy"):
        monkeypatch.setattr(Store, each, lambda *_, **__: 1 / 0)
    fault = client.request(method.upper(), path, json=body, headers={"If-Match": "*"})

    assert (gone.status_code, fault.status_code) == (503, 500)
    conforms(gone, name)
    conforms(fault, name)


# ---- which version a change is about ----


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        (['"1"'], 200),
        (["*"], 200),
        (['"9", "1"'], 200),
        (['"9","1"'], 200),
        ([' , "9" ,, "1" ,'], 200),
        (['"9"', '"1"'], 200),
        (['W/"1", "1"'], 200),
        (['"a,b", "1"'], 200),
        (['"a, \t", "", "1"'], 412),
        (['"8", "9"'], 412),
        (['W/"1"'], 412),
        (['W/"1", "9"'], 412),
        (['w/"1"'], 412),
        (['W/ "1"'], 412),
        (['"01"'], 412),
        (['"1', ""], 412),
        (["1"], 412),
        (['"1" "9"'], 412),
        (['"x"1"'], 412),
        (['"9, "1"'], 412),
        (['"1", *'], 412),
        (['"' + "1" * 40 + '"'], 412),
        ([""], 428),
        (["", "  "], 428),
    ],
)
def test_changes_are_about_a_version_that_was_seen(client: TestClient, store: Store, tags: list[str], status: int):
    """Lists, several headers and weak tags as RFC 9110 has them; what is no list of tags is none that we have given."""
    headers = [*(("If-Match", each) for each in tags), ("Accept-Language", "en")]

    answer = client.post(CLOSABLE, json={"close": {"outcome": "won"}}, headers=headers)

    assert answer.status_code == status
    assert len(list(store.audit.entries())) == (status == 200)


def test_repeated_request_with_several_tags_is_known_again(client: TestClient):
    """When it comes again its opportunity has another version, and it is answered as before."""
    headers = {"If-Match": '"7", "1"', "Idempotency-Key": "k"}
    body = {"close": {"outcome": "won"}}

    answers = [client.post(CLOSABLE, json=body, headers=headers) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_answers_are_never_not_modified(client: TestClient):
    """The tag is that of the record, the same in every language, so it does not stand for the bytes of an answer."""
    path = CLOSABLE.replace("closing", "closability")
    first = client.get(path, headers={"Accept-Language": "ko"})

    second = client.get(path, headers={"Accept-Language": "sv", "If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.headers["etag"]) == (200, first.headers["etag"])
    assert {first.headers["cache-control"], second.headers["cache-control"]} == {"no-store"}
    assert first.json()["locale"] != second.json()["locale"]


# ---- under attack ----


@contextmanager
def served(log: Path, *database: str) -> Iterator[str]:
    """The address of `oppi18n serve`, a process of its own that writes its log into a file."""
    command = [sys.executable, "-m", "oppi18n", "serve", "--port", "0", "--today", "2026-03-31", "--locale", "en"]
    with log.open("wb") as file, subprocess.Popen([*command, *database], stderr=file) as process:
        try:
            yield address(process, log)
        finally:
            # Its database goes away only if it may tidy up.
            process.terminate()
            process.wait(timeout=30)


def database(kind: str, request: pytest.FixtureRequest) -> list[str]:
    """What `oppi18n serve` is told about the database: the records of the demonstration in each kind of it."""
    if kind == "sqlite":
        return ["--demo"]
    server = request.getfixturevalue("postgres")
    import psycopg

    name = f"contract_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = str(server).replace("/postgres?", f"/{name}?")
    with Store.open(url, RULES.model) as made:
        made.load(opportunities(RULES.model))
    return ["--database", url]


def address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(600):
        said = re.search(r"http://127\.0\.0\.1:\d+", log.read_text(encoding="utf-8"))
        if said or process.poll() is not None:
            break
        time.sleep(0.1)
    assert said is not None, log.read_text(encoding="utf-8")
    return said[0]


def attacked(url: str, document: Any, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What schemathesis says of the service at a URL, held against a description."""
    described, settings = folder / "openapi.json", folder / "attack.toml"
    described.write_text(json.dumps(document), encoding="utf-8")
    settings.write_text(ATTACK, encoding="utf-8")
    options = ["--config-file", str(settings), "run", str(described), "--url", url, "--warnings", "off"]
    command = [sys.executable, "-m", "schemathesis.cli", *options, *arguments]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, encoding="utf-8")


def answered(log: Path) -> set[tuple[str, str, int]]:
    """Route, method and status of each answer that the access log tells of."""
    lines = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{"))
    return {(each["route"].replace(":path", ""), each["method"], each["status"]) for each in lines}


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_service_keeps_its_description_under_attack(
    require, request: pytest.FixtureRequest, tmp_path: Path, soak: bool, kind: str
):
    """Examples, edges, random requests valid and not, wrong methods, chains of requests: no status, header, type, member
    or code that is not described, nothing wrong accepted, nothing right refused, no fault of ours."""
    require("schemathesis", find_spec("schemathesis"))
    log = tmp_path / "log"
    whole = soak or kind == "sqlite"
    sampled = [] if whole else ["--phases", "examples,stateful"]

    with served(log, *database(kind, request)) as url:
        with urlopen(f"{url}/api/openapi.json", timeout=30) as answer:
            described = json.load(answer)
        found = attacked(url, closed(described), tmp_path, "-n", "200" if soak else "3", *sampled)

    assert found.returncode == 0, found.stdout
    assert "No issues found" in found.stdout
    assert "Traceback" not in log.read_text(encoding="utf-8")
    assert answered(log) >= (WANTED if whole else CHANGED)


def test_attack_notices_what_is_described_wrongly(require, tmp_path: Path):
    """A member, a status and a header that are not as described: so its silence means something."""
    require("schemathesis", find_spec("schemathesis"))
    described = json.loads(json.dumps(DOCUMENT))
    described["components"]["schemas"]["OpportunitiesRow"]["properties"].pop("name")
    described["components"]["schemas"]["OpportunitiesRow"]["required"].remove("name")
    described["components"]["headers"]["Vary"]["schema"] = {"const": "*"}
    described["paths"]["/api/opportunities"]["get"]["responses"].pop("422")
    one = ("--include-operation-id", "opportunities", "--phases", "coverage", "--continue-on-failure")

    with served(tmp_path / "log", "--demo") as url:
        found = attacked(url, closed(described), tmp_path, *one)

    assert found.returncode == 1
    for told in ("Additional properties", "Response header does not conform", "Undocumented status code"):
        assert told in found.stdout, found.stdout


CHANGED = {
    ("/api/opportunities/{id}/closing", "POST", 200),
    ("/api/opportunities/{id}/closing", "POST", 409),
}
WANTED = {
    *((f"/health/{name}", "GET", 200) for name in ("live", "ready")),
    *(("/api/opportunities", "GET", status) for status in (200, 422)),
    *(("/api/closability", "POST", status) for status in (200, 415, 422)),
    *(("/api/opportunities/{id}/closability", "GET", status) for status in (200, 404, 422)),
    *(("/api/opportunities/{id}/closability", "POST", status) for status in (200, 404, 415, 422)),
    *(("/api/opportunities/{id}/closing", "GET", status) for status in (200, 404, 422)),
    *(("/api/opportunities/{id}/closing", "POST", status) for status in (200, 409, 412, 415, 422, 428)),
    *(("/api/opportunities/{id}/remedies/{remedy}", "POST", status) for status in (200, 409, 412, 428)),
}
"""Answers that an attack must have met, or it was none."""
