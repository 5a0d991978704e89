"""The texts in our own Python sources: tables of texts, sentences that are said, help of commands.

Sources are read, never imported, so rooms of higher floors can be looked through. What counts as a message:

- the values of a table (`TABLES`);
- the literal sentence of a call `say("…")`, `say.plural("…", "…")` or `say.help("…")`, in a room of `ROOMS`;
  a name or an item of a table in the same module stands for its literals, and `context="…"` changes the context;
- the literal sentence of `….text("…", context="…")`, in any module;
- in `cli`, the docstring of a command and every `help="…"`.
"""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from oppi18n.i18n import examples
from oppi18n.i18n.entries import Entry

TABLES: Final = (
    ("errors.py", "TEXTS", "error", "sentence of an error, for whoever runs a command or calls a function"),
    ("texts/diagnostics.py", "TEXTS", "diagnostic", "what is wrong in a rule or catalog file, as compilers say it"),
    ("texts/diagnostics.py", "HINTS", "hint", "advice under a diagnostic, after the word “hint:”"),
)
"""(file, name of the table, part of the context, what its texts are)."""

CHECKS: Final = "checks/kinds/"
CHECKED: Final = "what a check says about a translation"
"""Where the checks are: the context of their texts is `check/<name of the check>/<code>`."""

ROOMS: Final = {
    "cli": "oppi18n/cli",
    "dialog": "oppi18n/dialog",
    "docs": "oppi18n/docs",
    "gallery": "oppi18n/gallery",
    "server": "oppi18n/server",
}
"""Room → the context of what is said there."""

PACK: Final = "oppi18n"
HELP: Final = "oppi18n/cli/help"


class _Said(NamedTuple):
    context: str
    msgid: str
    plural: str | None
    line: int
    about: str
    params: Mapping[str, tuple[str, str]]


def texts_of(root: str, shown: str) -> Iterator[Entry]:
    """The messages of the sources in the folder `root` of the package; references call that folder `shown`."""
    for relative in sorted(_modules(root)):
        with open(os.path.join(root, relative), encoding="utf-8") as file:
            text = file.read()
        for said in _messages(text, relative):
            yield Entry(
                context=said.context,
                msgid=said.msgid,
                msgid_plural=said.plural,
                extracted=(said.about, *examples.lines((said.msgid, said.plural), said.params)),
                references=(f"{shown}/{relative}:{said.line}",),
                line=said.line,
            )


def messages(text: str, relative: str) -> list[tuple[str, str, str | None]]:
    """Context, message and plural of each message in the text of a module.

    >>> messages('def run(say): say.plural("{count} file", "{count} files", count=2)', "cli/commands/check.py")
    [('oppi18n/cli', '{count} file', '{count} files')]
    """
    return [(said.context, said.msgid, said.plural) for said in _messages(text, relative)]


def _modules(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def _messages(text: str, relative: str) -> Iterator[_Said]:
    tree = ast.parse(text)
    literals = dict(_constants(tree))
    found = list(_tables(tree, relative))
    room = relative.split("/")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _said(node, room, relative, literals)
            found += _asked(node, relative, literals)
        if room == "cli":
            found += _helped(node, relative)
    yield from sorted(found, key=lambda said: said.line)


# ---- tables ----


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The values of the names that are assigned at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _tables(tree: ast.Module, relative: str) -> Iterator[_Said]:
    for path, name, part, about in (*TABLES, *_checks(relative)):
        value = dict(_constants(tree)).get(name) if path == relative else None
        if not isinstance(value, ast.Dict):
            continue
        for key, text in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(text, ast.Constant):
                yield _Said(f"{PACK}/{part}/{key.value!s}", str(text.value), None, text.lineno, about, {})


def _checks(relative: str) -> Iterator[tuple[str, str, str, str]]:
    if relative.startswith(CHECKS):
        name = relative.removeprefix(CHECKS).removesuffix(".py").replace("_", "-")
        yield relative, "TEXTS", f"check/{name}", CHECKED


# ---- sentences ----


def _said(call: ast.Call, room: str, relative: str, literals: Mapping[str, ast.expr]) -> Iterator[_Said]:
    way = _way(call.func)
    if way is None or room not in ROOMS or not call.args:
        return
    context = HELP if way == "help" else _context(call, literals) or ROOMS[room]
    plurals = [text for text, _ in _literals(call.args[1], literals)] if way == "plural" and len(call.args) > 1 else []
    for index, (text, line) in enumerate(_literals(call.args[0], literals)):
        plural = plurals[index] if index < len(plurals) else None
        yield _Said(context, text, plural, line, _about(relative), _params(call))


def _way(function: ast.expr) -> str | None:
    """How `say` is called: as it is (``), or as `plural` or `help`; None for another function."""
    if _is_say(function):
        return ""
    if isinstance(function, ast.Attribute) and function.attr in ("plural", "help") and _is_say(function.value):
        return function.attr
    return None


def _is_say(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "say") or (isinstance(node, ast.Attribute) and node.attr == "say")


def _asked(call: ast.Call, relative: str, literals: Mapping[str, ast.expr]) -> Iterator[_Said]:
    """A text that is asked of a localizer with a context that is written down."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "text" or not call.args:
        return
    context = _context(call, literals)
    if context is None:
        return
    given = next((each.value for each in call.keywords if each.arg == "plural"), None)
    plurals = [text for text, _ in _literals(given, literals)] if given is not None else []
    for text, line in _literals(call.args[0], literals):
        yield _Said(context, text, plurals[0] if plurals else None, line, _about(relative), {})


def _context(call: ast.Call, literals: Mapping[str, ast.expr]) -> str | None:
    given = next((each.value for each in call.keywords if each.arg == "context"), None)
    if isinstance(given, ast.JoinedStr):
        return _joined(given, literals)
    found = list(_literals(given, literals)) if given is not None else []
    return found[0][0] if found else None


def _joined(node: ast.JoinedStr, literals: Mapping[str, ast.expr]) -> str | None:
    """The text of an f-string whose only values are constants of the module."""
    parts = []
    for each in node.values:
        found = list(_literals(each.value if isinstance(each, ast.FormattedValue) else each, literals))
        if len(found) != 1:
            return None
        parts.append(found[0][0])
    return "".join(parts)


def _literals(node: ast.expr, literals: Mapping[str, ast.expr]) -> Iterator[tuple[str, int]]:
    """The texts a sentence may be: itself, both branches, or what a constant of the module holds."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, node.lineno
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body, literals)
        yield from _literals(node.orelse, literals)
    elif isinstance(node, ast.Name) and node.id in literals:
        yield from _literals(literals[node.id], {})
    elif isinstance(node, ast.Subscript):
        yield from _literals(node.value, literals)
    elif isinstance(node, ast.Dict | ast.Tuple | ast.List):
        for each in node.values if isinstance(node, ast.Dict) else node.elts:
            yield from _literals(each, {})


def _about(relative: str) -> str:
    room = relative.partition("/")[0]
    if _command(relative):
        return f"printed by the command “{_command(relative)}”"
    return {
        "cli": "printed by the command line",
        "dialog": "shown in the dialog “Close opportunity”",
        "docs": "stands on each page of the help site",
        "gallery": "stands in the gallery, the pages that show translators each message",
        "server": "stands on the pages of the service, around the dialog “Close opportunity”",
    }.get(room, "stands inside sentences")


def _command(relative: str) -> str:
    """The command that a module is, as people type it; empty for another module.

    >>> _command("cli/commands/check.py"), _command("cli/catalog/new.py"), _command("cli/words.py")
    ('check', 'catalog new', '')
    """
    room, *folder, name = relative.removesuffix(".py").split("/")
    if room != "cli" or not folder or name == "__init__":
        return ""
    return " ".join(each for each in (*folder, name) if each != "commands").replace("_", " ")


def _params(call: ast.Call) -> dict[str, tuple[str, str]]:
    """The values as they are written in the source, for want of types."""
    known = {}
    for each in call.keywords:
        if each.arg is not None and each.arg != "context":
            known[each.arg] = (
                ("whole number", "2") if each.arg == "count" else (f"value of {ast.unparse(each.value)}", "")
            )
    return known


# ---- help ----


def _helped(node: ast.AST, relative: str) -> Iterator[_Said]:
    if isinstance(node, ast.Call):
        for each in node.keywords:
            text = each.value.value if each.arg == "help" and isinstance(each.value, ast.Constant) else None
            if isinstance(text, str):
                yield _Said(HELP, inspect.cleandoc(text), None, each.value.lineno, f"help, in {_option(node)}", {})
    elif isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
        line = node.body[0].lineno
        name = _command(relative) if node.name == "command" else node.name.replace("_", "-")
        for text in _paragraphs(ast.get_docstring(node) or ""):
            if text:
                yield _Said(HELP, text, None, line, f"help of the command “{name}”", {})


def _option(call: ast.Call) -> str:
    named = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
    return f"the option {named[0]}" if named and named[0].startswith("-") else "a command"


def _is_command(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("command", "group")


def _paragraphs(text: str) -> list[str]:
    """As the help shows them: without the line ends of the source."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]
