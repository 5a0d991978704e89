"""Facts from YAML, where the model says what a plain word is: `no` is a text for a name, and nothing for a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from oppi18n.diagnostics import Diagnostic, Diagnostics, Hint
from oppi18n.model.facts import Conversion, Problem
from oppi18n.model.schema import Field, Model
from oppi18n.readers.inputs import Input, Outcome
from oppi18n.source import Mapping, Node, Scalar, Sequence, Source, load

_CODES: Final = {
    "alias": "yaml-alias",
    "anchor": "yaml-anchor",
    "duplicate-key": "duplicate-member",
    "empty-file": "empty-file",
    "file-too-large": "file-too-large",
    "key-not-text": "yaml-key",
    "several-documents": "yaml-documents",
    "tag": "yaml-tag",
    "too-deep": "too-deep",
    "yaml-character": "yaml-character",
    "yaml-syntax": "yaml-syntax",
}
"""code of a diagnostic → code of the same fault in a data file."""

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})\Z")


def records(file: Input) -> Iterator[Outcome]:
    """The facts of each record in a YAML file.

    Raises DataError with everything that is wrong with the YAML itself.
    """
    diagnostics = Diagnostics()
    tree = load(Source(file.path, file.text), diagnostics)
    if diagnostics or tree is None:
        raise file.error(*(_problem(each, file.path) for each in diagnostics))
    if not isinstance(tree, Sequence):
        yield _outcome(file, tree, "")
        return
    for index, item in enumerate(tree.items):
        yield _outcome(file, item, f"/{index}")


def _outcome(file: Input, tree: Node, prefix: str) -> Outcome:
    typed = _Typed(file.model)
    conversion = Conversion(file.model, zone=file.zone)
    record = conversion.facts(typed.facts(tree))

    def locate(pointer: str) -> str:
        return prefix + pointer

    if conversion.problems:
        return file.refused([typed.placed(each) for each in conversion.problems], locate)
    return file.facts(record, locate)


def _problem(found: Diagnostic, path: str) -> Problem:
    params = dict(found.params)
    if found.code == "duplicate-key":
        hint = found.hint or Hint("first-is", {"line": 1})
        params = {"name": params["key"], "line": hint.params["line"]}
    elif found.code == "file-too-large":
        params["path"] = path
    return Problem(_CODES[found.code], "", params, found.span.line, found.span.column)


class _Typed:
    """A spanned tree as raw values, each scalar with the type that its field has."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.places: dict[str, tuple[int, int]] = {}

    def facts(self, tree: Node) -> object:
        self._note("", tree)
        if not isinstance(tree, Mapping):
            return self._untyped(tree)
        known = (self.model.root, self.model.request)
        return {
            key.text: self._record(key.text, node, f"/{key.text}")
            if key.text in known
            else self._other(key.text, node, "")
            for key, node in tree.pairs
        }

    def _record(self, name: str, node: Node, pointer: str) -> object:
        self._note(pointer, node)
        if not isinstance(node, Mapping):
            return self._untyped(node)
        fields = self.model.records[name].fields
        return {
            key.text: self._member(fields[key.text], node, f"{pointer}/{key.text}")
            if key.text in fields
            else self._other(key.text, node, pointer)
            for key, node in node.pairs
        }

    def _member(self, field: Field, node: Node, pointer: str) -> object:
        self._note(pointer, node)
        if field.type == "list" and isinstance(node, Sequence):
            return [self._record(field.of, item, f"{pointer}/{index}") for index, item in enumerate(node.items)]
        if not isinstance(node, Scalar) or node.plain_null:
            return self._untyped(node)
        if node.style == "":
            if field.type == "int" and _WHOLE.match(node.text):
                return int(node.text)
            if field.type == "bool" and node.text in ("true", "false"):
                return node.text == "true"
        return node.text

    def _other(self, name: str, node: Node, pointer: str) -> object:
        self._note(f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", node)
        return self._untyped(node)

    def _untyped(self, node: Node) -> Any:
        """Something that fits no field, for the message about it."""
        if isinstance(node, Scalar):
            return None if node.plain_null else node.text
        return {"…": None} if isinstance(node, Mapping) else ["…"]

    def _note(self, pointer: str, node: Node) -> None:
        self.places[pointer] = node.span.line, node.span.column

    def placed(self, problem: Problem) -> Problem:
        """The problem with its line and column."""
        pointer = problem.pointer
        while pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        line, column = self.places[pointer]
        return problem._replace(line=line, column=column)
