"""What importing translations did to a page or a catalog, said alike for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from oppi18n.cli.session import Session, safe

if TYPE_CHECKING:
    from oppi18n.errors import InputError
    from oppi18n.units.arrival import Arrival
    from oppi18n.units.unit import Unit


class Outcome(NamedTuple):
    """What importing did to a file. `refused` has the ids of units, and why they were."""

    path: str
    arrival: Arrival
    changed: int
    refused: tuple[tuple[str, InputError], ...]
    written: bool

    @property
    def is_wanting(self) -> bool:
        """Whether a translation fits nowhere."""
        return bool(self.refused or self.arrival.outdated or self.arrival.unknown)

    def show(self, current: Session, *, called: Callable[[Unit], str], unknown: Callable[[], None]) -> None:
        """Say what came of it: `called` names a unit, `unknown` tells of those that are not in the file."""
        say, path = current.say, safe(self.path)
        if self.changed:
            current.out(
                say.plural(
                    "{path}: {count} translation is new.",
                    "{path}: {count} translations are new.",
                    count=self.changed,
                    path=path,
                )
            )
        for _, error in self.refused:
            current.tell(f"oppi18n: {current.localizer.error(error).text}", -1)
        for unit in self.arrival.outdated:
            sentence = say(
                "{path}: {unit} was translated from another source, so it was left as it is.",
                path=path,
                unit=safe(called(unit)),
            )
            current.tell(sentence, -1)
        unknown()
        if self.arrival.unfinished:
            current.tell(
                say.plural(
                    "{path}: {count} text is not translated yet.",
                    "{path}: {count} texts are not translated yet.",
                    count=len(self.arrival.unfinished),
                    path=path,
                )
            )

    def result(self, current: Session) -> dict[str, Any]:
        """The same for machines."""
        found = self.arrival
        return {
            "path": self.path,
            "changed": self.changed,
            "same": len(found.same),
            "outdated": [unit.id for unit in found.outdated],
            "unknown": [unit.id for unit in found.unknown],
            "unfinished": [unit.id for unit in found.unfinished],
            "refused": [
                {"unit": unit, "code": error.code, "message": current.localizer.error(error).text}
                for unit, error in self.refused
            ],
            "written": self.written,
        }
