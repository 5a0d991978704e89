"""Files of any length are read record by record; no more of them is in memory than one piece and one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any, Final

from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import LIMIT
from oppi18n.model.facts import DataError, Problem
from oppi18n.readers import answers, placed_in, read_input
from oppi18n.readers.csv_streams import rows_of_csv
from oppi18n.readers.dataverse import outcome_of, prepare, refuse_other
from oppi18n.readers.inputs import JSON, JSON_LINES, NEXT, Input, Outcome, placed, records_in_lines
from oppi18n.readers.json_text import RefusedError, look_over, parse, parse_or_none, value_at
from oppi18n.readers.pieces import Watch, text_pieces, unwatched
from oppi18n.readers.running import Running

if TYPE_CHECKING:
    from oppi18n.model.schema import Model

_LIST: Final = "value"
_WINDOW: Final = 4 * 1024 * 1024
"""Characters that are looked over for what is wrong."""


def _unheard(problem: Problem) -> None:
    """Nobody asks for what does not spoil the file."""


def stream(
    path: str,
    *,
    model: Model,
    zone: str = "UTC",
    companions: Sequence[str] = (),
    watch: Watch = unwatched,
    tell: Callable[[Problem], None] = _unheard,
) -> Iterator[Outcome]:
    """The outcomes that `read` would have, one by one, of a file that may be longer than memory.

    An error may come after facts that it spoils: an opportunity that occurs twice, a quote of none. So whoever meets
    one has to refuse everything. `watch` hears what part has been read, `tell` what callers should hear although the
    facts can be used. Raises what `read` raises. Lists of records in JSON, JSON Lines and CSV are streamed; other
    files are read whole, within the limit of `read`.
    """
    text = Running(text_pieces(path, watch), path)
    while not text.rest.strip() and text.more(len(text.rest) + 1):
        if len(text.rest) > LIMIT:
            raise InputError("file-too-large", path=path, limit=LIMIT)
    whole = Input(path, text.rest, model=model, zone=zone, companions=tuple(companions))
    some = False
    for outcome in _outcomes(whole, text):
        some = True
        yield outcome
    for problem in whole.notices:
        tell(problem)
    if not some:
        raise whole.error(Problem("no-opportunity", "", {}, 1, 1))


def _outcomes(whole: Input, text: Running) -> Iterator[Outcome]:
    if whole.extension == ".csv":
        yield from rows_of_csv(whole, text.pieces())
        return
    if whole.is_json and whole.companions:
        raise InputError("companion-unused", path=whole.path)
    if whole.extension in JSON_LINES:
        prepare(whole)
        for record in records_in_lines(whole, text.lines()):
            yield from [record] if isinstance(record, DataError) else placed_in(answers(record), record)
        return
    items = _start_of_list(text, whole) if whole.is_json else None
    if items is None:
        yield from _whole(whole, text)
        return
    prepare(whole)
    yield from items.outcomes()


def _whole(whole: Input, text: Running) -> Iterator[Outcome]:
    text.more(LIMIT + 1 - len(text.rest))
    if len(text.rest) > LIMIT:
        raise InputError("file-too-large", path=whole.path, limit=LIMIT)
    whole.text = text.rest
    yield from read_input(whole)


def _start_of_list(text: Running, whole: Input) -> _Items | None:
    """Go to the first record of a list; None if no such list comes soon."""
    while True:
        begin = text.rest[:_WINDOW]
        at = len(begin) - len(begin.lstrip(" \t\n\r"))
        if whole.extension not in JSON and begin[at : at + 1] == "{":
            # Where the ending does not say, more answers may follow, each in its line.
            first, end, _ = begin[at:].partition("\n")
            if not end and len(begin) < _WINDOW and text.more(len(begin)):
                continue
            if end and parse_or_none(first) is not None:
                return None
        if begin[at : at + 1] == "[":
            text.forward(at + 1)
            return _Items(whole, text, None)
        try:
            members, at = _members_before(begin, at)
        except (RefusedError, IndexError):
            # Cut off, or wrong: whoever reads it whole will say so.
            if len(text.rest) >= _WINDOW or not text.more():
                return None
            continue
        if members is None or _is_ours(whole, members):
            return None
        text.forward(at)
        items = _Items(whole, text, members, begin[:at])
        items.refuse_other(members, begin[:at])
        return items


def _is_ours(whole: Input, members: dict[str, Any]) -> bool:
    """Whether these are members of our own shape, which has no list."""
    return not members.keys().isdisjoint((whole.model.root, whole.model.request))


def _members_before(begin: str, at: int) -> tuple[dict[str, Any] | None, int]:
    members: dict[str, Any] = {}
    mark = "{"
    while begin[at] == mark:
        name, at = value_at(begin, _skipped(begin, at + 1))
        at = _skipped(begin, at)
        if begin[at] != ":" or type(name) is not str or name in members:
            raise RefusedError
        at = _skipped(begin, at + 1)
        if name == _LIST and begin[at] == "[":
            return members, at + 1
        members[name], at = value_at(begin, at, 1)
        at, mark = _skipped(begin, at), ","
    return None, at


def _skipped(text: str, at: int) -> int:
    while text[at] in " \t\n\r":
        at += 1
    return at


class _Items:
    """The records of a list that begins here, and what follows it."""

    def __init__(self, whole: Input, text: Running, members: dict[str, Any] | None, begin: str = "") -> None:
        self.whole = whole
        self.text = text
        self.members = members
        self.begin = begin
        self.pointer = "" if members is None else f"/{_LIST}"
        # What a text would begin with that has none of the records before this one.
        names = "".join(f"{dumps(name)}:null," for name in members or ())
        self.before = "[" if members is None else f'{{{names}"{_LIST}":['
        self.number = 0

    def outcomes(self) -> Iterator[Outcome]:
        if self.text.peek() != "]":
            yield from self._records()
        self.text.forward(1)
        after = self._after()
        if isinstance(after, dict):
            if _is_ours(self.whole, after):
                raise self._stranger(after)
            self.refuse_other(after, self.before + "]" + self.text.rest, len(self.before) + 1)
            if {**after, **(self.members or {})}.get(NEXT) is not None:
                self.whole.notices.append(Problem("more-opportunities", f"/{NEXT}", {}))

    def _records(self) -> Iterator[Outcome]:
        text, depth = self.text, 1 if self.members is None else 2
        while True:
            text.peek()
            try:
                value, start = text.value(depth)
            except RefusedError:
                raise self._refused_value() from None
            yield from self._answers(value, start)
            mark = text.peek()
            if mark == "]":
                return
            if mark != ",":
                raise self._refused(self.before + "null ")
            self.number += 1
            text.forward(1)

    def _answers(self, value: Any, start: int) -> Sequence[Outcome]:
        pointer = f"{self.pointer}/{self.number}"
        if self.members is None:
            found = answers(self.whole.record(value, pointer))
        else:
            found = [outcome_of(self.whole, value, pointer)]
        for each in found:
            if isinstance(each, DataError):
                each.problems = tuple(self._placed(each.problems, pointer, start))
        return found

    def _placed(self, problems: Sequence[Problem], pointer: str, start: int) -> Iterator[Problem]:
        """The same problems, which know their lines and columns."""
        line, column = self.text.place(start)
        own = [each._replace(pointer=each.pointer.removeprefix(pointer)) for each in problems]
        for problem, found in zip(problems, placed(own, self.text.text[start : self.text.at]), strict=True):
            yield problem._replace(
                line=found.line + line - 1, column=found.column + (column - 1 if found.line == 1 else 0)
            )

    def refuse_other(self, members: dict[str, Any], text: str, width: int = 0) -> None:
        """Refuse an answer that holds no opportunities, with the place that says so in a text."""
        try:
            refuse_other(self.whole, members)
        except DataError as error:
            error.problems = tuple(placed(error.problems, text))
            raise (self._moved(error.problems, width) if width else error) from None

    def _stranger(self, after: dict[str, Any]) -> Oppi18nError:
        """What is wrong with a record in our own shape that has a list."""
        members = self.members or {}
        early: list[Problem] = []
        late: list[Problem] = []
        for found in answers(self.whole.record({**after, **members}, "")):
            for each in found.problems if isinstance(found, DataError) else ():
                is_early = each.pointer.split("/")[1] in (_LIST, *members)
                (early if is_early else late).append(each)
        before = self.before + "]"
        moved = self._moved(placed(late, before + self.text.rest), len(before)).problems if late else ()
        return self.whole.error(*placed(early, self.begin + "]}"), *moved)

    def _after(self) -> Any:
        """What an answer says after its list."""
        self.text.more(_WINDOW)
        if not self.text.has_ended:
            raise InputError("file-too-large", path=self.whole.path, limit=LIMIT)
        before = self.before + "]"
        try:
            return parse(before + self.text.rest)
        except DataError as error:
            raise self._moved(error.problems, len(before)) from None

    def _refused_value(self) -> Oppi18nError:
        """What is wrong with the value that begins here, or is not there."""
        if not self.number:
            return self._refused(self.before)
        # Behind a comma, the list may not end.
        self.number -= 1
        return self._refused(self.before + "null,")

    def _refused(self, before: str) -> Oppi18nError:
        """What is wrong from here on, in a text that would have begun so."""
        self.text.more(_WINDOW)
        problems = look_over(before + self.text.rest[:_WINDOW]).problems
        if not self.text.has_ended:
            # What seems to be wrong behind the first one may be the end of the window.
            problems = problems[:1]
        if not problems or (not self.text.has_ended and len(self.text.rest) > LIMIT):
            return InputError("file-too-large", path=self.whole.path, limit=LIMIT)
        return self._moved(problems, len(before))

    def _moved(self, problems: Sequence[Problem], width: int) -> DataError:
        line, column = self.text.place(self.text.at)
        return self.whole.error(*(self._one_moved(each, line - 1, column - 1 - width) for each in problems))

    def _one_moved(self, problem: Problem, lines: int, columns: int) -> Problem:
        own = self.pointer + "/"
        number, slash, inner = problem.pointer.removeprefix(own).partition("/")
        pointer = problem.pointer
        if pointer.startswith(own) and number.isdigit():
            pointer = f"{own}{int(number) + self.number}{slash}{inner}"
        params = dict(problem.params)
        if "line" in params:
            params["line"] = int(str(params["line"])) + lines
        column = problem.column + (columns if problem.line == 1 else 0)
        return problem._replace(pointer=pointer, params=params, line=problem.line + lines, column=max(column, 1))
