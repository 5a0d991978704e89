"""Formatting changes how rule files look, never what they say: not a word, not a comment, and nothing twice."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import Diagnostics
from oppi18n.errors import InputError
from oppi18n.files import write_atomic
from oppi18n.layout.comments import comments
from oppi18n.layout.declared import Kind
from oppi18n.layout.writer import written
from oppi18n.proofs.formatting import format_files, format_text, kind_of
from oppi18n.proofs.linting import lint
from oppi18n.rules.layout import RULE_FILE
from oppi18n.source import Mapping, Node, Sequence, Source, load, same

TESTS = Path(__file__).parent
SHIPPED = sorted(Path(packs.shipped().rules).rglob("*.yaml"))
AUTHORED = sorted([*(TESTS / "packs").rglob("*.yaml"), *(TESTS / "bad").rglob("*.yaml")])


def formatted(text: str, kind: Kind | None = RULE_FILE) -> str:
    diagnostics = Diagnostics()
    after = format_text(text, diagnostics, path="x.yaml", kind=kind)
    assert [str(each) for each in diagnostics] == []
    assert after is not None
    return after


def parsed(text: str) -> tuple[Source, Node | None, Diagnostics]:
    diagnostics = Diagnostics()
    source = Source("x.yaml", text)
    return source, load(source, diagnostics), diagnostics


def told(text: str) -> list[str]:
    """The comments of a text, sorted."""
    source, tree, _ = parsed(text)
    assert tree is not None
    return sorted(each.text for each in comments(source.lines, tree))


def settled(node: Node) -> object:
    """What a tree says, whatever the order of the keys of a mapping."""
    if isinstance(node, Mapping):
        return sorted((key.text, settled(value)) for key, value in node.pairs)
    return [settled(item) for item in node.items] if isinstance(node, Sequence) else node.text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files_are_formatted(path):
    """What ships is what `rules fmt` would make of it."""
    (found,) = format_files([path])

    assert found.diagnostics == ()
    assert found.after.split("\n") == found.before.split("\n")


@pytest.mark.parametrize("path", AUTHORED, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_other_files_keep_what_they_say(path):
    """Right or wrong, a file says the same afterwards, and formatting it again changes nothing."""
    text = path.read_text("utf-8")
    _, tree, diagnostics = parsed(text)
    (found,) = format_files([path])
    if diagnostics:
        assert (found.changed, [*found.diagnostics]) != (False, [])
        return

    again = parsed(found.after)[1]
    assert tree is not None
    assert again is not None
    assert settled(again) == settled(tree)
    assert told(found.after) == told(text)
    assert formatted(found.after, kind_of(f"rules/{path.name}", found.after)) == found.after


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_linter_says_the_same_of_a_file_and_of_its_form(path, tmp_path):
    """A file that was squeezed and is formatted again is as clean as before."""
    text = path.read_text("utf-8").replace("\n\n", "\n").replace(": ", ":   ")
    copy = tmp_path / ("model" if path.parent.name == "model" else "") / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(text, encoding="utf-8")
    for found in format_files([tmp_path]):
        found.write()

    assert lint([copy]).diagnostics == ()
    assert [each.changed for each in format_files([tmp_path])] == [False]


# ---- what it looks like ----

BEFORE = """\
# A pack's own words.

rules:    # all of them
- message: 'Don''t say "no".'
  id:   'first'   # the first
  forbid: "q.x == 'y'"
  # about the end
# about the second
- {assert: "a, b", id: second, message: "{x}",
   params: {x: 'today', y: "[1]"}}


- id: third
  when: |2
      a &&
        b

  assert: >-
      folded
      text
  message:
    other: Several
      lines of it
    one: yes
settings:
  quoted: {default: "true", type: bool, doc: on}
  b: {default: 007, type: 'string'}
  c: 0x10
overlay: "close-opportunity"
# the end
"""
AFTER = """\
# A pack's own words.

overlay: close-opportunity

settings:
  quoted: {type: bool, default: "true", doc: "on"}
  b: {type: string, default: "007"}
  c: 0x10

rules:  # all of them
  - id: first  # the first
    forbid: q.x == 'y'
    message: 'Don''t say "no".'
    # about the end

  # about the second
  - {id: second, assert: "a, b", message: "{x}",
     params: {x: today, y: "[1]"}}

  - id: third
    when: |2
        a &&
          b

    assert: >-
      folded
      text
    message:
      one: "yes"
      other: "Several
        lines of it"
# the end
"""


def test_file_is_put_into_its_form():
    """Keys in order, two spaces, quotation marks where they are needed, a blank line between rules."""
    assert formatted(BEFORE) == AFTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 'it''s'\n", "a: it's\n"),
        ("a: '\"\\'\n", "a: '\"\\'\n"),
        ('a: "\\u00e9: x"\n', 'a: "\\u00e9: x"\n'),
        ("a: 'x # y'\n", 'a: "x # y"\n'),
        ("a: 'x: y'\n", 'a: "x: y"\n'),
        ("a: '2026-03-31'\n", 'a: "2026-03-31"\n'),
        ("a: 2026-03-31\n", "a: 2026-03-31\n"),
        ("a: 'null'\nb:\nc: ~\n", 'a: "null"\nb:\nc: ~\n'),
        ("a: ['x', 'y, z']\n", 'a: [x, "y, z"]\n'),
        ("a: No\n", 'a: "No"\n'),
        ("a: 12:30:45\n", 'a: "12:30:45"\n'),
        ("a: -1\nb: '-x'\nc: '- x'\n", 'a: -1\nb: -x\nc: "- x"\n'),
        ("on: x\n", '"on": x\n'),
        ("'a b': x\n", "a b: x\n"),
        ("? a\n: b\n", "a:\n  b\n"),
        ("a: !x\n".replace("!", ""), "a: x\n"),
        ("---\n# c\na: b\n...\n", "# c\na: b\n"),
        ("a: {b: 1,\n    c: 2}\n", "a: {b: 1,\n    c: 2}\n"),
        ("a: {\n  b: 1, # one\n      c: 2\n}\n", "a: {\n  b: 1,  # one\n  c: 2\n}\n"),
        ("a: [ # first\n  b,\n  # second\n  c, ] # last\n", "a: [\n  # first\n  b,\n  # second\n  c]  # last\n"),
        ("a:\n    [b,\n     c]\n", "a:\n  [b,\n   c]\n"),
        ("a: [b: c, {d: e}]\n", "a: [{b: c}, {d: e}]\n"),
        ("a:\n- - b\n  - c\n-\n  d: e\n", "a:\n  - - b\n    - c\n  - d: e\n"),
        ("a:\n- # c\n  b: d\n", "a:\n  # c\n  - b: d\n"),
        ("a: |+\n  x\n\n\nb: c\n", "a: |+\n  x\n\n\nb: c\n"),
        ("a: |-  # c\n    x\n     y\n", "a: |-  # c\n  x\n   y\n"),
        ("a: 'x\n\n  y'\n", "a: 'x\n\n  y'\n"),
        ('a: "x\\\n    y"\n', 'a: "x\\\n  y"\n'),
        ("a:\n  b: c\n  # tail of a\n# head of d\nd: e\n", "a:\n  b: c\n  # tail of a\n\n# head of d\nd: e\n"),
        ("a: b\n\n\n\n# c\n\n\nd: e\n", "a: b\n\n# c\n\nd: e\n"),
        ("\n\na: b", "a: b\n"),
        ("a: b\r\nc:   d\r\n", "a: b\r\nc: d\r\n"),
        ("[a,   b]\n# c\n", "[a, b]\n# c\n"),
        ("a\n", "a\n"),
    ],
)  # fmt: skip
def test_each_way_of_writing_has_its_form(before, after):
    """Quotation marks, brackets, blocks, comments, blank lines, line ends; what is in its form stays."""
    assert formatted(before, None) == after
    assert formatted(after, None) == after


# ---- files that nobody wrote ----

WORDS = ["id", "rules", "severity", "message", "one", "other", "when", "let", "settings", "overlay", "doc", "q", "x_y"]
TEXTS = [
    *("", "~", "null", "true", "yes", "no", "007", "12", "-3.50", "0x1F", "2026-03-31", "1_000", "12:30", "=", "a b"),
    *("a: b", "a #b", "#a", "it's", 'say "no"', "back\\slash", "[x]", "{y}", "a, b", "- a", "-a", "? a", "a:", "%x"),
    *("q.state == 'active'", "!a && b", "a ? b : c", "영업 기회", "x\u00a0y", "tab\there", "a\nb", "x ", " x", "“q”"),
    *("*a", "&a", "|", ">", "@x", "`x`", "---", "...", "a:b", "http://x.y/z#w", "\u200b", "é", "𝔘", "[", "a\\nb"),
]


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if not c.isprintable() or c in '"\\' else c for c in text) + '"'


@st.composite
def scalars(draw: st.DrawFn, *, flow: bool, indent: int) -> list[str]:
    """A scalar in one of its styles, line by line; the lines after the first are indented as they must be."""
    text = draw(st.sampled_from(TEXTS))
    pad = " " * (indent + draw(st.integers(1, 4)))
    way = draw(st.integers(0, 7))
    if way == 0 and not flow:
        header = draw(st.sampled_from(["|", "|-", "|+", ">", ">-", ">+"])) + draw(st.sampled_from(["", "  # a block"]))
        lines = draw(st.lists(st.sampled_from(["a", "b # no comment", "  c", "", "d: e"]), min_size=1, max_size=4))
        return [header, *((pad + line) if line else "" for line in ("first", *lines))]
    if way == 1:
        return ["'one", *draw(st.sampled_from([[], [""]])), f"{pad}two # three'"]
    if way == 2:
        return ['"one \\', f"{pad}two  ", f"{pad}{double(text)[1:]}"]
    if way == 3:
        return ["one", f"{pad}two"]
    if way == 4 or not text.isprintable():
        return [double(text)]
    if way == 5:
        return [single(text)]
    plain = re.fullmatch(r"[^-?:!&*|>'\"%@`{}\[\],#\s][^:#,{}\[\]]*(?<!\s)", text)
    return [text] if plain or text in ("", "~", "-3.50") else [double(text)]


@st.composite
def comment(draw: st.DrawFn, indent: int) -> list[str]:
    """Nothing, blank lines, or a comment that stands anywhere."""
    way = draw(st.integers(0, 6))
    if way == 0:
        return [" " * draw(st.integers(0, indent + 3)) + draw(st.sampled_from(["# one", "#two", "# 'three'", "#"]))]
    return ["", ""][: way - 1] if way < 4 else []


@st.composite
def flows(draw: st.DrawFn, *, indent: int, depth: int) -> list[str]:
    """Brackets or braces, perhaps over several lines, perhaps with comments."""
    mapping = draw(st.booleans())
    lines = ["{" if mapping else "["]
    names = draw(st.lists(st.sampled_from(WORDS), max_size=3, unique=True))
    for number, name in enumerate(names):
        if draw(st.integers(0, 3)) == 0:
            lines[-1] += draw(st.sampled_from(["", " # within"]))
            lines += [" " * (indent + draw(st.integers(1, 5)))]
        deeper = depth > 0 and draw(st.booleans())
        first, *more = draw(flows(indent=indent, depth=depth - 1) if deeper else scalars(flow=True, indent=indent))
        lines[-1] += (f"{name}: " if mapping else "") + (first or ("''" if not mapping else ""))
        lines += more
        lines[-1] += ", " if number + 1 < len(names) or (draw(st.booleans()) and (first or more)) else " "
    if draw(st.integers(0, 4)) == 0:
        lines += [" " * (indent + 1)]
    lines[-1] += "}" if mapping else "]"
    return lines


@st.composite
def values(draw: st.DrawFn, *, indent: int, depth: int) -> tuple[list[str], bool]:
    """A value and whether it stands below its key."""
    way = draw(st.integers(0, 5)) if depth else 0
    if way < 2:
        return draw(scalars(flow=False, indent=indent)), False
    if way == 2:
        return draw(flows(indent=indent, depth=1)), False
    deeper = indent + draw(st.integers(1, 4))
    if way == 3:
        return draw(lists(indent=draw(st.sampled_from([indent, deeper])), depth=depth - 1)), True
    return draw(mappings(indent=deeper, depth=depth - 1)), True


@st.composite
def mappings(draw: st.DrawFn, *, indent: int, depth: int) -> list[str]:
    """The lines of a mapping in the block style."""
    lines: list[str] = []
    for name in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)):
        lines += draw(comment(indent))
        (first, *more), below = draw(values(indent=indent, depth=depth))
        head = " " * indent + draw(st.sampled_from([name, f"'{name}'"])) + ":" + " " * draw(st.integers(1, 3))
        behind = draw(st.sampled_from(["", "", "  # behind"]))
        if below:
            lines += [head + behind, first, *more]
        elif first[:1] in ("|", ">"):
            lines += [head + first, *more]
        else:
            told = [head + first, *more]
            lines += [*told[:-1], told[-1] + behind]
        lines += draw(comment(indent + 2))
    return lines


@st.composite
def lists(draw: st.DrawFn, *, indent: int, depth: int) -> list[str]:
    """The lines of a list in the block style."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(comment(indent))
        (first, *more), below = draw(values(indent=indent + 1, depth=depth))
        if below:
            lines += [" " * indent + "-" + draw(st.sampled_from(["", " # dash"])), first, *more]
        else:
            lines += [" " * indent + "- " + first, *more]
    return lines


documents = mappings(indent=0, depth=3).map(lambda lines: "\n".join(lines) + "\n")


def outline(node: Node) -> Iterator[str]:
    """The texts of a tree in its order."""
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            yield key.text
            yield from outline(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from outline(item)
    else:
        yield node.text


@given(text=documents)
@settings(max_examples=60)
def test_any_file_says_the_same_when_it_is_formatted(text):
    """Nothing is lost, nothing is reported, and the second time nothing changes."""
    _, tree, wrong = parsed(text)
    assert [str(each) for each in wrong] == []
    assert tree is not None

    after = formatted(text, None)
    again = parsed(after)[1]
    assert again is not None
    assert same(tree, again)
    assert [*outline(tree)] == [*outline(again)]
    assert told(after) == told(text)
    assert formatted(after, None) == after


@given(text=documents)
@settings(max_examples=60)
def test_any_file_says_the_same_when_its_keys_are_put_in_order(text):
    """The same holds where a layout moves keys with their comments, and puts sentences into quotation marks."""
    _, tree, _ = parsed(text)
    assert tree is not None

    after = formatted(text)
    again = parsed(after)[1]
    assert again is not None
    assert settled(tree) == settled(again)
    assert told(after) == told(text)
    assert formatted(after) == after


# ---- files on the disk ----

UGLY = "overlay: 'close-opportunity'\nrules:\n- severity: info\n  id: no-active-quotes # ours\n"
NEAT = "overlay: close-opportunity\n\nrules:\n  - id: no-active-quotes  # ours\n    severity: info\n"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def said(*arguments: str) -> tuple[int, str, str]:
        return run(("rules", "fmt", *arguments)), *capsys.readouterr()

    return said


def test_files_are_written_and_told(say, tmp_path, monkeypatch):
    """Without a path the folder `rules` is formatted; the second run finds nothing to do and touches nothing."""
    (tmp_path / "rules").mkdir()
    path = tmp_path / "rules" / "a.yaml"
    path.write_text(UGLY)
    monkeypatch.chdir(tmp_path)

    assert say() == (0, "", f"{os.path.join('rules', 'a.yaml')} was formatted.\n")
    assert path.read_text() == NEAT
    written_at = path.stat().st_mtime_ns
    assert say() == (0, "", "1 file was formatted already.\n")
    assert path.stat().st_mtime_ns == written_at


def test_check_and_diff_write_nothing(say, tmp_path):
    """`--check` answers by its status, `--diff` shows what would change, and both together do both."""
    path = tmp_path / "a.yaml"
    path.write_text(UGLY)

    status, out, told_ = say(str(path), "--check")
    assert (status, out) == (1, "")
    assert told_ == f"{path} isn't formatted.\n1 file would be formatted.\n"
    status, out, _ = say(str(path), "--diff")
    assert status == 0
    assert out.splitlines()[:2] == [f"--- {path}", f"+++ {path}"]
    assert "-- severity: info" in out.splitlines()
    assert "+  - id: no-active-quotes  # ours" in out.splitlines()
    assert say(str(path), "--check", "--diff")[:2] == (1, out)
    assert path.read_text() == UGLY
    path.write_text(NEAT)
    assert say(str(path), "--check", "--diff") == (0, "", "1 file was formatted already.\n")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a: [", "yaml-syntax"),
        (b"a: 1\na: 2\n", "duplicate-key"),
        (b"a: &x 1\n", "anchor"),
        (b"a: !!str 1\n", "tag"),
        (b"a: 1\n---\nb: 2\n", "several-documents"),
        (b"a: \xff\n", "wrong-encoding"),
        (b"", "empty-file"),
        (b"# nothing else\n", "empty-file"),
        ("a: x\u2028  y\n".encode(), "strange-line-break"),
        ("a: x\u0085  y\n".encode(), "strange-line-break"),
        (b"a: x\rb: y\n", "strange-line-break"),
        (b"a: x\x00\n", "yaml-character"),
        (b"a: " + b"[" * 40 + b"]" * 40 + b"\n", "too-deep"),
        (b"a: " + b"x" * 300_000 + b"\n", "file-too-large"),
    ],
)
def test_broken_file_is_told_and_left_alone(say, tmp_path, content, code):
    """What is no YAML of ours is an error with its place, and others are formatted all the same."""
    broken, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    broken.write_bytes(content)
    other.write_text(UGLY)

    status, out, told_ = say(str(tmp_path))
    assert (status, out) == (3, "")
    assert re.search(rf"^{re.escape(str(broken))}:\d+:\d+: error\[{code}\]", told_, re.MULTILINE)
    assert broken.read_bytes() == content
    assert other.read_text() == NEAT
    assert say(str(tmp_path), "--check")[0] == 3


def test_what_cannot_be_read_or_written_does_not_hold_up_the_rest(say, tmp_path, monkeypatch):
    """A path that is not there, and a file that cannot be replaced, are errors of the caller."""
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    for path in (one, other):
        path.write_text(UGLY)

    def refusing(path, content):
        if path == str(one):
            raise InputError("not-writable", path=path, reason="no")
        write_atomic(path, content)

    monkeypatch.setattr("oppi18n.proofs.formatting.write_atomic", refusing)

    status, _, told_ = say(str(tmp_path / "absent.yaml"), str(tmp_path))
    assert (status, one.read_text(), other.read_text()) == (2, UGLY, NEAT)
    assert f"there is no file {tmp_path / 'absent.yaml'}" in told_
    assert f"{one} cannot be written: no" in told_
    (tmp_path / "empty").mkdir()
    assert say(str(tmp_path / "empty"))[0] == 2


def test_standard_input_is_answered_on_standard_output(say, monkeypatch, tmp_path):
    """Editors pipe a file through; what kind it is can be seen from its keys."""
    cases = "cases:\n- expect: {message: {en: Hello}, verdict: blocked}\n  name: x\ntoday: 2026-03-31\nruleset: r\n"
    for text, wanted in (
        (UGLY, NEAT),
        (cases, 'ruleset: r\ntoday: 2026-03-31\n\ncases:\n  - name: x\n    expect: {verdict: blocked, message: {en: "Hello"}}\n'),
    ):  # fmt: skip
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert say("-")[:2] == (0, wanted)


def test_line_ends_stay_and_a_byte_order_mark_goes(say, tmp_path):
    """What Windows wrote keeps its line ends."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + UGLY.replace("\n", "\r\n").encode())

    assert say(str(path))[0] == 0
    assert path.read_bytes() == NEAT.replace("\n", "\r\n").encode()
    assert say(str(path), "--check")[0] == 0


def test_writer_that_loses_something_writes_nothing(say, tmp_path, monkeypatch):
    """The new text is read again before it takes the place of the old one."""
    path = tmp_path / "a.yaml"
    path.write_text(UGLY)
    for damage in (
        lambda text: text.replace("info", "error"),
        lambda text: text.replace("  # ours", ""),
        lambda _: "[",
    ):
        monkeypatch.setattr("oppi18n.proofs.formatting.written", lambda *given, d=damage: d(written(*given)))

        status, _, told_ = say(str(path))
        assert (status, path.read_text()) == (3, UGLY)
        assert "error[format-would-change]" in told_
