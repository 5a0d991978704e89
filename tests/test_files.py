"""Reading within limits, replacing whole."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from oppi18n import files
from oppi18n.errors import InputError

POSIX = pytest.mark.skipif(os.name != "posix", reason="permission bits and symbolic links")
UNPRIVILEGED = pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read and write everything")


def failure(path: str | Path, limit: int = files.LIMIT) -> InputError:
    """The error that reading the file as text raises."""
    with pytest.raises(InputError) as caught:
        files.read_text(path, limit)
    assert str(caught.value)
    return caught.value


def test_text_loses_one_byte_order_mark_and_nothing_else(tmp_path: Path) -> None:
    """A second byte order mark is text, and line ends stay."""
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff\ufeff견적\r\n商機".encode())

    assert files.read_text(path) == "\ufeff견적\r\n商機"


@pytest.mark.parametrize(
    ("content", "code", "params"),
    [
        (b"a\nb\xe9c", "wrong-encoding", {"offset": 3, "line": 2, "guess": "ISO 8859-1"}),
        (b"\xef\xbb\xbfa\xff", "wrong-encoding", {"offset": 4, "line": 1, "guess": "ISO 8859-1"}),
        ("견적".encode("utf-16-le")[:3], "wrong-encoding", {"offset": 0, "line": 1, "guess": "ISO 8859-1"}),
        ("quote".encode("utf-16"), "wrong-encoding", {"offset": 0, "line": 1, "guess": "UTF-16"}),
        ("quote\n".encode("utf-16-be"), "wrong-encoding", {"offset": 0, "line": 1, "guess": "UTF-16"}),
        (b"\xed\xa0\x80", "wrong-encoding", {"offset": 0, "line": 1, "guess": "ISO 8859-1"}),
        (b"\xc0\x80", "wrong-encoding", {"offset": 0, "line": 1, "guess": "ISO 8859-1"}),
        (b"ab\n\0c text that goes on", "nul-byte", {"offset": 3, "line": 2}),
        (b"x" * 101, "file-too-large", {"limit": 100}),
    ],
)
def test_content_that_is_not_text_is_refused(
    tmp_path: Path, content: bytes, code: str, params: dict[str, object]
) -> None:
    """The error names the first byte that does not fit, its line, and what the file may be instead."""
    path = tmp_path / "bad"
    path.write_bytes(content)

    error = failure(path, limit=100)

    assert (error.code, error.params) == (code, {"path": str(path), **params})


def test_file_at_the_limit_is_read(tmp_path: Path) -> None:
    """The limit itself still fits."""
    path = tmp_path / "full"
    path.write_bytes(b"x" * 100)

    assert len(files.read_bytes(path, limit=100)) == 100


def test_missing_file_is_named(tmp_path: Path) -> None:
    """Nothing there, or a file where a folder should be."""
    (tmp_path / "file").write_text("")

    assert failure(tmp_path / "absent").code == "not-found"
    assert failure(tmp_path / "file" / "below").code == "not-readable"


def test_folder_is_no_file(tmp_path: Path) -> None:
    """A folder can neither be read nor replaced."""
    assert failure(tmp_path).code == "is-a-folder"
    with pytest.raises(InputError) as caught:
        files.write_atomic(tmp_path, "")
    assert caught.value.code == "is-a-folder"


def test_impossible_names_are_refused() -> None:
    """A name with a NUL, and one that is too long."""
    assert failure("a\0b").code == "not-readable"
    assert failure("x" * 5000).code == "not-readable"
    with pytest.raises(InputError) as caught:
        files.write_atomic("a\0b", "")
    assert caught.value.code == "not-writable"


@POSIX
@UNPRIVILEGED
def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    """Permission is asked before anything is read."""
    path = tmp_path / "secret"
    path.write_text("")
    path.chmod(0)

    assert failure(path).code == "not-readable"


@POSIX
def test_endless_device_is_cut_off() -> None:
    """A device without an end stops at the limit."""
    with pytest.raises(InputError) as caught:
        files.read_bytes("/dev/zero", limit=1000)
    assert caught.value.code == "file-too-large"


def test_hyphen_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads standard input, within the same limit."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("견적".encode())))
    assert files.read_text("-") == "견적"

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"xxxx")))
    assert failure("-", limit=3).code == "file-too-large"

    monkeypatch.setattr(sys, "stdin", None)
    assert failure("-").code == "no-stdin"


@pytest.mark.parametrize("content", ["견적\n", b"\x00\xff", ""])
def test_written_is_what_is_read(tmp_path: Path, content: str | bytes) -> None:
    """Bytes stay bytes, text becomes UTF-8, and no draft stays behind."""
    path = tmp_path / "out"

    files.write_atomic(path, content)
    files.write_atomic(str(path), content)

    assert files.read_bytes(path) == (content.encode() if isinstance(content, str) else content)
    assert os.listdir(tmp_path) == ["out"]


def test_relative_path_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name lies in the current folder."""
    monkeypatch.chdir(tmp_path)

    files.write_atomic("out", "new")

    assert (tmp_path / "out").read_text() == "new"


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o660])
def test_permission_bits_stay(tmp_path: Path, mode: int) -> None:
    """Replacing a file changes its content alone."""
    path = tmp_path / "script"
    path.write_text("old")
    path.chmod(mode)

    files.write_atomic(path, "new")

    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


@POSIX
def test_new_file_follows_the_umask(tmp_path: Path) -> None:
    """A new file is as open as any other that the user makes."""
    before = os.umask(0o027)
    try:
        files.write_atomic(tmp_path / "new", "")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@POSIX
def test_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a link leads to changes, in its own folder; the target may not even be there yet."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to("there/file")

    files.write_atomic(link, "one")
    files.write_atomic(link, "two")

    assert link.is_symlink()
    assert (tmp_path / "there" / "file").read_text() == "two"
    assert sorted(os.listdir(tmp_path)) == ["link", "there"]


@POSIX
def test_pipe_is_written_through(tmp_path: Path) -> None:
    """A pipe is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    files.write_atomic(pipe, "through")

    assert os.read(reader, 100) == b"through"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A full disk or a refused rename changes nothing and leaves no draft."""
    path = tmp_path / "kept"
    path.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(InputError) as caught:
        files.write_atomic(path, "new")

    assert str(caught.value) == f"{path} cannot be written: No space left on device"
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["kept"])


def test_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during the write passes through, and cleans up."""
    path = tmp_path / "kept"
    path.write_text("old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomic(path, "new")

    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["kept"])


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """No folder is made for a file."""
    with pytest.raises(InputError) as caught:
        files.write_atomic(tmp_path / "absent" / "file", "")

    assert caught.value.code == "not-writable"


@POSIX
@UNPRIVILEGED
def test_write_protected_file_is_kept(tmp_path: Path) -> None:
    """A file that its owner has protected is not replaced, though the folder would allow it."""
    path = tmp_path / "protected"
    path.write_text("old")
    path.chmod(0o444)

    with pytest.raises(InputError) as caught:
        files.write_atomic(path, "new")

    assert (caught.value.code, path.read_text()) == ("not-writable", "old")
