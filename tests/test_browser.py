"""The dialog in a real browser: by mouse and by keyboard, with scripts and without, narrow, read aloud, in two tabs."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.i18n.locales import OFFERED

pytest.importorskip("starlette", reason="Starlette is absent here")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is absent here")
pytest.importorskip("uvicorn", reason="uvicorn is absent here")

import uvicorn

from oppi18n.dialog.controls import controls
from oppi18n.dialog.form import close_form
from oppi18n.dialog.html import direction
from oppi18n.dialog.typed import read_typed
from oppi18n.dialog.words import Words as DialogWords
from oppi18n.i18n.speech import Text
from oppi18n.server.app import create_app
from oppi18n.server.demo import opportunities
from oppi18n.server.listening import listen
from oppi18n.server.service import Service
from oppi18n.server.words import Words
from oppi18n.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

RULES = load_rules("close-opportunity")
TODAY = date(2026, 3, 31)
BLOCKED, CLOSABLE, DRAFT, UNKNOWN, WON, LOST = (f"7a1e0000-0000-4000-8000-00000000000{n}" for n in range(1, 7))
REFUSAL = re.compile("the server responded with a status of 4")
SPEAKERS: dict[str, Localizer] = {}
MODULES: dict[str, str] = {}


@pytest.fixture(scope="module")
def browser(require: Callable[[str, object], None]) -> Iterator[Browser]:
    """Chromium as it is installed here, driven by Playwright."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require("browser", found and find_spec("playwright"))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


class Site(NamedTuple):
    """A running service and its database; `page` opens a tab of its own, or one beside others in a context."""

    url: str
    store: Store
    browser: Browser

    @contextmanager
    def context(
        self, locale: str = "en", *, width: int = 900, told: re.Pattern[str] = REFUSAL, **more: Any
    ) -> Iterator[BrowserContext]:
        """A browser of somebody who reads a language.

        Whatever it complains of fails the test, breaches of the policy too; the refusals of a form, and what a test
        expects (`told`), do not.
        """
        headers = {"Accept-Language": locale}
        made = self.browser.new_context(
            base_url=self.url, viewport={"width": width, "height": 800}, extra_http_headers=headers, **more
        )
        made.set_default_timeout(10_000)
        complaints: list[str] = []
        made.on("weberror", lambda each: complaints.append(str(each.error)))
        made.on("console", lambda each: complaints.append(each.text) if each.type in ("error", "warning") else None)
        yield made
        made.close()
        assert [each for each in complaints if not told.search(each)] == []

    @contextmanager
    def page(self, locale: str = "en", **more: Any) -> Iterator[Page]:
        """A tab of such a browser."""
        with self.context(locale, **more) as context:
            yield context.new_page()


@contextmanager
def served(browser: Browser, folder: Path) -> Iterator[Site]:
    """The service, over a database with one opportunity of every state."""
    with Store.open(f"sqlite:///{folder}/crm.db", RULES.model) as store:
        store.load(opportunities(RULES.model))
        service = Service(store, RULES, today=TODAY, _speakers=SPEAKERS, _modules=MODULES)
        server = uvicorn.Server(uvicorn.Config(create_app(service), log_config=None, access_log=False))
        with listen("127.0.0.1", 0) as listening:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}/", store, browser)
            finally:
                server.should_exit = True
                thread.join()


@pytest.fixture
def site(browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """A service of one's own, to change things in."""
    with served(browser, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that everybody shares, for looking at and for forms that are refused."""
    with served(browser, tmp_path_factory.mktemp("still")) as made:
        yield made


def at(identity: str) -> str:
    return f"opportunities/{identity}"


def quotes(store: Store, identity: str = BLOCKED) -> list[dict[str, Any]]:
    """The quotes of an opportunity in the database."""
    return list(store.get(identity).facts.record["opportunity"]["quotes"])


def state(store: Store, identity: str = BLOCKED) -> str:
    """The state of an opportunity in the database."""
    return str(store.get(identity).facts.record["opportunity"]["state"])


def locales(*usual: str) -> list[Any]:
    """These locales in every run, the others with `--soak`."""
    return [pytest.param(each, marks=[] if each in usual else [pytest.mark.soak]) for each in OFFERED]


@pytest.fixture(autouse=True)
def _sampled(request: pytest.FixtureRequest, soak: bool) -> None:
    """Skip before anything is started."""
    if request.node.get_closest_marker("soak") and not soak:
        pytest.skip("looked at with --soak")


# ---- the whole closing ----


def by_mouse(page: Page, target: str) -> None:
    page.click(target)


def by_keyboard(page: Page, target: str) -> None:
    """Move to something with the keys alone, and press it; where the focus is can be seen on the way."""
    for _ in range(60):
        if page.evaluate("target => document.activeElement.matches(target)", target):
            break
        page.keyboard.press("Tab")
        shown = "document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        assert page.evaluate(shown)
    else:
        pytest.fail(f"no key leads to {target}")
    page.keyboard.press("Space" if "radio" in target else "Enter")


FOCUSED = "target => document.activeElement.matches(target)"


def wait_for_focus(page: Page, target: str) -> None:
    """Until something has the focus; asked from outside, for where scripts are switched off no page calls back."""
    for _ in range(100):
        if page.evaluate(FOCUSED, target):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{target} has no focus")


HANDS: dict[str, Callable[[Page, str], None]] = {"mouse": by_mouse, "keyboard": by_keyboard}
USUAL = {("ko", "mouse", True), ("sv", "mouse", False), ("sv", "keyboard", False), ("ar-XB", "keyboard", True)}
JOURNEYS = [
    pytest.param(
        *each,
        id="-".join((*each[:2], "scripts" if each[2] else "plain")),
        marks=[] if each in USUAL else [pytest.mark.soak],
    )
    for each in product(OFFERED, HANDS, (True, False))
]


@pytest.mark.parametrize(("locale", "hand", "scripts"), JOURNEYS)
def test_whole_closing(site: Site, locale: str, hand: str, scripts: bool):
    """Blocked, close all quotes, close as won, closed, and closed already for whoever comes later."""
    press = HANDS[hand]
    with site.page(locale, java_script_enabled=scripts) as page:
        page.goto("")
        assert page.locator("html").get_attribute("lang") == locale
        assert page.locator("html").get_attribute("dir") == direction(locale)
        press(page, f'a[href$="{BLOCKED}"]')
        page.locator(".panel.blocked > h2").wait_for()
        open_quotes = [each for each in quotes(site.store) if each["state"] in ("active", "draft")]
        assert len(open_quotes) == 3
        assert all(each["number"] in page.locator(".panel").inner_text() for each in open_quotes)

        press(page, "button[name=remedy]")
        page.locator(".banner.done").wait_for()
        wait_for_focus(page, ".news")
        assert state(site.store) == "open"
        assert {each["state"] for each in quotes(site.store)} & {"active", "draft"} == set()

        press(page, "input[type=radio][id=outcome-won]")
        press(page, "button.main")
        page.locator("form#closing").wait_for(state="detached")
        said = Words(SPEAKERS[locale])("This opportunity was closed as won.", context="oppi18n/cli")
        assert page.locator(".banner.done").inner_text() == said.text
        wait_for_focus(page, ".news")
        assert state(site.store) == "won"

        page.goto(at(BLOCKED))
        page.locator(".panel.blocked > h2").wait_for()
        assert page.locator("form#closing").count() == 0
    assert [each.outcome for each in site.store.audit.entries()] == ["remedied", "closed"]


def test_two_tabs_close_one_opportunity(site: Site):
    """The second one is told that it is closed by now; nothing is done twice."""
    with site.context() as context:
        first, second = context.new_page(), context.new_page()
        for tab, outcome in ((first, "won"), (second, "lost")):
            tab.goto(at(CLOSABLE))
            tab.check(f"#outcome-{outcome}")
        first.click("button.main")
        assert first.locator(".banner.done").inner_text() == "This opportunity was closed as won."

        second.click("button.main")

        assert second.locator("form#closing").count() == 0
        assert "already closed" in second.locator(".panel.blocked").inner_text()
        wait_for_focus(second, ".panel.blocked")
    assert state(site.store, CLOSABLE) == "won"


SEND = "document.getElementById('closing').requestSubmit(document.querySelector('button.main'))"


def test_two_tabs_close_at_the_same_moment(site: Site):
    """Both are answered, one of them with a success."""
    with site.context() as context:
        tabs = context.new_page(), context.new_page()
        for tab in tabs:
            tab.goto(at(CLOSABLE))
            tab.check("#outcome-won")
        for tab in tabs:
            tab.evaluate(f"setTimeout(() => {SEND})")

        for tab in tabs:
            tab.locator("form#closing").wait_for(state="detached")
        assert sorted(tab.locator(".banner.done").count() for tab in tabs) == [0, 1]
        assert sorted(tab.locator(".panel.blocked").count() for tab in tabs) == [0, 1]
    assert [each.outcome for each in site.store.audit.entries()].count("closed") == 1


def test_double_click_closes_once(site: Site):
    """Whoever clicks twice has pressed the button once."""
    with site.page() as page:
        page.goto(at(CLOSABLE))
        page.check("#outcome-won")
        page.dblclick("button.main", no_wait_after=True)

        page.locator(".banner.done").wait_for()
    assert [each.outcome for each in site.store.audit.entries()] == ["closed"]


def test_second_tab_is_told_of_a_change(site: Site):
    """What was typed stays, and whoever looks again may go on."""
    with site.context() as context:
        first, second = context.new_page(), context.new_page()
        first.goto(at(BLOCKED))
        second.goto(at(BLOCKED))
        first.click("button[name=remedy]")
        second.check("#outcome-won")
        second.fill("#description", "kept")

        second.click("button.main")
        assert "Somebody else has changed this opportunity" in second.locator(".banner.alarm").inner_text()
        assert second.input_value("#description") == "kept"
        assert state(site.store) == "open"

        second.click("button.main")
        assert state(site.store) == "won"


# ---- what is wrong, while it is typed ----


def ready(page: Page, identity: str = CLOSABLE) -> None:
    """Open a dialog, and wait for its script."""
    page.goto(at(identity))
    page.wait_for_selector("form[data-ready]")


WRONG = {
    "#date": "2026-04-01",
    "#revenue": "-5",
    "#description": "x" * 2001,
}


@pytest.mark.parametrize("locale", locales("ko"))
def test_what_is_wrong_is_told_while_it_is_typed(still: Site, locale: str):
    """In the words, at the place and with the marks that the server has for it; the page stays where it is."""
    with still.page(locale) as page:
        ready(page)
        page.check("#outcome-won")
        assert page.locator(".error p").count() == 0
        for field, text in WRONG.items():
            page.fill(field, text)
        assert page.locator(".error p").count() == len(WRONG)
        live = {field: marks(page, field) for field in WRONG}
        assert {each.get_attribute("aria-live") for each in page.locator(".error").all()} == {"polite"}

        page.click("button.main")

        assert page.locator(".panel.blocked").is_visible()
        assert {field: marks(page, field) for field in WRONG} == live


def marks(page: Page, field: str) -> tuple[list[tuple[str, str]], str | None, str | None, bool]:
    """What stands with a field, and what it says of itself."""
    box = page.locator(field)
    found = page.locator(f"{field}-error p")
    told = found.evaluate_all("all => all.map(p => [p.textContent, (p.querySelector('[lang]') ?? p).lang])")
    wrong = box.evaluate("box => box.closest('.field').classList.contains('wrong')")
    return told, box.get_attribute("aria-invalid"), box.get_attribute("aria-describedby"), wrong


def test_what_was_put_right_is_no_longer_told(still: Site):
    """The message of the server goes, and so do its marks; only what was touched is spoken of."""
    with still.page() as page:
        page.goto(at(CLOSABLE))
        page.check("#outcome-won")
        page.fill("#revenue", "-1")
        page.click("button.main")
        page.wait_for_selector("form[data-ready]")
        assert page.locator("#revenue").get_attribute("aria-invalid") == "true"

        page.fill("#revenue", "1")

        assert page.locator(".error p").count() == 0
        assert page.locator("#revenue").get_attribute("aria-invalid") is None
        assert page.locator("#revenue").get_attribute("aria-describedby") == "revenue-hint revenue-currency"
        assert page.locator(".field.wrong").count() == 0


@pytest.mark.parametrize("locale", locales("ko"))
def test_what_cannot_be_read_is_told_when_the_field_is_left(still: Site, locale: str):
    """A date is not wrong before it is whole; the words are those of the server."""
    with still.page(locale) as page:
        ready(page)
        page.check("#outcome-won")
        page.locator("#date").press_sequentially("31/3")
        assert page.locator(".error p").count() == 0
        page.locator("#revenue").press_sequentially("12x")
        assert page.locator("#date-error p").count() == 1
        page.locator("#revenue").blur()
        live = page.locator(".error p").all_inner_texts()
        assert len(live) == 2

        page.click("button.main")

        assert page.locator(".error p").all_inner_texts() == live


AMOUNTS = (
    "1 234,50", "1\u00a0234,50", "−5", "1.234,50", "12 34", "１２", "1,", ",5", "1 234 567", "1 2345", "", "-", "- 5",
    "1,234.50", "1234.5", "12,34", "1.2.3", "1 234", "+5", "0.12345", "1234567890123456", "1e3", "１，２３４．５", "٣",
)  # fmt: skip


@pytest.mark.parametrize("locale", locales("sv"))
def test_amounts_are_read_as_the_server_reads_them(still: Site, locale: str):
    """What can be read, and what the rules say of it then."""
    facts = still.store.get(CLOSABLE).facts
    with still.page(locale) as page:
        ready(page)
        page.check("#outcome-won")
        for text in AMOUNTS:
            page.fill("#revenue", text)
            page.locator("#revenue").blur()
            live = page.locator("#revenue-error p").all_text_contents()

            typed = read_typed(RULES.model, SPEAKERS[locale], {"outcome": "won", "revenue": text})
            form = close_form(RULES, SPEAKERS[locale], today=TODAY, facts=facts, request=typed.request)
            box = next(each for each in controls(form, SPEAKERS[locale], typed) if each.id == "revenue")
            assert live == [each.text for each in box.errors], text


def test_defaults_are_those_of_the_server(still: Site):
    """What is left empty is filled in and not missed; a field that must be there is missed once it was touched."""
    with still.page() as page:
        ready(page)
        page.fill("#date", "2026-03-31")
        page.fill("#date", "")
        page.check("#outcome-lost")
        page.fill("#competitor", "Contoso")
        assert page.locator(".error p").count() == 0
        page.check("#outcome-won")
        assert page.locator("#competitor-error p").all_inner_texts() == [
            "A competitor can be named only when the opportunity is closed as lost."
        ]
        # A field is not hidden while something is wrong with it.
        assert page.locator("#competitor").is_visible()
        page.check("#outcome-lost")
        assert page.locator(".error p").count() == 0


def test_records_that_are_not_loaded_stay_unknown(still: Site):
    """The page of an opportunity without its quotes tells of its fields all the same."""
    with still.page() as page:
        ready(page, UNKNOWN)
        page.check("#outcome-won")
        page.fill("#date", "2026-04-01")

        assert page.locator("#date-error p").count() == 1


@pytest.mark.parametrize("gone", ["**/*.mjs", "**/dialog.js"])
def test_page_works_where_its_script_fails(site: Site, gone: str):
    """Nothing is told before the form is sent, and everything after."""
    with site.page(told=re.compile("Failed to load resource|Failed to fetch dynamically imported module")) as page:
        page.route(gone, lambda route: route.abort())
        page.goto(at(CLOSABLE), wait_until="networkidle")
        page.check("#outcome-won")
        page.fill("#revenue", "-5")
        page.locator("#revenue").blur()
        assert page.locator(".error").count() == 0

        page.click("button.main")
        assert page.locator("#revenue-error p").count() == 1
        page.fill("#revenue", "5")
        page.click("button.main")
        assert state(site.store, CLOSABLE) == "won"


# ---- each state of the pages ----


def choosing(identity: str, outcome: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(at(identity))
        page.check(f"#outcome-{outcome}")

    return show


def refused(page: Page) -> None:
    page.goto(at(CLOSABLE))
    page.check("#outcome-won")
    page.fill("#date", "31/3")
    page.fill("#revenue", "-5")
    page.click("button.main")
    page.wait_for_selector(".errors")


def sent(identity: str, **altered: str | None) -> Callable[[Page], None]:
    """A dialog that is sent with something else in the fields that nobody sees, None for without it."""

    def show(page: Page) -> None:
        page.goto(at(identity))
        page.check("#outcome-won")
        form = page.locator("form#closing")
        for name, value in altered.items():
            alter = "(form, [name, value]) => form.elements[name][value === null ? 'remove' : 'setAttribute']('value', value)"
            form.evaluate(alter, [name, value])
        with page.expect_navigation():
            page.click("button.main")

    return show


def late(page: Page) -> None:
    """What is closed by now is sent once more."""
    page.goto(at(CLOSABLE))
    page.check("#outcome-won")
    page.locator("form#closing").evaluate("(form, to) => form.action = to", f"/{at(WON)}")
    with page.expect_navigation():
        page.click("button.main")


def instant(page: Page) -> None:
    ready(page)
    page.check("#outcome-won")
    page.fill("#date", "2026-04-01")
    page.wait_for_selector("#date-error p")


def opened(address: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(address)

    return show


SCENES: dict[str, Callable[[Page], None]] = {
    "list": opened(""),
    "nothing found": opened("?q=nothing"),
    "blocked": opened(at(BLOCKED)),
    "closable": opened(at(CLOSABLE)),
    "draft": opened(at(DRAFT)),
    "undetermined": opened(at(UNKNOWN)),
    "lost": choosing(CLOSABLE, "lost"),
    "instant": instant,
    "refused": refused,
    "stopped": sent(BLOCKED),
    "overtaken": sent(CLOSABLE, version="7"),
    "remedied": opened(f"{at(CLOSABLE)}?done=close-quotes"),
    "success": opened(f"{at(WON)}?done=closed"),
    "closed": opened(at(LOST)),
    "late": late,
    "foreign": sent(CLOSABLE, token="0"),
    "forged": sent(CLOSABLE, request=None),
    "nothing": opened(at("nothing")),
}
"""Each state of the pages; `foreign` is a form of another browser, `forged` one without what the page puts into it."""


@pytest.fixture
def scenes(soak: bool) -> dict[str, Callable[[Page], None]]:
    """One of each kind in every run, all of them with `--soak`."""
    usual = ("list", "blocked", "undetermined", "instant", "refused", "overtaken", "success", "closed", "nothing")
    return SCENES if soak else {name: SCENES[name] for name in usual}


FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }");
  document.adoptedStyleSheets = [sheet];
}"""
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 24 || height < 24)
  .map(([what]) => what)"""


@pytest.mark.parametrize("locale", locales("en-XA"))
def test_pages_fit_narrow_screens_and_large_letters(
    still: Site, scenes: dict[str, Callable[[Page], None]], locale: str
):
    """At 320 px, with wide letters, and at 640 px with letters of twice the size, nothing stands beyond the edge.

    Whatever is pressed is at least 24 px wide and high.
    """
    with still.page(locale) as page:
        for name, show in scenes.items():
            page.set_viewport_size({"width": 320, "height": 640})
            show(page)
            assert page.evaluate(FITS), f"{name} at 320 px"
            assert page.evaluate(SMALL) == [], name
            page.evaluate(SPACED)
            assert page.evaluate(FITS), f"{name} with wide letters"
            page.set_viewport_size({"width": 640, "height": 640})
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(FITS), f"{name} with large letters"


PLACES = """() => Object.fromEntries(
  Object.entries({ head: "main h1", panel: ".panel", list: ".panel li bdi", radio: "#outcome-won",
    word: "[for=outcome-won]", amount: "#revenue", currency: ".currency", ok: "button.main", cancel: "a.button" })
    .map(([name, target]) => [name, document.querySelector(target).getBoundingClientRect()])
    .map(([name, { left, right }]) => [name, [left, right]]))"""


@pytest.mark.parametrize("locale", locales("en", "ar-XB"))
def test_page_starts_at_the_side_where_its_language_starts(still: Site, locale: str):
    """From right to left everything is mirrored, save what is typed from left to right everywhere."""
    with still.page(locale) as page:
        SCENES["blocked"](page)
        place = page.evaluate(PLACES)
        panel = page.locator(".panel").evaluate(
            "each => [getComputedStyle(each)].map(s => [s.borderLeftWidth, s.borderRightWidth])[0]"
        )

        mirrored = direction(locale) == "rtl"
        for first, second in (("radio", "word"), ("amount", "currency"), ("ok", "cancel")):
            assert (place[first][0] > place[second][0]) is mirrored, (first, second)
        assert panel == (["1px", "6px"] if mirrored else ["6px", "1px"])
        side = 1 if mirrored else 0
        assert len({round(place[each][side]) for each in ("panel", "radio", "amount", "ok")}) == 1
        assert abs(place["list"][side] - place["panel"][side]) < 60
        assert page.locator("#date").get_attribute("dir") == "ltr"
        assert page.locator("nav a[lang=ja]").get_attribute("dir") == "ltr"


def test_strange_names_push_nothing_beyond_the_edge(site: Site):
    """Names and numbers without a space, of another direction, and very long ones."""
    names = ["W" * 400, "商" * 300, "שלום " * 60, "a-" * 200]
    for number, name in enumerate(names):
        quote = {"id": f"q{number}", "number": name[:90], "revision": 0, "state": "active", "currency": "SEK"}
        site.store.load([{"opportunity": {"id": f"o{number}", "name": name, "state": "open", "quotes": [quote]}}])
    with site.page("sv", width=320) as page:
        for address in ("", *(at(f"o{number}") for number in range(len(names)))):
            page.goto(address)
            assert page.evaluate(FITS), address
        page.set_viewport_size({"width": 900, "height": 640})
        page.goto("")
        assert page.evaluate(FITS)
        # The other columns keep their words whole.
        widths = page.locator("td:last-child").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().width)"
        )
        assert min(widths) > 80


# ---- what is told to whom ----


TELLING = {"refused": ".panel", "stopped": ".panel", "late": ".panel", "overtaken": ".news", "foreign": ".news"}
NEWS = {"remedied": ".news", "success": ".news"}


@pytest.mark.parametrize("locale", locales("ko"))
def test_answers_take_the_focus_and_name_themselves(still: Site, soak: bool, locale: str):
    """Who sent a form hears first what came of it; the title says so where it went wrong, in the reader's words."""
    say = DialogWords(SPEAKERS.get(locale) or Localizer(locale))
    quiet = set(SCENES) - {*TELLING, *NEWS} if soak else {"blocked", "closed", "forged", "nothing"}
    with still.page(locale) as page:
        for name in (*TELLING, *NEWS, *quiet):
            SCENES[name](page)
            focused = {**TELLING, **NEWS}.get(name, "body" if name not in ("lost", "instant") else "input")
            wait_for_focus(page, focused)
            titles = [page.locator("h1").inner_text(), *page.locator("h1 bdi").all_inner_texts()]
            wrong = {say("Error: {message}", message=Text(each, locale)).text for each in titles}
            assert page.title() in (wrong if name in TELLING else titles), name
            if name in ("forged", "nothing"):
                word, _, _ = say("Error: {message}", message=Text("\ue000", locale)).text.partition("\ue000")
                assert page.title().startswith(word)


@pytest.mark.parametrize("locale", locales("ar-XB"))
def test_summary_leads_to_its_fields(still: Site, locale: str):
    """By mouse and by Enter; the field is the one that says the same."""
    with still.page(locale) as page:
        refused(page)
        links = page.locator(".errors a").all()
        assert len(links) == 2
        for link in links:
            target = link.get_attribute("href")
            said = link.inner_text()
            for press in (link.click, lambda link=link: link.press("Enter")):
                press()
                wait_for_focus(page, str(target))
                described = page.locator(str(target)).get_attribute("aria-describedby")
                assert said in [page.locator(f"#{each}").inner_text() for each in str(described).split()]
                assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


STOP = """() => {
  const each = document.activeElement;
  const { x, y, width, height } = each.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(each);
  const shown = each.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  const name = each.id || each.value || each.getAttribute("href");
  return [name, y + scrollY, outlineStyle, parseFloat(outlineWidth), shown];
}"""


@pytest.mark.parametrize("locale", locales("ar-XB"))
def test_focus_moves_in_the_order_of_the_page(still: Site, locale: str):
    """Downwards, through everything that can be pressed and nothing else, always to be seen."""
    with still.page(locale) as page:
        choosing(BLOCKED, "lost")(page)
        page.mouse.click(1, 1)
        stops: list[list[Any]] = []
        while True:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body") or len(stops) > 40:
                break
            stops.append(page.evaluate(STOP))
        assert [each[0] for each in stops][7:] == [
            "close-quotes",
            "outcome-lost",
            "status_reason-lost-canceled",
            "revenue",
            "date",
            "competitor",
            "description",
            "ok",
            "/",
        ]
        assert [each[1] for each in stops] == sorted(each[1] for each in stops)
        assert all(style == "solid" and width >= 2 and shown for *_, style, width, shown in stops)


TYPED = {"revenue": "decimal", "date": "text", "competitor": None, "description": None}


def test_fields_say_what_is_typed_in_them(still: Site):
    """Telephones show the keys that are needed; browsers offer nothing that was typed about somebody else."""
    with still.page() as page:
        choosing(CLOSABLE, "lost")(page)
        for field, keys in TYPED.items():
            assert page.locator(f"#{field}").get_attribute("inputmode") == keys
            assert page.locator(f"#{field}").get_attribute("autocomplete") == "off"
        page.goto("")
        assert page.locator("#q").get_attribute("autocomplete") == "off"
        assert page.locator("#q").get_attribute("type") == "search"


# ---- how it is shown ----


EDGES = """() => [
  [...document.querySelectorAll(".panel, .banner, button, a.button, .field input, textarea")]
    .filter((each) => each.checkVisibility())
    .map((each) => getComputedStyle(each).borderInlineStartColor),
  getComputedStyle(document.body).backgroundColor,
]"""


def test_pages_hold_with_forced_colors(still: Site):
    """Where the reader's own colors are forced, edges, focus and choice can still be seen."""
    with still.page(forced_colors="active", color_scheme="dark") as page:
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        for name in ("blocked", "refused", "success"):
            SCENES[name](page)
            edges, ground = page.evaluate(EDGES)
            assert edges
            assert ground not in edges, name
        refused(page)
        page.locator("#revenue").focus()
        outline = page.locator("#revenue").evaluate(
            "each => [getComputedStyle(each)].map(s => [s.outlineStyle, s.outlineWidth])[0]"
        )
        assert outline == ["solid", "3px"]


def test_nothing_moves(still: Site):
    """There is nothing that readers of less motion would have to be spared."""
    still_ones = "[...document.querySelectorAll('*')].every(each => getComputedStyle(each).transitionDuration === '0s')"
    with still.page(reduced_motion="no-preference") as page:
        for name in ("list", "refused", "success"):
            SCENES[name](page)
            assert page.evaluate("document.getAnimations().length") == 0
            assert page.evaluate(still_ones)


def test_pages_can_be_printed(still: Site):
    """Dark on light whatever the screen shows, without what paper cannot press."""
    with still.page(color_scheme="dark") as page:
        SCENES["blocked"](page)
        dark = page.evaluate("getComputedStyle(document.body).color")
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 27, 27)" != dark
        assert page.locator("header").is_hidden()
        assert page.locator("button:visible").count() == 0
        assert page.locator(".panel").is_visible()
        assert page.locator("#date").input_value() == "2026-03-31"
        assert page.evaluate(FITS)
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_what_the_policy_forbids_is_seen(still: Site):
    """The policy holds in the browser, and a breach of it would fail each of these tests."""
    seen: list[str] = []
    with still.page(told=re.compile("Content Security Policy")) as page:
        page.on("console", lambda each: seen.append(each.text))
        ready(page)
        assert seen == []
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('style'), { textContent: 'p { color: red }' }))"
        )
        page.evaluate("document.body.setAttribute('onclick', 'document.title = 1')")
        page.evaluate("document.body.append(Object.assign(new Image(), { src: 'https://example.com/x.png' }))")
        page.wait_for_timeout(100)
        assert sum("Content Security Policy" in each for each in seen) == 3


@pytest.mark.parametrize("locale", locales("ko"))
def test_rules_and_words_of_a_page_are_light(still: Site, locale: str):
    """What a page runs besides its own script is less than 15 kB on the way; nothing comes twice."""
    weights: dict[str, int] = {}
    with still.page(locale) as page:
        page.on("response", lambda each: weights.update({each.url: len(gzip.compress(each.body()))}))
        ready(page)
        page.wait_for_load_state("networkidle")
    modules = [weight for url, weight in weights.items() if url.endswith(".mjs")]

    assert len(modules) == 2
    assert sum(modules) < 15_000
    assert sum(weights.values()) < 30_000


@pytest.fixture(scope="module")
def axe(require: Callable[[str, object], None]) -> str:
    """axe-core: OPPI18N_AXE is the file, or NODE_PATH leads to the package."""
    folders = os.environ.get("NODE_PATH", "").split(os.pathsep)
    paths = [os.environ.get("OPPI18N_AXE", ""), *(f"{each}/axe-core/axe.min.js" for each in folders if each)]
    found = next((each for each in paths if each and Path(each).is_file()), None)
    require("axe", found)
    return Path(str(found)).read_text(encoding="utf-8")


AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 120))]);
}"""


@pytest.mark.parametrize("locale", locales("ar-XB"))
def test_pages_are_accessible(
    still: Site, axe: str, scenes: dict[str, Callable[[Page], None]], soak: bool, locale: str
):
    """No violation of any rule that axe-core knows, in any state, by day and by night."""
    with still.page(locale, bypass_csp=True) as page:
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for name, scheme in product(scenes, schemes):
            if soak or scheme == "light" or name == "refused":
                page.emulate_media(color_scheme=scheme)
                SCENES[name](page)
                page.evaluate(axe)
                assert page.evaluate(AXE) == [], (name, scheme)


FONTS = {"ko": "KR", "ja": "JP", "zh-HK": "HK"}


def test_han_text_takes_the_shapes_of_its_language(still: Site, require: Callable[[str, object], None]):
    """The fonts that are really used, for the page and for the names of the other languages in it."""
    fonts = shutil.which("fc-list") and subprocess.run(["fc-list"], capture_output=True, text=True, check=True).stdout
    require("cjk-fonts", fonts and all(f"Noto Sans CJK {each}" in fonts for each in FONTS.values()))
    with still.page() as page:
        for locale, shapes in FONTS.items():
            page.goto(f"{at(CLOSABLE)}?lang={locale}")

            assert used(page, "main h1") == {f"Noto Sans CJK {shapes}"}
            assert used(page, "label[for=description]") == {f"Noto Sans CJK {shapes}"}
            for other, own in FONTS.items():
                assert f"Noto Sans CJK {own}" in used(page, f"nav a[lang={other}]")


def used(page: Page, target: str) -> set[str]:
    """The families of the fonts that an element is drawn with."""
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": target})["nodeId"]
    return {each["familyName"] for each in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}


WHOLE = ("list", "blocked", "nothing")
"""The states whose snapshot has the frame around the page too."""


@pytest.mark.parametrize("locale", locales("ko"))
def test_pages_are_read_aloud(still: Site, golden: Callable[[str, str], None], locale: str):
    """What a screen reader is given of each state."""
    told = []
    with still.page(locale) as page:
        for name, show in SCENES.items():
            show(page)
            part = "body" if name in WHOLE else "main"
            told.append(f"# {name}\n{unhurried(page.locator(part))}\n")

    golden(f"browser/{locale}.yaml", "\n".join(told))


def unhurried(body: Locator) -> str:
    """The tree, without the host, which is another one each time."""
    return re.sub(r"http://[^/\s]+", "", body.aria_snapshot())
