"""The gallery shows every message with its record, in every language, without scripts, and the same every time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from oppi18n import Localizer, packs
from oppi18n.analysis.analyse import decided
from oppi18n.analysis.judges import form_of, forms_of
from oppi18n.cli import run
from oppi18n.cli.galleries import site_of
from oppi18n.cli.session import Session
from oppi18n.gallery.alike import alike
from oppi18n.gallery.html import LIVE_POLICY, POLICY, STYLE, Link, asset, index_html, page_html
from oppi18n.gallery.kept import example_of, plain
from oppi18n.gallery.pages import Stock, languages, page, stock, words_of
from oppi18n.gallery.parts import Message, Note, Page
from oppi18n.gallery.samples import sampled
from oppi18n.i18n import glossary, po_writer
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.locales import OFFERED
from oppi18n.i18n.speech import Text
from oppi18n.units.catalogs import id_of

pytestmark = pytest.mark.usefixtures("checkout")

RULES = """\
ruleset: house
action: opportunity.close
model: opportunity

settings:
  most:
    type: int
    default: 1
    doc: "The most quotes."

let:
  drafts: opportunity.quotes.filter(q, q.state == 'draft')

rules:
  - id: few
    severity: error
    source: house rule
    assert: size(drafts) <= settings.most || size(drafts) < 2
    at: drafts.state
    message:
      one: "There is {count} quote."
      other: "There are {count} quotes."
      partial:
        one: "There is at least {count} quote."
        other: "There are at least {count} quotes."
    params:
      count: size(drafts)
    remedies: [lose]

  - id: named
    severity: warning
    source: house rule
    assert: has(opportunity.name)
    at: opportunity.name
    message: "Give the opportunity a name."

  - id: currency-given
    severity: info
    source: house rule
    assert: has(opportunity.currency)
    at: opportunity.currency
    message: "Choose a currency <b>now</b>."

remedies:
  lose:
    label: "Close the quotes"
    each: drafts
    set:
      state: "'closed'"
"""


def entry(context: str, msgid: str, *translations: str, plural: str | None = None, review: bool = False) -> Entry:
    comments = ("needs-review: ask Kim",) if review else ()
    flags = ("python-brace-format",) if "{" in msgid else ()
    return Entry(
        context=f"house/house/{context}",
        msgid=msgid,
        msgid_plural=plural,
        translations=translations,
        comments=comments,
        flags=flags,
    )


FEW = entry(
    "few/message",
    "There is {count} quote.",
    "Es gibt {count} Angebot.",
    "Es gibt {count} Angebote.",
    plural="There are {count} quotes.",
    review=True,
)
NAMED = entry("named/message", "Give the opportunity a name.", "Bitte <i>ergänzen</i>.")
CURRENCY = entry("currency-given/message", "Choose a currency <b>now</b>.", "Bitte <i>ergänzen</i>.")
GLOSSARY = "glossary: house\nterms:\n  - {term: quote, de: {text: Angebot, also: [Angebote], note: never Zitat}}\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> packs.Pack:
    """A pack with a ruleset of its own, a German catalog and a glossary."""
    folder = tmp_path_factory.mktemp("packs") / "house"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "house.yaml").write_text(RULES, encoding="utf-8")
    catalog = folder / "locales" / "de" / "LC_MESSAGES" / "oppi18n.po"
    catalog.parent.mkdir(parents=True)
    text = po_writer.write(Catalog(locale="de", entries=(FEW, NAMED, CURRENCY)))
    catalog.write_text(text, encoding="utf-8")
    (folder / "locales" / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    return packs.named(folder)


@pytest.fixture(scope="module")
def small(house: packs.Pack) -> Stock:
    """What the pages of the pack's own ruleset draw on."""
    return drawn(house, "house")


def drawn(pack: packs.Pack, *rulesets: str) -> Stock:
    """What pages of some rulesets draw on, and of nothing else."""
    return Stock((pack,), tuple(sampled((pack,), rulesets)), (), glossary.of_packs([pack]))


@pytest.fixture(scope="module")
def whole() -> Stock:
    """What our own pages draw on."""
    return stock()


def own(found: Page) -> Page:
    """A page without the texts that every edit of the sources changes."""
    return replace(found, groups=(), standings=())


@pytest.fixture(scope="module")
def pages(whole: Stock) -> dict[str, Page]:
    """Our own pages, by language; what lint finds changes nothing of what is tested here."""
    return {tag: page(whole, tag, {}) for tag in OFFERED}


@pytest.fixture(scope="module")
def shipped(pages: dict[str, Page]) -> dict[str, str]:
    """Our own pages as HTML, by language."""
    links = [Link(tag, tag) for tag in OFFERED]
    return {tag: page_html(each, links) for tag, each in pages.items()}


class Tree(HTMLParser):
    """Elements with their attributes, and the texts of messages with the language that each is in."""

    VOID = frozenset(("meta", "link", "input"))
    LINES = ("said", "said fallback", "source")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.lines: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("class") or ""
        self.found.append((tag, given))
        if kind in self.LINES:
            self.lines.append((kind, given["lang"] or "", ""))
        if tag not in self.VOID:
            self.open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        kinds = [kind for _, kind in self.open]
        if set(kinds) & set(self.LINES) and "form" not in kinds:
            kind, lang, text = self.lines[-1]
            self.lines[-1] = kind, lang, text + data

    def all(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [given[name] or "" for _, given in self.found if name in given]


@pytest.fixture(scope="module")
def trees(shipped: dict[str, str]) -> dict[str, Tree]:
    """Our own pages taken apart, by language."""
    return {tag: Tree(each) for tag, each in shipped.items()}


def messages(found: Page) -> Iterator[Message]:
    for ruleset in found.rulesets:
        for rule in ruleset.rules:
            yield from rule.messages
        yield from ruleset.settings
    for group in found.groups:
        yield from group.messages


# ---- records ----


def test_every_form_has_the_record_that_makes_the_rule_say_it(whole):
    """The whole ruleset, asked about the record, says the sentence in that form; what has no record is named."""
    for found in whole.rulesets:
        for rule in found.subject.ruleset.rules:
            forms = {each.form: each for each in found.samples if each.rule == rule.id}
            assert tuple(forms) == forms_of(found.subject.alone(rule).infos[0])
        for sample in found.samples:
            if sample.example is None:
                assert (sample.rule, sample.violation) == ("one-won-quote", None)
                continue
            (said,) = (each for each in decided(found.subject, sample.example).violations if each.rule == sample.rule)
            assert (form_of(said), said) == (sample.form, sample.violation)


def test_kept_record_is_the_one_that_was_found(whole):
    """What is not loaded, partly known, exact or a day comes back from the cache as it went in."""
    examples = [each.example for found in whole.rulesets for each in found.samples if each.example is not None]

    assert [example_of(plain(each)) for each in examples] == examples
    assert [each.example for found in sampled((), ("close-quotes",)) for each in found.samples] == [
        each.example for found in whole.rulesets if found.subject.ruleset.id == "close-quotes" for each in found.samples
    ]


def test_rule_without_a_smallest_record_takes_one_of_a_case(tmp_path, monkeypatch):
    """Where analysis knows no way, a case may; the page says which."""
    monkeypatch.setattr("oppi18n.gallery.samples.kept", lambda *_: {})
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "house.yaml").write_text(RULES, encoding="utf-8")
    quotes = "[{id: q1, state: draft}, {id: q2, state: draft}]"
    text = "ruleset: house\ntoday: 2026-03-31\ncases:\n  - name: two drafts\n    rule: few\n    shows: fails\n"
    text += f"    opportunity: {{id: o1, state: open, quotes: {quotes}}}\n"
    (tmp_path / "rules" / "house.cases.yaml").write_text(text, encoding="utf-8")

    found = page(drawn(packs.named(tmp_path), "house"), "en", {})
    forms = {(form.category, form.partial): form for form in found.rulesets[0].rules[0].wordings}

    assert forms["other", False].case == Text("From the case “two drafts”", "en")
    assert forms["other", False].message.said[0].text == "There are 2 quotes."
    assert (forms["other", True].case, forms["other", True].record) == (None, "")


def test_switched_off_rule_is_named_as_one_that_nothing_brings_about(tmp_path):
    """Its message waits in the catalogs, and no record makes it heard."""
    (tmp_path / "rules").mkdir()
    overlay = "overlay: close-quotes\nrules:\n  - id: to-be-closed\n    enabled: false\n"
    (tmp_path / "rules" / "off.yaml").write_text(overlay, encoding="utf-8")

    found = page(drawn(packs.named(tmp_path), "close-quotes"), "sv", {})

    assert "close-quotes.to-be-closed" in found.loose
    assert "close-quotes.opportunity-open" not in found.loose


@pytest.mark.parametrize(
    ("locale", "heard"),
    [
        ("pl", [("one", 1), ("few", 2), ("many", 5)]),
        ("ar", [("one", 1), ("two", 2), ("few", 3), ("many", 11), ("other", 100)]),
        ("ko", [("other", 1), ("other", 2)]),
    ],
)
def test_languages_with_more_forms_get_larger_records(tmp_path, locale, heard):
    """Each plural form of the language is heard, with as few records as it takes; English has but two."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "pack.yaml").write_text("name: more", encoding="utf-8")
    (tmp_path / "rules" / "few.yaml").write_text(
        "ruleset: more\naction: opportunity.close\nmodel: opportunity\nrules:\n  - id: none\n    severity: error\n"
        "    source: house rule\n    forbid: size(opportunity.quotes) > 0\n    at: opportunity.quotes\n"
        "    params: {count: size(opportunity.quotes)}\n    message: {one: '{count} quote', other: '{count} quotes'}\n",
        encoding="utf-8",
    )
    catalog = tmp_path / "locales" / locale / "LC_MESSAGES" / "oppi18n.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(po_writer.write(Catalog(locale=locale)), encoding="utf-8")

    found = page(drawn(packs.named(tmp_path), "more"), locale, {})
    wordings = [each for each in found.rulesets[0].rules[0].wordings if not each.partial]
    sizes = [len(json.loads(each.record)["opportunity"]["quotes"]) for each in wordings]

    assert sorted(zip((each.heard for each in wordings), sizes, strict=True), key=lambda each: each[1]) == heard


# ---- what a page shows ----


@pytest.mark.parametrize("locale", OFFERED)
def test_every_message_is_on_every_page(whole, pages, locale):
    """Rules, models, the dialog, errors, the command line: nothing is left out, and nothing stands there twice."""
    found = [each.context for each in messages(pages[locale])]
    entries = {each.context for _, entries in whole.entries for each in entries}

    assert set(found) == entries


def test_page_of_a_pack_is_as_agreed(golden, small):
    """Forms, records, remedies, terms, ids; what needs review, is missing, cannot be heard or reads the same."""
    note = Note("placeholders", "error", Text("The placeholder {count} is missing.", "en"), "<q>", "{count}")
    found = own(page(small, "de", {id_of(FEW): (note,)}))

    golden("gallery/de.html", page_html(found, [Link("en", "English"), Link("de", "Deutsch")]))


def test_page_from_right_to_left_is_as_agreed(golden, small):
    """Everything is in the pseudo-locale but what was not ours to say."""
    golden("gallery/ar-XB.html", page_html(own(page(small, "ar-XB", {})), [Link("ar-XB", "")]))


def test_index_is_as_agreed(golden):
    """It leads to each page, in the language of that page."""
    links = [Link("en", "English"), Link("ko", "한국어"), Link("ar-XB", "")]

    golden("gallery/index.html", index_html(words_of(Localizer("en")), "en", links))


def test_state_of_each_message_is_told(small):
    """Translated, to be read again, or not there and shown in English."""
    found = page(small, "de", {})
    states = {each.context.removeprefix("house/house/"): each for each in messages(found)}

    assert (states["few/message"].state, states["named/message"].state) == ("needs-review", "translated")
    assert states["remedy/lose/label"].state == "missing"
    assert [line.locale for line in states["remedy/lose/label"].said] == ["en"]
    assert found.having("needs-review") == ("house.few",)
    assert {"house.few", "house.settings"} <= set(found.having("missing"))


def test_outcomes_that_read_the_same_are_named(small):
    """In German two rules say the same; in English they do not."""
    found = page(small, "de", {})

    assert [sentence.text for sentence, _ in found.alike] == ["house/named and house/currency-given read the same."]
    assert found.alike[0][1] == Text("Bitte <i>ergänzen</i>.", "de")
    assert page(small, "en", {}).alike == ()


@pytest.mark.parametrize("locale", OFFERED)
def test_our_outcomes_can_be_told_apart(whole, locale):
    """No two rules, choices, fields or remedies of ours have one text in any language."""
    assert alike(whole.rulesets, Localizer(locale)) == ()


def test_labels_that_differ_in_english_alone_are_named(tmp_path, whole):
    """A label that stands for two choices is found across the choices of the model."""
    context = "oppi18n/model/opportunity/quote_state"
    (tmp_path / "rules").mkdir()
    entries = (
        Entry(context=f"{context}:draft/label", msgid="Draft", translations=("Öppen",)),
        Entry(context="oppi18n/model/opportunity/opportunity_state:open/label", msgid="Open", translations=("Öppen",)),
    )
    catalog = tmp_path / "locales" / "sv" / "LC_MESSAGES" / "oppi18n.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(po_writer.write(Catalog(locale="sv", entries=entries)), encoding="utf-8")

    found = alike(whole.rulesets, Localizer("sv", packs=[packs.named(tmp_path)]))

    assert [(set(each.names), each.said.text) for each in found] == [
        ({"opportunity_state:open", "quote_status_reason:open", "quote_state:draft"}, "Öppen")
    ]


def test_terms_stand_out_with_what_they_are_called_elsewhere(shipped):
    """The translation names the English term, the English the translation; a list of them can be opened."""
    assert '<abbr title="active quote">활성 견적</abbr>' in shipped["ko"]
    assert '<abbr title="활성 견적">active quotes</abbr>' in shipped["ko"]
    assert re.search(r'<span lang="en" dir="ltr">active quote</span>: 活性 견적|: 활성 견적', shipped["ko"])
    assert '<abbr title="opportunity">affärsmöjlighet' not in shipped["ja"]


def test_dialog_is_shown_in_each_of_its_states(shipped):
    """Empty, answered, with faults: with its labels, options, hints and buttons in the language of the page."""
    for state in ("empty", "won", "lost", "blocked", "blocked-won", "faults", "undetermined", "closed"):
        assert f'<article id="dialog.{state}">' in shipped["ja"]
    assert '<span class="button ok">OK</span> <span class="button cancel">キャンセル</span>' in shipped["ja"]
    assert '<li class="chosen" aria-current="true">受注</li>' in shipped["ja"]


def test_what_lint_finds_stands_with_its_message(house, tmp_path):
    """A placeholder that nobody fills: the sentence, the culprit, what should stand there, beside the fallback."""
    bad = replace(FEW, translations=("Es gibt {kount} Angebot.", "Es gibt {count} Angebote."))
    for name in ("rules", "locales/de/LC_MESSAGES"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "rules" / "house.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "rules" / "pack.yaml").write_text("name: house", encoding="utf-8")
    text = po_writer.write(Catalog(locale="de", entries=(bad,)))
    (tmp_path / "locales" / "de" / "LC_MESSAGES" / "oppi18n.po").write_text(text, encoding="utf-8")

    found = page(drawn(packs.named(tmp_path), "house"), "de")
    html = page_html(found, [])

    assert "house.few" in found.noted
    assert "<code>error[placeholders]</code>" in html
    assert "<q>{kount}</q> → <ins>{count}</ins>" in html


# ---- HTML ----


@pytest.mark.parametrize("locale", OFFERED)
def test_texts_carry_their_language(trees, pages, locale):
    """The page is in its language and direction, and what is not is marked: English sources, fallbacks, other pages."""
    tree = trees[locale]
    found = list(messages(pages[locale]))

    assert tree.found[0] == ("html", {"lang": locale, "dir": "rtl" if locale == "ar-XB" else "ltr"})
    lines = {(line.locale, line.text) for each in found for line in (*each.said, *each.source)}
    assert {(lang, re.sub(r" $", "", text)) for _, lang, text in tree.lines} == {
        (lang, re.sub(r" $", "", text)) for lang, text in lines
    }
    assert {lang for kind, lang, _ in tree.lines if kind == "said"} <= {locale}
    assert {lang for kind, lang, _ in tree.lines if kind != "said"} <= {"en"}
    links = [given for tag, given in tree.found if tag == "a" and "hreflang" in given]
    assert [each["lang"] for each in links] == list(OFFERED)


@pytest.mark.parametrize("locale", OFFERED)
def test_pages_load_nothing_but_their_style(trees, locale):
    """A strict policy holds them: no script, no inline style, no handler, nothing from elsewhere."""
    tree = trees[locale]
    tags = {tag for tag, _ in tree.found}
    names = {name for _, given in tree.found for name in given}

    assert not tags & {"script", "style", "iframe", "object", "img", "form", "base"}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert [each for each in tree.all("href") if not each.startswith("#")] == [
        STYLE,
        *(f"{tag}.html" for tag in OFFERED),
    ]
    assert (POLICY in tree.all("content"), tree.all("src")) == (True, [])


def test_live_page_may_load_one_script_more(small):
    """The preview's pages have the script that reloads them, and say which version they are."""
    tree = Tree(page_html(own(page(small, "de", {})), [], version="v1"))

    assert tree.all("src") == ["preview.js"]
    assert tree.all("data-version") == ["v1"]
    assert LIVE_POLICY in tree.all("content")


@pytest.mark.parametrize("locale", OFFERED)
def test_pages_can_be_found_through_without_seeing_them(trees, locale):
    """Landmarks have names, headings step down one by one, labels belong to inputs, links lead somewhere."""
    tree = trees[locale]
    levels = [int(tag[1]) for tag, _ in tree.found if re.fullmatch(r"h[1-6]", tag)]
    ids = tree.all("id")

    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    assert len(ids) == len(set(ids))
    assert {each[1:] for each in tree.all("href") if each.startswith("#")} <= set(ids)
    assert set(tree.all("for")) == {"ids"} <= set(ids)
    assert set(tree.all("aria-labelledby")) <= set(ids)
    tags = [tag for tag, _ in tree.found]
    assert (tags.count("main"), tags.count("header")) == (1, 1)
    names = [given["aria-label"] for tag, given in tree.found if tag == "nav"]
    assert len(set(names)) == len(names) == 2


def test_ids_are_there_on_demand(shipped):
    """They are shown by a box that is ticked, without a script, and always where browsers cannot do that."""
    css = asset(STYLE).decode()

    assert (
        '<p class="id"><code dir="ltr">oppi18n/close-opportunity/no-active-quotes/message</code></p>' in shipped["ms"]
    )
    assert "body:has(#ids:checked) .id { display: block; }" in css
    assert "@supports not selector(:has(*)) { .id { display: block; } }" in css


def test_translations_are_never_markup(small):
    """What stands in a catalog, a rule or a finding is shown as it is written."""
    note = Note("x", "error", Text("<b>", "en"), "<i>", "<u>")
    html = page_html(page(small, "de", {id_of(NAMED): (note,)}), [Link("de", "<s>")])

    assert "Bitte &lt;i&gt;ergänzen&lt;/i&gt;." in html
    assert not {"b", "i", "u", "s"} & {tag for tag, _ in Tree(html).found}


# ---- style ----


def rules_of_style(css: str) -> dict[str, str]:
    """Each selector of the style with its declarations, those of media queries left out."""
    bare = re.sub(r"@charset[^;]*;|/\*.*?\*/|@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css, flags=re.DOTALL)
    found: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", bare):
        for each in selectors.split(","):
            found[each.strip()] = found.get(each.strip(), "") + body
    return found


@pytest.mark.parametrize(
    ("locale", "fonts"),
    [
        ("ko", ("Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR")),
        ("ja", ("Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP")),
        ("zh-HK", ("PingFang HK", "Microsoft JhengHei UI", "Noto Sans CJK HK")),
        ("ar", ("Geeza Pro", "Noto Sans Arabic")),
        ("en", ()),
        ("ms", ()),
        ("sv", ()),
    ],
)
def test_each_language_names_its_own_fonts(locale, fonts):
    """Han text inside another language takes its own shapes, and Latin text inside Korean its own, too."""
    family = rules_of_style(asset(STYLE).decode())[f":where(:lang({locale}))"]

    assert all(f'"{each}"' in family for each in fonts)
    assert family.index("var(--sans)") > max((family.index(each) for each in fonts), default=0)
    assert not [each for each in ("KR", "JP", "HK") if f"CJK {each}" in family and f"CJK {each}" not in str(fonts)]


def test_codes_keep_their_font_in_every_language():
    """What a language says about fonts weighs nothing against what an element says."""
    families = [each for each, body in rules_of_style(asset(STYLE).decode()).items() if "font-family" in body]

    assert {each for each in families if ":where" not in each} == {":root", "code", "pre"}


def test_style_loads_nothing():
    """Fonts are those of the reader's machine."""
    css = asset(STYLE).decode()

    assert not re.search(r"url\(|@import|@font-face|https?:", css)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_can_be_read(scheme):
    """Text has a contrast of 4.5 to 1 on the page and on cards, lines of 3 to 1 (WCAG 2.2 AA)."""
    blocks = re.findall(r":root \{(.*?)\}", asset(STYLE).decode(), re.DOTALL)
    colors = dict(re.findall(r"--(\w+): (#\w+)", blocks[0 if scheme == "light" else 1]))

    for ground in ("ground", "card"):
        for name in ("text", "faint", "accent", "error", "warning", "good"):
            assert contrast(colors[name], colors[ground]) >= 4.5, name
        assert contrast(colors["line"], colors[ground]) >= 3


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(each * 2 for each in color[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# ---- the command ----


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `catalog gallery`: status, output, errors."""

    def said(*arguments: object) -> tuple[int, str, str]:
        status = run(("catalog", "gallery", *map(str, arguments)))
        out, err = capsys.readouterr()
        return status, out, err

    return said


def test_gallery_is_the_same_every_time_and_leaves_other_files_alone(say, tmp_path, monkeypatch, whole):
    """Another process, another order of sets, another zone: not a byte differs. What else is in the folder stays."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "ar-XB.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr("oppi18n.gallery.pages.stock", lambda _: whole)

    status, out, err = say("--output", tmp_path, "ar-XB", "ar-XB")
    first = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    command = [sys.executable, "-m", "oppi18n", "catalog", "gallery", "--output", str(tmp_path), "ar-XB", "-q"]
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "sv_SE.UTF-8", "LANGUAGE": ""}
    subprocess.run([*command, "--locale", "en"], check=True, env=environment)

    assert (status, out, err) == (0, "", f"{tmp_path / 'index.html'} was written.\n")
    assert sorted(first) == ["ar-XB.html", "gallery.css", "index.html", "notes.txt"]
    assert first["ar-XB.html"].startswith(b'<!DOCTYPE html>\n<html lang="ar-XB" dir="rtl">')
    assert first["notes.txt"] == b"mine"
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == first


def test_languages_are_named_as_people_write_them():
    """A page has the name that we have for its language, and each language one page."""
    assert site_of((), ["zh-Hant-HK", "zh_HK", "sv-FI"], Session("en")).names == (
        "gallery.css",
        "zh-HK.html",
        "sv.html",
        "index.html",
    )


def test_broken_catalog_ends_the_run_and_leaves_whole_pages(say, tmp_path, monkeypatch):
    """The old page stays as it was; the diagnostic is told; the status is 3."""
    pack = tmp_path / "pack"
    for name in ("rules", "locales/de/LC_MESSAGES"):
        (pack / name).mkdir(parents=True)
    (pack / "locales" / "de" / "LC_MESSAGES" / "oppi18n.po").write_text('msgid "', encoding="utf-8")
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("oppi18n.gallery.pages.stock", lambda layers: drawn(layers[0], "close-quotes"))
    (tmp_path / "out" / "de.html").write_text("old", encoding="utf-8")

    status, _, err = say("--output", tmp_path / "out", "--pack", f"{pack}/", "de")

    assert (status, "error[catalog-unterminated]" in err) == (3, True)
    assert (tmp_path / "out" / "de.html").read_text(encoding="utf-8") == "old"
    assert "index.html" not in {each.name for each in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--output", "{file}"), "is not a folder"),
        (("--output", "{file}/below"), "cannot be written"),
        (("--output", "{folder}", "koo"), "the locale koo is not available"),
        ((), "--output is missing"),
        (("--output", "{folder}", "--pack", "nobody"), "nobody"),
    ],
)
def test_bad_usage_is_told(say, tmp_path, arguments, told):
    """No page is written, and the status is 2."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    given = [each.format(file=tmp_path / "file", folder=tmp_path / "folder") for each in arguments]

    status, _, err = say(*given)

    assert (status, told in err) == (2, True), err
    assert not (tmp_path / "folder").exists()


def test_languages_of_packs_have_pages(house):
    """After the product's, before the pseudo-locales."""
    assert languages([house]) == (*OFFERED[:6], "de", *OFFERED[6:])


# ---- in a browser ----

MEASURE = """<!DOCTYPE html><body><script>
const names = NAMES, told = {};
const frames = names.map((name) => {
  const frame = document.createElement("iframe");
  frame.width = 320; frame.height = 600; frame.src = name;
  frame.onload = () => {
    const page = frame.contentDocument;
    for (const each of page.querySelectorAll("details")) each.open = true;
    const box = page.querySelector("#ids"), hidden = getComputedStyle(page.querySelector(".id")).display;
    box.checked = true;
    const shown = getComputedStyle(page.querySelector(".id")).display;
    told[name] = [page.documentElement.scrollWidth <= 320, hidden, shown, getComputedStyle(page.querySelector("h1")).fontSize];
    if (Object.keys(told).length === names.length) document.body.textContent = "TOLD" + JSON.stringify(told) + "END";
  };
  document.body.append(frame);
});
</script>"""


@pytest.mark.soak
def test_pages_fit_a_narrow_screen(require, soak, shipped, tmp_path):
    """At 320 px nothing stands beyond the edge, everything opened, ids shown; the style is let in by the policy."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    require("chromium", browser)
    names = [f"{tag}.html" for tag in (OFFERED if soak else ("ja",))]
    for name in names:
        (tmp_path / name).write_text(shipped[name.removesuffix(".html")], encoding="utf-8")
    (tmp_path / STYLE).write_bytes(asset(STYLE))
    (tmp_path / "measure.html").write_text(MEASURE.replace("NAMES", json.dumps(names)), encoding="utf-8")
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})

    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: handler(*given, directory=str(tmp_path))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/measure.html"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--dump-dom"]
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        found = subprocess.run(
            [str(browser), *flags, profile, url], capture_output=True, text=True, timeout=120, check=False
        )
        server.shutdown()

    told = json.loads(re.findall("TOLD(.*)END", found.stdout)[0])
    assert told == {name: [True, "none", "block", "25.6px"] for name in names}
