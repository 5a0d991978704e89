"""What every test may ask for: golden files, test data from outside, long runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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
    # A shell that starts the tests in the background, or nohup, has signals ignored, and so would every child of theirs.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for each in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, each) and signal.getsignal(getattr(signal, each)) is signal.SIG_IGN:
            signal.signal(getattr(signal, each), signal.SIG_DFL)
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


@pytest.fixture(scope="session")
def postgres(require: Callable[[str, object], None]) -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, on a socket in a folder that goes with it."""
    found = shutil.which("initdb") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    require("postgres", found and find_spec("psycopg"))
    programs = Path(str(found)).parent
    folder = Path(tempfile.mkdtemp(prefix="oppi18n-pg-"))
    # The server refuses to run for root, so it runs for somebody who may do less.
    user = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")

    options = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
    run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "oppi18n", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    run("pg_ctl", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log", "-w", "start")
    try:
        yield f"postgresql://oppi18n@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark(require: Callable[[str, object], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session on two threads of this machine."""
    require("spark", find_spec("pyspark") and shutil.which("java"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        made = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        made = made.config("spark.ui.showConsoleProgress", "false")
        made = made.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        made = made.config("spark.sql.shuffle.partitions", "2").config("spark.sql.session.timeZone", "America/New_York")
        session = made.config("spark.driver.host", "127.0.0.1").config("spark.log.level", "ERROR").getOrCreate()
    yield session
    session.stop()


def _outside(name: str, require: Callable[[str, object], None]) -> Path:
    path = Path(os.environ.get(f"OPPI18N_{name.upper()}") or ROOT.parent / "shared" / name)
    require(name, path.is_dir())
    return path
