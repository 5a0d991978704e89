"""What is done to rule files as files: bringing them into their form, printing the schemas that editors check them by."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from oppi18n.cli import failures, machine
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import Oppi18nError
from oppi18n.files import STDIN

if TYPE_CHECKING:
    from oppi18n.proofs.formatting import Formatted


def format_rules(paths: tuple[str, ...], *, check: bool, diff: bool) -> int:
    """Format files; 3 if one cannot be, 1 if one is not in its form and was only looked at."""
    from oppi18n.proofs.formatting import format_files

    current = session()
    changed = same = status = 0
    for path in paths or (None,):
        # A path that cannot be read, or a file that cannot be written, does not hold up the rest.
        try:
            for found in format_files([path] if path is not None else []):
                status = max(status, _done(found, current, check=check, diff=diff))
                if not found.diagnostics:
                    changed, same = changed + found.changed, same + (not found.changed)
        except Oppi18nError as error:
            current.tell(f"oppi18n: {failures.told(error, current)}")
            status = max(status, error.exit_status)
    _summary(changed, same, current, looked=check or diff)
    return status


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


def print_schema(which: str, packs: tuple[str, ...]) -> int:
    """Print the JSON Schema of a kind of file."""
    from oppi18n.proofs.schemas import schema_of

    session().out(machine.text_of(schema_of(which, packs=packs)))
    return 0
