"""The dialog in a real browser: by mouse and by keyboard, with scripts and without, narrow, read aloud, in two tabs."""

from __future__ import annotations

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
from oppi18n.dialog.typed import read_typed
from oppi18n.server.app import create_app
from oppi18n.server.demo import opportunities
from oppi18n.server.listening import listen
from oppi18n.server.service import Service
from oppi18n.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

RULES = load_rules("close-opportunity")
TODAY = date(2026, 3, 31)
BLOCKED, CLOSABLE, DRAFT, UNKNOWN, WON, LOST = (f"7a1e0000-0000-4000-8000-00000000000{n}" for n in range(1, 7))
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
    def context(self, locale: str = "en", *, width: int = 900, **more: Any) -> Iterator[BrowserContext]:
        """A browser of somebody who reads a language."""
        headers = {"Accept-Language": locale}
        made = self.browser.new_context(
            base_url=self.url, viewport={"width": width, "height": 800}, extra_http_headers=headers, **more
        )
        made.set_default_timeout(10_000)
        yield made
        made.close()

    @contextmanager
    def page(self, locale: str = "en", **more: Any) -> Iterator[Page]:
        """A tab; whatever its console calls an error fails the test, save for refusals that were asked for."""
        with self.context(locale, **more) as context:
            page, errors = context.new_page(), list[str]()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda each: errors.append(each.text) if each.type == "error" else None)
            yield page
            assert [each for each in errors if "the server responded with a status of 4" not in each] == []


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
        press(page, f'a[href$="{BLOCKED}"]')
        page.locator(".panel.blocked > h2").wait_for()
        open_quotes = [each for each in quotes(site.store) if each["state"] in ("active", "draft")]
        assert len(open_quotes) == 3
        assert all(each["number"] in page.locator(".panel").inner_text() for each in open_quotes)

        press(page, "button[name=remedy]")
        page.locator(".banner.done").wait_for()
        assert state(site.store) == "open"
        assert {each["state"] for each in quotes(site.store)} & {"active", "draft"} == set()

        press(page, "input[type=radio][id=outcome-won]")
        press(page, "button.main")
        page.locator(".banner.done + h1").wait_for()
        page.locator("form#closing").wait_for(state="detached")
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
    assert state(site.store, CLOSABLE) == "won"


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
        assert page.locator("#revenue").get_attribute("aria-describedby") == "revenue-hint"
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
    with site.context() as context:
        page = context.new_page()
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


def listed(page: Page) -> None:
    page.goto("")


def refused(page: Page) -> None:
    page.goto(at(CLOSABLE))
    page.check("#outcome-won")
    page.fill("#date", "31/3")
    page.fill("#revenue", "-5")
    page.click("button.main")
    page.wait_for_selector(".errors")


def instant(page: Page) -> None:
    ready(page)
    page.check("#outcome-won")
    page.fill("#date", "2026-04-01")
    page.wait_for_selector("#date-error p")


def opened(identity: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.goto(at(identity))

    return show


SCENES: dict[str, Callable[[Page], None]] = {
    "list": listed,
    "blocked": opened(BLOCKED),
    "closable": opened(CLOSABLE),
    "draft": opened(DRAFT),
    "undetermined": opened(UNKNOWN),
    "closed": opened(WON),
    "refused": refused,
    "instant": instant,
    "nothing": opened("nothing"),
}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize("locale", locales("en-XA"))
def test_pages_fit_narrow_screens_and_large_letters(still: Site, locale: str):
    """At 320 px, and at 640 px with letters of twice the size, nothing stands beyond the edge."""
    with still.page(locale) as page:
        for name, show in SCENES.items():
            page.set_viewport_size({"width": 320, "height": 640})
            show(page)
            assert page.evaluate(FITS), f"{name} at 320 px"
            page.set_viewport_size({"width": 640, "height": 640})
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(FITS), f"{name} with large letters"


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
def test_pages_are_accessible(still: Site, axe: str, soak: bool, locale: str):
    """No violation of any rule that axe-core knows, in any state, by day and by night."""
    with still.page(locale, bypass_csp=True) as page:
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for name, scheme in product(SCENES if soak else ("list", "blocked", "closed", "refused", "instant"), schemes):
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


@pytest.mark.parametrize("locale", ["ko"])
def test_pages_are_read_aloud(still: Site, golden: Callable[[str, str], None], locale: str):
    """What a screen reader is given of each state."""
    told = []
    with still.page(locale) as page:
        for name, show in SCENES.items():
            show(page)
            told.append(f"# {name}\n{unhurried(page.locator('body'))}\n")

    golden(f"browser/{locale}.yaml", "\n".join(told))


def unhurried(body: Locator) -> str:
    """The tree, without the host, which is another one each time."""
    return re.sub(r"http://[^/\s]+", "", body.aria_snapshot())
