"""The preview answers nobody but this machine, follows what is saved, and ends when it is told to."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oppi18n import Localizer, packs
from oppi18n.cli import previews, run
from oppi18n.cli.previews import Preview, Server
from oppi18n.errors import InputError
from oppi18n.files import write_atomic
from oppi18n.gallery.html import LIVE_POLICY
from oppi18n.gallery.pages import Stock
from oppi18n.gallery.samples import sampled
from oppi18n.gallery.site import Site
from oppi18n.i18n import glossary, po_writer
from oppi18n.i18n.entries import Catalog, Entry

pytestmark = pytest.mark.usefixtures("checkout")

RULES = """\
ruleset: house
action: opportunity.close
model: opportunity
rules:
  - id: named
    severity: error
    source: house rule
    forbid: size(opportunity.quotes) > 0
    at: opportunity.quotes
    message: "There are {count} quotes."
    params: {count: size(opportunity.quotes)}
"""
CATALOG = Path("locales") / "de" / "LC_MESSAGES" / "oppi18n.po"


def written(translation: str) -> str:
    """A German catalog with one translation."""
    entry = Entry(
        context="house/house/named/message",
        msgid="There are {count} quotes.",
        translations=(translation,),
        flags=("python-brace-format",),
    )
    return po_writer.write(Catalog(locale="de", entries=(entry,)))


def drawn(layers: tuple[packs.Pack, ...]) -> Stock:
    """What pages of the pack's own ruleset draw on, and of nothing else."""
    return Stock(layers, tuple(sampled(layers, ("house",))), (), glossary.of_packs(layers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack with one rule and a German catalog."""
    top = tmp_path / "house"
    (top / "rules").mkdir(parents=True)
    (top / "rules" / "house.yaml").write_text(RULES, encoding="utf-8")
    (top / CATALOG).parent.mkdir(parents=True)
    (top / CATALOG).write_text(written("Es gibt {count} Angebote."), encoding="utf-8")
    return top


def preview_of(folder: Path) -> Preview:
    return Preview((packs.named(folder),), Site(("de", "en-XA"), Localizer("en")), drawn)


@contextmanager
def running(preview: Preview) -> Iterator[Server]:
    with Server("127.0.0.1", 0, preview) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """The preview of the pack, listening."""
    with running(preview_of(folder)) as found:
        yield found


class Answer:
    """What came back from a request."""

    def __init__(self, server: Server, path: str, method: str = "GET", **headers: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        connection.request(method, path, headers={"Host": server.authority, **headers})
        found = connection.getresponse()
        self.status, self.headers, self.text = found.status, found.headers, found.read().decode()
        connection.close()


# ---- what is served ----


def test_pages_style_and_script_are_served(server):
    """The index leads to the pages of the languages that were named, and each page loads what it needs."""
    index, page = Answer(server, "/"), Answer(server, "/de.html")

    assert (index.status, page.status) == (200, 200)
    assert re.findall(r'href="(\S+\.html)" lang', index.text) == ["de.html", "en-XA.html"] * 2
    assert "Es gibt 1 Angebote." in page.text
    for name, kind in (("gallery.css", "text/css"), ("preview.js", "text/javascript")):
        assert f'="{name}"' in page.text
        assert Answer(server, f"/{name}").headers["Content-Type"] == f"{kind}; charset=utf-8"


def test_answers_forbid_what_pages_do_not_need(server):
    """The policy of the page is that of the answer as well; nothing is kept, guessed or told to others."""
    headers = Answer(server, "/de.html").headers

    assert headers["Content-Security-Policy"] == LIVE_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Python" not in str(headers)


def test_head_is_a_get_without_its_content(server):
    """Same headers, no body."""
    head, get = (Answer(server, "/gallery.css", method) for method in ("HEAD", "GET"))

    assert (head.status, head.text, head.headers["Content-Length"]) == (200, "", str(len(get.text.encode())))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed_from_outside(server, method):
    """GET and HEAD are all there is."""
    answer = Answer(server, "/", method)

    assert (answer.status, answer.headers["Allow"], answer.text) == (405, "GET, HEAD", "")


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/rules/house.yaml",
        "//etc/passwd",
        "/rules/house.yaml",
        "/templates/page.html.jinja",
        "/ko.html",
        "/de.html/",
        "/de.html%00",
        "/\\..\\x",
    ],
)
def test_no_path_leads_out(server, path):
    """Only the names of the gallery's own files are known; a path is never one on the disk."""
    assert Answer(server, path).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "127.0.0.1:1"])
def test_other_names_of_this_machine_are_refused(server, host):
    """A page from elsewhere that has its own name lead here learns nothing."""
    assert Answer(server, "/", Host=host).status == 421
    assert Answer(server, "/events", Host=host).status == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_names_of_this_machine_are_welcome(server, host):
    """Whatever the browser was told to open."""
    assert Answer(server, "/gallery.css", Host=f"{host}:{server.server_port}").status == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(b"BREW / HTTP/1.1", b" 501 "), (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", b" 414 ")],
    ids=["method", "length"],
)
def test_what_is_no_request_is_refused_in_few_words(server, request_line, status):
    """No page of another program's, and no traceback."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.connect()
    connection.sock.sendall(request_line + b"\r\n\r\n")

    answer = connection.sock.recv(4096)
    connection.close()

    assert status in answer.split(b"\r\n")[0]
    assert b"<" not in answer


# ---- what is saved ----


def test_saved_catalog_is_shown_and_told(server, folder):
    """Who listens hears of the new version, and the page of that version has the new text."""
    before = Answer(server, "/de.html").text
    events = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    events.request("GET", "/events", headers={"Host": server.authority})
    stream = events.getresponse()
    first = stream.readline()
    assert stream.readline() == b"\n"
    # At once: of a file that is half written, the server would tell too.
    write_atomic(folder / CATALOG, written("Dies sind {count} Angebote."))
    second = stream.readline()
    events.close()
    after = Answer(server, "/de.html").text

    assert (stream.headers["Content-Type"], first[:6]) == ("text/event-stream; charset=utf-8", b"data: ")
    assert first[6:].decode().strip() == re.findall(r'data-version="(\w+)"', before)[0]
    assert second[6:].decode().strip() == re.findall(r'data-version="(\w+)"', after)[0] != first[6:].decode().strip()
    assert "Es gibt 1 Angebote." in before
    assert "Dies sind 1 Angebote." in after


def test_broken_catalog_shows_what_is_wrong_and_recovers(folder):
    """The diagnostic takes the place of the page, which still reloads; other pages stay; mending brings it back."""
    preview = preview_of(folder)
    (folder / CATALOG).write_text(written("x") + '\nmsgid "<never', encoding="utf-8")
    broken, other = page(preview, "de.html"), page(preview, "en-XA.html")
    (folder / CATALOG).write_text(written("Es gibt {count} Angebote."), encoding="utf-8")

    assert "error[catalog-unterminated]" in broken
    assert "&lt;never" in broken
    assert 'src="preview.js"' in broken
    assert "\x1b" not in broken
    assert 'id="house.named"' in other
    assert "Es gibt 1 Angebote." in page(preview, "de.html")


def test_broken_rules_show_what_is_wrong_and_recover(folder):
    """What all pages draw on is made again once it can be."""
    preview = preview_of(folder)
    (folder / "rules" / "house.yaml").write_text(RULES.replace("severity: error", "severity: eror"), encoding="utf-8")
    broken = page(preview, "de.html")
    (folder / "rules" / "house.yaml").write_text(RULES.replace("> 0", "> 1"), encoding="utf-8")

    assert "house.yaml:6:15: error[" in broken
    assert "Es gibt 2 Angebote." in page(preview, "de.html")


def test_lint_findings_stand_in_place(folder):
    """A slip is shown with its message as soon as it is saved."""
    preview = preview_of(folder)
    (folder / CATALOG).write_text(written("Es gibt {kount} Angebote."), encoding="utf-8")

    found = page(preview, "de.html")

    assert "error[placeholders]" in found
    assert "<q>{kount}</q> → <ins>{count}</ins>" in found
    assert '<p class="said fallback" lang="en" dir="ltr">There are 1 quotes.</p>' in found


def test_page_is_built_once_for_each_version(folder, monkeypatch):
    """Looking again costs nothing, and rules are not analysed again for a translation."""
    made: list[object] = []
    preview = preview_of(folder)
    preview.make = lambda layers: made.append(layers) or drawn(layers)  # type: ignore[func-returns-value]
    first = preview.file("de.html")

    assert preview.file("de.html") is first
    (folder / CATALOG).write_text(written("Anders: {count}"), encoding="utf-8")
    assert "Anders: 1" in page(preview, "de.html")
    assert len(made) == 1


def test_catalog_that_goes_away_is_told_and_comes_back(folder):
    """The preview goes on, whatever happens to the files."""
    preview = preview_of(folder)
    shutil.rmtree(folder / "locales")
    gone = page(preview, "de.html")
    (folder / CATALOG).parent.mkdir(parents=True)
    (folder / CATALOG).write_text(written("Wieder da: {count}"), encoding="utf-8")

    assert "the locale de is not available" in gone
    assert "Wieder da: 1" in page(preview, "de.html")


def test_fault_of_ours_is_told_and_not_the_end(folder):
    """The page says that something went wrong inside; the next save brings it back."""
    preview = preview_of(folder)
    preview.make = lambda _: 1 // 0  # type: ignore[assignment, return-value]
    wrong = page(preview, "de.html")
    preview.make = drawn
    (folder / CATALOG).write_text(written("Wieder da: {count}"), encoding="utf-8")

    assert "something went wrong inside oppi18n (ZeroDivisionError" in wrong
    assert "Wieder da: 1" in page(preview, "de.html")


def page(preview: Preview, name: str) -> str:
    return (preview.file(name) or b"").decode()


def test_only_so_many_pages_wait_for_news(folder, monkeypatch):
    """One more is turned away instead of taking a thread for good."""
    monkeypatch.setattr(previews, "_LISTENERS", 1)
    monkeypatch.setattr(previews, "_ALIVE", 0.0)
    with running(preview_of(folder)) as server:
        events = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
        events.request("GET", "/events", headers={"Host": server.authority})
        events.getresponse().readline()

        assert Answer(server, "/events").status == 503
        events.close()
        assert wait_for(lambda: server.listeners.acquire(blocking=False))


def wait_for(condition: Callable[[], bool]) -> bool:
    """Whether something comes true within ten seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


# ---- the command ----


def test_preview_listens_until_it_is_interrupted():
    """It says where it is, answers there, and Ctrl+C ends it with 130 and no traceback."""
    command = [sys.executable, "-m", "oppi18n", "catalog", "preview", "--port", "0", "sv"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        port = int(re.findall(r"http://127\.0\.0\.1:(\d+)/", told)[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()

    assert told == f"The gallery is at http://127.0.0.1:{port}/. Press Ctrl+C to stop.\n"
    assert (process.returncode, out, err) == (130, "", "\n")


def test_taken_address_is_told(folder, capsys):
    """Somebody else listens there: a sentence, and status 2."""
    with running(preview_of(folder)) as server:
        with pytest.raises(InputError) as raised:
            Server("127.0.0.1", server.server_port, preview_of(folder))
        status = run(("catalog", "preview", "--port", str(server.server_port)))

    assert raised.value.code == "not-listening"
    assert (status, f"nothing can be served at {server.authority}: " in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize("arguments", [("--host", "0.0.0.0"), ("--port", "70000"), ("koo",), ("--pack", "nobody")])
def test_bad_usage_is_told(capsys, arguments):
    """No address that others can reach, no port that does not exist."""
    assert run(("catalog", "preview", *arguments)) == 2
    assert capsys.readouterr().err
