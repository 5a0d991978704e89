"""What is done to rule files as files: bringing them into their form, printing the schemas that editors check them by."""

from __future__ import annotations

from oppi18n.cli import machine
from oppi18n.cli.formatted import tell_formatted
from oppi18n.cli.session import session


def format_rules(paths: tuple[str, ...], *, check: bool, diff: bool) -> int:
    """Format files; 3 if one cannot be, 1 if one is not in its form and was only looked at."""
    from oppi18n.proofs.formatting import format_files

    groups = (format_files([path] if path is not None else []) for path in paths or (None,))
    return tell_formatted(groups, check=check, diff=diff)


def print_schema(which: str, packs: tuple[str, ...]) -> int:
    """Print the JSON Schema of a kind of file."""
    from oppi18n.proofs.schemas import schema_of

    session().out(machine.text_of(schema_of(which, packs=packs)))
    return 0
