"""A data file that is being read, whole or one of the records in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oppi18n.files import STDIN, decode, read_bytes
from oppi18n.model.facts import DataError, Facts, Problem
from oppi18n.model.values import find_zone
from oppi18n.readers.json_text import look_over, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from oppi18n.model.schema import Field, Model

JSON: Final = (".json",)
JSON_LINES: Final = (".jsonl", ".ndjson")
_UNSAID: Final = ("", ".txt")
"""Endings that say nothing about the format, so that the content has to."""

NEXT: Final = "@odata.nextLink"
CODE: Final = "isocurrencycode"
"""The member of an expanded currency that is read."""

Outcome = Facts | DataError
"""What one record of a file comes to: its facts, or everything that is wrong with it."""


class Input:
    """A data file, or one record of it, on its way to a reader.

    `value` is the JSON value (`None` for other formats), `pointer` its place in the text, which begins in `first_line`
    of the file; `name` is what to call it in answers, `is_whole` whether nothing else is in the file. Readers add to `notices` what callers should hear although the facts can be used.
    `direct` reads entities in which nothing is amiss, where there are many.
    """

    __slots__ = (
        "companions",
        "direct",
        "extension",
        "first_line",
        "is_whole",
        "model",
        "name",
        "notices",
        "path",
        "pointer",
        "text",
        "value",
        "zone",
    )

    def __init__(
        self, path: str, content: bytes | str, *, model: Model, zone: str, companions: Sequence[str] = ()
    ) -> None:
        self.path = self.name = path
        self.model = model
        self.zone = zone
        self.companions = companions
        self.extension = _extension(path)
        self.text = content if isinstance(content, str) else decode(content, path)
        self.first_line = 1
        self.is_whole = True
        self.pointer = ""
        self.value: Any = None
        self.direct: Callable[[Any], dict[str, Any] | None] | None = None
        self.notices: list[Problem] = []
        find_zone(zone)
        if not self.text.strip():
            raise self.error(Problem("empty-file", "", {}, 1, 1))

    @property
    def is_json(self) -> bool:
        """Whether the content is JSON or JSON Lines, by its ending or else by its first character."""
        if self.extension in _UNSAID:
            return self.text.lstrip()[:1] in ("{", "[")
        return self.extension in JSON or self.extension in JSON_LINES

    def record(self, value: object, pointer: str) -> Input:
        """One of the JSON values in this file."""
        part: Input = object.__new__(Input)
        for name in Input.__slots__:
            setattr(part, name, getattr(self, name))
        part.value, part.pointer, part.is_whole = value, pointer, False
        return part

    def error(self, *problems: Problem) -> DataError:
        """The one exception that carries the problems."""
        return DataError(problems, self.name)

    def refused(self, problems: Sequence[Problem], locate: Callable[[str], str]) -> DataError:
        """The exception for problems whose pointers are in the model's shape."""
        return self.error(*(_relocated(each, locate) for each in problems))

    def facts(self, record: dict[str, Any], locate: Callable[[str], str]) -> Facts:
        """The facts of a record, which know the way back."""
        return Facts(record, source=self.name, locate=locate)


def _relocated(problem: Problem, locate: Callable[[str], str]) -> Problem:
    params = problem.params
    first = params.get("first")
    if isinstance(first, str):
        params = {**params, "first": locate(first)}
    return problem._replace(pointer=locate(problem.pointer), params=params)


def open_input(path: str, *, model: Model, zone: str, companions: Sequence[str] = ()) -> Input:
    """A file from the disk, or standard input for `-`; InputError if it cannot be read."""
    return Input(path, read_bytes(path), model=model, zone=zone, companions=companions)


def json_records(whole: Input) -> Iterator[Input | DataError]:
    """The records of a JSON text: itself, or the items of its list, or its lines.

    Raises DataError if it is no JSON at all; a bad line of JSON Lines comes out as its own error.
    """
    if whole.extension in JSON_LINES:
        yield from records_in_lines(whole, whole.text.split("\n"))
        return
    try:
        value = parse(whole.text, whole.name)
    except DataError as error:
        if whole.extension in JSON or error.code != "json-trailing" or not _one_per_line(whole.text):
            raise
        yield from records_in_lines(whole, whole.text.split("\n"))
    else:
        yield from _items(whole, value)


def _items(whole: Input, value: object) -> Iterator[Input]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield whole.record(item, f"/{index}")
    else:
        whole.value = value
        yield whole


def records_in_lines(whole: Input, lines: Iterable[str]) -> Iterator[Input | DataError]:
    """The records of JSON Lines; a bad line comes out as its own error."""
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        line = whole.record(None, "")
        line.text, line.name, line.first_line = text, f"{whole.path}:{number}", number
        try:
            line.value = parse(text, line.name)
        except DataError as error:
            yield DataError(tuple(_in_line(each, number) for each in error.problems), line.name)
        else:
            yield line


def _in_line(problem: Problem, number: int) -> Problem:
    params = {**problem.params, "line": number} if "line" in problem.params else problem.params
    return problem._replace(line=number, params=params)


def _one_per_line(text: str) -> bool:
    return all(line.lstrip()[:1] == "{" and line.rstrip()[-1:] == "}" for line in text.split("\n") if line.strip())


def expansion(field: Field) -> str:
    """`_transactioncurrencyid_value` is the id of the record under `transactioncurrencyid`."""
    return field.dataverse.removeprefix("_").removesuffix("_value")


def _extension(path: str) -> str:
    if path == STDIN:
        return ""
    name = path.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def placed(problems: Sequence[Problem], text: str) -> list[Problem]:
    """The problems of a JSON text with the lines and columns of the values that they are about."""
    scan = look_over(text, [each.pointer for each in problems])
    return [each._replace(line=line, column=column) for each in problems for line, column in [scan.place(each.pointer)]]
