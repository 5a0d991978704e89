"""Facts in the model's own shape: `{"opportunity": {…}, "close": {…}}` as JSON, JSON Lines or YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oppi18n.model.facts import Conversion
from oppi18n.readers.inputs import Input, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

YAML = (".yaml", ".yml")


def claims(file: Input) -> int:
    """Sure of YAML, and of JSON that names a record of the model; perhaps any other JSON."""
    if not file.is_json:
        return 2 if file.extension in YAML else 0
    model = file.model
    return 2 if isinstance(file.value, dict) and not file.value.keys().isdisjoint((model.root, model.request)) else 1


def read(file: Input) -> Iterator[Outcome]:
    """The facts of each record, or what is wrong with it."""
    if not file.is_json:
        from oppi18n.readers.yaml_text import records  # YAML is slow to load

        yield from records(file)
        return
    conversion = Conversion(file.model, zone=file.zone)
    record = conversion.facts(file.value)

    def locate(pointer: str) -> str:
        return file.pointer + pointer

    yield file.refused(conversion.problems, locate) if conversion.problems else file.facts(record, locate)
