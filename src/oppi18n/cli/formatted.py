"""What became of files that were brought into their form: shown, told or written."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff
from typing import TYPE_CHECKING, Protocol

from oppi18n.cli import failures
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.diagnostics import Diagnostic


class Formatted(Protocol):
    """A file before and after; `diagnostics` say why it is left as it was."""

    @property
    def path(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]: ...
    @property
    def changed(self) -> bool: ...
    def write(self) -> None: ...


def tell_formatted(groups: Iterable[Iterable[Formatted]], *, check: bool, diff: bool) -> int:
    """Tell, show or write what became of files; 3 if one cannot be formatted, 1 if one was only looked at.

    A file that cannot be written does not hold up the others, nor does a group that raises an Oppi18nError.
    """
    current = session()
    changed = same = status = 0
    for group in groups:
        try:
            for found in group:
                status = max(status, _written(found, current, check=check, diff=diff))
                if not found.diagnostics:
                    changed, same = changed + found.changed, same + (not found.changed)
        except Oppi18nError as error:
            status = max(status, _failed(error, current))
    _summary(changed, same, current, looked=check or diff)
    return status


def _written(found: Formatted, current: Session, *, check: bool, diff: bool) -> int:
    try:
        return _done(found, current, check=check, diff=diff)
    except Oppi18nError as error:
        return _failed(error, current)


def _failed(error: Oppi18nError, current: Session) -> int:
    current.tell(f"oppi18n: {failures.told(error, current)}", -1)
    return error.exit_status


def _done(found: Formatted, current: Session, *, check: bool, diff: bool) -> int:
    """Tell, show or write what became of a file; its part of the exit status."""
    for each in found.diagnostics:
        current.tell(failures.diagnosed(each, found.before, current))
    if diff:
        lines = unified_diff(found.before.split("\n"), found.after.split("\n"), found.path, found.path, lineterm="")
        for line in lines:
            current.out(safe(line))
    elif not check and found.path == STDIN:
        current.out(found.after.removesuffix("\n"))
    if not found.changed:
        return 3 if found.diagnostics else 0
    if check:
        current.tell(current.say("{path} isn't formatted.", path=found.path))
    elif not diff and found.path != STDIN:
        found.write()
        current.tell(current.say("{path} was formatted.", path=found.path))
    return 1 if check else 0


def _summary(changed: int, same: int, current: Session, *, looked: bool) -> None:
    say = current.say
    if changed and looked:
        current.tell(say.plural("{count} file would be formatted.", "{count} files would be formatted.", count=changed))
    elif changed:
        current.tell(say.plural("{count} file was formatted.", "{count} files were formatted.", count=changed), 1)
    if same:
        told = say.plural("{count} file was formatted already.", "{count} files were formatted already.", count=same)
        current.tell(told, 1 if changed else 0)
