"""The benchmarks run, and compare only what gives the same answers; how long anything takes is no test."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

AGREE = """
from decision import KINDS, agree, cases, load_rules
rules = load_rules("close-opportunity")
for size in sorted(KINDS):
    for kind in ("clean", "mixed", "sparse"):
        agree(rules, cases(size, 200 // (size + 1) + 2, kind))
"""
EVERY_RULE = """
from _by_hand import SENTENCES
from decision import cases, load_rules, quanta, tuned, TODAY
rules = load_rules("close-opportunity")
found = {each[0] for size in (0, 3) for opportunity, close in cases(size, 400, "mixed")
         for each in tuned(opportunity, close, TODAY, quanta(rules))}
print(*sorted({info.id for info in rules.infos} - SENTENCES.keys()), *sorted(SENTENCES.keys() - found))
"""
BULK = """
import sys
from pathlib import Path
from bulk import Contenders, Files, written
folder = Path(sys.argv[1])
contenders = Contenders(Files(*written(folder, 2000), 2000))
contenders.agree()
contenders.database.close()
"""
RECALL = """
from _mutations import MUTATIONS
from checks import Bench, catalogs, recalls
found = recalls(Bench(catalogs(["ko"])), 3)
tallies = [tally for each in found.values() for tally in each.values()]
print(sum(tally.made for tally in tallies), sum(tally.seen for tally in tallies))
print(*(name for name, each in found.items() if each and not any(tally.seen for tally in each.values())), sep=", ")
"""
SERVICE = """
import sys
from _http import request, serving
from service import SETS, agree, bodies, loaded, made, answer, ONE
with serving("service", made(sys.argv[1])) as server:
    for name in SETS:
        agree(server, name, [request("POST", "/api/closability", body) for body in bodies(name)])
    page = answer(server.port, request("GET", f"/opportunities/{ONE}")).decode()
    for path in loaded(page):
        answer(server.port, request("GET", path))
"""
REFUSED = """
import socket, threading
from _http import answer
listening = socket.create_server(("127.0.0.1", 0))
def refuse():
    connection, _ = listening.accept()
    connection.recv(9999)
    connection.sendall(b"HTTP/1.1 500 No\\r\\nContent-Length: 0\\r\\n\\r\\n")
threading.Thread(target=refuse, daemon=True).start()
answer(listening.getsockname()[1], b"GET / HTTP/1.1\\r\\n\\r\\n")
"""
ROWS = """
from importlib import import_module
from run import names
for name in names():
    module = import_module(name)
    print(name, callable(module.rows) and bool(module.__doc__))
"""


@pytest.fixture
def folder(checkout: Path) -> Path:
    return checkout / "benchmarks"


def ran(folder: Path, *command: str) -> str:
    found = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


def test_rules_by_hand_give_the_same_answers(folder):
    """On clean, mixed and sparse records, with few quotes and with many; rules, values and pointers."""
    ran(folder, "-c", AGREE)


def test_rules_by_hand_are_all_rules(folder):
    """Only the rule that a setting switches on is missing, and each of the others fails on some record."""
    assert ran(folder, "-c", EVERY_RULE).split() == ["no-draft-quotes"]


def test_every_benchmark_has_rows(folder):
    """The common command finds them by their file names."""
    told = dict(line.split() for line in ran(folder, "-c", ROWS).splitlines())

    assert {"catalogs", "decision", "messages", "rules_load", "startup"} <= told.keys()
    assert set(told.values()) == {"True"}


def test_table_has_every_figure_beside_its_goal(folder):
    """One line per contender: what, against what, the ratio, the goal, whether it is met."""
    head, line = ran(folder, "run.py", "catalogs", "--quick").splitlines()

    assert head.split() == ["what", "against", "goal", "least", "…", "most", "rounds"]
    assert line.startswith("catalogs: warm load")
    assert "× " in line
    assert "≤ 1 " in line


def test_unknown_benchmark_is_told(folder):
    """A name that is none is answered with those that are."""
    found = subprocess.run(
        [sys.executable, "run.py", "decisions"], cwd=folder, capture_output=True, text=True, check=False
    )

    assert found.returncode == 2
    assert "there is no benchmark decisions; there are: " in found.stderr


def test_bulk_by_hand_gives_the_same_answers(folder, require, tmp_path):
    """The query by hand, the compiled one and the engine, and the sentences of the last two."""
    require("duckdb", find_spec("duckdb"))
    ran(folder, "-c", BULK, str(tmp_path))


def test_slips_made_on_purpose_are_seen(folder):
    """In our own catalogs, where nothing else is wrong; published pages are looked at by the benchmark itself."""
    numbers, missed = ran(folder, "-c", RECALL).splitlines()
    made, seen = map(int, numbers.split())

    assert missed == ""
    assert made > 100
    assert seen / made >= 0.95


def test_service_gives_the_answers_of_the_engine(folder, require, tmp_path):
    """To the byte, over real sockets, before anything is timed."""
    for name in ("starlette", "uvicorn", "sqlalchemy"):
        require(name, find_spec(name))
    ran(folder, "-c", SERVICE, str(tmp_path))


def test_client_of_the_benchmark_sees_what_is_no_answer(folder):
    """A server that says no, or closes, ends the benchmark."""
    found = subprocess.run(
        [sys.executable, "-c", REFUSED], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )

    assert found.returncode == 1
    assert "was answered with b'HTTP/1.1 500 " in found.stderr
