"""Imports only look down: every import of the package is read, lazy ones too."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "oppi18n"
pytestmark = pytest.mark.usefixtures("checkout")

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "version",
        "texts",
        "tuples",
        "errors",
        "widths",
        "diagnostics",
        "files",
        "cache",
        "source",
        "layout",
        "shapes",
        "templates",
        "packs",
    ),
    ("model", "readers"),
    ("rules", "targets"),
    ("engine", "calculator", "remedies", "payloads", "closing", "analysis"),
    ("i18n",),
    ("units", "checks", "upkeep", "memory", "proofs"),
    ("exchange", "dialog", "gallery", "docs"),
    ("bulk", "store"),
    ("server", "testing", "contrib", "cli", "__main__"),
    ("__init__",),
)
"""Rooms by floor from the ground, left to right: a room looks down, or left on its own floor."""

LAZY_ROOMS = {"__init__", "__main__", "cli", "bulk", "store"}
"""Where any import may wait until it is needed."""

CACHE_MISSES: dict[str, str] = {
    "oppi18n.cache": "only clearing the cache matches names",
    "oppi18n.docs.front": "values that are written plainly need no YAML",
    "oppi18n.engine.loading": "rules are compiled when the cache has no program for them",
    "oppi18n.engine.rules": "the careful way is needed only where data is missing",
    "oppi18n.i18n.answers": "JSON is written where it was asked for",
    "oppi18n.i18n.catalogs": "a catalog is parsed when the cache has no table for it",
    "oppi18n.i18n.formats": "patterns come from Babel when the cache has none",
    "oppi18n.i18n.phrases": "a template is compiled once it is used often",
    "oppi18n.i18n.speech": "pseudo-locales are for trying things out",
    "oppi18n.model.facts": "the nearest name is looked for when a name is wrong",
    "oppi18n.model.loader": "currencies are looked up when a model is read anew",
    "oppi18n.model.values": "zones are needed where a timestamp becomes a date",
    "oppi18n.packs": "entry points, archives and YAML are read for outside packs and zipped installs alone",
    "oppi18n.readers.__init__": "the folder is looked through for a file that no usual reader knows",
    "oppi18n.readers.dataverse": "a function is made for reading many records, and most files hold a few",
    "oppi18n.readers.json_text": "the culprit is looked for when a JSON text is wrong",
    "oppi18n.readers.native": "YAML is slow to load, and most facts are JSON",
    "oppi18n.server.live": "what runs in pages is made when the first page asks for it",
    "oppi18n.testing": "pytest loads the plugin in every run, and most suites ask nothing of it",
}
"""module → why a slow import waits there; the ordinary run never reaches it."""

CORE = {"babel", "click", "jinja2", "markupsafe", "yaml"}
EXTRAS: dict[str, set[str]] = {
    "django": {"contrib"},
    "duckdb": {"bulk"},
    "fastapi": {"contrib"},
    "flask": {"contrib"},
    "h11": {"server"},
    "markdown_it": {"docs"},
    "psycopg": {"bulk", "store"},
    "py4j": {"bulk"},
    "pydantic": {"contrib"},
    "pyspark": {"bulk"},
    "pytest": {"testing"},
    "rapidfuzz": {"memory"},
    "sqlalchemy": {"store"},
    "starlette": {"server", "contrib"},
    "uvicorn": {"server"},
}
"""library of an extra → the rooms that may import it."""

LINES_OF_A_FUNCTION, LINES_OF_MOST_FUNCTIONS, LINES_OF_A_CLASS, LINES_OF_A_MODULE = 40, 25, 150, 400

Modules = dict[str, ast.Module]


class Import(NamedTuple):
    """One import: who, what, and whether it waits inside a function."""

    module: str
    target: str
    lazy: bool
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def read(texts: dict[str, str]) -> Modules:
    return {module: ast.parse(text, module) for module, text in texts.items()}


def package() -> dict[str, str]:
    """module → text, with `__init__` spelled out, so that a package and its first module differ."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        found[".".join(("oppi18n", *path.relative_to(SOURCE).with_suffix("").parts))] = path.read_text(encoding="utf-8")
    return found


def room(module: str) -> str:
    return module.split(".")[1]


def height(module: str) -> tuple[int, int] | None:
    for floor, rooms in enumerate(FLOORS):
        if room(module) in rooms:
            return floor, rooms.index(room(module))
    return None


def module_of(name: str, modules: Modules) -> str:
    """The module a dotted name lies in; names from elsewhere stay as they are."""
    parts = name.split(".")
    while parts[0] == "oppi18n":
        for candidate in (".".join(parts), ".".join((*parts, "__init__"))):
            if candidate in modules:
                return candidate
        if len(parts) == 1:
            return "oppi18n.__init__"
        parts.pop()
    return name


def walk(node: ast.AST, lazy: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, lazy
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from walk(child, lazy or inside)


def imports(module: str, modules: Modules) -> Iterator[Import]:
    for node, lazy in walk(modules[module]):
        for name in (*names(node), *(root_names(node) if module == "oppi18n.__init__" else ())):
            yield Import(module, module_of(name, modules), lazy, getattr(node, "lineno", 0))


def names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif is_dynamic(node) and isinstance(node, ast.Call):
        literals = (each.value for each in node.args[:1] if isinstance(each, ast.Constant))
        yield from (literal for literal in literals if isinstance(literal, str))


def root_names(node: ast.AST) -> Iterator[str]:
    """The root imports by tables of names, so each string in it that is a module's name counts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"oppi18n(\.\w+)+", node.value):
        yield node.value


def is_dynamic(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in {"import_module", "__import__"}


def is_of_own_room(call: ast.Call, module: str) -> bool:
    """Whether a computed import can only reach members of the module's own room, which are found by file name."""
    if not call.args or not isinstance(call.args[0], ast.JoinedStr):
        return False
    start = call.args[0].values[0]
    if isinstance(start, ast.Constant):
        return str(start.value).startswith(f"oppi18n.{room(module)}.")
    return isinstance(start, ast.FormattedValue) and ast.unparse(start.value) in {"__name__", "__package__"}


def unknown_rooms(modules: Modules) -> Iterator[str]:
    for name in sorted({room(module) for module in modules if height(module) is None}):
        yield f"the room oppi18n.{name} has no floor: add it to FLOORS here, right of all that it imports"


def upward(modules: Modules) -> Iterator[str]:
    for each in (each for module in modules for each in imports(module, modules)):
        if not each.target.startswith("oppi18n.") or room(each.target) == room(each.module):
            continue
        here, there = height(each.module), height(each.target)
        if here is not None and there is not None and there >= here:
            yield f"{each}, which is not below it: pass in what it needs, or move the code"


def circles(modules: Modules) -> Iterator[str]:
    graph = {module: sorted({each.target for each in imports(module, modules)} & modules.keys()) for module in modules}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> Iterator[str]:
        if module in path:
            yield " → ".join((*path[path.index(module) :], module))
        elif module not in done:
            for target in graph[module]:
                yield from visit(target, (*path, module))
            done.add(module)

    for module in graph:
        yield from visit(module, ())


def lazy_imports(modules: Modules) -> Iterator[str]:
    waiting: set[str] = set()
    for each in (each for module in modules for each in imports(module, modules)):
        if each.lazy and room(each.module) not in LAZY_ROOMS:
            waiting.add(each.module)
            if each.module not in CACHE_MISSES:
                yield f"{each} inside a function: import at the top, or add the module to CACHE_MISSES with the reason"
    yield from (f"{each} imports nothing lazily: drop it from CACHE_MISSES" for each in CACHE_MISSES.keys() - waiting)


def hidden_imports(modules: Modules) -> Iterator[str]:
    for module, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield f"{module}:{node.lineno} imports relatively: write the whole name"
            elif is_dynamic(node) and isinstance(node, ast.Call):
                computed = not (node.args and isinstance(node.args[0], ast.Constant))
                if computed and room(module) != "__init__" and not is_of_own_room(node, module):
                    yield f"{module}:{node.lineno} computes what it imports: begin with f'oppi18n.{room(module)}.'"


def foreign(modules: Modules) -> Iterator[tuple[Import, str]]:
    for each in (each for module in modules for each in imports(module, modules)):
        library = each.target.split(".")[0]
        if library != "oppi18n" and library not in sys.stdlib_module_names and library != "__future__":
            yield each, library


def misplaced_libraries(modules: Modules) -> Iterator[str]:
    for each, library in foreign(modules):
        if library not in CORE and room(each.module) not in EXTRAS.get(library, set()):
            yield f"{each}: list {library} in EXTRAS here (and pyproject.toml) for the rooms that may"


def copyleft(library: str) -> bool:
    """Whether the installed library's own metadata puts it under a GPL (an LGPL is fine)."""
    distributions = packages_distributions().get(library, [library])
    try:
        found = [metadata(each) for each in distributions]
    except PackageNotFoundError:
        return False
    terms = [term for each in found for field in ("License-Expression", "License") for term in each.get_all(field, [])]
    # A licence field may hold the whole text of a licence; its first line names it.
    terms = [term.partition("\n")[0] for term in terms]
    terms += [term for each in found for term in each.get_all("Classifier", []) if term.startswith("License")]
    return any(re.search(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", term) for term in terms)


def too_long(modules: dict[str, str]) -> Iterator[str]:
    for module, text in modules.items():
        if (length := text.count("\n")) > LINES_OF_A_MODULE:
            yield f"{module} has {length} lines: at most {LINES_OF_A_MODULE}"
        for node in ast.walk(ast.parse(text)):
            limit = LINES_OF_A_CLASS if isinstance(node, ast.ClassDef) else LINES_OF_A_FUNCTION
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and lines(node) > limit:
                yield f"{module}:{node.lineno} {node.name} has {lines(node)} lines: at most {limit}"


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def speechless(modules: Modules) -> Iterator[str]:
    for module, tree in modules.items():
        if tree.body and not (ast.get_docstring(tree) or "").partition("\n")[0].endswith("."):
            yield f"{module} does not begin with a sentence"


def printing(modules: Modules) -> Iterator[str]:
    for module, tree in modules.items():
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        if room(module) != "cli":
            yield from (f"{module}:{call.lineno} prints" for call in calls if getattr(call.func, "id", "") == "print")


LAWS = (unknown_rooms, upward, circles, lazy_imports, hidden_imports, misplaced_libraries, speechless, printing)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_package_keeps_the_law(law):
    """Nothing in the package breaks the rules of the house."""
    problems = list(law(read(package())))

    assert not problems, "\n".join(problems)


def test_nothing_is_too_long():
    """Functions, classes and modules stay within the budget."""
    problems = list(too_long(package()))

    assert not problems, "\n".join(problems)


def test_most_functions_are_short():
    """Nine functions of ten fit on a small screen."""
    trees = read(package()).values()
    found = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    short = [node for node in found if lines(node) <= LINES_OF_MOST_FUNCTIONS]

    assert len(short) >= 0.9 * len(found)


def test_no_library_is_under_a_gpl():
    """What the package imports may be used under its own licence."""
    assert not {library for _, library in foreign(read(package())) if copyleft(library)}


BROKEN = {
    "room": (unknown_rooms, {"oppi18n.attic": ""}, "oppi18n.attic has no floor"),
    "up": (upward, {"oppi18n.errors": "from oppi18n.cli import main", "oppi18n.cli.__init__": ""}, "is not below it"),
    "right": (upward, {"oppi18n.model.a": "import oppi18n.readers.b", "oppi18n.readers.b": ""}, "is not below it"),
    "root": (upward, {"oppi18n.cli.a": "from oppi18n import load_rules", "oppi18n.__init__": ""}, "__init__"),
    "lazily up": (upward, {"oppi18n.files": "def f():\n import oppi18n.cli", "oppi18n.cli.__init__": ""}, "below"),
    "typing up": (
        upward,
        {"oppi18n.files": "if TYPE_CHECKING:\n from oppi18n.engine import x", "oppi18n.engine": ""},
        "below",
    ),
    "named up": (
        upward,
        {"oppi18n.files": "importlib.import_module('oppi18n.engine')", "oppi18n.engine": ""},
        "below",
    ),
    "circle": (
        circles,
        {"oppi18n.rules.a": "from oppi18n.rules import b", "oppi18n.rules.b": "def f():\n import oppi18n.rules.a"},
        "oppi18n.rules.a → oppi18n.rules.b → oppi18n.rules.a",
    ),
    "circle through a table": (
        circles,
        {"oppi18n.__init__": "T = {'f': 'oppi18n.errors'}", "oppi18n.errors": "import oppi18n"},
        "oppi18n.__init__ → oppi18n.errors → oppi18n.__init__",
    ),
    "lazy": (lazy_imports, {"oppi18n.engine": "def f():\n import json"}, "imports json inside a function"),
    "stale": (lazy_imports, {"oppi18n.packs": ""}, "oppi18n.packs imports nothing lazily"),
    "relative": (hidden_imports, {"oppi18n.rules.a": "from . import b"}, "imports relatively"),
    "computed": (hidden_imports, {"oppi18n.rules.a": "import_module(name)"}, "computes what it imports"),
    "elsewhere": (hidden_imports, {"oppi18n.rules.a": "import_module(f'oppi18n.cli.{n}')"}, "f'oppi18n.rules.'"),
    "library": (misplaced_libraries, {"oppi18n.engine": "import duckdb"}, "list duckdb in EXTRAS"),
    "stranger": (misplaced_libraries, {"oppi18n.engine": "import numpy.linalg"}, "list numpy in EXTRAS"),
    "silent": (speechless, {"oppi18n.engine": "import json"}, "does not begin with a sentence"),
    "print": (printing, {"oppi18n.engine": "print(1)"}, "oppi18n.engine:1 prints"),
}


@pytest.mark.parametrize(("law", "texts", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_law_is_seen(law, texts, told):
    """Each rule of the house notices what breaks it."""
    problems = list(law(read(texts)))

    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("law", "texts"),
    [
        (upward, {"oppi18n.cli.a": "from oppi18n.engine import run", "oppi18n.engine": ""}),
        (upward, {"oppi18n.readers.a": "from oppi18n.model.b import c", "oppi18n.model.b": ""}),
        (hidden_imports, {"oppi18n.checks.__init__": "import_module(f'oppi18n.checks.{name}')"}),
        (hidden_imports, {"oppi18n.checks.__init__": "import_module(f'{__name__}.{name}')"}),
        (misplaced_libraries, {"oppi18n.bulk.duck": "import duckdb"}),
        (circles, {"oppi18n.rules.__init__": "from oppi18n.rules.a import b", "oppi18n.rules.a": ""}),
    ],
)
def test_lawful_import_passes(law, texts):
    """Looking down, left, or at the members of one's own room is fine."""
    assert not list(law(read(texts)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f():\n" + " x\n" * 40, "f has 41 lines"),
        ("class C:\n" + " x = 1\n" * 150, "C has 151 lines"),
        ("x\n" * 401, "oppi18n.engine has 401 lines"),
    ],
)
def test_length_is_seen(text, told):
    """One line too many is named."""
    assert told in "\n".join(too_long({"oppi18n.engine": text}))


def test_copyleft_is_read_from_the_metadata(tmp_path, monkeypatch):
    """A GPL is recognised, a lesser one is let through."""
    for name, terms in {"strict": "GPL-3.0-or-later", "lesser": "LGPL-3.0-only", "free": "MIT"}.items():
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        head = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1\n"
        (folder / "METADATA").write_text(f"{head}License-Expression: {terms}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert [name for name in ("strict", "lesser", "free") if copyleft(name)] == ["strict"]
