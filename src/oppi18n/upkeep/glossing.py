"""A glossary file takes over terms from elsewhere, and everything else in it stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.errors import Oppi18nError
from oppi18n.i18n.glossary import PARTS, STATUSES, Glossary, Term, Word, read
from oppi18n.layout.quoting import may_be_plain, quoted
from oppi18n.source import Source

_WIDTH: Final = 120
_ITEM: Final = re.compile(r" *- ")
_TOP: Final = re.compile(r"[^\s#-]")
_COMMENTS: Final = re.compile(r"(?:#.*\n|[ \t]*\n)*")
_TITLE: Final = re.compile(r"^glossary:.*$", re.MULTILINE)
_NAMES: Final = re.compile(r"^names:.*$", re.MULTILINE)
_TERMS: Final = re.compile(r"^terms:", re.MULTILINE)


def merged(text: str, incoming: Glossary, path: str = "glossary.yaml") -> str:
    r"""The text of a glossary file with the terms and names of another glossary.

    A term that is new comes last; of one that is there, the words of other locales stay. Terms that say the same keep
    their text, comments included. Raises AuthoringError if the file is wrong.

    >>> text = "glossary: g\nterms:\n  # the offer\n  - term: quote\n    sv: offert\n"
    >>> print(merged(text, Glossary((Term("quote", words={"ko": Word("ko", "견적")}),))))
    glossary: g
    terms:
      # the offer
      - term: quote
        ko: 견적
        sv: offert
    <BLANKLINE>
    """
    ours = _read(text, path)
    known = {term.name: term for term in ours.terms}
    taken = {term.name: _joined(known.get(term.name), term) for term in incoming.terms}
    names = tuple(dict.fromkeys((*ours.names, *incoming.names)))
    wanted = Glossary((*(taken.pop(name, term) for name, term in known.items()), *taken.values()), names)
    if wanted == ours:
        return text
    found = _spliced(text, ours, wanted) or rendered(wanted, text)
    if _read(found, path) != wanted:
        # Rather no new file than one that says something else.
        raise Oppi18nError("internal", what="catalog glossary import")
    return found


def rendered(glossary: Glossary, before: str = "") -> str:
    """A glossary as a file; `before` is the file that it takes the place of, whose first comments and name stay.

    >>> words = {"sv": Word("sv", "stänga", also=("stängs",))}
    >>> print(rendered(Glossary((Term("close", "verb", words=words),))))
    glossary: oppi18n
    terms:
      - term: close
        part: verb
        sv: {text: stänga, also: [stängs]}
    <BLANKLINE>
    """
    comments = _COMMENTS.match(before)
    title = _TITLE.search(before)
    head = (comments[0] if comments else "") + (title[0] if title else "glossary: oppi18n")
    names = [_names(glossary.names)] if glossary.names else []
    blocks = "\n\n".join("\n".join(_block(term)) for term in glossary.terms)
    terms = ["terms:", blocks] if blocks else ["terms: []"]
    return "\n".join((head, *names, *terms, ""))


def _read(text: str, path: str) -> Glossary:
    wrong = Diagnostics()
    found = read(Source(path, text), wrong)
    if wrong.failed:
        raise AuthoringError(wrong, {path: text})
    return found


def _joined(ours: Term | None, theirs: Term) -> Term:
    return theirs if ours is None else replace(theirs, words={**ours.words, **theirs.words})


def _spliced(text: str, ours: Glossary, wanted: Glossary) -> str | None:
    """The file with the blocks of changed terms put in; None if the terms do not stand there one below the other."""
    lines = text.split("\n")
    starts = [_start(lines, term.span.line - 1) for term in ours.terms]
    last = len(lines) - 1 if lines[-1] == "" else len(lines)
    first = starts[0] if starts else last
    if not starts or None in starts or any(_TOP.match(line) for line in lines[first or 0 :]):
        return None
    bounds = [*(start or 0 for start in starts), last]
    blocks = [lines[start:end] for start, end in pairwise(bounds)]
    indent = lines[bounds[0]].index("-")
    kept = [
        block if old == new else [*_block(new, indent), *_after(block)]
        for block, old, new in zip(blocks, ours.terms, wanted.terms, strict=False)
    ]
    added = [line for term in wanted.terms[len(blocks) :] for line in ("", *_block(term, indent))]
    body = [line for block in kept for line in block]
    while added and body and not body[-1]:
        body.pop()
    head = "\n".join(lines[: bounds[0]])
    if wanted.names != ours.names:
        head = _with_names(head, wanted.names)
    return "\n".join((head, *body, *added, *lines[last:]))


def _start(lines: list[str], line: int) -> int | None:
    """Where the item begins that a line belongs to."""
    return next((number for number in range(line, -1, -1) if _ITEM.match(lines[number])), None)


def _after(block: list[str]) -> list[str]:
    """The empty lines and comments that stand between a term and the next one."""
    count = next((number for number, line in enumerate(reversed(block)) if line.strip() and line.strip()[0] != "#"), 0)
    return block[len(block) - count :]


def _with_names(head: str, names: tuple[str, ...]) -> str:
    if _NAMES.search(head):
        return _NAMES.sub(lambda match: _names(names), head, count=1)
    return _TERMS.sub(lambda match: f"{_names(names)}\nterms:", head, count=1)


def _names(names: Iterable[str]) -> str:
    return f"names: {_list(names)}"


def _block(term: Term, indent: int = 2) -> Iterator[str]:
    """A term as it stands in a file."""
    lines = [f"- term: {_scalar(term.name)}"]
    lines += [f"part: {term.part}"] if term.part != PARTS[0] else []
    lines += [f"forms: {_list(term.forms)}"] if term.forms else []
    lines += [f"besides: {_list(term.besides)}"] if term.besides else []
    lines += [f"source: {_scalar(term.source)}"] if term.source else []
    lines += [f"note: {_scalar(term.note)}"] if term.note else []
    for locale in sorted(term.words, key=_order):
        lines += _word(term.words[locale], indent)
    return (" " * (indent + 2 * (number > 0)) + line for number, line in enumerate(lines))


def _order(locale: str) -> tuple[int, str]:
    usual = ("ko", "zh-HK", "ja", "ms", "sv")
    return (usual.index(locale) if locale in usual else len(usual)), locale


def _word(word: Word, indent: int) -> Iterator[str]:
    """A word on one line, or with its parts one below the other where it would be too long."""
    parts = {"text": _scalar(word.text, flow=True)}
    if word.status != STATUSES[0]:
        parts["status"] = word.status
    for name, items in (("also", word.also), ("forbidden", word.forbidden)):
        if items:
            parts[name] = _list(items)
    if word.note:
        parts["note"] = _scalar(word.note, flow=True)
    line = f"{word.locale}: {{{', '.join(f'{name}: {text}' for name, text in parts.items())}}}"
    if len(parts) == 1:
        yield f"{word.locale}: {_scalar(word.text)}"
    elif len(line) + indent + 2 <= _WIDTH:
        yield line
    else:
        yield f"{word.locale}:"
        yield from (f"  {name}: {text}" for name, text in parts.items())


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(_scalar(item, flow=True) for item in items)}]"


def _scalar(text: str, *, flow: bool = False) -> str:
    return text if may_be_plain(text, flow=flow) else quoted(text)
