"""Rule files, models and cases in one form: what they say and their comments stay, whoever wrote them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from oppi18n import packs as packing
from oppi18n.diagnostics import Diagnostic, Diagnostics, Span
from oppi18n.engine.authoring import Content, Workspace, is_model, workspace
from oppi18n.errors import InputError
from oppi18n.files import write_atomic
from oppi18n.layout.comments import comments
from oppi18n.layout.declared import Kind
from oppi18n.layout.writer import written
from oppi18n.model.layout import MODEL_FILE
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.proofs.cases import SUFFIX
from oppi18n.proofs.layout import case_file
from oppi18n.proofs.linting import content_of
from oppi18n.rules.layout import PACK_FILE, RULE_FILE
from oppi18n.source import Mapping, Node, Sequence, Source, load, same

HOME: Final = "rules"
"""The folder whose files are formatted where nobody says which."""
_OF_CASES: Final = re.compile(r"^cases:", re.MULTILINE)
_LINE_BREAKS: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
"""What ends a line for YAML and for nobody else."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file before and after; `diagnostics` say why it is left as it was."""

    path: str
    before: str
    after: str
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file is not in its form yet."""
        return self.before != self.after

    def write(self) -> None:
        """Put the new text in the place of the old one."""
        if self.changed:
            write_atomic(self.path, self.after)


def format_files(paths: Iterable[str | os.PathLike[str]] = ()) -> Iterator[Formatted]:
    """The files at some paths, formatted one by one and not yet written; without any, those in the folder `rules`.

    A path is a file, a pack's folder, or a folder of such files. Raises `InputError` for one that cannot be read.
    """
    for path in [os.fspath(each) for each in paths] or [HOME]:
        for found in _files(path):
            yield format_content(content_of(found))


def format_content(content: Content) -> Formatted:
    """One file, formatted; one that cannot be read as YAML is told and stays."""
    space = Workspace()
    pack, path, data = content
    shown = packing.path_of(pack, path)
    source = space.source(pack, path, data)
    if source is None:
        text = data.decode("utf-8", "replace")
        return Formatted(shown, text, text, tuple(space.diagnostics))
    after = format_text(source.text, space.diagnostics, path=shown, kind=kind_of(path, source.text))
    # A byte order mark counts: it goes.
    before = data.decode("utf-8")
    return Formatted(shown, before, before if after is None else after, tuple(space.diagnostics))


def format_text(text: str, diagnostics: Diagnostics, *, path: str, kind: Kind | None) -> str | None:
    """A text in its form, with the line ends that it has; None after a report."""
    ends = "\r\n" if "\r\n" in text else "\n"
    source = Source(path, text.replace("\r\n", "\n"))
    before = len(diagnostics)
    for number, line in enumerate(source.text.split("\n"), 1):
        for found in _LINE_BREAKS.finditer(line):
            place = Span(path, number, found.start() + 1, number, found.end() + 1)
            diagnostics.report("strange-line-break", place, None, character=f"U+{ord(found[0]):04X}")
    tree = load(source, diagnostics) if len(diagnostics) == before else None
    if tree is None or len(diagnostics) > before:
        return None
    after = written(source, tree, kind)
    if not _says_the_same(source, tree, after):
        # Rather no new file than one that says something else.
        diagnostics.report("format-would-change", tree.span)
        return None
    return after.replace("\n", ends)


def kind_of(path: str, text: str) -> Kind:
    """What is declared for a file of a pack, by its name and its keys."""
    if path.endswith(SUFFIX) or _OF_CASES.search(text):
        return case_file(shipped_model(), fields=False)
    if path == f"{HOME}/{packing.SETTINGS}":
        return PACK_FILE
    return MODEL_FILE if is_model(path, text) else RULE_FILE


@cache
def shipped_model() -> Model:
    """The model that comes with oppi18n."""
    return model_of([packing.shipped()])


def model_of(packs: Iterable[Pack], name: str = "opportunity") -> Model:
    """A model, as some packs leave it. Raises `AuthoringError` if it is wrong."""
    contents = [
        (pack, path, packing.read_bytes(pack, path))
        for pack in packs
        for path in packing.files(pack, "rules", ".yaml")
        if path.startswith(f"{HOME}/model/")
    ]
    space = workspace(contents)
    space.check()
    return Model(space.models[name])


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    top = os.path.join(path, HOME) if os.path.isdir(os.path.join(path, HOME)) else path
    found = [
        os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names if name.endswith(".yaml")
    ]
    if not found:
        raise InputError("no-rule-files", path=path)
    yield from sorted(found)


def _says_the_same(source: Source, tree: Node, after: str) -> bool:
    diagnostics = Diagnostics()
    new = Source(source.path, after)
    again = load(new, diagnostics)
    if again is None or diagnostics or not same(_settled(tree), _settled(again)):
        return False
    told, kept = comments(source.lines, tree), comments(new.lines, again)
    return sorted(each.text for each in told) == sorted(each.text for each in kept)


def _settled(node: Node) -> Node:
    """The tree with the keys of each mapping in one order, so that what was moved compares equal."""
    if isinstance(node, Sequence):
        return Sequence(tuple(map(_settled, node.items)), node.span)
    if isinstance(node, Mapping):
        pairs = sorted(((key, _settled(value)) for key, value in node.pairs), key=lambda pair: pair[0].text)
        return Mapping(tuple(pairs), node.span)
    return node
