"""How the fields of the root records are read: once each, and looked at before anything relies on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from oppi18n.model.schema import Field, Model
from oppi18n.targets.fields import named
from oppi18n.targets.walks import checked

Path = tuple[str, ...]

_MANY = 4
"""From so many fields on, it pays to look first whether a record is whole."""


class Roots:
    """Emits the reading of root fields; `fetched` are those that `whole` has read already."""

    def __init__(self, model: Model) -> None:
        self.model = model
        records = (model.records[name] for name in (model.root, model.request))
        self.fields: Mapping[Path, Field] = {
            (record.name, name): field for record in records for name, field in record.fields.items()
        }
        self.fetched: set[Path] = set()

    def is_sure(self, path: Path) -> bool:
        """Whether the fast way relies on the field being given."""
        field = self.fields[path]
        return field.required or field.type == "list"

    def whole(self, paths: Iterable[Path]) -> Iterator[str]:
        """The optional fields of a record that has all its fields are read without asking for each whether it is there.

        A record with as many members as fields that lacks one has a member that nobody knows; the careful way says so.
        """
        paths = list(paths)
        for root in (self.model.root, self.model.request):
            optional = [path for path in paths if path[0] == root and not self.is_sure(path)]
            if len(optional) < _MANY:
                continue
            self.fetched |= set(optional)
            yield f"if len({root}) == {len(self.model.records[root].fields)}:"
            yield from (f"    {named(path)} = {root}[{path[1]!r}]" for path in optional)
            yield "else:"
            yield from (f"    {named(path)} = {root}.get({path[1]!r})" for path in optional)

    def fetch(self, path: Path) -> Iterator[str]:
        """Fill the variable of a field, unless it is filled."""
        if path not in self.fetched:
            record, name = path
            yield f"{named(path)} = {record}{f'[{name!r}]' if self.fields[path].required else f'.get({name!r})'}"

    def read(self, path: Path) -> Iterator[str]:
        """Fill the variable of a field and check its type."""
        field = self.fields[path]
        yield from self.fetch(path)
        if field.type == "list":
            yield from (f"if type({named(path)}) is not list:", "    bail()")
        else:
            yield from checked(named(path), field, self.model)
