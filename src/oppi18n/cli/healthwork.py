"""What `health` does: other commands, run one after the other, each with its own words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any, Final, NamedTuple

import click

from oppi18n.cli import machine
from oppi18n.cli.casework import test_rules
from oppi18n.cli.catalog import lint as catalog_lint
from oppi18n.cli.catalog import status, update
from oppi18n.cli.failures import told
from oppi18n.cli.progress import progress
from oppi18n.cli.ruleswork import lint_rules
from oppi18n.cli.session import Session, session
from oppi18n.errors import Oppi18nError

_LINES: Final = 12
"""Lines of a command that are shown: the last ones, unless `-v` asks for all."""

_COUNTED: Final = ("files", "cases", "failed", "units", "excused")
"""Numbers that an answer of another command has at its top."""


class _Part(NamedTuple):
    """What a command has answered."""

    name: str
    status: int
    said: str
    errors: list[dict[str, Any]]


def tell_health(pack_name: str | None, format_: str) -> int:
    """Run all checks of a pack; the highest status of them."""
    current, is_machine = session(), format_ == "json"
    packs = () if pack_name is None else (pack_name,)
    commands: dict[str, Callable[[], int]] = {
        "rules lint": lambda: lint_rules((), packs, format_),
        "rules test": lambda: test_rules((), {**_PLAINLY, "packs": packs, "format_": format_}),
        "catalog status": lambda: _called(status.command, (), None, pack_name, format_),
        "catalog update --check": lambda: _called(update.command, (), True, pack_name),
        "catalog lint": lambda: _called(
            catalog_lint.command, (), pack_name, format_=format_, fix=False, severity="warning"
        ),
    }
    parts = []
    for name in progress(commands, quiet=current.verbosity < 0):
        part = _run(name, commands[name], current)
        parts.append(part)
        if not is_machine:
            _show(part, current)
    if is_machine:
        results = [_result(part) for part in parts]
        current.out(machine.text_of(machine.envelope("health", {"locale": current.locale}, results=results)))
    return max(part.status for part in parts)


_PLAINLY: Final[Mapping[str, Any]] = {"wanted": None, "coverage": False, "least": None}


def _called(command: click.Command, *arguments: Any, **options: Any) -> int:
    assert command.callback is not None
    found: int = command.callback(*arguments, **options)
    return found


def _run(name: str, command: Callable[[], int], current: Session) -> _Part:
    """Run a command and keep what it says; what is current is only said in words, which `-v` asks for."""
    said, verbosity, errors = StringIO(), current.verbosity, list[dict[str, Any]]()
    current.verbosity = 1
    try:
        with redirect_stdout(said), redirect_stderr(said):
            status = command()
    except Oppi18nError as error:
        status = error.exit_status
        errors = machine.errors(error, name, current.localizer)
        said.write(told(error, current))
    finally:
        current.verbosity = verbosity
    return _Part(name, status, said.getvalue(), errors)


def _show(part: _Part, current: Session) -> None:
    sign = current.style("✗", "error") if part.status else current.style("✓", "good")
    current.out(f"{sign} {part.name}")
    lines = part.said.splitlines()
    if len(lines) > _LINES and current.verbosity < 1:
        lines = ["…", *lines[-_LINES:]]
    for line in lines:
        current.out(f"    {line}".rstrip())


def _result(part: _Part) -> dict[str, Any]:
    return {
        "command": part.name,
        "status": part.status,
        "counts": {} if part.errors else dict(_counts(part)),
        "errors": part.errors,
    }


def _counts(part: _Part) -> Iterator[tuple[str, int]]:
    """The numbers of an answer, whatever it is about."""
    start = part.said.find("{")
    if start < 0:
        # Only `update --check` has no answer for machines: it names each catalog in a line of its own.
        yield "catalogs", len(part.said.splitlines())
        return
    found, _ = json.JSONDecoder().raw_decode(part.said, start)
    yield from ((name, found[name]) for name in _COUNTED if name in found)
    for name in ("findings", "catalogs"):
        if name in found:
            yield name, len(found[name]) if isinstance(found[name], list) else found[name]
    if isinstance(found.get("catalogs"), list):
        yield from ((name, sum(each[name] for each in found["catalogs"])) for name in ("total", "missing"))
