"""Rules for the browser: a folder of modules, written whole or held against what they would be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

import click

from oppi18n.bulk.question import question
from oppi18n.cli import options
from oppi18n.cli.destination import write_all
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import InputError
from oppi18n.files import read_bytes
from oppi18n.i18n.browser import bundle
from oppi18n.i18n.locales import PRODUCT
from oppi18n.model.values import today

_OF_SQL: Final[Mapping[str, object]] = {
    "dialect": None, "shape": "query", "outcome": None, "columns": None, "mapping": None, "today": None, "zone": "UTC",
    "deployment": None,
}  # fmt: skip
"""Options that say how SQL is written or what it asks, and what they are when nobody gave them."""
_SPELLED: Final = {"shape": "as"}


def check_options(target: str, given: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant: SQL needs a dialect, modules a folder, and neither takes the other's options."""
    say = session().say
    needed = "dialect" if target == "sql" else "output"
    if not given[needed]:
        raise click.UsageError(say("{name} is missing.", name=f"--{needed}"))
    foreign = {"check": False} if target == "sql" else _OF_SQL
    for name, usual in foreign.items():
        if given[name] != usual:
            argument = f"--{_SPELLED.get(name, name)}"
            raise click.UsageError(say("The argument {argument} is not expected here.", argument=argument))


def export_modules(given: Mapping[str, Any]) -> int:
    """Write the modules of a ruleset into a folder; with --check, 1 if they are not there as they would be."""
    current = session()
    rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
    # Modules are given their day when they are asked, so the one of the question does not matter.
    asked = question(rules, today=today(), packs=given["packs"])
    files = bundle(
        asked.rules, asked.ruleset, settings=asked.settings, tags=given["locales"] or PRODUCT, packs=given["packs"]
    )
    contents = [(os.path.join(given["output"], name), text.encode()) for name, text in files.items()]
    return _compared(contents, current) if given["check"] else _written(contents, given["output"], current)


def _compared(contents: list[tuple[str, bytes]], current: Session) -> int:
    stale = [path for path, content in contents if not os.path.isfile(path) or read_bytes(path) != content]
    for path in stale:
        current.out(current.say("{path} is not up to date.", path=safe(path)))
    return 1 if stale else 0


def _written(contents: list[tuple[str, bytes]], folder: str, current: Session) -> int:
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError:
        raise InputError("not-a-folder", path=folder) from None
    except OSError as error:
        raise InputError("not-writable", path=folder, reason=error.strerror or "") from None
    write_all(contents)
    say = current.say
    current.tell(say.plural("{count} file was written.", "{count} files were written.", count=len(contents)))
    return 0
