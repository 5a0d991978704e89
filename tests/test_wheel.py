"""The wheel is complete: it works outside the checkout, zipped, and built from the source distribution."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from fnmatch import filter as matching
from pathlib import Path
from zipfile import ZipFile

import pytest

from oppi18n.version import VERSION

BUILD = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])(sys.argv[2]))"
LOAD = "import oppi18n; rules = oppi18n.load_rules('close-opportunity'); print(oppi18n.__file__)"
PACK = "from oppi18n import packs; p = packs.shipped(); print(p.rules); print(*packs.files(p, 'rules', ''), sep='\\n')"


def build(source: Path, kind: str, target: Path) -> Path:
    """Build a `wheel` or an `sdist` as pip would, without network and without a fresh environment."""
    command = [sys.executable, "-c", BUILD, f"build_{kind}", str(target)]
    run = subprocess.run(command, check=False, cwd=source, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return target / run.stdout.splitlines()[-1]


def outside(path: Path, *command: str, folder: Path) -> str:
    """Run Python with `path` first and no sight of the checkout; dependencies come from this environment."""
    # Without -S the editable install's .pth file would lead back to the checkout.
    places = [str(path), *(each for each in sys.path if Path(each).name in ("site-packages", "dist-packages"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    line = [sys.executable, "-S", *command]
    run = subprocess.run(line, check=False, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return run.stdout


def content(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"oppi18n-{VERSION}"


@pytest.fixture(scope="module")
def target(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("target")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, "--target", str(folder), str(wheel)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("kind", ["rules", "locales", "docs/schemas"])
def test_wheel_carries_the_checkout_s_files(checkout: Path, wheel: Path, kind: str):
    """Rules, catalogs and schemas travel byte for byte, all of them and nothing else."""
    files = {path.relative_to(checkout).as_posix(): path for path in (checkout / kind).rglob("*") if path.is_file()}
    prefix = "oppi18n/_data/"
    carried = {
        name[len(prefix) :]: text for name, text in content(wheel).items() if name.startswith(f"{prefix}{kind}/")
    }

    assert carried == {name: path.read_bytes() for name, path in files.items()}


@pytest.mark.parametrize(
    "name", ["oppi18n/py.typed", "oppi18n/__main__.py", f"oppi18n-{VERSION}.dist-info/licenses/LICENSE"]
)
def test_wheel_carries_its_papers(wheel: Path, name: str):
    """Types and licence are part of the wheel."""
    assert name in content(wheel)


def test_wheel_carries_the_notice_of_its_data(wheel: Path):
    """What is taken from CLDR goes with its copyright and permission notice, and with a list of what that is."""
    notice = content(wheel)[f"oppi18n-{VERSION}.dist-info/licenses/NOTICE"].decode()
    named = re.findall(r"\((\S+)\)", notice.partition("-----")[0])

    assert "UNICODE LICENSE V3" in notice
    assert "Unicode, Inc." in notice
    assert len(named) == 3
    assert all(matching(content(wheel), f"*{each}") for each in named)


def test_wheel_carries_nothing_else(wheel: Path):
    """Tests, examples and documentation stay out of site-packages."""
    assert {name.split("/")[0] for name in content(wheel)} == {"oppi18n", f"oppi18n-{VERSION}.dist-info"}


def test_wheel_declares_its_entry_points(wheel: Path):
    """The command, the extractor and the pytest plugin are found by name."""
    declared = content(wheel)[f"oppi18n-{VERSION}.dist-info/entry_points.txt"].decode()

    assert "oppi18n = oppi18n.__main__:main" in declared
    assert "oppi18n = oppi18n.i18n.extract:extract_rules" in declared
    assert "oppi18n = oppi18n.testing" in declared


@pytest.mark.parametrize("name", ["LICENSE", "README.md", "pyproject.toml", "rules", "locales", "tests", "src"])
def test_sdist_is_a_whole_checkout(unpacked: Path, name: str):
    """Whoever has the source distribution can build and test."""
    assert (unpacked / name).exists()


def test_sdist_carries_every_test(checkout: Path, unpacked: Path):
    """No test stays behind."""
    assert {path.name for path in (checkout / "tests").glob("*.py")} == {
        path.name for path in (unpacked / "tests").glob("*.py")
    }


def test_sdist_builds_the_same_wheel(wheel: Path, unpacked: Path, tmp_path: Path):
    """A wheel built by way of the source distribution is the same wheel."""
    assert content(build(unpacked, "wheel", tmp_path)) == content(wheel)


def test_installed_wheel_reads_its_own_files(checkout: Path, target: Path, tmp_path: Path):
    """Installed outside the checkout, the shipped pack is the wheel's own."""
    root, *names = outside(target, "-c", PACK, folder=tmp_path).splitlines()

    assert Path(root) == target / "oppi18n" / "_data" / "rules"
    assert names == sorted(f"rules/{path.relative_to(checkout / 'rules').as_posix()}" for path in files_of(checkout))


def test_zipped_wheel_reads_its_own_files(checkout: Path, wheel: Path, tmp_path: Path):
    """Imported without being unpacked, the shipped pack lies inside the archive."""
    root, *names = outside(wheel, "-c", PACK, folder=tmp_path).splitlines()

    assert Path(root) == wheel / "oppi18n" / "_data" / "rules"
    assert names == sorted(f"rules/{path.relative_to(checkout / 'rules').as_posix()}" for path in files_of(checkout))


def test_installed_wheel_answers(target: Path, tmp_path: Path):
    """The command line says which version it is, outside the checkout."""
    assert VERSION in outside(target, "-m", "oppi18n", "--version", folder=tmp_path)


def test_zipped_wheel_answers(wheel: Path, tmp_path: Path):
    """The command line says which version it is, without being unpacked."""
    assert VERSION in outside(wheel, "-m", "oppi18n", "--version", folder=tmp_path)


def test_installed_wheel_loads_rules(target: Path, tmp_path: Path):
    """The shipped ruleset loads from the installed wheel."""
    assert Path(outside(target, "-c", LOAD, folder=tmp_path).strip()).is_relative_to(target)


def test_zipped_wheel_loads_rules(wheel: Path, tmp_path: Path):
    """The shipped ruleset loads from the archive."""
    assert Path(outside(wheel, "-c", LOAD, folder=tmp_path).strip()).is_relative_to(wheel)


def files_of(checkout: Path) -> list[Path]:
    return [path for path in (checkout / "rules").rglob("*") if path.is_file()]
