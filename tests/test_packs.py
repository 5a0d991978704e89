"""Packs are found by name or folder, read as data, and never run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from oppi18n import packs
from oppi18n.errors import InputError
from oppi18n.packs import Pack


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml").replace("_po", ".po")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def distribution(site: Path, name: str, value: str, *, label: str = "one") -> None:
    """The metadata of an installed distribution that offers the pack `name` in the package `value`."""
    folder = site / f"{label}-1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {label}\nVersion: 1\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text(f"[{packs.GROUP}]\n{name} = {value}\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_shipped_pack_is_the_checkout_s(checkout: Path):
    """In a checkout the shipped pack is the two folders at its top."""
    pack = packs.shipped()

    assert (pack.rules, pack.locales) == (str(checkout / "rules"), str(checkout / "locales"))


def test_shipped_pack_is_the_wheel_s_when_it_has_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installed, the shipped pack is the wheel's `_data`."""
    write(tmp_path, _data__rules__a_yaml="")
    monkeypatch.setattr(packs, "_HERE", str(tmp_path))

    assert packs.shipped().rules == str(tmp_path / "_data" / "rules")


def test_zipped_pack_is_listed_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Imported from a zip archive, oppi18n still finds and reads its files."""
    archive = tmp_path / "oppi18n.whl"
    with ZipFile(archive, "w") as written:
        written.writestr("oppi18n/_data/rules/model/b.yaml", "b")
        written.writestr("oppi18n/_data/rules/a.yaml", "a")
        written.writestr("oppi18n/_data/rules/", "")
    monkeypatch.setattr(packs, "_HERE", str(archive / "oppi18n"))
    pack = packs.shipped()

    assert list(packs.files(pack, "rules", ".yaml")) == ["rules/a.yaml", "rules/model/b.yaml"]
    assert list(packs.files(pack, "locales", ".po")) == []
    assert packs.read_bytes(pack, "rules/model/b.yaml") == b"b"


@pytest.mark.parametrize("content", [b"", b"no archive"], ids=["empty", "text"])
def test_file_in_place_of_an_archive_is_no_pack(tmp_path: Path, content: bytes):
    """A path that leads through an ordinary file is a missing file, nothing worse."""
    (tmp_path / "plain").write_bytes(content)
    pack = Pack("p", str(tmp_path / "plain" / "rules"), None, "en")

    assert list(packs.files(pack, "rules", ".yaml")) == []
    with pytest.raises(InputError, match=r"has no file rules/a\.yaml"):
        packs.read_bytes(pack, "rules/a.yaml")


def test_files_are_sorted_and_leave_out_the_settings(tmp_path: Path):
    """A listing is the same on every disk; the pack's own settings are not a ruleset."""
    write(tmp_path, rules__z_yaml="", rules__a_yaml="", rules__model__m_yaml="", rules__pack_yaml="", rules__n="")
    pack = packs.named(tmp_path)

    assert list(packs.files(pack, "rules", ".yaml")) == ["rules/a.yaml", "rules/model/m.yaml", "rules/z.yaml"]


def test_what_is_listed_can_be_read(tmp_path: Path):
    """Every listed name is one that reading takes."""
    write(tmp_path, rules__a_yaml="a", locales__sv__LC_MESSAGES__oppi18n_po="sv")
    pack = packs.named(tmp_path)
    listed = [*packs.files(pack, "rules", ""), *packs.files(pack, "locales", ".po")]

    assert [packs.read_bytes(pack, each) for each in listed] == [b"a", b"sv"]


@pytest.mark.parametrize(
    "relative",
    [
        *("", "rules", "rules/", "rules/missing.yaml", "rules/../secret", "rules//secret", "rules/./a.yaml"),
        *("/etc/passwd", "other/a.yaml", "rules/..\\secret", "rules/C:secret", "rules/a\0.yaml", "locales/a.po"),
    ],
)
def test_no_name_leads_out_of_a_pack(tmp_path: Path, relative: str):
    """A name that is no file of the pack is refused in one way, wherever it would lead."""
    write(tmp_path, secret="s", rules__a_yaml="a")
    pack = packs.named(tmp_path)

    with pytest.raises(InputError) as caught:
        packs.read_bytes(pack, relative)
    assert caught.value.code == "pack-file"


def test_folder_pack_takes_its_name_from_the_folder(tmp_path: Path):
    """Without settings a folder's pack is called like the folder and written in English."""
    write(tmp_path / "contoso", rules__a_yaml="")

    pack = packs.named(tmp_path / "contoso")
    assert (pack.name, pack.language, pack.locales) == ("contoso", "en", None)


def test_folder_pack_declares_its_name_and_language(tmp_path: Path):
    """The settings name a folder's pack and its source language; `no` is Norwegian."""
    write(tmp_path, rules__pack_yaml="name: contoso\nlanguage: no\n")

    pack = packs.named(tmp_path)
    assert (pack.name, pack.language) == ("contoso", "no")


@pytest.mark.parametrize(
    "text",
    [
        "- language",
        "language: [sv]",
        "language:",
        "laguage: sv",
        "language: 'sv",
        "{: :",
        "a: &a [*a]",
        "\x01",
        "[" * 5000,
    ],
)
def test_wrong_settings_are_one_error(tmp_path: Path, text: str):
    """Whatever is wrong with a pack's settings, the file is named."""
    write(tmp_path, rules__pack_yaml=text)

    with pytest.raises(InputError, match=r"pack\.yaml may hold") as caught:
        packs.named(tmp_path)
    assert caught.value.code == "pack-settings"


@pytest.mark.parametrize("name", ["oppi18n", "a/b", "-a", "två", "a b", "."])
def test_name_that_would_break_contexts_is_refused(tmp_path: Path, name: str):
    """A pack's name opens every message context, so it is a plain word, and not ours."""
    write(tmp_path, rules__pack_yaml=f"name: '{name}'\n")

    with pytest.raises(InputError) as caught:
        packs.named(tmp_path)
    assert caught.value.code == "pack-name"


def test_folder_without_rules_is_no_pack(tmp_path: Path):
    """A folder that holds no rules is refused by name."""
    with pytest.raises(InputError, match="no folder named rules"):
        packs.named(str(tmp_path) + "/")


def test_installed_pack_is_found_by_name(site: Path):
    """A distribution's pack is found through its entry point."""
    distribution(site, "contoso", "contoso_rules")
    write(site / "contoso_rules", __init__="", rules__pack_yaml="language: sv", locales__a_po="")

    assert packs.named("contoso") == Pack(
        "contoso", str(site / "contoso_rules" / "rules"), str(site / "contoso_rules" / "locales"), "sv"
    )


@pytest.mark.parametrize("value", ["contoso_rules", "contoso_rules.deep"])
def test_pack_is_read_without_running_its_package(site: Path, value: str):
    """Naming a pack runs none of its code, even when it lies in a package inside a package."""
    distribution(site, "contoso", value)
    folder = site.joinpath(*value.split("."))
    write(folder, rules__a_yaml="")
    (site / "contoso_rules" / "__init__.py").write_text("raise SystemExit('ran')", encoding="utf-8")

    assert packs.named("contoso").rules == str(folder / "rules")
    assert "contoso_rules" not in sys.modules


def test_pack_in_a_zipped_distribution_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A pack may be installed as an archive."""
    archive = tmp_path / "contoso.zip"
    with ZipFile(archive, "w") as written:
        written.writestr("contoso-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: contoso\nVersion: 1\n")
        written.writestr("contoso-1.dist-info/entry_points.txt", f"[{packs.GROUP}]\ncontoso = contoso_zipped\n")
        written.writestr("contoso_zipped/__init__.py", "raise SystemExit('ran')")
        written.writestr("contoso_zipped/rules/a.yaml", "a")
    monkeypatch.syspath_prepend(str(archive))

    pack = packs.named("contoso")
    assert packs.read_bytes(pack, "rules/a.yaml") == b"a"
    assert pack.locales is None


def test_installed_packs_are_listed_and_inert(site: Path):
    """Installing a pack lists it and changes nothing about ours; nobody takes our name."""
    before = packs.shipped()
    distribution(site, "contoso", "contoso_rules")
    distribution(site, "oppi18n", "imposter", label="two")

    assert "contoso" in packs.installed()
    assert "oppi18n" not in packs.installed()
    assert packs.named("oppi18n") == before


def test_two_packs_of_one_name_are_an_error(site: Path):
    """Which of two packs was meant is never guessed."""
    distribution(site, "contoso", "first")
    distribution(site, "contoso", "second", label="two")

    with pytest.raises(InputError, match="first and second"):
        packs.named("contoso")


@pytest.mark.parametrize("value", ["absent_package", "json", "contoso:rules", "..", "sys"])
def test_entry_point_that_leads_nowhere_is_an_error(site: Path, value: str):
    """An entry point whose package is missing, or holds no rules, is named."""
    distribution(site, "contoso", value)

    with pytest.raises(InputError) as caught:
        packs.named("contoso")
    assert caught.value.code == "pack-folder"


@pytest.mark.parametrize(("wanted", "suggestion"), [("contso", "contoso"), ("here", "./here"), ("zzz", "oppi18n")])
def test_unknown_name_comes_with_a_suggestion(
    site: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, suggestion: str
):
    """A mistyped name is answered with the nearest; a folder of that name with how to write it."""
    distribution(site, "contoso", "contoso_rules")
    write(site / "here", rules__a_yaml="")
    monkeypatch.chdir(site)

    with pytest.raises(InputError) as caught:
        packs.named(wanted)
    assert (caught.value.code, caught.value.params["suggestion"]) == ("pack-not-found", suggestion)


def test_finding_our_own_rules_loads_no_slow_library():
    """The shipped pack costs no metadata, archive or YAML library."""
    script = (
        "import sys; from oppi18n import packs; list(packs.files(packs.shipped(), 'rules', '')); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert not {"yaml", "zipfile", "importlib.metadata", "importlib.resources", "pathlib", "dataclasses"} & {*loaded}
