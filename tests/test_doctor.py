"""The doctor: each known hole of Babel and gettext is found with its place, and no file can harm who looks at it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from babel.messages.plurals import PLURALS
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.cli import run
from oppi18n.errors import InputError
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.upkeep.doctor import Examined, catalogs_in, examine
from oppi18n.upkeep.doctor.entries import holes_in_entries
from oppi18n.upkeep.doctor.headers import holes_in_header

ROOT = Path(__file__).resolve().parents[1]
SOUND = {"sv": "nplurals=2; plural=(n != 1);", "ms": "nplurals=1; plural=0;", "ko": "nplurals=1; plural=0;"}


def head(locale: str, plural: str = "nplurals=2; plural=(n != 1);", charset: str = "UTF-8") -> str:
    return (
        f'msgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset={charset}\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n'
    )


def entry(msgid: str, msgstr: str, *above: str) -> str:
    return "".join(f"{line}\n" for line in ("", *above, f'msgid "{msgid}"', f'msgstr "{msgstr}"'))


def plural(one: str, many: str, *forms: str) -> str:
    lines = (f'msgstr[{number}] "{form}"' for number, form in enumerate(forms))
    return "".join(f"{line}\n" for line in ("", f'msgid "{one}"', f'msgid_plural "{many}"', *lines))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A gettext project in the folder where the command runs: locale → text of its catalog."""
    monkeypatch.chdir(tmp_path)

    def made(texts: dict[str, str | bytes]) -> Path:
        for name, text in texts.items():
            path = tmp_path / "locale" / name / "LC_MESSAGES" / "messages.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / "locale"

    return made


@pytest.fixture
def codes(project: Callable[..., Path]) -> Callable[..., list[tuple[str, int]]]:
    """Code and line of each finding in one catalog."""

    def found(text: str | bytes, locale: str = "sv") -> list[tuple[str, int]]:
        [path] = catalogs_in([str(project({locale: text}))])
        return [(each.code, each.span.line) for each in examine(path).diagnostics]

    return found


LINE = len(head("sv").splitlines()) + 2
"""Where the message of the first entry stands."""

HOLES = {
    "mistyped placeholder": (entry("{count} left", "{kount} kvar"), "hole-braces"),
    "placeholder of a plural": (plural("{n} day", "{n} days", "en dag", "{m} dagar"), "hole-braces"),
    "placeholder that is lost": (entry("{count} left", "kvar"), "hole-braces"),
    "attribute of a value": (entry("{user} left", "{user.__class__} gick"), "hole-braces"),
    "name that is no name": (entry("{}th", "{वा}"), "hole-braces"),
    "flagged, without any": (entry("left", "{kvar}", "#, python-brace-format"), "hole-braces"),
    "lone percent sign": (entry("All of it", "100 % av det"), "hole-percent"),
    "percent sign among others": (entry("%(n)s of it", "%(n)s % av det", "#, python-format"), "hole-percent"),
    "conversion out of nothing": (entry("half of it", "50%discount"), "hole-percent"),
    "says the opposite": (
        entry("You can't close it.", "Du kan stänga.", "#, fuzzy", '#| msgid "You can close it."'),
        "hole-polarity",
    ),
    "unterminated": ('\nmsgid "a\nmsgstr "b"\n', "catalog-unterminated"),
    "twice": (entry("b", "c") + '\nmsgid "b"\nmsgstr "d"\n', "catalog-duplicate"),
    "conflict": ('\n<<<<<<< ours\nmsgid "a"\nmsgstr "b"\n', "catalog-conflict"),
    "control character": (entry("a", "b\x1b[2Jc"), "catalog-character"),
}


@pytest.mark.parametrize(("text", "code"), HOLES.values(), ids=HOLES)
def test_each_hole_of_an_entry_is_found(codes, text, code):
    """One entry, one finding, at the line of the message or of what is wrong."""
    found = codes(head("sv") + text)

    assert code in [name for name, _ in found]
    assert all(line >= LINE - 1 for name, line in found if name == code)


SOUND_ENTRIES = [
    entry("{count} left", "noch {count}"),
    entry("{count} left", ""),
    plural("{n} day of {m}", "{n} days of {m}", "en dag av {m}", "{n} dagar av {m}"),
    entry("{{braces}} {a}", "{a} {{klamrar}}"),
    entry("{n, plural, one {# day} other {# days}}", "{n, plural, one {# dag} other {# dagar}}"),
    entry("body {color: red}", "body {color: red}"),
    entry("%(n)s%% of %s", "%s av %(n)s%%", "#, python-format"),
    entry("Select %s", "%sን ምረጥ", "#, python-format"),
    entry("100%", "100 %", "#, no-python-format"),
    entry("100 %d", "100 %1$d", "#, c-format"),
    entry("Close the quote.", "x", "#, fuzzy", '#| msgid "Close this quote."'),
    entry("a", "b", "#, fuzzy"),
    '\n#~ msgid "never translated"\n#~ msgstr ""\n',
]


@pytest.mark.parametrize("text", SOUND_ENTRIES)
def test_sound_entries_are_left_in_peace(codes, text):
    """What other projects do on purpose is no hole."""
    assert codes(head("sv") + text) == []


def test_translations_that_would_be_lost_are_counted(project, capsys):
    """Once for each file, at the first of them."""
    project({"sv": head("sv") + '\n#~ msgid "a"\n#~ msgstr "b"\n\n#~ msgid "c"\n#~ msgstr "d"\n'})

    assert run(("doctor", "locale")) == 1
    out = capsys.readouterr().out
    assert f"messages.po:{LINE}:1: warning[hole-obsolete]" in out
    assert "2 of them are kept here" in out


# Headers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "rule", "is_right"),
    [
        ("ms", "nplurals=2; plural=(n != 1);", False),
        ("ms", "nplurals=1; plural=0;", True),
        ("sv", "nplurals=2; plural=n != 1;", True),
        ("sv", "nplurals=2;plural=(n!=1)", True),
        ("sv", "nplurals=2; plural=(n > 1);", False),
        ("fr", "nplurals=2; plural=(n > 1);", True),
        ("zh_TW", "nplurals=1; plural=0;", True),
        # The forms that CLDR has for fractions are no use in a catalog, and most have none.
        (
            "ru",
            "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
            True,
        ),
        ("ru", "nplurals=2; plural=(n != 1);", False),
        # A rule that is in nobody's table is not calculated, so it has the benefit of the doubt.
        ("pl", "nplurals=3; plural=(n==1 ? 0 : (n%10>=2 && n%10<=4) && (n%100<10 || n%100>=21) ? 1 : 2);", True),
        ("sv", "nplurals=2; plural=__import__('os').abort();", False),
        ("sv", "nplurals=99999999; plural=0;", False),
        ("sv", "nplurals=2; plural=" + "(" * 900 + "n", True),
        ("sv", "nplurals=2; plural=n" + " " * 100_000 + "!= 1;", False),
        ("sv", "plural=n", False),
    ],
)
def test_plural_rule_is_compared_with_that_of_cldr(locale, rule, is_right):
    """By looking it up: a rule from a file is never calculated."""
    found = list(holes_in_header([(f"Plural-Forms: {rule}\n", 3)], "x.po", locale.replace("_", "-"), has_plurals=True))

    assert [(each.code, each.span.line) for each in found] == ([] if is_right else [("catalog-plural-rule", 3)])


def test_rules_that_we_write_are_right():
    """In every language of Babel's table, what CLDR makes of it passes."""
    for locale in PLURALS:
        forms = plural_forms(locale.replace("_", "-"))
        if forms is not None:
            pieces = [("Plural-", 1), (f"Forms: {forms[1]}\\n"[:-2] + "\n", 2)]
            assert not list(holes_in_header(pieces, "x.po", locale.replace("_", "-"), has_plurals=True)), locale


def test_header_without_a_rule_is_told_where_it_matters():
    """Without one, gettext takes the forms of English."""
    assert [each.code for each in holes_in_header([], "x.po", "ko", has_plurals=True)] == ["catalog-header-field"]
    assert list(holes_in_header([], "x.po", "sv", has_plurals=True)) == []
    assert list(holes_in_header([], "x.po", "ko", has_plurals=False)) == []
    assert list(holes_in_header([("Plural-Forms: x\n", 1)], "x.po", None, has_plurals=True)) == []


@pytest.mark.parametrize(
    ("place", "language", "is_right"),
    [
        ("sv", "ko", False),
        ("sv", "sv_FI", True),
        ("zh_TW", "zh_Hant", True),
        ("zh_TW", "zh_CN", False),
        ("sv", "", True),
    ],
)
def test_language_of_the_header_is_that_of_the_place(codes, place, language, is_right):
    """Nothing else compares them."""
    forms = plural_forms(place.replace("_", "-"))
    assert forms is not None
    text = head(language, forms[1])

    assert ("catalog-language" in [code for code, _ in codes(text, place)]) != is_right


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (head("sv", charset="utf-7").encode(), "catalog-charset"),
        (head("sv", charset="nonsense").encode(), "catalog-charset"),
        (head("sv", charset="base64").encode(), "catalog-charset"),
        (head("sv", charset="shift_jis").encode() + b"# \xff\xff\n", "catalog-charset"),
        (head("sv").encode() + b"# \xff\n", "catalog-encoding"),
        (head("sv").encode() + entry("a", "\0").encode(), "catalog-character"),
        (head("sv").encode("utf-16"), "catalog-encoding"),
        (head("sv", charset="ISO-8859-1").encode() + entry("a", "å").encode("latin-1"), None),
        (head("sv", charset="CHARSET").encode(), None),
    ],
)
def test_charset_hides_nothing(codes, content, expected):
    """A charset in which text looks like other text is told; an old one that means what it says is read."""
    assert [code for code, _ in codes(content)] == ([expected] if expected else [])


# Folders ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        (["zh_HK"], {"zh_HK": "zh_Hant_HK"}),
        (["zh_Hant_HK"], {"zh_Hant_HK": "zh_HK"}),
        (["zh_HK", "zh_Hant_HK"], {}),
        (["zh_CN"], {}),
        (["zh-HK"], {"zh-HK": "zh_HK"}),
        (["pt-br"], {"pt-br": "pt_BR"}),
        (["zh"], {"zh": "zh_HK, zh_TW, zh_Hant"}),
        (["zh", "zh_TW", "zh_HK", "zh_Hant", "zh_Hant_TW", "zh_Hant_HK"], {}),
        (["sr_Latn"], {}),
        (["sv", "ms", "ko", "not-a-locale"], {}),
    ],
)
def test_names_of_folders_are_those_that_readers_ask_for(project, folders, told):
    """A catalog of Hong Kong is not found as Traditional Chinese, and Simplified Chinese is found by everybody."""
    root = project({name: head(name.replace("-", "_"), SOUND.get(name, "nplurals=1; plural=0;")) for name in folders})

    found = {}
    for path in catalogs_in([str(root)]):
        for each in examine(path).diagnostics:
            if each.code in ("hole-folder", "hole-script"):
                found[Path(path).parts[-3]] = each.params["names"]
    assert found == told


def test_compiled_catalog_with_errors_is_told(project):
    """The compiler exits with 1, and has written it all the same."""
    root = project({"sv": head("sv") + '\nmsgid "a\nmsgstr "b"\n'})
    [path] = catalogs_in([str(root)])
    assert "hole-compiled" not in [each.code for each in examine(path).diagnostics]
    Path(path).with_suffix(".mo").write_bytes(b"")

    assert "hole-compiled" in [each.code for each in examine(path).diagnostics]


# The command --------------------------------------------------------------------------------------------------------


def test_doctor_says_place_culprit_and_hint(project, capsys, golden):
    """As a compiler would; errors come to 3, warnings to 1, nothing to 0."""
    project({"sv": head("sv") + entry("{count} left", "{kount} kvar"), "zh_HK": head("zh_HK", "nplurals=1; plural=0;")})

    assert run(("doctor", "locale")) == 3
    out, err = capsys.readouterr()
    golden("doctor/findings.txt", out)
    assert err == "2 findings.\n"
    assert run(("doctor", "locale/zh_HK")) == 1
    project({"sv": head("sv")})
    assert (run(("doctor", "locale/sv")), capsys.readouterr().err.splitlines()[-1]) == (0, "1 file is clean.")


def test_unreadable_file_does_not_hide_the_others(project, capsys):
    """It is told, and the others are examined; a folder without catalogs is an error."""
    project({"ms": head("ms")})
    Path("locale/x.po").mkdir()
    Path("empty").mkdir()

    assert run(("doctor", "no/such.po", "locale")) == 3
    out, err = capsys.readouterr()
    assert ("catalog-plural-rule" in out, "there is no file no/such.po" in err) == (True, True)
    assert run(("doctor", "empty")) == 2
    assert "there are no catalogs" in capsys.readouterr().err


def test_machine_answer_keeps_to_its_schema(project, capsys):
    """In every language the same but for message and suggestion."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "schemas" / "envelope" / "doctor.schema.json").read_text(encoding="utf-8"))
    project({"ms": head("ms") + entry("{a}", "{b}") + entry("x", "100 %"), "zh_HK": head("zh_HK") + 'msgid "a'})
    answers = []
    for locale in PRODUCT:
        assert run(("doctor", "locale", "no.po", "--format", "json", "--locale", locale)) == 3
        found = json.loads(capsys.readouterr().out)
        jsonschema.Draft202012Validator(schema).validate(found)
        assert set(found) == set(schema["properties"])
        assert found.pop("locale") == locale
        for each in (*found["findings"], *found["errors"]):
            assert each.pop("message")
            each.pop("suggestion", None)
        answers.append(found)

    assert len(answers[0]["findings"]) > 4
    assert all(each == answers[0] for each in answers)


def test_our_own_catalogs_have_no_errors(checkout):
    """What the doctor tells others, it finds nowhere here."""
    for path in catalogs_in([str(checkout / "locales")]):
        assert not [str(each) for each in examine(path).diagnostics if each.severity == "error"]


def test_projects_of_others_are_not_cried_over(require):
    """Over a thousand catalogs of Django, one in a hundred texts is not suspicious; where that is installed."""
    django = find_spec("django")
    require("django", django)
    assert django is not None
    root = Path(str(django.origin)).parent / "conf" / "locale"
    found = [each for path in catalogs_in([str(root)]) for each in examine(path).diagnostics]

    assert len([each for each in found if each.code != "catalog-plural-rule"]) < 5


# Hostile files ------------------------------------------------------------------------------------------------------

MILLION = 1_000_000
HOSTILE = {
    "control characters": head("sv").encode() + b"\x01" * MILLION,
    "conflicts": b"<<<<<<< a\n" * 100_000,
    "stray texts": b'"x"\n' * 200_000,
    "unterminated lines": b'"\n' * 200_000,
    "zeros after a percent sign": (head("sv") + entry("%d", "%" + "0" * MILLION)).encode(),
    "percent signs": (head("sv") + entry("%d", "%" * MILLION)).encode(),
    "braces": (head("sv") + entry("{a}", "{" * MILLION)).encode(),
    "one long name": (head("sv") + entry("{" + "a" * MILLION + "}", "{" + "b" * MILLION + "}")).encode(),
    "many names": (head("sv") + entry("".join(f"{{a{n}}}" for n in range(50_000)), "{a}")).encode(),
    "attributes": (head("sv") + entry("{a}", "{a" + ".b" * 300_000)).encode(),
    "commas": (head("sv") + entry("{a}" + ", " * 300_000, "{b}")).encode(),
    "letters without an end": (
        head("sv") + entry("a" * MILLION, "b", "#, fuzzy", f'#| msgid "{"a" * MILLION}\'"')
    ).encode(),
    "header in pieces": ('msgid ""\nmsgstr ""\n' + '"a"\n' * 200_000).encode(),
    "header in one": ('msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=n' + " " * MILLION + '\\n"\n').encode(),
    "plural forms": (head("sv") + '\nmsgid "a"\nmsgid_plural "b"\n' + 'msgstr[1] "c"\n' * 100_000).encode(),
    "nothing": b"",
    "zeros": b"\0" * MILLION,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_looked_through_soon(tmp_path, content):
    """No file holds up the examination of the others."""
    path = tmp_path / "sv.po"
    path.write_bytes(content)
    begun = time.monotonic()

    found = examine(str(path))

    assert isinstance(found, Examined)
    assert len(found.diagnostics) <= 1001
    assert time.monotonic() - begun < 20


@settings(max_examples=60)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.sampled_from([head("sv"), head("ms"), ""]))
def test_any_bytes_are_examined(tmp_path_factory, tail, start):
    """Whatever a file holds, the answer is a list of findings."""
    path = tmp_path_factory.getbasetemp() / "x.po"
    path.write_bytes(start.encode() + tail)
    with suppress(InputError):
        for each in examine(str(path)).diagnostics:
            assert str(each)
            assert each.hint is None or str(each.hint)
            assert each.span.line >= 1


def test_nothing_of_a_project_is_run(project, monkeypatch, capsys):
    """Neither rules in headers nor modules beside the catalogs, whatever they are called."""
    trap = Path("caught")
    code = f"open({str(trap)!r}, 'w').close()\n"
    text = head("sv", "nplurals=2; plural=__import__('os').system('touch caught');") + entry("a", "{a.__class__}")
    root = project({"sv": text})
    for name in ("babel.py", "setup.py", "conftest.py", "sitecustomize.py", "gettext.py", "locale/__init__.py"):
        Path(name).write_text(code, encoding="utf-8")
    Path("babel.cfg").write_text("[extractors]\nx = babel:run\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(root.parent))

    assert run(("doctor", ".")) == 3
    assert "catalog-plural-rule" in capsys.readouterr().out
    assert not trap.exists()


@contextmanager
def deep_folders(root: Path, depth: int) -> Iterator[None]:
    """More folders in one another than Python calls functions; whoever cleans up later may not get so deep."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir("d", dir_fd=descriptor)
            inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        os.close(descriptor)
        yield
    finally:
        subprocess.run(["rm", "-rf", root / "d"], check=True)


@pytest.mark.soak
@pytest.mark.skipif(os.name == "nt", reason="pipes, links and deep folders are made otherwise there")
def test_traps_in_folders_are_walked_around(project, capsys, soak):
    """A pipe is no catalog, a link may lead back, folders may lie deeper than calls."""
    root = project({"sv": head("sv")})
    os.mkfifo(root / "pipe.po")
    (root / "loop").symlink_to(root)
    (root / "dangling.po").symlink_to(root / "nothing")
    (root / ".git").mkdir()
    (root / ".git" / "x.po").write_text("<<<<<<< x\n", encoding="utf-8")
    (root / os.fsdecode(b"\xff.po")).write_bytes(head("sv").encode() + entry("a", "100 %").encode())
    with deep_folders(root, 1100 if soak else 40):
        status = run(("doctor", "locale", "--format", "json"))
    found = json.loads(capsys.readouterr().out)
    assert (status, found["files"], [each["check"] for each in found["findings"]]) == (1, 2, ["hole-percent"])
    assert "\ufffd.po" in found["findings"][0]["path"]


def test_text_from_a_file_forges_no_line(project, capsys):
    """Escape sequences and line ends in what is quoted stay visible signs."""
    project({"sv": head("sv") + entry("{a}", "{b\x1b[31m}")})

    run(("doctor", "locale", "--color", "never"))

    assert "\x1b" not in capsys.readouterr().out


def test_entries_alone_can_be_asked_about():
    """The checks are functions over entries, for other tools."""
    assert list(holes_in_entries([], "x.po")) == []
