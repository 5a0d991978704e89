"""What every test may ask for: golden files, test data from outside, long runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
READER = ("OPPI18N_LOCALE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
"""What the person at the terminal has chosen; no test may depend on it."""

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files; the diff is the review")
    parser.addoption("--soak", action="store_true", help="run what is marked soak whole instead of sampled")


def pytest_configure(config: pytest.Config) -> None:
    # Set here and not in a fixture, so that doctests in src/ and child processes see it as well.
    patch = pytest.MonkeyPatch()
    for name in READER:
        patch.delenv(name, raising=False)
    cache = tempfile.mkdtemp(prefix="oppi18n-cache-")
    patch.setenv("OPPI18N_CACHE", cache)
    config.add_cleanup(lambda: shutil.rmtree(cache, ignore_errors=True))
    config.add_cleanup(patch.undo)


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> bool:
    """Whether tests marked soak run whole."""
    return bool(pytestconfig.getoption("--soak") or os.environ.get("OPPI18N_SOAK"))


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """`golden("dialog/ko.html", text)` compares with the file of that name under tests/golden/."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if pytestconfig.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        if not path.is_file():
            pytest.fail(f"tests/golden/{name} is not there yet: pytest --update-golden writes it")
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture(scope="session")
def require() -> Callable[[str, object], None]:
    """`require("node", shutil.which("node"))` skips where a thing is absent; it fails if OPPI18N_REQUIRE names it."""

    def check(name: str, found: object) -> None:
        if not found and name in os.environ.get("OPPI18N_REQUIRE", "").replace(",", " ").split():
            pytest.fail(f"{name} is absent, and OPPI18N_REQUIRE asks for it")
        if not found:
            pytest.skip(f"{name} is absent here")

    return check


@pytest.fixture(scope="session")
def seeds(require: Callable[[str, object], None]) -> Path:
    """The folder of the five bilingual pages behind the rules: OPPI18N_SEEDS."""
    return _outside("seeds", require)


@pytest.fixture(scope="session")
def corpus(require: Callable[[str, object], None]) -> Path:
    """The folder of published bilingual pages: OPPI18N_CORPUS."""
    return _outside("corpus", require)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The checkout with its sources; a test of the installed wheel runs without them."""
    if not (ROOT / "src" / "oppi18n").is_dir():
        pytest.skip("the sources are absent: the installed wheel is under test")
    return ROOT


def _outside(name: str, require: Callable[[str, object], None]) -> Path:
    path = Path(os.environ.get(f"OPPI18N_{name.upper()}") or ROOT.parent / "shared" / name)
    require(name, path.is_dir())
    return path
