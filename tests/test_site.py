"""The help site: every topic in every language, with what the rules say."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from markupsafe import Markup

from oppi18n import packs
from oppi18n.cli import run, sitework
from oppi18n.docs.site.standing import speaker
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.topics import Topic, context_of, read, topics_of

pytest.importorskip("markdown_it", reason="markdown-it-py is absent here")

from oppi18n.docs.site import building, markup
from oppi18n.docs.site.building import Site, build

TOPIC = read("---\ntitle: Quotes\n---\n# Quotes\n\nClose [all](close-quotes.md#which).\n\n- One\n", "quotes.md")


@cache
def site() -> Site:
    """The site as it is shipped."""
    return build()


def page(name: str) -> str:
    """The text of a page."""
    return site().files[name].decode()


def made(body: str, *entries: Entry, locale: str = "ko") -> markup.Rendered:
    """A topic with these translations."""
    topic = read(body, "t.md")
    said = speaker("p", locale, Catalog(locale=locale, entries=entries))
    return markup.rendered(topic, locale, lambda text: said.shown(topic, text), lambda kind, name: Markup("<hr>"))


def entry(msgid: str, translation: str, *, flags: tuple[str, ...] = (), comments: tuple[str, ...] = ()) -> Entry:
    """A translation of the topic."""
    return Entry(context=context_of("p", "t"), msgid=msgid, translations=(translation,), flags=flags, comments=comments)


def html(done: markup.Rendered) -> str:
    """All of a topic."""
    return "".join(chunk.html for chunk in done.chunks)


# ---- blocks ----


def test_translated_block_stands_in_its_place():
    """The marks around it stay those of the English topic, and so does the anchor."""
    done = made("# Quotes\n\n- One\n", entry("Quotes", "견적"), entry("One", "하나"))

    assert html(done) == '<h1 id="quotes">견적</h1>\n<ul>\n<li>하나</li>\n</ul>\n'
    assert [chunk.states for chunk in done.chunks] == [("translated",), ("translated",)]


def test_block_without_a_translation_is_english_and_says_so():
    """Readers and screen readers know which language it is."""
    done = made("# Quotes\n\n- One\n")

    assert html(done) == (
        '<h1 id="quotes" lang="en" class="fallback">Quotes</h1>\n<ul>\n<li lang="en" class="fallback">One</li>\n</ul>\n'
    )


STATES = {
    "missing": (),
    "stale": (entry("Quotes", "견적", flags=("fuzzy",)),),
    "needs-review": (entry("Quotes", "견적", comments=("needs-review term",)),),
    "translated": (entry("Quotes", "견적"),),
}


@pytest.mark.parametrize("state", STATES)
def test_state_of_a_block(state: str):
    """What was translated from another text is never shown."""
    [chunk] = made("# Quotes\n", *STATES[state]).chunks

    assert chunk.states == (state,)
    assert ("견적" in chunk.html) == (state in ("translated", "needs-review"))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<b onclick=x>", "[x](javascript:alert(1))"])
def test_translation_brings_no_code_into_a_page(text: str):
    """Translators are trusted with words."""
    found = html(made("# Quotes\n", entry("Quotes", text)))

    assert "<script" not in found
    assert "<b" not in found
    assert "href" not in found


def test_note_is_a_note():
    """The mark of a note is no text."""
    found = html(made("> [!NOTE]\n> Close one.\n", entry("Close one.", "하나를 닫습니다.")))

    assert found == '<blockquote class="note">\n<p>하나를 닫습니다.</p>\n</blockquote>\n'


def test_headings_of_the_same_text_have_anchors_of_their_own():
    """Also in a language that translates both alike."""
    assert made("# Quotes\n\n## Quotes\n").anchors == ["quotes", "quotes-1"]


def test_links_lead_to_pages():
    """A topic links to the file of another topic, a page to its page."""
    done = made("Close [all](close-quotes.md#which).\n")

    assert 'href="close-quotes.html#which"' in html(done)
    assert done.links == [markup.Link("close-quotes", "which")]


# ---- the site ----


def test_every_topic_is_there_in_every_language():
    """Beside each page that is a translation lies the one with the English text."""
    topics = [topic.name for topic in topics_of(packs.shipped())]

    for locale in PRODUCT:
        names = {name for name in site().files if name.startswith(f"{locale}/")}
        beside = set() if locale == "en" else {f"{locale}/{topic}.beside.html" for topic in topics}
        assert names == {f"{locale}/{topic}.html" for topic in topics} | beside


def test_no_link_leads_nowhere():
    """Neither between topics nor between files."""
    assert site().problems == []
    for name, content in site().files.items():
        if not name.endswith(".html"):
            continue
        for target in re.findall(r'(?:href|src)="([^"#]+)', content.decode()):
            place = Path("/", name).parent.joinpath(target).resolve()
            assert place.relative_to("/").as_posix() in site().files, f"{name} → {target}"


@pytest.mark.parametrize("locale", PRODUCT)
def test_page_knows_its_language_and_the_others(locale: str):
    """`lang`, the same page elsewhere, and which one is for everybody else."""
    text = page(f"{locale}/why-blocked.html")

    assert f'<html lang="{locale}" dir="ltr">' in text
    assert re.findall(r'rel="alternate" hreflang="([^"]+)"', text) == [*PRODUCT, "x-default"]
    assert text.count('aria-current="true"') == 1


@pytest.mark.parametrize("topic", topics_of(packs.shipped()), ids=lambda topic: topic.name)
def test_anchors_are_the_same_in_every_language(topic: Topic):
    """A link that was sent by somebody works for everybody."""
    anchors = {locale: re.findall(r'<h[1-6] id="([^"]+)"', page(f"{locale}/{topic.name}.html")) for locale in PRODUCT}

    assert len(anchors["en"]) > 0
    assert all(each == anchors["en"] for each in anchors.values())


def test_rules_are_shown_with_their_messages_and_records():
    """The message is the one of the language; the record is what makes the rule say so."""
    text = page("ko/rules.html")

    assert 'id="close-opportunity.no-active-quotes"' in text
    assert "이 영업 기회에 활성 견적 2개(q1 및 q2)가 연결되어 있는 동안에는 영업 기회를 종료할 수 없습니다." in text
    assert "&#34;state&#34;: &#34;active&#34;" in text


def test_dialog_and_reasons_come_from_the_model():
    """Nothing of them is written in a topic."""
    assert "Faktisk intäkt" in page("sv/close-opportunity.html")
    assert "競合負け" in page("ja/status-reasons.html")


def test_pages_run_nothing_and_style_nothing_inside():
    """The strictest policy holds for all of them."""
    for name, content in site().files.items():
        if name.endswith(".html"):
            text = content.decode()
            assert "default-src 'none'" in text
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=", text), name


def test_site_is_the_same_every_time():
    """Byte for byte."""
    assert build(only=["ms"]).files == build(only=["ms"]).files


def test_site_knows_where_it_will_lie():
    """With an address, pages say it, and there is a list of all of them for search engines."""
    found = build(url="https://example.com/help/", only=["en", "sv"])
    text = found.files["sv/rules.html"].decode()

    assert '<link rel="canonical" href="https://example.com/help/sv/rules.html">' in text
    assert b"<loc>https://example.com/help/sv/rules.html</loc>" in found.files["sitemap.xml"]


def test_link_that_leads_nowhere_is_named(monkeypatch: pytest.MonkeyPatch):
    """With the place in the topic."""
    topics = topics_of(packs.shipped())
    wrong = read("---\ntitle: A\ndescription: B\n---\n# A\n\nSee [it](nowhere.md#x).\n", "wrong.md")
    monkeypatch.setattr(building, "topics_of", lambda pack: (*topics, wrong))

    assert [str(each) for each in build(only=["en"]).problems] == [
        "help/wrong.md:7:10: error[topic-link-broken] no topic or heading is called 'nowhere.md#x'"
    ]


# ---- the command ----


def test_site_is_written_and_then_is_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """A second run has nothing to do, and a check finds nothing."""
    monkeypatch.setattr(sitework, "_built", lambda url: site())
    folder = str(tmp_path / "site")

    assert run(["docs", "build", "--output", folder]) == 0
    assert run(["docs", "build", "--output", folder, "--check"]) == 0
    (tmp_path / "site" / "ko" / "rules.html").write_text("old")
    (tmp_path / "site" / "sv" / "gone.html").write_text("")
    capsys.readouterr()
    assert run(["docs", "build", "--output", folder, "--check", "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    schema = Path(__file__).parent.parent / "docs" / "schemas" / "envelope" / "site.schema.json"
    jsonschema.validate(answer, json.loads(schema.read_text()))
    assert (answer["changed"], answer["absent"], answer["foreign"]) == (["ko/rules.html"], [], ["sv/gone.html"])


def test_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """A file lies where a folder should be."""
    monkeypatch.setattr(sitework, "_built", lambda url: site())
    (tmp_path / "site").write_text("")

    assert run(["docs", "build", "--output", str(tmp_path / "site")]) == 2
    assert "site" in capsys.readouterr().err


def test_part_that_nothing_can_be_generated_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """It is named, and nothing is written."""
    wrong = read("---\ntitle: A\ndescription: B\n---\n\n::: rules no-such\n", "index.md")
    monkeypatch.setattr(building, "topics_of", lambda pack: (wrong,))

    assert run(["docs", "build", "--output", "/nonexistent/site"]) == 2
    assert "rules no-such" in capsys.readouterr().err


def test_page_of_a_topic_reads_as_people_see_it(golden: Callable[[str, str], None]):
    """One page as it is, in two languages side by side."""
    golden("site/ko-why-blocked.html", page("ko/why-blocked.beside.html"))
