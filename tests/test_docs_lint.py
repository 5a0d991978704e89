"""`docs lint`: the real defects of the pages behind the rules are found, official usage is not, and the command answers."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from oppi18n.cli import run
from oppi18n.docs.crowd import ENOUGH, lint_all, processes_for
from oppi18n.docs.folders import PageFile, page_files, read_page
from oppi18n.docs.linting import Located, background_of, groups, is_english, lint, page_of
from oppi18n.docs.originals import Original, hash_of
from oppi18n.docs.scanner import scan

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[1]


class Defect(NamedTuple):
    """What is wrong at a place of a page, by which check it is found, and why it is wrong."""

    locale: str
    unit: str
    check: str
    quote: str
    why: str


CLOSED = "a record is closed in another word; this one is for windows, or for deadlines"
BARE = "bare möjlighet is a possibility; the record is an affärsmöjlighet"
LOST = "hilang is what happens to an umbrella; a deal is kalah"
PROFORMA = "the word for a quote stands for a proforma invoice, on a page about quotes"
DEAL = "the scenario goes from the deal to the invoice, and the deal is left out"

# fmt: off
DEFECTS = (
    Defect("ja-JP", "description", "term-missing", "", "the page is about project opportunities: プロジェクト is left out"),
    Defect("ja-JP", "104", "name-altered", "Project Operations", "the product's name is written in katakana"),
    Defect("ja-JP", "104", "name-altered", "Lite", "the deployment's name became 小規模, small"),
    Defect("ja-JP", "104", "term-missing", "deal", DEAL),
    Defect("ja-JP", "104", "term-added", "見積", PROFORMA),
    Defect("ja-JP", "104", "mark-spacing", " ", "a blank before a colon"),
    Defect("ja-JP", "106", "label-differs", "クローズ営業案件", "the dialog is called 営業案件のクローズ; here, the words stand in English order"),
    Defect("ja-JP", "107", "forbidden-term", "閉じる", CLOSED),
    Defect("ja-JP", "108", "forbidden-term", "閉じる", CLOSED),
    Defect("ja-JP", "109", "forbidden-term", "閉じる", CLOSED),
    Defect("ja-JP", "107", "term-variants", "閉じる", "closing is クローズ in one sentence and 閉じる in the next"),
    Defect("ko-KR", "description", "term-missing", "", "the page is about closing; the description says it is about opportunities"),
    Defect("ko-KR", "104", "mark-spacing", " ", "a blank before a colon"),
    Defect("ko-KR", "104", "forbidden-term", "비 재고", "the prefix 비- is not set apart"),
    Defect("ko-KR", "104", "term-missing", "deal", DEAL),
    Defect("ko-KR", "104", "term-added", "견적", PROFORMA),
    Defect("ko-KR", "105", "forbidden-term", "마감", CLOSED),
    Defect("ko-KR", "107", "forbidden-term", "닫을", CLOSED),
    Defect("ko-KR", "109", "forbidden-term", "닫을", CLOSED),
    Defect("ko-KR", "105", "term-variants", "마감", "closing has three words on one page: 종료, 마감, 닫다"),
    Defect("ms-MY", "104", "forbidden-term", "Gunakan Pada", "“use on”: the reader is told to do something, not what the page applies to"),
    Defect("ms-MY", "104", "forbidden-term", "urusan untuk", "“a deal for invoicing”: the scenario goes from the deal to the invoice"),
    Defect("ms-MY", "104", "name-altered", "Lite", "the deployment's name became Ringan, light"),
    Defect("ms-MY", "105", "forbidden-term", "Hilang", LOST),
    Defect("ms-MY", "106", "forbidden-term", "kehilangan", LOST),
    Defect("ms-MY", "108", "forbidden-term", "dikaitkan kepada", "the verb takes dengan, as in the sentence before"),
    Defect("ms-MY", "110", "forbidden-term", "hilang", LOST),
    Defect("sv-SE", "title", "term-variants", "", "the title has affärsmöjlighet, the text möjlighet"),
    Defect("sv-SE", "104", "name-altered", "lite", "the deployment's name became an everyday word: a little distribution"),
    Defect("sv-SE", "104", "forbidden-term", "handlar", "“is about”: a noun became a verb, and the sentence falls apart"),
    Defect("sv-SE", "105", "case-pattern", "vunna eller Förlorade", "two coordinated labels, one in small letters and one not"),
    Defect("sv-SE", "106", "label-differs", "Stäng möjlighet", "the dialog is called Stäng affärsmöjlighet"),
    Defect("sv-SE", "106", "forbidden-term", "möjlighet", BARE),
    Defect("sv-SE", "106", "forbidden-term", "vinsten", "vinst is profit"),
    Defect("sv-SE", "106", "forbidden-term", "förlusten", "förlust is loss of money"),
    Defect("sv-SE", "106", "forbidden-term", "möjligheten", BARE),
    Defect("sv-SE", "107", "forbidden-term", "möjligheten", BARE),
    Defect("sv-SE", "108", "forbidden-term", "möjlighet", BARE),
    Defect("sv-SE", "109", "forbidden-term", "möjlighet", "“get an opportunity to close the opportunity”: the same word for two things"),
    Defect("sv-SE", "109", "forbidden-term", "möjligheten", BARE),
    Defect("sv-SE", "110", "forbidden-term", "möjligheter", BARE),
    Defect("sv-SE", "110", "forbidden-term", "möjligheter", "the same in the words of the link"),
    Defect("zh-HK", "104", "name-altered", "Lite", "the deployment's name became 精簡, concise"),
    Defect("zh-HK", "105", "forbidden-term", "[成交]", "brackets that the source doesn't have, with English spacing"),
    Defect("zh-HK", "105", "forbidden-term", "[未成交]", "the same"),
)
# fmt: on

OFFICIAL = {
    "zh-HK": ("資訊", "發票", "對話方塊", "專案", "使用中", "狀態原因"),
    "ja-JP": ("ステータス", "下書き"),
    "ko-KR": ("상태 설명", "초안 견적", "대화 상자"),
    "ms-MY": ("sebab status", "Kotak dialog", "sebut harga aktif dan draf"),
    "sv-SE": ("utkast till offerter", "Projektmöjligheter", "statusorsak"),
}
"""What is normal on published pages, however it looks to a reader from elsewhere."""


def located(folder: Path) -> list[Located]:
    english = folder / "close-opportunity.en-US.md"
    original = Original(str(english), english.read_bytes(), hash_of(english.read_bytes()))
    pages = (read_page(file) for file in page_files([str(folder)]))
    return list(lint([(page, original) for page in pages if page.is_bilingual], background_of([])).findings)


@pytest.fixture(scope="module")
def findings(seeds: Path) -> list[Located]:
    return located(seeds)


def is_about(each: Located, defect: Defect) -> bool:
    finding = each.finding
    said = (finding.quote, *map(str, finding.params.values()))
    return (finding.unit.locale, finding.unit.id, finding.check) == defect[:3] and defect.quote in said


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: f"{each.locale}-{each.unit}-{each.check}-{each.quote}")
def test_a_real_defect_is_found(defect, findings):
    """Each is found at its place, as often as it stands there."""
    alike = [each for each in DEFECTS if each[:4] == defect[:4]]
    wanted = defect if defect.quote else defect._replace(quote="")
    found = [
        each
        for each in findings
        if is_about(each, wanted) or (not defect.quote and each.finding.unit.id == defect.unit)
    ]

    assert len([each for each in found if each.finding.check == defect.check]) >= len(alike)


def test_the_reference_lists_every_defect(checkout, pytestconfig):
    """The table in the docs is this one; --update-golden rewrites it."""
    path = checkout / "docs" / "reference" / "defects.md"
    text = "\n".join((*ABOUT, *(f"| {row} |" for row in map(" | ".join, rows())), ""))
    if pytestconfig.getoption("--update-golden"):
        path.write_bytes(text.encode())

    assert path.read_text(encoding="utf-8") == text


ABOUT = (
    "# What is wrong in the pages behind the rules",
    "",
    "The help page that the rules were made from exists in five languages. `oppi18n docs lint` finds these defects in",
    "them; each was found by reading first, and is held true for the reason beside it. What is official usage, however it",
    "looks elsewhere, is not among them: 資訊, 發票, 對話方塊 and 專案 in Hong Kong, ステータス alone in Japanese, 상태 설명 in",
    "Korean.",
    "",
    "| locale | text | what stands there | check | why it is wrong |",
    "|---|---|---|---|---|",
)


def rows() -> Iterator[tuple[str, ...]]:
    """The defects by locale and place, as they are told to a reader."""
    for each in sorted(DEFECTS, key=lambda each: (each.locale, not each.unit.isalpha(), each.unit)):
        quote = f"`{each.quote}`" if each.quote.strip() else ""
        yield each.locale, each.unit, quote, f"[{each.check}](checks/{each.check}.md)", each.why


def test_nothing_else_is_told_of_terms_and_meaning(findings):
    """What the checks of terms, meaning and coherence warn of is exactly what was drawn up by hand."""
    ours = {
        "forbidden-term",
        "term-missing",
        "term-added",
        "name-altered",
        "label-differs",
        "negation",
        "polarity",
        "register",
    }
    told = [each for each in findings if each.finding.check in ours]

    assert len(told) == sum(defect.check in ours for defect in DEFECTS)


@pytest.mark.parametrize(("locale", "usage"), [(tag, word) for tag, words in OFFICIAL.items() for word in words])
def test_official_usage_is_not_flagged(locale, usage, findings, seeds):
    """The words stand on the pages, and no finding quotes them."""
    page = (seeds / f"close-opportunity.{locale}.md").read_text(encoding="utf-8")

    assert usage in page
    assert [each for each in findings if each.finding.unit.locale == locale and each.finding.quote == usage] == []


def test_nearly_all_of_the_pages_is_left_alone(findings):
    """No finding is an error: published pages are not broken, they could be better."""
    assert {each.finding.severity for each in findings} <= {"warning", "info"}


# ---- places and groups ----

SENTENCE = "You can't close the quote."
ENGLISH = f"---\ntitle: Close a quote\ndescription: About quotes.\n---\n# Close a quote\n\n{SENTENCE}\n"


def pair(number: int, target: str, source: str) -> str:
    mark = f"1a2b3-{number}"
    lookup = f'<span class="sxs-lookup"><span data-stu-id="{mark}">{source}</span></span>'
    return f'<span data-ttu-id="{mark}">{target}</span>{lookup}'


def swedish(title: str = "Stänga en offert", text: str = "Du kan inte stänga offerten.", tag: str = "sv-SE") -> str:
    head = f"---\ntitle: '{title}'\nms.openlocfilehash: {hash_of(ENGLISH.encode())}\nms.contentlocale: {tag}\n---\n"
    heading, sentence = pair(103, "Stänga en offert", "Close a quote"), pair(104, text, SENTENCE)
    return f"{head}# {heading}\n\n{sentence}\n"


WRONG = swedish(title="Öppna ett bud", text="Du kan stänga anbudet.")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["b/ko-KR/x.md", "b/ja-JP/x.md", "b/x.md"], [("b/ja-JP/x.md", "b/ko-KR/x.md", "b/x.md")]),
        (["x.ko-KR.md", "y.ko-KR.md", "x.en-US.md"], [("x.en-US.md", "x.ko-KR.md"), ("y.ko-KR.md",)]),
        (["ko/x.md"], [("ko/x.md",)]),
    ],
)
def test_languages_of_a_page_are_one_group(files, expected):
    """Folders and parts of names that name a locale do not count."""
    found = [tuple(each.path for each in group) for group in groups(PageFile(path, path) for path in files)]

    assert found == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("x.en-US.md", ENGLISH, True),
        ("x.md", ENGLISH, True),
        ("x.sv-SE.md", ENGLISH, False),
        ("x.md", swedish(), False),
    ],
)
def test_an_english_page_is_one_without_pairs(path, text, expected):
    """A plain page of another language is none."""
    assert is_english(scan(text.encode(), path)) is expected
    assert page_of(path) == "x.md"


def test_a_finding_stands_where_its_words_stand():
    """Line and column are those of the page, in the front matter too; values in quotation marks included."""
    page = scan(WRONG.encode(), "sv.md")
    original = Original("en.md", ENGLISH.encode(), hash_of(ENGLISH.encode()))
    found = lint([(page, original)], background_of([])).findings
    lines = WRONG.split("\n")

    assert {each.span.line for each in found if each.finding.check == "term-missing"} == {2, 8}
    for each in found:
        if each.finding.quote:
            line = lines[each.span.line - 1]
            assert line[each.span.column - 1 : each.span.end_column - 1] == each.finding.quote


def test_a_sentence_behind_its_english_page_is_told():
    """The page names another English file, and one of its sentences reads otherwise there."""
    newer = ENGLISH.replace("You can't close the quote.", "You can't close an active quote.").encode()
    found = lint([(scan(swedish().encode(), "sv.md"), Original("en.md", newer, hash_of(newer)))], background_of([]))

    behind = [each.finding for each in found.findings if each.finding.check == "source-changed"]
    assert [(each.unit.id, each.params["source"]) for each in behind] == [("104", "You can't close an active quote.")]


def test_several_processes_find_the_same_in_the_same_order():
    """More pages than are worth one process: findings come back in the order of the pages."""
    groups = [[(scan(text.encode(), f"{number}.md"), None)] for number, text in enumerate([WRONG, swedish()] * 10)]
    background = background_of([])
    alone, shared = (list(lint_all(groups, background, processes=count)) for count in (1, 2))

    assert [found for _, found in shared] == [found for _, found in alone]
    assert [group for group, _ in shared] == groups
    assert sum(len(found.findings) for _, found in shared) == 20
    assert (processes_for(1), processes_for(ENOUGH) >= 1) == (1, True)


# ---- the command ----

Lint = Callable[..., tuple[int, str, str]]


@pytest.fixture
def docs_lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """Status, output and words of `oppi18n docs lint …`, in a folder with an English page and two translations."""
    for name, text in {"p/en-US/x.md": ENGLISH, "p/sv-SE/x.md": WRONG, "good.md": swedish(), "bad.md": WRONG}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)

    def answered(*arguments: str) -> tuple[int, str, str]:
        status = run(("docs", "lint", *arguments))
        out, err = capsys.readouterr()
        return status, out, err

    return answered


def findings_of(out: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(out)["findings"]
    return found


def test_a_sound_page_is_said_to_be_sound(docs_lint):
    """Status 0, nothing on the standard output."""
    assert docs_lint("good.md") == (0, "", "1 page is sound.\n")


def test_findings_are_told_with_their_place(docs_lint):
    """Path, line, column, severity, check, sentence, the line itself; status 1."""
    status, out, err = docs_lint("bad.md")

    assert (status, err.splitlines()[-1]) == (1, "2 findings.")
    assert out.splitlines()[0] == "bad.md:8:31: warning[negation] The source denies something, the translation doesn't."
    assert "term-missing" in out


def test_the_english_page_gives_titles_a_source(docs_lint):
    """It is found among the named pages, or below --source."""
    alone = findings_of(docs_lint("bad.md", "--format", "json")[1])
    beside = findings_of(docs_lint("p", "--format", "json")[1])
    elsewhere = findings_of(docs_lint("p/sv-SE/x.md", "--source", "p/en-US", "--format", "json")[1])

    assert {each["unit"] for each in alone} == {"104"}
    assert {each["unit"] for each in beside} == {each["unit"] for each in elsewhere} == {"title", "103", "104"}


def test_the_machine_gets_counts_and_places(docs_lint):
    """Counts of pages and texts; a finding has its unit, both texts and what would be better."""
    status, out, _ = docs_lint("p", "--format", "json", "--severity", "info")
    answer = json.loads(out)

    schema = json.loads((ROOT / "docs/schemas/envelope/lint.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)
    assert (status, answer["kind"], answer["pages"], answer["units"]) == (1, "lint", 2, 3)
    assert answer["findings"][0]["path"] == "p/sv-SE/x.md"
    assert {"unit", "source", "target", "suggestion", "end_column"} <= answer["findings"][0].keys()


@pytest.mark.parametrize(
    ("format_", "start"), [("github", "::warning file=bad.md"), ("sarif", "{"), ("junit", "<?xml")]
)
def test_other_formats_are_those_of_catalogs(format_, start, docs_lint):
    """Code hosts and build servers read the same findings."""
    status, out, _ = docs_lint("bad.md", "--format", format_)

    assert status == 1
    assert out.startswith(start)


def test_only_what_is_bad_enough_is_told(docs_lint):
    """With --severity error, warnings are neither told nor counted."""
    assert docs_lint("bad.md", "--severity", "error")[0] == 0


def test_accepted_findings_are_left_out(docs_lint, tmp_path):
    """Each with a reason; one that excuses nothing is told, at its place."""
    accepted = """\
    exceptions:
      - {check: negation, message: You can't close the quote., reason: It is said elsewhere.}
      - {check: term-missing, locales: [sv], message: You can't close the quote., reason: A bid is meant.}
      - {check: register, message: Nothing, reason: Idle.}
    """
    (tmp_path / "e.yaml").write_text(accepted, encoding="utf-8")
    status, out, _ = docs_lint("bad.md", "--exceptions", "e.yaml", "--format", "json")

    assert (status, json.loads(out)["excused"]) == (1, 2)
    assert [(each["check"], each["path"], each["line"]) for each in findings_of(out)] == [
        ("unused-exception", "e.yaml", 4)
    ]


@pytest.mark.parametrize(
    ("text", "status"), [("exceptions: [{check: no-such-check, message: a, reason: b}]", 3), (None, 2)]
)
def test_wrong_exceptions_are_refused(text, status, docs_lint, tmp_path):
    """A file that is wrong, or none at all, is no reason to accept anything."""
    if text is not None:
        (tmp_path / "e.yaml").write_text(text, encoding="utf-8")

    assert docs_lint("bad.md", "--exceptions", "e.yaml")[0] == status


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(docs_lint, tmp_path):
    """Status 2, and the findings of the other page."""
    (tmp_path / "none.md").mkdir()
    status, out, err = docs_lint("bad.md", "absent.md", "--format", "json")

    assert (status, err) == (2, "")
    assert json.loads(out)["errors"][0]["code"] == "not-found"
    assert len(findings_of(out)) == 2


def test_the_standard_input_is_a_page(docs_lint, monkeypatch):
    """`-` is read as a page."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode()), encoding="utf-8"))

    assert docs_lint("-")[0] == 1


def test_damaged_pages_are_linted_as_far_as_they_go(docs_lint, tmp_path):
    """No text at all, half a pair, bytes that are no text: no traceback."""
    half = WRONG[: WRONG.index("</span></span>")]
    for number, content in enumerate((b"", b"\xff\xfe\x00", half.encode(), WRONG.encode().replace(b"\xc3", b"\xff"))):
        (tmp_path / f"d{number}.md").write_bytes(content)

    assert docs_lint(*(f"d{number}.md" for number in range(4)), "--format", "json")[0] in (0, 1)


def test_words_are_said_in_the_reader_s_language(docs_lint):
    """Only the sentences change with --locale."""
    english = findings_of(docs_lint("bad.md", "--format", "json")[1])
    korean = findings_of(docs_lint("bad.md", "--format", "json", "--locale", "ko")[1])

    assert [{**each, "message": ""} for each in english] == [{**each, "message": ""} for each in korean]
