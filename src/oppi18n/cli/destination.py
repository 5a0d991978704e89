"""Where changed records go: checked before, read back before, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from oppi18n.cli import machine
from oppi18n.cli.session import Session, safe
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import STDIN, read_bytes, write_atomic

if TYPE_CHECKING:
    from oppi18n.closing import Closing
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Model
    from oppi18n.payloads import Payload

STDOUT = "-"


class Destination(NamedTuple):
    """What was asked for: `source` is the file that is read, `companions` those beside it."""

    source: str
    companions: tuple[str, ...]
    output: str | None
    in_place: bool
    dry_run: bool
    payloads: str | None

    @property
    def records(self) -> str | None:
        """Where the records go; None if nowhere."""
        if self.dry_run:
            return None
        return self.source if self.in_place else self.output

    @property
    def calls(self) -> str | None:
        """Where the calls go; None if nowhere."""
        return None if self.dry_run else self.payloads

    @property
    def takes_stdout(self) -> bool:
        """Whether the standard output is for what is written, so that words go elsewhere."""
        return STDOUT in (self.records, self.calls)

    def check(self, session: Session, *, as_text: bool) -> None:
        """Refuse what cannot be meant."""
        say = session.say
        if self.in_place and self.output is not None:
            raise click.UsageError(say("Give either --in-place or --output, not both."))
        if self.in_place and self.source == STDIN:
            raise InputError("stdin-in-place")
        written = [each for each in (self.output, self.payloads) if each is not None]
        for path in written:
            refuse_input(path, (self.source, *self.companions))
        if len(written) == 2 and (written[0] == written[1] or _is_same(*written)):
            raise click.UsageError(say("--output and --payloads name the same file."))
        if STDOUT in written and not as_text:
            raise click.UsageError(stdout_taken(session))


def stdout_taken(session: Session) -> str:
    """Why nothing else can go to the standard output."""
    return session.say("The answer itself takes the standard output, so name a file, or use --format text.")


def refuse_input(path: str, read: Iterable[str]) -> None:
    """Refuse to write over a file that is read."""
    if any(_is_same(path, each) for each in read):
        raise InputError("output-is-input", path=path)


def _is_same(one: str, other: str) -> bool:
    if STDIN in (one, other):
        return False
    with suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    return os.path.abspath(one) == os.path.abspath(other)


def changed_file(
    content: bytes, facts: Facts, closing: Closing, destination: Destination, *, model: Model, zone: str
) -> bytes:
    """The content of the file that is to be written, as it was proved to be read back.

    JSON stays the JSON it was; other formats become JSON of our own shape, which is not for replacing them.
    """
    from oppi18n.readers.rewrite import own_shape, rewritten

    path, target = destination.source, destination.records
    assert target is not None
    changes = [(change.pointer, change.values) for change in closing.changes]
    try:
        new = rewritten(content, facts, changes, path=path, model=model)
    except InputError as error:
        if error.code != "not-json-records" or destination.in_place:
            raise
        new = (machine.text_of(own_shape(facts, closing.record, model)) + "\n").encode()
    _prove(new, facts, closing, target, model=model, zone=zone)
    return new


def _prove(new: bytes, facts: Facts, closing: Closing, target: str, *, model: Model, zone: str) -> None:
    """Read back what is to be written: nothing is replaced by what could not be read again."""
    from oppi18n.readers import read_content

    found: tuple[Facts, ...] = ()
    with suppress(Oppi18nError):
        found = read_content(new, model=model, zone=zone, source=target).facts
    same = [each for each in found if each.id == facts.id]
    if not same:
        raise InputError("output-ending", path=target)
    if not any(each.record[model.root] == closing.record[model.root] for each in same):
        raise Oppi18nError("internal", what="rewrite")


def payload_lines(payloads: Iterable[Payload]) -> list[dict[str, Any]]:
    """Calls as JSON values, in the order in which they are to be sent."""
    return [
        {"method": each.method, "url": each.url, "body": dict(each.body), "record": each.record} for each in payloads
    ]


def payload_file(payloads: Iterable[Payload]) -> bytes:
    """The content of a file of calls."""
    return (machine.text_of(payload_lines(payloads)) + "\n").encode()


def calls_written(session: Session, count: int, path: str) -> str:
    """How many calls are in a file now."""
    return session.say.plural(
        "{count} call was written to {path}.", "{count} calls were written to {path}.", count=count, path=safe(path)
    )


def unchanged(path: str, content: bytes) -> None:
    """Refuse to replace a file that is not any more as it was read."""
    if read_bytes(path) != content:
        raise InputError("changed-meanwhile", path=path)


def write_all(files: Sequence[tuple[str, bytes]]) -> None:
    """Write all files or none: what was written before a failure is put back; what is printed comes last."""
    done: list[tuple[str, bytes | None]] = []
    try:
        for path, content in sorted(files, key=lambda each: each[0] == STDOUT):
            before = read_bytes(path) if path != STDOUT and os.path.isfile(path) else None
            _write(path, content)
            done.append((path, before))
    except BaseException:
        for path, before in reversed(done):
            _put_back(path, before)
        raise


def _write(path: str, content: bytes) -> None:
    if path == STDOUT:
        click.echo(content, nl=False)
    else:
        write_atomic(path, content)


def _put_back(path: str, before: bytes | None) -> None:
    with suppress(OSError, Oppi18nError):
        if before is not None:
            write_atomic(path, before)
        elif path != STDOUT and os.path.isfile(path):
            os.unlink(path)
