"""What is kept, found again, and never believed from others."""

from __future__ import annotations

import marshal
import os
import stat
import sys
import tomllib
import types
from pathlib import Path

import pytest

from oppi18n import cache as module
from oppi18n.cache import Cache, source_stamp, user_cache
from oppi18n.version import VERSION

POSIX = pytest.mark.skipif(os.name != "posix", reason="permission bits and symbolic links")
ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache may make its folder."""
    return tmp_path / "cache"


@pytest.fixture
def cache(folder: Path) -> Cache:
    """An empty cache."""
    return Cache(str(folder))


def only_entry(folder: Path) -> Path:
    """The single file in the folder."""
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize(
    "value", [{"a": ("견적", None)}, 0, "", b"\0", (1.5, frozenset({1})), compile("1", "x", "eval")]
)
def test_kept_value_is_found_again(cache: Cache, folder: Path, value: object) -> None:
    """Another process with the same content finds the value."""
    cache.put("rules", b"text", b"more", value=value)

    assert Cache(str(folder)).get("rules", b"text", b"more") == value


@pytest.mark.parametrize(
    ("kind", "content"),
    [("texts", (b"ab", b"c")), ("rules", (b"a", b"bc")), ("rules", (b"abc",)), ("rules", (b"ab", b"c", b""))],
)
def test_other_content_is_a_miss(cache: Cache, kind: str, content: tuple[bytes, ...]) -> None:
    """Kind, content and the borders within the content all count."""
    cache.put("rules", b"ab", b"c", value=1)

    assert cache.get(kind, *content) is None


def test_other_version_is_a_miss(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version or Python made is not looked at."""
    cache.put("rules", b"text", value=1)

    monkeypatch.setattr(module, "_SALT", b"another version")

    assert cache.get("rules", b"text") is None


def test_value_is_made_once(cache: Cache) -> None:
    """The second call finds what the first one made."""
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return 42

    answers = [cache.remember("rules", (b"text",), make) for _ in range(3)]

    assert (answers, made) == ([42, 42, 42], [1])


@POSIX
def test_folder_and_entries_are_private(cache: Cache, folder: Path) -> None:
    """Nobody else may read or write them, whatever the umask."""
    before = os.umask(0)
    try:
        cache.put("rules", b"text", value=1)
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_entry(folder).stat().st_mode) == 0o600


def damage(record: bytes) -> list[bytes]:
    """A record in several states of disrepair."""
    forged = marshal.dumps("forged")
    return [
        b"",
        record[:-1],
        record[:10],
        record + b"x",
        record[:40] + b"\xff" + record[41:],
        b"x" + record[1:],
        forged,
    ]


@pytest.mark.parametrize("which", range(7))
def test_damaged_entry_is_a_miss(cache: Cache, folder: Path, which: int) -> None:
    """A torn, cut or altered file is not unmarshalled; the value is made anew and kept."""
    cache.put("rules", b"text", value="a value of some length")
    path = only_entry(folder)
    path.write_bytes(damage(path.read_bytes())[which])

    assert cache.get("rules", b"text") is None
    assert cache.remember("rules", (b"text",), lambda: "anew") == "anew"
    assert cache.get("rules", b"text") == "anew"


def test_sealed_nonsense_is_a_miss(cache: Cache, folder: Path) -> None:
    """Even a payload with a fitting seal may be no marshal data."""
    cache.put("rules", b"text", value=1)
    path, key = only_entry(folder), module._key("rules", (b"text",))
    path.write_bytes(module._MAGIC + module._seal(key, b"\xff") + b"\xff")

    assert cache.get("rules", b"text") is None


def test_entry_under_another_name_is_a_miss(cache: Cache, folder: Path) -> None:
    """A seal fits one key only."""
    cache.put("rules", b"one", value=1)
    path = only_entry(folder)
    cache.put("rules", b"two", value=2)
    other = next(each for each in folder.iterdir() if each != path)
    path.write_bytes(other.read_bytes())

    assert cache.get("rules", b"one") is None


@POSIX
@pytest.mark.parametrize("mode", [0o770, 0o722, 0o777])
def test_folder_that_others_may_write_is_not_used(folder: Path, mode: int) -> None:
    """Nothing is read from such a folder, and nothing put into it."""
    Cache(str(folder)).put("rules", b"text", value=1)
    folder.chmod(mode)
    cache = Cache(str(folder))

    cache.put("rules", b"more", value=2)

    assert cache.get("rules", b"text") is None
    assert len(list(folder.iterdir())) == 1


@POSIX
def test_entry_that_others_may_write_is_a_miss(cache: Cache, folder: Path) -> None:
    """A loose file in a private folder is not believed either."""
    cache.put("rules", b"text", value=1)
    only_entry(folder).chmod(0o666)

    assert cache.get("rules", b"text") is None


@POSIX
def test_folder_of_another_user_is_not_used(cache: Cache, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another user owns is not read, and no folder is made below another user's."""
    cache.put("rules", b"text", value=1)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 4242)
    monkeypatch.setattr(module, "_may_create", lambda _: True)

    assert Cache(str(folder)).get("rules", b"text") is None
    elsewhere = Cache(str(folder.parent / "elsewhere"))
    elsewhere.put("rules", b"text", value=1)
    assert elsewhere.get("rules", b"text") is None


@POSIX
def test_no_folder_is_made_in_the_home_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under sudo the home is the caller's."""
    status = os.stat_result((0o40755, 0, 0, 1, 4242, 4242, 0, 0, 0, 0))
    monkeypatch.setattr(os, "stat", lambda _: status)

    assert not module._may_create(str(tmp_path / "a" / "b"))


@POSIX
def test_linked_folder_is_not_used(cache: Cache, folder: Path) -> None:
    """A link in place of the folder might be turned elsewhere."""
    cache.put("rules", b"text", value=1)
    link = folder.parent / "link"
    link.symlink_to(folder)

    assert Cache(str(link)).get("rules", b"text") is None


@POSIX
def test_linked_entry_is_a_miss(cache: Cache, folder: Path, tmp_path: Path) -> None:
    """A link in place of an entry is not followed."""
    cache.put("rules", b"text", value=1)
    path = only_entry(folder)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")

    assert cache.get("rules", b"text") is None


def test_file_in_place_of_the_folder_is_only_slower(folder: Path) -> None:
    """Values are made, and nothing breaks."""
    folder.write_text("")

    assert Cache(str(folder)).remember("rules", (b"text",), lambda: 1) == 1
    assert Cache(str(folder / "below")).remember("rules", (b"text",), lambda: 1) == 1
    assert Cache("a\0b").remember("rules", (b"text",), lambda: 1) == 1


def test_full_disk_is_only_slower(cache: Cache, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that cannot be written leaves nothing behind."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)

    assert cache.remember("rules", (b"text",), lambda: 1) == 1
    assert list(folder.iterdir()) == []


def test_value_without_a_form_is_not_kept(cache: Cache) -> None:
    """What marshal does not take is made each time."""
    cache.put("rules", b"text", value=object())

    assert cache.get("rules", b"text") is None


def test_clearing_leaves_other_files(cache: Cache, folder: Path) -> None:
    """Entries and forgotten drafts go, whatever else lies there stays."""
    for number in range(3):
        cache.put("rules", bytes([number]), value=number)
    entry = next(folder.iterdir())
    entry.with_name(f"{entry.name}.0123456789ab.tmp").write_bytes(b"")
    (folder / "notes.cache").write_text("mine")

    assert cache.clear() == 3
    assert only_entry(folder).name == "notes.cache"
    assert Cache(None).clear() == 0


def test_oldest_entries_make_room(cache: Cache, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow without end."""
    monkeypatch.setattr(module, "_MOST", 10)

    for number in range(40):
        cache.put("rules", bytes([number]), value=number)

    assert len(list(folder.iterdir())) <= 11
    assert cache.get("rules", bytes([39])) == 39


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other customs")
@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/a"}, "/home/a/.cache/oppi18n"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/var/c"}, "/var/c/oppi18n"),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "relative"}, "/home/a/.cache/oppi18n"),
        ({"HOME": "/home/a", "OPPI18N_CACHE": "/srv/c"}, "/srv/c"),
        ({"HOME": "/home/a", "OPPI18N_CACHE": "OFF"}, None),
        ({"HOME": "/home/a", "OPPI18N_CACHE": ""}, "/home/a/.cache/oppi18n"),
        ({"HOME": "relative"}, None),
    ],
)
def test_folder_is_the_customary_one(environ: dict[str, str], folder: str | None) -> None:
    """The environment decides, as on any Linux."""
    assert user_cache(environ).folder == folder


def test_edited_source_has_another_stamp(tmp_path: Path) -> None:
    """A changed, added or removed Python file shows; other files do not."""
    (tmp_path / "below").mkdir()
    source = tmp_path / "below" / "a.py"
    source.write_text("1")
    first = source_stamp(tmp_path)

    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "__pycache__").mkdir()
    same = source_stamp(tmp_path)
    source.write_text("12")
    edited = source_stamp(tmp_path)
    (tmp_path / "b.py").write_text("")
    added = source_stamp(tmp_path)

    assert first == same
    assert len({first, edited, added}) == 3


def test_stamp_of_a_module_is_that_of_its_file() -> None:
    """A module stands for its file, a package for its folder; what is not on the disk has none."""
    zipped = types.ModuleType("zipped")
    zipped.__file__ = "/no/such.zip/zipped.py"
    package = types.ModuleType("package")
    package.__file__ = str(Path(module.__file__).parent / "__init__.py")

    assert source_stamp(module) == source_stamp(module.__file__)
    assert source_stamp(package) == source_stamp(Path(module.__file__).parent)
    assert source_stamp(module, zipped) == b""
    assert source_stamp(types.ModuleType("built in")) == b""


def test_version_is_that_of_the_distribution() -> None:
    """The version in the code, which keys the cache, is the one in pyproject.toml."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert declared.get("version", VERSION) == VERSION
