"""Findings that somebody has looked at and accepted, each with the reason.

The file `locales/exceptions.yaml` of a pack:

    exceptions:
      - check: unchanged
        locales: [sv, ms]
        message: Status
        reason: The word is the same in Swedish and Malay.

`message` is the source text that the finding is about, `quote` the stretch of the translation that it points at;
one of them is needed. Without `locales`, all are meant. An exception that excuses nothing any more is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.checks import checks
from oppi18n.checks.background import language
from oppi18n.checks.finding import Finding
from oppi18n.diagnostics import AuthoringError, Diagnostic, Diagnostics, Span
from oppi18n.errors import InputError
from oppi18n.packs import Pack
from oppi18n.shapes import Shapes
from oppi18n.source import Node, Source, load

PATH: Final = "locales/exceptions.yaml"
"""Where a pack keeps its exceptions, as `packs.read_bytes` takes it."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Findings of one check that are accepted."""

    check: str
    reason: str
    locales: tuple[str, ...] = ()
    message: str = ""
    quote: str = ""
    context: str = ""
    span: Span = field(default=Span("", 1, 1, 1, 1), compare=False)

    def excuses(self, finding: Finding) -> bool:
        """Whether the finding is one of them.

        >>> from oppi18n.units.unit import Unit
        >>> finding = Finding(unit=Unit(id="1", source="Status", locale="sv"), code="unchanged", check="unchanged")
        >>> Exemption("unchanged", "the same word", ("sv",), message="Status").excuses(finding)
        True
        """
        unit = finding.unit
        return (
            self.check == finding.check
            and self.speaks_of(unit.locale)
            and self.message in ("", unit.source, unit.plural)
            and self.quote in ("", finding.quote)
            and unit.context.startswith(self.context)
        )

    def speaks_of(self, locale: str) -> bool:
        """Whether findings in that locale are meant."""
        return not self.locales or locale in self.locales or language(locale) in self.locales


class Sorted(NamedTuple):
    """What is left to say, what was excused, and which exceptions excused nothing."""

    findings: tuple[Finding, ...]
    excused: tuple[Finding, ...]
    unused: tuple[Diagnostic, ...]


def sort(
    findings: Iterable[Finding], exemptions: Collection[Exemption], locales: Collection[str], *, complete: bool
) -> Sorted:
    """Take the accepted findings out; `locales` were looked at as a whole, and `complete` says that they are all."""
    left: list[Finding] = []
    excused: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        found = {number for number, each in enumerate(exemptions) if each.excuses(finding)}
        used |= found
        (excused if found else left).append(finding)
    idle = (each for number, each in enumerate(exemptions) if number not in used)
    return Sorted(tuple(left), tuple(excused), tuple(_unused(idle, locales, complete)))


def _unused(idle: Iterable[Exemption], locales: Collection[str], complete: bool) -> Iterator[Diagnostic]:
    for each in idle:
        if complete or (each.locales and all(locale in locales for locale in each.locales)):
            yield Diagnostic("unused-exception", each.span, {"check": each.check}, severity="warning")


def of_pack(pack: Pack) -> tuple[Exemption, ...]:
    """The exceptions of a pack; none where it has no such file. Raises AuthoringError with what is wrong in it."""
    try:
        content = packing.read_bytes(pack, PATH)
    except InputError:
        return ()
    return read(Source(packing.path_of(pack, PATH), content.decode("utf-8-sig", "replace")))


def read(source: Source) -> tuple[Exemption, ...]:
    """The exceptions in a file. Raises AuthoringError with everything that is wrong in it.

    >>> read(Source("e.yaml", "exceptions: [{check: missing, message: OK, reason: It is the same.}]"))[0].check
    'missing'
    """
    wrong = Diagnostics()
    shapes = Shapes(wrong)
    top = shapes.mapping(load(source, wrong), required=("exceptions",))
    found = [_exemption(item, shapes) for item in shapes.items(top.get("exceptions"))] if top else []
    if wrong.failed:
        raise AuthoringError(wrong, {source.path: source.text})
    return tuple(each for each in found if each is not None)


def _exemption(node: Node, shapes: Shapes) -> Exemption | None:
    body = shapes.mapping(node, required=("check", "reason"), optional=("locales", "message", "quote", "context"))
    if body is None:
        return None
    message, quote = shapes.text(body.get("message")), shapes.text(body.get("quote"))
    if not message and not quote:
        shapes.diagnostics.report("absent-key", node.span, key="message")
    return Exemption(
        shapes.choice(body.get("check"), [each.name for each in checks()]),
        shapes.text(body.get("reason")),
        tuple(shapes.text(item) for item in shapes.items(body.get("locales"))),
        message=message,
        quote=quote,
        context=shapes.text(body.get("context")),
        span=node.span,
    )
